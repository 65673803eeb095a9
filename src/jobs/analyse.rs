//! A video through the worker: observations to tracks, samples and proposals, handed over piece by piece, so that
//! whatever ends the run early, what was done stays.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::json;

use super::job::{JobContext, JobError};
use super::own::Chosen;
use super::protocol::{Analyse, Answer, Fault, Request};
use super::worker::{Worker, WorkerError};
use crate::analysis::models::propose as own;
use crate::analysis::proposals::NotAssessable;
use crate::analysis::{FrameObservation, ProposalSettings, TrackUpdate, Tracker, TrackingSettings, propose};
use crate::domain::{
    MediaId, ModelRun, ModelUse, Residue, RunId, RunStatus, SessionId, Tag, Time, Track, TrackId, TrackSamples,
};

/// Samples are handed over after so much of the recording, or so much waiting, whichever comes first.
const HAND_OVER_SECS: f64 = 10.0;
const HAND_OVER_EVERY: Duration = Duration::from_secs(5);
/// Channels that no proposal needs: they are handed over and not kept in memory.
const HEAVY: [&str; 2] = ["landmarks", "pose.world"];

/// What to analyse, and how.
#[derive(Clone, Debug)]
pub struct AnalyseRequest {
    pub session: SessionId,
    pub media: MediaId,
    pub path: PathBuf,
    /// Index of the video stream in the container; the best one when `None`.
    pub stream: Option<usize>,
    /// Where the file starts on the session's timeline; tracks and tags are told on that timeline.
    pub offset: Time,
    /// The stretch to look at, in the file.
    pub start: Option<Time>,
    pub end: Option<Time>,
    /// Frames to look at, a second.
    pub fps: f64,
    /// Names of models; all when empty.
    pub models: Vec<String>,
    pub model_dir: PathBuf,
    pub tracking: TrackingSettings,
    pub proposals: ProposalSettings,
    /// Models of the user's own to look with.
    pub own: Vec<Chosen>,
}

/// What a sink answers: any error of its own.
pub type SinkResult = Result<(), Box<dyn std::error::Error + Send + Sync>>;

/// Where the results go. Called in order from one thread: a run, then pieces, then the end.
pub trait AnalysisSink {
    /// The models are loaded and the first frame is near. Nothing before this is worth keeping.
    fn run_started(&mut self, run: &ModelRun) -> SinkResult;
    /// Tracks that are new or have grown; the record replaces the one with the same id.
    fn tracks(&mut self, tracks: &[Track]) -> SinkResult;
    /// More samples of a track already told, later than all before.
    fn samples(&mut self, track: TrackId, samples: &TrackSamples) -> SinkResult;
    /// Proposals for a track that has ended.
    fn tags(&mut self, tags: &[Tag]) -> SinkResult;
    /// The run is over, finished or stopped; its record replaces the one started.
    fn finished(&mut self, run: &ModelRun, summary: &AnalyseSummary) -> SinkResult;
}

/// What came out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AnalyseSummary {
    pub run: Option<RunId>,
    pub frames: u64,
    /// Last frame, on the session's timeline.
    pub up_to: Time,
    pub faces: usize,
    pub bodies: usize,
    /// People heard.
    pub voices: usize,
    /// Seconds of speech.
    pub speech_secs: f64,
    pub tags: usize,
    /// Sightings too short to be tracks.
    pub dropped: usize,
    /// Moments taken for cuts.
    pub cuts: Vec<Time>,
    /// Where proposals could not be made, by track.
    pub not_assessable: Vec<(TrackId, NotAssessable)>,
    /// Observations of the worker that made no sense and were passed over.
    pub unsound: usize,
    /// Seconds from start to end.
    pub seconds: f64,
}

/// Why a run ended early. Each message says what was kept.
#[derive(Debug, thiserror::Error)]
pub enum AnalyseError {
    #[error("Analysis stopped. {kept}")]
    Cancelled { kept: String },
    #[error("{source} {kept}")]
    Worker { source: WorkerError, kept: String },
    #[error("The recording cannot be analysed: {message} {kept}")]
    Media { message: String, kept: String },
    #[error("A model cannot be used: {message} Run “fieldgloss models verify”, or reinstall Fieldgloss. {kept}")]
    Model { message: String, kept: String },
    #[error("The analysis failed: {message} {kept}")]
    Other { message: String, kept: String },
    #[error("The results could not be stored: {source}. {kept}")]
    Sink { source: Box<dyn std::error::Error + Send + Sync>, kept: String },
}

impl From<AnalyseError> for JobError {
    fn from(error: AnalyseError) -> Self {
        match error {
            AnalyseError::Cancelled { .. } => Self::Cancelled(error.to_string()),
            _ => Self::Failed(error.to_string()),
        }
    }
}

/// Runs the worker over a media file and hands everything to `sink`. Blocks; call it inside a job.
///
/// # Errors
/// [`AnalyseError`]. What had been handed over by then is kept, the run is marked [`RunStatus::Stopped`], and the
/// proposals for the frames seen have been made.
pub fn analyse(
    request: &AnalyseRequest,
    sink: &mut dyn AnalysisSink,
    context: &JobContext,
) -> Result<AnalyseSummary, AnalyseError> {
    context.say("Starting the analysis program…");
    let worker =
        Worker::spawn().map_err(|source| AnalyseError::Worker { source, kept: "Nothing was changed.".to_owned() })?;
    analyse_with(worker, request, sink, context)
}

/// As [`analyse`], with a worker already started.
///
/// # Errors
/// As [`analyse`].
pub fn analyse_with(
    mut worker: Worker,
    request: &AnalyseRequest,
    sink: &mut dyn AnalysisSink,
    context: &JobContext,
) -> Result<AnalyseSummary, AnalyseError> {
    let mut gathering = Gathering::new(request, sink);
    let end = converse(&mut worker, &mut gathering, context);
    drop(worker);
    let closed = gathering.close(matches!(end, End::Done));
    let kept = gathering.kept();
    let summary = gathering.summary;
    match end {
        End::Sink(source) => Err(AnalyseError::Sink { source, kept }),
        _ if closed.is_err() => {
            Err(AnalyseError::Sink { source: closed.err().unwrap_or_else(|| "unknown".into()), kept })
        }
        End::Done => Ok(summary),
        End::Cancelled => Err(AnalyseError::Cancelled { kept }),
        End::Worker(source) => Err(AnalyseError::Worker { source, kept }),
        End::Fault(fault, message) => Err(match fault {
            Fault::Media => AnalyseError::Media { message, kept },
            Fault::Model => AnalyseError::Model { message, kept },
            Fault::Request | Fault::Other => AnalyseError::Other { message, kept },
        }),
    }
}

enum End {
    Done,
    Cancelled,
    Worker(WorkerError),
    Fault(Fault, String),
    Sink(Box<dyn std::error::Error + Send + Sync>),
}

fn converse(worker: &mut Worker, gathering: &mut Gathering<'_>, context: &JobContext) -> End {
    let request = gathering.request;
    let asked = Request::Analyse(Analyse {
        path: request.path.clone(),
        stream: request.stream,
        fps: request.fps,
        start: request.start,
        end: request.end,
        models: request.models.clone(),
        model_dir: request.model_dir.clone(),
        own: request.own.iter().filter(|own| own.looks()).map(|own| own.folder.clone()).collect(),
    });
    if let Err(error) = worker.send(&asked) {
        return End::Worker(error);
    }
    context.say("Loading the models…");
    loop {
        if context.is_cancelled() {
            let mut failed = None;
            worker.cancel(|late| {
                if let Answer::Frame(frame) = late
                    && failed.is_none()
                {
                    failed = gathering.frame(frame).err();
                }
            });
            return failed.map_or(End::Cancelled, End::Sink);
        }
        let answer = match worker.next(Duration::from_millis(100)) {
            Ok(Some(answer)) => answer,
            Ok(None) => continue,
            Err(error) => return End::Worker(error),
        };
        let taken = match answer {
            Answer::Started { models, .. } => gathering.start(models),
            Answer::Frame(frame) => gathering.frame(frame),
            Answer::Progress { done, total, .. } => {
                let at = gathering.summary.up_to;
                context.progress(done as f64 / total.max(1) as f64, || format!("Frame {done} of {total}, at {at}"));
                Ok(())
            }
            Answer::Done { models, .. } => {
                gathering.run.models = models;
                return End::Done;
            }
            Answer::Cancelled { .. } => return End::Cancelled,
            Answer::Error { fault, message } => return End::Fault(fault, message),
            _ => Ok(()),
        };
        if let Err(error) = taken {
            worker.cancel(|_| ());
            return End::Sink(error);
        }
    }
}

/// Observations on their way to the sink.
struct Gathering<'a> {
    request: &'a AnalyseRequest,
    sink: &'a mut dyn AnalysisSink,
    run: ModelRun,
    started: bool,
    tracker: Tracker,
    /// What proposals are made from, by track, until the track ends.
    light: BTreeMap<TrackId, TrackSamples>,
    handed: (Time, Instant),
    begun: Instant,
    summary: AnalyseSummary,
    /// Last moment that lies safely with the sink.
    safe_up_to: Option<Time>,
}

impl<'a> Gathering<'a> {
    fn new(request: &'a AnalyseRequest, sink: &'a mut dyn AnalysisSink) -> Self {
        let run = ModelRun {
            id: RunId::new(),
            session: request.session,
            media: request.media,
            models: Vec::new(),
            settings: json!({
                "fps": request.fps,
                "stream": request.stream,
                "start": request.start,
                "end": request.end,
                "models": request.models,
                "tracking": request.tracking,
                "proposals": request.proposals,
                "own": request.own,
            }),
            started: jiff::Timestamp::now().to_string(),
            finished: String::new(),
            status: RunStatus::Running,
            frames: 0,
            residue: Residue::default(),
        };
        Self {
            request,
            sink,
            started: false,
            tracker: Tracker::new(run.id, request.tracking),
            run,
            light: BTreeMap::new(),
            handed: (Time(i64::MIN), Instant::now()),
            begun: Instant::now(),
            summary: AnalyseSummary::default(),
            safe_up_to: None,
        }
    }

    fn start(&mut self, models: Vec<ModelUse>) -> SinkResult {
        if self.started {
            return Ok(());
        }
        self.run.models = models;
        self.started = true;
        self.summary.run = Some(self.run.id);
        self.sink.run_started(&self.run)
    }

    fn frame(&mut self, mut frame: FrameObservation) -> SinkResult {
        self.start(Vec::new())?;
        if let Err(what) = frame.check() {
            log::warn!("observation at {} passed over: {what}", frame.time);
            self.summary.unsound += 1;
            return Ok(());
        }
        frame.time = frame.time + self.request.offset;
        if self.handed.0 == Time(i64::MIN) {
            self.handed.0 = frame.time;
        }
        self.tracker.push(&frame);
        self.summary.frames += 1;
        self.run.frames = self.summary.frames as i64;
        self.summary.up_to = frame.time;
        let waited = self.handed.1.elapsed() >= HAND_OVER_EVERY;
        if waited || (frame.time - self.handed.0).secs() >= HAND_OVER_SECS {
            let updates = self.tracker.take();
            self.hand_over(updates)?;
        }
        Ok(())
    }

    fn hand_over(&mut self, updates: Vec<TrackUpdate>) -> SinkResult {
        self.handed = (self.summary.up_to, Instant::now());
        let tracks: Vec<Track> = updates.iter().map(|u| u.track.clone()).collect();
        if !tracks.is_empty() {
            self.sink.tracks(&tracks)?;
        }
        for update in updates {
            if !update.samples.times.is_empty() {
                self.sink.samples(update.track.id, &update.samples)?;
                keep_light(self.light.entry(update.track.id).or_default(), update.samples);
            }
            if update.ended {
                self.propose(&update.track)?;
            }
        }
        self.safe_up_to = Some(self.summary.up_to);
        Ok(())
    }

    fn propose(&mut self, track: &Track) -> SinkResult {
        match track.kind {
            crate::domain::TrackKind::Face => self.summary.faces += 1,
            crate::domain::TrackKind::Body => self.summary.bodies += 1,
            crate::domain::TrackKind::Voice => {}
        }
        let Some(samples) = self.light.remove(&track.id) else { return Ok(()) };
        let mut proposals = propose(track, &samples, &self.request.proposals);
        proposals.tags.extend(self.request.own.iter().flat_map(|own| own::propose(track, &samples, &own.card)));
        self.summary.not_assessable.extend(proposals.not_assessable.into_iter().map(|n| (track.id, n)));
        self.summary.tags += proposals.tags.len();
        if proposals.tags.is_empty() { Ok(()) } else { self.sink.tags(&proposals.tags) }
    }

    /// Ends all tracks and the run, whatever ended it.
    fn close(&mut self, finished: bool) -> SinkResult {
        if !self.started && finished {
            self.start(Vec::new())?;
        }
        if !self.started {
            return Ok(());
        }
        let updates = self.tracker.finish();
        let handed = self.hand_over(updates);
        self.summary.dropped = self.tracker.dropped();
        self.summary.cuts = self.tracker.cuts().to_vec();
        self.summary.seconds = self.begun.elapsed().as_secs_f64();
        let whole = finished && handed.is_ok();
        self.run.status = if whole { RunStatus::Finished } else { RunStatus::Stopped };
        self.run.finished = jiff::Timestamp::now().to_string();
        let closed = self.sink.finished(&self.run, &self.summary);
        handed.and(closed)
    }

    fn kept(&self) -> String {
        match self.safe_up_to {
            Some(up_to) if self.started => format!("What was found up to {up_to} is kept."),
            _ => "Nothing was changed.".to_owned(),
        }
    }
}

/// Appends samples without the heavy channels.
fn keep_light(kept: &mut TrackSamples, more: TrackSamples) {
    let (before, now) = (kept.times.len(), kept.times.len() + more.times.len());
    kept.times.extend(more.times);
    for new in more.channels.into_iter().filter(|c| !HEAVY.contains(&c.name.as_str())) {
        match kept.channels.iter_mut().find(|c| c.name == new.name) {
            Some(channel) => channel.values.extend_from_slice(&new.values),
            None => {
                // A channel may begin later than its track.
                let mut values = vec![f32::NAN; before * new.width];
                values.extend_from_slice(&new.values);
                kept.channels.push(crate::domain::Channel { values, ..new });
            }
        }
    }
    for channel in &mut kept.channels {
        channel.values.resize(now * channel.width, f32::NAN);
    }
}

#[cfg(all(test, unix))]
#[path = "analyse_tests.rs"]
mod tests;
