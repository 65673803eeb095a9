//! Person cards: everybody seen or heard, across recordings; who may be whom is asked and never assumed; prints stay in the
//! project and can be forgotten for good. Pictures go where `FIELDGLOSS_SHOTS` says, or to the target folder's `shots`.
#![cfg(feature = "window")]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command as Process;
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::people::{Gui, over};
use common::{press, shoot};
use eframe::egui::Key;
use egui_kittest::kittest::Queryable as _;
use fieldgloss::app::analysing::{StoreSink, stopped};
use fieldgloss::app::core::{Core, Message};
use fieldgloss::app::edit::{self, identity as edits};
use fieldgloss::app::forgetting;
use fieldgloss::app::identity::{CardId, accept, everybody, handle_of, reject};
use fieldgloss::app::settings::ThemeChoice;
use fieldgloss::app::show::Part;
use fieldgloss::app::{recordings, transfer};
use fieldgloss::domain::{
    Channel, Fate, Media, MediaStorage, ModelRun, ModelUse, Person, Print, PrintKind, Project, RunId, RunStatus,
    SessionId, Time, Track, TrackId, TrackKind, TrackSamples,
};
use fieldgloss::formats::Format;
use fieldgloss::jobs::Plan;
use fieldgloss::jobs::analyse::{AnalyseSummary, AnalysisSink as _, Mark};
use fieldgloss::store::{BackupKind, Op, OpKind, Scope, Store};
use fieldgloss::ui::theme;
use serde_json::Value;

/// A direction between the axes of several people: how much of each.
fn print(parts: &[(usize, f32)]) -> Vec<f32> {
    let mut vector = vec![0.0; 1024];
    for (axis, part) in parts {
        vector[*axis] = *part;
    }
    let length = vector.iter().map(|v| v * v).sum::<f32>().sqrt();
    vector.iter().map(|v| v / length).collect()
}

/// A project of two sessions with the same video, nobody seen yet.
fn project(folder: &Path) -> (Store, [SessionId; 2]) {
    let project = Project::new("Cards");
    let mut store = Store::create(&folder.join("Cards.fieldgloss"), &project, &[]).expect("a project");
    let video = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sample/astronaut-talks.mp4");
    let sessions = ["Morning", "Evening"].map(|name| {
        let session = edit::project::add_session(&mut store, name).expect("a session").value;
        recordings::import(&mut store, Some(session), &video, MediaStorage::Linked, |_| false).expect("a video");
        session
    });
    (store, sessions)
}

/// A face followed from one second to another, with a print.
type Face = (i64, i64, Vec<f32>);

/// A run that saw these faces; their tracks in order.
fn seen(store: &Store, session: SessionId, faces: &[Face]) -> Vec<TrackId> {
    looked(store, session, faces, serde_json::json!({ "fps": 10.0 }), 250.0)
}

/// The same with the run's settings, and where in the picture the faces are.
fn looked(store: &Store, session: SessionId, faces: &[Face], settings: Value, left: f32) -> Vec<TrackId> {
    let media: Media = store.read().media_of(session).expect("media").remove(0);
    let used = ModelUse { name: "faceprint".into(), version: "1".into(), sha256: "1f333b67d32e".into() };
    let mut run = ModelRun {
        id: RunId::new(),
        session,
        media: media.id,
        models: vec![used],
        settings,
        started: "2026-01-01T00:00:00Z".into(),
        finished: String::new(),
        status: RunStatus::Running,
        frames: 100,
        residue: Default::default(),
    };
    let mut sink = StoreSink::new(store.sibling().expect("a second connection"), |_| {});
    sink.run_started(&run).expect("the run");
    let mut tracks = Vec::new();
    for (number, (start, end, print)) in faces.iter().enumerate() {
        let track = Track {
            id: TrackId::new(),
            run: run.id,
            kind: TrackKind::Face,
            number: number as i64 + 1,
            person: None,
            start: Time::from_millis(start * 1000),
            end: Time::from_millis(end * 1000),
            samples: (end - start) * 10,
            residue: Default::default(),
        };
        let times: Vec<Time> = (start * 10..=end * 10).map(|i| Time::from_millis(i * 100)).collect();
        let values = times.iter().flat_map(|_| [left, 80.0, 130.0, 130.0]).collect();
        let channel = Channel { name: "box".into(), width: 4, step: 0.125, values };
        sink.tracks(std::slice::from_ref(&track)).expect("the track");
        sink.samples(track.id, &TrackSamples { times, channels: vec![channel] }).expect("the samples");
        let print = Print {
            track: track.id,
            kind: PrintKind::Face,
            model: "faceprint 1".into(),
            samples: 5,
            vector: print.clone(),
        };
        sink.prints(&[print]).expect("the print");
        tracks.push(track.id);
    }
    run.status = RunStatus::Finished;
    sink.finished(&run, &AnalyseSummary::default()).expect("the end");
    tracks
}

/// Ann and Ben in the morning, Ben twice; Ann and a stranger in the evening.
fn filled(folder: &Path) -> (Store, [Vec<TrackId>; 2]) {
    let (store, [morning, evening]) = project(folder);
    let first = seen(
        &store,
        morning,
        &[(0, 8, print(&[(0, 1.0)])), (0, 6, print(&[(1, 1.0)])), (9, 14, print(&[(1, 1.0), (7, 0.4)]))],
    );
    let second = seen(&store, evening, &[(0, 9, print(&[(0, 1.0), (8, 0.5)])), (2, 7, print(&[(3, 1.0)]))]);
    (store, [first, second])
}

fn persons(store: &Store) -> Vec<(String, usize)> {
    let read = store.read();
    let people = read.people().expect("people");
    people.iter().map(|p| (p.code.clone(), read.tracks_of_person(p.id).expect("tracks").len())).collect()
}

#[test]
fn nobody_is_anybody_until_somebody_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, [first, second]) = filled(folder.path());
    let all = everybody(&mut store).expect("everybody");
    assert_eq!(all.cards.len(), 5, "every track is a card of its own");
    let pairs: Vec<(CardId, CardId)> = all.suggestions.iter().map(|s| (s.who, s.same_as)).collect();
    let track = CardId::Track;
    assert_eq!(pairs, [(track(first[2]), track(first[1])), (track(second[0]), track(first[0]))]);
    assert!(persons(&store).is_empty());

    // Yes makes a person of both, across recordings too; Undo takes it back.
    accept(&mut store, &all, pairs[0].0, pairs[0].1).expect("yes");
    let all = everybody(&mut store).expect("everybody");
    accept(&mut store, &all, pairs[1].0, pairs[1].1).expect("yes");
    assert_eq!(persons(&store), [("Person 1".to_owned(), 2), ("Person 2".to_owned(), 2)]);
    let all = everybody(&mut store).expect("everybody");
    assert_eq!((all.cards.len(), all.suggestions.len()), (3, 0));
    assert_eq!(all.named("Person 2").expect("her card").appearances.len(), 2);
    store.undo().expect("undone");
    assert_eq!(everybody(&mut store).expect("everybody").suggestions.len(), 1);

    // No is kept: it is not asked again, until it is taken back.
    let all = everybody(&mut store).expect("everybody");
    reject(&mut store, &all, pairs[1].0, pairs[1].1).expect("no");
    assert!(everybody(&mut store).expect("everybody").suggestions.is_empty());
    store.undo().expect("undone");
    assert_eq!(everybody(&mut store).expect("everybody").suggestions.len(), 1);
}

#[test]
fn who_is_seen_beside_somebody_is_not_them_and_near_ties_are_doubtful() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, [morning, evening]) = project(folder.path());
    // Twins side by side; in the evening one of them.
    seen(&store, morning, &[(0, 8, print(&[(0, 1.0), (1, 0.5)])), (0, 8, print(&[(0, 1.0), (1, 0.6)]))]);
    let late = seen(&store, evening, &[(0, 8, print(&[(0, 1.0), (1, 0.55)]))]);
    let all = everybody(&mut store).expect("everybody");
    assert_eq!(all.suggestions.len(), 1, "{:?}", all.suggestions);
    assert_eq!(all.suggestions[0].who, CardId::Track(late[0]));
    assert!(all.suggestions[0].doubtful && all.suggestions[0].next.is_some());
}

#[test]
fn people_are_merged_taken_apart_and_deleted_with_undo() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, [first, second]) = filled(folder.path());
    let ann = edit::tags::add_person(&mut store, "Ann", Some(first[0])).expect("Ann").value;
    let anna = edit::tags::add_person(&mut store, "Anna", Some(second[0])).expect("Anna").value;
    edits::merge(&mut store, ann, anna).expect("one person");
    assert_eq!(persons(&store), [("Ann".to_owned(), 2)]);
    assert!(edits::merge(&mut store, ann, ann).is_err());
    store.undo().expect("undone");
    assert_eq!(persons(&store), [("Ann".to_owned(), 1), ("Anna".to_owned(), 1)]);
    store.redo().expect("done again");

    // Taken apart, it is not suggested to be her again.
    edits::take_apart(&mut store, second[0]).expect("apart");
    let all = everybody(&mut store).expect("everybody");
    assert!(all.suggestions.iter().all(|s| s.who != CardId::Track(second[0])), "{:?}", all.suggestions);
    edits::delete_track(&mut store, second[1]).expect("deleted");
    assert_eq!(everybody(&mut store).expect("everybody").prints, 4, "its print went with it");
    store.undo().expect("undone");
    let all = everybody(&mut store).expect("everybody");
    assert!(all.card(CardId::Track(second[1])).is_some(), "the track is back");
    assert_eq!(all.prints, 4, "its print is not");
}

#[test]
fn prints_never_leave_and_are_forgotten_to_the_last_byte() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, _) = filled(folder.path());
    for (format, name) in [(Format::Json, "out.json"), (Format::Turtle, "out.ttl"), (Format::Eaf, "out.eaf")] {
        let report = transfer::export(&store, Scope::Whole, format, &folder.path().join(name)).expect("an export");
        let line = report.items.iter().find(|item| item.fate == Fate::LeftOut && item.what.contains("prints"));
        assert_eq!(line.map(|line| line.count), Some(5), "{name}: {report}");
        assert!(line.is_some_and(|line| line.why.contains("biometric")));
    }
    // One number that only a print holds, as the file holds it and as text.
    let telling = print(&[(1, 1.0), (7, 0.4)])[7];
    let holds = |folder: &Path| -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let bytes = std::fs::read(&path).expect("a file");
                if bytes.windows(4).any(|four| four == telling.to_le_bytes()) {
                    found.push(path);
                }
            }
        }
        found
    };
    store.backup(BackupKind::Asked).expect("a backup");
    let before = holds(store.folder().path());
    assert!(before.iter().any(|path| path.ends_with("project.db") || path.ends_with("project.db-wal")), "{before:?}");
    assert!(before.iter().any(|path| path.to_string_lossy().contains("backups")), "{before:?}");
    let forgotten = store.forget_prints(None).expect("forgotten");
    assert_eq!((forgotten.prints, forgotten.copies, forgotten.left.len()), (5, 1, 0));
    assert_eq!(holds(folder.path()), Vec::<PathBuf>::new());
    store.undo().expect("Undo has nothing to bring back");
    assert_eq!(store.read().print_count().expect("a count"), 0);
}

#[test]
fn what_is_said_while_a_run_goes_on_stays_and_what_a_broken_off_run_kept_is_forgotten_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, [first, _]) = filled(folder.path());
    let mut track: Track = store.read().require(first[0]).expect("her track");
    let run: ModelRun = store.read().require(track.run).expect("its run");
    let mut sink = StoreSink::new(store.sibling().expect("a second connection"), |_| {});
    sink.planned(run.id, &Plan::default()).expect("a plan");
    let ann = edit::tags::add_person(&mut store, "Ann", Some(track.id)).expect("Ann").value;
    edits::are_not(&mut store, &first[..1], &first[1..2]).expect("said");
    track.end = Time::from_millis(9_000);
    sink.tracks(std::slice::from_ref(&track)).expect("it grew");
    let state = serde_json::json!({ "prints": print(&[(0, 1.0)]) });
    sink.mark(&run, Mark::Looked { at: track.end, state: &state }).expect("a mark");
    let grown: Track = store.read().require(track.id).expect("her track");
    assert_eq!((grown.end, grown.person), (track.end, Some(ann)));
    assert_eq!(edits::said_not(&grown), [first[1]]);

    assert_eq!(stopped(&store.read(), None).expect("runs").len(), 1);
    let forgotten = store.forget_prints(Some(&first[1..2])).expect("forgotten");
    assert_eq!((forgotten.prints, forgotten.runs), (1, 1));
    assert!(stopped(&store.read(), None).expect("runs").is_empty());
    assert!(store.read().run_states(run.id).expect("states").is_empty());

    // The run that is under way keeps no prints from then on, and nothing that prints could be taken from.
    let left = store.read().print_count().expect("a count");
    sink.prints(&[Print { track: first[1], ..store.read().prints().expect("prints")[0].clone() }]).expect("taken");
    sink.mark(&run, Mark::Looked { at: track.end, state: &state }).expect("a mark");
    assert_eq!(store.read().print_count().expect("a count"), left);
    assert!(store.read().run_states(run.id).expect("states").is_empty());
}

#[test]
fn the_prints_of_a_look_that_a_newer_one_took_the_place_of_go() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, [morning, evening]) = project(folder.path());
    let ann = || print(&[(0, 1.0)]);
    let old = seen(&store, morning, &[(0, 8, ann()), (2, 5, print(&[(1, 1.0)]))]);
    seen(&store, evening, &[(0, 8, ann())]);
    // A part is no reason to let go of the whole.
    let part = serde_json::json!({ "fps": 10.0, "start": 2_000_000_000_i64, "end": 3_000_000_000_i64 });
    let new = looked(&store, morning, &[(2, 3, ann())], part, 250.0);
    assert_eq!(store.read().print_count().expect("a count"), 4);
    let newest = seen(&store, morning, &[(0, 8, ann())]);
    let printed = store.read().printed().expect("prints");
    assert_eq!(printed.len(), 2, "one of the evening, one of the newest look");
    assert!(printed.contains(&newest[0]) && !printed.contains(&new[0]) && !printed.contains(&old[0]));
}

#[test]
fn who_is_forgotten_is_forgotten_in_other_looks_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, [morning, _]) = project(folder.path());
    let whole = || serde_json::json!({ "fps": 10.0 });
    // Seen before: the same face, though its print is hardly like hers; and one alike at another time.
    let blurred = print(&[(0, 0.3), (5, 1.0)]);
    let old = looked(&store, morning, &[(0, 5, blurred), (7, 8, print(&[(0, 1.0), (6, 0.2)]))], whole(), 250.0);
    let part = serde_json::json!({ "fps": 10.0, "end": 5_000_000_000_i64 });
    let new = looked(&store, morning, &[(1, 4, print(&[(0, 1.0)]))], part, 260.0);
    edit::tags::add_person(&mut store, "Ann", Some(new[0])).expect("Ann");
    drop(store);
    let forget = || {
        let args = ["people", "forget", "Cards", "Ann", "--json"];
        let output = Process::new(env!("CARGO_BIN_EXE_fieldgloss")).args(args).current_dir(folder.path()).output();
        serde_json::from_slice::<Value>(&output.expect("it runs").stdout).expect("JSON")
    };
    let told = forget();
    // What both looks saw in one place was named with her; who is alike at another time was nobody's.
    assert_eq!((&told["prints"], &told["older"]), (&Value::from(3), &Value::from(1)), "{told}");
    let (store, _) = Store::open(&folder.path().join("Cards.fieldgloss")).expect("the project");
    let printed = store.read().printed().expect("prints");
    assert!(old.iter().chain(&new).all(|track| !printed.contains(track)));
}

#[test]
fn who_is_seen_elsewhere_in_an_older_look_keeps_a_print() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, [morning, _]) = project(folder.path());
    let old = looked(&store, morning, &[(0, 5, print(&[(1, 1.0)]))], serde_json::json!({ "fps": 10.0 }), 30.0);
    let part = serde_json::json!({ "fps": 10.0, "end": 5_000_000_000_i64 });
    let new = looked(&store, morning, &[(1, 4, print(&[(0, 1.0)]))], part, 260.0);
    let (forgotten, older) = forgetting::forget(&mut store, &new).expect("forgotten");
    assert_eq!((forgotten.prints, older), (1, 0));
    assert_eq!(store.read().printed().expect("prints"), old);
}

#[test]
fn who_refused_has_no_print_and_a_project_can_keep_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, [first, _]) = filled(folder.path());
    let ann = edit::tags::add_person(&mut store, "Ann", Some(first[0])).expect("Ann").value;
    store
        .transact(Op::new(OpKind::EditPerson), |tx| tx.modify::<Person>(ann, |p| p.consent.given = Some(false)))
        .expect("she says no");
    assert_eq!(everybody(&mut store).expect("everybody").prints, 4, "hers is gone as soon as anybody looks");
    // Another track turns out to be her.
    edit::tags::name_track(&mut store, first[1], Some(ann)).expect("named");
    assert_eq!(store.read().print_count().expect("a count"), 3);

    edits::set_keeping(&mut store, false).expect("off");
    let evening = store.read().all::<fieldgloss::domain::Session>().expect("sessions")[1].id;
    seen(&store, evening, &[(0, 3, print(&[(4, 1.0)]))]);
    assert_eq!(
        store.read().print_count().expect("a count"),
        1,
        "the new run kept none, and those of the older one went"
    );
}

#[test]
fn the_command_line_lists_names_merges_and_forgets() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, [first, second]) = filled(folder.path());
    drop(store);
    let run = |args: &[&str]| {
        Process::new(env!("CARGO_BIN_EXE_fieldgloss")).args(args).current_dir(folder.path()).output().expect("it runs")
    };
    let json = |args: &[&str]| -> Value {
        let output = run(args);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("JSON")
    };
    let listed = json(&["people", "list", "Cards", "--json"]);
    assert_eq!(listed["people"].as_array().map(Vec::len), Some(5));
    assert_eq!(listed["suggestions"].as_array().map(Vec::len), Some(2));
    assert!(!listed.to_string().contains("vector"), "no print is told");
    json(&["people", "name", "Cards", &handle_of(first[0]), "Ann", "--json"]);
    json(&["people", "merge", "Cards", "Ann", &handle_of(second[0]), "--json"]);
    json(&["people", "differ", "Cards", &handle_of(first[2]), &handle_of(first[1]), "--json"]);
    let listed = json(&["people", "list", "Cards", "--json"]);
    assert_eq!(listed["people"][0]["who"], "Ann");
    assert_eq!(listed["people"][0]["tracks"].as_array().map(Vec::len), Some(2));
    assert_eq!(listed["suggestions"], serde_json::json!([]));
    let text = run(&["people", "list", "Cards"]);
    assert!(String::from_utf8_lossy(&text.stdout).contains("Morning"));
    json(&["people", "split", "Cards", &handle_of(second[0]), "--json"]);
    assert_eq!(json(&["people", "forget", "Cards", "Ann", "--json"])["prints"], 1);
    assert_eq!(run(&["people", "forget", "Cards"]).status.code(), Some(2), "whose prints must be said");
    assert_eq!(run(&["people", "name", "Cards", "Zoe", "X"]).status.code(), Some(1));
    assert_eq!(json(&["people", "prints", "Cards", "off", "--json"])["keeps_prints"], false);
    assert_eq!(json(&["people", "forget", "Cards", "--all", "--json"])["prints"], 4);
}

fn open(choice: ThemeChoice) -> Gui {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, _) = filled(folder.path());
    let morning = store.read().all::<fieldgloss::domain::Session>().expect("sessions")[0].id;
    let mut core = Core::over(store, "Ann", Arc::new(|| {})).expect("the project");
    core.select_session(morning);
    over(folder, core, (1280.0, 720.0), choice)
}

/// Steps until the faces on the cards have come.
fn faces_come(gui: &mut Gui) {
    let begun = Instant::now();
    loop {
        gui.run_steps(2);
        let cards = gui.state().people.model().cards.clone().expect("the cards");
        if cards.cards.iter().all(|card| card.face.is_some()) {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "faces did not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn question(gui: &Gui) -> Option<[String; 2]> {
    gui.state().people.model().cards.as_ref()?.same.as_ref().map(|same| same.names.clone())
}

#[test]
fn where_faces_are_hidden_the_question_says_why_it_shows_none() {
    let mut gui = open(ThemeChoice::Dark);
    gui.state_mut().core.shown.toggle(Part::HiddenFaces);
    gui.run_steps(2);
    press(&mut gui, Key::C);
    gui.run_steps(2);
    let asked = |gui: &Gui| gui.state().people.model().cards.clone().expect("the cards");
    let same = asked(&gui).same.expect("a question");
    assert_eq!(same.faces, [None, None]);
    assert!(gui.query_by_label_contains("Faces are hidden now").is_some());
    gui.get_by_label_contains("Show faces").click();
    gui.run_steps(2);
    assert!(gui.query_by_label_contains("Faces are hidden now").is_none());
    faces_come(&mut gui);
    gui.run_steps(1);
    assert!(asked(&gui).same.expect("a question").faces.iter().all(Option::is_some));
}

#[test]
fn cards_are_gone_through_by_keyboard() {
    let mut gui = open(ThemeChoice::Dark);
    assert!(gui.state().people.model().cards.is_none());
    press(&mut gui, Key::C);
    faces_come(&mut gui);
    gui.check_accessibility();
    shoot(&mut gui, "cards-dark-1280");
    assert_eq!(question(&gui), Some(["Face 3, Morning".to_owned(), "Face 2, Morning".to_owned()]));
    press(&mut gui, Key::ArrowRight);
    assert_eq!(question(&gui), Some(["Face 1, Evening".to_owned(), "Face 1, Morning".to_owned()]));
    press(&mut gui, Key::X);
    assert_eq!(question(&gui), Some(["Face 3, Morning".to_owned(), "Face 2, Morning".to_owned()]));
    press(&mut gui, Key::Enter);
    assert_eq!(question(&gui), None);
    assert_eq!(persons(&gui.state().core.store), [("Person 1".to_owned(), 2)]);
    press(&mut gui, Key::Enter);
    assert!(matches!(gui.state().told.last(), Some(Message::Note(_))), "nothing is left to answer");

    // A card opens and is named with its tracks.
    gui.get_by_label_contains("Face 1, Evening, Evening").click();
    gui.run_steps(3);
    shoot(&mut gui, "cards-open-dark-1280");
    gui.get_by_label("Name…").click();
    gui.run_steps(3);
    gui.get_all_by_label("Name or code").last().expect("the field").type_text("Ann");
    gui.run_steps(3);
    press(&mut gui, Key::Enter);
    assert!(persons(&gui.state().core.store).contains(&("Ann".to_owned(), 1)), "{:?}", gui.state().told);

    // Forgetting asks first.
    theme::choose(&gui.ctx, ThemeChoice::Light);
    gui.run_steps(3);
    gui.get_by_label_contains("Forget prints").click();
    gui.run_steps(3);
    assert_eq!(gui.state().core.store.read().print_count().expect("a count"), 5);
    shoot(&mut gui, "cards-forget-light-1280");
    gui.get_by_label("Delete for good").click();
    gui.run_steps(3);
    assert_eq!(gui.state().core.store.read().print_count().expect("a count"), 0);
    faces_come(&mut gui);
    shoot(&mut gui, "cards-light-1280");
    press(&mut gui, Key::Escape);
    assert!(gui.state().people.model().cards.is_none());
}
