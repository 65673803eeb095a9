//! The main job through the window itself, by keyboard: make a project, bring in a recording, segment, type a
//! transcription, gloss a word, let the models look, accept a tag, undo all of it, restart, redo all of it, publish.
#![cfg(feature = "window")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::Queryable as _;
use egui_kittest::{Harness, HarnessBuilder, Node};
use fieldgloss::app::command::{PeopleCommand, PublishCommand, TimelineCommand};
use fieldgloss::app::core::Core;
use fieldgloss::app::window::{Window, WindowOptions};
use fieldgloss::domain::{Bundle, TagStatus, TierRole, Time, WordStatus};
use fieldgloss::store::Scope;
use fieldgloss::ui::{Command, Place};

type Driven = Harness<'static, Window>;

fn open(project: Option<PathBuf>) -> Driven {
    let builder: HarnessBuilder<Window> = Harness::builder();
    let options = WindowOptions { project, ..WindowOptions::default() };
    let mut harness = builder.with_size(vec2(1440.0, 900.0)).wgpu().build_eframe(move |cc| {
        if let Some(state) = &cc.wgpu_render_state {
            fieldgloss::render::install(&cc.egui_ctx, state);
        }
        Window::new(&cc.egui_ctx, options)
    });
    harness.run_steps(4);
    harness
}

fn key(harness: &mut Driven, key: Key) {
    harness.key_press(key);
    harness.run_steps(3);
}

fn ctrl(harness: &mut Driven, key: Key) {
    harness.key_press_modifiers(Modifiers::COMMAND, key);
    harness.run_steps(3);
}

/// The text field of that name; its label over it has the same words.
fn field<'h>(harness: &'h Driven, label: &'h str) -> Node<'h> {
    harness.get_by_role_and_label(Role::TextInput, label)
}

fn typed(harness: &mut Driven, label: &str, text: &str) {
    field(harness, label).focus();
    harness.run_steps(2);
    field(harness, label).type_text(text);
    harness.run_steps(3);
}

fn send(harness: &mut Driven, command: Command) {
    let ctx = harness.ctx.clone();
    harness.state_mut().perform(&ctx, command);
    harness.run_steps(3);
}

fn core(harness: &Driven) -> &Core {
    harness.state().core().expect("a project is open")
}

/// Runs frames until something is so, a minute at most.
fn until(harness: &mut Driven, what: &str, so: impl Fn(&Driven) -> bool) {
    let begun = Instant::now();
    while !so(harness) {
        assert!(begun.elapsed() < Duration::from_secs(120), "not within two minutes: {what}");
        std::thread::sleep(Duration::from_millis(30));
        harness.run_steps(1);
    }
    harness.run_steps(3);
}

fn seek(harness: &mut Driven, millis: i64) {
    send(harness, Command::Timeline(TimelineCommand::Seek(Time::from_millis(millis))));
    until(harness, "the playhead is there", |h| core(h).position() == Time::from_millis(millis));
}

/// Everything in the project, in an order that does not depend on how it came to be.
fn everything(core: &Core) -> Bundle {
    let mut all = core.store.read().bundle(Scope::Whole).expect("it can be read");
    all.tiers.sort_by_key(|t| t.id);
    all.annotations.sort_by_key(|a| a.id);
    all.words.sort_by_key(|w| w.id);
    all.morphs.sort_by_key(|m| m.id);
    all.lexemes.sort_by_key(|l| l.id);
    all.tags.sort_by_key(|t| t.id);
    all
}

fn undo_all(harness: &mut Driven) -> usize {
    let mut steps = 0;
    while core(harness).undo.undo.is_some() {
        ctrl(harness, Key::Z);
        steps += 1;
        assert!(steps < 200, "undo does not end");
    }
    steps
}

fn redo_all(harness: &mut Driven) -> usize {
    let mut steps = 0;
    while core(harness).undo.redo.is_some() {
        harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
        harness.run_steps(3);
        steps += 1;
        assert!(steps < 200, "redo does not end");
    }
    steps
}

fn video() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sample/astronaut-talks.mp4")
}

#[test]
fn from_an_empty_window_to_linked_data_and_back_and_forth_over_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut harness = open(None);

    // A project.
    ctrl(&mut harness, Key::N);
    typed(&mut harness, "Name", "Main job");
    typed(&mut harness, "Language documented, ISO 639-3 code", "qaa");
    field(&harness, "In the folder").focus();
    harness.run_steps(2);
    ctrl(&mut harness, Key::A);
    typed(&mut harness, "In the folder", folder.path().to_str().expect("UTF-8"));
    key(&mut harness, Key::Enter);
    until(&mut harness, "the project is made", |h| h.state().core().is_some());
    let project = folder.path().join("Main job.fieldgloss");
    assert!(project.join("project.db").exists());

    // A recording.
    send(&mut harness, Command::Import(vec![video()]));
    until(&mut harness, "the recording is in", |h| core(h).player.is_some());
    key(&mut harness, Key::Escape);
    let session = core(&harness).selection.session.expect("its session is selected");
    assert_eq!(core(&harness).store.read().media_of(session).expect("media").len(), 1);

    // A segment, by S and D, and what is said in it.
    ctrl(&mut harness, Key::Num2);
    assert_eq!(harness.state().place(), Place::Timeline);
    seek(&mut harness, 500);
    key(&mut harness, Key::S);
    seek(&mut harness, 2500);
    key(&mut harness, Key::D);
    let tiers = core(&harness).store.read().tiers_of(session).expect("tiers");
    let transcription = tiers.iter().find(|t| t.role == TierRole::Transcription).expect("a tier for it").clone();
    let annotations = |h: &Driven| core(h).store.read().annotations_of(transcription.id).expect("annotations");
    assert_eq!(annotations(&harness).len(), 1, "S and D made a segment");
    key(&mut harness, Key::Enter);
    typed(&mut harness, "Transcription", "Nakim sora.");
    key(&mut harness, Key::Escape);
    assert_eq!(annotations(&harness)[0].value, "Nakim sora.");

    // A word is broken, glossed and approved.
    ctrl(&mut harness, Key::Num3);
    key(&mut harness, Key::ArrowDown);
    key(&mut harness, Key::B);
    ctrl(&mut harness, Key::A);
    typed(&mut harness, "Morphs of Nakim", "nak-im");
    key(&mut harness, Key::Enter);
    typed(&mut harness, "Gloss of nak", "dog");
    key(&mut harness, Key::Tab);
    typed(&mut harness, "Gloss of -im", "PL");
    key(&mut harness, Key::Enter);
    key(&mut harness, Key::Escape);
    let word = core(&harness).store.read().words_of(annotations(&harness)[0].id).expect("words")[0].clone();
    if word.status != WordStatus::Approved {
        key(&mut harness, Key::Enter);
    }
    let word = core(&harness).store.read().words_of(annotations(&harness)[0].id).expect("words")[0].clone();
    assert_eq!(word.status, WordStatus::Approved);
    let morphs = core(&harness).store.read().morphs_of(word.id).expect("morphs");
    let glosses: Vec<_> = morphs.iter().filter_map(|m| m.gloss.get("en")).collect();
    assert_eq!(glosses, ["dog", "PL"]);

    // The models look, a person agrees.
    ctrl(&mut harness, Key::Num5);
    send(
        &mut harness,
        Command::People(PeopleCommand::StartAnalysis { models: Vec::new(), fps: 2.0, how: Default::default() }),
    );
    until(&mut harness, "something is proposed", |h| {
        let runs = core(h).store.read().runs_of(session).unwrap_or_default();
        let run = runs.first().filter(|run| run.status == fieldgloss::domain::RunStatus::Finished);
        run.is_some_and(|run| !core(h).store.read().tag_rows(run.id).unwrap_or_default().is_empty())
    });
    until(&mut harness, "the job is over", |h| core(h).jobs.running() == 0);
    key(&mut harness, Key::Enter);
    let run = core(&harness).store.read().runs_of(session).expect("runs")[0].id;
    let accepted = |h: &Driven| {
        let rows = core(h).store.read().tag_rows(run).expect("tags");
        rows.into_iter().find(|row| row.tag.status == TagStatus::Accepted)
    };
    let tag = accepted(&harness).expect("Enter accepted a proposal").tag;
    let annotation = tag.annotation.expect("it is an annotation now");
    let annotation: fieldgloss::domain::Annotation =
        core(&harness).store.read().require(annotation).expect("the annotation");

    // All of it goes back, step by step, and comes back after a restart.
    let done = everything(core(&harness));
    let back = undo_all(&mut harness);
    assert!(back >= 7, "only {back} steps");
    let nothing = everything(core(&harness));
    assert!(nothing.annotations.is_empty() && nothing.words.is_empty() && nothing.sessions.is_empty());
    drop(harness);
    let mut harness = open(Some(project));
    assert_eq!(everything(core(&harness)), nothing);
    assert_eq!(redo_all(&mut harness), back);
    assert_eq!(everything(core(&harness)), done);

    // Out as Linked Data.
    let turtle = folder.path().join("main.ttl");
    ctrl(&mut harness, Key::Num7);
    send(&mut harness, Command::Publish(PublishCommand::Write { format: "turtle".to_owned(), file: turtle.clone() }));
    until(&mut harness, "the file is written", |_| turtle.exists());
    let text = std::fs::read_to_string(&turtle).expect("Turtle");
    for expected in ["ligt:Utterance", "\"Nakim sora.\"@qaa", "\"dog\"@en", annotation.value.as_str()] {
        assert!(text.contains(expected), "‘{expected}’ is not in the export");
    }
}
