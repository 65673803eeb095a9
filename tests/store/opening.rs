//! Making, opening and locking a project.

use std::process::Command;

use fieldgloss::app::edit::annotations;
use fieldgloss::store::{Folder, Store, StoreError};

use crate::fixture::{all, small};
use crate::sample::project;

#[test]
fn a_project_is_a_folder_with_its_parts() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::create(&dir.path().join("Apalaí"), &project("Apalaí"), &[]).unwrap();
    let folder = dir.path().join("Apalaí.fieldgloss");
    assert_eq!(store.folder().path(), folder);
    for part in ["project.db", "media", "cache", "backups"] {
        assert!(folder.join(part).exists(), "{part}");
    }
    assert_eq!(store.read().project().unwrap().name, "Apalaí");
    assert_eq!(store.undo_state().unwrap(), Default::default(), "making it is no step to undo");
    drop(store);
    // Named as the folder, without its extension, or as the file in it.
    for name in ["Apalaí", "Apalaí.fieldgloss", "Apalaí.fieldgloss/project.db"] {
        Store::open(&dir.path().join(name)).unwrap();
    }
    assert_eq!(Folder::meant(&folder).name(), "Apalaí");
}

#[test]
fn what_is_there_is_not_made_again() {
    let (store, small) = small();
    let before = all(&store);
    let refused = Store::create(&small.path, &project("other"), &[]).err().unwrap();
    assert!(matches!(refused, StoreError::Exists(_)), "{refused}");
    assert_eq!(all(&store), before);
}

#[test]
fn what_is_not_there_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let missing = Store::open(&dir.path().join("no")).err().unwrap();
    assert!(matches!(missing, StoreError::NotThere(_)), "{missing}");
    let empty = dir.path().join("empty.fieldgloss");
    std::fs::create_dir(&empty).unwrap();
    let empty_error = Store::open(&empty).err().unwrap();
    assert!(matches!(empty_error, StoreError::NotAProject { .. }), "{empty_error}");
    assert_eq!(std::fs::read_dir(&empty).unwrap().count(), 0, "nothing was left in it");
}

#[test]
fn a_second_process_is_told_who_holds_it() {
    if let Ok(path) = std::env::var("FIELDGLOSS_TEST_SECOND") {
        println!("second: {}", Store::open(path.as_ref()).err().map(|e| e.to_string()).unwrap_or_default());
        return;
    }
    let (store, small) = small();
    let second = |path: &std::path::Path| {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "opening::a_second_process_is_told_who_holds_it", "--nocapture"])
            .env("FIELDGLOSS_TEST_SECOND", path)
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().find_map(|l| l.split_once("second: ")).unwrap().1.to_owned()
    };
    let said = second(&small.path);
    assert!(said.contains(&format!("process {}", std::process::id())), "{said}");
    assert!(said.contains("close it there first"), "{said}");
    let sibling = store.sibling().unwrap();
    drop(store);
    assert!(second(&small.path).contains("is open in another"), "as long as any connection is open");
    drop(sibling);
    assert_eq!(second(&small.path), "");
}

#[test]
fn undo_and_redo_wait_behind_a_closed_door() {
    let (mut store, small) = small();
    let before = all(&store);
    annotations::delete(&mut store, small.utterances[0]).unwrap();
    let after = all(&store);
    let mut store = crate::fixture::reopened(store);
    store.undo().unwrap();
    assert_eq!(all(&store), before);
    let mut store = crate::fixture::reopened(store);
    store.redo().unwrap();
    assert_eq!(all(&store), after);
}
