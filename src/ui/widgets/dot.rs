//! A dot: saved, running, a tier's colour.

use eframe::egui::{Color32, Response, Sense, Ui, Vec2};

use crate::ui::theme::size;

/// A dot that only decorates; the words beside it say what it means.
pub fn dot(ui: &mut Ui, color: Color32) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(size::DOT), Sense::hover());
    ui.painter().circle_filled(rect.center(), size::DOT / 2.0, color);
    response
}
