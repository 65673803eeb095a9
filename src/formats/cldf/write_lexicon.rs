//! Entries, senses, other forms and relations to tables.

use std::collections::{BTreeSet, HashMap};

use super::out::Table;
use super::write::Writer;
use crate::domain::*;

pub(super) fn write(writer: &mut Writer) {
    if writer.bundle.lexemes.is_empty() {
        return;
    }
    let mut lexemes: Vec<&Lexeme> = writer.bundle.lexemes.iter().collect();
    lexemes.sort_by_key(|l| l.position);
    for lexeme in &lexemes {
        writer.lexemes.of(lexeme.id.record(), &lexeme.residue);
    }
    let order: HashMap<LexemeId, usize> = lexemes.iter().enumerate().map(|(at, l)| (l.id, at)).collect();
    let mut senses: Vec<&Sense> = writer.bundle.senses.iter().filter(|s| order.contains_key(&s.lexeme)).collect();
    let astray = writer.bundle.senses.len() - senses.len();
    writer.report.left_out("senses", astray, "their entry is not in what is written");
    // The order of rows is the order of senses; where it is already, it is not touched.
    let mut last: HashMap<LexemeId, i64> = HashMap::new();
    let sorted = senses.iter().all(|s| last.insert(s.lexeme, s.position).is_none_or(|before| before <= s.position));
    if !sorted {
        senses.sort_by_key(|s| (order.get(&s.lexeme).copied(), s.parent.is_some(), s.position));
    }
    for sense in &senses {
        writer.senses.of(sense.id.record(), &sense.residue);
    }
    let (columns, rest) = relations(writer);
    entries(writer, &lexemes, &columns);
    sense_table(writer, &senses, &columns);
    variants(writer);
    relation_table(writer, &rest);
}

/// Relations that become columns, by source, and the others.
type Columns<'a> = HashMap<RecordId, Vec<(&'a str, String)>>;

/// A kind of relation becomes a column of its source's table when each of its targets is an entry that is written.
fn relations<'a>(writer: &mut Writer<'a>) -> (Columns<'a>, Vec<&'a Relation>) {
    let bundle = writer.bundle;
    let headwords: HashMap<RecordId, &str> =
        bundle.lexemes.iter().map(|l| (l.id.record(), l.form.first().unwrap_or_default())).collect();
    let mut all: Vec<&Relation> = bundle.relations.iter().collect();
    all.sort_by_key(|r| r.position);
    let reserved = ["id", "headword", "description", "gloss", "comment", "language_id", "entry_id", "form"];
    let fits = |r: &&&Relation| {
        let target = r.target.and_then(|t| headwords.get(&t));
        target.is_some_and(|headword| *headword == r.target_text)
            && !r.kind.is_empty()
            && !reserved.contains(&r.kind.to_lowercase().as_str())
    };
    let from_entry = |r: &Relation| headwords.contains_key(&r.source);
    let unfit: BTreeSet<(&str, bool)> =
        all.iter().filter(|r| !fits(r)).map(|r| (r.kind.as_str(), from_entry(r))).collect();
    let mut columns: Columns = HashMap::new();
    let mut rest = Vec::new();
    for relation in all {
        let known = |record: RecordId| writer.lexemes.get(record).or_else(|| writer.senses.get(record)).is_some();
        if !known(relation.source) {
            writer.report.left_out("relations", 1, "the entry or sense they start from is not in what is written");
        } else if unfit.contains(&(relation.kind.as_str(), from_entry(relation))) {
            rest.push(relation);
        } else if let Some(id) = relation.target.and_then(|t| writer.lexemes.get(t)) {
            columns.entry(relation.source).or_default().push((&relation.kind, id.clone()));
        }
    }
    writer.report.kept("relations", columns.values().map(Vec::len).sum::<usize>() + rest.len());
    (columns, rest)
}

/// Texts to columns: the plain name for the first language, `NAME_TAG` for others.
fn put_texts(table: &mut Table, label: &str, texts: &MultiText, main: &str) {
    for (tag, text) in texts.iter() {
        let name = if tag == main { table.column(label, "") } else { table.column(label, tag) };
        table.put(&name, text);
    }
}

fn put_fields(table: &mut Table, fields: &std::collections::BTreeMap<String, MultiText>) {
    for (label, texts) in fields {
        for (tag, text) in texts.iter() {
            let name = table.column(label, if tag == "und" { "" } else { tag });
            table.put(&name, text);
        }
    }
}

/// Whether a text in the main language would be taken for one in another: then it needs a column of its own.
fn hidden(texts: &MultiText, main: &str) -> bool {
    texts.get(main).is_some_and(|text| texts.iter().any(|(tag, other)| tag != main && other == text))
}

fn entries(writer: &mut Writer, lexemes: &[&Lexeme], columns: &Columns) {
    let mut table = Table::new("entries.csv", "EntryTable", writer.remembered);
    table.id();
    table.points("Language_ID", "languageReference", "languages.csv");
    table.must("Headword", "headword");
    table.may("Part_Of_Speech", "partOfSpeech");
    table.may("Comment", "comment");
    for name in ["Homograph", "Morph_Type", "Created", "Modified"] {
        table.column(name, "");
    }
    let (object, analysis) = (writer.object.clone(), writer.analysis.clone());
    for lexeme in lexemes {
        let tag = match lexeme.form.get(&object) {
            Some(_) => object.clone(),
            None => lexeme.form.iter().next().map_or(object.clone(), |(tag, _)| tag.to_owned()),
        };
        let form = lexeme.form.get(&tag).unwrap_or_default();
        let (before, after) = lexeme.kind.marks();
        let headword = format!("{before}{form}{after}");
        table.row(&writer.lexemes.of(lexeme.id.record(), &lexeme.residue));
        let language = writer.language(&tag);
        table.put("Language_ID", &language);
        // The language of the row must lead back to the tag of the text.
        let whole = writer.languages.contains_key(&tag);
        let told = lexeme_told(&headword, lexeme.kind, form);
        if !told {
            table.put("Morph_Type", lexeme.kind.name());
        }
        table.put("Headword", if told { &headword } else { form });
        for (other, text) in lexeme.form.iter() {
            if other != tag || !whole || hidden(&lexeme.form, &tag) {
                let name = table.column("Form", other);
                table.put(&name, text);
            }
        }
        table.put("Part_Of_Speech", &lexeme.category);
        for (other, text) in lexeme.notes.iter() {
            let name = if other == analysis { "Comment".to_owned() } else { table.column("Note", other) };
            table.put(&name, text);
        }
        let base = if whole { tag.as_str() } else { "" };
        put_texts(&mut table, "Citation", &lexeme.citation, base);
        put_texts(&mut table, "Etymology", &lexeme.etymology, &analysis);
        if lexeme.homograph != 0 {
            table.put("Homograph", &lexeme.homograph.to_string());
        }
        table.put("Created", &lexeme.created);
        table.put("Modified", &lexeme.modified);
        put_fields(&mut table, &lexeme.fields);
        for (kind, target) in columns.get(&lexeme.id.record()).into_iter().flatten() {
            let name = table.relation(kind, "entries.csv");
            table.put_list(&name, [target.clone()]);
        }
        table.put_kept(&lexeme.residue);
    }
    writer.report.kept("entries", table.len());
    writer.tables.push(table);
}

/// Whether the marks of a headword tell kind and form.
fn lexeme_told(headword: &str, kind: MorphKind, form: &str) -> bool {
    let mut probe = crate::formats::table::make::lexeme(0);
    crate::formats::table::make::set_headword(&mut probe, "und", headword);
    probe.kind == kind && probe.form.get("und").unwrap_or_default() == form
}

fn sense_table(writer: &mut Writer, senses: &[&Sense], columns: &Columns) {
    let mut table = Table::new("senses.csv", "SenseTable", writer.remembered);
    table.id();
    table.must("Description", "description");
    table.points("Entry_ID", "entryReference", "entries.csv");
    table.points("Parent_ID", "", "senses.csv");
    table.may("Comment", "comment");
    table.column("Part_Of_Speech", "");
    table.list("Semantic_Domain", "");
    table.column("Scientific_Name", "");
    let analysis = writer.analysis.clone();
    let mut bare = 0;
    for sense in senses {
        table.row(&writer.senses.of(sense.id.record(), &sense.residue));
        let definition = sense.definition.get(&analysis);
        let said = definition.or(sense.gloss.get(&analysis)).or(sense.definition.first()).or(sense.gloss.first());
        bare += usize::from(said.is_none());
        table.put("Description", said.unwrap_or_default());
        if let Some(id) = writer.lexemes.get(sense.lexeme.record()) {
            table.put("Entry_ID", id);
        }
        if let Some(id) = sense.parent.and_then(|parent| writer.senses.get(parent.record())) {
            table.put("Parent_ID", id);
        }
        put_texts(&mut table, "Gloss", &sense.gloss, &analysis);
        for (tag, text) in sense.definition.iter() {
            let repeats = sense.gloss.iter().any(|(_, gloss)| gloss == text) || hidden(&sense.definition, &analysis);
            if tag != analysis || repeats {
                let name = table.column("Definition", tag);
                table.put(&name, text);
            }
        }
        for (tag, text) in sense.notes.iter() {
            let name = if tag == analysis { "Comment".to_owned() } else { table.column("Note", tag) };
            table.put(&name, text);
        }
        table.put("Part_Of_Speech", &sense.category);
        if !sense.domains.is_empty() {
            table.put_list("Semantic_Domain", sense.domains.iter().cloned());
        }
        table.put("Scientific_Name", &sense.scientific_name);
        put_fields(&mut table, &sense.fields);
        for (kind, target) in columns.get(&sense.id.record()).into_iter().flatten() {
            let name = table.relation(kind, "entries.csv");
            table.put_list(&name, [target.clone()]);
        }
        table.put_kept(&sense.residue);
    }
    writer.report.kept("senses", table.len());
    writer.report.mapped("senses without gloss or definition", bare, "written with an empty description");
    writer.tables.push(table);
}

fn variants(writer: &mut Writer) {
    let mut table = Table::new("variants.csv", "", writer.remembered);
    table.id();
    table.points("Entry_ID", "", "entries.csv");
    table.may("Kind", "");
    table.may("Environment", "");
    let mut forms: Vec<&Form> = writer.bundle.forms.iter().collect();
    forms.sort_by_key(|f| f.position);
    for form in forms {
        let Some(entry) = writer.lexemes.get(form.lexeme.record()) else { continue };
        table.row(&form.id.to_string());
        table.put("Entry_ID", entry);
        let kind = match form.kind {
            FormKind::Allomorph => "allomorph",
            FormKind::Variant => "variant",
            FormKind::Pronunciation => "pronunciation",
            FormKind::Inflected => "inflected",
        };
        table.put("Kind", kind);
        table.put("Environment", &form.environment);
        for (tag, text) in form.form.iter() {
            let name = table.column("Form", tag);
            table.put(&name, text);
        }
    }
    writer.report.kept("other forms of entries", table.len());
    writer.tables.push(table);
}

fn relation_table(writer: &mut Writer, rest: &[&Relation]) {
    let mut table = Table::new("relations.csv", "", writer.remembered);
    table.id();
    table.may("Kind", "");
    for (name, target) in [
        ("Source_Entry_ID", "entries.csv"),
        ("Source_Sense_ID", "senses.csv"),
        ("Target_Entry_ID", "entries.csv"),
        ("Target_Sense_ID", "senses.csv"),
    ] {
        table.points(name, "", target);
    }
    table.may("Target_Text", "");
    table.may("Position", "");
    for relation in rest {
        table.row(&relation.id.to_string());
        table.put("Kind", &relation.kind);
        for (end, record) in [("Source", Some(relation.source)), ("Target", relation.target)] {
            let Some(record) = record else { continue };
            if let Some(id) = writer.lexemes.get(record) {
                table.put(&format!("{end}_Entry_ID"), id);
            } else if let Some(id) = writer.senses.get(record) {
                table.put(&format!("{end}_Sense_ID"), id);
            }
        }
        table.put("Target_Text", &relation.target_text);
        table.put("Position", &relation.position.to_string());
    }
    writer.tables.push(table);
}
