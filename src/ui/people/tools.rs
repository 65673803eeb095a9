//! What is drawn on the picture, as chips over it; and the expressions of the whole session under everything.

use std::sync::Arc;

use eframe::egui::{CornerRadius, Id, Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder, pos2, vec2};

use super::{PeopleModel, PeopleState};
use crate::app::command::{ClipsCommand, PeopleCommand};
use crate::app::show::Part;
use crate::domain::{Span, Time};
use crate::ui::heat::HeatRow;
use crate::ui::theme::{Theme, size, space, type_size};
use crate::ui::widgets::{Chip, IconButton};
use crate::ui::{Command, UiContext, fonts, heat, tr};

/// Height of a person's row in high windows and in low ones.
const ROW: f32 = 66.0;
const ROW_LOW: f32 = 42.0;
const LOW: f32 = 800.0;
const HEAD: f32 = 22.0;
const NAMES: f32 = 138.0;
/// So many people at once; the others are scrolled to.
const PEOPLE: usize = 3;

/// A row of chips: pressed ones are shown.
pub(super) fn tools_ui(ui: &mut Ui, cx: &mut UiContext, model: &PeopleModel) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS + 2.0;
        for part in Part::ALL {
            if matches!(part, Part::Space | Part::HiddenFaces) {
                ui.add_space(space::S);
            }
            part_chip(ui, cx, part, model.shown.has(part));
        }
        ui.with_layout(eframe::egui::Layout::right_to_left(eframe::egui::Align::Center), |ui| {
            let clip = Command::Clips(ClipsCommand::Clip);
            if ui.available_width() > size::CONTROL
                && let Some(spec) = clip.spec()
            {
                let tooltip = match cx.hint(&clip) {
                    Some(key) => format!("{} ({key})", tr(spec.id)),
                    None => tr(spec.id),
                };
                if ui.add(IconButton::new(spec.icon, tr(spec.id)).tooltip(tooltip).side(22.0)).clicked() {
                    cx.send(clip);
                }
            }
        });
    });
}

/// A chip that shows a part or hides it, with its key under the pointer.
pub(in crate::ui) fn part_chip(ui: &mut Ui, cx: &mut UiContext, part: Part, on: bool) {
    let command = Command::Show(part);
    let name = tr(&format!("show-{}", part.name()));
    let chip = if on { Chip::accent(&name) } else { Chip::new(&name) };
    let response = ui.add(chip.clickable());
    response.widget_info(|| eframe::egui::WidgetInfo::selected(eframe::egui::Role::Button, ui.is_enabled(), on, &name));
    if response.clicked() {
        cx.send(command.clone());
    }
    let tooltip = command.spec().map(|spec| tr(&spec.tooltip_id())).unwrap_or_default();
    let key = cx.hint(&command).unwrap_or_default();
    response.on_hover_text(format!("{tooltip} ({key})"));
}

fn row_height(window: f32) -> f32 {
    if window < LOW { ROW_LOW } else { ROW }
}

/// How high the card is; nothing where it is not shown.
pub(super) fn heat_height(model: &PeopleModel, window: f32) -> f32 {
    match &model.heat {
        Some(heat) => HEAD + heat.rows.len().clamp(1, PEOPLE) as f32 * (row_height(window) + space::XS) + space::S,
        None => 0.0,
    }
}

/// One person's row with its name to the left; gives the moment that was pressed.
fn row_ui(ui: &Ui, state: &mut PeopleState, index: usize, row: &Arc<HeatRow>, span: Span, rect: Rect) -> Option<Time> {
    let theme = Theme::of(ui);
    let names =
        Rect::from_min_max(rect.left_top() - vec2(NAMES - space::M, 0.0), pos2(rect.left() - space::XS, rect.bottom()));
    // Where the rows are named too, a long name ends before them.
    let left = if rect.height() == ROW { names.width() / 2.0 } else { names.width() };
    let clipped = Rect::from_min_size(names.min, vec2(left, names.height())).intersect(ui.clip_rect());
    let font = fonts::regular(type_size::SMALL);
    let painter = ui.painter().with_clip_rect(clipped);
    painter.text(names.left_top(), eframe::egui::Align2::LEFT_TOP, &row.who, font, theme.muted);
    heat::class_names_ui(ui, names);
    ui.painter().rect_filled(rect, 0.0, theme.background);
    heat::heat_ui(ui, &mut state.heat, Id::unique(("people-heat", index)), index, row, span, rect).1
}

pub(super) fn heat_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut PeopleState, model: &PeopleModel, height: f32) {
    let Some(map) = &model.heat else { return };
    let (card, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let radius = CornerRadius::same(size::RADIUS_CARD);
    ui.painter().rect(card, radius, cx.theme.panel, cx.theme.hairline(), StrokeKind::Inside);
    let head = pos2(card.left() + space::M, card.top() + HEAD / 2.0 + 2.0);
    let font = fonts::regular(type_size::SMALL);
    let title = tr("heat-title");
    ui.painter().text(head, eframe::egui::Align2::LEFT_CENTER, title, font.clone(), cx.theme.muted);
    if card.width() > 420.0 {
        heat::legend_ui(ui, pos2(card.right() - space::M, head.y));
    }
    let plot = Rect::from_min_max(card.min + vec2(NAMES, HEAD), card.max - vec2(space::M, space::S));
    if map.rows.is_empty() {
        let words = tr("heat-none");
        ui.painter().text(plot.center(), eframe::egui::Align2::CENTER_CENTER, words, font, cx.theme.muted);
        return;
    }
    let row_height = row_height(ui.ctx().content_rect().height());
    let rows = Rect::from_x_y_ranges(card.x_range().shrink(1.0), plot.y_range());
    ui.scope_builder(UiBuilder::new().max_rect(rows), |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ScrollArea::vertical().id_salt("people-heat").auto_shrink(false).show(ui, |ui| {
            for (index, row) in map.rows.iter().enumerate() {
                let (whole, _) = ui.allocate_exact_size(vec2(rows.width(), row_height + space::XS), Sense::hover());
                if !ui.is_rect_visible(whole) {
                    continue;
                }
                let rect = Rect::from_min_size(pos2(plot.left(), whole.top()), vec2(plot.width(), row_height));
                if let Some(time) = row_ui(ui, state, index, row, map.span, rect) {
                    cx.send(Command::People(PeopleCommand::ShowMoment(time)));
                }
            }
        });
    });
    let whole = map.span.duration().secs().max(1e-9);
    let x = |time: Time| plot.left() + ((time - map.span.start).secs() / whole) as f32 * plot.width();
    if let Some(proposal) = &model.proposal {
        let tinted = Rect::from_x_y_ranges(x(proposal.span.start)..=x(proposal.span.end), plot.y_range());
        let tinted = tinted.intersect(plot);
        ui.painter().rect_stroke(
            tinted.expand2(vec2(1.0, 0.0)),
            0.0,
            Stroke::new(1.0, cx.theme.accent),
            StrokeKind::Outside,
        );
    }
    if map.span.contains(model.moment) {
        ui.painter().vline(x(model.moment), plot.y_range(), Stroke::new(size::ICON_STROKE, cx.theme.text));
    }
}
