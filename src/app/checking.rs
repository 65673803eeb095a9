//! Is the project whole: what the store sees, and whether what was measured along tracks can still be read.

use super::identity::track_label;
use crate::analysis::codec;
use crate::domain::{Track, TrackChunk};
use crate::store::{Problem, ProblemKind, Store, StoreError};

/// Looks for everything that may be wrong with the project. Nothing is changed. Reads all of it: some seconds for each hour
/// of video that was looked at.
///
/// # Errors
/// When the file cannot be read at all.
pub fn check(store: &Store) -> Result<Vec<Problem>, StoreError> {
    let mut problems = store.check()?;
    let read = store.read();
    for row in read.session_rows()? {
        for run in read.runs_of(row.session.id)? {
            for track in read.tracks_of(run.id)? {
                let damaged: Vec<TrackChunk> =
                    read.all_chunks(track.id)?.into_iter().filter(|chunk| !is_sound(chunk)).collect();
                problems.extend(told(&row.session.name, &track, &damaged));
            }
        }
    }
    Ok(problems)
}

/// Whether a chunk unpacks to the times that it says.
pub(in crate::app) fn is_sound(chunk: &TrackChunk) -> bool {
    codec::decode_blob(&chunk.channel, &chunk.blob).is_ok_and(|(times, _)| {
        times.first() == Some(&chunk.start)
            && times.last() == Some(&chunk.end)
            && i64::try_from(times.len()) == Ok(chunk.samples)
    })
}

fn told(session: &str, track: &Track, damaged: &[TrackChunk]) -> Option<Problem> {
    let first = damaged.first()?;
    let (label, count) = (track_label(track), damaged.len());
    let stretches = if count == 1 { "1 stretch".to_owned() } else { format!("{count} stretches") };
    let text = format!(
        "{stretches} of curves of {label} in {session} cannot be read: the first is {} from {} to {}",
        first.channel, first.start, first.end
    );
    Some(Problem { kind: ProblemKind::Damage, text, record: Some(track.id.0) })
}
