//! Chips: small pills that say what something is, or choose it.

use eframe::egui::{Color32, CornerRadius, Response, Role, Sense, Stroke, StrokeKind, Ui, Widget, WidgetInfo, vec2};

use crate::ui::fonts;
use crate::ui::theme::{Theme, focus_ring, size, space, type_size};

/// What a chip means.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum ChipKind {
    #[default]
    Plain,
    /// Here you are, or this is a suggestion.
    Accent,
    Good,
    Bad,
    Warn,
    /// In the colour of a tier or person.
    Colored(Color32),
}

/// A small pill.
#[must_use = "add it with ui.add"]
pub struct Chip {
    text: String,
    kind: ChipKind,
    strong: bool,
    clickable: bool,
}

impl Chip {
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), kind: ChipKind::Plain, strong: false, clickable: false }
    }
    /// A chip in accent.
    pub fn accent(text: impl Into<String>) -> Self {
        Self::new(text).kind(ChipKind::Accent)
    }
    pub fn kind(mut self, kind: ChipKind) -> Self {
        self.kind = kind;
        self
    }
    /// Semibold, for counts and confidences.
    pub fn strong(mut self) -> Self {
        self.strong = true;
        self
    }
    /// It can be pressed.
    pub fn clickable(mut self) -> Self {
        self.clickable = true;
        self
    }
}

impl Widget for Chip {
    fn ui(self, ui: &mut Ui) -> Response {
        let theme = Theme::of(ui);
        let tinted = |color: Color32| (theme.tint(color, size::SELECTED_TINT), color);
        let ((fill, line), color) = match self.kind {
            ChipKind::Plain => ((theme.raised, theme.line_strong), theme.muted),
            ChipKind::Accent => (tinted(theme.accent), theme.accent_text),
            ChipKind::Good => (tinted(theme.good), theme.good_text),
            ChipKind::Bad => (tinted(theme.bad), theme.bad),
            ChipKind::Warn => (tinted(theme.warn), theme.warn_text),
            ChipKind::Colored(color) => (tinted(color), theme.text),
        };
        let font =
            if self.strong { fonts::figures_semibold(type_size::LABEL) } else { fonts::figures(type_size::LABEL) };
        let galley = ui.painter().layout_no_wrap(self.text.clone(), font, color);
        let sense = if self.clickable { Sense::click() } else { Sense::hover() };
        let room = vec2(galley.size().x + 2.0 * space::S, size::CHIP);
        let (rect, response) = ui.allocate_exact_size(room, sense);
        let role = if self.clickable { Role::Button } else { Role::Label };
        response.widget_info(|| WidgetInfo::labeled(role, ui.is_enabled(), &self.text));
        if ui.is_rect_visible(rect) {
            let fill = if self.clickable && response.hovered() { theme.hover } else { fill };
            let radius = CornerRadius::same(size::RADIUS_PILL);
            ui.painter().rect(rect, radius, fill, Stroke::new(size::LINE, line), StrokeKind::Inside);
            ui.painter().galley(rect.center() - galley.size() / 2.0, galley, color);
            focus_ring(ui, &response, size::RADIUS_PILL);
        }
        response
    }
}
