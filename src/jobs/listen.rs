//! The sound of a recording through the worker: stretches of speech to voices, turns and proposals. Whatever ends the
//! run early, what was heard until then is told apart and handed over.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::analyse::{AnalyseError, AnalyseSummary, AnalysisSink, Mark, OTHER_MODELS, SinkResult};
use super::ended_early::ended_early;
use super::job::JobContext;
use super::own::Chosen;
use super::protocol::{Answer, Fault, Listen, Request};
use super::worker::{Worker, WorkerError};
use crate::analysis::speech::own;
use crate::analysis::speech::proposals::{Heard, heard};
use crate::analysis::speech::{
    SpeechObservation, TurnSettings, VoiceSettings, Voices, VoicingSettings, tell_apart, turns,
};
use crate::domain::{MediaId, ModelRun, ModelUse, Residue, RunId, RunStatus, SessionId, Time};

/// What to listen to, and how.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ListenRequest {
    pub session: SessionId,
    pub media: MediaId,
    #[serde(skip)]
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
    #[serde(skip)]
    pub model_dir: PathBuf,
    pub voicing: VoicingSettings,
    pub voices: VoiceSettings,
    pub turns: TurnSettings,
    /// The run that this becomes part of: one over the same recording's picture, so that both are reviewed together, or
    /// one of listening that was broken off.
    #[serde(skip)]
    pub part_of: Option<ModelRun>,
    /// What was heard before it was broken off.
    #[serde(skip)]
    pub heard: Vec<SpeechObservation>,
    /// Models of the user's own to listen with.
    #[serde(default)]
    pub own: Vec<Chosen>,
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
    let mut ear = Ear::new(request, sink, context);
    request.heard.iter().for_each(|speech| ear.take(speech.clone()));
    ear.safe_up_to = request.heard.last().map(|_| ear.summary.up_to);
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
    /// Last moment that lies safely with the sink.
    safe_up_to: Option<Time>,
    context: &'a JobContext,
    /// What the job had worked when this began.
    begun: Duration,
    summary: AnalyseSummary,
}

impl<'a> Ear<'a> {
    fn new(request: &'a ListenRequest, sink: &'a mut dyn AnalysisSink, context: &'a JobContext) -> Self {
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
            safe_up_to: None,
            context,
            begun: context.worked(),
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
            heard: request.heard.last().map(|speech| speech.end),
            models: request.models.clone(),
            model_dir: request.model_dir.clone(),
            voicing: request.voicing,
            own: request.own.iter().map(|own| own.folder.clone()).collect(),
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
                Ok(Some(Answer::Hearing { models })) if self.began_with_others(&models) => {
                    return End::Fault(Fault::Other, OTHER_MODELS.to_owned());
                }
                Ok(Some(Answer::Hearing { models })) => {
                    if let Err(error) = self.start(models) {
                        worker.cancel(|_| ());
                        return End::Sink(error);
                    }
                }
                Ok(Some(Answer::Speech { speech, .. })) => {
                    if let Err(error) = self.hear(speech) {
                        worker.cancel(|_| ());
                        return End::Sink(error);
                    }
                }
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
        let new = models.into_iter().filter(|model| !self.run.models.contains(model)).collect::<Vec<_>>();
        self.run.models.extend(new);
        if known { Ok(()) } else { self.sink.run_started(&self.run) }
    }

    /// Whether the run that is gone on with used other models by these names.
    fn began_with_others(&self, models: &[ModelUse]) -> bool {
        models.iter().any(|model| self.run.models.iter().any(|known| known.name == model.name && known != model))
    }

    /// Takes in a stretch and keeps it safe until all are handed over.
    fn hear(&mut self, speech: SpeechObservation) -> SinkResult {
        let before = self.stretches.len();
        self.take(speech);
        match self.stretches.get(before) {
            Some(new) => {
                self.sink.mark(&self.run, Mark::Heard(new))?;
                self.safe_up_to = Some(self.summary.up_to);
                Ok(())
            }
            None => Ok(()),
        }
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
        self.summary.seconds = self.context.worked().saturating_sub(self.begun).as_secs_f64();
        if finished {
            self.summary.ended_early = ended_early(&self.request.path, None, self.request.end);
        }
        let handed = self.hand_over(&heard, &voices);
        if self.request.part_of.is_none() {
            self.run.frames = self.summary.frames as i64;
        }
        self.run.status = if finished && handed.is_ok() { RunStatus::Finished } else { RunStatus::Stopped };
        self.run.finished = jiff::Timestamp::now().to_string();
        let closed = self.sink.finished(&self.run, &self.summary);
        handed.and(closed)
    }

    fn hand_over(&mut self, heard: &Heard, voices: &Voices) -> SinkResult {
        self.sink.tracks(&heard.tracks)?;
        let prints = super::prints::of_voices(&heard.tracks, &heard.voices, voices, &self.run.models);
        if !prints.is_empty() {
            self.sink.prints(&prints)?;
        }
        for (track, samples) in heard.tracks.iter().zip(&heard.samples) {
            if !samples.times.is_empty() {
                self.sink.samples(track.id, samples)?;
            }
        }
        if heard.tags.is_empty() { Ok(()) } else { self.sink.tags(&heard.tags) }
    }

    fn kept(&self) -> String {
        match self.safe_up_to {
            Some(up_to) if self.started => format!("What was heard up to {up_to} is kept."),
            _ => "Nothing was changed.".to_owned(),
        }
    }
}
