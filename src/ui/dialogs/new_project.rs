//! A new project: its name, its languages, where it lies.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};

use eframe::egui::Ui;

use super::{DialogOutcome, First, enter_in_field, field_ui, foot_ui, words_ui};
use crate::app::edit::project::{NewProject, is_language_tag};
use crate::store::Folder;
use crate::ui::theme::{size, space};
use crate::ui::widgets::{self, Button, TextField};
use crate::ui::{UiContext, tr, tr_args};

/// What was typed so far.
pub struct NewProjectDialog {
    name: String,
    language: String,
    language_name: String,
    glosses: String,
    folder: String,
    /// Why it cannot be made.
    refusal: Option<String>,
    /// The system's folder dialog, while it is open.
    browsing: Option<Receiver<PathBuf>>,
    first: First,
}

impl Default for NewProjectDialog {
    fn default() -> Self {
        let dirs = directories::UserDirs::new();
        let folder = dirs
            .as_ref()
            .map(|dirs| dirs.document_dir().filter(|dir| dir.is_dir()).unwrap_or(dirs.home_dir()).to_owned())
            .unwrap_or_else(std::env::temp_dir);
        Self {
            name: String::new(),
            language: String::new(),
            language_name: String::new(),
            glosses: "en".to_owned(),
            folder: folder.display().to_string(),
            refusal: None,
            browsing: None,
            first: First::default(),
        }
    }
}

impl NewProjectDialog {
    /// Says why it could not be made.
    pub fn refuse(&mut self, message: String) {
        self.refusal = Some(message);
    }

    /// The folder that will be made.
    fn target(&self) -> PathBuf {
        // A slash in a project's name is no folder.
        let name = self.name.trim().replace(['/', '\\', ':'], "-");
        let name = name.trim_matches('.');
        Path::new(self.folder.trim()).join(format!("{name}.{}", Folder::EXTENSION))
    }

    /// What is missing or wrong, in words.
    fn fault(&self) -> Option<String> {
        if self.name.trim().is_empty() {
            return Some(tr("new-project-no-name"));
        }
        for (tag, missing) in [(&self.language, "new-project-no-language"), (&self.glosses, "new-project-no-glosses")] {
            if tag.trim().is_empty() {
                return Some(tr(missing));
            }
            if !is_language_tag(tag.trim()) {
                return Some(tr_args("new-project-bad-language", &[("code", tag.trim().to_owned().into())]));
            }
        }
        if !Path::new(self.folder.trim()).is_dir() {
            return Some(tr_args("new-project-no-folder", &[("folder", self.folder.trim().to_owned().into())]));
        }
        let target = self.target();
        target.exists().then(|| tr_args("new-project-taken", &[("folder", target.display().to_string().into())]))
    }

    fn browse(&mut self, ui: &Ui) {
        let (send, receive) = channel();
        let (ctx, start) = (ui.ctx().clone(), PathBuf::from(self.folder.trim()));
        self.browsing = Some(receive);
        std::thread::spawn(move || {
            if let Some(path) = rfd::FileDialog::new().set_directory(start).pick_folder() {
                let _ = send.send(path);
            }
            ctx.request_repaint();
        });
    }

    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut UiContext) -> DialogOutcome {
        if let Some(path) = self.browsing.as_ref().and_then(|receive| receive.try_recv().ok()) {
            self.folder = path.display().to_string();
            self.browsing = None;
        }
        let enter = enter_in_field(ui);
        let mut changed = false;
        let name = field_ui(ui, &tr("new-project-name"), &mut self.name, &tr("new-project-name-hint"));
        self.first.focus(&name);
        changed |= name.changed();
        let half = (ui.available_width() - space::M) / 2.0;
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::M;
            for (text, label, hint) in [
                (&mut self.language, tr("new-project-language"), tr("new-project-language-hint")),
                (&mut self.language_name, tr("new-project-language-name"), tr("new-project-language-name-hint")),
            ] {
                ui.vertical(|ui| {
                    ui.set_width(half);
                    changed |= field_ui(ui, &label, text, &hint).changed();
                });
            }
        });
        changed |= field_ui(ui, &tr("new-project-glosses"), &mut self.glosses, "en").changed();
        widgets::section(ui, tr("new-project-folder"));
        ui.horizontal(|ui| {
            let browse = Button::new(tr("new-project-browse")).large().width(102.0);
            let field = ui.available_width() - 110.0;
            let label = tr("new-project-folder");
            let folder = TextField::new(&mut self.folder, label).width(field).height(size::CONTROL_LARGE).show(ui);
            changed |= folder.changed();
            if ui.add(browse).clicked() {
                self.browse(ui);
            }
        });
        ui.add_space(space::XS);
        if !self.name.trim().is_empty() {
            let target = self.target().display().to_string();
            words_ui(ui, &tr_args("new-project-makes", &[("folder", target.into())]), cx.theme.muted);
        }
        if changed {
            self.refusal = None;
        }
        if let Some(refusal) = &self.refusal {
            ui.add_space(space::S);
            words_ui(ui, refusal, cx.theme.bad);
        }
        let (make, cancel) = foot_ui(ui, |ui| {
            let make = ui.add(Button::primary(tr("new-project-make")).large()).clicked();
            (make, ui.add(Button::new(tr("dialog-cancel")).large()).clicked())
        });
        if cancel {
            return DialogOutcome::Closed;
        }
        if !(make || enter) {
            return DialogOutcome::Open;
        }
        if let Some(fault) = self.fault() {
            self.refusal = Some(fault);
            // Enter takes the focus from a field; it goes back to the first.
            self.first = First::default();
            return DialogOutcome::Open;
        }
        DialogOutcome::NewProject {
            folder: self.target(),
            new: NewProject {
                name: self.name.trim().to_owned(),
                object_language: self.language.trim().to_owned(),
                object_name: self.language_name.trim().to_owned(),
                analysis_language: self.glosses.trim().to_owned(),
                glottocode: String::new(),
            },
        }
    }
}
