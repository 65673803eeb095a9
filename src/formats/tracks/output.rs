//! Large output, written piece by piece and put in place once it is whole.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::formats::FormatError;

fn failed(path: &Path) -> impl Fn(std::io::Error) -> FormatError + '_ {
    |source| FormatError::Write { path: path.to_owned(), source }
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// A file that is written and waits beside its place; it is gone again unless it is put there.
pub(in crate::formats) struct Made {
    file: tempfile::NamedTempFile,
    place: PathBuf,
}

impl Made {
    /// Puts it in its place.
    pub(in crate::formats) fn put(self) -> Result<(), FormatError> {
        let place = self.place;
        self.file.persist(&place).map(|_| ()).map_err(|e| failed(&place)(e.error))
    }
}

/// Writes one file beside its place.
pub(in crate::formats) fn make(
    path: &Path,
    content: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<Made, FormatError> {
    let mut file = tempfile::NamedTempFile::new_in(parent(path)).map_err(failed(path))?;
    let mut writer = BufWriter::new(&mut file);
    content(&mut writer).and_then(|()| writer.flush()).map_err(failed(path))?;
    drop(writer);
    file.as_file().sync_all().map_err(failed(path))?;
    permit(file.path(), 0o644).map_err(failed(path))?;
    Ok(Made { file, place: path.to_owned() })
}

/// Writes one file.
pub(super) fn file(
    path: &Path,
    content: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<(), FormatError> {
    make(path, content)?.put()
}

/// A folder that is being filled beside its place.
pub(super) struct Folder {
    beside: tempfile::TempDir,
    place: PathBuf,
}

impl Folder {
    /// Begins a folder. One that is there already must be empty: frames of two exports in one folder would be taken
    /// for one.
    pub(super) fn new(place: &Path) -> Result<Self, FormatError> {
        if place.exists() {
            let is_empty = std::fs::read_dir(place).map_err(failed(place))?.next().is_none();
            if !is_empty {
                let problem = std::io::Error::other("the folder is not empty; name a new one");
                return Err(failed(place)(problem));
            }
        }
        let beside =
            tempfile::Builder::new().prefix(".fieldgloss-").tempdir_in(parent(place)).map_err(failed(place))?;
        Ok(Self { beside, place: place.to_owned() })
    }
    /// Where to write meanwhile.
    pub(super) fn path(&self) -> &Path {
        self.beside.path()
    }
    /// Writes one file, its folder made as needed.
    pub(super) fn add(&self, name: &Path, content: &[u8]) -> Result<(), FormatError> {
        let path = self.path().join(name);
        std::fs::create_dir_all(parent(&path)).and_then(|()| std::fs::write(&path, content)).map_err(failed(&path))
    }
    /// Puts the folder in its place.
    pub(super) fn finish(self) -> Result<(), FormatError> {
        permit(self.beside.path(), 0o755).map_err(failed(&self.place))?;
        if self.place.is_dir() {
            std::fs::remove_dir(&self.place).map_err(failed(&self.place))?;
        }
        let beside = self.beside.keep();
        std::fs::rename(&beside, &self.place).map_err(|source| {
            let _ = std::fs::remove_dir_all(&beside);
            failed(&self.place)(source)
        })
    }
}

/// Temporary files are private; what a person exports gets the usual rights.
#[cfg(unix)]
fn permit(path: &Path, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn permit(_: &Path, _: u32) -> std::io::Result<()> {
    Ok(())
}
