//! A card: something of its own with an outline, pressed as a whole where it can be.

use eframe::egui::{CornerRadius, Frame, InnerResponse, Margin, Role, Sense, Stroke, Ui, UiBuilder, WidgetInfo};

use crate::ui::theme::{Theme, focus_ring, size, space};

/// A card.
#[must_use = "call show"]
pub struct Card {
    name: Option<String>,
    selected: bool,
    padding: f32,
}

impl Default for Card {
    fn default() -> Self {
        Self::new()
    }
}

impl Card {
    /// A card that only holds things together.
    pub fn new() -> Self {
        Self { name: None, selected: false, padding: space::M }
    }
    /// A card that can be pressed; `name` is what a screen reader says.
    pub fn button(name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..Self::new() }
    }
    pub fn selected(mut self, selected: bool) -> Self {
        self.selected = selected;
        self
    }
    /// Room between edge and contents, 12 if not said.
    pub fn padding(mut self, padding: f32) -> Self {
        self.padding = padding;
        self
    }
    /// Draws the card as wide as there is room. What lies on it is pressed before the card is.
    pub fn show<R>(self, ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
        let theme = Theme::of(ui);
        let sense = if self.name.is_some() { Sense::click() } else { Sense::hover() };
        let scope = ui.scope_builder(UiBuilder::new().sense(sense), |ui| {
            let before = ui.response();
            let (fill, line) = match (self.selected, self.name.is_some() && before.hovered()) {
                (true, _) => (theme.selected(), theme.accent),
                (false, true) => (theme.hover, theme.line_strong),
                (false, false) => (theme.raised, theme.line),
            };
            Frame::new()
                .fill(fill)
                .stroke(Stroke::new(size::LINE, line))
                .corner_radius(CornerRadius::same(size::RADIUS_CARD))
                .inner_margin(Margin::same(self.padding as i8))
                .show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    contents(ui)
                })
                .inner
        });
        if let Some(name) = &self.name {
            scope.response.widget_info(|| WidgetInfo::selected(Role::Button, true, self.selected, name));
            focus_ring(ui, &scope.response, size::RADIUS_CARD);
        }
        scope
    }
}
