//! A table to records by its mapping.

use serde_json::{Map, Value};

use super::time::parse_time;
use super::{Column, Field, Mapping, NAME, RowKind, Table, annotations, entries, guess};
use crate::domain::{LossReport, Residue, Time};
use crate::formats::{Format, FormatError, ImportOptions, Imported};

/// Reads a table by a mapping.
///
/// # Errors
/// When the mapping lacks the column that its rows cannot do without.
pub fn read(table: &Table, mapping: &Mapping, options: &ImportOptions) -> Result<Imported, super::MappingError> {
    let mapping = mapping.over(table);
    mapping.check()?;
    let rows = Rows { mapping: &mapping, options, data: table.data(mapping.header) };
    let mut imported = match mapping.rows {
        RowKind::Entries => entries::read(&rows),
        RowKind::Sentences | RowKind::Annotations => annotations::read(&rows),
    };
    let width = mapping.columns.len();
    let ragged = rows.data.iter().filter(|row| mapping.header && row.len() != width).count();
    if ragged > 0 {
        imported.report.warn(format!("{ragged} rows have more or fewer cells than the header."));
    }
    Ok(imported)
}

/// Reads a table by the mapping of the options where it was made for such a table, else by a guess that is sure.
pub(super) fn read_or_guess(table: &Table, format: Format, options: &ImportOptions) -> Result<Imported, FormatError> {
    let broken = |problem: String| FormatError::broken(format, "the first line", problem);
    if let Some(Some(own)) = options.sheets.get(&table.name) {
        if !own.fits(table) {
            let sheet = if table.name.is_empty() { String::new() } else { format!(" for sheet '{}'", table.name) };
            return Err(broken(format!("the mapping{sheet} was made for a table with other columns")));
        }
        return read(table, own, options).map_err(|e| broken(e.to_string()));
    }
    if let Some(mapping) = options.mapping.as_ref().filter(|mapping| mapping.fits(table)) {
        return read(table, mapping, options).map_err(|e| broken(e.to_string()));
    }
    let guess = guess(table);
    if !guess.sure {
        let names = table.names(guess.mapping.header).join(", ");
        return Err(broken(format!(
            "no column says what it holds (a headword, a text, a value); there are {names}. Say what each column is: in \
             the window when importing, or with ‘fieldgloss table show’ and ‘--map’"
        )));
    }
    read(table, &guess.mapping, options).map_err(|e| broken(e.to_string()))
}

/// The rows of a table with what each cell is.
pub(super) struct Rows<'a> {
    pub mapping: &'a Mapping,
    pub options: &'a ImportOptions,
    pub data: &'a [Vec<String>],
}

impl<'a> Rows<'a> {
    /// The filled cells of a row with their columns; cells without a column (a row longer than the names) are kept.
    pub fn cells(&self, row: &'a [String]) -> impl Iterator<Item = (&'a Column, Field, &'a str)> {
        let kind = self.mapping.rows;
        self.mapping.columns.iter().zip(row).filter(|(_, cell)| !cell.trim().is_empty()).map(move |(column, cell)| {
            let field = if column.field.suits(kind) { column.field } else { Field::Keep };
            (column, field, cell.as_str())
        })
    }
    /// The language of a column's texts.
    pub fn language(&self, column: &'a Column) -> &'a str {
        if !column.language.is_empty() {
            return &column.language;
        }
        match column.field.speech() {
            Some(super::mapping::Speech::Object) => self.options.object_language(),
            Some(super::mapping::Speech::Analysis) => self.options.analysis_language(),
            None => "und",
        }
    }
    /// How many columns are kept as they are.
    pub fn say_kept(&self, report: &mut LossReport, cells: &[(&'a str, usize)], into: &str) {
        for (name, count) in cells {
            report.mapped(format!("column '{name}'"), *count, into);
        }
    }
}

/// The values in a cell.
pub(super) fn values<'c>(column: &Column, cell: &'c str) -> Vec<&'c str> {
    if column.separator.is_empty() {
        return vec![cell];
    }
    cell.split(column.separator.as_str()).map(str::trim).filter(|value| !value.is_empty()).collect()
}

/// A time from a cell.
pub(super) fn time(field: Field, cell: &str) -> Option<Time> {
    let time = parse_time(cell)?;
    Some(if matches!(field, Field::StartMs | Field::EndMs) { Time(time.0 / 1000) } else { time })
}

/// Keeps a cell that no field takes.
pub(super) fn keep(residue: &mut Residue, name: &str, cell: &str) {
    let mut left = match residue.get(NAME) {
        Some(Value::Object(left)) => left.clone(),
        _ => Map::new(),
    };
    left.insert(name.to_owned(), Value::String(cell.to_owned()));
    residue.set(NAME, Value::Object(left));
}
