//! What each reviewer said of a proposal. Several may review the same one, unseen by each other; the decision that
//! counts stands on the [`Tag`] itself, and becomes an annotation.

use serde::{Deserialize, Serialize};

use super::{ModelRun, Project, Span, Tag, TagStatus, Time};

/// One reviewer's word on one proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    pub reviewer: String,
    pub status: TagStatus,
    /// What it is called, as it reads on a tier; empty when rejected or not assessable.
    pub label: String,
    pub start: Time,
    pub end: Time,
    /// When, RFC 3339.
    pub reviewed: String,
}

impl Review {
    /// The stretch of time that the reviewer gave it.
    pub fn span(&self) -> Span {
        Span::new(self.start, self.end)
    }
    /// Whether the reviewer wants it as a tag.
    pub fn is_tag(&self) -> bool {
        matches!(self.status, TagStatus::Accepted | TagStatus::Changed)
    }
    /// Whether two reviewers say the same: both the same tag at the same time, or both none, or both that it cannot
    /// be told.
    pub fn same_as(&self, other: &Self) -> bool {
        match (self.is_tag(), other.is_tag()) {
            (true, true) => self.label == other.label && self.span() == other.span(),
            (false, false) => self.status == other.status,
            _ => false,
        }
    }
}

/// Reviews are kept on the proposal's residue, a key a reviewer, so that those of two laptops come together.
const KEY: &str = "review:";
const BLIND: &str = "blind";

impl Tag {
    /// What reviewers said, by their names.
    pub fn reviews(&self) -> Vec<Review> {
        let kept = self.residue.0.iter().filter(|(key, _)| key.starts_with(KEY));
        let mut reviews: Vec<Review> =
            kept.filter_map(|(_, value)| serde_json::from_value(value.clone()).ok()).collect();
        reviews.sort_by(|a, b| a.reviewer.cmp(&b.reviewer));
        reviews
    }
    /// What one reviewer said.
    pub fn review_of(&self, reviewer: &str) -> Option<Review> {
        serde_json::from_value(self.residue.get(&format!("{KEY}{reviewer}"))?.clone()).ok()
    }
    /// Keeps what a reviewer says, in place of what the same one said before.
    pub fn set_review(&mut self, review: &Review) {
        // A struct of texts, numbers and a word: nothing that JSON cannot say.
        let value = serde_json::to_value(review).unwrap_or_default();
        self.residue.set(&format!("{KEY}{}", review.reviewer), value);
    }
    /// Forgets what a reviewer said.
    pub fn forget_review(&mut self, reviewer: &str) {
        self.residue.set(&format!("{KEY}{reviewer}"), serde_json::Value::Null);
    }
    /// Whether two reviewers or more said different things.
    pub fn is_disputed(&self) -> bool {
        let reviews = self.reviews();
        reviews.windows(2).any(|pair| !pair[0].same_as(&pair[1]))
    }
}

impl Project {
    /// Whether proposals are reviewed blind, in every session: nobody sees what another said. `run` is whose proposals
    /// they are: until somebody chose for the project, what was chosen for the run counts.
    pub fn is_blind(&self, run: &ModelRun) -> bool {
        let of = |residue: &super::Residue| residue.get(BLIND).and_then(serde_json::Value::as_bool);
        of(&self.residue).or(of(&run.residue)).unwrap_or(false)
    }
    /// Starts or ends blind review.
    pub fn set_blind(&mut self, blind: bool) {
        self.residue.set(BLIND, blind.into());
    }
}
