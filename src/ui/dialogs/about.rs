//! What this program is, whose work is in it, and what it promises.

use eframe::egui::{RichText, ScrollArea, Ui};

use super::{DialogOutcome, First, close_ui, words_ui};
use crate::ui::theme::{space, type_size};
use crate::ui::widgets::heading;
use crate::ui::{UiContext, fonts, tr, tr_args};

/// Nothing but the focus.
#[derive(Default)]
pub struct AboutDialog {
    first: First,
}

impl AboutDialog {
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut UiContext) -> DialogOutcome {
        let version = tr_args("about-version", &[("version", env!("CARGO_PKG_VERSION").into())]);
        ui.label(RichText::new(version).font(fonts::figures(type_size::BODY)).color(cx.theme.muted));
        let height = (ui.ctx().content_rect().height() - 260.0).clamp(160.0, 460.0);
        ScrollArea::vertical().max_height(height).show(ui, |ui| {
            for (title, words) in [
                ("about-what", "about-what-more"),
                ("about-offline", "about-offline-more"),
                ("about-models", "about-models-more"),
                ("about-licence", "about-licence-more"),
                ("about-fonts", "about-fonts-more"),
            ] {
                ui.add_space(space::M);
                heading(ui, tr(title));
                words_ui(ui, &tr(words), cx.theme.muted);
            }
        });
        close_ui(ui, &mut self.first)
    }
}
