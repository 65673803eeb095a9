//! What happens when there is no room for what is written: a message, and nothing half done.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use fieldgloss::domain::{Annotation, Project, ProjectId, Session, SessionId, Span, Tier, TierId, Time};
use fieldgloss::store::{Op, OpKind, Store};
use serde_json::json;

/// A project with one text that is longer than a file may be in these tests.
fn project(folder: &Path) -> PathBuf {
    let project = Project {
        id: ProjectId::new(),
        name: "Large".into(),
        description: Default::default(),
        base_iri: "https://example.org/".into(),
        licence: String::new(),
        created: String::new(),
        residue: Default::default(),
    };
    let place = folder.join("Large.fieldgloss");
    let mut store = Store::create(&place, &project, &[]).expect("a project");
    let session: Session = serde_json::from_value(json!({
        "id": SessionId::new(), "name": "Talk", "title": {}, "date": "", "place": "", "genre": "", "description": {},
        "participants": [], "consent": { "given": true }, "access": "open", "position": 0, "residue": {},
    }))
    .expect("a session");
    let tier: Tier = serde_json::from_value(json!({
        "id": TierId::new(), "session": session.id, "parent": null, "name": "T", "role": "transcription",
        "constraint": "none", "type_name": "", "participant": null, "annotator": "", "language": "qaa",
        "vocabulary": null, "position": 0, "residue": {},
    }))
    .expect("a tier");
    store
        .transact(Op::fixed(OpKind::Import), |tx| {
            tx.insert(&session)?;
            tx.insert(&tier)?;
            (0..2_000_i64).try_for_each(|i| {
                let span = Span::new(Time::from_millis(i * 1_000), Time::from_millis(i * 1_000 + 900));
                tx.insert(&Annotation::new(
                    tier.id,
                    Some(span),
                    i,
                    format!("Sentence {i} {}", "of many words ".repeat(30)),
                ))
            })
        })
        .expect("filled");
    place
}

/// Runs the program where no file may be larger than that many bytes.
fn run(limit: usize, args: &[&str]) -> Output {
    // POSIX has `ulimit -f` count in blocks of 512 bytes.
    let script = format!("ulimit -f {}; exec \"$0\" \"$@\"", limit / 512);
    Command::new("sh").args(["-c", &script, env!("CARGO_BIN_EXE_fieldgloss")]).args(args).output().expect("it starts")
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name")).collect()
}

#[test]
fn a_file_that_may_not_grow_is_an_error_that_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let project = project(folder.path());
    let project = project.to_str().expect("a path");
    let out = folder.path().join("out");
    std::fs::create_dir(&out).expect("a folder");
    let formats = [
        ("json", "a.json"),
        ("eaf", "a.eaf"),
        ("textgrid", "a.TextGrid"),
        ("turtle", "a.ttl"),
        ("csv", "a.csv"),
        ("html", "a.html"),
        ("xlsx", "a.xlsx"),
        ("cldf", "cldf"),
        ("parquet", "tables"),
        ("saymore", "saymore"),
    ];
    let (mut small, mut large) = (Vec::new(), 0);
    for (format, name) in formats {
        let place = out.join(name);
        let args = ["export", project, "--format", format, "--out", place.to_str().expect("a path")];
        let done = run(256 << 10, &args);
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        if done.status.success() {
            // Packed, it fits.
            small.push(format);
            assert!(place.exists());
            let _ = std::fs::remove_file(&place);
            let _ = std::fs::remove_dir_all(&place);
        } else {
            assert_eq!(done.status.code(), Some(1), "{format}: {:?} {said}", done.status);
            assert!(said.contains("could not write") && said.contains("File too large"), "{format}: {said}");
            large += 1;
        }
        assert_eq!(names(&out), BTreeSet::new(), "{format} leaves nothing half done");
    }
    assert!(large >= 6, "only these were too large for nothing: {small:?}");
}

#[test]
fn what_stood_there_still_stands() {
    let folder = tempfile::tempdir().expect("a folder");
    let project = project(folder.path());
    let file = folder.path().join("a.json");
    std::fs::write(&file, "{}").expect("written");
    let args =
        ["export", project.to_str().expect("a path"), "--format", "json", "--out", file.to_str().expect("a path")];
    assert!(!run(256 << 10, &args).status.success());
    assert_eq!(std::fs::read_to_string(&file).expect("read"), "{}");
    let done = run(256 << 20, &args);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(std::fs::metadata(&file).expect("there").len() > 256 << 10);
}
