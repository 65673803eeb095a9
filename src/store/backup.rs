//! Copies of the project file, made by SQLite's backup interface while it is in use, thinned out with age.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::migrate::{self, APPLICATION_ID};
use super::open::quick_check;
use super::{Folder, Store, StoreError, undo};

/// Copies of one day that are kept for that day, and how many days, are kept.
const KEEP_NEWEST: usize = 5;
const KEEP_DAYS: usize = 14;

/// Why a backup was made; part of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackupKind {
    /// By the clock.
    Routine,
    /// A person asked for it: never thinned out.
    Asked,
    /// Before an older project was brought up to date: never thinned out.
    BeforeMigration,
}

impl BackupKind {
    fn name(self) -> &'static str {
        match self {
            Self::Routine => "routine",
            Self::Asked => "asked",
            Self::BeforeMigration => "before-migration",
        }
    }
}

/// A copy of the project file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    pub path: PathBuf,
    /// Bytes.
    pub size: u64,
}

/// Copies the file as it is committed now; whole or not at all.
pub(super) fn take(conn: &Connection, folder: &Folder, kind: BackupKind) -> Result<Backup, StoreError> {
    let backups = folder.backups();
    fs::create_dir_all(&backups).map_err(|e| StoreError::io(&backups, e))?;
    let stamp = undo::now().replace([':', '.'], "-");
    let path = backups.join(format!("{stamp}.{}.db", kind.name()));
    let part = path.with_extension("part");
    let copied = (|| -> Result<(), StoreError> {
        let mut copy = Connection::open(&part)?;
        rusqlite::backup::Backup::new(conn, &mut copy)?.run_to_completion(4096, Duration::ZERO, None)?;
        // A backup stands on its own: no write-ahead log beside it.
        copy.execute_batch("PRAGMA journal_mode = DELETE;")?;
        quick_check(&copy)?;
        drop(copy);
        fs::File::open(&part).and_then(|f| f.sync_all()).map_err(|e| StoreError::io(&part, e))?;
        fs::rename(&part, &path).map_err(|e| StoreError::io(&path, e))
    })();
    if let Err(error) = copied {
        let _ = fs::remove_file(&part);
        return Err(error);
    }
    let size = fs::metadata(&path).map_err(|e| StoreError::io(&path, e))?.len();
    Ok(Backup { path, size })
}

/// The backups of a folder, newest first.
pub(super) fn list(folder: &Folder) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder.backups())
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "db"))
        .collect();
    found.sort();
    found.reverse();
    found
}

/// The newest backup that opens and passes its check.
pub(super) fn newest_good(folder: &Folder) -> Option<PathBuf> {
    list(folder).into_iter().find(|path| inspect(path).is_ok())
}

/// Whether a file is a project that is whole and that this program can read.
fn inspect(path: &Path) -> Result<(), StoreError> {
    if !path.exists() {
        return Err(StoreError::NotThere(path.to_owned()));
    }
    let looked = (|| {
        let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let application: i64 = conn.query_row("PRAGMA application_id", [], |row| row.get(0))?;
        let version = migrate::version(&conn)?;
        if application != APPLICATION_ID || version < 1 {
            let problem = "it holds no project".to_owned();
            return Err(StoreError::NotAProject { path: path.to_owned(), problem });
        }
        if version > migrate::VERSION {
            return Err(StoreError::Newer { path: path.to_owned(), found: version, known: migrate::VERSION });
        }
        quick_check(&conn)
    })();
    looked.map_err(|error| match error {
        StoreError::Damaged { detail, .. } => StoreError::Damaged { path: path.to_owned(), detail, backup: None },
        other => other,
    })
}

/// Deletes routine copies beyond the newest few and one a day.
fn thin(folder: &Folder) {
    let routine: Vec<PathBuf> =
        list(folder).into_iter().filter(|p| p.to_string_lossy().ends_with(".routine.db")).collect();
    let mut days: Vec<String> = Vec::new();
    for (rank, path) in routine.iter().enumerate() {
        let day: String = path.file_name().map(|n| n.to_string_lossy().chars().take(10).collect()).unwrap_or_default();
        let first_of_day = !days.contains(&day);
        if first_of_day {
            days.push(day);
        }
        if rank >= KEEP_NEWEST && !(first_of_day && days.len() <= KEEP_DAYS) {
            let _ = fs::remove_file(path);
        }
    }
}

impl Store {
    /// Copies the project file into its `backups` folder.
    ///
    /// # Errors
    /// When the disk refuses; no half copy is left.
    pub fn backup(&self, kind: BackupKind) -> Result<Backup, StoreError> {
        let made = take(&self.conn, &self.folder, kind)?;
        thin(&self.folder);
        Ok(made)
    }
    /// The backups there are, newest first.
    pub fn backups(&self) -> Vec<PathBuf> {
        list(&self.folder)
    }
    /// The newest backup that opens and passes its check.
    pub fn newest_good_backup(&self) -> Option<PathBuf> {
        newest_good(&self.folder)
    }
    /// Whether the newest backup is older than this, or there is none.
    pub fn backup_is_due(&self, after: Duration) -> bool {
        let newest = list(&self.folder).first().and_then(|path| fs::metadata(path).ok()?.modified().ok());
        newest.is_none_or(|at| at.elapsed().is_ok_and(|age| age > after))
    }
}

/// Makes a project folder from a backup, or puts a backup back into its own project.
/// What stood at the target as `project.db` is kept beside it as `project.db.before-restore-…`.
///
/// # Errors
/// When the backup is not a good one, the target is open elsewhere, or the disk refuses.
pub fn restore(backup: &Path, target: &Path) -> Result<Folder, StoreError> {
    inspect(backup)?;
    let folder = Folder::meant(target);
    for part in [folder.path().to_owned(), folder.media(), folder.cache(), folder.backups()] {
        fs::create_dir_all(&part).map_err(|e| StoreError::io(&part, e))?;
    }
    let _lock = super::open::lock_for_restore(&folder)?;
    let database = folder.database();
    let part = database.with_extension("restoring");
    let copied = fs::copy(backup, &part).and_then(|_| fs::File::open(&part)?.sync_all());
    if let Err(error) = copied {
        let _ = fs::remove_file(&part);
        return Err(StoreError::io(&part, error));
    }
    let aside = format!("before-restore-{}", undo::now().replace([':', '.'], "-"));
    for name in ["project.db", "project.db-wal", "project.db-shm"] {
        let old = folder.path().join(name);
        if old.exists() {
            let kept = folder.path().join(format!("{name}.{aside}"));
            fs::rename(&old, &kept).map_err(|e| StoreError::io(&old, e))?;
        }
    }
    fs::rename(&part, &database).map_err(|e| StoreError::io(&database, e))?;
    Ok(folder)
}
