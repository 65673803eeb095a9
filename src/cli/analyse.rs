//! Faces, bodies and speech from the command line: into a project, or from a file to JSON.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::args::Analyse;
use super::output::{self, Progress};
use super::{Failure, Outcome, models, project};
use crate::analysis::speech::VoiceSettings;
use crate::app::analysing::StoreSink;
use crate::app::models::{Choice, Shelf, choose};
use crate::domain::{
    Media, MediaId, ModelRun, Session, SessionId, StreamKind, Tag, Time, Track, TrackId, TrackKind, TrackSamples,
};
use crate::formats::input::write_atomic;
use crate::jobs::after::analyse_and_after as run;
use crate::jobs::analyse::{AnalyseRequest, AnalyseSummary, AnalysisSink, SinkResult};
use crate::jobs::listen::{ListenRequest, listen};
use crate::jobs::{JobBoard, JobContext, JobError};
use crate::media;
use crate::store::{Folder, Store};

pub(super) fn analyse(args: &Analyse) -> Outcome {
    if !(args.fps.is_finite() && args.fps > 0.0 && args.fps <= 240.0) {
        return Err(Failure::Usage("--fps must be more than 0 and at most 240".to_owned()));
    }
    if args.speakers == Some(0) {
        return Err(Failure::Usage("--speakers must be at least 1".to_owned()));
    }
    if args.target.is_dir() || Folder::meant(&args.target).database().exists() {
        in_project(args)
    } else {
        of_file(args)
    }
}

/// The request for one recording.
pub(super) fn request(
    session: SessionId,
    media: MediaId,
    path: PathBuf,
    offset: Time,
    fps: f64,
    names: &[String],
) -> Result<AnalyseRequest, Failure> {
    Ok(AnalyseRequest {
        session,
        media,
        path,
        stream: None,
        offset,
        start: None,
        end: None,
        fps,
        models: names.to_vec(),
        model_dir: models::dir()?,
        tracking: Default::default(),
        proposals: Default::default(),
        own: Vec::new(),
    })
}

/// What to do with one recording.
pub(super) enum Task {
    Look(AnalyseRequest),
    Listen(ListenRequest),
}

/// Whether every chosen model of the user's has something to do here.
fn fits(choice: &Choice, speech: bool) -> Outcome {
    if let Some(name) = choice.unfit.first() {
        let how = "answers for annotations; use ‘fieldgloss models run’ with it";
        return Err(Failure::Usage(format!("“{name}” {how}")));
    }
    let (other, how) = if speech {
        (&choice.look, "looks and does not listen; leave --speech out")
    } else {
        (&choice.hear, "listens and does not look; add --speech")
    };
    match other.first() {
        Some(own) => Err(Failure::Usage(format!("“{}” {how}", own.card.name))),
        None => Ok(()),
    }
}

fn task(args: &Analyse, session: SessionId, media: MediaId, path: PathBuf, offset: Time) -> Result<Task, Failure> {
    let choice = choose(&args.models, &Shelf::usual()?);
    fits(&choice, args.speech)?;
    let looking = request(session, media, path, offset, args.fps, &choice.bundled)?;
    if !args.speech {
        return Ok(Task::Look(AnalyseRequest { own: choice.look, ..looking }));
    }
    let AnalyseRequest { session, media, path, offset, models, model_dir, .. } = looking;
    Ok(Task::Listen(ListenRequest {
        session,
        media,
        path,
        stream: None,
        offset,
        start: None,
        end: None,
        models,
        model_dir,
        voicing: Default::default(),
        voices: VoiceSettings { speakers: args.speakers, ..Default::default() },
        turns: Default::default(),
        part_of: None,
        own: choice.hear,
    }))
}

/// Runs the models over a recording with progress on the terminal.
pub(super) fn with_progress(
    task: Task,
    mut sink: impl AnalysisSink + Send + 'static,
    name: &str,
) -> Result<AnalyseSummary, Failure> {
    let board = JobBoard::new();
    let bar = Progress::new(name);
    let job = board.spawn(name.to_owned(), move |context: &JobContext| {
        match &task {
            Task::Look(request) => run(request, &mut sink, context),
            Task::Listen(request) => listen(request, &mut sink, context),
        }
        .map_err(JobError::from)
    });
    while !job.wait(std::time::Duration::from_millis(100)) {
        let view = job.view();
        bar.set(view.fraction.unwrap_or(0.0));
        bar.say(&view.message);
    }
    drop(bar);
    match job.take() {
        Some(Ok(summary)) => Ok(summary),
        Some(Err(error)) => Err(Failure::Failed(error.to_string())),
        None => Err(Failure::Failed("the analysis gave no result".to_owned())),
    }
}

fn told(name: &str, summary: &AnalyseSummary) -> Value {
    json!({
        "recording": name, "run": summary.run, "frames": summary.frames, "faces": summary.faces,
        "bodies": summary.bodies, "speakers": summary.voices, "speech_seconds": summary.speech_secs, "proposals": summary.tags, "seconds": summary.seconds,
    })
}

fn show(args: &Analyse, summary: &AnalyseSummary, name: &str) {
    if args.speech {
        return output::line(&format!(
            "{name}: {:.1} s of speech by {} speakers, {} tags proposed, in {:.1} s",
            summary.speech_secs, summary.voices, summary.tags, summary.seconds
        ));
    }
    output::line(&format!(
        "{name}: {} frames in {:.1} s, {} faces and {} bodies followed, {} tags proposed",
        summary.frames, summary.seconds, summary.faces, summary.bodies, summary.tags
    ));
}

/// The sessions' first recordings with a picture, or with sound.
fn recordings(store: &Store, session: Option<&str>, kind: StreamKind) -> Result<Vec<(Session, Media)>, Failure> {
    let mut found = Vec::new();
    for row in store.read().session_rows()? {
        if session.is_some_and(|name| row.session.name != name) {
            continue;
        }
        let media = store.read().media_of(row.session.id)?;
        let video = media.into_iter().find(|m| m.streams.iter().any(|s| s.kind == kind));
        if let Some(video) = video {
            found.push((row.session, video));
        }
    }
    Ok(found)
}

fn in_project(args: &Analyse) -> Outcome {
    let store = project::open(&args.target)?;
    let kind = if args.speech { StreamKind::Audio } else { StreamKind::Video };
    let videos = recordings(&store, args.session.as_deref(), kind)?;
    if videos.is_empty() {
        let what = if args.speech {
            "sound in the project's sessions to listen to"
        } else {
            "video in the project's sessions to look at"
        };
        return Err(Failure::Failed(format!("there is no {what}")));
    }
    let mut all = Vec::new();
    for (session, media) in videos {
        let path = store.folder().media_path(&media);
        let request = task(args, session.id, media.id, path, media.offset)?;
        let sink = StoreSink::new(store.sibling()?, |_| {});
        let summary = with_progress(request, sink, &session.name)?;
        if !args.json {
            show(args, &summary, &session.name);
        }
        if let (Some(out), Some(run)) = (&args.out, summary.run) {
            let tracks = store.read().tracks_of(run)?;
            let rows = store.read().tag_rows(run)?;
            let tags: Vec<_> = rows.into_iter().map(|row| row.tag).collect();
            write_json(out, &json!({ "run": run, "tracks": tracks, "tags": tags }))?;
        }
        all.push(told(&session.name, &summary));
    }
    if args.json { output::json(&all) } else { Ok(()) }
}

/// Gathers what a run finds, for a file.
#[derive(Default)]
struct Gathered {
    run: Option<ModelRun>,
    tracks: Vec<Track>,
    samples: Vec<(TrackId, TrackSamples)>,
    tags: Vec<Tag>,
}

struct GatherSink(std::sync::Arc<std::sync::Mutex<Gathered>>);

impl GatherSink {
    fn with(&self, note: impl FnOnce(&mut Gathered)) {
        note(&mut self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }
}

impl AnalysisSink for GatherSink {
    fn run_started(&mut self, run: &ModelRun) -> SinkResult {
        self.with(|g| g.run = Some(run.clone()));
        Ok(())
    }
    fn tracks(&mut self, tracks: &[Track]) -> SinkResult {
        self.with(|g| {
            for track in tracks {
                g.tracks.retain(|known| known.id != track.id);
                g.tracks.push(track.clone());
            }
        });
        Ok(())
    }
    fn samples(&mut self, track: TrackId, samples: &TrackSamples) -> SinkResult {
        self.with(|g| g.samples.push((track, samples.clone())));
        Ok(())
    }
    fn tags(&mut self, tags: &[Tag]) -> SinkResult {
        self.with(|g| g.tags.extend(tags.iter().cloned()));
        Ok(())
    }
    fn finished(&mut self, run: &ModelRun, _: &AnalyseSummary) -> SinkResult {
        self.with(|g| g.run = Some(run.clone()));
        Ok(())
    }
}

fn of_file(args: &Analyse) -> Outcome {
    media::probe(&args.target)?;
    let request = task(args, SessionId::new(), MediaId::new(), args.target.clone(), Time::ZERO)?;
    let gathered = std::sync::Arc::new(std::sync::Mutex::new(Gathered::default()));
    let name = args.target.display().to_string();
    let outcome = with_progress(request, GatherSink(gathered.clone()), &name);
    let found = std::mem::take(&mut *gathered.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    // What was found before a failure is written all the same.
    if let Some(out) = &args.out {
        let samples: Vec<_> =
            found.samples.iter().map(|(track, samples)| json!({ "track": track, "samples": samples })).collect();
        write_json(out, &json!({ "run": found.run, "tracks": found.tracks, "tags": found.tags, "samples": samples }))?;
    }
    let summary = outcome?;
    if args.json {
        let mut told = told(&name, &summary);
        if args.speech {
            told["turns"] = json!(spoken(&found));
        }
        return output::json(&told);
    }
    show(args, &summary, &name);
    for tag in &found.tags {
        let who = speaker(&found, tag).map(|n| format!("Speaker {n}  ")).unwrap_or_default();
        let text = tag.evidence["text"].as_str().unwrap_or_default();
        let line = format!("{}–{}  {who}{:<24}{:.2}  {text}", tag.start, tag.end, tag.label, tag.confidence);
        output::line(line.trim_end());
    }
    Ok(())
}

/// The number of the voice that a tag is about.
fn speaker(found: &Gathered, tag: &Tag) -> Option<i64> {
    let track = found.tracks.iter().find(|t| t.id == tag.track)?;
    (track.kind == TrackKind::Voice).then_some(track.number)
}

/// Who said what when, for a machine to read.
fn spoken(found: &Gathered) -> Vec<Value> {
    let turns = found.tags.iter().filter(|tag| tag.label == "speech");
    turns
        .map(|turn| {
            let of_it = |tag: &&Tag| tag.label == "phones" && tag.track == turn.track && tag.start == turn.start;
            let phones = found.tags.iter().find(of_it);
            json!({
                "start": turn.start.secs(), "end": turn.end.secs(), "speaker": speaker(found, turn),
                "confidence": turn.confidence, "ipa": phones.map(|p| p.evidence["text"].clone()),
                "pitch": turn.evidence["pitch"], "doubts": turn.evidence["doubts"],
            })
        })
        .collect()
}

fn write_json(path: &Path, value: &Value) -> Outcome {
    let text = serde_json::to_vec_pretty(value)?;
    Ok(write_atomic(path, &text)?)
}
