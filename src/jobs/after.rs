//! What the chosen networks make of tracks once these are whole: bodies lifted into three dimensions, quick movements of
//! faces judged. A run's results pass through here; what is needed of them is kept, and a second look at the recording
//! happens before the run is closed.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;

use super::analyse::{AnalyseError, AnalyseRequest, AnalyseSummary, AnalysisSink, SinkResult, analyse};
use super::job::JobContext;
use super::own::{Applied, Chosen, Judge, Lift, Moment};
use super::protocol::{Answer, Request};
use super::worker::Worker;
use crate::analysis::models::{OWN, Use, channels};
use crate::analysis::networks::htnet::Places;
use crate::analysis::networks::micro::{self, MicroSettings, Movement};
use crate::analysis::networks::mixste::{self, Deep, FRAMES, Flat, JOINTS};
use crate::analysis::networks::said_largest;
use crate::analysis::networks::swinface::Similarity;
use crate::domain::{
    Channel, ModelRun, ModelUse, Residue, RunStatus, Tag, TagId, TagStatus, Time, Track, TrackId, TrackSamples,
};
use crate::media::probe;

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
    let wants = |what: Use| request.own.iter().any(|own| own.card.used_on() == what);
    let (bodies, faces) = (wants(Use::BodyPath), wants(Use::FacePair));
    if !bodies && !faces {
        return analyse(request, sink, context);
    }
    let mut after = After {
        request,
        context,
        sink,
        bodies,
        faces,
        paths: BTreeMap::new(),
        meshes: BTreeMap::new(),
        more: 0,
        problem: None,
    };
    let mut summary = analyse(request, &mut after, context)?;
    summary.tags += after.more;
    match after.problem {
        None => Ok(summary),
        Some(message) => Err(AnalyseError::Model { message, kept: "What was seen is kept.".to_owned() }),
    }
}

type Mesh = [[f32; 2]; micro::POINTS.len()];

struct After<'a> {
    request: &'a AnalyseRequest,
    context: &'a JobContext,
    sink: &'a mut dyn AnalysisSink,
    /// Whether paths of bodies, and movements of faces, are wanted.
    bodies: bool,
    faces: bool,
    paths: BTreeMap<TrackId, (Vec<Time>, Vec<Flat>)>,
    meshes: BTreeMap<TrackId, (Vec<Time>, Vec<Mesh>)>,
    /// Tags that were made here.
    more: usize,
    problem: Option<String>,
}

impl AnalysisSink for After<'_> {
    fn run_started(&mut self, run: &ModelRun) -> SinkResult {
        self.sink.run_started(run)
    }
    fn tracks(&mut self, tracks: &[Track]) -> SinkResult {
        self.sink.tracks(tracks)
    }
    fn samples(&mut self, track: TrackId, samples: &TrackSamples) -> SinkResult {
        if let Some(pose) = samples.channel("pose").filter(|_| self.bodies) {
            let (times, path) = self.paths.entry(track).or_default();
            times.extend(&samples.times);
            let joints = |row: &[f32]| {
                let points: Vec<[f32; 2]> = row.chunks_exact(4).map(|p| [p[0], p[1]]).collect();
                mixste::joints(&points).unwrap_or([[f32::NAN; 2]; JOINTS])
            };
            path.extend(pose.values.chunks_exact(pose.width.max(1)).map(joints));
        }
        if let Some(mesh) = samples.channel("landmarks").filter(|_| self.faces) {
            let (times, points) = self.meshes.entry(track).or_default();
            for (time, row) in samples.times.iter().zip(mesh.values.chunks_exact(mesh.width.max(1))) {
                if let Some(found) = micro::points(row).filter(|p| p.iter().flatten().all(|v| v.is_finite())) {
                    times.push(*time);
                    points.push(found);
                }
            }
        }
        self.sink.samples(track, samples)
    }
    fn tags(&mut self, tags: &[Tag]) -> SinkResult {
        self.sink.tags(tags)
    }
    fn finished(&mut self, run: &ModelRun, summary: &AnalyseSummary) -> SinkResult {
        let mut run = run.clone();
        if run.status == RunStatus::Finished {
            let request = self.request;
            for own in &request.own {
                let done = match own.card.used_on() {
                    Use::BodyPath => self.lift_all(own),
                    Use::FacePair => self.judge_all(own, &run),
                    _ => continue,
                };
                match done {
                    Ok(()) => run.models.push(used(own)),
                    Err(Broke::Sink(error)) => return Err(error),
                    Err(Broke::Stopped) => {
                        run.status = RunStatus::Stopped;
                        break;
                    }
                    Err(Broke::Model(message)) => {
                        run.status = RunStatus::Stopped;
                        self.problem.get_or_insert(message);
                    }
                }
            }
        }
        self.sink.finished(&run, summary)
    }
}

fn used(own: &Chosen) -> ModelUse {
    ModelUse {
        name: own.card.name.clone(),
        version: own.card.version_or_date().to_owned(),
        sha256: own.card.file.as_ref().map(|file| file.sha256.clone()).unwrap_or_default(),
    }
}

/// What ended the work on tracks.
enum Broke {
    Sink(Box<dyn std::error::Error + Send + Sync>),
    Model(String),
    Stopped,
}

fn broke(error: impl std::fmt::Display) -> Broke {
    Broke::Model(error.to_string())
}

impl After<'_> {
    fn lift_all(&mut self, own: &Chosen) -> Result<(), Broke> {
        let (width, height) = picture_size(self.request).ok_or_else(|| broke("the recording's size is not known."))?;
        let mut worker = Worker::spawn().map_err(broke)?;
        let count = self.paths.len();
        for (at, (track, (times, path))) in self.paths.iter().enumerate() {
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
                self.sink.samples(*track, &lifted).map_err(Broke::Sink)?;
            }
        }
        Ok(())
    }

    /// A path without gaps, in windows that overlap.
    fn lift(&self, worker: &mut Worker, own: &Chosen, frames: &[Flat]) -> Result<Vec<Deep>, Broke> {
        let starts = mixste::windows(frames.len());
        let mut answers = Vec::with_capacity(starts.len());
        for some in starts.chunks(WINDOWS) {
            let flat = |start: &usize| mixste::window(frames, *start).into_iter().flatten().flatten().collect();
            let windows = some.iter().map(flat).collect();
            worker.send(&Request::Lift(Lift { model: own.folder.clone(), windows })).map_err(broke)?;
            let lifted = loop {
                match self.next(worker)? {
                    Answer::Lifted { windows } => break windows,
                    Answer::Error { message, .. } => return Err(Broke::Model(message)),
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

    fn next(&self, worker: &mut Worker) -> Result<Answer, Broke> {
        loop {
            if self.context.is_cancelled() {
                return Err(Broke::Stopped);
            }
            if let Some(answer) = worker.next(Duration::from_millis(100)).map_err(broke)? {
                return Ok(answer);
            }
        }
    }

    fn judge_all(&mut self, own: &Chosen, run: &ModelRun) -> Result<(), Broke> {
        let mut found: Vec<(TrackId, Movement, Moment, [Time; 3])> = Vec::new();
        for (track, (times, meshes)) in &self.meshes {
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
            return Ok(());
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
        let mut tags = Vec::new();
        loop {
            match self.next(&mut worker)? {
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
                Answer::Done { .. } => break,
                Answer::Cancelled { .. } => return Err(Broke::Stopped),
                Answer::Error { message, .. } => return Err(Broke::Model(message)),
                _ => {}
            }
        }
        self.more += tags.len();
        if tags.is_empty() { Ok(()) } else { self.sink.tags(&tags).map_err(Broke::Sink) }
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
    Some(Tag {
        id: TagId::new(),
        run: run.id,
        track,
        label: format!("{}.{label}", own.card.name),
        start: *onset,
        end: *offset,
        confidence: rounded(share.clamp(0.0, 1.0)),
        evidence: json!({
            "model": own.card.name, "version": own.card.version_or_date(), "apex": apex.secs(),
            "movement": rounded(movement.strength), "shares": applied.numbers.iter().map(|v| rounded(*v)).collect::<Vec<_>>(),
            "doubts": doubts,
        }),
        status: TagStatus::Proposed,
        reviewer: String::new(),
        reviewed: String::new(),
        annotation: None,
        residue: Residue::default(),
    })
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
