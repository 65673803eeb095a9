//! A dataset to records.

use std::collections::HashMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::analyses::{self, Analyses};
use super::languages::Languages;
use super::metadata::{Column, Dataset};
use super::{NAME, examples, lexicon};
use crate::domain::{LexemeId, LossReport, PersonId, Residue, SenseId};
use crate::formats::{FormatError, ImportOptions, Imported};

/// Components that become records; the others are kept with the dataset.
const MODELLED: [&str; 6] =
    ["EntryTable", "SenseTable", "ExampleTable", "LanguageTable", "ContributionTable", "FormTable"];
/// Largest table that is kept as it is, in bytes.
const KEPT: usize = 4 << 20;

/// What is being made of a dataset.
pub(super) struct Reader<'a> {
    pub dataset: &'a Dataset,
    pub options: &'a ImportOptions,
    pub languages: Languages,
    pub all: Imported,
    pub lexemes: HashMap<String, LexemeId>,
    pub senses: HashMap<String, SenseId>,
    pub people: HashMap<String, PersonId>,
}

/// Reads a dataset.
///
/// # Errors
/// When the metadata or a table cannot be read.
pub fn read(path: &Path, options: &ImportOptions) -> Result<Imported, FormatError> {
    let mut report = LossReport::default();
    let dataset = Dataset::open(path, &mut report)?;
    let languages = Languages::of(&dataset, options.analysis_language());
    let all = Imported { report, ..Imported::default() };
    let mut reader = Reader {
        dataset: &dataset,
        options,
        languages,
        all,
        lexemes: HashMap::new(),
        senses: HashMap::new(),
        people: HashMap::new(),
    };
    lexicon::read(&mut reader);
    examples::read(&mut reader);
    analyses::read(&mut reader);
    reader.finish();
    Ok(reader.all)
}

impl Reader<'_> {
    fn finish(&mut self) {
        let bundle = &mut self.all.bundle;
        bundle.languages = std::mem::take(&mut self.languages.records);
        let report = &mut self.all.report;
        report.kept("languages", bundle.languages.len());
        report.kept("sessions", bundle.sessions.len());
        report.kept("sentences", bundle.annotations.iter().filter(|a| a.parent.is_none()).count());
        report.kept("words", bundle.words.len());
        report.kept("morphs", bundle.morphs.len());
        report.kept("entries", bundle.lexemes.len());
        report.kept("senses", bundle.senses.len());
        report.kept("examples", bundle.examples.len());
        report.kept("relations", bundle.relations.len());
        let mut columns = Map::new();
        let mut tables = Vec::new();
        for table in &self.dataset.tables {
            // Contributions that no sentence is part of are not sessions.
            let unused = table.component == "ContributionTable" && !examples::are_of_contributions(self.dataset);
            if (MODELLED.contains(&table.component.as_str()) && !unused) || is_ours(&table.url) {
                let plain = table.columns.iter().filter(|c| c.spec.get("propertyUrl").is_some() || !c.spec.is_null());
                let specs: Map<String, Value> = plain.map(|c| (c.name.clone(), c.spec.clone())).collect();
                columns.insert(table.component.clone(), Value::Object(specs));
            } else if table.found && table.text.len() <= KEPT {
                report.mapped(format!("table '{}'", table.url), table.rows.len(), "kept as it is, for CLDF only");
                tables.push(json!({ "spec": table.spec, "text": table.text }));
            } else if table.found {
                report.left_out(format!("table '{}'", table.url), table.rows.len(), "too large to keep as it is");
            }
        }
        let kept = json!({
            "properties": self.dataset.properties,
            "columns": columns,
            "tables": tables,
            "bibliography": self.dataset.bibliography,
        });
        let place = match (bundle.sessions.first_mut(), bundle.lexemes.first_mut()) {
            (Some(session), _) => &mut session.residue,
            (None, Some(lexeme)) => &mut lexeme.residue,
            _ => return,
        };
        let mut left = place.get(NAME).cloned().unwrap_or_else(|| json!({}));
        if let Some(left) = left.as_object_mut() {
            left.insert("dataset".to_owned(), kept);
        }
        place.set(NAME, left);
    }
}

/// Tables that are our own addition to CLDF.
pub(super) fn is_ours(url: &str) -> bool {
    ["variants.csv", "relations.csv", Analyses::URL].contains(&url)
}

/// The residue of a row: its id and the cells that no field takes.
pub(super) fn residue<'a>(id: Option<&str>, cells: impl Iterator<Item = (&'a Column, &'a str)>) -> Residue {
    let mut left = Map::new();
    if let Some(id) = id {
        left.insert("id".to_owned(), json!(id));
    }
    let cells: Map<String, Value> = cells.map(|(column, cell)| (column.name.clone(), json!(cell))).collect();
    if !cells.is_empty() {
        left.insert("cells".to_owned(), Value::Object(cells));
    }
    let mut residue = Residue::default();
    if !left.is_empty() {
        residue.set(NAME, Value::Object(left));
    }
    residue
}

/// A text as an id may be: letters, digits, `_` and `-`.
pub(super) fn plain_id(text: &str) -> String {
    let id: String =
        text.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '_' | '-') { c } else { '_' }).collect();
    if id.is_empty() { "und".to_owned() } else { id }
}
