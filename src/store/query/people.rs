//! What the people panel shows: runs, tracks, and the queue of proposals.

use crate::domain::{ModelRun, PersonId, Review, Reviews, RunId, SessionId, Tag, TagId, Track};
use crate::store::{Reader, StoreError};

/// A proposal with the track it is about.
#[derive(Clone, Debug, PartialEq)]
pub struct TagRow {
    pub tag: Tag,
    pub track: Track,
}

/// How far the review has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TagCounts {
    pub all: usize,
    pub open: usize,
    pub accepted: usize,
    pub rejected: usize,
    pub unsure: usize,
}

impl Reader<'_> {
    /// The model runs over a session, newest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn runs_of(&self, session: SessionId) -> Result<Vec<ModelRun>, StoreError> {
        self.select("WHERE session = ?1 ORDER BY id DESC", [session.0.as_bytes().to_vec()])
    }
    /// The tracks of a run, by number.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn tracks_of(&self, run: RunId) -> Result<Vec<Track>, StoreError> {
        self.select("WHERE run = ?1 ORDER BY number, id", [run.0.as_bytes().to_vec()])
    }
    /// The tracks that were given to a person, in order of id.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn tracks_of_person(&self, person: PersonId) -> Result<Vec<Track>, StoreError> {
        self.select("WHERE person = ?1 ORDER BY id", [person.0.as_bytes().to_vec()])
    }
    /// The proposals of a run with their tracks, by time.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn tag_rows(&self, run: RunId) -> Result<Vec<TagRow>, StoreError> {
        let tracks = self.tracks_of(run)?;
        let tags: Vec<Tag> = self.select("WHERE run = ?1 ORDER BY start, id", [run.0.as_bytes().to_vec()])?;
        Ok(tags
            .into_iter()
            .filter_map(|tag| {
                let track = tracks.iter().find(|track| track.id == tag.track)?.clone();
                Some(TagRow { tag, track })
            })
            .collect())
    }
    /// What reviewers said of a run's proposals.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn reviews_of(&self, run: RunId) -> Result<Reviews, StoreError> {
        Ok(self.all_reviews_of(run)?.into_iter().collect())
    }
    /// The same as a list.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn all_reviews_of(&self, run: RunId) -> Result<Vec<Review>, StoreError> {
        self.select("WHERE tag IN (SELECT id FROM tag WHERE run = ?1)", [run.0.as_bytes().to_vec()])
    }
    /// What reviewers said of a proposal, by name.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn reviews_of_tag(&self, tag: TagId) -> Result<Vec<Review>, StoreError> {
        self.select("WHERE tag = ?1 ORDER BY reviewer", [tag.0.as_bytes().to_vec()])
    }
    /// How far the review of a run has come.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn tag_counts(&self, run: RunId) -> Result<TagCounts, StoreError> {
        let mut counts = TagCounts::default();
        let found = self.rows(
            "SELECT status, count(*) FROM tag WHERE run = ?1 GROUP BY status",
            [run.0.as_bytes().to_vec()],
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)? as usize)),
        )?;
        for (status, n) in found {
            counts.all += n;
            match status.as_str() {
                "proposed" => counts.open += n,
                "accepted" | "changed" => counts.accepted += n,
                "rejected" => counts.rejected += n,
                _ => counts.unsure += n,
            }
        }
        Ok(counts)
    }
}
