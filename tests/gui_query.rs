//! Questions in SPARQL through the window, and the verdict of the shapes before a file is written.
//!
//! Pictures go to the folder named by `FIELDGLOSS_SHOTS`, or to the target folder's `shots`.
#![cfg(feature = "window")]

mod common;

use std::path::{Path, PathBuf};

use common::{Driven, shoot, until};
use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use fieldgloss::app::command::{SearchCommand, SearchTab};
use fieldgloss::app::edit::project::{self, NewProject};
use fieldgloss::app::transfer;
use fieldgloss::app::window::WindowOptions;
use fieldgloss::domain::Morph;
use fieldgloss::formats::ImportOptions;
use fieldgloss::ui::{Command, Place};

fn window(project: PathBuf, place: Place) -> Driven {
    let options = WindowOptions { project: Some(project), place: Some(place), ..WindowOptions::default() };
    common::window(options, (1440.0, 900.0))
}

fn apalai(folder: &Path) -> PathBuf {
    let path = folder.join("Apalai.fieldgloss");
    let new = NewProject { name: "Apalai".into(), object_language: "apy".into(), ..NewProject::default() };
    let mut store = project::create(&path, &new).expect("a project");
    for file in ["apalai.flextext", "apalai.lift"] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sample").join(file);
        transfer::import_file(&mut store, &file, None, ImportOptions::default()).expect("an import");
    }
    path
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

const EDITOR: &str = "Query in SPARQL";

fn shows(harness: &Driven, words: &str) -> bool {
    harness.query_all_by_label_contains(words).next().is_some()
}

#[test]
fn a_question_is_typed_answered_and_followed() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut harness = window(apalai(folder.path()), Place::Search);
    harness.get_by_role_and_label(Role::RadioButton, "Query").click();
    harness.run_steps(3);
    let field = |harness: &Driven| harness.get_by_role_and_label(Role::MultilineTextInput, EDITOR).is_focused();
    assert!(field(&harness), "the cursor is in the editor");
    harness.get_by_role_and_label(Role::MultilineTextInput, EDITOR).type_text("ASK { ?morph a ligt:Morph");
    harness.run_steps(2);
    // Enter starts a line here, and arrows move in it.
    press(&mut harness, Modifiers::NONE, Key::Enter);
    press(&mut harness, Modifiers::NONE, Key::ArrowUp);
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    harness.get_by_role_and_label(Role::MultilineTextInput, EDITOR).type_text("}");
    harness.run_steps(2);
    press(&mut harness, Modifiers::COMMAND, Key::Enter);
    until(&mut harness, "the answer", |h| shows(h, "Yes"));
    assert_eq!(harness.state().place(), Place::Search);

    // A fault is told with its place.
    let wrong = "SELECT ?x WHERE { ?x a }".to_owned();
    perform(&mut harness, Command::Search(SearchCommand::WriteQuery(wrong)));
    press(&mut harness, Modifiers::COMMAND, Key::Enter);
    until(&mut harness, "the fault", |h| shows(h, "not a SPARQL query"));
    shoot(&mut harness, "query-fault-dark");

    // An example from the menu, answered at once; a record leads to where it stands.
    harness.get_by_label("Examples").click();
    harness.run_steps(3);
    harness.get_by_label("Each word with its morphs").click();
    harness.run_steps(3);
    until(&mut harness, "the table", |h| shows(h, "533 rows"));
    shoot(&mut harness, "query-table-dark");
    perform(&mut harness, Command::Search(SearchCommand::CopyAnswer));
    harness.run_steps(2);
    perform(&mut harness, Command::ToggleTheme);
    shoot(&mut harness, "query-table-light");
    let record = harness
        .state()
        .core()
        .expect("open")
        .store
        .read()
        .all::<Morph>()
        .expect("morphs")
        .first()
        .expect("a morph")
        .id
        .record();
    perform(&mut harness, Command::Search(SearchCommand::Open(record)));
    assert_eq!(harness.state().place(), Place::Interlinear);
    perform(&mut harness, Command::Go(Place::Search));
    assert!(shows(&harness, "533 rows"), "the answer is still there");
    perform(&mut harness, Command::Search(SearchCommand::ShowTab(SearchTab::Words)));
    assert!(harness.query_all_by_label("Search texts and lexicon").next().is_some());
}

#[test]
fn the_verdict_stands_before_the_file_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = apalai(folder.path());
    let mut harness = window(path.clone(), Place::Publish);
    until(&mut harness, "the verdict", |h| shows(h, "Valid: 0 violations of 2 shape files"));
    shoot(&mut harness, "publish-valid-dark");
    drop(harness);
    // A morph without a form.
    let mut store = fieldgloss::store::Store::open(&path).expect("the project").0;
    let mut morph = store.read().all::<Morph>().expect("morphs").remove(0);
    morph.form = Default::default();
    let edit = fieldgloss::store::Op::new(fieldgloss::store::OpKind::Import);
    store.transact(edit, |tx| tx.update(&morph)).expect("an edit");
    drop(store);
    let mut harness = window(path, Place::Publish);
    until(&mut harness, "the verdict", |h| shows(h, "Not valid: 1 violation of 2 shape files"));
    assert!(shows(&harness, "the morph has no form"), "in words");
    shoot(&mut harness, "publish-not-valid-dark");
}
