//! The folder of the user's models: one folder a model, with its card, its file and what belongs to it.

use std::path::{Path, PathBuf};

use crate::analysis::models::{ModelCard, is_model_name};

/// Names a folder to use in place of the user's own.
pub const FOLDER_VARIABLE: &str = "FIELDGLOSS_MODELS";
/// A card's file.
pub const CARD: &str = "card.toml";
/// What a model that was trained in Fieldgloss was trained on and how well it does, beside its card.
pub const TRAINING: &str = "training.toml";
/// Where removed models go.
const TRASH: &str = ".removed";
/// What the names of folders begin with in which a model is made ready.
const STAGING: &str = ".adding-";
const DAY: std::time::Duration = std::time::Duration::from_secs(24 * 3600);

/// Why a model could not be put on the shelf or taken off it.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    #[error("this computer has no folder for the user's data; set {FOLDER_VARIABLE} to a folder for models")]
    NoFolder,
    #[error("“{0}” cannot be a model's name: small letters, digits and hyphens only, 40 at most")]
    Name(String),
    #[error("there is no model of yours named “{0}”")]
    Unknown(String),
    #[error("there is a model of yours named “{0}” already; give this one another name, or remove that one first")]
    Taken(String),
    #[error("“{0}” is the name of a model that comes with Fieldgloss; give yours another name")]
    Bundled(String),
    #[error("there is no removed model named “{0}”")]
    NotRemoved(String),
    #[error("{}: {source}", .path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("the card cannot be written: {0}")]
    Card(String),
}

fn io(path: &Path) -> impl FnOnce(std::io::Error) -> ShelfError + '_ {
    move |source| ShelfError::Io { path: path.to_owned(), source }
}

/// A model on the shelf.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    pub folder: PathBuf,
    pub card: ModelCard,
}

impl Held {
    /// The model's file.
    pub fn file(&self) -> PathBuf {
        self.folder.join(self.card.file.as_ref().map_or("", |file| file.name.as_str()))
    }
}

/// The folder of the user's models.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shelf {
    folder: PathBuf,
}

impl Shelf {
    /// Where [`FOLDER_VARIABLE`] says, else in the user's data folder.
    ///
    /// # Errors
    /// [`ShelfError::NoFolder`].
    pub fn usual() -> Result<Self, ShelfError> {
        if let Some(folder) = std::env::var_os(FOLDER_VARIABLE).filter(|v| !v.is_empty()) {
            return Ok(Self::at(folder));
        }
        let dirs = directories::ProjectDirs::from("", "", "fieldgloss").ok_or(ShelfError::NoFolder)?;
        Ok(Self::at(dirs.data_dir().join("models")))
    }

    /// A shelf in any folder; it need not be there yet.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The models by name, and the folders whose card cannot be read, each with why.
    pub fn models(&self) -> (Vec<Held>, Vec<(PathBuf, String)>) {
        let (mut held, mut damaged) = (Vec::new(), Vec::new());
        for entry in std::fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let folder = entry.path();
            if entry.file_name().to_string_lossy().starts_with('.') || !folder.is_dir() {
                continue;
            }
            let read = std::fs::read_to_string(folder.join(CARD)).map_err(|error| error.to_string());
            match read.and_then(|text| ModelCard::parse(&text).map_err(|error| error.to_string())) {
                Ok(card) => held.push(Held { folder, card }),
                Err(why) => damaged.push((folder, why)),
            }
        }
        held.sort_by(|a, b| a.card.name.cmp(&b.card.name));
        damaged.sort();
        (held, damaged)
    }

    /// The model of that name.
    pub fn find(&self, name: &str) -> Option<Held> {
        self.models().0.into_iter().find(|held| held.card.name == name)
    }

    /// A folder beside the models in which one can be made ready; it goes when it is dropped.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn staging(&self) -> Result<tempfile::TempDir, ShelfError> {
        std::fs::create_dir_all(&self.folder).map_err(io(&self.folder))?;
        self.sweep();
        tempfile::Builder::new().prefix(STAGING).tempdir_in(&self.folder).map_err(io(&self.folder))
    }

    /// Clears away what a look that was ended by force has left: copies of a day ago.
    fn sweep(&self) {
        for entry in std::fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let left = entry.file_name().to_string_lossy().starts_with(STAGING);
            let age = entry.metadata().and_then(|data| data.modified()).ok().and_then(|time| time.elapsed().ok());
            if left && age.is_some_and(|age| age > DAY) {
                let _ = std::fs::remove_dir_all(entry.path());
            }
        }
    }

    /// Whether a model may be called so here.
    ///
    /// # Errors
    /// [`ShelfError::Name`], [`ShelfError::Taken`], [`ShelfError::Bundled`].
    pub fn is_free(&self, name: &str) -> Result<(), ShelfError> {
        if !is_model_name(name) {
            return Err(ShelfError::Name(name.to_owned()));
        }
        if super::super::shipped::model_dir().is_ok_and(|dir| dir.join(name).is_dir()) {
            return Err(ShelfError::Bundled(name.to_owned()));
        }
        if self.folder.join(name).exists() { Err(ShelfError::Taken(name.to_owned())) } else { Ok(()) }
    }

    /// Makes a folder that is ready a model: its card is written last, and all of it appears at once.
    ///
    /// # Errors
    /// [`ShelfError`]; nothing is half-added.
    pub fn keep(&self, staged: tempfile::TempDir, card: ModelCard) -> Result<Held, ShelfError> {
        let text = card.to_toml().map_err(ShelfError::Card)?;
        let folder = self.keep_with(staged, &card.name, &[(CARD, text)])?;
        Ok(Held { folder, card })
    }

    /// The same with more texts beside the card, which comes last.
    ///
    /// # Errors
    /// As [`Self::keep`].
    pub fn keep_with(
        &self,
        staged: tempfile::TempDir,
        name: &str,
        texts: &[(&str, String)],
    ) -> Result<PathBuf, ShelfError> {
        self.is_free(name)?;
        for (file, text) in texts {
            let path = staged.path().join(file);
            std::fs::write(&path, text).map_err(io(&path))?;
        }
        let folder = self.folder.join(name);
        std::fs::rename(staged.path(), &folder).map_err(io(&folder))?;
        // The folder has moved: there is nothing left to clean up.
        let _ = staged.keep();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let _ = std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755));
        }
        Ok(folder)
    }

    /// Takes a model off the shelf and lays it aside; an earlier one of that name that was laid aside makes room.
    ///
    /// # Errors
    /// [`ShelfError::Unknown`]; when the folder cannot be moved.
    pub fn remove(&self, name: &str) -> Result<PathBuf, ShelfError> {
        let folder = self.folder.join(name);
        if !is_model_name(name) || !folder.is_dir() {
            return Err(ShelfError::Unknown(name.to_owned()));
        }
        let trash = self.folder.join(TRASH);
        std::fs::create_dir_all(&trash).map_err(io(&trash))?;
        let aside = trash.join(name);
        if aside.exists() {
            std::fs::remove_dir_all(&aside).map_err(io(&aside))?;
        }
        std::fs::rename(&folder, &aside).map_err(io(&folder))?;
        Ok(aside)
    }

    /// Puts a removed model back.
    ///
    /// # Errors
    /// [`ShelfError::NotRemoved`], [`ShelfError::Taken`]; when the folder cannot be moved.
    pub fn restore(&self, name: &str) -> Result<Held, ShelfError> {
        let aside = self.folder.join(TRASH).join(name);
        if !is_model_name(name) || !aside.is_dir() {
            return Err(ShelfError::NotRemoved(name.to_owned()));
        }
        self.is_free(name)?;
        let folder = self.folder.join(name);
        std::fs::rename(&aside, &folder).map_err(io(&aside))?;
        self.find(name).ok_or_else(|| ShelfError::Unknown(name.to_owned()))
    }
}
