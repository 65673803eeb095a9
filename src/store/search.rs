//! Full-text search over everything people typed, kept up with every step.

use rusqlite::params;
use unicode_normalization::UnicodeNormalization;

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

/// The key under which a word, an entry or an affix is found by its form: without the marks around an affix.
pub(super) fn form_key(form: &str) -> String {
    search_key(form.trim_matches(['-', '=', '*']))
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
