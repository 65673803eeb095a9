//! What the commands of the lexicon do.

use super::LexiconPlace;
use crate::app::command::{Command, EntryField, ExampleField, InterlinearCommand, LexiconCommand, SenseField};
use crate::app::core::{Core, Message};
use crate::app::edit;
use crate::app::i18n::{tr, tr_args};
use crate::app::place::Place;
use crate::domain::{FormKind, LexemeId, LinkScheme, MorphId, MorphKind, SenseId, SessionId};
use crate::ui::lexicon::{LinkEditor, example_id, filter_id, headword_id, sense_id};

impl LexiconPlace {
    /// Does a command of this place.
    pub fn perform(&mut self, core: &mut Core, command: LexiconCommand) {
        use LexiconCommand as Do;
        // A command may come before the first frame here, or right after another one.
        self.refresh(core);
        match command {
            Do::NewEntry => self.new_entry(core),
            Do::NewSense => {
                let Some(lexeme) = core.selection.lexeme else { return };
                if let Some(sense) = core.edit(|store| edit::lexicon::add_sense(store, lexeme)) {
                    self.sense = Some(sense);
                    self.state.focus = Some(sense_id(sense, SenseField::Gloss));
                }
            }
            Do::NewExample => {
                let Some(sense) = self.sense(core) else { return };
                if let Some(example) = core.edit(|store| edit::entry_parts::add_example(store, sense)) {
                    self.state.focus = Some(example_id(example, ExampleField::Text));
                }
            }
            Do::NextEntry => self.step(core, true),
            Do::PreviousEntry => self.step(core, false),
            Do::Filter => self.state.focus = Some(filter_id()),
            Do::SetFilter(filter) => {
                self.state.filter.clone_from(&filter);
                self.filter = filter;
            }
            Do::DeleteEntry => self.delete(core),
            Do::ConfirmLink => self.confirm(core),
            Do::IpaPalette => self.state.palette.toggle(),
            Do::AddLink => {
                let Some(sense) = self.sense(core) else { return };
                let (scheme, iri) = (LinkScheme::Concepticon, String::new());
                self.state.link = Some(LinkEditor { sense, scheme, iri, instead_of: None });
                self.state.fresh_link = true;
            }
            Do::EditEntry => self.state.focus = Some(headword_id()),
            Do::Open(lexeme) => self.open(core, lexeme),
            Do::SelectSense(sense) => self.sense = Some(sense),
            Do::SetEntryField { lexeme, field, language, text } => {
                set_entry_field(core, lexeme, field, &language, &text);
            }
            Do::SetSenseField { sense, field, language, text } => set_sense_field(core, sense, field, &language, text),
            Do::SetExampleField { example, field, language, text } => {
                core.edit(|store| {
                    edit::entry_parts::edit_example(store, example, &format!("{field:?}:{language}"), |example| {
                        match field {
                            ExampleField::Text => {
                                // The first language of the text is the one shown and edited.
                                let tag =
                                    example.text.iter().next().map_or(language.clone(), |(tag, _)| tag.to_owned());
                                example.text.set(tag, text);
                            }
                            ExampleField::Translation => example.translation.set(language, text),
                        }
                    })
                });
            }
            Do::WriteLink { sense, scheme, iri, instead_of } => {
                let added = core.edit(|store| edit::lexicon::add_link(store, sense.into(), scheme, &iri, ""));
                let Some(link) = added else { return };
                // Who writes an address means it.
                core.edit(|store| edit::lexicon::confirm_link(store, link));
                if let Some(wrong) = instead_of {
                    core.edit(|store| edit::entry_parts::delete_link(store, wrong));
                }
            }
            Do::DeleteSense(sense) => {
                core.edit(|store| edit::lexicon::delete_sense(store, sense));
            }
            Do::DeleteExample(example) => {
                core.edit(|store| edit::entry_parts::delete_example(store, example));
            }
            Do::JudgeLink { link, right } => {
                core.edit(|store| {
                    if right {
                        edit::lexicon::confirm_link(store, link)
                    } else {
                        edit::entry_parts::delete_link(store, link)
                    }
                });
            }
            Do::OpenText { session, morph } => open_text(core, session, morph),
        }
    }

    fn sense(&self, core: &mut Core) -> Option<SenseId> {
        if self.sense.is_none() {
            core.messages.push(Message::Note(tr("lexicon-no-sense")));
        }
        self.sense
    }

    fn open(&mut self, core: &mut Core, lexeme: LexemeId) {
        core.selection.lexeme = Some(lexeme);
        self.state.link = None;
        self.state.reveal = true;
        if !self.model.rows.iter().any(|row| row.id == lexeme) {
            // What one goes to must be seen.
            self.filter.clear();
            self.state.filter.clear();
        }
    }

    fn new_entry(&mut self, core: &mut Core) {
        let language = core.object_language().to_owned();
        let added = core.edit(|store| edit::lexicon::add(store, &language, "", MorphKind::Stem));
        if let Some(lexeme) = added {
            self.open(core, lexeme);
            self.state.focus = Some(headword_id());
        }
    }

    fn step(&mut self, core: &mut Core, forward: bool) {
        let rows = &self.model.rows;
        let next = match (self.model.selected, forward) {
            (Some(at), true) => (at + 1).min(rows.len().saturating_sub(1)),
            (Some(at), false) => at.saturating_sub(1),
            (None, _) => 0,
        };
        if let Some(row) = rows.get(next) {
            let lexeme = row.id;
            self.open(core, lexeme);
        }
    }

    fn delete(&mut self, core: &mut Core) {
        let Some(lexeme) = core.selection.lexeme else { return };
        let name = self.model.entry.as_ref().map(|entry| entry.headword.clone()).unwrap_or_default();
        let at = self.model.selected;
        if core.edit(|store| edit::lexicon::delete(store, lexeme)).is_none() {
            return;
        }
        core.messages.push(Message::Done(tr_args("lexicon-deleted", &[("headword", name.into())])));
        // The entry that moved up into its place is next.
        let beside =
            at.and_then(|at| self.model.rows.get(at + 1).or(at.checked_sub(1).and_then(|at| self.model.rows.get(at))));
        core.selection.lexeme = beside.map(|row| row.id);
    }

    fn confirm(&mut self, core: &mut Core) {
        let senses = self.model.entry.as_ref().map_or(&[][..], |entry| &entry.senses);
        let links = senses.iter().filter(|sense| Some(sense.id) == self.sense).chain(senses).flat_map(|s| &s.links);
        match links.into_iter().find(|link| !link.confirmed).map(|link| link.id) {
            Some(link) => {
                core.edit(|store| edit::lexicon::confirm_link(store, link));
            }
            None => core.messages.push(Message::Note(tr("lexicon-no-candidate"))),
        }
    }
}

fn set_entry_field(core: &mut Core, lexeme: LexemeId, field: EntryField, language: &str, text: &str) {
    core.edit(|store| match field {
        EntryField::Headword => edit::entry_parts::set_headword(store, lexeme, language, text),
        EntryField::Pronunciation(index) => {
            edit::entry_parts::set_form(store, lexeme, FormKind::Pronunciation, index, language, text)
        }
        EntryField::Variant(index) => {
            edit::entry_parts::set_form(store, lexeme, FormKind::Variant, index, language, text)
        }
        EntryField::Category => edit::entry_parts::set_category(store, lexeme, text),
        EntryField::Etymology => edit::lexicon::edit(store, lexeme, "etymology", |l| l.etymology.set(language, text)),
        EntryField::Notes => edit::lexicon::edit(store, lexeme, "notes", |l| l.notes.set(language, text)),
    });
}

fn set_sense_field(core: &mut Core, sense: SenseId, field: SenseField, language: &str, text: String) {
    core.edit(|store| {
        edit::lexicon::edit_sense(store, sense, &format!("{field:?}:{language}"), |sense| match field {
            SenseField::Gloss => sense.gloss.set(language, text),
            SenseField::Definition => sense.definition.set(language, text),
            SenseField::Category => sense.category = text,
            SenseField::ScientificName => sense.scientific_name = text,
            SenseField::Domains => {
                let domains = text.split(';').map(str::trim).filter(|domain| !domain.is_empty());
                sense.domains = domains.map(str::to_owned).collect();
            }
        })
    });
}

/// Goes to an occurrence in its text.
fn open_text(core: &mut Core, session: SessionId, morph: MorphId) {
    let word = core.store.read().word_of_morph(morph);
    let lexeme = core.selection.lexeme;
    core.select_session(session);
    core.selection.lexeme = lexeme;
    core.go(Place::Interlinear);
    if let Some(word) = core.ask(word).flatten() {
        core.follow_up.push(Command::Interlinear(InterlinearCommand::SelectWord(word)));
    }
}
