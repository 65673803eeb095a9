//! The question what tier to add.

use eframe::egui::text_edit::TextEditState;
use eframe::egui::text_selection::CCursorRange;
use eframe::egui::{Align, ComboBox, Frame, Id, Layout, Margin, Modal, Ui};

use super::model::TimelineModel;
use super::state::TimelineState;
use crate::app::command::TimelineCommand;
use crate::app::edit::tiers::NewTier;
use crate::domain::{Constraint, TierRole};
use crate::ui::theme::space;
use crate::ui::widgets::{Button, TextField, section, title};
use crate::ui::{Command, UiContext, tr};

const ROLES: [(TierRole, &str); 5] = [
    (TierRole::Transcription, "timeline-role-transcription"),
    (TierRole::Translation, "timeline-role-translation"),
    (TierRole::LiteralTranslation, "timeline-role-literal"),
    (TierRole::Note, "timeline-role-note"),
    (TierRole::Other, "timeline-role-other"),
];
const CONSTRAINTS: [(Constraint, &str); 5] = [
    (Constraint::None, "timeline-constraint-none"),
    (Constraint::TimeSubdivision, "timeline-constraint-time-subdivision"),
    (Constraint::IncludedIn, "timeline-constraint-included-in"),
    (Constraint::SymbolicSubdivision, "timeline-constraint-symbolic-subdivision"),
    (Constraint::SymbolicAssociation, "timeline-constraint-symbolic-association"),
];
const WIDTH: f32 = 380.0;

/// What has been answered so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TierDialog {
    pub new: NewTier,
    /// The name follows the role until somebody writes one.
    named: bool,
    /// The focus goes to the name at first.
    shown: bool,
    /// The answer is given with Enter.
    pub confirmed: bool,
}

impl TierDialog {
    /// Begins with a tier for another speaker.
    pub fn begin(model: &TimelineModel) -> Self {
        let mut dialog = Self::default();
        dialog.choose(TierRole::Transcription, model);
        dialog
    }

    /// What belongs to a role: how it hangs under which tier, in which language.
    fn choose(&mut self, role: TierRole, model: &TimelineModel) {
        self.new.role = role;
        let transcription = model
            .tiers
            .iter()
            .find(|tier| model.tier == Some(tier.id) && tier.role == TierRole::Transcription)
            .or(model.tiers.iter().find(|tier| tier.role == TierRole::Transcription));
        let language = |number: usize| model.languages.get(number).map(|(tag, _)| tag.clone()).unwrap_or_default();
        match role {
            TierRole::Translation | TierRole::LiteralTranslation | TierRole::Note => {
                self.new.parent = transcription.map(|tier| tier.id);
                self.new.constraint = match self.new.parent {
                    Some(_) => Constraint::SymbolicAssociation,
                    None => Constraint::None,
                };
                self.new.language = if model.languages.len() > 1 { language(1) } else { language(0) };
            }
            _ => {
                self.new.parent = None;
                self.new.constraint = Constraint::None;
                self.new.language = language(0);
            }
        }
        if !self.named {
            self.new.name = role_name(role);
        }
    }

    /// Why it cannot be added as it is.
    fn lacks(&self, model: &TimelineModel) -> Option<String> {
        let name = self.new.name.trim();
        if name.is_empty() {
            return Some(tr("timeline-tier-needs-name"));
        }
        if model.tiers.iter().any(|tier| tier.name == name) {
            return Some(tr("timeline-tier-name-taken"));
        }
        match (self.new.constraint, self.new.parent) {
            (Constraint::None, Some(_)) => Some(tr("timeline-tier-needs-constraint")),
            (Constraint::None, None) | (_, Some(_)) => None,
            (_, None) => Some(tr("timeline-tier-needs-parent")),
        }
    }
}

fn role_name(role: TierRole) -> String {
    ROLES.iter().find(|(known, _)| *known == role).map(|(_, id)| tr(id)).unwrap_or_default()
}

/// Draws the dialog while it is open.
pub fn show(ui: &mut Ui, cx: &mut UiContext, state: &mut TimelineState, model: &TimelineModel) {
    let Some(mut dialog) = state.tier_dialog.take() else { return };
    let frame = Frame::popup(ui.style()).inner_margin(Margin::same(space::L as i8));
    let mut add = false;
    let mut cancel = false;
    let response = Modal::new(Id::unique("timeline tier dialog")).frame(frame).backdrop_color(cx.theme.scrim).show(
        ui.ctx(),
        |ui| {
            ui.set_width(WIDTH);
            title(ui, tr("timeline-tier-title"));
            ui.add_space(space::M);
            section(ui, tr("timeline-tier-role"));
            let mut role = dialog.new.role;
            choice(ui, "role", &mut role, &ROLES.map(|(role, id)| (role, tr(id))), &tr("timeline-tier-role"));
            if role != dialog.new.role {
                dialog.choose(role, model);
            }
            ui.add_space(space::S);
            section(ui, tr("timeline-tier-label"));
            let id = Id::unique("timeline tier name");
            let response = TextField::new(&mut dialog.new.name, tr("timeline-tier-label")).id(id).show(ui);
            dialog.named |= response.changed();
            if !dialog.shown {
                response.request_focus();
                // The name that was guessed goes as soon as one types.
                let mut edit = TextEditState::load(ui.ctx(), id).unwrap_or_default();
                edit.cursor.set_char_range(Some(CCursorRange::select_all_str(&dialog.new.name)));
                edit.store(ui.ctx(), id);
                dialog.shown = true;
            }
            ui.add_space(space::S);
            section(ui, tr("timeline-tier-parent"));
            let mut parents = vec![(None, tr("timeline-tier-no-parent"))];
            parents.extend(model.tiers.iter().map(|tier| (Some(tier.id), tier.name.clone())));
            choice(ui, "parent", &mut dialog.new.parent, &parents, &tr("timeline-tier-parent"));
            ui.add_space(space::S);
            section(ui, tr("timeline-tier-constraint"));
            let constraints = CONSTRAINTS.map(|(constraint, id)| (constraint, tr(id)));
            choice(ui, "constraint", &mut dialog.new.constraint, &constraints, &tr("timeline-tier-constraint"));
            ui.add_space(space::S);
            section(ui, tr("timeline-tier-language"));
            let mut languages = vec![(String::new(), tr("timeline-tier-no-language"))];
            languages.extend(model.languages.iter().cloned());
            choice(ui, "language", &mut dialog.new.language, &languages, &tr("timeline-tier-language"));
            ui.add_space(space::M);
            let lacks = dialog.lacks(model);
            if let Some(lacks) = &lacks {
                ui.colored_label(cx.theme.warn_text, lacks);
                ui.add_space(space::S);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.add_enabled_ui(lacks.is_none(), |ui| {
                    add = ui.add(Button::primary(tr("timeline-tier-add")).large()).clicked();
                });
                cancel = ui.add(Button::new(tr("timeline-tier-cancel")).large()).clicked();
            });
            add |= dialog.confirmed && lacks.is_none();
        },
    );
    dialog.confirmed = false;
    if add {
        let mut new = dialog.new;
        new.name = new.name.trim().to_owned();
        cx.send(Command::Timeline(TimelineCommand::MakeTier(new)));
    } else if !cancel && !response.should_close() {
        state.tier_dialog = Some(dialog);
    }
}

/// A list to choose one of.
fn choice<T: PartialEq + Clone>(ui: &mut Ui, salt: &str, chosen: &mut T, choices: &[(T, String)], name: &str) {
    let text = choices.iter().find(|(choice, _)| choice == chosen).map(|(_, text)| text.clone()).unwrap_or_default();
    let response = ComboBox::from_id_salt(("timeline tier", salt))
        .selected_text(text)
        .width(ui.available_width())
        .show_ui(ui, |ui| {
            for (choice, text) in choices {
                ui.selectable_value(chosen, choice.clone(), text);
            }
        })
        .response;
    // What a screen reader says first is what the list is for.
    let _ = response.accessible_name(name);
}
