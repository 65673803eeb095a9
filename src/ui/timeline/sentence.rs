//! The sentence being worked on: its texts in large type, and what one does with it.

use eframe::egui::{Align, Label, Layout, RichText, Ui, UiBuilder, text_edit::TextEditState};

use super::model::{Sentence, TimelineModel};
use super::scale::seconds;
use super::state::{Field, TimelineState, field_id};
use crate::app::command::TimelineCommand;
use crate::app::icon::Icon;
use crate::domain::TierRole;
use crate::ui::theme::{size, space, type_size};
use crate::ui::widgets::{Button, Chip, TextField, section};
use crate::ui::{Command, UiContext, fonts, icons, tr, tr_args};

/// Draws the panel at the right.
pub fn sentence_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut TimelineState, model: &TimelineModel) {
    let Some(sentence) = &model.sentence else {
        state.caret = None;
        state.active = None;
        nothing_ui(ui, cx, model);
        return;
    };
    head_ui(ui, cx, sentence);
    ui.add_space(space::M);
    texts_ui(ui, cx, state, sentence);
    ui.add_space(space::M);
    ui.horizontal(|ui| {
        let playing = |command| Command::Timeline(command);
        named(ui, cx, playing(TimelineCommand::Loop), "timeline-loop");
        cx.button(ui, playing(TimelineCommand::Slower));
        cx.button(ui, playing(TimelineCommand::Split));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            cx.primary_button(ui, playing(TimelineCommand::CommitAndNext));
        });
    });
    if let Some(field) = state.focus.take() {
        ui.memory_mut(|memory| memory.request_focus(field_id(sentence.id, field)));
    }
}

/// A command's button under a shorter name than the command has in the menu.
fn named(ui: &mut Ui, cx: &mut UiContext, command: Command, name: &str) {
    let mut button = Button::new(tr(name));
    if let Some(key) = cx.hint(&command) {
        button = button.key(key);
    }
    if let Some(spec) = command.spec() {
        button = button.tooltip(tr(&spec.tooltip_id()));
    }
    if ui.add(button).clicked() {
        cx.send(command);
    }
}

fn head_ui(ui: &mut Ui, cx: &mut UiContext, sentence: &Sentence) {
    ui.horizontal(|ui| {
        ui.set_height(size::CONTROL);
        let number = tr_args("timeline-utterance", &[("number", sentence.number.into())]);
        ui.add(Chip::accent(number).strong());
        if !sentence.participant.is_empty() {
            ui.add(Chip::new(&sentence.participant));
        }
        let percent = (sentence.done * 100).checked_div(sentence.count).unwrap_or(0);
        let progress = tr_args(
            "timeline-progress",
            &[("number", sentence.number.into()), ("count", sentence.count.into()), ("percent", percent.into())],
        );
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add(Chip::new(progress).strong()).on_hover_text(tr("timeline-progress-tooltip"));
            if let Some(span) = sentence.span {
                let times = format!("{} – {} · {}", span.start, span.end, seconds(span.duration()));
                let words = RichText::new(times).font(fonts::figures(type_size::BODY)).color(cx.theme.muted);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(Label::new(words).truncate());
                });
            }
        });
    });
}

fn texts_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut TimelineState, sentence: &Sentence) {
    let id = sentence.id;
    section(ui, labelled("timeline-transcription", &sentence.language));
    let mut text = sentence.text.clone();
    let field = field_id(id, Field::Transcription);
    let response = TextField::new(&mut text, tr("timeline-transcription"))
        .id(field)
        .font(fonts::language(type_size::LANGUAGE_LARGE))
        .hint(tr("timeline-transcription-hint"))
        .keep_tab()
        .show(ui);
    if response.changed() {
        cx.send(Command::Timeline(TimelineCommand::SetText { annotation: id, text: text.clone() }));
    }
    state.caret = response.has_focus().then(|| caret(ui, field, &text)).flatten();
    state.active = response.has_focus().then_some(Field::Transcription);
    for (which, role, label, language, before, hint, font) in [
        (
            Field::Translation,
            TierRole::Translation,
            "timeline-translation",
            sentence.translation_language.as_str(),
            &sentence.translation,
            "timeline-translation-hint",
            fonts::regular(type_size::LEAD),
        ),
        (
            Field::Note,
            TierRole::Note,
            "timeline-note",
            "",
            &sentence.note,
            "timeline-note-hint",
            fonts::regular(type_size::BODY),
        ),
    ] {
        ui.add_space(space::S);
        section(ui, labelled(label, language));
        let mut text = before.clone();
        let response =
            TextField::new(&mut text, tr(label)).id(field_id(id, which)).font(font).hint(tr(hint)).keep_tab().show(ui);
        if response.changed() {
            cx.send(Command::Timeline(TimelineCommand::SetLine { parent: id, role, text }));
        }
        if response.has_focus() {
            state.active = Some(which);
        }
    }
}

fn labelled(label: &str, language: &str) -> String {
    if language.is_empty() { tr(label) } else { format!("{} · {language}", tr(label)) }
}

/// Where the caret stands within a text, in bytes; `None` at its ends, where it parts nothing.
fn caret(ui: &Ui, field: eframe::egui::Id, text: &str) -> Option<usize> {
    let range = TextEditState::load(ui.ctx(), field)?.cursor.char_range()?;
    let at = text.char_indices().nth(range.primary.index.0).map(|(at, _)| at)?;
    (at > 0).then_some(at)
}

/// No utterance is chosen: how to get one.
fn nothing_ui(ui: &mut Ui, cx: &mut UiContext, model: &TimelineModel) {
    let room = ui.max_rect();
    let middle =
        eframe::egui::Rect::from_center_size(room.center(), eframe::egui::vec2(size::EMPTY.min(room.width()), 144.0));
    let builder = UiBuilder::new().id_salt("nothing").max_rect(middle).layout(Layout::top_down(Align::Center));
    ui.scope_builder(builder, |ui| {
        icons::show(ui, Icon::Pencil, 24.0, cx.theme.faint);
        ui.add_space(space::M);
        let nothing_yet = model.blank && !model.untimed;
        let sentence = match (model.tiers.is_empty(), nothing_yet) {
            (true, _) => tr("timeline-no-tiers"),
            (false, true) => tr("timeline-nothing-yet"),
            (false, false) => tr("timeline-nothing-selected"),
        };
        let words = RichText::new(sentence).font(fonts::regular(type_size::BODY)).color(cx.theme.muted);
        ui.add(Label::new(words).wrap());
        ui.add_space(space::L);
        if nothing_yet && !model.tiers.is_empty() {
            return;
        }
        let command = match model.tiers.is_empty() {
            true => TimelineCommand::AddTier,
            false => TimelineCommand::NextAnnotation,
        };
        cx.button(ui, Command::Timeline(command));
    });
}
