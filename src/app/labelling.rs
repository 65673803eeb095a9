//! Learning labels from the window: what can be learned and what was, found in a job, so that the window never waits.

use super::core::{Core, Message};
use super::i18n::{tr, tr_args};
use super::learning::{self, Accepted, Learned, Source, SourceRow};
use crate::domain::Tier;
use crate::jobs::{Job, JobError};
use crate::store::Scope;

/// What a job found.
pub enum Found {
    Sources(Vec<SourceRow>),
    Learned(Box<Learned>),
}

/// What a person wants done with labels.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    /// Look what can be learned.
    Look,
    Learn(Source),
    /// Write these labels.
    Write {
        source: Source,
        accepted: Vec<Accepted>,
    },
}

/// The job that runs, when one does.
#[derive(Default)]
pub struct Labelling {
    job: Option<Job<Found>>,
}

impl Labelling {
    /// Starts looking; gives the name of the selected tier, whose labels are probably meant.
    pub fn begin(&mut self, core: &mut Core) -> Option<String> {
        self.look(core);
        let tier = core.store.read().get::<Tier>(core.selection.tier?);
        core.ask(tier).flatten().map(|tier| tier.name)
    }

    /// Does what is asked.
    pub fn perform(&mut self, core: &mut Core, asked: Asked) {
        match asked {
            Asked::Look => self.look(core),
            Asked::Learn(source) => self.learn(core, source),
            Asked::Write { source, accepted } => {
                if let Some(count) = core.edit(|store| learning::accept(store, &source, &accepted)) {
                    core.messages.push(Message::Done(tr_args("labels-accepted", &[("count", count.into())])));
                }
            }
        }
    }

    fn look(&mut self, core: &mut Core) {
        self.start(core, |bundle, language| Ok(Found::Sources(learning::sources(bundle, language))));
    }

    /// Learns labels, tries itself and proposes.
    fn learn(&mut self, core: &mut Core, source: Source) {
        self.start(core, move |bundle, language| {
            let learned = learning::learn(bundle, &source, language);
            learned.map(|learned| Found::Learned(Box::new(learned))).map_err(|error| error.to_string())
        });
    }

    fn start(
        &mut self,
        core: &mut Core,
        work: impl FnOnce(&crate::domain::Bundle, &str) -> Result<Found, String> + Send + 'static,
    ) {
        self.stop();
        let language = core.analysis_language().to_owned();
        let sibling = core.store.sibling();
        let Some(sibling) = core.ask(sibling) else { return };
        self.job = Some(core.jobs.spawn(tr("labels-job"), move |_| {
            let bundle = sibling.read().bundle(Scope::Whole).map_err(|error| JobError::Failed(error.to_string()))?;
            work(&bundle, &language).map_err(JobError::Failed)
        }));
    }

    /// What was found since the last look, or why nothing was.
    pub fn gather(&mut self) -> Option<Result<Found, String>> {
        let job = self.job.take_if(|job| job.is_finished())?;
        match job.take()? {
            Ok(found) => Some(Ok(found)),
            Err(JobError::Failed(error)) => Some(Err(error)),
            Err(other) => Some(Err(other.to_string())),
        }
    }

    /// Forgets what runs: nobody waits for it any more.
    pub fn stop(&mut self) {
        self.job = None;
    }
}
