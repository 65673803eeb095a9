//! A recording through the real worker and the real networks: what is found, and what is kept when it goes wrong.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use fieldgloss::analysis::{ProposalSettings, TrackingSettings};
use fieldgloss::domain::{MediaId, ModelRun, RunStatus, SessionId, Tag, Time, Track, TrackId, TrackKind, TrackSamples};
use fieldgloss::jobs::analyse::{AnalyseError, AnalyseRequest, AnalyseSummary, AnalysisSink, SinkResult, analyse_with};
use fieldgloss::jobs::worker::WORKER_VARIABLE;
use fieldgloss::jobs::{CancelToken, JobBoard, JobContext, JobError, Worker};

/// The worker just built, or an installed one to be tested instead.
fn worker() -> PathBuf {
    std::env::var_os(WORKER_VARIABLE).map_or_else(|| env!("CARGO_BIN_EXE_fieldgloss-worker").into(), PathBuf::from)
}

fn assets() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets")
}

#[derive(Default)]
struct Shelf {
    started: usize,
    tracks: BTreeMap<TrackId, Track>,
    samples: BTreeMap<TrackId, TrackSamples>,
    tags: Vec<Tag>,
    finished: Option<ModelRun>,
    /// Called at every piece of samples.
    on_samples: Option<Box<dyn FnMut()>>,
}

impl AnalysisSink for Shelf {
    fn run_started(&mut self, run: &ModelRun) -> SinkResult {
        assert!(!run.models.is_empty());
        self.started += 1;
        Ok(())
    }
    fn tracks(&mut self, tracks: &[Track]) -> SinkResult {
        self.tracks.extend(tracks.iter().map(|t| (t.id, t.clone())));
        Ok(())
    }
    fn samples(&mut self, track: TrackId, samples: &TrackSamples) -> SinkResult {
        self.samples.insert(track, samples.clone());
        if let Some(call) = &mut self.on_samples {
            call();
        }
        Ok(())
    }
    fn tags(&mut self, tags: &[Tag]) -> SinkResult {
        self.tags.extend_from_slice(tags);
        Ok(())
    }
    fn finished(&mut self, run: &ModelRun, _: &AnalyseSummary) -> SinkResult {
        self.finished = Some(run.clone());
        Ok(())
    }
}

fn request(model_dir: PathBuf) -> AnalyseRequest {
    AnalyseRequest {
        session: SessionId::new(),
        media: MediaId::new(),
        path: assets().join("sample/astronaut-talks.mp4"),
        stream: None,
        offset: Time::ZERO,
        start: None,
        end: None,
        fps: 12.5,
        closeness: Default::default(),
        models: Vec::new(),
        model_dir,
        tracking: TrackingSettings::default(),
        proposals: ProposalSettings::default(),
        unfinished: None,
        own: Vec::new(),
    }
}

fn context() -> JobContext {
    JobContext::unwatched(CancelToken::default())
}

fn start() -> Worker {
    Worker::spawn_at(&worker()).unwrap()
}

#[test]
fn a_smiling_face_is_followed_and_proposed() {
    let mut shelf = Shelf::default();
    let request = AnalyseRequest { end: Some(Time::from_millis(2000)), ..request(assets().join("models")) };
    let summary = analyse_with(start(), &request, &mut shelf, &context()).unwrap();
    println!("{summary:?}");
    assert!(summary.frames >= 24, "{summary:?}");
    let face = shelf.tracks.values().find(|t| t.kind == TrackKind::Face).expect("a face");
    assert_eq!(face.samples, summary.frames as i64, "one face in every frame");
    assert_eq!(shelf.tracks.values().filter(|t| t.kind == TrackKind::Face).count(), 1);
    let samples = &shelf.samples[&face.id];
    for channel in &samples.channels {
        let seen: Vec<f32> = channel.values.iter().copied().filter(|v| v.is_finite()).collect();
        let mean = seen.iter().sum::<f32>() / seen.len().max(1) as f32;
        if channel.width == 1 {
            println!("{}: {mean:.3} over {} of {}", channel.name, seen.len(), channel.values.len());
        }
    }
    for tag in &shelf.tags {
        println!("{} {} to {}: {} {}", tag.label, tag.start, tag.end, tag.confidence, tag.evidence);
    }
    assert!(shelf.tags.iter().any(|t| t.label == "expression.happiness"), "she smiles");
    let run = shelf.finished.unwrap();
    assert_eq!(run.status, RunStatus::Finished);
    assert!(run.models.iter().all(|m| m.sha256.len() == 64));
}

#[test]
fn at_a_videos_own_rate_every_frame_is_looked_at() {
    // Two seconds each; Matroska keeps times in whole milliseconds.
    for (file, fps, frames) in [("24.mkv", 24.0, 48), ("24.mp4", 24.0, 48), ("30000.mkv", 30_000.0 / 1001.0, 60)] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/rates").join(file);
        let models = vec!["face-detect-near".to_owned()];
        let request = AnalyseRequest { path, fps, models, ..request(assets().join("models")) };
        let summary = analyse_with(start(), &request, &mut Shelf::default(), &context()).unwrap();
        assert_eq!(summary.frames, frames, "{file}");
    }
}

#[test]
fn past_the_end_there_is_nothing_to_look_at_and_no_look_begins() {
    let mut shelf = Shelf::default();
    let late = AnalyseRequest { start: Some(Time::from_millis(90_000)), ..request(assets().join("models")) };
    let error = analyse_with(start(), &late, &mut shelf, &context()).unwrap_err().to_string();
    assert!(error.contains("lies after its end"), "{error}");
    assert_eq!((shelf.started, shelf.finished.is_some()), (0, false));
}

#[test]
fn cancel_keeps_what_was_seen() {
    let token = CancelToken::default();
    let stop = token.clone();
    let mut shelf = Shelf { on_samples: Some(Box::new(move || stop.cancel())), ..Shelf::default() };
    // Handed over after ten seconds of recording: cancelled at the first piece.
    let error = analyse_with(start(), &request(assets().join("models")), &mut shelf, &JobContext::unwatched(token))
        .unwrap_err();
    assert!(matches!(error, AnalyseError::Cancelled { .. }), "{error}");
    assert!(error.to_string().contains("is kept"), "{error}");
    assert!(!shelf.samples.is_empty());
    assert_eq!(shelf.finished.unwrap().status, RunStatus::Stopped);
}

#[test]
fn a_look_rests_when_asked_and_then_goes_on() {
    let board = JobBoard::new();
    let job = board.spawn("look", |context| {
        let request = AnalyseRequest { end: Some(Time::from_millis(1000)), ..request(assets().join("models")) };
        analyse_with(start(), &request, &mut Shelf::default(), context).map_err(JobError::from)
    });
    job.pause(true);
    let until = std::time::Instant::now() + Duration::from_secs(60);
    while job.view().rest.is_none() {
        assert!(std::time::Instant::now() < until);
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_secs(3));
    assert!(!job.is_finished(), "it rests");
    job.pause(false);
    assert!(job.wait(Duration::from_secs(120)));
    assert!(job.take().unwrap().unwrap().frames >= 12);
}

#[test]
#[cfg(unix)]
fn a_killed_worker_is_one_clear_message() {
    let worker = start();
    let process = worker.process().to_string();
    let mut shelf = Shelf {
        on_samples: Some(Box::new(move || {
            std::process::Command::new("kill").args(["-9", &process]).status().unwrap();
        })),
        ..Shelf::default()
    };
    let error = analyse_with(worker, &request(assets().join("models")), &mut shelf, &context()).unwrap_err();
    assert!(matches!(error, AnalyseError::Worker { .. }), "{error}");
    assert!(error.to_string().contains("is kept"), "{error}");
    assert_eq!(shelf.finished.unwrap().status, RunStatus::Stopped);
}

#[test]
fn an_altered_model_is_refused_and_nothing_changes() {
    let pack = tempfile::tempdir().unwrap();
    for folder in std::fs::read_dir(assets().join("models")).unwrap().flatten().filter(|f| f.path().is_dir()) {
        let to = pack.path().join(folder.file_name());
        std::fs::create_dir(&to).unwrap();
        for file in std::fs::read_dir(folder.path()).unwrap().flatten() {
            std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
        }
    }
    let folder = pack.path().join("face-mesh");
    let weights = std::fs::read_dir(&folder).unwrap().flatten().map(|f| f.path());
    let weights = weights.max_by_key(|path| path.metadata().unwrap().len()).unwrap();
    let mut bytes = std::fs::read(&weights).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&weights, bytes).unwrap();

    let mut shelf = Shelf::default();
    let error = analyse_with(start(), &request(pack.path().to_owned()), &mut shelf, &context()).unwrap_err();
    assert!(matches!(error, AnalyseError::Model { .. }), "{error}");
    assert!(error.to_string().contains("face-mesh") && error.to_string().ends_with("Nothing was changed."), "{error}");
    assert_eq!(shelf.started, 0);
}

#[test]
fn a_file_that_is_no_video_is_told_at_once() {
    let mut shelf = Shelf::default();
    let request = AnalyseRequest { path: assets().join("sample/mary.TextGrid"), ..request(assets().join("models")) };
    let begun = std::time::Instant::now();
    let error = analyse_with(start(), &request, &mut shelf, &context()).unwrap_err();
    assert!(matches!(error, AnalyseError::Media { .. }), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(20));
    assert_eq!(shelf.started, 0);
}

#[test]
fn a_missing_worker_says_where_it_was_looked_for() {
    let error = Worker::spawn_at(Path::new("/nowhere/fieldgloss-worker")).err().unwrap();
    assert!(error.to_string().contains("/nowhere/fieldgloss-worker"), "{error}");
}
