//! One line of a label file.

use crate::domain::Time;
use crate::formats::textgrid::decimal;

/// What a line says.
#[derive(Debug, PartialEq)]
pub enum Line<'a> {
    Label {
        start: Time,
        end: Time,
        /// The digits as written; a point label of one column has the same twice.
        digits: (&'a str, &'a str),
        text: &'a str,
    },
    /// The frequency range of the label before, as written.
    Range(&'a str),
}

/// A line; `None` for what is neither.
pub fn parse(line: &str) -> Option<Line<'_>> {
    if let Some(range) = line.strip_prefix("\\\t") {
        let numbers = range.split('\t').all(|field| seconds(field).is_some());
        return numbers.then_some(Line::Range(range));
    }
    let (first, rest) = line.split_once('\t').unwrap_or((line, ""));
    let start = seconds(first)?;
    let (second, text) = rest.split_once('\t').unwrap_or((rest, ""));
    match seconds(second) {
        Some(end) => Some(Line::Label { start, end, digits: (first.trim(), second.trim()), text }),
        // Old versions write a point as one time and its label.
        None => Some(Line::Label { start, end: start, digits: (first.trim(), first.trim()), text: rest }),
    }
}

/// Seconds with a point or, as some systems have it, a comma.
pub fn seconds(text: &str) -> Option<Time> {
    let text = text.trim();
    let parsed = match text.contains(',') {
        true => decimal::parse(&text.replacen(',', ".", 1)),
        false => decimal::parse(text),
    };
    parsed.map(|(time, _)| time)
}

/// Whether the start of a text file is that of a label file: each line a label or a range, with a tab in it, and at
/// least one label.
pub fn is_labels(head: &str) -> bool {
    let head = head.trim_start_matches('\u{FEFF}');
    let mut lines: Vec<&str> = head.lines().filter(|line| !line.trim().is_empty()).take(60).collect();
    // The head of a long file may end within a line.
    if lines.len() > 1 && lines.len() < 60 && !head.ends_with('\n') {
        lines.pop();
    }
    let fits = |line: &&str| match parse(line) {
        Some(Line::Label { start, end, .. }) => line.contains('\t') && line.split('\t').count() <= 3 && start <= end,
        Some(Line::Range(_)) => true,
        None => false,
    };
    lines.first().is_some_and(|first| !first.starts_with('\\')) && lines.iter().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_apart() {
        let second = Time::from_millis(1000);
        assert_eq!(
            parse("1.000000\t1.5\tfoo"),
            Some(Line::Label { start: second, end: Time::from_millis(1500), digits: ("1.000000", "1.5"), text: "foo" })
        );
        assert_eq!(
            parse("1,0\ta point"),
            Some(Line::Label { start: second, end: second, digits: ("1,0", "1,0"), text: "a point" })
        );
        assert_eq!(parse("\\\t100.0\t-1.0"), Some(Line::Range("100.0\t-1.0")));
        for odd in ["", "\\lx word", "NaN\t1\tx", "inf\t2\tx", "1e400\t2\tx", "word\t1\t2"] {
            assert_eq!(parse(odd), None, "{odd}");
        }
        assert!(is_labels("0.5\t0.7\ta\n\\\t1\t2\n0.9\t1.0\tcut of"));
        assert!(!is_labels("1\t2\t3\t4\n"));
        assert!(!is_labels("\\tx one\n"));
        assert!(!is_labels(""));
    }
}
