//! Parquet tables for data science: a folder with one file a kind of record, and a README that says what is in them.
//!
//! Files follow the Apache Parquet format (version 2 of the specification, zstd pages), written with the `parquet`
//! crate. The path given names the folder, also when it ends in `.parquet`.
//!
//! - Every record has its id as text; ids tie the tables together. What is looked up all the time stands beside the
//!   ids: the session of a word, the speaker's code, the name of a tier.
//! - Times are INT64 nanoseconds on the session's timeline, in columns that end in `_ns`.
//! - Texts in several languages are a column a language: `gloss_en`, `gloss_pt_BR` (what a BCP 47 tag has besides
//!   letters and digits becomes `_`; the tag itself stands in the README and in the file's metadata).
//! - Lists are Parquet lists; custom fields, streams, settings and evidence are JSON text.
//! - What is empty or unknown is null.
//!
//! Tables of data get passed on, so only what [`published`](super::published) allows is written: nothing closed, no
//! names of people whose access is not open. There is no residue, and nothing is read back.

pub(super) mod file;
mod measured;
pub(super) mod table;
mod tables;

use std::fmt::Write as _;
use std::path::Path;

use super::folder::Files;
use super::measures::Measures;
use super::{Format, FormatError, published};
use crate::domain::{Bundle, LossReport};
use table::Table;

/// Writes a folder of tables.
///
/// # Errors
/// When the folder cannot be written.
pub fn write(path: &Path, bundle: &Bundle) -> Result<LossReport, FormatError> {
    let (files, mut report) = to_files(bundle, None)?;
    files.write(path)?;
    if !bundle.tracks.is_empty() {
        report.left_out("samples of tracks", bundle.tracks.len(), "they are in the project: export from there");
    }
    Ok(report)
}

/// As [`write`], with a table of what was measured along tracks.
///
/// # Errors
/// When that cannot be read, or the folder cannot be written.
pub fn write_measured(path: &Path, bundle: &Bundle, measures: &mut Measures<'_>) -> Result<LossReport, FormatError> {
    let (files, mut report) = to_files(bundle, Some(measures))?;
    files.write(path)?;
    let why = "landmarks and keypoints: export them as OpenFace CSV, OpenPose or COCO JSON, BVH, or our JSON";
    report.left_out("points of tracks", bundle.tracks.len(), why);
    Ok(report)
}

/// The files that are written.
fn to_files(bundle: &Bundle, measures: Option<&mut Measures<'_>>) -> Result<(Files, LossReport), FormatError> {
    let (bundle, mut report) = published(bundle);
    let mut tables = tables::of(&bundle);
    if let Some(measures) = measures {
        tables.push(measured::table(&bundle.tracks, measures)?);
    }
    let mut files = Files::default();
    for table in &tables {
        report.kept(table.name.clone(), table.rows);
        files.add(format!("{}.parquet", table.name), bytes(table, &bundle)?);
    }
    files.add("README.md", readme(&tables, &bundle).into_bytes());
    Ok((files, report))
}

/// A table as a file, the project's name and licence in its metadata.
pub(super) fn bytes(table: &Table, bundle: &Bundle) -> Result<Vec<u8>, FormatError> {
    let mut about = Vec::new();
    if let Some(project) = &bundle.project {
        about.push(("fieldgloss.project", project.name.clone()));
        about.push(("fieldgloss.licence", project.licence.clone()));
    }
    file::bytes(table, &about)
        .map_err(|e| FormatError::Unsayable { format: Format::Parquet, problem: format!("table {}: {e}", table.name) })
}

fn readme(tables: &[Table], bundle: &Bundle) -> String {
    let mut text = String::new();
    let name = bundle.project.as_ref().map_or("", |p| p.name.as_str());
    let licence = bundle.project.as_ref().map_or("", |p| p.licence.as_str());
    let _ = writeln!(text, "# {}: tables\n", if name.is_empty() { "Fieldgloss project" } else { name });
    let _ = writeln!(
        text,
        "Parquet tables written by Fieldgloss {}. Columns that end in `_ns` are nanoseconds on the session's timeline; \
         ids tie the tables together; what is empty or unknown is null.\n",
        env!("CARGO_PKG_VERSION")
    );
    if licence.is_empty() {
        text.push_str("No licence has been decided yet: ask before you use or pass on this material.\n");
    } else {
        let _ = writeln!(text, "Licence: <{licence}>");
    }
    for table in tables {
        let _ = writeln!(text, "\n## {}.parquet\n\n{} {} rows.\n", table.name, table.says, table.rows);
        text.push_str(&columns(table));
    }
    text
}

/// A Markdown table of the columns of a table.
pub(super) fn columns(table: &Table) -> String {
    let mut text = "| Column | Type | What it holds |\n|---|---|---|\n".to_owned();
    for column in &table.columns {
        let says = column.says.replace('|', "\\|");
        let _ = writeln!(text, "| `{}` | {} | {says} |", column.name, column.data.label());
    }
    text
}
