//! One sense: number, gloss, definition, domains; its examples; its links.

use eframe::egui::{FontId, Label, Rect, RichText, Stroke, Ui, pos2};

use super::field::{PAD, PageField, ROW};
use super::{LexiconModel, LexiconState, SenseModel, example_id, sense_id};
use crate::app::command::{ExampleField, LexiconCommand as Do, SenseField};
use crate::app::icon::Icon;
use crate::ui::theme::{size, space, type_size};
use crate::ui::widgets::IconButton;
use crate::ui::{Command, UiContext, fonts, tr, tr_args};

/// Draws a sense with its bar at the left.
pub(super) fn sense_ui(
    ui: &mut Ui,
    cx: &mut UiContext,
    state: &mut LexiconState,
    model: &LexiconModel,
    sense: &SenseModel,
) {
    let theme = cx.theme;
    let indent = PAD + space::M + sense.depth as f32 * space::XL;
    let out = ui.horizontal_top(|ui| {
        ui.add_space(indent);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 3.0;
            head_ui(ui, cx, state, model, sense);
            for (language, gloss) in &sense.other_glosses {
                ui.horizontal_wrapped(|ui| {
                    ui.add_space(PAD);
                    let text = RichText::new(format!("{language}: {gloss}")).font(fonts::regular(type_size::SMALL));
                    ui.add(Label::new(text.color(theme.muted)));
                });
            }
            for example in &sense.examples {
                ui.horizontal_wrapped(|ui| {
                    ui.spacing_mut().interact_size.y = ROW;
                    for (field, value, text, hint, font, color, language) in [
                        (
                            ExampleField::Text,
                            &example.text,
                            "lexicon-example",
                            "lexicon-example-hint",
                            fonts::language(type_size::LANGUAGE_SMALL),
                            theme.text,
                            true,
                        ),
                        (
                            ExampleField::Translation,
                            &example.translation,
                            "lexicon-translation",
                            "lexicon-translation-hint",
                            fonts::regular(type_size::BODY),
                            theme.muted,
                            false,
                        ),
                    ] {
                        let id = example_id(example.id, field);
                        let shown = PageField { id, name: tr(text), hint: tr(hint), value, font, color, language };
                        let (_, changed) = shown.show(ui, state);
                        if let Some(text) = changed {
                            let language = if language { &model.object } else { &model.analysis }.clone();
                            let example = example.id;
                            cx.send(Command::Lexicon(Do::SetExampleField { example, field, language, text }));
                        }
                    }
                    if !example.source.is_empty() {
                        ui.label(RichText::new(format!("— {}", example.source)).color(theme.muted));
                    }
                    let delete = IconButton::new(Icon::Cross, tr("lexicon-delete-example")).side(20.0);
                    if ui.add(delete).clicked() {
                        cx.send(Command::Lexicon(Do::DeleteExample(example.id)));
                    }
                });
            }
            super::links::links_ui(ui, cx, state, sense);
        });
    });
    let rect = out.response.rect;
    let x = rect.left() + indent - space::M;
    let bar = Rect::from_min_max(pos2(x, rect.top()), pos2(x + size::EDGE, rect.bottom()));
    let current = model.sense == Some(sense.id) && model.entry.as_ref().is_some_and(|entry| entry.senses.len() > 1);
    let color = if current { theme.accent } else { theme.line_strong };
    ui.painter().rect(bar, 0.0, color, Stroke::NONE, eframe::egui::StrokeKind::Inside);
}

fn head_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut LexiconState, model: &LexiconModel, sense: &SenseModel) {
    let theme = cx.theme;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        ui.spacing_mut().interact_size.y = ROW;
        let number = RichText::new(&sense.number).font(fonts::figures_semibold(type_size::BODY));
        ui.add_space(PAD);
        ui.add(Label::new(number));
        let plain: FontId = fonts::regular(type_size::BODY);
        let fields = [
            (SenseField::Gloss, &sense.gloss, "lexicon-gloss", "lexicon-gloss-hint", theme.text),
            (SenseField::Definition, &sense.definition, "lexicon-definition", "lexicon-definition-hint", theme.muted),
            (
                SenseField::ScientificName,
                &sense.scientific_name,
                "lexicon-scientific",
                "lexicon-scientific-hint",
                theme.muted,
            ),
            (SenseField::Domains, &sense.domains, "lexicon-domains", "lexicon-domains-hint", theme.muted),
            (SenseField::Category, &sense.category, "lexicon-sense-category", "lexicon-category-hint", theme.muted),
        ];
        let opened = fields.iter().any(|(field, ..)| ui.memory(|memory| memory.has_focus(sense_id(sense.id, *field))));
        let chosen = opened || model.sense == Some(sense.id);
        let of_entry = model.entry.as_ref().map_or("", |entry| entry.category.as_str());
        let mut first = true;
        for (field, value, text, hint, color) in fields {
            // What is empty is offered on the sense one works at, and nowhere else: a page, not a form.
            let always = matches!(field, SenseField::Gloss | SenseField::Definition);
            let said_above = field == SenseField::Category && value == of_entry;
            if !opened && !always && (value.is_empty() || said_above) {
                continue;
            }
            if !first {
                ui.label(RichText::new("·").color(theme.muted));
            }
            first = false;
            let id = sense_id(sense.id, field);
            let name =
                tr_args("lexicon-of-sense", &[("field", tr(text).into()), ("number", sense.number.clone().into())]);
            let font = plain.clone();
            let shown = PageField { id, name, hint: tr(hint), value, font, color, language: false };
            let (response, changed) = shown.show(ui, state);
            if response.gained_focus() && model.sense != Some(sense.id) {
                cx.send(Command::Lexicon(Do::SelectSense(sense.id)));
            }
            if let Some(text) = changed {
                let language = model.analysis.clone();
                cx.send(Command::Lexicon(Do::SetSenseField { sense: sense.id, field, language, text }));
            }
        }
        if chosen && model.entry.as_ref().is_some_and(|entry| entry.senses.len() > 1) {
            let delete = IconButton::new(Icon::Cross, tr("lexicon-delete-sense")).side(20.0);
            if ui.add(delete).clicked() {
                cx.send(Command::Lexicon(Do::DeleteSense(sense.id)));
            }
        }
    });
}
