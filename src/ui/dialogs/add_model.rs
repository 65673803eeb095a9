//! Adding a model: it is looked at in the background, then asked about what it cannot say itself.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::{Duration, Instant};

use eframe::egui::{Checkbox, Context, ScrollArea, Ui};

use super::{DialogOutcome, First, enter_in_field, field_ui, foot_ui, words_ui};
use crate::analysis::networks;
use crate::app::i18n::number;
use crate::app::models::Shelf;
use crate::app::models::adding::{AddError, Ask, Draft, look};
use crate::jobs::examine::Limits;
use crate::ui::theme::space;
use crate::ui::widgets::Button;
use crate::ui::{UiContext, tr, tr_args};

/// A model on its way in.
pub struct AddModelDialog {
    file: String,
    state: State,
    first: First,
}

enum State {
    Looking { begun: Instant, stop: Arc<AtomicBool>, answer: Receiver<Result<Draft, String>> },
    Asking(Box<Form>),
    Failed(String),
}

struct Form {
    draft: Draft,
    name: String,
    licence: String,
    source: String,
    labels: String,
    classes: Option<usize>,
    refusal: Option<String>,
}

impl AddModelDialog {
    /// Begins to look at a file or folder.
    pub(super) fn new(ctx: &Context, path: &Path, shelf: Option<Shelf>) -> Self {
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let (send, answer) = channel();
        let stop = Arc::new(AtomicBool::new(false));
        let (ctx, path, stopped): (Context, PathBuf, _) = (ctx.clone(), path.to_owned(), Arc::clone(&stop));
        std::thread::spawn(move || {
            let looked = shelf
                .map_or_else(Shelf::usual, Ok)
                .map_err(AddError::from)
                .and_then(|shelf| look(&path, &shelf, Limits::default(), || stopped.load(Ordering::Relaxed)));
            let _ = send.send(looked.map_err(|error| sentence(&error.to_string())));
            ctx.request_repaint();
        });
        Self { file, state: State::Looking { begun: Instant::now(), stop, answer }, first: First::default() }
    }

    pub(super) fn name(&self) -> String {
        tr_args("dialog-add-model", &[("file", self.file.clone().into())])
    }

    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut UiContext) -> DialogOutcome {
        self.listen();
        match &mut self.state {
            State::Looking { begun, .. } => {
                let seconds = begun.elapsed().as_secs();
                words_ui(ui, &tr_args("add-model-looking", &[("seconds", number(seconds).into())]), cx.theme.muted);
                ui.ctx().request_repaint_after(Duration::from_millis(200));
                let cancel = foot_ui(ui, |ui| ui.add(Button::new(tr("dialog-cancel")).large()));
                self.first.focus(&cancel);
                if cancel.clicked() { DialogOutcome::Closed } else { DialogOutcome::Open }
            }
            State::Failed(why) => {
                words_ui(ui, &tr("add-model-failed"), cx.theme.muted);
                ui.add_space(space::S);
                ScrollArea::vertical().max_height(260.0).show(ui, |ui| words_ui(ui, why, cx.theme.text));
                let close = foot_ui(ui, |ui| ui.add(Button::primary(tr("dialog-close")).large()));
                if close.clicked() { DialogOutcome::Closed } else { DialogOutcome::Open }
            }
            State::Asking(_) => self.form_ui(ui, cx),
        }
    }

    /// Takes the answer once there is one.
    fn listen(&mut self) {
        let State::Looking { answer, .. } = &self.state else { return };
        self.state = match answer.try_recv() {
            Err(TryRecvError::Empty) => return,
            Err(TryRecvError::Disconnected) => State::Failed(tr("add-model-broke")),
            Ok(Err(why)) => State::Failed(why),
            Ok(Ok(draft)) => {
                let classes = draft.asks().into_iter().find_map(|ask| match ask {
                    Ask::Labels { classes } => Some(classes),
                    Ask::Licence => None,
                });
                State::Asking(Box::new(Form {
                    name: draft.card.name.clone(),
                    licence: draft.card.licence.clone(),
                    source: draft.card.source.clone(),
                    labels: draft.card.labels.join(", "),
                    classes,
                    refusal: None,
                    draft,
                }))
            }
        };
        self.first = First::default();
    }

    fn form_ui(&mut self, ui: &mut Ui, cx: &mut UiContext) -> DialogOutcome {
        let State::Asking(form) = &mut self.state else { return DialogOutcome::Open };
        let enter = enter_in_field(ui);
        words_ui(ui, &form.what(), cx.theme.text);
        if form.draft.training.is_some() {
            ui.add_space(space::XS);
            let on = form.draft.card.trained_on.clone();
            words_ui(ui, &tr_args("add-model-trained", &[("on", on.into())]), cx.theme.text);
        }
        if !form.draft.card.limits.is_empty() {
            ui.add_space(space::XS);
            words_ui(ui, &sentence(&form.draft.card.limits), cx.theme.muted);
        }
        ui.add_space(space::M);
        let licence = field_ui(ui, &tr("add-model-licence"), &mut form.licence, &tr("add-model-licence-hint"));
        self.first.focus(&licence);
        let mut changed = licence.changed();
        if let Some(classes) = form.classes {
            let label = tr_args("add-model-labels", &[("count", number(classes as u64).into())]);
            changed |= field_ui(ui, &label, &mut form.labels, &tr("add-model-labels-hint")).changed();
        }
        changed |= field_ui(ui, &tr("add-model-name"), &mut form.name, "my-model").changed();
        changed |= field_ui(ui, &tr("add-model-source"), &mut form.source, &tr("add-model-source-hint")).changed();
        if matches!(form.draft.card.network.as_str(), "facexformer" | "swinface") {
            ui.add(Checkbox::new(&mut form.draft.card.personal, tr("add-model-personal")));
        }
        if let Some((_, usual)) = networks::merging(&form.draft.card.network) {
            let mut merges = form.draft.card.merge > 0;
            if ui.add(Checkbox::new(&mut merges, tr("add-model-merge"))).changed() {
                form.draft.card.merge = if merges { usual } else { 0 };
            }
        }
        if changed {
            form.refusal = None;
        }
        if let Some(refusal) = &form.refusal {
            words_ui(ui, refusal, cx.theme.bad);
        }
        let (add, cancel) = foot_ui(ui, |ui| {
            let add = ui.add(Button::primary(tr("add-model-add")).large()).clicked();
            (add, ui.add(Button::new(tr("dialog-cancel")).large()).clicked())
        });
        if cancel {
            return DialogOutcome::Closed;
        }
        if !(add || enter) {
            return DialogOutcome::Open;
        }
        form.fill();
        if let Err(error) = form.draft.check() {
            form.refusal = Some(sentence(&error.to_string()));
            return DialogOutcome::Open;
        }
        let State::Asking(form) = std::mem::replace(&mut self.state, State::Failed(String::new())) else {
            return DialogOutcome::Open;
        };
        match form.draft.keep() {
            Ok(held) => DialogOutcome::ModelAdded(held.card.name),
            Err(error) => {
                self.state = State::Failed(sentence(&error.to_string()));
                DialogOutcome::Open
            }
        }
    }
}

/// A message as a sentence: a capital first, a full stop last.
fn sentence(text: &str) -> String {
    let mut letters = text.trim().chars();
    let mut said: String =
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default();
    if !said.ends_with(['.', '!', '?']) {
        said.push('.');
    }
    said
}

impl Form {
    /// What was found, in a sentence.
    fn what(&self) -> String {
        let examined = &self.draft.examined;
        match &examined.network {
            Some(network) => tr_args(
                "add-model-network",
                &[
                    ("network", network.clone().into()),
                    ("parameters", number(examined.parameters.unsigned_abs()).into()),
                    ("task", self.draft.card.task.clone().into()),
                ],
            ),
            None => tr_args("add-model-script", &[("task", self.draft.card.task.clone().into())]),
        }
    }

    /// Takes over what was typed.
    fn fill(&mut self) {
        let card = &mut self.draft.card;
        for (field, typed) in
            [(&mut card.name, &self.name), (&mut card.licence, &self.licence), (&mut card.source, &self.source)]
        {
            typed.trim().clone_into(field);
        }
        if self.classes.is_some() {
            card.labels = self.labels.split(',').map(|label| label.trim().to_owned()).collect();
        }
    }
}

impl Drop for AddModelDialog {
    fn drop(&mut self) {
        // Nobody waits for the answer any more: the look is stopped, and its copy goes.
        if let State::Looking { stop, .. } = &self.state {
            stop.store(true, Ordering::Relaxed);
        }
    }
}
