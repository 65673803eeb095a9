//! Faces, bodies and speech from the command line: into a project, or from a file to JSON.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::args::Analyse;
use super::long::{Batch, resume, with_progress};
use super::{Failure, Outcome, models, output, project, still};
use crate::analysis::speech::VoiceSettings;
use crate::app::analysing::{StoreSink, is_done};
use crate::app::edit::calibration::temperatures;
use crate::app::models::{Choice, Shelf, choose};
use crate::domain::{
    Media, MediaId, ModelRun, RunId, Session, SessionId, StreamKind, Tag, Time, Track, TrackId, TrackKind, TrackSamples,
};
use crate::formats::input::write_atomic;
use crate::jobs::analyse::{AnalyseRequest, AnalyseSummary, AnalysisSink, Closeness, SinkResult};
use crate::jobs::listen::ListenRequest;
use crate::jobs::{Plan, Work};
use crate::media;
use crate::store::{Folder, Store};

pub(super) fn analyse(args: &Analyse) -> Outcome {
    if !(args.fps.is_finite() && args.fps > 0.0 && args.fps <= 240.0) {
        return Err(Failure::Usage("--fps must be more than 0 and at most 240".to_owned()));
    }
    args.long.check(args.fps)?;
    if args.speakers == Some(0) {
        return Err(Failure::Usage("--speakers must be at least 1".to_owned()));
    }
    if let Some(out) = &args.out {
        takes_file(out)?;
    }
    if args.target.is_dir() || Folder::meant(&args.target).database().exists() {
        in_project(args)
    } else {
        of_file(args)
    }
}

/// Whether a file can lie there: that is said before hours of looking, not after.
fn takes_file(path: &Path) -> Outcome {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if path.is_dir() || folder.is_some_and(|folder| !folder.is_dir()) {
        let message = format!("--out: {} is no place for a file; its folder must be there", path.display());
        return Err(Failure::Usage(message));
    }
    Ok(())
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
        closeness: Closeness::Even,
        models: names.to_vec(),
        model_dir: models::dir()?,
        tracking: Default::default(),
        proposals: Default::default(),
        unfinished: None,
        own: Vec::new(),
    })
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

/// The models that were chosen, once each is known to have something to do.
fn chosen(args: &Analyse) -> Result<Choice, Failure> {
    let choice = choose(&args.models, &Shelf::usual()?);
    fits(&choice, args.speech)?;
    Ok(choice)
}

/// What to do with one recording; `looking` says which.
fn plan(args: &Analyse, choice: Choice, mut looking: AnalyseRequest, sounds: bool) -> Plan {
    (looking.start, looking.end) = (args.long.from, args.long.to);
    looking.closeness = args.long.closeness();
    looking.proposals.one_euro = args.one_euro.unwrap_or_default();
    if args.hands {
        // Beside the usual ones, or beside those named.
        looking.models.push(if looking.models.is_empty() { "+hands" } else { "hands" }.to_owned());
    }
    let hear = |models: Vec<String>| ListenRequest {
        session: looking.session,
        media: looking.media,
        path: looking.path.clone(),
        stream: None,
        offset: looking.offset,
        start: looking.start,
        end: looking.end,
        models,
        model_dir: looking.model_dir.clone(),
        voicing: Default::default(),
        voices: VoiceSettings { speakers: args.speakers, ..Default::default() },
        turns: Default::default(),
        part_of: None,
        heard: Vec::new(),
        own: Vec::new(),
    };
    if args.speech {
        let hear = ListenRequest { own: choice.hear, ..hear(choice.bundled) };
        return Plan { hear: Some(hear), ..Plan::default() };
    }
    // Where somebody speaks is found without understanding anything.
    let sparse = matches!(looking.closeness, Closeness::SparseFirst { .. });
    let find_speech = (sparse && sounds).then(|| hear(vec!["voice-activity".to_owned()]));
    Plan { look: Some(AnalyseRequest { own: choice.look, ..looking }), hear: None, find_speech }
}

fn told(name: &str, summary: &AnalyseSummary) -> Value {
    json!({
        "recording": name, "run": summary.run, "frames": summary.frames, "faces": summary.faces,
        "not_assessable": not_assessable(summary), "bodies": summary.bodies, "looked_closely_at": summary.happening, "speakers": summary.voices, "speech_seconds": summary.speech_secs, "proposals": summary.tags, "seconds": summary.seconds,
        "ended_early": summary.ended_early.map(|end| json!({ "read_to": end.read_to.secs(), "of": end.of.secs() })),
    })
}

/// Frames that could not be judged, by what was to be judged and why.
fn not_assessable(summary: &AnalyseSummary) -> std::collections::BTreeMap<String, usize> {
    let mut frames = std::collections::BTreeMap::new();
    for (_, gap) in &summary.not_assessable {
        *frames.entry(format!("{}: {}", gap.label, gap.reason)).or_default() += gap.frames;
    }
    frames
}

fn show(args: &Analyse, summary: &AnalyseSummary, name: &str) {
    show_found(args, summary, name);
    if let Some(end) = summary.ended_early {
        let said = "that the file says it has: the rest is missing from the file";
        output::line(&format!("  the recording ended early: read to {} of {} {said}", end.read_to, end.of));
    }
}

fn show_found(args: &Analyse, summary: &AnalyseSummary, name: &str) {
    if args.speech {
        return output::line(&format!(
            "{name}: {:.1} s of speech by {}, {} proposed, in {:.1} s",
            summary.speech_secs,
            output::count(summary.voices, "speaker", "speakers"),
            output::count(summary.tags, "tag", "tags"),
            summary.seconds
        ));
    }
    output::line(&format!(
        "{name}: {} in {:.1} s, {} and {} followed, {} proposed",
        output::count(summary.frames as usize, "frame", "frames"),
        summary.seconds,
        output::count(summary.faces, "face", "faces"),
        output::count(summary.bodies, "body", "bodies"),
        output::count(summary.tags, "tag", "tags")
    ));
    if let Some(sparse) = args.long.sparse_first {
        let close: f64 = summary.happening.iter().map(|span| (span.end - span.start).secs()).sum();
        output::line(&format!(
            "  looked closely at {}, {close:.0} s in all; at the rest {sparse} frames a second",
            output::count(summary.happening.len(), "stretch", "stretches")
        ));
    }
    for (what, frames) in not_assessable(summary) {
        output::line(&format!(
            "  not assessable in {} – {}",
            output::count(frames, "frame", "frames"),
            what.replace('_', " ")
        ));
    }
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
    let mut store = project::open(&args.target)?;
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
    if args.out.is_some() && videos.len() > 1 {
        return Err(Failure::Usage("--out takes one recording; choose it with --session".to_owned()));
    }
    let mut batch = Batch::of(videos.len());
    let run = std::cell::Cell::new(None);
    let show_one = |name: &str, summary: &AnalyseSummary| {
        run.set(summary.run);
        if !args.json {
            show(args, summary, name);
        }
        told(name, summary)
    };
    if args.long.resume {
        resume(&mut store, args.session.as_deref(), args.long.on_mains_only, &mut batch, show_one)?;
    }
    for (session, media) in videos {
        let outcome = of_recording(args, &store, &session, &media);
        match outcome {
            Ok(None) => batch.pass(&session.name),
            Ok(Some(summary)) => batch.note(&session.name, Ok(show_one(&session.name, &summary))),
            Err(failure) => batch.note(&session.name, Err(failure)),
        }
    }
    if let Some(out) = &args.out {
        write_out(&store, args.session.as_deref(), kind, run.get(), out)?;
    }
    batch.report(args.json)
}

/// Writes what a run found to a file: this run, or the one that was done before.
fn write_out(store: &Store, session: Option<&str>, kind: StreamKind, run: Option<RunId>, out: &Path) -> Outcome {
    let read = store.read();
    let run = match (run, recordings(store, session, kind)?.first()) {
        (Some(run), _) => Some(run),
        (None, Some((session, _))) => {
            let speech = kind == StreamKind::Audio;
            let runs = read.standing_runs(session.id)?;
            runs.iter().find(|run| if speech { run.listened() } else { run.looked() }).map(|run| run.id)
        }
        (None, None) => None,
    };
    let Some(run) = run else { return Ok(()) };
    let tags: Vec<_> = read.tag_rows(run)?.into_iter().map(|row| row.tag).collect();
    write_json(out, &json!({ "run": run, "tracks": read.tracks_of(run)?, "tags": tags }))
}

/// One recording of a project; `None` when it was done before.
fn of_recording(
    args: &Analyse,
    store: &Store,
    session: &Session,
    media: &Media,
) -> Result<Option<AnalyseSummary>, Failure> {
    let path = store.folder().media_path(media);
    let choice = chosen(args)?;
    let mut looking = request(session.id, media.id, path, media.offset, args.fps, &choice.bundled)?;
    looking.proposals.expression_temperatures = temperatures(&store.read())?;
    let plan = plan(args, choice, looking, media.streams.iter().any(|stream| stream.kind == StreamKind::Audio));
    // What was just gone on with is done, too.
    if (args.long.skip_done || args.long.resume) && is_done(&store.read(), media, &plan)? {
        return Ok(None);
    }
    if plan.look.is_some()
        && let Some(told) = super::looks::told_before(&store.read(), session)?
    {
        eprintln!("{told}");
    }
    let sink = StoreSink::new(store.sibling()?, |_| {});
    with_progress(Work::from(plan), sink, &session.name, args.long.on_mains_only).map(Some)
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
        // A close look takes the place of the quick one before it.
        self.with(|g| *g = Gathered { run: Some(run.clone()), ..Gathered::default() });
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
        self.with(|g| {
            if g.run.as_ref().is_none_or(|known| known.id == run.id) {
                g.run = Some(run.clone());
            }
        });
        Ok(())
    }
}

fn of_file(args: &Analyse) -> Outcome {
    if args.long.resume {
        return Err(Failure::Usage("--resume goes on with runs of a project".to_owned()));
    }
    // Kept until the run is over.
    let folder = tempfile::tempdir()?;
    let path = match still::is_still(&args.target) {
        true if args.speech => return Err(Failure::Usage("a still picture has no sound to listen to".to_owned())),
        true => still::as_film(&args.target, folder.path())?,
        false => args.target.clone(),
    };
    let sounds = media::probe(&path)?.streams.iter().any(|stream| stream.kind == StreamKind::Audio);
    let choice = chosen(args)?;
    let looking = request(SessionId::new(), MediaId::new(), path, Time::ZERO, args.fps, &choice.bundled)?;
    let plan = plan(args, choice, looking, sounds);
    let gathered = std::sync::Arc::new(std::sync::Mutex::new(Gathered::default()));
    let name = args.target.display().to_string();
    let outcome = with_progress(Work::from(plan), GatherSink(gathered.clone()), &name, args.long.on_mains_only);
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
