//! From the store's utterances to the lines on screen.

use std::ops::Range;
use std::time::Instant;

use super::InterlinearPlace;
use crate::app::core::Core;
use crate::domain::{AnnotationId, Morph, Session, Tier, TierRole, Word, WordKind, WordStatus};
use crate::store::query::{Analysis, Utterance};
use crate::store::search_key;
use crate::ui::interlinear::{InterlinearModel, LineModel, MorphCell, Standing, WordCell, shown};

/// A word's form as written.
pub(super) fn form_of(word: &Word) -> &str {
    word.form.first().unwrap_or_default()
}

pub(super) fn morph_cells(morphs: &[Morph], language: &str) -> Vec<MorphCell> {
    let cell = |morph: &Morph| MorphCell {
        form: morph.form.first().unwrap_or_default().to_owned(),
        gloss: shown(&morph.gloss, language),
    };
    morphs.iter().map(cell).collect()
}

/// The category to show: the word's, else its stem's.
pub(super) fn category_of(category: &crate::domain::MultiText, morphs: &[Morph], language: &str) -> String {
    if !category.is_empty() {
        return shown(category, language);
    }
    let stem = morphs.iter().find(|morph| morph.kind.is_stem()).or(morphs.first());
    stem.map(|morph| shown(&morph.category, language)).unwrap_or_default()
}

impl InterlinearPlace {
    /// The text as a whole: its title, its lines, how far it has come.
    pub(super) fn load_text(&mut self, core: &mut Core) {
        let Some(session) = core.selection.session else {
            self.model = InterlinearModel::default();
            return;
        };
        let read = core.store.read();
        let found = read.line_ids(session).and_then(|lines| {
            let progress = read.glossing_progress(session)?;
            Ok((lines, progress, read.get::<Session>(session)?))
        });
        let Some((lines, progress, record)) = core.ask(found) else { return };
        if self.model.lines.first() != lines.first() {
            // Another text: from its top.
            self.state.visible = 0..20;
            self.state.editor = None;
        }
        let (object, analysis) = (core.object_language(), core.analysis_language());
        self.model.title = record.map_or_else(String::new, |session| {
            let titles: Vec<&str> = [object, analysis].into_iter().filter_map(|tag| session.title.get(tag)).collect();
            if titles.is_empty() {
                session.title.first().unwrap_or(&session.name).to_owned()
            } else {
                titles.join(" — ")
            }
        });
        self.model.analysis = analysis.to_owned();
        self.model.lines = lines;
        self.model.words = progress.words;
        self.model.approved = progress.approved;
    }

    /// Loads the lines of a range.
    pub(super) fn load_lines(&mut self, core: &mut Core, wanted: Range<usize>) {
        let ids: Vec<AnnotationId> = self.model.lines.get(wanted.clone()).unwrap_or_default().to_vec();
        let tiers = core.selection.session.map(|session| core.store.read().tiers_of(session));
        let tiers = tiers.and_then(|tiers| core.ask(tiers)).unwrap_or_default();
        self.looking = (Some(Instant::now() + super::LOOK_UP), false);
        let mut loaded = Vec::with_capacity(ids.len());
        for id in ids {
            let Some(utterance) = self.utterance(core, id) else { return };
            let line = self.line_model(core, &utterance, &tiers);
            loaded.push(line);
        }
        self.model.first = wanted.start;
        self.model.loaded = loaded;
        if self.looking.1 {
            (core.wake)();
        }
    }

    fn utterance(&mut self, core: &mut Core, id: AnnotationId) -> Option<Utterance> {
        if let Some(known) = self.lines.get(&id) {
            return Some(known.clone());
        }
        let found = core.store.read().utterance(id);
        let found = core.ask(found)?;
        self.lines.insert(id, found.clone());
        Some(found)
    }

    /// How a word form was analysed before, for one of many words on screen: `None` while it waits for the next frame.
    pub(super) fn analyses_in_time(&mut self, core: &mut Core, form: &str) -> Option<&[Analysis]> {
        let known = self.analyses.contains_key(&search_key(form));
        if !known && self.looking.0.is_some_and(|until| Instant::now() > until) {
            self.looking.1 = true;
            return None;
        }
        Some(self.analyses_of(core, form))
    }

    /// How a word form was analysed before, best first.
    pub(super) fn analyses_of(&mut self, core: &mut Core, form: &str) -> &[Analysis] {
        let key = search_key(form);
        if !self.analyses.contains_key(&key) {
            let found = core.store.read().analyses_of(form);
            let found = core.ask(found).unwrap_or_default();
            self.analyses.insert(key.clone(), found);
        }
        self.analyses.get(&key).map_or(&[], Vec::as_slice)
    }

    fn line_model(&mut self, core: &mut Core, utterance: &Utterance, tiers: &[Tier]) -> LineModel {
        let language = core.analysis_language().to_owned();
        let mut free = String::new();
        let mut more = Vec::new();
        for (tier, line) in &utterance.lines {
            let Some(tier) = tiers.iter().find(|known| known.id == *tier) else { continue };
            let mine = tier.language.is_empty() || tier.language == language;
            match tier.role {
                TierRole::Translation if mine && free.is_empty() => free.clone_from(&line.value),
                TierRole::Translation | TierRole::LiteralTranslation | TierRole::Note if !line.value.is_empty() => {
                    more.push((tier.name.clone(), line.value.clone()));
                }
                _ => {}
            }
        }
        self.want_suggestions(utterance, &free);
        let words = utterance.words.iter().map(|row| self.word_cell(core, &row.word, &row.morphs, &language)).collect();
        LineModel {
            id: utterance.annotation.id,
            text: utterance.annotation.value.clone(),
            words,
            free,
            more,
            plays: utterance.annotation.span().is_some() && core.player.is_some(),
        }
    }

    fn word_cell(&mut self, core: &mut Core, word: &Word, morphs: &[Morph], language: &str) -> WordCell {
        let mut cell = WordCell {
            id: word.id,
            form: form_of(word).to_owned(),
            standing: standing(word, morphs),
            morphs: morph_cells(morphs, language),
            gloss: shown(&word.gloss, language),
            category: category_of(&word.category, morphs, language),
        };
        if is_bare(word, morphs) {
            // The best that is offered is shown, and written only when someone agrees.
            let selected = core.selection.word == Some(word.id);
            let index = if selected { self.chosen.unwrap_or(0) } else { 0 };
            let offer = match self.offers.get(index).filter(|_| selected) {
                Some(offer) => Some(offer.analysis.clone()),
                None => self.offer_in_line(core, word).map(|offer| offer.analysis),
            };
            if let Some(offer) = offer {
                cell.standing = Standing::Suggested;
                cell.morphs = morph_cells(&offer.morphs, language);
                cell.gloss = shown(&offer.gloss, language);
                let category = category_of(&offer.category, &offer.morphs, language);
                if !category.is_empty() {
                    cell.category = category;
                }
            }
        }
        cell
    }
}

/// Whether nothing is written under a word but, perhaps, a category that was proposed.
pub(super) fn is_bare(word: &Word, morphs: &[Morph]) -> bool {
    word.kind == WordKind::Word && word.status != WordStatus::Approved && morphs.is_empty() && word.gloss.is_empty()
}

/// How a word stands by what is written under it.
pub(super) fn standing(word: &Word, morphs: &[Morph]) -> Standing {
    match (word.kind, word.status) {
        (WordKind::Punctuation, _) => Standing::Mark,
        (_, WordStatus::Approved) => Standing::Approved,
        (_, WordStatus::Suggested) => Standing::Suggested,
        _ if !morphs.is_empty() || !word.gloss.is_empty() => Standing::Suggested,
        _ => Standing::Unknown,
    }
}
