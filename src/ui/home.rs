//! The start page: recent projects, a new one, three things to know.

use std::path::PathBuf;

use eframe::egui::{
    Align, CentralPanel, CornerRadius, Frame, Id, Label, Layout, Margin, Panel, Rect, RichText, Role, ScrollArea,
    Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::icons::Icon;
use super::theme::{focus_ring, size, space, type_size};
use super::widgets::{Button, IconButton, progress_bar, section};
use super::{Command, UiContext, fonts, tr, tr_args};

/// A recent project.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProjectCard {
    pub path: PathBuf,
    pub name: String,
    /// "12 sessions · 4 h 10 min · 1,454 entries · yesterday".
    pub summary: String,
    /// A letter or two from its own language; the first of its name when empty.
    pub badge: String,
    /// Part of the words glossed, 0 to 1.
    pub glossed: Option<f32>,
    /// The folder is not there now (a stick that is not in).
    pub missing: bool,
}

/// What the start page shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HomeModel {
    /// Hour of the day here, 0 to 23.
    pub hour: u8,
    /// Newest first.
    pub projects: Vec<ProjectCard>,
    /// "Backup made today 08:14 · 3 copies", when there is one.
    pub backup: Option<String>,
}

/// Draws the start page.
pub fn home_ui(ui: &mut Ui, cx: &mut UiContext, model: &HomeModel) {
    let theme = cx.theme;
    let width = ui.available_width();
    let side = (width * 0.34).clamp(280.0, size::SIDE);
    let margin = Margin { left: space::XXL as i8, right: space::XXL as i8, top: 64, bottom: space::XL as i8 };
    let frame = Frame::new().fill(theme.panel).inner_margin(margin);
    Panel::right("home-side").exact_size(side).resizable(false).frame(frame).show(ui, |ui| know_ui(ui, cx, model));
    CentralPanel::no_frame().show(ui, |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let left = if width < 1100.0 { space::XXL } else { space::PAGE };
            let column = size::COLUMN.min(ui.available_width() - 2.0 * left.min(space::XXL));
            ui.horizontal_top(|ui| {
                ui.add_space(left);
                ui.vertical(|ui| {
                    ui.set_width(column);
                    projects_ui(ui, cx, model);
                });
            });
        });
    });
}

fn projects_ui(ui: &mut Ui, cx: &mut UiContext, model: &HomeModel) {
    let theme = cx.theme;
    let greeting = match model.hour {
        5..=11 => tr("home-morning"),
        12..=17 => tr("home-afternoon"),
        18..=22 => tr("home-evening"),
        _ => tr("home-night"),
    };
    ui.add_space(64.0);
    ui.label(RichText::new(greeting).font(fonts::semibold(type_size::GREETING)));
    let invitation = if model.projects.is_empty() { tr("home-invitation-empty") } else { tr("home-invitation") };
    ui.label(RichText::new(invitation).font(fonts::regular(type_size::LEAD)).color(theme.muted));
    ui.add_space(space::XL);
    ui.spacing_mut().item_spacing.y = 10.0;
    for project in &model.projects {
        card_ui(ui, cx, project);
    }
    ui.add_space(space::S);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(10.0, 10.0);
        for (button, command) in [
            (Button::primary(tr("home-new")), Command::NewProject),
            (Button::new(tr("home-open")), Command::OpenProject(None)),
            (Button::new(tr("home-import")), Command::Import(Vec::new())),
        ] {
            if ui.add(button.large()).clicked() {
                cx.send(command);
            }
        }
    });
    ui.add_space(space::XL);
}

fn card_ui(ui: &mut Ui, cx: &mut UiContext, project: &ProjectCard) {
    let theme = cx.theme;
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), size::CARD));
    let id = Id::unique("project").with(&project.path);
    let response = ui.interact(rect, id, Sense::click());
    let name = tr_args("home-project", &[("name", project.name.clone().into())]);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    if response.clicked() {
        cx.send(Command::OpenProject(Some(project.path.clone())));
    }
    if !ui.is_rect_visible(rect) {
        return;
    }
    let lit = response.contains_pointer();
    let (fill, line) = if lit { (theme.hover, theme.line_strong) } else { (theme.raised, theme.line) };
    let radius = CornerRadius::same(size::RADIUS_CARD);
    ui.painter().rect(rect, radius, fill, Stroke::new(size::LINE, line), StrokeKind::Inside);
    focus_ring(ui, &response, size::RADIUS_CARD);

    let badge = Rect::from_center_size(
        pos2(rect.left() + space::L + size::BADGE / 2.0, rect.center().y),
        vec2(size::BADGE, size::BADGE),
    );
    ui.painter().rect_filled(badge, radius, theme.tint(theme.accent, 0.12));
    let letters = if project.badge.is_empty() { project.name.chars().take(1).collect() } else { project.badge.clone() };
    let letters = ui.painter().layout_no_wrap(letters, fonts::language(type_size::LANGUAGE_LARGE), theme.accent_text);
    ui.painter().galley(badge.center() - letters.size() / 2.0, letters, theme.accent_text);

    let forget =
        Rect::from_center_size(pos2(rect.right() - space::L - 5.0, rect.top() + space::L + 1.0), vec2(22.0, 22.0));
    let right = rect.right() - space::L;
    let progress = Rect::from_min_max(pos2(right - size::PROGRESS, rect.top()), pos2(right, rect.bottom()));
    let text =
        Rect::from_min_max(pos2(badge.right() + space::L, rect.top()), pos2(progress.left() - space::L, rect.bottom()));
    let column = |ui: &mut Ui, rect: Rect, salt: &str, contents: &mut dyn FnMut(&mut Ui)| {
        let builder = UiBuilder::new().id_salt((id, salt)).max_rect(rect).layout(Layout::top_down(Align::Min));
        // A child that is not allocated: the card has its room already.
        let mut ui = ui.new_child(builder);
        ui.spacing_mut().item_spacing.y = 1.0;
        contents(&mut ui);
    };
    column(ui, text, "text", &mut |ui| {
        ui.add_space(18.0);
        let title = RichText::new(&project.name).font(fonts::semibold(type_size::LEAD));
        ui.add(Label::new(title).truncate());
        let (words, color) = if project.missing {
            (format!("{} · {}", tr("home-not-here"), project.path.display()), theme.warn_text)
        } else {
            (project.summary.clone(), theme.muted)
        };
        ui.add(Label::new(RichText::new(words).font(fonts::figures(type_size::BODY)).color(color)).truncate());
    });
    if let Some(part) = project.glossed.filter(|_| !project.missing) {
        column(ui, progress, "progress", &mut |ui| {
            ui.spacing_mut().item_spacing.y = 7.0;
            ui.add_space(24.0);
            let words = tr_args("home-glossed", &[("percent", format!("{:.0}", part * 100.0).into())]);
            progress_bar(ui, &words, part, size::PROGRESS, theme.good);
            let words = RichText::new(words).font(fonts::figures(type_size::LABEL)).color(theme.muted);
            ui.add(Label::new(words));
        });
    }
    if lit || project.missing {
        let button = IconButton::new(Icon::Cross, format!("{}: {}", tr("home-forget"), project.name));
        if ui.place(forget, button.side(forget.width()).tooltip(tr("home-forget"))).clicked() {
            cx.send(Command::ForgetRecent(project.path.clone()));
        }
    }
    // What was drawn on the card moved the cursor back up.
    ui.advance_cursor_after_rect(rect);
}

fn know_ui(ui: &mut Ui, cx: &mut UiContext, model: &HomeModel) {
    let theme = cx.theme;
    section(ui, tr("home-know"));
    ui.add_space(space::M);
    let keys = cx.hint(&Command::Palette).unwrap_or_default();
    for (title, words) in [
        (tr("home-know-saved"), tr("home-know-saved-more")),
        (tr("home-know-offline"), tr("home-know-offline-more")),
        (tr_args("home-know-palette", &[("keys", keys.into())]), tr("home-know-palette-more")),
    ] {
        ui.label(RichText::new(title).font(fonts::semibold(type_size::BODY)));
        ui.add(Label::new(RichText::new(words).color(theme.muted).line_height(Some(18.0))).wrap());
        ui.add_space(space::L);
    }
    let Some(backup) = &model.backup else { return };
    let line = ui.available_rect_before_wrap();
    ui.painter().hline(line.x_range(), line.top() - space::XS, theme.hairline());
    ui.add_space(space::M);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        ui.label(RichText::new(format!("{backup} ·")).font(fonts::figures(type_size::BODY)).color(theme.muted));
        let link = Label::new(RichText::new(tr("home-verify")).color(theme.accent_text)).sense(Sense::click());
        let link = ui.add(link);
        link.widget_info(|| WidgetInfo::labeled(Role::Link, true, tr("home-verify")));
        focus_ring(ui, &link, size::RADIUS_SMALL);
        if link.clicked() {
            cx.send(Command::VerifyBackup);
        }
    });
}
