//! Entries, senses, relations, other forms, word lists.

use std::collections::HashMap;

use super::metadata::{Column, Table};
use super::read::{Reader, residue};
use crate::domain::*;
use crate::formats::table::make;

pub(super) fn read(reader: &mut Reader) {
    entries(reader);
    senses(reader);
    variants(reader);
    relations(reader);
    word_list(reader);
}

/// Whether a column is called so, whatever language its texts are in.
fn called(column: &Column, name: &str) -> bool {
    column.term.is_empty() && column.label.eq_ignore_ascii_case(name)
}

/// A column's language, or another where it says none.
fn language<'a>(column: &'a Column, usual: &'a str) -> &'a str {
    if column.language.is_empty() { usual } else { &column.language }
}

/// Sets a text that a column of its own may say already: then that column has said it.
fn set_main(text: &mut MultiText, tag: &str, said: &str) {
    if !text.iter().any(|(_, there)| there == said) {
        text.set(tag, said);
    }
}

fn entries(reader: &mut Reader) {
    let dataset = reader.dataset;
    let Some(table) = dataset.component("EntryTable") else { return };
    let analysis = reader.languages.analysis();
    let places = ["id", "languageReference", "headword", "partOfSpeech", "comment"].map(|term| table.at(term));
    let done: Vec<usize> = places.into_iter().flatten().collect();
    for row in &table.rows {
        let object = match table.cell(row, "languageReference") {
            Some(id) => reader.languages.tag(id),
            None => reader.options.object_language().to_owned(),
        };
        let mut lexeme = make::lexeme(reader.all.bundle.lexemes.len());
        let headword = table.cell(row, "headword").unwrap_or_default();
        table.cell(row, "partOfSpeech").unwrap_or_default().clone_into(&mut lexeme.category);
        lexeme.notes.set(&*analysis, table.cell(row, "comment").unwrap_or_default());
        let mut kind = None;
        for (column, cell) in table.rest(row, &done) {
            if is_relation(reader, column) {
                continue;
            }
            match () {
                () if called(column, "Form") && !column.language.is_empty() => lexeme.form.set(&*column.language, cell),
                () if called(column, "Citation") => lexeme.citation.set(language(column, &object), cell),
                () if called(column, "Etymology") => lexeme.etymology.set(language(column, &analysis), cell),
                () if called(column, "Note") => lexeme.notes.set(language(column, &analysis), cell),
                () if called(column, "Homograph") && cell.parse::<i64>().is_ok_and(|n| n != 0) => {
                    lexeme.homograph = cell.parse().unwrap_or(0);
                }
                () if called(column, "Morph_Type") && MorphKind::from_name(cell).is_some() => {
                    kind = MorphKind::from_name(cell);
                }
                () if called(column, "Created") => cell.clone_into(&mut lexeme.created),
                () if called(column, "Modified") => cell.clone_into(&mut lexeme.modified),
                () => lexeme.fields.entry(column.label.clone()).or_default().set(language(column, "und"), cell),
            }
        }
        let forms = std::mem::take(&mut lexeme.form);
        // Marks around the headword tell the kind, unless the entry says it.
        match kind {
            Some(kind) => {
                lexeme.kind = kind;
                lexeme.form.set(&*object, headword);
            }
            None => make::set_headword(&mut lexeme, &object, headword),
        }
        let main = lexeme.form.get(&object).unwrap_or_default().to_owned();
        lexeme.form = forms;
        set_main(&mut lexeme.form, &object, &main);
        let id = table.cell(row, "id");
        lexeme.residue = residue(id, std::iter::empty());
        if let Some(id) = id {
            reader.lexemes.insert(id.to_owned(), lexeme.id);
        }
        reader.all.bundle.lexemes.push(lexeme);
    }
}

fn is_relation(reader: &Reader, column: &Column) -> bool {
    reader.dataset.points_at(column, "EntryTable")
}

fn senses(reader: &mut Reader) {
    let dataset = reader.dataset;
    let Some(table) = dataset.component("SenseTable") else { return };
    let analysis = reader.languages.analysis();
    let places = ["id", "description", "entryReference", "comment"].map(|term| table.at(term));
    let done: Vec<usize> = places.into_iter().flatten().collect();
    let mut order: HashMap<LexemeId, usize> = HashMap::new();
    let mut parents: Vec<(SenseId, String)> = Vec::new();
    let mut lost = 0;
    for row in &table.rows {
        let entry = table.cell(row, "entryReference").and_then(|id| reader.lexemes.get(id).copied());
        let Some(entry) = entry else {
            lost += 1;
            continue;
        };
        let place = order.entry(entry).or_default();
        let mut sense = make::sense(entry, *place);
        *place += 1;
        sense.notes.set(&*analysis, table.cell(row, "comment").unwrap_or_default());
        for (column, cell) in table.rest(row, &done) {
            if is_relation(reader, column) {
                continue;
            }
            match () {
                () if called(column, "Gloss") => sense.gloss.set(language(column, &analysis), cell),
                () if called(column, "Definition") => sense.definition.set(language(column, &analysis), cell),
                () if called(column, "Note") => sense.notes.set(language(column, &analysis), cell),
                () if called(column, "Part_Of_Speech") => cell.clone_into(&mut sense.category),
                () if called(column, "Semantic_Domain") => {
                    sense.domains = column.values(cell).into_iter().map(str::to_owned).collect();
                }
                () if called(column, "Scientific_Name") => cell.clone_into(&mut sense.scientific_name),
                () if called(column, "Parent_ID") => parents.push((sense.id, cell.to_owned())),
                () => sense.fields.entry(column.label.clone()).or_default().set(language(column, "und"), cell),
            }
        }
        if let Some(said) = table.cell(row, "description") {
            let column = table.at("description").and_then(|at| table.columns.get(at));
            let tag = column.map_or(&*analysis, |column| language(column, &analysis)).to_owned();
            // The description is the gloss once more where there is no definition.
            if !sense.gloss.iter().any(|(_, gloss)| gloss == said) || sense.definition.get(&tag) == Some(said) {
                set_main(&mut sense.definition, &tag, said);
            }
        }
        let id = table.cell(row, "id");
        sense.residue = residue(id, std::iter::empty());
        if let Some(id) = id {
            reader.senses.insert(id.to_owned(), sense.id);
        }
        reader.all.bundle.senses.push(sense);
    }
    for (child, parent) in parents {
        let parent = reader.senses.get(&parent).copied().filter(|parent| *parent != child);
        if let Some(sense) = reader.all.bundle.senses.iter_mut().find(|sense| sense.id == child) {
            sense.parent = parent;
        }
    }
    reader.all.report.left_out("senses", lost, "the entry they point at is not in the dataset");
}

/// Columns of entries and senses that point at entries, then the table of relations that Fieldgloss adds.
fn relations(reader: &mut Reader) {
    let headwords: HashMap<LexemeId, String> = reader
        .all
        .bundle
        .lexemes
        .iter()
        .map(|lexeme| (lexeme.id, lexeme.form.first().unwrap_or_default().to_owned()))
        .collect();
    let dataset = reader.dataset;
    for component in ["EntryTable", "SenseTable"] {
        let Some(table) = dataset.component(component) else { continue };
        let own: Vec<usize> = table.at("entryReference").into_iter().collect();
        for row in &table.rows {
            let id = table.cell(row, "id").unwrap_or_default();
            let source = match component {
                "EntryTable" => reader.lexemes.get(id).map(|id| id.record()),
                _ => reader.senses.get(id).map(|id| id.record()),
            };
            let Some(source) = source else { continue };
            let mut position = 0;
            // In the order of their names: a table's columns may come in any.
            let mut cells = table.rest(row, &own);
            cells.retain(|(column, _)| is_relation(reader, column));
            cells.sort_by(|(a, _), (b, _)| a.label.cmp(&b.label));
            for (column, cell) in cells {
                for target in column.ids(cell) {
                    let found = reader.lexemes.get(target).copied();
                    let text = found.and_then(|id| headwords.get(&id).cloned()).unwrap_or_else(|| target.to_owned());
                    reader.all.bundle.relations.push(Relation {
                        id: RelationId::new(),
                        kind: column.label.clone(),
                        source,
                        target: found.map(|id| id.record()),
                        target_text: text,
                        position,
                        residue: Residue::default(),
                    });
                    position += 1;
                }
            }
        }
    }
    let Some(table) = dataset.tables.iter().find(|t| t.component.is_empty() && t.url == "relations.csv") else {
        return;
    };
    for row in &table.rows {
        let cell = |name: &str| by_name(table, row, name).unwrap_or_default();
        let record = |entry: &str, sense: &str| {
            let entry = reader.lexemes.get(cell(entry)).map(|id| id.record());
            entry.or_else(|| reader.senses.get(cell(sense)).map(|id| id.record()))
        };
        let Some(source) = record("Source_Entry_ID", "Source_Sense_ID") else { continue };
        let target = record("Target_Entry_ID", "Target_Sense_ID");
        reader.all.bundle.relations.push(Relation {
            id: RelationId::new(),
            kind: cell("Kind").to_owned(),
            source,
            target,
            target_text: cell("Target_Text").to_owned(),
            position: cell("Position").parse().unwrap_or(0),
            residue: Residue::default(),
        });
    }
}

fn by_name<'r>(table: &Table, row: &'r [String], name: &str) -> Option<&'r str> {
    table.value(row, table.columns.iter().position(|column| column.name == name)?)
}

/// The table of other forms that Fieldgloss adds.
fn variants(reader: &mut Reader) {
    let dataset = reader.dataset;
    let Some(table) = dataset.tables.iter().find(|t| t.component.is_empty() && t.url == "variants.csv") else { return };
    let mut order: HashMap<LexemeId, i64> = HashMap::new();
    for row in &table.rows {
        let Some(lexeme) = by_name(table, row, "Entry_ID").and_then(|id| reader.lexemes.get(id).copied()) else {
            continue;
        };
        let kind = match by_name(table, row, "Kind") {
            Some("variant") => FormKind::Variant,
            Some("pronunciation") => FormKind::Pronunciation,
            Some("inflected") => FormKind::Inflected,
            _ => FormKind::Allomorph,
        };
        let form = table.rest(row, &[]).into_iter().filter(|(column, _)| called(column, "Form"));
        let form = form.map(|(column, cell)| (language(column, "und").to_owned(), cell)).collect();
        let position = order.entry(lexeme).or_default();
        reader.all.bundle.forms.push(Form {
            id: FormId::new(),
            lexeme,
            position: *position,
            kind,
            form,
            environment: by_name(table, row, "Environment").unwrap_or_default().to_owned(),
            residue: Residue::default(),
        });
        *position += 1;
    }
}

/// A word list: each form an entry, its concept the gloss.
fn word_list(reader: &mut Reader) {
    let dataset = reader.dataset;
    let Some(table) = dataset.component("FormTable") else { return };
    let analysis = reader.languages.analysis();
    let concepts: HashMap<&str, &str> = dataset
        .component("ParameterTable")
        .into_iter()
        .flat_map(|table| table.rows.iter().map(move |row| (table, row)))
        .filter_map(|(table, row)| Some((table.cell(row, "id")?, table.cell(row, "name")?)))
        .collect();
    let places = ["id", "languageReference", "parameterReference", "form", "comment"].map(|term| table.at(term));
    let done: Vec<usize> = places.into_iter().flatten().collect();
    for row in &table.rows {
        let object = match table.cell(row, "languageReference") {
            Some(id) => reader.languages.tag(id),
            None => reader.options.object_language().to_owned(),
        };
        let Some(form) = table.cell(row, "form") else { continue };
        let mut lexeme = make::lexeme(reader.all.bundle.lexemes.len());
        make::set_headword(&mut lexeme, &object, form);
        lexeme.residue = residue(table.cell(row, "id"), std::iter::empty());
        lexeme.notes.set(&*analysis, table.cell(row, "comment").unwrap_or_default());
        let mut sense = make::sense(lexeme.id, 0);
        let concept = table.cell(row, "parameterReference").unwrap_or_default();
        sense.gloss.set(&*analysis, concepts.get(concept).copied().unwrap_or(concept));
        for (column, cell) in table.rest(row, &done) {
            lexeme.fields.entry(column.label.clone()).or_default().set(language(column, "und"), cell);
        }
        reader.all.bundle.lexemes.push(lexeme);
        reader.all.bundle.senses.push(sense);
    }
}
