//! How often a model was right, against what one can have for nothing.

use serde::Serialize;

use super::maxent::softmax;
use super::trial::Outcome;

/// How one label fared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LabelScore {
    pub label: String,
    /// How often people gave it.
    pub given: usize,
    /// How often the model gave it.
    pub said: usize,
    /// How often both did, on the same thing.
    pub right: usize,
    /// What it was most often taken for, and how often.
    pub taken_for: Option<(String, usize)>,
}

impl LabelScore {
    /// Part of what people gave that the model found (recall), 0 to 1.
    pub fn found(&self) -> f64 {
        part(self.right, self.given)
    }
    /// Part of what the model said that was right (precision), 0 to 1.
    pub fn right_when_said(&self) -> f64 {
        part(self.right, self.said)
    }
    /// The harmonic mean of the two.
    pub fn f1(&self) -> f64 {
        part(2 * self.right, self.given + self.said)
    }
}

/// How a model did over all.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scores {
    /// Labelled things that were asked about.
    pub items: usize,
    pub right: usize,
    /// Those whose word (or very text) was not among what was learned from.
    pub new_items: usize,
    pub new_right: usize,
    /// Right when always saying the commonest label.
    pub commonest_right: usize,
    pub commonest: String,
    /// Right when saying what the same word had most often, else the commonest.
    pub remembered_right: usize,
    /// The commonest label first.
    pub labels: Vec<LabelScore>,
    /// Mean distance between how sure the model was and how often it was then right, 0 to 1 (expected calibration
    /// error over ten bins); `None` where too few were kept to tell.
    pub calibration_error: Option<f64>,
}

fn part(some: usize, all: usize) -> f64 {
    if all == 0 { 0.0 } else { some as f64 / all as f64 }
}

impl Scores {
    pub(super) fn of(labels: &[String], outcomes: &[Outcome]) -> Self {
        let count = |holds: &dyn Fn(&Outcome) -> bool| outcomes.iter().filter(|o| holds(o)).count();
        let name = |at: u32| labels.get(at as usize).cloned().unwrap_or_default();
        let mut given = vec![0; labels.len()];
        let mut said = vec![0; labels.len()];
        let mut right = vec![0; labels.len()];
        let mut taken: std::collections::BTreeMap<(u32, u32), usize> = std::collections::BTreeMap::new();
        for outcome in outcomes {
            given[outcome.right as usize] += 1;
            said[outcome.guess as usize] += 1;
            if outcome.right == outcome.guess {
                right[outcome.right as usize] += 1;
            } else {
                *taken.entry((outcome.right, outcome.guess)).or_default() += 1;
            }
        }
        let mut scores: Vec<LabelScore> = (0..labels.len() as u32)
            .map(|at| {
                let wrong = taken.range((at, 0)..=(at, u32::MAX)).map(|((_, guess), times)| (*guess, *times));
                let most = wrong.max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)));
                let at_ = at as usize;
                LabelScore {
                    label: name(at),
                    given: given[at_],
                    said: said[at_],
                    right: right[at_],
                    taken_for: most.map(|(guess, times)| (name(guess), times)),
                }
            })
            .collect();
        scores.sort_by(|a, b| b.given.cmp(&a.given).then_with(|| a.label.cmp(&b.label)));
        Self {
            items: outcomes.len(),
            right: count(&|o| o.right == o.guess),
            new_items: count(&|o| !o.seen),
            new_right: count(&|o| !o.seen && o.right == o.guess),
            commonest_right: count(&|o| o.right == o.commonest),
            commonest: scores.first().map(|score| score.label.clone()).unwrap_or_default(),
            remembered_right: count(&|o| o.right == o.remembered),
            labels: scores,
            calibration_error: None,
        }
    }

    /// Measures how well confidence and success agree on held-back scores, at a temperature.
    pub(super) fn calibrate(&mut self, temperature: f32, held_back: &[(Vec<f32>, u32)]) {
        if held_back.len() < 30 {
            return;
        }
        let mut bins = [(0.0, 0.0, 0usize); 10];
        for (scores, right) in held_back {
            let mut probabilities = scores.clone();
            softmax(&mut probabilities, temperature);
            let best = (0..probabilities.len()).max_by(|a, b| probabilities[*a].total_cmp(&probabilities[*b]));
            let Some(best) = best else { continue };
            let sure = f64::from(probabilities[best]);
            let bin = &mut bins[((sure * 10.0) as usize).min(9)];
            *bin = (bin.0 + sure, bin.1 + f64::from(u8::from(best as u32 == *right)), bin.2 + 1);
        }
        let apart: f64 = bins.iter().map(|(sure, right, _)| (sure - right).abs()).sum();
        self.calibration_error = Some(apart / held_back.len() as f64);
    }

    /// Part that was right, 0 to 1.
    pub fn accuracy(&self) -> f64 {
        part(self.right, self.items)
    }
    /// Part of the new ones that was right.
    pub fn new_accuracy(&self) -> f64 {
        part(self.new_right, self.new_items)
    }
    /// Part that always saying the commonest label gets right.
    pub fn commonest_accuracy(&self) -> f64 {
        part(self.commonest_right, self.items)
    }
    /// Part that remembering words gets right.
    pub fn remembered_accuracy(&self) -> f64 {
        part(self.remembered_right, self.items)
    }
    /// Mean F1 of the labels, each counting the same.
    pub fn macro_f1(&self) -> f64 {
        let used: Vec<f64> = self.labels.iter().filter(|label| label.given > 0).map(LabelScore::f1).collect();
        if used.is_empty() { 0.0 } else { used.iter().sum::<f64>() / used.len() as f64 }
    }
    /// Where the part that is right lies, 19 times in 20, if other texts are like these (Wilson 1927).
    pub fn between(&self) -> (f64, f64) {
        let (n, p, z) = (self.items as f64, self.accuracy(), 1.96);
        if self.items == 0 {
            return (0.0, 1.0);
        }
        let middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
        let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        ((middle - half).max(0.0), (middle + half).min(1.0))
    }
}
