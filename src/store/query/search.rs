//! Where a record that was found stands.

use rusqlite::OptionalExtension;

use crate::domain::{AnnotationId, LexemeId, RecordId, SessionId, TierId, Time, WordId};
use crate::store::{Reader, StoreError};

/// Where a record stands: the text or the entry one goes to for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whereabouts {
    pub session: Option<SessionId>,
    pub session_name: String,
    pub tier: Option<TierId>,
    pub annotation: Option<AnnotationId>,
    /// Start of the annotation, where it is aligned.
    pub start: Option<Time>,
    pub word: Option<WordId>,
    pub lexeme: Option<LexemeId>,
}

impl Reader<'_> {
    /// The table in which the search knows a record; `None` for one that it does not know.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn searched_table(&self, record: RecordId) -> Result<Option<String>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT \"table\" FROM search_text WHERE record = ?1")?;
        Ok(query.query_row([record.as_bytes().as_slice()], |row| row.get(0)).optional()?)
    }

    /// Where a record of a table stands; nothing is filled in for one that is not there.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn whereabouts(&self, table: &str, record: RecordId) -> Result<Whereabouts, StoreError> {
        let place = "session.id, session.name, tier.id, annotation.id, annotation.start";
        let from = "FROM annotation JOIN tier ON tier.id = annotation.tier JOIN session ON session.id = tier.session";
        let nothing = "NULL, '', NULL, NULL, NULL";
        let sql = match table {
            "annotation" => format!("SELECT {place}, NULL, NULL {from} WHERE annotation.id = ?1"),
            "word" => format!(
                "SELECT {place}, word.id, NULL {from} JOIN word ON word.annotation = annotation.id WHERE word.id = ?1"
            ),
            "morph" => format!(
                "SELECT {place}, word.id, NULL {from} JOIN word ON word.annotation = annotation.id \
                 JOIN morph ON morph.word = word.id WHERE morph.id = ?1"
            ),
            "lexeme" => format!("SELECT {nothing}, NULL, id FROM lexeme WHERE id = ?1"),
            "sense" => format!("SELECT {nothing}, NULL, lexeme FROM sense WHERE id = ?1"),
            "example" => format!(
                "SELECT {nothing}, NULL, sense.lexeme FROM example JOIN sense ON sense.id = example.sense \
                 WHERE example.id = ?1"
            ),
            "session" => "SELECT id, name, NULL, NULL, NULL, NULL, NULL FROM session WHERE id = ?1".to_owned(),
            _ => return Ok(Whereabouts::default()),
        };
        let id = |row: &rusqlite::Row<'_>, column| -> rusqlite::Result<Option<RecordId>> {
            Ok(row.get::<_, Option<Vec<u8>>>(column)?.and_then(|bytes| RecordId::from_slice(&bytes).ok()))
        };
        let found = self
            .conn
            .prepare_cached(&sql)?
            .query_row([record.as_bytes().as_slice()], |row| {
                Ok(Whereabouts {
                    session: id(row, 0)?.map(SessionId),
                    session_name: row.get(1)?,
                    tier: id(row, 2)?.map(TierId),
                    annotation: id(row, 3)?.map(AnnotationId),
                    start: row.get::<_, Option<i64>>(4)?.map(Time),
                    word: id(row, 5)?.map(WordId),
                    lexeme: id(row, 6)?.map(LexemeId),
                })
            })
            .optional()?;
        Ok(found.unwrap_or_default())
    }
}
