//! Sessions to LaTeX.

use std::path::Path;

use serde_json::Value;

use super::find::{examples, sentence};
use super::tex::{cell, encoded, gloss};
use super::{NAME, SESSION};
use crate::domain::{Bundle, LossReport, Session, TierRole};
use crate::formats::interlinear::{self, Column, Sentence, Spoken, decimal, one_line};
use crate::formats::{Format, FormatError, input};

/// The document around examples that never were LaTeX.
const HEAD: &str = "% For XeLaTeX or LuaLaTeX: pdfLaTeX lacks most letters that languages are written in.
\\documentclass{article}
\\usepackage{iftex}
\\ifPDFTeX
  \\usepackage[utf8]{inputenc}
  \\usepackage[T1]{fontenc}
  \\usepackage{textcomp}
\\else
  \\usepackage{fontspec}
  \\IfFontExistsTF{Charis SIL}{\\setmainfont{Charis SIL}}{%
  \\IfFontExistsTF{Charis}{\\setmainfont{Charis}}{%
  \\IfFontExistsTF{Gentium Plus}{\\setmainfont{Gentium Plus}}{%
  \\IfFontExistsTF{Noto Serif}{\\setmainfont{Noto Serif}}{%
  \\IfFontExistsTF{DejaVu Serif}{\\setmainfont{DejaVu Serif}}{}}}}}
\\fi
\\usepackage{gb4e}
\\noautomath
\\begin{document}
";
const TAIL: &str = "\\end{document}\n";

/// Writes every session. A file that was read comes back with what was edited in place; anything else is a document.
///
/// # Errors
/// When there is no session to write, or the disk refuses.
pub fn write(path: &Path, bundle: &Bundle) -> Result<LossReport, FormatError> {
    if bundle.sessions.is_empty() {
        let problem = "there is no session in it".to_owned();
        return Err(FormatError::Unsayable { format: Format::Latex, problem });
    }
    let index = bundle.index();
    let texts = interlinear::texts(bundle, &index);
    let mut report = LossReport::default();
    let left = |session: &Session, name: &str| session.residue.get(NAME).and_then(|left| left.get(name)).cloned();
    let heads: Vec<String> = texts.iter().filter_map(|(s, _)| left(s, "head")?.as_str().map(str::to_owned)).collect();
    let from_file = texts.iter().all(|(session, _)| left(session, "pieces").is_some());
    let mut out = String::new();
    match heads.as_slice() {
        [head] if from_file => {
            out.push_str(head);
            for (session, sentences) in &texts {
                kept(&mut out, &left(session, "pieces").unwrap_or_default(), sentences, &mut report);
            }
        }
        _ => {
            out.push_str(HEAD);
            for (session, sentences) in &texts {
                fresh(&mut out, session, sentences, &mut report);
            }
            out.push_str(TAIL);
        }
    }
    for (_, sentences) in &texts {
        count(sentences, &mut report);
    }
    interlinear::left_out(bundle, &mut report);
    input::write_atomic(path, out.as_bytes())?;
    Ok(report)
}

fn count(sentences: &[Spoken], report: &mut LossReport) {
    report.kept("sentences", sentences.len());
    for sentence in sentences.iter().map(|spoken| &spoken.sentence) {
        report.kept("words", sentence.words.len());
        report.kept("free translations", sentence.of_role(TierRole::Translation).take(1).count());
        for word in &sentence.words {
            let pos = !word.category.is_empty() || word.morphs.iter().any(|m| !m.category.is_empty());
            report.left_out("parts of speech", usize::from(pos), "examples have words, morphs and glosses");
            let own = !word.gloss.is_empty() && word.morphs.iter().any(|m| !m.gloss.is_empty());
            report.left_out("glosses of whole words", usize::from(own), "those of their morphs are written");
        }
    }
}

/// A session of a file that was read: its passages, its examples, and new examples after the one they follow.
fn kept(out: &mut String, pieces: &Value, sentences: &[Spoken], report: &mut LossReport) {
    let pieces: Vec<&str> = pieces.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut done = 0;
    for spoken in sentences {
        let left = spoken.annotation.residue.get(NAME);
        let source = left.and_then(|l| l.get("source")).and_then(Value::as_str);
        let n = left.and_then(|l| l.get("n")).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
        match (source, n) {
            (Some(source), Some(n)) => {
                for piece in pieces.get(done..=n.min(pieces.len().saturating_sub(1))).unwrap_or_default() {
                    out.push_str(piece);
                }
                done = done.max(n.saturating_add(1));
                out.push_str(&edited(source, &spoken.sentence, report));
            }
            _ => {
                let open = out.matches("\\begin{exe}").count() > out.matches("\\end{exe}").count();
                if !out.ends_with('\n') {
                    out.push('\n');
                }
                if open {
                    out.push_str(&example(&spoken.sentence, "\\ex", report));
                } else {
                    out.push_str(&format!("{}\\z\n", example(&spoken.sentence, "\\ea", report)));
                }
            }
        }
    }
    for piece in pieces.get(done..).unwrap_or_default() {
        out.push_str(piece);
    }
}

/// An example's source with the lines that were edited set anew.
fn edited(source: &str, now: &Sentence, report: &mut LossReport) -> String {
    let now = now.clone().without_languages();
    let found = examples(source);
    let [found] = found.as_slice() else { return example(&now, "\\ex", report) };
    let was = sentence(source, found);
    if was == now {
        return source.to_owned();
    }
    let mut changes: Vec<(std::ops::Range<usize>, String)> = Vec::new();
    if was.words != now.words {
        let rows = rows(&now, found.rows.len());
        match (found.rows.first(), found.rows.last()) {
            // Three lines are needed where two were: the command that counts them changes too.
            (Some(first), Some(last)) if rows.len() != found.rows.len() && !found.expex => {
                let start = source.get(..first.start).and_then(|before| before.rfind("\\gl")).unwrap_or(first.start);
                let command = if rows.len() == 2 { "\\gll" } else { "\\glll" };
                changes.push((start..last.end, format!("{command} {}", rows.join("\\\\\n\t"))));
            }
            _ => {
                for (row, range) in rows.into_iter().zip(&found.rows) {
                    let old = source.get(range.clone()).unwrap_or_default();
                    let blank = |text: &str| text.chars().take_while(|c| c.is_whitespace()).collect::<String>();
                    let after: String = blank(&old.chars().rev().collect::<String>()).chars().rev().collect();
                    let before = if blank(old).is_empty() { " ".to_owned() } else { blank(old) };
                    changes.push((range.clone(), format!("{before}{row}{after}")));
                }
            }
        }
    }
    let spelled = |s: &Sentence| s.words.iter().map(|w| w.form.as_str()).collect::<Vec<_>>().join(" ");
    if was.text != now.text || (was.words != now.words && found.text.is_none()) {
        match &found.text {
            Some(range) => changes.push((range.clone(), encoded(&now.text, true))),
            None if spelled(&now) == now.text => {}
            None => {
                changes.push((found.inside..found.inside, format!(" \\emph{{{}}}\\\\\n", encoded(&now.text, true))))
            }
        }
    }
    let free = |s: &Sentence| s.of_role(TierRole::Translation).next().map(|u| u.text.clone()).unwrap_or_default();
    if free(&was) != free(&now) {
        let text = encoded(&free(&now), true);
        match &found.free {
            Some(range) => changes.push((range.clone(), text)),
            None => {
                let end = found.rows.last().map_or(source.len(), |row| row.end);
                let mark = if found.expex { "//\n\\glft" } else { "\\\\\n\\glt" };
                changes.push((end..end, format!("{mark} ‘{text}’")));
            }
        }
    }
    let more = now.under.len() - now.of_role(TierRole::Translation).take(1).count();
    report.left_out("further translations and notes", more, "an example that was read has one translation");
    let spoken = was.speaker != now.speaker || was.span != now.span;
    report.left_out("speakers and times", usize::from(spoken), "an example that was read has no place for them");
    changes.sort_by_key(|(range, _)| (range.start, range.end));
    let mut out = String::new();
    let mut at = 0;
    for (range, text) in changes {
        out.push_str(source.get(at..range.start).unwrap_or_default());
        out.push_str(&text);
        at = range.end.max(at);
    }
    out.push_str(source.get(at..).unwrap_or_default());
    out
}

/// The glossed lines of a sentence: two, or three where words are other than their morphs put together.
fn rows(now: &Sentence, at_least: usize) -> Vec<String> {
    let together = |word: &Column| word.morphs.is_empty() || word.cells().0.replace(['-', '='], "") == word.form;
    let three = at_least > 2 || !now.words.iter().all(together);
    let row = |of: &dyn Fn(&Column) -> String| now.words.iter().map(of).collect::<Vec<_>>().join(" ");
    let text = |text: &str| cell(&encoded(&one_line(text), false));
    let mut rows = Vec::new();
    if three {
        rows.push(row(&|word| text(&word.form)));
    }
    rows.push(row(&|word| text(&word.cells().0)));
    rows.push(row(&|word| cell(&gloss(&one_line(&word.cells().1)))));
    if at_least > 3 {
        rows.push(row(&|word| text(&word.cells().2)));
    }
    rows
}

fn further(now: &Sentence, report: &mut LossReport) {
    let more = now.under.len() - now.of_role(TierRole::Translation).take(1).count();
    report.mapped("further translations and notes", more, "set under the first; not read again from LaTeX");
}

/// A new example, without what closes it.
fn example(now: &Sentence, item: &str, report: &mut LossReport) -> String {
    let mut out = format!("{item}\n");
    if !now.speaker.is_empty() {
        out.push_str(&format!("%% speaker: {}\n", one_line(&now.speaker)));
    }
    if let Some(span) = now.span {
        out.push_str(&format!("%% time: {} {}\n", decimal(span.start), decimal(span.end)));
    }
    let mut first = now.of_role(TierRole::Translation).take(1);
    let free = first.next().map(|under| encoded(&one_line(&under.text), true));
    if now.words.is_empty() {
        // Without columns there is nothing to gloss, but a line for the next reader to find.
        let words = one_line(&now.text);
        let row = |fill: bool| {
            words
                .split(' ')
                .map(|w| if fill { "{}".to_owned() } else { cell(&encoded(w, false)) })
                .collect::<Vec<_>>()
                .join(" ")
        };
        out.push_str(&format!("\\gll {}\\\\\n     {}\\\\\n", row(false), row(true)));
        report.mapped("sentences without words", 1, "set as a glossed line without glosses");
    } else {
        let spelled = now.words.iter().map(|w| w.form.as_str()).collect::<Vec<_>>().join(" ");
        if spelled != now.text && !now.text.trim().is_empty() {
            out.push_str(&format!("\\emph{{{}}}\\\\\n", encoded(&one_line(&now.text), true)));
        }
        let rows = rows(now, 2);
        let command = if rows.len() == 2 { "\\gll" } else { "\\glll" };
        out.push_str(&format!("{command} {}\\\\\n", rows.join("\\\\\n     ")));
    }
    if let Some(free) = free {
        out.push_str(&format!("\\glt ‘{free}’\n"));
    }
    further(now, report);
    let mut seen = false;
    for under in &now.under {
        let text = encoded(&one_line(&under.text), true);
        match under.role {
            TierRole::Translation if !std::mem::replace(&mut seen, true) => {}
            TierRole::Translation => out.push_str(&format!("\\\\ ‘{text}’\n")),
            TierRole::LiteralTranslation => out.push_str(&format!("\\\\ (lit. ‘{text}’)\n")),
            _ => out.push_str(&format!("\\\\ ({text})\n")),
        }
    }
    out
}

fn fresh(out: &mut String, session: &Session, sentences: &[Spoken], report: &mut LossReport) {
    let title = session.title.best(["en"]).unwrap_or(&session.name);
    out.push_str(&format!(
        "\n{SESSION}{}\n\\section*{{{}}}\n",
        one_line(&session.name),
        encoded(&one_line(title), true)
    ));
    for spoken in sentences {
        out.push_str(&format!("\n{}\\z\n", example(&spoken.sentence, "\\ea", report)));
    }
}
