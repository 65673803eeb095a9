//! What a project knows of its morphs: how each is written, attached, tied to the lexicon. A gloss that the glosser
//! proposes is dressed with it, so that approving it writes what a person would have written.

use std::collections::{HashMap, HashSet};

use super::gather::forms_of;
use super::{Offer, Why};
use crate::domain::{
    Bundle, Lexeme, LexemeId, Morph, MorphId, MorphKind, MultiText, Sense, Word, WordId, WordKind, WordStatus,
};
use crate::glossing::lexical::{Cut, Lexical, Slot, bare};
use crate::glossing::model;
use crate::store::query::Analysis;

/// How many entries are read into the stock.
pub(super) const MOST_ENTRIES: usize = 200_000;

/// A morph as the project writes it.
#[derive(Clone, Debug)]
struct Piece {
    morph: Morph,
    times: usize,
}

/// The project's morphs and entries.
#[derive(Clone, Debug, Default)]
pub struct Stock {
    /// Language of glosses.
    language: String,
    /// Writing system of forms.
    object: String,
    pieces: HashMap<(String, String), Piece>,
    by_gloss: HashMap<String, Piece>,
    /// Every gloss that the project has, in texts or in the lexicon.
    labels: HashSet<String>,
    lexical: Lexical,
    /// Form and gloss → the first entry that says so, by its number.
    by_entry: HashMap<(String, String), usize>,
    /// What the numbers in `lexical` mean.
    entries: Vec<Entry>,
}

/// An entry as it stands in a word, and what it is called.
#[derive(Clone, Debug)]
struct Entry {
    morph: Morph,
    headword: String,
}

/// The gloss of a morph as the glosser sees it.
pub(super) fn gloss_of<'m>(gloss: &'m MultiText, language: &'m str) -> &'m str {
    gloss.best([language]).unwrap_or_default().trim()
}

fn slot(kind: MorphKind) -> Option<Slot> {
    match kind {
        kind if kind.is_stem() => Some(Slot::Stem),
        MorphKind::Prefix | MorphKind::PrefixingInterfix | MorphKind::Proclitic => Some(Slot::Before),
        MorphKind::Suffix | MorphKind::SuffixingInterfix | MorphKind::Enclitic => Some(Slot::After),
        _ => None,
    }
}

impl Stock {
    /// Takes stock of a project: its approved morphs and its entries.
    pub fn of(bundle: &Bundle, language: &str, object: &str) -> Self {
        let mut stock = Self { language: language.to_owned(), object: object.to_owned(), ..Self::default() };
        let approved: HashSet<WordId> =
            bundle.words.iter().filter(|word| word.status == WordStatus::Approved).map(|word| word.id).collect();
        for morph in bundle.morphs.iter().filter(|morph| approved.contains(&morph.word)) {
            stock.take(morph);
        }
        stock.take_lexicon(bundle);
        stock
    }

    /// Takes in a morph that a person approved.
    pub(super) fn take(&mut self, morph: &Morph) {
        let (form, gloss) = (bare(morph.form.first().unwrap_or_default()), gloss_of(&morph.gloss, &self.language));
        if form.is_empty() || gloss.is_empty() {
            return;
        }
        let gloss = gloss.to_owned();
        self.labels.insert(gloss.clone());
        let note = |piece: &mut Piece| {
            piece.times += 1;
            // A tie to the lexicon is worth more than an earlier morph without one.
            if piece.morph.lexeme.is_none() && morph.lexeme.is_some() {
                piece.morph = morph.clone();
            }
        };
        let new = || Piece { morph: morph.clone(), times: 0 };
        note(self.pieces.entry((form, gloss.clone())).or_insert_with(new));
        note(self.by_gloss.entry(gloss).or_insert_with(new));
    }

    fn take_lexicon(&mut self, bundle: &Bundle) {
        let index = bundle.index();
        for lexeme in bundle.lexemes.iter().take(MOST_ENTRIES) {
            let senses = index.senses_of_lexeme.get(&lexeme.id).map(Vec::as_slice).unwrap_or_default();
            let forms = forms_of(&index, lexeme);
            for sense in senses.iter().filter(|sense| !gloss_of(&sense.gloss, &self.language).is_empty()) {
                self.labels.insert(gloss_of(&sense.gloss, &self.language).to_owned());
                let number = self.entries.len();
                for form in &forms {
                    let meant = (bare(form), gloss_of(&sense.gloss, &self.language).to_owned());
                    self.by_entry.entry(meant).or_insert(number);
                }
                let slot = slot(lexeme.kind);
                self.entries.push(Entry { morph: self.of_sense(lexeme, sense), headword: headword(lexeme) });
                for (form, slot) in forms.iter().filter_map(|form| Some((form, slot?))) {
                    self.lexical.add(form, slot, number);
                }
            }
        }
    }

    fn of_sense(&self, lexeme: &Lexeme, sense: &Sense) -> Morph {
        let category = if sense.category.is_empty() { &lexeme.category } else { &sense.category };
        Morph {
            id: MorphId::new(),
            word: WordId::new(),
            position: 0,
            kind: lexeme.kind,
            form: MultiText::default(),
            citation: MultiText::default(),
            gloss: sense.gloss.clone(),
            category: MultiText::of(self.language.as_str(), category.as_str()),
            homograph: if lexeme.homograph > 0 { lexeme.homograph.to_string() } else { String::new() },
            lexeme: Some(lexeme.id),
            sense: Some(sense.id),
            residue: Default::default(),
        }
    }

    /// Whether the project uses this gloss.
    pub fn has_label(&self, gloss: &str) -> bool {
        self.labels.contains(gloss)
    }

    /// What the glosser proposes for a word, dressed; `None` where it would bring in a gloss that the project has
    /// not, and the translation is not where it is from.
    ///
    /// `first` says whether a sentence begins with the word, so that its capital may be no name's.
    pub(super) fn dress(&self, word: &Word, first: bool, proposed: &model::Analysis) -> Option<Offer> {
        let free = matches!(proposed.evidence, model::Evidence::Translation { .. });
        let known = |morph: &model::Morph| self.has_label(morph.gloss.trim());
        let bare_gloss = |morph: &model::Morph| morph.gloss.trim().is_empty();
        if proposed.morphs.is_empty() || proposed.morphs.iter().all(bare_gloss) {
            return None;
        }
        if !free && !proposed.morphs.iter().all(|morph| bare_gloss(morph) || known(morph)) {
            return None;
        }
        let stem = self.stem_of(&proposed.morphs);
        let morphs = proposed.morphs.iter().enumerate().map(|(at, morph)| {
            let mut piece = self.piece(word, morph, at, stem);
            cased(&mut piece.form, word, at == 0, first, morph.gloss.trim());
            piece
        });
        let named = |morph: &model::Morph| self.listed(morph).map(|entry| entry.headword.clone());
        let why = match &proposed.evidence {
            model::Evidence::Word { times } => Why::Word { times: *times as usize },
            model::Evidence::Morphs { rarest } => Why::Morphs { rarest: *rarest as usize },
            model::Evidence::Entries => Why::Entries { entries: proposed.morphs.iter().filter_map(named).collect() },
            model::Evidence::Analogy { word } => Why::Alike { word: word.clone() },
            model::Evidence::Translation { word } => Why::Translation { word: word.clone() },
            model::Evidence::Copy | model::Evidence::Unknown => Why::Guess,
        };
        Some(self.offer(word, morphs.collect(), Some(proposed.confidence), why))
    }

    /// Which of proposed morphs is the stem: one that is a stem in the project, else one that is no known affix.
    fn stem_of(&self, morphs: &[model::Morph]) -> usize {
        let kind = |morph: &model::Morph| {
            let known = self.pieces.get(&(bare(&morph.form), morph.gloss.trim().to_owned()));
            let known =
                known.map(|piece| piece.morph.kind).or_else(|| self.listed(morph).map(|entry| entry.morph.kind));
            known.or_else(|| self.by_gloss.get(morph.gloss.trim()).map(|piece| piece.morph.kind))
        };
        let kinds: Vec<Option<MorphKind>> = morphs.iter().map(kind).collect();
        let is_stem = |kind: &Option<MorphKind>| kind.is_some_and(MorphKind::is_stem);
        let longest = || (0..morphs.len()).max_by_key(|at| (morphs[*at].form.chars().count(), std::cmp::Reverse(*at)));
        kinds
            .iter()
            .position(is_stem)
            .or_else(|| kinds.iter().position(Option::is_none))
            .or_else(longest)
            .unwrap_or_default()
    }

    fn piece(&self, word: &Word, proposed: &model::Morph, at: usize, stem: usize) -> Morph {
        let (form, gloss) = (bare(&proposed.form), proposed.gloss.trim());
        if let Some(known) = self.pieces.get(&(form.clone(), gloss.to_owned())) {
            return Morph { position: at as i64, word: word.id, ..known.morph.clone() };
        }
        if let Some(entry) = self.listed(proposed) {
            let form = self.written(&form, entry.morph.kind);
            return Morph { position: at as i64, word: word.id, form, ..entry.morph.clone() };
        }
        let by_place = match at.cmp(&stem) {
            std::cmp::Ordering::Less => MorphKind::Prefix,
            std::cmp::Ordering::Equal => MorphKind::Stem,
            std::cmp::Ordering::Greater => MorphKind::Suffix,
        };
        let alike = self
            .by_gloss
            .get(gloss)
            .map(|piece| &piece.morph)
            .filter(|morph| !gloss.is_empty() && { slot(morph.kind) == slot(by_place) || !morph.kind.is_stem() });
        let kind = alike.map_or(by_place, |morph| morph.kind);
        Morph {
            id: MorphId::new(),
            word: word.id,
            position: at as i64,
            kind,
            form: self.written(&form, kind),
            citation: MultiText::default(),
            gloss: alike.map_or_else(|| MultiText::of(self.language.as_str(), gloss), |morph| morph.gloss.clone()),
            category: alike.map(|morph| morph.category.clone()).unwrap_or_default(),
            homograph: alike.map(|morph| morph.homograph.clone()).unwrap_or_default(),
            // Another form of an affix is still that affix; a stem that only shares a gloss may be another word.
            lexeme: alike.filter(|morph| !morph.kind.is_stem()).and_then(|morph| morph.lexeme),
            sense: alike.filter(|morph| !morph.kind.is_stem()).and_then(|morph| morph.sense),
            residue: Default::default(),
        }
    }

    /// The entry that a proposed morph is, where the lexicon has its form with its gloss.
    fn listed(&self, proposed: &model::Morph) -> Option<&Entry> {
        self.entries.get(*self.by_entry.get(&(bare(&proposed.form), proposed.gloss.trim().to_owned()))?)
    }

    fn written(&self, form: &str, kind: MorphKind) -> MultiText {
        let (before, after) = kind.marks();
        MultiText::of(self.object.as_str(), format!("{before}{form}{after}"))
    }

    /// How entries of the lexicon make up a word, the best first.
    pub(super) fn entries_for(&self, word: &Word, first: bool) -> Vec<Offer> {
        let form = word.form.first().unwrap_or_default();
        self.lexical
            .cut(form)
            .into_iter()
            .map(|cuts| {
                let all = cuts.iter().all(|cut| cut.entry.is_some());
                let named =
                    cuts.iter().filter_map(|cut| self.entries.get(cut.entry?)).map(|entry| entry.headword.clone());
                let why = if all { Why::Entries { entries: named.collect() } } else { Why::Affixes };
                let morphs = cuts.iter().enumerate().map(|(at, cut)| {
                    let mut piece = self.entry(word, cut, at);
                    let gloss = gloss_of(&piece.gloss, &self.language).to_owned();
                    cased(&mut piece.form, word, at == 0, first, &gloss);
                    piece
                });
                self.offer(word, morphs.collect(), None, why)
            })
            .collect()
    }

    fn entry(&self, word: &Word, cut: &Cut, at: usize) -> Morph {
        let known = cut.entry.and_then(|number| self.entries.get(number)).map(|entry| entry.morph.clone());
        let kind = known.as_ref().map_or(MorphKind::Stem, |morph| morph.kind);
        let morph = known.unwrap_or_else(|| Morph {
            id: MorphId::new(),
            word: word.id,
            position: 0,
            kind,
            form: MultiText::default(),
            citation: MultiText::default(),
            gloss: MultiText::default(),
            category: MultiText::default(),
            homograph: String::new(),
            lexeme: None::<LexemeId>,
            sense: None,
            residue: Default::default(),
        });
        Morph { word: word.id, position: at as i64, form: self.written(&cut.form, kind), ..morph }
    }

    fn offer(&self, word: &Word, morphs: Vec<Morph>, confidence: Option<f32>, why: Why) -> Offer {
        let analysis = Analysis {
            gloss: MultiText::default(),
            category: MultiText::default(),
            morphs,
            times: 0,
            texts: 0,
            seen_in: word.id,
        };
        Offer { analysis, confidence, why }
    }
}

/// How an entry's headword is written: its citation form where it has one, else its form with the marks of its kind.
pub fn headword(lexeme: &Lexeme) -> String {
    if let Some(citation) = lexeme.citation.first() {
        return citation.to_owned();
    }
    let (before, after) = lexeme.kind.marks();
    lexeme.form.first().map_or_else(String::new, |form| format!("{before}{form}{after}"))
}

/// Gives a proposed morph the capital of the word it begins, or takes it away: a capital in the middle of a sentence is
/// the word's own, and so is that of a name; one at the beginning of a sentence is the sentence's.
fn cased(form: &mut MultiText, word: &Word, begins: bool, first: bool, gloss: &str) {
    let written = word.form.first().unwrap_or_default();
    let capital = written.chars().next().is_some_and(char::is_uppercase);
    let named = gloss.chars().next().is_some_and(char::is_uppercase) && gloss.chars().any(char::is_lowercase);
    let own = begins && capital && (!first || named);
    let Some((language, text)) = form.iter().next().map(|(language, text)| (language.to_owned(), text.to_owned()))
    else {
        return;
    };
    let (lead, rest) = text.split_at(text.find(|c: char| !matches!(c, '-' | '=')).unwrap_or(0));
    let same = |part: &str| part.to_lowercase() == rest.to_lowercase();
    // As it is written in the word, where its letters are there one for one: `McX`, `ÑA`.
    let here: String = written.chars().take(rest.chars().count()).collect();
    let changed = match (own, begins && capital && first) {
        (true, _) if same(&here) => here,
        (_, true) if !named => rest.to_lowercase(),
        // Seen with a capital elsewhere, written small here.
        _ if begins && !capital && same(&here) => here,
        _ => return,
    };
    form.set(&language, format!("{lead}{changed}").as_str());
}

/// Whether a word can be offered anything.
pub(super) fn is_open(word: &Word) -> bool {
    word.kind == WordKind::Word && word.status != WordStatus::Approved
}
