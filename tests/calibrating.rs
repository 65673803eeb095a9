//! How sure expressions are proposed is fitted on what people decided of them, in the project's own material.

use std::path::Path;

use fieldgloss::analysis::{Expression, ProposalSettings, propose};
use fieldgloss::app::analysing::StoreSink;
use fieldgloss::app::edit::calibration::{calibrate, forget, temperatures};
use fieldgloss::app::edit::reviews::{Verdict, say};
use fieldgloss::app::edit::{project as edit_project, tags::readable};
use fieldgloss::app::recordings;
use fieldgloss::domain::{
    Channel, MediaStorage, ModelRun, Project, RunId, RunStatus, SessionId, Span, Tag, TagStatus, Time, Track, TrackId,
    TrackKind, TrackSamples,
};
use fieldgloss::jobs::analyse::AnalysisSink;
use fieldgloss::store::Store;
use serde_json::json;

const SMILES: usize = 70;

fn project(folder: &Path) -> (Store, SessionId) {
    let project = Project::new("Smiles");
    let mut store = Store::create(&folder.join("Smiles.fieldgloss"), &project, &[]).expect("a new project");
    let session = edit_project::add_session(&mut store, "Talking").expect("a session").value;
    let video = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sample/astronaut-talks.mp4");
    recordings::import(&mut store, Some(session), &video, MediaStorage::Linked, |_| false).expect("a video");
    (store, session)
}

/// A face that both networks take to resemble happiness for a second in every two, and are 93 % sure of it.
fn look(store: &Store, session: SessionId) -> (RunId, TrackId) {
    let times: Vec<Time> = (0..SMILES as i64 * 20).map(|i| Time::from_millis(i * 100)).collect();
    let n = times.len();
    let happy = Expression::ALL.iter().position(|one| one.name() == "happiness").expect("a class");
    let mut scores = Vec::new();
    for i in 0..n {
        let smiles = i % 20 < 10;
        let mut row = [if smiles { 0.01 } else { 0.94 }, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01];
        if smiles {
            row[happy] = 0.93;
            row[0] = 0.02;
        }
        scores.extend(row);
    }
    let channel =
        |name: &str, width: usize, values: Vec<f32>| Channel { name: name.into(), width, step: 0.0001, values };
    let samples = TrackSamples {
        channels: vec![
            channel("box", 4, [100.0, 80.0, 90.0, 110.0].repeat(n)),
            channel("presence", 1, vec![1.0; n]),
            channel("score", 1, vec![0.95; n]),
            channel("measure.head_yaw", 1, vec![2.0; n]),
            channel("measure.head_pitch", 1, vec![0.0; n]),
            channel("expression.faceapi", 7, scores.clone()),
            channel("expression.human", 7, scores),
        ],
        times: times.clone(),
    };
    let mut run = ModelRun {
        id: RunId::new(),
        session,
        media: store.read().media_of(session).expect("the video")[0].id,
        models: Vec::new(),
        settings: json!({ "fps": 10.0 }),
        started: "2026-01-01T00:00:00Z".into(),
        finished: String::new(),
        status: RunStatus::Running,
        frames: n as i64,
        residue: Default::default(),
    };
    let track = Track {
        id: TrackId::new(),
        run: run.id,
        kind: TrackKind::Face,
        number: 1,
        person: None,
        start: times[0],
        end: times[n - 1],
        samples: n as i64,
        residue: Default::default(),
    };
    let tags = propose(&track, &samples, &ProposalSettings::default()).tags;
    let mut sink = StoreSink::new(store.sibling().expect("a second connection"), |_| {});
    sink.run_started(&run).expect("the run");
    sink.tracks(std::slice::from_ref(&track)).expect("the track");
    sink.samples(track.id, &samples).expect("the samples");
    sink.tags(&tags).expect("the tags");
    run.status = RunStatus::Finished;
    sink.finished(&run, &Default::default()).expect("the end");
    (run.id, track.id)
}

fn smiles(store: &Store, run: RunId) -> Vec<Tag> {
    let rows = store.read().tag_rows(run).expect("tags");
    rows.into_iter().map(|row| row.tag).filter(|tag| tag.label == "expression.happiness").collect()
}

fn open(store: &Store, run: RunId) -> Vec<Tag> {
    smiles(store, run).into_iter().filter(|tag| tag.status == TagStatus::Proposed).collect()
}

/// Two of three are accepted, of the others half are called otherwise.
fn review(store: &mut Store, run: RunId, count: usize) {
    for (at, tag) in open(store, run).into_iter().take(count).enumerate() {
        let span = Span::new(tag.start, tag.end);
        let verdict = match at % 6 {
            0..=3 => Verdict::Accept,
            4 => Verdict::Reject,
            _ => Verdict::Change { span, value: readable("expression.surprise") },
        };
        say(store, tag.id, &verdict).expect("decided");
    }
}

#[test]
fn what_people_decided_says_how_sure_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, session) = project(folder.path());
    let (run, _) = look(&store, session);
    assert_eq!(smiles(&store, run).len(), SMILES);
    let sure = |store: &Store| open(store, run).last().map(|tag| tag.confidence).unwrap_or_default();
    let before = sure(&store);

    let few = calibrate(&mut store).err().unwrap().to_string();
    assert!(few.contains("40 decisions") && few.contains("none yet"), "{few}");
    review(&mut store, run, 60);
    let done = calibrate(&mut store).unwrap().value;
    let [(first, faceapi), (_, human)] = &done.fitted[..] else { panic!("{done:?}") };
    assert_eq!((first.as_str(), faceapi.decided, faceapi.right), ("expression.faceapi", 60, 40));
    assert_eq!(faceapi, human, "both said the same");
    assert!(faceapi.temperature > 1.5, "{faceapi:?}");
    assert!((faceapi.sure_after - 40.0 / 60.0).abs() < 0.05, "as sure as it is right: {faceapi:?}");
    assert!(faceapi.error_after < 0.1 && faceapi.error_before > 0.2, "{faceapi:?}");

    // Open proposals are made anew, less sure; decisions stay as they were.
    assert_eq!((done.remade.made, done.remade.replaced), (10, 10));
    assert!(sure(&store) < before - 0.15, "{} of {before}", sure(&store));
    assert_eq!(smiles(&store, run).len(), SMILES);
    let told = open(&store, run)[0].evidence["temperatures"][0].as_f64().unwrap();
    assert!((told - f64::from(faceapi.temperature)).abs() < 1e-3, "where the confidence is from stands with it");

    store.undo().unwrap();
    assert_eq!((sure(&store), temperatures(&store.read()).unwrap().0), (before, [1.0; 2]));
    store.redo().unwrap();
    assert!(temperatures(&store.read()).unwrap().0[0] > 1.5);
    forget(&mut store).unwrap();
    assert_eq!((sure(&store), temperatures(&store.read()).unwrap().0), (before, [1.0; 2]));
    let nothing = forget(&mut store).err().unwrap().to_string();
    assert!(nothing.contains("not calibrated"), "{nothing}");
}

#[test]
fn who_finds_nothing_wrong_is_told_that_this_says_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, session) = project(folder.path());
    let (run, _) = look(&store, session);
    for tag in open(&store, run).into_iter().take(50) {
        say(&mut store, tag.id, &Verdict::Accept).expect("decided");
    }
    let told = calibrate(&mut store).err().unwrap().to_string();
    assert!(told.contains("Hardly anything was found wrong"), "{told}");
    let cli = std::process::Command::new(env!("CARGO_BIN_EXE_fieldgloss"))
        .args(["calibrate".as_ref(), store.folder().path().as_os_str()])
        .output()
        .expect("it runs");
    assert!(!cli.status.success());
}
