//! A model file looked at in a process of its own, with little memory and little time: it may come from anywhere.

use std::path::Path;
use std::time::{Duration, Instant};

use super::own::{Examine, Examined};
use super::protocol::{Answer, Request};
use super::training::Tell;
use super::worker::{Worker, WorkerError};
use crate::analysis::models::ModelCard;

/// What a look at a file may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes beside the program's own; `None`: 1 GB and six times the file.
    pub memory: Option<u64>,
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory: None, time: Duration::from_secs(120) }
    }
}

/// Why a file is not a model that can be used.
#[derive(Debug, thiserror::Error)]
pub enum ExamineError {
    #[error(transparent)]
    Worker(#[from] WorkerError),
    #[error("{0}")]
    Refused(String),
    #[error("The file was looked at for {} seconds without an end, and the look was stopped. Nothing was added.", .0.as_secs())]
    TooLong(Duration),
    #[error(
        "The program that looked at the file {how}, probably because the file wanted more than the {} MB of memory that it may take. Nothing was added.", .memory >> 20
    )]
    Died { how: String, memory: u64 },
    #[error("Stopped. Nothing was added.")]
    Cancelled,
}

/// Looks at a file; `cancelled` is asked now and then.
///
/// # Errors
/// [`ExamineError`]; the file is only read.
pub fn examine(
    path: &Path,
    card: Option<&ModelCard>,
    limits: Limits,
    cancelled: impl FnMut() -> bool,
) -> Result<Examined, ExamineError> {
    examine_trained(path, card, None, limits, cancelled)
}

/// As [`examine`], with the weights that lie beside a model trained in Fieldgloss.
///
/// # Errors
/// As [`examine`].
pub fn examine_trained(
    path: &Path,
    card: Option<&ModelCard>,
    trained: Option<Tell>,
    limits: Limits,
    mut cancelled: impl FnMut() -> bool,
) -> Result<Examined, ExamineError> {
    let bytes = std::fs::metadata(path).map_or(0, |data| data.len());
    let memory = limits.memory.unwrap_or((1 << 30) + bytes.saturating_mul(6));
    let mut worker = Worker::spawn()?;
    let card = card.cloned().map(Box::new);
    let trained = trained.map(Box::new);
    worker.send(&Request::Examine(Examine { path: path.to_owned(), card, trained, memory }))?;
    let until = Instant::now() + limits.time;
    loop {
        // Dropping the worker ends it by force.
        if cancelled() {
            return Err(ExamineError::Cancelled);
        }
        if Instant::now() >= until {
            return Err(ExamineError::TooLong(limits.time));
        }
        match worker.next(Duration::from_millis(100)) {
            Ok(Some(Answer::Examined(examined))) => return Ok(*examined),
            Ok(Some(Answer::Error { message, .. })) => return Err(ExamineError::Refused(message)),
            Ok(_) => {}
            Err(WorkerError::Ended { how, .. }) => return Err(ExamineError::Died { how, memory }),
            Err(error) => return Err(error.into()),
        }
    }
}
