//! Reviewing by more than one person: blind, then together.

use super::Edited;
use super::tags::{decide, proposed, review, reviewer};
use crate::domain::{ModelRun, Project, Review, Reviews, RunId, Span, Tag, TagId, TagStatus};
use crate::store::{Op, OpKind, Store, StoreError};

/// What a reviewer says of a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Accept,
    /// A tag, but called otherwise or at another time.
    Change {
        span: Span,
        value: String,
    },
    Reject,
    /// It cannot be told.
    NotAssessable,
}

impl Verdict {
    fn op(&self) -> OpKind {
        match self {
            Self::Accept => OpKind::AcceptTag,
            Self::Change { .. } => OpKind::ChangeTag,
            Self::Reject => OpKind::RejectTag,
            Self::NotAssessable => OpKind::UnsureTag,
        }
    }
    fn parts(&self, tag: &Tag) -> (TagStatus, Option<(Span, String)>) {
        match self {
            Self::Accept => (TagStatus::Accepted, Some((Span::new(tag.start, tag.end), proposed(tag)))),
            Self::Change { span, value } => (TagStatus::Changed, Some((*span, value.clone()))),
            Self::Reject => (TagStatus::Rejected, None),
            Self::NotAssessable => (TagStatus::Unsure, None),
        }
    }
}

/// Says something of a proposal. In blind review it is kept beside the proposal, under the reviewer's name, and
/// decides nothing yet; else it is the decision.
///
/// # Errors
/// When there is no such proposal, or the file refuses.
pub fn say(store: &mut Store, id: TagId, verdict: &Verdict) -> Edited {
    store.transact(Op::new(verdict.op()), |tx| {
        let tag: Tag = tx.read().require(id)?;
        let (status, becomes) = verdict.parts(&tag);
        let run = tx.read().require::<ModelRun>(tag.run)?;
        if tx.read().project()?.is_blind(&run) {
            return tx.upsert(&review(tx, &tag, status, becomes.as_ref())?);
        }
        decide(tx, tag, status, becomes).map(|_| ())
    })
}

/// Keeps a note of the reviewer's on a proposal, beside the verdict or before there is one; an empty note takes it out.
///
/// # Errors
/// When there is no such proposal, or the file refuses.
pub fn note(store: &mut Store, id: TagId, text: &str) -> Edited {
    store.transact(Op::new(OpKind::NoteTag), |tx| {
        let tag: Tag = tx.read().require(id)?;
        let known: Option<Review> = tx.read().get(Review::id_of(id, &reviewer(tx)))?;
        match known {
            Some(known) if text.is_empty() && !known.is_verdict() => tx.delete_review(known.id),
            Some(known) => tx.update(&Review { note: text.to_owned(), ..known }),
            None if text.is_empty() => Ok(()),
            None => {
                let remark = review(tx, &tag, TagStatus::Proposed, None)?;
                tx.insert(&Review { note: text.to_owned(), ..remark })
            }
        }
    })
}

/// Starts or ends blind review in the project: what is looked at later is reviewed the same way.
///
/// # Errors
/// When the file refuses.
pub fn set_blind(store: &mut Store, blind: bool) -> Edited {
    store.transact(Op::new(OpKind::BlindReview), |tx| {
        let project = tx.read().project()?.id;
        tx.modify::<Project>(project, |project| project.set_blind(blind)).map(|_| ())
    })
}

/// Decides every open proposal of a run of which two reviewers or more said the same, as they said; how many.
///
/// # Errors
/// When the file refuses.
pub fn settle(store: &mut Store, runs: &[RunId]) -> Edited<usize> {
    store.transact(Op::new(OpKind::SettleTags), |tx| {
        let mut settled = 0;
        let mut rows = Vec::new();
        for run in runs {
            rows.extend(tx.read().tag_rows(*run)?);
        }
        for row in rows {
            let said = tx.read().reviews_of_tag(row.tag.id)?;
            let own = said.iter().find(|review| review.reviewer == tx.author()).cloned();
            let reviews: Reviews = said.into_iter().collect();
            if row.tag.status != TagStatus::Proposed || !reviews.is_agreed(row.tag.id) {
                continue;
            }
            let reviews = reviews.of(row.tag.id);
            let Some(first) = reviews.first() else { continue };
            let becomes = first.is_tag().then(|| (first.span(), first.label.clone()));
            let names: Vec<&str> = reviews.iter().map(|review| review.reviewer.as_str()).collect();
            let (id, status) = (row.tag.id, first.status);
            let made = review(tx, &row.tag, status, None)?.id;
            decide(tx, row.tag, status, becomes)?;
            // Whoever settles is none of the reviewers by that alone.
            let names = names.join(", ");
            tx.modify::<Tag>(id, |tag| tag.reviewer = names)?;
            match own {
                Some(own) => tx.update(&own)?,
                None => tx.delete_review(made)?,
            }
            settled += 1;
        }
        match settled {
            0 => Err(StoreError::Rule(
                "There is nothing that two reviewers agree on and nobody has decided. Nothing was changed.".to_owned(),
            )),
            settled => Ok(settled),
        }
    })
}
