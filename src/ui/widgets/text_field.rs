//! A field for a line or more of text.

use eframe::egui::{
    Align2, CornerRadius, EventFilter, FontId, Frame, Id, Margin, Response, RichText, Stroke, StrokeKind, TextEdit, Ui,
    vec2,
};

use crate::ui::fonts;
use crate::ui::theme::{Theme, size, space, type_size};

/// A text field with an outline, accent while one types in it.
#[must_use = "call show"]
pub struct TextField<'t> {
    text: &'t mut String,
    name: String,
    hint: String,
    id: Option<Id>,
    font: FontId,
    width: f32,
    rows: usize,
    height: f32,
    keep_tab: bool,
    frameless: bool,
}

impl<'t> TextField<'t> {
    /// `name` is what a screen reader says: the words of the label over it.
    pub fn new(text: &'t mut String, name: impl Into<String>) -> Self {
        Self {
            text,
            name: name.into(),
            hint: String::new(),
            id: None,
            font: fonts::regular(type_size::BODY),
            width: f32::INFINITY,
            rows: 1,
            height: size::CONTROL,
            keep_tab: false,
            frameless: false,
        }
    }
    /// Faint words while it is empty.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
    /// An id by which to give it the focus: `ui.memory_mut(|memory| memory.request_focus(id))`.
    pub fn id(mut self, id: Id) -> Self {
        self.id = Some(id);
        self
    }
    /// The font, e.g. that of the writing system; the field grows with it.
    pub fn font(mut self, font: FontId) -> Self {
        self.height = self.height.max(font.size * 1.5 + space::S);
        self.font = font;
        self
    }
    /// Width in points; all there is if not said.
    pub fn width(mut self, width: f32) -> Self {
        self.width = width;
        self
    }
    /// Several lines.
    pub fn rows(mut self, rows: usize) -> Self {
        self.rows = rows;
        self
    }
    /// At least this high.
    pub fn height(mut self, height: f32) -> Self {
        self.height = height;
        self
    }
    /// Tab is a command here (repeat the selection) and does not move the focus.
    pub fn keep_tab(mut self) -> Self {
        self.keep_tab = true;
        self
    }
    /// Without outline and ground until it has the focus: for text that is edited where it stands.
    pub fn frameless(mut self) -> Self {
        self.frameless = true;
        self
    }
    /// Draws the field.
    pub fn show(self, ui: &mut Ui) -> Response {
        let theme = Theme::of(ui);
        let id = self.id.unwrap_or_else(|| ui.make_persistent_id(&self.name));
        let focused = ui.memory(|memory| memory.has_focus(id));
        let bare = self.frameless && !focused;
        let (fill, line) = match (bare, focused) {
            (true, _) => (eframe::egui::Color32::TRANSPARENT, eframe::egui::Color32::TRANSPARENT),
            (false, true) => (theme.field(), theme.accent),
            (false, false) => (theme.field(), theme.line_strong),
        };
        let frame = Frame::new()
            .fill(fill)
            .stroke(Stroke::new(size::LINE, line))
            .corner_radius(CornerRadius::same(size::RADIUS))
            .inner_margin(Margin::symmetric(space::S as i8 + 1, space::XS as i8));
        let edit = if self.rows > 1 { TextEdit::multiline(self.text) } else { TextEdit::singleline(self.text) };
        let mut edit = edit
            .id(id)
            .font(self.font.clone())
            .desired_width(self.width)
            .desired_rows(self.rows)
            .min_size(vec2(0.0, self.height))
            .frame(frame)
            .hint_text(RichText::new(self.hint).font(self.font).color(theme.faint));
        if self.rows == 1 {
            edit = edit.align(Align2::LEFT_CENTER);
        }
        if self.keep_tab {
            edit = edit.event_filter(EventFilter {
                tab: true,
                horizontal_arrows: true,
                vertical_arrows: true,
                ..EventFilter::default()
            });
        }
        let response = ui.add(edit).accessible_name(self.name);
        if focused {
            ui.painter().rect_stroke(
                response.rect.expand(1.0),
                CornerRadius::same(size::RADIUS + 1),
                Stroke::new(size::LINE, theme.tint(theme.accent, 0.35)),
                StrokeKind::Outside,
            );
        }
        response
    }
}
