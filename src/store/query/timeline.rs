//! What the timeline draws: the annotations of a tier that touch a span, and the neighbours of one.

use rusqlite::{OptionalExtension, params};

use crate::domain::{Annotation, AnnotationId, RunId, SessionId, Span, TagId, TagStatus, TierId, Time, TrackId};
use crate::store::{Reader, StoreError};

/// A proposal as the timeline draws it: without its evidence.
#[derive(Clone, Debug, PartialEq)]
pub struct ProposalMark {
    pub id: TagId,
    pub track: TrackId,
    pub label: String,
    /// What is proposed to be written, for proposals that are more than a label: a phonetic line.
    pub text: Option<String>,
    /// The model of the user's own that proposes it; `None` for what the pack's measures and networks propose.
    pub model: Option<String>,
    pub span: Span,
    /// 0 to 1.
    pub confidence: f64,
    pub status: TagStatus,
}

impl Reader<'_> {
    /// The annotations of a tier that touch a span, in order of time. The cost grows with what is found, not with
    /// what the tier holds: the search back from the span's start is bounded by the tier's longest annotation.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn annotations_in(&self, tier: TierId, span: Span) -> Result<Vec<Annotation>, StoreError> {
        let key = tier.0.as_bytes().as_slice();
        let longest: Option<i64> = self
            .conn
            .prepare_cached("SELECT max(\"end\" - start) FROM annotation WHERE tier = ?1")?
            .query_row([key], |row| row.get(0))?;
        let from = span.start.0.saturating_sub(longest.unwrap_or(0));
        self.select(
            "WHERE tier = ?1 AND start >= ?2 AND start < ?3 AND \"end\" >= ?4 ORDER BY start, position, id",
            params![key, from, span.end.0, span.start.0],
        )
    }
    /// All annotations of a tier: by time, those without times by position.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn annotations_of(&self, tier: TierId) -> Result<Vec<Annotation>, StoreError> {
        self.select("WHERE tier = ?1 ORDER BY start, position, id", [tier.0.as_bytes().to_vec()])
    }
    /// The annotations that hang under one, over all child tiers, in order.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn children_of(&self, parent: AnnotationId) -> Result<Vec<Annotation>, StoreError> {
        self.select("WHERE parent = ?1 ORDER BY start, position, id", [parent.0.as_bytes().to_vec()])
    }
    /// The annotation of a tier that spans a moment, the latest to start when several do.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn annotation_at(&self, tier: TierId, time: Time) -> Result<Option<Annotation>, StoreError> {
        let found = self.annotations_in(tier, Span { start: time, end: Time(time.0.saturating_add(1)) })?;
        Ok(found.into_iter().rfind(|a| a.span().is_some_and(|s| s.contains(time))))
    }
    /// The next annotation of the tier after a moment, or the one before it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn annotation_beside(&self, tier: TierId, time: Time, after: bool) -> Result<Option<Annotation>, StoreError> {
        let tail = if after {
            "WHERE tier = ?1 AND start > ?2 ORDER BY start LIMIT 1"
        } else {
            "WHERE tier = ?1 AND start < ?2 ORDER BY start DESC LIMIT 1"
        };
        Ok(self.select(tail, params![tier.0.as_bytes().as_slice(), time.0])?.into_iter().next())
    }
    /// How many annotations a tier has, and how many of them say something.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn tier_progress(&self, tier: TierId) -> Result<(usize, usize), StoreError> {
        let counts = self
            .conn
            .prepare_cached("SELECT count(*), count(nullif(value, '')) FROM annotation WHERE tier = ?1")?
            .query_row([tier.0.as_bytes().as_slice()], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))
            .optional()?
            .unwrap_or((0, 0));
        Ok((counts.0 as usize, counts.1 as usize))
    }
    /// The annotations of a tier without times of its own whose ancestor, `depth` tiers up on the tier `above`, touches
    /// a span: grouped by parent, in order. `depth` 1 is the parent itself.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn annotations_under(
        &self,
        tier: TierId,
        above: TierId,
        depth: usize,
        span: Span,
    ) -> Result<Vec<Annotation>, StoreError> {
        let longest: Option<i64> = self
            .conn
            .prepare_cached("SELECT max(\"end\" - start) FROM annotation WHERE tier = ?1")?
            .query_row([above.0.as_bytes().as_slice()], |row| row.get(0))?;
        let from = span.start.0.saturating_sub(longest.unwrap_or(0));
        let mut ancestors =
            "SELECT id FROM annotation WHERE tier = ?2 AND start >= ?3 AND start < ?4 AND \"end\" >= ?5".to_owned();
        for _ in 1..depth.max(1) {
            ancestors = format!("SELECT id FROM annotation WHERE parent IN ({ancestors})");
        }
        // The plus keeps SQLite on the index of parents: the tier may be long, the ancestors are few.
        self.select(
            &format!("WHERE +tier = ?1 AND parent IN ({ancestors}) ORDER BY parent, position, id"),
            params![tier.0.as_bytes().as_slice(), above.0.as_bytes().as_slice(), from, span.end.0, span.start.0],
        )
    }
    /// When the annotations of a tier are, all of them, in order: for the picture of the whole recording.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn spans_of(&self, tier: TierId) -> Result<Vec<Span>, StoreError> {
        self.rows(
            "SELECT start, \"end\" FROM annotation WHERE tier = ?1 AND start IS NOT NULL ORDER BY start",
            [tier.0.as_bytes().as_slice()],
            |row| Ok(Span { start: Time(row.get(0)?), end: Time(row.get(1)?) }),
        )
    }
    /// The place of a moment among a tier's annotations: how many start before it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn annotations_before(&self, tier: TierId, time: Time) -> Result<usize, StoreError> {
        let count: i64 = self
            .conn
            .prepare_cached("SELECT count(*) FROM annotation WHERE tier = ?1 AND start < ?2")?
            .query_row(params![tier.0.as_bytes().as_slice(), time.0], |row| row.get(0))?;
        Ok(count as usize)
    }
    /// The end of the last annotation of a session, and how many annotations it has, timed or not.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn extent_of(&self, session: SessionId) -> Result<(Option<Time>, usize), StoreError> {
        let (end, count) = self
            .conn
            .prepare_cached(
                "SELECT max(\"end\"), count(*) FROM annotation \
                 WHERE tier IN (SELECT id FROM tier WHERE session = ?1)",
            )?
            .query_row([session.0.as_bytes().as_slice()], |row| {
                Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, i64>(1)?))
            })?;
        Ok((end.map(Time), count as usize))
    }
    /// The proposals of a run that touch a span, in order of time.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn proposal_marks(&self, run: RunId, span: Span) -> Result<Vec<ProposalMark>, StoreError> {
        self.rows(
            "SELECT id, track, label, start, \"end\", confidence, status, \
                 CASE WHEN json_valid(evidence) THEN CAST(json_extract(evidence, '$.text') AS TEXT) END, \
                 CASE WHEN json_valid(evidence) THEN CAST(json_extract(evidence, '$.model') AS TEXT) END FROM tag \
             WHERE run = ?1 AND start < ?3 AND \"end\" > ?2 ORDER BY start, id",
            params![run.0.as_bytes().as_slice(), span.start.0, span.end.0],
            |row| {
                let id = |at: usize| -> rusqlite::Result<crate::domain::RecordId> {
                    let bytes: Vec<u8> = row.get(at)?;
                    crate::domain::RecordId::from_slice(&bytes).map_err(|error| {
                        rusqlite::Error::FromSqlConversionFailure(at, rusqlite::types::Type::Blob, Box::new(error))
                    })
                };
                let status: String = row.get(6)?;
                Ok(ProposalMark {
                    id: TagId(id(0)?),
                    track: TrackId(id(1)?),
                    label: row.get(2)?,
                    text: row.get(7)?,
                    model: row.get(8)?,
                    span: Span { start: Time(row.get(3)?), end: Time(row.get(4)?) },
                    confidence: row.get(5)?,
                    status: match status.as_str() {
                        "accepted" => TagStatus::Accepted,
                        "rejected" => TagStatus::Rejected,
                        "changed" => TagStatus::Changed,
                        "unsure" => TagStatus::Unsure,
                        _ => TagStatus::Proposed,
                    },
                })
            },
        )
    }
}
