//! Excel workbooks (Office Open XML, ECMA-376): the tables of [CSV](super::csv), one a sheet.
//!
//! Written: the sheets `annotations` and `lexicon`, every cell as text, so that no spreadsheet turns a form into a date
//! or a formula. Read: every sheet whose columns say what they hold, or for which there is a mapping; numbers as a
//! person would type them, durations as `h:mm:ss`, dates as ISO 8601, formulas by their last value.

use std::io::{Cursor, Read};
use std::path::Path;

use calamine::{Data, DataRef, Reader as _, Xlsx};
use rust_xlsxwriter::{Format as CellFormat, Workbook, XlsxError};

use super::table::{self, CELLS, COLUMNS, Table};
use super::{Format, FormatError, ImportOptions, Imported, csv, input};
use crate::domain::{Bundle, LossReport};

/// Largest file that is read, in bytes.
const LIMIT: u64 = 128 << 20;
/// Most bytes that a file may unpack to.
const UNPACKED: u64 = 1 << 30;
/// Most rows that a sheet of the format may have, and longest text of a cell.
const ROWS: usize = 1_048_576;
const CELL: usize = 32_767;

/// Reads every sheet that says what it holds.
///
/// # Errors
/// When the file is no workbook, or no sheet says what it holds.
pub fn read(path: &Path, options: &ImportOptions) -> Result<Imported, FormatError> {
    let (tables, odd) = tables(path)?;
    table::read_all(&tables, Format::Xlsx, odd, options)
}

/// The sheets that hold anything.
///
/// # Errors
/// When the file is no workbook, or unpacks to more than memory should bear.
pub(super) fn tables(path: &Path) -> Result<(Vec<Table>, Vec<String>), FormatError> {
    let bytes = input::bytes(path, Format::Xlsx, LIMIT)?;
    measure(&bytes)?;
    let broken = |place: &str, e: calamine::XlsxError| FormatError::broken(Format::Xlsx, place, e.to_string());
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|e| broken("the workbook", e))?;
    let (mut tables, mut odd) = (Vec::new(), Vec::new());
    for name in book.sheet_names() {
        match sheet(&mut book, &name) {
            Ok(rows) if rows.is_empty() => {}
            Ok(rows) => tables.push(Table { name, rows }),
            Err(SheetError::TooLarge) => {
                let limit = format!("more than {COLUMNS} columns or {CELLS} cells");
                return Err(FormatError::broken(Format::Xlsx, format!("sheet '{name}'"), limit));
            }
            // A sheet of charts has no cells.
            Err(SheetError::Other(e)) => odd.push(format!("Sheet '{name}' was not read: {e}.")),
        }
    }
    Ok((tables, odd))
}

enum SheetError {
    TooLarge,
    Other(calamine::XlsxError),
}

/// The rows of a sheet from its first row and column on, cell by cell: a cell far out does not make a table as wide.
fn sheet(book: &mut Xlsx<Cursor<Vec<u8>>>, name: &str) -> Result<Vec<Vec<String>>, SheetError> {
    let mut cells = book.worksheet_cells_reader(name).map_err(SheetError::Other)?;
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut count: usize = 0;
    while let Some(cell) = cells.next_cell().map_err(SheetError::Other)? {
        let (row, column) = cell.get_position();
        let (row, column) = (row as usize, column as usize);
        let text = text_of(cell.get_value());
        if text.is_empty() {
            continue;
        }
        let width = rows.get(row).map_or(0, Vec::len);
        let grows = (column + 1).saturating_sub(width) + (row + 1).saturating_sub(rows.len());
        count = count.saturating_add(grows);
        if column >= COLUMNS || row > ROWS || count > CELLS {
            return Err(SheetError::TooLarge);
        }
        if rows.len() <= row {
            rows.resize_with(row + 1, Vec::new);
        }
        if let Some(cells) = rows.get_mut(row) {
            if cells.len() <= column {
                cells.resize(column + 1, String::new());
            }
            if let Some(place) = cells.get_mut(column) {
                *place = text;
            }
        }
    }
    rows.retain(|row| !row.is_empty());
    let indent = rows.iter().filter_map(|row| row.iter().position(|cell| !cell.is_empty())).min().unwrap_or(0);
    for row in &mut rows {
        row.drain(..indent.min(row.len()));
    }
    // Excel keeps no empty cells at the end of a row.
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    if width.saturating_mul(rows.len()) <= CELLS {
        rows.iter_mut().for_each(|row| row.resize(width, String::new()));
    }
    Ok(rows)
}

/// A cell as a person would type it.
fn text_of(value: &DataRef) -> String {
    match Data::from(value.clone()) {
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text,
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number.to_string(),
        Data::Bool(truth) => truth.to_string(),
        Data::DateTime(time) if time.is_duration() || time.as_f64() < 1.0 => duration(time.as_f64()),
        Data::DateTime(time) => {
            let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
            let date = format!("{year:04}-{month:02}-{day:02}");
            if (hour, minute, second) == (0, 0, 0) { date } else { format!("{date}T{hour:02}:{minute:02}:{second:02}") }
        }
        Data::Error(_) | Data::Empty => String::new(),
    }
}

/// Days as `h:mm:ss.mmm`.
fn duration(days: f64) -> String {
    let millis = (days * 86_400_000.0).round();
    if !millis.is_finite() || millis.abs() > 1e15 {
        return String::new();
    }
    let (sign, millis) = (if millis < 0.0 { "-" } else { "" }, millis.abs() as u64);
    let (secs, rest) = (millis / 1000, millis % 1000);
    let text = format!("{sign}{}:{:02}:{:02}", secs / 3600, secs / 60 % 60, secs % 60);
    if rest == 0 { text } else { format!("{text}.{rest:03}") }
}

/// Unpacks every part once, to nowhere: a file that unpacks to more than it should is refused before it is read.
fn measure(bytes: &[u8]) -> Result<(), FormatError> {
    let broken = |problem: String| FormatError::broken(Format::Xlsx, "the start", problem);
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes))
        .map_err(|e| broken(format!("an Excel file is a zip archive, this is none ({e})")))?;
    let mut left = UNPACKED;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|e| broken(e.to_string()))?;
        let size = std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).map_err(|e| broken(e.to_string()))?;
        left = left.checked_sub(size).ok_or_else(|| broken(format!("it unpacks to more than {UNPACKED} bytes")))?;
    }
    Ok(())
}

/// Writes the sheets `annotations` and `lexicon`, each where there is anything for it.
///
/// # Errors
/// When there are more rows than a sheet may have, or the file cannot be written.
pub fn write(path: &Path, bundle: &Bundle) -> Result<LossReport, FormatError> {
    let mut report = LossReport::default();
    let mut tables = Vec::new();
    if !bundle.annotations.is_empty() || bundle.lexemes.is_empty() {
        tables.push(table::annotations(bundle));
    }
    if !bundle.lexemes.is_empty() {
        tables.push(table::lexicon(bundle, &mut report));
    }
    let bytes = to_bytes(&tables, &mut report)?;
    input::write_atomic(path, &bytes)?;
    csv::say_losses(bundle, &mut report);
    Ok(report)
}

fn to_bytes(tables: &[Table], report: &mut LossReport) -> Result<Vec<u8>, FormatError> {
    let unsayable = |problem: String| FormatError::Unsayable { format: Format::Xlsx, problem };
    let failed = |e: XlsxError| unsayable(e.to_string());
    let mut book = Workbook::new();
    let bold = CellFormat::new().set_bold();
    let mut cut = 0;
    for table in tables {
        if table.rows.len() > ROWS {
            return Err(unsayable(format!(
                "{} rows, and a sheet may have {ROWS}; write CSV instead",
                table.rows.len()
            )));
        }
        let sheet = book.add_worksheet();
        sheet.set_name(&table.name).map_err(failed)?;
        for (row, cells) in (0_u32..).zip(&table.rows) {
            for (column, cell) in (0_u16..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                let text: String = if cell.encode_utf16().count() > CELL {
                    cut += 1;
                    cell.chars().take(CELL / 2).collect()
                } else {
                    cell.clone()
                };
                if row == 0 {
                    sheet.write_string_with_format(row, column, text, &bold).map_err(failed)?;
                } else {
                    sheet.write_string(row, column, text).map_err(failed)?;
                }
            }
        }
        sheet.set_freeze_panes(1, 0).map_err(failed)?;
    }
    report.left_out("ends of texts", cut, format!("a cell holds at most {CELL} letters"));
    book.save_to_buffer().map_err(failed)
}
