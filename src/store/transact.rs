//! The one door for change.

use rusqlite::session::Session;
use rusqlite::types::Value;
use rusqlite::{Connection, Transaction, TransactionBehavior, params_from_iter};

use super::changes::{self, Changed};
use super::record::{Record, TABLES};
use super::{Op, Reader, Store, StoreError, history, index, undo};
use crate::domain::Bundle;

/// What a step returned and what it changed.
#[derive(Debug)]
pub struct Done<T> {
    pub value: T,
    pub changed: Changed,
}

/// The inside of a transaction: read and write records. Nothing is kept unless the step ends well.
pub struct Tx<'c> {
    pub(super) conn: &'c Connection,
    pub(super) author: &'c str,
}

impl Store {
    /// Runs an edit in one transaction, with its inverse and its history written in the same transaction.
    /// When it returns, the edit is on the disk; on an error nothing has changed.
    /// A step that changes nothing leaves no trace.
    ///
    /// # Errors
    /// What the edit itself returns, or what the file or disk refuses.
    pub fn transact<T>(
        &mut self,
        op: Op,
        edit: impl FnOnce(&Tx<'_>) -> Result<T, StoreError>,
    ) -> Result<Done<T>, StoreError> {
        let transaction = Transaction::new_unchecked(&self.conn, TransactionBehavior::Immediate)?;
        let mut session = Session::new(&transaction)?;
        for table in TABLES {
            session.attach(Some(*table))?;
        }
        let value = edit(&Tx { conn: &transaction, author: &self.author })?;
        let mut changeset = Vec::new();
        session.changeset_strm(&mut changeset)?;
        drop(session);
        let rows = changes::rows(&changeset)?;
        if rows.is_empty() {
            transaction.commit()?;
            return Ok(Done { value, changed: Changed::default() });
        }
        let step = undo::record(&transaction, &op, &changeset, &self.author)?;
        history::record(&transaction, &step, &rows, &self.author)?;
        index::reindex(&transaction, &rows)?;
        transaction.commit()?;
        Ok(Done { value, changed: changes::summary(&rows) })
    }
}

impl<'c> Tx<'c> {
    /// Everything that can be asked, seeing the edit so far.
    pub fn read(&self) -> Reader<'c> {
        Reader::new(self.conn)
    }
    /// Who edits.
    pub fn author(&self) -> &str {
        self.author
    }
    /// Adds a record.
    ///
    /// # Errors
    /// When its id is taken or the file refuses.
    pub fn insert<R: Record>(&self, record: &R) -> Result<(), StoreError> {
        self.add::<R>(record)
    }
    /// Adds a record, or sets every field of the one with the same id.
    ///
    /// # Errors
    /// When the file refuses.
    pub fn upsert<R: Record>(&self, record: &R) -> Result<(), StoreError> {
        if self.read().get::<R>(record.id())?.is_some() { self.update(record) } else { self.insert(record) }
    }
    fn add<R: Record>(&self, record: &R) -> Result<(), StoreError> {
        let columns = quoted::<R>().join(", ");
        let marks = vec!["?"; R::COLUMNS.len()].join(", ");
        let sql = format!("INSERT INTO {} ({columns}) VALUES ({marks})", R::TABLE);
        self.conn.prepare_cached(&sql)?.execute(params_from_iter(record.values()))?;
        Ok(())
    }
    /// Adds records and sets others, in bulk: `new` must hold no id that is there, `changed` only such. The
    /// project's own record takes no part.
    ///
    /// # Errors
    /// When an id is taken or missing, or the file refuses.
    pub fn put(&self, new: &Bundle, changed: &Bundle) -> Result<(), StoreError> {
        macro_rules! lists {
            ($($list:ident),*) => {$(
                new.$list.iter().try_for_each(|record| self.insert(record))?;
                changed.$list.iter().try_for_each(|record| self.update(record))?;
            )*};
        }
        lists!(languages, people, sessions, media, vocabularies, tiers, annotations, lexemes, forms, senses);
        lists!(examples, relations, words, morphs, links, runs, tracks, tags, reviews);
        Ok(())
    }
    /// Sets every field of the record with the same id.
    ///
    /// # Errors
    /// When there is none, or the file refuses.
    pub fn update<R: Record>(&self, record: &R) -> Result<(), StoreError> {
        let columns = quoted::<R>()[1..].join(" = ?, ");
        let sql = format!("UPDATE {} SET {columns} = ? WHERE id = ?", R::TABLE);
        let mut values = record.values();
        let id = values.remove(0);
        values.push(id);
        match self.conn.prepare_cached(&sql)?.execute(params_from_iter(values))? {
            0 => Err(missing::<R>(record.id())),
            _ => Ok(()),
        }
    }
    /// Reads a record, changes it, writes it back, and returns it as it is now.
    ///
    /// # Errors
    /// When there is none, or the file refuses.
    pub fn modify<R: Record>(&self, id: R::Id, change: impl FnOnce(&mut R)) -> Result<R, StoreError> {
        let mut record = self.read().require::<R>(id)?;
        change(&mut record);
        self.update(&record)?;
        Ok(record)
    }
    /// Takes a record out. What hangs under it must have been taken out first: see `remove.rs` for the trees.
    ///
    /// # Errors
    /// When there is none, or the file refuses.
    pub(super) fn delete_row<R: Record>(&self, id: R::Id) -> Result<(), StoreError> {
        let record: crate::domain::RecordId = id.into();
        let sql = format!("DELETE FROM {} WHERE id = ?", R::TABLE);
        match self.conn.prepare_cached(&sql)?.execute([Value::Blob(record.as_bytes().to_vec())])? {
            0 => Err(missing::<R>(id)),
            _ => Ok(()),
        }
    }
}

pub(super) fn missing<R: Record>(id: R::Id) -> StoreError {
    StoreError::Missing { what: R::WHAT, id: id.into().to_string() }
}

/// The columns, quoted: some are words of SQL (`end`, `constraint`).
pub(super) fn quoted<R: Record>() -> Vec<String> {
    R::COLUMNS.iter().map(|column| format!("\"{column}\"")).collect()
}
