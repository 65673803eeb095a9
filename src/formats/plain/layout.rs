//! One example in columns, there and back.

use super::width::{padded, width};
use super::{NOTHING, ROWS};
use crate::domain::{Span, TierRole, Time, WordKind};
use crate::formats::interlinear::{self, Column, Sentence, Under, one_line};

/// Longer rows are broken between columns.
const WIDEST: usize = 96;
const INDENT: &str = "     ";

/// Which rows a file has.
pub(super) type Rows = [bool; 5];

/// The rows that sentences need.
pub(super) fn rows<'a>(sentences: impl Iterator<Item = &'a Sentence>) -> Rows {
    let mut rows = [false; 5];
    for word in sentences.flat_map(|sentence| &sentence.words) {
        let (_, gloss, category) = word.cells();
        rows[0] = true;
        rows[1] |= !word.morphs.is_empty();
        rows[2] |= !gloss.is_empty();
        rows[3] |= !word.gloss.is_empty() && word.gloss != gloss;
        rows[4] |= !category.is_empty();
    }
    rows
}

fn cell(text: &str) -> String {
    let text = one_line(text);
    if text.is_empty() { NOTHING.to_owned() } else { text }
}

/// Whether a sentence's marks of punctuation say nothing but themselves: then they stand in the row of words alone.
fn marks_are_bare(sentence: &Sentence) -> bool {
    sentence.words.iter().filter(|w| interlinear::is_punctuation(&w.form)).all(|mark| {
        mark.kind == WordKind::Punctuation
            && mark.morphs.is_empty()
            && mark.gloss.is_empty()
            && mark.category.is_empty()
    })
}

/// The cells of a word, one a row.
fn cells(word: &Column, rows: &Rows, bare: bool) -> Vec<String> {
    if bare && interlinear::is_punctuation(&word.form) {
        let mut cells = vec![String::new(); rows.iter().filter(|shown| **shown).count()];
        if let Some(first) = cells.first_mut() {
            *first = cell(&word.form);
        }
        return cells;
    }
    let (form, gloss, category) = word.cells();
    let morphs = if word.morphs.is_empty() { String::new() } else { form };
    let category = if word.category.is_empty() { category } else { word.category.clone() };
    let all = [cell(&word.form), cell(&morphs), cell(&gloss), cell(&word.gloss), cell(&category)];
    all.into_iter().zip(rows).filter(|(_, shown)| **shown).map(|(text, _)| text).collect()
}

/// An example as text, numbered.
pub(super) fn example(number: usize, sentence: &Sentence, rows: &Rows) -> String {
    let mut out = String::new();
    let mut head = one_line(&sentence.speaker);
    if let Some(span) = sentence.span {
        head = format!("{head} [{}–{}]", span.start, span.end);
    }
    if !head.trim().is_empty() {
        out.push_str(&format!("{}\n", head.trim_start()));
    }
    let mark = format!("({number})");
    out.push_str(&format!("{}{}\n", padded(&mark, INDENT.len().max(width(&mark) + 1)), cell(&sentence.text)));
    let mut group: Vec<String> = Vec::new();
    let mut first = true;
    let mut flush = |group: &mut Vec<String>| {
        if group.is_empty() {
            return;
        }
        if !std::mem::take(&mut first) {
            out.push('\n');
        }
        for row in std::mem::take(group) {
            out.push_str(&format!("{INDENT}{}\n", row.trim_end()));
        }
    };
    let bare = marks_are_bare(sentence);
    for word in &sentence.words {
        let cells = cells(word, rows, bare);
        let room = cells.iter().map(|c| width(c)).max().unwrap_or(0) + 2;
        let stays = bare && interlinear::is_punctuation(&word.form);
        if !stays && group.first().is_some_and(|row| width(row) + room > WIDEST) {
            flush(&mut group);
        }
        group.resize(cells.len(), String::new());
        for (row, cell) in group.iter_mut().zip(&cells) {
            row.push_str(&padded(cell, room));
        }
    }
    flush(&mut group);
    for under in &sentence.under {
        let tag =
            if matches!(under.language.as_str(), "" | "en") { String::new() } else { format!("[{}] ", under.language) };
        let text = one_line(&under.text);
        out.push_str(INDENT);
        out.push_str(&match under.role {
            TierRole::Translation => format!("{tag}‘{text}’\n"),
            TierRole::LiteralTranslation => format!("lit. {tag}‘{text}’\n"),
            _ => format!("note: {tag}{text}\n"),
        });
    }
    out
}

/// What stands under an example, when a line is that.
fn under(line: &str, analysis: &str) -> Option<Under> {
    let (role, rest) = match line {
        line if line.starts_with("lit. ") => (TierRole::LiteralTranslation, line.strip_prefix("lit. ")?),
        line if line.starts_with("note: ") => (TierRole::Note, line.strip_prefix("note: ")?),
        line => (TierRole::Translation, line),
    };
    let tagged = rest.strip_prefix('[').and_then(|rest| rest.split_once("] "));
    let (language, text) = tagged.map_or((analysis, rest), |(tag, text)| (tag, text));
    let text = match role {
        TierRole::Note => text,
        _ => text.strip_prefix('‘')?.strip_suffix('’')?,
    };
    Some(Under { role, language: language.to_owned(), text: text.to_owned() })
}

/// Minutes, seconds and hours as [`Time`] shows them.
fn time(text: &str) -> Option<Time> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, millis) = text.split_once('.')?;
    let mut seconds: i64 = 0;
    for part in whole.split(':') {
        seconds = seconds.checked_mul(60)?.checked_add(part.parse().ok()?)?;
    }
    let millis = seconds.checked_mul(1000)?.checked_add(millis.parse().ok()?)?;
    Some(Time::from_millis(if negative { -millis } else { millis }))
}

/// Who spoke and when, from the line above an example.
fn head(line: &str) -> (String, Option<Span>) {
    let times = line.strip_suffix(']').and_then(|line| line.rsplit_once('[')).and_then(|(before, times)| {
        let (start, end) = times.split_once('–')?;
        Some((before, Span::new(time(start)?, time(end)?)))
    });
    match times {
        Some((before, span)) => (before.trim().to_owned(), Some(span)),
        None => (line.trim().to_owned(), None),
    }
}

/// The number that starts an example, and what follows it.
pub(super) fn numbered(line: &str) -> Option<&str> {
    let (number, rest) = line.strip_prefix('(')?.split_once(')')?;
    (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())).then(|| rest.trim())
}

fn columns(line: &str) -> Vec<&str> {
    line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect()
}

fn meant(cell: Option<&&str>) -> String {
    cell.filter(|cell| **cell != NOTHING).map(|cell| (*cell).to_owned()).unwrap_or_default()
}

/// A sentence from the lines of an example, the numbered one first.
pub(super) fn sentence(above: &str, lines: &[&str], rows: &Rows, analysis: &str) -> Sentence {
    let (speaker, span) = head(above);
    let text = lines.first().and_then(|line| numbered(line)).unwrap_or_default();
    let text = if text == NOTHING { String::new() } else { text.to_owned() };
    let mut sentence = Sentence { text, speaker, span, ..Sentence::default() };
    let count = rows.iter().filter(|shown| **shown).count();
    let mut rest = lines.get(1..).unwrap_or_default();
    while let Some(line) = rest.first() {
        if line.trim().is_empty() {
            rest = rest.get(1..).unwrap_or_default();
            continue;
        }
        if let Some(under) = under(line.trim(), analysis) {
            sentence.under.push(under);
            rest = rest.get(1..).unwrap_or_default();
            continue;
        }
        let (group, after) = rest.split_at(count.clamp(1, rest.len()));
        rest = after;
        let mut cells: Vec<Vec<&str>> = vec![Vec::new(); ROWS.len()];
        let shown = rows.iter().enumerate().filter(|(_, shown)| **shown).map(|(n, _)| n);
        for (n, line) in shown.zip(group) {
            if let Some(row) = cells.get_mut(n) {
                *row = columns(line);
            }
        }
        let forms = cells.first().cloned().unwrap_or_default();
        let glossed: Vec<usize> =
            (0..forms.len()).filter(|n| !forms.get(*n).is_some_and(|form| interlinear::is_punctuation(form))).collect();
        // A row that has one cell a word has none for the marks.
        let of = |row: usize, n: usize| {
            let row = cells.get(row).map_or(&[][..], Vec::as_slice);
            let place = if row.len() == forms.len() { Some(n) } else { glossed.iter().position(|at| *at == n) };
            meant(place.and_then(|place| row.get(place)))
        };
        for n in 0..forms.len() {
            sentence.words.push(column([of(0, n), of(1, n), of(2, n), of(3, n), of(4, n)]));
        }
    }
    sentence
}

fn column([form, morphs, gloss, own, category]: [String; 5]) -> Column {
    let kind = if interlinear::is_punctuation(&form) { WordKind::Punctuation } else { WordKind::Word };
    let mut column = Column { form, category, kind, ..Column::default() };
    let cut = if morphs.is_empty() { None } else { interlinear::split(&morphs, &gloss, "") };
    match cut {
        Some(pieces) => {
            column.morphs = pieces;
            column.gloss = own;
        }
        None => column.gloss = if own.is_empty() { gloss } else { own },
    }
    column
}
