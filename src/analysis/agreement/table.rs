//! Who called what how: a table of labels by labels, with a last row and column for what found no partner.

use std::collections::BTreeSet;

use serde::Serialize;

use super::Unit;
use super::linking::Pair;

/// The confusion matrix of two annotators.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Table {
    /// In alphabetical order. Row and column `labels.len()` stand for "nothing".
    pub labels: Vec<String>,
    /// The pairs behind each cell: rows are the first annotator's labels, columns the second's; indexes into the
    /// list of pairs it was made of.
    pub cells: Vec<Vec<Vec<usize>>>,
}

impl Table {
    /// Counts the pairs.
    pub fn of(a: &[Unit], b: &[Unit], pairs: &[Pair]) -> Self {
        let labels: BTreeSet<&str> = a.iter().chain(b).map(|unit| unit.label.as_str()).collect();
        let labels: Vec<String> = labels.into_iter().map(str::to_owned).collect();
        let nothing = labels.len();
        let place =
            |unit: Option<&Unit>| unit.and_then(|unit| labels.binary_search(&unit.label).ok()).unwrap_or(nothing);
        let mut cells = vec![vec![Vec::new(); nothing + 1]; nothing + 1];
        for (index, pair) in pairs.iter().enumerate() {
            let row = place(pair.a.and_then(|i| a.get(i)));
            let column = place(pair.b.and_then(|j| b.get(j)));
            cells[row][column].push(index);
        }
        Self { labels, cells }
    }

    /// How many pairs a cell holds.
    pub fn count(&self, row: usize, column: usize) -> usize {
        self.cells.get(row).and_then(|cells| cells.get(column)).map_or(0, Vec::len)
    }

    /// Counts of linked pairs, rows by columns, without "nothing".
    pub fn linked(&self) -> Vec<Vec<f64>> {
        let n = self.labels.len();
        (0..n).map(|row| (0..n).map(|column| self.count(row, column) as f64).collect()).collect()
    }

    /// Counts of tags, rows by columns, "nothing" last: a linked pair is two tags, one without a partner is one
    /// (Holle & Rein 2015, after GSEQ).
    pub fn tags(&self) -> Vec<Vec<f64>> {
        let n = self.labels.len();
        let weight = |row: usize, column: usize| if row < n && column < n { 2.0 } else { 1.0 };
        (0..=n)
            .map(|row| (0..=n).map(|column| self.count(row, column) as f64 * weight(row, column)).collect())
            .collect()
    }
}
