//! Editors under the buttons: another label, other times.

use eframe::egui::{Id, Key, RichText, Ui};

use super::{PeopleState, ProposalModel};
use crate::app::command::PeopleCommand;
use crate::domain::{Span, TagId, Time};
use crate::ui::theme::{size, space, type_size};
use crate::ui::widgets::{self, Button, Chip, TextField};
use crate::ui::{Command, UiContext, fonts, tr};

/// What is being changed.
#[derive(Clone, Debug, PartialEq)]
pub enum Editor {
    Relabel { text: String, fresh: bool },
    Retime(Retiming),
    Note { text: String, fresh: bool },
}

/// Times on their way.
#[derive(Clone, Debug, PartialEq)]
pub struct Retiming {
    start: String,
    end: String,
    fresh: bool,
}

impl Editor {
    /// An editor for the label.
    pub fn relabel(label: &str) -> Self {
        Self::Relabel { text: label.to_owned(), fresh: true }
    }
    /// The command that keeps what is written, when it can be kept.
    pub fn command(&self, tag: TagId) -> Option<PeopleCommand> {
        match self {
            Self::Relabel { text, .. } => {
                let label = text.trim().to_owned();
                (!label.is_empty()).then_some(PeopleCommand::RelabelAs { tag, label })
            }
            Self::Retime(retiming) => Some(PeopleCommand::RetimeTo { tag, span: retiming.span()? }),
            Self::Note { text, .. } => Some(PeopleCommand::NoteAs { tag, note: text.clone() }),
        }
    }
    /// An editor for the note.
    pub fn note(text: &str) -> Self {
        Self::Note { text: text.to_owned(), fresh: true }
    }
    /// An editor for the times.
    pub fn retime(span: Span) -> Self {
        Self::Retime(Retiming { start: span.start.to_string(), end: span.end.to_string(), fresh: true })
    }
}

impl Editor {
    /// The same, without taking the keys: for moving the ends by command.
    pub fn nudged(span: Span) -> Self {
        Self::Retime(Retiming { start: span.start.to_string(), end: span.end.to_string(), fresh: false })
    }
}

impl Retiming {
    /// Moves one end by so much; it stays on its side of the other.
    pub fn nudge(&mut self, start: bool, by: Time) {
        if let Some(span) = self.span() {
            self.set(start, if start { span.start } else { span.end } + by);
        }
    }
    /// The times as written, when both can be read and the end is after the start.
    pub fn span(&self) -> Option<Span> {
        let (start, end) = (Time::from_clock(&self.start)?, Time::from_clock(&self.end)?);
        (start < end).then_some(Span { start, end })
    }
    pub(super) fn set(&mut self, start: bool, time: Time) {
        let (Some(from), Some(to)) = (Time::from_clock(&self.start), Time::from_clock(&self.end)) else { return };
        let least = Time::from_millis(20);
        if start {
            self.start = time.min(to - least).max(Time::ZERO).to_string();
        } else {
            self.end = time.max(from + least).to_string();
        }
    }
}

pub(super) fn editor_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut PeopleState, proposal: &ProposalModel) {
    let Some(editor) = &mut state.editor else { return };
    let closed = match editor {
        Editor::Relabel { text, fresh } => relabel_ui(ui, cx, text, fresh, proposal),
        Editor::Retime(retiming) => retime_ui(ui, cx, retiming, proposal),
        Editor::Note { text, fresh } => note_ui(ui, cx, text, fresh, proposal),
    };
    if closed || ui.input(|input| input.key_pressed(Key::Escape)) {
        state.editor = None;
    }
}

fn relabel_ui(ui: &mut Ui, cx: &mut UiContext, text: &mut String, fresh: &mut bool, proposal: &ProposalModel) -> bool {
    let mut chosen = None;
    widgets::section(ui, tr("people-relabel"));
    let id = Id::unique("people-relabel-field");
    let field = TextField::new(text, tr("people-relabel")).id(id).show(ui);
    if std::mem::take(fresh) {
        field.request_focus();
        select_all(ui, id, text);
    }
    if field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
        match text.trim().is_empty() {
            true => field.request_focus(),
            false => chosen = Some(text.clone()),
        }
    }
    ui.add_space(space::XS);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = eframe::egui::vec2(space::XS, space::XS);
        for label in &proposal.labels {
            if ui.add(Chip::new(label).clickable()).clicked() {
                chosen = Some(label.clone());
            }
        }
    });
    ui.add_space(space::S);
    ui.horizontal(|ui| {
        if ui.add_enabled(!text.trim().is_empty(), Button::new(tr("people-relabel-do"))).clicked() {
            chosen = Some(text.clone());
        }
    });
    match chosen.map(|label| label.trim().to_owned()).filter(|label| !label.is_empty()) {
        Some(label) => {
            cx.send(Command::People(PeopleCommand::RelabelAs { tag: proposal.tag, label }));
            true
        }
        None => false,
    }
}

fn note_ui(ui: &mut Ui, cx: &mut UiContext, text: &mut String, fresh: &mut bool, proposal: &ProposalModel) -> bool {
    widgets::section(ui, tr("people-note"));
    let id = Id::unique("people-note-field");
    let field = TextField::new(text, tr("people-note")).id(id).show(ui);
    if std::mem::take(fresh) {
        field.request_focus();
    }
    let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    ui.add_space(space::XS);
    let kept = ui.add(Button::new(tr("people-note-do"))).clicked() || entered;
    if kept {
        cx.send(Command::People(PeopleCommand::NoteAs { tag: proposal.tag, note: text.clone() }));
    }
    kept
}

fn retime_ui(ui: &mut Ui, cx: &mut UiContext, retiming: &mut Retiming, proposal: &ProposalModel) -> bool {
    widgets::section(ui, tr("people-retime"));
    let mut entered = None;
    ui.horizontal(|ui| {
        let width = (ui.available_width() - space::S) / 2.0;
        let first = Id::unique("people-retime-start");
        for (id, name, text) in [
            (first, tr("people-start"), &mut retiming.start),
            (Id::unique("people-retime-end"), tr("people-end"), &mut retiming.end),
        ] {
            let field = TextField::new(text, name)
                .id(id)
                .font(fonts::figures(type_size::BODY))
                .height(size::CONTROL)
                .width(width - 2.0 * space::S - 2.0)
                .show(ui);
            if field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
                entered = Some(id);
            }
        }
        if std::mem::take(&mut retiming.fresh) {
            ui.memory_mut(|memory| memory.request_focus(first));
            select_all(ui, first, &retiming.start);
        }
    });
    let span = retiming.span();
    if span.is_none() {
        ui.label(RichText::new(tr("people-retime-bad")).font(fonts::regular(type_size::SMALL)).color(cx.theme.bad));
    }
    ui.add_space(space::XS);
    if let Some(field) = entered.filter(|_| span.is_none()) {
        // What cannot be kept is still being written: letters are not commands yet.
        ui.memory_mut(|memory| memory.request_focus(field));
    }
    let pressed = ui.add_enabled(span.is_some(), Button::new(tr("people-retime-do"))).clicked();
    match span.filter(|_| pressed || entered.is_some()) {
        Some(span) => {
            cx.send(Command::People(PeopleCommand::RetimeTo { tag: proposal.tag, span }));
            true
        }
        None => false,
    }
}

/// Selects everything in a field, so that typing replaces it.
pub(super) fn select_all(ui: &Ui, id: Id, text: &str) {
    use eframe::egui::text::{CCursor, CCursorRange};
    let mut state = eframe::egui::TextEdit::load_state(ui.ctx(), id).unwrap_or_default();
    let all = CCursorRange::two(CCursor::new(0), CCursor::new(text.chars().count()));
    state.cursor.set_char_range(Some(all));
    state.store(ui.ctx(), id);
}
