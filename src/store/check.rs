//! Is the project whole: the file itself, records that point at nothing, recordings that are not there.

use std::fs::File;

use super::{Store, StoreError};
use crate::domain::{Media, RecordId};

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// The SQLite file has damage.
    Damage,
    /// A record points at one that is not there.
    DanglingLink,
    /// A recording's file is not where it should be.
    MissingMedia,
    /// A recording's file is there but is not the one that was annotated.
    ChangedMedia,
    /// Samples of a track that is no longer there.
    Orphan,
    /// The search index is out of step.
    Search,
}

/// One thing that is wrong, in the user's words.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    pub kind: ProblemKind,
    pub text: String,
    pub record: Option<RecordId>,
}

impl Store {
    /// Looks for everything that may be wrong with the project. Nothing is changed.
    ///
    /// # Errors
    /// When the file cannot be read at all.
    pub fn check(&self) -> Result<Vec<Problem>, StoreError> {
        let mut problems = Vec::new();
        let mut add = |kind, text: String, record| problems.push(Problem { kind, text, record });
        let read = self.read();
        for line in read.rows("PRAGMA integrity_check(20)", [], |row| row.get::<_, String>(0))? {
            if line != "ok" {
                add(ProblemKind::Damage, line, None);
            }
        }
        let foreign = read.rows("PRAGMA foreign_key_check", [], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, Option<i64>>(1)?, row.get::<_, String>(2)?))
        })?;
        for (table, _, parent) in foreign {
            add(ProblemKind::DanglingLink, format!("a {table} points at a {parent} that is not there"), None);
        }
        let loose = read.rows(
            "WITH entry AS MATERIALIZED (SELECT id FROM lexeme UNION ALL SELECT id FROM sense) \
             SELECT id, kind FROM relation \
             WHERE source NOT IN entry OR (target IS NOT NULL AND target NOT IN entry)",
            [],
            |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, String>(1)?)),
        )?;
        for (id, kind) in loose {
            let id = RecordId::from_slice(&id).ok();
            add(ProblemKind::DanglingLink, format!("a relation '{kind}' leads to an entry that is not there"), id);
        }
        let known: Vec<String> = super::TABLES
            .iter()
            .map(|table| format!("NOT EXISTS (SELECT 1 FROM {table} WHERE {table}.id = link.record)"))
            .collect();
        let sql = format!("SELECT id, iri FROM link WHERE {}", known.join(" AND "));
        let loose = read.rows(&sql, [], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, String>(1)?)))?;
        for (id, iri) in loose {
            let id = RecordId::from_slice(&id).ok();
            add(ProblemKind::DanglingLink, format!("the link to {iri} belongs to a record that is not there"), id);
        }
        for media in read.all::<Media>()? {
            let path = self.folder().media_path(&media);
            match File::open(&path).and_then(|f| f.metadata()) {
                Err(e) => {
                    let text = format!("the recording {} cannot be opened: {e}", path.display());
                    add(ProblemKind::MissingMedia, text, Some(media.id.record()));
                }
                Ok(found) if media.size > 0 && found.len() != media.size as u64 => {
                    let text = format!(
                        "the recording {} is {} bytes, it was {} when it was added",
                        path.display(),
                        found.len(),
                        media.size
                    );
                    add(ProblemKind::ChangedMedia, text, Some(media.id.record()));
                }
                Ok(_) => {}
            }
        }
        let orphans: i64 = self.conn.query_row(
            // Samples of a track that was deleted wait for Undo; those of one that never was are a fault.
            "SELECT count(DISTINCT track) FROM track_chunk WHERE track NOT IN (SELECT id FROM track) \
             AND NOT EXISTS (SELECT 1 FROM history WHERE record = track AND action = 'delete')",
            [],
            |row| row.get(0),
        )?;
        if orphans > 0 {
            let text = format!("there are samples of {orphans} tracks that are not there");
            add(ProblemKind::Orphan, text, None);
        }
        for index in ["search_word", "search_trigram"] {
            let sql = format!("INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)");
            if let Err(e) = self.conn.execute(&sql, []) {
                add(ProblemKind::Search, format!("the search index is out of step ({e})"), None);
            }
        }
        Ok(problems)
    }
}
