//! The sound of a recording through the worker: stretches of speech to voices, turns and proposals. Whatever ends the
//! run early, what was heard until then is told apart and handed over.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::json;

use super::after::analyse_and_after;
use super::analyse::{AnalyseError, AnalyseRequest, AnalyseSummary, AnalysisSink, SinkResult};
use super::job::JobContext;
use super::own::Chosen;
use super::protocol::{Answer, Fault, Listen, Request};
use super::worker::{Worker, WorkerError};
use crate::analysis::speech::own;
use crate::analysis::speech::proposals::{Heard, heard};
use crate::analysis::speech::{SpeechObservation, TurnSettings, VoiceSettings, VoicingSettings, tell_apart, turns};
use crate::domain::{
    MediaId, ModelRun, ModelUse, Residue, RunId, RunStatus, SessionId, Tag, Time, Track, TrackId, TrackSamples,
};

/// What to listen to, and how.
#[derive(Clone, Debug)]
pub struct ListenRequest {
    pub session: SessionId,
    pub media: MediaId,
    pub path: PathBuf,
    /// Index of the stream of sound in the container; the first when `None`.
    pub stream: Option<usize>,
    /// Where the file starts on the session's timeline.
    pub offset: Time,
    /// The stretch to listen to, in the file.
    pub start: Option<Time>,
    pub end: Option<Time>,
    /// Names of the sound models; all when empty.
    pub models: Vec<String>,
    pub model_dir: PathBuf,
    pub voicing: VoicingSettings,
    pub voices: VoiceSettings,
    pub turns: TurnSettings,
    /// The run over the same recording's picture that this becomes part of, so that both are reviewed together.
    pub part_of: Option<ModelRun>,
    /// Models of the user's own to listen with.
    pub own: Vec<Chosen>,
}

/// Looks at a recording, listens to it, or both in one run.
///
/// # Errors
/// As for [`analyse_and_after`] and [`listen`]; what was seen stays when listening fails.
pub fn look_and_listen(
    look: Option<&AnalyseRequest>,
    hear: Option<&ListenRequest>,
    sink: &mut dyn AnalysisSink,
    context: &JobContext,
) -> Result<AnalyseSummary, AnalyseError> {
    let mut keeping = Keeping { sink, run: None };
    let seen = look.map(|request| analyse_and_after(request, &mut keeping, context)).transpose()?;
    let (Some(request), part_of) = (hear, keeping.run.take()) else { return Ok(seen.unwrap_or_default()) };
    let heard = listen(&ListenRequest { part_of, ..request.clone() }, keeping.sink, context)?;
    Ok(match seen {
        None => heard,
        Some(seen) => AnalyseSummary {
            voices: heard.voices,
            speech_secs: heard.speech_secs,
            tags: seen.tags + heard.tags,
            unsound: seen.unsound + heard.unsound,
            seconds: seen.seconds + heard.seconds,
            ..seen
        },
    })
}

/// Hands everything on and keeps the run's last record.
struct Keeping<'a> {
    sink: &'a mut dyn AnalysisSink,
    run: Option<ModelRun>,
}

impl AnalysisSink for Keeping<'_> {
    fn run_started(&mut self, run: &ModelRun) -> SinkResult {
        self.sink.run_started(run)
    }
    fn tracks(&mut self, tracks: &[Track]) -> SinkResult {
        self.sink.tracks(tracks)
    }
    fn samples(&mut self, track: TrackId, samples: &TrackSamples) -> SinkResult {
        self.sink.samples(track, samples)
    }
    fn tags(&mut self, tags: &[Tag]) -> SinkResult {
        self.sink.tags(tags)
    }
    fn finished(&mut self, run: &ModelRun, summary: &AnalyseSummary) -> SinkResult {
        self.run = Some(run.clone());
        self.sink.finished(run, summary)
    }
}

/// Runs the worker over the sound of a media file and hands everything to `sink`. Blocks; call it inside a job.
///
/// # Errors
/// [`AnalyseError`]. What was heard by then has been handed over and the run is marked [`RunStatus::Stopped`].
pub fn listen(
    request: &ListenRequest,
    sink: &mut dyn AnalysisSink,
    context: &JobContext,
) -> Result<AnalyseSummary, AnalyseError> {
    context.say("Starting the analysis program…");
    let worker =
        Worker::spawn().map_err(|source| AnalyseError::Worker { source, kept: "Nothing was changed.".to_owned() })?;
    listen_with(worker, request, sink, context)
}

/// As [`listen`], with a worker already started.
///
/// # Errors
/// As [`listen`].
pub fn listen_with(
    mut worker: Worker,
    request: &ListenRequest,
    sink: &mut dyn AnalysisSink,
    context: &JobContext,
) -> Result<AnalyseSummary, AnalyseError> {
    let mut ear = Ear::new(request, sink);
    let end = ear.converse(&mut worker, context);
    drop(worker);
    context.say("Telling the voices apart…");
    let closed = ear.close(matches!(end, End::Done));
    let kept = ear.kept();
    let summary = ear.summary;
    match (end, closed) {
        (End::Sink(source), _) | (_, Err(source)) => Err(AnalyseError::Sink { source, kept }),
        (End::Done, _) => Ok(summary),
        (End::Cancelled, _) => Err(AnalyseError::Cancelled { kept }),
        (End::Worker(source), _) => Err(AnalyseError::Worker { source, kept }),
        (End::Fault(fault, message), _) => Err(match fault {
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

struct Ear<'a> {
    request: &'a ListenRequest,
    sink: &'a mut dyn AnalysisSink,
    run: ModelRun,
    started: bool,
    stretches: Vec<SpeechObservation>,
    begun: Instant,
    summary: AnalyseSummary,
}

impl<'a> Ear<'a> {
    fn new(request: &'a ListenRequest, sink: &'a mut dyn AnalysisSink) -> Self {
        let settings = json!({
            "stream": request.stream,
            "start": request.start,
            "end": request.end,
            "models": request.models,
            "voicing": request.voicing,
            "voices": request.voices,
            "turns": request.turns,
            "own": request.own,
        });
        let mut run = request.part_of.clone().unwrap_or_else(|| ModelRun {
            id: RunId::new(),
            session: request.session,
            media: request.media,
            models: Vec::new(),
            settings: json!({}),
            started: jiff::Timestamp::now().to_string(),
            finished: String::new(),
            status: RunStatus::Running,
            frames: 0,
            residue: Residue::default(),
        });
        if let Some(all) = run.settings.as_object_mut() {
            all.insert("speech".to_owned(), settings);
        }
        Self {
            request,
            sink,
            run,
            started: false,
            stretches: Vec::new(),
            begun: Instant::now(),
            summary: AnalyseSummary::default(),
        }
    }

    fn converse(&mut self, worker: &mut Worker, context: &JobContext) -> End {
        let request = self.request;
        let asked = Request::Listen(Listen {
            path: request.path.clone(),
            stream: request.stream,
            start: request.start,
            end: request.end,
            models: request.models.clone(),
            model_dir: request.model_dir.clone(),
            voicing: request.voicing,
            own: request.own.iter().map(|own| own.folder.clone()).collect(),
        });
        if let Err(error) = worker.send(&asked) {
            return End::Worker(error);
        }
        context.say("Loading the models…");
        loop {
            if context.is_cancelled() {
                worker.cancel(|late| {
                    if let Answer::Speech { speech, .. } = late {
                        self.take(speech);
                    }
                });
                return End::Cancelled;
            }
            match worker.next(Duration::from_millis(100)) {
                Ok(None) => {}
                Err(error) => return End::Worker(error),
                Ok(Some(Answer::Hearing { models })) => {
                    if let Err(error) = self.start(models) {
                        worker.cancel(|_| ());
                        return End::Sink(error);
                    }
                }
                Ok(Some(Answer::Speech { speech, .. })) => self.take(speech),
                Ok(Some(Answer::Progress { done, total, .. })) => {
                    let voiced = self.summary.speech_secs;
                    context.progress(done as f64 / total.max(1) as f64, || {
                        format!("Heard {done} of {total} s, {voiced:.0} s of speech")
                    });
                }
                Ok(Some(Answer::Done { .. })) => return End::Done,
                Ok(Some(Answer::Cancelled { .. })) => return End::Cancelled,
                Ok(Some(Answer::Error { fault, message })) => return End::Fault(fault, message),
                Ok(Some(_)) => {}
            }
        }
    }

    fn start(&mut self, models: Vec<ModelUse>) -> SinkResult {
        if self.started {
            return Ok(());
        }
        self.started = true;
        self.summary.run = Some(self.run.id);
        let known = self.request.part_of.is_some();
        self.run.models.extend(models);
        if known { Ok(()) } else { self.sink.run_started(&self.run) }
    }

    fn take(&mut self, speech: SpeechObservation) {
        let in_order = self.stretches.last().is_none_or(|before| before.end <= speech.start);
        match speech.check() {
            Ok(()) if in_order => {
                self.summary.speech_secs += (speech.end - speech.start).secs();
                self.summary.up_to = speech.end + self.request.offset;
                self.stretches.push(speech);
            }
            Ok(()) | Err(_) => {
                log::warn!("speech at {} passed over: it makes no sense", speech.start);
                self.summary.unsound += 1;
            }
        }
    }

    /// Tells the voices apart and hands everything over.
    fn close(&mut self, finished: bool) -> SinkResult {
        if !self.started {
            return Ok(());
        }
        let windows: Vec<_> = self.stretches.iter().flat_map(|s| &s.windows).collect();
        let voices = tell_apart(&windows, &self.request.voices);
        let turns = turns(&self.stretches, &voices, &self.request.turns);
        let mut heard = heard(self.run.id, &self.stretches, &turns, self.request.offset);
        own::add(&mut heard, &self.stretches, self.request.own.iter().map(|own| &own.card), self.request.offset);
        self.summary.voices = heard.tracks.len();
        self.summary.tags = heard.tags.len();
        self.summary.frames = self.stretches.len() as u64;
        self.summary.seconds = self.begun.elapsed().as_secs_f64();
        let handed = self.hand_over(&heard);
        if self.request.part_of.is_none() {
            self.run.frames = self.summary.frames as i64;
        }
        self.run.status = if finished && handed.is_ok() { RunStatus::Finished } else { RunStatus::Stopped };
        self.run.finished = jiff::Timestamp::now().to_string();
        let closed = self.sink.finished(&self.run, &self.summary);
        handed.and(closed)
    }

    fn hand_over(&mut self, heard: &Heard) -> SinkResult {
        self.sink.tracks(&heard.tracks)?;
        for (track, samples) in heard.tracks.iter().zip(&heard.samples) {
            if !samples.times.is_empty() {
                self.sink.samples(track.id, samples)?;
            }
        }
        if heard.tags.is_empty() { Ok(()) } else { self.sink.tags(&heard.tags) }
    }

    fn kept(&self) -> String {
        if self.started && !self.stretches.is_empty() {
            format!("What was heard up to {} is kept.", self.summary.up_to)
        } else {
            "Nothing was changed.".to_owned()
        }
    }
}
