//! Buttons with words: the one in accent, the plain ones, the quiet ones.

use eframe::egui::{
    Color32, CornerRadius, Response, Role, Sense, Stroke, StrokeKind, Ui, Widget, WidgetInfo, pos2, vec2,
};

use crate::ui::icons::{self, Icon};
use crate::ui::theme::{Theme, focus_ring, size, space, type_size};
use crate::ui::{fonts, widgets};

/// How much a button asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// In accent: what one most likely does next. One in a view.
    Primary,
    /// With an outline.
    #[default]
    Secondary,
    /// Words alone, until the pointer is over them.
    Quiet,
}

/// A button with words, and with its key where it has one: `Play [Space]`.
#[must_use = "add it with ui.add"]
pub struct Button {
    label: String,
    kind: ButtonKind,
    icon: Option<Icon>,
    key: Option<String>,
    tooltip: Option<String>,
    height: f32,
    width: Option<f32>,
}

impl Button {
    /// A button with an outline.
    pub fn new(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            kind: ButtonKind::Secondary,
            icon: None,
            key: None,
            tooltip: None,
            height: size::CONTROL,
            width: None,
        }
    }
    /// The button in accent.
    pub fn primary(label: impl Into<String>) -> Self {
        Self { kind: ButtonKind::Primary, ..Self::new(label) }
    }
    /// A button of words alone.
    pub fn quiet(label: impl Into<String>) -> Self {
        Self { kind: ButtonKind::Quiet, ..Self::new(label) }
    }
    /// An icon before the words.
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }
    /// The key that does the same.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }
    /// What it does, shown after a while under the pointer.
    pub fn tooltip(mut self, text: impl Into<String>) -> Self {
        self.tooltip = Some(text.into());
        self
    }
    /// Taller, for the start page and dialogs.
    pub fn large(mut self) -> Self {
        self.height = size::CONTROL_LARGE;
        self
    }
    /// As wide as this, the words in the middle.
    pub fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }
}

impl Widget for Button {
    fn ui(self, ui: &mut Ui) -> Response {
        let theme = Theme::of(ui);
        let primary = self.kind == ButtonKind::Primary;
        let color = match self.kind {
            ButtonKind::Primary => theme.on_accent,
            ButtonKind::Secondary => theme.text,
            ButtonKind::Quiet => theme.muted,
        };
        let font = if primary { fonts::semibold(type_size::BODY) } else { fonts::regular(type_size::BODY) };
        let galley = ui.painter().layout_no_wrap(self.label.clone(), font, color);
        let icon_width = self.icon.map_or(0.0, |_| size::ICON + space::XS);
        let key_width = self.key.as_deref().map_or(0.0, |key| widgets::key_hint_size(ui, key).x + space::S);
        let padding = if self.height > size::CONTROL { space::L } else { space::M };
        let content = icon_width + galley.size().x + key_width;
        let end = if self.key.is_some() { space::S } else { padding };
        let width = self.width.unwrap_or(padding + content + end);
        let (rect, response) = ui.allocate_exact_size(vec2(width, self.height), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), &self.label));
        if ui.is_rect_visible(rect) {
            let lit = response.hovered() || response.is_pointer_button_down_on();
            let (fill, stroke) = match self.kind {
                ButtonKind::Primary if lit => (theme.accent_fill.lerp_to_gamma(theme.text, 0.12), Stroke::NONE),
                ButtonKind::Primary => (theme.accent_fill, Stroke::NONE),
                ButtonKind::Secondary if lit => (theme.hover, theme.outline()),
                ButtonKind::Secondary => (theme.raised, theme.outline()),
                ButtonKind::Quiet if lit => (theme.hover, Stroke::NONE),
                ButtonKind::Quiet => (Color32::TRANSPARENT, Stroke::NONE),
            };
            let radius = CornerRadius::same(size::RADIUS);
            ui.painter().rect(rect, radius, fill, stroke, StrokeKind::Inside);
            let mut x = if self.width.is_some() { rect.center().x - content / 2.0 } else { rect.left() + padding };
            if let Some(icon) = self.icon {
                let center = pos2(x + size::ICON / 2.0, rect.center().y);
                icons::paint(ui.painter(), center, size::ICON - 2.0, icon, color);
                x += icon_width;
            }
            let words = galley.size();
            ui.painter().galley(pos2(x, rect.center().y - words.y / 2.0), galley, color);
            if let Some(key) = &self.key {
                let (text, line) = if primary {
                    (theme.on_accent, theme.on_accent.gamma_multiply(0.45))
                } else {
                    (theme.muted, theme.line_strong)
                };
                widgets::paint_key_hint(ui, pos2(x + words.x + space::S, rect.center().y), key, text, line);
            }
            focus_ring(ui, &response, size::RADIUS);
        }
        match self.tooltip {
            Some(tooltip) => response.on_hover_text(tooltip),
            None => response,
        }
    }
}
