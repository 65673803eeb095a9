//! Training through the worker: examples go out, a learning curve comes back as it grows, then the report.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::job::{JobContext, JobError};
use super::protocol::{Answer, Request};
use super::worker::{Worker, WorkerError};
use crate::analysis::training::{Epoch, Material, Settings, Trained};

/// Train a classifier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Train {
    pub material: Material,
    pub settings: Settings,
    /// The folder that the weights and the program go into.
    pub out: PathBuf,
}

/// Say what a trained classifier says of examples, whose labels do not count.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tell {
    pub weights: PathBuf,
    /// SHA-256 that the weights' file must have, hex; any where empty.
    #[serde(default)]
    pub sha256: String,
    pub mean: Vec<f64>,
    pub std: Vec<f64>,
    pub material: Material,
}

/// What it says of one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// The example's `tag`.
    pub example: usize,
    /// One a label.
    pub shares: Vec<f32>,
}

/// Why there is no model. Nothing is kept of one half-trained.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    #[error("Training stopped. Nothing was changed.")]
    Cancelled,
    #[error("{0} Nothing was changed.")]
    Worker(#[from] WorkerError),
    #[error("{0} Nothing was changed.")]
    Failed(String),
}

impl From<TrainError> for JobError {
    fn from(error: TrainError) -> Self {
        match error {
            TrainError::Cancelled => Self::Cancelled(error.to_string()),
            _ => Self::Failed(error.to_string()),
        }
    }
}

/// Of the whole, reading the examples is about this share.
const READING: f64 = 0.2;

/// Trains and hands on each pass as it is done. Blocks; call it inside a job.
///
/// # Errors
/// [`TrainError`].
pub fn train(request: &Train, context: &JobContext, told: &mut dyn FnMut(&Epoch)) -> Result<Trained, TrainError> {
    context.say("Starting the analysis program…");
    train_with(Worker::spawn()?, request, context, told)
}

/// As [`train`], with a worker already started.
///
/// # Errors
/// As [`train`].
pub fn train_with(
    mut worker: Worker,
    request: &Train,
    context: &JobContext,
    told: &mut dyn FnMut(&Epoch),
) -> Result<Trained, TrainError> {
    worker.send(&Request::Train(Box::new(request.clone())))?;
    let mut resting = false;
    loop {
        worker.rest_as(context, &mut resting)?;
        if context.is_cancelled() {
            worker.cancel(|_| ());
            return Err(TrainError::Cancelled);
        }
        match worker.next(Duration::from_millis(100))? {
            Some(Answer::Progress { done, total, .. }) => {
                let part = done as f64 / total.max(1) as f64;
                context.progress(part * READING, || format!("Reading example {done} of {total}"));
            }
            Some(Answer::Learning { epoch, of }) => {
                let part = epoch.number as f64 / of.max(1) as f64;
                context.progress(READING + part * (1.0 - READING), || {
                    format!(
                        "Pass {} of at most {of}: right in {:.0} of 100 of what it does not learn from",
                        epoch.number,
                        epoch.validation_accuracy * 100.0
                    )
                });
                told(&epoch);
            }
            Some(Answer::Trained(trained)) => return Ok(*trained),
            Some(Answer::Cancelled { .. }) => return Err(TrainError::Cancelled),
            Some(Answer::Error { message, .. }) => return Err(TrainError::Failed(message)),
            _ => {}
        }
    }
}

/// Asks about examples; those that could not be read are missing from the answer. Blocks.
///
/// # Errors
/// [`TrainError`].
pub fn tell(worker: &mut Worker, request: &Tell, context: &JobContext) -> Result<Vec<Told>, TrainError> {
    worker.send(&Request::Tell(Box::new(request.clone())))?;
    let mut resting = false;
    loop {
        worker.rest_as(context, &mut resting)?;
        if context.is_cancelled() {
            worker.cancel(|_| ());
            return Err(TrainError::Cancelled);
        }
        match worker.next(Duration::from_millis(100))? {
            Some(Answer::Told { examples }) => return Ok(examples),
            Some(Answer::Cancelled { .. }) => return Err(TrainError::Cancelled),
            Some(Answer::Error { message, .. }) => return Err(TrainError::Failed(message)),
            _ => {}
        }
    }
}
