//! What happened to each record, when and by whom. History is only ever added to; undo adds to it too.

use std::collections::HashMap;

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Map, Value as Json};

use super::changes::RowChange;
use super::record::Record;
use super::undo::{self, Step};
use super::{Reader, StoreError};
use crate::domain::{
    Annotation, Example, ExternalLink, Form, Language, Lexeme, Media, ModelRun, Morph, Person, Project, RecordId,
    Relation, Review, Sense, Session, Tag, Tier, Track, Vocabulary, Word,
};

/// The step number under which undo and redo write history: they belong to no step of the log.
pub(super) const STEP_OF_UNDO: Step = Step { number: 0, joined: false };

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

/// The columns of a table.
pub(super) fn columns(table: &str) -> &'static [&'static str] {
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
        Tag,
        Review
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
pub(super) fn record(conn: &Connection, step: &Step, rows: &[RowChange], author: &str) -> Result<(), StoreError> {
    let at = undo::now();
    let mut seen = conn.prepare_cached("SELECT 1 FROM history WHERE step = ?1 AND record = ?2 AND action = ?3")?;
    let mut insert = conn.prepare_cached(
        "INSERT INTO history (step, record, \"table\", action, old, author, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for row in rows {
        let id = row.record.as_bytes().as_slice();
        // Only a step that joined another one can meet a record again: a changeset has each record once.
        if step.joined && seen.exists(params![step.number, id, row.action])? {
            continue;
        }
        let names = columns(row.table);
        let old: Map<String, Json> = row
            .old
            .iter()
            .filter_map(|(column, value)| Some(((*names.get(*column)?).to_owned(), json(value))))
            .collect();
        let old = if old.is_empty() { None } else { Some(Json::Object(old).to_string()) };
        insert.execute(params![step.number, id, row.table, row.action, old, author, at])?;
    }
    Ok(())
}

/// Of one record: by column, every value that was asked for, as JSON.
pub type GivenValues = HashMap<String, Vec<Json>>;

impl Reader<'_> {
    /// For each of these records (their table first), by column, the values that imports of the file of that name
    /// gave it. Records that no such import touched are not in it. Values are as columns hold them: ids as text,
    /// what is structured as its JSON text.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn given_by(
        &self,
        source: &str,
        records: &[(&'static str, RecordId)],
    ) -> Result<HashMap<RecordId, GivenValues>, StoreError> {
        let mut given = HashMap::new();
        if source.is_empty() {
            return Ok(given);
        }
        for (table, record) in records {
            let values = self.given_to(source, table, *record)?;
            if !values.is_empty() {
                given.insert(*record, values);
            }
        }
        Ok(given)
    }

    fn given_to(&self, source: &str, table: &'static str, record: RecordId) -> Result<GivenValues, StoreError> {
        let mut given = GivenValues::new();
        let names = columns(table);
        let Some((_, fields)) = names.split_first() else { return Ok(given) };
        let id = record.as_bytes().as_slice();
        let list: Vec<String> = fields.iter().map(|name| format!("\"{name}\"")).collect();
        let sql = format!("SELECT {} FROM {table} WHERE id = ?1", list.join(", "));
        let read = |row: &rusqlite::Row<'_>| {
            let mut values = Map::new();
            for (at, name) in fields.iter().enumerate() {
                values.insert((*name).to_owned(), json(&row.get::<_, Value>(at)?));
            }
            Ok(values)
        };
        // The values as they were after each step, from the newest back.
        let now: Option<Map<String, Json>> = self.conn.prepare_cached(&sql)?.query_row([id], read).optional()?;
        let Some(mut after) = now else { return Ok(given) };
        let rows = self.rows(
            "SELECT h.action, h.old, u.op = 'import' AND u.source = ?2 FROM history h LEFT JOIN undo_log u ON u.id = h.step \
             WHERE h.record = ?1 ORDER BY h.id DESC",
            params![id, source],
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?, row.get::<_, Option<bool>>(2)?)),
        )?;
        for (action, old, from_source) in rows {
            let old: Map<String, Json> = old.and_then(|old| serde_json::from_str(&old).ok()).unwrap_or_default();
            if from_source == Some(true) {
                let touched = |name: &String| action == "insert" || old.contains_key(name);
                for (name, value) in after.iter().filter(|(name, _)| touched(name)) {
                    let all = given.entry(name.clone()).or_default();
                    if !all.contains(value) {
                        all.push(value.clone());
                    }
                }
            }
            after.extend(old);
        }
        Ok(given)
    }

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
