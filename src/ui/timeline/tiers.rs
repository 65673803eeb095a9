//! A tier's lane: its name, and its annotations in sight.

use eframe::egui::{
    Align2, Color32, CornerRadius, CursorIcon, Id, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::axis::{header_of, lane_of, surface};
use super::model::{Block, Playback, TierLane, TimelineModel};
use super::paint;
use super::scale::Scale;
use super::state::{Drag, Field, TimelineState};
use crate::app::command::TimelineCommand;
use crate::domain::{Span, TierRole, Time};
use crate::ui::theme::{Theme, focus_ring, size, space, type_size};
use crate::ui::{Command, UiContext, fonts, tr_args};

/// Narrower annotations are drawn and can be clicked on their lane, but are no controls of their own.
const NARROW: f32 = 4.0;
/// Annotations at least this wide have edges to drag.
const WIDE: f32 = 18.0;
/// Width of an edge that can be dragged.
const HANDLE: f32 = 7.0;
/// As short as an edge can make it.
const SHORTEST: Time = crate::app::edit::annotations::SHORTEST;
/// Room for the text of a point.
const POINT: f32 = 64.0;
/// Length of an annotation made by a double click.
const NEW: Time = Time::from_millis(1000);

/// The colour of a tier: the tiers' colours without the one that means "here you are".
pub(super) fn color(theme: &Theme, number: usize) -> Color32 {
    theme.tier([0, 1, 2, 4][number % 4])
}

/// Draws one tier.
#[allow(clippy::too_many_arguments)]
pub fn tier_ui(
    ui: &mut Ui,
    cx: &mut UiContext,
    state: &mut TimelineState,
    model: &TimelineModel,
    tier: &TierLane,
    playback: &Playback,
    row: Rect,
    scale: Scale,
) {
    let selected = model.tier == Some(tier.id);
    header_ui(ui, cx, tier, row, selected);
    let lane = lane_of(row);
    let response = surface(ui, cx, state, lane, scale, "timeline-lane", Some((tier.id, &tier.name)));
    let clicked_at = response.interact_pointer_pos().map(|at| scale.time_at(at.x));
    if response.double_clicked()
        && let Some(at) = clicked_at
    {
        let span = match model.span.filter(|span| span.contains(at)) {
            Some(span) => span,
            None => Span { start: (at - Time(NEW.0 / 2)).max(Time::ZERO), end: at + Time(NEW.0 / 2) },
        };
        state.focus = Some(field_of(tier.role));
        cx.send(Command::Timeline(TimelineCommand::Create { tier: tier.id, span }));
    } else if response.clicked()
        && let Some(at) = clicked_at
        && let Some(block) = tier.blocks.iter().find(|block| block.span.contains(at))
    {
        cx.send(Command::Timeline(TimelineCommand::Select(Some(block.id))));
    }
    if selected && let Some(mark) = playback.mark {
        pending_ui(ui, Span::new(mark, playback.position), lane, scale);
    }
    for block in &tier.blocks {
        block_ui(ui, cx, state, model, tier, block, lane, scale);
    }
}

/// The field in which a tier's text is written.
fn field_of(role: TierRole) -> Field {
    match role {
        TierRole::Translation => Field::Translation,
        TierRole::Note => Field::Note,
        _ => Field::Transcription,
    }
}

fn header_ui(ui: &Ui, cx: &mut UiContext, tier: &TierLane, row: Rect, selected: bool) {
    let theme = cx.theme;
    let whole = Rect::from_min_max(row.min, pos2(lane_of(row).left() - 1.0, row.bottom() - 1.0));
    let response = ui.interact(whole, Id::unique(("timeline tier", tier.id)), Sense::click());
    response.widget_info(|| {
        let name = tr_args("timeline-tier-name", &[("tier", tier.name.clone().into())]);
        WidgetInfo::selected(Role::ListBoxOption, true, selected, name)
    });
    if selected {
        ui.painter().rect_filled(whole, 0.0, theme.selected());
        let edge = Rect::from_min_max(whole.min, pos2(whole.left() + size::ROW_EDGE, whole.bottom()));
        ui.painter().rect_filled(edge, 0.0, theme.accent);
    } else if response.hovered() {
        ui.painter().rect_filled(whole, 0.0, theme.hover);
    }
    if response.clicked() {
        cx.send(Command::Timeline(TimelineCommand::SelectTier(tier.id)));
    }
    focus_ring(ui, &response, 0);
    let header = header_of(row);
    let indent = tier.depth.min(3) as f32 * space::S;
    // A name with nothing under it stands in the middle.
    let middle = if tier.detail.is_empty() { header.center().y } else { header.top() + 13.0 };
    let square = Rect::from_center_size(pos2(header.left() + indent + 4.0, middle), vec2(8.0, 8.0));
    ui.painter().rect_filled(square, CornerRadius::same(2), color(theme, tier.color));
    let left = header.left() + indent + space::L;
    let name = Rect::from_min_max(pos2(left, middle - 9.0), pos2(header.right() + space::XS, middle + 8.0));
    let font = fonts::regular(if tier.depth == 0 { type_size::BODY } else { type_size::SMALL });
    paint::line(ui.painter(), name, Align2::LEFT_CENTER, &tier.name, font, theme.text);
    let detail =
        Rect::from_min_max(pos2(left, header.top() + 20.0), pos2(header.right() + space::XS, header.bottom() - 2.0));
    let small = fonts::regular(type_size::TINY);
    paint::line(ui.painter(), detail, Align2::RIGHT_CENTER, &tier.detail, small, theme.muted);
    response.on_hover_text(&tier.name);
}

/// A segment that has been begun and not ended.
fn pending_ui(ui: &Ui, span: Span, lane: Rect, scale: Scale) {
    let theme = Theme::of(ui);
    let range = scale.range(span);
    let rect = Rect::from_x_y_ranges(range, lane.y_range().shrink(3.0)).intersect(lane);
    if rect.is_positive() {
        let radius = CornerRadius::same(size::RADIUS_SMALL);
        ui.painter().rect_filled(rect, radius, theme.tint(theme.accent, 0.15));
        ui.painter().rect_stroke(rect, radius, Stroke::new(size::LINE, theme.accent), StrokeKind::Inside);
    }
}

#[allow(clippy::too_many_arguments)]
fn block_ui(
    ui: &Ui,
    cx: &mut UiContext,
    state: &mut TimelineState,
    model: &TimelineModel,
    tier: &TierLane,
    block: &Block,
    lane: Rect,
    scale: Scale,
) {
    let theme = cx.theme;
    let span = match state.drag {
        Some(Drag::Edge { annotation, span }) if annotation == block.id => span,
        _ => block.span,
    };
    let range = scale.range(span);
    let painter = ui.painter().with_clip_rect(lane.intersect(ui.clip_rect()));
    let color = color(theme, tier.color);
    let width = range.span();
    if width < NARROW {
        let rect = Rect::from_x_y_ranges(range.min..=range.max.max(range.min + 1.0), lane.y_range().shrink(4.0));
        let point = span.duration() == Time::ZERO;
        painter.rect_filled(rect, 0.0, theme.tint(color, if point { 1.0 } else { 0.45 }));
        if point {
            // A point has no room of its own for its text.
            let words = Rect::from_min_size(rect.right_top() + vec2(space::XS, 0.0), vec2(POINT, rect.height()));
            let small = fonts::figures(type_size::LABEL);
            paint::line(&painter, words, Align2::LEFT_CENTER, &block.text, small, theme.muted);
        }
        return;
    }
    // A hair's breadth between neighbours.
    let rect = Rect::from_x_y_ranges(range.min..=range.max - 1.0, lane.y_range().shrink(3.0));
    let selected = model.annotation == Some(block.id);
    let seen = rect.intersect(lane);
    if !seen.is_positive() {
        return;
    }
    let response = ui.interact(seen, Id::unique(("timeline annotation", block.id)), Sense::click());
    response.widget_info(|| {
        let name = tr_args(
            "timeline-annotation-name",
            &[
                ("text", block.text.clone().into()),
                ("tier", tier.name.clone().into()),
                ("start", block.span.start.to_string().into()),
            ],
        );
        WidgetInfo::selected(Role::ListBoxOption, true, selected, name)
    });
    let radius = CornerRadius::same(size::RADIUS_SMALL);
    let tint = match (selected, response.hovered()) {
        (true, _) => size::ANNOTATION_TINT_SELECTED,
        (false, true) => 0.5 * (size::ANNOTATION_TINT + size::ANNOTATION_TINT_SELECTED),
        (false, false) => size::ANNOTATION_TINT,
    };
    painter.rect_filled(rect, radius, theme.tint(color, tint));
    let edge = Rect::from_min_max(rect.min, pos2(rect.left() + size::EDGE, rect.bottom()));
    painter.rect_filled(edge, CornerRadius::same(1), color);
    if selected {
        painter.rect_stroke(rect, radius, Stroke::new(size::LINE, theme.accent), StrokeKind::Inside);
    }
    let font = match tier.object_language {
        true => fonts::language(type_size::LEAD),
        false => fonts::regular(type_size::BODY),
    };
    let inner =
        Rect::from_min_max(pos2(seen.left() + space::S, rect.top()), pos2(seen.right() - space::XS, rect.bottom()));
    paint::line(&painter, inner, Align2::LEFT_CENTER, &block.text, font, theme.text);
    focus_ring(ui, &response, size::RADIUS_SMALL);
    if response.clicked() {
        cx.send(Command::Timeline(TimelineCommand::Select(Some(block.id))));
    }
    if response.double_clicked() {
        state.focus = Some(field_of(tier.role));
    }
    if !block.text.is_empty() {
        response.on_hover_text(&block.text);
    }
    if block.own_times && width >= WIDE {
        for end in [false, true] {
            handle_ui(ui, cx, state, block, end, rect, lane, scale);
        }
    }
}

/// An edge of an annotation, to be dragged.
#[allow(clippy::too_many_arguments)]
fn handle_ui(
    ui: &Ui,
    cx: &mut UiContext,
    state: &mut TimelineState,
    block: &Block,
    end: bool,
    rect: Rect,
    lane: Rect,
    scale: Scale,
) {
    let x = if end { rect.right() - HANDLE + 2.0 } else { rect.left() - 2.0 };
    let grip = Rect::from_min_size(pos2(x, rect.top()), vec2(HANDLE, rect.height())).intersect(lane);
    if !grip.is_positive() {
        return;
    }
    let response = ui
        .interact(grip, Id::unique(("timeline edge", block.id, end)), Sense::drag())
        .on_hover_and_drag_cursor(CursorIcon::ResizeHorizontal);
    response.widget_info(|| {
        let name = if end { "timeline-edge-end" } else { "timeline-edge-start" };
        WidgetInfo::labeled(Role::Splitter, true, tr_args(name, &[("text", block.text.clone().into())]))
    });
    if response.dragged()
        && let Some(at) = response.interact_pointer_pos()
    {
        let time = scale.time_at(at.x).max(Time::ZERO);
        let span = match end {
            true => Span { start: block.span.start, end: time.max(block.span.start + SHORTEST) },
            false => Span { start: time.min(block.span.end - SHORTEST).max(Time::ZERO), end: block.span.end },
        };
        state.drag = Some(Drag::Edge { annotation: block.id, span });
    }
    if response.drag_stopped()
        && let Some(Drag::Edge { annotation, span }) = state.drag.take()
    {
        cx.send(Command::Timeline(TimelineCommand::Retime { annotation, span }));
    }
}
