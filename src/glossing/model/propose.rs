//! Candidate analyses of a word: whole words from memory, and words put together from known morphs and at most one
//! unknown stem, best first by a hidden Markov model over glosses.

use std::cell::RefCell;

use super::fill::Offered;
use super::hash::{Key, KeyMap, key, tuple};
use super::lexicon::{EDGE, Gold, Lexicon, Own, Piece, analysis};
use super::text::{Sentence, Word};
use super::translate::Rules;

/// Where an analysis comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// The word, with this analysis, is in memory.
    Word,
    /// All its morphs are.
    Morphs,
    /// Its stem is glossed like a form alike.
    Alike,
    /// Its stem's gloss is a word of the translation.
    Translation,
    /// The token itself.
    Copy,
    /// Its stem is unknown.
    Unknown,
    /// Its morphs are in memory or, at least one of them, in the project's lexicon alone.
    Entry,
}

/// A candidate.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub pieces: Vec<Piece>,
    pub ends: Vec<usize>,
    /// Log probability under the hidden Markov model.
    pub score: f32,
    pub source: Source,
    /// The unknown stem's place among the pieces.
    pub unknown: Option<usize>,
    /// Facts about a stem's gloss that was guessed: keys of features.
    pub facts: Vec<Key>,
    /// The form alike, or the word of the translation, that the guess rests on.
    pub like: String,
}

/// Glosses that are not in the lexicon, by key.
pub type Extra = KeyMap<String>;

const MOST: usize = 22;
/// Candidates whose score lies so far under the best are left out.
pub const GAP: f32 = 11.0;
/// A word seen more often than this has been seen in all its analyses.
const OFTEN: u32 = 15;

/// Proposes analyses of a sentence's words.
pub struct Proposer<'l> {
    pub lexicon: &'l Lexicon,
    pub rules: &'l Rules,
    pub own: Option<&'l Own>,
    pub segmented: bool,
    /// Whether the project's lexicon is looked at.
    pub entries: bool,
    /// Chances of classes after classes, worked out once a sentence.
    pub follows: RefCell<KeyMap<f32>>,
}

impl<'l> Proposer<'l> {
    pub fn new(lexicon: &'l Lexicon, rules: &'l Rules, own: Option<&'l Own>, segmented: bool) -> Self {
        let entries = !lexicon.entries.is_empty();
        Self { lexicon, rules, own, segmented, entries, follows: RefCell::default() }
    }

    /// The candidates of each word; glosses that are new go to `extra`.
    pub fn sentence(&self, sentence: &Sentence, extra: &mut Extra) -> Vec<Vec<Candidate>> {
        let offers: Vec<Offered> = self
            .rules
            .offers(sentence, self.lexicon, self.own)
            .into_iter()
            .map(|offer| Offered { explains: self.explained(sentence, &offer), offer })
            .collect();
        (0..sentence.words.len()).map(|at| self.word(sentence, at, &offers, extra)).collect()
    }

    fn word(&self, sentence: &Sentence, at: usize, offers: &[Offered], extra: &mut Extra) -> Vec<Candidate> {
        let word = &sentence.words[at];
        let mut found: Vec<Candidate> = Vec::new();
        for known in self.lexicon.analyses.get(&word.form).into_iter().flatten() {
            if self.lexicon.seen(word.form, &known.pieces, self.own) > 0 && self.given(word, known) {
                found.push(self.remembered(known));
            }
        }
        let morphs = word.morphs.as_ref().filter(|_| self.segmented);
        if word.sign && morphs.is_none_or(|m| m.len() == 1) {
            if !found.iter().any(|c| c.pieces.len() == 1 && c.pieces[0].gloss == key(&word.core)) {
                found.push(self.copy(word, extra));
            }
            return found;
        }
        let times = self.lexicon.word(word.form, self.own);
        let remembered = found.len();
        let mut built = match morphs {
            None if times > OFTEN && !found.is_empty() => Vec::new(),
            Some(morphs) => self.given_morphs(morphs),
            None => self.cut(&word.chars),
        };
        built.sort_by(|a, b| b.score.total_cmp(&a.score));
        let best = built.iter().map(|c| c.score).fold(f32::NEG_INFINITY, f32::max);
        let mut unknown = 0;
        for candidate in built.into_iter().filter(|c| c.score > best - GAP).take(MOST) {
            if let Some(place) = candidate.unknown {
                unknown += 1;
                if unknown <= 4 && (times < 3 || remembered == 0) {
                    self.fill(sentence, at, &candidate, place, offers, extra, &mut found);
                }
            }
            let key = analysis(&candidate.pieces);
            if !found.iter().any(|c| analysis(&c.pieces) == key) {
                found.push(candidate);
            }
        }
        if found.is_empty() {
            found.push(self.copy(word, extra));
        }
        found
    }

    /// Whether a remembered analysis has the morphs that the word is given with.
    fn given(&self, word: &Word, known: &Gold) -> bool {
        match word.morphs.as_ref().filter(|_| self.segmented) {
            Some(morphs) => {
                morphs.len() == known.pieces.len() && morphs.iter().zip(&known.pieces).all(|(m, p)| key(m) == p.form)
            }
            None => true,
        }
    }

    fn remembered(&self, known: &Gold) -> Candidate {
        let mut score = 0.0;
        let mut before = EDGE;
        for piece in &known.pieces {
            let class = self.lexicon.class(piece.gloss);
            score += self.follows(before, class)
                + self.spelt(piece.form, piece.gloss, class).unwrap_or_else(|| self.novel(6));
            before = class;
        }
        score += self.follows(before, EDGE);
        Candidate {
            pieces: known.pieces.clone(),
            ends: known.ends.clone(),
            score,
            source: Source::Word,
            unknown: None,
            facts: Vec::new(),
            like: String::new(),
        }
    }

    fn copy(&self, word: &Word, extra: &mut Extra) -> Candidate {
        let gloss = self.known_or_extra(&word.core, extra);
        Candidate {
            pieces: vec![Piece { form: word.form, gloss, written: 0 }],
            ends: vec![word.chars.len()],
            score: self.novel(word.chars.len()),
            source: Source::Copy,
            unknown: None,
            facts: vec![tuple(90, &[u64::from(word.sign), u64::from(word.capital)])],
            like: String::new(),
        }
    }

    pub(super) fn known_or_extra(&self, gloss: &str, extra: &mut Extra) -> Key {
        let k = key(gloss);
        if !self.lexicon.names.contains_key(&k) {
            extra.entry(k).or_insert_with(|| gloss.to_owned());
        }
        k
    }

    /// Log chance of a class after another, smoothed by how common it is.
    pub(super) fn follows(&self, before: Key, class: Key) -> f32 {
        let pair = tuple(1, &[before, class]);
        if let Some(known) = self.follows.borrow().get(&pair) {
            return *known;
        }
        let total = self.lexicon.total(self.own) as f32 + 2.0;
        let common = (self.lexicon.class_count(class, self.own) as f32 + 0.2) / total;
        let seen = self.lexicon.after(before, class, self.own) as f32;
        let chance = ((seen + 2.0 * common) / (self.lexicon.class_count(before, self.own) as f32 + 2.0)).ln();
        self.follows.borrow_mut().insert(pair, chance);
        chance
    }

    /// Log chance of a form and gloss in a class; none where they were never seen together.
    pub(super) fn spelt(&self, form: Key, gloss: Key, class: Key) -> Option<f32> {
        let seen = self.lexicon.morph(form, gloss, self.own);
        (seen > 0).then(|| (seen as f32 / (self.lexicon.class_count(class, self.own) as f32 + 1.0)).ln())
    }

    /// Log chance of a form and gloss in a class that were never seen together, but are an entry of the lexicon.
    pub(super) fn listed(&self, class: Key) -> f32 {
        (0.3 / (self.lexicon.class_count(class, self.own) as f32 + 1.0)).ln()
    }

    /// Log chance of an unknown stem of so many characters.
    pub(super) fn novel(&self, length: usize) -> f32 {
        let shape = if length < 2 { -4.0 } else { -1.0 };
        shape - 2.2 * length as f32
    }
}
