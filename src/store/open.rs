//! Making and opening projects: lock, version, migration with a backup first, check after an unclean exit.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::backup::{self, BackupKind};
use super::migrate::{self, APPLICATION_ID};
use super::{Folder, Lock, Op, OpKind, Store, StoreError};
use crate::domain::{Language, Project};

/// What was noticed on opening.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenReport {
    /// The program did not end in order the last time; the file was checked and is whole.
    pub recovered: bool,
    /// The schema version it had, when it was migrated; a backup was taken first.
    pub migrated_from: Option<i64>,
}

/// Files up to this size are checked on every start; larger ones only after an unclean exit.
const ALWAYS_CHECK_BYTES: u64 = 32 << 20;

impl Store {
    /// Makes a new, empty project folder and opens it.
    ///
    /// # Errors
    /// When something is there already, or the folder cannot be written. Nothing is left behind then.
    pub fn create(path: &Path, project: &Project, languages: &[Language]) -> Result<Self, StoreError> {
        let folder = Folder::meant(path);
        if folder.path().exists() {
            return Err(StoreError::Exists(folder.0));
        }
        let made = Self::create_in(folder.clone(), project, languages);
        if made.is_err() {
            // Only what was just made, and only ours: the folder did not exist before.
            let _ = fs::remove_dir_all(folder.path());
        }
        made
    }

    fn create_in(folder: Folder, project: &Project, languages: &[Language]) -> Result<Self, StoreError> {
        for part in [folder.path().to_owned(), folder.media(), folder.cache(), folder.backups()] {
            fs::create_dir_all(&part).map_err(|e| StoreError::io(&part, e))?;
        }
        let (lock, _) = take_lock(&folder)?;
        let conn = Connection::open(folder.database())?;
        settle(&conn)?;
        migrate::migrate(&conn)?;
        let mut store = Self { conn, folder, author: String::new(), lock: Arc::new(lock) };
        store.transact(Op::fixed(OpKind::NewProject), |tx| {
            tx.insert(project)?;
            languages.iter().try_for_each(|language| tx.insert(language))
        })?;
        Ok(store)
    }

    /// Opens a project: takes its lock, checks it where needed, brings an older one up to date.
    ///
    /// # Errors
    /// When there is none, it is open elsewhere, newer than this program, damaged or not to be written.
    /// It is not touched then.
    pub fn open(path: &Path) -> Result<(Self, OpenReport), StoreError> {
        let folder = Folder::meant(path);
        let database = folder.database();
        let size = match fs::metadata(&database) {
            Ok(found) => found.len(),
            Err(_) if !folder.path().exists() => return Err(StoreError::NotThere(folder.0)),
            Err(_) => return Err(empty(&folder, "it has no project.db", "it is gone")),
        };
        let (mut lock, unclean) = take_lock(&folder)?;
        lock.keep_mark = unclean;
        let damaged = |error: StoreError| match error {
            StoreError::Damaged { detail, .. } => {
                StoreError::Damaged { path: database.clone(), detail, backup: backup::newest_good(&folder) }
            }
            StoreError::ReadOnly { detail, .. } => StoreError::ReadOnly { path: folder.0.clone(), detail },
            other => other,
        };
        let mut report = OpenReport::default();
        let conn = (|| -> Result<Connection, StoreError> {
            let conn = Connection::open_with_flags(
                &database,
                OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
            )?;
            // Until it is known to be whole nothing is written, not even what waits in the write-ahead log.
            conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
            let found = migrate::version(&conn)?;
            let application: i64 = conn.query_row("PRAGMA application_id", [], |row| row.get(0))?;
            if application != APPLICATION_ID && found != 0 {
                let problem = "its project.db belongs to another program".to_owned();
                return Err(StoreError::NotAProject { path: folder.0.clone(), problem });
            }
            if found == 0 {
                return Err(empty(&folder, "its project.db holds no project", "it holds nothing"));
            }
            if found > migrate::VERSION {
                return Err(StoreError::Newer { path: folder.0.clone(), found, known: migrate::VERSION });
            }
            if unclean || size <= ALWAYS_CHECK_BYTES {
                whole_length(&conn, &folder, size)?;
                quick_check(&conn)?;
                report.recovered = unclean;
            }
            conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
            settle(&conn)?;
            if found < migrate::VERSION {
                backup::take(&conn, &folder, BackupKind::BeforeMigration)?;
                migrate::migrate(&conn)?;
                report.migrated_from = Some(found);
            }
            // Asks for the right to write now rather than at the first edit.
            conn.execute_batch("BEGIN IMMEDIATE; ROLLBACK;")?;
            Ok(conn)
        })()
        .map_err(damaged)?;
        lock.keep_mark = false;
        Ok((Self { conn, folder, author: String::new(), lock: Arc::new(lock) }, report))
    }

    /// Another connection to the same project, for another thread of this process.
    ///
    /// # Errors
    /// When the file cannot be opened again.
    pub fn sibling(&self) -> Result<Self, StoreError> {
        let conn = Connection::open_with_flags(
            self.folder.database(),
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        settle(&conn)?;
        Ok(Self { conn, folder: self.folder.clone(), author: self.author.clone(), lock: self.lock.clone() })
    }
}

/// The settings that make every commit safe, on each connection.
fn settle(conn: &Connection) -> Result<(), StoreError> {
    conn.busy_timeout(std::time::Duration::from_secs(20))?;
    conn.set_prepared_statement_cache_capacity(128);
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
         PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32768;",
    )?;
    Ok(())
}

/// A file that was cut reads as if its last page ended in zeros: only its length tells. What a write-ahead log
/// still holds may be missing from the file.
fn whole_length(conn: &Connection, folder: &Folder, size: u64) -> Result<(), StoreError> {
    let log = folder.path().join("project.db-wal");
    if fs::metadata(&log).is_ok_and(|found| found.len() > 0) {
        return Ok(());
    }
    let pragma = |name: &str| conn.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let expected = pragma("page_count")?.saturating_mul(pragma("page_size")?);
    if u64::try_from(expected).is_ok_and(|expected| size < expected) {
        let detail = format!("it is {size} bytes long and should be {expected}");
        return Err(StoreError::Damaged { path: folder.database(), detail, backup: None });
    }
    Ok(())
}

pub(super) fn quick_check(conn: &Connection) -> Result<(), StoreError> {
    let mut query = conn.prepare("PRAGMA quick_check(3)")?;
    let found: Vec<String> = query.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    if found.iter().any(|line| line == "ok") {
        return Ok(());
    }
    Err(StoreError::Damaged { path: Path::new("project.db").to_owned(), detail: found.join("; "), backup: None })
}

/// The folder's lock while a backup is put back.
pub(super) fn lock_for_restore(folder: &Folder) -> Result<impl Drop + use<>, StoreError> {
    take_lock(folder).map(|(lock, _)| lock)
}

/// A folder whose project file is gone or empty is no project, unless there are backups of one.
fn empty(folder: &Folder, problem: &str, detail: &str) -> StoreError {
    match backup::newest_good(folder) {
        Some(backup) => {
            StoreError::Damaged { path: folder.database(), detail: detail.to_owned(), backup: Some(backup) }
        }
        None => StoreError::NotAProject { path: folder.0.clone(), problem: problem.to_owned() },
    }
}

/// Takes the folder's lock; says whether the last holder did not let go in order.
fn take_lock(folder: &Folder) -> Result<(Lock, bool), StoreError> {
    let path = folder.lock();
    let mut file: File = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(|e| StoreError::io(folder.path(), e))?;
    let mut holder = String::new();
    let _ = std::io::Read::by_ref(&mut file).take(200).read_to_string(&mut holder);
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(StoreError::Locked { path: folder.0.clone(), holder }),
        Err(TryLockError::Error(e)) => return Err(StoreError::io(&path, e)),
    }
    let unclean = !holder.trim().is_empty();
    let host = fs::read_to_string("/etc/hostname").unwrap_or_default();
    let line = format!("process {} on {}, since {}", std::process::id(), host.trim(), super::undo::now());
    // Written over before it is cut: on a full disk the old mark stays.
    let written = file
        .seek(SeekFrom::Start(0))
        .and_then(|_| file.write_all(line.as_bytes()))
        .and_then(|()| file.set_len(line.len() as u64))
        .and_then(|()| file.sync_all());
    written.map_err(|e| StoreError::io(folder.path(), e))?;
    Ok((Lock { file, keep_mark: false }, unclean))
}
