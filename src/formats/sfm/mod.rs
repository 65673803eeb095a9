//! MDF dictionaries in standard format markers (Toolbox, Lexique Pro, FLEx's own export).
//!
//! A `\lx` record is a lexeme, its `\se` subentries lexemes of their own. The record's text as it stood in the file is
//! kept with the lexeme: writing reads it again, sees what was edited since, and changes those lines only. So a
//! file that nobody edited comes back to the letter (line endings aside: those of the file are used throughout).
//! Markers that MDF does not define become custom fields under the marker's name.

mod fields;
mod read;
mod record;
mod write;

pub use read::read;
pub use write::write;

/// The name residue goes by.
pub(super) const NAME: &str = "sfm";

/// Which language the last letter of a marker stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Languages {
    /// `v`: the vernacular.
    pub object: String,
    /// `e`: English, as MDF has it.
    pub english: String,
    /// `n`: the national language.
    pub national: String,
    /// `r`: the regional language.
    pub regional: String,
}

impl Languages {
    /// The language a marker's last letter stands for.
    pub fn of(&self, letter: char) -> Option<&str> {
        match letter {
            'v' => Some(&self.object),
            'e' => Some(&self.english),
            'n' => Some(&self.national),
            'r' => Some(&self.regional),
            _ => None,
        }
    }
    /// The letter for a language.
    pub fn letter(&self, language: &str) -> Option<char> {
        // National before English: where a file writes only `n` for one language, that stays.
        [('n', &self.national), ('e', &self.english), ('v', &self.object), ('r', &self.regional)]
            .into_iter()
            .find(|(_, known)| *known == language)
            .map(|(letter, _)| letter)
    }
}

/// One field of a record: marker, and everything after it up to the next marker, line ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::formats) struct Line<'t> {
    pub marker: &'t str,
    pub rest: &'t str,
}

impl Line<'_> {
    /// The value as people read it: continuation lines joined by a space.
    pub fn value(&self) -> String {
        self.rest.split(['\n', '\r']).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

/// The fields of a text, and what stands before the first. A marker is a backslash at the start of a line and
/// the letters up to the next white space.
pub(in crate::formats) fn lines(text: &str) -> (&str, Vec<Line<'_>>) {
    let mut starts = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let named = line.strip_prefix('\\').is_some_and(|rest| rest.starts_with(|c: char| !c.is_whitespace()));
        if named {
            starts.push(at);
        }
        at += line.len();
    }
    let head = &text[..starts.first().copied().unwrap_or(text.len())];
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let fields = starts.iter().zip(ends).map(|(start, end)| {
        let field = &text[start + 1..end];
        let split = field.find(char::is_whitespace).unwrap_or(field.len());
        Line { marker: &field[..split], rest: &field[split..] }
    });
    (head, fields.collect())
}
