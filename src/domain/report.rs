//! The loss report: what became of every kind of thing on its way in or out.

use std::collections::HashMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::{Deserialize, Serialize};

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Modelled, and comes back as it was.
    Kept,
    /// Turned into something near it, or kept as residue for this format only.
    Mapped,
    /// Not in the result.
    LeftOut,
}

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportItem {
    pub fate: Fate,
    /// What: "annotations", "tier 'K-Spch'", "trait 'status'".
    pub what: String,
    /// How many.
    pub count: usize,
    /// Why, or into what; empty for what is simply kept.
    pub why: String,
}

/// What an import or export kept, mapped and left out, and what was odd about the file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct LossReport {
    pub items: Vec<ReportItem>,
    /// Faults found in the input that were worked around, in the user's words.
    pub warnings: Vec<String>,
    /// Where lines stand, by what they say: readers count every annotation of a file. Only a hint: `items` may be
    /// changed from outside.
    #[serde(skip)]
    places: HashMap<u64, usize>,
}

impl PartialEq for LossReport {
    fn eq(&self, other: &Self) -> bool {
        self.items == other.items && self.warnings == other.warnings
    }
}

impl Eq for LossReport {}

impl LossReport {
    /// Counts something that was kept as it was.
    pub fn kept(&mut self, what: impl Into<String>, count: usize) {
        self.add(Fate::Kept, what, count, "");
    }
    /// Counts something that was turned into something else, and into what.
    pub fn mapped(&mut self, what: impl Into<String>, count: usize, why: impl Into<String>) {
        self.add(Fate::Mapped, what, count, why);
    }
    /// Counts something that is not in the result, and why.
    pub fn left_out(&mut self, what: impl Into<String>, count: usize, why: impl Into<String>) {
        self.add(Fate::LeftOut, what, count, why);
    }
    /// Notes a fault of the input.
    pub fn warn(&mut self, text: impl Into<String>) {
        self.warnings.push(text.into());
    }
    /// Adds to the line with the same fate, words and reason, or makes one. A count of 0 adds nothing.
    pub fn add(&mut self, fate: Fate, what: impl Into<String>, count: usize, why: impl Into<String>) {
        let (what, why) = (what.into(), why.into());
        if count == 0 {
            return;
        }
        let same = |item: &ReportItem| item.fate == fate && item.what == what && item.why == why;
        let mut hasher = DefaultHasher::new();
        (fate, &what, &why).hash(&mut hasher);
        let hash = hasher.finish();
        let hinted = self.places.get(&hash).copied().filter(|place| self.items.get(*place).is_some_and(same));
        // Every line is known by its hash, unless lines came or went by another door.
        let place = match hinted {
            None if self.places.len() != self.items.len() => self.items.iter().position(same),
            hinted => hinted,
        };
        match place.and_then(|place| self.items.get_mut(place)) {
            Some(item) => item.count = item.count.saturating_add(count),
            None => self.items.push(ReportItem { fate, what, count, why }),
        }
        self.places.insert(hash, place.unwrap_or(self.items.len() - 1));
    }
    /// Takes in another report.
    pub fn merge(&mut self, other: Self) {
        for item in other.items {
            self.add(item.fate, item.what, item.count, item.why);
        }
        self.warnings.extend(other.warnings);
    }
    /// Whether nothing was left out.
    pub fn is_lossless(&self) -> bool {
        self.items.iter().all(|item| item.fate != Fate::LeftOut)
    }
}

/// A table in plain text, one line an item.
impl fmt::Display for LossReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut items: Vec<_> = self.items.iter().collect();
        items.sort_by_key(|item| item.fate);
        for item in items {
            let fate = match item.fate {
                Fate::Kept => "kept",
                Fate::Mapped => "mapped",
                Fate::LeftOut => "left out",
            };
            write!(f, "{fate:<9}{:>8}  {}", item.count, item.what)?;
            if !item.why.is_empty() {
                write!(f, " ({})", item.why)?;
            }
            writeln!(f)?;
        }
        for warning in &self.warnings {
            writeln!(f, "note: {warning}")?;
        }
        Ok(())
    }
}
