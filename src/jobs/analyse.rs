//! A video through the worker: observations to tracks, samples and proposals, handed over piece by piece, so that
//! whatever ends the run early, what was done stays.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::ended_early::{EndedEarly, ended_early};
use super::job::{JobContext, JobError};
use super::own::Chosen;
use super::protocol::{Analyse, Answer, Fault, Request};
use super::whole::Whole;
use super::work::Plan;
use super::worker::{Worker, WorkerError};
use crate::analysis::activity::{Activity, Happening};
use crate::analysis::models::propose as own;
use crate::analysis::proposals::NotAssessable;
use crate::analysis::speech::SpeechObservation;
use crate::analysis::{
    Chunk, FrameObservation, ProposalSettings, TrackUpdate, Tracker, TrackingSettings, codec, propose,
};
use crate::domain::{
    MediaId, ModelRun, ModelUse, Print, Residue, RunId, RunStatus, SessionId, Span, Tag, Time, Track, TrackId,
    TrackSamples,
};

/// Samples are handed over at every block of the file, or after so much of it where there are none.
const HAND_OVER_SECS: f64 = 15.0;
/// Channels that no proposal needs: they are handed over and not kept in memory.
pub const HEAVY: [&str; 6] =
    ["landmarks", "pose.world", "hand.left", "hand.left.world", "hand.right", "hand.right.world"];

/// How closely a recording is looked at.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closeness {
    /// All of it alike.
    #[default]
    Even,
    /// First all of it at so many frames a second, then closely where something happens.
    SparseFirst { fps: f64, happening: Happening },
    /// Closely in these stretches of the file, elsewhere at so many frames a second.
    Dense { fps: f64, spans: Vec<Span> },
}

/// A look that was broken off, to be gone on with.
#[derive(Clone, Debug)]
pub struct Unfinished {
    pub run: ModelRun,
    /// All of the file before this was looked at and handed over.
    pub from: Time,
    /// As [`Mark::Looked`] gave it.
    pub state: Value,
    /// What was handed over of the tracks that may still grow.
    pub samples: BTreeMap<TrackId, Vec<Chunk>>,
    /// What the networks that need whole tracks need of what was handed over.
    pub whole: Whole,
}

/// What to analyse, and how.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AnalyseRequest {
    pub session: SessionId,
    pub media: MediaId,
    #[serde(skip)]
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
    #[serde(default)]
    pub closeness: Closeness,
    /// Names of models; all when empty.
    pub models: Vec<String>,
    #[serde(skip)]
    pub model_dir: PathBuf,
    pub tracking: TrackingSettings,
    pub proposals: ProposalSettings,
    /// The run to go on with; a new one when `None`.
    #[serde(skip)]
    pub unfinished: Option<Box<Unfinished>>,
    /// Models of the user's own to look with.
    #[serde(default)]
    pub own: Vec<Chosen>,
}

/// What a sink answers: any error of its own.
pub type SinkResult = Result<(), Box<dyn std::error::Error + Send + Sync>>;

/// A moment from which broken off work goes on with nothing lost and nothing done twice.
#[derive(Clone, Copy, Debug)]
pub enum Mark<'a> {
    /// All of the file before `at` was looked at and handed over; `state` is what the rest hangs on.
    Looked { at: Time, state: &'a Value },
    /// Looking is done; more is to be done with the recording.
    LookedAll(&'a AnalyseSummary),
    /// One more stretch of speech was heard; it is handed over with all others at the end.
    Heard(&'a SpeechObservation),
}

/// Where the results go. Called in order from one thread: a run, then pieces, then the end.
pub trait AnalysisSink {
    /// The models are loaded and the first frame is near. Nothing before this is worth keeping.
    fn run_started(&mut self, run: &ModelRun) -> SinkResult;
    /// Tracks that are new or have grown; the record replaces the one with the same id.
    fn tracks(&mut self, tracks: &[Track]) -> SinkResult;
    /// More samples of a track already told, later than all before.
    fn samples(&mut self, track: TrackId, samples: &TrackSamples) -> SinkResult;
    /// What faces and voices are like, of tracks already told; each in place of the one before. Kept by who keeps prints.
    fn prints(&mut self, _: &[Print]) -> SinkResult {
        Ok(())
    }
    /// Proposals for a track that has ended.
    fn tags(&mut self, tags: &[Tag]) -> SinkResult;
    /// What the run is part of: to be kept until all of it is done, so that it can be gone on with.
    ///
    /// # Errors
    /// Whatever keeping it gives.
    fn planned(&mut self, run: RunId, plan: &Plan) -> SinkResult {
        let _ = (run, plan);
        Ok(())
    }
    /// Everything handed over since the last mark belongs together and is kept, or none of it.
    ///
    /// # Errors
    /// Whatever keeping it gives.
    fn mark(&mut self, run: &ModelRun, mark: Mark<'_>) -> SinkResult {
        let _ = (run, mark);
        Ok(())
    }
    /// The run is over, finished or stopped; its record replaces the one started.
    fn finished(&mut self, run: &ModelRun, summary: &AnalyseSummary) -> SinkResult;
}

/// What came out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
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
    /// Seconds of work.
    pub seconds: f64,
    /// Where something happens, in the file, when the look was sparse; where the look was close, when it followed one.
    pub happening: Vec<Span>,
    /// The file ended before it says it does.
    #[serde(default)]
    pub ended_early: Option<EndedEarly>,
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
    let mut gathering = Gathering::new(request, sink, context);
    if let Some(unfinished) = &request.unfinished
        && let Err(error) = gathering.take_up(unfinished)
    {
        log::error!("run {} cannot be gone on with: {error}", unfinished.run.id.0);
        let message = "What is needed to go on with this run was kept by another version. Start a new one.".to_owned();
        return Err(AnalyseError::Other { message, kept: "Nothing was changed.".to_owned() });
    }
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
    let (sparse_fps, dense) = match &request.closeness {
        Closeness::Even => (None, Vec::new()),
        Closeness::SparseFirst { fps, .. } => (Some(*fps), Vec::new()),
        Closeness::Dense { fps, spans } => (Some(*fps), spans.clone()),
    };
    let asked = Request::Analyse(Analyse {
        path: request.path.clone(),
        stream: request.stream,
        fps: request.fps,
        start: request.start,
        end: request.end,
        from: request.unfinished.as_ref().map(|unfinished| unfinished.from),
        sparse_fps,
        dense,
        models: request.models.clone(),
        model_dir: request.model_dir.clone(),
        own: request.own.iter().filter(|own| own.looks()).map(|own| own.folder.clone()).collect(),
    });
    if let Err(error) = worker.send(&asked) {
        return End::Worker(error);
    }
    context.say("Loading the models…");
    let mut resting = false;
    loop {
        if let Err(error) = worker.rest_as(context, &mut resting) {
            return End::Worker(error);
        }
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
            Answer::Started { models, .. } if gathering.began_with_others(&models) => {
                return End::Fault(Fault::Other, OTHER_MODELS.to_owned());
            }
            Answer::Started { models, .. } => gathering.start(models),
            Answer::Frame(frame) => gathering.frame(frame),
            Answer::Block { at } => gathering.block(at),
            Answer::Progress { done, total, .. } => {
                let (at, pace) = (gathering.summary.up_to, gathering.pace());
                context.progress(done as f64 / total.max(1) as f64, || {
                    format!("Frame {done} of {total}, at {at}, {pace:.1} frames a second")
                });
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
    /// What happened, where that is asked for.
    activity: Option<Activity>,
    /// What proposals are made from, by track, until the track ends: packed as it is stored, so that an hour of somebody
    /// takes little room, and proposals made again from the store are the same.
    light: BTreeMap<TrackId, Vec<Chunk>>,
    /// Beginning of what was not handed over yet.
    handed: Option<Time>,
    context: &'a JobContext,
    /// What the job had worked when this began.
    begun: Duration,
    /// Frames and seconds of work before this went on with them.
    before: (u64, f64),
    summary: AnalyseSummary,
    /// Last moment that lies safely with the sink.
    safe_up_to: Option<Time>,
}

pub(super) const OTHER_MODELS: &str = "The models are no longer those that this run began with. Start a new one.";

/// What the rest of a look hangs on.
#[derive(Deserialize)]
struct State {
    tracker: Tracker,
    summary: AnalyseSummary,
    activity: Option<Activity>,
}

impl<'a> Gathering<'a> {
    fn new(request: &'a AnalyseRequest, sink: &'a mut dyn AnalysisSink, context: &'a JobContext) -> Self {
        // Somebody seen at every quick look has not left between two of them.
        let mut tracking = request.tracking;
        if let Closeness::SparseFirst { fps, .. } | Closeness::Dense { fps, .. } = request.closeness {
            tracking.max_gap_secs = tracking.max_gap_secs.max(1.5 / fps);
        }
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
                "closeness": request.closeness,
                "models": request.models,
                "tracking": tracking,
                "proposals": request.proposals,
                "own": request.own,
            }),
            started: jiff::Timestamp::now().to_string(),
            finished: String::new(),
            status: RunStatus::Running,
            frames: 0,
            residue: Residue::default(),
        };
        let activity = match request.closeness {
            Closeness::SparseFirst { happening, .. } => Some(Activity::new(happening)),
            _ => None,
        };
        Self {
            request,
            sink,
            started: false,
            tracker: Tracker::new(run.id, tracking),
            activity,
            run,
            light: BTreeMap::new(),
            handed: None,
            context,
            begun: context.worked(),
            before: (0, 0.0),
            summary: AnalyseSummary::default(),
            safe_up_to: None,
        }
    }

    /// Takes up what was broken off.
    fn take_up(&mut self, unfinished: &Unfinished) -> Result<(), serde_json::Error> {
        let state = State::deserialize(&unfinished.state)?;
        (self.tracker, self.summary, self.activity) = (state.tracker, state.summary, state.activity);
        self.run = ModelRun { status: RunStatus::Running, finished: String::new(), ..unfinished.run.clone() };
        self.light = unfinished.samples.clone();
        self.before = (self.summary.frames, self.summary.seconds);
        self.safe_up_to = Some(self.summary.up_to);
        Ok(())
    }

    /// Frames a second since this began.
    fn pace(&self) -> f64 {
        (self.summary.frames - self.before.0) as f64 / self.worked().max(0.1)
    }

    /// Seconds of work since this began, without the rests.
    fn worked(&self) -> f64 {
        self.context.worked().saturating_sub(self.begun).as_secs_f64()
    }

    fn seconds(&self) -> f64 {
        self.before.1 + self.worked()
    }

    fn start(&mut self, models: Vec<ModelUse>) -> SinkResult {
        if self.started {
            return Ok(());
        }
        self.started = true;
        self.summary.run = Some(self.run.id);
        if self.request.unfinished.is_some() {
            return Ok(());
        }
        self.run.models = models;
        self.sink.run_started(&self.run)
    }

    /// Whether the run that is gone on with used other models: half a recording by each would be no result.
    fn began_with_others(&self, models: &[ModelUse]) -> bool {
        self.request.unfinished.is_some() && self.run.models != models
    }

    /// A block of the file begins: what was seen before is handed over for good.
    fn block(&mut self, at: Time) -> SinkResult {
        self.start(Vec::new())?;
        let updates = self.tracker.take();
        self.hand_over(updates)?;
        self.summary.seconds = self.seconds();
        let state = json!({ "tracker": self.tracker, "summary": self.summary, "activity": self.activity });
        self.sink.mark(&self.run, Mark::Looked { at, state: &state })?;
        self.safe_up_to = Some(self.summary.up_to);
        Ok(())
    }

    fn frame(&mut self, mut frame: FrameObservation) -> SinkResult {
        self.start(Vec::new())?;
        if let Err(what) = frame.check() {
            log::warn!("observation at {} passed over: {what}", frame.time);
            self.summary.unsound += 1;
            return Ok(());
        }
        if let Some(activity) = &mut self.activity {
            activity.push(&frame);
        }
        frame.time = frame.time + self.request.offset;
        self.tracker.push(&frame);
        self.summary.frames += 1;
        self.run.frames = self.summary.frames as i64;
        self.summary.up_to = frame.time;
        if (frame.time - *self.handed.get_or_insert(frame.time)).secs() >= HAND_OVER_SECS {
            let updates = self.tracker.take();
            self.hand_over(updates)?;
        }
        Ok(())
    }

    fn hand_over(&mut self, updates: Vec<TrackUpdate>) -> SinkResult {
        self.handed = None;
        let tracks: Vec<Track> = updates.iter().map(|u| u.track.clone()).collect();
        if !tracks.is_empty() {
            self.sink.tracks(&tracks)?;
        }
        let prints = super::prints::of_updates(&updates, &self.run.models);
        if !prints.is_empty() {
            self.sink.prints(&prints)?;
        }
        for mut update in updates {
            if !update.samples.times.is_empty() {
                self.sink.samples(update.track.id, &update.samples)?;
                update.samples.channels.retain(|channel| !HEAVY.contains(&channel.name.as_str()));
                self.light.entry(update.track.id).or_default().extend(codec::encode(&update.samples)?);
            }
            if update.ended {
                self.propose(&update.track)?;
            }
        }
        Ok(())
    }

    fn propose(&mut self, track: &Track) -> SinkResult {
        match track.kind {
            crate::domain::TrackKind::Face => self.summary.faces += 1,
            crate::domain::TrackKind::Body => self.summary.bodies += 1,
            crate::domain::TrackKind::Voice => {}
        }
        let Some(packed) = self.light.remove(&track.id) else { return Ok(()) };
        let samples = codec::decode(&packed)?;
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
        self.summary.seconds = self.seconds();
        if let Closeness::Dense { spans, .. } = &self.request.closeness {
            self.summary.happening.clone_from(spans);
        }
        if let Some(activity) = &self.activity {
            self.summary.happening = activity.found().to_vec();
        }
        let whole = finished && handed.is_ok();
        if whole {
            let read_to = self.summary.up_to - self.request.offset;
            self.summary.ended_early = ended_early(&self.request.path, Some(read_to), self.request.end);
            if self.summary.ended_early.is_some() {
                // Nothing was seen of what the copy lacks: once it is mended, nobody there counts as looked for.
                let frame = Time((1e9 / self.request.fps.max(f64::MIN_POSITIVE)).min(1e9) as i64);
                self.run.settings["end"] = json!(read_to + frame);
                self.run.settings["ended_early"] = json!(self.summary.ended_early);
            }
        }
        self.run.status = if whole { RunStatus::Finished } else { RunStatus::Stopped };
        self.run.finished = jiff::Timestamp::now().to_string();
        self.run.set_worked_secs(self.summary.seconds);
        let closed = self.sink.finished(&self.run, &self.summary);
        if handed.is_ok() && closed.is_ok() {
            self.safe_up_to = Some(self.summary.up_to);
        }
        handed.and(closed)
    }

    fn kept(&self) -> String {
        match self.safe_up_to {
            Some(up_to) if self.started => format!("What was found up to {up_to} is kept."),
            _ => "Nothing was changed.".to_owned(),
        }
    }
}

#[cfg(all(test, unix))]
#[path = "analyse_tests.rs"]
mod tests;
