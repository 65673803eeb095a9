//! One sentence: its comments and rows, and what they say.

use std::fmt;

use super::misc;
use crate::domain::{Span, TierRole, Time, WordKind};
use crate::formats::interlinear::{self, Column, Piece, Sentence, Under};

/// A row's id: `3`, `1-2` or `1.1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Id {
    Word(usize),
    Range(usize, usize),
    Empty(usize, usize),
}

impl Id {
    fn parse(text: &str) -> Option<Self> {
        let pair = |a: &str, b: &str| Some((a.parse().ok()?, b.parse().ok()?));
        if let Some((a, b)) = text.split_once('-') {
            let (a, b) = pair(a, b)?;
            return Some(Self::Range(a, b));
        }
        if let Some((a, b)) = text.split_once('.') {
            let (a, b) = pair(a, b)?;
            return Some(Self::Empty(a, b));
        }
        text.parse().ok().map(Self::Word)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(n) => write!(f, "{n}"),
            Self::Range(a, b) => write!(f, "{a}-{b}"),
            Self::Empty(a, b) => write!(f, "{a}.{b}"),
        }
    }
}

/// The nine columns after the id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub id: Id,
    pub cols: [String; 9],
}

/// Columns by name.
pub(super) const FORM: usize = 0;
pub(super) const LEMMA: usize = 1;
pub(super) const UPOS: usize = 2;
pub(super) const XPOS: usize = 3;
pub(super) const HEAD: usize = 5;
pub(super) const DEPREL: usize = 6;
pub(super) const DEPS: usize = 7;
pub(super) const MISC: usize = 8;

impl Row {
    /// A row of which nothing is known.
    pub fn new(id: Id) -> Self {
        Self { id, cols: std::array::from_fn(|_| "_".to_owned()) }
    }
    /// A column's value, empty where it says nothing.
    pub fn known(&self, column: usize) -> &str {
        let value = self.cols[column].as_str();
        if value == "_" { "" } else { value }
    }
    fn parse(line: &str) -> Option<(Self, bool)> {
        // Tabs that an editor turned into spaces are a common accident.
        let parts: Vec<&str> =
            if line.contains('\t') { line.split('\t').collect() } else { line.split_whitespace().collect() };
        let id = Id::parse(parts.first()?.trim())?;
        let mut row = Self::new(id);
        for (column, part) in row.cols.iter_mut().zip(parts.iter().skip(1)) {
            if !part.trim().is_empty() {
                part.trim().clone_into(column);
            }
        }
        let sound = parts.len() == 10 && parts.iter().all(|part| !part.is_empty() && part.trim() == *part);
        Some((row, sound && line.contains('\t')))
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.id)?;
        self.cols.iter().try_for_each(|column| write!(f, "\t{column}"))
    }
}

/// A surface token: a word of ours, with the rows it stands for.
#[derive(Clone, Debug, Default)]
pub(super) struct Token {
    /// The multiword token's own row.
    pub range: Option<Row>,
    pub words: Vec<Row>,
    /// Empty nodes after it.
    pub empty: Vec<Row>,
}

/// A sentence in pieces.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    /// Comment lines, with their `#`.
    pub comments: Vec<String>,
    /// Empty nodes before the first word.
    pub leading: Vec<Row>,
    pub tokens: Vec<Token>,
    /// Whether the lines are as the specification wants them, so that they may be written back as they are.
    pub sound: bool,
    /// Lines that are neither.
    pub strange: usize,
}

/// The key and value of a comment line.
pub(super) fn comment(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.strip_prefix('#')?.split_once('=')?;
    Some((key.trim(), value.trim()))
}

/// What a comment's key says is under the sentence: kind and language.
pub(super) fn under_of(key: &str) -> Option<(TierRole, &str)> {
    let language = |tag: &str| {
        let primary = tag.split('-').next().unwrap_or_default();
        (2..=3).contains(&primary.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    match key {
        "comment" | "note" => return Some((TierRole::Note, "")),
        _ => {}
    }
    let kinds =
        [("text_", TierRole::Translation), ("literal_", TierRole::LiteralTranslation), ("note_", TierRole::Note)];
    kinds.iter().find_map(|(start, role)| {
        let tag = key.strip_prefix(start)?;
        (language(tag) || tag.starts_with("qaa-")).then_some((*role, tag))
    })
}

impl Block {
    /// Takes a sentence's lines apart.
    pub fn parse(text: &str) -> Self {
        let mut block = Self { sound: true, ..Self::default() };
        let mut expected = 1;
        // Words up to this one belong to the multiword token that is open.
        let mut open_until = 0;
        for line in text.lines() {
            if line.starts_with('#') {
                block.sound &= block.tokens.is_empty();
                block.comments.push(line.to_owned());
                continue;
            }
            let Some((mut row, sound)) = Row::parse(line) else {
                block.strange += usize::from(!line.trim().is_empty());
                block.sound = false;
                continue;
            };
            block.sound &= sound;
            match row.id {
                Id::Word(n) => {
                    block.sound &= n == expected;
                    row.id = Id::Word(expected);
                    if expected <= open_until && !block.tokens.is_empty() {
                        if let Some(token) = block.tokens.last_mut() {
                            token.words.push(row);
                        }
                    } else {
                        block.tokens.push(Token { words: vec![row], ..Token::default() });
                    }
                    expected += 1;
                }
                Id::Range(a, b) => {
                    if a == expected && b > a && b - a < 100 && open_until < a {
                        open_until = b;
                        block.tokens.push(Token { range: Some(row), ..Token::default() });
                    } else {
                        block.sound = false;
                        block.strange += 1;
                    }
                }
                Id::Empty(..) => match block.tokens.last_mut() {
                    // Within a multiword token it would have to keep its place among the words.
                    Some(token) if token.range.is_some() && expected <= open_until => token.words.push(row),
                    Some(token) => token.empty.push(row),
                    None => block.leading.push(row),
                },
            }
        }
        // A multiword token whose words are missing.
        let before = block.tokens.len();
        block.tokens.retain(|token| token.words.iter().any(|row| matches!(row.id, Id::Word(_))));
        block.strange += before - block.tokens.len();
        block.sound &= open_until < expected && before == block.tokens.len();
        block
    }
    /// A comment's value.
    pub fn said(&self, key: &str) -> Option<&str> {
        self.comments.iter().filter_map(|line| comment(line)).find(|(known, _)| *known == key).map(|(_, value)| value)
    }
    /// What it says, as a sentence.
    pub fn sentence(&self) -> Sentence {
        let under = self.comments.iter().filter_map(|line| {
            let (key, value) = comment(line)?;
            let (role, language) = under_of(key)?;
            let under = Under { role, language: language.to_owned(), text: value.to_owned() };
            (!value.is_empty()).then_some(under)
        });
        let millis = |key: &str| self.said(key).and_then(|v| v.parse().ok()).map(Time::from_millis);
        let span = match (millis("start_ms"), millis("end_ms")) {
            (Some(start), Some(end)) if start <= end => Some(Span { start, end }),
            _ => None,
        };
        let transcribed = self.said("text_as_transcribed").map(unescaped);
        let text = transcribed.or_else(|| self.said("text").map(str::to_owned)).unwrap_or_else(|| self.spelled());
        Sentence {
            text,
            speaker: self.said("speaker_id").or_else(|| self.said("speaker")).unwrap_or_default().to_owned(),
            span,
            words: self.tokens.iter().map(Token::column).collect(),
            under: under.collect(),
        }
    }
    /// The text that the tokens add up to.
    pub fn spelled(&self) -> String {
        let mut out = String::new();
        for token in &self.tokens {
            let row = token.surface();
            out.push_str(&row.cols[FORM]);
            if misc::get(&row.cols[MISC], "SpaceAfter").as_deref() != Some("No") {
                out.push(' ');
            }
        }
        out.trim_end().to_owned()
    }
}

/// A text on one line, line ends written as `\n`.
pub(super) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t")
}

fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (letter, letter == '\\') {
            (_, true) => match letters.next() {
                Some('n') => out.push('\n'),
                Some('r') => out.push('\r'),
                Some('t') => out.push('\t'),
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
            (letter, _) => out.push(letter),
        }
    }
    out
}

impl Token {
    /// The row whose FORM stands in the text.
    pub fn surface(&self) -> &Row {
        static NOTHING: std::sync::LazyLock<Row> = std::sync::LazyLock::new(|| Row::new(Id::Word(0)));
        self.range.as_ref().or(self.words.first()).unwrap_or(&NOTHING)
    }
    /// That row, to change.
    pub fn surface_mut(&mut self) -> Option<&mut Row> {
        self.range.as_mut().or(self.words.first_mut())
    }
    /// The id that the word remembers.
    pub fn id(&self) -> String {
        self.surface().id.to_string()
    }
    /// The word it is.
    pub fn column(&self) -> Column {
        let row = self.surface();
        let form = row.cols[FORM].clone();
        let gloss = misc::get(&row.cols[MISC], "Gloss").unwrap_or_default();
        if self.range.is_some() {
            let words = self.words.iter().filter(|row| matches!(row.id, Id::Word(_)));
            let morphs = words.map(|row| Piece {
                form: row.cols[FORM].clone(),
                citation: row.known(LEMMA).to_owned(),
                gloss: misc::get(&row.cols[MISC], "Gloss").unwrap_or_default(),
                category: category(row).to_owned(),
            });
            return Column { form, gloss, category: String::new(), kind: WordKind::Word, morphs: morphs.collect() };
        }
        let category = category(row).to_owned();
        let kind = match category.as_str() {
            "PUNCT" => WordKind::Punctuation,
            "" if interlinear::is_punctuation(&form) => WordKind::Punctuation,
            _ => WordKind::Word,
        };
        Column { form, gloss, category, kind, morphs: morphs(row) }
    }
}

/// UPOS, or XPOS where there is none.
fn category(row: &Row) -> &str {
    Some(row.known(UPOS)).filter(|upos| !upos.is_empty()).unwrap_or_else(|| row.known(XPOS))
}

/// What `MSeg` and `MGloss` say; LEMMA is the citation form of the stem.
fn morphs(row: &Row) -> Vec<Piece> {
    let Some(segments) = misc::get(&row.cols[MISC], "MSeg") else { return Vec::new() };
    let glosses = misc::get(&row.cols[MISC], "MGloss").unwrap_or_default();
    let mut pieces = interlinear::split(&segments, &glosses, "").unwrap_or_default();
    let unmarked = |piece: &&mut Piece| !piece.form.starts_with(['-', '=']) && !piece.form.ends_with(['-', '=']);
    if let Some(stem) = pieces.iter_mut().find(unmarked) {
        row.known(LEMMA).clone_into(&mut stem.citation);
    }
    pieces
}
