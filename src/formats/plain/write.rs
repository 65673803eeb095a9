//! Sessions as text to read.

use std::path::Path;

use serde_json::Value;

use super::read::spoken;
use super::{LINES, NAME, ROWS, layout, width};
use crate::domain::{Bundle, LossReport, Session};
use crate::formats::interlinear::{self, Spoken, one_line};
use crate::formats::{Format, FormatError, input};

/// Writes every session: lines of text as lines, glossed text in columns.
///
/// # Errors
/// When there is no session to write, or the disk refuses.
pub fn write(path: &Path, bundle: &Bundle) -> Result<LossReport, FormatError> {
    if bundle.sessions.is_empty() {
        let problem = "there is no session in it".to_owned();
        return Err(FormatError::Unsayable { format: Format::Text, problem });
    }
    let index = bundle.index();
    let texts = interlinear::texts(bundle, &index);
    let mut report = LossReport::default();
    let out = match texts.as_slice() {
        [(session, sentences)] if session.residue.get(NAME).is_some() && sentences.iter().all(is_bare) => {
            lines(session, sentences)
        }
        texts => texts.iter().map(|(session, sentences)| columns(session, sentences, &mut report)).collect(),
    };
    for (_, sentences) in &texts {
        report.kept("sentences", sentences.len());
        report.kept("words", sentences.iter().map(|s| s.sentence.words.len()).sum());
        report.kept("translations and notes", sentences.iter().map(|s| s.sentence.under.len()).sum());
    }
    let titles = bundle.sessions.iter().filter(|s| !s.title.is_empty()).count();
    report.left_out("titles of sessions", titles, "only the name is written");
    interlinear::left_out(bundle, &mut report);
    input::write_atomic(path, out.as_bytes())?;
    Ok(report)
}

fn is_bare(spoken: &Spoken) -> bool {
    let sentence = &spoken.sentence;
    sentence.words.is_empty() && sentence.under.is_empty() && sentence.span.is_none()
}

/// Lines as they stood, or as they are now.
fn lines(session: &Session, sentences: &[Spoken]) -> String {
    let said = |name: &str| session.residue.get(NAME).and_then(|left| left.get(name));
    let is = |name: &str| said(name).and_then(Value::as_bool).unwrap_or(false);
    let mut out = String::new();
    for spoken_ in sentences {
        let left = |name: &str| spoken_.annotation.residue.get(NAME).and_then(|l| l.get(name)).and_then(Value::as_str);
        let now = &spoken_.sentence;
        out.push_str(left("before").unwrap_or_default());
        match left("line") {
            Some(line) if spoken(line, is("speakers")) == (now.speaker.as_str(), now.text.as_str()) => {
                out.push_str(line)
            }
            _ if now.speaker.is_empty() => out.push_str(&one_line(&now.text)),
            _ => out.push_str(&format!("{}: {}", one_line(&now.speaker), one_line(&now.text))),
        }
        out.push('\n');
    }
    let tail = said("tail").and_then(Value::as_str).unwrap_or_default();
    out.push_str(tail);
    if !is("ends") {
        out.pop();
    }
    if is("crlf") { out.replace('\n', "\r\n") } else { out }
}

fn columns(session: &Session, sentences: &[Spoken], report: &mut LossReport) -> String {
    let name = Some(one_line(&session.name)).filter(|name| !name.is_empty()).unwrap_or_else(|| "Text".to_owned());
    let rows = layout::rows(sentences.iter().map(|s| &s.sentence));
    let named: Vec<&str> = ROWS.into_iter().zip(rows).filter(|(_, shown)| *shown).map(|(name, _)| name).collect();
    let named = named.iter().fold(LINES.to_owned(), |line, name| format!("{line}, {name}"));
    let mut out = format!("{name}\n{}\n{named}\n\n", "=".repeat(width::width(&name).max(3)));
    for (number, spoken) in sentences.iter().enumerate() {
        out.push_str(&layout::example(number + 1, &spoken.sentence, &rows));
        out.push('\n');
        let exact = spoken.sentence.span.is_none_or(|s| s.start.0 % 1_000_000 == 0 && s.end.0 % 1_000_000 == 0);
        report.mapped("times", usize::from(!exact), "rounded to the millisecond");
        for word in &spoken.sentence.words {
            let hidden = !word.category.is_empty() && word.morphs.iter().any(|m| !m.category.is_empty());
            report.left_out("categories of morphs", usize::from(hidden), "the row of parts of speech has the word's");
        }
    }
    out
}
