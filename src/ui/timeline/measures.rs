//! A lane of measures: a curve with its range, or expressions as a heat map; moved and taken away at its name.

use eframe::egui::{Align, Align2, Id, Layout, Pos2, Rect, Role, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use super::axis::{header_of, lane_of};
use super::model::{LaneContent, MeasureLane, Playback, TimelineModel};
use super::paint;
use super::scale::Scale;
use super::state::TimelineState;
use crate::app::command::TimelineCommand;
use crate::app::icon::Icon;
use crate::domain::Time;
use crate::ui::theme::{size, space, type_size};
use crate::ui::widgets::IconButton;
use crate::ui::{Command, UiContext, fonts, heat, tr_args};

/// Side of the small buttons in a lane's name.
const SMALL: f32 = 20.0;

#[allow(clippy::too_many_arguments)]
pub(super) fn measure_ui(
    ui: &mut Ui,
    cx: &mut UiContext,
    state: &mut TimelineState,
    model: &TimelineModel,
    playback: &Playback,
    lane: &MeasureLane,
    number: usize,
    row: Rect,
    scale: Scale,
) {
    let rect = lane_of(row);
    let same = model.choices.iter().position(|choice| choice.channel == lane.channel).unwrap_or(number);
    header_ui(ui, cx, lane, number, row, playback);
    match &lane.content {
        LaneContent::Heat(heat_row) => {
            let inner = rect.shrink2(vec2(0.0, 2.0));
            let id = Id::unique(("timeline heat", number));
            let (_, pressed) = heat::heat_ui(ui, &mut state.heat, id, number, heat_row, scale.view, inner);
            if let Some(time) = pressed {
                cx.send(Command::Timeline(TimelineCommand::Seek(time)));
            }
        }
        LaneContent::Curve { pieces, low, high } => {
            curve_ui(ui, cx, lane, number, (pieces, *low, *high), same, rect, scale);
        }
    }
}

/// Name, whose, and the range in sight; under the pointer the buttons that move it or take it away.
fn header_ui(ui: &mut Ui, cx: &mut UiContext, lane: &MeasureLane, number: usize, row: Rect, playback: &Playback) {
    let theme = cx.theme;
    let header = header_of(row);
    let whole = Rect::from_min_max(row.min, pos2(header.right() + space::M, row.bottom()));
    let response = ui.interact(whole, Id::unique(("timeline lane name", number)), Sense::hover());
    let name = tr_args("lane-of", &[("measure", lane.measure.clone().into()), ("who", lane.who.clone().into())]);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
    let first = Rect::from_min_max(pos2(header.left(), row.top() + 3.0), pos2(header.right(), row.top() + 20.0));
    let second = Rect::from_min_max(pos2(header.left(), row.top() + 19.0), pos2(header.right(), row.bottom() - 2.0));
    let font = fonts::regular(type_size::SMALL);
    paint::line(ui.painter(), first, Align2::LEFT_CENTER, &lane.measure, font, theme.text);
    let small = fonts::figures(type_size::TINY);
    paint::line(ui.painter(), second, Align2::LEFT_CENTER, &lane.who, small.clone(), theme.muted);
    // Not by hovering alone: the pointer may be over the buttons.
    if ui.rect_contains_pointer(whole) {
        let buttons = Rect::from_min_max(pos2(header.right() - 3.0 * SMALL, row.top()), whole.max);
        ui.painter().rect_filled(buttons.shrink2(vec2(0.0, 1.0)), 0.0, theme.panel);
        let builder = UiBuilder::new()
            .id_salt(("lane buttons", number))
            .max_rect(Rect::from_min_max(buttons.min, pos2(header.right() + space::XS, row.bottom())))
            .layout(Layout::right_to_left(Align::Center));
        ui.scope_builder(builder, |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            let channel = || lane.channel.clone();
            let all = [
                (Icon::Cross, "lane-remove", TimelineCommand::SetLane { channel: channel(), on: false }),
                (Icon::Down, "lane-down", TimelineCommand::MoveLane { channel: channel(), up: false }),
                (Icon::Up, "lane-up", TimelineCommand::MoveLane { channel: channel(), up: true }),
            ];
            for (icon, name, command) in all {
                let name = tr_args(name, &[("measure", lane.measure.clone().into())]);
                if ui.add(IconButton::new(icon, name).side(SMALL)).clicked() {
                    cx.send(Command::Timeline(command));
                }
            }
        });
        return;
    }
    if let LaneContent::Curve { pieces, low, high } = &lane.content {
        let now = nearest(pieces, playback.position);
        let text = match now {
            Some(value) => number_text(value, high - low),
            None => format!("{} … {}", number_text(*low, high - low), number_text(*high, high - low)),
        };
        let color = if now.is_some() { theme.text } else { theme.muted };
        paint::line(ui.painter(), second, Align2::RIGHT_CENTER, &text, small, color);
    }
}

#[allow(clippy::too_many_arguments)]
fn curve_ui(
    ui: &Ui,
    cx: &UiContext,
    lane: &MeasureLane,
    number: usize,
    (pieces, low, high): (&[Vec<(Time, f32)>], f32, f32),
    color: usize,
    rect: Rect,
    scale: Scale,
) {
    let theme = cx.theme;
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let inner = rect.y_range().shrink(5.0);
    let range = (high - low).max(1e-6);
    let place = |(time, value): &(Time, f32)| {
        pos2(scale.x_of(*time), inner.max - ((value - low) / range).clamp(0.0, 1.0) * inner.span())
    };
    // Zero, where it lies within.
    if low < 0.0 && high > 0.0 {
        painter.hline(rect.x_range(), place(&(Time::ZERO, 0.0)).y, theme.hairline());
    }
    // Accent is for suggestions: the other tier colours in turn.
    let color = theme.tier([0, 1, 2, 4][color % 4]);
    for piece in pieces {
        let points: Vec<Pos2> = piece.iter().map(place).collect();
        match points.as_slice() {
            [] => {}
            [one] => {
                painter.circle_filled(*one, 1.0, color);
            }
            _ => {
                painter.line(points, Stroke::new(size::ICON_STROKE, color));
            }
        }
    }
    let response = ui.interact(rect, Id::unique(("timeline measures", number)), Sense::click());
    let name = tr_args("lane-of", &[("measure", lane.measure.clone().into()), ("who", lane.who.clone().into())]);
    response.widget_info(|| WidgetInfo::labeled(Role::Row, true, &name));
    if let Some(at) = response.hover_pos() {
        let time = scale.time_at(at.x);
        if let Some(value) = nearest(pieces, time) {
            painter.circle_filled(place(&(time, value)), 3.0, color);
            let text = format!("{name} · {} · {time}", number_text(value, range));
            response.on_hover_text_at_pointer(text);
        }
    }
}

/// The value at a moment, when there is one so near.
fn nearest(pieces: &[Vec<(Time, f32)>], time: Time) -> Option<f32> {
    let slack = Time::from_millis(250);
    let near = |piece: &&Vec<(Time, f32)>| {
        piece.first().is_some_and(|(start, _)| *start <= time + slack)
            && piece.last().is_some_and(|(end, _)| time <= *end + slack)
    };
    let piece = pieces.iter().find(near)?;
    let at = piece.partition_point(|(t, _)| *t < time);
    let beside = [at.checked_sub(1), Some(at)].into_iter().flatten().filter_map(|i| piece.get(i));
    beside.min_by_key(|(t, _)| (*t - time).0.abs()).map(|(_, value)| *value)
}

/// As many decimals as the range asks for.
fn number_text(value: f32, range: f32) -> String {
    let digits = match range {
        range if range >= 50.0 => 0,
        range if range >= 5.0 => 1,
        _ => 2,
    };
    format!("{value:.digits$}").replace('-', "−")
}
