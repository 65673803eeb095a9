//! Between the view and the glosser: what is asked, what is learned, what was saved.

use std::sync::Arc;

use super::InterlinearPlace;
use super::load::form_of;
use crate::app::core::{Core, Message};
use crate::app::i18n::tr;
use crate::app::suggesting::{Offer, State, Suggester};
use crate::domain::{Annotation, AnnotationId, Tier, Word, WordKind};
use crate::glossing::keystrokes::{by_hand, from_suggestion};
use crate::store::query::{Analysis, Utterance};
use crate::ui::interlinear::{Learning, shown};

/// Lines that are looked through for one with words that wait.
const LOOKED_THROUGH: usize = 200;

impl InterlinearPlace {
    /// Lets go of what was kept: after an edit made here, of the lines it touched; after others, of everything.
    pub(super) fn forget(&mut self, core: &Core) {
        let (revision, lines) = std::mem::take(&mut self.own);
        if revision != core.revision || lines.is_empty() {
            self.lines.clear();
            self.analyses.clear();
            if let Some(suggester) = &mut self.suggester {
                suggester.forget_all();
                if revision != core.revision {
                    suggester.note_change();
                }
            }
            return;
        }
        for line in lines {
            let known = self.lines.remove(&line);
            for row in known.iter().flat_map(|utterance| &utterance.words) {
                self.analyses.remove(&crate::store::search_key(form_of(&row.word)));
            }
            if let Some(suggester) = &mut self.suggester {
                suggester.forget(line);
            }
        }
    }

    /// Notes what an edit made here touched: the line that was selected before it and the one that is now.
    pub(super) fn note_own_edit(&mut self, core: &Core, line: Option<AnnotationId>, everywhere: bool) {
        let mut lines: Vec<AnnotationId> = line.into_iter().chain(core.selection.annotation).collect();
        if everywhere {
            lines.extend(self.lines.keys().copied());
        }
        self.own = (core.revision, lines);
    }

    /// Takes in what the glosser found. Whether there is something new to show.
    pub(super) fn refresh_suggestions(&mut self, core: &Core) -> bool {
        let suggester = self.suggester.get_or_insert_with(|| Suggester::new(Arc::clone(&core.wake)));
        let languages = (core.analysis_language(), core.object_language());
        let new = suggester.refresh(&core.store, &core.jobs, &tr("interlinear-learning-job"), languages);
        let words = match suggester.state() {
            State::Ready { words } => Some(words),
            State::Learning => None,
            State::Idle => Some(0),
        };
        self.model.learning = Learning { words, saved: self.saved };
        new
    }

    /// Asks about the words of a line that comes into sight.
    pub(super) fn want_suggestions(&mut self, utterance: &Utterance, free: &str) {
        if let Some(suggester) = &mut self.suggester {
            let words = || utterance.words.iter().map(|row| row.word.clone()).collect();
            suggester.want(utterance.annotation.id, words, Some(free));
        }
    }

    /// What the glosser and the lexicon offer for a word, as far as they answered.
    pub(super) fn suggested(&self, word: &Word) -> &[Offer] {
        match &self.suggester {
            Some(suggester) if word.kind == WordKind::Word => suggester.offers(word.annotation, word.id),
            _ => &[],
        }
    }

    /// The offer for one of many words on screen; `None` while the next frame must look.
    pub(super) fn offer_in_line(&mut self, core: &mut Core, word: &Word) -> Option<Offer> {
        self.analyses_in_time(core, form_of(word))?;
        self.standing_offer(core, word)
    }

    /// The offer that stands under a word by itself: what was approved before for its form, else what the glosser is
    /// sure enough of.
    pub(super) fn standing_offer(&mut self, core: &mut Core, word: &Word) -> Option<Offer> {
        if let Some(seen) = self.analyses_of(core, form_of(word)).first() {
            return Some(Offer::approved(seen.clone()));
        }
        let mut offer = self.suggested(word).first().filter(|offer| offer.stands()).cloned()?;
        if offer.analysis.category.is_empty() {
            offer.analysis.category = word.category.clone();
        }
        Some(offer)
    }

    /// Lets the glosser learn from a line in which so many words were just approved.
    pub(super) fn learn_from(&mut self, core: &mut Core, line: AnnotationId, approved: usize) {
        let found = core.store.read().utterance(line);
        let Some(utterance) = core.ask(found) else { return };
        let index = self.model.lines.iter().position(|known| *known == line);
        let free = index.and_then(|index| self.model.line(index)).map(|line| line.free.clone());
        let words = utterance.words.into_iter().map(|row| (row.word, row.morphs)).collect();
        if let Some(suggester) = &mut self.suggester {
            suggester.learn(words, free.filter(|text| !text.is_empty()), approved);
        }
    }

    /// Counts the keys that approving a suggestion saved, for one word or for several of the same form.
    pub(super) fn note_saved(&mut self, word: &Word, analysis: &Analysis, number: usize, times: usize, language: &str) {
        let glosses: Vec<String> = analysis.morphs.iter().map(|morph| shown(&morph.gloss, language)).collect();
        let forms = analysis.morphs.iter().map(|morph| morph.form.first().unwrap_or_default());
        let hand = by_hand(form_of(word), forms.zip(glosses.iter().map(String::as_str)));
        self.saved += (hand * times).saturating_sub(from_suggestion(number));
    }

    /// Looks at the next of the offers for the selected word, or at the one before; around at the ends.
    pub(super) fn step_analysis(&mut self, forward: bool) {
        let count = self.offers.len();
        if count == 0 {
            return;
        }
        let shown = self.model.word.as_ref().and_then(|word| word.chosen);
        self.chosen = Some(match (self.chosen.or(shown), forward) {
            (None, true) => 0,
            (None, false) => count - 1,
            (Some(at), true) => (at + 1) % count,
            (Some(at), false) => (at + count - 1) % count,
        });
    }

    /// Goes to the first word that waits in the line whose approval would teach most.
    pub(super) fn go_teaching(&mut self, core: &mut Core) {
        let Some(suggester) = &self.suggester else { return };
        if suggester.state() == State::Learning {
            return core.messages.push(Message::Note(tr("interlinear-still-learning")));
        }
        let lines = suggester.teaching();
        for line in lines.into_iter().take(LOOKED_THROUGH) {
            let found = core.store.read().open_word_in(line, -1);
            let Some(word) = core.ask(found).flatten() else { continue };
            let read = core.store.read();
            let annotation = read.get::<Annotation>(line);
            let tier = annotation.and_then(|line| line.map_or(Ok(None), |line| read.get::<Tier>(line.tier)));
            let Some(tier) = core.ask(tier).flatten() else { continue };
            if core.selection.session != Some(tier.session) {
                core.select_session(tier.session);
                self.refresh(core);
            }
            return self.select(core, line, Some(word));
        }
        core.messages.push(Message::Done(tr("interlinear-nothing-open")));
    }
}
