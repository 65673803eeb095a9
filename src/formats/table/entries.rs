//! Rows that are entries, or senses of them.

use std::collections::BTreeMap;

use super::read::{Rows, keep, values};
use super::{Column, Field, make};
use crate::domain::*;
use crate::formats::Imported;

/// One row as it is being read.
struct Row {
    lexeme: Lexeme,
    senses: Vec<Sense>,
    forms: Vec<Form>,
    example: Option<Example>,
}

pub(super) fn read(rows: &Rows) -> Imported {
    let mut all = Imported::default();
    let mut kept: BTreeMap<&str, usize> = BTreeMap::new();
    for cells in rows.data {
        let mut row = Row {
            lexeme: make::lexeme(all.bundle.lexemes.len()),
            senses: Vec::new(),
            forms: Vec::new(),
            example: None,
        };
        row.senses.push(make::sense(row.lexeme.id, 0));
        let mut rest: Vec<(&str, &str)> = Vec::new();
        for (column, field, cell) in rows.cells(cells) {
            if !row.take(column, field, rows.language(column), cell) {
                rest.push((&column.name, cell));
            }
        }
        row.settle_kind(rows.mapping.has(Field::Kind));
        if row.lexeme.form.is_empty() && row.lexeme.citation.is_empty() {
            let filled = cells.iter().any(|cell| !cell.trim().is_empty());
            all.report.left_out("rows", usize::from(filled), "they have no headword");
            continue;
        }
        for (name, cell) in rest {
            if let Some(sense) = row.senses.first_mut() {
                sense.fields.entry(name.to_owned()).or_default().set("und", cell);
            }
            *kept.entry(name).or_default() += 1;
        }
        add(&mut all.bundle, row);
    }
    let kept: Vec<(&str, usize)> = kept.into_iter().collect();
    rows.say_kept(&mut all.report, &kept, "kept as a field of the sense");
    all.report.kept("entries", all.bundle.lexemes.len());
    all.report.kept("other forms of entries", all.bundle.forms.len());
    all.report.kept("senses", all.bundle.senses.len());
    all.report.kept("examples", all.bundle.examples.len());
    all
}

impl Row {
    /// Puts a cell where it belongs; `false` when it belongs nowhere.
    fn take(&mut self, column: &Column, field: Field, language: &str, cell: &str) -> bool {
        let Some(sense) = self.senses.first_mut() else { return false };
        match field {
            Field::Headword => {
                let mut all = values(column, cell).into_iter();
                if let Some(first) = all.next() {
                    self.lexeme.form.set(language, first);
                }
                all.for_each(|more| self.other_form(FormKind::Variant, language, more));
            }
            Field::Citation => self.lexeme.citation.set(language, cell),
            Field::Variant => {
                values(column, cell).into_iter().for_each(|form| self.other_form(FormKind::Variant, language, form));
            }
            Field::Pronunciation => values(column, cell)
                .into_iter()
                .for_each(|form| self.other_form(FormKind::Pronunciation, language, form)),
            Field::Homograph => match cell.trim().parse() {
                Ok(number) => self.lexeme.homograph = number,
                Err(_) => return false,
            },
            Field::Kind => match MorphKind::from_name(cell.trim()) {
                Some(kind) => self.lexeme.kind = kind,
                None => return false,
            },
            Field::Category => cell.clone_into(&mut sense.category),
            Field::Gloss => self.meanings(column, cell, |sense, text| sense.gloss.set(language, text)),
            Field::Definition => self.meanings(column, cell, |sense, text| sense.definition.set(language, text)),
            Field::Domains => sense.domains = values(column, cell).into_iter().map(str::to_owned).collect(),
            Field::ScientificName => cell.clone_into(&mut sense.scientific_name),
            Field::Example => self.example(|example| example.text.set(language, cell)),
            Field::ExampleTranslation => self.example(|example| example.translation.set(language, cell)),
            Field::ExampleSource => self.example(|example| cell.clone_into(&mut example.source)),
            Field::Etymology => self.lexeme.etymology.set(language, cell),
            Field::Note => {
                // Two columns of notes: both stay.
                let text = match sense.notes.get(language) {
                    Some(before) => format!("{before}\n{cell}"),
                    None => cell.to_owned(),
                };
                sense.notes.set(language, text);
            }
            _ => return false,
        }
        true
    }

    /// The marks around a headword tell what kind of morph it is, unless a column says it; either way they go.
    fn settle_kind(&mut self, said: bool) {
        let forms: Vec<(String, String)> =
            self.lexeme.form.iter().map(|(tag, text)| (tag.to_owned(), text.to_owned())).collect();
        let (before, after) = self.lexeme.kind.marks();
        for (tag, text) in forms {
            if !said {
                make::set_headword(&mut self.lexeme, &tag, &text);
            } else if let Some(bare) = text.strip_prefix(before).and_then(|t| t.strip_suffix(after))
                && !bare.is_empty()
            {
                self.lexeme.form.set(tag, bare);
            }
        }
    }

    /// Sets a text on the sense, one sense for each value of a cell.
    fn meanings(&mut self, column: &Column, cell: &str, set: impl Fn(&mut Sense, &str)) {
        for (at, text) in values(column, cell).into_iter().enumerate() {
            if at >= self.senses.len() {
                let mut more = make::sense(self.lexeme.id, at);
                more.category = self.senses.first().map(|s| s.category.clone()).unwrap_or_default();
                self.senses.push(more);
            }
            if let Some(sense) = self.senses.get_mut(at) {
                set(sense, text);
            }
        }
    }

    fn other_form(&mut self, kind: FormKind, language: &str, text: &str) {
        self.forms.push(Form {
            id: FormId::new(),
            lexeme: self.lexeme.id,
            position: self.forms.len() as i64,
            kind,
            form: MultiText::of(language, text),
            environment: String::new(),
            residue: Residue::default(),
        });
    }

    fn example(&mut self, set: impl FnOnce(&mut Example)) {
        let Some(sense) = self.senses.first() else { return };
        let example = self.example.get_or_insert_with(|| Example {
            id: ExampleId::new(),
            sense: sense.id,
            position: 0,
            text: MultiText::default(),
            translation: MultiText::default(),
            source: String::new(),
            annotation: None,
            residue: Residue::default(),
        });
        set(example);
    }
}

/// Takes a row in. Rows that follow each other under the same headword are senses of one entry.
fn add(bundle: &mut Bundle, mut row: Row) {
    let same = |last: &&Lexeme| {
        let new = &row.lexeme;
        (&last.form, &last.citation, last.homograph, last.kind) == (&new.form, &new.citation, new.homograph, new.kind)
    };
    let category = row.senses.first().map(|s| s.category.clone()).unwrap_or_default();
    if !category.is_empty() {
        // Senses made of one cell share the row's part of speech, whichever column came first.
        row.senses.iter_mut().for_each(|sense| sense.category.clone_from(&category));
    }
    match bundle.lexemes.last().filter(same).map(|last| last.id) {
        Some(last) => {
            let there = bundle.senses.iter().rev().take_while(|s| s.lexeme == last).count();
            for (at, sense) in row.senses.iter_mut().enumerate() {
                sense.lexeme = last;
                sense.position = (there + at) as i64;
            }
            let forms: Vec<&Form> = bundle.forms.iter().rev().take_while(|f| f.lexeme == last).collect();
            row.forms.retain(|new| !forms.iter().any(|f| f.kind == new.kind && f.form == new.form));
            let there = forms.len();
            for (at, form) in row.forms.iter_mut().enumerate() {
                form.lexeme = last;
                form.position = (there + at) as i64;
            }
            // What the second row says of the entry itself, when it says something else.
            if let (Some(entry), Some(sense)) = (bundle.lexemes.last(), row.senses.first_mut()) {
                for (language, text) in row.lexeme.etymology.iter() {
                    if entry.etymology.get(language) != Some(text) {
                        keep(&mut sense.residue, "etymology", text);
                    }
                }
            }
        }
        None => bundle.lexemes.push(row.lexeme),
    }
    bundle.forms.extend(row.forms);
    bundle.senses.extend(row.senses);
    bundle.examples.extend(row.example);
}
