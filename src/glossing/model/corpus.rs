//! Training lines as the model keeps them: sentences with known analyses, every word cut into morphs.

use super::align::{Type, align, project};
use super::hash::{KeyMap, key, tuple};
use super::lexicon::{Gold, Lexicon, Piece};
use super::text::{Sentence, Word, is_gram};
use super::{Input, Learned};
use crate::glossing::igt::Line;

/// A sentence with its analyses; words without one are known nothing about.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub sentence: Sentence,
    pub gold: Vec<Option<Gold>>,
}

/// Whether a line's glosses run in parallel with its words.
pub fn matches(line: &Line) -> bool {
    line.glosses.as_ref().is_some_and(|g| g.len() == line.words.len() && !g.is_empty())
}

/// Ends of the morphs of each word of each line, where they are known already.
pub type Ends = Vec<Vec<Vec<usize>>>;

/// Reads lines: names go to the lexicon, analyses are worked out; `lexicon` counts nothing yet. With `ends`, one entry
/// a line that matches, words are cut as they say.
pub fn read(lines: &[Line], input: Input, ends: Option<&Ends>, lexicon: &mut Lexicon) -> (Vec<Known>, Learned) {
    let mut learned = Learned::default();
    let mut known: Vec<Known> = Vec::new();
    let mut glosses: Vec<Vec<Option<Vec<String>>>> = Vec::new();
    for line in lines {
        if !matches(line) {
            learned.mismatched += usize::from(line.glosses.is_some());
            continue;
        }
        let sentence = Sentence::new(line);
        let of: Vec<Option<Vec<String>>> = line
            .glosses
            .iter()
            .flatten()
            .map(|g| (!g.is_empty() && g.iter().any(|g| !g.is_empty())).then(|| g.clone()))
            .collect();
        learned.lines += 1;
        learned.words += of.iter().flatten().count();
        glosses.push(of);
        known.push(Known { gold: vec![None; sentence.words.len()], sentence });
    }
    let cuts = if input == Input::Words && ends.is_none() { cuts(&known, &glosses) } else { KeyMap::default() };
    for (n, (known, glosses)) in known.iter_mut().zip(&glosses).enumerate() {
        for (at, glosses) in glosses.iter().enumerate() {
            let (Some(glosses), Some(word)) = (glosses, known.sentence.words.get(at)) else { continue };
            let of: Vec<u64> = glosses.iter().map(|g| key(g)).collect();
            let saved = ends.and_then(|e| e.get(n)).and_then(|e| e.get(at));
            let cut = saved.or_else(|| cuts.get(&tuple(word.form, &of))).filter(|c| c.len() == of.len());
            known.gold[at] = Some(gold(word, glosses, input, cut.map(Vec::as_slice), lexicon));
        }
    }
    (known, learned)
}

/// The cuts of every distinct word with its glosses.
fn cuts(known: &[Known], glosses: &[Vec<Option<Vec<String>>>]) -> KeyMap<Vec<usize>> {
    let mut types: Vec<Type> = Vec::new();
    let mut places: KeyMap<usize> = KeyMap::default();
    let mut keys = Vec::new();
    for (known, glosses) in known.iter().zip(glosses) {
        for (word, glosses) in known.sentence.words.iter().zip(glosses) {
            let Some(glosses) = glosses else { continue };
            if word.sign || word.morphs.as_ref().is_some_and(|m| m.len() == glosses.len()) {
                continue;
            }
            let of: Vec<u64> = glosses.iter().map(|g| key(g)).collect();
            let id = tuple(word.form, &of);
            let place = *places.entry(id).or_insert_with(|| {
                keys.push(id);
                types.push(Type {
                    chars: word.chars.clone(),
                    grams: glosses.iter().map(|g| is_gram(g)).collect(),
                    glosses: of,
                    times: 0.0,
                });
                types.len() - 1
            });
            types[place].times += 1.0;
        }
    }
    for kind in &mut types {
        // A common word is one piece of evidence about its morphs, not a thousand.
        kind.times = 1.0 + kind.times.ln();
    }
    keys.into_iter().zip(align(&types)).collect()
}

/// A word's analysis; `cut` where the ends of its morphs are known, else they are found from the morphs as written,
/// or the word is cut evenly.
pub fn gold(word: &Word, glosses: &[String], input: Input, cut: Option<&[usize]>, lexicon: &mut Lexicon) -> Gold {
    let of: Vec<u64> = glosses.iter().map(|g| lexicon.name(g)).collect();
    let morphs = word.morphs.as_ref().filter(|m| m.len() == glosses.len());
    if input == Input::Segmented
        && let Some(morphs) = morphs
    {
        let pieces =
            morphs.iter().zip(&of).map(|(m, g)| Piece { form: lexicon.name(m), gloss: *g, written: 0 }).collect();
        return Gold { pieces, ends: (1..=of.len()).collect() };
    }
    let ends: Vec<usize> = match (cut, morphs) {
        (Some(cut), _) => cut.to_vec(),
        (None, Some(morphs)) => {
            let chars: Vec<Vec<char>> = morphs.iter().map(|m| m.chars().collect()).collect();
            project(&word.chars, &chars)
        }
        (None, None) => (1..=of.len()).map(|i| word.chars.len() * i / of.len().max(1)).collect(),
    };
    let mut from = 0;
    let mut pieces = Vec::with_capacity(of.len());
    for (j, gloss) in of.iter().enumerate() {
        let end = ends.get(j).copied().unwrap_or(word.chars.len());
        let stretch: String = word.chars.get(from..end).unwrap_or_default().iter().collect();
        from = end;
        let written = match morphs.and_then(|m| m.get(j)) {
            Some(morph) if *morph != stretch => lexicon.name(morph),
            _ => 0,
        };
        pieces.push(Piece { form: lexicon.name(&stretch), gloss: *gloss, written });
    }
    Gold { pieces, ends }
}
