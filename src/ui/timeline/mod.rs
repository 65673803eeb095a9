//! The timeline: video and the sentence being worked on above, everything else under one time axis below.

mod axis;
mod lanes;
mod lanes_dialog;
mod measures;
mod model;
mod paint;
pub mod scale;
mod sentence;
mod sound;
mod state;
mod tier_dialog;
mod tiers;
mod video;

use eframe::egui::{CursorIcon, Rect, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

pub use axis::view_showing;
pub use model::{
    Block, LaneChoice, LaneContent, Mark, MeasureLane, Playback, ProposalLane, Recording, Sentence, TierLane,
    TimelineModel,
};
pub use sound::{SPECTROGRAM_LONGEST, SpectrogramTile, band_of};
pub use state::{Field, TimelineState, field_id};
pub use tier_dialog::TierDialog;

use super::theme::space;
use super::{UiContext, tr};

/// Width of the tiers' names.
pub const HEADER: f32 = 145.0;
/// Part of the height that video and sentence may take.
const TOP: std::ops::RangeInclusive<f32> = 0.25..=0.62;
const LEFT: std::ops::RangeInclusive<f32> = 0.25..=0.7;
/// Width of the line by which a split is dragged.
const GRIP: f32 = 7.0;

/// Draws the timeline into all the room there is.
pub fn timeline_ui(
    ui: &mut Ui,
    cx: &mut UiContext,
    state: &mut TimelineState,
    model: &TimelineModel,
    playback: &Playback,
) {
    let room = ui.available_rect_before_wrap();
    ui.advance_cursor_after_rect(room);
    let top = *cx.layout("timeline.top", 0.45);
    let left = *cx.layout("timeline.left", 0.465);
    let y = (room.top() + room.height() * top.clamp(*TOP.start(), *TOP.end())).round();
    let x = (room.left() + room.width() * left.clamp(*LEFT.start(), *LEFT.end())).round();
    let theme = cx.theme;
    ui.painter().rect_filled(room, 0.0, theme.background);
    let lower = Rect::from_min_max(pos2(room.left(), y), room.max);
    ui.painter().rect_filled(lower, 0.0, theme.panel);
    ui.painter().hline(room.x_range(), y - 0.5, theme.hairline());
    ui.painter().vline(x - 0.5, room.top()..=y - 1.0, theme.hairline());

    let video = Rect::from_min_max(room.min, pos2(x - 1.0, y - 1.0)).shrink(space::M);
    part(ui, "video", video, |ui| video::video_ui(ui, cx, state, model, playback));
    let sentence = Rect::from_min_max(pos2(x, room.top()), pos2(room.right(), y - 1.0));
    let sentence = sentence.shrink2(vec2(space::L, space::M));
    part(ui, "sentence", sentence, |ui| sentence::sentence_ui(ui, cx, state, model));
    part(ui, "axis", lower, |ui| axis::axis_ui(ui, cx, state, model, playback));

    let across = Rect::from_min_max(pos2(room.left(), y - GRIP / 2.0), pos2(room.right(), y + GRIP / 2.0));
    if let Some(moved) = grip(ui, across, "timeline-split-top", CursorIcon::ResizeVertical) {
        *cx.layout("timeline.top", top) = ((y + moved.y - room.top()) / room.height()).clamp(*TOP.start(), *TOP.end());
    }
    let down = Rect::from_min_max(pos2(x - GRIP / 2.0, room.top()), pos2(x + GRIP / 2.0, y - GRIP));
    if let Some(moved) = grip(ui, down, "timeline-split-left", CursorIcon::ResizeHorizontal) {
        *cx.layout("timeline.left", left) =
            ((x + moved.x - room.left()) / room.width()).clamp(*LEFT.start(), *LEFT.end());
    }
    tier_dialog::show(ui, cx, state, model);
    lanes_dialog::show(ui, cx, state, model);
}

/// A part of the view that cannot draw outside its rectangle.
fn part(ui: &mut Ui, name: &str, rect: Rect, contents: impl FnOnce(&mut Ui)) {
    ui.scope_builder(UiBuilder::new().id_salt(("timeline", name)).max_rect(rect), |ui| {
        // Focus rings lie just outside.
        ui.shrink_clip_rect(rect.expand(space::XS));
        contents(ui);
    });
}

/// The line between two parts, by which their sizes are changed.
fn grip(ui: &Ui, rect: Rect, name: &'static str, cursor: CursorIcon) -> Option<eframe::egui::Vec2> {
    let response = ui.interact(rect, ui.scope_id().with(name), Sense::drag()).on_hover_and_drag_cursor(cursor);
    response.widget_info(|| WidgetInfo::labeled(Role::Splitter, true, tr(name)));
    response.dragged().then(|| response.drag_delta()).filter(|moved| *moved != eframe::egui::Vec2::ZERO)
}
