//! Tables in text: CSV with commas or semicolons, TSV with tabs. The simplest thing a spreadsheet reads.
//!
//! Written: annotations, one a row (`session, tier, participant, start, end, value, parent`, times in seconds), and the
//! lexicon, one sense a row (`headword_TAG …, gloss_TAG …`), beside them as `NAME-lexicon.csv`, or under the path itself
//! when there are no annotations. A path that ends in `.tsv` is written with tabs.
//! Read: these, and tables of any other make by a [mapping](super::table).

use std::path::{Path, PathBuf};

use super::table::{self, Table};
use super::{Format, FormatError, ImportOptions, Imported, input};
use crate::domain::{Bundle, LossReport};

/// Writes the annotations, and the lexicon: beside them as `NAME-lexicon.csv`, or under the path itself when
/// there are no annotations.
///
/// # Errors
/// When a file cannot be written.
pub fn write(path: &Path, bundle: &Bundle) -> Result<LossReport, FormatError> {
    let mut report = LossReport::default();
    let (has_annotations, has_lexicon) = (!bundle.annotations.is_empty(), !bundle.lexemes.is_empty());
    if has_lexicon {
        let place = if has_annotations { beside(path) } else { path.to_owned() };
        let lexicon = table::lexicon(bundle, &mut report);
        input::write_atomic(&place, &to_bytes(&lexicon, delimiter(path))?)?;
        if has_annotations {
            report.warn(format!("The lexicon is in {}.", place.display()));
        }
    }
    if has_annotations || !has_lexicon {
        input::write_atomic(path, &to_bytes(&table::annotations(bundle), delimiter(path))?)?;
    }
    say_losses(bundle, &mut report);
    Ok(report)
}

/// What the two tables hold of a bundle, and what has no place in them.
pub(super) fn say_losses(bundle: &Bundle, report: &mut LossReport) {
    report.kept("entries", bundle.lexemes.len());
    report.kept("senses", bundle.senses.len());
    report.kept("annotations", bundle.annotations.len());
    let why = "a table of annotations and a table of senses have no place for them";
    report.left_out("words", bundle.words.len(), why);
    report.left_out("morphs", bundle.morphs.len(), why);
    report.left_out("other forms of entries", bundle.forms.len(), why);
    report.left_out("examples", bundle.examples.len(), why);
    report.left_out("relations", bundle.relations.len(), why);
    report.left_out("links", bundle.links.len(), why);
    report.left_out("tags of models", bundle.tags.len(), why);
    let notes =
        bundle.lexemes.iter().map(|l| [&l.notes, &l.etymology]).chain(bundle.senses.iter().map(|s| [&s.notes; 2]));
    let notes = notes.filter(|texts| texts.iter().any(|text| !text.is_empty())).count();
    report.left_out("entries and senses with notes or etymology", notes, why);
    let fields = bundle.lexemes.iter().map(|l| l.fields.len()).sum();
    report.left_out("custom fields of entries", fields, why);
}

fn beside(path: &Path) -> PathBuf {
    let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let extension = path.extension().map_or("csv".to_owned(), |e| e.to_string_lossy().into_owned());
    path.with_file_name(format!("{stem}-lexicon.{extension}"))
}

fn delimiter(path: &Path) -> u8 {
    let tabs = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("tsv") || e.eq_ignore_ascii_case("tab"));
    if tabs { b'\t' } else { b',' }
}

fn to_bytes(table: &Table, delimiter: u8) -> Result<Vec<u8>, FormatError> {
    let unsayable = |problem: String| FormatError::Unsayable { format: Format::Csv, problem };
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    for row in &table.rows {
        writer.write_record(row).map_err(|e| unsayable(e.to_string()))?;
    }
    writer.into_inner().map_err(|e| unsayable(e.to_string()))
}

/// Reads a table of annotations, sentences or entries.
///
/// # Errors
/// When the file cannot be opened, or no column says what it holds.
pub fn read(path: &Path, options: &ImportOptions) -> Result<Imported, FormatError> {
    let (tables, odd) = table::open(path, Format::Csv)?;
    table::read_all(&tables, Format::Csv, odd, options)
}

/// Reads the text of a table.
///
/// # Errors
/// As for [`read`].
pub fn from_text(text: &str, options: &ImportOptions) -> Result<Imported, FormatError> {
    table::read_all(&[table::parse(text, None)?], Format::Csv, Vec::new(), options)
}

#[cfg(test)]
mod tests {
    use super::from_text;
    use crate::domain::Time;
    use crate::formats::ImportOptions;

    #[test]
    fn annotations_from_a_table() {
        let text = "tier;start;end;value;mood\nK;0,5;1,25;\"a;b\";calm\nK;x;2;c;\n";
        let read = from_text(text, &ImportOptions::default()).unwrap();
        let bundle = read.bundle;
        assert_eq!(bundle.tiers.len(), 1);
        assert_eq!(bundle.annotations[0].value, "a;b");
        assert_eq!(bundle.annotations[0].start, Some(Time(500_000_000)));
        assert_eq!(bundle.annotations[0].residue.get("table").unwrap()["mood"], "calm");
        assert_eq!(bundle.annotations[1].residue.get("table").unwrap()["start"], "x");
        assert_eq!(read.report.warnings.len(), 1);
    }

    #[test]
    fn a_lexicon_from_a_table() {
        let text = "headword\tgloss\tgloss_pt\tcategory\tnoise\nnak\tdog\tcachorro\tn\twuf\nnak\twolf\t\tn\t\n";
        let options = ImportOptions { object_language: "qaa".into(), ..Default::default() };
        let bundle = from_text(text, &options).unwrap().bundle;
        assert_eq!((bundle.lexemes.len(), bundle.senses.len()), (1, 2));
        assert_eq!(bundle.lexemes[0].form.get("qaa"), Some("nak"));
        assert_eq!(bundle.senses[0].gloss.get("pt"), Some("cachorro"));
        assert_eq!(bundle.senses[0].fields["noise"].first(), Some("wuf"));
        assert_eq!(bundle.senses[1].position, 1);
    }

    #[test]
    fn a_table_of_something_else_is_refused() {
        assert!(from_text("a,b\n1,2\n", &ImportOptions::default()).is_err());
    }
}
