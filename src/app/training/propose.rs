//! A trained model run along the tracks of a project: what it says becomes proposals, which people decide on.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::json;

use super::TrainingError;
use crate::analysis::models::is_model_name;
use crate::analysis::training::{Example, Material, Place, TrainedCard, WEIGHTS, What, regions};
use crate::analysis::{BBox, Hysteresis, end_of, stretches};
use crate::app::models::{CARD, Shelf, TRAINING};
use crate::app::seen::series;
use crate::domain::{Media, ModelRun, ModelUse, Session, Span, Tag, Time, Track, TrackKind};
use crate::jobs::training::{Tell, Told, tell};
use crate::jobs::{JobContext, Worker};
use crate::store::{Op, OpKind, Reader, Store, StoreError};

/// Between two looks, or two seconds listened to.
const STEP: Time = Time::from_millis(200);
/// Looked at in one go.
const BATCH: usize = 2_000;
/// A label must stay above this share of its threshold; shorter stretches are left out and nearer ones are one, seconds.
const STAYS: f32 = 0.8;
const SHORTEST: f64 = 0.3;
const MERGE: f64 = 0.3;

/// What a run proposed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Proposed {
    pub sessions: usize,
    pub tracks: usize,
    /// Moments looked at.
    pub moments: usize,
    pub proposals: usize,
    /// Open proposals of an earlier run of this model that gave way.
    pub replaced: usize,
}

/// A model of the user's that was trained here.
#[derive(Clone, Debug, PartialEq)]
pub struct Trained {
    pub folder: PathBuf,
    pub card: TrainedCard,
}

/// The trained model of that name.
///
/// # Errors
/// When there is none, or its card is not one.
pub fn find(shelf: &Shelf, name: &str) -> Result<Trained, TrainingError> {
    let folder = shelf.folder().join(name);
    let unknown = |why: String| TrainingError::NoModel { name: name.to_owned(), why };
    if !is_model_name(name) || !folder.is_dir() {
        return Err(unknown(format!("there is no folder for it in {}", shelf.folder().display())));
    }
    let read =
        |name: &str| std::fs::read_to_string(folder.join(name)).map_err(|error| unknown(format!("{name}: {error}")));
    let (card, training) = (read(CARD)?, read(TRAINING)?);
    Ok(Trained { card: TrainedCard::parse(&card, &training).map_err(unknown)?, folder })
}

/// Runs the model over every session that was looked at (listened to, for sound). Blocks; call it inside a job.
///
/// # Errors
/// [`TrainingError`]. What was proposed for sessions before stays.
pub fn propose(
    store: &mut Store,
    model: &Trained,
    session: Option<&str>,
    context: &JobContext,
) -> Result<Proposed, TrainingError> {
    let what = model.card.training.what.unwrap_or(What::Face);
    let mut proposed = Proposed::default();
    let mut worker = Worker::spawn().map_err(crate::jobs::training::TrainError::from)?;
    for row in store.read().session_rows()? {
        if session.is_some_and(|name| row.session.name != name) {
            continue;
        }
        let stood = store.read().standing(row.session.id)?;
        let fits = |run: &&ModelRun| if what == What::Sound { run.listened() } else { run.looked() };
        let mut here = false;
        for run in stood.runs.iter().filter(fits) {
            let Some(media) = store.read().get::<Media>(run.media)? else { continue };
            let path = store.folder().media_path(&media);
            if !path.is_file() {
                continue;
            }
            here = true;
            let mut tags = Vec::new();
            for track in stood.tracks_of(run.id) {
                let mut moments = moments(store.read(), track, what, media.offset)?;
                moments.retain(|(time, _)| !stood.standing.is_over(track, *time + media.offset));
                if moments.is_empty() {
                    continue;
                }
                proposed.tracks += 1;
                proposed.moments += moments.len();
                let along = Along { model, what, path: &path, session: &row.session };
                let curves = along.curves(&mut worker, &moments, context)?;
                tags.extend(along.tags(track, media.offset, &moments, &curves));
            }
            proposed.proposals += tags.len();
            proposed.replaced += write(store, run, model, tags)?;
        }
        proposed.sessions += usize::from(here);
    }
    Ok(proposed)
}

/// Moments in the file at which somebody is looked at or listened to, and where.
fn moments(read: Reader<'_>, track: &Track, what: What, offset: Time) -> Result<Vec<(Time, Place)>, TrainingError> {
    let (kind, channel) = match what {
        What::Face => (TrackKind::Face, "box"),
        What::Hand => (TrackKind::Body, "pose"),
        What::Sound => (TrackKind::Voice, "pitch"),
    };
    if track.kind != kind {
        return Ok(Vec::new());
    }
    let span = Span::new(track.start, track.end);
    let kept = if what == What::Sound { None } else { Some(series(read, track, channel, span)?) };
    let mut moments = Vec::new();
    let mut time = track.start;
    while time <= track.end {
        let place = match (&kept, what) {
            (None, _) => Some(Place::Second),
            (Some(series), What::Face) => series.nearest(time).and_then(|row| {
                let [x, y, width, height] = *row.first_chunk::<4>()?;
                regions::face(&BBox { x, y, width, height }).map(Place::Square)
            }),
            (Some(series), _) => series.nearest(time).and_then(regions::hand).map(Place::Square),
        };
        // A second of sound is around its moment.
        let back = if what == What::Sound { Time::from_millis(500) } else { Time::ZERO };
        moments.extend(place.map(|place| (time - offset - back, place)));
        time = time + STEP;
    }
    Ok(moments)
}

struct Along<'a> {
    model: &'a Trained,
    what: What,
    path: &'a Path,
    session: &'a Session,
}

impl Along<'_> {
    /// A share for each label at each moment; NaN where nothing could be seen.
    fn curves(
        &self,
        worker: &mut Worker,
        moments: &[(Time, Place)],
        context: &JobContext,
    ) -> Result<Vec<Vec<f32>>, TrainingError> {
        let labels = &self.model.card.labels;
        let mut curves = vec![vec![f32::NAN; moments.len()]; labels.len()];
        for (batch, part) in moments.chunks(BATCH).enumerate() {
            let done = (batch * BATCH) as f64 / moments.len() as f64;
            context.progress(done, || format!("{}: {:.0} % of a track", self.session.name, done * 100.0));
            let example = |(at, (time, place)): (usize, &(Time, Place))| Example {
                label: 0,
                person: 0,
                session: 0,
                tag: batch * BATCH + at,
                media: 0,
                time: *time,
                place: *place,
            };
            let material = Material {
                what: self.what,
                labels: labels.clone(),
                people: vec![String::new()],
                sessions: vec![self.session.name.clone()],
                media: vec![self.path.to_owned()],
                examples: part.iter().enumerate().map(example).collect(),
            };
            let training = &self.model.card.training;
            let (mean, std) = (training.mean.clone(), training.std.clone());
            let (weights, sha256) = (self.model.folder.join(WEIGHTS), training.weights.sha256.clone());
            let request = Tell { weights, sha256, mean, std, material };
            for Told { example, shares } in tell(worker, &request, context)? {
                for (curve, share) in curves.iter_mut().zip(shares) {
                    if let Some(slot) = curve.get_mut(example) {
                        *slot = share;
                    }
                }
            }
        }
        Ok(curves)
    }

    fn tags(&self, track: &Track, offset: Time, moments: &[(Time, Place)], curves: &[Vec<f32>]) -> Vec<Tag> {
        let card = &self.model.card;
        let on = card.training.threshold as f32;
        let rule = Hysteresis { on, off: on * STAYS, min_secs: SHORTEST, merge_secs: MERGE };
        let middle = if self.what == What::Sound { Time::from_millis(500) } else { Time::ZERO };
        let times: Vec<Time> = moments.iter().map(|(time, _)| *time + middle + offset).collect();
        let rounded = |v: f32| (f64::from(v) * 1000.0).round() / 1000.0;
        let mut tags = Vec::new();
        for (label, curve) in card.labels.iter().zip(curves) {
            for stretch in stretches(&times, curve, &rule) {
                let values: Vec<f32> =
                    curve[stretch.first..=stretch.last].iter().copied().filter(|v| v.is_finite()).collect();
                let mean = values.iter().sum::<f32>() / values.len().max(1) as f32;
                tags.push(Tag::proposed(
                    (track.run, track.id),
                    format!("{}.{label}", card.name),
                    Span { start: times[stretch.first], end: end_of(&times, stretch.last) },
                    mean,
                    json!({
                        "model": card.name, "version": card.version, "label": label, "mean": rounded(mean),
                        "frames": values.len(), "threshold": rounded(on),
                        "right_in_test": card.training.report.scores.accuracy, "doubts": [],
                    }),
                ));
            }
        }
        tags
    }
}

/// Writes the proposals into the run whose tracks they are about, and the model into its record. Open proposals of an earlier
/// run of the model give way; those somebody said something about stay, and are not made again.
fn write(store: &mut Store, run: &ModelRun, model: &Trained, tags: Vec<Tag>) -> Result<usize, StoreError> {
    let card = &model.card;
    let own = format!("{}.", card.name);
    let done = store.transact(Op::new(OpKind::RunRecipe), |tx| {
        let earlier =
            tx.read().tag_rows(run.id)?.into_iter().map(|row| row.tag).filter(|tag| tag.label.starts_with(&own));
        let reviews = tx.read().reviews_of(run.id)?;
        let (open, kept): (Vec<Tag>, Vec<Tag>) = earlier.partition(|tag| reviews.is_untouched(tag));
        open.iter().try_for_each(|tag| tx.delete_tag(tag.id))?;
        for tag in &tags {
            let again = |old: &Tag| {
                let (old_span, span) = (Span::new(old.start, old.end), Span::new(tag.start, tag.end));
                old.track == tag.track && old.label == tag.label && old_span.overlaps(span)
            };
            if !kept.iter().any(again) {
                tx.insert(tag)?;
            }
        }
        let mut run: ModelRun = tx.read().require(run.id)?;
        run.models.retain(|used| used.name != card.name);
        let (name, version, sha256) = (card.name.clone(), card.version.clone(), card.training.weights.sha256.clone());
        run.models.push(ModelUse { name, version, sha256 });
        tx.update(&run)?;
        Ok(open.len())
    })?;
    Ok(done.value)
}
