//! Tables of other people's making: word lists, dictionaries, glossed sentences and annotations in CSV, TSV and Excel.
//!
//! A [`Table`] is rows of text. A [`Mapping`] says what a row is (an entry, a sentence, an annotation) and which field
//! each column goes to. It is guessed from the names of the columns and from what stands in them ([`guess`]), can be
//! edited by a person as TOML or in the window, and is found again for the next table of the same make by the
//! [`Table::fingerprint`] of its columns. A column without a field is never dropped: it stays as a custom field of the
//! sense, or with the annotation as residue under `table`, and is written back to CSV and Excel.

mod annotations;
mod entries;
mod guess;
pub(super) mod make;
mod mapping;
mod parse;
mod read;
mod time;
mod write;

use std::path::Path;

use super::{Format, FormatError, ImportOptions, Imported, input, xlsx};

pub(super) use annotations::add_word;
pub use guess::{Guess, guess};
pub use mapping::{Column, Field, Mapping, MappingError, RowKind, Speech};
pub(super) use parse::parse;
pub use read::read;
pub(super) use time::{parse_time, seconds};
pub(super) use write::{annotations, lexicon};

/// Name of the residue: cells of columns that no field takes, by name of column.
pub const NAME: &str = "table";
/// Most cells that a table may have.
pub(super) const CELLS: usize = 20_000_000;
/// Most columns that a table may have.
pub(super) const COLUMNS: usize = 2_000;
/// Largest file that is read, in bytes.
pub(super) const LIMIT: u64 = 512 << 20;

/// Rows of cells as text, the line of names included where there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// What people know it by: the sheet's name, empty where there is only one.
    pub name: String,
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// How many columns the widest row has.
    pub fn width(&self) -> usize {
        self.rows.iter().map(Vec::len).max().unwrap_or(0)
    }
    /// The names of the columns: the first row, or numbers where it holds data already.
    pub fn names(&self, header: bool) -> Vec<String> {
        let first = self.rows.first().filter(|_| header);
        (0..self.width())
            .map(|at| match first.and_then(|row| row.get(at)).map(|name| name.trim()) {
                Some(name) if !name.is_empty() => name.to_owned(),
                _ => format!("Column {}", at + 1),
            })
            .collect()
    }
    /// The rows that hold data.
    pub fn data(&self, header: bool) -> &[Vec<String>] {
        self.rows.get(usize::from(header)..).unwrap_or_default()
    }
    /// What tables of the same make share: their column names in order; for tables without names, how many there are.
    pub fn fingerprint(&self) -> String {
        let header = guess::has_header(self);
        if !header {
            return format!("{} columns without names", self.width());
        }
        let names: Vec<String> = self.names(true).iter().map(|name| name.to_lowercase()).collect();
        names.join(" | ")
    }
    /// Whether it is laid out as Fieldgloss writes tables itself, so that nobody need be asked.
    pub fn is_ours(&self) -> bool {
        let Some(first) = self.rows.first() else { return false };
        let starts = |names: &[&str]| first.len() >= names.len() && first.iter().zip(names).all(|(a, b)| a == b);
        starts(&write::ANNOTATIONS)
            || first.first().is_some_and(|name| name.starts_with("headword_"))
                && write::LEXICON.iter().all(|name| first.iter().any(|known| known == name))
    }
}

/// The tables of a file: one of a CSV or TSV file, one a sheet of an Excel file; sheets without cells are passed over.
/// With it what was odd about the file, in words.
///
/// # Errors
/// When the file cannot be opened, or is no table.
pub fn open(path: &Path, format: Format) -> Result<(Vec<Table>, Vec<String>), FormatError> {
    match format {
        Format::Xlsx => xlsx::tables(path),
        Format::Csv => {
            let bytes = input::bytes(path, Format::Csv, LIMIT)?;
            let (text, encoding) = input::decode(&bytes);
            let tabs = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("tsv") || e.eq_ignore_ascii_case("tab"));
            let table = parse(&text, tabs.then_some(b'\t'))?;
            let mut odd = Vec::new();
            if !encoding.starts_with("UTF") {
                odd.push(format!("The file is not Unicode; it was read as {encoding}."));
            }
            Ok((vec![table], odd))
        }
        other => Err(FormatError::broken(other, "the start", "only CSV, TSV and Excel files are tables")),
    }
}

/// Whether a format holds tables whose columns may need a mapping.
pub fn is_table(format: Format) -> bool {
    matches!(format, Format::Csv | Format::Xlsx)
}

/// Reads every table of a file, each by the mapping given when its columns are those of the mapping, else by a guess.
pub(super) fn read_all(
    tables: &[Table],
    format: Format,
    odd: Vec<String>,
    options: &ImportOptions,
) -> Result<Imported, FormatError> {
    if let Some(mapping) = &options.mapping
        && !tables.is_empty()
        && !tables.iter().any(|table| mapping.fits(table))
    {
        return Err(FormatError::broken(
            format,
            "the first line",
            "the mapping was made for a table with other columns",
        ));
    }
    if let Some(name) = options.sheets.keys().find(|name| !tables.iter().any(|table| table.name == **name)) {
        let names = tables.iter().map(|table| format!("'{}'", table.name)).collect::<Vec<_>>().join(", ");
        return Err(FormatError::broken(format, "its sheets", format!("none is called '{name}'; there are {names}")));
    }
    let mut all = Imported::default();
    let (mut any, mut last) = (false, None);
    for table in tables {
        if let Some(None) = options.sheets.get(&table.name) {
            all.report.left_out(format!("sheet '{}'", table.name), 1, "it was chosen to be left out");
            any = true;
            continue;
        }
        match read::read_or_guess(table, format, options) {
            Ok(read) => {
                any = true;
                make::append(&mut all, read);
            }
            Err(error) if options.sheets.contains_key(&table.name) => return Err(error),
            Err(error) => {
                if tables.len() > 1 {
                    all.report.left_out(format!("sheet '{}'", table.name), 1, "no column says what it holds");
                }
                last = Some(error);
            }
        }
    }
    if let (false, Some(error)) = (any, last) {
        return Err(error);
    }
    if tables.is_empty() {
        return Err(FormatError::broken(format, "the start", "there is no row in it"));
    }
    odd.into_iter().for_each(|text| all.report.warn(text));
    Ok(all)
}
