//! Damage, missing rights, full disks: one clear message, nothing lost, nothing touched.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use fieldgloss::app::edit::annotations;
use fieldgloss::domain::*;
use fieldgloss::store::{BackupKind, Store, StoreError};

use crate::fixture::{all, small};
use crate::sample::Chance;

/// Opens a project whose file is bad, and checks that the refusal says what is promised.
fn refused(path: &Path, backup: Option<&Path>) -> StoreError {
    let database = path.join("project.db");
    let before = std::fs::read(&database).unwrap();
    for attempt in 0..2 {
        let error = Store::open(path).err().unwrap_or_else(|| panic!("attempt {attempt}: it opened"));
        let said = error.to_string();
        match &error {
            StoreError::Damaged { path, backup: named, .. } => {
                assert_eq!(path, &database);
                assert_eq!(named.as_deref(), backup, "{said}");
                assert!(said.contains("it was not changed"), "{said}");
            }
            StoreError::NotAProject { .. } => assert!(said.contains("is not a Fieldgloss project"), "{said}"),
            other => panic!("{other:?}"),
        }
        assert_eq!(std::fs::read(&database).unwrap(), before, "not a byte was changed");
        if attempt == 1 {
            return error;
        }
    }
    unreachable!()
}

#[test]
fn of_an_empty_project_file_the_newest_good_backup_is_named() {
    let (store, p) = small();
    let good = store.backup(BackupKind::Asked).unwrap().path;
    drop(store);
    std::fs::write(p.path.join("project.db"), b"").unwrap();
    let said = refused(&p.path, Some(&good)).to_string();
    assert!(said.contains("it holds nothing"), "{said}");
    std::fs::remove_file(p.path.join("project.db")).unwrap();
    let said = Store::open(&p.path).err().expect("no file, no project").to_string();
    assert!(said.contains("it is gone") && said.contains(&*good.to_string_lossy()), "{said}");
}

#[test]
fn a_damaged_file_is_refused_with_the_newest_good_backup_named() {
    let (mut store, p) = small();
    let good = store.backup(BackupKind::Asked).unwrap().path;
    std::thread::sleep(std::time::Duration::from_millis(5));
    let bad = store.backup(BackupKind::Asked).unwrap().path;
    annotations::set_value(&mut store, p.utterances[0], "after the backup").unwrap();
    let before = all(&store);
    drop(store);
    let database = p.path.join("project.db");
    let bytes = std::fs::read(&database).unwrap();
    let page = 4096;
    let pages = bytes.len() / page;
    std::fs::write(&bad, &bytes[..page * 3]).unwrap();
    let c = &mut Chance(1);
    let mut noticed = 0;
    for n in 1..pages {
        let mut broken = bytes.clone();
        let at = page * n;
        for byte in &mut broken[at..at + page] {
            *byte ^= 1 + c.below(255) as u8;
        }
        std::fs::write(&database, &broken).unwrap();
        // What lies in a page that is free is no loss.
        match Store::open(&p.path) {
            Ok((store, _)) => assert!(all(&store) == before, "page {n}: records were changed unseen"),
            Err(_) => {
                assert!(matches!(refused(&p.path, Some(&good)), StoreError::Damaged { .. }));
                noticed += 1;
            }
        }
    }
    assert!(noticed > pages / 2, "{noticed} of {pages}");
    for length in [page, page * 2 + 100, bytes.len() - page, bytes.len() - 1] {
        std::fs::write(&database, &bytes[..length]).unwrap();
        refused(&p.path, Some(&good));
    }
    std::fs::write(
        &database,
        b"this is no SQLite file at all, but it is long enough to be looked at ......................",
    )
    .unwrap();
    refused(&p.path, Some(&good));
    std::fs::write(&database, b"").unwrap();
    assert!(matches!(refused(&p.path, Some(&good)), StoreError::Damaged { .. }));
    // The good file back in place: nothing of all this did it any harm.
    std::fs::write(&database, &bytes).unwrap();
    let (store, _) = Store::open(&p.path).unwrap();
    assert_eq!(store.read().require::<Annotation>(p.utterances[0]).unwrap().value, "after the backup");
    assert_eq!(store.check().unwrap(), []);
}

#[test]
fn without_a_good_backup_the_message_says_so() {
    let (store, p) = small();
    drop(store);
    let database = p.path.join("project.db");
    let mut bytes = std::fs::read(&database).unwrap();
    bytes[4096..8192].fill(0xFF);
    std::fs::write(&database, &bytes).unwrap();
    assert!(refused(&p.path, None).to_string().contains("no good backup"));
}

#[test]
fn a_database_of_another_program_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("x.fieldgloss");
    std::fs::create_dir(&folder).unwrap();
    let conn = rusqlite::Connection::open(folder.join("project.db")).unwrap();
    conn.execute_batch("CREATE TABLE t (x); PRAGMA user_version = 2;").unwrap();
    drop(conn);
    assert!(refused(&folder, None).to_string().contains("another program"));
}

/// Runs this very test again in a child, in a role, with the project's path.
fn child(test: &str, role: &str, path: &Path, wrap: &[&str]) -> Output {
    let exe = std::env::current_exe().unwrap();
    let mut words: Vec<String> = wrap.iter().map(|w| (*w).to_owned()).collect();
    words.extend([exe.to_string_lossy().into_owned(), "--exact".to_owned(), test.to_owned(), "--nocapture".to_owned()]);
    Command::new(&words[0])
        .args(&words[1..])
        .env("FIELDGLOSS_TEST_ROLE", role)
        .env("FIELDGLOSS_TEST_AT", path)
        .output()
        .unwrap()
}

fn role() -> Option<(String, PathBuf)> {
    Some((std::env::var("FIELDGLOSS_TEST_ROLE").ok()?, std::env::var("FIELDGLOSS_TEST_AT").ok()?.into()))
}

/// The child's lines that begin with `said: `.
fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    text.lines().filter_map(|l| l.split_once("said: ").map(|(_, said)| said)).collect::<Vec<_>>().join("\n")
}

fn works(wrap: &[&str]) -> bool {
    Command::new(wrap[0]).args(&wrap[1..]).arg("true").output().is_ok_and(|o| o.status.success())
}

#[test]
fn a_folder_that_may_not_be_written_is_refused_in_words() {
    if let Some((_, path)) = role() {
        let error = Store::open(&path).err().map(|e| format!("{} {e}", matches!(e, StoreError::ReadOnly { .. })));
        println!("\nsaid: {}", error.unwrap_or_default());
        return;
    }
    let (store, p) = small();
    let before = all(&store);
    drop(store);
    let test = "bad_input::a_folder_that_may_not_be_written_is_refused_in_words";
    let database = p.path.join("project.db");
    let bytes = std::fs::read(&database).unwrap();
    let mut tried = 0;
    // Mounted read-only, as a DVD or a card with its lock on.
    let shell = format!("mount --bind {0} {0} && mount -o remount,ro,bind {0} && exec \"$0\" \"$@\"", p.path.display());
    let mounted = ["unshare", "-rm", "sh", "-c", &shell];
    if works(&mounted) {
        let said = said(&child(test, "open", &p.path, &mounted));
        assert!(said.starts_with("true no right to write in"), "{said}");
        tried += 1;
    }
    // Another user's.
    let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    let exe_dir = std::env::current_exe().unwrap();
    let _ = Command::new("chmod").args(["-R", "a+rX"]).arg(p.dir.path()).status();
    let can_run = Command::new(nobody[0]).args(&nobody[1..]).arg(&exe_dir).arg("--list").output();
    if can_run.is_ok_and(|o| o.status.success()) {
        let said = said(&child(test, "open", &p.path, &nobody));
        assert!(said.starts_with("true no right to write in"), "{said}");
        tried += 1;
    }
    if tried == 0 {
        eprintln!("neither a read-only mount nor another user can be had here: not tested");
    }
    assert_eq!(std::fs::read(&database).unwrap(), bytes);
    assert_eq!(all(&Store::open(&p.path).unwrap().0), before);
}

#[test]
fn on_a_full_disk_the_last_change_is_refused_and_all_before_it_is_there() {
    if let Some((role, path)) = role() {
        if role == "fill" {
            fill(&path);
        }
        return;
    }
    let (store, p) = small();
    drop(store);
    let mount = p.dir.path().join("disk");
    std::fs::create_dir(&mount).unwrap();
    // A small disk in memory, with the project on it; what is on it is copied out again at the end.
    let shell = format!(
        "mount -t tmpfs -o size=3m tmpfs {0} && cp -r {1} {0}/p.fieldgloss && \"$0\" \"$@\"; s=$?; \
         if [ -e {0}/filler ]; then rm {0}/filler; fi; cp -r {0}/p.fieldgloss {2}; exit $s",
        mount.display(),
        p.path.display(),
        p.dir.path().join("out.fieldgloss").display()
    );
    let small_disk = ["unshare", "-rm", "sh", "-c", &shell];
    if !works(&small_disk) {
        eprintln!("a small disk cannot be had here: not tested");
        return;
    }
    let _ = std::fs::remove_dir_all(p.dir.path().join("out.fieldgloss"));
    let output = child(
        "bad_input::on_a_full_disk_the_last_change_is_refused_and_all_before_it_is_there",
        "fill",
        &mount.join("p.fieldgloss"),
        &small_disk,
    );
    let told = said(&output);
    assert!(told.lines().count() > 3, "{told}");
    let (kept, error) = told.lines().last().unwrap().split_once(' ').unwrap();
    assert!(error.contains("the disk is full") && error.contains("everything before it was"), "{error}");
    let (mut store, _) = Store::open(&p.dir.path().join("out.fieldgloss")).unwrap();
    assert_eq!(
        store.read().require::<Annotation>(p.utterances[0]).unwrap().value.len(),
        kept.parse::<usize>().unwrap()
    );
    assert_eq!(store.check().unwrap(), []);
    store.undo().unwrap().unwrap();
}

/// Writes until the disk is full; says how long the last text was that was kept.
fn fill(path: &Path) {
    let (mut store, _) = Store::open(path).unwrap();
    let id = store.read().search("tyryryme", 9).unwrap().into_iter().find(|h| h.table == "annotation").unwrap().record;
    let mut kept = 0;
    for n in 0..10_000 {
        store.set_author(format!("{n}"));
        let text: String = (0..2000 + n).map(|k| char::from(b'a' + ((k * 7 + n * 3 + k / 13) % 26) as u8)).collect();
        match annotations::set_value(&mut store, id.into(), &text) {
            Ok(_) => {
                kept = text.len();
                println!("\nsaid: ok");
            }
            Err(error) => {
                assert!(matches!(error, StoreError::DiskFull), "{error:?}");
                let there: Annotation = store.read().require(id.into()).unwrap();
                assert_eq!(there.value.len(), kept, "what is read is what was kept");
                let backup = store.backup(BackupKind::Asked);
                assert!(matches!(backup, Err(StoreError::DiskFull)), "{backup:?}");
                assert!(store.backups().is_empty(), "no half backup is left");
                println!("\nsaid: {kept} {error}");
                return;
            }
        }
    }
    panic!("the disk never filled up");
}
