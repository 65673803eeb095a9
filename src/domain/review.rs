//! What each reviewer said of a proposal. Several may review the same one, unseen by each other; the decision that
//! counts stands on the [`Tag`] itself, and becomes an annotation.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{ModelRun, Project, Residue, ReviewId, Span, Tag, TagId, TagStatus, Time};

/// One reviewer's word on one proposal. A reviewer has one word on each: saying more replaces it. With the status
/// [`TagStatus::Proposed`] it is a note without a verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// [`Review::id_of`] the proposal and the reviewer, so that two laptops that hold the same word hold one record.
    pub id: ReviewId,
    pub tag: TagId,
    pub reviewer: String,
    /// When, RFC 3339.
    pub reviewed: String,
    /// The verdict.
    pub status: TagStatus,
    /// What it is called, as it reads on a tier; empty when rejected or not assessable.
    pub label: String,
    pub start: Time,
    pub end: Time,
    /// What it was called and where it lay before: as this reviewer had it, or as it was proposed.
    pub was_label: String,
    pub was_start: Time,
    pub was_end: Time,
    /// In the reviewer's own words.
    pub note: String,
    pub residue: Residue,
}

impl Review {
    /// The id of one reviewer's word on a proposal: the same on every machine.
    pub fn id_of(tag: TagId, reviewer: &str) -> ReviewId {
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"fieldgloss review\0").update(tag.0.as_bytes()).update(reviewer.as_bytes());
        let mut bytes = [0; 16];
        hasher.finalize_xof().fill(&mut bytes);
        ReviewId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }
    /// The stretch of time that the reviewer gave it.
    pub fn span(&self) -> Span {
        Span::new(self.start, self.end)
    }
    /// Whether it says what becomes of the proposal, and is not a note alone.
    pub fn is_verdict(&self) -> bool {
        self.status != TagStatus::Proposed
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

/// The reviews of some proposals: verdicts, and beside them the notes of those who have not given one yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reviews {
    verdicts: BTreeMap<TagId, Vec<Review>>,
    remarks: BTreeMap<TagId, Vec<Review>>,
}

impl FromIterator<Review> for Reviews {
    fn from_iter<I: IntoIterator<Item = Review>>(reviews: I) -> Self {
        let mut all = Self::default();
        for review in reviews {
            let kind = if review.is_verdict() { &mut all.verdicts } else { &mut all.remarks };
            kind.entry(review.tag).or_default().push(review);
        }
        let lists = all.verdicts.values_mut().chain(all.remarks.values_mut());
        lists.for_each(|of| of.sort_by(|a, b| a.reviewer.cmp(&b.reviewer)));
        all
    }
}

impl Reviews {
    /// The verdicts on a proposal, by reviewers' names.
    pub fn of(&self, tag: TagId) -> &[Review] {
        self.verdicts.get(&tag).map_or(&[], Vec::as_slice)
    }
    /// What was noted of it, with a verdict or without.
    pub fn notes(&self, tag: TagId) -> impl Iterator<Item = &Review> {
        let remarks = self.remarks.get(&tag).into_iter().flatten();
        self.of(tag).iter().chain(remarks).filter(|review| !review.note.is_empty())
    }
    /// Whether a proposal is as its model made it: nobody decided it, gave a verdict or noted anything.
    pub fn is_untouched(&self, tag: &Tag) -> bool {
        tag.status == TagStatus::Proposed && self.of(tag.id).is_empty() && self.notes(tag.id).next().is_none()
    }
    /// The verdict of one reviewer on it.
    pub fn by(&self, tag: TagId, reviewer: &str) -> Option<&Review> {
        self.of(tag).iter().find(|review| review.reviewer == reviewer)
    }
    /// Whether two reviewers or more said different things.
    pub fn is_disputed(&self, tag: TagId) -> bool {
        self.of(tag).windows(2).any(|pair| !pair[0].same_as(&pair[1]))
    }
    /// Whether two reviewers or more said the same.
    pub fn is_agreed(&self, tag: TagId) -> bool {
        self.of(tag).len() > 1 && !self.is_disputed(tag)
    }
    /// Who reviewed, by name.
    pub fn names(&self) -> Vec<String> {
        let names: BTreeSet<&String> = self.verdicts.values().flatten().map(|review| &review.reviewer).collect();
        names.into_iter().cloned().collect()
    }
}

/// Earlier versions kept reviews on the proposal's residue, a key a reviewer.
pub const OLD_KEY: &str = "review:";

/// A review as it was kept there.
#[derive(Deserialize)]
struct OldReview {
    reviewer: String,
    status: TagStatus,
    label: String,
    start: Time,
    end: Time,
    reviewed: String,
}

impl Tag {
    /// Takes the reviews of an earlier version off the proposal's residue. What cannot be read stays there.
    pub fn take_old_reviews(&mut self) -> Vec<Review> {
        let mut taken = Vec::new();
        let proposal = self.clone();
        self.residue.0.retain(|key, value| {
            if !key.starts_with(OLD_KEY) {
                return true;
            }
            let Ok(old) = serde_json::from_value::<OldReview>(value.clone()) else { return true };
            taken.push(Review {
                id: Review::id_of(proposal.id, &old.reviewer),
                tag: proposal.id,
                reviewer: old.reviewer,
                reviewed: old.reviewed,
                status: old.status,
                label: old.label,
                start: old.start,
                end: old.end,
                was_label: proposal.label.clone(),
                was_start: proposal.start,
                was_end: proposal.end,
                note: String::new(),
                residue: Residue::default(),
            });
            false
        });
        taken
    }
}

const BLIND: &str = "blind";

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
