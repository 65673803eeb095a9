//! Text with delimiters to rows.

use super::{CELLS, COLUMNS, Table};
use crate::formats::{Format, FormatError};

/// Rows from text. Without a delimiter given, the one of comma, semicolon, tab and bar that parts the first lines most
/// evenly is taken.
///
/// # Errors
/// When the text is no table, or larger than memory should bear.
pub fn parse(text: &str, delimiter: Option<u8>) -> Result<Table, FormatError> {
    let text = text.trim_start_matches('\u{FEFF}');
    // Excel's own way of saying it: a first line `sep=;`.
    let (said, text) = match text.split_once('\n') {
        Some((first, rest)) => match first.trim().strip_prefix("sep=") {
            Some(said) if said.len() == 1 => (said.bytes().next(), rest),
            _ => (None, text),
        },
        None => (None, text),
    };
    let delimiter = said.or(delimiter).unwrap_or_else(|| sniff(text));
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).has_headers(false).from_reader(text.as_bytes());
    let broken = |place: String, problem: String| FormatError::broken(Format::Csv, place, problem);
    let mut table = Table::default();
    let mut cells = 0;
    for (number, row) in reader.records().enumerate() {
        let row = row.map_err(|e| {
            let place = e.position().map_or("the start".to_owned(), |p| format!("line {}", p.line()));
            broken(place, e.to_string())
        })?;
        cells += row.len();
        if cells > CELLS || row.len() > COLUMNS {
            let limit = format!("more than {COLUMNS} columns or {CELLS} cells; is it really a table?");
            return Err(broken(format!("row {}", number + 1), limit));
        }
        table.rows.push(row.iter().map(str::to_owned).collect());
    }
    Ok(table)
}

/// The delimiter that parts the first lines into most cells, as many on each line as can be.
fn sniff(text: &str) -> u8 {
    let start: String = text.lines().take(20).collect::<Vec<_>>().join("\n");
    let score = |delimiter: u8| -> (usize, usize) {
        let rows: Vec<usize> = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .has_headers(false)
            .from_reader(start.as_bytes())
            .records()
            .map_while(Result::ok)
            .map(|row| row.len())
            .collect();
        let first = rows.first().copied().unwrap_or(1);
        if first < 2 {
            return (0, 0);
        }
        (rows.iter().filter(|width| **width == first).count(), first)
    };
    let candidates = [b',', b'\t', b';', b'|'];
    let best = candidates.into_iter().map(|d| (score(d), d)).rev().max_by_key(|(score, _)| *score);
    best.filter(|((even, _), _)| *even > 0).map_or(b',', |(_, delimiter)| delimiter)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn delimiters_are_told_apart() {
        for (text, cells) in [
            ("a,b\n\"1,5\",2\n", ["1,5", "2"]),
            ("a;b\n1,5;2,5\n", ["1,5", "2,5"]),
            ("a\tb\nx, y; z\tw\n", ["x, y; z", "w"]),
            ("sep=;\na;b\n1;2\n", ["1", "2"]),
            ("a|b\n1|2\n", ["1", "2"]),
        ] {
            let table = parse(text, None).unwrap();
            assert_eq!(table.rows[1], cells, "{text}");
        }
    }
}
