//! The metadata of a dataset and the rows of its tables.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use serde_json::Value;

use super::{TERMS, column_name};
use crate::domain::LossReport;
use crate::formats::{Format, FormatError, input};

/// Largest metadata file and largest table, in bytes.
const METADATA: u64 = 16 << 20;
pub(super) const TABLE: u64 = 256 << 20;

/// Whether the start of a JSON file is that of CLDF metadata.
pub fn is_metadata(head: &str) -> bool {
    head.contains("cldf.clld.org") && (head.contains("conformsTo") || head.contains("www.w3.org/ns/csvw"))
}

/// The metadata file of a folder: the one `*-metadata.json` that is CLDF's, a dictionary before others.
///
/// # Errors
/// When there is none.
pub fn metadata_in(folder: &Path) -> Result<PathBuf, FormatError> {
    let open = |source| FormatError::Open { path: folder.to_owned(), source };
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .map_err(open)?
        .take(10_000)
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().ends_with("-metadata.json")))
        .filter(|path| path.is_file())
        .collect();
    found.sort_by_key(|path| (!path.to_string_lossy().contains("Dictionary"), path.clone()));
    let is_cldf = |path: &PathBuf| std::fs::read_to_string(path).is_ok_and(|text| is_metadata(&text));
    found.into_iter().find(is_cldf).ok_or_else(|| FormatError::Unknown { path: folder.to_owned() })
}

/// What the metadata says of a column.
#[derive(Clone, Debug, Default)]
pub(super) struct Column {
    pub name: String,
    /// The name for people, where `name` is only its spelling.
    pub label: String,
    /// Term of CLDF's ontology, or empty.
    pub term: String,
    pub separator: Option<String>,
    pub null: Vec<String>,
    pub language: String,
    /// Url of the table that it points into.
    pub target: Option<String>,
    pub spec: Value,
}

impl Column {
    fn of(spec: &Value) -> Self {
        let text = |name: &str| spec.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let title = match spec.get("titles") {
            Some(Value::String(title)) => title.clone(),
            Some(Value::Array(titles)) => titles.first().and_then(Value::as_str).unwrap_or_default().to_owned(),
            _ => String::new(),
        };
        let name = if text("name").is_empty() { title.clone() } else { text("name") };
        let null = match spec.get("null") {
            Some(Value::String(null)) => vec![null.clone()],
            Some(Value::Array(nulls)) => nulls.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => vec![String::new()],
        };
        let language = text("lang");
        let base = match language.as_str() {
            "" => name.clone(),
            tag => name.strip_suffix(&format!("_{}", column_name(tag))).unwrap_or(&name).to_owned(),
        };
        let numbered = |title: &str| {
            let plain = column_name(title);
            base == plain || base.strip_prefix(&plain).is_some_and(|n| n.trim_start_matches('_').parse::<u32>().is_ok())
        };
        let label = if !title.is_empty() && numbered(&title) { title } else { base };
        Self {
            label,
            term: text("propertyUrl").strip_prefix(TERMS).unwrap_or_default().to_owned(),
            separator: spec.get("separator").and_then(Value::as_str).map(str::to_owned),
            null,
            language: if language == "und" { String::new() } else { language },
            target: None,
            spec: spec.clone(),
            name,
        }
    }
    /// The values of a cell.
    pub fn values<'c>(&self, cell: &'c str) -> Vec<&'c str> {
        match self.separator.as_deref() {
            Some(separator) if !separator.is_empty() => cell.split(separator).collect(),
            _ => vec![cell],
        }
    }
    /// The values of a cell that holds ids.
    pub fn ids<'c>(&self, cell: &'c str) -> Vec<&'c str> {
        self.values(cell).into_iter().map(str::trim).filter(|id| !id.is_empty()).collect()
    }
}

/// A table with its rows.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    pub url: String,
    /// Name of the component (`EntryTable`), empty for tables of the dataset's own.
    pub component: String,
    pub columns: Vec<Column>,
    /// As many cells as columns.
    pub rows: Vec<Vec<String>>,
    pub spec: Value,
    /// The file as it was.
    pub text: String,
    /// Whether the file is there.
    pub found: bool,
}

impl Table {
    /// The place of the column with a term of the ontology.
    pub fn at(&self, term: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.term == term)
    }
    /// The cell of a column by its term; `None` where it is missing or null.
    pub fn cell<'r>(&self, row: &'r [String], term: &str) -> Option<&'r str> {
        self.value(row, self.at(term)?)
    }
    /// The cell of a column by its place; `None` where it is null.
    pub fn value<'r>(&self, row: &'r [String], at: usize) -> Option<&'r str> {
        let cell = row.get(at)?.as_str();
        let null = self.columns.get(at).is_some_and(|column| column.null.iter().any(|null| null == cell));
        (!null && !cell.is_empty()).then_some(cell)
    }
    /// Column and cell of every column that is filled and not among those done.
    pub fn rest<'r>(&'r self, row: &'r [String], done: &[usize]) -> Vec<(&'r Column, &'r str)> {
        let open = |at: &usize| !done.contains(at);
        let filled = |at: usize| Some((self.columns.get(at)?, self.value(row, at)?));
        (0..self.columns.len()).filter(open).filter_map(filled).collect()
    }
}

/// A dataset with all its tables.
#[derive(Debug, Default)]
pub(super) struct Dataset {
    /// What the metadata says, without the tables.
    pub properties: Value,
    pub tables: Vec<Table>,
    pub bibliography: String,
}

impl Dataset {
    /// Opens the dataset that a metadata file, or a folder with one, describes.
    pub fn open(path: &Path, report: &mut LossReport) -> Result<Self, FormatError> {
        let file = if path.is_dir() { metadata_in(path)? } else { path.to_owned() };
        let folder = file.parent().unwrap_or(Path::new(".")).to_owned();
        let bytes = input::bytes(&file, Format::Cldf, METADATA)?;
        let broken = |place: &str, problem: String| FormatError::broken(Format::Cldf, place, problem);
        let mut json: Value =
            serde_json::from_str(&input::decode(&bytes).0).map_err(|e| broken("the metadata", e.to_string()))?;
        let specs = match json.get_mut("tables").map(Value::take) {
            Some(Value::Array(specs)) => specs,
            _ if json.get("url").is_some() => vec![json.clone()],
            _ => return Err(broken("the metadata", "it names no tables".to_owned())),
        };
        if let Some(properties) = json.as_object_mut() {
            properties.remove("tables");
        }
        let mut dataset = Self { properties: json, ..Self::default() };
        for spec in specs {
            let table = open_table(&folder, spec, &dataset.properties, report)?;
            dataset.tables.push(table);
        }
        let source = dataset.properties.get("dc:source").and_then(Value::as_str).unwrap_or("sources.bib");
        if let Some(path) = within(&folder, source).filter(|path| path.is_file()) {
            dataset.bibliography = input::decode(&input::bytes(&path, Format::Cldf, METADATA)?).0;
        }
        Ok(dataset)
    }
    /// The table of a component.
    pub fn component(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.component == name)
    }
    /// Whether a column points into the table of a component.
    pub fn points_at(&self, column: &Column, component: &str) -> bool {
        column.target.as_ref().is_some_and(|url| self.tables.iter().any(|t| t.url == *url && t.component == component))
    }
}

/// A path below a folder; `None` for one that leads out of it.
fn within(folder: &Path, url: &str) -> Option<PathBuf> {
    let path = Path::new(url);
    let plain = path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    (plain && !url.contains("://") && !url.is_empty()).then(|| folder.join(path))
}

fn open_table(folder: &Path, spec: Value, properties: &Value, report: &mut LossReport) -> Result<Table, FormatError> {
    let url = spec.get("url").and_then(Value::as_str).unwrap_or_default().to_owned();
    let component = spec.get("dc:conformsTo").and_then(Value::as_str).and_then(|c| c.strip_prefix(TERMS));
    let schema = spec.get("tableSchema").cloned().unwrap_or_default();
    let mut columns: Vec<Column> =
        schema.get("columns").and_then(Value::as_array).into_iter().flatten().map(Column::of).collect();
    for key in schema.get("foreignKeys").and_then(Value::as_array).into_iter().flatten() {
        let own = key.get("columnReference").map(names).unwrap_or_default();
        let target = key.pointer("/reference/resource").and_then(Value::as_str);
        if let ([name], Some(target)) = (own.as_slice(), target) {
            columns.iter_mut().filter(|c| c.name == *name).for_each(|c| c.target = Some(target.to_owned()));
        }
    }
    let component = component.unwrap_or_default().to_owned();
    let mut table = Table { component, columns, spec, ..Table::default() };
    let Some(path) = within(folder, &url) else {
        report.warn(format!("The table '{url}' lies outside the dataset's folder and was not read."));
        return Ok(Table { url, ..table });
    };
    table.url = url;
    if !path.is_file() {
        let zipped = path.with_file_name(format!("{}.zip", path.file_name().unwrap_or_default().to_string_lossy()));
        let why = if zipped.is_file() { "it is zipped; unpack it first" } else { "there is no such file" };
        report.warn(format!("The table '{}' was not read: {why}.", table.url));
        return Ok(table);
    }
    table.found = true;
    table.text = input::decode(&input::bytes(&path, Format::Cldf, TABLE)?).0;
    let dialect = table.spec.get("dialect").or_else(|| properties.get("dialect")).cloned().unwrap_or_default();
    rows(&mut table, &dialect)?;
    Ok(table)
}

fn names(value: &Value) -> Vec<String> {
    match value {
        Value::String(name) => vec![name.clone()],
        Value::Array(names) => names.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// Reads the rows, the cells in the order of the metadata's columns; columns it does not name follow.
fn rows(table: &mut Table, dialect: &Value) -> Result<(), FormatError> {
    let byte = |name: &str, usual: Option<u8>| match dialect.get(name) {
        Some(Value::String(text)) => text.bytes().next(),
        Some(Value::Null) if name != "delimiter" => None,
        _ => usual,
    };
    let text = table.text.trim_start_matches('\u{FEFF}');
    let mut builder = csv::ReaderBuilder::new();
    builder.flexible(true).has_headers(false);
    builder.delimiter(byte("delimiter", Some(b',')).unwrap_or(b','));
    match byte("quoteChar", Some(b'"')) {
        Some(quote) => builder.quote(quote),
        None => builder.quoting(false),
    };
    if dialect.get("doubleQuote").and_then(Value::as_bool) == Some(false) {
        builder.double_quote(false).escape(Some(b'\\'));
    }
    if dialect.get("commentPrefix").is_some() {
        builder.comment(byte("commentPrefix", None));
    }
    let header = dialect.get("header").and_then(Value::as_bool).unwrap_or(true);
    let skip = dialect.get("skipRows").and_then(Value::as_u64).unwrap_or(0);
    let mut places: Vec<usize> = (0..table.columns.len()).collect();
    let mut reader = builder.from_reader(text.as_bytes());
    let mut first = header;
    for (number, row) in reader.records().enumerate() {
        let row = row.map_err(|e| FormatError::broken(Format::Cldf, table.url.clone(), e.to_string()))?;
        if (number as u64) < skip {
            continue;
        }
        if std::mem::take(&mut first) {
            let known: HashMap<String, usize> =
                table.columns.iter().enumerate().map(|(at, column)| (column.name.clone(), at)).collect();
            places.clear();
            for name in row.iter() {
                let by_title = || table.columns.iter().position(|c| c.spec.get("titles").is_some_and(|t| t == name));
                match known.get(name).copied().or_else(by_title) {
                    Some(at) => places.push(at),
                    None => {
                        places.push(table.columns.len());
                        table.columns.push(Column {
                            name: name.to_owned(),
                            label: name.to_owned(),
                            null: vec![String::new()],
                            ..Column::default()
                        });
                    }
                }
            }
            continue;
        }
        let mut cells = vec![String::new(); table.columns.len()];
        for (cell, at) in row.iter().zip(&places) {
            if let Some(place) = cells.get_mut(*at) {
                cell.clone_into(place);
            }
        }
        table.rows.push(cells);
    }
    Ok(())
}
