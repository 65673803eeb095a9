//! How often a model is right, tag by tag, with what chance alone would reach.

use serde::{Deserialize, Serialize};

use crate::analysis::agreement::kappa::cohen;
use crate::analysis::agreement::{Figure, Undefined};

/// How it goes with one label.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LabelScore {
    pub label: String,
    /// Tags that have it.
    pub given: usize,
    /// Times it was said.
    pub said: usize,
    /// Times it was said rightly.
    pub right: usize,
}

impl LabelScore {
    /// Share of those that have it that were found.
    pub fn found(&self) -> f64 {
        if self.given > 0 { self.right as f64 / self.given as f64 } else { 0.0 }
    }
    /// Share of the times it was said that it was right.
    pub fn right_when_said(&self) -> f64 {
        if self.said > 0 { self.right as f64 / self.said as f64 } else { 0.0 }
    }
    /// The harmonic mean of both.
    pub fn f1(&self) -> f64 {
        let all = self.given + self.said;
        if all > 0 { 2.0 * self.right as f64 / all as f64 } else { 0.0 }
    }
}

/// Scores over tags.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// Rows: what it is. Columns: what the model says.
    pub confusion: Vec<Vec<usize>>,
    pub tags: usize,
    pub right: usize,
    /// Share of right ones, and between which bounds it lies for sure enough (95 %, Wilson 1927).
    pub accuracy: f64,
    pub between: [f64; 2],
    /// Mean share found over the labels: common labels do not count for more.
    pub balanced: f64,
    pub macro_f1: f64,
    /// Cohen's kappa between the annotator and the model; none where only one label occurs.
    pub kappa: Option<f64>,
    pub labels: Vec<LabelScore>,
}

impl Scores {
    /// Of (what it is, what was said) for each tag.
    pub fn of(labels: &[String], decisions: &[(usize, usize)]) -> Self {
        let count = labels.len();
        let mut confusion = vec![vec![0_usize; count]; count];
        for &(is, said) in decisions.iter().filter(|(is, said)| *is < count && *said < count) {
            confusion[is][said] += 1;
        }
        let tags: usize = confusion.iter().flatten().sum();
        let right: usize = (0..count).map(|at| confusion[at][at]).sum();
        let per: Vec<LabelScore> = (0..count)
            .map(|at| LabelScore {
                label: labels[at].clone(),
                given: confusion[at].iter().sum(),
                said: confusion.iter().map(|row| row[at]).sum(),
                right: confusion[at][at],
            })
            .collect();
        let occurring: Vec<&LabelScore> = per.iter().filter(|label| label.given > 0).collect();
        let mean = |of: fn(&LabelScore) -> f64| {
            occurring.iter().map(|label| of(label)).sum::<f64>() / occurring.len().max(1) as f64
        };
        let counts: Vec<Vec<f64>> = confusion.iter().map(|row| row.iter().map(|n| *n as f64).collect()).collect();
        let kappa = match cohen(&counts, Undefined::NothingPaired).kappa {
            Figure::Known(kappa) => Some(kappa),
            Figure::Undefined(_) => None,
        };
        Self {
            tags,
            right,
            accuracy: right as f64 / tags.max(1) as f64,
            between: wilson(right, tags),
            balanced: mean(LabelScore::found),
            macro_f1: mean(LabelScore::f1),
            kappa,
            confusion,
            labels: per,
        }
    }
}

/// Between which shares the true one lies in 95 of 100 cases.
pub fn wilson(right: usize, of: usize) -> [f64; 2] {
    if of == 0 {
        return [0.0, 1.0];
    }
    let (n, share, z) = (of as f64, right as f64 / of as f64, 1.959_964_f64);
    let middle = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    [(middle - half).max(0.0), (middle + half).min(1.0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_those_worked_out_by_hand() {
        let labels = ["a".to_owned(), "b".to_owned()];
        let decisions: Vec<(usize, usize)> =
            [(0, 0, 6), (0, 1, 2), (1, 0, 1), (1, 1, 3)].iter().flat_map(|&(a, b, n)| vec![(a, b); n]).collect();
        let scores = Scores::of(&labels, &decisions);
        assert_eq!((scores.tags, scores.right, &scores.confusion), (12, 9, &vec![vec![6, 2], vec![1, 3]]));
        assert!((scores.balanced - 0.75).abs() < 1e-12);
        assert!((scores.macro_f1 - (12.0 / 15.0 + 6.0 / 9.0) / 2.0).abs() < 1e-12);
        // po = 0.75, pe = (8·7 + 4·5) / 144.
        assert!((scores.kappa.unwrap() - (0.75 - 76.0 / 144.0) / (1.0 - 76.0 / 144.0)).abs() < 1e-12);
        // Wilson's bounds for 9 of 12, by R's prop.test without continuity correction.
        assert!((scores.between[0] - 0.4676946).abs() < 1e-6 && (scores.between[1] - 0.9110583).abs() < 1e-6);
    }
}
