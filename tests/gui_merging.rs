//! A file into a project that has some of it, through the real window: what is told, what is asked, what is done.
//!
//! Pictures go to the folder named by `FIELDGLOSS_SHOTS`, or to the target folder's `shots`.
#![cfg(feature = "window")]

mod common;

use std::path::{Path, PathBuf};

use common::{Driven, shoot, until};
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use fieldgloss::app::edit::annotations;
use fieldgloss::app::edit::project::{self, NewProject};
use fieldgloss::app::transfer;
use fieldgloss::app::window::WindowOptions;
use fieldgloss::domain::{Annotation, Bundle};
use fieldgloss::formats::ImportOptions;
use fieldgloss::store::{Scope, Store};
use fieldgloss::ui::{Command, Place};

const WIDE: (f32, f32) = (1440.0, 900.0);
const SMALL: (f32, f32) = (1280.0, 720.0);

fn asset(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sample").join(name)
}

fn window(project: PathBuf, size: (f32, f32)) -> Driven {
    let options = WindowOptions { project: Some(project), place: Some(Place::Sessions), ..WindowOptions::default() };
    common::window(options, size)
}

fn perform(harness: &mut Driven, command: Command) {
    let ctx = harness.ctx.clone();
    harness.state_mut().perform(&ctx, command);
    harness.run_steps(3);
}

fn press(harness: &mut Driven, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run_steps(3);
}

fn shows(harness: &Driven, words: &str) -> bool {
    harness.query_all_by_label_contains(words).next().is_some()
}

/// A project with Mary's words, three of them changed by hand; and a later version of the file that changed the same
/// three and two more.
fn mary(folder: &Path) -> (PathBuf, PathBuf) {
    let path = folder.join("Mary.fieldgloss");
    let new = NewProject { name: "Mary".into(), object_language: "en".into(), ..NewProject::default() };
    let mut store = project::create(&path, &new).expect("a project");
    transfer::import_file(&mut store, &asset("mary.TextGrid"), None, ImportOptions::default()).expect("an import");
    for value in ["rolled", "barrel", "mary"] {
        let id = id_of(&store, value);
        annotations::set_value(&mut store, id, &format!("{value}!")).expect("an edit");
    }
    let mut text = std::fs::read_to_string(asset("mary.TextGrid")).expect("the sample");
    for (from, to) in [("rolled", "rolls"), ("barrel", "barrels"), ("mary", "Mary"), ("120", "121"), ("the", "a")] {
        text = text.replacen(&format!("\"{from}\""), &format!("\"{to}\""), 1);
    }
    let file = folder.join("mary.TextGrid");
    std::fs::write(&file, text).expect("a file");
    (path, file)
}

fn id_of(store: &Store, value: &str) -> fieldgloss::domain::AnnotationId {
    let all: Vec<Annotation> = store.read().all().expect("annotations");
    all.iter().find(|a| a.value == value).unwrap_or_else(|| panic!("no {value}")).id
}

fn all(harness: &Driven) -> Bundle {
    harness.state().core().expect("open").store.read().bundle(Scope::Whole).expect("everything")
}

fn values(harness: &Driven) -> Vec<String> {
    all(harness).annotations.into_iter().map(|a| a.value).collect()
}

#[test]
fn what_both_changed_is_asked_and_chosen_by_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let (project, file) = mary(folder.path());
    let mut harness = window(project, WIDE);
    let before = all(&harness);
    perform(&mut harness, Command::Import(vec![file.clone()]));
    until(&mut harness, "the question", |h| shows(h, "Import mary.TextGrid"));
    assert!(shows(&harness, "5 differences"));
    assert!(shows(&harness, "project rolled!, file rolls, kept"), "a conflict keeps the project's");
    assert!(shows(&harness, "project 120, file 121, taken"), "what nobody edited takes the file's");
    shoot(&mut harness, "merge-dark");
    // Escape leaves the project as it was.
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(!shows(&harness, "5 differences"));
    assert!(all(&harness) == before);
    perform(&mut harness, Command::ToggleTheme);
    perform(&mut harness, Command::Import(vec![file]));
    until(&mut harness, "the question", |h| shows(h, "Import mary.TextGrid"));
    // The second of the list: taken. The others: kept.
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    press(&mut harness, Modifiers::NONE, Key::T);
    assert_eq!(harness.query_all_by_label_contains(", taken").count(), 3, "one conflict and two that are newer");
    shoot(&mut harness, "merge-light");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    until(&mut harness, "the report", |h| shows(h, "What became of"));
    shoot(&mut harness, "merge-report");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    let values = values(&harness);
    let has = |value: &str| values.iter().any(|v| v == value);
    assert!(has("121") && has("a"), "{values:?}");
    assert_eq!(["rolls", "barrels", "Mary"].iter().filter(|v| has(v)).count(), 1, "{values:?}");
    assert_eq!(["rolled!", "barrel!", "mary!"].iter().filter(|v| has(v)).count(), 2, "{values:?}");
    // One step: one Undo takes all of it back.
    perform(&mut harness, Command::Undo);
    assert!(all(&harness) == before);
}

#[test]
fn all_conflicts_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let (project, file) = mary(folder.path());
    let mut harness = window(project, SMALL);
    perform(&mut harness, Command::Import(vec![file]));
    until(&mut harness, "the question", |h| shows(h, "Import mary.TextGrid"));
    press(&mut harness, Modifiers::SHIFT, Key::T);
    shoot(&mut harness, "merge-small-dark");
    harness.get_by_label("Import").click();
    harness.run_steps(2);
    until(&mut harness, "the report", |h| shows(h, "What became of"));
    let values = values(&harness);
    for value in ["rolls", "barrels", "Mary", "121", "a"] {
        assert!(values.iter().any(|v| v == value), "{value}: {values:?}");
    }
}

#[test]
fn what_is_new_goes_in_and_what_is_there_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let (project, _) = mary(folder.path());
    let mut harness = window(project, WIDE);
    perform(&mut harness, Command::Import(vec![asset("bobby.TextGrid")]));
    until(&mut harness, "the report", |h| shows(h, "What became of"));
    press(&mut harness, Modifiers::NONE, Key::Escape);
    let before = all(&harness);
    let undo = harness.state().core().expect("open").undo.clone();
    perform(&mut harness, Command::Import(vec![asset("bobby.TextGrid")]));
    until(&mut harness, "the message", |h| shows(h, "everything in it is in the project already"));
    assert!(!shows(&harness, "What became of"));
    assert!(all(&harness) == before);
    assert_eq!(harness.state().core().expect("open").undo, undo);
    shoot(&mut harness, "merge-nothing");
}

#[test]
fn what_was_deleted_here_is_told_and_comes_back_by_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let (project, _) = mary(folder.path());
    let file = asset("mary.TextGrid");
    {
        let (mut store, _) = Store::open(&project).expect("the project");
        let line = id_of(&store, "the");
        annotations::delete(&mut store, line).expect("deleted");
    }
    let mut harness = window(project, SMALL);
    perform(&mut harness, Command::Import(vec![file]));
    until(&mut harness, "the question", |h| shows(h, "Import mary.TextGrid"));
    assert!(shows(&harness, "deleted here"));
    shoot(&mut harness, "merge-deleted-small-dark");
    // It stands before what was changed here, and stays away unless somebody wants it back.
    assert_eq!(harness.query_all_by_label_contains("the whole record: project nothing, file the, kept").count(), 1);
    press(&mut harness, Modifiers::NONE, Key::Home);
    press(&mut harness, Modifiers::NONE, Key::T);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    until(&mut harness, "the report", |h| shows(h, "What became of"));
    assert!(values(&harness).iter().any(|value| value == "the"));
}
