//! `analyses.csv`: words and their morphs with all that a line of words and glosses has no place for. The entry and
//! sense that a morph is tied to, its kind, citation form and category, forms in further writing systems and glosses in
//! further languages.
//!
//! CLDF has no component for it, so it is a table of ours beside `examples.csv`, tied to it and to the lexicon by keys
//! that any reader of CLDF follows. A row is a morph, or a word where `Morph` is empty; both are counted from 1.
//! `Written` is the word as the line has it: where the line was changed since, the rows no longer hold.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::NAME;
use super::metadata::Table as Read;
use super::out::{Ids, Table};
use super::read::Reader;
use super::words;
use crate::domain::{
    Annotation, AnnotationId, Bundle, LossReport, Morph, MorphId, MorphKind, MultiText, Residue, Word, WordId,
};

/// The table on its way out.
pub(super) struct Analyses(Table);

impl Analyses {
    pub(super) const URL: &'static str = "analyses.csv";

    pub(super) fn new() -> Self {
        let mut table = Table::new(Self::URL, "", None);
        table.id();
        table.points("Example_ID", "exampleReference", "examples.csv");
        table.must("Word", "");
        for name in ["Morph", "Written", "Kind"] {
            table.may(name, "");
        }
        table.points("Entry_ID", "entryReference", "entries.csv");
        table.points("Sense_ID", "", "senses.csv");
        table.may("Homograph", "");
        Self(table)
    }

    /// Adds the analysed words of a sentence; gives back how many ties led nowhere.
    pub(super) fn add(
        &mut self,
        example: &str,
        words: &[(&Word, Vec<&Morph>)],
        (lexemes, senses): (&Ids, &Ids),
    ) -> usize {
        let mut astray = 0;
        let written = words.iter().filter(|(word, _)| words::in_line(word));
        for (at, (word, morphs)) in written.enumerate() {
            if morphs.is_empty() && word.category.is_empty() {
                continue;
            }
            self.row(&word.id.to_string(), example, at, None);
            self.0.put("Written", &words::written(word, morphs));
            self.texts(&word.form, &word.gloss, &word.category);
            for (place, morph) in morphs.iter().enumerate() {
                self.row(&morph.id.to_string(), example, at, Some(place));
                self.0.put("Kind", morph.kind.name());
                let entry = morph.lexeme.map(|id| lexemes.get(id.record()));
                let sense = morph.sense.map(|id| senses.get(id.record()));
                for (column, tie) in [("Entry_ID", entry), ("Sense_ID", sense)] {
                    match tie {
                        Some(Some(id)) => self.0.put(column, id),
                        Some(None) => astray += 1,
                        None => {}
                    }
                }
                self.0.put("Homograph", &morph.homograph);
                self.texts(&morph.form, &morph.gloss, &morph.category);
                self.in_languages("Citation", &morph.citation);
            }
        }
        astray
    }

    fn row(&mut self, id: &str, example: &str, word: usize, morph: Option<usize>) {
        self.0.row(id);
        self.0.put("Example_ID", example);
        self.0.put("Word", &(word + 1).to_string());
        if let Some(morph) = morph {
            self.0.put("Morph", &(morph + 1).to_string());
        }
    }

    fn texts(&mut self, form: &MultiText, gloss: &MultiText, category: &MultiText) {
        self.in_languages("Form", form);
        self.in_languages("Gloss", gloss);
        self.in_languages("Category", category);
    }

    fn in_languages(&mut self, label: &str, texts: &MultiText) {
        for (tag, text) in texts.iter() {
            let name = self.0.column(label, tag);
            self.0.put(&name, text);
        }
    }

    /// The table; the report says how many rows it has.
    pub(super) fn finish(self, report: &mut LossReport) -> Table {
        report.kept("analyses of words and morphs, with ties to the lexicon", self.0.len());
        self.0
    }
}

/// One row on its way in.
struct Row<'a> {
    table: &'a Read,
    cells: &'a [String],
}

impl Row<'_> {
    fn cell(&self, name: &str) -> Option<&str> {
        self.table.value(self.cells, self.table.columns.iter().position(|column| column.name == name)?)
    }
    /// A number counted from 1, as one counted from 0.
    fn place(&self, name: &str) -> Option<usize> {
        self.cell(name)?.parse::<usize>().ok()?.checked_sub(1)
    }
    fn texts(&self, label: &str) -> MultiText {
        let named = self.table.rest(self.cells, &[]).into_iter().filter(|(column, _)| column.label == label);
        named
            .map(|(column, text)| {
                let tag = if column.language.is_empty() { "und" } else { &column.language };
                (tag.to_owned(), text.to_owned())
            })
            .collect()
    }
}

/// The rows of one word: its own, and those of its morphs by place.
#[derive(Default)]
struct Analysis<'a> {
    word: Option<Row<'a>>,
    morphs: BTreeMap<usize, Row<'a>>,
}

/// Puts the table's rows in the place of what was read from lines of words.
pub(super) fn read(reader: &mut Reader) {
    let dataset = reader.dataset;
    let Some(table) = dataset.tables.iter().find(|table| table.url == Analyses::URL) else { return };
    let mut analyses: BTreeMap<(&str, usize), Analysis> = BTreeMap::new();
    let mut lost = 0;
    for cells in &table.rows {
        let row = Row { table, cells };
        let example = table.cell(cells, "exampleReference").zip(row.place("Word"));
        match (example, row.cell("Morph"), row.place("Morph")) {
            (Some(key), None, _) => analyses.entry(key).or_default().word = Some(row),
            (Some(key), Some(_), Some(place)) => {
                analyses.entry(key).or_default().morphs.insert(place, row);
            }
            _ => lost += 1,
        }
    }
    let lines = Lines::of(&reader.all.bundle);
    let (mut new, mut instead): (Vec<Morph>, Vec<WordId>) = (Vec::new(), Vec::new());
    let mut astray = 0;
    for ((example, at), analysis) in &analyses {
        let word = lines.word(example, *at).filter(|word| lines.holds(&reader.all.bundle, *word, analysis));
        let Some(word) = word.and_then(|word| reader.all.bundle.words.get_mut(word)) else {
            lost += analysis.morphs.len() + 1;
            continue;
        };
        if let Some(row) = &analysis.word {
            (word.form, word.gloss, word.category) = (row.texts("Form"), row.texts("Gloss"), row.texts("Category"));
        }
        instead.push(word.id);
        for (position, row) in analysis.morphs.values().enumerate() {
            let entry = row.cell("Entry_ID").map(|id| reader.lexemes.get(id).copied());
            let sense = row.cell("Sense_ID").map(|id| reader.senses.get(id).copied());
            astray += usize::from(entry == Some(None)) + usize::from(sense == Some(None));
            new.push(Morph {
                id: MorphId::new(),
                word: word.id,
                position: position as i64,
                kind: row.cell("Kind").and_then(MorphKind::from_name).unwrap_or_default(),
                form: row.texts("Form"),
                citation: row.texts("Citation"),
                gloss: row.texts("Gloss"),
                category: row.texts("Category"),
                homograph: row.cell("Homograph").unwrap_or_default().to_owned(),
                lexeme: entry.flatten(),
                sense: sense.flatten(),
                residue: Residue::default(),
            });
        }
    }
    let instead: std::collections::HashSet<WordId> = instead.into_iter().collect();
    let morphs = &mut reader.all.bundle.morphs;
    morphs.retain(|morph| !instead.contains(&morph.word));
    morphs.extend(new);
    let order: HashMap<WordId, usize> = reader.all.bundle.words.iter().enumerate().map(|(at, w)| (w.id, at)).collect();
    morphs.sort_by_key(|morph| (order.get(&morph.word).copied(), morph.position));
    let report = &mut reader.all.report;
    report.kept("analyses of words and morphs", table.rows.len() - lost.min(table.rows.len()));
    report.left_out(
        "analyses of words and morphs",
        lost,
        "their line of words was changed; read from the line instead",
    );
    report.left_out("ties of morphs to the lexicon", astray, "the entry or sense is not in the dataset");
}

/// Words and morphs by their places.
struct Lines {
    annotations: HashMap<String, AnnotationId>,
    words: HashMap<AnnotationId, Vec<usize>>,
    morphs: HashMap<WordId, Vec<usize>>,
}

impl Lines {
    fn of(bundle: &Bundle) -> Self {
        let id = |a: &Annotation| Some(a.residue.get(NAME)?.get("id").and_then(Value::as_str)?.to_owned());
        let annotations = bundle.annotations.iter().filter_map(|a| Some((id(a)?, a.id))).collect();
        let mut words: HashMap<AnnotationId, Vec<usize>> = HashMap::new();
        for (at, word) in bundle.words.iter().enumerate() {
            words.entry(word.annotation).or_default().push(at);
        }
        let mut morphs: HashMap<WordId, Vec<usize>> = HashMap::new();
        for (at, morph) in bundle.morphs.iter().enumerate() {
            morphs.entry(morph.word).or_default().push(at);
        }
        Self { annotations, words, morphs }
    }
    fn word(&self, example: &str, at: usize) -> Option<usize> {
        self.words.get(self.annotations.get(example)?)?.get(at).copied()
    }
    /// Whether the word still stands in its line as it did.
    fn holds(&self, bundle: &Bundle, word: usize, analysis: &Analysis) -> bool {
        let Some(word) = bundle.words.get(word) else { return false };
        let places = self.morphs.get(&word.id).map_or(&[][..], Vec::as_slice);
        let morphs: Vec<&Morph> = places.iter().filter_map(|at| bundle.morphs.get(*at)).collect();
        let then = analysis.word.as_ref().and_then(|row| row.cell("Written"));
        then.is_some_and(|then| then == words::written(word, &morphs))
    }
}
