//! A table in memory, column by column, and how records become one.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::{MultiText, Time};

/// A table on its way into a file: columns of equal length.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::formats) struct Table {
    pub(in crate::formats) name: String,
    /// What a row is, for people.
    pub(in crate::formats) says: &'static str,
    pub(in crate::formats) rows: usize,
    pub(in crate::formats) columns: Vec<Column>,
}

/// One column.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::formats) struct Column {
    pub(in crate::formats) name: String,
    /// What it holds, for people.
    pub(in crate::formats) says: String,
    pub(in crate::formats) data: Data,
}

/// The values of a column. `None` is null: not said, not known.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::formats) enum Data {
    Text(Vec<Option<String>>),
    Int(Vec<Option<i64>>),
    Number(Vec<Option<f64>>),
    Bool(Vec<Option<bool>>),
    /// A list of texts a row; within a list there are no nulls.
    List(Vec<Vec<String>>),
    /// A list of lists of texts a row.
    Lists(Vec<Vec<Vec<String>>>),
}

impl Data {
    /// What people call the type.
    pub(in crate::formats) fn label(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Int(_) => "int64",
            Self::Number(_) => "float64",
            Self::Bool(_) => "bool",
            Self::List(_) => "list of text",
            Self::Lists(_) => "list of lists of text",
        }
    }
}

/// Makes a table of records: each call adds a column.
pub(in crate::formats) struct Rows<'a, R> {
    records: &'a [R],
    table: Table,
}

impl<'a, R> Rows<'a, R> {
    pub(in crate::formats) fn new(name: &str, says: &'static str, records: &'a [R]) -> Self {
        Self { records, table: Table { name: name.to_owned(), says, rows: records.len(), columns: Vec::new() } }
    }

    pub(in crate::formats) fn table(self) -> Table {
        self.table
    }

    fn push(mut self, name: &str, says: &str, data: Data) -> Self {
        let mut name = name.to_owned();
        // Two tags may become the same column name (`kpv-Cyrl`, `kpv_Cyrl`).
        while self.table.columns.iter().any(|column| column.name == name) {
            name.push('_');
        }
        self.table.columns.push(Column { name, says: says.to_owned(), data });
        self
    }

    /// Any text.
    pub(in crate::formats) fn text(self, name: &str, says: &str, of: impl Fn(&'a R) -> String) -> Self {
        let data = Data::Text(self.records.iter().map(|r| Some(of(r))).collect());
        self.push(name, says, data)
    }
    /// A text that is null where there is none, or an empty one.
    pub(in crate::formats) fn maybe(self, name: &str, says: &str, of: impl Fn(&'a R) -> Option<String>) -> Self {
        let data = Data::Text(self.records.iter().map(|r| of(r).filter(|text| !text.is_empty())).collect());
        self.push(name, says, data)
    }
    pub(in crate::formats) fn int(self, name: &str, says: &str, of: impl Fn(&'a R) -> Option<i64>) -> Self {
        let data = Data::Int(self.records.iter().map(of).collect());
        self.push(name, says, data)
    }
    /// A time in nanoseconds; `_ns` goes behind the name.
    pub(in crate::formats) fn time(self, name: &str, says: &str, of: impl Fn(&'a R) -> Option<Time>) -> Self {
        self.int(&format!("{name}_ns"), &format!("{says}, in nanoseconds"), |r| of(r).map(|time| time.0))
    }
    pub(in crate::formats) fn number(self, name: &str, says: &str, of: impl Fn(&'a R) -> Option<f64>) -> Self {
        let data = Data::Number(self.records.iter().map(of).collect());
        self.push(name, says, data)
    }
    pub(in crate::formats) fn bool(self, name: &str, says: &str, of: impl Fn(&'a R) -> Option<bool>) -> Self {
        let data = Data::Bool(self.records.iter().map(of).collect());
        self.push(name, says, data)
    }
    pub(in crate::formats) fn list(self, name: &str, says: &str, of: impl Fn(&'a R) -> Vec<String>) -> Self {
        let data = Data::List(self.records.iter().map(of).collect());
        self.push(name, says, data)
    }
    pub(in crate::formats) fn lists(self, name: &str, says: &str, of: impl Fn(&'a R) -> Vec<Vec<String>>) -> Self {
        let data = Data::Lists(self.records.iter().map(of).collect());
        self.push(name, says, data)
    }
    /// A column for each language that any record has a text in: `gloss_en`, `gloss_pt_BR`.
    pub(in crate::formats) fn texts(mut self, name: &str, says: &str, of: impl Fn(&'a R) -> &'a MultiText) -> Self {
        let mut languages: BTreeMap<&str, Vec<Option<String>>> = BTreeMap::new();
        for (row, record) in self.records.iter().enumerate() {
            for (language, text) in of(record).iter() {
                let column = languages.entry(language).or_insert_with(|| vec![None; self.records.len()]);
                if let Some(place) = column.get_mut(row) {
                    *place = Some(text.to_owned());
                }
            }
        }
        for (language, texts) in languages {
            self = self.push(&with_language(name, language), &format!("{says}, in `{language}`"), Data::Text(texts));
        }
        self
    }
}

/// The name of a column that holds one language: letters, digits and underscores.
pub(in crate::formats) fn with_language(name: &str, language: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    format!("{name}_{}", language.chars().map(plain).collect::<String>())
}

/// The word that our JSON uses for one of a few choices: `symbolic_association`.
pub(in crate::formats) fn word_for(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

/// A structure as JSON text, for what a column of its own would not serve.
pub(in crate::formats) fn json_text(value: impl Serialize) -> Option<String> {
    serde_json::to_string(&value).ok().filter(|text| !matches!(text.as_str(), "null" | "{}" | "[]"))
}
