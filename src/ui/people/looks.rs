//! The looks at a session, to choose one from.

use eframe::egui::{Align, Id, Layout, RichText, ScrollArea, Ui};

use super::PeopleState;
use super::dialogs::modal;
use crate::app::command::PeopleCommand;
use crate::domain::RunId;
use crate::ui::theme::{space, type_size};
use crate::ui::widgets::{self, Button, ListRow};
use crate::ui::{Command, UiContext, fonts, tr};

/// A look, in words.
#[derive(Clone, Debug, PartialEq)]
pub struct LookRow {
    pub run: RunId,
    /// `2026-11-26 14:02 · whole recording`.
    pub name: String,
    /// `12 proposals, 12 reviewed`.
    pub detail: String,
    /// It is shown before the others now.
    pub shown: bool,
}

const WIDTH: f32 = 520.0;

pub(super) fn looks_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut PeopleState) {
    let Some(rows) = &state.looks else { return };
    let mut done = None;
    let shown = modal("people-looks", ui, cx).show(ui.ctx(), |ui| {
        ui.set_width(WIDTH);
        widgets::title(ui, tr("looks-title"));
        let muted = |text: String| RichText::new(text).font(fonts::regular(type_size::BODY)).color(cx.theme.muted);
        ui.label(muted(tr("looks-about")));
        ui.add_space(space::M);
        ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for look in rows {
                let name = format!("{}, {}", look.name, look.detail);
                let row = ListRow::new(Id::unique(("look", look.run)), name).selected(look.shown).show(ui, |ui| {
                    ui.label(&look.name);
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| ui.label(muted(look.detail.clone())));
                });
                if row.response.clicked() {
                    done = Some(look.run);
                }
            }
        });
        ui.add_space(space::M);
        ui.add(Button::quiet(tr("dialog-cancel"))).clicked()
    });
    if let Some(run) = done {
        cx.send(Command::People(PeopleCommand::ShowLook(run)));
        state.looks = None;
    } else if shown.inner || shown.should_close() {
        state.looks = None;
    }
}
