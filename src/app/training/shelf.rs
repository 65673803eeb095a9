//! The folder of the user's models: a folder a model, with its card and its weights.

use std::path::{Path, PathBuf};

use crate::analysis::training::TrainedCard;

/// Names a folder to use in place of the user's own.
pub const FOLDER_VARIABLE: &str = "FIELDGLOSS_MODELS";
/// The card, and what it was trained from.
pub(super) const CARD: &str = "card.toml";
pub(super) const TRAINING: &str = "training.toml";

/// Why a model could not be put there.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    #[error("this computer has no folder for the user's data; set {FOLDER_VARIABLE} to a folder for models")]
    NoFolder,
    #[error("“{0}” cannot be a model's name: small letters, digits and hyphens only, 40 at most")]
    Name(String),
    #[error("there is a model of yours named “{0}” already; give this one another name")]
    Taken(String),
    #[error("“{0}” is the name of a model that comes with Fieldgloss; give yours another name")]
    Bundled(String),
    #[error("{}: {source}", .path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("the card cannot be written: {0}")]
    Card(String),
}

fn io(path: &Path) -> impl FnOnce(std::io::Error) -> ShelfError + '_ {
    move |source| ShelfError::Io { path: path.to_owned(), source }
}

/// The folder of the user's models; it need not be there yet.
///
/// # Errors
/// [`ShelfError::NoFolder`].
pub fn folder() -> Result<PathBuf, ShelfError> {
    if let Some(folder) = std::env::var_os(FOLDER_VARIABLE).filter(|v| !v.is_empty()) {
        return Ok(PathBuf::from(folder));
    }
    let dirs = directories::ProjectDirs::from("", "", "fieldgloss").ok_or(ShelfError::NoFolder)?;
    Ok(dirs.data_dir().join("models"))
}

/// Whether a model may be called so: it becomes a folder's name and part of a channel's.
pub fn is_name(name: &str) -> bool {
    let letters = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    letters && (1..=40).contains(&name.len()) && !name.starts_with('-') && !name.ends_with('-')
}

/// Whether a model may be called so here.
///
/// # Errors
/// [`ShelfError`].
pub(super) fn is_free(shelf: &Path, name: &str) -> Result<(), ShelfError> {
    if !is_name(name) {
        return Err(ShelfError::Name(name.to_owned()));
    }
    if super::super::shipped::model_dir().is_ok_and(|dir| dir.join(name).is_dir()) {
        return Err(ShelfError::Bundled(name.to_owned()));
    }
    if shelf.join(name).exists() { Err(ShelfError::Taken(name.to_owned())) } else { Ok(()) }
}

/// A folder in which a model is made ready. Unless it is kept, it goes when this is dropped.
pub(super) struct Staged {
    shelf: PathBuf,
    folder: tempfile::TempDir,
}

impl Staged {
    pub(super) fn new(shelf: &Path) -> Result<Self, ShelfError> {
        std::fs::create_dir_all(shelf).map_err(io(shelf))?;
        let folder = tempfile::Builder::new().prefix(".training-").tempdir_in(shelf).map_err(io(shelf))?;
        Ok(Self { shelf: shelf.to_owned(), folder })
    }

    /// Where its files go.
    pub(super) fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// Makes it a model: the card is written last, and all of it appears at once.
    pub(super) fn keep(self, card: &TrainedCard) -> Result<PathBuf, ShelfError> {
        is_free(&self.shelf, &card.name)?;
        let (text, training) = card.to_toml().map_err(ShelfError::Card)?;
        for (name, text) in [(TRAINING, training), (CARD, text)] {
            let path = self.folder.path().join(name);
            std::fs::write(&path, text).map_err(io(&path))?;
        }
        let folder = self.shelf.join(&card.name);
        std::fs::rename(self.folder.path(), &folder).map_err(io(&folder))?;
        // The folder has moved: there is nothing left to clean up.
        let _ = self.folder.keep();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let _ = std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755));
        }
        Ok(folder)
    }
}
