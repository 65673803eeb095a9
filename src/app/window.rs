//! The window: takes commands from keys, views and palette and does them on the open project.

mod backing_up;
mod dialogs;
mod own_models;
mod shown;
mod taking_in;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Instant;

use eframe::egui::{self, Context, Ui};

use super::command::Command;
use super::core::{Core, Message};
use super::i18n::tr;
use super::importing::Imports;
use super::keymap::Keymap;
use super::labelling::Labelling;
use super::models::asking;
use super::place::Place;
use super::places::Places;
use super::settings::{ProjectSummary, RecentProject, Settings};
use super::show;
use crate::jobs::JobState;
use crate::ui::dialogs::Dialog;
use crate::ui::dock::Dock;
use crate::ui::home::{HomeModel, home_ui};
use crate::ui::shell::{JobLine, SaveState};
use crate::ui::toasts::Toast;
use crate::ui::{Shell, ShellModel, Theme, UiContext, theme};

/// Name of the arrangement of places in the settings.
const DOCK: &str = "dock";

/// What comes back from a file dialog or another thread, as a command to do.
type Inbox = (Sender<Command>, Receiver<Command>);

/// The window's whole state.
pub struct Window {
    settings: Settings,
    /// Where settings are written; `None` in tests that must not.
    settings_path: Option<PathBuf>,
    keymap: Keymap,
    shell: Shell,
    /// The place that has the keys.
    place: Place,
    /// The places on screen.
    dock: Dock,
    core: Option<Core>,
    places: Places,
    dialog: Option<Dialog>,
    /// What had the focus before the dialog, to give it back.
    focus_before: Option<egui::Id>,
    /// What gets the focus back, after this many frames more: a closed dialog still keeps it for one.
    focus_after: Option<(egui::Id, u8)>,
    inbox: Inbox,
    wake: Arc<dyn Fn() + Send + Sync>,
    imports: Imports,
    labelling: Labelling,
    asking: asking::Asking,
    looked_for_backup: Instant,
    /// Folder of the user's models, where it is not the usual one.
    models: Option<PathBuf>,
    /// When the program started, until the first frame has been shown.
    startup: Option<Instant>,
    /// Frames drawn so far, as far as a byte counts.
    frames: u8,
    title: String,
}

/// What the window starts with.
#[derive(Clone, Debug, Default)]
pub struct WindowOptions {
    /// Project to open.
    pub project: Option<PathBuf>,
    /// Place to show first, once a project is open.
    pub place: Option<Place>,
    /// Settings file; none is read or written when `None`.
    pub settings: Option<PathBuf>,
    /// Folder of the user's models; the usual one when `None`.
    pub models: Option<PathBuf>,
    /// Say on standard output how long it took from here to the first frame.
    pub startup: Option<Instant>,
}

impl Window {
    /// The window over an egui context.
    pub fn new(ctx: &Context, options: WindowOptions) -> Self {
        let (settings, mut warnings) = match &options.settings {
            Some(path) => Settings::load(path),
            None => (Settings::default(), Vec::new()),
        };
        let (keymap, more) = Keymap::from_settings(&settings.keymap);
        warnings.extend(more);
        theme::install(ctx, settings.theme);
        ctx.set_zoom_factor(settings.scale);
        let waker = ctx.clone();
        let mut window = Self {
            keymap,
            shell: Shell::default(),
            place: Place::Home,
            dock: Dock::default(),
            core: None,
            places: Places::default(),
            dialog: None,
            focus_before: None,
            focus_after: None,
            inbox: channel(),
            wake: Arc::new(move || waker.request_repaint()),
            imports: Imports::default(),
            labelling: Labelling::default(),
            asking: asking::Asking::default(),
            looked_for_backup: Instant::now(),
            startup: options.startup,
            models: options.models,
            frames: 0,
            title: String::new(),
            settings_path: options.settings,
            settings,
        };
        window.shell.palette.recent = window.settings.palette.clone();
        for warning in warnings {
            window.shell.toasts.push(Toast::warning(warning));
        }
        if let Some(project) = options.project {
            window.open(&project);
            if let Some(place) = options.place.filter(|_| window.core.is_some()) {
                window.go(place);
            }
        }
        window
    }

    /// The open project.
    pub fn core(&self) -> Option<&Core> {
        self.core.as_ref()
    }

    /// Every place, for tests.
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// The place that is shown.
    pub fn place(&self) -> Place {
        self.place
    }

    fn author(&self) -> String {
        let from_settings = self.settings.other.get("author").and_then(|v| v.as_str().map(str::to_owned));
        from_settings.or_else(|| std::env::var("USER").ok()).unwrap_or_default()
    }

    /// Opens a project in place of the one that is open.
    pub fn open(&mut self, path: &Path) {
        self.close();
        match Core::open(path, &self.author(), self.wake.clone()) {
            Ok((core, report)) => {
                if report.recovered {
                    self.shell.toasts.push(Toast::note(tr("project-recovered")));
                }
                if report.migrated_from.is_some() {
                    self.shell.toasts.push(Toast::note(tr("project-migrated")));
                }
                self.hold(core);
            }
            Err(error) => self.shell.toasts.push(Toast::problem(error.to_string())),
        }
    }

    /// Shows a project that was opened or made.
    pub fn hold(&mut self, mut core: Core) {
        core.shelf = self.shelf();
        core.open_player();
        (core.shown, core.lanes) = show::read(&self.settings.layout);
        let first = if core.selection.session.is_some() { Place::Timeline } else { Place::Sessions };
        let remembered = self.settings.other.get(DOCK).and_then(|text| Dock::from_text(text.as_str()?));
        self.dock = remembered.unwrap_or_else(|| Dock::of(first));
        self.place = self.dock.visible().first().copied().unwrap_or(first);
        if self.dock.places().len() == 1 {
            self.go(first);
        }
        self.places = Places::default();
        self.core = Some(core);
        self.remember();
    }

    fn remember(&mut self) {
        let Some(core) = &self.core else { return };
        let numbers = core.store.read().summary().unwrap_or_default();
        let badge = core.store.read().entry_rows("").ok().and_then(|rows| badge(&rows));
        self.settings.remember_project(RecentProject {
            // As it is found from any folder.
            path: std::path::absolute(core.store.folder().path())
                .unwrap_or_else(|_| core.store.folder().path().to_owned()),
            name: core.project.name.clone(),
            opened: jiff::Timestamp::now().to_string(),
            summary: ProjectSummary {
                sessions: numbers.sessions as u64,
                recorded_secs: numbers.duration.secs() as u64,
                entries: numbers.lexemes as u64,
                glossed: (numbers.words > 0).then(|| numbers.approved as f32 / numbers.words as f32),
                badge: badge.unwrap_or_default(),
            },
        });
        self.save_settings();
    }

    fn close(&mut self) {
        if self.core.is_none() {
            return;
        }
        self.remember();
        if let Some(core) = self.core.take() {
            core.jobs.cancel_all();
        }
        // Their threads have connections of their own, which hold the project.
        self.places = Places::default();
        self.imports.clear();
        self.labelling.stop();
        self.asking = asking::Asking::default();
        self.place = Place::Home;
    }

    fn save_settings(&mut self) {
        self.settings.palette.clone_from(&self.shell.palette.recent);
        self.settings.keymap = self.keymap.changes();
        if self.core.is_some() {
            self.settings.other.insert(DOCK.to_owned(), self.dock.to_text().into());
        }
        if let Some(path) = &self.settings_path
            && let Err(error) = self.settings.save(path)
        {
            self.shell.toasts.push(Toast::warning(error.to_string()));
        }
    }

    /// Does a command: what keys, menus, palette, views and tests send.
    pub fn perform(&mut self, ctx: &Context, command: Command) {
        match command {
            Command::NewProject => self.open_dialog(ctx, Dialog::new_project()),
            Command::OpenProject(Some(path)) => self.open(&path),
            Command::OpenProject(None) => {
                self.ask_for(|dialog| dialog.pick_folder().map(|path| Command::OpenProject(Some(path))))
            }
            Command::ForgetRecent(path) => {
                self.settings.forget_project(&path);
                self.save_settings();
            }
            Command::CloseProject => self.close(),
            Command::Import(files) if files.is_empty() => {
                self.ask_for(|dialog| dialog.pick_files().map(Command::Import))
            }
            Command::Import(files) => self.import(ctx, files, None),
            Command::AddModel(path) => self.add_model(ctx, path),
            Command::AddModelFolder => self.ask_for_model_folder(),
            Command::AskModel => self.ask_which_model(ctx),
            Command::Export => self.go(Place::Publish),
            Command::Backup => self.backup(),
            Command::VerifyBackup => self.verify_backup(),
            Command::Quit => ctx.send_viewport_cmd(egui::ViewportCommand::Close),
            Command::Go(place) => self.go(place),
            Command::Beside(place) if self.core.is_some() => {
                self.dock.show_beside(place);
                self.place = place;
            }
            Command::Beside(_) => {}
            Command::ClosePane => self.place = self.dock.close(self.place).unwrap_or(self.place),
            Command::Undo | Command::Redo => {
                if let Some(core) = &mut self.core {
                    core.step(command == Command::Undo);
                }
            }
            // The shell opens the palette itself.
            Command::Palette => {}
            Command::ToggleTheme => {
                let dark = ctx.theme() == egui::Theme::Dark;
                self.settings.theme =
                    if dark { super::settings::ThemeChoice::Light } else { super::settings::ThemeChoice::Dark };
                theme::choose(ctx, self.settings.theme);
                self.save_settings();
            }
            Command::ZoomIn => self.zoom(ctx, self.settings.scale + 0.1),
            Command::ZoomOut => self.zoom(ctx, self.settings.scale - 0.1),
            Command::ZoomReset => self.zoom(ctx, 1.0),
            Command::TrainModel => self.ask_what_to_train(ctx),
            Command::Settings => self.open_dialog(ctx, Dialog::settings(&self.settings)),
            Command::Shortcuts => self.open_dialog(ctx, Dialog::shortcuts()),
            Command::Help => self.open_dialog(ctx, Dialog::help()),
            Command::About => self.open_dialog(ctx, Dialog::about()),
            Command::LearnLabels => {
                if let Some(core) = &mut self.core {
                    let tier = self.labelling.begin(core);
                    self.open_dialog(ctx, Dialog::labels(tier));
                }
            }
            Command::Show(part) => self.show(part),
            Command::CancelJob => {
                if let Some(core) = &self.core {
                    core.jobs.cancel_all();
                }
            }
            other => {
                if let Some(core) = &mut self.core {
                    self.places.perform(core, other);
                }
                self.keep_shown();
            }
        }
        let follow: Vec<Command> = self.core.as_mut().map(|c| std::mem::take(&mut c.follow_up)).unwrap_or_default();
        for command in follow {
            self.perform(ctx, command);
        }
    }

    fn go(&mut self, place: Place) {
        if self.core.is_some() || place == Place::Home {
            if place != Place::Home {
                self.dock.show(place, self.place);
            }
            self.place = place;
            if place == Place::Home {
                self.remember();
            }
        }
    }

    fn zoom(&mut self, ctx: &Context, scale: f32) {
        self.settings.scale = scale.clamp(*super::settings::SCALES.start(), *super::settings::SCALES.end());
        ctx.set_zoom_factor(self.settings.scale);
        self.save_settings();
    }

    /// Asks in the system's own dialog, on a thread that may wait for it.
    fn ask_for(&self, chosen: impl FnOnce(rfd::FileDialog) -> Option<Command> + Send + 'static) {
        let (send, wake) = (self.inbox.0.clone(), self.wake.clone());
        std::thread::spawn(move || {
            if let Some(command) = chosen(rfd::FileDialog::new()) {
                let _ = send.send(command);
                wake();
            }
        });
    }

    /// Says how long it took once the first frame is on screen, which is when the next one begins.
    fn report_startup(&mut self, ctx: &Context) {
        match self.startup {
            Some(_) if self.frames == 0 => ctx.request_repaint(),
            Some(start) => {
                println!("{}", start.elapsed().as_millis());
                self.startup = None;
            }
            None => {}
        }
    }

    fn shell_model(&self) -> ShellModel {
        let Some(core) = &self.core else {
            return ShellModel { dialog: self.dialog.is_some(), ..ShellModel::default() };
        };
        let named = |kind: Option<crate::store::OpKind>| kind.map(|kind| tr(&format!("op-{}", kind.name())));
        let steps = core.steps();
        let running = core.jobs.list().into_iter().find(|job| matches!(job.state, JobState::Running));
        ShellModel {
            project: Some(core.project.name.clone()),
            crumb: self.crumb(core),
            undo: named(steps.undo),
            redo: named(steps.redo),
            save: SaveState::Saved,
            status: self.places.status(core, self.place),
            job: running.map(|job| JobLine {
                name: job.title.clone(),
                part: job.fraction.map(|part| part as f32),
                left: job.left.map(|left| super::start_page::length(left.as_secs())),
            }),
            hints: Vec::new(),
            dialog: self.dialog.is_some() || self.places.clips.is_open(),
        }
    }

    fn crumb(&self, core: &Core) -> Option<String> {
        match self.place {
            Place::Timeline | Place::Interlinear | Place::People => {
                let session = core.store.read().get::<crate::domain::Session>(core.selection.session?).ok()??;
                let title = session.title.best([core.analysis_language(), core.object_language()]);
                let name = title.unwrap_or(&session.name).to_owned();
                Some(if session.date.is_empty() { name } else { format!("{name}, {}", session.date) })
            }
            place => Some(tr(place.text_id())),
        }
    }

    fn home_model(&self) -> HomeModel {
        super::start_page::model(&self.settings, self.core.as_ref())
    }

    fn tell(&mut self) {
        let Some(core) = &mut self.core else { return };
        for message in std::mem::take(&mut core.messages) {
            self.shell.toasts.push(match message {
                Message::Done(text) => Toast::done(text),
                Message::Note(text) => Toast::note(text),
                Message::Warning(text) => Toast::warning(text),
                Message::Problem(text) => Toast::problem(text),
            });
        }
    }
}

/// A letter of the language that English keyboards do not have, else the first of the first headword.
fn badge(rows: &[crate::store::query::EntryRow]) -> Option<String> {
    let letters = || rows.iter().take(400).filter_map(|row| row.headword.first()).flat_map(str::chars);
    letters()
        .find(|c| c.is_alphabetic() && !c.is_ascii())
        .or_else(|| letters().find(|c| c.is_alphabetic()))
        .map(|c| c.to_lowercase().collect())
}

impl eframe::App for Window {
    fn logic(&mut self, ctx: &Context, _: &mut eframe::Frame) {
        self.gather_imports(ctx);
        self.report_startup(ctx);
        self.keep_backups();
        while let Ok(command) = self.inbox.1.try_recv() {
            self.perform(ctx, command);
        }
        let dropped: Vec<PathBuf> =
            ctx.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect());
        let dropped = self.take_models(ctx, dropped);
        if !dropped.is_empty() {
            self.perform(ctx, Command::Import(dropped));
        }
        if self.core.as_ref().is_some_and(Core::is_playing) {
            ctx.request_repaint();
        }
    }

    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        self.tell();
        let model = self.shell_model();
        let home = self.home_model();
        if let Some(core) = &mut self.core {
            for place in self.dock.visible() {
                self.places.refresh(core, place);
            }
        }
        let entries = self.core.as_ref().map(|core| self.places.entries(core)).unwrap_or_default();
        let mut commands = Vec::new();
        {
            let mut cx = UiContext {
                theme: Theme::of(ui),
                keymap: &self.keymap,
                place: self.place,
                project_open: self.core.is_some(),
                commands: &mut commands,
                splits: &mut self.settings.layout,
            };
            let (places, core, place, dock) = (&mut self.places, self.core.as_ref(), self.place, &mut self.dock);
            let mut pressed = None;
            self.shell.show(ui, &mut cx, &model, &entries, |ui, cx| match core {
                Some(core) if place != Place::Home => {
                    pressed = dock.ui(ui, place, &mut |ui, pane| {
                        cx.place = pane;
                        places.ui(ui, cx, core, pane);
                        cx.place = place;
                    });
                }
                _ => home_ui(ui, cx, &home),
            });
            self.place = pressed.unwrap_or(self.place);
        }
        if self.places.clips.is_open() {
            commands.clear();
            let mut cx = UiContext {
                theme: Theme::of(ui),
                keymap: &self.keymap,
                place: self.place,
                project_open: self.core.is_some(),
                commands: &mut commands,
                splits: &mut self.settings.layout,
            };
            self.places.clips.ui(ui, &mut cx);
        }
        if self.dialog.is_some() {
            // Under a dialog nothing else listens.
            commands.clear();
        }
        self.dialog_ui(ui, &mut commands);
        for command in commands {
            self.perform(ui.ctx(), command);
        }
        self.tell();
        let title = match &self.core {
            Some(core) => format!("{} – Fieldgloss", core.project.name),
            None => "Fieldgloss".to_owned(),
        };
        if title != self.title {
            ui.ctx().send_viewport_cmd(egui::ViewportCommand::Title(title.clone()));
            self.title = title;
        }
        self.give_focus_back(ui.ctx());
        self.frames = self.frames.saturating_add(1);
    }

    fn on_exit(&mut self) {
        self.close();
        self.save_settings();
    }
}
