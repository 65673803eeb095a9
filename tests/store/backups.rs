//! Backups, and older and newer projects.

use std::path::Path;
use std::time::Duration;

use fieldgloss::app::edit::annotations;
use fieldgloss::domain::*;
use fieldgloss::store::{self, BackupKind, Store, StoreError, VERSION};
use rusqlite::Connection;

use crate::fixture::{all, small};

#[test]
fn a_backup_restored_is_equal_and_what_stood_there_is_kept() {
    let (mut store, p) = small();
    let then = all(&store);
    assert!(store.backup_is_due(Duration::from_secs(600)));
    let backup = store.backup(BackupKind::Asked).unwrap();
    assert!(!store.backup_is_due(Duration::from_secs(600)));
    assert_eq!(store.backups(), std::slice::from_ref(&backup.path));
    assert_eq!(backup.size, std::fs::metadata(&backup.path).unwrap().len());
    annotations::delete(&mut store, p.utterances[0]).unwrap();
    let now = all(&store);

    let open = store::restore(&backup.path, &p.path).unwrap_err();
    assert!(matches!(open, StoreError::Locked { .. }), "not while it is open: {open}");
    drop(store);

    store::restore(&backup.path, &p.path).unwrap();
    let (store, _) = Store::open(&p.path).unwrap();
    assert_eq!(all(&store), then);
    assert_eq!(store.check().unwrap(), []);
    drop(store);
    // What stood there before is a project still.
    let kept = std::fs::read_dir(&p.path)
        .unwrap()
        .map(|e| e.unwrap().path())
        .find(|path| path.to_string_lossy().contains("project.db.before-restore"))
        .unwrap();
    let other = p.dir.path().join("kept.fieldgloss");
    store::restore(&kept, &other).unwrap();
    let (store, _) = Store::open(&other).unwrap();
    assert_eq!(all(&store), now);
}

#[test]
fn a_backup_makes_a_new_project_with_undo_and_search() {
    let (mut store, p) = small();
    annotations::delete(&mut store, p.utterances[2]).unwrap();
    let then = all(&store);
    let backup = store.backup(BackupKind::Routine).unwrap();
    let folder = store::restore(&backup.path, &p.dir.path().join("copy")).unwrap();
    let (mut copy, _) = Store::open(folder.path()).unwrap();
    assert_eq!(all(&copy), then);
    assert!(!copy.read().search("tyryr", 5).unwrap().is_empty());
    copy.undo().unwrap().unwrap();
}

#[test]
fn what_is_no_good_backup_is_refused_and_nothing_is_touched() {
    let (store, p) = small();
    let backup = store.backup(BackupKind::Asked).unwrap().path;
    let before = all(&store);
    drop(store);
    let bytes = std::fs::read(&backup).unwrap();
    let bad = p.dir.path().join("bad.db");
    let target = p.dir.path().join("new.fieldgloss");
    let mut torn = bytes.clone();
    for byte in &mut torn[8192..16384] {
        *byte ^= 0x5A;
    }
    let other = p.dir.path().join("other.db");
    Connection::open(&other).unwrap().execute_batch("CREATE TABLE t (x); PRAGMA user_version = 3;").unwrap();
    for (name, content) in [
        ("torn", torn),
        ("short", bytes[..bytes.len() / 2].to_vec()),
        ("empty", vec![]),
        ("text", b"no database".to_vec()),
        ("other", std::fs::read(&other).unwrap()),
    ] {
        std::fs::write(&bad, &content).unwrap();
        let refused = store::restore(&bad, &p.path).unwrap_err();
        assert!(matches!(refused, StoreError::Damaged { .. } | StoreError::NotAProject { .. }), "{name}: {refused}");
        assert!(refused.to_string().contains("bad.db"), "{name}: {refused}");
        assert!(store::restore(&bad, &target).is_err());
        assert!(!target.exists(), "{name}");
        assert_eq!(std::fs::read(&bad).unwrap(), content);
    }
    assert!(matches!(store::restore(Path::new("/no/such.db"), &p.path), Err(StoreError::NotThere(_))));
    let (store, _) = Store::open(&p.path).unwrap();
    assert_eq!(all(&store), before);
}

#[test]
fn routine_backups_are_thinned_and_asked_ones_stay() {
    let (store, _p) = small();
    let asked = store.backup(BackupKind::Asked).unwrap().path;
    let folder = store.folder().backups();
    for day in 1..=28 {
        for hour in 0..3 {
            std::fs::write(folder.join(format!("2020-02-{day:02}T{hour:02}-00-00-000Z.routine.db")), b"old").unwrap();
        }
    }
    for _ in 0..7 {
        store.backup(BackupKind::Routine).unwrap();
        std::thread::sleep(Duration::from_millis(3));
    }
    let left = store.backups();
    assert!(left.contains(&asked));
    let today = left.iter().filter(|p| !p.to_string_lossy().contains("2020-02")).count();
    assert_eq!(today, 5 + 1);
    let old: Vec<_> = left.iter().filter(|p| p.to_string_lossy().contains("2020-02")).collect();
    assert_eq!(old.len(), 13, "one a day, fourteen days with today");
    assert!(old.iter().all(|p| p.to_string_lossy().contains("T02")), "the last of each day");
}

/// Takes a project back to version 1: the tables of the first migration alone, with the same records.
fn made_old(path: &Path) {
    let conn = Connection::open(path.join("project.db")).unwrap();
    let old = path.join("old.db");
    let first = Connection::open(&old).unwrap();
    first.execute_batch(include_str!("../../src/store/migrations/001.sql")).unwrap();
    first.execute_batch("PRAGMA user_version = 1; PRAGMA application_id = 1179077715;").unwrap();
    drop(first);
    conn.execute("ATTACH ?1 AS old", [old.to_str().unwrap()]).unwrap();
    // Reviews had no table yet.
    let tables = store::TABLES.iter().copied().filter(|table| *table != "review");
    for table in tables.chain(["history", "track_chunk"]) {
        conn.execute_batch(&format!("INSERT INTO old.{table} SELECT * FROM main.{table}")).unwrap();
    }
    // A column came later.
    let columns = "id, op, coalesce, author, at, changeset, state";
    conn.execute_batch(&format!("INSERT INTO old.undo_log SELECT {columns} FROM main.undo_log")).unwrap();
    conn.execute_batch("DETACH old").unwrap();
    drop(conn);
    for name in ["project.db", "project.db-wal", "project.db-shm"] {
        let _ = std::fs::remove_file(path.join(name));
    }
    std::fs::rename(old, path.join("project.db")).unwrap();
}

#[test]
fn an_older_project_is_brought_up_to_date_with_a_backup_first() {
    let (mut store, p) = small();
    annotations::delete(&mut store, p.utterances[2]).unwrap();
    let before = all(&store);
    drop(store);
    made_old(&p.path);
    let (mut store, report) = Store::open(&p.path).unwrap();
    assert_eq!(report.migrated_from, Some(1));
    assert_eq!(all(&store), before);
    assert_eq!(store.read().search("tyryr", 5).unwrap().len(), 2, "annotation and word");
    assert_eq!(store.read().lexemes_by_form("YTO").unwrap().len(), 1);
    assert_eq!(store.check().unwrap(), []);
    store.undo().unwrap().unwrap();
    let backups = store.backups();
    assert_eq!(backups.len(), 1);
    assert!(backups[0].to_string_lossy().contains("before-migration"));
    let conn = Connection::open(&backups[0]).unwrap();
    let version: i64 = conn.query_row("PRAGMA user_version", [], |r| r.get(0)).unwrap();
    assert_eq!(version, 1, "as it was");
    drop(conn);
    drop(store);
    let (_, report) = Store::open(&p.path).unwrap();
    assert_eq!(report.migrated_from, None);
    // And the old one can be put back, which brings it up to date again.
    store::restore(&backups[0], &p.path).unwrap();
    let (store, report) = Store::open(&p.path).unwrap();
    assert_eq!((report.migrated_from, all(&store)), (Some(1), before));
}

#[test]
fn a_newer_project_is_refused_and_left_as_it_is() {
    let (store, p) = small();
    drop(store);
    let database = p.path.join("project.db");
    let conn = Connection::open(&database).unwrap();
    conn.execute_batch(&format!("PRAGMA user_version = {}; PRAGMA wal_checkpoint(TRUNCATE);", VERSION + 1)).unwrap();
    drop(conn);
    let bytes = std::fs::read(&database).unwrap();
    let refused = Store::open(&p.path).err().unwrap();
    assert!(matches!(refused, StoreError::Newer { found, .. } if found == VERSION + 1), "{refused}");
    assert!(refused.to_string().contains("nothing was touched"));
    assert_eq!(std::fs::read(&database).unwrap(), bytes);
}

#[test]
fn a_merge_of_two_laptops_work_meets_in_one_project() {
    let (mut here, p) = small();
    let backup = here.backup(BackupKind::Asked).unwrap();
    let folder = store::restore(&backup.path, &p.dir.path().join("there")).unwrap();
    let (mut there, _) = Store::open(folder.path()).unwrap();
    annotations::add(&mut here, p.transcription, crate::fixture::ms(7000, 8000), "here").unwrap();
    annotations::add(&mut there, p.transcription, crate::fixture::ms(8000, 9000), "there").unwrap();
    let bundle = all(&there);
    here.transact(store::Op::new(store::OpKind::Import), |tx| tx.merge(&bundle)).unwrap();
    let values: Vec<String> = here.read().all::<Annotation>().unwrap().into_iter().map(|a| a.value).collect();
    assert!(values.contains(&"here".to_owned()) && values.contains(&"there".to_owned()));
    crate::fixture::assert_rules(&here, "merged");
}
