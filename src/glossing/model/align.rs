//! Where a word's morphs begin and end, found from its glosses alone.
//!
//! A word's glosses say how many morphs it has and in which order. Expectation maximisation over all words finds the
//! cuts under which each gloss is spelt in as few ways as possible: the chance of a stretch of a word under a gloss is
//! its expected count there, smoothed by a base that charges every character (as in Bayesian word segmentation:
//! Goldwater, Griffiths & Johnson 2009).

use super::hash::{Key, KeyMap, chars_key, tuple};

/// A distinct word with its glosses.
pub struct Type {
    pub chars: Vec<char>,
    pub glosses: Vec<Key>,
    /// Whether each gloss names a grammatical category.
    pub grams: Vec<bool>,
    pub times: f32,
}

/// Longer words than this are cut in equal parts: no language has them, files with errors do.
const LONGEST: usize = 60;
const ROUNDS: usize = 12;
/// Weight of the base against what was counted.
const BASE: f64 = 0.5;

/// Cuts of each type: for every gloss the end of its stretch, in characters.
pub fn align(types: &[Type]) -> Vec<Vec<usize>> {
    let mut alphabet: Vec<char> = types.iter().flat_map(|t| t.chars.iter().copied()).collect();
    alphabet.sort_unstable();
    alphabet.dedup();
    let per_char = (alphabet.len().clamp(8, 40) as f64).recip();
    let mut counts: KeyMap<f64> = KeyMap::default();
    let mut totals: KeyMap<f64> = KeyMap::default();
    for _ in 0..ROUNDS {
        let mut next: KeyMap<f64> = KeyMap::default();
        let mut next_totals: KeyMap<f64> = KeyMap::default();
        for kind in types.iter().filter(|t| fits(t)) {
            let chances = chances(kind, &counts, &totals, per_char);
            expect(kind, &chances, |gloss, from, to, expected| {
                let expected = expected * f64::from(kind.times);
                *next.entry(tuple(1, &[kind.glosses[gloss], chars_key(&kind.chars[from..to])])).or_default() +=
                    expected;
                *next_totals.entry(kind.glosses[gloss]).or_default() += expected;
            });
        }
        (counts, totals) = (next, next_totals);
    }
    types
        .iter()
        .map(|kind| if fits(kind) { best(kind, &chances(kind, &counts, &totals, per_char)) } else { equal(kind) })
        .collect()
}

fn fits(kind: &Type) -> bool {
    (1..=LONGEST).contains(&kind.chars.len()) && kind.glosses.len() <= 16
}

fn equal(kind: &Type) -> Vec<usize> {
    let (length, parts) = (kind.chars.len(), kind.glosses.len().max(1));
    (1..=parts).map(|i| length * i / parts).collect()
}

/// The chance of each stretch under each gloss: `[gloss][from][to]`, flat.
struct Chances {
    side: usize,
    of: Vec<f64>,
}

impl Chances {
    fn get(&self, gloss: usize, from: usize, to: usize) -> f64 {
        self.of[(gloss * self.side + from) * self.side + to]
    }
}

fn chances(kind: &Type, counts: &KeyMap<f64>, totals: &KeyMap<f64>, per_char: f64) -> Chances {
    let side = kind.chars.len() + 1;
    let mut of = vec![0.0; kind.glosses.len() * side * side];
    let mut keys = vec![0; side * side];
    for from in 0..side {
        for to in from..side {
            keys[from * side + to] = chars_key(&kind.chars[from..to]);
        }
    }
    for (g, gloss) in kind.glosses.iter().enumerate() {
        let total = totals.get(gloss).copied().unwrap_or(0.0);
        for from in 0..side {
            for to in from..side {
                let length = to - from;
                let base = if length == 0 {
                    0.002
                } else {
                    per_char.powi(length as i32) * length_chance(length, kind.grams[g])
                };
                let count = counts.get(&tuple(1, &[*gloss, keys[from * side + to]])).copied().unwrap_or(0.0);
                of[(g * side + from) * side + to] = (count + BASE * base) / (total + BASE);
            }
        }
    }
    Chances { side, of }
}

/// How likely a morph of so many characters is: grammatical ones are short.
fn length_chance(length: usize, gram: bool) -> f64 {
    let mean: f64 = if gram { 2.0 } else { 5.0 };
    let stop = mean.recip();
    (1.0 - stop).powi(length as i32 - 1) * stop
}

/// Expected uses of each stretch, by the forward-backward algorithm over cuts.
fn expect(kind: &Type, chances: &Chances, mut found: impl FnMut(usize, usize, usize, f64)) {
    let (side, n) = (chances.side, kind.glosses.len());
    let mut forward = vec![0.0; (n + 1) * side];
    let mut backward = vec![0.0; (n + 1) * side];
    forward[0] = 1.0;
    backward[n * side + side - 1] = 1.0;
    for g in 0..n {
        for to in 0..side {
            forward[(g + 1) * side + to] =
                (0..=to).map(|from| forward[g * side + from] * chances.get(g, from, to)).sum();
        }
    }
    for g in (0..n).rev() {
        for from in 0..side {
            backward[g * side + from] =
                (from..side).map(|to| backward[(g + 1) * side + to] * chances.get(g, from, to)).sum();
        }
    }
    let all = backward[0];
    if all <= 0.0 || !all.is_finite() {
        return;
    }
    for g in 0..n {
        for from in 0..side {
            let begun = forward[g * side + from];
            for to in from..side {
                let expected = begun * chances.get(g, from, to) * backward[(g + 1) * side + to] / all;
                if expected > 1e-4 {
                    found(g, from, to, expected);
                }
            }
        }
    }
}

/// The most likely cuts (Viterbi).
fn best(kind: &Type, chances: &Chances) -> Vec<usize> {
    let (side, n) = (chances.side, kind.glosses.len());
    let mut score = vec![f64::NEG_INFINITY; (n + 1) * side];
    let mut back = vec![0; (n + 1) * side];
    score[0] = 0.0;
    for g in 0..n {
        for to in 0..side {
            for from in 0..=to {
                let s = score[g * side + from] + chances.get(g, from, to).max(1e-300).ln();
                if s > score[(g + 1) * side + to] {
                    score[(g + 1) * side + to] = s;
                    back[(g + 1) * side + to] = from;
                }
            }
        }
    }
    let mut ends = vec![0; n];
    let mut at = side - 1;
    for g in (0..n).rev() {
        ends[g] = at;
        at = back[(g + 1) * side + at];
    }
    ends
}

/// Cuts of a word whose morphs are known as the analysis writes them: the word and the joined morphs are aligned by
/// edit distance, and each morph takes the characters that stand against its own.
pub fn project(chars: &[char], morphs: &[Vec<char>]) -> Vec<usize> {
    let joined: Vec<char> = morphs.iter().flatten().copied().collect();
    let (rows, side) = (joined.len() + 1, chars.len() + 1);
    if rows.saturating_mul(side) > 40_000 {
        let parts = morphs.len().max(1);
        return (1..=parts).map(|i| chars.len() * i / parts).collect();
    }
    let mut cost = vec![0usize; rows * side];
    for r in 0..rows {
        for c in 0..side {
            cost[r * side + c] = match (r, c) {
                (0, c) => c * 2,
                (r, 0) => r * 2,
                _ => {
                    let change = if joined[r - 1] == chars[c - 1] { 0 } else { 3 };
                    (cost[(r - 1) * side + c - 1] + change)
                        .min(cost[(r - 1) * side + c] + 2)
                        .min(cost[r * side + c - 1] + 2)
                }
            };
        }
    }
    // Backwards: for each row, where the word's characters after it begin.
    let mut ends_at = vec![chars.len(); rows];
    let (mut r, mut c) = (rows - 1, side - 1);
    while r > 0 {
        let here = cost[r * side + c];
        let change = if c > 0 && joined[r - 1] == chars[c - 1] { 0 } else { 3 };
        if c > 0 && here == cost[(r - 1) * side + c - 1] + change {
            (r, c) = (r - 1, c - 1);
            ends_at[r] = c;
        } else if here == cost[(r - 1) * side + c] + 2 {
            r -= 1;
            ends_at[r] = c;
        } else {
            c -= 1;
            // A character of the word that no morph has goes to the morph before it.
        }
    }
    let mut taken = 0;
    let mut ends: Vec<usize> = morphs
        .iter()
        .map(|m| {
            taken += m.len();
            ends_at[taken]
        })
        .collect();
    if let Some(last) = ends.last_mut() {
        *last = chars.len();
    }
    ends
}
