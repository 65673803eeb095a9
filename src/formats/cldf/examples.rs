//! Rows of the ExampleTable: examples of senses, else sentences of texts.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::metadata::{Column, Dataset, Table};
use super::read::{Reader, residue};
use super::{NAME, words};
use crate::domain::*;
use crate::formats::table::{make, parse_time};

/// What a row says, whichever record it becomes.
struct Row<'a> {
    id: Option<&'a str>,
    object: String,
    text: &'a str,
    /// The text in other languages or writing systems.
    more: Vec<(&'a str, &'a str)>,
    words: Vec<&'a str>,
    glosses: Vec<&'a str>,
    translations: Vec<(String, &'a str)>,
    under: Vec<(&'static str, TierRole, String, &'a str)>,
    source: &'a str,
    no_meta: bool,
    rest: Vec<(&'a Column, &'a str)>,
}

pub(super) fn read(reader: &mut Reader) {
    let sessions = sessions(reader);
    let dataset = reader.dataset;
    let Some(table) = dataset.component("ExampleTable") else { return };
    let mut texts = Texts { sessions, tiers: HashMap::new(), places: HashMap::new() };
    let to_senses = table.columns.iter().position(|column| dataset.points_at(column, "SenseTable"));
    let mut order: HashMap<SenseId, i64> = HashMap::new();
    let mut lost = 0;
    for cells in &table.rows {
        let ids =
            to_senses.and_then(|at| Some(table.columns.get(at)?.ids(table.value(cells, at)?))).unwrap_or_default();
        let senses: Vec<SenseId> = ids.iter().filter_map(|id| reader.senses.get(*id).copied()).collect();
        lost += ids.len() - senses.len();
        let row = row(reader, table, cells, to_senses);
        if senses.is_empty() {
            texts.add(reader, row);
        } else {
            for sense in senses {
                let position = order.entry(sense).or_default();
                let example = example(&row, sense, *position);
                *position += 1;
                reader.all.bundle.examples.push(example);
            }
        }
    }
    reader.all.report.left_out("ties of examples to senses", lost, "the sense is not in the dataset");
}

fn row<'a>(reader: &mut Reader, table: &'a Table, cells: &'a [String], to_senses: Option<usize>) -> Row<'a> {
    const TERMS: [&str; 9] = [
        "id",
        "languageReference",
        "primaryText",
        "analyzedWord",
        "gloss",
        "translatedText",
        "metaLanguageReference",
        "comment",
        "source",
    ];
    let done: Vec<usize> = TERMS.iter().filter_map(|term| table.at(term)).chain(to_senses).collect();
    let analysis = reader.languages.analysis();
    let object = match table.cell(cells, "languageReference") {
        Some(id) => reader.languages.tag(id),
        None => reader.options.object_language().to_owned(),
    };
    let meta = table.cell(cells, "metaLanguageReference").map(|id| reader.languages.tag(id));
    if let Some(tag) = &meta {
        reader.languages.is_analysis(tag);
    }
    let list = |term: &str| -> Vec<&'a str> {
        let Some(cell) = table.cell(cells, term) else { return Vec::new() };
        table.at(term).and_then(|at| table.columns.get(at)).map(|c| c.values(cell)).unwrap_or_default()
    };
    let no_meta = meta.is_none();
    let translated = meta.unwrap_or_else(|| analysis.clone());
    let mut row = Row {
        id: table.cell(cells, "id"),
        object,
        text: table.cell(cells, "primaryText").unwrap_or_default(),
        more: Vec::new(),
        words: list("analyzedWord"),
        glosses: list("gloss"),
        translations: table.cell(cells, "translatedText").map(|text| (translated, text)).into_iter().collect(),
        under: Vec::new(),
        source: table.cell(cells, "source").unwrap_or_default(),
        no_meta,
        rest: Vec::new(),
    };
    if let Some(comment) = table.cell(cells, "comment") {
        row.under.push(("note", TierRole::Note, analysis.clone(), comment));
    }
    for (column, cell) in table.rest(cells, &done) {
        let tag = || if column.language.is_empty() { analysis.clone() } else { column.language.clone() };
        match column.label.as_str() {
            "Translated_Text" => row.translations.push((tag(), cell)),
            "Literal_Translation" if !column.language.is_empty() => {
                row.under.push(("literal", TierRole::LiteralTranslation, tag(), cell));
            }
            "Note" if !column.language.is_empty() => row.under.push(("note", TierRole::Note, tag(), cell)),
            "Text" if !column.language.is_empty() => row.more.push((&column.language, cell)),
            "Source" if column.term.is_empty() => row.source = cell,
            _ => row.rest.push((column, cell)),
        }
    }
    row
}

/// The residue of a row: what its record has no field for.
fn leftovers(row: &Row, own: &[&str]) -> Residue {
    let cells = row.rest.iter().copied().filter(|(column, _)| !own.contains(&column.name.as_str()));
    let mut left = residue(row.id, cells).get(NAME).cloned().unwrap_or_else(|| json!({}));
    if row.no_meta && !row.translations.is_empty() {
        left["no_meta"] = json!(true);
    }
    let mut kept = Residue::default();
    if left.as_object().is_some_and(|left| !left.is_empty()) {
        kept.set(NAME, left);
    }
    kept
}

fn example(row: &Row, sense: SenseId, position: i64) -> Example {
    let mut kept = leftovers(row, &[]);
    let mut left = kept.get(NAME).cloned().unwrap_or_else(|| json!({}));
    if !row.words.is_empty() {
        left["words"] = json!([row.words, row.glosses]);
    }
    let notes: Vec<Value> = row.under.iter().map(|(name, _, tag, text)| json!([name, tag, text])).collect();
    if !notes.is_empty() {
        left["under"] = Value::Array(notes);
    }
    kept.set(NAME, left);
    Example {
        id: ExampleId::new(),
        sense,
        position,
        text: std::iter::once((row.object.as_str(), row.text)).chain(row.more.iter().copied()).collect(),
        translation: row.translations.iter().map(|(tag, text)| (tag.clone(), *text)).collect(),
        source: row.source.to_owned(),
        annotation: None,
        residue: kept,
    }
}

/// Whether sentences say which contribution they are part of.
pub(super) fn are_of_contributions(dataset: &Dataset) -> bool {
    dataset.component("ExampleTable").is_some_and(|table| table.at("contributionReference").is_some())
}

/// Sessions of the ContributionTable by id.
fn sessions(reader: &mut Reader) -> HashMap<String, SessionId> {
    let mut made = HashMap::new();
    let dataset = reader.dataset;
    let used = are_of_contributions(dataset);
    let Some(table) = dataset.component("ContributionTable").filter(|_| used) else { return made };
    let analysis = reader.languages.analysis();
    let done: Vec<usize> = ["id", "name", "description"].iter().filter_map(|term| table.at(term)).collect();
    for row in &table.rows {
        let Some(id) = table.cell(row, "id") else { continue };
        let mut session = make::session(table.cell(row, "name").unwrap_or(id), reader.all.bundle.sessions.len());
        session.description.set(&*analysis, table.cell(row, "description").unwrap_or_default());
        let mut rest = Vec::new();
        for (column, cell) in table.rest(row, &done) {
            let tag = if column.language.is_empty() { &analysis } else { &column.language };
            match column.label.as_str() {
                "Title" => session.title.set(tag, cell),
                "Description" => session.description.set(tag, cell),
                "Date" => cell.clone_into(&mut session.date),
                "Place" => cell.clone_into(&mut session.place),
                "Genre" => cell.clone_into(&mut session.genre),
                "Access" => session.access = serde_json::from_value(json!(cell)).unwrap_or_default(),
                "Participants" => {
                    for who in column.values(cell) {
                        let (code, role) = who.trim().split_once(": ").unwrap_or((who.trim(), ""));
                        let person = person(reader, code);
                        session.participants.push(Participation { person, role: role.to_owned() });
                    }
                }
                // Made anew from participants.
                "Contributor" if table.columns.iter().any(|c| c.name == "Participants") => {}
                _ => rest.push((column, cell)),
            }
        }
        session.residue = residue(Some(id), rest.into_iter());
        made.insert(id.to_owned(), session.id);
        reader.all.bundle.sessions.push(session);
    }
    made
}

fn person(reader: &mut Reader, code: &str) -> PersonId {
    if let Some(id) = reader.people.get(code) {
        return *id;
    }
    let person = make::person(code);
    reader.people.insert(code.to_owned(), person.id);
    let id = person.id;
    reader.all.bundle.people.push(person);
    id
}

/// Texts being filled row by row.
struct Texts {
    sessions: HashMap<String, SessionId>,
    tiers: HashMap<(SessionId, String), TierId>,
    /// Next place in a session: over all its tiers, so that the order of rows is known again.
    places: HashMap<SessionId, i64>,
}

impl Texts {
    fn add(&mut self, reader: &mut Reader, row: Row) {
        let contribution = row.rest.iter().find(|(column, _)| column.term == "contributionReference");
        let session = self.session(reader, contribution.map_or("", |(_, id)| *id));
        let named = |name: &str| row.rest.iter().find(|(column, _)| column.name == name).map(|(_, cell)| *cell);
        let speaker = named("Speaker").map(|code| person(reader, code));
        let tier_name = named("Tier").map_or_else(|| format!("text-{}", row.object), str::to_owned);
        let tier = self.tier(reader, session, (&tier_name, TierRole::Transcription, &row.object), None);
        if let Some(tier) = reader.all.bundle.tiers.iter_mut().find(|t| t.id == tier) {
            tier.participant = tier.participant.or(speaker);
        }
        let span = named("Start").and_then(parse_time).zip(named("End").and_then(parse_time));
        let mut own = vec!["Tier", "Speaker"];
        if span.is_some() {
            own.extend(["Start", "End"]);
        }
        if let Some((column, id)) = contribution
            && self.sessions.contains_key(*id)
        {
            own.push(&column.name);
        }
        let place = self.places.entry(session).or_default();
        let span = span.map(|(a, b)| Span::new(a, b));
        let mut annotation = Annotation::new(tier, span, *place, row.text);
        *place += 1;
        annotation.residue = leftovers(&row, &own);
        if !row.source.is_empty() {
            let mut left = annotation.residue.get(NAME).cloned().unwrap_or_else(|| json!({}));
            left["source"] = json!(row.source);
            annotation.residue.set(NAME, left);
        }
        let id = annotation.id;
        let gloss_tag =
            row.translations.first().map(|(tag, _)| tag.clone()).unwrap_or_else(|| reader.languages.analysis());
        let aligned = row.glosses.is_empty() || row.glosses.len() == row.words.len();
        if !aligned {
            let mut left = annotation.residue.get(NAME).cloned().unwrap_or_else(|| json!({}));
            left["glosses"] = json!(row.glosses);
            annotation.residue.set(NAME, left);
            reader.all.report.mapped("lines of glosses", 1, "not as many as words: kept with the sentence");
        }
        reader.all.bundle.annotations.push(annotation);
        for (at, word) in row.words.iter().enumerate() {
            let gloss = if aligned { row.glosses.get(at).copied().unwrap_or_default() } else { "" };
            words::read(&mut reader.all.bundle, id, at, (&row.object, word), (&gloss_tag, gloss));
        }
        let analysis = reader.languages.analysis();
        for (tag, text) in &row.more {
            let name = format!("{tier_name}-{tag}");
            let child = self.tier(reader, session, (&name, TierRole::Other, tag), Some(tier));
            let mut below = Annotation::new(child, None, 0, *text);
            below.parent = Some(id);
            reader.all.bundle.annotations.push(below);
        }
        let under = row.translations.iter().map(|(tag, text)| ("translation", TierRole::Translation, tag, text));
        for (name, role, tag, text) in under.chain(row.under.iter().map(|(n, r, tag, text)| (*n, *r, tag, text))) {
            let name =
                if *tag == analysis { format!("{name} {tier_name}") } else { format!("{name}-{tag} {tier_name}") };
            let child = self.tier(reader, session, (&name, role, tag), Some(tier));
            let mut below = Annotation::new(child, None, 0, *text);
            below.parent = Some(id);
            reader.all.bundle.annotations.push(below);
        }
    }

    fn session(&mut self, reader: &mut Reader, id: &str) -> SessionId {
        if let Some(session) = self.sessions.get(id) {
            return *session;
        }
        // Rows of no contribution are a text of their own, named after the dataset.
        let title = reader.dataset.properties.get("dc:title").and_then(Value::as_str).unwrap_or_default();
        let name = if title.is_empty() { reader.options.session_name.as_str() } else { title };
        let mut session = make::session(name, reader.all.bundle.sessions.len());
        session.residue.set(NAME, json!({ "whole": true }));
        let made = session.id;
        self.sessions.insert(id.to_owned(), made);
        reader.all.bundle.sessions.push(session);
        made
    }

    fn tier(
        &mut self,
        reader: &mut Reader,
        session: SessionId,
        (name, role, language): (&str, TierRole, &str),
        parent: Option<TierId>,
    ) -> TierId {
        if let Some(id) = self.tiers.get(&(session, name.to_owned())) {
            return *id;
        }
        let mut tier = make::tier(session, name, role, language, reader.all.bundle.tiers.len());
        if parent.is_some() {
            tier.parent = parent;
            tier.constraint = Constraint::SymbolicAssociation;
        }
        self.tiers.insert((session, name.to_owned()), tier.id);
        let id = tier.id;
        reader.all.bundle.tiers.push(tier);
        id
    }
}
