//! What the timeline draws: the annotations of a tier that touch a span, and the neighbours of one.

use rusqlite::{OptionalExtension, params};

use crate::domain::{Annotation, AnnotationId, Span, TierId, Time};
use crate::store::{Reader, StoreError};

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
}
