//! Links of a sense: chips, what to do about a candidate, and writing a new one.

use eframe::egui::{Id, Key, Ui};

use super::field::PAD;
use super::{LexiconState, LinkEditor, SenseModel, scheme_name};
use crate::app::command::LexiconCommand as Do;
use crate::domain::LinkScheme;
use crate::ui::theme::space;
use crate::ui::widgets::{Button, Chip, ChipKind, TextField, segmented};
use crate::ui::{Command, UiContext, tr};

const SCHEMES: [LinkScheme; 5] =
    [LinkScheme::WordNet, LinkScheme::Wikidata, LinkScheme::Concepticon, LinkScheme::Dbpedia, LinkScheme::Other];

/// Draws the links of a sense, and the editor when it is open for it.
pub(super) fn links_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut LexiconState, sense: &SenseModel) {
    if !sense.links.is_empty() {
        ui.add_space(space::XS);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = space::S;
            ui.add_space(PAD);
            for link in &sense.links {
                if link.confirmed {
                    ui.add(Chip::new(format!("{} ✓", link.name)).kind(ChipKind::Plain)).on_hover_text(&link.iri);
                    continue;
                }
                ui.add(Chip::accent(format!("{}?", link.name))).on_hover_text(&link.iri);
                if ui.add(Button::quiet(tr("lexicon-confirm")).tooltip(tr("command-confirm-link.tooltip"))).clicked() {
                    cx.send(Command::Lexicon(Do::JudgeLink { link: link.id, right: true }));
                }
                if ui.add(Button::quiet(tr("lexicon-other")).tooltip(tr("lexicon-other.tooltip"))).clicked() {
                    let instead_of = Some(link.id);
                    state.link =
                        Some(LinkEditor { sense: sense.id, scheme: link.scheme, iri: link.iri.clone(), instead_of });
                    state.fresh_link = true;
                }
            }
        });
    }
    if state.link.as_ref().is_some_and(|link| link.sense == sense.id) {
        editor_ui(ui, cx, state);
    }
}

fn editor_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut LexiconState) {
    let Some(link) = &mut state.link else { return };
    let (mut done, mut close, mut remove) = (false, false, false);
    ui.add_space(space::XS);
    let choices: Vec<(LinkScheme, String)> = SCHEMES.iter().map(|scheme| (*scheme, scheme_name(*scheme))).collect();
    ui.horizontal(|ui| segmented(ui, &tr("lexicon-link-scheme"), &mut link.scheme, &choices));
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        let id = Id::unique("lexicon-link-iri");
        let field = TextField::new(&mut link.iri, tr("lexicon-link-iri")).hint(tr("lexicon-link-iri-hint"));
        let response = field.id(id).width(340.0).show(ui);
        if std::mem::take(&mut state.fresh_link) {
            response.request_focus();
        }
        if response.lost_focus() {
            done = ui.input(|input| input.key_pressed(Key::Enter));
            close = ui.input(|input| input.key_pressed(Key::Escape));
        }
        done |= ui.add(Button::new(tr("lexicon-link-add"))).clicked();
        if link.instead_of.is_some() {
            remove = ui.add(Button::quiet(tr("lexicon-link-remove"))).clicked();
        }
        close |= ui.add(Button::quiet(tr("lexicon-link-cancel"))).clicked();
    });
    if remove && let Some(wrong) = link.instead_of {
        cx.send(Command::Lexicon(Do::JudgeLink { link: wrong, right: false }));
    } else if done && !link.iri.trim().is_empty() {
        let LinkEditor { sense, scheme, iri, instead_of } = link.clone();
        cx.send(Command::Lexicon(Do::WriteLink { sense, scheme, iri, instead_of }));
    } else if !close {
        return;
    }
    state.link = None;
}
