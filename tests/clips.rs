//! Clips and stills: what leaves the project is what was asked for, and no face that should be hidden.

use std::path::Path;

use fieldgloss::app::analysing::StoreSink;
use fieldgloss::app::clip::{ClipError, ClipRequest, Hide, clip, still};
use fieldgloss::app::edit;
use fieldgloss::app::recordings;
use fieldgloss::domain::{
    Channel, Consent, MediaStorage, ModelRun, Person, PersonId, Project, RunId, RunStatus, SessionId, Span, StreamKind,
    Time, Track, TrackId, TrackKind, TrackSamples,
};
use fieldgloss::jobs::analyse::AnalysisSink;
use fieldgloss::media::{VideoOptions, VideoReader, no_progress, probe};
use fieldgloss::store::{Op, OpKind, Store};
use serde_json::json;

fn video() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sample/astronaut-talks.mp4")
}

fn project(folder: &Path) -> (Store, SessionId) {
    let project = Project::new("Clips");
    let mut store = Store::create(&folder.join("Clips.fieldgloss"), &project, &[]).expect("a new project");
    let session = edit::project::add_session(&mut store, "Talking").expect("a session").value;
    recordings::import(&mut store, Some(session), &video(), MediaStorage::Linked, |_| false).expect("a video");
    (store, session)
}

fn request(session: SessionId, out: &Path, hide: Hide) -> ClipRequest {
    ClipRequest {
        session,
        span: Span::new(Time::from_millis(500), Time::from_millis(1_500)),
        out: out.to_owned(),
        hide,
        overlay: false,
        captions: None,
        sound: true,
        max_side: Some(320),
    }
}

#[test]
fn a_clip_is_as_long_as_asked_and_has_its_sound() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, session) = project(folder.path());
    let out = folder.path().join("clip.mp4");
    let summary = clip(&store, &request(session, &out, Hide::Nobody), &mut no_progress).expect("a clip");
    let info = probe(&out).expect("it is a recording");
    let length = info.duration.expect("a length").secs();
    assert!((0.9..1.2).contains(&length), "{length}");
    assert!(summary.frames >= 10, "{summary:?}");
    let had_sound = probe(&video()).expect("the original").streams.iter().any(|s| s.kind == StreamKind::Audio);
    assert_eq!(info.streams.iter().any(|s| s.kind == StreamKind::Audio), had_sound);
    // The first picture is the one shown at the start of the stretch.
    let small = VideoOptions { stream: None, max_side: Some(320) };
    let ours = VideoReader::open(&out, small).and_then(|mut r| r.frame_at(Time::ZERO)).expect("a picture");
    let theirs =
        VideoReader::open(&video(), small).and_then(|mut r| r.frame_at(Time::from_millis(500))).expect("a picture");
    assert_eq!((ours.width, ours.height), (theirs.width & !1, theirs.height & !1));
    let apart: f64 = ours.rgba.iter().zip(&theirs.rgba).map(|(a, b)| f64::from(a.abs_diff(*b))).sum();
    let apart = apart / ours.rgba.len() as f64;
    assert!(apart < 8.0, "{apart} grey levels apart");
}

#[test]
fn a_clip_ends_with_its_video_sound_and_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, session) = project(folder.path());
    let whole = probe(&video()).expect("the original").duration.expect("a length");
    let out = folder.path().join("end.mp4");
    let mut late = request(session, &out, Hide::Nobody);
    late.span = Span::new(whole - Time::from_millis(1_000), whole + Time::from_millis(20_000));
    let summary = clip(&store, &late, &mut no_progress).expect("a clip");
    assert!((summary.short_by - 20.0).abs() < 0.2, "{summary:?}");
    let length = probe(&out).expect("it is a recording").duration.expect("a length").secs();
    assert!((0.8..1.3).contains(&length), "{length}");
}

#[test]
fn without_having_looked_no_face_can_be_hidden_and_nothing_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, session) = project(folder.path());
    for name in ["clip.mp4", "still.png"] {
        let out = folder.path().join(name);
        let request = request(session, &out, Hide::WithoutConsent);
        let refused =
            if name.ends_with("png") { still(&store, &request) } else { clip(&store, &request, &mut no_progress) };
        assert!(matches!(refused, Err(ClipError::NotLooked)), "{refused:?}");
        assert!(!out.exists());
    }
}

#[test]
fn a_stretch_past_the_end_or_too_long_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, session) = project(folder.path());
    let out = folder.path().join("clip.mp4");
    let mut late = request(session, &out, Hide::Nobody);
    late.span = Span::new(Time::from_millis(3_600_000), Time::from_millis(3_601_000));
    assert!(matches!(clip(&store, &late, &mut no_progress), Err(ClipError::Empty)));
    late.span = Span::new(Time::ZERO, Time::from_millis(3_600_000));
    assert!(matches!(clip(&store, &late, &mut no_progress), Err(ClipError::TooLong(_))));
    let nowhere =
        ClipRequest { out: folder.path().join("no/such/folder/clip.mp4"), ..request(session, &out, Hide::Nobody) };
    let refused = clip(&store, &nowhere, &mut no_progress).expect_err("no folder").to_string();
    assert!(refused.contains("was not written"), "{refused}");
}

#[test]
fn a_still_is_a_png_of_the_frame() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, session) = project(folder.path());
    let out = folder.path().join("still.png");
    still(&store, &request(session, &out, Hide::Nobody)).expect("a still");
    let picture = image::open(&out).expect("a PNG");
    assert!(picture.width().max(picture.height()) == 320);
}

/// A run over the whole video with a face, and a body of it that nobody has named.
fn looked(store: &Store, session: SessionId, person: Option<PersonId>) {
    let (mut run, times) = begun(store, session, json!({ "fps": 25.0 }));
    let track = |kind: TrackKind, person: Option<PersonId>| Track {
        id: TrackId::new(),
        run: run.id,
        kind,
        number: 1,
        person,
        start: times[0],
        end: times[times.len() - 1],
        samples: times.len() as i64,
        residue: Default::default(),
    };
    let channel = |name: &str, width: usize, row: &[f32]| Channel {
        name: name.into(),
        width,
        step: 0.125,
        values: times.iter().flat_map(|_| row.to_vec()).collect(),
    };
    // In pixels of the full picture; nose, eyes, ears and mouth of the body lie in the middle of the face.
    let pose: Vec<f32> = (0..33_u8)
        .flat_map(|point| match point {
            0..11 => [270.0 + f32::from(point % 4) * 10.0, 120.0 + f32::from(point % 3) * 10.0, 0.0, 1.0],
            _ => [f32::NAN; 4],
        })
        .collect();
    let face = (track(TrackKind::Face, person), channel("box", 4, &[230.0, 80.0, 100.0, 120.0]));
    let body = (track(TrackKind::Body, None), channel("pose", 33 * 4, &pose));
    let mut sink = StoreSink::new(store.sibling().expect("a second connection"), |_| {});
    sink.run_started(&run).expect("the run");
    for (track, channel) in [face, body] {
        sink.tracks(std::slice::from_ref(&track)).expect("the track");
        sink.samples(track.id, &TrackSamples { times: times.clone(), channels: vec![channel] }).expect("the samples");
    }
    run.status = RunStatus::Finished;
    sink.finished(&run, &Default::default()).expect("the end");
}

fn begun(store: &Store, session: SessionId, settings: serde_json::Value) -> (ModelRun, Vec<Time>) {
    let media = store.read().media_of(session).expect("the video")[0].id;
    let run = ModelRun {
        id: RunId::new(),
        session,
        media,
        models: Vec::new(),
        settings,
        started: "2026-01-01T00:00:00Z".into(),
        finished: String::new(),
        status: RunStatus::Running,
        frames: 100,
        residue: Default::default(),
    };
    (run, (0..100).map(|i| Time::from_millis(i * 40)).collect())
}

fn listened(store: &Store, session: SessionId) {
    let (mut run, _) = begun(store, session, json!({ "speech": {} }));
    let mut sink = StoreSink::new(store.sibling().expect("a second connection"), |_| {});
    sink.run_started(&run).expect("the run");
    run.status = RunStatus::Finished;
    sink.finished(&run, &Default::default()).expect("the end");
}

fn person(store: &mut Store, given: Option<bool>) -> PersonId {
    let person = Person {
        id: PersonId::new(),
        code: "A".into(),
        name: String::new(),
        languages: Vec::new(),
        notes: String::new(),
        consent: Consent { given, ..Default::default() },
        access: Default::default(),
        residue: Default::default(),
    };
    store.transact(Op::new(OpKind::AddSession), |tx| tx.insert(&person)).expect("the person");
    person.id
}

/// Whether the face is the same in a still as in the video itself.
fn shows_the_face(store: &Store, session: SessionId, out: &Path) -> bool {
    let pixels = |hide: Hide| {
        still(store, &request(session, out, hide)).expect("a still");
        // The middle of the face, at half the size of the video.
        image::open(out).expect("a PNG").to_rgb8().get_pixel(142, 64).0
    };
    pixels(Hide::WithoutConsent) == pixels(Hide::Nobody)
}

#[test]
fn listening_after_looking_does_not_uncover_a_face() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, session) = project(folder.path());
    listened(&store, session);
    let out = folder.path().join("still.png");
    let refused = still(&store, &request(session, &out, Hide::WithoutConsent));
    assert!(matches!(refused, Err(ClipError::NotLooked)), "who only listened has seen nobody: {refused:?}");
    looked(&store, session, None);
    listened(&store, session);
    let summary = still(&store, &request(session, &out, Hide::WithoutConsent)).expect("a still");
    assert_eq!((summary.hidden, summary.nobody), (1, 0));
    assert!(!shows_the_face(&store, session, &out));
    let standing = store.read().standing_runs(session).expect("runs");
    assert!(matches!(&standing[..], [looked, heard] if looked.looked() && heard.listened()));
}

#[test]
fn only_who_agreed_is_shown() {
    for (given, shown) in [(Some(true), true), (Some(false), false), (None, false)] {
        let folder = tempfile::tempdir().expect("a folder");
        let (mut store, session) = project(folder.path());
        let person = person(&mut store, given);
        // An older run in which nobody was named yet is no reason to hide who agreed.
        looked(&store, session, None);
        looked(&store, session, Some(person));
        assert_eq!(shows_the_face(&store, session, &folder.path().join("still.png")), shown, "consent {given:?}");
    }
}

#[test]
fn a_still_past_the_end_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, session) = project(folder.path());
    let mut late = request(session, &folder.path().join("still.png"), Hide::Nobody);
    late.span = Span::new(Time::from_millis(3_600_000), Time::from_millis(3_600_000));
    assert!(matches!(still(&store, &late), Err(ClipError::Empty)));
}

/// A run with a face that comes from the right at 500 pixels a second from one moment to another, 40 ms a sample.
fn passed(store: &Store, run: &ModelRun, millis: std::ops::RangeInclusive<i64>) {
    let times: Vec<Time> = millis.step_by(40).map(Time::from_millis).collect();
    let track = Track {
        id: TrackId::new(),
        run: run.id,
        kind: TrackKind::Face,
        number: 1,
        person: None,
        start: times[0],
        end: times[times.len() - 1],
        samples: times.len() as i64,
        residue: Default::default(),
    };
    let left = |time: &Time| 400.0 - (time.secs() as f32 - 1.0) * 500.0;
    let channel = |name: &str, values: Vec<f32>| Channel {
        name: name.into(),
        width: values.len() / times.len(),
        step: 0.125,
        values,
    };
    let boxes = times.iter().flat_map(|time| [left(time), 80.0, 100.0, 120.0]).collect();
    let mesh = [50.0, 140.0, 0.0].repeat(478 * times.len());
    let samples =
        TrackSamples { times: times.clone(), channels: vec![channel("box", boxes), channel("landmarks", mesh)] };
    let mut sink = StoreSink::new(store.sibling().expect("a second connection"), |_| {});
    sink.run_started(run).expect("the run");
    sink.tracks(std::slice::from_ref(&track)).expect("the track");
    sink.samples(track.id, &samples).expect("the samples");
    sink.finished(run, &Default::default()).expect("the end");
}

fn at(session: SessionId, out: &Path, millis: i64, hide: Hide) -> ClipRequest {
    let time = Time::from_millis(millis);
    ClipRequest { span: Span::new(time, time), max_side: None, ..request(session, out, hide) }
}

/// A still's sums: frames on which heads are hidden, hidden by movement alone, with nobody, hidden wholly.
fn sums(store: &Store, request: &ClipRequest) -> [usize; 4] {
    let summary = still(store, request).expect("a still");
    [summary.hidden, summary.extended, summary.nobody, summary.covered]
}

#[test]
fn only_a_close_look_that_came_so_far_says_that_nobody_is_there() {
    let sparse = json!({ "fps": 0.5 });
    let first = json!({ "fps": 10.0, "closeness": { "sparse_first": { "fps": 1.0, "happening": {} } } });
    let dense = json!({ "fps": 10.0, "closeness": { "dense": { "fps": 1.0, "spans": [
        { "start": 1_000_000_000_i64, "end": 3_000_000_000_i64 }] } } });
    let part = json!({ "fps": 25.0, "start": 1_000_000_000_i64, "end": 3_000_000_000_i64 });
    let whole = json!({ "fps": 25.0 });
    use RunStatus::{Finished, Running, Stopped};
    for (what, settings, status, frames, shown) in [
        ("twice in four seconds", &sparse, Finished, 5, [false, false]),
        ("quickly", &first, Finished, 100, [false, false]),
        ("closely here and there", &dense, Finished, 30, [true, false]),
        ("a part", &part, Finished, 50, [true, false]),
        ("all of it", &whole, Finished, 100, [true, true]),
        ("stopped after two seconds", &whole, Stopped, 50, [true, false]),
        ("under way, nothing stored", &whole, Running, 0, [false, false]),
        ("under way, five seconds stored but for the newest", &whole, Running, 125, [true, false]),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let (store, session) = project(folder.path());
        let (run, _) = begun(&store, session, settings.clone());
        passed(&store, &ModelRun { status, frames, ..run }, 1_200..=1_400);
        let out = folder.path().join("still.png");
        let covered = [1_300, 3_800].map(|millis| sums(&store, &at(session, &out, millis, Hide::All))[3] == 0);
        assert_eq!(covered, shown, "{what}");
    }
}

#[test]
fn a_video_in_which_no_run_found_anybody_is_hidden_wholly() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, session) = project(folder.path());
    let (mut run, _) = begun(&store, session, json!({ "fps": 25.0 }));
    run.status = RunStatus::Finished;
    let mut sink = StoreSink::new(store.sibling().expect("a second connection"), |_| {});
    sink.run_started(&run).expect("the run");
    sink.finished(&run, &Default::default()).expect("the end");
    let out = folder.path().join("clip.mp4");
    let summary = clip(&store, &request(session, &out, Hide::All), &mut no_progress).expect("a clip");
    assert_eq!((summary.covered, summary.nobody), (summary.frames, 0));
}

#[test]
fn who_comes_in_fast_is_hidden_before_they_are_found_and_after_they_are_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, session) = project(folder.path());
    let (mut run, _) = begun(&store, session, json!({ "fps": 25.0 }));
    run.status = RunStatus::Finished;
    passed(&store, &run, 1_200..=1_400);
    let out = folder.path().join("still.png");
    // [hidden, by movement alone, nobody, wholly]
    for (millis, expected) in [
        (1_300, [1, 0, 0, 0]),
        (1_000, [1, 1, 0, 0]),
        (1_600, [1, 1, 0, 0]),
        (400, [0, 0, 1, 0]),
        (2_200, [0, 0, 1, 0]),
    ] {
        assert_eq!(sums(&store, &at(session, &out, millis, Hide::All)), expected, "at {millis} ms");
    }
    // Where the face would have been when it was not found yet: 200 ms before, 100 pixels to the right.
    let pixels = |hide: Hide| {
        still(&store, &at(session, &out, 1_000, hide)).expect("a still");
        let picture = image::open(&out).expect("a PNG").to_rgb8();
        [[450, 140], [410, 100], [490, 190], [100, 140]]
            .map(|[x, y]| (0..12).map(|i| picture.get_pixel(x + i, y).0).collect::<Vec<_>>())
    };
    let (hidden, seen) = (pixels(Hide::All), pixels(Hide::Nobody));
    assert!((0..3).all(|i| hidden[i] != seen[i]), "all of it");
    assert_eq!(hidden[3], seen[3], "and nothing far from it");
}

#[test]
fn the_points_of_a_hidden_face_are_not_drawn() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, session) = project(folder.path());
    let (mut run, _) = begun(&store, session, json!({ "fps": 25.0 }));
    run.status = RunStatus::Finished;
    passed(&store, &run, 1_200..=1_400);
    let out = folder.path().join("still.png");
    // All of the mesh lies on one spot, away from the face.
    let spot = |hide: Hide, overlay: bool| {
        still(&store, &ClipRequest { overlay, ..at(session, &out, 1_300, hide) }).expect("a still");
        image::open(&out).expect("a PNG").to_rgb8().get_pixel(50, 140).0
    };
    assert_ne!(spot(Hide::Nobody, true), spot(Hide::Nobody, false), "shown, it is drawn");
    assert_eq!(spot(Hide::WithoutConsent, true), spot(Hide::WithoutConsent, false));
}

#[test]
fn deleting_tracks_uncovers_nobody() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, session) = project(folder.path());
    looked(&store, session, None);
    let run = store.read().standing_runs(session).expect("runs").remove(0);
    for track in store.read().tracks_of(run.id).expect("tracks") {
        edit::identity::delete_track(&mut store, track.id).expect("deleted");
    }
    let out = folder.path().join("still.png");
    assert!(!shows_the_face(&store, session, &out));
    assert_eq!(sums(&store, &at(session, &out, 500, Hide::All)), [1, 0, 0, 0]);
    store.undo().expect("undone");
    store.undo().expect("undone");
    assert!(store.read().require::<ModelRun>(run.id).expect("the run").deleted_tracks().is_empty());
}

#[test]
fn a_look_at_one_camera_says_nothing_of_another() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, session) = project(folder.path());
    let other = folder.path().join("other.mp4");
    // Another file, of the same pictures: it ends in a box that holds nothing.
    let mut bytes = std::fs::read(video()).expect("the video");
    bytes.extend_from_slice(&[0, 0, 0, 8, b'f', b'r', b'e', b'e']);
    std::fs::write(&other, bytes).expect("a copy");
    recordings::import(&mut store, Some(session), &other, MediaStorage::Linked, |_| false).expect("a second video");
    let media = store.read().media_of(session).expect("both");
    let (run, _) = begun(&store, session, json!({ "fps": 25.0 }));
    let elsewhere = media.iter().find(|media| media.id != run.media).expect("the second").id;
    passed(&store, &ModelRun { status: RunStatus::Finished, media: elsewhere, ..run }, 1_200..=1_400);
    let refused = still(&store, &request(session, &folder.path().join("still.png"), Hide::WithoutConsent));
    assert!(matches!(refused, Err(ClipError::NotLooked)), "{refused:?}");
}
