//! The little box that shows a key: `[Ctrl K]`.

use eframe::egui::{Color32, CornerRadius, Pos2, Rect, Response, Sense, Stroke, StrokeKind, Ui, Vec2, vec2};

use crate::ui::fonts;
use crate::ui::theme::{Theme, size, type_size};

const PADDING: f32 = 5.0;

/// How much room a key needs.
pub fn key_hint_size(ui: &Ui, key: &str) -> Vec2 {
    let galley = ui.painter().layout_no_wrap(key.to_owned(), fonts::regular(type_size::LABEL), Color32::PLACEHOLDER);
    vec2((galley.size().x + 2.0 * PADDING).max(size::KEY), size::KEY)
}

/// Paints a key with the middle of its left edge at `left_middle`; gives the room it took.
pub fn paint_key_hint(ui: &Ui, left_middle: Pos2, key: &str, text: Color32, line: Color32) -> Rect {
    let galley = ui.painter().layout_no_wrap(key.to_owned(), fonts::regular(type_size::LABEL), text);
    let room = key_hint_size(ui, key);
    let rect = Rect::from_min_size(left_middle - vec2(0.0, room.y / 2.0), room);
    let stroke = Stroke::new(size::LINE, line);
    ui.painter().rect_stroke(rect, CornerRadius::same(size::RADIUS_SMALL), stroke, StrokeKind::Inside);
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, text);
    rect
}

/// A key by itself.
pub fn key_hint(ui: &mut Ui, key: &str) -> Response {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(key_hint_size(ui, key), Sense::hover());
    paint_key_hint(ui, rect.left_center(), key, theme.muted, theme.line_strong);
    response
}
