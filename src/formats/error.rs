//! Why a file could not be read or written, in the user's words.

use std::path::PathBuf;

use super::Format;

/// Why a file could not be read or written. Nothing in the project was changed when one of these comes back.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    #[error("could not open {}: {source}", path.display())]
    Open { path: PathBuf, source: std::io::Error },
    #[error("could not write {}: {source}", path.display())]
    Write { path: PathBuf, source: std::io::Error },
    #[error("{} is {size} bytes, more than the {limit} that a {format} file may have; is it really one?", path.display())]
    TooLarge { path: PathBuf, size: u64, limit: u64, format: Format },
    #[error("cannot tell what format {} is; name it with --format", path.display())]
    Unknown { path: PathBuf },
    #[error("{format} is not read (yet); it can only be written")]
    NotRead { format: Format },
    #[error("{format} is not written (yet); it can only be read")]
    NotWritten { format: Format },
    /// The file is not what its name says, or broken beyond use. `place` is a line, byte or element.
    #[error("not a usable {format} file, at {place}: {problem}")]
    Broken { format: Format, place: String, problem: String },
    /// The bundle cannot be said in this format.
    #[error("cannot be written as {format}: {problem}")]
    Unsayable { format: Format, problem: String },
}

impl FormatError {
    /// A broken file: where, and what is wrong there.
    pub fn broken(format: Format, place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Broken { format, place: place.into(), problem: problem.into() }
    }
}
