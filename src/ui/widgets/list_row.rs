//! A row of a list: the selected one has an accent left edge and a tint.

use eframe::egui::{Align, Id, InnerResponse, Layout, Rect, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use crate::ui::theme::{Theme, focus_ring, size, space};

/// A row as wide as the list.
#[must_use = "call show"]
pub struct ListRow {
    id: Id,
    name: String,
    selected: bool,
    height: f32,
    line: bool,
}

impl ListRow {
    /// `id` stays the same while the row moves; `name` is what a screen reader says.
    pub fn new(id: Id, name: impl Into<String>) -> Self {
        Self { id, name: name.into(), selected: false, height: size::ROW, line: false }
    }
    pub fn selected(mut self, selected: bool) -> Self {
        self.selected = selected;
        self
    }
    /// Height in points, 36 if not said.
    pub fn height(mut self, height: f32) -> Self {
        self.height = height;
        self
    }
    /// A line under the row, as in tables.
    pub fn line(mut self) -> Self {
        self.line = true;
        self
    }
    /// Draws the row; the contents lie in a row, in the middle of its height, 12 points from its sides.
    pub fn show<R>(self, ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
        let theme = Theme::of(ui);
        let (_, rect) = ui.allocate_space(vec2(ui.available_width(), self.height));
        let response = ui.interact(rect, self.id, Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, ui.is_enabled(), self.selected, &self.name));
        if ui.is_rect_visible(rect) {
            if self.selected {
                ui.painter().rect_filled(rect, 0.0, theme.selected());
                let edge = Rect::from_min_max(rect.min, pos2(rect.left() + size::ROW_EDGE, rect.bottom()));
                ui.painter().rect_filled(edge, 0.0, theme.accent);
            } else if response.hovered() {
                ui.painter().rect_filled(rect, 0.0, theme.hover);
            }
            if self.line {
                ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, theme.hairline());
            }
        }
        let inner = rect.shrink2(vec2(space::M, 0.0));
        let builder = UiBuilder::new().max_rect(inner).layout(Layout::left_to_right(Align::Center));
        let mut inside = ui.new_child(builder.id_salt(self.id));
        inside.shrink_clip_rect(rect);
        let inner = contents(&mut inside);
        focus_ring(ui, &response, 0);
        InnerResponse::new(inner, response)
    }
}
