//! Models of one's own from the command line: added, listed, checked, laid aside and brought back.
#![cfg(feature = "media")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }
    /// Runs the program with a folder of models of its own, and nobody at the keys.
    fn fieldgloss(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fieldgloss"));
        command.args(arguments).env("FIELDGLOSS_MODELS", self.0.path().join("models"));
        command.stdin(std::process::Stdio::null()).output().expect("the program starts")
    }
    fn done(&self, arguments: &[&str]) -> String {
        let out = self.fieldgloss(arguments);
        assert!(out.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8_lossy(&out.stdout).into_owned()
    }
    fn refused(&self, arguments: &[&str], status: i32) -> String {
        let out = self.fieldgloss(arguments);
        assert_eq!(out.status.code(), Some(status), "{arguments:?}");
        String::from_utf8_lossy(&out.stderr).into_owned()
    }
}

fn sources(name: &str) -> String {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    path.display().to_string()
}

#[test]
fn a_model_is_added_listed_checked_laid_aside_and_brought_back() {
    let desk = Desk::new();
    let checkpoint = sources("src/worker/tests/data/checkpoints/wav2small.pth");
    let asked = desk.refused(&["models", "add", &checkpoint], 2);
    assert!(asked.contains("--licence"), "{asked}");
    let wrong = desk.refused(&["models", "add", &checkpoint, "--licence", "MIT", "--name", "../evil"], 1);
    assert!(wrong.contains("cannot be a name"), "{wrong}");
    let bundled = desk.refused(&["models", "add", &checkpoint, "--licence", "MIT", "--name", "phones"], 1);
    assert!(bundled.contains("comes with Fieldgloss"), "{bundled}");
    let added = desk.done(&["models", "add", &checkpoint, "--licence", "research only", "--name", "mood"]);
    assert!(added.contains("every one in its place") && added.contains("“mood”"), "{added}");
    desk.done(&["models", "add", &sources("tests/data/models/text")]);

    let listed = desk.done(&["models", "list"]);
    assert!(listed.contains("face-mesh") && listed.contains("mood") && listed.contains("question-or-not"), "{listed}");
    let listed: Value = serde_json::from_str(&desk.done(&["models", "list", "--json"])).expect("JSON");
    let own: Vec<&str> = listed
        .as_array()
        .expect("a list")
        .iter()
        .filter(|card| card["own"] == true)
        .filter_map(|c| c["name"].as_str())
        .collect();
    assert_eq!(own, ["mood", "question-or-not"]);

    desk.done(&["models", "remove", "mood"]);
    assert!(!desk.done(&["models", "list"]).contains("mood"));
    desk.refused(&["models", "remove", "mood"], 1);
    desk.done(&["models", "restore", "mood"]);

    let checks: Value = serde_json::from_str(&desk.done(&["models", "verify", "--json"])).expect("JSON");
    let of = |checks: &Value, name: &str| {
        checks.as_array().expect("a list").iter().find(|check| check["name"] == name).expect("its check").clone()
    };
    assert_eq!(of(&checks, "mood")["ok"], true);
    // A file that was changed is told, and the status says so.
    let file = desk.0.path().join("models/mood/wav2small.pth");
    let mut bytes = std::fs::read(&file).expect("the file");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).expect("written");
    let told = desk.fieldgloss(&["models", "verify"]);
    assert_eq!(told.status.code(), Some(1));
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(told.lines().any(|line| line.starts_with("mood") && !line.contains("as its card says")), "{told}");
}

#[test]
fn a_printed_card_is_one_to_start_from() {
    let desk = Desk::new();
    for kind in ["image", "audio", "text"] {
        let card = desk.done(&["models", "card", kind]);
        assert!(fieldgloss::analysis::models::ModelCard::parse(&card).is_ok(), "{card}");
    }
    desk.refused(&["models", "card", "smell"], 2);
}

#[cfg(unix)]
#[test]
fn a_worker_of_another_version_is_told_plainly() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    for (protocol, age) in [(1, "older"), (1000, "newer")] {
        let worker = desk.0.path().join(format!("{age}.sh"));
        let hello = format!("{{\"answer\":\"hello\",\"protocol\":{protocol},\"version\":\"0.0.7\"}}");
        std::fs::write(&worker, format!("#!/bin/sh\necho '{hello}'\ncat > /dev/null\n")).expect("a program");
        std::fs::set_permissions(&worker, std::fs::Permissions::from_mode(0o755)).expect("it may run");
        let mut command = Command::new(env!("CARGO_BIN_EXE_fieldgloss"));
        let out = command
            .args(["models", "parity", "wav2small"])
            .env("FIELDGLOSS_WORKER", &worker)
            .output()
            .expect("it runs");
        let said = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(1), "{said}");
        assert!(said.contains(&format!("The analysis program is {age} than Fieldgloss itself")), "{said}");
        assert!(said.contains("version 0.0.7") && said.contains("Reinstall Fieldgloss"), "{said}");
    }
}

#[test]
fn training_without_a_pass_or_a_thread_is_refused() {
    let desk = Desk::new();
    for (flag, value) in [("--epochs", "0"), ("--threads", "0"), ("--epochs", "99999999999999999999")] {
        let train = ["models", "train", "nowhere", "--tier", "t", "--what", "sound", "--out", "x", flag, value];
        assert!(desk.refused(&train, 2).contains(flag), "{flag} {value}");
    }
}

#[test]
fn what_merging_tokens_costs_is_said() {
    let desk = Desk::new();
    let whole = desk.done(&["models", "parity", "cct_7_3x1_32"]);
    let merged = desk.done(&["models", "parity", "cct_7_3x1_32", "--merge", "32"]);
    let off = |said: &str| -> f64 {
        let line = said.lines().find(|line| line.contains("from the official code")).expect("a distance");
        line.split_whitespace().next().and_then(|number| number.parse().ok()).expect("a number")
    };
    assert!(off(&whole) < 1e-4 && off(&merged) > 1e-3 && off(&merged) < 0.5, "{whole}\n{merged}");
    let none = desk.refused(&["models", "parity", "mixste", "--merge", "2"], 2);
    assert!(none.contains("the others none"), "{none}");
    let checkpoint = sources("src/worker/tests/data/checkpoints/wav2small.pth");
    let refused = desk.refused(&["models", "add", &checkpoint, "--licence", "MIT", "--merge", "3"], 1);
    assert!(refused.contains("tokens to merge"), "{refused}");
}
