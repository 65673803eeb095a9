//! What can be wrong with a model that the user brought, in the user's words.

use std::path::{Path, PathBuf};

use fieldgloss::analysis::models::CardError;

use super::super::checkpoint::CheckpointError;
use super::super::nets::NetError;

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OwnError {
    #[error("{} cannot be read: {cause}", .path.display())]
    Unreadable { path: PathBuf, cause: String },
    #[error(transparent)]
    Card(#[from] CardError),
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    #[error(transparent)]
    Net(#[from] NetError),
    #[error("the card of “{name}” names no model file beside it; add the model again")]
    NoFile { name: String },
    #[error("the model “{name}” was changed or damaged since it was added: {} has another checksum. It was not loaded; add it again", .path.display())]
    Changed { name: String, path: PathBuf },
    #[error(
        "this is not a TorchScript file that can be loaded: {0}. Save it with torch.jit.save(torch.jit.trace(model, example), \"model.pt\")"
    )]
    NotScript(String),
    #[error("the program wants to call {name}, which reaches for files or other computers. It was not loaded")]
    Reaches { name: String },
    #[error("the model failed when it was run: {0}. Does the card's [input] say what the model takes?")]
    Failed(String),
    #[error("the model has no input that it could be run on")]
    NoInput,
    #[error("the card reads output number {index}, but the model gives {count} (they are counted from 0)")]
    NoOutput { index: usize, count: usize },
    #[error("the model gives an output of {found}, but the card promises {promised}")]
    Shape { found: String, promised: String },
    #[error(
        "on a made-up input its output “{output}” is not finite: the weights are damaged or the input is not scaled as it should be"
    )]
    NotFinite { output: String },
    #[error("it answers the same input differently each time: save it after model.eval()")]
    Changes,
    #[error("the tokenizer {} cannot be used: {cause}", .path.display())]
    Tokenizer { path: PathBuf, cause: String },
    #[error("{network} was trained for {classes} classes, but the card has {found} labels")]
    Labels { network: String, classes: i64, found: usize },
    #[error("{name} takes {takes}, not {given}")]
    Kind { name: String, takes: String, given: &'static str },
}

impl OwnError {
    pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Self {
        Self::Unreadable { path: path.to_owned(), cause: error.to_string() }
    }
}

impl From<tch::TchError> for OwnError {
    fn from(error: tch::TchError) -> Self {
        Self::Failed(reason(&error.to_string()))
    }
}

/// What libtorch says in the end: a program's own error stands in the last line, libtorch's in the first.
pub(super) fn reason(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let said = lines.iter().rev().find(|line| line.contains("Error:")).or(lines.first());
    said.map_or_else(|| "libtorch gave up".to_owned(), |line| line.chars().take(300).collect())
}
