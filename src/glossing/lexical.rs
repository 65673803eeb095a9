//! Words cut into entries of the lexicon: what can be offered before any text is glossed.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

/// Longest word that is cut, in characters.
const LONGEST: usize = 60;
/// Ways to cut that are followed at once.
const BEAM: usize = 24;
/// Ways to cut that are given.
const GIVEN: usize = 3;

/// Where in a word an entry can stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    Before,
    Stem,
    After,
}

/// A form as it is compared: NFC, small letters, without the marks that show how a morph attaches.
pub fn bare(form: &str) -> String {
    form.trim().trim_matches(['-', '=']).nfc().flat_map(char::to_lowercase).collect()
}

/// The forms of a lexicon, by how they are written.
#[derive(Clone, Debug, Default)]
pub struct Lexical {
    /// For each form, the numbers that the caller gave its entries, with where they stand.
    forms: HashMap<String, Vec<(Slot, usize)>>,
    /// Characters of the longest form.
    longest: usize,
}

/// A piece of a word: its characters from the word, and the entry it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    pub form: String,
    /// `None` for a stem that no entry has.
    pub entry: Option<usize>,
    pub slot: Slot,
}

#[derive(Clone)]
struct Way {
    stem: bool,
    cost: f32,
    /// Ends of pieces so far, with their entry.
    pieces: Vec<(usize, Option<usize>, Slot)>,
}

impl Lexical {
    /// Adds a form of an entry that the caller knows by a number.
    pub fn add(&mut self, form: &str, slot: Slot, entry: usize) {
        let form = bare(form);
        let letters = form.chars().count();
        if letters == 0 || letters > LONGEST {
            return;
        }
        self.longest = self.longest.max(letters);
        let known = self.forms.entry(form).or_default();
        if !known.contains(&(slot, entry)) {
            known.push((slot, entry));
        }
    }

    /// Whether there is no form at all.
    pub fn is_empty(&self) -> bool {
        self.forms.is_empty()
    }

    /// The likeliest ways to cut a word, the best first: few and long pieces, a stem that has an entry. A stem
    /// without an entry is allowed where affixes around it have one.
    pub fn cut(&self, word: &str) -> Vec<Vec<Cut>> {
        let word = bare(word);
        let letters: Vec<usize> = word.char_indices().map(|(at, _)| at).chain([word.len()]).collect();
        let length = letters.len() - 1;
        if length == 0 || length > LONGEST || self.is_empty() {
            return Vec::new();
        }
        let mut ways: Vec<Vec<Way>> = vec![Vec::new(); length + 1];
        ways[0].push(Way { stem: false, cost: 0.0, pieces: Vec::new() });
        for at in 0..length {
            let mut here = std::mem::take(&mut ways[at]);
            here.sort_by(|a, b| a.cost.total_cmp(&b.cost));
            here.truncate(BEAM);
            for way in here {
                for end in at + 1..=length {
                    let piece = &word[letters[at]..letters[end]];
                    let long = (end - at) as f32;
                    if end - at <= self.longest {
                        for (slot, entry) in self.forms.get(piece).into_iter().flatten() {
                            match (slot, way.stem) {
                                (Slot::Before, true) | (Slot::Stem, true) | (Slot::After, false) => continue,
                                _ => {}
                            }
                            let cost = if *slot == Slot::Stem { 1.0 + 2.0 / long } else { 1.0 + 1.5 / long };
                            step(&mut ways[end], &way, end, Some(*entry), *slot, cost);
                        }
                    }
                    if !way.stem && end - at >= 2 && end - at < length {
                        step(&mut ways[end], &way, end, None, Slot::Stem, 4.0 + 0.3 * long);
                    }
                }
            }
        }
        let mut whole: Vec<Way> = ways.pop().unwrap_or_default().into_iter().filter(|way| way.stem).collect();
        whole.sort_by(|a, b| a.cost.total_cmp(&b.cost).then_with(|| a.pieces.len().cmp(&b.pieces.len())));
        whole.truncate(GIVEN);
        whole.into_iter().map(|way| cuts(&word, &letters, &way)).collect()
    }
}

fn step(ways: &mut Vec<Way>, from: &Way, end: usize, entry: Option<usize>, slot: Slot, cost: f32) {
    let mut pieces = from.pieces.clone();
    pieces.push((end, entry, slot));
    ways.push(Way { stem: from.stem || slot == Slot::Stem, cost: from.cost + cost, pieces });
    if ways.len() > 4 * BEAM {
        ways.sort_by(|a, b| a.cost.total_cmp(&b.cost));
        ways.truncate(BEAM);
    }
}

fn cuts(word: &str, letters: &[usize], way: &Way) -> Vec<Cut> {
    let mut from = 0;
    way.pieces
        .iter()
        .map(|(end, entry, slot)| {
            let form = word[letters[from]..letters[*end]].to_owned();
            from = *end;
            Cut { form, entry: *entry, slot: *slot }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexicon() -> Lexical {
        let mut lexical = Lexical::default();
        for (number, (form, slot)) in [
            ("t-", Slot::Before),
            ("oyto", Slot::Stem),
            ("-se", Slot::After),
            ("toy", Slot::Stem),
            ("-ne", Slot::After),
        ]
        .into_iter()
        .enumerate()
        {
            lexical.add(form, slot, number);
        }
        lexical
    }

    fn shown(word: &str) -> Vec<String> {
        let join = |cuts: Vec<Cut>| cuts.into_iter().map(|cut| cut.form).collect::<Vec<_>>().join("-");
        lexicon().cut(word).into_iter().map(join).collect()
    }

    #[test]
    fn known_entries_come_first() {
        assert_eq!(shown("Toytose")[0], "t-oyto-se");
        assert_eq!(shown("oyto"), ["oyto"]);
        assert_eq!(shown("oytonese")[0], "oyto-ne-se");
    }

    #[test]
    fn an_unknown_stem_stands_between_known_affixes() {
        assert_eq!(shown("kuruse")[0], "kuru-se");
        assert!(shown("kuru").is_empty(), "a word of which nothing is known is not cut");
        assert!(shown("").is_empty() && shown(&"a".repeat(5000)).is_empty());
        assert!(Lexical::default().cut("oyto").is_empty());
    }
}
