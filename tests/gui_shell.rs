//! The frame of the window and the start page, driven without a display.
//!
//! Pictures of each go to the folder named by `FIELDGLOSS_SHOTS`, or to the target folder's `shots`.
#![cfg(feature = "window")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use eframe::egui::{self, Key, Modifiers, Ui, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use egui_kittest::{Harness, HarnessBuilder};
use fieldgloss::app::command::{PeopleCommand, TimelineCommand};
use fieldgloss::app::icon::Icon;
use fieldgloss::app::settings::ThemeChoice;
use fieldgloss::ui::home::{HomeModel, ProjectCard, home_ui};
use fieldgloss::ui::palette::PaletteEntry;
use fieldgloss::ui::shell::{JobLine, SaveState, StatusItem};
use fieldgloss::ui::toasts::Toast;
use fieldgloss::ui::widgets::{self, Button, Card, Chip, ChipKind, ListRow, TextField};
use fieldgloss::ui::{Command, Keymap, Place, Shell, ShellModel, Theme, UiContext, fonts, icons, theme};

/// What `app` keeps around the window.
#[derive(Default)]
struct Window {
    shell: Shell,
    model: ShellModel,
    home: HomeModel,
    place: Place,
    keymap: Keymap,
    splits: BTreeMap<String, f32>,
    entries: Vec<PaletteEntry>,
    sent: Vec<Command>,
    text: String,
    choice: usize,
    view: Option<View>,
}

/// What is drawn within the frame.
type View = fn(&mut Ui, &mut UiContext, &mut WindowParts);

impl Window {
    fn home() -> Self {
        let card = |name: &str, summary: &str, badge: &str, glossed| ProjectCard {
            path: PathBuf::from(format!("/field/{name}.fieldgloss")),
            name: name.to_owned(),
            summary: summary.to_owned(),
            badge: badge.to_owned(),
            glossed,
            missing: false,
        };
        Self {
            home: HomeModel {
                hour: 9,
                projects: vec![
                    card("Demo project", "12 sessions · 4 h 10 min · 1,454 entries · yesterday", "õ", Some(0.74)),
                    card("Teanu wordlist", "3 sessions · 2,167 entries · 3 May", "ŋ", Some(0.31)),
                    ProjectCard { missing: true, ..card("On the stick", "", "ʔ", Some(1.0)) },
                ],
                backup: Some("Backup made today 08:14 · 3 copies".to_owned()),
            },
            ..Self::default()
        }
    }

    fn project() -> Self {
        Self {
            place: Place::Timeline,
            model: ShellModel {
                project: Some("Demo project".to_owned()),
                crumb: Some("The jaguar, 2024-07-11".to_owned()),
                undo: Some("split of annotation".to_owned()),
                redo: None,
                save: SaveState::Saved,
                dialog: false,
                status: vec![
                    StatusItem::plain("Selection ").and("5.670 s", true),
                    StatusItem::plain("Pitch ").and("182 Hz", true).and(" · intensity ", false).and("64 dB", true),
                ],
                job: Some(JobLine {
                    name: "Analysing faces".to_owned(),
                    part: Some(0.38),
                    left: Some("11 min".to_owned()),
                }),
                hints: vec![StatusItem {
                    command: Some(Command::Go(Place::People)),
                    ..StatusItem::plain("2 proposals to review")
                }],
            },
            ..Self::default()
        }
    }
}

impl eframe::App for Window {
    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        let mut cx = UiContext {
            theme: Theme::of(ui),
            keymap: &self.keymap,
            place: self.place,
            project_open: self.model.project.is_some(),
            commands: &mut self.sent,
            splits: &mut self.splits,
        };
        let mut parts = WindowParts { home: &self.home, text: &mut self.text, choice: &mut self.choice };
        let view = self.view;
        self.shell.show(ui, &mut cx, &self.model, &self.entries, |ui, cx| {
            if let Some(view) = view {
                view(ui, cx, &mut parts);
            }
        });
    }
}

struct WindowParts<'a> {
    home: &'a HomeModel,
    text: &'a mut String,
    choice: &'a mut usize,
}

fn home_view(ui: &mut Ui, cx: &mut UiContext, parts: &mut WindowParts) {
    home_ui(ui, cx, parts.home);
}

fn field_view(ui: &mut Ui, _: &mut UiContext, parts: &mut WindowParts) {
    TextField::new(parts.text, "Transcription").keep_tab().show(ui);
}

const SIZES: [(f32, f32); 2] = [(1440.0, 900.0), (1280.0, 720.0)];

fn harness((width, height): (f32, f32), choice: ThemeChoice, window: Window, view: View) -> Harness<'static, Window> {
    let builder: HarnessBuilder<Window> = Harness::builder();
    let mut harness = builder
        .with_size(vec2(width, height))
        .with_theme(if choice == ThemeChoice::Dark { egui::Theme::Dark } else { egui::Theme::Light })
        .with_context_setup(move |ctx| theme::install(ctx, choice))
        .wgpu()
        .build_eframe(move |_| Window { view: Some(view), ..window });
    harness.run_steps(3);
    harness
}

fn shots() -> PathBuf {
    let folder = match std::env::var_os("FIELDGLOSS_SHOTS") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("shots"),
    };
    std::fs::create_dir_all(&folder).expect("a folder for pictures");
    folder
}

fn shoot(harness: &mut Harness<'_, Window>, name: &str) {
    let picture = harness.render().expect("a picture");
    picture.save(shots().join(format!("{name}.png"))).expect("the picture written");
}

fn both_themes(name: &str, window: fn() -> Window, view: View) {
    for (theme, choice) in [("light", ThemeChoice::Light), ("dark", ThemeChoice::Dark)] {
        for size in SIZES {
            let mut harness = harness(size, choice, window(), view);
            harness.check_accessibility();
            shoot(&mut harness, &format!("{name}-{theme}-{}", size.0));
        }
    }
}

#[test]
fn the_start_page_leads_on() {
    both_themes("home", Window::home, home_view);
    let mut harness = harness(SIZES[0], ThemeChoice::Light, Window::home(), home_view);
    harness.get_by_label("Open Demo project").click();
    harness.run_steps(2);
    harness.get_by_label("New project…").click();
    harness.run_steps(2);
    harness.get_by_label("Import from ELAN, FLEx, Praat, Toolbox…").click();
    harness.run_steps(2);
    harness.get_by_label("Take off this list: On the stick").click();
    harness.run_steps(2);
    assert_eq!(
        harness.state().sent,
        [
            Command::OpenProject(Some("/field/Demo project.fieldgloss".into())),
            Command::NewProject,
            Command::Import(Vec::new()),
            Command::ForgetRecent("/field/On the stick.fieldgloss".into()),
        ]
    );
    // Without a project there is nowhere to go.
    assert!(harness.get_by_label("Lexicon").accesskit_node().is_disabled());
}

#[test]
fn the_frame_shows_place_undo_and_job() {
    fn empty(ui: &mut Ui, cx: &mut UiContext, _: &mut WindowParts) {
        let sentence = fieldgloss::ui::tr("timeline-empty");
        widgets::empty_ui(ui, cx, Icon::Timeline, &sentence, Some(Command::Import(Vec::new())));
    }
    both_themes("shell", Window::project, empty);
    let mut harness = harness(SIZES[0], ThemeChoice::Dark, Window::project(), empty);
    for (label, command) in [
        ("Undo split of annotation", Command::Undo),
        ("Lexicon", Command::Go(Place::Lexicon)),
        ("Demo project", Command::Go(Place::Sessions)),
        ("2 proposals to review", Command::Go(Place::People)),
        ("Stop", Command::CancelJob),
        ("Import…", Command::Import(Vec::new())),
    ] {
        harness.get_by_label(label).click();
        harness.run_steps(2);
        assert_eq!(harness.state().sent.last(), Some(&command), "{label}");
    }
}

#[test]
fn the_menu_names_what_undo_undoes() {
    let mut harness = harness(SIZES[1], ThemeChoice::Light, Window::project(), field_view);
    harness.get_by_label("Fieldgloss: Menu").click();
    harness.run_steps(3);
    shoot(&mut harness, "menu-light-1280");
    let items: Vec<_> = harness.get_all_by_label("Undo split of annotation").collect();
    assert_eq!(items.len(), 2, "the bar's and the menu's");
    harness.get_by_label("Make a backup now").click();
    harness.run_steps(2);
    assert_eq!(harness.state().sent, [Command::Backup]);
}

#[test]
fn a_models_folder_can_be_chosen_by_mouse_and_by_key() {
    let mut harness = harness(SIZES[1], ThemeChoice::Light, Window::project(), field_view);
    harness.get_by_label("Fieldgloss: Menu").click();
    harness.run_steps(3);
    // All of the menu is in sight in the smallest window.
    assert!(harness.get_by_label("About Fieldgloss").rect().bottom() < SIZES[1].1);
    harness.get_by_label("Add a model’s folder…").click();
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::ALT, Key::O);
    harness.run_steps(2);
    assert_eq!(harness.state().sent, [Command::AddModelFolder, Command::AddModelFolder]);
}

#[test]
fn the_palette_finds_does_and_gives_the_focus_back() {
    let mut window = Window::project();
    window.entries = vec![PaletteEntry {
        label: "kaikuxi".to_owned(),
        detail: "entry · jaguar".to_owned(),
        icon: Icon::Lexicon,
        command: Command::Go(Place::Lexicon),
    }];
    let mut harness = harness(SIZES[0], ThemeChoice::Dark, window, field_view);
    harness.get_by_label("Transcription").focus();
    harness.run_steps(2);
    assert!(harness.get_by_label("Transcription").is_focused());

    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run_steps(3);
    assert!(harness.state().shell.palette.is_open());
    shoot(&mut harness, "palette-dark-1440");
    harness.get_by_label("What do you want to do?").type_text("spl");
    harness.run_steps(3);
    shoot(&mut harness, "palette-typed-dark-1440");
    assert!(harness.query_by_label("Split here").is_some());
    assert!(harness.query_by_label("Go to people").is_none());
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    assert_eq!(harness.state().sent, [Command::Timeline(TimelineCommand::Split)]);
    assert!(!harness.state().shell.palette.is_open());
    assert!(harness.get_by_label("Transcription").is_focused(), "the focus is back");
    assert_eq!(harness.state().text, "", "nothing typed went into the text");

    // Lately done stands first; arrows move; Escape leaves.
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run_steps(3);
    assert_eq!(harness.state().shell.palette.recent, ["command-split"]);
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert!(!harness.state().shell.palette.is_open());
    assert!(harness.get_by_label("Transcription").is_focused());

    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run_steps(3);
    harness.get_by_label("What do you want to do?").type_text("kaik");
    harness.run_steps(3);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    assert_eq!(harness.state().sent.last(), Some(&Command::Go(Place::Lexicon)));
}

#[test]
fn letters_are_commands_only_while_nothing_is_typed() {
    let mut window = Window::project();
    window.place = Place::People;
    let mut harness = harness(SIZES[1], ThemeChoice::Light, window, field_view);
    harness.key_press(Key::X);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    let people = |command| Command::People(command);
    assert_eq!(harness.state().sent, [people(PeopleCommand::Reject), people(PeopleCommand::Accept)]);

    harness.state_mut().sent.clear();
    harness.get_by_label("Transcription").focus();
    harness.run_steps(2);
    harness.key_press(Key::X);
    harness.event(egui::Event::Text("x".to_owned()));
    harness.run_steps(2);
    assert_eq!(harness.state().sent, []);
    assert_eq!(harness.state().text, "x");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num4);
    harness.run_steps(2);
    assert_eq!(harness.state().sent, [Command::Go(Place::Lexicon)]);
}

#[test]
fn tab_repeats_the_selection_while_transcribing() {
    let mut harness = harness(SIZES[1], ThemeChoice::Light, Window::project(), field_view);
    harness.get_by_label("Transcription").focus();
    harness.run_steps(2);
    harness.key_press(Key::Tab);
    harness.run_steps(2);
    assert_eq!(harness.state().sent, [Command::Timeline(TimelineCommand::Loop)]);
    assert!(harness.get_by_label("Transcription").is_focused());
    assert_eq!(harness.state().text, "");
}

#[test]
fn messages_are_heard_closed_and_acted_on() {
    let mut window = Window::project();
    window.shell.toasts.push(Toast::done("Imported 121 utterances from The jaguar.eaf."));
    window.shell.toasts.push(
        Toast::problem("jaguar.mp4 is not where it was. The project is open without it.")
            .action("Find it…", Command::Settings),
    );
    let mut harness = harness(SIZES[1], ThemeChoice::Dark, window, field_view);
    shoot(&mut harness, "toasts-dark-1280");
    harness.get_by_label("Find it…").click();
    harness.run_steps(4);
    assert_eq!(harness.state().sent, [Command::Settings]);
    harness.get_by_label("Close").click();
    harness.run_steps(2);
    assert!(harness.state().shell.toasts.is_empty());
}

/// Every control and every icon on one sheet, and the sounds of the world in every font: a missing glyph panics.
#[test]
fn the_sheet_of_controls() {
    fn sheet(ui: &mut Ui, cx: &mut UiContext, parts: &mut WindowParts) {
        let theme = cx.theme;
        egui::Frame::new().inner_margin(16).show(ui, |ui| {
            ui.horizontal(|ui| {
                cx.named_primary_button(ui, "Play", Command::Timeline(TimelineCommand::PlayPause));
                cx.button(ui, Command::Timeline(TimelineCommand::Split));
                cx.button(ui, Command::Timeline(TimelineCommand::Slower));
                ui.add(Button::quiet("Break…").key("B"));
                ui.add_enabled(false, Button::new("Not now"));
                cx.icon_button(ui, Command::Redo);
                ui.add(Chip::new("4 of 121 · 12 %").strong());
                ui.add(Chip::accent("Utterance 4"));
                ui.add(Chip::new("checked").kind(ChipKind::Good));
                ui.add(Chip::new("lost").kind(ChipKind::Bad));
                ui.add(Chip::new("guessed").kind(ChipKind::Warn));
                ui.add(Chip::new("Speaker A").kind(ChipKind::Colored(theme.tier(0))).clickable());
            });
            ui.add_space(8.0);
            let choices = [(0, "Transcribe".to_owned()), (1, "Segment".to_owned()), (2, "Oral annotation".to_owned())];
            widgets::segmented(ui, "mode", parts.choice, &choices);
            widgets::section(ui, "Transcription");
            TextField::new(parts.text, "Transcription").font(fonts::language(18.0)).width(520.0).show(ui);
            widgets::section(ui, "Note");
            let mut note = String::new();
            TextField::new(&mut note, "Note").hint("Add a note…").width(520.0).show(ui);
            ui.add_space(8.0);
            ui.scope(|ui| {
                ui.set_width(320.0);
                ui.spacing_mut().item_spacing.y = 0.0;
                for (index, word) in ["ahno", "kaikuxi", "tyryryme"].iter().enumerate() {
                    let row = ListRow::new(egui::Id::unique(word), *word).selected(index == 1).line();
                    row.show(ui, |ui| {
                        ui.label(egui::RichText::new(*word).font(fonts::language(16.0)));
                        ui.label(egui::RichText::new("jaguar; dog").color(theme.muted));
                    });
                }
                ui.add_space(8.0);
                Card::button("toytose").selected(true).show(ui, |ui| {
                    ui.label(egui::RichText::new("t- oyto -se").font(fonts::language(16.0)));
                    ui.label("REM- go -PST");
                });
                ui.add_space(8.0);
                widgets::progress_bar(ui, "Reviewed", 0.38, 220.0, theme.good);
            });
            ui.add_space(8.0);
            ui.horizontal_wrapped(|ui| {
                for icon in Icon::ALL {
                    icons::show(ui, icon, 18.0, theme.text);
                }
            });
            let sounds = "ŋɡ͡bʷa ɛ̃́ː ˥˩ t͡ʃʰ ǃqʼ n̥ŋ̍ ɓɗʄ ǂ ↗ ⏎ ▶ ↶ ◂ ▸ ✓ × · “ ” ‘ ’ — … ⟨a⟩ κ ʃ Ω ж";
            for font in [
                fonts::regular(15.0),
                fonts::semibold(15.0),
                fonts::figures(15.0),
                fonts::language(16.0),
                fonts::language_bold(16.0),
                fonts::of_writing_system("Charis SIL", 16.0),
            ] {
                ui.label(egui::RichText::new(format!("{sounds}  0:31.240 1:11:11.111")).font(font));
            }
            ui.label(egui::RichText::new("kaikuxi").font(fonts::language_bold(34.0)));
        });
    }
    let window = || Window { text: "Mame tyryryme nytose, kaikuxi omi etaryke.".to_owned(), ..Window::project() };
    for (name, choice) in [("light", ThemeChoice::Light), ("dark", ThemeChoice::Dark)] {
        let mut harness = harness(SIZES[0], choice, window(), sheet);
        harness.get_by_role_and_label(egui::Role::TextInput, "Transcription").focus();
        harness.run_steps(2);
        harness.check_accessibility();
        shoot(&mut harness, &format!("controls-{name}"));
    }
}

#[test]
fn figures_are_of_equal_width() {
    let ctx = egui::Context::default();
    theme::install(&ctx, ThemeChoice::Light);
    let output = ctx.run_ui(egui::RawInput::default(), |ui| {
        for font in [fonts::figures(13.0), fonts::figures_semibold(13.0)] {
            let widths: Vec<f32> =
                ui.fonts_mut(|fonts| ('0'..='9').map(|digit| fonts.glyph_width(&font, digit)).collect());
            assert!(widths.iter().all(|width| (width - widths[0]).abs() < 0.001), "{font:?}: {widths:?}");
        }
    });
    output.drop_without_applying_deltas();
}
