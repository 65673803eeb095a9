//! A session from lines of text.

use std::collections::HashSet;
use std::path::Path;

use serde_json::json;

use super::{LINES, NAME, ROWS, layout};
use crate::domain::Residue;
use crate::formats::interlinear::{Builder, Sentence};
use crate::formats::{Format, FormatError, ImportOptions, Imported, input};

/// Larger than any text a person could have typed.
const LARGEST: u64 = 1 << 28;

/// Reads a file of lines, or one that we set in columns.
///
/// # Errors
/// When the file cannot be opened, or is not text.
pub fn read(path: &Path, options: &ImportOptions) -> Result<Imported, FormatError> {
    let bytes = input::bytes(path, Format::Text, LARGEST)?;
    let (text, encoding) = input::decode(&bytes);
    if text.contains('\0') {
        return Err(FormatError::broken(
            Format::Text,
            "the whole file",
            "there are zero bytes in it, so it is not text",
        ));
    }
    let mut builder = Builder::new(options, NAME);
    if encoding == "windows-1252" {
        builder.report.warn("the file is not Unicode; it was read as windows-1252 and will be written as UTF-8");
    }
    let lines: Vec<&str> = text.lines().collect();
    if lines.windows(2).any(|pair| is_rule(pair[0]) && pair[1].starts_with(LINES)) {
        examples(&mut builder, &lines);
    } else {
        plain(&mut builder, &text, options);
    }
    if builder.is_empty() {
        builder.session(&options.session_name);
    }
    if lines.iter().all(|line| line.trim().is_empty()) {
        builder.report.warn("there is no text in the file");
    }
    Ok(builder.finish())
}

fn is_rule(line: &str) -> bool {
    !line.is_empty() && line.bytes().all(|b| b == b'=')
}

/// Who says a line and what, where lines start with a speaker.
pub(super) fn spoken(line: &str, speakers: bool) -> (&str, &str) {
    if speakers && let Some((who, what)) = prefix(line) { (who, what) } else { ("", line.trim()) }
}

fn prefix(line: &str) -> Option<(&str, &str)> {
    let (who, what) = line.trim().split_once(':')?;
    let fits = !who.is_empty()
        && who.chars().count() <= 24
        && who.chars().next().is_some_and(char::is_alphabetic)
        && who.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | '\''))
        && who.split_whitespace().count() <= 3
        && what.starts_with([' ', '\t']);
    fits.then(|| (who.trim(), what.trim()))
}

/// Whether every line starts with a speaker, and speakers come back.
fn has_speakers(lines: &[&str]) -> bool {
    let said: Vec<&str> = lines.iter().filter(|line| !line.trim().is_empty()).copied().collect();
    let who: Vec<&str> = said.iter().filter_map(|line| prefix(line)).map(|(who, _)| who).collect();
    let different = who.iter().collect::<HashSet<_>>().len();
    said.len() > 1 && who.len() == said.len() && different < who.len()
}

fn plain(builder: &mut Builder, text: &str, options: &ImportOptions) {
    let crlf = text.contains("\r\n");
    let text = text.replace("\r\n", "\n");
    let lines: Vec<&str> = text.lines().collect();
    let speakers = has_speakers(&lines);
    let mut before = String::new();
    builder.session(&options.session_name);
    let mut paragraphs = 1;
    for (n, line) in lines.iter().enumerate() {
        if line.trim().is_empty() {
            before.push_str(line);
            before.push('\n');
            continue;
        }
        paragraphs += usize::from(!before.is_empty() && n > 0);
        let (speaker, value) = spoken(line, speakers);
        let mut residue = Residue::default();
        residue.set(NAME, json!({"line": line, "before": std::mem::take(&mut before)}));
        let sentence = Sentence { text: value.to_owned(), speaker: speaker.to_owned(), ..Sentence::default() };
        builder.sentence(&sentence, residue);
    }
    if let Some(session) = builder.current() {
        let ends = text.ends_with('\n') || text.is_empty();
        session.residue.set(NAME, json!({"crlf": crlf, "speakers": speakers, "tail": before, "ends": ends}));
    }
    builder.report.mapped(
        "paragraphs",
        if paragraphs > 1 { paragraphs } else { 0 },
        "one text; the empty lines are kept aside",
    );
}

/// What we set in columns.
fn examples(builder: &mut Builder, lines: &[&str]) {
    let mut rows = [false; 5];
    let mut at = 0;
    let is_start = |n: usize| {
        let line = |k: usize| lines.get(k).copied().unwrap_or_default();
        !line(n).trim().is_empty() && is_rule(line(n + 1)) && line(n + 2).starts_with(LINES)
    };
    let mut strange = 0;
    while let Some(line) = lines.get(at) {
        if is_start(at) {
            builder.session(line.trim());
            let named: Vec<&str> =
                lines.get(at + 2).map_or(Vec::new(), |l| l.split([',', ':']).map(str::trim).collect());
            rows = ROWS.map(|row| named.contains(&row));
            at += 3;
            continue;
        }
        let above =
            if layout::numbered(line).is_none() && lines.get(at + 1).is_some_and(|l| layout::numbered(l).is_some()) {
                at += 1;
                *line
            } else {
                ""
            };
        let Some(line) = lines.get(at) else { break };
        if layout::numbered(line).is_none() {
            strange += usize::from(!line.trim().is_empty());
            at += 1;
            continue;
        }
        let ends = |n: usize| lines.get(n).is_none_or(|line| !line.trim().is_empty() && !line.starts_with(' '));
        let end = (at + 1..=lines.len()).find(|n| ends(*n)).unwrap_or(lines.len());
        let analysis = builder.analysis().to_owned();
        let sentence = layout::sentence(above, lines.get(at..end).unwrap_or_default(), &rows, &analysis);
        builder.sentence(&sentence, Residue::default());
        at = end;
    }
    builder.report.left_out("lines outside of examples", strange, "an example starts with its number in brackets");
}
