//! Tiers, proposals and measures under the sound, scrolled up and down together.

use eframe::egui::{
    Align, Align2, CornerRadius, Id, Layout, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder,
    WidgetInfo, pos2, vec2,
};

use super::axis::{header_of, lane_of, selection_ui};
use super::model::{Mark, Playback, ProposalLane, TimelineModel};
use super::scale::Scale;
use super::state::TimelineState;
use super::{measures, paint, tiers};
use crate::app::command::TimelineCommand;
use crate::ui::theme::{focus_ring, size, space, type_size};
use crate::ui::widgets::Button;
use crate::ui::{Command, Place, UiContext, fonts, name_of, tr, tr_args};

/// Height of a lane.
pub const LANE: f32 = 36.0;
/// Room for the buttons under the lanes.
const BUTTONS: f32 = 360.0;

/// Draws the lanes that are in sight.
pub fn lanes_ui(
    ui: &mut Ui,
    cx: &mut UiContext,
    state: &mut TimelineState,
    model: &TimelineModel,
    playback: &Playback,
    scale: Scale,
) {
    let room = ui.max_rect();
    let (tiers, proposals) = (model.tiers.len(), model.proposals.len());
    let count = tiers + proposals + model.measures.len();
    let height = (count as f32 + 1.0) * LANE;
    ScrollArea::vertical().id_salt("timeline lanes").auto_shrink(false).show_viewport(ui, |ui, viewport| {
        ui.set_height(height.max(viewport.height()));
        let top = ui.max_rect().top();
        let row = |index: usize| {
            let y = top + index as f32 * LANE;
            Rect::from_min_max(pos2(room.left(), y), pos2(room.right(), y + LANE))
        };
        let first = (viewport.top() / LANE).floor().max(0.0) as usize;
        let last = ((viewport.bottom() / LANE).ceil().max(0.0) as usize).min(count);
        state.lanes = first.min(tiers)..last.min(tiers);
        if let Some(tier) = state.scroll_to.take()
            && let Some(index) = model.tiers.iter().position(|lane| lane.id == tier)
        {
            ui.scroll_to_rect(row(index), None);
        }
        let lane = state.scroll_to_lane.as_ref();
        if let Some(index) = lane.and_then(|channel| model.measures.iter().position(|m| m.channel == *channel)) {
            state.scroll_to_lane = None;
            ui.scroll_to_rect(row(tiers + proposals + index), None);
        }
        selection_ui(ui, state, model, lane_of(ui.clip_rect().intersect(room)), scale);
        for index in first..last {
            let rect = row(index);
            if let Some(lane) = model.tiers.get(index) {
                tiers::tier_ui(ui, cx, state, model, lane, playback, rect, scale);
            } else if let Some(lane) = model.proposals.get(index - tiers) {
                proposals_ui(ui, cx, model, lane, rect, scale);
            } else if let Some(lane) = model.measures.get(index - tiers - proposals) {
                let number = index - tiers - proposals;
                measures::measure_ui(ui, cx, state, model, playback, lane, number, rect, scale);
            }
            ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, cx.theme.hairline());
        }
        let add = header_of(row(count)).expand2(vec2(space::S, 0.0));
        let add = Rect::from_min_max(add.min, pos2((add.left() + BUTTONS).min(room.right()), add.bottom()));
        let builder = UiBuilder::new().id_salt("add tier").max_rect(add).layout(Layout::left_to_right(Align::Center));
        ui.scope_builder(builder, |ui| {
            for command in [TimelineCommand::AddTier, TimelineCommand::Lanes] {
                // Lanes are made of what was seen and heard.
                if command == TimelineCommand::Lanes && model.choices.is_empty() {
                    continue;
                }
                let command = Command::Timeline(command);
                let Some(spec) = command.spec() else { continue };
                let mut button = Button::quiet(name_of(&command)).tooltip(tr(&spec.tooltip_id()));
                if let Some(key) = cx.hint(&command) {
                    button = button.key(key);
                }
                if ui.add(button).clicked() {
                    cx.send(command);
                }
            }
        });
    });
}

fn proposals_ui(ui: &mut Ui, cx: &mut UiContext, model: &TimelineModel, lane: &ProposalLane, row: Rect, scale: Scale) {
    let theme = cx.theme;
    let header = header_of(row);
    let square = Rect::from_center_size(pos2(header.left() + 4.0, header.top() + 13.0), vec2(8.0, 8.0));
    ui.painter().rect_filled(square, CornerRadius::same(2), theme.accent);
    let rect = Rect::from_min_max(pos2(header.left() + space::L, header.top()), header.max);
    let name = Rect::from_min_max(pos2(rect.left(), row.top() + 4.0), pos2(rect.right() + space::XS, row.top() + 21.0));
    paint::line(ui.painter(), name, Align2::LEFT_CENTER, &lane.title, fonts::regular(type_size::BODY), theme.text);
    let detail = Rect::from_min_max(pos2(rect.left(), row.top() + 20.0), pos2(name.right(), row.bottom() - 2.0));
    let (words, small) = (tr("timeline-proposed"), fonts::regular(type_size::TINY));
    paint::line(ui.painter(), detail, Align2::RIGHT_CENTER, &words, small.clone(), theme.muted);
    if !lane.who.is_empty() {
        paint::line(ui.painter(), detail, Align2::LEFT_CENTER, &lane.who, small, theme.muted);
    }
    for mark in &lane.marks {
        mark_ui(ui, cx, model, lane, mark, lane_of(row), scale);
    }
}

fn mark_ui(
    ui: &mut Ui,
    cx: &mut UiContext,
    model: &TimelineModel,
    lane: &ProposalLane,
    mark: &Mark,
    row: Rect,
    scale: Scale,
) {
    let theme = cx.theme;
    let range = scale.range(mark.span);
    let whole = row.y_range().shrink(3.0);
    let high = whole.span() / lane.rows.max(1) as f32;
    let top = whole.min + high * mark.row as f32;
    let gap = if lane.rows > 1 { 1.0 } else { 0.0 };
    let rect = Rect::from_x_y_ranges(range.min..=range.max.max(range.min + 3.0), top..=(top + high - gap));
    let painter = ui.painter().with_clip_rect(row.intersect(ui.clip_rect()));
    let selected = model.tag == Some(mark.id);
    let tint = if selected { size::ANNOTATION_TINT_SELECTED } else { size::ANNOTATION_TINT };
    let radius = CornerRadius::same(size::RADIUS_SMALL);
    painter.rect_filled(rect, radius, theme.tint(theme.accent, if mark.unsure { tint / 2.0 } else { tint }));
    let edge = Rect::from_min_max(rect.min, pos2(rect.left() + size::EDGE, rect.bottom()));
    painter.rect_filled(edge, 0.0, theme.accent);
    if selected {
        painter.rect_stroke(rect, radius, Stroke::new(size::LINE, theme.accent), StrokeKind::Inside);
    }
    let inner = Rect::from_min_max(pos2(rect.left().max(row.left()) + space::S, rect.top()), rect.max);
    let font = if lane.rows > 1 { type_size::TINY } else { type_size::SMALL };
    paint::line(&painter, inner, Align2::LEFT_CENTER, &mark.text, fonts::regular(font), theme.text);
    let seen = rect.intersect(row);
    if seen.width() < 1.0 {
        return;
    }
    let response = ui.interact(seen, Id::unique(("timeline proposal", mark.id)), Sense::click());
    response.widget_info(|| {
        let name = tr_args(
            "timeline-proposal-name",
            &[
                ("text", mark.text.clone().into()),
                ("who", lane.name.clone().into()),
                ("start", mark.span.start.to_string().into()),
            ],
        );
        WidgetInfo::selected(Role::ListBoxOption, true, selected, name)
    });
    focus_ring(ui, &response, size::RADIUS_SMALL);
    if response.clicked() {
        cx.send(Command::Timeline(TimelineCommand::SelectTag(mark.id)));
    }
    if response.double_clicked() {
        cx.send(Command::Go(Place::People));
    }
    response.on_hover_text(&mark.text);
}
