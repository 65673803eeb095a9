//! Which record of a file is which of the project's. The file's get the project's ids, everywhere.
//!
//! By id first, then by the ids that a format gave (kept as residue), then by content under the same parent. Parents
//! come before what hangs under them, so that a key may hold the parent's id. What is alike twice is paired in order.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::Value;

use super::pairing::Pairing;
use super::piece::{Kind, Piece, each_kind};
use crate::domain::{
    Annotation, AnnotationId, Bundle, Example, ExternalLink, Form, Language, Lexeme, LexemeId, Media, ModelRun, Morph,
    MultiText, Person, RecordId, Relation, Residue, Review, Sense, SenseId, Session, Tag, Tier, Track, Vocabulary,
    Word,
};

/// From the id that a record had in the file to the one it has in the project.
pub type Ids = HashMap<RecordId, RecordId>;

/// Records of the file that it brought before and that were deleted in the project since.
pub type Aside = HashSet<(Kind, RecordId)>;

/// What the file is laid beside, and what was found so far.
struct Matcher<'p> {
    project: &'p Bundle,
    deleted: &'p Bundle,
    ids: Ids,
    aside: Aside,
}

/// Gives every record of the file that the project has the project's id; a record that it does not have keeps its
/// own. Gives those that are not there because they were `deleted`.
pub fn match_ids(file: &mut Bundle, project: &Bundle, deleted: &Bundle) -> Aside {
    let mut matcher = Matcher { project, deleted, ids: Ids::new(), aside: Aside::new() };
    languages_and_people(file, &mut matcher);
    sessions(file, &mut matcher);
    texts(file, &mut matcher);
    lexicon(file, &mut matcher);
    proposals(file, &mut matcher);
    let Matcher { ids, aside, .. } = matcher;
    if !ids.is_empty() {
        macro_rules! settle {
            ($record:ident) => {
                for record in $record::list_mut(file) {
                    refer::<$record>(record, &ids);
                    record.residue_mut().0.values_mut().for_each(|value| rename_within(value, &ids));
                }
            };
        }
        each_kind!(settle);
    }
    aside
}

/// Which of the file's records the project has.
pub fn known(file: &Bundle, project: &Bundle) -> HashSet<(Kind, RecordId)> {
    let mut known = HashSet::new();
    macro_rules! gather {
        ($record:ident) => {
            if !$record::list(file).is_empty() {
                let there: HashSet<RecordId> = $record::list(project).iter().map(Piece::id).collect();
                let both = $record::list(file).iter().map(Piece::id).filter(|id| there.contains(id));
                known.extend(both.map(|id| ($record::KIND, id)));
            }
        };
    }
    each_kind!(gather);
    known
}

fn refer<R: Piece>(record: &mut R, ids: &Ids) {
    record.each_reference(&mut |id| {
        if let Some(to) = ids.get(id) {
            *id = *to;
        }
    });
}

/// A text with the ids in it exchanged, where there are any.
fn renamed(text: &str, ids: &Ids) -> Option<String> {
    const LENGTH: usize = 36;
    let mut renamed: Option<String> = None;
    let (mut copied, mut at) = (0, 0);
    while at + LENGTH <= text.len() {
        // The first dash of an id stands after eight digits.
        let found = text.as_bytes().get(at + 8) == Some(&b'-');
        let id = found.then(|| text.get(at..at + LENGTH)).flatten().and_then(|id| id.parse::<RecordId>().ok());
        match id.and_then(|id| ids.get(&id)) {
            Some(to) => {
                let new = renamed.get_or_insert_default();
                new.push_str(text.get(copied..at).unwrap_or_default());
                new.push_str(&to.to_string());
                at += LENGTH;
                copied = at;
            }
            None => at += 1,
        }
    }
    renamed.map(|new| new + text.get(copied..).unwrap_or_default())
}

/// Ids that a format wrote down within what it left over.
fn rename_within(value: &mut Value, ids: &Ids) {
    match value {
        Value::String(text) => {
            if let Some(renamed) = renamed(text, ids) {
                *text = renamed;
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| rename_within(value, ids)),
        Value::Object(map) => {
            let keys: Vec<(String, String)> =
                map.keys().filter_map(|key| Some((key.clone(), renamed(key, ids)?))).collect();
            for (old, new) in keys {
                if let Some(value) = map.remove(&old) {
                    map.insert(new, value);
                }
            }
            map.values_mut().for_each(|value| rename_within(value, ids));
        }
        _ => {}
    }
}

/// Pairs one kind: what it points at is renamed, it is paired, and gets its new ids.
fn pair<'p, R: Piece>(file: &mut Bundle, m: &mut Matcher<'p>, likenesses: impl FnOnce(&mut Pairing<'_, R>)) {
    let (list, deleted) = (R::list_mut(file), R::list(m.deleted));
    if list.is_empty() || (R::list(m.project).is_empty() && deleted.is_empty()) {
        return;
    }
    list.iter_mut().for_each(|record| refer(record, &m.ids));
    let mut pairing = Pairing::new(R::list(file), R::list(m.project)).with_deleted(deleted);
    likenesses(&mut pairing);
    m.aside.extend(pairing.aside().map(|id| (R::KIND, id)));
    rename::<R>(file, pairing.pairs(), &mut m.ids);
}

fn rename<R: Piece>(file: &mut Bundle, pairs: Vec<(RecordId, RecordId)>, ids: &mut Ids) {
    let new: Ids = pairs.into_iter().filter(|(from, to)| from != to).collect();
    if new.is_empty() {
        return;
    }
    for record in R::list_mut(file) {
        if let Some(to) = new.get(&record.id()) {
            record.set_id(*to);
        }
    }
    ids.extend(new);
}

/// A text that says something.
fn said(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

fn worded(text: &MultiText) -> Option<&MultiText> {
    Some(text).filter(|text| !text.is_empty())
}

/// The id that a format gave a record.
fn source_id<'r>(residue: &'r Residue, format: &str) -> Option<&'r str> {
    said(residue.get(format)?.get("id")?.as_str()?)
}

fn languages_and_people(file: &mut Bundle, m: &mut Matcher<'_>) {
    pair::<Language>(file, m, |p| p.by(|language| Some(language.tag.as_str())));
    pair::<Person>(file, m, |p| {
        p.by(|person| said(&person.code));
        let compatible = |a: &Person, b: &Person| a.code.is_empty() || b.code.is_empty() || a.code == b.code;
        p.by_where(|person| said(&person.name), compatible);
        let nameless = |p: &Person| p.code.is_empty() && p.name.is_empty();
        p.by(|person| nameless(person).then_some((&person.notes, &person.languages, person.access)));
    });
}

/// Two texts do not contradict each other: they share one, or have no language in common.
fn agree(a: &MultiText, b: &MultiText) -> bool {
    let mut both = a.iter().filter_map(|(tag, text)| Some((text, b.get(tag)?))).peekable();
    both.peek().is_none() || both.any(|(a, b)| a == b)
}

fn sessions(file: &mut Bundle, m: &mut Matcher<'_>) {
    pair::<Session>(file, m, |p| {
        p.by(|s| Some((said(&s.name)?, s.date.as_str(), &s.title)));
        let agree = |a: &Session, b: &Session| {
            (a.date == b.date || a.date.is_empty() || b.date.is_empty()) && agree(&a.title, &b.title)
        };
        p.by_where(|s| said(&s.name), agree);
        p.by_where(|s| worded(&s.title).filter(|_| s.name.is_empty()), |a, b| a.date == b.date);
        let nameless = |s: &Session| s.name.is_empty() && s.title.is_empty();
        p.by(|s| nameless(s).then_some((&s.date, &s.place, &s.genre, &s.description)));
    });
    pair::<Media>(file, m, |p| {
        p.by(|m| Some((m.session, said(&m.hash)?)));
        let other = |a: &Media, b: &Media| a.hash.is_empty() || b.hash.is_empty() || a.hash == b.hash;
        p.by_where(|m| Some((m.session, m.path.rsplit(['/', '\\']).next()?)), other);
        p.set_aside(|m| Some((m.session, m.path.rsplit(['/', '\\']).next()?)));
    });
    pair::<Vocabulary>(file, m, |p| {
        p.by(|v| said(&v.name));
        let values = |v: &'_ Vocabulary| v.entries.iter().map(|e| e.value.clone()).collect::<Vec<_>>();
        p.by(|v| v.name.is_empty().then(|| (&v.description, values(v))));
    });
    vocabulary_entries(file, m);
    pair::<Tier>(file, m, |p| {
        p.by(|t| Some((t.session, &t.name, t.participant)));
        p.by(|t| Some((t.session, &t.name)));
        p.set_aside(|t| Some((t.session, &t.name)));
    });
}

/// The values of vocabularies that the project has: by id, then by value.
fn vocabulary_entries(file: &mut Bundle, m: &mut Matcher<'_>) {
    let there: HashMap<_, &Vocabulary> = m.project.vocabularies.iter().map(|v| (v.id, v)).collect();
    for vocabulary in &mut file.vocabularies {
        let Some(known) = there.get(&vocabulary.id) else { continue };
        let mut free: HashMap<&str, Vec<RecordId>> = HashMap::new();
        let own: HashSet<RecordId> = vocabulary.entries.iter().map(|e| e.id.0).collect();
        for entry in known.entries.iter().rev().filter(|e| !own.contains(&e.id.0)) {
            free.entry(&entry.value).or_default().push(entry.id.0);
        }
        for entry in &mut vocabulary.entries {
            if known.entries.iter().any(|k| k.id == entry.id) {
                continue;
            }
            if let Some(to) = free.get_mut(entry.value.as_str()).and_then(Vec::pop) {
                m.ids.insert(entry.id.0, to);
                entry.id.0 = to;
            }
        }
    }
}

/// How deep each record lies under others of its kind; a ring counts from where it was entered.
fn depths<K: std::hash::Hash + Eq + Copy>(all: &[(K, Option<K>)]) -> HashMap<K, usize> {
    let parents: HashMap<K, Option<K>> = all.iter().copied().collect();
    let mut depths: HashMap<K, usize> = HashMap::with_capacity(all.len());
    for (start, _) in all {
        let (mut path, mut seen, mut at) = (Vec::new(), HashSet::new(), Some(*start));
        while let Some(id) = at.filter(|id| !depths.contains_key(id)) {
            // The parent may be outside of the bundle.
            let Some(parent) = parents.get(&id).filter(|_| seen.insert(id)) else { break };
            path.push(id);
            at = *parent;
        }
        let first = at.and_then(|id| depths.get(&id)).map_or(0, |d| d + 1);
        depths.extend(path.into_iter().rev().zip(first..));
    }
    depths
}

/// Pairs a kind whose records hang under each other, level by level.
fn pair_by_level<R: Piece>(
    file: &mut Bundle,
    m: &mut Matcher<'_>,
    parent: impl Fn(&R) -> Option<RecordId>,
    likenesses: impl Fn(&mut Pairing<'_, R>),
) {
    if R::list(file).is_empty() || (R::list(m.project).is_empty() && R::list(m.deleted).is_empty()) {
        return;
    }
    let depths_in = |list: &[R]| -> Vec<usize> {
        let all: Vec<_> = list.iter().map(|r| (r.id(), parent(r))).collect();
        let depths = depths(&all);
        all.iter().map(|(id, _)| depths.get(id).copied().unwrap_or_default()).collect()
    };
    let (ours, theirs) = (depths_in(R::list(m.project)), depths_in(R::list(file)));
    for level in 0..=theirs.iter().copied().max().unwrap_or_default() {
        let at = |depths: &[usize], index: usize| depths.get(index) == Some(&level);
        let list = R::list_mut(file).iter_mut().enumerate().filter(|(index, _)| at(&theirs, *index));
        list.for_each(|(_, record)| refer(record, &m.ids));
        let of_file = R::list(file).iter().enumerate().filter(|(i, _)| at(&theirs, *i)).map(|(_, r)| r);
        let of_project = R::list(m.project).iter().enumerate().filter(|(i, _)| at(&ours, *i)).map(|(_, r)| r);
        let mut pairing = Pairing::new(of_file, of_project).with_deleted(R::list(m.deleted));
        likenesses(&mut pairing);
        m.aside.extend(pairing.aside().map(|id| (R::KIND, id)));
        rename::<R>(file, pairing.pairs(), &mut m.ids);
    }
}

fn first(text: &MultiText) -> &str {
    text.first().unwrap_or_default()
}

/// An annotation id of ELAN is trusted where something else agrees too: other programs count anew when they write.
fn near(a: &Annotation, b: &Annotation) -> bool {
    let span = a.start.is_some() && (a.start == b.start || a.end == b.end);
    span || a.value == b.value || (a.start.is_none() && a.parent == b.parent && a.position == b.position)
}

fn texts(file: &mut Bundle, m: &mut Matcher<'_>) {
    pair_by_level::<Annotation>(
        file,
        m,
        |a| a.parent.map(AnnotationId::record),
        |p| {
            p.by(|a| Some((a.tier, source_id(&a.residue, "eaf")?, a.start, a.end, &a.value)));
            p.by_where(|a| Some((a.tier, source_id(&a.residue, "eaf")?)), near);
            p.by(|a| Some((a.tier, a.start?, a.end?, &a.value)));
            p.set_aside(|a| Some((a.tier, a.start?, a.end?, &a.value)));
            p.set_aside(|a| a.start.is_none().then_some((a.tier, a.parent?, &a.value, a.position)));
            p.by(|a| Some((a.tier, a.start?, a.end?)));
            p.by(|a| Some((a.tier, a.start?, said(&a.value)?)));
            p.by(|a| Some((a.tier, a.end?, said(&a.value)?)));
            p.by(|a| Some((a.tier, a.start?)));
            p.by(|a| Some((a.tier, a.end?)));
            let order = |a: &Annotation| (a.start, a.position, a.id);
            // The same text with other times, or aligned on one side only; then texts without times by their order.
            p.align(|a| Some((a.tier, a.parent)), order, |a| &a.value, |a| &a.value, false);
            let untimed = |a: &Annotation| a.start.is_none().then_some((a.tier, a.parent));
            p.align(untimed, order, |a| &a.value, |a| &a.value, true);
        },
    );
    pair::<Word>(file, m, |p| {
        let order = |w: &Word| (w.position, w.id);
        p.align(|w| Some(w.annotation), order, |w| &w.form, |w| first(&w.form), false);
        p.set_aside(|w| Some((w.annotation, &w.form)));
        p.align(|w| Some(w.annotation), order, |w| &w.form, |w| first(&w.form), true);
    });
    pair::<Morph>(file, m, |p| {
        let order = |m: &Morph| (m.position, m.id);
        p.align(|m| Some(m.word), order, |m| &m.form, |m| first(&m.form), true);
    });
}

/// What the senses of each entry say, to tell homonyms apart.
fn meanings(bundle: &Bundle) -> HashMap<LexemeId, BTreeSet<(&str, &str)>> {
    let mut meanings: HashMap<_, BTreeSet<_>> = HashMap::new();
    for sense in &bundle.senses {
        meanings.entry(sense.lexeme).or_default().extend(sense.gloss.iter().chain(sense.definition.iter()));
    }
    meanings
}

/// What a sense says, in one text.
fn meaning(sense: &Sense) -> &str {
    first(if sense.gloss.is_empty() { &sense.definition } else { &sense.gloss })
}

fn lexicon(file: &mut Bundle, m: &mut Matcher<'_>) {
    let senses = std::mem::take(&mut file.senses);
    let with_senses = Bundle { senses, ..Bundle::default() };
    let (theirs, ours) = (meanings(&with_senses), meanings(m.project));
    let gone = meanings(m.deleted);
    let of = |lexeme: &Lexeme| [&theirs, &ours, &gone].iter().find_map(|m| m.get(&lexeme.id)).filter(|m| !m.is_empty());
    let shared = |a: &Lexeme, b: &Lexeme| match (theirs.get(&a.id), ours.get(&b.id)) {
        (Some(a), Some(b)) => a.is_empty() || b.is_empty() || a.intersection(b).next().is_some(),
        _ => true,
    };
    pair::<Lexeme>(file, m, |p| {
        p.by(|l| source_id(&l.residue, "lift"));
        let head = |l: &Lexeme| !(l.form.is_empty() && l.citation.is_empty());
        p.by(|l| head(l).then_some((&l.form, &l.citation, l.homograph, l.kind, &l.category, of(l)?)));
        p.by(|l| head(l).then_some((&l.form, &l.citation, l.homograph, l.kind, of(l)?)));
        p.set_aside(|l| source_id(&l.residue, "lift"));
        p.set_aside(|l| head(l).then_some((&l.form, &l.citation, l.homograph, l.kind, &l.category, of(l))));
        p.by_where(|l| head(l).then_some((&l.form, &l.citation, l.homograph, l.kind, &l.category)), shared);
        p.by_where(|l| worded(&l.form).map(|form| (form, l.homograph, l.kind, &l.category)), shared);
        // One who made a homonym by hand gave the first one a number too.
        let unnumbered = |a: &Lexeme, b: &Lexeme| (a.homograph == 0 || b.homograph == 0) && shared(a, b);
        p.by_where(|l| Some((worded(&l.form)?, l.kind, of(l)?)), unnumbered);
        // Without a head, all that it says must agree.
        p.by(|l| (!head(l)).then_some((l.kind, l.homograph, &l.category, &l.notes, &l.fields, of(l))));
        let near = |a: &Lexeme, b: &Lexeme| {
            let category = a.category.is_empty() || b.category.is_empty() || a.category == b.category;
            category || (shared(a, b) && theirs.contains_key(&a.id) && ours.contains_key(&b.id))
        };
        p.by_where(|l| worded(&l.form).map(|form| (form, l.homograph, l.kind)), near);
    });
    file.senses = with_senses.senses;
    pair_by_level::<Sense>(
        file,
        m,
        |s| s.parent.map(SenseId::record),
        |p| {
            p.by(|s| Some((s.lexeme, source_id(&s.residue, "lift")?)));
            p.by(|s| Some((s.lexeme, s.parent, &s.gloss, &s.definition, &s.category)));
            p.set_aside(|s| Some((s.lexeme, s.parent, &s.gloss, &s.definition)));
            p.by(|s| Some((s.lexeme, s.parent, worded(&s.gloss)?)));
            p.by(|s| Some((s.lexeme, s.parent, worded(&s.definition)?)));
            p.by(|s| Some((s.lexeme, s.parent, first(worded(&s.gloss)?))));
            p.align(|s| Some((s.lexeme, s.parent)), |s| (s.position, s.id), |s| &s.gloss, meaning, true);
        },
    );
    pair::<Form>(file, m, |p| {
        p.by(|f| Some((f.lexeme, f.kind, &f.form, &f.environment)));
        p.set_aside(|f| Some((f.lexeme, f.kind, &f.form, &f.environment)));
        p.align(|f| Some((f.lexeme, f.kind)), |f| (f.position, f.id), |f| &f.form, |f| first(&f.form), true);
    });
    pair::<Example>(file, m, |p| {
        p.by(|e| Some((e.sense, &e.text, &e.translation)));
        p.set_aside(|e| Some((e.sense, &e.text, &e.translation)));
        p.by(|e| Some((e.sense, worded(&e.text)?)));
        p.align(|e| Some(e.sense), |e| (e.position, e.id), |e| &e.text, |e| first(&e.text), true);
    });
    pair::<Relation>(file, m, |p| {
        p.by(|r| Some((r.source, &r.kind, r.target, &r.target_text)));
        p.by(|r| Some((r.source, &r.kind, r.target?)));
        p.by(|r| Some((r.source, &r.kind, said(&r.target_text)?)));
        p.set_aside(|r| Some((r.source, &r.kind, r.target, &r.target_text)));
    });
    pair::<ExternalLink>(file, m, |p| p.by(|l| Some((l.record, &l.iri))));
}

fn proposals(file: &mut Bundle, m: &mut Matcher<'_>) {
    pair::<ModelRun>(file, m, |p| p.by(|r| Some((r.session, r.media, r.started.as_str()))));
    pair::<Track>(file, m, |p| p.by(|t| Some((t.run, t.kind, t.number))));
    pair::<Tag>(file, m, |p| {
        p.by(|t| Some((t.track, &t.label, t.start, t.end)));
        p.by(|t| Some((t.track, &t.label, t.start)));
    });
}
