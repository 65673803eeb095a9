//! Prints of faces and voices. They are kept in one table that takes part in no undo, history or export, and they
//! can be forgotten for good: rows overwritten, the write-ahead log emptied, the project's own backups cleaned too.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use super::column::Column;
use super::transact::Tx;
use super::{Reader, Store, StoreError};
use crate::domain::{Print, PrintKind, TrackId};

/// What forgetting took away, and where it could not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Prints in the project.
    pub prints: usize,
    /// Runs that were broken off and can no longer be gone on with: what they kept for that holds prints too.
    pub runs: usize,
    /// Backups and copies set aside that held prints and hold none now.
    pub copies: usize,
    /// Copies that could not be cleaned: they may hold prints still.
    pub left: Vec<PathBuf>,
}

fn kind_name(kind: PrintKind) -> &'static str {
    match kind {
        PrintKind::Face => "face",
        PrintKind::Voice => "voice",
        PrintKind::Clothes => "clothes",
    }
}

fn kind_of(name: &str) -> Option<PrintKind> {
    [PrintKind::Face, PrintKind::Voice, PrintKind::Clothes].into_iter().find(|kind| kind_name(*kind) == name)
}

/// Deleted content is overwritten with zeros, on this connection and from now on.
fn overwrite_deleted(conn: &Connection) -> Result<(), StoreError> {
    // The pragma answers with the new value.
    let _: i64 = conn.query_row("PRAGMA secure_delete = ON", [], |row| row.get(0))?;
    Ok(())
}

impl Tx<'_> {
    /// Keeps a print, in place of an older one of the same kind. No undo step.
    ///
    /// # Errors
    /// When the file refuses.
    pub fn put_print(&self, print: &Print) -> Result<(), StoreError> {
        overwrite_deleted(self.conn)?;
        let vector: Vec<u8> = print.vector.iter().flat_map(|v| v.to_le_bytes()).collect();
        self.conn
            .prepare_cached(
                "INSERT OR REPLACE INTO print (track, kind, model, samples, vector) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![print.track.to_value(), kind_name(print.kind), print.model, print.samples, vector])?;
        Ok(())
    }
    /// Deletes the prints of a track, with the project's undo leaving them gone.
    ///
    /// # Errors
    /// When the file refuses.
    pub fn drop_prints(&self, track: TrackId) -> Result<usize, StoreError> {
        overwrite_deleted(self.conn)?;
        Ok(self.conn.prepare_cached("DELETE FROM print WHERE track = ?1")?.execute([track.to_value()])?)
    }
}

impl Reader<'_> {
    /// Every print of the project.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn prints(&self) -> Result<Vec<Print>, StoreError> {
        let rows =
            self.rows("SELECT track, kind, model, samples, vector FROM print ORDER BY track, kind", [], |row| {
                let (kind, vector): (String, Vec<u8>) = (row.get(1)?, row.get(4)?);
                Ok(kind_of(&kind).map(|kind| -> rusqlite::Result<Print> {
                    Ok(Print {
                        track: super::column::get(row, 0)?,
                        kind,
                        model: row.get(2)?,
                        samples: row.get(3)?,
                        vector: vector.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect(),
                    })
                }))
            })?;
        // A kind of a newer program is passed over.
        Ok(rows.into_iter().flatten().collect::<Result<_, _>>()?)
    }
    /// The track of each print.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn printed(&self) -> Result<Vec<TrackId>, StoreError> {
        self.rows("SELECT track FROM print", [], |row| super::column::get(row, 0))
    }
    /// How many prints there are.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn print_count(&self) -> Result<usize, StoreError> {
        Ok(self.conn.query_row("SELECT count(*) FROM print", [], |row| row.get::<_, i64>(0))? as usize)
    }
}

impl Store {
    /// Deletes the prints of these tracks, of all when `None`, for good: Undo does not bring them back, what they were is
    /// overwritten in the file and its log, and the project's own backups lose them too. Their runs, where they were
    /// broken off, can no longer be gone on with: what they kept for that goes as well. Copies of the project that were
    /// made elsewhere are out of reach.
    ///
    /// # Errors
    /// When the project's own file refuses; a copy that refuses is named in the answer.
    pub fn forget_prints(&mut self, tracks: Option<&[TrackId]>) -> Result<Forgotten, StoreError> {
        let gone = delete(&self.conn, tracks)?;
        let mut forgotten = Forgotten { prints: gone.prints, runs: gone.runs, ..Forgotten::default() };
        empty_log(&self.conn)?;
        for copy in copies(&self.folder) {
            match clean(&copy, tracks) {
                Ok(gone) if gone == Gone::default() => {}
                Ok(_) => forgotten.copies += 1,
                Err(error) => {
                    log::warn!("prints in {} stay: {error}", copy.display());
                    forgotten.left.push(copy);
                }
            }
        }
        Ok(forgotten)
    }
}

/// What was deleted from one file.
#[derive(Default, PartialEq, Eq)]
struct Gone {
    prints: usize,
    runs: usize,
}

/// Older files lack a table, or both.
fn delete(conn: &Connection, tracks: Option<&[TrackId]>) -> Result<Gone, StoreError> {
    overwrite_deleted(conn)?;
    let there = |table: &str| -> Result<bool, StoreError> {
        let found = conn.query_row("SELECT 1 FROM sqlite_schema WHERE name = ?1", [table], |_| Ok(()));
        Ok(found.optional()?.is_some())
    };
    let (prints, states) = (there("print")?, there("run_state")?);
    let transaction = conn.unchecked_transaction()?;
    let mut gone = Gone::default();
    match tracks {
        None => {
            if states {
                gone.runs = transaction.query_row(
                    "SELECT count(DISTINCT run) FROM run_state WHERE part = 'plan'",
                    [],
                    |row| row.get::<_, i64>(0),
                )? as usize;
                transaction.execute("DELETE FROM run_state", [])?;
            }
            if prints {
                gone.prints = transaction.execute("DELETE FROM print", [])?;
            }
        }
        Some(tracks) => {
            for track in tracks {
                let track = track.to_value();
                if states {
                    const OF_RUN: &str = "FROM run_state WHERE run = (SELECT run FROM track WHERE id = ?1)";
                    let plans = format!("SELECT count(*) {OF_RUN} AND part = 'plan'");
                    gone.runs += transaction.query_row(&plans, [&track], |row| row.get::<_, i64>(0))? as usize;
                    transaction.execute(&format!("DELETE {OF_RUN}"), [&track])?;
                }
                if prints {
                    gone.prints += transaction.execute("DELETE FROM print WHERE track = ?1", [&track])?;
                }
            }
        }
    }
    transaction.commit()?;
    Ok(gone)
}

/// Brings everything into the file and cuts the log to nothing.
fn empty_log(conn: &Connection) -> Result<(), StoreError> {
    let busy: i64 = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy != 0 {
        return Err(StoreError::Rule(
            "The prints are deleted, but the project is being written to just now and its log still holds them. \
             Do it again when nothing is running."
                .to_owned(),
        ));
    }
    Ok(())
}

/// Backups, and project files set aside by a restore.
fn copies(folder: &super::Folder) -> Vec<PathBuf> {
    let mut found = super::backup::list(folder);
    let aside = std::fs::read_dir(folder.path()).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    found.extend(aside.filter(|path| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("project.db.before-restore-"))
    }));
    found
}

fn clean(path: &Path, tracks: Option<&[TrackId]>) -> Result<Gone, StoreError> {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    let gone = delete(&conn, tracks)?;
    if gone != Gone::default() {
        empty_log(&conn)?;
    }
    Ok(gone)
}
