//! Formats that are a folder of files: a new folder appears whole or not at all; in one that is there already, each
//! file is written whole, and what we did not write is left alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::{FormatError, input};

/// The files of a folder, by their path in it, with `/` between steps.
#[derive(Clone, Debug, Default)]
pub(super) struct Files {
    files: BTreeMap<String, Vec<u8>>,
    /// Files of an earlier export that do not belong to this one.
    stale: BTreeSet<String>,
}

impl Files {
    /// Adds a file. Names are ours, never a project's: they do not leave the folder.
    pub(super) fn add(&mut self, name: impl Into<String>, content: Vec<u8>) {
        self.files.insert(name.into(), content);
    }
    /// Takes a file away that an earlier export may have left.
    pub(super) fn never(&mut self, name: impl Into<String>) {
        self.stale.insert(name.into());
    }

    /// Writes the folder.
    ///
    /// # Errors
    /// When the path is a file, or the disk refuses.
    pub(super) fn write(&self, path: &Path) -> Result<(), FormatError> {
        if path.is_dir() { self.write_into(path) } else { self.write_new(path) }
    }

    fn write_new(&self, path: &Path) -> Result<(), FormatError> {
        let failed = |source| FormatError::Write { path: path.to_owned(), source };
        if path.exists() {
            return Err(failed(std::io::Error::other("it is a file; this format needs a folder")));
        }
        let parent = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let beside = tempfile::Builder::new().prefix(".fieldgloss-").tempdir_in(parent).map_err(failed)?;
        self.write_into(beside.path())?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // Temporary folders are private; what a person exports gets the usual rights.
            std::fs::set_permissions(beside.path(), std::fs::Permissions::from_mode(0o755)).map_err(failed)?;
        }
        let place = beside.keep();
        std::fs::rename(&place, path).map_err(|source| {
            let _ = std::fs::remove_dir_all(&place);
            failed(source)
        })
    }

    fn write_into(&self, folder: &Path) -> Result<(), FormatError> {
        for (name, content) in &self.files {
            let path = join(folder, name);
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent)
                    .map_err(|source| FormatError::Write { path: parent.to_owned(), source })?;
            }
            input::write_atomic(&path, content)?;
        }
        for name in self.stale.iter().filter(|name| !self.files.contains_key(*name)) {
            let path = join(folder, name);
            match std::fs::remove_file(&path) {
                Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                    return Err(FormatError::Write { path, source });
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn join(folder: &Path, name: &str) -> PathBuf {
    name.split('/').fold(folder.to_owned(), |path, step| path.join(step))
}
