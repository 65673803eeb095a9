//! The power goes at any moment: what was acknowledged is there.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use fieldgloss::app::edit::annotations;
use fieldgloss::app::transfer;
use fieldgloss::domain::*;
use fieldgloss::formats::Imported;
use fieldgloss::store::{Op, OpKind, Scope, Store};

use crate::fixture::{all, small};
use crate::sample::{Chance, in_order};

const WORKER: &str = "FIELDGLOSS_TEST_KILL";

fn say(number: u64) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "\nack {number}");
    let _ = out.flush();
}

/// Makes the `number`th edit, the same in every process: everything chosen hangs on the number and the project alone.
fn edit(store: &mut Store, tier: TierId, number: u64) {
    let c = &mut Chance(number);
    store.set_author(format!("{}", number / 3));
    let every: Vec<Annotation> = store.read().annotations_of(tier).unwrap();
    let at = Time::from_millis(10_000 + 1000 * number as i64);
    let span = Span { start: at, end: at + Time::from_millis(900) };
    // Every step leaves its number in the session's record: the witness of how far it came.
    let mark = |tx: &fieldgloss::store::Tx<'_>| {
        let session = tx.read().require::<Tier>(tier)?.session;
        tx.modify::<Session>(session, |s| s.genre = number.to_string()).map(|_| ())
    };
    let one = every[c.below(every.len())].id;
    let value = format!("mame {number} t͡ʃa˥˩ {}", "nytose ".repeat(c.below(40)));
    match number % 7 {
        0 | 1 => {
            let typing = Op::typing(OpKind::EditAnnotation, "typing");
            store
                .transact(typing, |tx| {
                    tx.modify::<Annotation>(one, |a| a.value = value)?;
                    mark(tx)
                })
                .unwrap();
        }
        2 if every.len() > 3 => {
            store
                .transact(Op::new(OpKind::DeleteAnnotation), |tx| {
                    tx.delete_annotation(one)?;
                    mark(tx)
                })
                .unwrap();
        }
        3 => {
            store
                .transact(Op::new(OpKind::Import), |tx| {
                    let mut bundle = Bundle::default();
                    for n in 0..60 {
                        bundle.annotations.push(Annotation::new(tier, None, n, format!("imported {n} in {number}")));
                    }
                    tx.merge(&bundle)?;
                    mark(tx)
                })
                .unwrap();
            store.undo().unwrap().unwrap();
            store.redo().unwrap().unwrap();
            store.undo().unwrap().unwrap();
            store.transact(Op::new(OpKind::Edit), mark).unwrap();
        }
        _ => {
            store
                .transact(Op::new(OpKind::AddAnnotation), |tx| {
                    tx.insert(&Annotation::new(tier, Some(span), 0, value))?;
                    mark(tx)
                })
                .unwrap();
        }
    }
}

/// The child: opens the project and edits until it is killed.
#[test]
fn worker() {
    let Ok(path) = std::env::var(WORKER) else { return };
    let (mut store, _) = Store::open(path.as_ref()).unwrap();
    let tier = transcription(&store);
    let mut number = last(&store) + 1;
    let _ = writeln!(std::io::stdout(), "\nready");
    loop {
        edit(&mut store, tier, number);
        say(number);
        number += 1;
    }
}

fn transcription(store: &Store) -> TierId {
    let tiers: Vec<Tier> = store.read().all().unwrap();
    tiers.iter().find(|t| t.role == TierRole::Transcription).unwrap().id
}

fn last(store: &Store) -> u64 {
    let sessions: Vec<Session> = store.read().all().unwrap();
    sessions[0].genre.parse().unwrap_or(0)
}

/// Lets the child work for a while, kills it, and gives the last number it acknowledged.
fn work_and_die(path: &Path, micros: u64, from_open: bool) -> Option<u64> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::worker", "--nocapture", "--test-threads=1"])
        .env(WORKER, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let out = child.stdout.take().unwrap();
    let (ready, is_ready) = std::sync::mpsc::channel();
    let reader = std::thread::spawn(move || {
        // A line that was cut off by the end was not acknowledged.
        let mut lines = BufReader::new(out);
        let (mut line, mut seen) = (String::new(), None);
        while lines.read_line(&mut line).is_ok_and(|n| n > 0) {
            if line == "ready\n" {
                let _ = ready.send(());
            }
            if line.ends_with('\n') {
                seen = line.trim().strip_prefix("ack ").and_then(|n| n.parse().ok()).or(seen);
            }
            line.clear();
        }
        seen
    });
    if from_open {
        let _ = is_ready.recv_timeout(Duration::from_secs(20));
    }
    std::thread::sleep(Duration::from_micros(micros));
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

fn rounds(folder: &Path, rounds: usize, seed: u64) {
    let (store, p) = small();
    drop(store);
    let path = folder.join("killed.fieldgloss");
    copy_folder(&p.path, &path);
    let c = &mut Chance(seed);
    let (mut acknowledged, mut with_edits) = (0, 0);
    for round in 0..rounds {
        let seen = work_and_die(&path, (c.below(150_000) + c.below(2) * c.below(150_000)) as u64 / 2, round % 6 != 0);
        let (mut store, report) = Store::open(&path).unwrap_or_else(|e| panic!("round {round}: {e}"));
        with_edits += usize::from(seen.is_some());
        assert!(report.recovered || seen.is_none(), "round {round}: an unclean exit is noticed");
        acknowledged = seen.unwrap_or(acknowledged);
        let there = last(&store);
        assert!(
            there == acknowledged || there == acknowledged + 1,
            "round {round}: {acknowledged} acknowledged, {there} there"
        );
        acknowledged = there;
        assert_eq!(store.check().unwrap(), [], "round {round}");
        if round % 10 == 0 && there > 0 {
            let before = all(&store);
            store.undo().unwrap().unwrap();
            assert_ne!(all(&store), before);
            store.redo().unwrap().unwrap();
            assert!(all(&store) == before, "round {round}: undo and redo still work");
        }
    }
    assert!(with_edits > rounds / 3, "only {with_edits} of {rounds} rounds came to edit");
    // All of it can be taken back to where it began.
    let (mut store, _) = Store::open(&path).unwrap();
    while last(&store) > 0 {
        store.undo().unwrap().unwrap();
    }
    let first = store.read().annotations_of(p.transcription).unwrap();
    assert_eq!(first.iter().map(|a| a.id).collect::<Vec<_>>(), p.utterances);
    assert_eq!(store.check().unwrap(), []);
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn in_memory() -> PathBuf {
    let shm = Path::new("/dev/shm");
    if shm.is_dir() { shm.to_owned() } else { std::env::temp_dir() }
}

#[test]
fn killed_at_any_moment_every_acknowledged_edit_is_there() {
    std::thread::scope(|scope| {
        for seed in 0..3 {
            scope.spawn(move || rounds(tempfile::tempdir_in(in_memory()).unwrap().path(), 80, seed));
        }
    });
}

#[test]
fn killed_on_a_real_disk() {
    rounds(tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap().path(), 60, 99);
}

#[test]
fn killed_in_the_middle_of_a_large_import_nothing_of_it_is_there() {
    const IMPORTER: &str = "FIELDGLOSS_TEST_KILL_IMPORT";
    if let Ok(path) = std::env::var(IMPORTER) {
        let (mut store, _) = Store::open(path.as_ref()).unwrap();
        let tier = transcription(&store);
        let annotations = (0..200_000).map(|n| Annotation::new(tier, None, n, format!("line {n}"))).collect();
        let bundle = Bundle { annotations, ..Bundle::default() };
        say(1);
        transfer::take_in(&mut store, &Imported { bundle, report: LossReport::default() }).unwrap();
        say(2);
        return;
    }
    let (store, p) = small();
    let before = all(&store);
    drop(store);
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::killed_in_the_middle_of_a_large_import_nothing_of_it_is_there", "--nocapture"])
        .env(IMPORTER, &p.path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|l| l.unwrap() == "ack 1"));
    std::thread::sleep(Duration::from_millis(700));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!lines.any(|l| l.unwrap() == "ack 2"), "it was killed before the end");
    let (mut store, report) = Store::open(&p.path).unwrap();
    assert!(report.recovered);
    assert!(in_order(store.read().bundle(Scope::Whole).unwrap()) == before);
    annotations::set_value(&mut store, p.utterances[0], "goes on").unwrap();
}
