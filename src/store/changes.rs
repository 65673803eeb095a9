//! What a changeset changes, read once for history, search and the views to refresh.

use std::collections::{BTreeSet, HashMap};
use std::io::Read;

use rusqlite::fallible_streaming_iterator::FallibleStreamingIterator;
use rusqlite::hooks::Action;
use rusqlite::session::ChangesetIter;
use rusqlite::types::{Value, ValueRef};

use super::record::TABLES;
use super::{StoreError, history, index};
use crate::domain::RecordId;

/// Which records a step touched: the views that show them must be asked again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// Tables with a change.
    pub tables: BTreeSet<&'static str>,
    /// Every record with a change, its table first.
    pub records: Vec<(&'static str, RecordId)>,
}

impl Changed {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }
    /// Whether any of these tables changed.
    pub fn touches(&self, tables: &[&str]) -> bool {
        tables.iter().any(|table| self.tables.contains(table))
    }
    /// Adds another step's changes.
    pub fn merge(&mut self, other: Self) {
        self.tables.extend(other.tables);
        self.records.extend(other.records);
    }
}

/// One row's change, owned.
pub(super) struct RowChange {
    pub table: &'static str,
    pub record: RecordId,
    pub action: &'static str,
    /// Column index and the value before, of columns that changed (update) or of all (delete).
    pub old: Vec<(usize, Value)>,
    /// What an inserted row says in the columns that the search index is made of.
    pub new: Vec<Value>,
}

fn owned(value: ValueRef<'_>) -> Value {
    Value::try_from(value).unwrap_or(Value::Null)
}

/// Where the columns that the search index is made of stand in a table.
fn indexed_places(table: &str) -> Vec<usize> {
    let all = history::columns(table);
    index::columns(table).iter().filter_map(|name| all.iter().position(|column| column == name)).collect()
}

/// Reads a changeset row by row.
pub(super) fn rows(changeset: &[u8]) -> Result<Vec<RowChange>, StoreError> {
    let mut rows = Vec::new();
    if changeset.is_empty() {
        return Ok(rows);
    }
    let mut indexed: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut input: &[u8] = changeset;
    let input: &mut dyn Read = &mut input;
    let mut items = ChangesetIter::start_strm(&input)?;
    while let Some(item) = items.next()? {
        let op = item.op()?;
        let Some(table) = TABLES.iter().find(|table| **table == op.table_name()) else { continue };
        let columns = op.number_of_columns() as usize;
        let action = match op.code() {
            Action::SQLITE_INSERT => "insert",
            Action::SQLITE_DELETE => "delete",
            _ => "update",
        };
        let key = if action == "insert" { item.new_value(0)? } else { item.old_value(0)? };
        let Some(record) = key.as_blob().ok().and_then(|b| RecordId::from_slice(b).ok()) else { continue };
        let mut old = Vec::new();
        if action != "insert" {
            for column in 1..columns {
                // Columns that an update left alone have no old value.
                if let Ok(value) = item.old_value(column) {
                    old.push((column, owned(value)));
                }
            }
        }
        let new = match action {
            "insert" => {
                let places = indexed.entry(*table).or_insert_with(|| indexed_places(table));
                places.iter().map(|place| item.new_value(*place).map(owned)).collect::<Result<_, _>>()?
            }
            _ => Vec::new(),
        };
        rows.push(RowChange { table, record, action, old, new });
    }
    Ok(rows)
}

/// The summary of rows changed.
pub(super) fn summary(rows: &[RowChange]) -> Changed {
    let mut changed = Changed::default();
    for row in rows {
        changed.tables.insert(row.table);
        changed.records.push((row.table, row.record));
    }
    changed
}
