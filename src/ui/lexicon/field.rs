//! Text that looks printed and is a field: it becomes editable where one clicks, or with Tab.

use eframe::egui::text::{CCursor, CCursorRange};
use eframe::egui::text_edit::TextEditState;
use eframe::egui::{
    Color32, CornerRadius, CursorIcon, FontId, Frame, Id, Key, Margin, Response, RichText, Stroke, TextEdit, Ui, vec2,
};

use super::LexiconState;
use crate::ui::theme::{Theme, size, space};
use crate::ui::widgets::ipa;

/// Room between the text and the outline it has while one types.
pub(super) const PAD: f32 = 5.0;

/// Height of a row of running text on the page.
pub(super) const ROW: f32 = 23.0;

/// A piece of the page.
pub(super) struct PageField<'t> {
    pub id: Id,
    /// What a screen reader says.
    pub name: String,
    /// Faint words while it is empty.
    pub hint: String,
    pub value: &'t str,
    pub font: FontId,
    pub color: Color32,
    /// Written in the language described: IPA keys and palette work.
    pub language: bool,
}

impl PageField<'_> {
    /// Draws it; gives the new text when it was changed. Enter and Tab go on to the next field.
    pub fn show(self, ui: &mut Ui, state: &mut LexiconState) -> (Response, Option<String>) {
        let theme = Theme::of(ui);
        let focused = ui.memory(|memory| memory.has_focus(self.id));
        let mut text = match &state.editing {
            Some((id, text)) if *id == self.id => text.clone(),
            _ => self.value.to_owned(),
        };
        let shown = if text.is_empty() { &self.hint } else { &text };
        let galley = ui.painter().layout_no_wrap(shown.clone(), self.font.clone(), self.color);
        let longest = ui.max_rect().width() - size::CONTROL - space::S;
        let width = (galley.size().x + 2.0 * PAD + 3.0).min(longest).max(if focused { 120.0 } else { 12.0 });
        let (fill, line) =
            if focused { (theme.field(), theme.accent) } else { (Color32::TRANSPARENT, Color32::TRANSPARENT) };
        let frame = Frame::new()
            .fill(fill)
            .stroke(Stroke::new(size::LINE, line))
            .corner_radius(CornerRadius::same(size::RADIUS_SMALL))
            .inner_margin(Margin::symmetric(PAD as i8, 1));
        let wraps = galley.size().x + 2.0 * PAD + 3.0 > longest;
        let edit = if wraps {
            TextEdit::multiline(&mut text).desired_rows(1).return_key(None)
        } else {
            TextEdit::singleline(&mut text)
        };
        let edit = edit
            .id(self.id)
            .font(self.font.clone())
            .text_color(self.color)
            .desired_width(width)
            .min_size(vec2(0.0, ROW))
            .align(eframe::egui::Align2::LEFT_CENTER)
            .frame(frame)
            .hint_text(RichText::new(self.hint).font(self.font).color(theme.muted));
        let mut response = ui.add(edit).accessible_name(self.name).on_hover_cursor(CursorIcon::Text);
        if self.language {
            if ipa::attend(ui, &response, &mut text) {
                response.mark_changed();
            }
            if focused {
                ipa::toggle_ui(ui, self.id);
            }
        }
        if response.gained_focus() && state.focus_all.take() == Some(self.id) {
            let mut caret = TextEditState::load(ui.ctx(), self.id).unwrap_or_default();
            let range = CCursorRange::two(CCursor::new(0), CCursor::new(text.chars().count()));
            caret.cursor.set_char_range(Some(range));
            caret.store(ui.ctx(), self.id);
        }
        if response.lost_focus() {
            if state.editing.as_ref().is_some_and(|(id, _)| *id == self.id) {
                state.editing = None;
            }
            if ui.input(|input| input.key_pressed(Key::Enter)) {
                state.next_after = Some(self.id);
            }
        } else if let Some(before) = state.next_after
            && before != self.id
            && state.passed
        {
            response.request_focus();
            state.next_after = None;
            state.passed = false;
        }
        if state.next_after == Some(self.id) {
            state.passed = true;
        }
        if response.changed() {
            state.editing = Some((self.id, text.clone()));
            return (response, Some(text));
        }
        (response, None)
    }
}
