//! Sentences from the examples of a LaTeX source.

use std::path::Path;

use serde_json::{Value, json};

use super::find::{examples, sentence};
use super::{NAME, SESSION};
use crate::domain::Residue;
use crate::formats::interlinear::Builder;
use crate::formats::{Format, FormatError, ImportOptions, Imported, input};

/// Larger than any book.
const LARGEST: u64 = 1 << 27;

/// Reads every glossed example of a file.
///
/// # Errors
/// When the file cannot be opened, or has no glossed example.
pub fn read(path: &Path, options: &ImportOptions) -> Result<Imported, FormatError> {
    let bytes = input::bytes(path, Format::Latex, LARGEST)?;
    let (text, encoding) = input::decode(&bytes);
    let found = examples(&text);
    if found.is_empty() {
        let problem = "there is no glossed example (\\gll, \\glll, \\exg. or \\begingl) in it";
        return Err(FormatError::broken(Format::Latex, "the whole file", problem));
    }
    let mut builder = Builder::new(options, NAME);
    if encoding != "UTF-8" {
        builder.report.warn(format!("the file is not UTF-8; it was read as {encoding} and will be written as UTF-8"));
    }
    let mut pieces: Vec<String> = Vec::new();
    let (mut at, mut uneven, mut uncut) = (0, 0, 0);
    for example in &found {
        let between = text.get(at..example.whole.start).unwrap_or_default();
        let mut piece = between;
        if let Some(start) =
            between.rfind(SESSION).filter(|n| *n == 0 || between.get(..*n).is_some_and(|b| b.ends_with('\n')))
        {
            let (before, own) = between.split_at(start);
            finish(&mut builder, &mut pieces, before);
            let name = own.lines().next().and_then(|line| line.strip_prefix(SESSION)).unwrap_or_default();
            let first = builder.is_empty();
            let session = builder.session(name.trim());
            session.residue.set(NAME, if first { json!({"head": before}) } else { json!({}) });
            piece = own;
        } else if builder.is_empty() {
            let session = builder.session(&options.session_name);
            session.residue.set(NAME, json!({"head": ""}));
        }
        pieces.push(piece.to_owned());
        let source = text.get(example.whole.clone()).unwrap_or_default();
        let mut sentence = sentence(&text, example);
        for under in &mut sentence.under {
            builder.analysis().clone_into(&mut under.language);
        }
        let counts: Vec<usize> =
            example.rows.iter().map(|r| super::tex::columns(text.get(r.clone()).unwrap_or_default()).len()).collect();
        uneven += usize::from(counts.windows(2).any(|pair| pair[0] != pair[1]));
        uncut += sentence.words.iter().filter(|w| w.morphs.is_empty() && w.form.contains(['-', '='])).count();
        let mut residue = Residue::default();
        residue.set(NAME, json!({"n": pieces.len() - 1, "source": source}));
        builder.sentence(&sentence, residue);
        at = example.whole.end;
    }
    let tail = text.get(at..).unwrap_or_default().to_owned();
    finish(&mut builder, &mut pieces, &tail);
    builder.report.mapped(
        "passages between the examples",
        found.len() + 1,
        "no data; kept aside, written back to LaTeX",
    );
    if uneven > 0 {
        builder.report.warn(format!(
            "in {uneven} examples the lines have different numbers of words; what is missing is left empty"
        ));
    }
    builder.report.mapped("words whose gloss has another number of parts", uncut, "kept whole, glossed as a word");
    Ok(builder.finish())
}

/// Keeps the passages of the session that ends here.
fn finish(builder: &mut Builder, pieces: &mut Vec<String>, last: &str) {
    let Some(session) = builder.current() else { return };
    let mut kept = std::mem::take(pieces);
    kept.push(last.to_owned());
    if let Some(left) = session.residue.0.get_mut(NAME).and_then(Value::as_object_mut) {
        left.insert("pieces".to_owned(), json!(kept));
    }
}
