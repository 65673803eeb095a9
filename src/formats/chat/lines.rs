//! Lines of a file: headers, main lines, dependent lines; continuation lines folded in.

use super::BULLET;
use crate::domain::{Span, Time};

/// A century in milliseconds: beyond that it is no recording.
const MOST_MILLIS: i64 = 3_155_760_000_000;

/// One line, continuations folded in.
#[derive(Debug, PartialEq)]
pub enum Line {
    /// `@Comment:\t…` as written.
    Header(String),
    /// `*CHI:\t…`: speaker, text.
    Main(String, String),
    /// `%eng:\t…`: kind, text.
    Dependent(String, String),
}

/// The lines of a text, and how many were folded or stood outside any line.
pub fn parse(text: &str) -> (Vec<Line>, usize) {
    let mut folded: Vec<String> = Vec::new();
    let mut odd = 0;
    for line in text.trim_start_matches('\u{FEFF}').split('\n') {
        let line = line.trim_end_matches(|c: char| c.is_ascii_whitespace());
        if line.is_empty() {
            continue;
        }
        match (line.chars().next(), folded.last_mut()) {
            (Some('@' | '*' | '%'), _) => folded.push(line.to_owned()),
            (first, Some(before)) => {
                odd += usize::from(first != Some('\t'));
                before.push(' ');
                before.push_str(line.trim_start());
            }
            _ => odd += 1,
        }
    }
    let lines = folded.into_iter().map(|line| {
        let (name, rest) = line.split_once(':').unwrap_or((&line, ""));
        let rest = rest.trim();
        match line.chars().next() {
            Some('*') => Line::Main(name.get(1..).unwrap_or_default().trim().to_owned(), rest.to_owned()),
            Some('%') => Line::Dependent(name.get(1..).unwrap_or_default().trim().to_owned(), rest.to_owned()),
            _ if line.contains(':') => Line::Header(join(name.trim_end(), rest)),
            _ => Line::Header(line.clone()),
        }
    });
    (lines.collect(), odd)
}

/// A line of name and text.
pub fn join(name: &str, text: &str) -> String {
    if text.is_empty() { format!("{name}:") } else { format!("{name}:\t{text}") }
}

/// A main line's text and the bullet at its end, with the time that means.
pub fn bullet(text: &str) -> (&str, Option<(&str, Option<Span>)>) {
    let whole = text.trim_end();
    let inner = whole.strip_suffix(BULLET).and_then(|rest| rest.rsplit_once(BULLET));
    match inner {
        Some((before, digits)) => (before.trim_end(), Some((digits, times(digits)))),
        None => (whole, None),
    }
}

fn times(digits: &str) -> Option<Span> {
    let (start, end) = digits.trim_end_matches('-').split_once('_')?;
    let millis = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse::<i64>().ok())?.filter(|millis| *millis <= MOST_MILLIS)
    };
    Some(Span::new(Time::from_millis(millis(start)?), Time::from_millis(millis(end)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_and_told_apart() {
        let (lines, odd) = parse("\u{FEFF}@UTF8\r\n@Comment:\tone\r\n\ttwo\r\n*CHI:  hey .\n%com:\n");
        assert_eq!(odd, 0);
        assert_eq!(
            lines,
            [
                Line::Header("@UTF8".into()),
                Line::Header("@Comment:\tone two".into()),
                Line::Main("CHI".into(), "hey .".into()),
                Line::Dependent("com".into(), String::new()),
            ]
        );
    }

    #[test]
    fn bullets_are_times() {
        let span = Span { start: Time::from_millis(5), end: Time::from_millis(20) };
        assert_eq!(bullet("hey . \u{15}5_20\u{15}"), ("hey .", Some(("5_20", Some(span)))));
        assert_eq!(bullet("hey ."), ("hey .", None));
        for odd in ["a_b", "-5_2", "5", "99999999999999999_5", "NaN_1", ""] {
            assert_eq!(bullet(&format!("x \u{15}{odd}\u{15}")).1, Some((odd, None)), "{odd}");
        }
    }
}
