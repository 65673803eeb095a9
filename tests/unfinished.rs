//! Long work that is broken off and gone on with gives the numbers of work that never stopped; a part of a recording
//! gives the numbers of the whole.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fieldgloss::analysis::{Chunk, codec};
use fieldgloss::app::analysing::{StoreSink, stopped, take_up};
use fieldgloss::app::{edit, recordings};
use fieldgloss::domain::{
    Media, MediaStorage, Print, PrintKind, Project, RunStatus, SessionId, Span, Tag, Time, Track, TrackSamples,
};
use fieldgloss::jobs::analyse::{AnalyseRequest, AnalyseSummary, Closeness};
use fieldgloss::jobs::listen::ListenRequest;
use fieldgloss::jobs::work::carry_out;
use fieldgloss::jobs::{CancelToken, JobContext, Plan, Work};
use fieldgloss::store::{Op, OpKind, Store};

/// Set for the process that is to be killed: the project to work on.
const CHILD: &str = "FIELDGLOSS_TEST_CHILD";

fn assets() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets")
}

fn project(folder: &Path) -> Store {
    let project = Project::new("Long");
    let mut store = Store::create(&folder.join("Long.fieldgloss"), &project, &[]).unwrap();
    let session = edit::project::add_session(&mut store, "Talking").unwrap().value;
    let video = assets().join("sample/astronaut-talks.mp4");
    recordings::import(&mut store, Some(session), &video, MediaStorage::Linked, |_| false).unwrap();
    // A recording that begins late on the session's timeline.
    let media = media(&store);
    store.transact(Op::new(OpKind::EditSession), |tx| tx.modify::<Media>(media.id, |m| m.offset = OFFSET)).unwrap();
    store
}

const OFFSET: Time = Time::from_millis(1_500);

fn media(store: &Store) -> Media {
    store.read().all::<Media>().unwrap().remove(0)
}

fn session(store: &Store) -> SessionId {
    media(store).session
}

fn look(store: &Store) -> AnalyseRequest {
    let media = media(store);
    AnalyseRequest {
        session: media.session,
        media: media.id,
        path: store.folder().media_path(&media),
        stream: None,
        offset: media.offset,
        start: None,
        end: None,
        fps: 4.0,
        closeness: Closeness::Even,
        models: Vec::new(),
        model_dir: assets().join("models"),
        tracking: Default::default(),
        proposals: Default::default(),
        unfinished: None,
        own: Vec::new(),
    }
}

fn hear(store: &Store) -> ListenRequest {
    let look = look(store);
    ListenRequest {
        session: look.session,
        media: look.media,
        path: look.path,
        stream: None,
        offset: look.offset,
        start: None,
        end: None,
        models: Vec::new(),
        model_dir: look.model_dir,
        voicing: Default::default(),
        voices: Default::default(),
        turns: Default::default(),
        part_of: None,
        heard: Vec::new(),
        own: Vec::new(),
    }
}

fn both(store: &Store) -> Work {
    Work::from(Plan { look: Some(look(store)), hear: Some(hear(store)), find_speech: None })
}

fn context() -> JobContext {
    JobContext::unwatched(CancelToken::default())
}

fn carry(store: &Store, work: &Work) -> AnalyseSummary {
    carry_out(work, &mut StoreSink::new(store.sibling().unwrap(), |_| {}), &context()).unwrap()
}

fn go_on(store: &mut Store) -> AnalyseSummary {
    let stopped = stopped(&store.read(), None).unwrap().pop().expect("something to go on with");
    let taken = take_up(store, &stopped, &assets().join("models"), None).unwrap();
    let mut sink = StoreSink::going_on(store.sibling().unwrap(), taken.so_far, |_| {});
    carry_out(&taken.work, &mut sink, &context()).unwrap()
}

fn samples(store: &Store, track: &Track) -> TrackSamples {
    let whole = Span::new(Time(i64::MIN), Time(i64::MAX));
    let mut chunks = Vec::new();
    for channel in store.read().channels(track.id).unwrap() {
        chunks.extend(store.read().chunks(track.id, &channel, whole).unwrap().into_iter().map(|chunk| Chunk {
            channel: chunk.channel,
            start: chunk.start,
            end: chunk.end,
            samples: chunk.samples as usize,
            blob: chunk.blob,
        }));
    }
    codec::decode(&chunks).unwrap()
}

/// Everything that was found, without ids and dates.
#[derive(Debug, PartialEq)]
struct Found {
    status: RunStatus,
    frames: i64,
    tracks: Vec<(String, i64, Time, Time, i64)>,
    /// By track number and channel: times, and the values' bits.
    values: BTreeMap<(i64, String), (Vec<Time>, Vec<u32>)>,
    tags: Vec<(i64, String, Time, Time, String, String)>,
    /// By track number and kind: how often taken, and the bits.
    prints: BTreeMap<(i64, PrintKind), (i64, Vec<u32>)>,
}

fn found(store: &Store) -> Found {
    let read = store.read();
    let runs = read.runs_of(session(store)).unwrap();
    assert_eq!(runs.len(), 1, "one run, gone on with, is one run");
    let run = &runs[0];
    let tracks = read.tracks_of(run.id).unwrap();
    let mut values = BTreeMap::new();
    for track in &tracks {
        let samples = samples(store, track);
        for channel in samples.channels {
            let bits = channel.values.iter().map(|value| value.to_bits()).collect();
            values.insert((track.number, channel.name), (samples.times.clone(), bits));
        }
    }
    let number = |tag: &Tag| tracks.iter().find(|track| track.id == tag.track).unwrap().number;
    let tags = read.tag_rows(run.id).unwrap().into_iter().map(|row| row.tag);
    let mut tags: Vec<_> = tags
        .map(|t| (number(&t), t.label.clone(), t.start, t.end, format!("{:?}", t.confidence), t.evidence.to_string()))
        .collect();
    tags.sort();
    let of_track = |print: Print| {
        let number = tracks.iter().find(|track| track.id == print.track).unwrap().number;
        let bits = print.vector.iter().map(|value| value.to_bits()).collect();
        ((number, print.kind), (print.samples, bits))
    };
    Found {
        prints: read.prints().unwrap().into_iter().map(of_track).collect(),
        status: run.status,
        frames: run.frames,
        tracks: tracks.iter().map(|t| (format!("{:?}", t.kind), t.number, t.start, t.end, t.samples)).collect(),
        values,
        tags,
    }
}

fn same(a: &Found, b: &Found) {
    assert_eq!(a.tracks, b.tracks);
    assert_eq!(a.values.keys().collect::<Vec<_>>(), b.values.keys().collect::<Vec<_>>());
    for (key, values) in &a.values {
        assert_eq!(values.0, b.values[key].0, "the times of {key:?}");
        assert!(values.1 == b.values[key].1, "the values of {key:?} differ");
    }
    assert_eq!(a.tags, b.tags);
    assert!(!a.prints.is_empty() && a.prints == b.prints, "prints differ");
    assert_eq!((a.status, a.frames), (b.status, b.frames));
}

/// The process that is killed: works on the project that it is told of.
#[test]
#[ignore = "started by the test that kills it"]
fn as_a_child() {
    let Some(folder) = std::env::var_os(CHILD) else { return };
    let store = project(Path::new(&folder));
    carry(&store, &both(&store));
}

/// Starts the work in a process of its own and kills it, and only it, once the disk holds what `reached` waits for.
#[cfg(unix)]
fn start_and_kill(folder: &Path, reached: impl Fn(&Path) -> bool) {
    use std::os::unix::process::CommandExt;
    let mut child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "as_a_child", "--ignored", "--quiet"])
        .env(CHILD, folder)
        .process_group(0)
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let database = folder.join("Long.fieldgloss/project.db");
    let until = Instant::now() + Duration::from_secs(300);
    while !reached(&database) {
        assert!(child.try_wait().unwrap().is_none(), "it was done before it could be killed");
        assert!(Instant::now() < until, "nothing came within five minutes");
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

/// How many pieces of some kind the run has left on the disk.
#[cfg(unix)]
fn pieces(database: &Path, part: &str, least_at: i64) -> i64 {
    let Ok(conn) = rusqlite::Connection::open_with_flags(database, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY) else {
        return 0;
    };
    let sql = "SELECT count(*) FROM run_state WHERE part = ?1 AND at >= ?2";
    conn.query_row(sql, rusqlite::params![part, least_at], |row| row.get(0)).unwrap_or(0)
}

#[test]
#[cfg(unix)]
fn work_that_was_killed_goes_on_and_gives_the_same_numbers() {
    let whole = tempfile::tempdir().unwrap();
    let store = project(whole.path());
    let summary = carry(&store, &both(&store));
    let expected = found(&store);
    assert!(expected.status == RunStatus::Finished && summary.frames > 90, "{summary:?}");
    assert!(stopped(&store.read(), None).unwrap().is_empty());

    // In the middle of looking, then (gone on with as far as that) in the middle of listening.
    let folder = tempfile::tempdir().unwrap();
    start_and_kill(folder.path(), |database| pieces(database, "look", 10_000_000_000) > 0);
    let (mut store, opened) = Store::open(&folder.path().join("Long.fieldgloss")).unwrap();
    assert!(opened.recovered);
    let known = stopped(&store.read(), None).unwrap();
    assert_eq!(known.len(), 1);
    assert!(known[0].at >= Time::from_millis(10_000) + OFFSET && !known[0].listening, "{:?}", known[0].at);
    let resumed = go_on(&mut store);
    same(&found(&store), &expected);
    assert_eq!((resumed.frames, resumed.tags, resumed.cuts), (summary.frames, summary.tags, summary.cuts));
    assert!(stopped(&store.read(), None).unwrap().is_empty());

    let folder = tempfile::tempdir().unwrap();
    start_and_kill(folder.path(), |database| pieces(database, "speech", 0) > 0);
    let (mut store, _) = Store::open(&folder.path().join("Long.fieldgloss")).unwrap();
    let known = stopped(&store.read(), None).unwrap();
    assert!(known[0].listening);
    go_on(&mut store);
    same(&found(&store), &expected);
}

#[test]
fn work_that_was_stopped_keeps_what_was_said_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = project(folder.path());
    let work = Work::from(Plan { look: Some(look(&store)), ..Plan::default() });
    let token = CancelToken::default();
    let stop = token.clone();
    // Stopped after the first block is on the disk.
    let mut pieces = 0;
    let mut sink = StoreSink::new(store.sibling().unwrap(), move |changed| {
        pieces += usize::from(changed.touches(&["track"]));
        if pieces == 1 {
            stop.cancel();
        }
    });
    carry_out(&work, &mut sink, &JobContext::unwatched(token)).unwrap_err();
    let run = store.read().runs_of(session(&store)).unwrap().remove(0);
    assert_eq!(run.status, RunStatus::Stopped);
    let tags: Vec<Tag> = store.read().tag_rows(run.id).unwrap().into_iter().map(|row| row.tag).collect();
    let judged = tags.first().expect("a proposal of what was seen").clone();
    edit::tags::reject(&mut store, judged.id).unwrap();

    go_on(&mut store);
    let after: Vec<Tag> = store.read().tag_rows(run.id).unwrap().into_iter().map(|row| row.tag).collect();
    let kept = after.iter().find(|tag| tag.id == judged.id).expect("what somebody rejected stays");
    assert_eq!(kept.status, fieldgloss::domain::TagStatus::Rejected);
    let again = |tag: &&Tag| {
        tag.id != judged.id
            && tag.track == judged.track
            && tag.label == judged.label
            && Span::new(tag.start, tag.end).overlaps(Span::new(judged.start, judged.end))
    };
    assert!(!after.iter().any(|tag| again(&tag)), "it is not proposed again");

    let whole = tempfile::tempdir().unwrap();
    let other = project(whole.path());
    carry(&other, &Work::from(Plan { look: Some(look(&other)), ..Plan::default() }));
    let (found, expected) = (found(&store), found(&other));
    assert_eq!(found.tracks, expected.tracks);
    assert!(found.values == expected.values);
}

#[test]
fn a_part_of_a_recording_gives_the_numbers_of_the_whole() {
    let whole = tempfile::tempdir().unwrap();
    let store = project(whole.path());
    carry(&store, &Work::from(Plan { look: Some(look(&store)), ..Plan::default() }));
    let all = found(&store);

    let part = tempfile::tempdir().unwrap();
    let store = project(part.path());
    let (start, end) = (Time::from_millis(13_400), Time::from_millis(21_000));
    let request = AnalyseRequest { start: Some(start), end: Some(end), ..look(&store) };
    carry(&store, &Work::from(Plan { look: Some(request), ..Plan::default() }));
    let some = found(&store);
    let mut compared = 0;
    for ((number, channel), (times, values)) in &some.values {
        // The same person bears the same number here: one face, one body.
        let (of_all, expected) = &all.values[&(*number, channel.clone())];
        let width = values.len() / times.len();
        for (i, time) in times.iter().enumerate() {
            assert!(*time >= start + OFFSET && *time < end + OFFSET);
            let at = of_all.binary_search(time).expect("a frame of the whole");
            // How fast something moves takes a sample before.
            if i == 0 && channel.contains("speed") {
                assert!(f32::from_bits(values[0]).is_nan(), "{channel}");
                continue;
            }
            assert_eq!(values[i * width..][..width], expected[at * width..][..width], "{channel} at {time}");
            compared += width;
        }
    }
    assert!(compared > 10_000, "{compared}");
}

#[test]
fn a_quick_look_first_and_a_close_one_where_something_happens() {
    let folder = tempfile::tempdir().unwrap();
    let store = project(folder.path());
    let closeness = Closeness::SparseFirst { fps: 1.0, happening: Default::default() };
    let find_speech = ListenRequest { models: vec!["voice-activity".into()], ..hear(&store) };
    let plan =
        Plan { look: Some(AnalyseRequest { closeness, ..look(&store) }), hear: None, find_speech: Some(find_speech) };
    let summary = carry(&store, &Work::from(plan));
    let mut runs = store.read().runs_of(session(&store)).unwrap();
    runs.reverse();
    assert_eq!(runs.len(), 2, "the quick look, and the close one");
    assert!(runs.iter().all(|run| run.status == RunStatus::Finished), "{runs:?}");
    assert!(stopped(&store.read(), None).unwrap().is_empty());
    assert_eq!(runs[0].frames, 25, "one frame a second of 24 s, and the last one");
    // She talks: that is where the close look goes.
    let spans: Vec<Span> = serde_json::from_value(runs[1].settings["closeness"]["dense"]["spans"].clone()).unwrap();
    assert!(!spans.is_empty(), "{spans:?}");
    let expected: usize = (0..=96)
        .filter(|slot| {
            let time = Time::from_millis(slot * 250);
            slot % 4 == 0 || spans.iter().any(|span| span.start <= time && time < span.end)
        })
        .count();
    assert_eq!(summary.frames as usize, expected);
}

fn fieldgloss(args: &[&str]) -> std::process::Output {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_fieldgloss"));
    command.args(args).env("FIELDGLOSS_ASSETS", assets()).output().unwrap()
}

#[test]
fn one_bad_recording_does_not_keep_the_others_from_being_done() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (project, good, bad) = (path("Batch.fieldgloss"), path("good.mp4"), path("bad.mp4"));
    for file in [&good, &bad] {
        std::fs::copy(assets().join("sample/astronaut-talks.mp4"), file).unwrap();
    }
    assert!(fieldgloss(&["new", "--language", "nah", &project]).status.success());
    for (file, session) in [(&bad, "Bad"), (&good, "Good")] {
        let done = fieldgloss(&["import", &project, file, "--session", session, "--link"]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    // Cut short on the way: it was whole when it was added.
    std::fs::write(&bad, &std::fs::read(&bad).unwrap()[..1000]).unwrap();
    let batch = |more: &[&str]| {
        let mut args = vec!["analyse", project.as_str(), "--fps", "1", "--models", "face-detect-near", "--json"];
        args.extend(more);
        let output = fieldgloss(&args);
        let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code(), told, String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (status, told, said) = batch(&[]);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("1 of 2 recordings failed: Bad"), "{said}");
    assert_eq!((&told[0]["recording"], &told[0]["frames"]), (&serde_json::json!("Good"), &serde_json::json!(25)));
    assert!(told[1]["failed"].as_str().unwrap().contains("bad.mp4"), "{told}");
    // A file for what is found is of one recording; of one that was done before it is written all the same.
    let found = folder.path().join("found.json").to_string_lossy().into_owned();
    assert_eq!(fieldgloss(&["analyse", &project, "--fps", "1", "--out", &found]).status.code(), Some(2));
    batch(&["--session", "Good", "--skip-done", "--out", &found]);
    let told: serde_json::Value = serde_json::from_slice(&std::fs::read(&found).unwrap()).unwrap();
    assert!(told["tracks"].as_array().is_some_and(|tracks| !tracks.is_empty()), "{told}");
    // Once mended, only what is not done yet is done.
    std::fs::copy(&good, &bad).unwrap();
    let (status, told, said) = batch(&["--skip-done"]);
    assert_eq!(status, Some(0), "{said}");
    assert_eq!(
        (&told[0]["recording"], &told[1]["passed"]),
        (&serde_json::json!("Bad"), &serde_json::json!("done before"))
    );
}

#[test]
fn what_makes_no_sense_is_said_before_anything_begins() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("x").to_string_lossy().into_owned();
    for args in [
        &["--sparse-first", "20"][..],
        &["--sparse-first", "0"],
        &["--from", "10", "--to", "5"],
        &["--wherever-anybody"],
        &["--out", "no/such/folder/found.json"],
        &["--sparse-first", "--speech"],
    ] {
        let mut all = vec!["analyse", nowhere.as_str()];
        all.extend(args);
        assert_eq!(fieldgloss(&all).status.code(), Some(2), "{args:?}");
    }
}
