//! A model asked about a tier from the window, in a job of its own.

use super::on_tier::{TierError, ask, write};
use super::shelf::{Held, ShelfError};
use crate::analysis::models::{OutputKind, Use};
use crate::app::core::{Core, Message};
use crate::app::i18n::tr_args;
use crate::app::learning::{PROPOSED, is_for_proposals, proposals_for, proposals_name};
use crate::domain::{Annotation, Tier};
use crate::jobs::{Job, JobError};

/// What came of it: annotations asked about, and proposals written.
struct Answered {
    /// The tier that they stand on.
    tier: String,
    asked: usize,
    written: usize,
}

/// The models that are being asked.
#[derive(Default)]
pub struct Asking(Vec<Job<Answered>>);

/// The models that answer for annotations, and the names of the tiers that have some.
pub fn choices(core: &mut Core) -> Option<(Vec<Held>, Vec<String>)> {
    let shelf = core.shelf.clone().ok_or(ShelfError::NoFolder);
    let mut held = core.ask(shelf)?.models().0;
    held.retain(|held| {
        let kind = held.card.output.as_ref().map(|output| output.kind);
        matches!(held.card.used_on(), Use::Text | Use::Frame | Use::Speech)
            && matches!(kind, Some(OutputKind::Labels | OutputKind::Text))
    });
    let rows = core.store.read().session_rows();
    let mut tiers = Vec::new();
    for row in core.ask(rows)? {
        let known = core.store.read().tiers_of(row.session.id);
        let known = core.ask(known)?.into_iter();
        tiers.extend(known.filter(|tier| !is_for_proposals(tier)).map(|tier| tier.name));
    }
    tiers.retain(|name| !name.ends_with(PROPOSED));
    tiers.sort();
    tiers.dedup();
    Some((held, tiers))
}

/// The tier that is probably meant: the one that is selected on the timeline, or the one that the selected annotation is on.
/// Of a tier of proposals the one that they are for.
pub fn probable_tier(core: &mut Core) -> Option<String> {
    let annotation = core.selection.annotation;
    let read = core.store.read();
    let found = match (core.selection.tier, annotation) {
        (Some(tier), _) => read.get::<Tier>(tier),
        (None, Some(id)) => read.get::<Annotation>(id).and_then(|annotation| match annotation {
            Some(annotation) => read.get(annotation.tier),
            None => Ok(None),
        }),
        (None, None) => Ok(None),
    };
    let tier = core.ask(found)??;
    Some(proposals_for(&tier).map_or(tier.name.clone(), str::to_owned))
}

impl Asking {
    /// Asks a model about every annotation on the tiers of a name, and writes what it is sure of as proposals.
    pub fn start(&mut self, core: &mut Core, held: Held, tier: String) {
        let sibling = core.store.sibling();
        let Some(mut store) = core.ask(sibling) else { return };
        let title = tr_args("ask-model-job", &[("name", held.card.name.clone().into()), ("tier", tier.clone().into())]);
        self.0.push(core.jobs.spawn(title, move |context| {
            let said = ask(&store, &held, &tier, None, context).map_err(|error| match error {
                TierError::Cancelled => JobError::Cancelled(error.to_string()),
                error => JobError::Failed(error.to_string()),
            })?;
            let written =
                write(&mut store, &held, &tier, &said).map_err(|error| JobError::Failed(error.to_string()))?;
            let tier = proposals_name(&tier, Some(&held.card.name));
            Ok(Answered { tier, asked: said.said.len(), written })
        }));
    }

    /// Tells what has come of it.
    pub fn gather(&mut self, core: &mut Core) {
        for job in std::mem::take(&mut self.0) {
            let message = match job.take() {
                None => {
                    self.0.push(job);
                    continue;
                }
                Some(Ok(done)) => {
                    core.all_changed();
                    let numbers = [("asked", (done.asked as i64).into()), ("written", (done.written as i64).into())];
                    let tier = ("tier", done.tier.into());
                    Message::Done(tr_args("ask-model-done", &[tier, numbers[0].clone(), numbers[1].clone()]))
                }
                Some(Err(JobError::Cancelled(said))) => Message::Note(said),
                Some(Err(JobError::Failed(said))) => Message::Problem(said),
            };
            core.messages.push(message);
            core.jobs.dismiss(job.id());
        }
    }
}
