//! Everything under one time axis: overview, ruler, sound, lanes, and the playhead through all.

use eframe::egui::{
    Align2, CornerRadius, CursorIcon, Id, Key, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder,
    WidgetInfo, pos2, vec2,
};

use super::model::{Playback, Recording, TimelineModel};
use super::scale::{Scale, label, showing, tick, within, zoomed};
use super::state::{Drag, TimelineState};
use super::{HEADER, lanes, paint, sound, video};
use crate::app::command::TimelineCommand;
use crate::app::icon::Icon;
use crate::domain::{Span, TierId, Time};
use crate::ui::theme::{Theme, size, space, type_size};
use crate::ui::widgets::IconButton;
use crate::ui::{Command, UiContext, fonts, tr, tr_args};

const OVERVIEW: f32 = 24.0;
const RULER: f32 = 18.0;
const WAVEFORM: f32 = 60.0;
const SPECTROGRAM: f32 = 88.0;
/// In low windows.
const SPECTROGRAM_LOW: f32 = 56.0;
const LOW: f32 = 440.0;

/// Draws the lower part of the view.
pub fn axis_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut TimelineState, model: &TimelineModel, playback: &Playback) {
    let room = ui.max_rect();
    let theme = cx.theme;
    state.frame += 1;
    let x = (room.left() + HEADER)..=room.right();
    let scale = |state: &TimelineState| Scale { view: state.view.0, x: x.clone().into() };
    let mut y = room.top();
    let mut row = |height: f32| {
        let rect = Rect::from_min_max(pos2(room.left(), y), pos2(room.right(), y + height));
        y += height;
        rect
    };
    let overview = row(OVERVIEW);
    overview_ui(ui, cx, state, model, playback, overview);
    let scale = scale(state);
    let ruler = row(RULER);
    if !model.blank {
        ruler_ui(ui, cx, state, ruler, scale);
    }
    if matches!(model.recording, Recording::There { .. }) {
        let lane = row(WAVEFORM);
        header(ui, lane, &tr("timeline-waveform"));
        if !model.choices.is_empty() {
            lanes_button(ui, cx, lane);
        }
        surface(ui, cx, state, lane_of(lane), scale, "timeline-waveform", None);
        sound::waveform_ui(ui, state, model, playback, lane_of(lane), scale);
        if matches!(model.recording, Recording::There { sound: true, .. }) {
            let lane = row(if room.height() < LOW { SPECTROGRAM_LOW } else { SPECTROGRAM });
            spectrogram_header(ui, lane, playback);
            sound::spectrogram_ui(ui, state, playback, lane_of(lane), scale);
            surface(ui, cx, state, lane_of(lane), scale, "timeline-spectrogram", None);
        }
    }
    let rest = Rect::from_min_max(pos2(room.left(), y), room.max);
    ui.painter().hline(room.x_range(), y, theme.hairline());
    ui.painter().vline(room.left() + HEADER - 0.5, room.y_range(), theme.hairline());
    selection_ui(ui, state, model, Rect::from_min_max(pos2(*x.start(), ruler.top()), pos2(*x.end(), y)), scale);
    ui.scope_builder(UiBuilder::new().id_salt("lanes").max_rect(rest), |ui| {
        ui.shrink_clip_rect(rest);
        lanes::lanes_ui(ui, cx, state, model, playback, scale);
    });
    if model.blank {
        return;
    }
    playhead_ui(ui, playback, Rect::from_min_max(pos2(*x.start(), overview.bottom()), room.max), scale);
    wheel(ui, state, model, room, scale);
}

/// The part of a row right of its header.
pub(super) fn lane_of(row: Rect) -> Rect {
    Rect::from_min_max(pos2(row.left() + HEADER, row.top()), row.max)
}

/// The part of a row that names it, within its padding.
pub(super) fn header_of(row: Rect) -> Rect {
    Rect::from_min_max(pos2(row.left() + space::M, row.top()), pos2(row.left() + HEADER - space::M, row.bottom()))
}

fn header(ui: &Ui, row: Rect, text: &str) {
    let theme = Theme::of(ui);
    let rect = header_of(row);
    let rect = Rect::from_min_size(rect.min + vec2(0.0, space::S), vec2(rect.width(), 14.0));
    paint::line(ui.painter(), rect, Align2::LEFT_CENTER, text, fonts::regular(type_size::LABEL), theme.muted);
}

/// The way to lanes of measures, where one looks for something to stand beside the sound.
fn lanes_button(ui: &mut Ui, cx: &mut UiContext, row: Rect) {
    let command = Command::Timeline(TimelineCommand::Lanes);
    let Some(spec) = command.spec() else { return };
    let tooltip = match cx.hint(&command) {
        Some(key) => format!("{} ({key})", tr(spec.id)),
        None => tr(spec.id),
    };
    let header = header_of(row);
    let at = Rect::from_min_size(pos2(header.right() - 20.0 + space::S, row.top() + 5.0), vec2(20.0, 20.0));
    let button = IconButton::new(Icon::Plus, tr("timeline-lanes")).tooltip(tooltip).side(20.0);
    let builder = UiBuilder::new().id_salt("lanes button").max_rect(at);
    if ui.scope_builder(builder, |ui| ui.add(button)).inner.clicked() {
        cx.send(command);
    }
}

fn spectrogram_header(ui: &Ui, row: Rect, playback: &Playback) {
    let theme = Theme::of(ui);
    let rect = header_of(row);
    let pitch = match playback.pitch {
        Some(hertz) => tr_args("timeline-pitch-header", &[("hertz", (hertz.round() as i64).into())]),
        None => String::new(),
    };
    let rows = [
        (tr("timeline-spectrogram"), theme.muted),
        (tr("timeline-spectrogram-range"), theme.muted),
        (pitch, theme.tier(0)),
    ];
    for (index, (text, color)) in rows.into_iter().enumerate() {
        let at = rect.min + vec2(0.0, space::S + index as f32 * space::L);
        let line = Rect::from_min_size(at, vec2(rect.width(), 14.0));
        paint::line(ui.painter(), line, Align2::LEFT_CENTER, &text, fonts::figures(type_size::LABEL), color);
    }
}

/// The whole recording: where somebody speaks, and what is in sight. Clicked or dragged, it moves what is in sight.
fn overview_ui(
    ui: &mut Ui,
    cx: &mut UiContext,
    state: &mut TimelineState,
    model: &TimelineModel,
    playback: &Playback,
    row: Rect,
) {
    let theme = cx.theme;
    let rect = header_of(row);
    ui.painter().hline(row.x_range(), row.bottom() - 0.5, theme.hairline());
    if model.blank {
        return;
    }
    let words = video::clock(model.duration);
    paint::line(ui.painter(), rect, Align2::LEFT_CENTER, &words, fonts::figures(type_size::LABEL), theme.muted);
    let lane = lane_of(row).shrink2(vec2(space::XS, 0.0));
    let whole = Span { start: Time::ZERO, end: model.duration.max(Time::from_millis(1)) };
    let scale = Scale { view: whole, x: lane.x_range() };
    let painter = ui.painter().with_clip_rect(lane);
    let marks = lane.y_range().shrink(space::S - 2.0);
    let color = theme.tint(theme.tier(1), 0.45);
    // Marks closer than a point are one: a recording of hours has thousands.
    let mut open: Option<eframe::egui::Rangef> = None;
    let draw = |range: eframe::egui::Rangef| {
        let rect = Rect::from_x_y_ranges(range.min..=range.max.max(range.min + 1.0), marks);
        painter.rect_filled(rect, CornerRadius::same(2), color);
    };
    for span in &model.overview {
        let range = scale.range(*span);
        match &mut open {
            Some(last) if range.min - last.max < 1.0 => last.max = last.max.max(range.max),
            _ => {
                if let Some(done) = open.replace(range) {
                    draw(done);
                }
            }
        }
    }
    if let Some(done) = open {
        draw(done);
    }
    let here = scale.range(state.view.0);
    let here = Rect::from_x_y_ranges(here.min..=here.max.max(here.min + 4.0), lane.y_range().shrink(3.0));
    painter.rect_filled(here, CornerRadius::same(3), theme.tint(theme.accent, 0.10));
    painter.rect_stroke(here, CornerRadius::same(3), Stroke::new(size::LINE, theme.accent), StrokeKind::Inside);
    painter.vline(scale.x_of(playback.position), lane.y_range(), Stroke::new(size::LINE, theme.accent));
    let response = ui.interact(lane, ui.scope_id().with("overview"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::ScrollBar, true, tr("timeline-overview")));
    if (response.clicked() || response.dragged())
        && let Some(at) = response.interact_pointer_pos()
    {
        let length = state.view.0.duration();
        let start = scale.time_at(at.x) - Time(length.0 / 2);
        state.view.0 = within(Span { start, end: start + length }, model.duration);
    }
    if response.has_focus() {
        let step = Time(state.view.0.duration().0 / 4);
        let moved = ui.input(|i| i64::from(i.key_pressed(Key::ArrowRight)) - i64::from(i.key_pressed(Key::ArrowLeft)));
        let start = state.view.0.start + Time(step.0 * moved);
        state.view.0 = within(Span { start, end: start + state.view.0.duration() }, model.duration);
    }
    crate::ui::theme::focus_ring(ui, &response, size::RADIUS_SMALL);
}

fn ruler_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut TimelineState, row: Rect, scale: Scale) {
    let theme = cx.theme;
    let lane = lane_of(row);
    surface(ui, cx, state, lane, scale, "timeline-ruler", None);
    let step = tick(scale.length(72.0));
    let painter = ui.painter().with_clip_rect(lane);
    let first = scale.view.start.0.max(0).div_euclid(step.0.max(1));
    let last = scale.view.end.0.div_euclid(step.0.max(1));
    for number in first..=last.min(first + 200) {
        let time = Time(number * step.0);
        let x = scale.x_of(time).round() + 0.5;
        painter.vline(x, (row.bottom() - 5.0)..=row.bottom(), theme.outline());
        painter.text(
            pos2(x + space::XS, row.center().y),
            Align2::LEFT_CENTER,
            label(time, step),
            fonts::figures(type_size::TINY),
            theme.muted,
        );
    }
    ui.painter().hline(row.x_range(), row.bottom() - 0.5, theme.hairline());
}

/// A surface of time: a click moves the playhead, a drag marks a stretch.
pub(super) fn surface(
    ui: &Ui,
    cx: &mut UiContext,
    state: &mut TimelineState,
    rect: Rect,
    scale: Scale,
    name: &'static str,
    tier: Option<(TierId, &str)>,
) -> Response {
    let id = match tier {
        Some((tier, _)) => Id::unique(("timeline lane", tier)),
        None => ui.scope_id().with(name),
    };
    let response = ui.interact(rect, id, Sense::click_and_drag());
    response.widget_info(|| match tier {
        Some((_, tier)) => WidgetInfo::labeled(Role::Row, true, tr_args(name, &[("tier", tier.into())])),
        None => WidgetInfo::labeled(Role::Slider, true, tr(name)),
    });
    let tier = tier.map(|(tier, _)| tier);
    if response.drag_started() {
        let origin = ui.input(|i| i.pointer.press_origin()).or(response.interact_pointer_pos());
        if let Some(origin) = origin {
            let from = scale.time_at(origin.x);
            state.drag = Some(Drag::Span { from, to: from, tier });
        }
    }
    if response.dragged()
        && let Some(at) = response.interact_pointer_pos()
        && let Some(Drag::Span { to, .. }) = &mut state.drag
    {
        *to = scale.time_at(at.x.clamp(rect.left(), rect.right()));
    }
    if response.drag_stopped()
        && let Some(Drag::Span { from, to, tier }) = state.drag.take()
    {
        if let Some(tier) = tier {
            cx.send(Command::Timeline(TimelineCommand::SelectTier(tier)));
        }
        let span = Span::new(from.max(Time::ZERO), to.max(Time::ZERO));
        cx.send(Command::Timeline(TimelineCommand::SelectSpan(Some(span))));
    }
    if response.clicked()
        && let Some(at) = response.interact_pointer_pos()
    {
        cx.send(Command::Timeline(TimelineCommand::Seek(scale.time_at(at.x))));
        if let Some(tier) = tier {
            cx.send(Command::Timeline(TimelineCommand::SelectTier(tier)));
        }
    }
    if response.hovered() {
        ui.ctx().set_cursor_icon(CursorIcon::Text);
    }
    response
}

/// The stretch that is marked, or being marked.
pub(super) fn selection_ui(ui: &Ui, state: &TimelineState, model: &TimelineModel, rect: Rect, scale: Scale) {
    let theme = Theme::of(ui);
    let span = match state.drag {
        Some(Drag::Span { from, to, .. }) => Some(Span::new(from, to)),
        _ => model.span,
    };
    let Some(span) = span.filter(|span| span.overlaps(scale.view)) else { return };
    let range = scale.range(span);
    let rect = Rect::from_x_y_ranges(range.min.max(rect.left())..=range.max.min(rect.right()), rect.y_range());
    ui.painter().rect_filled(rect, 0.0, theme.tint(theme.accent, 0.08));
}

fn playhead_ui(ui: &Ui, playback: &Playback, rect: Rect, scale: Scale) {
    let theme = Theme::of(ui);
    let x = scale.x_of(playback.position);
    if !rect.x_range().contains(x) {
        return;
    }
    ui.painter().vline(x, rect.y_range(), Stroke::new(size::EDGE, theme.accent));
}

/// The wheel moves in time, with Ctrl it zooms at the pointer. What the lanes needed for scrolling is gone by now.
fn wheel(ui: &Ui, state: &mut TimelineState, model: &TimelineModel, room: Rect, scale: Scale) {
    let Some(pointer) = ui.input(|i| i.pointer.hover_pos()).filter(|at| room.contains(*at)) else { return };
    if !ui.rect_contains_pointer(room) {
        return;
    }
    let (zoom, scroll) = ui.input(|i| (i.zoom_delta(), i.smooth_scroll_delta()));
    if zoom != 1.0 {
        let around = scale.time_at(pointer.x.max(room.left() + HEADER));
        state.view.0 = zoomed(state.view.0, 1.0 / f64::from(zoom), around, model.duration);
    } else if scroll != eframe::egui::Vec2::ZERO {
        let points = if scroll.x.abs() > scroll.y.abs() { scroll.x } else { scroll.y };
        let by = scale.length(-points);
        let view = state.view.0;
        state.view.0 = within(Span { start: view.start + by, end: view.end + by }, model.duration);
    }
}

/// What is in sight, moved so that a moment is.
pub fn view_showing(view: Span, time: Time, duration: Time) -> Span {
    showing(view, Span { start: time, end: time }, duration)
}
