//! The main job from end to end, as a person at a terminal does it: real recordings in, Linked Data out, with the
//! network cut off; and what happens when what goes in is broken.
#![cfg(feature = "media")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_fieldgloss");

fn asset(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join(name)
}

/// Runs the program with nothing of our own environment but the path, from a folder that is not ours.
fn fieldgloss(args: &[&str]) -> Output {
    offline(PROGRAM, args)
}

/// Whether this machine lets us cut the network off for a process.
fn can_cut_network() -> bool {
    static CAN: OnceLock<bool> = OnceLock::new();
    *CAN.get_or_init(|| {
        let can = Command::new("unshare").args(["-rn", "true"]).status().is_ok_and(|s| s.success());
        if !can {
            eprintln!("NOT PROVEN: the network could not be cut off on this machine (unshare -rn)");
        }
        can
    })
}

fn offline(program: &str, args: &[&str]) -> Output {
    let mut command = if can_cut_network() {
        let mut command = Command::new("unshare");
        command.args(["-rn", program]);
        command
    } else {
        Command::new(program)
    };
    command.args(args).current_dir("/").env_remove("LD_LIBRARY_PATH").env_remove("LIBTORCH");
    command.output().expect("the program starts")
}

fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn succeeds(args: &[&str]) -> String {
    let output = fieldgloss(args);
    assert!(output.status.success(), "fieldgloss {args:?} failed:\n{}", words(&output));
    words(&output)
}

/// It fails with status 1 and one message that holds every one of these, and never a panic.
fn fails(args: &[&str], saying: &[&str]) -> String {
    let output = fieldgloss(args);
    let said = words(&output);
    assert_eq!(output.status.code(), Some(1), "fieldgloss {args:?} should fail:\n{said}");
    assert!(!said.contains("panicked"), "a panic: {said}");
    for word in saying {
        assert!(said.to_lowercase().contains(&word.to_lowercase()), "‘{word}’ is not in: {said}");
    }
    said
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

/// The sample project, made once by `demo --headless`.
fn demo() -> &'static Path {
    static DEMO: OnceLock<(TempDir, String)> = OnceLock::new();
    let (folder, _) = DEMO.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let said = succeeds(&["demo", text(folder.path()), "--headless"]);
        for expected in
            ["glossed and approved", "1 face, 1 body followed", "accepted", "Sample.ttl", "the project is whole"]
        {
            assert!(said.contains(expected), "‘{expected}’ is not in:\n{said}");
        }
        (folder, said)
    });
    folder.path()
}

#[test]
fn the_demo_runs_to_the_end_without_a_network() {
    let folder = demo();
    for file in ["Sample.fieldgloss/project.db", "Sample.ttl", "Sample.json", "Talking astronaut.eaf"] {
        assert!(folder.join(file).exists(), "{file} was not written");
    }
    let found = succeeds(&["search", text(&folder.join("Sample.fieldgloss")), "kaikuxi"]);
    assert!(found.contains("lexeme") && found.contains("word"), "{found}");
    let problems = succeeds(&["check", text(&folder.join("Sample.fieldgloss"))]);
    assert!(problems.contains("whole"), "{problems}");
}

#[test]
fn an_accepted_tag_is_an_annotation_and_the_proposal_is_kept_beside_it() {
    let json: serde_json::Value =
        serde_json::from_slice(&fs::read(demo().join("Sample.json")).expect("written")).expect("JSON");
    let text = json.to_string();
    assert!(text.contains("resembling happiness"), "no accepted tag among the annotations");
    let all = text.matches("\"status\":\"accepted\"").count();
    assert!(all >= 1, "the decision is not on the proposal");
    assert!(text.contains("\"sha256\""), "the run does not say which weights it used");
}

#[test]
fn linked_data_of_the_sample_passes_its_referees() {
    let turtle = demo().join("Sample.ttl");
    let Some(referees) = std::env::var_os("FIELDGLOSS_REFEREES") else {
        eprintln!("NOT PROVEN: FIELDGLOSS_REFEREES is not set; run the tests by ‘cargo xtask test’");
        return;
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(Path::new(&referees).join("bin/python"))
        .arg(root.join("packaging/referees/check_turtle.py"))
        .arg(&turtle)
        .arg(asset("shapes/ontolex-shapes.ttl"))
        .arg(root.join("assets/queries"))
        .arg("--require-rows")
        .output()
        .expect("the referee starts");
    assert!(output.status.success(), "{}", words(&output));
}

#[test]
fn everything_comes_back_from_our_own_json() {
    let folder = tempfile::tempdir().expect("a folder");
    let project = folder.path().join("Again");
    succeeds(&["new", text(&project), "--language", "apy"]);
    succeeds(&["import", text(&project), text(&demo().join("Sample.json"))]);
    let again = folder.path().join("again.json");
    succeeds(&["export", text(&project), "--format", "json", "--out", text(&again)]);
    let list = |path: &Path, kind: &str| -> serde_json::Value {
        let json: serde_json::Value = serde_json::from_slice(&fs::read(path).expect("written")).expect("JSON");
        let found = json.get(kind).or_else(|| json.get("bundle").and_then(|b| b.get(kind))).cloned();
        found.unwrap_or_else(|| panic!("no {kind} in {}", path.display()))
    };
    for kind in ["sessions", "tiers", "annotations", "words", "morphs", "lexemes", "senses", "examples", "tags"] {
        let (before, after) = (list(&demo().join("Sample.json"), kind), list(&again, kind));
        let sorted = |value: serde_json::Value| {
            let mut all: Vec<String> = value.as_array().expect("a list").iter().map(ToString::to_string).collect();
            all.sort();
            all
        };
        assert_eq!(sorted(before), sorted(after), "{kind} differ");
    }
}

#[test]
fn the_window_program_does_not_carry_libtorch() {
    let output = Command::new("ldd").arg(PROGRAM).output().expect("ldd");
    let linked = words(&output);
    assert!(linked.contains("libc.so"), "{linked}");
    assert!(!linked.contains("torch"), "{linked}");
}

#[test]
fn a_truncated_video_says_what_is_wrong_and_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let project = folder.path().join("P");
    succeeds(&["new", text(&project), "--language", "qaa"]);
    let whole = fs::read(asset("sample/astronaut-talks.mp4")).expect("the sample video");
    let cut = folder.path().join("cut.mp4");
    fs::write(&cut, &whole[..600]).expect("written");
    fails(&["import", text(&project), text(&cut)], &["cut.mp4"]);
    fails(&["media", "info", text(&cut)], &["cut.mp4"]);
    fails(&["analyse", text(&cut)], &["cut.mp4"]);
    let problems = succeeds(&["check", text(&project)]);
    assert!(problems.contains("whole"), "{problems}");
}

#[test]
fn an_eaf_that_is_not_xml_is_refused_and_the_other_files_go_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let project = folder.path().join("P");
    succeeds(&["new", text(&project), "--language", "apy"]);
    let bad = folder.path().join("notes.eaf");
    fs::write(&bad, b"Dear diary, \x00\xff today I annotated nothing.").expect("written");
    let good = asset("sample/apalai.lift");
    let said = fails(&["import", text(&project), text(&bad), text(&good)], &["notes.eaf", "ELAN"]);
    assert!(said.contains("apalai.lift"), "the good file was not reported: {said}");
    let found = succeeds(&["search", text(&project), "kaikuxi"]);
    assert!(found.contains("kaikuxi"), "{found}");
}

#[test]
fn four_gigabytes_named_textgrid_are_refused_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let huge = folder.path().join("holiday.TextGrid");
    File::create(&huge).and_then(|f| f.set_len(4 << 30)).expect("a sparse file");
    let out = folder.path().join("out.eaf");
    fails(&["convert", text(&huge), text(&out)], &["holiday.TextGrid"]);
    assert!(!out.exists());
}

#[test]
fn a_model_whose_checksum_is_off_is_refused_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let models = folder.path().join("models");
    for entry in fs::read_dir(asset("models")).expect("the pack").flatten() {
        let to = models.join(entry.file_name());
        fs::create_dir_all(&to).expect("a folder");
        for file in fs::read_dir(entry.path()).expect("a model").flatten() {
            fs::copy(file.path(), to.join(file.file_name())).expect("copied");
        }
    }
    let altered = models.join("face-mesh/model.pt");
    let mut bytes = fs::read(&altered).expect("the weights");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x40;
    fs::write(&altered, bytes).expect("written");
    let run = |args: &[&str]| {
        Command::new(PROGRAM).args(args).env("FIELDGLOSS_ASSETS", folder.path()).output().expect("the program starts")
    };
    let output = run(&["models", "verify"]);
    let said = words(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("face-mesh") && said.contains("1 of"), "{said}");
    let output = run(&["analyse", text(&asset("sample/astronaut-talks.mp4"))]);
    let said = words(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("face-mesh") && !said.contains("panicked"), "{said}");
}

#[test]
fn wrong_usage_is_status_2() {
    for args in [
        &["convert", "only-one"][..],
        &["export", "x", "--format", "morse", "--out", "y"],
        &["analyse", "x", "--fps", "0"],
        &["new", "/tmp/never-made", "--language", "not a code"],
    ] {
        let output = fieldgloss(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", words(&output));
    }
    assert!(!Path::new("/tmp/never-made.fieldgloss").exists());
}
