//! What can go wrong with a model, in the user's words.

use std::path::PathBuf;

use super::ModelName;

/// A model could not be loaded or run. The project itself is never touched by these.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// A name that is not in the pack.
    #[error("there is no model named \u{201c}{text}\u{201d}; the models are {}", names())]
    Unknown {
        /// What was asked for.
        text: String,
    },
    /// A file of the model is not there or cannot be read.
    #[error("the model {name} cannot be read: {path}: {source}. Install the model pack again")]
    Unreadable {
        /// The model.
        name: ModelName,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The card is not a card, or describes another model.
    #[error("the card of the model {name} is not usable: {reason} ({path}). Install the model pack again")]
    Card {
        /// The model.
        name: ModelName,
        /// The card.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The model file is not the one the card describes.
    #[error(
        "the model {name} was changed or damaged: {path} has the checksum {found}, its card says {expected}. It was not loaded; install the model pack again"
    )]
    Checksum {
        /// The model.
        name: ModelName,
        /// The file.
        path: PathBuf,
        /// SHA-256 on the card, in hex.
        expected: String,
        /// SHA-256 of the file, in hex.
        found: String,
    },
    /// libtorch refused the file or failed while running.
    #[error("the model {name} failed while {doing}: {reason}")]
    Torch {
        /// The model.
        name: ModelName,
        /// "loading" or "running".
        doing: &'static str,
        /// What libtorch says.
        reason: String,
    },
    /// The model gave something else than its card promises.
    #[error("the model {name} gave {found} where its card promises {expected}. Install the model pack again")]
    Output {
        /// The model.
        name: ModelName,
        /// What the card says.
        expected: String,
        /// What came.
        found: String,
    },
    /// A job asked for a model it had not loaded.
    #[error("the model {name} is needed here but was not switched on for this job")]
    NotLoaded {
        /// The model.
        name: ModelName,
    },
    /// A picture whose bytes do not fit its size.
    #[error(
        "a picture of {width} × {height} pixels came with {bytes} bytes instead of three a pixel; this frame was skipped"
    )]
    Picture {
        /// Pixels a row.
        width: usize,
        /// Rows.
        height: usize,
        /// Bytes given.
        bytes: usize,
    },
}

fn names() -> String {
    ModelName::ALL.map(ModelName::folder).join(", ")
}
