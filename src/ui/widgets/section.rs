//! Headings: over a field, over a group, over a page.

use eframe::egui::{Label, Response, RichText, Ui};

use crate::ui::fonts;
use crate::ui::theme::{Theme, type_size};

/// A label over a field or a group: 11, muted.
pub fn section(ui: &mut Ui, text: impl Into<String>) -> Response {
    let theme = Theme::of(ui);
    ui.add(Label::new(RichText::new(text).font(fonts::regular(type_size::LABEL)).color(theme.muted)).truncate())
}

/// A heading of a panel: 13 semibold.
pub fn heading(ui: &mut Ui, text: impl Into<String>) -> Response {
    ui.add(Label::new(RichText::new(text).font(fonts::semibold(type_size::BODY))).truncate())
}

/// A heading of a page: 17 semibold.
pub fn title(ui: &mut Ui, text: impl Into<String>) -> Response {
    ui.add(Label::new(RichText::new(text).font(fonts::semibold(type_size::TITLE))).truncate())
}
