//! What an import once brought and somebody deleted since: it must not come back when the file is imported again.

use std::collections::HashMap;

use rusqlite::types::{Type, Value};
use rusqlite::{params, params_from_iter};
use serde_json::{Map, Value as Json};

use super::history::columns;
use super::{Reader, Record, StoreError};
use crate::domain::{Annotation, Bundle, Example, Form, Lexeme, Media, RecordId, Relation, Sense, Session, Tier, Word};

/// The values of a row, by column.
type Fields = Map<String, Json>;

/// Records by table, as the import had left them.
type Rows = HashMap<String, Vec<Fields>>;

/// Deleted by a step that stands, itself no import, after an import of that name put it in. An import that was
/// undone deleted nothing: what undo does belongs to no step.
const DELETED: &str = "SELECT DISTINCT d.record, d.\"table\" FROM history d JOIN undo_log s ON s.id = d.step \
     WHERE d.action = 'delete' AND s.op <> 'import' AND s.state IN ('done', 'fixed') AND EXISTS \
     (SELECT 1 FROM history i JOIN undo_log u ON u.id = i.step WHERE i.record = d.record AND i.action = 'insert' \
      AND u.op = 'import' AND u.source = ?1)";

/// One record's life, newest first; whether a step was an import of the file of that name.
const LIFE: &str = "SELECT h.action, h.old, u.op = 'import' AND u.source = ?2 FROM history h \
     LEFT JOIN undo_log u ON u.id = h.step WHERE h.record = ?1 ORDER BY h.id DESC";

impl Reader<'_> {
    /// The texts and entries that imports of the file of that name brought and that were deleted here since, each as
    /// the last such import left it. People, languages and the morphs of words are not among them.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn deleted_since(&self, source: &str) -> Result<Bundle, StoreError> {
        if source.is_empty() {
            return Ok(Bundle::default());
        }
        let deleted = self.rows(DELETED, params![source], |row| {
            let id: Vec<u8> = row.get(0)?;
            let id = RecordId::from_slice(&id)
                .map_err(|e| rusqlite::Error::FromSqlConversionFailure(0, Type::Blob, e.into()))?;
            Ok((id, row.get::<_, String>(1)?))
        })?;
        let mut rows = Rows::new();
        for (id, table) in deleted {
            if let Some(mut fields) = self.as_imported(id, source)? {
                // History keeps the id beside the values.
                fields.insert("id".to_owned(), Json::from(id.to_string()));
                rows.entry(table).or_default().push(fields);
            }
        }
        Ok(Bundle {
            sessions: self.again::<Session>(&rows)?,
            media: self.again::<Media>(&rows)?,
            tiers: self.again::<Tier>(&rows)?,
            annotations: self.again::<Annotation>(&rows)?,
            words: self.again::<Word>(&rows)?,
            lexemes: self.again::<Lexeme>(&rows)?,
            forms: self.again::<Form>(&rows)?,
            senses: self.again::<Sense>(&rows)?,
            examples: self.again::<Example>(&rows)?,
            relations: self.again::<Relation>(&rows)?,
            ..Bundle::default()
        })
    }

    /// A deleted record as the last import of the file left it; `None` when it is there after all.
    fn as_imported(&self, record: RecordId, source: &str) -> Result<Option<Fields>, StoreError> {
        let life = self.rows(LIFE, params![record.as_bytes().as_slice(), source], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?, row.get::<_, Option<bool>>(2)?))
        })?;
        let Some((last, _, _)) = life.first() else { return Ok(None) };
        if last != "delete" {
            return Ok(None);
        }
        let mut fields = Fields::new();
        for (_, old, by_import) in life {
            if by_import == Some(true) {
                return Ok(Some(fields));
            }
            if let Some(old) = old.and_then(|old| serde_json::from_str::<Fields>(&old).ok()) {
                fields.extend(old);
            }
        }
        Ok(None)
    }

    /// Rows of history as records. What an older program wrote and this one cannot read is left aside.
    fn again<R: Record>(&self, rows: &Rows) -> Result<Vec<R>, StoreError> {
        let Some(rows) = rows.get(R::TABLE) else { return Ok(Vec::new()) };
        let ids: Vec<String> =
            self.rows("SELECT name FROM pragma_table_info(?1) WHERE type = 'BLOB'", params![R::TABLE], |row| {
                row.get(0)
            })?;
        let names = columns(R::TABLE);
        let marks = vec!["?"; names.len()].join(", ");
        let mut select = self.conn.prepare_cached(&format!("SELECT {marks}"))?;
        let mut again = Vec::with_capacity(rows.len());
        for fields in rows {
            let values = names.iter().map(|name| sql(fields.get(*name), ids.iter().any(|id| id == name)));
            if let Ok(record) = select.query_row(params_from_iter(values), |row| R::from_row(row)) {
                again.push(record);
            }
        }
        Ok(again)
    }
}

/// A value of history as the column holds it.
fn sql(value: Option<&Json>, is_id: bool) -> Value {
    match value {
        Some(Json::String(text)) => match text.parse::<RecordId>() {
            Ok(id) if is_id => Value::Blob(id.as_bytes().to_vec()),
            _ => Value::Text(text.clone()),
        },
        Some(Json::Number(number)) => match number.as_i64() {
            Some(whole) => Value::Integer(whole),
            None => number.as_f64().map_or(Value::Null, Value::Real),
        },
        _ => Value::Null,
    }
}
