//! How sure to say that the model is. A random field that saw its training sentences many times is too sure of new
//! ones; so, while training, some sentences are held back, weights are learnt from the others, and what was said about
//! the held-back words is compared with what was right. A logistic curve for each kind of candidate (Platt 1999) then
//! turns the model's chance into the share of such proposals that are right. Little evidence bends the curve little.

use super::lexicon::sequence;
use super::propose::{Candidate, Source};
use super::rank::{Group, groups};

/// Kinds of candidates: seen words, words of known morphs, guessed stems, stems left open, entries of the lexicon.
const KINDS: usize = 5;
/// Alternatives of a word that are looked at, as many as a person is shown.
const LOOKED_AT: usize = 5;
/// How strongly a kind's curve is held to that of all kinds, and that one to the straight line, in observations.
const HELD: f64 = 4.0;
/// Fewer words than this say nothing: what the model says stays as it is.
const FEWEST: usize = 30;
const ROUNDS: usize = 30;

/// What was said about a held-back word, and whether it was right.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    kind: usize,
    chance: f32,
    right: bool,
}

/// A curve over log odds: slope and height.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Curve {
    slope: f64,
    height: f64,
}

const STRAIGHT: Curve = Curve { slope: 1.0, height: 0.0 };

/// Turns the model's chances into shares of what is right.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    of: [Curve; KINDS],
}

impl Default for Calibration {
    fn default() -> Self {
        Self { of: [STRAIGHT; KINDS] }
    }
}

fn kind(source: Source) -> usize {
    match source {
        Source::Word => 0,
        Source::Morphs => 1,
        Source::Alike | Source::Translation | Source::Copy => 2,
        Source::Unknown => 3,
        Source::Entry => 4,
    }
}

fn log_odds(chance: f64) -> f64 {
    let chance = chance.clamp(1e-4, 1.0 - 1e-4);
    (chance / (1.0 - chance)).ln()
}

impl Curve {
    fn at(self, odds: f64) -> f64 {
        (1.0 + (-(self.slope * odds + self.height)).exp()).recip()
    }

    /// The likeliest curve for some samples (Newton's method), held to another.
    fn fit(samples: &[&Sample], to: Self) -> Self {
        let mut curve = to;
        for _ in 0..ROUNDS {
            let (mut g_slope, mut g_height) = (HELD * (to.slope - curve.slope), HELD * (to.height - curve.height));
            let (mut ss, mut sh, mut hh) = (HELD, 0.0, HELD);
            for sample in samples {
                let odds = log_odds(f64::from(sample.chance));
                let said = curve.at(odds);
                let (miss, weight) = (f64::from(u8::from(sample.right)) - said, said * (1.0 - said));
                g_slope += miss * odds;
                g_height += miss;
                ss += weight * odds * odds;
                sh += weight * odds;
                hh += weight;
            }
            let determinant = ss * hh - sh * sh;
            if determinant <= 1e-9 {
                break;
            }
            let step = ((g_slope * hh - g_height * sh) / determinant, (g_height * ss - g_slope * sh) / determinant);
            curve.slope = (curve.slope + step.0.clamp(-0.5, 0.5)).clamp(0.05, 4.0);
            curve.height = (curve.height + step.1.clamp(-1.0, 1.0)).clamp(-8.0, 8.0);
        }
        // As it is saved, so that a saved model says the same.
        Self { slope: f64::from(curve.slope as f32), height: f64::from(curve.height as f32) }
    }
}

impl Calibration {
    /// Curves for what was said about held-back words; straight lines where too little was said.
    pub fn fit(samples: &[Sample]) -> Self {
        if samples.len() < FEWEST {
            return Self::default();
        }
        let all = Curve::fit(&samples.iter().collect::<Vec<_>>(), STRAIGHT);
        let mut of = [all; KINDS];
        for (kind, curve) in of.iter_mut().enumerate() {
            let mine: Vec<&Sample> = samples.iter().filter(|s| s.kind == kind).collect();
            *curve = Curve::fit(&mine, all);
        }
        Self { of }
    }

    /// The share of proposals that are right, of those from such a source of which the model is so sure.
    pub fn chance(&self, source: Source, chance: f32) -> f32 {
        self.of[kind(source)].at(log_odds(f64::from(chance))) as f32
    }

    /// The curves as numbers, to be saved, and back.
    pub fn numbers(&self) -> [f32; KINDS * 2] {
        let mut numbers = [0.0; KINDS * 2];
        for (curve, pair) in self.of.iter().zip(numbers.chunks_exact_mut(2)) {
            pair.copy_from_slice(&[curve.slope as f32, curve.height as f32]);
        }
        numbers
    }

    pub fn of_numbers(numbers: [f32; KINDS * 2]) -> Option<Self> {
        let mut calibration = Self::default();
        for (curve, pair) in calibration.of.iter_mut().zip(numbers.chunks_exact(2)) {
            if !pair.iter().all(|n| n.is_finite()) {
                return None;
            }
            *curve = Curve { slope: f64::from(pair[0]), height: f64::from(pair[1]) };
        }
        Some(calibration)
    }
}

/// What the model said about a held-back word: its first alternatives, and whether each is right.
pub fn samples(candidates: &[Candidate], chances: &[f32], gold: u64) -> impl Iterator<Item = Sample> {
    let mut groups: Vec<Group> = groups(candidates, chances);
    groups.sort_by(|a, b| b.chance.total_cmp(&a.chance));
    groups.truncate(LOOKED_AT);
    groups.into_iter().map(move |group| Sample {
        kind: kind(group.source),
        chance: group.chance,
        right: group.glosses == gold,
    })
}

/// The key of a word's right glosses.
pub fn right(pieces: &[super::lexicon::Piece]) -> u64 {
    sequence(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The model says .9 where half is right: the curve learns it, and leaves other kinds near the curve of all.
    #[test]
    fn a_boaster_is_believed_half() {
        let sample = |n: usize| Sample { kind: 1, chance: 0.9, right: n.is_multiple_of(2) };
        let calibration = Calibration::fit(&(0..400).map(sample).collect::<Vec<_>>());
        let said = calibration.chance(Source::Morphs, 0.9);
        assert!((said - 0.5).abs() < 0.05, "{said}");
        assert!(calibration.chance(Source::Morphs, 0.99) > calibration.chance(Source::Morphs, 0.5));
    }

    #[test]
    fn too_little_changes_nothing() {
        let sample = Sample { kind: 0, chance: 0.9, right: false };
        let calibration = Calibration::fit(&[sample; 5]);
        assert_eq!(calibration, Calibration::default());
        assert!((calibration.chance(Source::Word, 0.7) - 0.7).abs() < 1e-3);
    }

    #[test]
    fn saved_and_read_again() {
        let sample = |n: usize| Sample { kind: n % KINDS, chance: 0.8, right: n.is_multiple_of(3) };
        let calibration = Calibration::fit(&(0..400).map(sample).collect::<Vec<_>>());
        let again = Calibration::of_numbers(calibration.numbers()).expect("numbers");
        assert!((again.chance(Source::Copy, 0.3) - calibration.chance(Source::Copy, 0.3)).abs() < 1e-5);
        assert_eq!(Calibration::of_numbers([f32::NAN; KINDS * 2]), None);
    }
}
