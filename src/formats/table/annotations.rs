//! Rows that are sentences, or annotations on tiers.

use std::collections::{BTreeMap, HashMap};

use super::read::{Rows, keep, time};
use super::{Column, Field, RowKind, make};
use crate::domain::*;
use crate::formats::{Imported, lgr};

/// One row as it is being read.
#[derive(Default)]
struct Row<'a> {
    session: &'a str,
    tier: &'a str,
    speaker: &'a str,
    text: MultiText,
    words: Vec<(&'a Column, &'a str)>,
    glosses: Vec<(&'a Column, &'a str)>,
    /// Translations and notes: name of the tier, what it is, language, text.
    under: Vec<(String, TierRole, &'a str, &'a str)>,
    start: Option<Time>,
    end: Option<Time>,
    rest: Vec<(&'a str, &'a str)>,
}

pub(super) fn read(rows: &Rows) -> Imported {
    let mut reader = Reader {
        rows,
        all: Imported::default(),
        sessions: HashMap::new(),
        tiers: HashMap::new(),
        people: HashMap::new(),
    };
    let mut kept: BTreeMap<&str, usize> = BTreeMap::new();
    let first = 1 + usize::from(rows.mapping.header);
    let (mut reversed, mut half) = (Vec::new(), Vec::new());
    for (place, cells) in rows.data.iter().enumerate() {
        let row = reader.row(cells);
        for (name, _) in &row.rest {
            *kept.entry(name).or_default() += 1;
        }
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        match (row.start, row.end) {
            (Some(start), Some(end)) if end < start => reversed.push(place + first),
            (Some(_), None) | (None, Some(_)) => half.push(place + first),
            _ => {}
        }
        reader.add(place, row);
    }
    let mut all = reader.all;
    for (places, problem) in [
        (half, "a start or an end but not both; it is not aligned"),
        (reversed, "an end before its start; the two were exchanged"),
    ] {
        for place in places.iter().take(5) {
            all.report.warn(format!("Row {place} has {problem}."));
        }
        if places.len() > 5 {
            all.report.warn(format!("{} more rows have {problem}.", places.len() - 5));
        }
    }
    let kept: Vec<(&str, usize)> = kept.into_iter().collect();
    rows.say_kept(&mut all.report, &kept, "kept with the annotation");
    all.report.kept("annotations", all.bundle.annotations.len());
    all.report.kept("words", all.bundle.words.len());
    all.report.kept("morphs", all.bundle.morphs.len());
    all
}

struct Reader<'a> {
    rows: &'a Rows<'a>,
    all: Imported,
    sessions: HashMap<String, SessionId>,
    tiers: HashMap<(SessionId, String), TierId>,
    people: HashMap<String, PersonId>,
}

impl<'a> Reader<'a> {
    fn row(&self, cells: &'a [String]) -> Row<'a> {
        let mut row = Row::default();
        for (column, field, cell) in self.rows.cells(cells) {
            let language = self.rows.language(column);
            match field {
                Field::Session => row.session = cell.trim(),
                Field::Tier => row.tier = cell.trim(),
                Field::Speaker => row.speaker = cell.trim(),
                Field::Text | Field::Value => row.text.set(language, cell),
                Field::Words => row.words.push((column, cell)),
                Field::Glosses => row.glosses.push((column, cell)),
                Field::Translation => row.under.push(("translation".into(), TierRole::Translation, language, cell)),
                Field::LiteralTranslation => {
                    row.under.push(("literal".into(), TierRole::LiteralTranslation, language, cell));
                }
                Field::Note => row.under.push(("note".into(), TierRole::Note, language, cell)),
                Field::Start | Field::StartMs if time(field, cell).is_some() => row.start = time(field, cell),
                Field::End | Field::EndMs if time(field, cell).is_some() => row.end = time(field, cell),
                _ => row.rest.push((&column.name, cell)),
            }
        }
        row
    }

    fn add(&mut self, place: usize, row: Row<'a>) {
        let session = self.session(row.session);
        let person = (!row.speaker.is_empty()).then(|| self.person(row.speaker));
        let sentences = self.rows.mapping.rows == RowKind::Sentences;
        let object = self.rows.options.object_language().to_owned();
        let tier_name = match (row.tier, row.speaker) {
            ("", "") => "text".to_owned(),
            ("", speaker) if sentences => format!("text@{speaker}"),
            ("", _) => "text".to_owned(),
            (tier, _) => tier.to_owned(),
        };
        let one_tier = !self.rows.mapping.has(Field::Tier);
        let spoken = ["text", "utterance", "transcription", "speech"].contains(&tier_name.to_lowercase().as_str());
        let speech = sentences || one_tier || spoken;
        let role = if speech { TierRole::Transcription } else { TierRole::Other };
        let main = row.text.iter().find(|(tag, _)| *tag == object).or_else(|| row.text.iter().next());
        let language = match main {
            Some((tag, _)) if speech => tag.to_owned(),
            None if speech => object.clone(),
            _ => String::new(),
        };
        let tier = self.tier(session, &tier_name, role, &language, None, person);
        let span = row.start.zip(row.end).map(|(a, b)| Span::new(a, b));
        let value = match main {
            Some((_, text)) => text.to_owned(),
            None => row.words.first().map(|(column, cell)| spoken_text(column, cell)).unwrap_or_default(),
        };
        let mut annotation = Annotation::new(tier, span, place as i64, value);
        for (name, cell) in &row.rest {
            keep(&mut annotation.residue, name, cell);
        }
        let id = annotation.id;
        let main_tag = main.map(|(tag, _)| tag.to_owned()).unwrap_or_default();
        self.all.bundle.annotations.push(annotation);
        if sentences {
            self.words(id, &row);
        }
        for (tag, text) in row.text.iter().filter(|(tag, _)| *tag != main_tag) {
            let name = format!("{tier_name}-{tag}");
            self.under(session, tier, id, (&name, TierRole::Other, tag, text));
        }
        for (name, role, tag, text) in &row.under {
            let plain = *tag == self.rows.options.analysis_language();
            let name = if plain { name.clone() } else { format!("{name}-{tag}") };
            let name = if tier_name == "text" { name } else { format!("{name} {tier_name}") };
            self.under(session, tier, id, (&name, *role, tag, text));
        }
    }

    /// Hangs a text under an annotation, on a tier of its own.
    fn under(&mut self, session: SessionId, over: TierId, id: AnnotationId, text: (&str, TierRole, &str, &str)) {
        let (name, role, language, value) = text;
        let tier = self.tier(session, name, role, language, Some(over), None);
        // Two columns of notes in one language go to one annotation: there is one under each sentence.
        let last = self.all.bundle.annotations.iter_mut().rev().take(8);
        match last.into_iter().find(|a| a.tier == tier && a.parent == Some(id)) {
            Some(there) => there.value = format!("{}\n{value}", there.value),
            None => {
                let mut child = Annotation::new(tier, None, 0, value);
                child.parent = Some(id);
                self.all.bundle.annotations.push(child);
            }
        }
    }

    /// Words and morphs of a sentence that has a line of words, or of glosses over its text.
    fn words(&mut self, annotation: AnnotationId, row: &Row) {
        let object = self.rows.options.object_language();
        let text = row.text.get(object).or_else(|| row.text.first()).unwrap_or_default();
        let (tag, words) = match row.words.first() {
            Some((column, cell)) => (self.rows.language(column).to_owned(), pieces(column, cell)),
            None if !row.glosses.is_empty() => {
                let tag = row.text.iter().find(|(tag, _)| *tag == object).or_else(|| row.text.iter().next());
                let tag = tag.map_or(object, |(tag, _)| tag).to_owned();
                (tag, text.split_whitespace().map(str::to_owned).collect())
            }
            None => return,
        };
        let lines: Vec<(String, Vec<String>)> = row
            .glosses
            .iter()
            .map(|(column, cell)| (self.rows.language(column).to_owned(), pieces(column, cell)))
            .collect();
        let aligned: Vec<&(String, Vec<String>)> = lines.iter().filter(|(_, line)| line.len() == words.len()).collect();
        if aligned.len() < lines.len() {
            self.all.report.mapped(
                "lines of glosses",
                lines.len() - aligned.len(),
                "not as many as words: kept with the sentence, not under its words",
            );
            if let Some(sentence) = self.all.bundle.annotations.iter_mut().rev().find(|a| a.id == annotation) {
                for ((column, cell), (_, line)) in row.glosses.iter().zip(&lines) {
                    if line.len() != words.len() {
                        keep(&mut sentence.residue, &column.name, cell);
                    }
                }
            }
        }
        if aligned.is_empty() && row.words.is_empty() {
            return;
        }
        for (at, word) in words.iter().enumerate() {
            let glosses: Vec<(&str, &str)> =
                aligned.iter().filter_map(|(tag, line)| Some((tag.as_str(), line.get(at)?.as_str()))).collect();
            add_word(&mut self.all.bundle, annotation, at, &tag, word, &glosses);
        }
    }

    fn session(&mut self, name: &str) -> SessionId {
        let name = if name.is_empty() { self.rows.options.session_name.as_str() } else { name };
        if let Some(id) = self.sessions.get(name) {
            return *id;
        }
        let session = make::session(name, self.all.bundle.sessions.len());
        self.sessions.insert(name.to_owned(), session.id);
        let id = session.id;
        self.all.bundle.sessions.push(session);
        id
    }

    fn person(&mut self, code: &str) -> PersonId {
        if let Some(id) = self.people.get(code) {
            return *id;
        }
        let person = make::person(code);
        self.people.insert(code.to_owned(), person.id);
        let id = person.id;
        self.all.bundle.people.push(person);
        id
    }

    fn tier(
        &mut self,
        session: SessionId,
        name: &str,
        role: TierRole,
        language: &str,
        parent: Option<TierId>,
        participant: Option<PersonId>,
    ) -> TierId {
        if let Some(id) = self.tiers.get(&(session, name.to_owned())) {
            return *id;
        }
        let mut tier = make::tier(session, name, role, language, self.all.bundle.tiers.len());
        tier.parent = parent;
        tier.participant = participant;
        if parent.is_some() {
            tier.constraint = Constraint::SymbolicAssociation;
        }
        self.tiers.insert((session, name.to_owned()), tier.id);
        let id = tier.id;
        self.all.bundle.tiers.push(tier);
        id
    }
}

/// The words or glosses in a cell: parted by the column's separator, by tabs where there are any, else by spaces.
fn pieces(column: &Column, cell: &str) -> Vec<String> {
    let parted: Vec<&str> = match column.separator.as_str() {
        "" if cell.contains('\t') => cell.split('\t').collect(),
        "" => cell.split_whitespace().collect(),
        separator => cell.split(separator).collect(),
    };
    parted.into_iter().map(|piece| piece.trim().to_owned()).collect()
}

/// The sentence that a line of cut words says.
fn spoken_text(column: &Column, cell: &str) -> String {
    pieces(column, cell).iter().map(|word| lgr::without_marks(word)).collect::<Vec<_>>().join(" ")
}

/// Adds a word with its morphs where word and gloss are cut alike, with a gloss of the whole where they are not.
pub fn add_word(
    bundle: &mut Bundle,
    annotation: AnnotationId,
    position: usize,
    tag: &str,
    text: &str,
    glosses: &[(&str, &str)],
) {
    let (_, bare, _) = lgr::bare(text);
    let mut word = make::word(annotation, position, MultiText::of(tag, lgr::without_marks(bare)));
    let glossed = glosses.iter().any(|(_, gloss)| !gloss.is_empty());
    if !bare.chars().any(char::is_alphanumeric) && !glossed {
        word.kind = WordKind::Punctuation;
        word.form = MultiText::of(tag, text);
        bundle.words.push(word);
        return;
    }
    if glossed {
        word.status = WordStatus::Approved;
    }
    let cut: Option<Vec<Vec<lgr::Part>>> = glosses
        .iter()
        .map(|(_, gloss)| lgr::split(bare, lgr::bare(gloss).1))
        .collect::<Option<Vec<_>>>()
        .map(|cut| if cut.is_empty() { lgr::split(bare, "").into_iter().collect() } else { cut });
    match cut.as_deref() {
        Some([first, rest @ ..]) if glossed || first.len() > 1 => {
            for (at, part) in first.iter().enumerate() {
                let mut gloss = MultiText::default();
                let lines = std::iter::once(first).chain(rest);
                for ((language, _), line) in glosses.iter().zip(lines) {
                    gloss.set(*language, line.get(at).map(|part| part.gloss.as_str()).unwrap_or_default());
                }
                let form = MultiText::of(tag, part.form.as_str());
                bundle.morphs.push(make::morph(word.id, at, part.kind, form, gloss));
            }
        }
        _ => word.gloss = glosses.iter().copied().collect(),
    }
    bundle.words.push(word);
}
