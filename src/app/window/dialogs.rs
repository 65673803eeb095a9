//! Dialogs over the window: opened, carried out, closed, and the focus given back to where it was.

use eframe::egui::{Context, Ui};

use super::Window;
use crate::app::command::Command;
use crate::app::core::Core;
use crate::app::edit;
use crate::app::keymap::Keymap;
use crate::app::place::Place;
use crate::ui::dialogs::{Dialog, DialogOutcome};
use crate::ui::toasts::Toast;
use crate::ui::{Theme, UiContext, theme};

impl Window {
    /// Opens one; what had the focus gets it back.
    pub(super) fn open_dialog(&mut self, ctx: &Context, dialog: Dialog) {
        if self.dialog.is_none() {
            self.focus_before = ctx.memory(|memory| memory.focused());
        }
        self.dialog = Some(dialog);
        ctx.request_repaint();
    }

    /// Closes it.
    pub(super) fn close_dialog(&mut self, ctx: &Context) {
        self.dialog = None;
        self.focus_after = self.focus_before.take().map(|id| (id, 1));
        ctx.request_repaint();
    }

    /// Gives the focus back once what had it is drawn again.
    pub(super) fn give_focus_back(&mut self, ctx: &Context) {
        match self.focus_after {
            Some((id, 0)) => {
                self.focus_after = None;
                if self.dialog.is_none() {
                    ctx.memory_mut(|memory| memory.request_focus(id));
                }
            }
            Some((id, frames)) => {
                self.focus_after = Some((id, frames - 1));
                ctx.request_repaint();
            }
            None => {}
        }
    }

    /// Draws it, and does what was decided in it.
    pub(super) fn dialog_ui(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let Some(mut dialog) = self.dialog.take() else { return };
        let mut cx = UiContext {
            theme: Theme::of(ui),
            keymap: &self.keymap,
            place: self.place,
            project_open: self.core.is_some(),
            commands,
            splits: &mut self.settings.layout,
        };
        if let Some(found) = self.labelling.gather() {
            dialog.found_labels(found);
        }
        let outcome = dialog.show(ui, &mut cx);
        match outcome {
            DialogOutcome::Open => self.dialog = Some(dialog),
            DialogOutcome::Closed => self.close_dialog(ui.ctx()),
            DialogOutcome::Keys(keymap) => {
                self.keymap = *keymap;
                self.save_settings();
                self.dialog = Some(dialog);
            }
            DialogOutcome::Columns { file, made_by, sheets } => {
                self.close_dialog(ui.ctx());
                for (fingerprint, mapping) in made_by {
                    self.settings.remember_table(fingerprint, mapping);
                }
                self.save_settings();
                self.import(ui.ctx(), vec![file], Some(sheets));
            }
            DialogOutcome::NewProject { folder, new } => {
                match edit::project::create(&folder, &new)
                    .and_then(|store| Core::over(store, &self.author(), self.wake.clone()))
                {
                    Ok(core) => {
                        self.close();
                        self.hold(core);
                        self.go(Place::Sessions);
                        // What had the focus belonged to the project before.
                        self.focus_before = None;
                    }
                    Err(error) => {
                        dialog.refuse(error.to_string());
                        self.dialog = Some(dialog);
                    }
                }
            }
            DialogOutcome::Labels(asked) => {
                if let Some(core) = &mut self.core {
                    self.labelling.perform(core, asked);
                }
                self.dialog = Some(dialog);
            }
            DialogOutcome::AskModel { model, tier } => {
                self.close_dialog(ui.ctx());
                self.ask_model(*model, tier);
            }
            DialogOutcome::ModelAdded(name) => {
                self.close_dialog(ui.ctx());
                self.model_added(name);
            }
            DialogOutcome::Train { tier, what, name } => {
                self.train(&mut dialog, tier, what, name);
                self.dialog = Some(dialog);
            }
            DialogOutcome::Merge { file, incoming, choices } => {
                self.close_dialog(ui.ctx());
                if let Some(core) = &mut self.core {
                    let started = self.imports.take_in(core, file, incoming, *choices);
                    core.ask(started);
                }
            }
            DialogOutcome::Settings(changed) => {
                self.settings = *changed;
                theme::choose(ui.ctx(), self.settings.theme);
                ui.ctx().set_zoom_factor(self.settings.scale);
                let (keymap, warnings) = Keymap::from_settings(&self.settings.keymap);
                self.keymap = keymap;
                for warning in warnings {
                    self.shell.toasts.push(Toast::warning(warning));
                }
                self.save_settings();
                if let Some(core) = &mut self.core {
                    let author = self.settings.other.get("author").and_then(|v| v.as_str()).unwrap_or_default();
                    if core.store.author() != author {
                        core.store.set_author(author);
                        // In blind review everybody sees something else.
                        core.all_changed();
                    }
                }
                self.close_dialog(ui.ctx());
            }
        }
    }
}
