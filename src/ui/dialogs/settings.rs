//! Settings: theme, size, who edits.

use eframe::egui::{Slider, Ui};

use super::{DialogOutcome, First, enter_in_field, field_ui, foot_ui, link_ui, words_ui};
use crate::app::settings::{SCALES, Settings, ThemeChoice};
use crate::ui::theme::space;
use crate::ui::widgets::{self, Button};
use crate::ui::{Command, UiContext, tr};

/// The settings as they are being changed.
pub struct SettingsDialog {
    settings: Settings,
    author: String,
    first: First,
}

impl SettingsDialog {
    pub(super) fn new(settings: &Settings) -> Self {
        let author = settings.other.get("author").and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        Self { settings: settings.clone(), author, first: First::default() }
    }

    fn done(&self) -> DialogOutcome {
        let mut settings = self.settings.clone();
        let author = self.author.trim();
        if author.is_empty() {
            settings.other.remove("author");
        } else {
            settings.other.insert("author".to_owned(), author.to_owned().into());
        }
        DialogOutcome::Settings(Box::new(settings))
    }

    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut UiContext) -> DialogOutcome {
        let enter = enter_in_field(ui);
        let author = field_ui(ui, &tr("settings-author"), &mut self.author, &tr("settings-author-hint"));
        self.first.focus(&author);
        words_ui(ui, &tr("settings-author-why"), cx.theme.muted);
        ui.add_space(space::L);
        widgets::section(ui, tr("settings-theme"));
        let choices = [
            (ThemeChoice::System, tr("settings-theme-system")),
            (ThemeChoice::Light, tr("settings-theme-light")),
            (ThemeChoice::Dark, tr("settings-theme-dark")),
        ];
        widgets::segmented(ui, "theme", &mut self.settings.theme, &choices);
        ui.add_space(space::M);
        widgets::section(ui, tr("settings-size"));
        let slider = Slider::new(&mut self.settings.scale, SCALES)
            .step_by(0.05)
            .custom_formatter(|scale, _| format!("{:.0} %", scale * 100.0));
        ui.add(slider).accessible_name(tr("settings-size"));
        ui.add_space(space::M);
        widgets::section(ui, tr("settings-keys"));
        let keys = link_ui(ui, cx, &tr("command-shortcuts"), Command::Shortcuts);
        let (done, cancel) = foot_ui(ui, |ui| {
            let done = ui.add(Button::primary(tr("settings-done")).large()).clicked();
            (done, ui.add(Button::new(tr("dialog-cancel")).large()).clicked())
        });
        if cancel {
            DialogOutcome::Closed
        } else if done || enter || keys {
            self.done()
        } else {
            DialogOutcome::Open
        }
    }
}
