//! Dialogs: what is asked or told over the view. Escape closes, Enter confirms, the focus starts in the first field.

mod about;
mod add_model;
mod ask_model;
mod columns;
mod help;
mod help_page;
mod labels;
mod merge;
mod new_project;
mod report;
mod settings;
mod shortcuts;
mod train;

use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui::{
    Align, CornerRadius, Frame, Id, Key, Layout, Margin, Modal, Modifiers, Response, RichText, Stroke, Ui,
};

use super::theme::{size, space, type_size};
use super::widgets::{self, Button, TextField};
use super::{Command, Keymap, UiContext, fonts, tr};
use crate::analysis::training::What;
use crate::app::edit::project::NewProject;
use crate::app::importing::Sheets;
use crate::app::labelling::{Asked, Found};
use crate::app::merge::{Choices, Plan};
use crate::app::models::{Held, Shelf};
use crate::app::settings::Settings;
use crate::app::training::Lesson;
use crate::app::transfer::Incoming;
use crate::domain::LossReport;
use crate::formats::ImportOptions;
use crate::formats::table::{Mapping, Table};

pub use report::{report_table, verdict};

/// The dialog that is open.
pub enum Dialog {
    NewProject(Box<new_project::NewProjectDialog>),
    Settings(Box<settings::SettingsDialog>),
    Shortcuts(Box<shortcuts::ShortcutsDialog>),
    Help(help::HelpDialog),
    About(about::AboutDialog),
    Report(report::ReportDialog),
    Columns(Box<columns::ColumnsDialog>),
    Merge(Box<merge::MergeDialog>),
    Labels(Box<labels::LabelsDialog>),
    AddModel(Box<add_model::AddModelDialog>),
    AskModel(Box<ask_model::AskModelDialog>),
    Train(Box<train::TrainDialog>),
}

/// What a dialog wants after a frame.
pub enum DialogOutcome {
    /// It stays.
    Open,
    /// It is done with.
    Closed,
    /// Make this project in this folder; [`Dialog::refuse`] says why when that does not work.
    NewProject { folder: PathBuf, new: NewProject },
    /// Take the file in with these choices.
    Merge { file: String, incoming: Arc<Incoming>, choices: Box<Choices> },
    /// Do this with labels; what is found goes to [`Dialog::found_labels`], and the dialog stays.
    Labels(Asked),
    /// Ask this model about the annotations on the tiers of that name.
    AskModel { model: Box<Held>, tier: String },
    /// A model of that name is on the user's shelf now.
    ModelAdded(String),
    /// Train a model from a tier's labels; [`Dialog::refuse`] says why when it cannot begin.
    Train { tier: String, what: What, name: String },
    /// Keep these settings.
    Settings(Box<Settings>),
    /// Use these keys from now on; the dialog stays.
    Keys(Box<Keymap>),
    /// Import a table by this mapping, and remember it for tables with the same columns.
    Columns {
        file: PathBuf,
        /// What to remember of each table, by what tables of its make share.
        made_by: Vec<(String, Mapping)>,
        sheets: Sheets,
    },
}

impl Dialog {
    /// Asks for what a new project needs.
    pub fn new_project() -> Self {
        Self::NewProject(Box::default())
    }
    /// Theme, size, name.
    pub fn settings(settings: &Settings) -> Self {
        Self::Settings(Box::new(settings::SettingsDialog::new(settings)))
    }
    /// Every command with its keys.
    pub fn shortcuts() -> Self {
        Self::Shortcuts(Box::default())
    }
    /// How to do the usual things.
    pub fn help() -> Self {
        Self::Help(help::HelpDialog::default())
    }
    /// Version, licences, models.
    pub fn about() -> Self {
        Self::About(about::AboutDialog::default())
    }
    /// What became of everything in a file; `name` is the file's.
    pub fn report(name: String, report: LossReport) -> Self {
        Self::Report(report::ReportDialog::new(name, report))
    }

    /// Asks what the columns of tables are; `known` tells what was answered for such a table before.
    pub fn columns(
        file: PathBuf,
        tables: Vec<Table>,
        known: impl Fn(&Table) -> Option<Mapping>,
        options: ImportOptions,
    ) -> Self {
        Self::Columns(Box::new(columns::ColumnsDialog::new(file, tables, known, options)))
    }

    /// What the import of a file that the project has some of will do; asks where both may be right.
    pub fn merge(file: String, incoming: Arc<Incoming>, plan: Plan) -> Self {
        Self::Merge(Box::new(merge::MergeDialog::new(file, incoming, plan)))
    }

    /// Asks which labels are to be learned; `tier` is the name of the one that is probably meant.
    pub fn labels(tier: Option<String>) -> Self {
        Self::Labels(Box::new(labels::LabelsDialog::new(tier)))
    }

    /// Takes in what was found about labels.
    pub fn found_labels(&mut self, found: Result<Found, String>) {
        if let Self::Labels(dialog) = self {
            dialog.take(found);
        }
    }

    /// Looks at a model and asks what it cannot say itself.
    /// The user's usual shelf where none is given.
    pub fn add_model(ctx: &eframe::egui::Context, path: &std::path::Path, shelf: Option<Shelf>) -> Self {
        Self::AddModel(Box::new(add_model::AddModelDialog::new(ctx, path, shelf)))
    }

    /// Asks which model is to be asked about which tier; `tier` is the name of the one that is probably meant.
    pub fn ask_model((models, tiers): (Vec<Held>, Vec<String>), tier: Option<&str>) -> Self {
        Self::AskModel(Box::new(ask_model::AskModelDialog::new(models, tiers, tier)))
    }

    /// Asks what to train a model from; `tiers` are those there are.
    pub fn train(tiers: Vec<String>) -> Self {
        Self::Train(Box::new(train::TrainDialog::new(tiers)))
    }

    /// Shows a lesson as it goes, and what came of it.
    pub fn follow(&mut self, lesson: Lesson) {
        if let Self::Train(dialog) = self {
            dialog.follow(lesson);
        }
    }

    /// Says why what was asked for did not work; the dialog stays with everything typed.
    pub fn refuse(&mut self, message: String) {
        match self {
            Self::NewProject(dialog) => dialog.refuse(message),
            Self::Train(dialog) => dialog.refuse(message),
            _ => {}
        }
    }

    /// Draws it in the middle of the window over a dimmed ground.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut UiContext) -> DialogOutcome {
        let ctx = ui.ctx().clone();
        // While a key is waited for, Escape ends only the waiting.
        let waiting = match self {
            Self::Shortcuts(dialog) => dialog.waits_for_key(),
            Self::Columns(_) | Self::Train(_) => columns::ColumnsDialog::has_list_open(ui),
            _ => false,
        };
        let escape = !waiting && ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
        let name = self.name();
        let width = self.width().min(ctx.content_rect().width() - 2.0 * space::L);
        let frame = Frame::new()
            .fill(cx.theme.panel)
            .stroke(Stroke::new(size::LINE, cx.theme.line_strong))
            .corner_radius(CornerRadius::same(size::RADIUS_CARD))
            .inner_margin(Margin::same(space::XL as i8));
        let id = Id::unique("dialog").with(&name);
        let area = Modal::default_area(id).accessible_name(name.clone());
        let shown = Modal::new(id).area(area).backdrop_color(cx.theme.scrim).frame(frame).show(&ctx, |ui| {
            ui.set_width(width);
            widgets::title(ui, name);
            ui.add_space(space::M);
            match self {
                Self::NewProject(dialog) => dialog.ui(ui, cx),
                Self::Settings(dialog) => dialog.ui(ui, cx),
                Self::Shortcuts(dialog) => dialog.ui(ui, cx),
                Self::Help(dialog) => dialog.ui(ui, cx),
                Self::About(dialog) => dialog.ui(ui, cx),
                Self::Report(dialog) => dialog.ui(ui, cx),
                Self::Columns(dialog) => dialog.ui(ui, cx),
                Self::Merge(dialog) => dialog.ui(ui, cx),
                Self::Labels(dialog) => dialog.ui(ui, cx),
                Self::AddModel(dialog) => dialog.ui(ui, cx),
                Self::AskModel(dialog) => dialog.ui(ui, cx),
                Self::Train(dialog) => dialog.ui(ui, cx),
            }
        });
        match shown.inner {
            DialogOutcome::Open if escape => DialogOutcome::Closed,
            outcome => outcome,
        }
    }

    fn name(&self) -> String {
        match self {
            Self::NewProject(_) => tr("dialog-new-project"),
            Self::Settings(_) => tr("dialog-settings"),
            Self::Shortcuts(_) => tr("dialog-shortcuts"),
            Self::Help(_) => tr("dialog-help"),
            Self::About(_) => tr("dialog-about"),
            Self::Report(dialog) => dialog.name(),
            Self::Columns(dialog) => dialog.name(),
            Self::Merge(dialog) => dialog.name(),
            Self::Labels(_) => tr("dialog-labels"),
            Self::AddModel(dialog) => dialog.name(),
            Self::AskModel(_) => tr("dialog-ask-model"),
            Self::Train(_) => tr("dialog-train"),
        }
    }

    fn width(&self) -> f32 {
        match self {
            Self::NewProject(_) | Self::Settings(_) | Self::About(_) | Self::AddModel(_) | Self::AskModel(_) => 520.0,
            Self::Shortcuts(_) | Self::Report(_) | Self::Train(_) => 680.0,
            Self::Help(_) | Self::Merge(_) | Self::Labels(_) => 860.0,
            Self::Columns(_) => 1040.0,
        }
    }
}

/// Gives the focus to the first thing of a dialog in its first frame.
#[derive(Default)]
struct First {
    given: bool,
}

impl First {
    fn focus(&mut self, response: &Response) {
        if !std::mem::replace(&mut self.given, true) {
            response.request_focus();
        }
    }
}

/// A labelled field of a dialog.
fn field_ui(ui: &mut Ui, label: &str, text: &mut String, hint: &str) -> Response {
    widgets::section(ui, label);
    let response = TextField::new(text, label).hint(hint).height(size::CONTROL_LARGE).show(ui);
    ui.add_space(space::S);
    response
}

/// Words that explain, wrapped.
fn words_ui(ui: &mut Ui, text: &str, color: eframe::egui::Color32) {
    let text = RichText::new(text).font(fonts::regular(type_size::BODY)).color(color).line_height(Some(18.0));
    ui.add(eframe::egui::Label::new(text).wrap());
}

/// The row of buttons at the foot, from the right.
fn foot_ui<R>(ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> R {
    ui.add_space(space::L);
    let room = eframe::egui::vec2(ui.available_width(), size::CONTROL_LARGE);
    ui.allocate_ui_with_layout(room, Layout::right_to_left(Align::Center), contents).inner
}

/// The one button of a dialog that only tells.
fn close_ui(ui: &mut Ui, first: &mut First) -> DialogOutcome {
    let close = foot_ui(ui, |ui| ui.add(Button::primary(tr("dialog-close")).large()));
    first.focus(&close);
    if close.clicked() { DialogOutcome::Closed } else { DialogOutcome::Open }
}

/// Whether Enter was pressed in a text field, which means: do it. On a button Enter presses that button.
fn enter_in_field(ui: &Ui) -> bool {
    ui.ctx().text_edit_focused() && ui.input(|input| input.key_pressed(Key::Enter))
}

/// A line of words that leads to a command.
fn link_ui(ui: &mut Ui, cx: &mut UiContext, words: &str, command: Command) -> bool {
    let clicked = ui.add(Button::quiet(words)).clicked();
    if clicked {
        cx.send(command);
    }
    clicked
}
