//! What the commands of the interlinear view do.

use super::InterlinearPlace;
use super::load::{form_of, morph_cells};
use super::panel::{headword, selected_word};
use crate::app::command::{Command, InterlinearCommand, LexiconCommand};
use crate::app::core::{Core, Message};
use crate::app::edit;
use crate::app::i18n::{tr, tr_args};
use crate::app::place::Place;
use crate::domain::{Annotation, AnnotationId, Lexeme, LexemeId, Word, WordId, WordKind, WordStatus};
use crate::store::query::Analysis;
use crate::ui::interlinear::{Editor, GlossEditor, shown};

impl InterlinearPlace {
    /// Does a command of this place.
    pub fn perform(&mut self, core: &mut Core, command: InterlinearCommand) {
        use InterlinearCommand as Do;
        // A command may come before the first frame here, or right after another one.
        self.refresh(core);
        let before = (core.revision, core.selection.annotation);
        let everywhere = command == Do::ApproveAll;
        self.perform_here(core, command);
        if core.revision != before.0 {
            self.note_own_edit(core, before.1, everywhere);
        }
    }

    fn perform_here(&mut self, core: &mut Core, command: InterlinearCommand) {
        use InterlinearCommand as Do;
        match command {
            Do::Break => self.open_breaks(core),
            Do::EditGloss => self.open_glosses(core),
            Do::EditFree => self.open_free(core),
            Do::Approve => self.approve(core),
            Do::ApproveLine => self.approve_line(core),
            Do::ApproveAll => self.approve_all(core),
            Do::Unapprove => {
                if let Some(word) = core.selection.word {
                    core.edit(|store| edit::glosses::unapprove(store, word));
                }
            }
            Do::NextWord => self.step_word(core, true),
            Do::PreviousWord => self.step_word(core, false),
            Do::NextLine => self.step_line(core, true),
            Do::PreviousLine => self.step_line(core, false),
            Do::NextOpen => self.next_open(core),
            Do::NextAnalysis => self.step_analysis(true),
            Do::PreviousAnalysis => self.step_analysis(false),
            Do::GoTeaching => self.go_teaching(core),
            Do::PlayLine => {
                if let Some(line) = core.selection.annotation {
                    play(core, line);
                }
            }
            Do::Play(line) => play(core, line),
            Do::OpenEntry => {
                if let Some(entry) = self.model.word.as_ref().and_then(|word| word.entry.as_ref()) {
                    open_entry(core, entry.id);
                }
            }
            Do::Open(lexeme) => open_entry(core, lexeme),
            Do::NewEntryFromMorph => self.new_entry(core),
            Do::IpaPalette => self.state.palette.toggle(),
            Do::SelectLine(line) => self.select_line(core, line),
            Do::SelectWord(word) => self.select_word(core, word),
            Do::Choose(index) => self.chosen = Some(index),
            Do::SetMorphs { word, typed } => {
                core.edit(|store| edit::words::break_word(store, word, &typed));
            }
            Do::SetMorphGloss { word, morph, language, text } => {
                let base = self.base(word);
                core.edit(|store| edit::glosses::set_gloss_at(store, word, base.as_ref(), morph, &language, &text));
            }
            Do::LinkMorph { word, morph, sense } => {
                let base = self.base(word);
                core.edit(|store| edit::glosses::link_at(store, word, base.as_ref(), morph, sense));
            }
            Do::SetWordGloss { word, language, text } => {
                core.edit(|store| edit::words::set_word_gloss(store, word, &language, &text));
            }
            Do::SetWordCategory { word, language, text } => {
                core.edit(|store| edit::words::set_word_category(store, word, &language, &text));
            }
            Do::SetFreeTranslation { line, language, text } => {
                core.edit(|store| edit::glosses::set_translation(store, line, &language, &text));
            }
            Do::SplitWords(line) => {
                core.edit(|store| edit::words::split_words(store, line));
                self.select_line(core, line);
            }
        }
    }

    /// The suggestion on screen, which the first letter typed under a word writes down.
    fn base(&self, word: WordId) -> Option<Analysis> {
        let shown = self.model.word.as_ref().is_some_and(|panel| panel.id == word);
        self.offer().filter(|_| shown).map(|offer| offer.analysis.clone())
    }

    pub(super) fn select_line(&mut self, core: &mut Core, line: AnnotationId) {
        let words = core.store.read().words_of(line);
        let Some(words) = core.ask(words) else { return };
        let first = words.iter().find(|word| word.kind == WordKind::Word).map(|word| word.id);
        self.select(core, line, first);
    }

    fn select_word(&mut self, core: &mut Core, word: WordId) {
        let found = core.store.read().get::<Word>(word);
        if let Some(word) = core.ask(found).flatten() {
            self.select(core, word.annotation, Some(word.id));
        }
    }

    pub(super) fn select(&mut self, core: &mut Core, line: AnnotationId, word: Option<WordId>) {
        if core.selection.word != word {
            self.chosen = None;
            self.state.editor = None;
        }
        core.selection.annotation = Some(line);
        core.selection.word = word;
        self.state.reveal = self.model.lines.iter().position(|known| *known == line);
    }

    fn step_word(&mut self, core: &mut Core, forward: bool) {
        let Some(line) = core.selection.annotation.filter(|line| self.model.lines.contains(line)) else {
            return self.step_line(core, forward);
        };
        let words = core.store.read().words_of(line);
        let words: Vec<Word> =
            core.ask(words).unwrap_or_default().into_iter().filter(|w| w.kind == WordKind::Word).collect();
        let at = words.iter().position(|word| Some(word.id) == core.selection.word);
        let next = match (at, forward) {
            (Some(at), true) => words.get(at + 1),
            (Some(at), false) => at.checked_sub(1).and_then(|at| words.get(at)),
            (None, true) => words.first(),
            (None, false) => words.last(),
        };
        match next {
            Some(word) => self.select(core, line, Some(word.id)),
            None => self.step_over(core, forward),
        }
    }

    /// From the last word of a line to the first of the next, and back.
    fn step_over(&mut self, core: &mut Core, forward: bool) {
        let before = core.selection.annotation;
        self.step_line(core, forward);
        if !forward
            && core.selection.annotation != before
            && let Some(line) = core.selection.annotation
        {
            let words = core.store.read().words_of(line);
            let last = core.ask(words).unwrap_or_default().into_iter().rfind(|word| word.kind == WordKind::Word);
            self.select(core, line, last.map(|word| word.id));
        }
    }

    fn step_line(&mut self, core: &mut Core, forward: bool) {
        let at = core.selection.annotation.and_then(|id| self.model.lines.iter().position(|line| *line == id));
        let next = match (at, forward) {
            // A line chosen elsewhere has no word chosen yet: first into it, then on.
            (Some(at), _) if core.selection.word.is_none() && has_words(core, self.model.lines[at]) => at,
            (Some(at), true) => at + 1,
            (Some(0), false) => return,
            (Some(at), false) => at - 1,
            (None, _) => 0,
        };
        if let Some(line) = self.model.lines.get(next).copied() {
            self.select_line(core, line);
        }
    }

    /// Goes to the next word nobody has approved: in this line, then in those below, then from the top.
    pub(super) fn next_open(&mut self, core: &mut Core) {
        let lines = self.model.lines.clone();
        let at = core.selection.annotation.and_then(|id| lines.iter().position(|line| *line == id)).unwrap_or(0);
        let after = selected_word(core).map_or(-1, |word| word.position);
        for step in 0..=lines.len() {
            let Some(line) = lines.get((at + step) % lines.len().max(1)).copied() else { return };
            let found = core.store.read().open_word_in(line, if step == 0 { after } else { -1 });
            if let Some(word) = core.ask(found).flatten() {
                return self.select(core, line, Some(word));
            }
        }
        core.messages.push(Message::Done(tr("interlinear-nothing-open")));
    }

    fn approve(&mut self, core: &mut Core) {
        let Some(word) = selected_word(core) else { return self.next_open(core) };
        let morphs = core.store.read().morphs_of(word.id);
        let bare = core.ask(morphs).is_none_or(|morphs| morphs.is_empty());
        let picked = self.chosen.and_then(|index| self.offers.get(index)).cloned();
        if picked.is_none() && word.status == WordStatus::Approved {
            return self.next_open(core);
        }
        let offer = picked.or_else(|| self.offer().filter(|offer| bare && offer.stands()).cloned());
        if offer.is_none() && bare && word.gloss.is_empty() {
            // Nothing to agree with yet: say what it is.
            return self.open_glosses(core);
        }
        let analysis = offer.map(|offer| offer.analysis);
        if core.edit(|store| edit::words::approve(store, word.id, analysis.as_ref())).is_some() {
            if let Some(analysis) = analysis.filter(|_| bare) {
                self.note_saved(&word, &analysis, self.chosen.unwrap_or(0), 1, core.analysis_language());
            }
            self.learn_from(core, word.annotation, 1);
            self.chosen = None;
            self.next_open(core);
        }
    }

    fn approve_line(&mut self, core: &mut Core) {
        let Some(line) = core.selection.annotation else { return };
        let found = core.store.read().utterance(line);
        let Some(utterance) = core.ask(found) else { return };
        let mut words = Vec::new();
        for row in utterance.words.iter().filter(|row| row.word.kind == WordKind::Word) {
            if row.word.status == WordStatus::Approved {
                continue;
            }
            if !row.morphs.is_empty() || !row.word.gloss.is_empty() {
                words.push((row.word.id, None));
            } else if let Some(best) = self.standing_offer(core, &row.word) {
                words.push((row.word.id, Some(best.analysis)));
            }
        }
        if core.edit(|store| edit::glosses::approve_line(store, &words)).is_some() {
            for (id, analysis) in &words {
                let word = utterance.words.iter().find(|row| row.word.id == *id);
                if let (Some(row), Some(analysis)) = (word, analysis) {
                    self.note_saved(&row.word, analysis, 0, 1, core.analysis_language());
                }
            }
            self.learn_from(core, line, words.len());
            self.next_open(core);
        }
    }

    fn approve_all(&mut self, core: &mut Core) {
        let Some(word) = selected_word(core) else { return };
        let morphs = core.store.read().morphs_of(word.id);
        let morphs = core.ask(morphs).unwrap_or_default();
        let picked = self.chosen.and_then(|index| self.offers.get(index)).map(|offer| offer.analysis.clone());
        let analysis = match picked {
            Some(picked) => Some(picked),
            None if morphs.is_empty() => self.offer().map(|offer| offer.analysis.clone()),
            None => Some(Analysis {
                gloss: word.gloss.clone(),
                category: word.category.clone(),
                morphs,
                times: 0,
                texts: 0,
                seen_in: word.id,
            }),
        };
        let Some(analysis) = analysis else { return self.open_glosses(core) };
        let form = form_of(&word).to_owned();
        if let Some(count) = core.edit(|store| edit::words::approve_all(store, &form, &analysis)) {
            core.messages.push(Message::Done(tr_args("interlinear-approved-all", &[("count", count.into())])));
            self.note_saved(&word, &analysis, self.chosen.unwrap_or(0), count, core.analysis_language());
            self.learn_from(core, word.annotation, count);
            self.chosen = None;
            self.next_open(core);
        }
    }

    fn open_breaks(&mut self, core: &mut Core) {
        let Some(word) = selected_word(core).filter(|word| word.kind == WordKind::Word) else { return };
        let morphs = core.store.read().morphs_of(word.id);
        let morphs = core.ask(morphs).unwrap_or_default();
        let shown = match self.offer().filter(|_| morphs.is_empty()) {
            Some(offer) => &offer.analysis.morphs,
            None => &morphs,
        };
        let forms: Vec<&str> = shown.iter().filter_map(|morph| morph.form.first()).collect();
        let text = if forms.is_empty() { form_of(&word).to_lowercase() } else { forms.join(" ") };
        self.reveal_word(&word);
        self.state.edit(Editor::Breaks { word: word.id, text });
    }

    fn open_glosses(&mut self, core: &mut Core) {
        let Some(word) = selected_word(core).filter(|word| word.kind == WordKind::Word) else { return };
        let morphs = core.store.read().morphs_of(word.id);
        let morphs = core.ask(morphs).unwrap_or_default();
        let language = core.analysis_language().to_owned();
        self.reveal_word(&word);
        let offer = self.offer().map(|offer| &offer.analysis);
        let offer = offer.filter(|_| morphs.is_empty() && word.status != WordStatus::Approved);
        let (morphs, gloss, category) = match offer {
            Some(offer) => (&offer.morphs, &offer.gloss, &offer.category),
            None => (&morphs, &word.gloss, &word.category),
        };
        let mut glosses: Vec<String> = morph_cells(morphs, &language).into_iter().map(|cell| cell.gloss).collect();
        if glosses.is_empty() {
            glosses.push(String::new());
        }
        self.state.edit(Editor::Glosses(GlossEditor {
            word: Some(word.id),
            glosses,
            category: shown(category, &language),
            gloss: shown(gloss, &language),
            ..GlossEditor::default()
        }));
    }

    /// A field takes the keys only where it is drawn: a word that was scrolled away comes back into sight.
    fn reveal_word(&mut self, word: &Word) {
        self.state.reveal = self.model.lines.iter().position(|line| *line == word.annotation);
    }

    fn open_free(&mut self, core: &mut Core) {
        let Some(line) = core.selection.annotation else { return };
        let index = self.model.lines.iter().position(|known| *known == line);
        let text = index.and_then(|index| self.model.line(index)).map(|line| line.free.clone()).unwrap_or_default();
        self.state.reveal = index;
        self.state.edit(Editor::Free { line, text });
    }

    fn new_entry(&mut self, core: &mut Core) {
        let Some(word) = core.selection.word else { return };
        let base = self.base(word);
        let Some(morph) = core.edit(|store| edit::glosses::morph_without_entry(store, word, base.as_ref())) else {
            return;
        };
        let Some(morph) = morph else {
            return core.messages.push(Message::Note(tr("interlinear-has-entries")));
        };
        let Some(lexeme) = core.edit(|store| edit::lexicon::add_from_morph(store, morph)) else { return };
        let made = core.store.read().get::<Lexeme>(lexeme);
        if let Some(made) = core.ask(made).flatten() {
            let text = tr_args("interlinear-made-entry", &[("headword", headword(&made).into())]);
            core.messages.push(Message::Done(text));
        }
    }
}

fn play(core: &mut Core, line: AnnotationId) {
    let found = core.store.read().get::<Annotation>(line);
    let span = core.ask(found).flatten().and_then(|line| line.span());
    match (span, &core.player) {
        (Some(span), Some(player)) => player.play_span(span, false),
        _ => core.messages.push(Message::Note(tr("interlinear-no-sound"))),
    }
}

fn open_entry(core: &mut Core, lexeme: LexemeId) {
    core.go(Place::Lexicon);
    core.follow_up.push(Command::Lexicon(LexiconCommand::Open(lexeme)));
}

/// Whether a line has a word that can be chosen.
fn has_words(core: &Core, line: AnnotationId) -> bool {
    core.store.read().words_of(line).is_ok_and(|words| words.iter().any(|word| word.kind == WordKind::Word))
}
