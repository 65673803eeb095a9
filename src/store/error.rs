//! Why the project could not be opened or changed, in the user's words.

use std::path::{Path, PathBuf};

/// Why the project could not be opened or changed. Whatever comes back, what was committed before still stands.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("there is no project at {}", .0.display())]
    NotThere(PathBuf),
    #[error("{} is already there; choose another name", .0.display())]
    Exists(PathBuf),
    #[error("{} is not a Fieldgloss project: {problem}", path.display())]
    NotAProject { path: PathBuf, problem: String },
    #[error("{} is open in another Fieldgloss ({holder}); close it there first", path.display())]
    Locked { path: PathBuf, holder: String },
    #[error(
        "{} was made by a newer Fieldgloss (project version {found}, this one reads up to {known}); \
         nothing was touched. Open it with the newer program", path.display()
    )]
    Newer { path: PathBuf, found: i64, known: i64 },
    #[error(
        "the project file {} is damaged ({detail}); it was not changed. {}", path.display(), rescue(backup.as_deref())
    )]
    Damaged { path: PathBuf, detail: String, backup: Option<PathBuf> },
    #[error("no right to write in {}: {detail}. Nothing was changed; copy the project to a folder of your own", path.display())]
    ReadOnly { path: PathBuf, detail: String },
    #[error("the disk is full: the last change was not saved, everything before it was. Free some space and try again")]
    DiskFull,
    #[error("this cannot be {direction} any more: {detail}. Nothing was changed")]
    Stuck { direction: &'static str, detail: String },
    #[error("no {what} with the id {id}")]
    Missing { what: &'static str, id: String },
    /// The change breaks a rule of the model (an annotation outside its parent, a tier under itself, …).
    #[error("{0}")]
    Rule(String),
    #[error("could not read or write {}: {source}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("the project file refused: {0}")]
    Sqlite(rusqlite::Error),
}

fn rescue(backup: Option<&Path>) -> String {
    match backup {
        Some(path) => format!("The newest good backup is {}; restore it with 'fieldgloss restore'", path.display()),
        None => "There is no good backup in its backups folder".to_owned(),
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseCorrupt, DiskFull, NotADatabase, ReadOnly};
        match error.sqlite_error_code() {
            Some(DiskFull) => Self::DiskFull,
            Some(DatabaseCorrupt | NotADatabase) => {
                Self::Damaged { path: PathBuf::from("project.db"), detail: error.to_string(), backup: None }
            }
            Some(ReadOnly) => Self::ReadOnly { path: PathBuf::from("project.db"), detail: error.to_string() },
            _ => Self::Sqlite(error),
        }
    }
}

impl StoreError {
    /// An I/O error at a path; "disk full" and "no rights" are told apart.
    pub(super) fn io(path: &Path, source: std::io::Error) -> Self {
        use std::io::ErrorKind;
        match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::DiskFull,
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                Self::ReadOnly { path: path.to_owned(), detail: source.to_string() }
            }
            _ => Self::Io { path: path.to_owned(), source },
        }
    }
}
