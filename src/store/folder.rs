//! Where things lie in a project folder.

use std::path::{Path, PathBuf};

use crate::domain::{Media, MediaStorage};

/// The folder `NAME.fieldgloss/` of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder(pub PathBuf);

impl Folder {
    /// Extension of a project folder.
    pub const EXTENSION: &'static str = "fieldgloss";

    /// The folder a person means: given as the folder itself, without its extension, or as the file inside it.
    pub fn meant(path: &Path) -> Self {
        if path.file_name().is_some_and(|name| name == "project.db")
            && let Some(parent) = path.parent()
        {
            return Self(parent.to_owned());
        }
        if path.extension().is_some_and(|e| e == Self::EXTENSION) || path.join("project.db").exists() {
            return Self(path.to_owned());
        }
        let mut name = path.file_name().map(|n| n.to_os_string()).unwrap_or_default();
        name.push(".");
        name.push(Self::EXTENSION);
        Self(path.with_file_name(name))
    }
    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.0
    }
    /// The name without its extension.
    pub fn name(&self) -> String {
        self.0.file_stem().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
    }
    /// The SQLite file.
    pub fn database(&self) -> PathBuf {
        self.0.join("project.db")
    }
    /// Recordings copied in.
    pub fn media(&self) -> PathBuf {
        self.0.join("media")
    }
    /// What can be computed again.
    pub fn cache(&self) -> PathBuf {
        self.0.join("cache")
    }
    /// Copies of the SQLite file.
    pub fn backups(&self) -> PathBuf {
        self.0.join("backups")
    }
    pub(super) fn lock(&self) -> PathBuf {
        self.0.join("project.lock")
    }
    /// Where a recording lies now.
    pub fn media_path(&self, media: &Media) -> PathBuf {
        // Joining an absolute path gives that path: linked recordings may be either.
        match media.storage {
            MediaStorage::Copied | MediaStorage::Linked => self.0.join(&media.path),
        }
    }
}
