//! Columns of interlinear lines.

use unicode_normalization::char::is_combining_mark;

/// How a file counts columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    /// Toolbox itself pads by bytes.
    Bytes,
    /// Most scripts pad by letters.
    Letters,
    /// Editors pad by what is seen: combining marks take no room.
    Seen,
}

impl Width {
    fn of(self, letter: char) -> usize {
        match self {
            Self::Bytes => letter.len_utf8(),
            Self::Letters => 1,
            Self::Seen => usize::from(!is_combining_mark(letter)),
        }
    }
    /// How wide a text is.
    pub fn measure(self, text: &str) -> usize {
        text.chars().map(|c| self.of(c)).sum()
    }
}

/// The tokens of a line with the column each starts at.
pub(super) fn tokens(line: &str, width: Width) -> Vec<(usize, &str)> {
    let mut out = Vec::new();
    let (mut column, mut start): (usize, Option<(usize, usize)>) = (0, None);
    for (at, letter) in line.char_indices() {
        match (letter.is_whitespace(), start) {
            (true, Some((from, at_column))) => {
                out.push((at_column, &line[from..at]));
                start = None;
            }
            (false, None) => start = Some((at, column)),
            _ => {}
        }
        column += width.of(letter);
    }
    if let Some((from, at_column)) = start {
        out.push((at_column, &line[from..]));
    }
    out
}

/// The way of counting by which most tokens of the lower lines start where one of the first line does.
pub(super) fn best_width(lines: &[&str]) -> Width {
    let score = |width: Width| -> usize {
        let Some((first, rest)) = lines.split_first() else { return 0 };
        let columns: Vec<usize> = tokens(first, width).iter().map(|(c, _)| *c).collect();
        rest.iter()
            .map(|line| tokens(line, width))
            .map(|t| columns.iter().filter(|c| t.iter().any(|(d, _)| d == *c)).count())
            .sum()
    };
    // Ties go to letters: where nothing tells, nothing differs.
    [Width::Letters, Width::Bytes, Width::Seen]
        .into_iter()
        .rev()
        .max_by_key(|w| (score(*w), *w == Width::Letters))
        .unwrap_or(Width::Letters)
}

/// The part of a line that stands under each of the columns: from that column up to the next. A token that starts a
/// little before its column (a gloss pushed left) still belongs to the column it ends in.
pub(super) fn cells(line: &str, columns: &[usize], width: Width) -> Vec<String> {
    let mut cells = vec![String::new(); columns.len()];
    for (column, token) in tokens(line, width) {
        let cell = columns.iter().rposition(|start| *start <= column).unwrap_or(0);
        if let Some(cell) = cells.get_mut(cell) {
            if !cell.is_empty() {
                cell.push(' ');
            }
            cell.push_str(token);
        }
    }
    cells
}
