//! Interlinear and lexicon over the real Apalaí text and dictionary, driven by keys and pointer.
//!
//! Pictures go to the folder named by `FIELDGLOSS_SHOTS`, or to the target folder's `shots`.
#![cfg(feature = "window")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui::{self, Key, Modifiers, Ui, vec2};
use egui_kittest::kittest::Queryable as _;
use egui_kittest::{Harness, HarnessBuilder};
use fieldgloss::app::command::{InterlinearCommand, LexiconCommand, SenseField};
use fieldgloss::app::core::Core;
use fieldgloss::app::edit::{self, project::NewProject};
use fieldgloss::app::places::{interlinear::InterlinearPlace, lexicon::LexiconPlace};
use fieldgloss::app::settings::ThemeChoice;
use fieldgloss::app::transfer;
use fieldgloss::domain::{Lexeme, Sense, Span, Time, Word, WordId, WordStatus};
use fieldgloss::formats::ImportOptions;
use fieldgloss::ui::interlinear::Standing;
use fieldgloss::ui::{Command, Keymap, Place, Shell, ShellModel, Theme, UiContext, theme};

/// What `app` keeps around the two places.
struct Window {
    core: Core,
    interlinear: InterlinearPlace,
    lexicon: LexiconPlace,
    place: Place,
    shell: Shell,
    keymap: Keymap,
    splits: BTreeMap<String, f32>,
    _folder: tempfile::TempDir,
}

impl Window {
    fn perform(&mut self, command: Command) {
        match command {
            Command::Go(place) => self.place = place,
            Command::Undo => self.core.step(true),
            Command::Redo => self.core.step(false),
            Command::Interlinear(command) => self.interlinear.perform(&mut self.core, command),
            Command::Lexicon(command) => self.lexicon.perform(&mut self.core, command),
            _ => {}
        }
        for command in std::mem::take(&mut self.core.follow_up) {
            self.perform(command);
        }
    }
}

impl eframe::App for Window {
    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        let mut commands = Vec::new();
        let status = match self.place {
            Place::Lexicon => {
                self.lexicon.refresh(&mut self.core);
                self.lexicon.status(&self.core)
            }
            _ => {
                self.interlinear.refresh(&mut self.core);
                self.interlinear.status(&self.core)
            }
        };
        let model = ShellModel {
            project: Some(self.core.project.name.clone()),
            crumb: Some("Apalaí".to_owned()),
            status,
            ..ShellModel::default()
        };
        let mut cx = UiContext {
            theme: Theme::of(ui),
            keymap: &self.keymap,
            place: self.place,
            project_open: true,
            commands: &mut commands,
            splits: &mut self.splits,
        };
        let (place, core) = (self.place, &self.core);
        let (interlinear, lexicon) = (&mut self.interlinear, &mut self.lexicon);
        self.shell.show(ui, &mut cx, &model, &[], |ui, cx| match place {
            Place::Lexicon => lexicon.ui(ui, cx, core),
            _ => interlinear.ui(ui, cx, core),
        });
        for command in commands {
            self.perform(command);
        }
    }
}

fn project() -> Window {
    let folder = tempfile::tempdir().expect("a folder");
    let new = NewProject {
        name: "Apalaí".to_owned(),
        object_language: "apy".to_owned(),
        object_name: "Apalaí".to_owned(),
        analysis_language: "en".to_owned(),
        glottocode: "apal1257".to_owned(),
    };
    let mut store = edit::project::create(&folder.path().join("Words.fieldgloss"), &new).expect("a project");
    let sample = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets/sample");
    for file in ["apalai.lift", "apalai.flextext"] {
        transfer::import_file(&mut store, &sample.join(file), None, ImportOptions::default()).expect(file);
    }
    let core = Core::over(store, "Tester", Arc::new(|| {})).expect("the project open");
    Window {
        core,
        interlinear: InterlinearPlace::default(),
        lexicon: LexiconPlace::default(),
        place: Place::Interlinear,
        shell: Shell::default(),
        keymap: Keymap::default(),
        splits: BTreeMap::new(),
        _folder: folder,
    }
}

type Driven = Harness<'static, Window>;

fn harness(window: Window, (width, height): (f32, f32), choice: ThemeChoice) -> Driven {
    let builder: HarnessBuilder<Window> = Harness::builder();
    let mut harness = builder
        .with_size(vec2(width, height))
        .with_theme(if choice == ThemeChoice::Light { egui::Theme::Light } else { egui::Theme::Dark })
        .with_context_setup(move |ctx| theme::install(ctx, choice))
        .wgpu()
        .build_eframe(move |_| window);
    harness.run_steps(4);
    harness
}

fn shoot(harness: &mut Driven, name: &str) {
    let folder = match std::env::var_os("FIELDGLOSS_SHOTS") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("shots"),
    };
    std::fs::create_dir_all(&folder).expect("a folder for pictures");
    harness.render().expect("a picture").save(folder.join(format!("{name}.png"))).expect("the picture written");
}

fn key(harness: &mut Driven, key: Key) {
    harness.key_press(key);
    harness.run_steps(3);
}

fn typed(harness: &mut Driven, label: &str, text: &str) {
    harness.get_by_label(label).type_text(text);
    harness.run_steps(3);
}

fn word(harness: &Driven, id: WordId) -> Word {
    harness.state().core.store.read().require(id).expect("the word")
}

fn send(harness: &mut Driven, command: Command) {
    harness.state_mut().perform(command);
    harness.run_steps(3);
}

/// Undoes and redoes everything since `before` steps; what it shows must be the same again.
fn undo_and_redo<T: PartialEq + std::fmt::Debug>(harness: &mut Driven, start: &T, see: impl Fn(&Core) -> T) {
    let end = see(&harness.state().core);
    assert_ne!(*start, end);
    let mut steps = 0;
    while see(&harness.state().core) != *start {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        harness.run_steps(2);
        steps += 1;
        assert!(steps < 60, "undo does not come back to the start");
    }
    for _ in 0..steps {
        harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
        harness.run_steps(2);
    }
    assert_eq!(see(&harness.state().core), end);
}

#[test]
fn words_are_walked_by_keys() {
    for (choice, name) in [(ThemeChoice::Light, "light"), (ThemeChoice::Dark, "dark")] {
        let mut harness = harness(project(), (1440.0, 900.0), choice);
        for _ in 0..3 {
            key(&mut harness, Key::ArrowDown);
        }
        key(&mut harness, Key::ArrowRight);
        shoot(&mut harness, &format!("interlinear-{name}-1440"));
        let model = harness.state().interlinear.model();
        assert!(model.lines.len() >= 60, "{} lines", model.lines.len());
        assert!(model.loaded.len() < model.lines.len(), "only what is in sight is loaded");
        assert_eq!(model.selected_line, Some(2));
        let selected = model.word.as_ref().expect("a word is selected");
        assert_eq!(
            Some(selected.id),
            model.loaded[2].words.iter().filter(|w| w.standing != Standing::Mark).nth(1).map(|w| w.id)
        );
    }
    let mut harness = harness(project(), (1280.0, 720.0), ThemeChoice::Light);
    key(&mut harness, Key::ArrowDown);
    key(&mut harness, Key::ArrowLeft);
    shoot(&mut harness, "interlinear-light-1280");
    // The last line comes into sight as well.
    let last = *harness.state().interlinear.model().lines.last().expect("lines");
    send(&mut harness, Command::Interlinear(InterlinearCommand::SelectLine(last)));
    harness.run_steps(8);
    let model = harness.state().interlinear.model();
    assert_eq!(model.selected_line, Some(model.lines.len() - 1));
    assert!(model.line(model.lines.len() - 1).is_some(), "the last line is loaded");
}

#[test]
fn a_fresh_transcription_is_broken_glossed_approved_and_taken_back() {
    let mut window = project();
    let session = edit::project::add_session(&mut window.core.store, "Fresh").expect("a session").value;
    let tier = match window.core.store.read().transcription_tiers(session).expect("tiers").first() {
        Some(tier) => tier.id,
        None => {
            let new = edit::tiers::NewTier {
                name: "Text".to_owned(),
                role: fieldgloss::domain::TierRole::Transcription,
                language: "apy".to_owned(),
                ..edit::tiers::NewTier::default()
            };
            edit::tiers::add(&mut window.core.store, session, new).expect("a tier").value
        }
    };
    let span = Span { start: Time::ZERO, end: Time::from_millis(2000) };
    let line = edit::annotations::add(&mut window.core.store, tier, span, "Sero zumotorise.").expect("a line").value;
    window.core.selection.session = Some(session);
    let words = window.core.store.read().words_of(line).expect("words");
    let (sero, fresh) = (words[0].id, words[1].id);
    let mut harness = harness(window, (1440.0, 900.0), ThemeChoice::Light);

    key(&mut harness, Key::ArrowDown);
    let panel = harness.state().interlinear.model().word.clone().expect("the first word");
    assert_eq!((panel.id, panel.standing), (sero, Standing::Suggested), "sero was analysed in the text before");
    assert_eq!(word(&harness, sero).status, WordStatus::Unknown, "a suggestion is not written");
    key(&mut harness, Key::Enter);
    assert_eq!(word(&harness, sero).status, WordStatus::Approved);
    assert_eq!(harness.state().core.selection.word, Some(fresh), "Enter goes on");

    let read = |core: &Core| {
        let word: Word = core.store.read().require(fresh).expect("the word");
        let morphs = core.store.read().morphs_of(fresh).expect("morphs");
        let entries = core.store.read().count::<Lexeme>().expect("entries");
        let lines = core.store.read().children_of(line).expect("lines");
        let shown: Vec<String> =
            morphs.iter().map(|m| format!("{:?} {:?} {}", m.form, m.gloss, m.lexeme.is_some())).collect();
        (word.status, shown, word.category, entries, lines.into_iter().map(|l| l.value).collect::<Vec<_>>())
    };
    let start = read(&harness.state().core);

    key(&mut harness, Key::B);
    shoot(&mut harness, "interlinear-break-light");
    let field = "Morphs of zumotorise";
    assert!(harness.get_by_label(field).is_focused());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    typed(&mut harness, field, "zumotori -se");
    key(&mut harness, Key::Enter);
    let morphs = harness.state().core.store.read().morphs_of(fresh).expect("morphs");
    let forms: Vec<_> = morphs.iter().filter_map(|m| m.form.first()).collect();
    assert_eq!(forms, ["zumotori", "-se"]);

    // Enter in the breaks leads to the glosses.
    assert!(harness.get_by_label("Gloss of zumotori").is_focused());
    typed(&mut harness, "Gloss of zumotori", "gather");
    key(&mut harness, Key::Tab);
    assert!(harness.get_by_label("Gloss of -se").is_focused());
    shoot(&mut harness, "interlinear-gloss-light");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    typed(&mut harness, "Gloss of -se", "SUP");
    key(&mut harness, Key::Tab);
    typed(&mut harness, "Category of zumotorise", "v");
    key(&mut harness, Key::Enter);
    let morphs = harness.state().core.store.read().morphs_of(fresh).expect("morphs");
    let glosses: Vec<_> = morphs.iter().filter_map(|m| m.gloss.get("en")).collect();
    assert_eq!(glosses, ["gather", "SUP"]);
    assert_eq!(word(&harness, fresh).category.get("en"), Some("v"));

    key(&mut harness, Key::N);
    let made = harness.state().core.store.read().lexemes_by_form("zumotori").expect("entries");
    assert_eq!(made.len(), 1, "an entry of the stem");
    key(&mut harness, Key::F);
    typed(&mut harness, "Free translation of the line", "They gather this.");
    key(&mut harness, Key::Enter);
    key(&mut harness, Key::Enter);
    assert_eq!(word(&harness, fresh).status, WordStatus::Approved);
    shoot(&mut harness, "interlinear-approved-light");

    undo_and_redo(&mut harness, &start, read);
}

#[test]
fn an_entry_is_found_edited_made_and_taken_back() {
    for (choice, name) in [(ThemeChoice::Dark, "dark"), (ThemeChoice::Light, "light")] {
        let mut window = project();
        window.place = Place::Lexicon;
        let mut harness = harness(window, (1440.0, 900.0), choice);
        let rows = &harness.state().lexicon.model().rows;
        let most = rows.iter().max_by_key(|row| row.in_texts).expect("entries").id;
        send(&mut harness, Command::Lexicon(LexiconCommand::Open(most)));
        shoot(&mut harness, &format!("lexicon-{name}-1440"));
    }
    let mut window = project();
    window.place = Place::Lexicon;
    let mut harness = harness(window, (1280.0, 720.0), ThemeChoice::Light);
    key(&mut harness, Key::Slash);
    typed(&mut harness, "Filter entries", "jaguar");
    let rows = &harness.state().lexicon.model().rows;
    let jaguar = rows.iter().find(|row| row.headword.starts_with("kaikuxi")).expect("the jaguar").id;
    assert!(rows.len() < 20);
    send(&mut harness, Command::Lexicon(LexiconCommand::Open(jaguar)));
    shoot(&mut harness, "lexicon-light-1280");

    let read = |core: &Core| {
        let all: Vec<Lexeme> = core.store.read().all().expect("entries");
        let senses: Vec<Sense> = core.store.read().all().expect("senses");
        let forms: Vec<_> = all.into_iter().map(|lexeme| (lexeme.id, lexeme.form, lexeme.category)).collect();
        (forms, senses.into_iter().map(|sense| (sense.id, sense.gloss, sense.definition)).collect::<Vec<_>>())
    };
    let start = read(&harness.state().core);

    let entry = harness.state().lexicon.model().entry.clone().expect("the entry");
    assert!(entry.in_texts > 0 && !entry.occurrences.is_empty());
    harness.get_by_label("Definition 1").focus();
    harness.run_steps(2);
    typed(&mut harness, "Definition 1", "the big spotted cat");
    let sense: Sense = harness.state().core.store.read().require(entry.senses[0].id).expect("the sense");
    assert!(sense.definition.get("en").is_some_and(|text| text.contains("spotted")));
    key(&mut harness, Key::Escape);

    key(&mut harness, Key::S);
    let senses = &harness.state().lexicon.model().entry.as_ref().expect("the entry").senses;
    assert_eq!(senses.len(), entry.senses.len() + 1);
    let label = format!("{} {}", fieldgloss::ui::tr("lexicon-gloss"), senses.len());
    assert!(harness.get_by_label(&label).is_focused());
    typed(&mut harness, &label, "dog");
    key(&mut harness, Key::Escape);

    key(&mut harness, Key::N);
    assert!(harness.get_by_label("Headword of this entry").is_focused());
    typed(&mut harness, "Headword of this entry", "-zuru");
    key(&mut harness, Key::Escape);
    let made = harness.state().lexicon.model().entry.clone().expect("the new entry");
    assert_eq!(made.headword, "-zuru");
    let lexeme: Lexeme = harness.state().core.store.read().require(made.id).expect("the entry");
    assert_eq!((lexeme.form.get("apy"), lexeme.kind), (Some("zuru"), fieldgloss::domain::MorphKind::Suffix));
    let field = SenseField::Gloss;
    let command = LexiconCommand::SetSenseField {
        sense: made.senses[0].id,
        field,
        language: "en".to_owned(),
        text: "NMLZ".to_owned(),
    };
    send(&mut harness, Command::Lexicon(command));

    // A link as written, then the way to the text.
    send(&mut harness, Command::Lexicon(LexiconCommand::Open(jaguar)));
    key(&mut harness, Key::L);
    let iri = "https://concepticon.clld.org/parameters/1990";
    typed(&mut harness, "Web address", iri);
    key(&mut harness, Key::Enter);
    let links =
        harness.state().lexicon.model().entry.as_ref().map(|entry| entry.senses.iter().flat_map(|s| &s.links).count());
    assert_eq!(links, Some(1));
    shoot(&mut harness, "lexicon-link-light-1280");

    undo_and_redo(&mut harness, &start, read);

    let entry = harness.state().lexicon.model().entry.clone().expect("the entry");
    let first = &entry.occurrences[0];
    let (session, morph) = (first.session, first.morph);
    send(&mut harness, Command::Lexicon(LexiconCommand::OpenText { session, morph }));
    assert_eq!(harness.state().place, Place::Interlinear);
    let shown = harness.state().interlinear.model().word.clone().expect("the word in its text");
    assert!(shown.form.to_lowercase().contains("kaikuxi"), "{}", shown.form);

    harness.state_mut().place = Place::Lexicon;
    key(&mut harness, Key::ArrowDown);
    let gone = harness.state().core.selection.lexeme.expect("an entry");
    harness.key_press_modifiers(Modifiers::SHIFT, Key::Delete);
    harness.run_steps(3);
    assert!(harness.state().core.store.read().get::<Lexeme>(gone).expect("read").is_none());
    send(&mut harness, Command::Undo);
    assert!(harness.state().core.store.read().get::<Lexeme>(gone).expect("read").is_some());
}

#[test]
fn sounds_come_from_keys_and_palette() {
    let mut harness = harness(project(), (1440.0, 900.0), ThemeChoice::Dark);
    key(&mut harness, Key::ArrowDown);
    key(&mut harness, Key::B);
    let word = harness.state().interlinear.model().word.clone().expect("a word");
    let field = format!("Morphs of {}", word.form);
    harness.get_by_label("IPA keys").click();
    harness.run_steps(3);
    assert!(harness.get_by_label(&field).is_focused(), "the focus comes back from the toggle");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    typed(&mut harness, &field, "n");
    typed(&mut harness, &field, ">");
    typed(&mut harness, &field, "a");
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::I);
    harness.run_steps(4);
    shoot(&mut harness, "ipa-palette-dark");
    harness.get_by_label("ʔ").click();
    harness.run_steps(4);
    assert!(harness.get_by_label(&field).is_focused(), "the focus comes back from the palette");
    key(&mut harness, Key::Escape);
    harness.run_steps(2);
    key(&mut harness, Key::Enter);
    let morphs = harness.state().core.store.read().morphs_of(word.id).expect("morphs");
    assert_eq!(morphs.iter().filter_map(|m| m.form.first()).collect::<Vec<_>>(), ["ŋaʔ"]);
    let _ = egui::Id::NULL;
}
