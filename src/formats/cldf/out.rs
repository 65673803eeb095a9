//! Tables on their way out: columns declared first, rows filled by name of column, empty columns left away.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::{NAME, TERMS, column_name};
use crate::domain::{RecordId, Residue};
use crate::formats::{Format, FormatError};

/// A cell: one text, or several.
enum Cell {
    Text(String),
    List(Vec<String>),
}

struct Column {
    name: String,
    spec: Map<String, Value>,
    /// Stays when no row has it.
    needed: bool,
    list: bool,
    target: Option<&'static str>,
}

/// One table.
pub(super) struct Table {
    pub url: String,
    component: &'static str,
    columns: Vec<Column>,
    rows: Vec<HashMap<String, Cell>>,
    /// Names given to labels in a language.
    names: HashMap<(String, String), String>,
    /// What the file that the records came from says of its columns.
    remembered: Map<String, Value>,
}

impl Table {
    pub fn new(url: &str, component: &'static str, remembered: Option<&Value>) -> Self {
        let known = remembered.and_then(|r| r.get(component)).and_then(Value::as_object).cloned();
        Self {
            url: url.to_owned(),
            component,
            columns: Vec::new(),
            rows: Vec::new(),
            names: HashMap::new(),
            remembered: known.unwrap_or_default(),
        }
    }
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
    pub fn len(&self) -> usize {
        self.rows.len()
    }
    fn declare(&mut self, name: &str, term: &str, needed: bool, list: bool, target: Option<&'static str>) {
        let mut spec = Map::new();
        spec.insert("name".into(), json!(name));
        if !term.is_empty() {
            let url = if term.contains(':') { term.to_owned() } else { format!("{TERMS}{term}") };
            spec.insert("propertyUrl".into(), json!(url));
        }
        spec.insert("datatype".into(), json!("string"));
        self.columns.push(Column { name: name.to_owned(), spec, needed, list, target });
    }
    /// The column of ids.
    pub fn id(&mut self) {
        self.declare("ID", "id", true, false, None);
        if let Some(column) = self.columns.last_mut() {
            column.spec.insert("datatype".into(), json!({ "base": "string", "format": "[a-zA-Z0-9_\\-]+" }));
        }
    }
    /// A column that the component must have.
    pub fn must(&mut self, name: &str, term: &str) {
        self.declare(name, term, true, false, None);
    }
    /// A column that is there when a row has it.
    pub fn may(&mut self, name: &str, term: &str) {
        self.declare(name, term, false, false, None);
    }
    /// A column of several values.
    pub fn list(&mut self, name: &str, term: &str) {
        self.declare(name, term, false, true, None);
    }
    /// A column of one id of another table.
    pub fn points(&mut self, name: &str, term: &str, target: &'static str) {
        self.declare(name, term, false, false, Some(target));
    }
    /// A column of any number of ids of another table.
    pub fn points_many(&mut self, name: &str, target: &'static str) {
        self.declare(name, "", false, true, Some(target));
    }
    /// The name of the column for a label, in a language where one is said: `Usage`, `Usage_pt`.
    pub fn column(&mut self, label: &str, tag: &str) -> String {
        self.labelled(label, tag, false, None)
    }
    fn labelled(&mut self, label: &str, tag: &str, list: bool, target: Option<&'static str>) -> String {
        let key = (label.to_owned(), tag.to_owned());
        if let Some(name) = self.names.get(&key) {
            return name.clone();
        }
        let suffix = if tag.is_empty() { String::new() } else { format!("_{}", column_name(tag)) };
        let base = column_name(label);
        let taken = |name: &String| self.columns.iter().any(|c| c.name.eq_ignore_ascii_case(name));
        let numbered = |n: usize| if n == 1 { format!("{base}{suffix}") } else { format!("{base}_{n}{suffix}") };
        let name = (1..10_000).map(numbered).find(|name| !taken(name)).unwrap_or_else(|| format!("{base}_x{suffix}"));
        self.declare(&name, "", false, list, target);
        let remembered = self.remembered.get(&name).cloned();
        let used: HashSet<Value> = self.columns.iter().filter_map(|c| c.spec.get("propertyUrl").cloned()).collect();
        if let Some(column) = self.columns.last_mut() {
            // The name says the label, with its language where there is one.
            if name != format!("{label}{suffix}") {
                column.spec.insert("titles".into(), json!(label));
            }
            if !tag.is_empty() {
                column.spec.insert("lang".into(), json!(tag));
            }
            for (key, value) in remembered.as_ref().and_then(Value::as_object).into_iter().flatten() {
                let wanted = match key.as_str() {
                    "propertyUrl" => !used.contains(value) && value.as_str().is_some_and(|v| !v.ends_with("Reference")),
                    "separator" => !list,
                    "titles" => true,
                    key => key.starts_with("dc:"),
                };
                if wanted {
                    column.spec.insert(key.clone(), value.clone());
                }
            }
        }
        self.names.insert(key, name.clone());
        name
    }
    /// The name of a column of ids for a label.
    pub fn relation(&mut self, label: &str, target: &'static str) -> String {
        self.labelled(label, "", true, Some(target))
    }
    /// A new row.
    pub fn row(&mut self, id: &str) {
        self.rows.push(HashMap::new());
        self.put("ID", id);
    }
    /// Fills a cell of the last row.
    pub fn put(&mut self, name: &str, text: &str) {
        if let Some(row) = self.rows.last_mut().filter(|_| !text.is_empty()) {
            row.insert(name.to_owned(), Cell::Text(text.to_owned()));
        }
    }
    /// Adds values to a cell of the last row.
    pub fn put_list(&mut self, name: &str, values: impl IntoIterator<Item = String>) {
        let Some(row) = self.rows.last_mut() else { return };
        match row.entry(name.to_owned()).or_insert_with(|| Cell::List(Vec::new())) {
            Cell::List(list) => list.extend(values),
            text => *text = Cell::List(values.into_iter().collect()),
        }
    }
    /// Fills the cells of columns that a record kept from its file.
    pub fn put_kept(&mut self, residue: &Residue) {
        let cells = residue.get(NAME).and_then(|r| r.get("cells")).and_then(Value::as_object);
        for (name, cell) in cells.into_iter().flatten() {
            let free = self.columns.iter().all(|c| c.name != *name) || self.names.values().any(|n| n == name);
            let name = if free { self.column(name, "") } else { self.column(&format!("{name}_Kept"), "") };
            self.put(&name, cell.as_str().unwrap_or_default());
        }
    }

    /// The metadata and the CSV.
    pub fn finish(mut self) -> Result<(Value, String, Vec<u8>), FormatError> {
        let filled: HashSet<String> = self.rows.iter().flat_map(|row| row.keys().cloned()).collect();
        self.columns.retain(|column| column.needed || filled.contains(&column.name));
        let mut keys = Vec::new();
        let mut separators: HashMap<String, &str> = HashMap::new();
        for column in &mut self.columns {
            let full = self.rows.iter().all(|row| row.contains_key(&column.name));
            column.spec.insert("required".into(), json!(column.needed && full));
            if column.list {
                let values = || {
                    self.rows.iter().filter_map(|row| row.get(&column.name)).flat_map(|cell| match cell {
                        Cell::List(values) => values.as_slice(),
                        Cell::Text(text) => std::slice::from_ref(text),
                    })
                };
                let tab = ["Analyzed_Word", "Gloss"].contains(&column.name.as_str());
                let candidates = if tab { ["\t", " | ", " ; ", " ¦ "] } else { [" ; ", "\t", " | ", " ¦ "] };
                let free = |s: &&str| values().all(|value| !value.contains(s.trim_matches(' ')));
                let separator = candidates.into_iter().find(free).unwrap_or("\u{1F}");
                column.spec.insert("separator".into(), json!(separator));
                separators.insert(column.name.clone(), separator);
            }
            if let Some(target) = column.target {
                keys.push(json!({
                    "columnReference": [column.name],
                    "reference": { "resource": target, "columnReference": ["ID"] },
                }));
            }
        }
        let unsayable = |problem: String| FormatError::Unsayable { format: Format::Cldf, problem };
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(self.columns.iter().map(|c| &c.name)).map_err(|e| unsayable(e.to_string()))?;
        for row in &self.rows {
            let cells = self.columns.iter().map(|column| match row.get(&column.name) {
                Some(Cell::Text(text)) => text.clone(),
                Some(Cell::List(values)) => values.join(separators.get(&column.name).copied().unwrap_or(";")),
                None => String::new(),
            });
            writer.write_record(cells).map_err(|e| unsayable(e.to_string()))?;
        }
        let bytes = writer.into_inner().map_err(|e| unsayable(e.to_string()))?;
        let columns: Vec<Value> = self.columns.into_iter().map(|c| Value::Object(c.spec)).collect();
        let mut spec = json!({
            "url": self.url,
            "dc:extent": self.rows.len(),
            "tableSchema": { "columns": columns, "primaryKey": ["ID"], "foreignKeys": keys },
        });
        if !self.component.is_empty() {
            spec["dc:conformsTo"] = json!(format!("{TERMS}{}", self.component));
        }
        Ok((spec, self.url, bytes))
    }
}

/// Ids of the records of one table: those they came with, else their own.
#[derive(Default)]
pub(super) struct Ids {
    ids: HashMap<RecordId, String>,
    taken: HashSet<String>,
}

impl Ids {
    /// The id of a record, given when it is asked for first.
    pub fn of(&mut self, record: RecordId, residue: &Residue) -> String {
        if let Some(id) = self.ids.get(&record) {
            return id.clone();
        }
        let fine = |id: &&str| {
            !id.is_empty()
                && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
                && !self.taken.contains(*id)
        };
        let known = residue.get(NAME).and_then(|r| r.get("id")).and_then(Value::as_str).filter(fine);
        let id = known.map_or_else(|| record.to_string(), str::to_owned);
        self.taken.insert(id.clone());
        self.ids.insert(record, id.clone());
        id
    }
    /// The id of a record that has one.
    pub fn get(&self, record: RecordId) -> Option<&String> {
        self.ids.get(&record)
    }
}
