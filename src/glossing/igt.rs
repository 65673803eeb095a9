//! Interlinear glossed text as the SIGMORPHON 2023 shared task writes it: blocks of lines marked `\t` (words), `\m`
//! (the words cut into morphs), `\p` (parts of speech), `\g` (glosses) and `\l` (free translation), parted by empty
//! lines. Words are parted by white space, morphs and their glosses by `-`.

use std::ops::Range;

/// One sentence: what the glosser learns from and works on.
///
/// `words`, `segmentation` and `glosses` run in parallel: `glosses[i]` are those of `words[i]`, one a morph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    pub words: Vec<String>,
    /// Each word's morphs in order, as the analysis writes them: they need not add up to the word.
    pub segmentation: Option<Vec<Vec<String>>>,
    /// Each word's glosses, one a morph.
    pub glosses: Option<Vec<Vec<String>>>,
    pub translation: Option<String>,
}

impl Line {
    /// A line of words alone, parted by white space.
    pub fn of_words(text: &str) -> Self {
        Self { words: text.split_whitespace().map(str::to_owned).collect(), ..Self::default() }
    }
}

/// Why a file is not glossed text.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum IgtError {
    #[error("no lines marked \\t: this is not glossed text as the shared task writes it")]
    NoText,
    #[error("not in UTF-8 (byte {at}); save it as UTF-8 first")]
    NotUtf8 { at: usize },
}

/// A block of the file with the place of its gloss line.
#[derive(Clone, Debug)]
struct Block {
    line: Line,
    /// Bytes of the text after `\g`, without line end; `None` where the block has no such line.
    gloss: Option<Range<usize>>,
    /// Where a missing gloss line goes: at the start of the line after `\m`, `\p` or `\t`.
    insert: usize,
}

/// A file of glossed text: its sentences, and its bytes as they were.
#[derive(Clone, Debug)]
pub struct Igt {
    text: String,
    blocks: Vec<Block>,
}

impl Igt {
    /// Reads a file's bytes. A byte order mark, CRLF line ends and a missing last line end are fine.
    pub fn parse(bytes: &[u8]) -> Result<Self, IgtError> {
        let text = std::str::from_utf8(bytes).map_err(|e| IgtError::NotUtf8 { at: e.valid_up_to() })?.to_owned();
        let mut blocks: Vec<Block> = Vec::new();
        let mut open: Option<Block> = None;
        let mut at = 0;
        for raw in text.split_inclusive('\n') {
            let start = at;
            at += raw.len();
            let line = raw.trim_end_matches(['\n', '\r']);
            let skip = if start == 0 { line.len() - line.trim_start_matches('\u{feff}').len() } else { 0 };
            let line = &line[skip..];
            if line.trim().is_empty() {
                blocks.extend(open.take());
                continue;
            }
            let Some((mark, rest, offset)) = marked(line) else { continue };
            if mark == 't' && open.is_some() {
                blocks.extend(open.take());
            }
            if mark == 't' {
                let line = Line::of_words(rest);
                open = Some(Block { line, gloss: None, insert: at });
                continue;
            }
            let Some(block) = open.as_mut() else { continue };
            match mark {
                'm' if block.line.segmentation.is_none() => {
                    block.line.segmentation = Some(pieces(rest));
                    block.insert = at;
                }
                'p' => block.insert = at,
                'g' if block.gloss.is_none() => {
                    let from = start + skip + offset;
                    block.gloss = Some(from..from + rest.len());
                    if !rest.trim().is_empty() {
                        block.line.glosses = Some(pieces(rest));
                    }
                }
                'l' if block.line.translation.is_none() => block.line.translation = Some(rest.trim().to_owned()),
                _ => {}
            }
        }
        blocks.extend(open.take());
        if blocks.is_empty() { Err(IgtError::NoText) } else { Ok(Self { text, blocks }) }
    }

    /// The sentences in order.
    pub fn lines(&self) -> impl ExactSizeIterator<Item = &Line> {
        self.blocks.iter().map(|b| &b.line)
    }

    /// The file with other glosses, one list of words a sentence (`None` leaves a sentence as it is); all else stays
    /// byte for byte.
    pub fn with_glosses(&self, glosses: &[Option<Vec<String>>]) -> String {
        let mut out = String::with_capacity(self.text.len() * 2);
        let mut done = 0;
        let newline = if self.text.contains("\r\n") { "\r\n" } else { "\n" };
        for (block, words) in self.blocks.iter().zip(glosses) {
            let Some(words) = words else { continue };
            let joined = words.join(" ");
            match &block.gloss {
                Some(range) => {
                    out.push_str(&self.text[done..range.start]);
                    if self.text[..range.start].ends_with("\\g") {
                        out.push(' ');
                    }
                    out.push_str(&joined);
                    done = range.end;
                }
                None => {
                    out.push_str(&self.text[done..block.insert]);
                    if !out.is_empty() && !out.ends_with('\n') {
                        out.push_str(newline);
                    }
                    out.push_str(&format!("\\g {joined}{newline}"));
                    done = block.insert;
                }
            }
        }
        out.push_str(&self.text[done..]);
        out
    }
}

/// A line's mark, the text after it, and the byte where that text starts.
fn marked(line: &str) -> Option<(char, &str, usize)> {
    let rest = line.strip_prefix('\\')?;
    let mark = rest.chars().next()?;
    let after = &rest[mark.len_utf8()..];
    let text = after.strip_prefix(char::is_whitespace).unwrap_or(after);
    if text.len() == after.len() && !after.is_empty() {
        return None;
    }
    Some((mark, text, line.len() - text.len()))
}

/// Words at white space, their parts at `-`. A word that is one hyphen, or several, stays whole.
pub fn pieces(text: &str) -> Vec<Vec<String>> {
    text.split_whitespace().map(word_pieces).collect()
}

/// The parts of a word or of its gloss at `-`; joined by `-` they are the word again.
pub fn word_pieces(word: &str) -> Vec<String> {
    word.split('-').map(str::to_owned).collect()
}
