//! The page of one entry: headword, pronunciation, category, variants, etymology, senses, relations, texts.

use eframe::egui::{Align, Id, Label, Layout, RichText, Sense, Ui};

use super::field::{PAD, PageField, ROW};
use super::{EntryModel, LexiconModel, LexiconState, headword_id};
use crate::app::command::{EntryField, LexiconCommand as Do};
use crate::ui::theme::{space, type_size};
use crate::ui::widgets::{Button, section};
use crate::ui::{Command, UiContext, fonts, tr};

/// Draws the page.
pub(super) fn entry_ui(
    ui: &mut Ui,
    cx: &mut UiContext,
    state: &mut LexiconState,
    model: &LexiconModel,
    entry: &EntryModel,
) {
    let theme = cx.theme;
    ui.spacing_mut().item_spacing.x = 0.0;
    let mut page = Page { entry, model };
    ui.horizontal(|ui| {
        let head = fonts::language_bold(type_size::HEADWORD);
        page.field(
            ui,
            cx,
            state,
            EntryField::Headword,
            headword_id(),
            &entry.headword,
            Look {
                font: head,
                color: theme.text,
                text: "lexicon-headword-field",
                hint: "lexicon-headword-hint",
                language: true,
            },
        );
        if entry.homograph > 0 {
            let number = entry.homograph.to_string();
            ui.add(Label::new(RichText::new(number).font(fonts::figures(type_size::TITLE)).color(theme.muted)));
        }
        ui.add_space(space::S);
        let mut shown = entry.pronunciations.clone();
        if shown.is_empty() {
            shown.push(String::new());
        }
        for (index, pronunciation) in shown.iter().enumerate() {
            let bracket = |ui: &mut Ui, text: &str| {
                if !pronunciation.is_empty() {
                    let text = RichText::new(text).font(fonts::language(type_size::LANGUAGE_LARGE)).color(theme.muted);
                    ui.add(Label::new(text));
                }
            };
            bracket(ui, "[");
            ui.add_space(if pronunciation.is_empty() { 0.0 } else { -PAD });
            let id = Id::unique(("lexicon-pronunciation", entry.id, index));
            page.field(
                ui,
                cx,
                state,
                EntryField::Pronunciation(index),
                id,
                pronunciation,
                Look {
                    font: fonts::language(type_size::LANGUAGE_LARGE),
                    color: theme.muted,
                    text: "lexicon-pronunciation",
                    hint: "lexicon-pronunciation-hint",
                    language: true,
                },
            );
            ui.add_space(if pronunciation.is_empty() { 0.0 } else { -PAD });
            bracket(ui, "]");
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let delete = Command::Lexicon(Do::DeleteEntry);
            cx.icon_button(ui, delete);
        });
    });
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().interact_size.y = ROW;
        let small = |text, hint, language| Look {
            font: if language { fonts::language(type_size::BODY + 1.0) } else { fonts::regular(type_size::BODY) },
            color: theme.muted,
            text,
            hint,
            language,
        };
        let id = Id::unique(("lexicon-category", entry.id));
        let look = small("lexicon-category-field", "lexicon-category-hint", false);
        page.field(ui, cx, state, EntryField::Category, id, &entry.category, look);
        dot(ui, cx);
        let variants: Vec<&str> = entry.variants.iter().map(String::as_str).chain([""]).collect();
        if !entry.variants.is_empty() {
            ui.label(RichText::new(tr("lexicon-variants")).color(theme.muted));
        }
        for (index, variant) in variants.into_iter().enumerate() {
            let id = Id::unique(("lexicon-variant", entry.id, index));
            let look = small("lexicon-variant", "lexicon-variant-hint", true);
            page.field(ui, cx, state, EntryField::Variant(index), id, variant, look);
        }
        dot(ui, cx);
        let id = Id::unique(("lexicon-etymology", entry.id));
        let look = small("lexicon-etymology", "lexicon-etymology-hint", false);
        page.field(ui, cx, state, EntryField::Etymology, id, &entry.etymology, look);
    });
    ui.add_space(space::L);
    for sense in &entry.senses {
        super::sense::sense_ui(ui, cx, state, model, sense);
        ui.add_space(space::L);
    }
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        for (command, text) in [
            (Do::NewSense, "command-new-sense"),
            (Do::NewExample, "command-new-example"),
            (Do::AddLink, "command-add-link"),
        ] {
            let command = Command::Lexicon(command);
            let mut button = Button::quiet(tr(text));
            if let Some(key) = cx.hint(&command) {
                button = button.key(key);
            }
            if ui.add(button).clicked() {
                cx.send(command);
            }
        }
    });
    ui.add_space(space::S);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().interact_size.y = ROW;
        let id = Id::unique(("lexicon-notes", entry.id));
        page.field(
            ui,
            cx,
            state,
            EntryField::Notes,
            id,
            &entry.notes,
            Look {
                font: fonts::regular(type_size::BODY),
                color: theme.muted,
                text: "lexicon-notes",
                hint: "lexicon-notes-hint",
                language: false,
            },
        );
    });
    if !entry.relations.is_empty() {
        ui.add_space(space::M);
        ui.horizontal(|ui| {
            ui.add_space(PAD);
            section(ui, tr("lexicon-relations"));
        });
        relations_ui(ui, cx, entry);
    }
    ui.add_space(space::L);
    super::occurrences::occurrences_ui(ui, cx, entry);
}

fn dot(ui: &mut Ui, cx: &UiContext) {
    ui.label(RichText::new("·").color(cx.theme.muted));
}

struct Look {
    font: eframe::egui::FontId,
    color: eframe::egui::Color32,
    text: &'static str,
    hint: &'static str,
    language: bool,
}

struct Page<'m> {
    entry: &'m EntryModel,
    model: &'m LexiconModel,
}

impl Page<'_> {
    #[allow(clippy::too_many_arguments)]
    fn field(
        &mut self,
        ui: &mut Ui,
        cx: &mut UiContext,
        state: &mut LexiconState,
        field: EntryField,
        id: Id,
        value: &str,
        look: Look,
    ) {
        let (name, hint) = (tr(look.text), tr(look.hint));
        let shown = PageField { id, name, hint, value, font: look.font, color: look.color, language: look.language };
        let (_, changed) = shown.show(ui, state);
        if let Some(text) = changed {
            let of_object = matches!(field, EntryField::Headword | EntryField::Variant(_));
            let language = match field {
                EntryField::Pronunciation(_) => format!("{}-fonipa", self.model.object),
                _ if of_object => self.model.object.clone(),
                _ => self.model.analysis.clone(),
            };
            cx.send(Command::Lexicon(Do::SetEntryField { lexeme: self.entry.id, field, language, text }));
        }
    }
}

fn relations_ui(ui: &mut Ui, cx: &mut UiContext, entry: &EntryModel) {
    for relation in &entry.relations {
        ui.horizontal(|ui| {
            ui.add_space(PAD);
            ui.spacing_mut().item_spacing.x = space::S;
            ui.label(RichText::new(&relation.kind).color(cx.theme.muted));
            let target = RichText::new(&relation.target).font(fonts::language(type_size::LANGUAGE_SMALL));
            match relation.lexeme {
                Some(lexeme) => {
                    let target = Label::new(target.color(cx.theme.accent_text)).sense(Sense::click());
                    if ui.add(target).clicked() {
                        cx.send(Command::Lexicon(Do::Open(lexeme)));
                    }
                }
                None => drop(ui.label(target)),
            }
        });
    }
}
