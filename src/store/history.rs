//! What happened to each record, when and by whom. History is only ever added to; undo adds to it too.

use rusqlite::types::Value;
use rusqlite::{Connection, params};
use serde_json::{Map, Value as Json};

use super::changes::RowChange;
use super::record::Record;
use super::{Reader, StoreError, undo};
use crate::domain::{
    Annotation, Example, ExternalLink, Form, Language, Lexeme, Media, ModelRun, Morph, Person, Project, RecordId,
    Relation, Sense, Session, Tag, Tier, Track, Vocabulary, Word,
};

/// The step number under which undo and redo write history: they belong to no step of the log.
pub(super) const STEP_OF_UNDO: i64 = 0;

/// One thing that happened to a record.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryEntry {
    /// `insert`, `update` or `delete`.
    pub action: String,
    /// The values before, by field: those that changed, or all when it was deleted.
    pub old: Map<String, Json>,
    pub author: String,
    /// RFC 3339.
    pub at: String,
}

fn columns(table: &str) -> &'static [&'static str] {
    macro_rules! find {
        ($($record:ident),*) => { match table { $(t if t == $record::TABLE => $record::COLUMNS,)* _ => &[] } };
    }
    find!(
        Project,
        Language,
        Person,
        Session,
        Media,
        Vocabulary,
        Tier,
        Annotation,
        Lexeme,
        Form,
        Sense,
        Example,
        Relation,
        ExternalLink,
        Word,
        Morph,
        ModelRun,
        Track,
        Tag
    )
}

fn json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Integer(n) => Json::from(*n),
        Value::Real(x) => Json::from(*x),
        Value::Text(text) => Json::from(text.as_str()),
        Value::Blob(bytes) => match RecordId::from_slice(bytes) {
            Ok(id) => Json::from(id.to_string()),
            Err(_) => Json::from(format!("{} bytes", bytes.len())),
        },
    }
}

/// Writes what a step did. Within one step a record keeps the first values before: typing is one change.
pub(super) fn record(conn: &Connection, step: i64, rows: &[RowChange], author: &str) -> Result<(), StoreError> {
    let at = undo::now();
    let mut seen = conn.prepare_cached("SELECT 1 FROM history WHERE step = ?1 AND record = ?2 AND action = ?3")?;
    let mut insert = conn.prepare_cached(
        "INSERT INTO history (step, record, \"table\", action, old, author, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for row in rows {
        let id = row.record.as_bytes().as_slice();
        if step != STEP_OF_UNDO && seen.exists(params![step, id, row.action])? {
            continue;
        }
        let names = columns(row.table);
        let old: Map<String, Json> = row
            .old
            .iter()
            .filter_map(|(column, value)| Some(((*names.get(*column)?).to_owned(), json(value))))
            .collect();
        let old = if old.is_empty() { None } else { Some(Json::Object(old).to_string()) };
        insert.execute(params![step, id, row.table, row.action, old, author, at])?;
    }
    Ok(())
}

impl Reader<'_> {
    /// Everything that happened to a record, newest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn history(&self, record: RecordId) -> Result<Vec<HistoryEntry>, StoreError> {
        let mut query = self
            .conn
            .prepare_cached("SELECT action, old, author, at FROM history WHERE record = ?1 ORDER BY id DESC")?;
        let rows = query.query_map([record.as_bytes().as_slice()], |row| {
            let old: Option<String> = row.get(1)?;
            Ok(HistoryEntry {
                action: row.get(0)?,
                old: old.and_then(|old| serde_json::from_str(&old).ok()).unwrap_or_default(),
                author: row.get(2)?,
                at: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
