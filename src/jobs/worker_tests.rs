//! The client against workers that misbehave: small shell scripts in the worker's place.

use std::os::unix::fs::PermissionsExt;

use super::*;

/// A worker made of a shell script.
pub fn script(folder: &Path, body: &str) -> PathBuf {
    let path = folder.join("worker.sh");
    std::fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// What a worker of this version says first.
pub fn hello() -> String {
    format!("echo '{{\"answer\":\"hello\",\"protocol\":{PROTOCOL},\"version\":\"test\"}}'")
}

fn spawn(body: &str) -> (tempfile::TempDir, Result<Worker, WorkerError>) {
    let folder = tempfile::tempdir().unwrap();
    let worker = Worker::spawn_at(&script(folder.path(), body));
    (folder, worker)
}

/// Answers until the end or an error.
fn until_error(worker: &mut Worker) -> (Vec<Answer>, WorkerError) {
    let mut answers = Vec::new();
    loop {
        match worker.next(Duration::from_secs(5)) {
            Ok(Some(answer)) => answers.push(answer),
            Ok(None) => {}
            Err(error) => return (answers, error),
        }
    }
}

#[test]
fn no_worker_is_one_clear_message() {
    let error = Worker::spawn_at(Path::new("/nowhere/fieldgloss-worker")).err().unwrap();
    assert!(matches!(error, WorkerError::Missing { .. }));
    assert!(error.to_string().contains("was not found"), "{error}");
}

#[test]
fn another_version_is_refused() {
    for (theirs, age) in [(PROTOCOL - 1, "older"), (PROTOCOL + 1, "newer")] {
        let hello = format!("echo '{{\"answer\":\"hello\",\"protocol\":{theirs},\"version\":\"0.0.7\"}}'; cat");
        let (_folder, worker) = spawn(&hello);
        let error = worker.err().unwrap().to_string();
        assert!(error.contains(&format!("is {age} than Fieldgloss itself (it is of version 0.0.7")), "{error}");
    }
}

#[test]
fn unknown_lines_are_passed_over() {
    let (_folder, worker) = spawn(&format!(
        "echo OMP: warning\n{}\necho '{{\"answer\":\"dance\"}}'\necho '{{\"answer\":\"cancelled\",\"frames\":3}}'",
        hello()
    ));
    let (answers, error) = until_error(&mut worker.unwrap());
    assert_eq!(answers, [Answer::Cancelled { frames: 3 }]);
    assert_eq!(error.to_string(), "The analysis program ended early.");
}

#[test]
fn death_is_told_in_plain_words_with_the_log_kept() {
    for (body, words) in [
        ("echo bad weights >&2; sleep 0.1; exit 3", "ended with error 3"),
        ("kill -9 $$", "was ended from outside or for want of memory"),
        ("kill -SEGV $$", "crashed"),
        ("printf '{\"answer\":\"fra'; exit 1", "ended with error 1 in the middle of an answer"),
    ] {
        let (_folder, worker) = spawn(&format!("{}\n{body}", hello()));
        let (_, error) = until_error(&mut worker.unwrap());
        assert!(error.to_string().contains(words), "{body}: {error}");
        if body.contains("weights") {
            assert_eq!(error.log(), ["bad weights"]);
        }
    }
}

#[test]
fn a_worker_that_cannot_load_says_so() {
    let (_folder, worker) = spawn("echo libtorch.so: cannot open >&2; exit 127");
    let error = worker.err().unwrap();
    assert!(error.to_string().contains("something it needs is missing"), "{error}");
}

#[test]
fn cancel_waits_two_seconds_and_then_insists() {
    let (_folder, worker) = spawn(&format!("{}\nexec sleep 60", hello()));
    let mut worker = worker.unwrap();
    let begun = Instant::now();
    assert!(!worker.cancel(|_| ()));
    let took = begun.elapsed();
    assert!(took >= CANCEL_GRACE && took < CANCEL_GRACE + Duration::from_secs(1), "{took:?}");
}

#[test]
fn a_polite_worker_is_not_killed() {
    let (_folder, worker) =
        spawn(&format!("{}\nread line\necho '{{\"answer\":\"cancelled\",\"frames\":1}}'\ncat >/dev/null", hello()));
    assert!(worker.unwrap().cancel(|_| ()));
}

#[test]
fn a_stuck_step_is_a_hang() {
    let (_folder, worker) =
        spawn(&format!("{}\necho '{{\"answer\":\"alive\",\"busy_secs\":500}}'\nexec sleep 60", hello()));
    let (_, error) = until_error(&mut worker.unwrap());
    assert!(matches!(error, WorkerError::Hangs { .. }));
}
