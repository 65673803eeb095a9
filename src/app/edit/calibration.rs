//! How sure expressions are proposed in a project, from what its people decided: a temperature for each network.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Edited;
use super::recipes::samples;
pub use super::remaking::Remade;
use super::remaking::{Remaking, remake, settings_of};
use super::tags::readable;
use crate::analysis::baseline::NETS;
use crate::analysis::calibrating::{Decided, Fitted, LEAST, LEAST_OF_EACH, Temperatures, TooFew, fit};
use crate::analysis::{Expression, mean};
use crate::domain::{Project, Tag, TagStatus, Track, TrackId, TrackKind, TrackSamples};
use crate::store::{Op, OpKind, Reader, Store, StoreError};

/// Where a project keeps it.
const KEY: &str = "calibration";

/// What is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Kept {
    temperatures: Temperatures,
    /// By the network's channel.
    fitted: Vec<(String, Fitted)>,
}

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Calibrated {
    /// Of each network that ran, in the order of [`NETS`].
    pub fitted: Vec<(String, Fitted)>,
    pub remade: Remade,
}

/// The temperatures of a project; 1 where nothing was fitted.
///
/// # Errors
/// When the file cannot be read.
pub fn temperatures(read: &Reader<'_>) -> Result<Temperatures, StoreError> {
    Ok(kept(&read.project()?).map(|kept| kept.temperatures).unwrap_or_default())
}

fn kept(project: &Project) -> Option<Kept> {
    serde_json::from_value(project.residue.get(KEY)?.clone()).ok()
}

/// Takes the temperatures off a project's record; whether there were any.
pub(in crate::app) fn take_off(project: &mut Project) -> bool {
    let there = project.residue.get(KEY).is_some();
    project.residue.set(KEY, Value::Null);
    there
}

/// Fits the temperatures from all that was decided of expressions in the project, keeps them for proposals to come, and
/// makes the open ones anew.
///
/// # Errors
/// A rule that says how many decisions are missing; when samples cannot be read, or the file refuses.
pub fn calibrate(store: &mut Store) -> Edited<Calibrated> {
    store.transact(Op::new(OpKind::Calibrate), |tx| {
        let decided = decided(&tx.read())?;
        let mut kept = Kept { temperatures: Temperatures::default(), fitted: Vec::new() };
        let mut missing: Option<TooFew> = None;
        for (at, net) in NETS.iter().enumerate() {
            match fit(&decided[at]) {
                Ok(fitted) => {
                    kept.temperatures.0[at] = fitted.temperature;
                    kept.fitted.push(((*net).to_owned(), fitted));
                }
                Err(few) => missing = missing.filter(|other| other.decided > few.decided).or(Some(few)),
            }
        }
        if kept.fitted.is_empty() {
            return Err(StoreError::Rule(too_few(missing.unwrap_or(TooFew { decided: 0, right: 0 }))));
        }
        let project = tx.read().project()?.id;
        let value = serde_json::to_value(&kept).unwrap_or(Value::Null);
        tx.modify::<Project>(project, |project| project.residue.set(KEY, value))?;
        Ok(Calibrated { fitted: kept.fitted, remade: anew(tx)? })
    })
}

/// Forgets the temperatures, and makes open proposals anew without.
///
/// # Errors
/// A rule when there are none; when samples cannot be read, or the file refuses.
pub fn forget(store: &mut Store) -> Edited<Remade> {
    store.transact(Op::new(OpKind::Calibrate), |tx| {
        let project = tx.read().project()?;
        if kept(&project).is_none() {
            return Err(StoreError::Rule("Expressions are not calibrated. Nothing was changed.".to_owned()));
        }
        tx.modify::<Project>(project.id, |project| project.residue.set(KEY, Value::Null))?;
        anew(tx)
    })
}

fn too_few(few: TooFew) -> String {
    let TooFew { decided, right } = few;
    let (had, wrong) = (format!("there are {decided}, {right} of them right"), decided.saturating_sub(right));
    let needed = format!("{LEAST} decisions about expressions are needed");
    match decided >= LEAST {
        true if wrong < LEAST_OF_EACH => format!(
            "Hardly anything was found wrong, so nothing says how sure to be: at least {LEAST_OF_EACH} of the decisions \
             must be rejections or other names; {had}. Nothing was changed."
        ),
        true => format!("At least {LEAST_OF_EACH} of the decisions must be right; {had}. Nothing was changed."),
        false if decided == 0 => {
            format!(
                "{needed}, in all sessions together; there are none yet. Review proposals first. Nothing was changed."
            )
        }
        false => {
            format!("{needed}, in all sessions together; {had}. Review more, then try again. Nothing was changed.")
        }
    }
}

/// Makes the open proposals of every look that stands anew.
fn anew(tx: &crate::store::Tx<'_>) -> Result<Remade, StoreError> {
    let mut done = Remade::default();
    for row in tx.read().session_rows()? {
        let stood = tx.read().standing(row.session.id)?;
        for run in stood.runs.iter().filter(|run| run.looked()) {
            let settings = settings_of(&tx.read(), run)?;
            let reviews = tx.read().reviews_of(run.id)?;
            let tags: Vec<Tag> = tx.read().tag_rows(run.id)?.into_iter().map(|row| row.tag).collect();
            let from = Remaking { settings: &settings, reviews: &reviews, tags: &tags };
            let with: BTreeSet<TrackId> = stood
                .tracks_of(run.id)
                .filter(|track| track.kind == TrackKind::Face && !stood.standing.hides(track))
                .map(|track| track.id)
                .collect();
            for track in with {
                remake(tx, track, &from, &mut done)?;
            }
        }
    }
    Ok(done)
}

/// What was decided of expressions that a look itself proposed, by network.
fn decided(read: &Reader<'_>) -> Result<[Vec<Decided>; 2], StoreError> {
    let mut all = [Vec::new(), Vec::new()];
    for row in read.session_rows()? {
        for run in read.runs_of(row.session.id)?.iter().filter(|run| run.looked()) {
            let mut known: HashMap<TrackId, TrackSamples> = HashMap::new();
            for tag in read.tag_rows(run.id)?.into_iter().map(|row| row.tag) {
                let Some((proposed, is)) = said(read, &tag)? else { continue };
                if let std::collections::hash_map::Entry::Vacant(place) = known.entry(tag.track) {
                    let track: Track = read.require(tag.track)?;
                    place.insert(samples(read, &track, NETS.into_iter())?);
                }
                let Some(samples) = known.get(&tag.track) else { continue };
                for (decided, net) in all.iter_mut().zip(NETS) {
                    decided.extend(shares(samples, net, &tag).map(|shares| Decided { shares, proposed, is }));
                }
            }
        }
    }
    Ok(all)
}

/// The class that was proposed, and the one that it was said to be; `None` where nothing was decided that says it.
fn said(read: &Reader<'_>, tag: &Tag) -> Result<Option<(usize, Option<usize>)>, StoreError> {
    let Some(class) = tag.label.strip_prefix("expression.") else { return Ok(None) };
    let own = tag.evidence.get("recipe").is_none() && tag.evidence.get("model").is_none();
    let place = |name: &str| Expression::ALL.iter().position(|known| known.name() == name);
    let Some(proposed) = place(class).filter(|_| own) else { return Ok(None) };
    let is = match tag.status {
        TagStatus::Accepted => Some(proposed),
        TagStatus::Rejected => None,
        TagStatus::Changed => {
            let Some(annotation) = tag.annotation else { return Ok(None) };
            let Some(annotation) = read.get::<crate::domain::Annotation>(annotation)? else { return Ok(None) };
            Expression::ALL
                .iter()
                .position(|known| readable(&format!("expression.{}", known.name())) == annotation.value)
        }
        TagStatus::Proposed | TagStatus::Unsure => return Ok(None),
    };
    Ok(Some((proposed, is)))
}

/// A network's mean shares over a proposal.
fn shares(samples: &TrackSamples, net: &str, tag: &Tag) -> Option<[f32; 7]> {
    let channel = samples.channel(net).filter(|channel| channel.width == 7)?;
    let within = samples.times.iter().enumerate().filter(|(_, time)| **time >= tag.start && **time < tag.end);
    let rows: Vec<&[f32]> =
        within.filter_map(|(at, _)| channel.sample(at)).filter(|row| row.iter().all(|v| v.is_finite())).collect();
    let class = |at: usize| mean(rows.iter().map(|row| row[at])).unwrap_or(0.0);
    (!rows.is_empty()).then(|| std::array::from_fn(class))
}
