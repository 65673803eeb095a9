//! The interlinear place: loads the lines in sight, keeps suggestions, does its commands.

mod load;
mod panel;
mod perform;
mod suggestions;

pub(crate) use panel::{headword, link_name};

use std::collections::HashMap;
use std::time::{Duration, Instant};

use eframe::egui::Ui;

use super::Stamp;
use crate::app::core::Core;
use crate::app::i18n::tr_args;
use crate::app::i18n::{number, tr};
use crate::app::suggesting::{Offer, Suggester};
use crate::domain::{AnnotationId, WordId};
use crate::store::query::{Analysis, Utterance};
use crate::ui::UiContext;
use crate::ui::interlinear::{Editor, InterlinearModel, InterlinearState, interlinear_ui};
use crate::ui::shell::StatusItem;

/// So long at most are word forms looked up in one frame; the rest waits for the next.
const LOOK_UP: Duration = Duration::from_millis(12);
/// Lines loaded before and after those in sight, so that scrolling finds them there.
const MARGIN: usize = 12;

/// What stands between the store and the interlinear view.
#[derive(Default)]
pub struct InterlinearPlace {
    stamp: Stamp,
    /// The selection the model was made for.
    selected: (Option<AnnotationId>, Option<WordId>, Option<usize>, bool),
    model: InterlinearModel,
    state: InterlinearState,
    /// Lines as the store has them, while nothing changed.
    lines: HashMap<AnnotationId, Utterance>,
    /// How word forms were analysed before, while nothing changed.
    analyses: HashMap<String, Vec<Analysis>>,
    /// Until when word forms are looked up in this frame, and whether some had to wait.
    looking: (Option<Instant>, bool),
    /// What is offered for the selected word, best first.
    offers: Vec<Offer>,
    /// Which offer a person chose to look at.
    chosen: Option<usize>,
    /// What learns from approved words and offers analyses; there once the place was shown.
    suggester: Option<Suggester>,
    /// The revision after the last edit made here, and the lines it touched: the rest is as it was.
    own: (u64, Vec<AnnotationId>),
    /// Keys that suggestions saved since the project was opened.
    saved: usize,
}

impl InterlinearPlace {
    /// Brings the model up to date.
    pub fn refresh(&mut self, core: &mut Core) {
        let old = self.stamp.is_old(core);
        if old {
            self.forget(core);
            self.load_text(core);
        }
        let waited = std::mem::take(&mut self.looking.1);
        let old = self.refresh_suggestions(core) || waited || old;
        let glossing = matches!(self.state.editor, Some(Editor::Glosses(_)));
        let selected = (core.selection.annotation, core.selection.word, self.chosen, glossing);
        let moved = selected != self.selected;
        self.selected = selected;
        if old || moved {
            self.model.selected_line =
                core.selection.annotation.and_then(|id| self.model.lines.iter().position(|line| *line == id));
        }
        if old || moved {
            self.load_offers(core);
        }
        let wanted = self.wanted();
        let loaded = self.model.first..self.model.first + self.model.loaded.len();
        if old || moved || wanted.start < loaded.start || wanted.end > loaded.end {
            self.load_lines(core, wanted);
        }
        if old || moved {
            self.load_panel(core);
        }
    }

    /// The lines in sight with a margin, and the one to bring into sight.
    fn wanted(&self) -> std::ops::Range<usize> {
        let seen = self.state.visible.clone();
        let count = self.model.lines.len();
        let mut wanted = seen.start.saturating_sub(MARGIN)..(seen.end + MARGIN).min(count);
        if let Some(line) = self.state.reveal.filter(|line| *line < count)
            && !wanted.contains(&line)
        {
            wanted = line.saturating_sub(MARGIN)..(line + MARGIN).min(count);
        }
        wanted
    }

    /// Draws the view.
    pub fn ui(&mut self, ui: &mut Ui, cx: &mut UiContext, _: &Core) {
        interlinear_ui(ui, cx, &mut self.state, &self.model);
    }

    /// What the status bar says here.
    pub fn status(&self, _: &Core) -> Vec<StatusItem> {
        if self.model.lines.is_empty() {
            return Vec::new();
        }
        let lines = tr_args("interlinear-lines", &[("count", self.model.lines.len().into())]);
        let mut item = StatusItem::plain(lines);
        if self.model.words > 0 {
            let part = 100.0 * self.model.approved as f32 / self.model.words as f32;
            item = item.and(" · ", false).and(format!("{part:.0} %"), true);
            item = item.and(format!(" {}", tr("interlinear-approved-part")), false);
            let counts = format!(" ({} / {})", number(self.model.approved as u64), number(self.model.words as u64));
            item = item.and(counts, false);
        }
        vec![item]
    }

    /// The model, for tests.
    pub fn model(&self) -> &InterlinearModel {
        &self.model
    }
}
