//! Who is speaking: what was seen and what was heard of a session, joined into proposals.

use super::Edited;
use super::recipes::samples;
use crate::analysis::codec;
use crate::analysis::speaking::{CHANNEL, FACE_CHANNELS, Face, SpeakingSettings, Voice, speaking};
use crate::domain::{SessionId, Span, Tag, TagStatus, Track, TrackChunk, TrackKind};
use crate::store::query::Stood;
use crate::store::{Op, OpKind, Store, StoreError, Tx};

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Spoke {
    pub faces: usize,
    pub voices: usize,
    /// Stretches proposed in which a face speaks.
    pub speaking: usize,
    /// Voices proposed as somebody's.
    pub bound: usize,
    /// Stretches in which a mouth could not be judged.
    pub not_assessable: usize,
    /// Open proposals of before that gave way, and those somebody spoke on, which stay.
    pub replaced: usize,
    pub kept: usize,
}

/// Proposes who is speaking, from the looks that stand. Open proposals of the same
/// kind give way. Proposals are no edits: Undo passes over them.
///
/// # Errors
/// A rule that says what is missing: faces, voices, or both; when samples cannot be read, or the file refuses.
pub fn propose(store: &mut Store, session: SessionId, settings: &SpeakingSettings) -> Edited<Spoke> {
    store.transact(Op::fixed(OpKind::Analyse), |tx| {
        let (faces, voices, looks) = standing(tx, session)?;
        let mut seen = Vec::new();
        for track in &faces {
            let all = samples(&tx.read(), track, FACE_CHANNELS.into_iter())?;
            seen.push(looks.standing.uncovered(track, all));
        }
        let mut heard = Vec::new();
        for track in &voices {
            heard.push(turns(tx, track, &looks)?);
        }
        let told: Vec<Face> = faces.iter().zip(&seen).map(|(track, samples)| Face { track, samples }).collect();
        let spoken: Vec<Voice> = voices.iter().zip(heard).map(|(track, turns)| Voice { track, turns }).collect();
        let found = speaking(&told, &spoken, settings);
        let mut spoke = Spoke {
            faces: faces.len(),
            voices: voices.len(),
            not_assessable: found.not_assessable.len(),
            ..Spoke::default()
        };
        let kept = clear(tx, faces.iter().chain(&voices), &mut spoke)?;
        for (track, samples) in &found.channels {
            let chunks = codec::encode(samples).map_err(|problem| StoreError::Rule(problem.to_string()))?;
            for chunk in chunks {
                tx.put_chunk(&TrackChunk {
                    track: *track,
                    channel: chunk.channel,
                    start: chunk.start,
                    end: chunk.end,
                    samples: chunk.samples as i64,
                    blob: chunk.blob,
                })?;
            }
        }
        for tag in found.tags {
            let again = |old: &Tag| {
                old.track == tag.track
                    && old.label == tag.label
                    && Span::new(old.start, old.end).overlaps(Span::new(tag.start, tag.end))
            };
            if !kept.iter().any(again) {
                tx.insert(&tag)?;
                if tag.label == "speaking" { spoke.speaking += 1 } else { spoke.bound += 1 }
            }
        }
        Ok(spoke)
    })
}

/// The faces and voices of the runs that stand.
fn standing(tx: &Tx<'_>, session: SessionId) -> Result<(Vec<Track>, Vec<Track>, Stood), StoreError> {
    let stood = tx.read().standing(session)?;
    let runs = &stood.runs;
    let of = |kind| -> Vec<Track> {
        let own = stood.tracks.iter().filter(|track| track.kind == kind && !stood.standing.hides(track));
        own.cloned().collect()
    };
    let (faces, voices) = (of(TrackKind::Face), of(TrackKind::Voice));
    let looked = runs.iter().any(|run| run.looked());
    let listened = runs.iter().any(|run| run.listened());
    let missing = match (faces.is_empty(), voices.is_empty()) {
        (false, false) => return Ok((faces, voices, stood)),
        (true, true) if !looked && !listened => {
            "The session was neither looked at nor listened to yet; both are needed."
        }
        (true, _) if looked => "No face was seen in the session: its mouth is needed.",
        (true, _) => "The session was listened to but not looked at yet: faces are needed too.",
        (_, true) if listened => "No voice was heard in the session.",
        (_, true) => "The session was looked at but not listened to yet: voices are needed too.",
    };
    Err(StoreError::Rule(format!("Who is speaking cannot be told. {missing} Nothing was changed.")))
}

/// When a voice speaks: its turns, but those somebody rejected.
fn turns(tx: &Tx<'_>, track: &Track, looks: &Stood) -> Result<Vec<Span>, StoreError> {
    let tags = tx.read().tags_shown(looks, track.run)?;
    let own = tags.into_iter().filter(|tag| tag.track == track.id && tag.label == "speech");
    let mut spans: Vec<Span> =
        own.filter(|tag| tag.status != TagStatus::Rejected).map(|tag| Span::new(tag.start, tag.end)).collect();
    spans.sort_by_key(|span| (span.start, span.end));
    Ok(spans)
}

/// Takes out the open proposals of before, and the channel; answers the proposals that stay.
fn clear<'t>(tx: &Tx<'_>, tracks: impl Iterator<Item = &'t Track>, spoke: &mut Spoke) -> Result<Vec<Tag>, StoreError> {
    let mut kept = Vec::new();
    let mut runs = std::collections::BTreeSet::new();
    for track in tracks.filter(|track| runs.insert(track.run)) {
        let reviews = tx.read().reviews_of(track.run)?;
        for tag in tx.read().tag_rows(track.run)?.into_iter().map(|row| row.tag) {
            if tag.evidence["measure"] != CHANNEL {
                continue;
            }
            if reviews.is_untouched(&tag) {
                tx.delete_tag(tag.id)?;
                spoke.replaced += 1;
            } else {
                spoke.kept += 1;
                kept.push(tag);
            }
        }
    }
    Ok(kept)
}

/// What accepting a proposal that a voice is somebody's does beside the annotation: the voice's track is theirs.
///
/// # Errors
/// When the face has no name yet, or the file refuses.
pub(super) fn bind(tx: &Tx<'_>, tag: &Tag) -> Result<(), StoreError> {
    if !tag.label.starts_with("voice_of.") {
        return Ok(());
    }
    let face = tag.evidence["face"].clone();
    let face = serde_json::from_value(face).map_err(|problem| StoreError::Rule(problem.to_string()))?;
    let face: Track = tx.read().require(face)?;
    let Some(person) = face.person else {
        return Err(StoreError::Rule(format!(
            "Say first who Face {} is; then the voice can be theirs. Nothing was changed.",
            face.number
        )));
    };
    tx.modify::<Track>(tag.track, |track| track.person = Some(person))?;
    super::tag_tiers::follow_names(tx, &[tag.track])?;
    super::identity::respect_consent(tx, Some(person), &[tag.track])
}
