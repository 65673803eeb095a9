//! Cohen's κ: Cohen, J. (1960), A coefficient of agreement for nominal scales, Educational and Psychological
//! Measurement 20, 37–46. With tags that found no partner, expected agreement is worked out by iterative proportional
//! fitting with a structural zero, since two annotators cannot both not see the same event (Holle & Rein 2015).

use std::collections::BTreeMap;

use serde::Serialize;

use super::figure::{Figure, Undefined};

/// κ with what it rests on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Kappa {
    /// Part of all that is called the same.
    pub raw: Figure,
    /// Chance taken out: 1 perfect, 0 as by chance, below 0 worse. Never cut off at 0.
    pub kappa: Figure,
    /// The highest κ that is possible with how often each annotator used each label.
    pub max: Figure,
}

impl Kappa {
    fn none(reason: Undefined) -> Self {
        let figure = Figure::Undefined(reason);
        Self { raw: figure, kappa: figure, max: figure }
    }
}

/// κ over counts, rows and columns of one order. `empty` is why there is nothing when the counts are all 0.
pub fn cohen(counts: &[Vec<f64>], empty: Undefined) -> Kappa {
    let (rows, columns, total) = margins(counts);
    if total <= 0.0 {
        return Kappa::none(empty);
    }
    let chance = rows.iter().zip(&columns).map(|(r, c)| r * c).sum::<f64>() / (total * total);
    from_chance(counts, &rows, &columns, total, chance)
}

/// κ over counts whose last row and column are "nothing", which never meet.
pub fn with_unmatched(counts: &[Vec<f64>], empty: Undefined) -> Kappa {
    let (rows, columns, total) = margins(counts);
    if total <= 0.0 {
        return Kappa::none(empty);
    }
    let Some(expected) = fitted(&rows, &columns) else { return Kappa::none(Undefined::OneLabelOnly) };
    let chance = (0..expected.len()).map(|i| expected[i][i]).sum::<f64>() / total;
    from_chance(counts, &rows, &columns, total, chance)
}

/// The part called the same, without κ, for which there is a reason.
pub fn raw_only(counts: &[Vec<f64>], reason: Undefined) -> Kappa {
    let (_, _, total) = margins(counts);
    let same: f64 = (0..counts.len()).map(|i| counts[i][i]).sum();
    Kappa { raw: Figure::or(same / total, reason), ..Kappa::none(reason) }
}

/// κ between what two people said of the same items, one by one.
pub fn of_decisions<T: Ord>(decisions: &[(T, T)]) -> Kappa {
    let names: BTreeMap<&T, usize> = {
        let mut names: Vec<&T> = decisions.iter().flat_map(|(a, b)| [a, b]).collect();
        names.sort();
        names.dedup();
        names.into_iter().enumerate().map(|(place, name)| (name, place)).collect()
    };
    let mut counts = vec![vec![0.0; names.len()]; names.len()];
    for (a, b) in decisions {
        counts[names[a]][names[b]] += 1.0;
    }
    cohen(&counts, Undefined::NothingPaired)
}

/// One label against all others: called so by both, by the first only, by the second only, by none.
pub fn one_against_rest(counts: &[Vec<f64>], label: usize) -> Vec<Vec<f64>> {
    let (rows, columns, total) = margins(counts);
    let both = counts[label][label];
    let (first, second) = (rows[label] - both, columns[label] - both);
    vec![vec![both, first], vec![second, total - both - first - second]]
}

fn margins(counts: &[Vec<f64>]) -> (Vec<f64>, Vec<f64>, f64) {
    let rows: Vec<f64> = counts.iter().map(|row| row.iter().sum()).collect();
    let columns: Vec<f64> = (0..counts.len()).map(|c| counts.iter().map(|row| row[c]).sum()).collect();
    let total = rows.iter().sum();
    (rows, columns, total)
}

fn from_chance(counts: &[Vec<f64>], rows: &[f64], columns: &[f64], total: f64, chance: f64) -> Kappa {
    let raw = (0..counts.len()).map(|i| counts[i][i]).sum::<f64>() / total;
    let most = rows.iter().zip(columns).map(|(r, c)| r.min(*c)).sum::<f64>() / total;
    if 1.0 - chance < 1e-12 {
        let figure = Figure::Undefined(Undefined::OneLabelOnly);
        return Kappa { raw: Figure::Known(raw), kappa: figure, max: figure };
    }
    let over = |part: f64| Figure::or((part - chance) / (1.0 - chance), Undefined::OneLabelOnly);
    Kappa { raw: Figure::Known(raw), kappa: over(raw), max: over(most) }
}

/// Expected counts for these margins under independence, the last cell of the last row being impossible.
fn fitted(rows: &[f64], columns: &[f64]) -> Option<Vec<Vec<f64>>> {
    let last = rows.len().checked_sub(1)?;
    let mut expected = vec![vec![1.0; rows.len()]; rows.len()];
    expected[last][last] = 0.0;
    for _ in 0..1000 {
        let mut moved = 0.0_f64;
        for (row, want) in expected.iter_mut().zip(rows) {
            let sum: f64 = row.iter().sum();
            let factor = if sum > 0.0 { want / sum } else { 0.0 };
            row.iter_mut().for_each(|cell| *cell *= factor);
        }
        for (c, want) in columns.iter().enumerate() {
            let sum: f64 = expected.iter().map(|row| row[c]).sum();
            let factor = if sum > 0.0 { want / sum } else { 0.0 };
            moved = moved.max((factor - 1.0).abs() * f64::from(u8::from(*want > 0.0)));
            expected.iter_mut().for_each(|row| row[c] *= factor);
        }
        if moved < 1e-12 {
            break;
        }
    }
    Some(expected)
}
