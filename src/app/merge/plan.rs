//! What an import will do, decided difference by difference.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;
use serde_json::Value;

use super::compare::{self, Leaf};
use super::past::{Pasts, gave};
use super::piece::{Kind, Piece, each_kind};
use super::wording::Wording;
use super::{Choices, Policy, deleted, made, matching, order, overlap};
use crate::domain::{
    Access, Annotation, AnnotationId, Bundle, Example, ExternalLink, Form, Language, Lexeme, Media, ModelRun, Morph,
    MorphId, Person, RecordId, Relation, Review, Sense, Session, Tag, Tier, Track, Vocabulary, Word, WordId,
    WordStatus,
};

/// The field under which a difference in the morphs of a word as a whole is told.
pub(super) const ANALYSIS: &str = "analysis";
/// The field under which a record is told that was deleted here.
pub(super) const DELETED: &str = "deleted";

/// How many records of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// In the file and not in the project: added.
    pub new: usize,
    /// In both, and nothing to do: the same, or what differs stays as the project has it.
    pub same: usize,
    /// In both, and the project's takes something over from the file.
    pub changed: usize,
    /// In both, and only what the format left over is newer in the file.
    pub details: usize,
    /// In the project and not in the file, under a parent that is in both. They stay.
    pub missing: usize,
}

/// Why a difference was decided as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The project says nothing there.
    Empty,
    /// An earlier import gave the project's value, and nobody changed it since.
    Newer,
    /// The project's was changed here since; the file says what it said before.
    Ahead,
    /// A person or the policy chose.
    Chosen,
    /// It was deleted here since an earlier import brought it.
    Deleted,
    /// Both may be right.
    Conflict,
}

/// One thing that the project and the file say differently.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    pub kind: Kind,
    pub record: RecordId,
    /// The field, then the language or the custom field.
    pub field: Vec<String>,
    /// What the record is called: its text, its form.
    pub what: String,
    /// Where it is: session and tier, entry.
    pub place: String,
    /// What the project has and what the file says, as people read it.
    pub project: String,
    pub file: String,
    /// Whether the file's is taken.
    pub taken: bool,
    pub reason: Reason,
}

/// What an import will do.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// By kind; kinds of which the file has none are left out.
    pub counts: BTreeMap<Kind, Counts>,
    /// Every difference, decided.
    pub differences: Vec<Difference>,
    /// Records that only change their place among others.
    pub moved: usize,
    /// Words and morphs of the file that do not come in because their text or word stays as it is.
    pub held_back: usize,
    /// Records of the file that do not come in because they, or what they belong to, were deleted here.
    pub deleted: usize,
    /// Annotations of the file that do not come in because they would lie over others on their tier.
    pub overlapping: usize,
    /// Annotations of the file on tiers that were made of words and tags that the project has.
    pub made: usize,
    /// Records to add.
    pub new: Bundle,
    /// Records as they become.
    pub changed: Bundle,
    /// Words whose utterance takes the file's words, morphs whose word takes the file's analysis.
    pub words_gone: Vec<WordId>,
    pub morphs_gone: Vec<MorphId>,
    /// Annotations whose text changes while the file has no words for it: the words follow the text.
    pub texts: Vec<AnnotationId>,
}

impl Plan {
    /// The differences that wait for somebody to choose.
    pub fn conflicts(&self) -> impl Iterator<Item = &Difference> {
        self.differences.iter().filter(|d| d.reason == Reason::Conflict)
    }
    /// Whether it changes nothing at all.
    pub fn is_nothing(&self) -> bool {
        let records = |bundle: &Bundle| Kind::ALL.iter().map(|kind| kind.count(bundle)).sum::<usize>();
        records(&self.new) + records(&self.changed) + self.words_gone.len() + self.morphs_gone.len() == 0
    }
    /// Whether the file has a record that the project has too, languages and people aside.
    pub fn meets(&self) -> bool {
        self.counts.iter().any(|(kind, counts)| {
            !matches!(kind, Kind::Language | Kind::Person) && counts.same + counts.changed + counts.details > 0
        })
    }
    /// Whether there is something that a person should see before it is done: a change of what is there.
    pub fn needs_a_look(&self) -> bool {
        self.meets() && !(self.is_nothing() && self.differences.is_empty())
    }
}

/// A record of both, with what they say differently.
struct Pair {
    kind: Kind,
    id: RecordId,
    /// Where each stands in its list.
    ours: usize,
    theirs: usize,
    leaves: Vec<Leaf>,
    /// Whether the format's leftovers differ.
    residue: bool,
}

/// A file beside a project.
pub struct Comparison {
    /// The file, with the project's ids.
    file: Bundle,
    project: Bundle,
    known: HashSet<(Kind, RecordId)>,
    /// The file's that were deleted in the project.
    aside: matching::Aside,
    /// Annotations of the file on tiers that were made of what the project has: taken off.
    made: usize,
    pairs: Vec<Pair>,
    /// How many of each kind are the same altogether.
    same: BTreeMap<Kind, usize>,
    /// Words whose morphs are others in the file: the file's and the project's, by place in their lists.
    analyses: HashMap<WordId, (Vec<usize>, Vec<usize>)>,
}

impl Comparison {
    /// Lays a file beside the project, or beside those parts of it that the file may have.
    pub fn new(file: Bundle, project: Bundle) -> Self {
        Self::with_deleted(file, project, &Bundle::default())
    }

    /// The same, where the file brought something before that was deleted here since.
    pub fn with_deleted(mut file: Bundle, project: Bundle, deleted: &Bundle) -> Self {
        let aside = matching::match_ids(&mut file, &project, deleted);
        let made = made::leave_out(&mut file, &project);
        let known = matching::known(&file, &project);
        let (pairs, same, analyses) = (Vec::new(), BTreeMap::new(), HashMap::new());
        let mut new = Self { file, project, known, aside, made, pairs, same, analyses };
        macro_rules! compare {
            ($record:ident) => {
                new.compare::<$record>();
            };
        }
        each_kind!(compare);
        new.compare_analyses();
        new
    }

    fn compare<R: Piece>(&mut self) {
        let places: HashMap<RecordId, usize> = match R::list(&self.file).is_empty() {
            true => return,
            false => R::list(&self.project).iter().enumerate().map(|(at, r)| (r.id(), at)).collect(),
        };
        for (theirs, file) in R::list(&self.file).iter().enumerate() {
            let Some((ours, project)) =
                places.get(&file.id()).and_then(|at| Some((*at, R::list(&self.project).get(*at)?)))
            else {
                continue;
            };
            let mut file = file.clone();
            file.yield_to(project);
            let residue = compare::residue(project.residue(), file.residue(), true).is_some();
            let leaves = if file == *project { Vec::new() } else { compare::leaves(project, &file) };
            if leaves.is_empty() && !residue {
                *self.same.entry(R::KIND).or_default() += 1;
            } else {
                self.pairs.push(Pair { kind: R::KIND, id: file.id(), ours, theirs, leaves, residue });
            }
        }
    }

    /// Words of both whose morphs do not pair off one to one.
    fn compare_analyses(&mut self) {
        let mut morphs: HashMap<WordId, (Vec<usize>, Vec<usize>)> = HashMap::new();
        for (at, morph) in self.file.morphs.iter().enumerate() {
            if self.known.contains(&(Kind::Word, morph.word.0)) {
                morphs.entry(morph.word).or_default().0.push(at);
            }
        }
        for (at, morph) in self.project.morphs.iter().enumerate() {
            if let Some(sides) = morphs.get_mut(&morph.word) {
                sides.1.push(at);
            }
        }
        let known = &self.known;
        let is_new = |morph: Option<&Morph>| morph.is_some_and(|m| !known.contains(&(Kind::Morph, m.id.0)));
        morphs.retain(|_, (theirs, ours)| {
            let new = theirs.iter().any(|at| is_new(self.file.morphs.get(*at)));
            !ours.is_empty() && (new || theirs.len() != ours.len())
        });
        for (theirs, ours) in morphs.values_mut() {
            theirs.sort_by_key(|at| self.file.morphs.get(*at).map(|m| m.position));
            ours.sort_by_key(|at| self.project.morphs.get(*at).map(|m| (m.position, m.id)));
        }
        self.analyses = morphs;
    }

    /// The records of the project whose history decides something.
    pub fn asks(&self) -> Vec<(Kind, RecordId)> {
        let mut asks: HashSet<(Kind, RecordId)> = HashSet::new();
        for pair in self.pairs.iter().filter(|pair| pair.leaves.iter().any(|leaf| !leaf.fills)) {
            asks.insert((pair.kind, pair.id));
            if pair.kind == Kind::Morph
                && let Some(morph) = self.project.morphs.get(pair.ours)
            {
                asks.insert((Kind::Word, morph.word.0));
            }
        }
        for (word, (_, ours)) in &self.analyses {
            asks.insert((Kind::Word, word.0));
            asks.extend(ours.iter().filter_map(|at| Some((Kind::Morph, self.project.morphs.get(*at)?.id.0))));
        }
        asks.into_iter().collect()
    }

    /// Decides every difference.
    pub fn plan(&self, pasts: &Pasts, choices: &Choices) -> Plan {
        let decider = Decider { comparison: self, pasts, choices, words: self.words(), wording: Wording::default() };
        decider.plan()
    }

    /// The project's words that the file has too.
    fn words(&self) -> HashMap<WordId, &Word> {
        if self.file.words.is_empty() {
            return HashMap::new();
        }
        self.project.words.iter().map(|word| (word.id, word)).collect()
    }
}

struct Decider<'c> {
    comparison: &'c Comparison,
    pasts: &'c Pasts,
    choices: &'c Choices,
    words: HashMap<WordId, &'c Word>,
    wording: Wording<'c>,
}

impl<'c> Decider<'c> {
    fn plan(mut self) -> Plan {
        let c = self.comparison;
        let mut plan = Plan::default();
        for (kind, same) in &c.same {
            plan.counts.entry(*kind).or_default().same = *same;
        }
        if c.pairs.iter().any(|pair| !pair.leaves.is_empty()) || !c.analyses.is_empty() {
            self.wording = Wording::of(&c.project);
        }
        let analyses = self.analyses(&mut plan);
        // Texts come before their words, so that what a text decides holds for its words.
        let mut kept_texts: HashSet<AnnotationId> = HashSet::new();
        let mut taken_texts: HashSet<AnnotationId> = HashSet::new();
        macro_rules! apply {
            ($record:ident) => {
                for pair in c.pairs.iter().filter(|pair| pair.kind == $record::KIND) {
                    let held = self.is_held(pair, &kept_texts, &analyses);
                    let text = self.apply::<$record>(pair, held, &mut plan);
                    match text {
                        Some(true) => taken_texts.insert(AnnotationId(pair.id)),
                        Some(false) => kept_texts.insert(AnnotationId(pair.id)),
                        None => false,
                    };
                }
            };
        }
        each_kind!(apply);
        macro_rules! add {
            ($record:ident) => {
                let new = $record::list(&c.file).iter().filter(|r| !c.known.contains(&($record::KIND, r.id())));
                $record::list_mut(&mut plan.new).extend(new.cloned());
            };
        }
        each_kind!(add);
        self.hold_back(&mut plan, &kept_texts, &analyses);
        self.let_texts_follow(&mut plan, &taken_texts);
        self.leave_deleted(&mut plan, &kept_texts, &taken_texts);
        plan.overlapping = overlap::hold_back(&mut plan, &c.file, &c.project);
        let gone: HashSet<RecordId> =
            plan.words_gone.iter().map(|w| w.0).chain(plan.morphs_gone.iter().map(|m| m.0)).collect();
        plan.moved = order::place(&c.file, &c.project, &mut plan.new, &mut plan.changed, &gone);
        self.count(&mut plan, &gone);
        plan
    }

    /// Whether what a pair differs in must stay because of what it belongs to: a word whose text stays, a morph
    /// whose word keeps its analysis.
    fn is_held(&self, pair: &Pair, texts: &HashSet<AnnotationId>, analyses: &HashMap<WordId, bool>) -> bool {
        match pair.kind {
            Kind::Word => self.words.get(&WordId(pair.id)).is_some_and(|word| texts.contains(&word.annotation)),
            Kind::Morph => self.comparison.project.morphs.get(pair.ours).is_some_and(|morph| {
                analyses.get(&morph.word) == Some(&false)
                    || self.words.get(&morph.word).is_some_and(|word| texts.contains(&word.annotation))
            }),
            _ => false,
        }
    }

    fn decide(&self, kind: Kind, record: RecordId, leaf: &Leaf, guarded: bool) -> (bool, Reason) {
        if let Some(take) = self.choices.each.get(&(record, leaf.field.clone())) {
            return (*take, Reason::Chosen);
        }
        let name = leaf.field.first().map(String::as_str).unwrap_or_default();
        // Who may see something, and what a person agreed to, is changed by choice alone.
        let guarded = guarded
            || (matches!(name, "access" | "consent") && matches!(kind, Kind::Person | Kind::Session))
            || kind == Kind::Language && !leaf.fills;
        let past = self.pasts.get(&record);
        match self.choices.policy {
            Policy::Keep => (false, Reason::Chosen),
            _ if leaf.fills && name != "access" => (true, Reason::Empty),
            Policy::Fill => (false, Reason::Chosen),
            Policy::Take if !matches!(name, "access" | "consent") || is_stricter(leaf) => (true, Reason::Chosen),
            _ if gave(past, &leaf.field, &leaf.project) && !guarded => (true, Reason::Newer),
            _ if gave(past, &leaf.field, &leaf.file) => (false, Reason::Ahead),
            _ => (false, Reason::Conflict),
        }
    }

    /// Whether a person, and not an import, approved a word.
    fn is_approved_here(&self, word: WordId) -> bool {
        let approved = self.words.get(&word).is_some_and(|w| w.status == WordStatus::Approved);
        let status = ["status".to_owned()];
        approved && !gave(self.pasts.get(&word.0), &status, &Value::from("approved"))
    }

    /// Puts what is taken into the project's record. For an annotation whose text differs: whether it is taken.
    fn apply<R: Piece>(&self, pair: &Pair, held: bool, plan: &mut Plan) -> Option<bool> {
        let c = self.comparison;
        let (project, file) = (R::list(&c.project).get(pair.ours)?, R::list(&c.file).get(pair.theirs)?);
        let guarded = R::KIND == Kind::Morph
            && c.project.morphs.get(pair.ours).is_some_and(|morph| self.is_approved_here(morph.word));
        let mut taken: Vec<&Leaf> = Vec::new();
        let mut text = None;
        if !held {
            for leaf in &pair.leaves {
                let (take, reason) = self.decide(pair.kind, pair.id, leaf, guarded);
                if take {
                    taken.push(leaf);
                }
                if R::KIND == Kind::Annotation && leaf.field == ["value"] {
                    text = Some(take);
                }
                plan.differences.push(self.wording.difference(pair.kind, pair.id, leaf, take, reason));
            }
        }
        // Shared by many files: what one of them left is not in the way of the next.
        let shared = matches!(R::KIND, Kind::Language | Kind::Person | Kind::Vocabulary);
        let residue = match self.choices.policy {
            Policy::Keep => None,
            policy => {
                let replace = policy != Policy::Fill && !shared;
                compare::residue(project.residue(), file.residue(), replace).filter(|_| pair.residue)
            }
        };
        let entry = if R::KIND == Kind::Annotation {
            c.file.annotations.get(pair.theirs).map(|a| a.entry.map_or(Value::Null, |e| Value::from(e.to_string())))
        } else {
            None
        };
        let counts = plan.counts.entry(R::KIND).or_default();
        let record = if taken.is_empty() { Some(project.clone()) } else { compare::with(project, &taken, entry) };
        let Some(mut record) = record else {
            counts.same += 1;
            return text;
        };
        match (taken.is_empty(), residue.is_some()) {
            (true, false) => counts.same += 1,
            (true, true) => counts.details += 1,
            (false, _) => counts.changed += 1,
        }
        if let Some(residue) = residue {
            *record.residue_mut() = residue;
        }
        if record != *project {
            R::list_mut(&mut plan.changed).push(record);
        }
        text
    }

    /// Decides whether words take the file's morphs where these are others than the project's.
    fn analyses(&self, plan: &mut Plan) -> HashMap<WordId, bool> {
        let c = self.comparison;
        let mut decided = HashMap::new();
        for (word, (theirs, ours)) in &c.analyses {
            let field = vec![ANALYSIS.to_owned()];
            let shown = |list: &[Morph], places: &[usize]| {
                let forms = places.iter().filter_map(|at| list.get(*at)?.form.first()).collect::<Vec<_>>();
                forms.iter().map(|form| form.trim_matches('-')).collect::<Vec<_>>().join("-")
            };
            let (project, file) = (shown(&c.project.morphs, ours), shown(&c.file.morphs, theirs));
            let leaf = Leaf { field, project: project.into(), file: file.into(), fills: false };
            let untouched = ours.iter().all(|at| c.project.morphs.get(*at).is_some_and(|m| self.is_untouched(m)));
            let (take, reason) = match self.decide(Kind::Word, word.0, &leaf, true) {
                (false, Reason::Conflict) if untouched && !self.is_approved_here(*word) => (true, Reason::Newer),
                decided => decided,
            };
            decided.insert(*word, take);
            plan.differences.push(self.wording.difference(Kind::Word, word.0, &leaf, take, reason));
        }
        decided
    }

    /// Whether a morph is as an import of the file gave it.
    fn is_untouched(&self, morph: &Morph) -> bool {
        let past = self.pasts.get(&morph.id.0);
        let holds = |name: &str, texts: &crate::domain::MultiText| {
            texts.iter().all(|(tag, text)| gave(past, &[name.to_owned(), tag.to_owned()], &Value::from(text)))
        };
        past.is_some() && holds("form", &morph.form) && holds("gloss", &morph.gloss)
    }

    /// New words of texts that stay, and new morphs of words that keep their analysis, do not come in; morphs of the
    /// project that an analysis of the file replaces go.
    fn hold_back(&self, plan: &mut Plan, texts: &HashSet<AnnotationId>, analyses: &HashMap<WordId, bool>) {
        let c = self.comparison;
        let before = plan.new.words.len() + plan.new.morphs.len();
        plan.new.words.retain(|word| !texts.contains(&word.annotation));
        let held: HashSet<WordId> =
            c.file.words.iter().filter(|word| texts.contains(&word.annotation)).map(|word| word.id).collect();
        plan.new.morphs.retain(|m| analyses.get(&m.word) != Some(&false) && !held.contains(&m.word));
        plan.held_back = before - plan.new.words.len() - plan.new.morphs.len();
        for (word, (_, ours)) in c.analyses.iter().filter(|(word, _)| analyses.get(word) == Some(&true)) {
            if !held.contains(word) {
                let gone = ours.iter().filter_map(|at| c.project.morphs.get(*at));
                plan.morphs_gone.extend(gone.filter(|m| !c.known.contains(&(Kind::Morph, m.id.0))).map(|m| m.id));
            }
        }
        plan.morphs_gone.sort_unstable();
    }

    /// Where a text is taken from the file, its words are the file's; where the file has none, they follow the text.
    fn let_texts_follow(&self, plan: &mut Plan, taken: &HashSet<AnnotationId>) {
        let c = self.comparison;
        if taken.is_empty() {
            return;
        }
        let worded: HashSet<AnnotationId> =
            c.file.words.iter().map(|w| w.annotation).filter(|a| taken.contains(a)).collect();
        let known = |kind: Kind, id: RecordId| c.known.contains(&(kind, id));
        let gone = c.project.words.iter().filter(|w| worded.contains(&w.annotation) && !known(Kind::Word, w.id.0));
        plan.words_gone = gone.map(|w| w.id).collect();
        plan.texts = taken.iter().filter(|id| !worded.contains(id)).copied().collect();
        plan.texts.sort_unstable();
    }

    /// What was deleted here stays deleted, unless somebody chose otherwise. The words of a text follow it: with a text
    /// that is taken they come, of one that stays they were held back already.
    fn leave_deleted(&self, plan: &mut Plan, kept: &HashSet<AnnotationId>, taken: &HashSet<AnnotationId>) {
        let c = self.comparison;
        if c.aside.is_empty() {
            return;
        }
        let wording = Wording::of(&c.file);
        let following: HashSet<RecordId> = c
            .file
            .words
            .iter()
            .filter(|word| kept.contains(&word.annotation) || taken.contains(&word.annotation))
            .map(|word| word.id.0)
            .collect();
        let mut aside: Vec<(Kind, RecordId)> =
            c.aside.iter().filter(|(_, id)| !following.contains(id)).copied().collect();
        aside.sort_unstable();
        let mut stay: HashSet<RecordId> = HashSet::new();
        for (kind, record) in aside {
            let leaf = Leaf { field: vec![DELETED.to_owned()], project: Value::Null, file: Value::Null, fills: false };
            let (take, reason) = match self.choices.each.get(&(record, leaf.field.clone())) {
                Some(take) => (*take, Reason::Chosen),
                None if self.choices.policy == Policy::Take => (true, Reason::Chosen),
                None => (false, Reason::Deleted),
            };
            if !take {
                stay.insert(record);
            }
            let mut difference = wording.difference(kind, record, &leaf, take, reason);
            difference.file.clone_from(&difference.what);
            plan.differences.push(difference);
        }
        plan.deleted = deleted::leave_out(plan, stay);
        // What went along with its parent needs no choice of its own.
        let left: HashSet<(Kind, RecordId)> = deleted::with_parents(&c.file, &c.aside);
        plan.differences.retain(|d| d.reason != Reason::Deleted || !left.contains(&(d.kind, d.record)));
    }

    fn count(&self, plan: &mut Plan, gone: &HashSet<RecordId>) {
        plan.made = self.comparison.made;
        for kind in Kind::ALL {
            let new = kind.count(&plan.new);
            if new > 0 {
                plan.counts.entry(*kind).or_default().new = new;
            }
        }
        let c = self.comparison;
        let known = |kind: Kind, id: RecordId| c.known.contains(&(kind, id));
        macro_rules! missing {
            ($record:ident, |$r:ident| $under:expr) => {
                if !c.file.$record.is_empty() {
                    let list = c.project.$record.iter();
                    let alone = list.filter(|$r| $under && !gone.contains(&$r.id()) && !known(kind_of(*$r), $r.id()));
                    let (kind, count) = alone.fold((None, 0), |(_, n), r| (Some(kind_of(r)), n + 1));
                    if let Some(kind) = kind {
                        plan.counts.entry(kind).or_default().missing = count;
                    }
                }
            };
        }
        missing!(media, |r| known(Kind::Session, r.session.0));
        missing!(tiers, |r| known(Kind::Session, r.session.0));
        missing!(annotations, |r| known(Kind::Tier, r.tier.0));
        missing!(words, |r| known(Kind::Annotation, r.annotation.0));
        missing!(morphs, |r| known(Kind::Word, r.word.0));
        missing!(lexemes, |_r| true);
        missing!(forms, |r| known(Kind::Lexeme, r.lexeme.0));
        missing!(senses, |r| known(Kind::Lexeme, r.lexeme.0));
        missing!(examples, |r| known(Kind::Sense, r.sense.0));
        missing!(relations, |r| known(Kind::Lexeme, r.source) || known(Kind::Sense, r.source));
    }
}

/// Whether the file lets fewer see something than the project does, or says that somebody refused.
fn is_stricter(leaf: &Leaf) -> bool {
    let access = |value: &Value| serde_json::from_value::<Access>(value.clone()).ok();
    match leaf.field.last().map(String::as_str) {
        Some("access") => access(&leaf.file) > access(&leaf.project),
        Some("given") => leaf.file == Value::Bool(false),
        _ => false,
    }
}

fn kind_of<R: Piece>(_: &R) -> Kind {
    R::KIND
}
