//! A lesson on its way, as the window holds it.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Made, TrainingError, Wanted, make, prepare};
use crate::analysis::training::Epoch;
use crate::jobs::{Job, JobBoard, JobError, JobView};
use crate::store::{Store, StoreError};

/// Training in the background, with the learning curve as far as it has come.
pub struct Lesson {
    job: Job<Made>,
    curve: Arc<Mutex<Vec<Epoch>>>,
}

impl Lesson {
    /// Gathers what to learn from, and starts.
    ///
    /// # Errors
    /// When there is too little to learn from, or the name cannot be had.
    pub fn start(store: &Store, jobs: &JobBoard, wanted: Wanted, title: String) -> Result<Self, TrainingError> {
        let gathered = prepare(store.read(), &|media| store.folder().media_path(media), &wanted)?;
        let curve = Arc::<Mutex<Vec<Epoch>>>::default();
        let kept = curve.clone();
        let job = jobs.spawn(title, move |context| {
            let mut note = |epoch: &Epoch| kept.lock().unwrap_or_else(PoisonError::into_inner).push(*epoch);
            make(gathered, &wanted, context, &mut note).map_err(JobError::from)
        });
        Ok(Self { job, curve })
    }

    /// How far it has come.
    pub fn view(&self) -> JobView {
        self.job.view()
    }

    /// The passes done.
    pub fn curve(&self) -> Vec<Epoch> {
        self.curve.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What came of it, once.
    pub fn take(&self) -> Option<Result<Made, JobError>> {
        self.job.take()
    }

    /// Ends it; nothing of it stays.
    pub fn stop(&self) {
        self.job.cancel();
    }
}

/// Names of the tiers in any session, each once.
///
/// # Errors
/// When the file cannot be read.
pub fn tiers(store: &Store) -> Result<Vec<String>, StoreError> {
    let mut names = std::collections::BTreeSet::new();
    for row in store.read().session_rows()? {
        names.extend(store.read().tiers_of(row.session.id)?.into_iter().map(|tier| tier.name));
    }
    Ok(names.into_iter().collect())
}
