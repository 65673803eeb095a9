//! What a view shows when there is nothing to show: a sentence and one button.

use eframe::egui::{Align, Label, Layout, RichText, Ui, UiBuilder, vec2};

use crate::ui::icons::{self, Icon};
use crate::ui::theme::{size, space, type_size};
use crate::ui::{Command, UiContext, fonts};

/// Fills the view with an icon, a sentence and one button, in the middle.
pub fn empty_ui(ui: &mut Ui, cx: &mut UiContext, icon: Icon, sentence: &str, command: Option<Command>) {
    let room = ui.available_rect_before_wrap();
    let top = room.center().y - 72.0;
    let rect = eframe::egui::Rect::from_min_size(
        eframe::egui::pos2(room.center().x - size::EMPTY / 2.0, top.max(room.top())),
        vec2(size::EMPTY, 144.0),
    );
    let builder = UiBuilder::new().max_rect(rect).layout(Layout::top_down(Align::Center));
    ui.scope_builder(builder, |ui| {
        icons::show(ui, icon, 28.0, cx.theme.faint);
        ui.add_space(space::M);
        let text = RichText::new(sentence).font(fonts::regular(type_size::BODY)).color(cx.theme.muted);
        ui.add(Label::new(text).wrap());
        ui.add_space(space::L);
        if let Some(command) = command {
            cx.primary_button(ui, command);
        }
    });
    ui.advance_cursor_after_rect(room);
}
