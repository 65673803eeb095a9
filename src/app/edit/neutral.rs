//! A neutral face chosen by the user: the proposals of expressions and of raised brows of that person are made anew
//! against it.

use serde_json::json;

use super::Edited;
use super::recipes::samples;
use crate::analysis::ProposalSettings;
use crate::analysis::abstaining::NEEDS;
use crate::analysis::baseline::{GEOMETRY, NETS, Neutral};
use crate::analysis::proposals::propose_from;
use crate::domain::{ModelRun, Span, Tag, Time, Track, TrackId, TrackKind};
use crate::store::{Op, OpKind, Store, StoreError, Tx};

/// Where a track keeps its neutral face.
const KEY: &str = "neutral";
/// The same moment again means: forget it.
const SAME: Time = Time::from_millis(300);
/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Marked {
    /// Set, or forgotten.
    pub set: bool,
    /// Tracks of that person.
    pub tracks: usize,
    /// Proposals made, and open ones of before that gave way.
    pub made: usize,
    pub replaced: usize,
}

/// Takes the face of a track at a moment as neutral for that person, in all of the run's tracks of theirs, and makes the
/// open proposals of expressions anew; at the moment that is neutral already, forgets it. What somebody decided stays.
///
/// # Errors
/// A rule that says why the moment cannot serve; when samples cannot be read, or the file refuses.
pub fn toggle(store: &mut Store, id: TrackId, at: Time) -> Edited<Marked> {
    store.transact(Op::new(OpKind::Edit), |tx| {
        let track: Track = tx.read().require(id)?;
        if track.kind != TrackKind::Face {
            return Err(StoreError::Rule("Only a face can be neutral. Nothing was changed.".to_owned()));
        }
        let run: ModelRun = tx.read().require(track.run)?;
        let settings: ProposalSettings = serde_json::from_value(run.settings["proposals"].clone()).unwrap_or_default();
        let before = neutral_of(&track);
        let again = before.as_ref().is_some_and(|neutral| (neutral.at - at).0.abs() <= SAME.0);
        let neutral = if again { None } else { Some(read(tx, &track, at, &settings)?) };
        let mut marked = Marked { set: !again, tracks: 0, made: 0, replaced: 0 };
        for own in tx.read().tracks_of(track.run)? {
            let theirs = own.id == id || (own.person.is_some() && own.person == track.person);
            if theirs && own.kind == TrackKind::Face {
                marked.tracks += 1;
                keep(tx, own.id, neutral.as_ref())?;
                remake(tx, &own, neutral.as_ref(), &settings, &mut marked)?;
            }
        }
        Ok(marked)
    })
}

/// The neutral face of a track, when one was chosen.
pub fn neutral_of(track: &Track) -> Option<Neutral> {
    serde_json::from_value(track.residue.get(KEY)?.clone()).ok()
}

/// Whether proposals of this kind are counted from the neutral face.
fn is_counted(label: &str) -> bool {
    label.starts_with("expression.") || label == "brows_raised"
}

fn channels() -> impl Iterator<Item = &'static str> {
    NETS.into_iter().chain(GEOMETRY).chain(NEEDS)
}

fn read(tx: &Tx<'_>, track: &Track, at: Time, settings: &ProposalSettings) -> Result<Neutral, StoreError> {
    let samples = samples(&tx.read(), track, channels())?;
    Neutral::read(&samples, at, &settings.abstain)
        .map_err(|why| StoreError::Rule(format!("This cannot be the neutral face: {why}. Nothing was changed.")))
}

fn keep(tx: &Tx<'_>, id: TrackId, neutral: Option<&Neutral>) -> Result<(), StoreError> {
    tx.modify::<Track>(id, |track| track.residue.set(KEY, neutral.map_or(serde_json::Value::Null, |n| json!(n))))
        .map(|_| ())
}

fn remake(
    tx: &Tx<'_>,
    track: &Track,
    neutral: Option<&Neutral>,
    settings: &ProposalSettings,
    marked: &mut Marked,
) -> Result<(), StoreError> {
    let mut kept: Vec<Tag> = Vec::new();
    let reviews = tx.read().reviews_of(track.run)?;
    for tag in tx.read().tag_rows(track.run)?.into_iter().map(|row| row.tag) {
        // Only what the run itself proposed: a recipe's proposals are the recipe's.
        let own = tag.track == track.id && is_counted(&tag.label) && tag.evidence.get("recipe").is_none();
        if !own {
            continue;
        }
        if reviews.is_untouched(&tag) {
            tx.delete_tag(tag.id)?;
            marked.replaced += 1;
        } else {
            kept.push(tag);
        }
    }
    let samples = samples(&tx.read(), track, channels())?;
    let found = propose_from(track, &samples, settings, neutral).tags;
    for mut tag in found.into_iter().filter(|tag| is_counted(&tag.label)) {
        let span = Span::new(tag.start, tag.end);
        if kept.iter().any(|old| old.label == tag.label && Span::new(old.start, old.end).overlaps(span)) {
            continue;
        }
        if let Some(neutral) = neutral {
            let scores = tag.label.starts_with("expression.").then_some(neutral.scores);
            tag.evidence["neutral"] = json!({ "at": neutral.at.secs(), "scores": scores });
            tag.evidence["from_neutral"] = neutral.distances(&samples, |time| span.contains(time)).into();
        }
        tx.insert(&tag)?;
        marked.made += 1;
    }
    Ok(())
}
