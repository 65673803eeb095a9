//! What the chosen networks make of tracks once these are whole: bodies lifted into three dimensions, quick movements of
//! faces judged. A run's results pass through here; what is needed of them is kept, and a second look at the recording
//! happens before the run is closed.

use std::time::Duration;

use serde_json::json;

use super::analyse::{
    AnalyseError, AnalyseRequest, AnalyseSummary, AnalysisSink, Closeness, Mark, SinkResult, analyse,
};
use super::job::JobContext;
use super::own::{Applied, Chosen, Judge, Lift, Moment};
use super::protocol::{Answer, Request};
use super::whole::{Mesh, Whole};
use super::work::Plan;
use super::worker::Worker;
use crate::analysis::codec::{self, CodecError};
use crate::analysis::models::{OWN, Use, channels};
use crate::analysis::networks::htnet::Places;
use crate::analysis::networks::micro::{self, MicroSettings, Movement};
use crate::analysis::networks::mixste::{self, Deep, FRAMES, Flat, JOINTS};
use crate::analysis::networks::said_largest;
use crate::analysis::networks::swinface::Similarity;
use crate::domain::{
    Channel, ModelRun, ModelUse, Print, RunId, RunStatus, Span, Tag, Time, Track, TrackId, TrackSamples,
};
use crate::media::probe;

/// How long an answer is waited for before anything else is looked at.
const STEP: Duration = Duration::from_millis(100);
/// Windows of a path in one request: each takes seconds.
const WINDOWS: usize = 4;
/// Side of the square of a face, as the worker cuts it.
const FACE: f32 = 112.0;
/// How much larger the square is than what the looked-at points span.
const AROUND: f32 = 1.7;
/// A class less likely than this is not proposed.
const LEAST: f32 = 0.5;
/// Below so many frames a second quick movements are mostly missed.
const FEW_FRAMES: f64 = 25.0;

/// As [`analyse`], and what the chosen networks make of whole tracks with it.
///
/// # Errors
/// As [`analyse`]; what was found before stays.
pub fn analyse_and_after(
    request: &AnalyseRequest,
    sink: &mut dyn AnalysisSink,
    context: &JobContext,
) -> Result<AnalyseSummary, AnalyseError> {
    let whole = match &request.unfinished {
        Some(unfinished) => unfinished.whole.clone(),
        None => Whole::for_models(&request.own),
    };
    // A quick look is followed by a close one, which is the one that tracks are taken from.
    if whole.channels().is_empty() || matches!(request.closeness, Closeness::SparseFirst { .. }) {
        return analyse(request, sink, context);
    }
    let mut after = After { request, context, sink, whole, made: Made::default(), ended: None };
    let mut summary = analyse(request, &mut after, context)?;
    summary.tags += after.made.tags.len();
    let kept = format!("What was seen up to {} is kept.", summary.up_to);
    match after.ended {
        None => Ok(summary),
        Some(Ended::Stopped) => Err(AnalyseError::Cancelled { kept }),
        Some(Ended::Model(message)) => Err(AnalyseError::Model { message, kept }),
    }
}

struct After<'a> {
    request: &'a AnalyseRequest,
    context: &'a JobContext,
    sink: &'a mut dyn AnalysisSink,
    whole: Whole,
    made: Made,
    ended: Option<Ended>,
}

/// What came out: handed over only when all of it is there, so that a run that is broken off meanwhile has none of it
/// when it is gone on with.
#[derive(Default)]
struct Made {
    samples: Vec<(TrackId, TrackSamples)>,
    tags: Vec<Tag>,
}

impl AnalysisSink for After<'_> {
    fn run_started(&mut self, run: &ModelRun) -> SinkResult {
        self.sink.run_started(run)
    }
    fn tracks(&mut self, tracks: &[Track]) -> SinkResult {
        self.sink.tracks(tracks)
    }
    fn samples(&mut self, track: TrackId, samples: &TrackSamples) -> SinkResult {
        self.whole.take(track, &as_stored(samples, &self.whole.channels())?);
        self.sink.samples(track, samples)
    }
    fn prints(&mut self, prints: &[Print]) -> SinkResult {
        self.sink.prints(prints)
    }
    fn tags(&mut self, tags: &[Tag]) -> SinkResult {
        self.sink.tags(tags)
    }
    fn planned(&mut self, run: RunId, plan: &Plan) -> SinkResult {
        self.sink.planned(run, plan)
    }
    fn mark(&mut self, run: &ModelRun, mark: Mark<'_>) -> SinkResult {
        self.sink.mark(run, mark)
    }
    fn finished(&mut self, run: &ModelRun, summary: &AnalyseSummary) -> SinkResult {
        let (mut run, mut summary) = (run.clone(), summary.clone());
        if run.status == RunStatus::Finished {
            match self.make(&run) {
                Ok(made) => {
                    for (track, samples) in &made.samples {
                        self.sink.samples(*track, samples)?;
                    }
                    if !made.tags.is_empty() {
                        self.sink.tags(&made.tags)?;
                    }
                    summary.tags += made.tags.len();
                    let whole = self.request.own.iter().filter(|own| needs_whole(own));
                    run.models.extend(whole.map(used));
                    self.made = made;
                }
                Err(ended) => {
                    run.status = RunStatus::Stopped;
                    self.ended = Some(ended);
                }
            }
        }
        self.sink.finished(&run, &summary)
    }
}

/// Some channels as they will be read back, so that a run that is gone on with gives what it gives in one go.
fn as_stored(samples: &TrackSamples, names: &[&str]) -> Result<TrackSamples, CodecError> {
    let channels = samples.channels.iter().filter(|channel| names.contains(&channel.name.as_str())).cloned().collect();
    codec::decode(&codec::encode(&TrackSamples { times: samples.times.clone(), channels })?)
}

fn needs_whole(own: &Chosen) -> bool {
    matches!(own.card.used_on(), Use::BodyPath | Use::FacePair)
}

fn used(own: &Chosen) -> ModelUse {
    ModelUse {
        name: own.card.name.clone(),
        version: own.card.version_or_date().to_owned(),
        sha256: own.card.file.as_ref().map(|file| file.sha256.clone()).unwrap_or_default(),
    }
}

/// What ended the work on tracks.
enum Ended {
    Model(String),
    Stopped,
}

fn broke(error: impl std::fmt::Display) -> Ended {
    Ended::Model(error.to_string())
}

impl After<'_> {
    fn make(&self, run: &ModelRun) -> Result<Made, Ended> {
        let mut made = Made::default();
        for own in &self.request.own {
            match own.card.used_on() {
                Use::BodyPath => made.samples.extend(self.lift_all(own)?),
                Use::FacePair => made.tags.extend(self.judge_all(own, run)?),
                _ => {}
            }
        }
        Ok(made)
    }

    fn lift_all(&self, own: &Chosen) -> Result<Vec<(TrackId, TrackSamples)>, Ended> {
        let (width, height) = picture_size(self.request).ok_or_else(|| broke("the recording's size is not known."))?;
        let mut worker = Worker::spawn().map_err(broke)?;
        let count = self.whole.paths.len();
        let mut all = Vec::new();
        for (at, (track, (times, path))) in self.whole.paths.iter().enumerate() {
            let name = own.card.name.clone();
            self.context.progress(at as f64 / count.max(1) as f64, || format!("{name}: body {} of {count}", at + 1));
            let secs: Vec<f64> = times.iter().map(|time| time.secs()).collect();
            let scaled: Vec<Flat> = path.iter().map(|joints| mixste::normalise(joints, width, height)).collect();
            let mut lifted = TrackSamples::default();
            let mut values = Vec::new();
            for stretch in mixste::at_pace(&secs, &scaled) {
                let whole = self.lift(&mut worker, own, &stretch.frames)?;
                for sample in stretch.first..=stretch.last {
                    let frame = mixste::frame_at(secs[sample] - secs[stretch.first], whole.len());
                    if let Some(joints) = whole.get(frame).filter(|_| scaled[sample][0][0].is_finite()) {
                        lifted.times.push(times[sample]);
                        values.extend(joints.iter().flatten());
                    }
                }
            }
            if !lifted.times.is_empty() {
                let name = format!("{OWN}{}.world", own.card.name);
                lifted.channels.push(Channel { name, width: JOINTS * 3, step: 0.001, values });
                all.push((*track, lifted));
            }
        }
        Ok(all)
    }

    /// A path without gaps, in windows that overlap.
    fn lift(&self, worker: &mut Worker, own: &Chosen, frames: &[Flat]) -> Result<Vec<Deep>, Ended> {
        let starts = mixste::windows(frames.len());
        let mut answers = Vec::with_capacity(starts.len());
        for some in starts.chunks(WINDOWS) {
            let flat = |start: &usize| mixste::window(frames, *start).into_iter().flatten().flatten().collect();
            let windows = some.iter().map(flat).collect();
            while self.context.rest() && !self.context.is_cancelled() {
                std::thread::sleep(STEP);
            }
            worker.send(&Request::Lift(Lift { model: own.folder.clone(), windows })).map_err(broke)?;
            let lifted = loop {
                match self.next(worker, &mut false)? {
                    Answer::Lifted { windows } => break windows,
                    Answer::Error { message, .. } => return Err(Ended::Model(message)),
                    _ => {}
                }
            };
            for (start, window) in some.iter().zip(lifted) {
                let (points, _) = window.as_chunks::<3>();
                let (joints, _) = points.as_chunks::<JOINTS>();
                if joints.len() != FRAMES {
                    return Err(broke(format!("{} answered with another number of frames.", own.card.name)));
                }
                answers.push((*start, joints.to_vec()));
            }
        }
        Ok(mixste::blend(frames.len(), &answers))
    }

    /// The next answer; rests with the job where `resting` is kept from call to call.
    fn next(&self, worker: &mut Worker, resting: &mut bool) -> Result<Answer, Ended> {
        loop {
            if self.context.is_cancelled() {
                return Err(Ended::Stopped);
            }
            worker.rest_as(self.context, resting).map_err(broke)?;
            if let Some(answer) = worker.next(STEP).map_err(broke)? {
                return Ok(answer);
            }
        }
    }

    fn judge_all(&self, own: &Chosen, run: &ModelRun) -> Result<Vec<Tag>, Ended> {
        let mut found: Vec<(TrackId, Movement, Moment, [Time; 3])> = Vec::new();
        for (track, (times, meshes)) in &self.whole.meshes {
            let secs: Vec<f64> = times.iter().map(|time| time.secs()).collect();
            for movement in micro::movements(&secs, meshes, &MicroSettings::default()) {
                let (onset, apex) = (movement.onset, movement.apex);
                let Some((at_onset, at_apex, places)) = laid(&meshes[onset], &meshes[apex]) else { continue };
                let in_file = |at: usize| times[at] - self.request.offset;
                let moment = Moment { onset: in_file(onset), apex: in_file(apex), at_onset, at_apex, places };
                found.push((*track, movement, moment, [times[onset], times[apex], times[movement.offset]]));
            }
        }
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let mut worker = Worker::spawn().map_err(broke)?;
        worker
            .send(&Request::Judge(Judge {
                model: own.folder.clone(),
                media: self.request.path.clone(),
                stream: self.request.stream,
                moments: found.iter().map(|(_, _, moment, _)| moment.clone()).collect(),
            }))
            .map_err(broke)?;
        let labels = channels(&own.card).into_iter().next().map(|c| c.names).unwrap_or_default();
        let (mut tags, mut resting) = (Vec::new(), false);
        loop {
            match self.next(&mut worker, &mut resting)? {
                Answer::Applied(applied) => {
                    if let Some((track, movement, _, times)) = found.get(applied.item) {
                        tags.extend(judged(own, run, *track, movement, times, &applied, &labels, self.request.fps));
                    }
                }
                Answer::Progress { done, total, .. } => {
                    let name = own.card.name.clone();
                    let part = done as f64 / total.max(1) as f64;
                    self.context.progress(part, || format!("{name}: movement {done} of {total}"));
                }
                Answer::Done { .. } => return Ok(tags),
                Answer::Cancelled { .. } => return Err(Ended::Stopped),
                Answer::Error { message, .. } => return Err(Ended::Model(message)),
                _ => {}
            }
        }
    }
}

#[allow(clippy::too_many_arguments)]
fn judged(
    own: &Chosen,
    run: &ModelRun,
    track: TrackId,
    movement: &Movement,
    [onset, apex, offset]: &[Time; 3],
    applied: &Applied,
    labels: &[String],
    fps: f64,
) -> Option<Tag> {
    let (best, share) = said_largest(&applied.numbers)?;
    let label = labels.get(best).filter(|_| share >= LEAST)?;
    let rounded = |v: f32| (f64::from(v) * 1000.0).round() / 1000.0;
    let doubts: Vec<&str> = if fps < FEW_FRAMES { vec!["too_few_frames"] } else { Vec::new() };
    Some(Tag::proposed(
        (run.id, track),
        format!("{}.{label}", own.card.name),
        Span { start: *onset, end: *offset },
        share,
        json!({
            "model": own.card.name, "version": own.card.version_or_date(), "apex": apex.secs(),
            "movement": rounded(movement.strength), "shares": applied.numbers.iter().map(|v| rounded(*v)).collect::<Vec<_>>(),
            "doubts": doubts,
        }),
    ))
}

fn picture_size(request: &AnalyseRequest) -> Option<(f32, f32)> {
    let info = probe(&request.path).ok()?;
    let video = info.video()?;
    let (width, height) = (video.width? as f32, video.height? as f32);
    (width > 0.0 && height > 0.0).then_some((width, height))
}

/// The squares of a face at onset and apex, laid over each other by the points that hold still, and where eyes and mouth are.
fn laid(onset: &Mesh, apex: &Mesh) -> Option<([f32; 4], [f32; 4], Places)> {
    let (left, right) = (onset[0], onset[3]);
    let angle = (right[1] - left[1]).atan2(right[0] - left[0]);
    let (sin, cos) = angle.sin_cos();
    let turned = |p: &[f32; 2]| [p[0] * cos + p[1] * sin, p[1] * cos - p[0] * sin];
    let (mut low, mut high) = ([f32::INFINITY; 2], [f32::NEG_INFINITY; 2]);
    for point in onset.iter().map(turned) {
        for axis in 0..2 {
            low[axis] = low[axis].min(point[axis]);
            high[axis] = high[axis].max(point[axis]);
        }
    }
    let scale = (high[0] - low[0]).max(high[1] - low[1]) * AROUND / FACE;
    let middle = [(low[0] + high[0]) / 2.0, (low[1] + high[1]) / 2.0];
    let centre = [middle[0] * cos - middle[1] * sin, middle[0] * sin + middle[1] * cos];
    let (a, b) = (scale * cos, scale * sin);
    if !(scale.is_finite() && scale > 0.0) {
        return None;
    }
    let half = FACE / 2.0;
    let square = Similarity { a, b, dx: centre[0] - a * half + b * half, dy: centre[1] - b * half - a * half };
    let head = Similarity::between(&onset[..6], &apex[..6])?;
    let [dx, dy] = head.of([square.dx, square.dy]);
    let moved = [head.a * a - head.b * b, head.b * a + head.a * b, dx, dy];
    let share = |p: [f32; 2]| {
        let (x, y, size) = (p[0] - square.dx, p[1] - square.dy, a * a + b * b);
        [(a * x + b * y) / size / FACE, (a * y - b * x) / size / FACE]
    };
    let between = |p: [f32; 2], q: [f32; 2]| [(p[0] + q[0]) / 2.0, (p[1] + q[1]) / 2.0];
    let places = Places {
        left_eye: share(between(onset[0], onset[1])),
        right_eye: share(between(onset[2], onset[3])),
        left_mouth: share(onset[19]),
        right_mouth: share(onset[20]),
    };
    Some(([square.a, square.b, square.dx, square.dy], moved, places))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_squares_lie_on_the_same_spot_of_the_face() {
        let mut onset: Mesh = std::array::from_fn(|i| [100.0 + (i * 37 % 60) as f32, 80.0 + (i * 53 % 70) as f32]);
        (onset[0], onset[3]) = ([90.0, 100.0], [170.0, 110.0]);
        let head = Similarity { a: 0.9, b: 0.2, dx: 12.0, dy: -7.0 };
        let apex = onset.map(|p| head.of(p));
        let (first, second, places) = laid(&onset, &apex).unwrap();
        let of = |[a, b, dx, dy]: [f32; 4], p| Similarity { a, b, dx, dy }.of(p);
        for corner in [[0.0, 0.0], [FACE, 0.0], [50.0, FACE]] {
            let ([x, y], [u, v]) = (head.of(of(first, corner)), of(second, corner));
            assert!((x - u).abs() < 1e-2 && (y - v).abs() < 1e-2);
        }
        let [x, y] = of(first, places.left_mouth.map(|share| share * FACE));
        assert!((x - onset[19][0]).abs() < 1e-2 && (y - onset[19][1]).abs() < 1e-2);
    }
}
