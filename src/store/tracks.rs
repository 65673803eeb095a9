//! Time series of person tracks: packed chunks, a channel and some seconds each. The packing is `analysis::codec`'s.

use rusqlite::params;

use super::transact::Tx;
use super::{Reader, StoreError};
use crate::domain::{Span, Time, TrackChunk, TrackId};

impl Tx<'_> {
    /// Stores a chunk, in place of one that starts at the same moment. Chunks take no part in undo: a run's
    /// samples are never edited, and those of a deleted run go when the project is tidied.
    ///
    /// # Errors
    /// When the file refuses.
    pub fn put_chunk(&self, chunk: &TrackChunk) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT OR REPLACE INTO track_chunk (track, channel, start, \"end\", samples, blob) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                chunk.track.0.as_bytes().as_slice(),
                chunk.channel,
                chunk.start.0,
                chunk.end.0,
                chunk.samples,
                chunk.blob
            ])?;
        Ok(())
    }
}

impl Reader<'_> {
    /// The chunks of a channel that touch a span, in order of time. Chunks of a channel do not overlap: of those that
    /// start before the span, only the last can reach into it, so the others are not looked at.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn chunks(&self, track: TrackId, channel: &str, span: Span) -> Result<Vec<TrackChunk>, StoreError> {
        self.rows(
            "SELECT start, \"end\", samples, blob FROM track_chunk \
             WHERE track = ?1 AND channel = ?2 AND start <= ?4 AND \"end\" >= ?3 AND start >= coalesce( \
                 (SELECT max(start) FROM track_chunk WHERE track = ?1 AND channel = ?2 AND start <= ?3), ?3) \
             ORDER BY start",
            params![track.0.as_bytes().as_slice(), channel, span.start.0, span.end.0],
            |row| {
                Ok(TrackChunk {
                    track,
                    channel: channel.to_owned(),
                    start: Time(row.get(0)?),
                    end: Time(row.get(1)?),
                    samples: row.get(2)?,
                    blob: row.get(3)?,
                })
            },
        )
    }

    /// Every chunk of a track, channel by channel in order of time.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn all_chunks(&self, track: TrackId) -> Result<Vec<TrackChunk>, StoreError> {
        let always = Span::new(Time(i64::MIN), Time(i64::MAX));
        let mut chunks = Vec::new();
        for channel in self.channels(track)? {
            chunks.extend(self.chunks(track, &channel, always)?);
        }
        Ok(chunks)
    }

    /// The names of a track's channels. Goes from name to name: an hour has hundreds of chunks of each.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn channels(&self, track: TrackId) -> Result<Vec<String>, StoreError> {
        self.rows(
            "WITH RECURSIVE found (channel) AS ( \
                 SELECT min(channel) FROM track_chunk WHERE track = ?1 \
                 UNION ALL \
                 SELECT (SELECT min(channel) FROM track_chunk WHERE track = ?1 AND channel > found.channel) \
                 FROM found WHERE found.channel IS NOT NULL) \
             SELECT channel FROM found WHERE channel IS NOT NULL ORDER BY channel",
            [track.0.as_bytes().as_slice()],
            |row| row.get(0),
        )
    }
}
