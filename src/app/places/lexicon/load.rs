//! From the store's entries to the page on screen.

use super::LexiconPlace;
use crate::app::core::Core;
use crate::app::places::interlinear::{headword, link_name};
use crate::domain::{FormKind, Lexeme, LexemeId, MultiText, RecordId, Relation, Sense};
use crate::store::query::{EntryRow, FullEntry, FullSense};
use crate::store::{StoreError, search_key};
use crate::ui::interlinear::shown;
use crate::ui::lexicon::{EntryModel, ExampleModel, LexiconRow, LinkModel, Occurrence, RelationModel, SenseModel};

/// How many occurrences are shown.
const OCCURRENCES: usize = 200;

impl LexiconPlace {
    /// Every entry, and the numbers for the status bar.
    pub(super) fn load_all(&mut self, core: &mut Core) {
        let read = core.store.read();
        let found = read.entry_rows("").and_then(|rows| Ok((rows, read.linked_senses()?)));
        let Some((rows, (senses, linked))) = core.ask(found) else { return };
        self.model.entries = rows.len();
        self.model.senses = senses;
        self.model.linked = linked;
        self.all = rows;
        self.model.object = core.object_language().to_owned();
        self.model.analysis = core.analysis_language().to_owned();
    }

    /// The rows that the filter leaves.
    pub(super) fn load_rows(&mut self, core: &mut Core) {
        let wanted = search_key(&self.filter);
        let language = core.analysis_language();
        self.model.filter.clone_from(&self.filter);
        self.model.rows =
            self.all.iter().filter(|row| holds(row, &wanted)).map(|row| row_model(row, language)).collect();
    }

    /// The open entry.
    pub(super) fn load_entry(&mut self, core: &mut Core) {
        let entry = core.selection.lexeme.map(|id| entry_model(core, id));
        self.model.entry = match entry {
            // It may be gone since, by Undo or by another place.
            None | Some(Err(StoreError::Missing { .. })) => None,
            Some(found) => core.ask(found),
        };
        let senses = self.model.entry.as_ref().map_or(&[][..], |entry| &entry.senses);
        if !senses.iter().any(|sense| Some(sense.id) == self.sense) {
            self.sense = senses.first().map(|sense| sense.id);
        }
        self.model.sense = self.sense;
    }
}

fn holds(row: &EntryRow, wanted: &str) -> bool {
    let texts = row.headword.iter().chain(row.glosses.iter().flat_map(MultiText::iter)).map(|(_, text)| text);
    wanted.is_empty() || texts.chain([row.category.as_str()]).any(|text| search_key(text).contains(wanted))
}

fn row_model(row: &EntryRow, language: &str) -> LexiconRow {
    let glosses = row.glosses.iter().map(|gloss| shown(gloss, language)).filter(|gloss| !gloss.is_empty());
    let homograph = if row.homograph > 0 { format!(" {}", subscript(row.homograph)) } else { String::new() };
    LexiconRow {
        id: row.id,
        headword: format!("{}{}{}{homograph}", row.marks.0, row.headword.first().unwrap_or_default(), row.marks.1),
        gloss: glosses.collect::<Vec<_>>().join("; "),
        category: row.category.clone(),
        in_texts: row.in_texts,
    }
}

fn subscript(number: i64) -> String {
    let digit = |c: char| c.to_digit(10).and_then(|d| char::from_u32(0x2080 + d)).unwrap_or(c);
    number.to_string().chars().map(digit).collect()
}

fn entry_model(core: &Core, id: LexemeId) -> Result<EntryModel, StoreError> {
    let read = core.store.read();
    let language = core.analysis_language();
    let entry = read.entry(id)?;
    let forms = |kinds: &[FormKind]| -> Vec<String> {
        let forms = entry.forms.iter().filter(|form| kinds.contains(&form.kind));
        forms.map(|form| form.form.first().unwrap_or_default().to_owned()).collect()
    };
    let mut senses = Vec::new();
    senses_into(&entry.senses, "", 0, language, &mut senses);
    let mut occurrences = read.concordance(id, OCCURRENCES)?;
    // Both halves of a circumfix stand in one word.
    occurrences.dedup_by(|a, b| (a.annotation, &a.before, &a.after) == (b.annotation, &b.before, &b.after));
    Ok(EntryModel {
        id,
        headword: headword(&entry.lexeme),
        homograph: entry.lexeme.homograph,
        category: category(&entry),
        pronunciations: forms(&[FormKind::Pronunciation]),
        variants: forms(&[FormKind::Variant]),
        etymology: shown(&entry.lexeme.etymology, language),
        notes: shown(&entry.lexeme.notes, language),
        senses,
        relations: relations(core, &entry)?,
        in_texts: read.times_in_texts(id)?,
        occurrences: occurrences
            .into_iter()
            .map(|found| Occurrence {
                session: found.session,
                morph: found.morph,
                before: tidy(&found.before),
                word: found.word,
                after: tidy(&found.after),
                text: found.session_name,
            })
            .collect(),
    })
}

/// Closing marks right behind the word they follow, as in print.
pub(crate) fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    for piece in text.split(' ') {
        if !tidy.is_empty() && !piece.starts_with(['.', ',', ';', ':', '!', '?', '…', ')', ']', '”', '»']) {
            tidy.push(' ');
        }
        tidy.push_str(piece);
    }
    tidy
}

/// The entry's category; where only its senses say one, the first of theirs.
pub(crate) fn category(entry: &FullEntry) -> String {
    if !entry.lexeme.category.is_empty() {
        return entry.lexeme.category.clone();
    }
    let said = entry.senses.iter().map(|full| &full.sense.category).find(|category| !category.is_empty());
    said.cloned().unwrap_or_default()
}

fn senses_into(from: &[FullSense], above: &str, depth: usize, language: &str, into: &mut Vec<SenseModel>) {
    for (index, full) in from.iter().enumerate() {
        let number = if above.is_empty() { (index + 1).to_string() } else { format!("{above}.{}", index + 1) };
        let sense = &full.sense;
        let gloss = sense.gloss.get(language).unwrap_or_default().to_owned();
        let others = sense.gloss.iter().filter(|(tag, _)| *tag != language);
        into.push(SenseModel {
            id: sense.id,
            number: number.clone(),
            depth,
            gloss,
            definition: shown(&sense.definition, language),
            category: sense.category.clone(),
            domains: sense.domains.join("; "),
            scientific_name: sense.scientific_name.clone(),
            other_glosses: others.map(|(tag, text)| (tag.to_owned(), text.to_owned())).collect(),
            examples: full
                .examples
                .iter()
                .map(|example| ExampleModel {
                    id: example.id,
                    text: example.text.first().unwrap_or_default().to_owned(),
                    translation: shown(&example.translation, language),
                    source: example.source.clone(),
                })
                .collect(),
            links: full
                .links
                .iter()
                .map(|link| LinkModel {
                    id: link.id,
                    name: link_name(link),
                    scheme: link.scheme,
                    iri: link.iri.clone(),
                    confirmed: !link.confirmed_by.is_empty(),
                })
                .collect(),
        });
        senses_into(&full.subsenses, &number, depth + 1, language, into);
    }
}

fn relations(core: &Core, entry: &FullEntry) -> Result<Vec<RelationModel>, StoreError> {
    let model = |relation: &Relation, other: Option<RecordId>, arrow: &str| -> Result<RelationModel, StoreError> {
        let lexeme = match other {
            Some(other) => lexeme_of(core, other)?,
            None => None,
        };
        Ok(RelationModel {
            kind: format!("{arrow}{}", relation.kind.trim_start_matches('_')),
            target: lexeme.as_ref().map_or_else(|| relation.target_text.clone(), headword),
            lexeme: lexeme.map(|lexeme| lexeme.id),
        })
    };
    let from = entry.relations.iter().map(|relation| model(relation, relation.target, ""));
    let back = entry.back_relations.iter().map(|relation| model(relation, Some(relation.source), "← "));
    from.chain(back).collect()
}

/// The entry that a relation's end is, or is a sense of.
fn lexeme_of(core: &Core, record: RecordId) -> Result<Option<Lexeme>, StoreError> {
    let read = core.store.read();
    if let Some(lexeme) = read.get::<Lexeme>(record.into())? {
        return Ok(Some(lexeme));
    }
    match read.get::<Sense>(record.into())? {
        Some(sense) => read.get::<Lexeme>(sense.lexeme),
        None => Ok(None),
    }
}
