//! Glossing with suggestions, by keyboard: learned from one Apalaí text, offered, approved and corrected on another.
//! The corpus has a text of 60 lines and one of a single line: the long one's second half stands for another text.
#![cfg(feature = "window")]

mod common;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use common::{shoot, until};
use eframe::egui::{Key, Modifiers, Ui, vec2};
use egui_kittest::{Harness, HarnessBuilder};
use fieldgloss::app::command::InterlinearCommand;
use fieldgloss::app::core::{Core, Message};
use fieldgloss::app::edit::{self, project::NewProject};
use fieldgloss::app::places::interlinear::InterlinearPlace;
use fieldgloss::app::settings::ThemeChoice;
use fieldgloss::app::transfer;
use fieldgloss::domain::{AnnotationId, Session, Word, WordId, WordKind, WordStatus};
use fieldgloss::formats::ImportOptions;
use fieldgloss::ui::interlinear::{InterlinearModel, Standing, WordCell};
use fieldgloss::ui::{Command, Keymap, Place, Shell, ShellModel, Theme, UiContext, theme};

/// What `app` keeps around the place.
struct Window {
    core: Core,
    interlinear: InterlinearPlace,
    shell: Shell,
    keymap: Keymap,
    splits: BTreeMap<String, f32>,
    _folder: tempfile::TempDir,
}

impl Window {
    fn perform(&mut self, command: Command) {
        match command {
            Command::Undo => self.core.step(true),
            Command::Interlinear(command) => self.interlinear.perform(&mut self.core, command),
            _ => {}
        }
    }
}

impl eframe::App for Window {
    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        let mut commands = Vec::new();
        self.interlinear.refresh(&mut self.core);
        let model = ShellModel { status: self.interlinear.status(&self.core), ..ShellModel::default() };
        let mut cx = UiContext {
            theme: Theme::of(ui),
            keymap: &self.keymap,
            place: Place::Interlinear,
            project_open: true,
            commands: &mut commands,
            splits: &mut self.splits,
        };
        let (core, interlinear) = (&self.core, &mut self.interlinear);
        self.shell.show(ui, &mut cx, &model, &[], |ui, cx| interlinear.ui(ui, cx, core));
        for command in commands {
            self.perform(command);
        }
    }
}

type Driven = Harness<'static, Window>;

/// The text with the dictionary; its second half as if nobody had analysed it, with what its words were.
fn project() -> (Window, Vec<AnnotationId>, BTreeMap<WordId, Vec<String>>) {
    let folder = tempfile::tempdir().expect("a folder");
    let new = NewProject {
        name: "Apalaí".to_owned(),
        object_language: "apy".to_owned(),
        analysis_language: "en".to_owned(),
        ..NewProject::default()
    };
    let mut store = edit::project::create(&folder.path().join("Gloss.fieldgloss"), &new).expect("a project");
    let sample = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets/sample");
    for file in ["apalai.lift", "apalai.flextext"] {
        transfer::import_file(&mut store, &sample.join(file), None, ImportOptions::default()).expect(file);
    }
    let mut sessions: Vec<Session> = store.read().all().expect("sessions");
    sessions.sort_by_key(|session| !format!("{:?}{}", session.title, session.name).contains("Kaikuxi"));
    let lines = store.read().line_ids(sessions[0].id).expect("lines");
    let second = lines[30..].to_vec();
    let mut was = BTreeMap::new();
    for line in second.iter().copied() {
        for word in store.read().words_of(line).expect("words") {
            if word.kind == WordKind::Word {
                let morphs = store.read().morphs_of(word.id).expect("morphs");
                was.insert(word.id, morphs.iter().map(|m| m.gloss.get("en").unwrap_or_default().to_owned()).collect());
                edit::words::break_word(&mut store, word.id, "").expect("no morphs");
                edit::words::set_word_gloss(&mut store, word.id, "en", "").expect("no gloss");
                edit::words::set_word_category(&mut store, word.id, "en", "").expect("no category");
                edit::glosses::unapprove(&mut store, word.id).expect("open");
            }
        }
    }
    let mut core = Core::over(store, "Tester", Arc::new(|| {})).expect("the project open");
    core.selection.session = Some(sessions[0].id);
    let window = Window {
        core,
        interlinear: InterlinearPlace::default(),
        shell: Shell::default(),
        keymap: Keymap::default(),
        splits: BTreeMap::new(),
        _folder: folder,
    };
    (window, second, was)
}

fn harness(window: Window, first: AnnotationId) -> Driven {
    let builder: HarnessBuilder<Window> = Harness::builder();
    let mut harness = builder
        .with_size(vec2(1440.0, 900.0))
        .with_context_setup(|ctx| theme::install(ctx, ThemeChoice::Light))
        .wgpu()
        .build_eframe(move |_| window);
    harness.run_steps(3);
    send(&mut harness, InterlinearCommand::SelectLine(first));
    harness.run_steps(6);
    harness
}

fn model(harness: &Driven) -> &InterlinearModel {
    harness.state().interlinear.model()
}

/// Until the glosser has learned and every line in sight is answered.
fn learned(harness: &mut Driven) {
    until(harness, "the glosser has learned", |h| model(h).learning.words.is_some_and(|words| words > 0));
    // On a busy machine one line's answer can keep the next waiting: nothing new for a while is the end.
    let (mut before, mut same) = (cells(harness), 0);
    for _ in 0..400 {
        std::thread::sleep(Duration::from_millis(40));
        harness.run_steps(1);
        let now = cells(harness);
        same = if now == before { same + 1 } else { 0 };
        if same >= 20 && now.iter().any(|cell| cell.standing == Standing::Suggested) {
            return;
        }
        before = now;
    }
}

fn cells(harness: &Driven) -> Vec<WordCell> {
    model(harness).loaded.iter().flat_map(|line| line.words.clone()).collect()
}

fn key(harness: &mut Driven, key: Key) {
    harness.key_press(key);
    harness.run_steps(3);
}

fn send(harness: &mut Driven, command: InterlinearCommand) {
    harness.state_mut().perform(Command::Interlinear(command));
    harness.run_steps(3);
}

fn word(harness: &Driven, id: WordId) -> Word {
    harness.state().core.store.read().require(id).expect("the word")
}

#[test]
fn one_text_teaches_the_other() {
    let (window, second, was) = project();
    let mut harness = harness(window, second[0]);
    learned(&mut harness);

    // Nothing is written by suggesting.
    for id in was.keys() {
        let word = word(&harness, *id);
        assert_eq!((word.status, word.gloss.is_empty()), (WordStatus::Unknown, true));
    }
    let suggested: Vec<WordCell> =
        cells(&harness).into_iter().filter(|cell| cell.standing == Standing::Suggested).collect();
    assert!(suggested.len() > 10, "{} suggestions", suggested.len());
    shoot(&mut harness, "gloss-suggested");

    // A word that is suggested right is approved by Enter, and the selection goes on.
    let right = suggested
        .iter()
        .find(|cell| cell.morphs.iter().map(|m| m.gloss.clone()).collect::<Vec<_>>() == was[&cell.id])
        .expect("a right suggestion");
    send(&mut harness, InterlinearCommand::SelectWord(right.id));
    let panel = model(&harness).word.clone().expect("the word at the side");
    assert_eq!(panel.standing, Standing::Suggested);
    assert!(!panel.analyses.is_empty() && panel.analyses.iter().all(|card| !card.evidence.is_empty()));
    key(&mut harness, Key::Enter);
    assert_eq!(word(&harness, right.id).status, WordStatus::Approved);
    assert_ne!(harness.state().core.selection.word, Some(right.id), "Enter goes on");
    assert!(model(&harness).learning.saved > 0, "keys saved are counted");

    // Undo opens it again.
    harness.state_mut().perform(Command::Undo);
    harness.run_steps(3);
    assert_eq!(word(&harness, right.id).status, WordStatus::Unknown);
}

#[test]
fn a_correction_shows_on_the_next_word_alike_at_once() {
    let (window, second, _) = project();
    let mut harness = harness(window, second[0]);
    learned(&mut harness);
    // A form that waits twice and that nobody analysed in the other text.
    let read = harness.state().core.store.read();
    let mut by_form: BTreeMap<String, Vec<WordId>> = BTreeMap::new();
    for line in second {
        for word in read.words_of(line).expect("words").iter().filter(|word| word.kind == WordKind::Word) {
            by_form.entry(word.form.first().unwrap_or_default().to_lowercase()).or_default().push(word.id);
        }
    }
    by_form.retain(|form, words| words.len() > 1 && read.analyses_of(form).expect("analyses").is_empty());
    let (form, twice) = by_form.into_iter().next().expect("a form that comes twice");
    let (first, other) = (twice[0], twice[1]);

    send(&mut harness, InterlinearCommand::SelectWord(first));
    let (language, text) = ("en".to_owned(), "told".to_owned());
    send(&mut harness, InterlinearCommand::SetMorphGloss { word: first, morph: 0, language, text });
    key(&mut harness, Key::Enter);
    assert_eq!(word(&harness, first).status, WordStatus::Approved, "{form}");

    // Shown in the frame after, whatever the glosser still does.
    send(&mut harness, InterlinearCommand::SelectWord(other));
    let panel = model(&harness).word.clone().expect("the other word");
    assert_eq!(panel.standing, Standing::Suggested);
    assert_eq!(panel.analyses[0].morphs[0].gloss, "told");
    assert_eq!(word(&harness, other).status, WordStatus::Unknown, "a suggestion is not written");
    key(&mut harness, Key::Enter);
    assert_eq!(word(&harness, other).status, WordStatus::Approved);
}

#[test]
fn alternatives_are_stepped_through_and_the_best_lesson_is_found() {
    let (window, second, _) = project();
    let mut harness = harness(window, second[0]);
    learned(&mut harness);
    let lines = second;
    let mut found = false;
    for line in lines.iter().take(20) {
        send(&mut harness, InterlinearCommand::SelectLine(*line));
        for _ in 0..6 {
            let Some(panel) = model(&harness).word.clone() else { break };
            if panel.analyses.len() > 1 && panel.chosen == Some(0) {
                let id = panel.id;
                key(&mut harness, Key::A);
                let after = model(&harness).word.clone().expect("the word");
                assert_eq!((after.id, after.chosen), (id, Some(1)));
                shoot(&mut harness, "gloss-alternatives");
                harness.key_press_modifiers(Modifiers::SHIFT, Key::A);
                harness.run_steps(3);
                assert_eq!(model(&harness).word.as_ref().and_then(|word| word.chosen), Some(0));
                key(&mut harness, Key::A);
                key(&mut harness, Key::Enter);
                assert_eq!(word(&harness, id).status, WordStatus::Approved, "the one looked at is approved");
                found = true;
                break;
            }
            key(&mut harness, Key::ArrowRight);
        }
        if found {
            break;
        }
    }
    assert!(found, "no word has two analyses");

    key(&mut harness, Key::T);
    let line = harness.state().core.selection.annotation.expect("a line");
    let chosen = harness.state().core.selection.word.expect("a word");
    assert_eq!(word(&harness, chosen).annotation, line);
    assert_ne!(word(&harness, chosen).status, WordStatus::Approved);
    let problems: Vec<_> = harness.state().core.messages.iter().filter(|m| matches!(m, Message::Problem(_))).collect();
    assert!(problems.is_empty(), "{problems:?}");
}

#[test]
fn two_runs_suggest_the_same() {
    let run = || {
        let (window, second, _) = project();
        let mut harness = harness(window, second[0]);
        learned(&mut harness);
        let shown = |cell: WordCell| (cell.form, cell.standing, cell.morphs);
        cells(&harness).into_iter().map(shown).collect::<Vec<_>>()
    };
    assert_eq!(run(), run());
}

#[test]
fn the_field_of_a_word_far_down_opens_and_takes_the_keys() {
    let (window, second, _) = project();
    let mut harness = harness(window, second[0]);
    let last = *second.last().expect("lines");
    let words = harness.state().core.store.read().words_of(last).expect("words");
    let id = words.iter().rfind(|word| word.kind == WordKind::Word).expect("a word").id;
    send(&mut harness, InterlinearCommand::SelectWord(id));
    // Scrolled away from it, as by hand.
    harness.state_mut().core.selection.annotation = Some(last);
    for _ in 0..40 {
        harness.hover_at(eframe::egui::pos2(500.0, 450.0));
        harness.event(eframe::egui::Event::MouseWheel {
            unit: eframe::egui::MouseWheelUnit::Point,
            delta: vec2(0.0, 900.0),
            modifiers: Modifiers::NONE,
            phase: eframe::egui::TouchPhase::Move,
            source: eframe::egui::MouseWheelSource::Unknown,
        });
        harness.run_steps(1);
    }
    harness.run_steps(4);
    key(&mut harness, Key::G);
    harness.run_steps(8);
    harness.event(eframe::egui::Event::Text("jaguar".to_owned()));
    harness.run_steps(4);
    let read = harness.state().core.store.read();
    let typed =
        read.morphs_of(id).expect("morphs").iter().any(|m| m.gloss.get("en").is_some_and(|g| g.contains("jaguar")))
            || word(&harness, id).gloss.get("en").is_some_and(|g| g.contains("jaguar"));
    assert!(typed, "what was typed is under the word");
}

/// A project is closed and opened again: what was corrected last still comes first.
#[test]
fn a_correction_comes_first_after_the_project_is_opened_again() {
    let (mut window, second, _) = project();
    let word = {
        let read = window.core.store.read();
        let words = second.iter().flat_map(|line| read.words_of(*line).expect("words"));
        words.into_iter().find(|w| w.kind == WordKind::Word).expect("a word")
    };
    let store = &mut window.core.store;
    edit::glosses::set_gloss_at(store, word.id, None, 0, "en", "told").expect("a gloss");
    edit::words::approve(store, word.id, None).expect("approved");
    let path = store.folder().path().to_owned();
    let Window { core, interlinear, _folder: folder, .. } = window;
    drop((core, interlinear));

    let core = Core::open(&path, "Tester", Arc::new(|| {})).expect("opened again").0;
    let form = word.form.first().unwrap_or_default().to_lowercase();
    let seen = core.store.read().analyses_of(&form).expect("analyses");
    assert!(seen.iter().any(|analysis| analysis.morphs.first().is_some_and(|m| m.gloss.get("en") == Some("told"))));
    let other = {
        let read = core.store.read();
        let mut words = second.iter().flat_map(|line| read.words_of(*line).expect("words")).collect::<Vec<_>>();
        words.retain(|w| w.status == WordStatus::Unknown && w.kind == WordKind::Word);
        words.into_iter().next().expect("a word that waits")
    };
    let window = Window {
        core,
        interlinear: InterlinearPlace::default(),
        shell: Shell::default(),
        keymap: Keymap::default(),
        splits: BTreeMap::new(),
        _folder: folder,
    };
    let mut harness = harness(window, other.annotation);
    // The same form, as a word that waits.
    send(&mut harness, InterlinearCommand::SelectWord(word.id));
    let panel = model(&harness).word.clone().expect("the word");
    assert!(panel.analyses.iter().any(|card| card.morphs.first().is_some_and(|m| m.gloss == "told")), "{panel:?}");
}
