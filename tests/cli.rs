//! The command line: what it prints, what it makes, how it ends.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }
    /// A place with a project `p` in it.
    fn with_project() -> Self {
        let place = Self::new();
        let made = place.run(&["new", "p", "--language", "apy", "--name", "Apalaí"]);
        assert_eq!(made.status.code(), Some(0), "{}", err(&made));
        place
    }
    fn run(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_fieldgloss"))
            .args(args)
            .current_dir(self.dir.path())
            .env("USER", "tester")
            .output()
            .unwrap()
    }
    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
    /// Runs a verb that must end well and print JSON.
    fn json(&self, args: &[&str]) -> Value {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", err(&output));
        serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{args:?}: {e}: {}", out(&output)))
    }
    /// Runs a verb that must fail with a status and one message.
    fn fails(&self, status: i32, args: &[&str]) -> String {
        let output = self.run(args);
        let message = err(&output);
        assert_eq!(output.status.code(), Some(status), "{args:?}: {message}");
        assert!(!message.contains("panicked"), "{message}");
        message
    }
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}
fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn new_makes_a_project_once() {
    let place = Place::with_project();
    assert!(place.path("p.fieldgloss/project.db").is_file());
    let again = place.fails(1, &["new", "p", "--language", "apy"]);
    assert!(again.contains("already there"), "{again}");
    let checked = place.run(&["check", "p"]);
    assert_eq!((checked.status.code(), out(&checked).trim()), (Some(0), "The project is whole."));
}

#[test]
fn wrong_usage_ends_with_2_and_makes_nothing() {
    let place = Place::with_project();
    for args in [
        &["new", "q"][..],
        &["new", "q", "--language", "Apalaí"],
        &["new", "q", "--language", "apy", "--analysis-language", "!"],
        &["--frobnicate"],
        &["import", "p"],
        &["import", "p", "x.eaf", "--format", "no-such-format"],
        &["search", "p"],
        &["export", "p"],
        &["export", "p", "--format", "eaf", "--out", "x.eaf", "--session", "no such session"],
        &["convert", "in.eaf", "out.unknown"],
        &["check"],
    ] {
        let message = place.fails(2, args);
        assert!(!message.trim().is_empty(), "{args:?}");
    }
    assert!(!place.path("q.fieldgloss").exists());
    assert!(!place.path("x.eaf").exists());
}

#[test]
fn what_fails_ends_with_1_and_says_why() {
    let place = Place::with_project();
    std::fs::write(place.path("what.xyz"), "nothing known").unwrap();
    for args in [
        &["check", "nowhere"][..],
        &["search", "nowhere", "x"],
        &["backup", "nowhere"],
        &["restore", "no-backup.db", "q"],
        &["import", "p", "missing.eaf"],
        &["import", "p", "what.xyz"],
        &["export", "nowhere", "--format", "json", "--out", "x.json"],
    ] {
        let message = place.fails(1, args);
        assert!(message.starts_with("fieldgloss: "), "{args:?}: {message}");
    }
    assert!(!place.path("q.fieldgloss").exists());
    assert!(!place.path("x.json").exists());
    let whole = place.run(&["check", "p"]);
    assert_eq!(whole.status.code(), Some(0));
}

#[test]
fn search_prints_hits_for_people_and_programs() {
    let place = Place::with_project();
    {
        let (mut store, _) = fieldgloss::store::Store::open(&place.path("p")).unwrap();
        fieldgloss::app::edit::lexicon::add(&mut store, "apy", "t͡ʃa˥˩", fieldgloss::domain::MorphKind::Stem).unwrap();
    }
    let hits = place.json(&["search", "p", "t͡ʃa", "--json"]);
    assert_eq!((hits[0]["kind"].as_str(), hits[0]["text"].as_str()), (Some("lexeme"), Some("t͡ʃa˥˩")));
    assert!(hits[0]["record"].as_str().is_some_and(|id| id.len() == 36));
    let found = place.run(&["search", "p", "t͡ʃa"]);
    assert!(out(&found).contains("t͡ʃa˥˩") && out(&found).starts_with("lexeme"));
    let none = place.run(&["search", "p", "no-such-thing"]);
    assert_eq!((none.status.code(), out(&none).as_str()), (Some(0), ""));
    assert!(err(&none).contains("Nothing found"));
    assert_eq!(place.json(&["search", "p", "no-such-thing", "--json"]), serde_json::json!([]));
    assert_eq!(place.json(&["search", "p", "\"(", "--json"]), serde_json::json!([]));
}

#[test]
fn check_finds_a_recording_that_is_gone() {
    let place = Place::with_project();
    std::fs::write(place.path("a.wav"), b"sound").unwrap();
    {
        use fieldgloss::app::edit::project;
        let (mut store, _) = fieldgloss::store::Store::open(&place.path("p")).unwrap();
        let session = project::add_session(&mut store, "one").unwrap().value;
        let storage = fieldgloss::domain::MediaStorage::Linked;
        project::add_media(&mut store, session, &place.path("a.wav"), storage, Default::default()).unwrap();
    }
    assert_eq!(place.json(&["check", "p", "--json"]), serde_json::json!([]));
    std::fs::remove_file(place.path("a.wav")).unwrap();
    let gone = place.run(&["check", "p", "--json"]);
    assert_eq!(gone.status.code(), Some(1));
    let problems: Value = serde_json::from_slice(&gone.stdout).unwrap();
    assert_eq!(problems[0]["kind"], "missing_media");
    assert!(err(&gone).contains("1 problem found"));
}

#[test]
fn backup_and_restore() {
    let place = Place::with_project();
    let made = place.json(&["backup", "p", "--json"]);
    let path = PathBuf::from(made["path"].as_str().unwrap());
    let path = if path.is_absolute() { path } else { place.dir.path().join(path) };
    assert_eq!(std::fs::metadata(&path).unwrap().len(), made["bytes"].as_u64().unwrap());
    let restored = place.run(&["restore", path.to_str().unwrap(), "copy"]);
    assert_eq!(restored.status.code(), Some(0), "{}", err(&restored));
    assert_eq!(place.run(&["check", "copy"]).status.code(), Some(0));
    let back = place.run(&["restore", path.to_str().unwrap(), "p"]);
    assert_eq!(back.status.code(), Some(0), "{}", err(&back));
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[4096..].fill(7);
    std::fs::write(place.path("bad.db"), bytes).unwrap();
    let refused = place.fails(1, &["restore", "bad.db", "p"]);
    assert!(refused.contains("damaged"), "{refused}");
    assert_eq!(place.run(&["check", "p"]).status.code(), Some(0));
}

#[test]
fn a_damaged_project_names_its_backup() {
    let place = Place::with_project();
    place.json(&["backup", "p", "--json"]);
    let database = place.path("p.fieldgloss/project.db");
    let mut bytes = std::fs::read(&database).unwrap();
    bytes[4096..].fill(7);
    std::fs::write(&database, &bytes).unwrap();
    let message = place.fails(1, &["check", "p"]);
    assert!(
        message.contains("damaged") && message.contains("asked.db") && message.contains("was not changed"),
        "{message}"
    );
    assert_eq!(std::fs::read(&database).unwrap(), bytes);
}

#[test]
fn a_project_open_elsewhere_is_not_touched() {
    let place = Place::with_project();
    let _held = fieldgloss::store::Store::open(&place.path("p")).unwrap();
    let message = place.fails(1, &["check", "p"]);
    assert!(message.contains("is open in another Fieldgloss"), "{message}");
}

#[test]
fn a_text_goes_in_and_comes_out() {
    let eaf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats");
    // Whatever text stands among the formats' own examples; nothing to try while there is none.
    let Some(file) = std::fs::read_dir(&eaf)
        .into_iter()
        .flatten()
        .flatten()
        .map(|e| e.path())
        .find(|p| p.extension().is_some_and(|e| e == "eaf"))
    else {
        return;
    };
    let place = Place::with_project();
    let report = place.json(&["import", "p", file.to_str().unwrap(), "--json"]);
    assert!(report["report"]["items"].as_array().is_some_and(|items| !items.is_empty()));
    let report = place.json(&["export", "p", "--format", "json", "--out", "all.json", "--json"]);
    assert_eq!(report["lossless"], true);
    assert!(place.path("all.json").is_file());
}

#[test]
fn a_preview_writes_nothing_and_says_what_would_change() {
    let place = Place::with_project();
    std::fs::write(place.path("a.csv"), "headword,gloss\nnak,dog\n").unwrap();
    let preview = place.json(&["import", "p", "a.csv", "--preview", "--json"]);
    assert_eq!(preview["merge"]["counts"]["entries"]["new"], 1, "{preview}");
    assert_eq!(place.json(&["search", "p", "dog", "--json"]), Value::Array(Vec::new()));
    place.json(&["import", "p", "a.csv", "--json"]);
    assert_eq!(place.json(&["import", "p", "a.csv", "--json"])["merge"]["nothing"], true);
    // Another file says something else: a conflict, decided on the command line.
    std::fs::write(place.path("b.csv"), "headword,gloss\nnak,wolf\nmame,then\n").unwrap();
    let told = out(&place.run(&["import", "p", "b.csv", "--preview"]));
    assert!(told.contains("in conflict, the project's stays:"), "{told}");
    assert!(told.contains("project: dog") && told.contains("file:    wolf"), "{told}");
    let kept = place.json(&["import", "p", "b.csv", "--json"]);
    assert_eq!(kept["merge"]["conflicts"][0]["file"], "wolf", "{kept}");
    assert_eq!(place.json(&["search", "p", "wolf", "--json"]), Value::Array(Vec::new()));
    for policy in ["keep", "fill"] {
        let output = place.json(&["import", "p", "b.csv", "--on-conflict", policy, "--json"]);
        assert_eq!(output["merge"]["nothing"], true, "{policy}: {output}");
    }
    place.json(&["import", "p", "b.csv", "--on-conflict", "take", "--json"]);
    assert_eq!(place.json(&["search", "p", "wolf", "--json"]).as_array().map(Vec::len), Some(1));
    place.fails(2, &["import", "p", "b.csv", "--on-conflict", "perhaps"]);
}

#[test]
fn an_export_can_be_looked_at_before_it_is_written() {
    let place = Place::with_project();
    std::fs::write(place.path("a.csv"), "headword,gloss\nnak,dog\n").unwrap();
    place.json(&["import", "p", "a.csv", "--json"]);
    let report = place.json(&["export", "p", "--format", "lift", "--preview", "--json"]);
    assert!(report["report"]["items"].as_array().is_some_and(|items| !items.is_empty()), "{report}");
    place.json(&["export", "p", "--format", "lift", "--out", "x.lift", "--preview", "--json"]);
    assert!(!place.path("x.lift").exists());
    place.fails(2, &["export", "p", "--format", "lift"]);
}

#[test]
fn linked_data_is_asked_and_held_against_shapes() {
    let place = Place::with_project();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sample");
    let flextext = sample.join("apalai.flextext").display().to_string();
    let imported = place.run(&["import", "p.fieldgloss", &flextext]);
    assert_eq!(imported.status.code(), Some(0), "{}", err(&imported));

    // One that comes with the program, by name; one from a file; one typed in.
    let glosses = place.run(&["query", "p.fieldgloss", "glosses", "--csv"]);
    assert!(out(&glosses).starts_with("gloss,n"), "{}", out(&glosses));
    std::fs::write(place.path("q.rq"), "SELECT (COUNT(?w) AS ?n) WHERE { ?w a ligt:Word }").unwrap();
    let answer = place.json(&["query", "p.fieldgloss", "q.rq", "--json"]);
    let count: usize = answer["results"]["bindings"][0]["n"]["value"].as_str().unwrap().parse().unwrap();
    assert!(count > 100);
    assert_eq!(out(&place.run(&["query", "p.fieldgloss", "q.rq"])), format!("n\n{count}\n"));
    std::fs::write(place.path("bad.rq"), "SELECT ?w WHERE { ?w a").unwrap();
    assert!(place.fails(1, &["query", "p.fieldgloss", "bad.rq"]).contains("not a SPARQL query"));
    assert!(place.fails(1, &["query", "p.fieldgloss", "none.rq"]).contains("none.rq"));

    let checked = place.run(&["check", "p.fieldgloss", "--shapes"]);
    assert_eq!(checked.status.code(), Some(0), "{}", err(&checked));
    assert!(out(&checked).contains("Valid: 0 violations"), "{}", out(&checked));
    let exported = place.run(&["export", "p.fieldgloss", "--format", "turtle", "--out", "p.ttl"]);
    assert_eq!(exported.status.code(), Some(0), "{}", err(&exported));
    assert_eq!(place.json(&["rdf", "validate", "p.ttl", "--json"])["valid"], true);
    let turtle = std::fs::read_to_string(place.path("p.ttl")).unwrap();
    std::fs::write(place.path("bad.ttl"), turtle.replace("dct:isPartOf", "dct:requires")).unwrap();
    let message = place.fails(1, &["rdf", "validate", "bad.ttl"]);
    assert!(message.contains("violations of the shapes"), "{message}");
    std::fs::write(place.path("none.ttl"), "\"water\"@en a <http://x/y> .").unwrap();
    assert!(place.fails(1, &["rdf", "validate", "none.ttl"]).contains("Turtle"));
    std::fs::write(
        place.path("own.ttl"),
        "@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:s> a sh:NodeShape ; sh:targetClass <http://x/C> ; sh:closed true .",
    )
    .unwrap();
    assert!(place.fails(1, &["rdf", "validate", "p.ttl", "--shapes", "own.ttl"]).contains("sh:closed"));
    // And back in, under the same ids.
    let made = place.run(&["new", "q", "--language", "apy"]);
    assert_eq!(made.status.code(), Some(0), "{}", err(&made));
    let imported = place.run(&["import", "q.fieldgloss", "p.ttl"]);
    assert_eq!(imported.status.code(), Some(0), "{}", err(&imported));
    assert_eq!(out(&place.run(&["query", "q.fieldgloss", "q.rq"])), format!("n\n{count}\n"));
}
