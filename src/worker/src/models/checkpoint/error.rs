//! What can be wrong with a checkpoint, in the user's words.

use std::path::{Path, PathBuf};

/// Why no weights came out of a file. Nothing of it was loaded or run.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    #[error("{} cannot be read: {source}", .path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("the file has {bytes} bytes, more than a checkpoint of these networks ever has")]
    TooLarge { bytes: u64 },
    /// Something that is no tensor and no container.
    #[error(
        "the file wants to call {name}, which is no tensor. Nothing of it was run. Save the weights alone (state_dict) and add that file"
    )]
    Calls { name: String },
    #[error("this is no checkpoint that can be read: {problem}")]
    Broken { problem: String },
    #[error("this is a TorchScript program, not weights alone")]
    Script,
    #[error("the file holds no named tensors")]
    Empty,
}

impl CheckpointError {
    pub(super) fn broken(problem: impl Into<String>) -> Self {
        Self::Broken { problem: problem.into() }
    }
    pub(super) fn unreadable(path: &Path, source: std::io::Error) -> Self {
        Self::Unreadable { path: path.to_owned(), source }
    }
}
