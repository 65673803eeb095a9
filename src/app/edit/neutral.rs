//! A neutral face chosen by the user: the proposals of expressions and of raised brows of that person are made anew
//! against it.

use serde_json::json;

use super::Edited;
use super::recipes::samples;
use super::remaking::{Remade, Remaking, channels, remake, settings_of};
use crate::analysis::ProposalSettings;
use crate::analysis::baseline::Neutral;
use crate::domain::{ModelRun, Tag, Time, Track, TrackId, TrackKind};
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
    #[serde(flatten)]
    pub remade: Remade,
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
        let settings = settings_of(&tx.read(), &run)?;
        let before = neutral_of(&track);
        let again = before.as_ref().is_some_and(|neutral| (neutral.at - at).0.abs() <= SAME.0);
        let neutral = if again { None } else { Some(read(tx, &track, at, &settings)?) };
        let reviews = tx.read().reviews_of(track.run)?;
        let tags: Vec<Tag> = tx.read().tag_rows(track.run)?.into_iter().map(|row| row.tag).collect();
        let from = Remaking { settings: &settings, reviews: &reviews, tags: &tags };
        let mut marked = Marked { set: !again, tracks: 0, remade: Remade::default() };
        for own in tx.read().tracks_of(track.run)? {
            let theirs = own.id == id || (own.person.is_some() && own.person == track.person);
            if theirs && own.kind == TrackKind::Face {
                marked.tracks += 1;
                keep(tx, own.id, neutral.as_ref())?;
                remake(tx, own.id, &from, &mut marked.remade)?;
            }
        }
        Ok(marked)
    })
}

/// The neutral face of a track, when one was chosen.
pub fn neutral_of(track: &Track) -> Option<Neutral> {
    serde_json::from_value(track.residue.get(KEY)?.clone()).ok()
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
