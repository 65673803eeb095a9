//! A dictionary from an SFM file.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use serde_json::json;

use super::fields::headword;
use super::{Languages, Line, NAME, lines, record};
use crate::domain::{Bundle, LossReport, RecordId};
use crate::formats::language_tag::{Census, Tags};
use crate::formats::{Format, FormatError, ImportOptions, Imported, input};

/// Larger than any dictionary in SFM.
const LARGEST: u64 = 1 << 30;

/// Reads a dictionary: a record starts at each `\lx`.
///
/// # Errors
/// When the file cannot be opened, or has no `\lx` field.
pub fn read(path: &Path, options: &ImportOptions) -> Result<Imported, FormatError> {
    let bytes = input::bytes(path, Format::Sfm, LARGEST)?;
    let (text, encoding) = input::decode(&bytes);
    let mut report = LossReport::default();
    if !matches!(encoding, "UTF-8" | "UTF-16LE" | "UTF-16BE") {
        report.warn(format!("the file is not Unicode; it was read as {encoding} and will be written as UTF-8"));
    }
    let crlf = text.contains("\r\n");
    let text = text.replace("\r\n", "\n");
    let (head, all) = lines(&text);
    let starts: Vec<usize> = (0..all.len()).filter(|i| all[*i].marker == "lx").collect();
    let Some(first) = starts.first().copied() else {
        return Err(FormatError::broken(
            Format::Sfm,
            "the whole file",
            "no line starts with \\lx, so there is no entry",
        ));
    };
    let languages = languages(&all, options);
    if languages.national != options.analysis_language()
        && all.iter().any(|l| l.marker.len() == 2 && l.marker.ends_with('n'))
    {
        report.mapped(
            "texts in the national language",
            all.iter().filter(|l| matches!(l.marker, "gn" | "dn" | "rn" | "xn")).count(),
            format!("the file does not name it; they carry the tag '{}'", languages.national),
        );
    }
    let mut head = head.to_owned();
    for line in &all[..first] {
        head.push_str(&as_written(line));
    }
    let mut bundle = Bundle::default();
    let mut seen: HashSet<&str> = HashSet::new();
    let mut customs: BTreeMap<&str, usize> = BTreeMap::new();
    for (n, start) in starts.iter().enumerate() {
        let end = starts.get(n + 1).copied().unwrap_or(all.len());
        let record_lines = &all[*start..end];
        let mut record = record::read(record_lines, &languages);
        for (line, place) in record_lines.iter().zip(&record.places) {
            if place.slot.as_deref().is_some_and(|slot| slot.starts_with("field.")) {
                seen.insert(line.marker);
                *customs.entry(line.marker).or_default() += 1;
            } else if place.slot.is_none() && !line.value().is_empty() {
                report.mapped(format!("\\{}", line.marker), 1, "kept with the entry's text, not shown as a field");
            }
        }
        let mut left = json!({
            "text": record_lines.iter().map(as_written).collect::<String>(),
            "ids": record.ids,
            "languages": [languages.object, languages.english, languages.national, languages.regional],
        });
        if n == 0 {
            left["file"] = json!({"head": head, "crlf": crlf});
        }
        if let Some(lexeme) = record.bundle.lexemes.first_mut() {
            lexeme.residue.set(NAME, left);
        }
        for lexeme in &mut record.bundle.lexemes {
            lexeme.position = bundle.lexemes.len() as i64;
            bundle.lexemes.push(lexeme.clone());
        }
        bundle.forms.append(&mut record.bundle.forms);
        bundle.senses.append(&mut record.bundle.senses);
        bundle.examples.append(&mut record.bundle.examples);
        bundle.relations.append(&mut record.bundle.relations);
    }
    for (marker, count) in customs {
        report.mapped(format!("\\{marker}"), count, "kept as a custom field of that name");
    }
    resolve(&mut bundle, &languages, &mut report);
    let mut census = Census::default();
    for lexeme in &bundle.lexemes {
        census.met_all(&lexeme.form, true);
    }
    for sense in &bundle.senses {
        census.met_all(&sense.gloss, false);
        census.met_all(&sense.definition, false);
    }
    for example in &bundle.examples {
        census.met_all(&example.text, true);
        census.met_all(&example.translation, false);
    }
    bundle.languages = census.languages(&Tags::default(), NAME);
    let subentries = bundle.lexemes.len() - starts.len();
    report.kept("entries", starts.len());
    report.kept("subentries", subentries);
    report.kept("senses", bundle.senses.len());
    report.kept("examples", bundle.examples.len());
    report.kept("pronunciations, variants and paradigm forms", bundle.forms.len());
    report.kept("cross-references", bundle.relations.len() - subentries);
    Ok(Imported { bundle, report })
}

/// A field as it stands in the file.
fn as_written(line: &Line<'_>) -> String {
    format!("\\{}{}", line.marker, line.rest)
}

/// What the last letters of markers stand for. A file with national markers and no English ones describes in one
/// language only: the one the person named.
fn languages(all: &[Line<'_>], options: &ImportOptions) -> Languages {
    let english = all.iter().any(|l| matches!(l.marker, "ge" | "de" | "xe"));
    let analysis = options.analysis_language().to_owned();
    let national = if english && analysis == "en" { "qaa-x-nat".to_owned() } else { analysis };
    Languages {
        object: options.object_language().to_owned(),
        english: "en".to_owned(),
        national,
        regional: "qaa-x-reg".to_owned(),
    }
}

/// Ties cross-references to the entries they name: by headword with or without homograph number.
fn resolve(bundle: &mut Bundle, languages: &Languages, report: &mut LossReport) {
    let mut targets: HashMap<String, Option<RecordId>> = HashMap::new();
    for lexeme in &bundle.lexemes {
        let head = headword(lexeme, languages);
        if lexeme.homograph > 0 {
            for written in [format!("{head}{}", lexeme.homograph), format!("{head}_{}", lexeme.homograph)] {
                targets.insert(written, Some(lexeme.id.record()));
            }
        }
        // Two entries of the same headword: the reference does not say which.
        targets.entry(head).and_modify(|known| *known = None).or_insert(Some(lexeme.id.record()));
    }
    let (mut tied, mut loose) = (0, 0);
    for relation in bundle.relations.iter_mut().filter(|r| r.target.is_none()) {
        relation.target = targets.get(&relation.target_text).copied().flatten();
        if relation.target.is_some() { tied += 1 } else { loose += 1 }
    }
    report.kept("cross-references tied to their entry", tied);
    report.mapped("cross-references", loose, "no entry, or more than one, has that headword; kept as written");
}
