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

/// Searched columns that hold text as typed; the others hold JSON. What people type may look like JSON.
const PLAIN: &[&str] = &["value", "code", "name", "place", "scientific_name"];

/// The texts in a column's value: itself, or the values of a JSON object or list.
fn texts(column: &str, value: String, into: &mut Vec<String>) {
    if PLAIN.contains(&column) {
        into.push(value);
        return;
    }
    let owned = |text: &Json| text.as_str().map(str::to_owned);
    match serde_json::from_str::<Json>(&value) {
        Ok(Json::Object(map)) => into.extend(map.values().filter_map(owned)),
        Ok(Json::Array(list)) => into.extend(list.iter().filter_map(owned)),
        _ => into.push(value),
    }
}

fn index_one(conn: &Connection, table: &str, record: RecordId) -> Result<(), StoreError> {
    let columns = searched(table);
    if columns.is_empty() {
        return keep_form_keys(conn, table, record);
    }
    let id = record.as_bytes().as_slice();
    let sql = format!("SELECT {} FROM {table} WHERE id = ?1", columns.join(", "));
    let found: Option<Vec<String>> = conn
        .prepare_cached(&sql)?
        .query_row([id], |row| {
            let mut all = Vec::new();
            for (column, name) in columns.iter().enumerate() {
                if let Some(value) = row.get::<_, Option<String>>(column)? {
                    texts(name, value, &mut all);
                }
            }
            all.retain(|text| !text.is_empty());
            Ok(all)
        })
        .optional()?;
    keep_form_keys(conn, table, record)?;
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

/// The key under which a word, an entry or an affix is found by its form: without the marks around an affix.
pub(super) fn form_key(form: &str) -> String {
    search_key(form.trim_matches(['-', '=', '*']))
}

/// Brings the keys of a word, an entry or another form of one up to date.
fn keep_form_keys(conn: &Connection, table: &str, record: RecordId) -> Result<(), StoreError> {
    let (kind, owner, columns) = match table {
        "word" => ("word", "id", "form, NULL"),
        "lexeme" => ("lexeme", "id", "form, citation"),
        "form" => ("lexeme", "lexeme", "form, NULL"),
        _ => return Ok(()),
    };
    let id = record.as_bytes().as_slice();
    conn.prepare_cached("DELETE FROM form_key WHERE record = ?1")?.execute([id])?;
    let found: Option<(Vec<u8>, Vec<String>)> = conn
        .prepare_cached(&format!("SELECT {owner}, {columns} FROM {table} WHERE id = ?1"))?
        .query_row([id], |row| {
            let mut forms = Vec::new();
            for column in 1..=2 {
                if let Some(value) = row.get::<_, Option<String>>(column)? {
                    texts("form", value, &mut forms);
                }
            }
            Ok((row.get(0)?, forms))
        })
        .optional()?;
    let Some((owner, forms)) = found else { return Ok(()) };
    let key = |form: &String| if kind == "word" { search_key(form) } else { form_key(form) };
    let mut keys: Vec<String> = forms.iter().map(key).filter(|key| !key.is_empty()).collect();
    keys.sort();
    keys.dedup();
    let mut insert = conn.prepare_cached("INSERT INTO form_key (record, owner, kind, key) VALUES (?1, ?2, ?3, ?4)")?;
    for key in keys {
        insert.execute(params![id, owner, kind, key])?;
    }
    Ok(())
}

/// Brings the index up to date for the rows a step changed.
pub(super) fn reindex(conn: &Connection, rows: &[RowChange]) -> Result<(), StoreError> {
    rows.iter().try_for_each(|row| index_one(conn, row.table, row.record))
}

/// Builds the index anew.
pub(super) fn rebuild(conn: &Connection) -> Result<(), StoreError> {
    conn.execute_batch("DELETE FROM search_text; DELETE FROM form_key;")?;
    for table in super::record::TABLES {
        if searched(table).is_empty() && *table != "form" {
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
        // A zero byte would end the query early; nothing that is typed holds one.
        let key = search_key(&query.replace('\0', " "));
        if key.is_empty() {
            return Ok(Vec::new());
        }
        let words: Vec<String> = key.split(' ').map(quote).collect();
        let mut hits = self.hits("search_word", &format!("{}*", words.join(" ")), limit)?;
        if hits.len() < limit {
            // Two letters are no trigram: a tone mark or a digraph is looked for in every text.
            let within = match key.chars().count() {
                0..3 => self.texts_with(&key, limit)?,
                _ => self.hits("search_trigram", &quote(&key), limit)?,
            };
            for hit in within {
                if hits.len() < limit && !hits.iter().any(|known| known.record == hit.record) {
                    hits.push(hit);
                }
            }
        }
        Ok(hits)
    }
    fn texts_with(&self, key: &str, limit: usize) -> Result<Vec<Hit>, StoreError> {
        let sql = "SELECT record, \"table\", text FROM search_text WHERE instr(key, ?1) > 0 ORDER BY id LIMIT ?2";
        self.found(sql, key, limit)
    }
    fn hits(&self, index: &str, query: &str, limit: usize) -> Result<Vec<Hit>, StoreError> {
        let sql = format!(
            "SELECT record, \"table\", text FROM {index} JOIN search_text ON search_text.id = {index}.rowid \
             WHERE {index} MATCH ?1 ORDER BY rank LIMIT ?2"
        );
        self.found(&sql, query, limit)
    }
    fn found(&self, sql: &str, query: &str, limit: usize) -> Result<Vec<Hit>, StoreError> {
        self.rows(sql, params![query, i64::try_from(limit).unwrap_or(i64::MAX)], |row| {
            let id: Vec<u8> = row.get(0)?;
            Ok(Hit { record: RecordId::from_slice(&id).unwrap_or_default(), table: row.get(1)?, text: row.get(2)? })
        })
    }
}
