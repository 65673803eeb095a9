//! What is proposed anew from what is stored: who is speaking, whose voice it is, expressions against a neutral face.

use std::path::Path;

use fieldgloss::analysis::speaking::SpeakingSettings;
use fieldgloss::app::analysing::StoreSink;
use fieldgloss::app::edit;
use fieldgloss::app::edit::{neutral, speaking};
use fieldgloss::app::recordings;
use fieldgloss::domain::{
    Channel, MediaStorage, ModelRun, Project, RunId, RunStatus, SessionId, Span, Tag, TagId, TagStatus, Time, Track,
    TrackId, TrackKind, TrackSamples,
};
use fieldgloss::jobs::analyse::AnalysisSink;
use fieldgloss::store::Store;
use serde_json::{Value, json};

fn project(folder: &Path) -> (Store, SessionId) {
    let project = Project::new("Talk");
    let mut store = Store::create(&folder.join("Talk.fieldgloss"), &project, &[]).expect("a new project");
    let session = edit::project::add_session(&mut store, "Talking").expect("a session").value;
    let video = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sample/astronaut-talks.mp4");
    recordings::import(&mut store, Some(session), &video, MediaStorage::Linked, |_| false).expect("a video");
    (store, session)
}

/// Twenty seconds at 25 frames a second.
fn times() -> Vec<Time> {
    (0..500).map(|i| Time::from_millis(i * 40)).collect()
}

fn track(run: RunId, kind: TrackKind, number: i64) -> Track {
    let times = times();
    Track {
        id: TrackId::new(),
        run,
        kind,
        number,
        person: None,
        start: times[0],
        end: times[499],
        samples: 500,
        residue: Default::default(),
    }
}

fn stored(store: &Store, session: SessionId, settings: Value, tracks: &[(Track, TrackSamples, Vec<Tag>)], run: RunId) {
    let mut run = ModelRun {
        id: run,
        session,
        media: store.read().media_of(session).expect("the video")[0].id,
        models: Vec::new(),
        settings,
        started: "2026-01-01T00:00:00Z".into(),
        finished: String::new(),
        status: RunStatus::Running,
        frames: 500,
        residue: Default::default(),
    };
    let mut sink = StoreSink::new(store.sibling().expect("a second connection"), |_| {});
    sink.run_started(&run).expect("the run");
    for (track, samples, tags) in tracks {
        sink.tracks(std::slice::from_ref(track)).expect("the track");
        if !samples.times.is_empty() {
            sink.samples(track.id, samples).expect("the samples");
        }
        sink.tags(tags).expect("the tags");
    }
    run.status = RunStatus::Finished;
    sink.finished(&run, &Default::default()).expect("the end");
}

/// A face whose mouth moves from 2 to 8 s, and that the networks take for sad (0.65) all the time, for sadder (0.95) from
/// 10 to 14 s.
fn look(store: &Store, session: SessionId) -> TrackId {
    let run = RunId::new();
    let times = times();
    let moving = |t: f32| (2.0..8.0).contains(&t);
    let sad = |t: f32| if (10.0..14.0).contains(&t) { 0.95 } else { 0.65 };
    let secs: Vec<f32> = times.iter().map(|time| time.secs() as f32).collect();
    let channel =
        |name: &str, width: usize, values: Vec<f32>| Channel { name: name.into(), width, step: 0.001, values };
    let mouth = secs.iter().map(|t| 0.05 + if moving(*t) { 0.06 * (t * 31.0).sin() } else { 0.0 }).collect();
    let scores = secs.iter().flat_map(|t| [1.0 - sad(*t), 0.0, sad(*t), 0.0, 0.0, 0.0, 0.0]);
    let scores: Vec<f32> = scores.collect();
    let samples = TrackSamples {
        channels: vec![
            channel("box", 4, [100.0, 80.0, 90.0, 110.0].repeat(500)),
            channel("presence", 1, vec![1.0; 500]),
            channel("measure.head_yaw", 1, vec![2.0; 500]),
            channel("measure.head_pitch", 1, vec![0.0; 500]),
            channel("measure.mouth_open", 1, mouth),
            channel("expression.faceapi", 7, scores.clone()),
            channel("expression.human", 7, scores),
        ],
        times,
    };
    let face = track(run, TrackKind::Face, 1);
    let id = face.id;
    stored(store, session, json!({ "fps": 25.0 }), &[(face, samples, Vec::new())], run);
    id
}

/// A voice that speaks from 2 to 8 s.
fn listen(store: &Store, session: SessionId) -> TrackId {
    let run = RunId::new();
    let voice = track(run, TrackKind::Voice, 1);
    let turn = Tag {
        id: TagId::new(),
        run,
        track: voice.id,
        label: "speech".into(),
        start: Time::from_millis(2_000),
        end: Time::from_millis(8_000),
        confidence: 0.9,
        evidence: json!({}),
        status: TagStatus::Proposed,
        reviewer: String::new(),
        reviewed: String::new(),
        annotation: None,
        residue: Default::default(),
    };
    let id = voice.id;
    stored(store, session, json!({ "speech": {} }), &[(voice, TrackSamples::default(), vec![turn])], run);
    id
}

fn proposed(store: &Store, track: TrackId) -> Vec<Tag> {
    let run = store.read().get::<Track>(track).unwrap().unwrap().run;
    store.read().tag_rows(run).unwrap().into_iter().map(|row| row.tag).filter(|tag| tag.track == track).collect()
}

#[test]
fn what_is_missing_is_said_and_nothing_is_changed() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, session) = project(folder.path());
    let ask = |store: &mut Store| {
        speaking::propose(store, session, &SpeakingSettings::default()).err().map(|e| e.to_string()).unwrap_or_default()
    };
    let said = ask(&mut store);
    assert!(said.contains("neither looked at nor listened to") && said.contains("Nothing was changed"), "{said}");
    look(&store, session);
    assert!(ask(&mut store).contains("voices are needed"));
    let other = edit::project::add_session(&mut store, "Heard").unwrap().value;
    let video = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sample/astronaut-talks.mp4");
    recordings::import(&mut store, Some(other), &video, MediaStorage::Linked, |_| false).unwrap();
    listen(&store, other);
    let said = speaking::propose(&mut store, other, &SpeakingSettings::default()).err().unwrap().to_string();
    assert!(said.contains("faces are needed"), "{said}");
}

#[test]
fn a_voice_is_somebodys_only_once_a_person_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, session) = project(folder.path());
    let (face, voice) = (look(&store, session), listen(&store, session));
    let spoke = speaking::propose(&mut store, session, &SpeakingSettings::default()).unwrap().value;
    assert_eq!((spoke.faces, spoke.voices, spoke.speaking, spoke.bound), (1, 1, 1, 1));
    let tag = proposed(&store, face).into_iter().find(|tag| tag.label == "speaking").unwrap();
    assert!((tag.start.secs() - 2.0).abs() < 0.3 && (tag.end.secs() - 8.0).abs() < 0.3, "{tag:?}");
    assert!(store.read().channels(face).unwrap().contains(&"measure.speaking".to_owned()), "a curve of its own");
    let whose = proposed(&store, voice).into_iter().find(|tag| tag.label == "voice_of.face_1").unwrap();
    let person = |store: &Store| store.read().get::<Track>(voice).unwrap().unwrap().person;
    assert_eq!(person(&store), None, "proposing names nobody");

    let refused = edit::tags::accept(&mut store, whose.id).err().unwrap().to_string();
    assert!(refused.contains("Say first who Face 1 is"), "{refused}");
    let anna = edit::tags::add_person(&mut store, "AN", Some(face)).unwrap().value;
    edit::tags::accept(&mut store, whose.id).unwrap();
    assert_eq!(person(&store), Some(anna));

    // Again: what is open gives way, what was decided stays and is not proposed twice.
    let again = speaking::propose(&mut store, session, &SpeakingSettings::default()).unwrap().value;
    assert_eq!((again.replaced, again.kept, again.bound), (1, 1, 0));
    let voices = proposed(&store, voice);
    assert_eq!(voices.iter().filter(|tag| tag.label == "voice_of.face_1").count(), 1);
}

#[test]
fn against_a_neutral_face_only_what_differs_from_it_is_proposed() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, session) = project(folder.path());
    let face = look(&store, session);
    let sad = |store: &Store| -> Vec<Span> {
        let tags = proposed(store, face).into_iter().filter(|tag| tag.label == "expression.sadness");
        tags.map(|tag| Span::new(tag.start, tag.end)).collect()
    };
    let refused = neutral::toggle(&mut store, face, Time::from_millis(60_000)).err().unwrap().to_string();
    assert!(refused.contains("not seen at that moment"), "{refused}");

    let marked = neutral::toggle(&mut store, face, Time::from_millis(1_000)).unwrap().value;
    assert!(marked.set && marked.tracks == 1);
    let [only] = sad(&store)[..] else { panic!("{:?}", sad(&store)) };
    assert!((only.start.secs() - 10.0).abs() < 0.3 && (only.end.secs() - 14.0).abs() < 0.3, "{only:?}");
    let tag = proposed(&store, face).into_iter().find(|tag| tag.label == "expression.sadness").unwrap();
    assert_eq!(tag.evidence["neutral"]["at"], 1.0);
    assert!(tag.evidence["from_neutral"]["mouth_open"].is_number());

    let forgotten = neutral::toggle(&mut store, face, Time::from_millis(1_000)).unwrap().value;
    assert!(!forgotten.set);
    let [whole] = sad(&store)[..] else { panic!("{:?}", sad(&store)) };
    assert!(whole.duration().secs() > 19.0, "without it the face at rest is taken for sad throughout");
}
