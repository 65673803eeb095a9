//! The search index, kept up with every step: one line of text a record, keys for forms, and two full-text indexes
//! over the lines. A step of sixty thousand records writes each full-text index with a statement or two.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value as Json;

use super::StoreError;
use super::changes::RowChange;
use super::search::{form_key, search_key};
use crate::domain::RecordId;

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

/// The columns that the index is made of: those searched, and of another form of an entry its form and its entry.
pub(super) fn columns(table: &str) -> &'static [&'static str] {
    match table {
        "form" => &["form", "lexeme"],
        table => searched(table),
    }
}

/// Searched columns that hold text as typed; the others hold JSON. What people type may look like JSON.
const PLAIN: &[&str] = &["value", "code", "name", "place", "scientific_name"];

/// The texts in a column's value: itself, or the values of a JSON object or list.
fn texts(column: &str, value: &Value, into: &mut Vec<String>) {
    let Value::Text(value) = value else { return };
    if PLAIN.contains(&column) {
        into.push(value.clone());
        return;
    }
    let owned = |text: &Json| text.as_str().map(str::to_owned);
    match serde_json::from_str::<Json>(value) {
        Ok(Json::Object(map)) => into.extend(map.values().filter_map(owned)),
        Ok(Json::Array(list)) => into.extend(list.iter().filter_map(owned)),
        _ => into.push(value.clone()),
    }
}

/// A record's line of text; empty when it says nothing.
fn line(table: &str, values: &[Value]) -> String {
    let mut all = Vec::new();
    for (name, value) in searched(table).iter().zip(values) {
        texts(name, value, &mut all);
    }
    all.retain(|text| !text.is_empty());
    all.join(" · ")
}

/// The ways to write a record, as keys: what they belong to (`word`, `lexeme`), whose they are, the keys.
fn form_keys(table: &str, record: RecordId, values: &[Value]) -> Option<(&'static str, Vec<u8>, Vec<String>)> {
    let (kind, owner, columns) = match table {
        "word" => ("word", record.as_bytes().to_vec(), 1),
        "lexeme" => ("lexeme", record.as_bytes().to_vec(), 2),
        "form" => match values.get(1) {
            Some(Value::Blob(lexeme)) => ("lexeme", lexeme.clone(), 1),
            _ => return None,
        },
        _ => return None,
    };
    let mut forms = Vec::new();
    values.iter().take(columns).for_each(|value| texts("form", value, &mut forms));
    let key = |form: &String| if kind == "word" { search_key(form) } else { form_key(form) };
    let mut keys: Vec<String> = forms.iter().map(key).filter(|key| !key.is_empty()).collect();
    keys.sort();
    keys.dedup();
    Some((kind, owner, keys))
}

fn keep_form_keys(conn: &Connection, row: &RowChange, values: Option<&[Value]>) -> Result<(), StoreError> {
    if !matches!(row.table, "word" | "lexeme" | "form") {
        return Ok(());
    }
    let id = row.record.as_bytes().as_slice();
    if row.action != "insert" {
        conn.prepare_cached("DELETE FROM form_key WHERE record = ?1")?.execute([id])?;
    }
    let Some((kind, owner, keys)) = values.and_then(|values| form_keys(row.table, row.record, values)) else {
        return Ok(());
    };
    let mut insert = conn.prepare_cached("INSERT INTO form_key (record, owner, kind, key) VALUES (?1, ?2, ?3, ?4)")?;
    for key in keys {
        insert.execute(params![id, owner, kind, key])?;
    }
    Ok(())
}

/// What a row's columns say now; `None` when it is not there.
fn now(conn: &Connection, row: &RowChange, columns: &[&str]) -> Result<Option<Vec<Value>>, StoreError> {
    let sql = format!("SELECT {} FROM {} WHERE id = ?1", columns.join(", "), row.table);
    let read = |found: &rusqlite::Row<'_>| (0..columns.len()).map(|at| found.get(at)).collect();
    Ok(conn.prepare_cached(&sql)?.query_row([row.record.as_bytes().as_slice()], read).optional()?)
}

/// Brings the index up to date for the rows a step changed.
pub(super) fn reindex(conn: &Connection, rows: &[RowChange]) -> Result<(), StoreError> {
    let mut lines: Vec<(&RowChange, String)> = Vec::new();
    // Lines whose text leaves the full-text indexes, and those of them that go altogether.
    let (mut leaving, mut gone): (Vec<i64>, Vec<i64>) = (Vec::new(), Vec::new());
    let mut changed: Vec<(i64, String)> = Vec::new();
    let mut known = conn.prepare_cached("SELECT id, text FROM search_text WHERE record = ?1")?;
    for row in rows {
        let columns = columns(row.table);
        if columns.is_empty() {
            continue;
        }
        let found = match row.action {
            "insert" => None,
            "delete" => Some(None),
            _ => Some(now(conn, row, columns)?),
        };
        let values = found.as_ref().map_or(Some(&row.new), Option::as_ref);
        keep_form_keys(conn, row, values.map(Vec::as_slice))?;
        let text = values.map(|values| line(row.table, values)).unwrap_or_default();
        let before: Option<(i64, String)> = match row.action {
            "insert" => None,
            _ => known
                .query_row([row.record.as_bytes().as_slice()], |found| Ok((found.get(0)?, found.get(1)?)))
                .optional()?,
        };
        match before {
            Some((_, before)) if before == text => {}
            Some((id, _)) => {
                leaving.push(id);
                if text.is_empty() { gone.push(id) } else { changed.push((id, text)) }
            }
            None if text.is_empty() => {}
            None => lines.push((row, text)),
        }
    }
    drop(known);
    full_text(conn, &mut leaving, |index| {
        format!(
            "INSERT INTO {index} ({index}, rowid, key) SELECT 'delete', id, key FROM search_text \
             WHERE id BETWEEN ?1 AND ?2"
        )
    })?;
    let mut delete = conn.prepare_cached("DELETE FROM search_text WHERE id = ?1")?;
    gone.iter().try_for_each(|id| delete.execute([id]).map(|_| ()))?;
    let mut coming: Vec<i64> = Vec::with_capacity(changed.len() + lines.len());
    let mut update = conn.prepare_cached("UPDATE search_text SET text = ?2, key = ?3 WHERE id = ?1")?;
    for (id, text) in changed {
        update.execute(params![id, text, search_key(&text)])?;
        coming.push(id);
    }
    let mut insert = conn.prepare_cached(
        "INSERT INTO search_text (record, \"table\", text, key) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (record) DO NOTHING",
    )?;
    for (row, text) in lines {
        if insert.execute(params![row.record.as_bytes().as_slice(), row.table, text, search_key(&text)])? > 0 {
            coming.push(conn.last_insert_rowid());
        }
    }
    full_text(conn, &mut coming, |index| {
        format!("INSERT INTO {index} (rowid, key) SELECT id, key FROM search_text WHERE id BETWEEN ?1 AND ?2")
    })
}

/// Runs a statement on both full-text indexes over lines by their numbers, numbers that follow each other at once.
fn full_text(conn: &Connection, lines: &mut Vec<i64>, sql: impl Fn(&str) -> String) -> Result<(), StoreError> {
    lines.sort_unstable();
    lines.dedup();
    let mut runs: Vec<(i64, i64)> = Vec::new();
    for id in lines.iter().copied() {
        match runs.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(id) => *last = id,
            _ => runs.push((id, id)),
        }
    }
    if runs.is_empty() {
        return Ok(());
    }
    for index in ["search_word", "search_trigram"] {
        let mut statement = conn.prepare_cached(&sql(index))?;
        for (first, last) in &runs {
            statement.execute(params![first, last])?;
        }
    }
    Ok(())
}

/// Builds the index anew.
pub(super) fn rebuild(conn: &Connection) -> Result<(), StoreError> {
    conn.execute_batch("DELETE FROM search_text; DELETE FROM form_key;")?;
    for table in super::record::TABLES {
        let columns = columns(table);
        if columns.is_empty() {
            continue;
        }
        let mut query = conn.prepare(&format!("SELECT id, {} FROM {table}", columns.join(", ")))?;
        let mut found = query.query([])?;
        let mut insert =
            conn.prepare_cached("INSERT INTO search_text (record, \"table\", text, key) VALUES (?1, ?2, ?3, ?4)")?;
        while let Some(row) = found.next()? {
            let Ok(record) = RecordId::from_slice(&row.get::<_, Vec<u8>>(0)?) else { continue };
            let new: Vec<Value> = (1..=columns.len()).map(|at| row.get(at)).collect::<Result<_, _>>()?;
            let row = RowChange { table, record, action: "insert", old: Vec::new(), new };
            keep_form_keys(conn, &row, Some(&row.new))?;
            let text = line(table, &row.new);
            if !text.is_empty() {
                insert.execute(params![record.as_bytes().as_slice(), table, text, search_key(&text)])?;
            }
        }
    }
    for index in ["search_word", "search_trigram"] {
        conn.execute(&format!("INSERT INTO {index} ({index}) VALUES ('rebuild')"), [])?;
    }
    Ok(())
}
