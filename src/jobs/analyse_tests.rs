//! A whole run against scripted workers: what reaches the sink, whatever ends it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use super::super::job::CancelToken;
use super::super::worker::tests::{hello, script};
use super::*;
use crate::analysis::{BBox, FaceObservation};

#[derive(Default)]
struct Shelf {
    started: Vec<ModelRun>,
    tracks: BTreeMap<TrackId, Track>,
    samples: BTreeMap<TrackId, usize>,
    tags: Vec<Tag>,
    finished: Vec<(ModelRun, AnalyseSummary)>,
    full: bool,
    /// How many marks it has room for; any number when not told.
    room: Option<usize>,
}

impl AnalysisSink for Shelf {
    fn run_started(&mut self, run: &ModelRun) -> SinkResult {
        self.started.push(run.clone());
        Ok(())
    }
    fn tracks(&mut self, tracks: &[Track]) -> SinkResult {
        self.tracks.extend(tracks.iter().map(|t| (t.id, t.clone())));
        Ok(())
    }
    fn samples(&mut self, track: TrackId, samples: &TrackSamples) -> SinkResult {
        if self.full {
            return Err("the disk is full".into());
        }
        assert!(self.tracks.contains_key(&track), "a track is told before its samples");
        *self.samples.entry(track).or_default() += samples.times.len();
        Ok(())
    }
    fn tags(&mut self, tags: &[Tag]) -> SinkResult {
        self.tags.extend_from_slice(tags);
        Ok(())
    }
    fn mark(&mut self, _: &ModelRun, _: Mark<'_>) -> SinkResult {
        match &mut self.room {
            Some(0) => Err("the disk is full".into()),
            Some(room) => {
                *room -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }
    fn finished(&mut self, run: &ModelRun, summary: &AnalyseSummary) -> SinkResult {
        if self.room == Some(0) {
            return Err("the disk is full".into());
        }
        self.finished.push((run.clone(), summary.clone()));
        Ok(())
    }
}

fn request() -> AnalyseRequest {
    AnalyseRequest {
        session: SessionId::new(),
        media: MediaId::new(),
        path: "talk.mp4".into(),
        stream: None,
        offset: Time::from_millis(1000),
        start: None,
        end: None,
        fps: 25.0,
        closeness: Closeness::Even,
        models: Vec::new(),
        model_dir: "models".into(),
        tracking: TrackingSettings::default(),
        proposals: ProposalSettings::default(),
        unfinished: None,
        own: Vec::new(),
    }
}

/// A script that says hello, waits for the request, prints `frames` frames of a face, then does `then`.
fn worker(folder: &Path, frames: i64, then: &str) -> Worker {
    let mut answers = String::new();
    let mut say = |answer: &Answer| {
        answers.push_str(&serde_json::to_string(answer).unwrap());
        answers.push('\n');
    };
    say(&Answer::Started { models: Vec::new(), width: 640, height: 480 });
    for i in 0..frames {
        let bbox = BBox { x: 200.0, y: 100.0, width: 120.0, height: 120.0 };
        let face = FaceObservation { bbox, score: 0.9, ..Default::default() };
        let time = Time::from_millis(i * 40);
        if i % 250 == 0 {
            say(&Answer::Block { at: time });
        }
        say(&Answer::Frame(FrameObservation {
            time,
            width: 640,
            height: 480,
            faces: vec![face],
            ..Default::default()
        }));
    }
    let file = folder.join("answers");
    std::fs::write(&file, answers).unwrap();
    let mut body = hello();
    write!(body, "\nread request\ncat '{}'\n{then}", file.display()).unwrap();
    Worker::spawn_at(&script(folder, &body)).unwrap()
}

fn run(frames: i64, then: &str, shelf: &mut Shelf, token: CancelToken) -> Result<AnalyseSummary, AnalyseError> {
    let folder = tempfile::tempdir().unwrap();
    let worker = worker(folder.path(), frames, then);
    analyse_with(worker, &request(), shelf, &JobContext::unwatched(token))
}

#[test]
fn a_finished_run_hands_everything_over() {
    let mut shelf = Shelf::default();
    let done = r#"echo '{"answer":"done","frames":500,"models":[],"seconds":1.0}'"#;
    let summary = run(500, done, &mut shelf, CancelToken::default()).unwrap();
    assert_eq!((summary.frames, summary.faces), (500, 1));
    assert_eq!(shelf.samples.values().sum::<usize>(), 500);
    let track = shelf.tracks.values().next().unwrap();
    assert_eq!((track.start, track.samples), (Time::from_millis(1000), 500));
    assert_eq!(shelf.finished[0].0.status, RunStatus::Finished);
    assert_eq!(shelf.finished[0].0.frames, 500);
}

#[test]
fn a_killed_worker_is_one_message_and_what_came_is_kept() {
    let mut shelf = Shelf::default();
    let error = run(300, "kill -9 $$", &mut shelf, CancelToken::default()).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("for want of memory") && text.contains("What was found up to 0:12.960 is kept."), "{text}");
    assert_eq!(shelf.samples.values().sum::<usize>(), 300);
    assert_eq!(shelf.finished[0].0.status, RunStatus::Stopped);
}

#[test]
fn cancel_keeps_what_came() {
    let mut shelf = Shelf::default();
    let token = CancelToken::default();
    let later = token.clone();
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(700));
        later.cancel();
    });
    let begun = Instant::now();
    let error = run(50, "exec sleep 60", &mut shelf, token).unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(error.to_string(), "Analysis stopped. What was found up to 0:02.960 is kept.");
    assert_eq!(shelf.samples.values().sum::<usize>(), 50);
}

#[test]
fn a_model_that_does_not_match_changes_nothing() {
    let mut shelf = Shelf::default();
    let folder = tempfile::tempdir().unwrap();
    let altered = "echo '{\"answer\":\"error\",\"fault\":\"model\",\"message\":\"face-mesh was altered.\"}'";
    let body = format!("{}\nread r\n{altered}\ncat", hello());
    let worker = Worker::spawn_at(&script(folder.path(), &body)).unwrap();
    let error =
        analyse_with(worker, &request(), &mut shelf, &JobContext::unwatched(CancelToken::default())).unwrap_err();
    assert!(matches!(error, AnalyseError::Model { .. }));
    assert!(
        error.to_string().contains("face-mesh was altered.") && error.to_string().ends_with("Nothing was changed.")
    );
    assert!(shelf.started.is_empty() && shelf.finished.is_empty());
}

#[test]
fn a_sink_that_fails_stops_the_run() {
    let mut shelf = Shelf { full: true, ..Shelf::default() };
    let error = run(500, "exec sleep 60", &mut shelf, CancelToken::default()).unwrap_err();
    assert!(error.to_string().contains("the disk is full"), "{error}");
    assert_eq!(shelf.finished[0].0.status, RunStatus::Stopped);
}

#[test]
fn what_did_not_reach_the_disk_is_not_called_kept() {
    // Blocks begin at 0, 10 and 20 s; there is room for the first two marks.
    let mut shelf = Shelf { room: Some(2), ..Shelf::default() };
    let error = run(600, "sleep 1", &mut shelf, CancelToken::default()).unwrap_err();
    let text = error.to_string();
    // The session's time is a second ahead of the file's.
    assert!(text.contains("the disk is full") && text.contains("What was found up to 0:10.960 is kept."), "{text}");
}
