//! The window and models of one's own: adding one, asking one about a tier, training one.

use std::path::PathBuf;

use eframe::egui::Context;

use super::Window;
use crate::analysis::training::What;
use crate::app::command::Command;
use crate::app::i18n::tr_args;
use crate::app::models::{Held, Shelf, adding, asking};
use crate::app::training;
use crate::ui::dialogs::Dialog;
use crate::ui::toasts::Toast;

impl Window {
    /// Where the user's models lie: the usual place, if no other was named.
    pub(super) fn shelf(&self) -> Option<Shelf> {
        self.models.as_ref().map(Shelf::at).or_else(|| Shelf::usual().ok())
    }

    /// Looks at a file or folder and asks what it cannot say itself; asks which where none is named.
    pub(super) fn add_model(&mut self, ctx: &Context, path: Option<PathBuf>) {
        match path {
            Some(path) => self.open_dialog(ctx, Dialog::add_model(ctx, &path, self.shelf())),
            None => self.ask_for(|dialog| dialog.pick_file().map(|file| Command::AddModel(Some(file)))),
        }
    }

    /// Asks for the folder of a model; a system's chooser offers either files or folders.
    pub(super) fn ask_for_model_folder(&self) {
        self.ask_for(|dialog| dialog.pick_folder().map(|folder| Command::AddModel(Some(folder))));
    }

    /// Models are asked about, one at a time; gives the files that are none.
    pub(super) fn take_models(&mut self, ctx: &Context, dropped: Vec<PathBuf>) -> Vec<PathBuf> {
        let (models, others): (Vec<_>, Vec<_>) = dropped.into_iter().partition(|path| adding::is_model(path));
        if let Some(model) = models.into_iter().next() {
            self.perform(ctx, Command::AddModel(Some(model)));
        }
        others
    }

    pub(super) fn model_added(&mut self, name: String) {
        self.shell.toasts.push(Toast::done(tr_args("add-model-done", &[("name", name.into())])));
    }

    pub(super) fn ask_which_model(&mut self, ctx: &Context) {
        let Some(core) = &mut self.core else { return };
        let choices = asking::choices(core);
        // The tier that is worked on is probably the one that is meant.
        let tier = asking::probable_tier(core);
        if let Some(choices) = choices {
            self.open_dialog(ctx, Dialog::ask_model(choices, tier.as_deref()));
        }
    }

    pub(super) fn ask_model(&mut self, model: Held, tier: String) {
        if let Some(core) = &mut self.core {
            self.asking.start(core, model, tier);
        }
    }

    pub(super) fn ask_what_to_train(&mut self, ctx: &Context) {
        let Some(core) = &mut self.core else { return };
        let tiers = training::tiers(&core.store);
        if let Some(tiers) = core.ask(tiers) {
            self.open_dialog(ctx, Dialog::train(tiers));
        }
    }

    /// Begins to train; the dialog says why not, or follows.
    pub(super) fn train(&mut self, dialog: &mut Dialog, tier: String, what: What, name: String) {
        let Some(core) = &self.core else { return };
        match training::begin(core, tier, what, name) {
            Ok(lesson) => dialog.follow(lesson),
            Err(error) => dialog.refuse(error.to_string()),
        }
    }
}
