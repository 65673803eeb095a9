//! Full-text search over everything people typed, kept up with every step.

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value as Json;
use unicode_normalization::UnicodeNormalization;

use super::changes::RowChange;
use super::{Reader, StoreError};
use crate::domain::RecordId;

/// One record found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    pub record: RecordId,
    /// Its table: `annotation`, `word`, `morph`, `lexeme`, `sense`, ….
    pub table: String,
    /// The text that matched, as typed.
    pub text: String,
}

/// The key under which a text is searched and compared: NFD, lower case, white space made single.
/// Tone marks and tie bars stay: they tell words apart.
pub fn search_key(text: &str) -> String {
    let folded: String = text.nfd().flat_map(char::to_lowercase).collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The columns of a table whose text is searched; JSON columns give their values.
fn searched(table: &str) -> &'static [&'static str] {
    match table {
        "annotation" => &["value"],
        // Words by form alone, so that a form finds its other occurrences by equality of keys.
        "word" => &["form"],
        "morph" => &["form", "gloss"],
        "lexeme" => &["form", "citation", "notes"],
        "sense" => &["gloss", "definition", "scientific_name", "domains"],
        "example" => &["text", "translation"],
        "session" => &["name", "title", "description", "place"],
        "person" => &["code", "name"],
        _ => &[],
    }
}

/// The texts in a value: itself, or the values of a JSON object or list.
fn texts(value: &str, into: &mut Vec<String>) {
    let structured = value.starts_with('{') || value.starts_with('[');
    match serde_json::from_str::<Json>(value) {
        Ok(Json::Object(map)) if structured => into.extend(map.values().filter_map(Json::as_str).map(str::to_owned)),
        Ok(Json::Array(list)) if structured => into.extend(list.iter().filter_map(Json::as_str).map(str::to_owned)),
        _ if value.is_empty() => {}
        _ => into.push(value.to_owned()),
    }
}

fn index_one(conn: &Connection, table: &str, record: RecordId) -> Result<(), StoreError> {
    let columns = searched(table);
    if columns.is_empty() {
        return Ok(());
    }
    let id = record.as_bytes().as_slice();
    let sql = format!("SELECT {} FROM {table} WHERE id = ?1", columns.join(", "));
    let found: Option<Vec<String>> = conn
        .prepare_cached(&sql)?
        .query_row([id], |row| {
            let mut all = Vec::new();
            for column in 0..columns.len() {
                if let Some(value) = row.get::<_, Option<String>>(column)? {
                    texts(&value, &mut all);
                }
            }
            Ok(all)
        })
        .optional()?;
    match found.map(|texts| texts.join(" · ")).filter(|text| !text.is_empty()) {
        Some(text) => {
            conn.prepare_cached(
                "INSERT INTO search_text (record, \"table\", text, key) VALUES (?1, ?2, ?3, ?4) \
                 ON CONFLICT (record) DO UPDATE SET text = excluded.text, key = excluded.key \
                 WHERE text <> excluded.text",
            )?
            .execute(params![id, table, text, search_key(&text)])?;
        }
        None => {
            conn.prepare_cached("DELETE FROM search_text WHERE record = ?1")?.execute([id])?;
        }
    }
    Ok(())
}

/// Brings the index up to date for the rows a step changed.
pub(super) fn reindex(conn: &Connection, rows: &[RowChange]) -> Result<(), StoreError> {
    rows.iter().try_for_each(|row| index_one(conn, row.table, row.record))
}

/// Builds the index anew.
pub(super) fn rebuild(conn: &Connection) -> Result<(), StoreError> {
    conn.execute_batch("DELETE FROM search_text")?;
    for table in super::record::TABLES {
        if searched(table).is_empty() {
            continue;
        }
        let mut query = conn.prepare(&format!("SELECT id FROM {table}"))?;
        let ids: Vec<Vec<u8>> = query.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        for id in ids {
            if let Ok(record) = RecordId::from_slice(&id) {
                index_one(conn, table, record)?;
            }
        }
    }
    Ok(())
}

/// A query for FTS5 in which nothing that people type is an operator.
fn quote(word: &str) -> String {
    format!("\"{}\"", word.replace('"', "\"\""))
}

impl Reader<'_> {
    /// Records that hold every word of the query (the last one as a beginning), or the query anywhere within a
    /// word; whole words first, at most `limit`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn search(&self, query: &str, limit: usize) -> Result<Vec<Hit>, StoreError> {
        let key = search_key(query);
        if key.is_empty() {
            return Ok(Vec::new());
        }
        let words: Vec<String> = key.split(' ').map(quote).collect();
        let mut hits = self.hits("search_word", &format!("{}*", words.join(" ")), limit)?;
        if key.chars().count() >= 3 && hits.len() < limit {
            for hit in self.hits("search_trigram", &quote(&key), limit)? {
                if hits.len() < limit && !hits.iter().any(|known| known.record == hit.record) {
                    hits.push(hit);
                }
            }
        }
        Ok(hits)
    }
    fn hits(&self, index: &str, query: &str, limit: usize) -> Result<Vec<Hit>, StoreError> {
        let sql = format!(
            "SELECT record, \"table\", text FROM {index} JOIN search_text ON search_text.id = {index}.rowid \
             WHERE {index} MATCH ?1 ORDER BY rank LIMIT ?2"
        );
        self.rows(&sql, params![query, limit as i64], |row| {
            let id: Vec<u8> = row.get(0)?;
            Ok(Hit { record: RecordId::from_slice(&id).unwrap_or_default(), table: row.get(1)?, text: row.get(2)? })
        })
    }
}
