//! A word's candidates put together by what they say.

use super::hash::{Key, mix};
use super::lexicon::UNKNOWN;
use super::propose::{Candidate, Source};

/// Candidates under the same glosses: different cuts speak for the glosses together.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// The key of the glosses, an open stem filled with the best guess.
    pub glosses: Key,
    /// The chances of its candidates together.
    pub chance: f32,
    /// The likeliest of them, and where that is from.
    pub best: usize,
    pub source: Source,
}

/// The likeliest guess of a stem, which fills stems left open: its gloss.
pub fn guess(candidates: &[Candidate], chances: &[f32]) -> Option<Key> {
    candidates
        .iter()
        .zip(chances)
        .filter(|(c, _)| matches!(c.source, Source::Translation | Source::Alike | Source::Copy))
        .max_by(|a, b| a.1.total_cmp(b.1))
        .and_then(|(c, _)| c.pieces.get(c.unknown?))
        .map(|piece| piece.gloss)
}

/// Groups in the order of their first candidates.
pub fn groups(candidates: &[Candidate], chances: &[f32]) -> Vec<Group> {
    let guess = guess(candidates, chances);
    let filled = |gloss: Key| if gloss == UNKNOWN { guess.unwrap_or(UNKNOWN) } else { gloss };
    let mut groups: Vec<Group> = Vec::new();
    for (best, (candidate, chance)) in candidates.iter().zip(chances).enumerate() {
        // As `sequence` does, over the filled glosses.
        let glosses = candidate.pieces.iter().fold(11, |k, p| mix(k, filled(p.gloss)));
        match groups.iter_mut().find(|g| g.glosses == glosses) {
            Some(group) => {
                if *chance > chances[group.best] {
                    (group.best, group.source) = (best, candidate.source);
                }
                group.chance += chance;
            }
            None => groups.push(Group { glosses, chance: *chance, best, source: candidate.source }),
        }
    }
    groups
}

/// Where one analysis is all that is wanted, those with the likeliest number of morphs come first: a morph too many
/// moves all that stand after it in the line.
pub fn most_likely_length(groups: &mut [Group], candidates: &[Candidate]) {
    let length = |group: &Group| candidates[group.best].pieces.len();
    let mut lengths: Vec<(usize, f32)> = Vec::new();
    for group in groups.iter() {
        match lengths.iter_mut().find(|l| l.0 == length(group)) {
            Some(known) => known.1 += group.chance,
            None => lengths.push((length(group), group.chance)),
        }
    }
    if let Some((likeliest, _)) = lengths.iter().rev().max_by(|a, b| a.1.total_cmp(&b.1)).copied() {
        groups.sort_by_key(|group| length(group) != likeliest);
    }
}
