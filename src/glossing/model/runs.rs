//! The runs of a training over its sentences: twice over all of them, whose mean the weights are, and over all but a
//! few, which tell how sure to say that the model is.

use std::sync::Mutex;

use super::Options;
use super::calibrate::{Calibration, Sample, right, samples};
use super::corpus::Known;
use super::crf::{Lattice, Training, Weights};
use super::hash::Random;
use super::propose::Candidate;

// A quick learner is too sure of rare features, and leaving half of them out of each step helps most languages a
// little. Cross-validation finds nothing better near these by more than chance.
const ROUNDS: usize = 12;
const RATE: f32 = 0.03;
const DECAY: f32 = 0.01;
const DROP: f32 = 0.5;

/// Runs over all sentences.
const WHOLE: usize = 2;
/// Into so many parts sentences are dealt; each run that holds some back holds one part back.
const PARTS: usize = 5;
/// Words that are enough to hold back, of a part and altogether.
const ENOUGH_OF_PART: usize = 2_500;
const ENOUGH: usize = 4_000;
/// With fewer lines nothing is held back.
const FEWEST_LINES: usize = 10;

/// Which run holds which sentences back.
pub struct Folds {
    of: Vec<Option<u8>>,
    count: usize,
}

impl Folds {
    /// Deals the sentences, by chance, but the same with the same seed.
    pub fn of(known: &[Known], seed: u64) -> Self {
        let mut of = vec![None; known.len()];
        let mut count = 0;
        if known.len() >= FEWEST_LINES {
            let mut order: Vec<usize> = (0..known.len()).collect();
            Random(seed ^ 0x5eed).shuffle(&mut order);
            let mut held = 0;
            for part in order.chunks(known.len().div_ceil(PARTS)) {
                if held >= ENOUGH {
                    break;
                }
                let mut words = 0;
                for at in part {
                    if words >= ENOUGH_OF_PART {
                        break;
                    }
                    of[*at] = Some(count as u8);
                    words += known[*at].gold.len();
                }
                held += words;
                count += 1;
            }
        }
        Self { of, count }
    }

    /// The run that holds a sentence back, if one does.
    pub fn of_line(&self, at: usize) -> Option<u8> {
        self.of.get(at).copied().flatten()
    }
}

/// What runs go over.
pub struct Work<'w> {
    pub known: &'w [Known],
    pub lattices: &'w [Lattice],
    /// How many features there are.
    pub features: usize,
    pub folds: &'w Folds,
    /// Candidates of the sentences that are held back, in order.
    pub kept: &'w [(usize, Vec<Vec<Candidate>>)],
}

/// What a run gave.
enum Gave {
    Weights(Vec<f32>),
    Samples(Vec<Sample>),
}

impl Work<'_> {
    /// All runs, on one thread or two; the same comes out. `None` where it was cancelled.
    pub fn run(&self, options: &Options, progress: &(dyn Fn(f32) -> bool + Sync)) -> Option<(Vec<f32>, Calibration)> {
        let count = WHOLE + self.folds.count;
        let shares = Mutex::new(vec![0.0f32; count]);
        let run = |n: usize| {
            let share = |part: f32| {
                let Ok(mut shares) = shares.lock() else { return true };
                shares[n] = part;
                progress(shares.iter().sum::<f32>() / count as f32)
            };
            self.one(n, options.seed, &share)
        };
        let threads = options.threads.clamp(1, 2);
        let every = |from: usize| (from..count).step_by(threads).map(&run).collect::<Option<Vec<Gave>>>();
        let (even, odd) = if threads > 1 {
            std::thread::scope(|scope| {
                let first = scope.spawn(|| every(0));
                let second = every(1);
                // A thread that failed is done again here, so that a fault shows where it is.
                (first.join().unwrap_or_else(|_| every(0)), second)
            })
        } else {
            (every(0), Some(Vec::new()))
        };
        let (mut even, mut odd) = (even?.into_iter(), odd?.into_iter());
        let mut sum = vec![0.0f32; self.features + 1];
        let mut all = Vec::new();
        for n in 0..count {
            match if n % threads == 0 { even.next()? } else { odd.next()? } {
                Gave::Weights(of) => sum.iter_mut().zip(&of).for_each(|(s, w)| *s += w / WHOLE as f32),
                Gave::Samples(samples) => all.extend(samples),
            }
        }
        Some((sum, Calibration::fit(&all)))
    }

    fn one(&self, n: usize, seed: u64, progress: &(dyn Fn(f32) -> bool + Sync)) -> Option<Gave> {
        let training = Training { rounds: ROUNDS, rate: RATE, decay: DECAY, drop: DROP, progress };
        let seed = seed.wrapping_mul(2).wrapping_add(n as u64);
        let Some(fold) = n.checked_sub(WHOLE).map(|fold| Some(fold as u8)) else {
            let learnt = Weights::learnt(self.features, self.lattices, &training, seed, &|_| false);
            return learnt.map(|learnt| Gave::Weights(learnt.of));
        };
        let held = |at: usize| self.folds.of_line(at) == fold;
        let learnt = Weights::learnt(self.features, self.lattices, &training, seed, &held)?;
        let mut found = Vec::new();
        for (at, candidates) in self.kept.iter().filter(|(at, _)| held(*at)) {
            let marginals = learnt.marginals(&self.lattices[*at]);
            let known = &self.known[*at];
            let words = known.sentence.words.iter().zip(&known.gold).zip(candidates.iter().zip(&marginals));
            for ((word, gold), (candidates, chances)) in words {
                if let Some(gold) = gold.as_ref().filter(|_| !word.sign) {
                    found.extend(samples(candidates, chances, right(&gold.pieces)));
                }
            }
        }
        Some(Gave::Samples(found))
    }
}
