//! A button that is only an icon; its name is heard and shown as a tooltip.

use eframe::egui::{CornerRadius, Response, Role, Sense, Ui, Vec2, Widget, WidgetInfo};

use crate::ui::icons::{self, Icon};
use crate::ui::theme::{Theme, focus_ring, size};

/// A square button with an icon.
#[must_use = "add it with ui.add"]
pub struct IconButton {
    icon: Icon,
    name: String,
    tooltip: Option<String>,
    selected: bool,
    side: f32,
}

impl IconButton {
    /// The icon and the name that a screen reader says.
    pub fn new(icon: Icon, name: impl Into<String>) -> Self {
        Self { icon, name: name.into(), tooltip: None, selected: false, side: size::CONTROL }
    }
    /// What to show under the pointer instead of the name.
    pub fn tooltip(mut self, text: impl Into<String>) -> Self {
        self.tooltip = Some(text.into());
        self
    }
    /// Whether what it stands for is on.
    pub fn selected(mut self, selected: bool) -> Self {
        self.selected = selected;
        self
    }
    /// Smaller or larger than other controls.
    pub fn side(mut self, side: f32) -> Self {
        self.side = side;
        self
    }
}

impl Widget for IconButton {
    fn ui(self, ui: &mut Ui) -> Response {
        let theme = Theme::of(ui);
        let (rect, response) = ui.allocate_exact_size(Vec2::splat(self.side), Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::Button, ui.is_enabled(), self.selected, &self.name));
        if ui.is_rect_visible(rect) {
            let radius = CornerRadius::same(size::RADIUS);
            let lit = response.hovered() || response.is_pointer_button_down_on();
            if self.selected {
                ui.painter().rect_filled(rect, radius, theme.selected());
            } else if lit {
                ui.painter().rect_filled(rect, radius, theme.hover);
            }
            let color = match (self.selected, lit) {
                (true, _) => theme.accent_text,
                (false, true) => theme.text,
                (false, false) => theme.muted,
            };
            icons::paint(ui.painter(), rect.center(), (self.side - 10.0).min(size::ICON), self.icon, color);
            focus_ring(ui, &response, size::RADIUS);
        }
        response.on_hover_text(self.tooltip.unwrap_or(self.name))
    }
}
