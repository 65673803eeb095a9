//! The frame around every view: top bar, rail, status bar, palette and messages.

use eframe::egui::{
    Align, CentralPanel, CornerRadius, CursorIcon, Frame, Label, Layout, Margin, Panel, Rect, Response, RichText, Role,
    Sense, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::icons::{self, Icon};
use super::menu::{menu_name, menu_ui};
use super::palette::{Palette, PaletteEntry};
use super::theme::{focus_ring, size, space, type_size};
use super::toasts::Toasts;
use super::widgets::{Button, dot, progress_bar};
use super::{Command, Place, UiContext, fonts, name_of, tr, tr_args, widgets};

/// Whether what one did is on disk.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum SaveState {
    /// No project is open.
    #[default]
    Ready,
    Saved,
    /// A transaction is on its way.
    Saving,
    ReadOnly,
    /// It could not be saved; in the user's words.
    Problem(String),
}

/// A piece of the status bar.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StatusItem {
    /// Words and whether they carry weight: `[("Selection ", false), ("5.670 s", true)]`.
    pub words: Vec<(String, bool)>,
    /// What pressing it does.
    pub command: Option<Command>,
}

impl StatusItem {
    /// One word without weight.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { words: vec![(text.into(), false)], command: None }
    }
    /// More words.
    pub fn and(mut self, text: impl Into<String>, strong: bool) -> Self {
        self.words.push((text.into(), strong));
        self
    }
    fn text(&self) -> String {
        self.words.iter().map(|(words, _)| words.as_str()).collect()
    }
}

/// The job that is running.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JobLine {
    /// "Analysing faces".
    pub name: String,
    /// 0 to 1; `None` while nobody knows.
    pub part: Option<f32>,
    /// "11 min", when it can be told.
    pub left: Option<String>,
}

/// What the frame shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShellModel {
    /// Name of the open project.
    pub project: Option<String>,
    /// Where in the project: "The jaguar, 2024-07-11".
    pub crumb: Option<String>,
    /// What Undo would undo: "split of annotation".
    pub undo: Option<String>,
    pub redo: Option<String>,
    pub save: SaveState,
    /// Left part of the status bar, after the saved mark: what is selected.
    pub status: Vec<StatusItem>,
    pub job: Option<JobLine>,
    /// Right part of the status bar.
    pub hints: Vec<StatusItem>,
    /// A dialog is open: keys are its own.
    pub dialog: bool,
}

/// The frame's own state.
#[derive(Default)]
pub struct Shell {
    pub palette: Palette,
    pub toasts: Toasts,
}

impl Shell {
    /// Takes the keys, draws the frame and the view within it. Commands that concern only the frame (the palette)
    /// are done here; the others are left in `cx` for `app`.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        cx: &mut UiContext,
        model: &ShellModel,
        entries: &[PaletteEntry],
        view: impl FnOnce(&mut Ui, &mut UiContext),
    ) {
        if model.dialog {
            // Nothing under a dialog listens.
        } else if !self.palette.is_open() {
            let taken = cx.keymap.take(ui.ctx(), cx.place, cx.project_open);
            cx.commands.extend(taken);
        } else if cx.keymap.take_only(ui.ctx(), &Command::Palette) {
            self.palette.toggle(ui);
        }
        let theme = cx.theme;
        let bar = Frame::new().fill(theme.panel);
        Panel::top("top-bar")
            .exact_size(size::TOP_BAR)
            .resizable(false)
            .frame(bar)
            .show(ui, |ui| top_bar(ui, cx, model));
        Panel::bottom("status-bar")
            .exact_size(size::STATUS_BAR)
            .resizable(false)
            .frame(bar)
            .show(ui, |ui| status_bar(ui, cx, model));
        Panel::left("rail").exact_size(size::RAIL).resizable(false).frame(bar).show(ui, |ui| rail(ui, cx));
        CentralPanel::no_frame().show(ui, |ui| {
            ui.painter().rect_filled(ui.max_rect(), 0.0, theme.background);
            view(ui, cx);
        });
        let asked = cx.commands.len();
        cx.commands.retain(|command| *command != Command::Palette);
        if cx.commands.len() < asked {
            self.palette.toggle(ui);
        }
        self.palette.show(ui, cx, entries);
        self.toasts.show(ui, cx);
    }
}

/// A `Ui` in a part of a bar, its things in the middle of the height.
fn part<R>(ui: &mut Ui, name: &str, rect: Rect, layout: Layout, contents: impl FnOnce(&mut Ui) -> R) -> R {
    ui.scope_builder(UiBuilder::new().id_salt(name).max_rect(rect).layout(layout), contents).inner
}

fn top_bar(ui: &mut Ui, cx: &mut UiContext, model: &ShellModel) {
    let bar = ui.max_rect().shrink2(vec2(space::M, 0.0));
    let left = part(ui, "place", bar, Layout::left_to_right(Align::Center), |ui| {
        ui.set_max_width(bar.width() / 2.0 - size::COMMAND_FIELD / 2.0 - space::L);
        crumbs(ui, cx, model);
        ui.min_rect()
    });
    let right = part(ui, "actions", bar, Layout::right_to_left(Align::Center), |ui| {
        if cx.project_open {
            let share = Button::new(tr("share")).tooltip(tr("command-export.tooltip"));
            if ui.add(share).clicked() {
                cx.send(Command::Go(Place::Publish));
            }
            ui.add_space(space::S);
        }
        if let Some(what) = &model.undo {
            undo_button(ui, cx, what);
        }
        ui.min_rect()
    });
    // In the middle of the window, and where there is no room there, between the two.
    let width = size::COMMAND_FIELD.min((right.left() - left.right() - 2.0 * space::L).max(size::CONTROL * 4.0));
    let middle = bar.center().x.clamp(
        left.right() + space::L + width / 2.0,
        (right.left() - space::L - width / 2.0).max(left.right() + space::L + width / 2.0),
    );
    let field = Rect::from_center_size(pos2(middle, bar.center().y), vec2(width, size::CONTROL));
    command_field(ui, cx, field);
}

fn crumbs(ui: &mut Ui, cx: &mut UiContext, model: &ShellModel) {
    let theme = cx.theme;
    let strong = |text: &str| RichText::new(text).font(fonts::semibold(type_size::BODY)).color(theme.text);
    let brand = ui.add(Label::new(strong(&tr("app-name"))).sense(Sense::click()));
    brand.widget_info(|| WidgetInfo::labeled(Role::Button, true, menu_name()));
    focus_ring(ui, &brand, size::RADIUS_SMALL);
    let brand = brand.on_hover_cursor(CursorIcon::PointingHand);
    menu_ui(&brand, cx, model.undo.as_deref(), model.redo.as_deref());
    let Some(project) = &model.project else { return };
    ui.add_space(space::XS);
    let muted = |text: &str| RichText::new(text).color(theme.muted);
    if let Some(crumb) = &model.crumb {
        let response = ui.add(Label::new(muted(project)).truncate().sense(Sense::click()));
        response.widget_info(|| WidgetInfo::labeled(Role::Link, true, project));
        focus_ring(ui, &response, size::RADIUS_SMALL);
        if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
            cx.send(Command::Go(Place::Sessions));
        }
        ui.label(muted("/"));
        ui.add(Label::new(strong(crumb)).truncate());
    } else {
        ui.add(Label::new(strong(project)).truncate());
    }
}

fn undo_button(ui: &mut Ui, cx: &mut UiContext, what: &str) {
    let words = tr_args("undo-what", &[("what", what.to_owned().into())]);
    let button = Button::quiet(words).icon(Icon::Undo);
    let button = match cx.hint(&Command::Undo) {
        Some(key) => button.tooltip(format!("{} ({key})", tr("command-undo.tooltip"))),
        None => button,
    };
    if ui.add(button).clicked() {
        cx.send(Command::Undo);
    }
}

fn command_field(ui: &mut Ui, cx: &mut UiContext, rect: Rect) {
    let theme = cx.theme;
    let response = ui.interact(rect, ui.scope_id().with("command-field"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name_of(&Command::Palette)));
    let fill = if response.hovered() { theme.hover } else { theme.field() };
    ui.painter().rect(rect, CornerRadius::same(size::RADIUS), fill, theme.outline(), StrokeKind::Inside);
    let words = ui.painter().layout_no_wrap(tr("palette-hint"), fonts::regular(type_size::BODY), theme.muted);
    ui.painter().galley(rect.left_center() + vec2(space::M, -words.size().y / 2.0), words, theme.muted);
    if let Some(key) = cx.hint(&Command::Palette) {
        let room = widgets::key_hint_size(ui, &key);
        let at = rect.right_center() - vec2(room.x + space::S, 0.0);
        widgets::paint_key_hint(ui, at, &key, theme.muted, theme.line_strong);
    }
    focus_ring(ui, &response, size::RADIUS);
    if response.on_hover_cursor(CursorIcon::Text).clicked() {
        cx.send(Command::Palette);
    }
}

fn rail(ui: &mut Ui, cx: &mut UiContext) {
    ui.spacing_mut().item_spacing.y = space::XS;
    ui.add_space(space::S);
    ui.add_enabled_ui(cx.project_open, |ui| {
        for place in Place::RAIL {
            rail_item(ui, cx, place);
        }
    });
}

fn rail_item(ui: &mut Ui, cx: &mut UiContext, place: Place) {
    let theme = cx.theme;
    let name = tr(place.text_id());
    let here = cx.place == place;
    let (room, response) = ui.allocate_exact_size(vec2(size::RAIL, size::RAIL_ITEM), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Tab, ui.is_enabled(), here, &name));
    let rect = room.shrink2(vec2(space::XS, 0.0));
    let lit = ui.is_enabled() && response.hovered();
    if here {
        ui.painter().rect_filled(rect, CornerRadius::same(size::RADIUS), theme.selected());
    } else if lit {
        ui.painter().rect_filled(rect, CornerRadius::same(size::RADIUS), theme.hover);
    }
    let color = match (here, lit) {
        (true, _) => theme.accent_text,
        (false, true) => theme.text,
        (false, false) => theme.muted,
    };
    icons::paint(ui.painter(), pos2(rect.center().x, rect.top() + 16.0), size::RAIL_ICON, place.icon(), color);
    let words = ui.painter().layout_no_wrap(name.clone(), fonts::regular(type_size::TINY), color);
    let at = pos2(rect.center().x - words.size().x / 2.0, rect.bottom() - words.size().y - 4.0);
    ui.painter().galley(at, words, color);
    focus_ring(ui, &response.clone().with_new_rect(rect), size::RADIUS);
    let tooltip = match cx.hint(&Command::Go(place)) {
        Some(key) => format!("{name} ({key})"),
        None => name,
    };
    if response.on_hover_text(tooltip).clicked() {
        cx.send(Command::Go(place));
    }
}

fn status_bar(ui: &mut Ui, cx: &mut UiContext, model: &ShellModel) {
    let theme = cx.theme;
    let bar = ui.max_rect().shrink2(vec2(space::M, 0.0));
    part(ui, "right", bar, Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = space::L;
        let version = tr_args("status-version", &[("version", env!("CARGO_PKG_VERSION").into())]);
        if model.hints.is_empty() {
            status_item(ui, cx, &StatusItem::plain(version));
        }
        for item in model.hints.iter().rev() {
            status_item(ui, cx, item);
        }
        if let Some(job) = &model.job {
            job_line(ui, cx, job);
        }
    });
    part(ui, "left", bar, Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        let (color, words) = match &model.save {
            SaveState::Ready => (theme.good, tr("status-ready")),
            SaveState::Saved => (theme.good, tr("status-saved")),
            SaveState::Saving => (theme.muted, tr("status-saving")),
            SaveState::ReadOnly => (theme.warn, tr("status-read-only")),
            SaveState::Problem(problem) => (theme.bad, problem.clone()),
        };
        dot(ui, color);
        status_item(ui, cx, &StatusItem::plain(words));
        ui.spacing_mut().item_spacing.x = space::L;
        ui.add_space(space::S);
        for item in &model.status {
            status_item(ui, cx, item);
        }
    });
}

fn status_item(ui: &mut Ui, cx: &mut UiContext, item: &StatusItem) -> Response {
    let theme = cx.theme;
    let mut job = eframe::egui::text::LayoutJob::default();
    for (words, strong) in &item.words {
        let (font, color) = if *strong {
            (fonts::figures_semibold(type_size::SMALL), theme.text)
        } else {
            (fonts::figures(type_size::SMALL), theme.muted)
        };
        job.append(words, 0.0, eframe::egui::TextFormat::simple(font, color));
    }
    let label = Label::new(job).truncate();
    let Some(command) = &item.command else { return ui.add(label) };
    let response = ui.add(label.sense(Sense::click()));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, item.text()));
    focus_ring(ui, &response, size::RADIUS_SMALL);
    if response.clicked() {
        cx.send(command.clone());
    }
    response.on_hover_cursor(CursorIcon::PointingHand)
}

fn job_line(ui: &mut Ui, cx: &mut UiContext, job: &JobLine) {
    ui.spacing_mut().item_spacing.x = space::S;
    let theme = cx.theme;
    let stop = ui.add(widgets::IconButton::new(Icon::Cross, tr("job-cancel")).side(size::STATUS_BAR - space::XS));
    if stop.clicked() {
        cx.send(Command::CancelJob);
    }
    let mut item = StatusItem::plain(job.name.clone());
    if let Some(part) = job.part {
        item = item.and(format!(" {:.0} %", part * 100.0), true);
    }
    if let Some(left) = &job.left {
        item = item.and(format!(" · {}", tr_args("job-left", &[("time", left.clone().into())])), false);
    }
    status_item(ui, cx, &item);
    if let Some(part) = job.part {
        progress_bar(ui, &job.name, part, size::PROGRESS / 2.0, theme.good);
    }
}

/// The margin of a panel's contents.
pub fn panel_margin() -> Margin {
    Margin::symmetric(space::M as i8, space::M as i8)
}
