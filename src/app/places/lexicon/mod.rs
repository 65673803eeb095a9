//! The lexicon place: the list as the filter leaves it, the open entry, its commands.

mod load;
mod perform;

pub(crate) use load::category;

use eframe::egui::Ui;

use super::Stamp;
use crate::app::core::Core;
use crate::app::i18n::{number, tr, tr_args};
use crate::domain::{LexemeId, SenseId};
use crate::ui::UiContext;
use crate::ui::lexicon::{LexiconModel, LexiconState, lexicon_ui};
use crate::ui::shell::StatusItem;

/// What stands between the store and the lexicon view.
#[derive(Default)]
pub struct LexiconPlace {
    stamp: Stamp,
    /// Entry, sense and filter that the model was made for.
    shown: (Option<LexemeId>, Option<SenseId>, String),
    filter: String,
    /// Every entry, while nothing changed.
    all: Vec<crate::store::query::EntryRow>,
    sense: Option<SenseId>,
    model: LexiconModel,
    state: LexiconState,
}

impl LexiconPlace {
    /// Brings the model up to date.
    pub fn refresh(&mut self, core: &mut Core) {
        let old = self.stamp.is_old(core);
        if old {
            self.load_all(core);
        }
        if core.selection.lexeme.is_none() {
            core.selection.lexeme = self.all.first().map(|row| row.id);
        }
        let shown = (core.selection.lexeme, self.sense, self.filter.clone());
        let filtered = shown.2 != self.shown.2;
        if old || filtered {
            self.load_rows(core);
        }
        if old || shown != self.shown {
            self.model.selected =
                core.selection.lexeme.and_then(|id| self.model.rows.iter().position(|row| row.id == id));
            self.load_entry(core);
        }
        self.shown = (core.selection.lexeme, self.sense, self.filter.clone());
    }

    /// Draws the view.
    pub fn ui(&mut self, ui: &mut Ui, cx: &mut UiContext, _: &Core) {
        lexicon_ui(ui, cx, &mut self.state, &self.model);
    }

    /// What the status bar says here.
    pub fn status(&self, _: &Core) -> Vec<StatusItem> {
        let (entries, senses) = (self.model.entries, self.model.senses);
        let linked = if senses == 0 { 0.0 } else { 100.0 * self.model.linked as f32 / senses as f32 };
        let item = StatusItem::default()
            .and(number(entries as u64), true)
            .and(format!(" {} · ", tr_args("lexicon-entries", &[("count", entries.into())])), false)
            .and(number(senses as u64), true)
            .and(format!(" {} · ", tr_args("lexicon-senses", &[("count", senses.into())])), false)
            .and(format!("{linked:.0} % {}", tr("lexicon-linked")), false);
        vec![item]
    }

    /// The model, for tests.
    pub fn model(&self) -> &LexiconModel {
        &self.model
    }
}
