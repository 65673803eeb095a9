//! Examples in a LaTeX source: where each stands and what its lines say.

use std::ops::Range;

use super::tex::{LONGEST, columns, command, group_end, plain};
use crate::domain::{Span, TierRole, Time, WordKind};
use crate::formats::interlinear::{self, Column, Sentence, Under, one_line};

/// Where an example and its parts stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    pub whole: Range<usize>,
    /// The line above the glossed ones, when it is the text.
    pub text: Option<Range<usize>>,
    /// From the start of the first glossed line to the end of the last, its end mark not included.
    pub rows: Vec<Range<usize>>,
    /// The translation, without its quotes.
    pub free: Option<Range<usize>>,
    /// Where the example's own lines start, after the command that numbers it.
    pub inside: usize,
    /// What ends a glossed line: `\\`, or `//` for expex.
    pub expex: bool,
}

/// Commands that number an example.
const ITEMS: [&str; 12] = ["ea", "eal", "ex", "exi", "exr", "exp", "exg", "pex", "sn", "ag", "bg", "cg"];
/// Commands that end whatever came before.
const ENDS: [&str; 24] = [
    "z",
    "xe",
    "ea",
    "eal",
    "ex",
    "exi",
    "exr",
    "exp",
    "exg",
    "pex",
    "sn",
    "gll",
    "glll",
    "gllll",
    "begin",
    "end",
    "section",
    "subsection",
    "chapter",
    "newpage",
    "clearpage",
    "largerpage",
    "begingl",
    "endgl",
];

/// Calls `see` at each command outside of comments, with its name, start and end, until it wants no more.
fn commands<'a>(text: &'a str, range: Range<usize>, mut see: impl FnMut(&'a str, usize, usize) -> bool) {
    let bytes = text.as_bytes();
    let mut at = range.start;
    while at < range.end.min(bytes.len()) {
        match bytes[at] {
            b'\\' => {
                let Some((name, end)) = command(text, at) else { return };
                if !see(name, at, end) {
                    return;
                }
                at = end.max(at + 1);
            }
            b'%' => at = text.get(at..).and_then(|rest| rest.find('\n')).map_or(bytes.len(), |n| at + n + 1),
            _ => at += 1,
        }
    }
}

/// Where a line ends outside of braces: its mark's start and end.
fn line_end(text: &str, from: usize, mark: &str) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut at = from;
    while at < bytes.len().min(from + LONGEST) {
        if bytes.get(at..)?.starts_with(mark.as_bytes()) {
            return Some((at, at + mark.len()));
        }
        at = match bytes[at] {
            b'{' => group_end(text, at)?,
            b'\\' => command(text, at)?.1,
            b'%' => text.get(at..).and_then(|rest| rest.find('\n')).map_or(bytes.len(), |n| at + n + 1),
            // A paragraph ends every example.
            b'\n' if text.get(at + 1..)?.trim_start_matches([' ', '\t']).starts_with('\n') => return None,
            _ => at + 1,
        };
    }
    None
}

/// Every example of a source, in order.
pub(super) fn examples(text: &str) -> Vec<Found> {
    let mut starts: Vec<(&str, usize, usize)> = Vec::new();
    commands(text, 0..text.len(), |name, start, end| {
        let linguex = matches!(name, "exg" | "ag" | "bg" | "cg") && text.get(end..).is_some_and(|r| r.starts_with('.'));
        if matches!(name, "gll" | "glll" | "gllll" | "begingl") || linguex {
            starts.push((name, start, end));
        }
        true
    });
    let mut found: Vec<Found> = Vec::new();
    let mut from = 0;
    for (name, start, end) in starts {
        if start < from {
            continue;
        }
        let example = match name {
            "begingl" => expex(text, from, start, end),
            "gll" => gb4e(text, from, start, end, 2),
            "glll" => gb4e(text, from, start, end, 3),
            "gllll" => gb4e(text, from, start, end, 4),
            _ => gb4e(text, from, start, end + 1, 2),
        };
        if let Some(example) = example {
            from = example.whole.end;
            found.push(example);
        }
    }
    found
}

/// The command that numbers an example, before its glossed lines: where it starts, and where its arguments end.
fn item(text: &str, from: usize, start: usize) -> (usize, usize) {
    let near = (start.saturating_sub(LONGEST)..=start).find(|at| text.is_char_boundary(*at)).unwrap_or(start);
    let from = from.max(near);
    let mut item = (start, start);
    commands(text, from..start, |name, at, mut end| {
        if ITEMS.contains(&name) {
            let takes = matches!(name, "exi" | "exr" | "exp");
            while let Some(rest) = text.get(end..start) {
                let open = end + rest.len() - rest.trim_start_matches([' ', '\t']).len();
                let rest = text.get(open..start).unwrap_or_default();
                end = match rest.chars().next() {
                    Some('[') => rest.find(']').map_or(start, |n| open + n + 1),
                    Some('{') if takes && end == open => group_end(text, open).unwrap_or(start).min(start),
                    _ if rest.starts_with("\\label{") => group_end(text, open + 6).unwrap_or(start).min(start),
                    _ => break,
                };
            }
            item = (at, end.min(start));
        }
        true
    });
    item
}

fn gb4e(text: &str, from: usize, start: usize, end: usize, count: usize) -> Option<Found> {
    let (item_start, inside) = item(text, from, start);
    let mut rows = Vec::new();
    let mut at = end;
    for _ in 0..count {
        let (stop, next) = line_end(text, at, "\\\\")?;
        rows.push(at..stop);
        at = next;
    }
    let mut found = Found { whole: item_start..at, rows, inside, ..Found::default() };
    // The translation, up to whatever comes next.
    let mut free_start = at;
    let mut stop = text.len();
    commands(text, at..text.len(), |name, start, end| {
        if matches!(name, "glt" | "trans" | "glft") && free_start == at {
            free_start = end;
            return true;
        }
        if ENDS.contains(&name) {
            stop = start;
        }
        stop == text.len()
    });
    if let Some(blank) = blank_line(text.get(free_start..stop).unwrap_or_default()) {
        stop = free_start + blank;
    }
    found.free = free(text, free_start..stop);
    found.whole.end = found.free.as_ref().map_or(at, |free| closing(text, free.end, stop)).max(at);
    let rest = text.get(stop..).unwrap_or_default();
    if rest.starts_with("\\z") && !rest.get(2..).is_some_and(|r| r.starts_with(|c: char| c.is_ascii_alphabetic())) {
        found.whole.end = stop + 2;
    }
    found.text = above(text, inside..start, &found.rows);
    Some(found)
}

fn expex(text: &str, from: usize, start: usize, end: usize) -> Option<Found> {
    let (item_start, inside) = item(text, from, start);
    let mut found = Found { whole: item_start..end, inside, expex: true, ..Found::default() };
    let mut preamble = None;
    let mut close = None;
    commands(text, end..text.len(), |name, _, end| {
        match name {
            "gla" | "glb" | "glc" | "gld" => {
                found.rows.extend(line_end(text, end, "//").map(|(stop, _)| end..stop));
            }
            "glpreamble" => preamble = line_end(text, end, "//").map(|(stop, _)| trimmed(text, end..stop)),
            "glft" => found.free = line_end(text, end, "//").and_then(|(stop, _)| free(text, end..stop)),
            "endgl" => close = Some(end),
            _ if ITEMS.contains(&name) => return false,
            _ => return close.is_none(),
        }
        true
    });
    found.whole.end = close?;
    if found.rows.len() < 2 {
        return None;
    }
    let rest = text.get(found.whole.end..).unwrap_or_default();
    if rest.trim_start().starts_with("\\xe") {
        found.whole.end += rest.len() - rest.trim_start().len() + 3;
    }
    found.text = preamble;
    Some(found)
}

fn blank_line(text: &str) -> Option<usize> {
    let mut at = 0;
    for (n, line) in text.split_inclusive('\n').enumerate() {
        if n > 0 && line.trim().is_empty() && line.ends_with('\n') {
            return Some(at);
        }
        at += line.len();
    }
    None
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let inside = text.get(range.clone()).unwrap_or_default();
    let start = range.start + inside.len() - inside.trim_start().len();
    start..(start + inside.trim().len())
}

/// A translation without its quotes; all of it where it has none.
fn free(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let range = trimmed(text, range);
    let inside = text.get(range.clone()).unwrap_or_default();
    let open = inside.chars().next().filter(|c| matches!(c, '`' | '‘' | '“' | '\''))?;
    let start = range.start + open.len_utf8();
    // The last closing quote outside of footnotes and other arguments.
    let (mut at, mut last) = (start, None);
    while let Some(letter) = text.get(at..range.end).and_then(|rest| rest.chars().next()) {
        let next = at + letter.len_utf8();
        if matches!(letter, '\'' | '’' | '”') {
            last = Some(at);
        }
        at = match letter {
            '{' => group_end(text, at).unwrap_or(next),
            '\\' => match command(text, at) {
                Some(("\\", _)) => break,
                Some((_, end)) => end,
                None => next,
            },
            '%' => text.get(at..range.end).and_then(|rest| rest.find('\n')).map_or(range.end, |n| at + n),
            _ => next,
        };
    }
    Some(trimmed(text, start..last.unwrap_or(range.end)))
}

/// Past the closing quote.
fn closing(text: &str, at: usize, stop: usize) -> usize {
    let rest = text.get(at..stop).unwrap_or_default();
    let blank = rest.len() - rest.trim_start().len();
    let quote = rest.trim_start().chars().next().filter(|c| matches!(c, '\'' | '’' | '”'));
    quote.map_or(at, |quote| at + blank + quote.len_utf8())
}

/// The line above the glossed ones, if it is the text: all in italics, or of the same words.
fn above(text: &str, range: Range<usize>, rows: &[Range<usize>]) -> Option<Range<usize>> {
    let mut at = range.start;
    let mut last = None;
    while let Some((stop, next)) = line_end(text.get(..range.end)?, at, "\\\\") {
        let line = trimmed(text, at..stop);
        if !line.is_empty() {
            last = Some(line);
        }
        at = next;
    }
    let line = last?;
    let source = text.get(line.clone())?;
    for set in ["\\emph{", "\\textit{"] {
        if source.starts_with(set) && group_end(text, line.start + set.len() - 1) == Some(line.end) {
            return Some((line.start + set.len())..(line.end - 1));
        }
    }
    let bare = |text: &str| text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let said: Vec<String> = plain(source, true).split_whitespace().map(bare).collect();
    let words: Vec<String> = columns(text.get(rows.first()?.clone())?).iter().map(|word| bare(word)).collect();
    let shared = words.iter().filter(|word| said.contains(word)).count();
    (shared * 2 > words.len()).then_some(line)
}

/// What an example says.
pub(super) fn sentence(text: &str, found: &Found) -> Sentence {
    let rows: Vec<Vec<String>> =
        found.rows.iter().map(|row| columns(text.get(row.clone()).unwrap_or_default())).collect();
    let of = |row: usize, n: usize| rows.get(row).and_then(|row| row.get(n)).map(String::as_str).unwrap_or_default();
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut sentence = Sentence::default();
    for n in 0..count {
        let (form, morphs, gloss, category) = match rows.len() {
            2 => ("", of(0, n), of(1, n), ""),
            _ => (of(0, n), of(1, n), of(2, n), of(3, n)),
        };
        sentence.words.push(column(form, morphs, gloss, category));
    }
    let spelled = sentence.words.iter().map(|w| w.form.as_str()).collect::<Vec<_>>().join(" ");
    let said = found.text.as_ref().and_then(|range| text.get(range.clone())).map(|tex| one_line(&plain(tex, true)));
    sentence.text = said.filter(|text| !text.is_empty()).unwrap_or(spelled);
    if let Some(free) = found.free.as_ref().and_then(|range| text.get(range.clone())) {
        let free = one_line(&plain(free, true));
        if !free.is_empty() {
            sentence.under.push(Under { role: TierRole::Translation, language: String::new(), text: free });
        }
    }
    for line in text.get(found.inside..found.rows.first().map_or(found.inside, |r| r.start)).unwrap_or_default().lines()
    {
        if let Some(speaker) = line.trim().strip_prefix("%% speaker: ") {
            speaker.trim().clone_into(&mut sentence.speaker);
        }
        if let Some((start, end)) = line.trim().strip_prefix("%% time: ").and_then(|times| times.split_once(' ')) {
            let time = |text: &str| text.trim().parse().ok().and_then(Time::from_secs);
            if let (Some(start), Some(end)) = (time(start), time(end)) {
                sentence.span = Some(Span::new(start, end));
            }
        }
    }
    sentence
}

/// A word from its cells. Where there is no line of whole words, the word is its morphs without the marks.
fn column(form: &str, morphs: &str, gloss: &str, category: &str) -> Column {
    let whole = if form.is_empty() { morphs.replace(['-', '='], "") } else { form.to_owned() };
    let whole = if whole.is_empty() { morphs.to_owned() } else { whole };
    if interlinear::is_punctuation(morphs) && gloss.is_empty() {
        return Column { form: whole, kind: WordKind::Punctuation, category: category.to_owned(), ..Column::default() };
    }
    let cut = if morphs.is_empty() { None } else { interlinear::split(morphs, gloss, category) };
    let cut = cut.or_else(|| if morphs.is_empty() { None } else { interlinear::split(morphs, gloss, "") });
    match cut.filter(|pieces| pieces.len() > 1 || !gloss.is_empty()) {
        Some(pieces) => {
            let placed = pieces.iter().any(|piece| !piece.category.is_empty());
            let category = if placed { String::new() } else { category.to_owned() };
            Column { form: whole, morphs: pieces, category, ..Column::default() }
        }
        None => {
            // What cannot be cut stays whole, its marks with it.
            let form = if form.is_empty() { morphs } else { form };
            Column {
                form: form.to_owned(),
                gloss: gloss.to_owned(),
                category: category.to_owned(),
                ..Column::default()
            }
        }
    }
}
