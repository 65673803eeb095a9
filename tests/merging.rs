//! Importing into a project that has some of it already: nothing doubles, nothing that people did is lost, and the
//! same file again changes nothing.

use std::path::{Path, PathBuf};
use std::time::Instant;

use fieldgloss::app::edit::project::{self, NewProject};
use fieldgloss::app::edit::{annotations, lexicon, words};
use fieldgloss::app::merge::{Choices, Kind, Plan, Policy, Reason};
use fieldgloss::app::transfer::{self, Incoming, Taken};
use fieldgloss::domain::*;
use fieldgloss::formats::{self, Format, ImportOptions, Imported};
use fieldgloss::store::{Scope, Store};

fn empty(folder: &Path) -> Store {
    let new = NewProject { name: "New".into(), object_language: "apy".into(), ..NewProject::default() };
    project::create(&folder.join("New.fieldgloss"), &new).unwrap()
}

/// A new project in a folder of its own.
fn new() -> (Store, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (empty(folder.path()), folder)
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn incoming(store: &Store, path: &Path) -> Incoming {
    transfer::read_for(store, path, None, ImportOptions::default()).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn take(store: &mut Store, path: &Path) -> Taken {
    take_as(store, path, Policy::default())
}

fn take_as(store: &mut Store, path: &Path, policy: Policy) -> Taken {
    let incoming = incoming(store, path);
    transfer::take_in_as(store, &incoming, &Choices { policy, ..Choices::default() }).unwrap()
}

fn all(store: &Store) -> Bundle {
    store.read().bundle(Scope::Whole).unwrap()
}

fn new_of(plan: &Plan, kind: Kind) -> usize {
    plan.counts.get(&kind).map_or(0, |counts| counts.new)
}

/// What a plan brings, by kind: new and changed.
fn brings(plan: &Plan) -> Vec<(Kind, usize, usize)> {
    plan.counts.iter().filter(|(_, c)| c.new + c.changed > 0).map(|(kind, c)| (*kind, c.new, c.changed)).collect()
}

/// Every sample in a format that is read.
fn samples() -> Vec<PathBuf> {
    let mut samples = Vec::new();
    for folder in ["tests/data", "tests/data/eaf", "tests/data/textgrid", "assets/sample"] {
        for entry in std::fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
            let is_sample = ["eaf", "textgrid", "flextext", "lift", "sfm", "tbt", "txt"].contains(&extension.as_str());
            if is_sample && Format::guess(&path).is_ok() {
                // The two large dictionaries have a test of their own.
                if !["teanu_db.sfm", "daakaka_db.sfm", "pympi_sample_3.0.eaf"].contains(&name.as_str()) {
                    samples.push(path);
                }
            }
        }
    }
    samples.sort();
    samples
}

/// Imports a file twice; the second time nothing may happen.
fn twice(store: &mut Store, path: &Path) {
    let first = take(store, path);
    let before = all(store);
    let undo = store.undo_state().unwrap();
    let second = take(store, path);
    let name = path.display();
    assert!(second.plan.is_nothing(), "{name}: {}\n{:#?}", second.report, second.plan.differences.iter().take(5).collect::<Vec<_>>());
    assert!(second.changed.is_empty(), "{name}: {:?}", second.changed.tables);
    assert!(second.plan.differences.is_empty(), "{name}: {:#?}", second.plan.differences);
    assert_eq!(second.plan.held_back, 0, "{name}");
    assert!(second.plan.counts.values().all(|c| c.missing == 0 || !first.plan.is_nothing()), "{name}: {:?}", second.plan.counts);
    assert!(all(store) == before, "{name}");
    assert_eq!(store.undo_state().unwrap(), undo, "{name}");
    assert!(second.report.to_string().contains("there already"), "{name}: {}", second.report);
}

#[test]
fn the_same_file_again_changes_nothing() {
    let samples = samples();
    assert!(samples.len() > 25, "{samples:?}");
    for path in samples {
        let (mut store, _folder) = new();
        twice(&mut store, &path);
    }
}

#[test]
fn nor_do_all_files_together() {
    let (mut store, _folder) = new();
    for path in samples() {
        take(&mut store, &path);
    }
    for path in samples() {
        // Some of the files speak of the same entries and texts, and what only their formats say takes turns.
        let again = take(&mut store, &path);
        assert_eq!(brings(&again.plan), [], "{}: {}\n{:#?}", path.display(), again.report, again.plan.differences);
    }
}

#[test]
fn our_own_json_and_tables_of_a_project_change_nothing_in_it() {
    let (mut store, folder) = new();
    for name in ["apalai.lift", "apalai.flextext", "mary.TextGrid"] {
        take(&mut store, &root().join("assets/sample").join(name));
    }
    for (scope, format, name) in [
        (Scope::Whole, Format::Json, "all.json"),
        (Scope::Lexicon, Format::Csv, "lexicon.csv"),
        (Scope::Session(all(&store).sessions.iter().find(|s| s.name == "mary").unwrap().id), Format::Csv, "mary.csv"),
    ] {
        let path = folder.path().join(name);
        transfer::export(&store, scope, format, &path).unwrap();
        let before = all(&store);
        let taken = take(&mut store, &path);
        assert!(taken.changed.is_empty(), "{name}: {}\n{:#?}", taken.report, taken.plan.differences);
        assert!(all(&store) == before, "{name}");
    }
    // And each on its own, twice into a new project.
    for name in ["all.json", "lexicon.csv", "mary.csv"] {
        let (mut other, _other) = new();
        twice(&mut other, &folder.path().join(name));
    }
}

/// A copy of a sample with some of its text exchanged, under the same name.
fn edited(sample: &str, folder: &Path, exchange: &[(&str, &str)]) -> PathBuf {
    let path = root().join(sample);
    let mut text = std::fs::read_to_string(&path).unwrap();
    for (from, to) in exchange {
        assert!(text.contains(from), "{sample} has no {from}");
        text = text.replacen(from, to, 1);
    }
    let copy = folder.join(path.file_name().unwrap());
    std::fs::write(&copy, text).unwrap();
    copy
}

/// A text of so many utterances, four words each, two morphs a word.
fn large(utterances: i64) -> Bundle {
    let read = fieldgloss::formats::read(
        &std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sample/apalai.flextext"),
        None,
        &Default::default(),
    )
    .unwrap();
    let mut b = Bundle { sessions: read.bundle.sessions[..1].to_vec(), ..Bundle::default() };
    let session = b.sessions[0].id;
    let tier = read.bundle.tiers.iter().find(|t| t.session == session).unwrap().clone();
    let word = read.bundle.words[0].clone();
    let morph = read.bundle.morphs[0].clone();
    for n in 0..utterances {
        let span = Span::new(Time::from_millis(n * 1000), Time::from_millis(n * 1000 + 900));
        let forms: Vec<String> = (0..4).map(|k| format!("stem{}na", (n * 7 + k * 13) % 2000)).collect();
        let annotation = Annotation::new(tier.id, Some(span), n, forms.join(" "));
        for (position, form) in (0..).zip(&forms) {
            let id = WordId::new();
            let new = Word { id, annotation: annotation.id, position, form: MultiText::of("apy", form), ..word.clone() };
            b.words.push(new);
            for (at, part) in (0..).zip([form.trim_end_matches("na"), "-na"]) {
                let form = MultiText::of("apy", part);
                b.morphs.push(Morph { id: MorphId::new(), word: id, position: at, form, lexeme: None, sense: None, ..morph.clone() });
            }
        }
        b.annotations.push(annotation);
    }
    b.tiers.push(tier);
    b
}

#[test]
#[ignore = "a measurement"]
fn speed_of_sixty_thousand_records() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = empty(folder.path());
    let imported = Imported { bundle: large(4600), report: LossReport::default() };
    let count = imported.bundle.annotations.len() + imported.bundle.words.len() + imported.bundle.morphs.len();
    let began = Instant::now();
    transfer::take_in(&mut store, &imported).unwrap();
    println!("{count} records taken in: {:.2} s", began.elapsed().as_secs_f64());
    let began = Instant::now();
    store.undo().unwrap();
    println!("undone: {:.2} s", began.elapsed().as_secs_f64());
}
