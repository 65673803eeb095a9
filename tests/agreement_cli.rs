//! Agreement and recipes from the command line: two files, two tiers of one, two reviewers of a project.
#![cfg(feature = "media")]

use std::path::Path;
use std::process::{Command, Output};

use fieldgloss::analysis::agreement::{Settings, Unit, compare};
use fieldgloss::app::analysing::StoreSink;
use fieldgloss::app::edit::project::{NewProject, create};
use fieldgloss::app::edit::reviews::{self, Verdict};
use fieldgloss::domain::{
    Annotation, Bundle, Channel, Constraint, Media, MediaId, MediaStorage, ModelRun, RunId, RunStatus, Session,
    SessionId, Span, Tag, TagStatus, Tier, TierId, TierRole, Time, Track, TrackId, TrackKind, TrackSamples,
};
use fieldgloss::formats::{self, Format};
use fieldgloss::jobs::analyse::AnalysisSink as _;
use fieldgloss::store::{Op, OpKind, Store};
use serde_json::Value;

fn fieldgloss(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fieldgloss")).args(arguments).output().expect("the program starts")
}

fn said(out: &Output) -> String {
    String::from_utf8_lossy(&out.stdout).into_owned()
}

fn json(arguments: &[&str]) -> Value {
    let out = fieldgloss(arguments);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).expect("JSON")
}

fn session() -> Session {
    Session {
        id: SessionId::new(),
        name: "Talk".into(),
        title: Default::default(),
        date: String::new(),
        place: String::new(),
        genre: String::new(),
        description: Default::default(),
        participants: Vec::new(),
        consent: Default::default(),
        access: Default::default(),
        position: 0,
        residue: Default::default(),
    }
}

type Tags<'t> = &'t [(i64, i64, &'t str)];

/// A file with tiers of tags.
fn file(path: &Path, format: Format, tiers: &[(&str, Tags)]) {
    let session = session();
    let mut bundle = Bundle { sessions: vec![session.clone()], ..Bundle::default() };
    for (position, (name, tags)) in tiers.iter().enumerate() {
        let tier = Tier {
            id: TierId::new(),
            session: session.id,
            parent: None,
            name: (*name).to_owned(),
            role: TierRole::Other,
            constraint: Constraint::None,
            type_name: "gesture".into(),
            participant: None,
            annotator: String::new(),
            language: String::new(),
            vocabulary: None,
            position: position as i64,
            residue: Default::default(),
        };
        for (start, end, label) in *tags {
            let span = Span::new(Time::from_millis(*start), Time::from_millis(*end));
            bundle.annotations.push(Annotation::new(tier.id, Some(span), 0, *label));
        }
        bundle.tiers.push(tier);
    }
    formats::write(path, format, &bundle).expect("written");
}

const ANN: Tags = &[(0, 1000, "nod"), (2000, 2900, "shake"), (4000, 5000, "nod"), (6000, 7000, "tilt")];
const BEN: Tags = &[(100, 1000, "nod"), (2000, 3000, "nod"), (4100, 5000, "nod"), (8000, 9000, "tilt")];

#[test]
fn two_files_are_compared_tier_by_tier() {
    let folder = tempfile::tempdir().expect("a folder");
    let (ann, ben) = (folder.path().join("ann.eaf"), folder.path().join("ben.TextGrid"));
    file(&ann, Format::Eaf, &[("Gesture", ANN), ("Only here", &[(0, 500, "x")])]);
    file(&ben, Format::TextGrid, &[("Gesture", BEN)]);
    let (ann, ben) = (ann.to_str().expect("a path"), ben.to_str().expect("a path"));
    let told = json(&["agreement", ann, ben, "--json"]);
    let report = &told[0]["report"];
    let units = |tags: Tags| -> Vec<Unit> {
        tags.iter().map(|(s, e, l)| Unit::new(Time::from_millis(*s), Time::from_millis(*e), *l)).collect()
    };
    let whole = Span::new(Time::ZERO, Time::from_millis(9000));
    let own = compare(&units(ANN), &units(BEN), whole, &Settings::default());
    assert_eq!(told.as_array().map(Vec::len), Some(1), "the tier that both have");
    assert_eq!(*report, serde_json::to_value(&own).expect("JSON"));
    assert_eq!(report["pairs"].as_array().map(Vec::len), Some(5));

    let text = said(&fieldgloss(&["agreement", ann, ben, "--tiers", "Gesture"]));
    for part in ["1: ann.eaf · Gesture, 4 tags", "Cohen's κ", "ᵤα", "degree of organisation", "nothing", "shake"] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    println!("{text}");
    let wrong = fieldgloss(&["agreement", ann, ben, "--tiers", "Gestrue"]);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("Gesture"), "it says which tiers there are");
    let wrong = fieldgloss(&["agreement", ann]);
    assert_eq!(wrong.status.code(), Some(2));
    let wrong = fieldgloss(&["agreement", ann, ben, "--simulations", "0"]);
    assert_eq!(wrong.status.code(), Some(2));
    let wrong = fieldgloss(&["agreement", ann, ben, "--overlap", "1.5"]);
    assert_eq!(wrong.status.code(), Some(2));
}

#[test]
fn two_tiers_of_one_file_and_what_cannot_be_worked_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let both = folder.path().join("both.eaf");
    file(&both, Format::Eaf, &[("A", ANN), ("B", BEN), ("Nobody", &[])]);
    let both = both.to_str().expect("a path");
    let told = json(&["agreement", both, "--tiers", "A", "B", "--json", "--simulations", "50"]);
    assert_eq!(told[0]["annotators"], serde_json::json!(["A", "B"]));
    assert_eq!(told[0]["report"]["table"]["labels"], serde_json::json!(["nod", "shake", "tilt"]));
    let text = said(&fieldgloss(&["agreement", both, "--tiers", "A", "Nobody"]));
    assert!(text.contains("only one of the two tagged anything"), "{text}");
}

/// A project with one body whose hand goes up three times.
fn project(folder: &Path) -> Store {
    let mut store = create(&folder.join("Hands"), &NewProject { object_language: "apy".into(), ..Default::default() })
        .expect("made");
    let session = session();
    let media = Media {
        id: MediaId::new(),
        session: session.id,
        path: "media/hands.mp4".into(),
        storage: MediaStorage::Copied,
        hash: String::new(),
        size: 1,
        mime: "video/mp4".into(),
        duration: Some(Time::from_millis(8000)),
        offset: Time::ZERO,
        streams: Vec::new(),
        position: 0,
        residue: Default::default(),
    };
    store
        .transact(Op::new(OpKind::AddSession), |tx| {
            tx.insert(&session)?;
            tx.insert(&media)
        })
        .expect("the session");
    let times: Vec<Time> = (0..200).map(|i| Time::from_millis(i * 40)).collect();
    let mut run = ModelRun {
        id: RunId::new(),
        session: session.id,
        media: media.id,
        models: Vec::new(),
        settings: Value::Null,
        started: "2026-01-01T00:00:00Z".into(),
        finished: String::new(),
        status: RunStatus::Running,
        frames: 200,
        residue: Default::default(),
    };
    let track = Track {
        id: TrackId::new(),
        run: run.id,
        kind: TrackKind::Body,
        number: 1,
        person: None,
        start: times[0],
        end: times[199],
        samples: 200,
        residue: Default::default(),
    };
    let up = |i: usize| if (i / 20) % 3 == 1 { 0.4 } else { -0.6 };
    let samples = TrackSamples {
        times,
        channels: vec![Channel {
            name: "measure.hand_height.right".into(),
            width: 1,
            step: 0.002,
            values: (0..200).map(up).collect(),
        }],
    };
    let mut sink = StoreSink::new(store.sibling().expect("a second connection"), |_| {});
    sink.run_started(&run).expect("the run");
    sink.tracks(std::slice::from_ref(&track)).expect("the track");
    sink.samples(track.id, &samples).expect("the samples");
    run.status = RunStatus::Finished;
    sink.finished(&run, &Default::default()).expect("the end");
    store
}

fn proposals(store: &Store) -> Vec<Tag> {
    let mut tags: Vec<Tag> = store.read().all().expect("tags");
    tags.sort_by_key(|tag| tag.start);
    tags
}

#[test]
fn a_recipe_goes_from_a_file_into_a_project_and_over_its_sessions() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = project(folder.path());
    let path = store.folder().path().to_str().expect("a path").to_owned();
    drop(store);
    let example = said(&fieldgloss(&["recipe", "show", &path]));
    let file = folder.path().join("hands.toml");
    std::fs::write(&file, example.replace("My recipe", "Hands")).expect("written");
    let file = file.to_str().expect("a path");
    assert!(fieldgloss(&["recipe", "save", &path, file]).status.success());
    assert!(said(&fieldgloss(&["recipe", "list", &path])).contains("hand_up.right"));
    assert_eq!(said(&fieldgloss(&["recipe", "show", &path, "Hands"])), example.replace("My recipe", "Hands"));

    let ran = json(&["recipe", "run", &path, "Hands", "--json"]);
    assert_eq!((&ran["ran"]["made"], &ran["ran"]["sessions"]), (&3.into(), &1.into()));
    // One is accepted; run again, it stays, and the open ones give way.
    let (mut store, _) = Store::open(Path::new(&path)).expect("the project");
    let first = proposals(&store).remove(0);
    assert_eq!((first.label.as_str(), first.status), ("hand_up.right", TagStatus::Proposed));
    assert_eq!((first.start, first.end), (Time::from_millis(800), Time::from_millis(1600)));
    assert_eq!(first.evidence["recipe"], "Hands");
    reviews::say(&mut store, first.id, &Verdict::Accept).expect("accepted");
    drop(store);
    let ran = json(&["recipe", "run", &path, file, "--json"]);
    let ran = &ran["ran"];
    assert_eq!((&ran["made"], &ran["replaced"], &ran["kept"]), (&2.into(), &2.into(), &1.into()));
    let (store, _) = Store::open(Path::new(&path)).expect("the project");
    assert_eq!(proposals(&store).len(), 3);
    drop(store);
    // A curve that nothing has: earlier proposals do not give way to none.
    let strange = folder.path().join("strange.toml");
    let strange_rule = std::fs::read_to_string(file).expect("the recipe").replace("measure.", "measured.");
    std::fs::write(&strange, strange_rule).expect("written");
    let wrong = fieldgloss(&["recipe", "run", &path, strange.to_str().expect("a path")]);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("measured.hand_height.right"), "{wrong:?}");
    let (store, _) = Store::open(Path::new(&path)).expect("the project");
    assert_eq!(proposals(&store).len(), 3);
    drop(store);
    let none = fieldgloss(&["recipe", "run", &path, "Feet"]);
    assert!(String::from_utf8_lossy(&none.stderr).contains("no recipe called “Feet”"));
}

#[test]
fn two_reviewers_of_a_project_are_compared() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = project(folder.path());
    let path = store.folder().path().to_str().expect("a path").to_owned();
    drop(store);
    let example = folder.path().join("r.toml");
    std::fs::write(&example, said(&fieldgloss(&["recipe", "show", &path]))).expect("written");
    fieldgloss(&["recipe", "run", &path, example.to_str().expect("a path")]);
    let nobody = fieldgloss(&["agreement", &path]);
    assert!(String::from_utf8_lossy(&nobody.stderr).contains("nobody did"), "{nobody:?}");

    let (mut store, _) = Store::open(Path::new(&path)).expect("the project");
    let tags = proposals(&store);
    reviews::set_blind(&mut store, true).expect("blind");
    let change = |tag: &Tag, by: i64| Verdict::Change {
        span: Span::new(tag.start, tag.end + Time::from_millis(by)),
        value: "wave".into(),
    };
    store.set_author("Ann");
    for (tag, verdict) in tags.iter().zip([Verdict::Accept, Verdict::Accept, Verdict::Reject]) {
        reviews::say(&mut store, tag.id, &verdict).expect("said");
    }
    store.set_author("Ben");
    for (tag, verdict) in tags.iter().zip([Verdict::Accept, change(&tags[1], 100), Verdict::NotAssessable]) {
        reviews::say(&mut store, tag.id, &verdict).expect("said");
    }
    assert!(proposals(&store).iter().all(|tag| tag.status == TagStatus::Proposed), "blind decides nothing");
    drop(store);
    let told = json(&["agreement", &path, "--json"]);
    let report = &told[0]["report"];
    assert_eq!(report["names"], serde_json::json!(["Ann", "Ben"]));
    assert_eq!((&report["both"], &report["proposals"]), (&3.into(), &3.into()));
    assert!((report["decisions"]["raw"]["value"].as_f64().expect("a number") - 1.0 / 3.0).abs() < 1e-9);
    assert_eq!(report["tags"]["table"]["labels"], serde_json::json!(["hand up, right", "wave"]));
    assert_eq!(report["tags"]["linked"]["value"], 1.0);
    let text = said(&fieldgloss(&["agreement", &path, "--reviewers", "Ann", "Ben"]));
    assert!(text.contains("Ann said something of 3, Ben of 3, both of 3"), "{text}");

    // What both said the same of is settled, the rest stays open.
    let (mut store, _) = Store::open(Path::new(&path)).expect("the project");
    let settled = reviews::settle(&mut store, &[tags[0].run]).expect("settled").value;
    assert_eq!(settled, 1);
    let after = proposals(&store);
    assert_eq!(after.iter().filter(|tag| tag.status == TagStatus::Accepted).count(), 1);
    assert_eq!(after[0].reviewer, "Ann, Ben");
    assert!(reviews::settle(&mut store, &[tags[0].run]).is_err(), "nothing more to settle");
}
