//! Glosses taken from the free translation: which of its words a stem never seen may be glossed with, and in which
//! shape (`lived` → `live`), learnt from the project's own glosses and translations.

use std::collections::BTreeMap;

use super::hash::{Key, key};
use super::lexicon::{Lexicon, Own, STEM};
use super::text::Sentence;

/// How translation words become glosses: (end of the word, end of the gloss) → how often.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    pub counts: BTreeMap<(String, String), u32>,
}

/// A gloss proposed from the translation.
#[derive(Clone, Debug)]
pub struct Offer {
    pub gloss: String,
    /// Index of the word in the translation.
    pub word: usize,
    /// How often its rule was seen; 0 for the word as it is.
    pub rule: u32,
    pub rule_key: Key,
}

/// The longest end that a rule may change.
const LONGEST_END: usize = 4;
/// Rules seen more seldom than this are chance.
const SEEN: u32 = 2;

/// The rule between two words, where they begin alike.
fn rule(word: &str, gloss: &str) -> Option<(String, String)> {
    let (w, g): (Vec<char>, Vec<char>) = (word.chars().collect(), gloss.chars().collect());
    let same = w.iter().zip(&g).take_while(|(a, b)| a == b).count();
    let (end_w, end_g) = (w.len() - same, g.len() - same);
    let alike = same >= 3 && same * 2 >= w.len() && end_w <= LONGEST_END && end_g <= LONGEST_END;
    (alike || (end_w == 0 && end_g == 0)).then(|| (w[same..].iter().collect(), g[same..].iter().collect()))
}

impl Rules {
    /// Counts the rules between a sentence's stem glosses and the words of its translation.
    pub fn add(&mut self, sentence: &Sentence, glosses: &[&str]) {
        for gloss in glosses {
            let folded = super::text::folded(gloss);
            if sentence.translation.contains(&folded) {
                *self.counts.entry((String::new(), String::new())).or_default() += 1;
                continue;
            }
            let best =
                sentence.translation.iter().filter_map(|w| rule(w, &folded)).min_by_key(|(a, b)| a.len() + b.len());
            if let Some(rule) = best {
                *self.counts.entry(rule).or_default() += 1;
            }
        }
    }

    /// Glosses that the translation offers, most likely shapes of each word first.
    pub fn offers(&self, sentence: &Sentence, lexicon: &Lexicon, own: Option<&Own>) -> Vec<Offer> {
        let mut offers: Vec<Offer> = Vec::new();
        for (at, word) in sentence.translation.iter().enumerate() {
            let (seen, copied) = lexicon.translation(sentence.translation_keys[at], own);
            // Words that stand in many translations and never are a gloss are grammar.
            if seen > 12 && copied * 40 < seen {
                continue;
            }
            if sentence.translation[..at].contains(word) {
                continue;
            }
            let name = sentence.translation_names.get(at).copied().unwrap_or(false);
            let mut shapes: Vec<(u32, Key, String)> = Vec::new();
            let chars: Vec<char> = word.chars().collect();
            for cut in 0..=LONGEST_END.min(chars.len().saturating_sub(2)) {
                let end: String = chars[chars.len() - cut..].iter().collect();
                let start: String = chars[..chars.len() - cut].iter().collect();
                let from = (end.clone(), String::new());
                for ((old, new), count) in self.counts.range(from..).take_while(|((old, _), _)| *old == end) {
                    let weight = if old.is_empty() && !new.is_empty() { *count / 4 } else { *count };
                    if weight >= SEEN || (old.is_empty() && new.is_empty()) {
                        let gloss = format!("{start}{new}");
                        let known = lexicon.gloss(key(&gloss), own) > 0;
                        shapes.push((weight + if known { 1000 } else { 0 }, key(&format!("{old}>{new}")), gloss));
                    }
                }
            }
            if !shapes.iter().any(|(_, _, g)| g == word) {
                shapes.push((0, 7, word.clone()));
            }
            shapes.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.2.cmp(&b.2)));
            for (weight, rule_key, gloss) in shapes.into_iter().take(3) {
                let gloss = if name { capitalised(&gloss) } else { gloss };
                offers.push(Offer { gloss, word: at, rule: weight % 1000, rule_key });
            }
        }
        offers
    }
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// The word of the translation that a gloss goes with best, and how well (0 to 1): its own shape, a shape by prefix,
/// or seen together elsewhere.
pub fn support(sentence: &Sentence, gloss: Key, text: &str, lexicon: &Lexicon, own: Option<&Own>) -> (f32, Spelt) {
    if lexicon.class(gloss) != STEM {
        return (0.0, Spelt::No);
    }
    let mut dice: f32 = 0.0;
    let mut spelt = Spelt::No;
    let folded = super::text::folded(text);
    let parts: Vec<&str> = folded.split(['.', '/', '_', ' ', ':']).filter(|p| p.chars().count() >= 2).collect();
    for (word, word_key) in sentence.translation.iter().zip(&sentence.translation_keys) {
        dice = dice.max(lexicon.dice(gloss, *word_key, own));
        if *word == folded {
            spelt = spelt.max(Spelt::Whole);
        } else if parts.len() > 1 && parts.contains(&word.as_str()) && word.chars().count() > 2 {
            spelt = spelt.max(Spelt::Part);
        } else if rule(word, &folded).is_some() {
            spelt = spelt.max(Spelt::Begins);
        }
    }
    (dice, spelt)
}

/// How a gloss stands in the translation by its spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spelt {
    No,
    Part,
    Begins,
    Whole,
}
