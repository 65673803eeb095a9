//! Looking again adds to what is known: what somebody reviewed or named stays in reach, whatever was looked at since.

use std::path::Path;
use std::process::{Command, Output};

use fieldgloss::app::analysing::StoreSink;
use fieldgloss::app::edit::looks::{before, looks, show};
use fieldgloss::app::edit::reviews::{Verdict, say};
use fieldgloss::app::edit::tags::{add_person, name_track};
use fieldgloss::app::identity::everybody;
use fieldgloss::app::transfer;
use fieldgloss::domain::{
    Channel, Media, MediaId, ModelRun, ModelUse, Project, RunId, RunStatus, Session, SessionId, Tag, TagId, TagStatus,
    Time, Track, TrackId, TrackKind, TrackSamples,
};
use fieldgloss::formats::Format;
use fieldgloss::jobs::analyse::{AnalyseSummary, AnalysisSink as _};
use fieldgloss::store::{Op, OpKind, Scope, Store};
use serde_json::json;

const FACE: [f32; 4] = [100.0, 80.0, 60.0, 70.0];
const ELSEWHERE: [f32; 4] = [400.0, 80.0, 60.0, 70.0];

fn ms(millis: i64) -> Time {
    Time::from_millis(millis)
}

/// A project with a session of ten seconds.
fn project(folder: &Path) -> (Store, SessionId) {
    let project = Project::new("Looks");
    let mut store = Store::create(&folder.join("Looks.fieldgloss"), &project, &[]).expect("a project");
    store.set_author("Anna");
    let session: Session = serde_json::from_value(json!({
        "id": SessionId::new(), "name": "Talking", "title": {}, "date": "", "place": "", "genre": "",
        "description": {}, "participants": [], "consent": {}, "access": "open", "position": 0, "residue": {},
    }))
    .expect("a session");
    let media: Media = serde_json::from_value(json!({
        "id": MediaId::new(), "session": session.id, "path": "talk.mp4", "storage": "linked", "hash": "", "size": 0,
        "mime": "", "duration": 10_000_000_000_i64, "offset": 0, "streams": [], "position": 0, "residue": {},
    }))
    .expect("a recording");
    store
        .transact(Op::new(OpKind::Import), |tx| {
            tx.insert(&session)?;
            tx.insert(&media)
        })
        .expect("the session");
    (store, session.id)
}

/// What a look found: a face somewhere, with proposals at these moments, half a second each.
struct Look<'a> {
    /// From and to, in milliseconds; `None` for the whole recording.
    part: Option<(i64, i64)>,
    place: [f32; 4],
    models: &'a [&'a str],
    quick: bool,
    proposals: &'a [i64],
}

impl Look<'_> {
    const WHOLE: Self = Look { part: None, place: FACE, models: &[], quick: false, proposals: &[200, 1_200, 3_000] };

    fn run(&self, store: &mut Store, session: SessionId) -> (RunId, TrackId) {
        let media = store.read().media_of(session).expect("media").remove(0);
        let (from, to) = self.part.unwrap_or((0, 10_000));
        let model = |name: &&str| ModelUse { name: (*name).into(), version: "1".into(), sha256: String::new() };
        let kind = match self.models {
            models if models.contains(&"pose") => TrackKind::Body,
            models if models.contains(&"voiceprint") => TrackKind::Voice,
            _ => TrackKind::Face,
        };
        let mut run = ModelRun {
            id: RunId::new(),
            session,
            media: media.id,
            models: self.models.iter().map(model).collect(),
            settings: json!({ "fps": 10.0, "start": self.part.map(|(from, _)| ms(from)), "end": self.part.map(|(_, to)| ms(to)) }),
            started: "2026-01-01T00:00:00Z".into(),
            finished: "2026-01-01T00:00:10Z".into(),
            status: RunStatus::Running,
            frames: 100,
            residue: Default::default(),
        };
        if kind == TrackKind::Voice {
            run.settings = json!({ "speech": run.settings });
        }
        if self.quick {
            run.settings["closeness"] = json!({ "sparse_first": { "fps": 1.0 } });
        }
        let times: Vec<Time> = (from / 100..to / 100).map(|i| ms(i * 100)).collect();
        let track = Track {
            id: TrackId::new(),
            run: run.id,
            kind,
            number: 1,
            person: None,
            start: times[0],
            end: times[times.len() - 1],
            samples: times.len() as i64,
            residue: Default::default(),
        };
        let values = times.iter().flat_map(|_| self.place).collect();
        let channels = vec![
            Channel { name: "box".into(), width: 4, step: 0.125, values },
            Channel { name: "presence".into(), width: 1, step: 0.001, values: vec![0.99; times.len()] },
            Channel { name: "speech.probability".into(), width: 1, step: 0.001, values: vec![0.9; times.len()] },
        ];
        let tags: Vec<Tag> = self.proposals.iter().map(|at| proposal(&track, *at)).collect();
        let mut sink = StoreSink::new(store.sibling().expect("a second connection"), |_| {});
        sink.run_started(&run).expect("the run");
        sink.tracks(std::slice::from_ref(&track)).expect("the track");
        sink.samples(track.id, &TrackSamples { times, channels }).expect("the samples");
        sink.tags(&tags).expect("the tags");
        run.status = RunStatus::Finished;
        sink.finished(&run, &AnalyseSummary::default()).expect("the end");
        (run.id, track.id)
    }
}

fn proposal(track: &Track, at: i64) -> Tag {
    Tag {
        id: TagId::new(),
        run: track.run,
        track: track.id,
        label: "mouth_open".into(),
        start: ms(at),
        end: ms(at + 500),
        confidence: 0.5,
        evidence: json!({}),
        status: TagStatus::Proposed,
        reviewer: String::new(),
        reviewed: String::new(),
        annotation: None,
        residue: Default::default(),
    }
}

/// The proposals that are shown: when, of which run, and whether somebody decided.
fn shown(store: &Store, session: SessionId) -> Vec<(i64, RunId, bool)> {
    let read = store.read();
    let stood = read.standing(session).expect("what stands");
    let mut all = Vec::new();
    for run in &stood.runs {
        let tags = read.tags_shown(&stood, run.id).expect("tags");
        all.extend(tags.iter().map(|tag| (tag.start.millis(), run.id, tag.status != TagStatus::Proposed)));
    }
    all.sort();
    all
}

fn tag_at(store: &Store, run: RunId, at: i64) -> TagId {
    let rows = store.read().tag_rows(run).expect("tags");
    rows.into_iter().find(|row| row.tag.start == ms(at)).expect("a proposal").tag.id
}

fn decide(store: &mut Store, run: RunId, at: i64, verdict: &Verdict) {
    let tag = tag_at(store, run, at);
    say(store, tag, verdict).expect("decided");
}

fn person_of(store: &Store, track: TrackId) -> Option<fieldgloss::domain::PersonId> {
    store.read().require::<Track>(track).expect("the track").person
}

fn fieldgloss(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fieldgloss")).args(args).output().expect("it runs")
}

fn said(args: &[&str]) -> serde_json::Value {
    let output = fieldgloss(args);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn a_look_at_one_second_puts_nothing_out_but_what_it_looked_at_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, session) = project(folder.path());
    let (first, _) = Look::WHOLE.run(&mut store, session);
    decide(&mut store, first, 3_000, &Verdict::Accept);
    let (second, _) = Look { part: Some((1_000, 2_000)), proposals: &[1_300], ..Look::WHOLE }.run(&mut store, session);
    // The open one of 1.2 seconds gives way to what the second look says of that second.
    assert_eq!(shown(&store, session), [(200, first, false), (1_300, second, false), (3_000, first, true)]);
    let rows = store.read().session_rows().expect("sessions");
    assert_eq!(rows[0].proposals, 2, "the list of sessions counts what is shown and open");
    // What overlaps the second only in part stays.
    Look { part: Some((0, 500)), proposals: &[], ..Look::WHOLE }.run(&mut store, session);
    assert_eq!(shown(&store, session).len(), 3);
}

#[test]
fn one_event_at_the_border_of_two_looks_is_asked_about_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, session) = project(folder.path());
    let (first, _) = Look::WHOLE.run(&mut store, session);
    // The second look begins while the mouth is open, and sees the rest of it.
    let (second, track) = Look { part: Some((1_500, 2_500)), proposals: &[], ..Look::WHOLE }.run(&mut store, session);
    let track: Track = store.read().require(track).expect("the track");
    let rest = Tag { start: ms(1_500), end: ms(1_700), ..proposal(&track, 1_500) };
    store.transact(Op::new(OpKind::Analyse), |tx| tx.insert(&rest)).expect("a proposal");
    assert_eq!(shown(&store, session), [(200, first, false), (1_200, first, false), (3_000, first, false)]);
    // Decided of the newer one, it is that.
    say(&mut store, rest.id, &Verdict::Accept).expect("decided");
    assert_eq!(shown(&store, session), [(200, first, false), (1_500, second, true), (3_000, first, false)]);
    let rows = store.read().session_rows().expect("sessions");
    assert_eq!(rows[0].proposals, 2);
}

#[test]
fn names_go_on_with_the_voice() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, session) = project(folder.path());
    let voice = Look { models: &["voice-activity", "voiceprint"], proposals: &[], ..Look::WHOLE };
    let (_, heard) = voice.run(&mut store, session);
    let anna = add_person(&mut store, "A", Some(heard)).expect("a person").value;
    // A face at the same time is nobody's voice.
    let (_, face) = Look::WHOLE.run(&mut store, session);
    assert_eq!(person_of(&store, face), None);
    let (_, again) = voice.run(&mut store, session);
    assert_eq!(person_of(&store, again), Some(anna));
    let stood = store.read().standing(session).expect("what stands");
    assert_eq!(
        stood.tracks.iter().map(|track| track.id).collect::<Vec<_>>(),
        [again, face],
        "the voice is listed once"
    );
    store.undo().expect("undone");
    assert_eq!(person_of(&store, again), None);
}

#[test]
fn what_was_reviewed_stays_when_everything_is_looked_at_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, session) = project(folder.path());
    let (first, _) = Look::WHOLE.run(&mut store, session);
    decide(&mut store, first, 200, &Verdict::Reject);
    decide(&mut store, first, 3_000, &Verdict::Accept);
    let told = before(&store.read(), session).expect("what there is");
    assert_eq!((told.proposals.touched, told.proposals.all), (2, 3));
    let (second, _) = Look { proposals: &[300, 1_200, 3_100, 6_000], ..Look::WHOLE }.run(&mut store, session);
    // The same face: what was decided of it is not asked again.
    let now = [(200, first, true), (1_200, second, false), (3_000, first, true), (6_000, second, false)];
    assert_eq!(shown(&store, session), now);
    // Taken back, the verdict leaves the word to the new look.
    store.undo().expect("undone");
    assert!(shown(&store, session).contains(&(3_100, second, false)));
    assert!(!shown(&store, session).iter().any(|(at, ..)| *at == 3_000));
}

#[test]
fn another_face_says_nothing_of_this_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, session) = project(folder.path());
    let (first, track) = Look::WHOLE.run(&mut store, session);
    let anna = add_person(&mut store, "A", Some(track)).expect("a person").value;
    decide(&mut store, first, 3_000, &Verdict::Accept);
    let (second, other) = Look { place: ELSEWHERE, proposals: &[3_000], ..Look::WHOLE }.run(&mut store, session);
    assert_eq!(shown(&store, session).len(), 2, "both are shown");
    assert!(shown(&store, session).contains(&(3_000, second, false)));
    assert_eq!((person_of(&store, track), person_of(&store, other)), (Some(anna), None));
}

#[test]
fn names_go_on_with_the_face_and_undo_takes_them_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, session) = project(folder.path());
    let (_, track) = Look::WHOLE.run(&mut store, session);
    let anna = add_person(&mut store, "A", Some(track)).expect("a person").value;
    let (_, again) = Look { proposals: &[], ..Look::WHOLE }.run(&mut store, session);
    assert_eq!(person_of(&store, again), Some(anna));
    let tracks = |store: &Store| {
        let stood = store.read().standing(session).expect("what stands");
        stood.tracks.iter().map(|track| track.id).collect::<Vec<_>>()
    };
    assert_eq!(tracks(&store), [again], "the face is listed once");
    store.undo().expect("undone");
    assert_eq!(person_of(&store, again), None);
    assert_eq!(tracks(&store), [again, track], "a name is never lost");
}

#[test]
fn naming_a_face_names_it_in_every_look() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, session) = project(folder.path());
    let (first, track) = Look::WHOLE.run(&mut store, session);
    decide(&mut store, first, 3_000, &Verdict::Accept);
    let (_, again) = Look { proposals: &[], ..Look::WHOLE }.run(&mut store, session);
    let people = |store: &mut Store| everybody(store).expect("everybody").cards.len();
    assert_eq!(people(&mut store), 1, "one card for what both looks saw");
    let anna = add_person(&mut store, "A", Some(again)).expect("a person").value;
    assert_eq!((person_of(&store, track), person_of(&store, again)), (Some(anna), Some(anna)));
    let ben = add_person(&mut store, "B", None).expect("a person").value;
    name_track(&mut store, track, Some(ben)).expect("named");
    assert_eq!((person_of(&store, track), person_of(&store, again)), (Some(ben), Some(ben)), "it was not Anna");
    name_track(&mut store, again, None).expect("unnamed");
    assert_eq!((person_of(&store, track), person_of(&store, again)), (Some(ben), None), "a name is never lost");
}

#[cfg(feature = "window")]
#[test]
fn a_face_that_two_looks_saw_has_one_row_in_the_heat_map() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, session) = project(folder.path());
    Look::WHOLE.run(&mut store, session);
    Look { part: Some((1_000, 2_000)), proposals: &[], ..Look::WHOLE }.run(&mut store, session);
    Look { part: Some((3_000, 4_000)), place: ELSEWHERE, proposals: &[], ..Look::WHOLE }.run(&mut store, session);
    let stood = store.read().standing(session).expect("what stands");
    let looks = (&stood.runs[..], &stood.tracks[..], &stood.standing);
    let rows = fieldgloss::app::places::heat::rows_of(&store, looks, &|track| track.number.to_string());
    assert_eq!((stood.tracks.len(), rows.len()), (3, 2), "hers, and that of another face");
}

#[test]
fn a_quick_look_puts_no_close_one_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, session) = project(folder.path());
    let (close, _) = Look::WHOLE.run(&mut store, session);
    Look { quick: true, proposals: &[4_000], ..Look::WHOLE }.run(&mut store, session);
    assert_eq!(shown(&store, session).iter().map(|(_, run, _)| *run).collect::<Vec<_>>(), [close; 3]);
}

#[test]
fn a_look_for_bodies_leaves_faces_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, session) = project(folder.path());
    let (faces, _) = Look { models: &["face-mesh"], ..Look::WHOLE }.run(&mut store, session);
    let (bodies, _) = Look { models: &["pose"], proposals: &[200], ..Look::WHOLE }.run(&mut store, session);
    assert_eq!(shown(&store, session).iter().filter(|(_, run, _)| *run == faces).count(), 3);
    assert_eq!(shown(&store, session).iter().filter(|(_, run, _)| *run == bodies).count(), 1);
}

#[test]
fn an_earlier_look_can_be_shown_until_a_newer_one_is_done() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, session) = project(folder.path());
    let (first, _) = Look::WHOLE.run(&mut store, session);
    let (second, _) = Look { proposals: &[5_000], ..Look::WHOLE }.run(&mut store, session);
    let of = |store: &Store| shown(store, session).iter().map(|(at, ..)| *at).collect::<Vec<_>>();
    assert_eq!(of(&store), [5_000]);
    show(&mut store, session, first).expect("shown");
    assert_eq!(of(&store), [200, 1_200, 3_000]);
    let listed = looks(&store.read(), session).expect("the looks");
    let list: Vec<_> = listed.iter().map(|look| (look.run.id, look.number, look.shown, look.stands)).collect();
    assert_eq!(list, [(second, 2, false, false), (first, 1, true, true)]);
    store.undo().expect("undone");
    assert_eq!(of(&store), [5_000]);
    store.redo().expect("done again");
    assert_eq!(of(&store), [200, 1_200, 3_000]);
    let (third, _) = Look { proposals: &[7_000], ..Look::WHOLE }.run(&mut store, session);
    assert_eq!(shown(&store, session), [(7_000, third, false)], "the choice is void");
    let gone = show(&mut store, session, RunId::new()).expect_err("no such look");
    assert!(gone.to_string().contains("no longer there"), "{gone}");
}

#[test]
fn an_export_takes_every_moment_from_the_look_that_counts() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, session) = project(folder.path());
    Look::WHOLE.run(&mut store, session);
    let moved = [FACE[0] + 4.0, FACE[1], FACE[2], FACE[3]];
    Look { part: Some((1_000, 2_000)), place: moved, ..Look::WHOLE }.run(&mut store, session);
    let out = folder.path().join("faces.csv");
    transfer::export(&store, Scope::Session(session), Format::OpenFace, &out).expect("exported");
    let text = std::fs::read_to_string(&out).expect("a table");
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').map(str::trim).collect()).collect();
    let column = |name: &str| rows[0].iter().position(|known| *known == name).expect("a column");
    let (face, time) = (column("face_id"), column("timestamp"));
    assert_eq!(rows.len() - 1, 100, "a row a moment");
    let mut times: Vec<&str> = rows[1..].iter().map(|row| row[time]).collect();
    times.dedup();
    assert_eq!(times.len(), 100, "no moment twice");
    assert!(rows[1..].iter().all(|row| row[face] == "1"), "one face all through");
}

#[test]
fn agreement_and_the_list_of_looks_on_the_command_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, session) = project(folder.path());
    let (first, _) = Look::WHOLE.run(&mut store, session);
    for name in ["Anna", "Ben"] {
        store.set_author(name);
        for at in [200, 1_200, 3_000] {
            decide(&mut store, first, at, &Verdict::Accept);
        }
    }
    Look { part: Some((1_000, 2_000)), proposals: &[1_200], ..Look::WHOLE }.run(&mut store, session);
    let path = store.folder().path().to_str().expect("a path").to_owned();
    drop(store);
    let report = said(&["agreement", &path, "--json"]);
    assert_eq!(report[0]["report"]["said"], json!([3, 3]));
    let listed = said(&["people", "looks", &path, "--json"]);
    let looks = listed[0]["looks"].as_array().expect("a list");
    let of = |at: usize, key: &str| looks[at][key].clone();
    assert_eq!((of(0, "number"), of(0, "from"), of(0, "to")), (json!(2), json!(1.0), json!(2.0)));
    assert_eq!((of(1, "proposals"), of(1, "reviewed"), of(1, "stands")), (json!(3), json!(3), json!(true)));
    said(&["people", "show-look", &path, "Talking", "1", "--json"]);
    let listed = said(&["people", "looks", &path, "--json"]);
    assert_eq!(listed[0]["looks"][1]["shown_first"], true);
    let none = fieldgloss(&["people", "show-look", &path, "Talking", "9"]);
    assert!(String::from_utf8_lossy(&none.stderr).contains("no look 9"));
}
