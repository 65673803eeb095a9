//! The real window driven without a display: dialogs, sessions, search, publishing.
//!
//! Pictures of each go to the folder named by `FIELDGLOSS_SHOTS`, or to the target folder's `shots`.
#![cfg(feature = "window")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use eframe::egui::accesskit::{Role, Toggled};
use eframe::egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use egui_kittest::{Harness, HarnessBuilder};
use fieldgloss::app::command::{PublishCommand, SessionsCommand};
use fieldgloss::app::edit::project::{self, NewProject};
use fieldgloss::app::transfer;
use fieldgloss::app::window::{Window, WindowOptions};
use fieldgloss::domain::{Access, Session};
use fieldgloss::formats::ImportOptions;
use fieldgloss::ui::{Command, Place};

type Driven = Harness<'static, Window>;

fn asset(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sample").join(name)
}

fn window(project: Option<PathBuf>, place: Option<Place>, size: (f32, f32)) -> Driven {
    let options = WindowOptions { project, place, ..WindowOptions::default() };
    let builder: HarnessBuilder<Window> = Harness::builder();
    let mut harness =
        builder.with_size(vec2(size.0, size.1)).wgpu().build_eframe(move |cc| Window::new(&cc.egui_ctx, options));
    harness.run_steps(3);
    harness
}

/// A project with two texts, a lexicon and a session with a recording.
fn apalai(folder: &Path) -> PathBuf {
    let path = folder.join("Apalai.fieldgloss");
    let new = NewProject { name: "Apalai".into(), object_language: "apy".into(), ..NewProject::default() };
    let mut store = project::create(&path, &new).expect("a project");
    for file in ["apalai.flextext", "apalai.lift"] {
        transfer::import_file(&mut store, &asset(file), None, ImportOptions::default()).expect("an import");
    }
    let session = project::add_session(&mut store, "Mary").expect("a session").value;
    fieldgloss::app::recordings::import(
        &mut store,
        Some(session),
        &asset("mary.wav"),
        fieldgloss::domain::MediaStorage::Copied,
        |_| false,
    )
    .expect("a recording");
    path
}

fn perform(harness: &mut Driven, command: Command) {
    let ctx = harness.ctx.clone();
    harness.state_mut().perform(&ctx, command);
    harness.run_steps(3);
}

/// Steps until something holds; a job may take its time.
fn until(harness: &mut Driven, what: &str, holds: impl Fn(&Driven) -> bool) {
    let start = Instant::now();
    while !holds(harness) {
        assert!(start.elapsed() < Duration::from_secs(60), "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
        harness.run_steps(1);
    }
    harness.run_steps(2);
}

fn shoot(harness: &mut Driven, name: &str) {
    let folder = match std::env::var_os("FIELDGLOSS_SHOTS") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("shots"),
    };
    std::fs::create_dir_all(&folder).expect("a folder for pictures");
    let picture = harness.render().expect("a picture");
    picture.save(folder.join(format!("{name}.png"))).expect("the picture written");
}

fn press(harness: &mut Driven, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run_steps(3);
}

/// A text field by its label.
fn field<'h>(harness: &'h Driven, name: &'h str) -> egui_kittest::Node<'h> {
    harness.get_by_role_and_label(Role::TextInput, name)
}

/// Puts the cursor into a field and types.
fn type_in(harness: &mut Driven, name: &str, text: &str) {
    field(harness, name).focus();
    harness.run_steps(2);
    field(harness, name).type_text(text);
    harness.run_steps(3);
}

const WIDE: (f32, f32) = (1440.0, 900.0);
const SMALL: (f32, f32) = (1280.0, 720.0);

fn sessions(harness: &Driven) -> Vec<Session> {
    harness.state().core().map(|core| core.store.read().all().expect("sessions")).unwrap_or_default()
}

#[test]
fn a_project_is_made_with_the_keyboard_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut harness = window(None, None, WIDE);
    press(&mut harness, Modifiers::COMMAND, Key::N);
    assert!(field(&harness, "Name").is_focused(), "the focus starts in the first field");
    type_in(&mut harness, "Name", "Apalai texts");
    // Enter too early says what is missing.
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(harness.query_all_by_label_contains("Say which language is documented").next().is_some());
    shoot(&mut harness, "desk-new-project");
    type_in(&mut harness, "Language documented, ISO 639-3 code", "apy");
    field(&harness, "In the folder").focus();
    harness.run_steps(2);
    press(&mut harness, Modifiers::COMMAND, Key::A);
    type_in(&mut harness, "In the folder", &folder.path().display().to_string());
    press(&mut harness, Modifiers::NONE, Key::Enter);
    let core = harness.state().core().expect("the project is open");
    assert_eq!(core.project.name, "Apalai texts");
    assert_eq!(core.object_language(), "apy");
    assert!(folder.path().join("Apalai texts.fieldgloss/project.db").exists());
    assert_eq!(harness.state().place(), Place::Sessions);
    shoot(&mut harness, "desk-sessions-empty");
}

#[test]
fn a_file_is_imported_and_its_report_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("New.fieldgloss");
    let new = NewProject { name: "New".into(), object_language: "apy".into(), ..NewProject::default() };
    drop(project::create(&path, &new).expect("a project"));
    let mut harness = window(Some(path), None, WIDE);
    perform(&mut harness, Command::Import(vec![asset("apalai.flextext")]));
    until(&mut harness, "the report", |h| h.query_all_by_label_contains("What became of").next().is_some());
    assert!(!sessions(&harness).is_empty());
    shoot(&mut harness, "desk-report");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(harness.query_all_by_label_contains("What became of").next().is_none());
    let before = harness.state().core().expect("open").undo.undo;
    assert!(before.is_some(), "an import can be undone");
}

#[test]
fn sessions_are_edited_where_they_stand() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut harness = window(Some(apalai(folder.path())), Some(Place::Sessions), WIDE);
    harness.run_steps(3);
    shoot(&mut harness, "desk-sessions-dark");
    let all = sessions(&harness);
    let mary = all.iter().find(|session| session.name == "Mary").expect("the session").id;
    perform(&mut harness, Command::Sessions(SessionsCommand::Select(mary)));
    assert!(harness.query_all_by_label("mary.wav").next().is_some(), "its recording is listed");
    type_in(&mut harness, "Place", "Maxaranguape");
    perform(&mut harness, Command::Sessions(SessionsCommand::SetAccess(mary, Access::Open)));
    perform(&mut harness, Command::Sessions(SessionsCommand::AddParticipant { session: mary, name: "MR".into() }));
    shoot(&mut harness, "desk-sessions-mary-dark");
    let core = harness.state().core().expect("open");
    let session = core.store.read().get::<Session>(mary).expect("read").expect("there");
    assert_eq!(session.place, "Maxaranguape");
    assert_eq!(session.access, Access::Open);
    assert_eq!(session.participants.len(), 1);
    // A recording that went away is told, and found again by its content under another name.
    let media = core.store.read().media_of(mary).expect("media").remove(0);
    let at = core.store.folder().media_path(&media);
    let elsewhere = folder.path().join("stick");
    std::fs::create_dir_all(&elsewhere).expect("a folder");
    std::fs::rename(&at, elsewhere.join("renamed.wav")).expect("moved");
    perform(&mut harness, Command::Sessions(SessionsCommand::Select(mary)));
    assert!(harness.query_all_by_label_contains("Not found at").next().is_some());
    perform(&mut harness, Command::Sessions(SessionsCommand::SearchFor { media: media.id, folder: elsewhere.clone() }));
    until(&mut harness, "the recording", |h| h.query_all_by_label_contains("Not found at").next().is_none());
    let core = harness.state().core().expect("open");
    assert!(core.store.read().media_of(mary).expect("media")[0].path.ends_with("renamed.wav"));
    // Deleting asks first; its key is a text field's own while one types.
    press(&mut harness, Modifiers::NONE, Key::Escape);
    press(&mut harness, Modifiers::SHIFT, Key::Delete);
    assert_eq!(sessions(&harness).len(), all.len());
    harness.get_by_label("Delete session").click();
    harness.run_steps(3);
    assert_eq!(sessions(&harness).len(), all.len() - 1);
    perform(&mut harness, Command::Undo);
    assert_eq!(sessions(&harness).len(), all.len());
}

#[test]
fn the_desk_fits_a_small_screen() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut harness = window(Some(apalai(folder.path())), Some(Place::Sessions), SMALL);
    perform(&mut harness, Command::ToggleTheme);
    shoot(&mut harness, "desk-sessions-small-light");
    perform(&mut harness, Command::Go(Place::Publish));
    until(&mut harness, "the report", |h| h.query_all_by_label("Working it out…").next().is_none());
    shoot(&mut harness, "desk-publish-small-light");
    perform(&mut harness, Command::Go(Place::Home));
    shoot(&mut harness, "desk-home-small-light");
}

#[test]
fn search_leads_to_the_entry() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut harness = window(Some(apalai(folder.path())), None, WIDE);
    press(&mut harness, Modifiers::COMMAND, Key::F);
    assert_eq!(harness.state().place(), Place::Search);
    assert!(field(&harness, "Search texts and lexicon").is_focused());
    let rows = harness.state().core().expect("open").store.read().entry_rows("").expect("entries");
    let headword = rows.iter().filter_map(|row| row.headword.first()).find(|word| word.chars().count() > 5);
    let headword = headword.expect("a headword").to_owned();
    type_in(&mut harness, "Search texts and lexicon", &headword);
    shoot(&mut harness, "desk-search-dark");
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    press(&mut harness, Modifiers::NONE, Key::ArrowUp);
    assert!(field(&harness, "Search texts and lexicon").is_focused(), "arrows choose while one types");
    perform(&mut harness, Command::ToggleTheme);
    shoot(&mut harness, "desk-search-light");
    let entry = rows.iter().find(|row| row.headword.first() == Some(&headword)).expect("the entry").id;
    perform(&mut harness, Command::Search(fieldgloss::app::command::SearchCommand::Open(entry.record())));
    assert_eq!(harness.state().place(), Place::Lexicon);
    assert_eq!(harness.state().core().expect("open").selection.lexeme, Some(entry));
}

#[test]
fn what_is_published_is_reported_then_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut harness = window(Some(apalai(folder.path())), Some(Place::Publish), WIDE);
    until(&mut harness, "the report", |h| h.query_all_by_label("Working it out…").next().is_none());
    shoot(&mut harness, "desk-publish-dark");
    type_in(&mut harness, "Licence", "https://creativecommons.org/licenses/by/4.0/");
    let file = folder.path().join("out.ttl");
    perform(&mut harness, Command::Publish(PublishCommand::Write { format: "turtle".into(), file: file.clone() }));
    until(&mut harness, "the file", |h| h.query_all_by_label_contains("Written:").next().is_some());
    let written = std::fs::read_to_string(&file).expect("the file");
    assert!(written.contains("ontolex"), "linked data of the lexicon");
    assert!(written.contains("creativecommons.org/licenses/by/4.0"), "with its licence");
    perform(&mut harness, Command::Publish(PublishCommand::SelectFormat("lift".into())));
    until(&mut harness, "the report", |h| h.query_all_by_label("Working it out…").next().is_none());
    assert!(harness.query_all_by_label("left out").next().is_some(), "LIFT has no texts");
    // Only what goes to ELAN may have curves beside it; as long as nobody says otherwise it has.
    const CURVES: &str = "Curves of faces, bodies and voices beside it";
    assert!(harness.query_by_label(CURVES).is_none());
    perform(&mut harness, Command::Publish(PublishCommand::SelectFormat("eaf".into())));
    until(&mut harness, "the report", |h| h.query_all_by_label("Working it out…").next().is_none());
    assert_eq!(harness.get_by_label(CURVES).accesskit_node().toggled(), Some(Toggled::True));
    harness.get_by_label(CURVES).click();
    until(&mut harness, "the report", |h| h.query_all_by_label("Working it out…").next().is_none());
    harness.run_steps(3);
    assert_eq!(harness.get_by_label(CURVES).accesskit_node().toggled(), Some(Toggled::False));
    shoot(&mut harness, "desk-publish-elan-dark");
    perform(&mut harness, Command::ToggleTheme);
    shoot(&mut harness, "desk-publish-light");
}

#[test]
fn dialogs_open_close_and_give_the_focus_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut harness = window(Some(apalai(folder.path())), Some(Place::Search), WIDE);
    field(&harness, "Search texts and lexicon").focus();
    harness.run_steps(2);
    for (modifiers, key, words, name) in [
        (Modifiers::NONE, Key::F1, "Getting started", "help"),
        (Modifiers::COMMAND, Key::Slash, "Find a command", "shortcuts"),
        (Modifiers::COMMAND, Key::Comma, "Your name", "settings"),
        (Modifiers::SHIFT, Key::F1, "Nothing leaves this computer", "about"),
    ] {
        press(&mut harness, modifiers, key);
        assert!(harness.query_all_by_label(words).next().is_some(), "{name} is open");
        shoot(&mut harness, &format!("desk-dialog-{name}"));
        press(&mut harness, Modifiers::NONE, Key::Escape);
        assert!(harness.query_all_by_label(words).next().is_none(), "{name} is closed");
        assert!(field(&harness, "Search texts and lexicon").is_focused(), "{name} gives the focus back");
    }
    // A key is changed by pressing the new one.
    press(&mut harness, Modifiers::COMMAND, Key::Slash);
    type_in(&mut harness, "Find a command", "verify");
    harness.get_by_label_contains("Verify the newest backup: ").click();
    harness.run_steps(3);
    press(&mut harness, Modifiers::ALT, Key::V);
    assert!(harness.query_by_label_contains("Verify the newest backup: Alt V").is_some());
    press(&mut harness, Modifiers::NONE, Key::Escape);
}
