//! Asking a model of one's own about the annotations of a tier: which model, which tier.

use eframe::egui::{Id, ScrollArea, Ui};

use super::{DialogOutcome, First, foot_ui, link_ui, words_ui};
use crate::app::models::Held;
use crate::ui::theme::{size, space};
use crate::ui::widgets::{self, Button, ListRow};
use crate::ui::{Command, UiContext, tr};

/// The choice being made.
pub struct AskModelDialog {
    models: Vec<Held>,
    tiers: Vec<String>,
    model: usize,
    tier: usize,
    /// Whether what is chosen was brought into sight: the list may be longer than its room.
    shown: bool,
    first: First,
}

impl AskModelDialog {
    pub(super) fn new(models: Vec<Held>, tiers: Vec<String>, meant: Option<&str>) -> Self {
        let tier = tiers.iter().position(|name| meant == Some(name)).unwrap_or(0);
        Self { models, tiers, model: 0, tier, shown: false, first: First::default() }
    }

    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut UiContext) -> DialogOutcome {
        let (chosen, tier) = (self.models.get(self.model), self.tiers.get(self.tier));
        let ready = chosen.cloned().zip(tier.cloned());
        if self.models.is_empty() {
            words_ui(ui, &tr("ask-model-none"), cx.theme.text);
            ui.add_space(space::S);
            let file = link_ui(ui, cx, &tr("command-add-model"), Command::AddModel(None));
            if link_ui(ui, cx, &tr("command-add-model-folder"), Command::AddModelFolder) || file {
                return DialogOutcome::Closed;
            }
        } else if self.tiers.is_empty() {
            words_ui(ui, &tr("ask-model-no-tier"), cx.theme.text);
        } else {
            words_ui(ui, &tr("ask-model-how"), cx.theme.muted);
            ui.add_space(space::S);
            let names: Vec<String> =
                self.models.iter().map(|held| format!("{}: {}", held.card.name, held.card.task)).collect();
            let bring = !std::mem::replace(&mut self.shown, true);
            list_ui(ui, &tr("ask-model-which"), &names, &mut self.model, bring);
            list_ui(ui, &tr("ask-model-tier"), &self.tiers, &mut self.tier, bring);
        }
        let (ask, cancel) = foot_ui(ui, |ui| {
            let ask = ui.add_enabled(ready.is_some(), Button::primary(tr("ask-model-ask")).large());
            (ask, ui.add(Button::new(tr("dialog-cancel")).large()))
        });
        self.first.focus(if ready.is_some() { &ask } else { &cancel });
        match ready {
            _ if cancel.clicked() => DialogOutcome::Closed,
            Some((model, tier)) if ask.clicked() => DialogOutcome::AskModel { model: Box::new(model), tier },
            _ => DialogOutcome::Open,
        }
    }
}

fn list_ui(ui: &mut Ui, label: &str, names: &[String], chosen: &mut usize, bring: bool) {
    widgets::section(ui, label);
    ScrollArea::vertical().id_salt(label).max_height(160.0).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (at, name) in names.iter().enumerate() {
            let row = ListRow::new(Id::unique(label).with(at), name).selected(at == *chosen).height(size::ROW_COMPACT);
            let response = row.show(ui, |ui| ui.label(name)).response;
            if bring && at == *chosen {
                response.scroll_to_me(None);
            }
            if response.clicked() {
                *chosen = at;
            }
        }
    });
    ui.add_space(space::S);
}
