//! Why a lesson was not learned.

use fieldgloss::analysis::training::SplitError;
use fieldgloss::media::MediaError;

use crate::models::ModelError;

/// Why a lesson was not learned.
#[derive(Debug, thiserror::Error)]
pub enum TeachError {
    #[error("stopped")]
    Stopped,
    #[error("{0}")]
    Split(#[from] SplitError),
    #[error("the examples do not fit together: this is a fault of the program")]
    Unsound,
    #[error("{0}")]
    Media(#[from] MediaError),
    #[error("{unreadable} of {all} examples could not be read from their recordings; the last time because {why}")]
    Unreadable { unreadable: usize, all: usize, why: String },
    #[error("{0}")]
    Picture(#[from] ModelError),
    #[error("the model's weights cannot be used: {0}")]
    Weights(String),
    #[error("libtorch gave up: {}", .0.lines().next().unwrap_or_default())]
    Torch(String),
}

impl From<tch::TchError> for TeachError {
    fn from(error: tch::TchError) -> Self {
        Self::Torch(error.to_string())
    }
}
