//! What was seen: counts of morphs, words, neighbours and translation words, with what each form may mean.
//!
//! All counts lie in one map. While training, a sentence looks at the lexicon without itself (`Own`): every word and
//! morph that only it has is unknown to it, just as a new sentence's would be.

use super::Entry;
use super::hash::{Key, KeyMap, key, mix, tuple};
use super::text::{Sentence, folded, is_gram};

/// The class of every gloss that names no grammatical category.
pub const STEM: Key = 1;
/// The class before a word's first morph and after its last.
pub const EDGE: Key = 2;
/// The gloss of a stem that nothing is known about.
pub const UNKNOWN: Key = 3;

/// A morph of an analysis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Piece {
    /// The stretch of the word, folded; the morph as given where words come cut.
    pub form: Key,
    pub gloss: Key,
    /// The form as the training lines write it, where it is another than the stretch; else 0.
    pub written: Key,
}

/// An analysis that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gold {
    pub pieces: Vec<Piece>,
    /// Ends of the stretches in characters of the word.
    pub ends: Vec<usize>,
}

/// Kinds of counts.
mod kind {
    pub const MORPH: u64 = 1;
    pub const GLOSS: u64 = 2;
    pub const CLASS: u64 = 3;
    pub const AFTER: u64 = 4;
    pub const WORD: u64 = 5;
    pub const ANALYSIS: u64 = 6;
    pub const SHAPE: u64 = 7;
    pub const GLOSS_HERE: u64 = 8;
    pub const TRANSLATION: u64 = 9;
    pub const TOGETHER: u64 = 10;
    pub const COPIED: u64 = 11;
    pub const WRITTEN: u64 = 12;
    pub const TOTAL: u64 = 13;
}

/// Counts.
#[derive(Default)]
pub struct Lexicon {
    counts: KeyMap<u32>,
    /// Form → glosses seen with it, in order of appearance.
    pub glosses: KeyMap<Vec<Key>>,
    /// Word form → analyses seen.
    pub analyses: KeyMap<Vec<Gold>>,
    /// Form → glosses that the project's own lexicon gives it. These are offered, not counted as seen.
    pub entries: KeyMap<Vec<Key>>,
    /// Morph (form and gloss) → how it is written.
    pub written: KeyMap<Vec<Key>>,
    /// Gloss or written form → its text.
    pub names: KeyMap<String>,
    /// Glosses that name a grammatical category.
    pub grams: KeyMap<()>,
    /// Forms of stems by their beginning, to look for forms alike.
    pub stems: KeyMap<Vec<Vec<char>>>,
    pub sentences: u32,
}

/// What one sentence put into the lexicon.
#[derive(Default)]
pub struct Own(KeyMap<u32>);

impl Own {
    fn add(&mut self, key: Key) {
        *self.0.entry(key).or_default() += 1;
    }
}

/// The key of a sequence of glosses.
pub fn sequence(pieces: &[Piece]) -> Key {
    pieces.iter().fold(11, |k, p| mix(k, p.gloss))
}

/// The key of an analysis: glosses and forms.
pub fn analysis(pieces: &[Piece]) -> Key {
    pieces.iter().fold(13, |k, p| mix(mix(k, p.gloss), p.form))
}

impl Lexicon {
    /// The class of a gloss: itself where it names a category, else `STEM`.
    pub fn class(&self, gloss: Key) -> Key {
        if self.grams.contains_key(&gloss) { gloss } else { STEM }
    }

    pub fn shape(&self, pieces: &[Piece]) -> Key {
        pieces.iter().fold(17, |k, p| mix(k, self.class(p.gloss)))
    }

    /// The keys that a sentence counts under.
    pub fn own(&self, sentence: &Sentence, gold: &[Option<Gold>]) -> Own {
        let mut own = Own::default();
        let mut here: Vec<Key> = Vec::new();
        for (word, gold) in sentence.words.iter().zip(gold) {
            let Some(gold) = gold else { continue };
            let pieces = &gold.pieces;
            own.add(tuple(kind::WORD, &[word.form]));
            own.add(tuple(kind::ANALYSIS, &[word.form, analysis(pieces)]));
            own.add(tuple(kind::ANALYSIS, &[word.form, sequence(pieces)]));
            own.add(tuple(kind::SHAPE, &[self.shape(pieces)]));
            own.add(tuple(kind::GLOSS, &[sequence(pieces)]));
            if word.sign {
                continue;
            }
            let mut before = EDGE;
            for piece in pieces {
                let class = self.class(piece.gloss);
                own.add(tuple(kind::MORPH, &[piece.form, piece.gloss]));
                own.add(tuple(kind::MORPH, &[piece.form]));
                own.add(tuple(kind::GLOSS, &[piece.gloss]));
                own.add(tuple(kind::CLASS, &[class]));
                own.add(tuple(kind::TOTAL, &[]));
                own.add(tuple(kind::AFTER, &[before, class]));
                own.add(tuple(kind::WRITTEN, &[piece.form, piece.gloss, piece.written]));
                before = class;
                here.push(piece.gloss);
            }
            own.add(tuple(kind::AFTER, &[before, EDGE]));
            own.add(tuple(kind::CLASS, &[EDGE]));
        }
        here.sort_unstable();
        here.dedup();
        let mut words = sentence.translation_keys.clone();
        words.sort_unstable();
        words.dedup();
        for word in &words {
            own.add(tuple(kind::TRANSLATION, &[*word]));
            if here.contains(word) {
                own.add(tuple(kind::COPIED, &[*word]));
            }
        }
        for gloss in &here {
            own.add(tuple(kind::GLOSS_HERE, &[*gloss]));
            for word in &words {
                own.add(tuple(kind::TOGETHER, &[*gloss, *word]));
            }
        }
        own
    }

    /// Takes a sentence in.
    pub fn add(&mut self, sentence: &Sentence, gold: &[Option<Gold>]) {
        let own = self.own(sentence, gold);
        for (key, count) in own.0 {
            *self.counts.entry(key).or_default() += count;
        }
        self.sentences += 1;
        for (word, gold) in sentence.words.iter().zip(gold) {
            let Some(gold) = gold else { continue };
            let known = self.analyses.entry(word.form).or_default();
            if !known.contains(gold) {
                known.push(gold.clone());
            }
            if word.sign {
                continue;
            }
            let mut from = 0;
            for (piece, end) in gold.pieces.iter().zip(&gold.ends) {
                let stem = self.class(piece.gloss) == STEM;
                let glosses = self.glosses.entry(piece.form).or_default();
                if !glosses.contains(&piece.gloss) {
                    glosses.push(piece.gloss);
                    if stem && piece.gloss != UNKNOWN {
                        let chars: Vec<char> = match &word.morphs {
                            Some(_) if piece.written == 0 => {
                                self.names.get(&piece.form).map(|n| n.chars().collect()).unwrap_or_default()
                            }
                            _ => word.chars.get(from..*end).unwrap_or_default().to_vec(),
                        };
                        for start in starts(&chars) {
                            let forms = self.stems.entry(start).or_default();
                            if !forms.contains(&chars) {
                                forms.push(chars.clone());
                            }
                        }
                    }
                }
                let written = self.written.entry(tuple(1, &[piece.form, piece.gloss])).or_default();
                if !written.contains(&piece.written) {
                    written.push(piece.written);
                }
                from = *end;
            }
        }
    }

    fn n(&self, key: Key, own: Option<&Own>) -> u32 {
        let all = self.counts.get(&key).copied().unwrap_or(0);
        all.saturating_sub(own.and_then(|o| o.0.get(&key)).copied().unwrap_or(0))
    }

    pub fn morph(&self, form: Key, gloss: Key, own: Option<&Own>) -> u32 {
        self.n(tuple(kind::MORPH, &[form, gloss]), own)
    }
    pub fn gloss(&self, gloss: Key, own: Option<&Own>) -> u32 {
        self.n(tuple(kind::GLOSS, &[gloss]), own)
    }
    pub fn class_count(&self, class: Key, own: Option<&Own>) -> u32 {
        self.n(tuple(kind::CLASS, &[class]), own)
    }
    pub fn total(&self, own: Option<&Own>) -> u32 {
        self.n(tuple(kind::TOTAL, &[]), own)
    }
    pub fn after(&self, before: Key, class: Key, own: Option<&Own>) -> u32 {
        self.n(tuple(kind::AFTER, &[before, class]), own)
    }
    pub fn word(&self, form: Key, own: Option<&Own>) -> u32 {
        self.n(tuple(kind::WORD, &[form]), own)
    }
    pub fn seen(&self, form: Key, pieces: &[Piece], own: Option<&Own>) -> u32 {
        self.n(tuple(kind::ANALYSIS, &[form, analysis(pieces)]), own)
    }
    pub fn seen_glosses(&self, form: Key, pieces: &[Piece], own: Option<&Own>) -> u32 {
        self.n(tuple(kind::ANALYSIS, &[form, sequence(pieces)]), own)
    }
    pub fn shape_count(&self, pieces: &[Piece], own: Option<&Own>) -> u32 {
        self.n(tuple(kind::SHAPE, &[self.shape(pieces)]), own)
    }
    pub fn sequence_count(&self, pieces: &[Piece], own: Option<&Own>) -> u32 {
        self.n(tuple(kind::GLOSS, &[sequence(pieces)]), own)
    }
    pub fn written_count(&self, piece: &Piece, written: Key) -> u32 {
        self.n(tuple(kind::WRITTEN, &[piece.form, piece.gloss, written]), None)
    }
    /// In how many sentences' translations a word stands, and in how many its own form is a gloss.
    pub fn translation(&self, word: Key, own: Option<&Own>) -> (u32, u32) {
        (self.n(tuple(kind::TRANSLATION, &[word]), own), self.n(tuple(kind::COPIED, &[word]), own))
    }

    /// How far a gloss and a word of the translation go together, 0 to 1 (Dice's coefficient over sentences).
    pub fn dice(&self, gloss: Key, word: Key, own: Option<&Own>) -> f32 {
        let both = self.n(tuple(kind::TOGETHER, &[gloss, word]), own);
        if both == 0 {
            return 0.0;
        }
        let (a, b) = (self.n(tuple(kind::GLOSS_HERE, &[gloss]), own), self.n(tuple(kind::TRANSLATION, &[word]), own));
        2.0 * both as f32 / (a + b).max(1) as f32
    }

    /// Takes in what the project's own lexicon says. Forms are compared composed and without case.
    pub fn take_entries(&mut self, entries: &[Entry]) {
        for entry in entries.iter().filter(|entry| !entry.form.is_empty() && !entry.gloss.is_empty()) {
            let (form, gloss) = (key(&folded(&entry.form)), self.name(&entry.gloss));
            let glosses = self.entries.entry(form).or_default();
            if !glosses.contains(&gloss) {
                glosses.push(gloss);
            }
        }
    }

    /// Remembers a text and gives its key.
    pub fn name(&mut self, text: &str) -> Key {
        let key = key(text);
        if let std::collections::hash_map::Entry::Vacant(place) = self.names.entry(key) {
            place.insert(text.to_owned());
            if is_gram(text) {
                self.grams.insert(key, ());
            }
        }
        key
    }
}

/// Keys under which a stem is found again by a form alike: its first two and first three characters, its last three.
pub fn starts(chars: &[char]) -> Vec<Key> {
    let mut keys = Vec::new();
    if chars.len() >= 2 {
        keys.push(tuple(2, &[chars[0] as u64, chars[1] as u64]));
    }
    if chars.len() >= 4 {
        let end = &chars[chars.len() - 3..];
        keys.push(tuple(3, &[end[0] as u64, end[1] as u64, end[2] as u64]));
    }
    keys
}
