//! A job that writes into the project while people go on with it: what it stored, and how it ended.

use std::sync::mpsc::Receiver;

use crate::app::core::{Core, Message};
use crate::jobs::{Job, JobError};
use crate::store::Changed;

pub(super) struct UnderWay<T> {
    pub job: Job<T>,
    changes: Receiver<Changed>,
}

impl<T> UnderWay<T> {
    /// `changes`: what the job stores, told as soon as it is on the disk.
    pub fn new(job: Job<T>, changes: Receiver<Changed>) -> Self {
        Self { job, changes }
    }

    /// Notes what was stored since, and tells how it ended once it has; whether it has.
    pub fn gather(&self, core: &mut Core, done: impl FnOnce(T) -> String) -> bool {
        // The end first: what is stored before it must be noted after it was seen.
        let end = self.job.take();
        let mut all = Changed::default();
        self.changes.try_iter().for_each(|changed| all.merge(changed));
        core.changed(&all);
        let message = match end {
            None => return false,
            Some(Ok(result)) => Message::Done(done(result)),
            Some(Err(JobError::Cancelled(said))) => Message::Note(said),
            Some(Err(JobError::Failed(said))) => Message::Problem(said),
        };
        core.messages.push(message);
        core.jobs.dismiss(self.job.id());
        true
    }
}
