//! Learning a tier's labels in the window, by keyboard alone: chosen, tried, proposed, agreed with, taken back.
#![cfg(feature = "window")]

mod common;

use std::path::{Path, PathBuf};

use common::{Driven, shoot, until};
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use fieldgloss::app::edit::{self, project::NewProject, tiers::NewTier};
use fieldgloss::app::window::WindowOptions;
use fieldgloss::domain::{Constraint, Span, Tier, TierRole, Time};
use fieldgloss::ui::{Command, Place};

/// Six sessions of six lines, questions and statements; the last two lines of each say not which.
fn project(folder: &Path) -> PathBuf {
    let path = folder.join("Labels.fieldgloss");
    let new = NewProject { name: "Labels".into(), object_language: "qaa".into(), ..NewProject::default() };
    let mut store = edit::project::create(&path, &new).expect("a project");
    for number in 0..6_i64 {
        let session = edit::project::add_session(&mut store, &format!("S{number}")).expect("a session").value;
        let new = NewTier {
            name: "Text".into(),
            role: TierRole::Transcription,
            language: "qaa".into(),
            ..NewTier::default()
        };
        let text = edit::tiers::add(&mut store, session, new).expect("a tier").value;
        let new = NewTier {
            name: "Kind".into(),
            parent: Some(text),
            constraint: Constraint::SymbolicAssociation,
            ..NewTier::default()
        };
        let kind = edit::tiers::add(&mut store, session, new).expect("a tier").value;
        for line in 0..6_i64 {
            let span = Span { start: Time::from_millis(line * 1000), end: Time::from_millis(line * 1000 + 900) };
            let (words, label) = match (line + number) % 2 {
                0 => (format!("mana kopa ti {number}{line}"), "question"),
                _ => (format!("sulo beke ra {line}{number}"), "statement"),
            };
            let added = edit::annotations::add(&mut store, text, span, &words).expect("a line").value;
            if line < 4 {
                edit::annotations::set_line(&mut store, added, kind, label).expect("a label");
            }
        }
    }
    path
}

fn window(project: PathBuf) -> Driven {
    let options = WindowOptions { project: Some(project), place: Some(Place::Timeline), ..WindowOptions::default() };
    common::window(options, (1280.0, 800.0))
}

fn press(harness: &mut Driven, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run_steps(3);
}

/// The tier has a row on the timeline too; only the dialog counts its labels.
fn until_what_can_be_learned_is_known(harness: &mut Driven) {
    until(harness, "what can be learned", |h| h.query_by_label_contains("Tier Kind: 24").is_some());
}

/// How often each label is on the tier, over all sessions.
fn labels(harness: &Driven, label: &str) -> usize {
    let read = harness.state().core().expect("a project").store.read();
    let tiers: Vec<Tier> = read.all().expect("tiers");
    let kinds = tiers.iter().filter(|tier| tier.name == "Kind");
    kinds.map(|tier| read.annotations_of(tier.id).expect("labels").iter().filter(|a| a.value == label).count()).sum()
}

#[test]
fn labels_are_learned_and_agreed_with_by_keyboard() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut harness = window(project(folder.path()));
    assert_eq!((labels(&harness, "question"), labels(&harness, "statement")), (12, 12));

    press(&mut harness, Modifiers { ctrl: true, command: true, alt: true, ..Modifiers::NONE }, Key::L);
    until_what_can_be_learned_is_known(&mut harness);
    shoot(&mut harness, "labels-choose");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    until(&mut harness, "what was learned", |h| h.query_by_label_contains("12 proposals").is_some());
    assert!(harness.query_by_label_contains("that it had not seen").is_some(), "says how well it goes");
    assert!(harness.query_by_label_contains("every time would be right in").is_some(), "beside guessing");
    shoot(&mut harness, "labels-learned");
    assert_eq!((labels(&harness, "question"), labels(&harness, "statement")), (12, 12), "nothing is written unasked");

    // The surest is agreed with, the next left alone, the one after gets its other label.
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(labels(&harness, "question") + labels(&harness, "statement"), 25);
    press(&mut harness, Modifiers::NONE, Key::X);
    assert_eq!(labels(&harness, "question") + labels(&harness, "statement"), 25);
    let before = (labels(&harness, "question"), labels(&harness, "statement"));
    press(&mut harness, Modifiers::NONE, Key::A);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    let after = (labels(&harness, "question"), labels(&harness, "statement"));
    assert_eq!(after.0 + after.1, before.0 + before.1 + 1);
    // All that are at least as sure as the last: every one that nobody decided.
    press(&mut harness, Modifiers::NONE, Key::End);
    press(&mut harness, Modifiers::SHIFT, Key::Enter);
    assert_eq!(labels(&harness, "question") + labels(&harness, "statement"), 35);
    shoot(&mut harness, "labels-accepted");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(harness.query_by_label_contains("12 proposals").is_none());

    // Undo takes the last step back, which wrote nine.
    let ctx = harness.ctx.clone();
    harness.state_mut().perform(&ctx, Command::Undo);
    harness.run_steps(3);
    assert_eq!(labels(&harness, "question") + labels(&harness, "statement"), 26);
}

#[test]
fn the_dialog_in_the_other_theme() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut harness = window(project(folder.path()));
    let ctx = harness.ctx.clone();
    harness.state_mut().perform(&ctx, Command::ToggleTheme);
    harness.run_steps(3);
    harness.state_mut().perform(&ctx, Command::LearnLabels);
    until_what_can_be_learned_is_known(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    until(&mut harness, "what was learned", |h| h.query_by_label_contains("12 proposals").is_some());
    shoot(&mut harness, "labels-learned-other");
}

#[test]
fn what_teaches_nothing_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("Empty.fieldgloss");
    edit::project::create(
        &path,
        &NewProject { name: "Empty".into(), object_language: "qaa".into(), ..NewProject::default() },
    )
    .expect("a project");
    let mut harness = window(path);
    let ctx = harness.ctx.clone();
    harness.state_mut().perform(&ctx, Command::LearnLabels);
    until(&mut harness, "an answer", |h| h.query_by_label_contains("nothing to learn from yet").is_some());
    press(&mut harness, Modifiers::NONE, Key::Enter);
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(harness.query_by_label_contains("nothing to learn from yet").is_none());
}
