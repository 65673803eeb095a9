//! Undo and redo over the log of steps; both survive a restart.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::session::{self, ConflictAction, ConflictType};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::changes::{self, Changed};
use super::record::TABLES;
use super::{Op, OpKind, Store, StoreError, Tx, history, index};
use crate::domain::ModelRun;

/// Typing steps further apart than this stay steps of their own.
const COALESCE_SECS: f64 = 3.0;

/// What Undo and Redo would do now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UndoState {
    pub undo: Option<OpKind>,
    pub redo: Option<OpKind>,
}

/// The time now, RFC 3339 with milliseconds.
pub(super) fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

fn pack(bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
    zstd::bulk::compress(bytes, 3).map_err(|e| StoreError::Rule(format!("could not pack an undo step: {e}")))
}

pub(super) fn unpack(bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
    zstd::stream::decode_all(bytes)
        .map_err(|e| StoreError::Stuck { direction: "undone", detail: format!("its record is damaged ({e})") })
}

/// The number of a step in the log, and whether it joined the step before.
pub(super) struct Step {
    pub number: i64,
    pub joined: bool,
}

/// Writes a step to the log, or joins it to the one before.
pub(super) fn record(conn: &Connection, op: &Op, changeset: &[u8], author: &str) -> Result<Step, StoreError> {
    let at = now();
    if !op.undoable {
        conn.prepare_cached(
            "INSERT INTO undo_log (op, author, at, changeset, state) VALUES (?1, ?2, ?3, x'', 'fixed')",
        )?
        .execute(params![op.kind.name(), author, at])?;
        return Ok(Step { number: conn.last_insert_rowid(), joined: false });
    }
    // What was undone can no longer be redone; its history stays.
    conn.prepare_cached("UPDATE undo_log SET state = 'dropped', changeset = x'' WHERE state = 'undone'")?.execute([])?;
    if let Some(key) = &op.coalesce {
        let last: Option<(i64, String, Vec<u8>)> = conn
            .prepare_cached(
                "SELECT id, at, changeset FROM undo_log WHERE id = (SELECT max(id) FROM undo_log) \
                 AND state = 'done' AND coalesce = ?1 AND author = ?2",
            )?
            .query_row(params![key, author], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        if let Some((id, then, before)) = last
            && near(&then, &at)
        {
            let before = unpack(&before)?;
            let mut joined = Vec::new();
            session::concat_strm(&mut &before[..], &mut &changeset[..], &mut joined)?;
            if joined.is_empty() {
                // Typed and taken back by hand: nothing is left to undo. The row stays, its number is in the history.
                conn.prepare_cached("UPDATE undo_log SET state = 'dropped', changeset = x'', at = ?1 WHERE id = ?2")?
                    .execute(params![at, id])?;
                return Ok(Step { number: id, joined: true });
            }
            conn.prepare_cached("UPDATE undo_log SET changeset = ?1, at = ?2 WHERE id = ?3")?.execute(params![
                pack(&joined)?,
                at,
                id
            ])?;
            return Ok(Step { number: id, joined: true });
        }
    }
    conn.prepare_cached(
        "INSERT INTO undo_log (op, coalesce, author, at, changeset, state, source) \
         VALUES (?1, ?2, ?3, ?4, ?5, 'done', nullif(?6, ''))",
    )?
    .execute(params![op.kind.name(), op.coalesce, author, at, pack(changeset)?, op.source])?;
    Ok(Step { number: conn.last_insert_rowid(), joined: false })
}

fn near(then: &str, now: &str) -> bool {
    match (then.parse::<jiff::Timestamp>(), now.parse::<jiff::Timestamp>()) {
        (Ok(then), Ok(now)) => {
            let gap = now.duration_since(then).as_secs_f64();
            (0.0..=COALESCE_SECS).contains(&gap)
        }
        _ => false,
    }
}

impl Store {
    /// Takes back the newest step that stands; `None` when there is none.
    ///
    /// # Errors
    /// When the records were changed since in a way that does not go back; nothing is changed then.
    pub fn undo(&mut self) -> Result<Option<(OpKind, Changed)>, StoreError> {
        self.step("done", "max", "undone", "undone")
    }
    /// Does the newest undone step again; `None` when there is none.
    ///
    /// # Errors
    /// As for [`Store::undo`].
    pub fn redo(&mut self) -> Result<Option<(OpKind, Changed)>, StoreError> {
        self.step("undone", "min", "done", "redone")
    }

    fn step(
        &mut self,
        from: &str,
        which: &str,
        to: &str,
        direction: &'static str,
    ) -> Result<Option<(OpKind, Changed)>, StoreError> {
        let transaction = Transaction::new_unchecked(&self.conn, TransactionBehavior::Immediate)?;
        let found: Option<(i64, String, Vec<u8>)> = transaction
            .query_row(
                &format!(
                    "SELECT id, op, changeset FROM undo_log \
                     WHERE id = (SELECT {which}(id) FROM undo_log WHERE state = ?1)"
                ),
                [from],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )
            .optional()?;
        let Some((id, op, packed)) = found else { return Ok(None) };
        let mut changeset = unpack(&packed)?;
        if direction == "undone" {
            let mut inverse = Vec::new();
            session::invert_strm(&mut &changeset[..], &mut inverse)?;
            changeset = inverse;
        }
        let mut session = session::Session::new(&transaction)?;
        for table in TABLES {
            session.attach(Some(*table))?;
        }
        let runs = if direction == "undone" { self.take_out_runs(&transaction, &changeset)? } else { 0 };
        if !changeset.is_empty() {
            let mut input: &[u8] = &changeset;
            let input: &mut dyn Read = &mut input;
            let hangs_on = Arc::new(AtomicBool::new(false));
            let seen = hangs_on.clone();
            transaction
                .apply_strm(input, None::<fn(&str) -> bool>, move |kind, _| {
                    log::debug!("undo conflict: {kind:?}");
                    seen.store(kind == ConflictType::SQLITE_CHANGESET_FOREIGN_KEY, Ordering::Relaxed);
                    ConflictAction::SQLITE_CHANGESET_ABORT
                })
                .map_err(|e| match e.sqlite_error_code() {
                    Some(rusqlite::ErrorCode::OperationAborted | rusqlite::ErrorCode::ConstraintViolation) => {
                        let detail = match hangs_on.load(Ordering::Relaxed) {
                            true => "what was made since hangs on it",
                            false => "what it changed was changed again since",
                        };
                        StoreError::Stuck { direction, detail: detail.to_owned() }
                    }
                    _ => e.into(),
                })?;
        }
        let mut captured = Vec::new();
        session.changeset_strm(&mut captured)?;
        drop(session);
        let rows = changes::rows(&captured)?;
        history::record(&transaction, &history::STEP_OF_UNDO, &rows, &self.author)?;
        index::reindex(&transaction, &rows)?;
        if runs > 0 {
            // Redo brings back the runs with what they hung on.
            let mut forward = Vec::new();
            session::invert_strm(&mut &captured[..], &mut forward)?;
            transaction.execute("UPDATE undo_log SET changeset = ?1 WHERE id = ?2", params![pack(&forward)?, id])?;
        }
        transaction.execute("UPDATE undo_log SET state = ?1 WHERE id = ?2", params![to, id])?;
        transaction.commit()?;
        Ok(Some((OpKind::from_name(&op), changes::summary(&rows))))
    }

    /// Model runs are no steps of their own. When Undo takes away the recording or session that a run is over, the
    /// run goes with it; gives how many went.
    fn take_out_runs(&self, conn: &Connection, inverse: &[u8]) -> Result<usize, StoreError> {
        let tx = Tx { conn, author: &self.author };
        let mut gone = 0;
        let rows = changes::rows(inverse)?;
        let taken: Vec<_> = rows.iter().filter(|row| row.action == "delete").collect();
        for row in taken.iter().filter(|row| matches!(row.table, "media" | "session")) {
            let over = format!("WHERE {} = ?1", row.table);
            let runs: Vec<ModelRun> = tx.read().select(&over, [row.record.as_bytes().to_vec()])?;
            // A run that came with the recording (an import) goes by the step itself.
            for run in runs.iter().filter(|run| !taken.iter().any(|row| row.record == run.id.0)) {
                tx.delete_run(run.id)?;
                gone += 1;
            }
        }
        Ok(gone)
    }

    /// The step that Undo takes back now, or Redo does again, and who did it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn next_step(&self, back: bool) -> Result<Option<(OpKind, String)>, StoreError> {
        let (state, which) = if back { ("done", "max") } else { ("undone", "min") };
        let sql =
            format!("SELECT op, author FROM undo_log WHERE id = (SELECT {which}(id) FROM undo_log WHERE state = ?1)");
        let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get(1)?));
        let step = self.conn.query_row(&sql, [state], row).optional()?;
        Ok(step.map(|(op, author)| (OpKind::from_name(&op), author)))
    }

    /// What Undo and Redo would do now.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn undo_state(&self) -> Result<UndoState, StoreError> {
        let newest = |state: &str, which: &str| -> Result<Option<OpKind>, StoreError> {
            let sql = format!("SELECT op FROM undo_log WHERE id = (SELECT {which}(id) FROM undo_log WHERE state = ?1)");
            let op: Option<String> = self.conn.query_row(&sql, [state], |row| row.get(0)).optional()?;
            Ok(op.map(|op| OpKind::from_name(&op)))
        };
        Ok(UndoState { undo: newest("done", "max")?, redo: newest("undone", "min")? })
    }
}
