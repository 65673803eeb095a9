//! Files that are taken into the project: read in jobs, asked about where they must be, reported on.

use std::path::PathBuf;

use eframe::egui::Context;

use super::Window;
use crate::app::i18n::{tr, tr_args};
use crate::app::importing::{Arrived, Question, Sheets};
use crate::formats::table::Table;
use crate::ui::dialogs::Dialog;
use crate::ui::toasts::Toast;

impl Window {
    /// Reads files in a job of its own, each with its loss report; tables by their mappings, where these were told.
    pub(super) fn import(&mut self, ctx: &Context, files: Vec<PathBuf>, sheets: Option<Sheets>) {
        let Some(core) = &mut self.core else {
            self.shell.toasts.push(Toast::note(tr("import-needs-project")));
            self.open_dialog(ctx, Dialog::new_project());
            return;
        };
        for file in files {
            let started = self.imports.read(core, file, sheets.clone());
            core.ask(started);
        }
    }

    /// Takes in what was read, says what became of it, and asks the next question.
    pub(super) fn gather_imports(&mut self, ctx: &Context) {
        let Some(core) = &mut self.core else { return };
        self.asking.gather(core);
        let mut report_of = None;
        for arrived in self.imports.gather(core) {
            match arrived {
                Arrived::Taken(name, report) => {
                    core.all_changed();
                    if core.selection.session.is_none() {
                        let rows = core.store.read().session_rows();
                        core.selection.session =
                            core.ask(rows).and_then(|rows| rows.into_iter().next()).map(|row| row.session.id);
                    }
                    core.open_player();
                    let text = tr_args("import-done", &[("file", name.clone().into())]);
                    self.shell.toasts.push(Toast::done(text).detail(report.to_string()));
                    report_of = Some(Dialog::report(name, report));
                }
                Arrived::Nothing(name, report) => {
                    let text = tr_args("import-nothing-new", &[("file", name.into())]);
                    self.shell.toasts.push(Toast::note(text).detail(report.to_string()));
                }
                Arrived::Failed(name, error) => self.shell.toasts.push(Toast::problem(format!("{name}: {error}"))),
            }
        }
        // A report waits for no one who is answering another question; its text is in the message too.
        if let Some(report) = report_of.filter(|_| self.dialog.is_none()) {
            self.open_dialog(ctx, report);
        }
        if self.dialog.is_none()
            && let Some(question) = self.imports.next_question()
        {
            let dialog = match question {
                Question::Merge { file, incoming, plan } => Dialog::merge(file, incoming, *plan),
                Question::Columns { file, tables, options } => {
                    let known = |table: &Table| self.settings.tables.get(&table.fingerprint()).cloned();
                    Dialog::columns(file, tables, known, options)
                }
            };
            self.open_dialog(ctx, dialog);
        }
    }
}
