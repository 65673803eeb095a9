//! Proposals of expressions and raised brows made anew from what is stored: against another neutral face, or with another
//! calibration. What somebody decided, said or noted stays.

use serde_json::json;

use super::calibration::temperatures;
use super::neutral::neutral_of;
use super::recipes::samples;
use crate::analysis::ProposalSettings;
use crate::analysis::abstaining::NEEDS;
use crate::analysis::baseline::{GEOMETRY, NETS};
use crate::analysis::proposals::propose_from;
use crate::domain::{ModelRun, Reviews, Span, Tag, Track, TrackId};
use crate::store::{Reader, StoreError, Tx};

/// Proposals made, and open ones of before that gave way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Remade {
    pub made: usize,
    pub replaced: usize,
}

/// The channels that they are made from.
pub(super) fn channels() -> impl Iterator<Item = &'static str> {
    NETS.into_iter().chain(GEOMETRY).chain(NEEDS)
}

/// Whether proposals of this kind are counted from the neutral face.
fn is_counted(label: &str) -> bool {
    label.starts_with("expression.") || label == "brows_raised"
}

/// How a run's proposals are made now: as they were, with the project's calibration.
pub(super) fn settings_of(read: &Reader<'_>, run: &ModelRun) -> Result<ProposalSettings, StoreError> {
    let settings = serde_json::from_value(run.settings["proposals"].clone()).unwrap_or_default();
    Ok(ProposalSettings { expression_temperatures: temperatures(read)?, ..settings })
}

/// What of a run to make anew, and with what.
pub(super) struct Remaking<'a> {
    pub settings: &'a ProposalSettings,
    pub reviews: &'a Reviews,
    /// All of the run's.
    pub tags: &'a [Tag],
}

/// Makes a face's proposals of these kinds anew.
pub(super) fn remake(tx: &Tx<'_>, id: TrackId, from: &Remaking<'_>, done: &mut Remade) -> Result<(), StoreError> {
    let track: Track = tx.read().require(id)?;
    let neutral = neutral_of(&track);
    // Only what the run itself proposed: a recipe's proposals are the recipe's.
    let own = from
        .tags
        .iter()
        .filter(|tag| tag.track == track.id && is_counted(&tag.label) && tag.evidence.get("recipe").is_none());
    let (open, kept): (Vec<&Tag>, Vec<&Tag>) = own.partition(|tag| from.reviews.is_untouched(tag));
    for tag in open {
        tx.delete_tag(tag.id)?;
        done.replaced += 1;
    }
    let samples = samples(&tx.read(), &track, channels())?;
    let found = propose_from(&track, &samples, from.settings, neutral.as_ref()).tags;
    for mut tag in found.into_iter().filter(|tag| is_counted(&tag.label)) {
        let span = Span::new(tag.start, tag.end);
        if kept.iter().any(|old| old.label == tag.label && Span::new(old.start, old.end).overlaps(span)) {
            continue;
        }
        if let Some(neutral) = &neutral {
            let scores = tag.label.starts_with("expression.").then_some(neutral.scores);
            tag.evidence["neutral"] = json!({ "at": neutral.at.secs(), "scores": scores });
            tag.evidence["from_neutral"] = neutral.distances(&samples, |time| span.contains(time)).into();
        }
        tx.insert(&tag)?;
        done.made += 1;
    }
    Ok(())
}
