//! A thin bar: how far something is.

use eframe::egui::{Color32, CornerRadius, Rect, Response, Role, Sense, Ui, WidgetInfo, vec2};

use crate::ui::theme::{Theme, size};

/// A bar `width` points wide, filled by `part` (0 to 1); `name` says what it measures.
pub fn progress_bar(ui: &mut Ui, name: &str, part: f32, width: f32, color: Color32) -> Response {
    let theme = Theme::of(ui);
    let part = if part.is_finite() { part.clamp(0.0, 1.0) } else { 0.0 };
    let (rect, response) = ui.allocate_exact_size(vec2(width, size::BAR), Sense::hover());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, ui.is_enabled(), name);
        info.value = Some(f64::from(part));
        info
    });
    if ui.is_rect_visible(rect) {
        let radius = CornerRadius::same(3);
        ui.painter().rect_filled(rect, radius, theme.line);
        let filled = Rect::from_min_size(rect.min, vec2(rect.width() * part, rect.height()));
        ui.painter().rect_filled(filled, radius, color);
    }
    response
}
