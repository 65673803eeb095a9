//! The side panel: the selected word, how it may be analysed, the entry behind it.

use eframe::egui::{Align, Label, Layout, RichText, Sense, Ui};

use super::{AnalysisCard, EntryCard, InterlinearModel, MorphCell, Standing, WordPanel};
use crate::app::command::InterlinearCommand as Do;
use crate::ui::theme::{space, type_size};
use crate::ui::widgets::{Button, Card, Chip, ChipKind, section};
use crate::ui::{Command, UiContext, fonts, tr, tr_args};

/// Draws the panel.
pub(super) fn side_ui(ui: &mut Ui, cx: &mut UiContext, model: &InterlinearModel) {
    match &model.word {
        Some(word) => word_ui(ui, cx, word),
        None => {
            ui.add(Label::new(RichText::new(tr("interlinear-choose-word")).color(cx.theme.muted)).wrap());
        }
    }
    learning_ui(ui, cx, model);
}

/// What suggestions rest on, and what they saved.
fn learning_ui(ui: &mut Ui, cx: &mut UiContext, model: &InterlinearModel) {
    ui.add_space(space::L);
    section(ui, tr("interlinear-learning"));
    let text = match model.learning.words {
        None => tr("interlinear-learning-first"),
        Some(0) => tr("interlinear-learning-nothing"),
        Some(words) => tr_args("interlinear-learning-words", &[("count", words.into())]),
    };
    ui.add(Label::new(RichText::new(text).color(cx.theme.muted)).wrap());
    if model.learning.saved > 0 {
        let text = tr_args("interlinear-keys-saved", &[("count", model.learning.saved.into())]);
        ui.add(Label::new(RichText::new(text).color(cx.theme.muted)).wrap());
    }
    if model.learning.words.is_some_and(|words| words > 0) && model.approved < model.words {
        ui.add_space(space::XS);
        cx.button(ui, Command::Interlinear(Do::GoTeaching));
    }
    ui.add_space(space::XS);
    cx.button(ui, Command::LearnLabels);
}

fn word_ui(ui: &mut Ui, cx: &mut UiContext, word: &WordPanel) {
    ui.horizontal(|ui| {
        ui.add(Label::new(RichText::new(&word.form).font(fonts::language_bold(type_size::LANGUAGE))));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let (text, kind) = match (word.standing, word.confidence) {
                (Standing::Approved, _) => (tr("interlinear-approved"), ChipKind::Good),
                (Standing::Suggested, Some(sure)) => {
                    (tr_args("interlinear-suggested-sure", &[("sure", sureness(sure).into())]), ChipKind::Accent)
                }
                (Standing::Suggested, None) => (tr("interlinear-suggested"), ChipKind::Accent),
                _ => (tr("interlinear-unknown"), ChipKind::Plain),
            };
            ui.add(Chip::new(text).kind(kind).strong());
        });
    });
    ui.add_space(space::S);
    if !word.analyses.is_empty() {
        section(ui, tr("interlinear-analyses"));
        for (index, analysis) in word.analyses.iter().enumerate() {
            analysis_ui(ui, cx, analysis, index, word.chosen == Some(index));
        }
        let keys = [Do::NextAnalysis, Do::PreviousAnalysis].map(|command| cx.hint(&Command::Interlinear(command)));
        if let ([Some(next), Some(previous)], true) = (keys, word.analyses.len() > 1) {
            let text = tr_args("interlinear-step", &[("next", next.into()), ("previous", previous.into())]);
            let text = RichText::new(text).font(fonts::regular(type_size::SMALL)).color(cx.theme.muted);
            ui.add(Label::new(text).wrap());
        }
        ui.add_space(space::XS);
    }
    buttons_ui(ui, cx, word);
    if let Some(entry) = &word.entry {
        ui.add_space(space::L);
        section(ui, tr("interlinear-entry"));
        entry_ui(ui, cx, entry);
    } else if word.standing != Standing::Unknown {
        ui.add_space(space::L);
        section(ui, tr("interlinear-entry"));
        ui.add(Label::new(RichText::new(tr("interlinear-no-entry")).color(cx.theme.muted)).wrap());
        ui.add_space(space::XS);
        cx.button(ui, Command::Interlinear(Do::NewEntryFromMorph));
    }
}

/// A chance as the panel writes it: ".87"; never certain.
fn sureness(sure: f32) -> String {
    format!("{:.2}", sure.clamp(0.0, 0.99)).trim_start_matches('0').to_owned()
}

fn buttons_ui(ui: &mut Ui, cx: &mut UiContext, word: &WordPanel) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.y = space::S;
        if word.standing == Standing::Approved {
            let command = Command::Interlinear(Do::Unapprove);
            let mut button = Button::new(tr("interlinear-take-back")).tooltip(tr("command-unapprove-word.tooltip"));
            if let Some(key) = cx.hint(&command) {
                button = button.key(key);
            }
            if ui.add(button).clicked() {
                cx.send(command);
            }
        } else {
            cx.primary_button(ui, Command::Interlinear(Do::Approve));
            if word.open > 1 && (word.chosen.is_some() || !word.morphs.is_empty()) {
                let text = tr_args("interlinear-approve-all", &[("count", word.open.into())]);
                let tip = tr("command-approve-all.tooltip");
                if ui.add(Button::new(text).tooltip(tip)).clicked() {
                    cx.send(Command::Interlinear(Do::ApproveAll));
                }
            }
        }
        for (command, text) in [(Do::Break, "interlinear-break"), (Do::EditGloss, "interlinear-edit-gloss")] {
            let command = Command::Interlinear(command);
            let mut button = Button::quiet(tr(text));
            if let Some(key) = cx.hint(&command) {
                button = button.key(key);
            }
            if ui.add(button).clicked() {
                cx.send(command);
            }
        }
    });
}

/// Morphs and glosses as two lines of text.
fn lines(morphs: &[MorphCell]) -> (String, String) {
    let join = |part: fn(&MorphCell) -> &str| {
        let words: Vec<&str> = morphs.iter().map(part).map(|text| if text.is_empty() { "—" } else { text }).collect();
        words.join(" ")
    };
    (join(|m| &m.form), join(|m| &m.gloss))
}

fn analysis_ui(ui: &mut Ui, cx: &mut UiContext, analysis: &AnalysisCard, index: usize, chosen: bool) {
    let theme = cx.theme;
    let (forms, mut glosses) = lines(&analysis.morphs);
    if analysis.morphs.is_empty() {
        glosses.clone_from(&analysis.gloss);
    }
    let name = tr_args("interlinear-analysis", &[("forms", forms.clone().into()), ("glosses", glosses.clone().into())]);
    let card = Card::button(name).selected(chosen).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 3.0;
        if !forms.is_empty() {
            ui.add(Label::new(RichText::new(forms).font(fonts::language(type_size::LANGUAGE_SMALL))).wrap());
        }
        let mut text = eframe::egui::text::LayoutJob::default();
        let format = |color| eframe::egui::TextFormat::simple(fonts::regular(type_size::BODY), color);
        text.append(&glosses, 0.0, format(theme.text));
        if !analysis.category.is_empty() {
            text.append(&format!(" · {}", analysis.category), 0.0, format(theme.muted));
        }
        ui.add(Label::new(text).wrap());
        let evidence = match analysis.confidence {
            Some(sure) => {
                let sure = tr_args("interlinear-sure", &[("sure", sureness(sure).into())]);
                format!("{sure} · {}", analysis.evidence)
            }
            None => analysis.evidence.clone(),
        };
        let evidence = RichText::new(evidence).font(fonts::regular(type_size::SMALL)).color(theme.muted);
        ui.add(Label::new(evidence).truncate());
    });
    if card.response.clicked() {
        cx.send(Command::Interlinear(Do::Choose(index)));
    }
    ui.add_space(space::XS);
}

fn entry_ui(ui: &mut Ui, cx: &mut UiContext, entry: &EntryCard) {
    let theme = cx.theme;
    Card::new().show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.add(Label::new(RichText::new(&entry.headword).font(fonts::language_bold(type_size::LANGUAGE_LARGE))));
            ui.add(Label::new(RichText::new(&entry.category).color(theme.muted)));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let open = RichText::new(tr("interlinear-open-entry")).color(theme.accent_text);
                if ui.add(Label::new(open).sense(Sense::click())).clicked() {
                    cx.send(Command::Interlinear(Do::Open(entry.id)));
                }
            });
        });
        ui.horizontal_wrapped(|ui| {
            for (number, sense) in entry.senses.iter().enumerate() {
                let text = if entry.senses.len() == 1 { sense.clone() } else { format!("{} {sense}", number + 1) };
                ui.add(Label::new(text));
            }
        });
        if let Some((text, translation)) = &entry.example {
            ui.horizontal_wrapped(|ui| {
                let text = RichText::new(text).font(fonts::language(type_size::BODY + 1.0)).color(theme.muted);
                ui.add(Label::new(text));
                if !translation.is_empty() {
                    ui.add(Label::new(RichText::new(format!("‘{translation}’")).color(theme.muted)));
                }
            });
        }
        if !entry.links.is_empty() {
            ui.add_space(space::XS);
            ui.horizontal_wrapped(|ui| {
                for (link, confirmed) in &entry.links {
                    ui.add(Chip::new(link).kind(if *confirmed { ChipKind::Plain } else { ChipKind::Accent }));
                }
            });
        }
    });
}
