//! Reading records: one by id, or a list by a condition. The questions views ask are in `query`.

use rusqlite::{Connection, OptionalExtension, Params};

use super::StoreError;
use super::record::Record;
use super::transact::{missing, quoted};

/// Reads the project as it is committed, or as a transaction sees it.
#[derive(Clone, Copy)]
pub struct Reader<'c> {
    pub(super) conn: &'c Connection,
}

impl<'c> Reader<'c> {
    pub(super) fn new(conn: &'c Connection) -> Self {
        Self { conn }
    }
    /// The record with that id, when there is one.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn get<R: Record>(&self, id: R::Id) -> Result<Option<R>, StoreError> {
        let record: crate::domain::RecordId = id.into();
        let sql = format!("SELECT {} FROM {} WHERE id = ?1", quoted::<R>().join(", "), R::TABLE);
        let mut query = self.conn.prepare_cached(&sql)?;
        Ok(query.query_row([record.as_bytes().as_slice()], R::from_row).optional()?)
    }
    /// The record with that id.
    ///
    /// # Errors
    /// When there is none, or the file cannot be read.
    pub fn require<R: Record>(&self, id: R::Id) -> Result<R, StoreError> {
        self.get(id)?.ok_or_else(|| missing::<R>(id))
    }
    /// Every record of a kind, in order of id (oldest first).
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn all<R: Record>(&self) -> Result<Vec<R>, StoreError> {
        self.select("ORDER BY id", [])
    }
    /// How many records of a kind there are.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn count<R: Record>(&self) -> Result<usize, StoreError> {
        let sql = format!("SELECT count(*) FROM {}", R::TABLE);
        Ok(self.conn.prepare_cached(&sql)?.query_row([], |row| row.get::<_, i64>(0))? as usize)
    }
    /// Whether any of these ids is taken by a record of the kind.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn holds_any<R: Record>(&self, ids: impl Iterator<Item = crate::domain::RecordId>) -> Result<bool, StoreError> {
        let mut query = self.conn.prepare_cached(&format!("SELECT 1 FROM {} WHERE id = ?1", R::TABLE))?;
        for id in ids {
            if query.exists([id.as_bytes().as_slice()])? {
                return Ok(true);
            }
        }
        Ok(false)
    }
    /// The records for which an SQL tail (`WHERE … ORDER BY …`) holds.
    pub(super) fn select<R: Record>(&self, tail: &str, params: impl Params) -> Result<Vec<R>, StoreError> {
        let sql = format!("SELECT {} FROM {} {tail}", quoted::<R>().join(", "), R::TABLE);
        let mut query = self.conn.prepare_cached(&sql)?;
        let rows = query.query_map(params, R::from_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
    /// Rows of any shape, read by hand.
    pub(super) fn rows<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let mut query = self.conn.prepare_cached(sql)?;
        let rows = query.query_map(params, read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
