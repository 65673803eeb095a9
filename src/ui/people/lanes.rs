//! The curves under the picture, with the proposal's time tinted and the playhead through all.

use eframe::egui::{
    Align2, CornerRadius, CursorIcon, Id, Rect, Role, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::{Editor, Lane, PeopleModel, PeopleState, RuleModel};
use crate::app::command::PeopleCommand;
use crate::domain::{Span, Time};
use crate::ui::theme::{focus_ring, size, space, type_size};
use crate::ui::{Command, UiContext, fonts, tr, tr_args};

const LANE: f32 = 34.0;
const NAMES: f32 = 84.0;
const HANDLE: f32 = 8.0;
/// Where it stands how the curves were smoothed.
const FOOT: f32 = 12.0;

/// How high a card of so many lanes is.
pub(super) fn height(lanes: usize) -> f32 {
    lanes as f32 * LANE + 2.0 * space::S + FOOT
}

/// How many lanes there are, that of the rule on screen with them.
pub(super) fn count(model: &PeopleModel) -> usize {
    model.lanes.len() + usize::from(rule_of(model).is_some())
}

/// The rule on screen, where its lane can stand with the others.
fn rule_of(model: &PeopleModel) -> Option<(&RuleModel, &Lane, Span)> {
    let rule = model.rule.as_ref()?;
    Some((rule, rule.lane.as_ref()?, rule.span?))
}

pub(super) fn lanes_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut PeopleState, model: &PeopleModel) {
    let Some(span) = model.lanes_span.or(rule_of(model).map(|(_, _, span)| span)) else { return };
    if count(model) == 0 {
        return;
    }
    let (card, _) = ui.allocate_exact_size(vec2(ui.available_width(), height(count(model))), Sense::hover());
    ui.painter().rect(
        card,
        CornerRadius::same(size::RADIUS_CARD),
        cx.theme.panel,
        cx.theme.hairline(),
        StrokeKind::Inside,
    );
    let plot = Rect::from_min_max(card.min + vec2(NAMES, space::S), card.max - vec2(space::M, space::S + FOOT));
    let axis = Axis { span, plot };
    let response = ui.interact(plot, Id::unique("people-lanes"), Sense::click_and_drag());
    let response = response.on_hover_text(&model.filter);
    let name =
        tr_args("people-curves", &[("start", span.start.to_string().into()), ("end", span.end.to_string().into())]);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, ui.is_enabled(), &name));
    if (response.clicked() || response.dragged())
        && let Some(at) = response.interact_pointer_pos()
    {
        cx.send(Command::People(PeopleCommand::ShowMoment(axis.time(at.x))));
    }
    let retiming = match &state.editor {
        Some(Editor::Retime(retiming)) => Some(retiming.span()),
        _ => None,
    };
    if let Some(chosen) = retiming.flatten().or(model.proposal.as_ref().map(|p| p.span)) {
        let tinted = Rect::from_x_y_ranges(axis.x(chosen.start)..=axis.x(chosen.end), plot.y_range());
        let tinted = tinted.intersect(plot);
        ui.painter().rect_filled(tinted, 0.0, cx.theme.tint(cx.theme.accent, size::SELECTED_TINT));
        for x in [tinted.left(), tinted.right()] {
            ui.painter().vline(x, plot.y_range(), Stroke::new(size::LINE, cx.theme.tint(cx.theme.accent, 0.6)));
        }
    }
    for (index, lane) in model.lanes.iter().enumerate() {
        let top = plot.top() + index as f32 * LANE;
        let rect = Rect::from_min_size(pos2(plot.left(), top), vec2(plot.width(), LANE)).shrink2(vec2(0.0, 5.0));
        lane_ui(ui, cx, lane, rect, card.left() + space::M);
    }
    if let Some((rule, lane, _)) = rule_of(model) {
        let top = plot.top() + model.lanes.len() as f32 * LANE;
        let rect = Rect::from_min_size(pos2(plot.left(), top), vec2(plot.width(), LANE)).shrink2(vec2(0.0, 5.0));
        preview_ui(ui, cx, rule, &axis, rect);
        lane_ui(ui, cx, lane, rect, card.left() + space::M);
    }
    let corner = pos2(card.right() - space::M, card.bottom() - space::XS);
    let font = fonts::figures(type_size::LABEL);
    ui.painter().text(corner, Align2::RIGHT_BOTTOM, &model.filter, font, cx.theme.muted);
    if span.contains(model.moment) {
        let x = axis.x(model.moment);
        ui.painter().vline(x, card.y_range().shrink(1.0), Stroke::new(size::ICON_STROKE, cx.theme.text));
    }
    handles_ui(ui, cx, state, &axis);
    focus_ring(ui, &response, size::RADIUS_CARD);
}

struct Axis {
    span: Span,
    plot: Rect,
}

impl Axis {
    fn x(&self, time: Time) -> f32 {
        let whole = self.span.duration().secs().max(1e-9);
        let part = ((time - self.span.start).secs() / whole) as f32;
        self.plot.left() + part.clamp(-1.0, 2.0) * self.plot.width()
    }
    fn time(&self, x: f32) -> Time {
        let part = f64::from(((x - self.plot.left()) / self.plot.width().max(1.0)).clamp(0.0, 1.0));
        self.span.start + Time((part * self.span.duration().0 as f64) as i64)
    }
}

fn lane_ui(ui: &Ui, cx: &UiContext, lane: &Lane, rect: Rect, left: f32) {
    let color = lane.color.map_or(cx.theme.accent, |number| cx.theme.tier(number));
    let painter = ui.painter();
    let galley = painter.layout(
        lane.name.clone(),
        fonts::regular(type_size::SMALL),
        cx.theme.muted,
        NAMES - space::L - space::XS,
    );
    painter.galley(pos2(left, rect.center().y - galley.size().y / 2.0), galley, cx.theme.muted);
    let place = |[x, y]: &[f32; 2]| pos2(rect.left() + x * rect.width(), rect.bottom() - y * rect.height());
    for piece in lane.points.split(|point| point[1].is_nan()) {
        match piece {
            [] => {}
            [one] => {
                painter.circle_filled(place(one), 1.0, color);
            }
            _ => {
                painter.add(Shape::line(piece.iter().map(place).collect(), Stroke::new(1.5, color)));
            }
        }
    }
}

/// What the rule would propose, lightly, and its two thresholds.
fn preview_ui(ui: &mut Ui, cx: &UiContext, rule: &RuleModel, axis: &Axis, rect: Rect) {
    let color = cx.theme.tier(2);
    for (index, span) in rule.spans.iter().enumerate() {
        let across = Rect::from_x_y_ranges(axis.x(span.start)..=axis.x(span.end), rect.y_range()).intersect(axis.plot);
        let response = ui.interact(across, Id::unique(("people-preview", index)), Sense::hover());
        let args = [("start", span.start.to_string().into()), ("end", span.end.to_string().into())];
        let name = tr_args("rule-preview-span", &args);
        response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), &name));
        ui.painter().rect_filled(across, CornerRadius::same(size::RADIUS_SMALL), cx.theme.tint(color, 0.22));
        // Lightly through the other lanes too: what else happens then?
        let through = Rect::from_x_y_ranges(across.x_range(), axis.plot.y_range());
        ui.painter().rect_filled(through, 0.0, cx.theme.tint(color, 0.07));
    }
    for (height, strong) in [(rule.heights[0], true), (rule.heights[1], false)] {
        let y = rect.bottom() - height.clamp(0.0, 1.0) * rect.height();
        let line = [pos2(axis.plot.left(), y), pos2(axis.plot.right(), y)];
        let stroke = Stroke::new(size::LINE, cx.theme.tint(color, if strong { 0.9 } else { 0.5 }));
        ui.painter().extend(Shape::dashed_line(&line, stroke, 4.0, if strong { 3.0 } else { 6.0 }));
    }
}

/// Ends of the proposal's time, to be dragged while it is re-timed; arrows move them too.
fn handles_ui(ui: &mut Ui, cx: &UiContext, state: &mut PeopleState, axis: &Axis) {
    let Some(Editor::Retime(retiming)) = &mut state.editor else { return };
    let Some(span) = retiming.span() else { return };
    for (start, time) in [(true, span.start), (false, span.end)] {
        let x = axis.x(time);
        let rect = Rect::from_center_size(pos2(x, axis.plot.center().y), vec2(HANDLE, axis.plot.height()));
        let response = ui.interact(rect, Id::unique(("people-retime", start)), Sense::drag());
        let name = tr(if start { "people-start" } else { "people-end" });
        response.widget_info(|| WidgetInfo::slider(ui.is_enabled(), time.secs(), &name));
        if response.hovered() || response.dragged() {
            ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
        }
        let grip = Rect::from_center_size(rect.center(), vec2(3.0, 24.0));
        ui.painter().rect_filled(grip, CornerRadius::same(2), cx.theme.accent);
        if response.dragged()
            && let Some(at) = response.interact_pointer_pos()
        {
            retiming.set(start, axis.time(at.x));
        }
        focus_ring(ui, &response, size::RADIUS_SMALL);
    }
}
