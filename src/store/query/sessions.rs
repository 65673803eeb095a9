//! What the start page and the list of sessions show.

use crate::domain::{Media, Person, Session, SessionId, Tier, Time};
use crate::store::{Reader, StoreError};

/// A session with what has been done in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    pub session: Session,
    /// The longest recording.
    pub duration: Option<Time>,
    pub recordings: usize,
    pub annotations: usize,
    /// Words proper, punctuation left out, and how many of them are approved.
    pub words: usize,
    pub approved: usize,
    /// Proposals that are shown and nobody has decided about.
    pub proposals: usize,
}

/// The project in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProjectSummary {
    pub sessions: usize,
    pub duration: Time,
    pub lexemes: usize,
    pub senses: usize,
    pub words: usize,
    pub approved: usize,
}

impl Reader<'_> {
    /// Every session with its numbers, in the project's order.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn session_rows(&self) -> Result<Vec<SessionRow>, StoreError> {
        let sessions: Vec<Session> = self.select("ORDER BY position, id", [])?;
        sessions.into_iter().map(|session| self.session_row(session)).collect()
    }

    fn session_row(&self, session: Session) -> Result<SessionRow, StoreError> {
        let key = session.id.0.as_bytes().to_vec();
        let one = |sql: &str| -> Result<i64, StoreError> {
            Ok(self.conn.prepare_cached(sql)?.query_row([&key], |row| row.get::<_, Option<i64>>(0))?.unwrap_or(0))
        };
        let words = "FROM word JOIN annotation ON annotation.id = word.annotation \
                     JOIN tier ON tier.id = annotation.tier WHERE tier.session = ?1 AND word.kind = 'word'";
        let duration = one("SELECT max(duration) FROM media WHERE session = ?1")?;
        Ok(SessionRow {
            duration: (duration > 0).then_some(Time(duration)),
            recordings: one("SELECT count(*) FROM media WHERE session = ?1")? as usize,
            annotations: one("SELECT count(*) FROM annotation JOIN tier ON tier.id = tier WHERE session = ?1")?
                as usize,
            words: one(&format!("SELECT count(*) {words}"))? as usize,
            approved: one(&format!("SELECT count(*) {words} AND word.status = 'approved'"))? as usize,
            proposals: self.open_proposals(session.id)?,
            session,
        })
    }

    /// The project in numbers.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn summary(&self) -> Result<ProjectSummary, StoreError> {
        let one = |sql: &str| -> Result<i64, StoreError> {
            Ok(self.conn.prepare_cached(sql)?.query_row([], |row| row.get::<_, Option<i64>>(0))?.unwrap_or(0))
        };
        Ok(ProjectSummary {
            sessions: one("SELECT count(*) FROM session")? as usize,
            duration: Time(one("SELECT sum(d) FROM (SELECT max(duration) d FROM media GROUP BY session)")?),
            lexemes: one("SELECT count(*) FROM lexeme")? as usize,
            senses: one("SELECT count(*) FROM sense")? as usize,
            words: one("SELECT count(*) FROM word WHERE kind = 'word'")? as usize,
            approved: one("SELECT count(*) FROM word WHERE kind = 'word' AND status = 'approved'")? as usize,
        })
    }

    /// A session's recordings, in order.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn media_of(&self, session: SessionId) -> Result<Vec<Media>, StoreError> {
        self.select("WHERE session = ?1 ORDER BY position, id", [session.0.as_bytes().to_vec()])
    }

    /// A session's tiers, from the top.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn tiers_of(&self, session: SessionId) -> Result<Vec<Tier>, StoreError> {
        self.select("WHERE session = ?1 ORDER BY position, id", [session.0.as_bytes().to_vec()])
    }

    /// Everyone, by code.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn people(&self) -> Result<Vec<Person>, StoreError> {
        self.select("ORDER BY code, id", [])
    }
}
