//! What a model run needs to be gone on with: its plan, and how far it has come. Outside undo, as its samples are.

use rusqlite::params;

use super::transact::Tx;
use super::{Reader, StoreError};
use crate::domain::{RunId, Time, TrackId};

/// One piece of it.
#[derive(Clone, Debug, PartialEq)]
pub struct RunState {
    /// What it is about: the plan, looking, listening.
    pub part: String,
    /// Where in the file the run stood.
    pub at: Time,
    pub state: serde_json::Value,
}

const ZSTD_LEVEL: i32 = 3;
/// No honest state is larger unpacked.
const MOST: usize = 256 << 20;

impl Tx<'_> {
    /// Keeps a piece beside those of the same part at other moments.
    ///
    /// # Errors
    /// When the file refuses.
    pub fn put_run_state(&self, run: RunId, state: &RunState) -> Result<(), StoreError> {
        let unfit = |e: &dyn std::fmt::Display| StoreError::Rule(format!("the state of a run cannot be kept ({e})"));
        let text = serde_json::to_vec(&state.state).map_err(|e| unfit(&e))?;
        let packed = zstd::bulk::compress(&text, ZSTD_LEVEL).map_err(|e| unfit(&e))?;
        self.conn
            .prepare_cached("INSERT OR REPLACE INTO run_state (run, part, at, state) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![run.0.as_bytes().as_slice(), state.part, state.at.0, packed])?;
        Ok(())
    }
    /// Keeps a piece in place of all others of the same part.
    ///
    /// # Errors
    /// When the file refuses.
    pub fn set_run_state(&self, run: RunId, state: &RunState) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM run_state WHERE run = ?1 AND part = ?2")?
            .execute(params![run.0.as_bytes().as_slice(), state.part])?;
        self.put_run_state(run, state)
    }
    /// Forgets all of it: the run is done, or will not be gone on with.
    ///
    /// # Errors
    /// When the file refuses.
    pub fn clear_run_state(&self, run: RunId) -> Result<(), StoreError> {
        self.conn.prepare_cached("DELETE FROM run_state WHERE run = ?1")?.execute([run.0.as_bytes().as_slice()])?;
        Ok(())
    }
    /// Takes out the samples of a track from a moment on.
    ///
    /// # Errors
    /// When the file refuses.
    pub fn drop_chunks(&self, track: TrackId, from: Time) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM track_chunk WHERE track = ?1 AND start >= ?2")?
            .execute(params![track.0.as_bytes().as_slice(), from.0])?;
        Ok(())
    }
}

impl Reader<'_> {
    /// The runs that can be gone on with, oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn unfinished_runs(&self) -> Result<Vec<crate::domain::ModelRun>, StoreError> {
        self.select("WHERE id IN (SELECT run FROM run_state WHERE part = 'plan') ORDER BY id", [])
    }
    /// What a run needs to be gone on with, in order of time.
    ///
    /// # Errors
    /// When the file cannot be read, or a piece is damaged.
    pub fn run_states(&self, run: RunId) -> Result<Vec<RunState>, StoreError> {
        let rows = self.rows(
            "SELECT part, at, state FROM run_state WHERE run = ?1 ORDER BY at, part",
            [run.0.as_bytes().as_slice()],
            |row| Ok((row.get::<_, String>(0)?, Time(row.get(1)?), row.get::<_, Vec<u8>>(2)?)),
        )?;
        rows.into_iter().map(|(part, at, packed)| Ok(RunState { part, at, state: unpack(&packed)? })).collect()
    }
    /// The latest piece of a part of it.
    ///
    /// # Errors
    /// When the file cannot be read, or the piece is damaged.
    pub fn run_state(&self, run: RunId, part: &str) -> Result<Option<RunState>, StoreError> {
        let Some(at) = self.run_state_at(run, part)? else { return Ok(None) };
        let rows = self.rows(
            "SELECT state FROM run_state WHERE run = ?1 AND part = ?2 AND at = ?3",
            params![run.0.as_bytes().as_slice(), part, at.0],
            |row| row.get::<_, Vec<u8>>(0),
        )?;
        rows.first().map(|packed| Ok(RunState { part: part.to_owned(), at, state: unpack(packed)? })).transpose()
    }
    /// The moment of the latest piece of a part, without reading it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn run_state_at(&self, run: RunId, part: &str) -> Result<Option<Time>, StoreError> {
        let found = self.rows(
            "SELECT max(at) FROM run_state WHERE run = ?1 AND part = ?2",
            params![run.0.as_bytes().as_slice(), part],
            |row| row.get::<_, Option<i64>>(0),
        )?;
        Ok(found.into_iter().flatten().next().map(Time))
    }
}

fn unpack(packed: &[u8]) -> Result<serde_json::Value, StoreError> {
    let damaged = |e: &dyn std::fmt::Display| StoreError::Rule(format!("the state of a run is damaged ({e})"));
    let text = zstd::bulk::decompress(packed, most(packed)).map_err(|e| damaged(&e))?;
    serde_json::from_slice(&text).map_err(|e| damaged(&e))
}

/// How much a piece may unpack to: what it says itself, within reason.
fn most(packed: &[u8]) -> usize {
    let said = zstd::zstd_safe::get_frame_content_size(packed).ok().flatten();
    said.and_then(|size| usize::try_from(size).ok()).unwrap_or(MOST).min(MOST)
}
