//! The window driven without a display: a model dropped on it is looked at, asked about, and kept.
//!
//! Pictures go to the folder named by `FIELDGLOSS_SHOTS`, or to the target folder's `shots`.
#![cfg(feature = "window")]

mod common;

use std::path::{Path, PathBuf};

use common::{Driven, shoot, until_said};
use eframe::egui::accesskit::{Role, Toggled};
use eframe::egui::vec2;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use egui_kittest::{Harness, HarnessBuilder};
use fieldgloss::app::command::SessionsCommand;
use fieldgloss::app::models::Shelf;
use fieldgloss::app::models::adding::look;
use fieldgloss::app::sample;
use fieldgloss::app::window::{Window, WindowOptions};
use fieldgloss::jobs::examine::Limits;
use fieldgloss::ui::{Command, Place};

fn window(folder: &Path) -> Driven {
    let options = WindowOptions { models: Some(folder.join("models")), ..WindowOptions::default() };
    common::window(options, (1440.0, 900.0))
}

fn add(harness: &mut Driven, path: &Path) {
    let ctx = harness.ctx.clone();
    harness.state_mut().perform(&ctx, Command::AddModel(Some(path.to_owned())));
    harness.run_steps(2);
}

fn press(harness: &mut Driven, name: &str) {
    harness.get_by_label(name).click();
    harness.run_steps(3);
}

fn sources() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn a_checkpoint_is_asked_about_its_licence_and_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut harness = window(folder.path());
    add(&mut harness, &sources().join("src/worker/tests/data/checkpoints/wav2small.pth"));
    until_said(&mut harness, "These are the weights of wav2small");
    shoot(&mut harness, "add-model");
    press(&mut harness, "Add");
    until_said(&mut harness, "It must be said under which terms");
    let name = "Under which terms it may be used";
    harness.get_by_role_and_label(Role::TextInput, name).focus();
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::TextInput, name).type_text("research only");
    harness.run_steps(2);
    press(&mut harness, "Add");
    until_said(&mut harness, "is among your models");
    let held = Shelf::at(folder.path().join("models")).find("wav2small").expect("it is on the shelf");
    assert_eq!(held.card.licence, "research only");
}

#[test]
fn what_is_no_model_is_explained_and_nothing_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut harness = window(folder.path());
    add(&mut harness, &sources().join("src/worker/tests/data/checkpoints/evil.pth"));
    until_said(&mut harness, "It was not added.");
    assert!(harness.query_all_by_label_contains("wants to call").next().is_some());
    shoot(&mut harness, "add-model-refused");
    press(&mut harness, "Close");
    let left = std::fs::read_dir(folder.path().join("models")).map_or(0, |entries| entries.flatten().count());
    assert_eq!(left, 0);
}

#[test]
fn a_model_is_asked_about_a_tier_and_its_answers_stand_beside_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let shelf = Shelf::at(folder.path().join("models"));
    let draft = look(&sources().join("tests/data/models/text"), &shelf, Limits::default(), || false).expect("a model");
    draft.keep().expect("it is kept");
    let store = sample::make(folder.path()).expect("the sample project").store;
    let sessions = store.read().session_rows().expect("sessions");
    let mary = sessions.iter().find(|row| row.session.name == "Mary").expect("Mary").session.id;
    let project = store.folder().path().to_owned();
    drop(store);
    let options =
        WindowOptions { project: Some(project), models: Some(shelf.folder().to_owned()), ..WindowOptions::default() };
    let builder: HarnessBuilder<Window> = Harness::builder();
    let mut harness =
        builder.with_size(vec2(1440.0, 900.0)).wgpu().build_eframe(move |cc| Window::new(&cc.egui_ctx, options));
    harness.run_steps(3);
    let ctx = harness.ctx.clone();
    // The tier that is selected on the timeline is chosen already, far down the list as it is.
    harness.state_mut().perform(&ctx, Command::Sessions(SessionsCommand::Open(mary, Place::Timeline)));
    harness.run_steps(5);
    harness.get_by_label("Tier word").click();
    harness.run_steps(3);
    harness.state_mut().perform(&ctx, Command::AskModel);
    until_said(&mut harness, "question-or-not: ");
    let chosen = |harness: &Driven, tier: &str| {
        harness.get_by_role_and_label(Role::ListBoxOption, tier).accesskit_node().toggled() == Some(Toggled::True)
    };
    assert!(chosen(&harness, "word") && !chosen(&harness, "phone"));
    shoot(&mut harness, "ask-model");
    press(&mut harness, "Ask");
    until_said(&mut harness, "word (proposed by question-or-not)");
}
