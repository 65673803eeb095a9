//! What reviewers say of proposals is kept in a table of its own: taken over from projects of before, taken back by Undo,
//! and carried by our JSON.

use std::path::{Path, PathBuf};

use fieldgloss::app::edit::reviews::{Verdict, note, say, set_blind, settle};
use fieldgloss::app::transfer;
use fieldgloss::domain::{
    Media, MediaId, ModelRun, Project, RecordId, Review, RunId, RunStatus, Session, SessionId, Span, Tag, TagId,
    TagStatus, Time, Track, TrackId, TrackKind,
};
use fieldgloss::formats::{self, Format, ImportOptions};
use fieldgloss::store::{Op, OpKind, Record, Scope, Store};
use serde_json::json;

fn session() -> Session {
    serde_json::from_value(json!({
        "id": SessionId::new(), "name": "Talking", "title": {}, "date": "", "place": "", "genre": "",
        "description": {}, "participants": [], "consent": {}, "access": "open", "position": 0, "residue": {},
    }))
    .expect("a session")
}

fn project() -> Project {
    Project::new("Reviews")
}

struct Records {
    session: Session,
    media: Media,
    run: ModelRun,
    track: Track,
    tags: Vec<Tag>,
}

fn records() -> Records {
    let session = session();
    let media: Media = serde_json::from_value(json!({
        "id": MediaId::new(), "session": session.id, "path": "talk.mp4", "storage": "linked", "hash": "", "size": 0,
        "mime": "", "duration": null, "offset": 0, "streams": [], "position": 0, "residue": {},
    }))
    .expect("a recording");
    let run = ModelRun {
        id: RunId::new(),
        session: session.id,
        media: media.id,
        models: Vec::new(),
        settings: json!({ "fps": 10.0 }),
        started: "2026-01-01T00:00:00Z".into(),
        finished: "2026-01-01T00:00:10Z".into(),
        status: RunStatus::Finished,
        frames: 100,
        residue: Default::default(),
    };
    let track = Track {
        id: TrackId::new(),
        run: run.id,
        kind: TrackKind::Face,
        number: 1,
        person: None,
        start: Time::ZERO,
        end: Time::from_millis(10_000),
        samples: 100,
        residue: Default::default(),
    };
    let tag = |at: i64| Tag {
        id: TagId::new(),
        run: run.id,
        track: track.id,
        label: "mouth_open".into(),
        start: Time::from_millis(at),
        end: Time::from_millis(at + 500),
        confidence: 0.5,
        evidence: json!({ "frames": 5 }),
        status: TagStatus::Proposed,
        reviewer: String::new(),
        reviewed: String::new(),
        annotation: None,
        residue: Default::default(),
    };
    let tags = vec![tag(1_000), tag(2_000), tag(3_000)];
    Records { session, media, run, track, tags }
}

/// As the version before kept it.
fn old_review(reviewer: &str, status: &str, label: &str) -> serde_json::Value {
    json!({
        "reviewer": reviewer, "status": status, "label": label, "start": 1_000_000_000_i64, "end": 1_600_000_000_i64,
        "reviewed": "2026-02-03T04:05:06Z",
    })
}

/// A project as the version before made it: its tables, its rows, its number.
fn old_project(folder: &Path) -> (PathBuf, Records) {
    let path = folder.join("Old.fieldgloss");
    std::fs::create_dir_all(path.join("media")).expect("a folder");
    let conn = rusqlite::Connection::open(path.join("project.db")).expect("a database");
    for step in [
        include_str!("../src/store/migrations/001.sql"),
        include_str!("../src/store/migrations/002.sql"),
        include_str!("../src/store/migrations/003.sql"),
    ] {
        conn.execute_batch(step).expect("the tables of before");
    }
    conn.execute_batch("PRAGMA user_version = 3; PRAGMA application_id = 1179077715;").expect("its number");
    let mut made = records();
    made.tags[0].residue.set("review:Ann", old_review("Ann", "changed", "laugh"));
    made.tags[0].residue.set("review:Ben", old_review("Ben", "rejected", ""));
    made.tags[0].residue.set("eaf", json!({ "kept": true }));
    made.tags[1].residue.set("review:Ann", old_review("Ann", "accepted", "mouth open"));
    // Damaged by hand: nobody knows what was said, so it stays as it is.
    made.tags[1].residue.set("review:Eve", json!({ "reviewer": "Eve", "status": "sung" }));
    made.run.residue.set("blind", true.into());
    insert(&conn, &project());
    insert(&conn, &made.session);
    insert(&conn, &made.media);
    insert(&conn, &made.run);
    insert(&conn, &made.track);
    made.tags.iter().for_each(|tag| insert(&conn, tag));
    (path, made)
}

fn insert<R: Record>(conn: &rusqlite::Connection, record: &R) {
    let columns: Vec<String> = R::COLUMNS.iter().map(|name| format!("\"{name}\"")).collect();
    let marks = vec!["?"; columns.len()].join(", ");
    let sql = format!("INSERT INTO {} ({}) VALUES ({marks})", R::TABLE, columns.join(", "));
    conn.execute(&sql, rusqlite::params_from_iter(record.values())).expect("a row");
}

fn new_project(folder: &Path, author: &str) -> (Store, Records) {
    let mut store = Store::create(&folder.join("New.fieldgloss"), &project(), &[]).expect("a project");
    store.set_author(author);
    let made = records();
    store
        .transact(Op::new(OpKind::Import), |tx| {
            tx.insert(&made.session)?;
            tx.insert(&made.media)?;
            tx.insert(&made.run)?;
            tx.insert(&made.track)?;
            made.tags.iter().try_for_each(|tag| tx.insert(tag))
        })
        .expect("the records");
    (store, made)
}

#[test]
fn a_project_of_before_keeps_every_word_that_was_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, made) = old_project(folder.path());
    let (store, opened) = Store::open(&path).expect("it opens");
    assert_eq!(opened.migrated_from, Some(3));
    assert!(!std::fs::read_dir(path.join("backups")).expect("backups").flatten().collect::<Vec<_>>().is_empty());

    let reviews = store.read().reviews_of(made.run.id).expect("reviews");
    assert_eq!(reviews.names(), ["Ann", "Ben"]);
    let first = &made.tags[0];
    let ann = reviews.by(first.id, "Ann").expect("what Ann said");
    assert_eq!(
        (ann.status, ann.label.as_str(), ann.reviewed.as_str()),
        (TagStatus::Changed, "laugh", "2026-02-03T04:05:06Z")
    );
    assert_eq!(ann.span(), Span::new(Time::from_millis(1_000), Time::from_millis(1_600)));
    assert_eq!((ann.was_label.as_str(), ann.was_end), ("mouth_open", Time::from_millis(1_500)));
    assert!(reviews.is_disputed(first.id), "Ben said otherwise");

    let tags: Vec<Tag> = store.read().all().expect("tags");
    let residue = |id: TagId| &tags.iter().find(|tag| tag.id == id).expect("the tag").residue;
    assert_eq!(residue(first.id).0.keys().collect::<Vec<_>>(), ["eaf"], "other leftovers stay");
    assert_eq!(residue(made.tags[1].id).0.keys().collect::<Vec<_>>(), ["review:Eve"], "what cannot be read stays");
    let run: ModelRun = store.read().require(made.run.id).expect("the run");
    assert!(store.read().project().expect("the project").is_blind(&run));
}

#[test]
fn a_word_is_replaced_and_taken_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, made) = new_project(folder.path(), "Ann");
    let tag = &made.tags[0];
    say(&mut store, tag.id, &Verdict::Accept).expect("accepted");
    let span = Span::new(tag.start, tag.end + Time::from_millis(200));
    say(&mut store, tag.id, &Verdict::Change { span, value: "yawn".into() }).expect("changed");
    let word = |store: &Store| store.read().reviews_of_tag(tag.id).expect("reviews");
    let now = word(&store).remove(0);
    assert_eq!((now.label.as_str(), now.span(), now.status), ("yawn", span, TagStatus::Changed));
    assert_eq!((now.was_label.as_str(), now.was_end), ("mouth open", tag.end), "what she said before");
    store.undo().expect("undone");
    assert_eq!(word(&store).remove(0).status, TagStatus::Accepted);
    store.undo().expect("undone");
    assert!(word(&store).is_empty());
    store.redo().expect("done again");
    store.redo().expect("done again");
    assert_eq!(word(&store), [now]);
    // The proposal's words go with it, and come back with it.
    store.transact(Op::new(OpKind::DeleteRun), |tx| tx.delete_run(made.run.id)).expect("deleted");
    assert_eq!(store.read().count::<Review>().expect("a count"), 0);
    store.undo().expect("undone");
    assert_eq!(word(&store).len(), 1);
}

#[test]
fn two_who_work_blind_are_settled_and_keep_their_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, made) = new_project(folder.path(), "Ann");
    set_blind(&mut store, true).expect("blind");
    for name in ["Ann", "Ben"] {
        store.set_author(name);
        say(&mut store, made.tags[0].id, &Verdict::Accept).expect("said");
        let second = if name == "Ann" { Verdict::Reject } else { Verdict::NotAssessable };
        say(&mut store, made.tags[1].id, &second).expect("said");
    }
    let open: Vec<Tag> = store.read().all().expect("tags");
    assert!(open.iter().all(|tag| tag.status == TagStatus::Proposed), "nothing is decided yet");
    store.set_author("Cay");
    assert_eq!(settle(&mut store, &[made.run.id]).expect("settled").value, 1);
    let reviews = store.read().reviews_of(made.run.id).expect("reviews");
    assert_eq!(reviews.names(), ["Ann", "Ben"], "whoever settles is no reviewer by that");
    let first: Tag = store.read().require(made.tags[0].id).expect("the tag");
    assert_eq!((first.status, first.reviewer.as_str()), (TagStatus::Accepted, "Ann, Ben"));
}

#[test]
fn a_note_is_no_verdict_and_outlives_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, made) = new_project(folder.path(), "Ann");
    let (first, second) = (&made.tags[0], &made.tags[1]);
    note(&mut store, first.id, "chews here").expect("noted");
    note(&mut store, second.id, "too dark?").expect("noted");
    let reviews = |store: &Store| store.read().reviews_of(made.run.id).expect("reviews");
    let known = reviews(&store);
    assert!(known.of(first.id).is_empty() && known.names().is_empty(), "nothing is decided by it");
    assert!(!known.is_untouched(first) && known.is_untouched(&made.tags[2]));

    // The verdict keeps the note; another's verdict has none.
    set_blind(&mut store, true).expect("blind");
    say(&mut store, first.id, &Verdict::Reject).expect("said");
    store.set_author("Ben");
    say(&mut store, first.id, &Verdict::Reject).expect("said");
    store.set_author("Ann");
    assert_eq!(settle(&mut store, &[made.run.id]).expect("settled").value, 1);
    let known = reviews(&store);
    let notes = |tag: &Tag| known.notes(tag.id).map(|said| said.note.clone()).collect::<Vec<_>>();
    assert_eq!((notes(first), notes(second)), (vec!["chews here".to_owned()], vec!["too dark?".to_owned()]));
    assert_eq!(known.by(first.id, "Ann").map(|said| said.status), Some(TagStatus::Rejected));

    // Taken out by an empty one: a note alone goes, a verdict stays. Undo brings it back.
    note(&mut store, second.id, "").expect("taken out");
    note(&mut store, first.id, "").expect("taken out");
    assert_eq!(store.read().reviews_of_tag(second.id).expect("reviews"), []);
    assert!(reviews(&store).by(first.id, "Ann").is_some_and(|said| said.note.is_empty()));
    store.undo().expect("undone");
    assert_eq!(reviews(&store).notes(first.id).count(), 1);
}

#[test]
fn whoever_settles_keeps_their_own_note() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, made) = new_project(folder.path(), "Cay");
    set_blind(&mut store, true).expect("blind");
    note(&mut store, made.tags[0].id, "seen from behind").expect("noted");
    for name in ["Ann", "Ben"] {
        store.set_author(name);
        say(&mut store, made.tags[0].id, &Verdict::Accept).expect("said");
    }
    store.set_author("Cay");
    settle(&mut store, &[made.run.id]).expect("settled");
    let reviews = store.read().reviews_of(made.run.id).expect("reviews");
    assert_eq!(reviews.names(), ["Ann", "Ben"]);
    assert_eq!(reviews.notes(made.tags[0].id).map(|said| said.note.as_str()).collect::<Vec<_>>(), ["seen from behind"]);
}

#[test]
fn our_json_carries_them_there_and_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, made) = new_project(folder.path(), "Ann");
    say(&mut store, made.tags[0].id, &Verdict::Accept).expect("said");
    let review = store.read().reviews_of_tag(made.tags[0].id).expect("reviews").remove(0);
    store
        .transact(Op::new(OpKind::ChangeTag), |tx| {
            tx.modify::<Review>(review.id, |review| review.note = "teeth visible".into()).map(|_| ())
        })
        .expect("a note");
    let file = folder.path().join("all.json");
    transfer::export(&store, Scope::Whole, Format::Json, &file).expect("exported");
    let back = formats::read(&file, None, &ImportOptions::default()).expect("read").bundle;
    assert_eq!(back, store.read().bundle(Scope::Whole).expect("the bundle"));
    assert_eq!(back.reviews[0].note, "teeth visible");

    let other = tempfile::tempdir().expect("a folder");
    let mut empty = Store::create(&other.path().join("Other.fieldgloss"), &project(), &[]).expect("a project");
    empty.transact(Op::new(OpKind::Import), |tx| tx.merge(&back).map(|_| ())).expect("merged");
    assert_eq!(empty.read().all::<Review>().expect("reviews"), back.reviews);
}

#[test]
fn a_json_file_of_before_is_read_with_its_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, made) = new_project(folder.path(), "Ann");
    let mut file: serde_json::Value =
        serde_json::to_value(store.read().bundle(Scope::Whole).expect("the bundle")).expect("JSON");
    file["fieldgloss"] = json!(1);
    let object = file.as_object_mut().expect("an object");
    object.remove("reviews");
    object["tags"][0]["residue"]["review:Ann"] = old_review("Ann", "accepted", "mouth open");
    let path = folder.path().join("old.json");
    std::fs::write(&path, file.to_string()).expect("written");
    let bundle = formats::read(&path, None, &ImportOptions::default()).expect("read").bundle;
    assert_eq!(bundle.reviews.len(), 1);
    assert!(bundle.tags[0].residue.is_empty());
    let tag = bundle.reviews[0].tag;
    assert_eq!(bundle.reviews[0].id, Review::id_of(tag, "Ann"));
    let ids: Vec<RecordId> = made.tags.iter().map(|tag| tag.id.0).collect();
    assert!(ids.contains(&tag.0));
}

#[test]
fn a_look_that_is_not_through_does_not_hide_what_was_reviewed() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, made) = new_project(folder.path(), "Ann");
    say(&mut store, made.tags[0].id, &Verdict::Accept).expect("accepted");
    let standing = |store: &Store| {
        let runs = store.read().standing_runs(made.session.id).expect("runs");
        runs.iter().map(|run| run.id).collect::<Vec<_>>()
    };
    let mut again = ModelRun { id: RunId::new(), status: RunStatus::Running, ..made.run.clone() };
    let put = |store: &mut Store, run: &ModelRun| {
        store.transact(Op::fixed(OpKind::Analyse), |tx| tx.upsert(run)).expect("written");
    };
    for status in [RunStatus::Running, RunStatus::Stopped] {
        again.status = status;
        put(&mut store, &again);
        assert_eq!(standing(&store), [made.run.id], "{status:?}");
    }
    again.status = RunStatus::Finished;
    put(&mut store, &again);
    assert_eq!(standing(&store), [again.id, made.run.id], "what was accepted stays beside the new look");
}
