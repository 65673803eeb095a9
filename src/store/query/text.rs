//! What the interlinear view asks of a session as a whole: its lines in order, how far it has come, what stands open.

use rusqlite::{OptionalExtension, params};

use super::interlinear::id_of;
use crate::domain::{AnnotationId, Morph, MultiText, SessionId, WordId};
use crate::store::{Reader, StoreError};

/// How far the glossing of a session has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GlossingProgress {
    /// Words, punctuation left out.
    pub words: usize,
    pub approved: usize,
}

impl Reader<'_> {
    /// The utterances of a session over all its transcription tiers, by time, then by tier and place.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn line_ids(&self, session: SessionId) -> Result<Vec<AnnotationId>, StoreError> {
        self.rows(
            "SELECT a.id FROM annotation a JOIN tier t ON t.id = a.tier \
             WHERE t.session = ?1 AND t.role = 'transcription' ORDER BY a.start, t.position, a.position, a.id",
            [session.0.as_bytes().as_slice()],
            |row| Ok(AnnotationId(id_of(row, 0)?)),
        )
    }
    /// How many words a session has, and how many of them are approved.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn glossing_progress(&self, session: SessionId) -> Result<GlossingProgress, StoreError> {
        let counts = self
            .conn
            .prepare_cached(
                "SELECT count(*), count(CASE WHEN w.status = 'approved' THEN 1 END) FROM word w \
                 JOIN annotation a ON a.id = w.annotation JOIN tier t ON t.id = a.tier \
                 WHERE t.session = ?1 AND t.role = 'transcription' AND w.kind = 'word'",
            )?
            .query_row([session.0.as_bytes().as_slice()], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))?;
        Ok(GlossingProgress { words: counts.0 as usize, approved: counts.1 as usize })
    }
    /// The first word at or after a place in a session's order of lines that nobody has approved.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn open_word_in(&self, line: AnnotationId, after: i64) -> Result<Option<WordId>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT id FROM word WHERE annotation = ?1 AND position > ?2 AND kind = 'word' \
                 AND status <> 'approved' ORDER BY position, id LIMIT 1",
            )?
            .query_row(params![line.0.as_bytes().as_slice(), after], |row| Ok(WordId(id_of(row, 0)?)))
            .optional()?)
    }
    /// The glosses that morphs of exactly this form have in texts, most often first, at most `limit`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn glosses_of_morph(&self, form: &MultiText, limit: usize) -> Result<Vec<MultiText>, StoreError> {
        let form = serde_json::to_string(form).unwrap_or_default();
        self.rows(
            "SELECT gloss FROM morph WHERE form = ?1 AND gloss IS NOT NULL GROUP BY gloss ORDER BY count(*) DESC LIMIT ?2",
            params![form, limit as i64],
            |row| row.get::<_, String>(0),
        )
        .map(|found| found.iter().filter_map(|json| serde_json::from_str(json).ok()).collect())
    }
    /// The categories of entries, most used first, at most `limit`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn categories(&self, limit: usize) -> Result<Vec<String>, StoreError> {
        self.rows(
            "SELECT category FROM lexeme WHERE category <> '' GROUP BY category ORDER BY count(*) DESC, category LIMIT ?1",
            [limit as i64],
            |row| row.get(0),
        )
    }
    /// The word a morph belongs to, when both are there.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn word_of_morph(&self, morph: crate::domain::MorphId) -> Result<Option<WordId>, StoreError> {
        Ok(self.get::<Morph>(morph)?.map(|morph| morph.word))
    }
}
