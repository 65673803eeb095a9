//! Lines as the model sees them: words without the punctuation at their edges and without case, as keys.

use unicode_normalization::UnicodeNormalization;

use super::hash::{Key, key};
use crate::glossing::igt::Line;

/// A word of a sentence.
#[derive(Clone, Debug)]
pub struct Word {
    /// As written, without punctuation at its edges; the whole token where there is nothing else.
    pub core: String,
    /// `core` composed, without case.
    pub chars: Vec<char>,
    pub form: Key,
    /// Punctuation before and after, as keys; 0 where there is none.
    pub before: Key,
    pub after: Key,
    pub capital: bool,
    /// Punctuation or a number: glossed with itself as a rule.
    pub sign: bool,
    /// Morphs as given: composed, without case.
    pub morphs: Option<Vec<String>>,
}

/// A sentence.
#[derive(Clone, Debug, Default)]
pub struct Sentence {
    pub words: Vec<Word>,
    /// The free translation's words, in small letters.
    pub translation: Vec<String>,
    pub translation_keys: Vec<Key>,
    /// Whether each of them has a capital where no sentence begins.
    pub translation_names: Vec<bool>,
}

/// Composed, without case.
pub fn folded(text: &str) -> String {
    text.nfc().flat_map(char::to_lowercase).collect()
}

/// Marks that are no part of a word at its edges. Apostrophes and hyphens are letters somewhere.
fn is_mark(c: char) -> bool {
    ".,;:!?…¿¡\"“”„«»‹›()[]{}⟨⟩|‖/\\–—。、，！？؟،؛।॥܀".contains(c)
}

/// Whether a gloss names a grammatical category: it has capitals and no small letters.
pub fn is_gram(gloss: &str) -> bool {
    gloss.chars().any(char::is_uppercase) && !gloss.chars().any(char::is_lowercase)
}

impl Word {
    /// Reads a token; its morphs where they are known.
    pub fn new(token: &str, morphs: Option<&[String]>) -> Self {
        let trimmed = token.trim_matches(is_mark);
        let (core, before, after) = if trimmed.is_empty() {
            (token, 0, 0)
        } else {
            let lead = token.len() - token.trim_start_matches(is_mark).len();
            let edge = |text: &str| if text.is_empty() { 0 } else { key(text) };
            (trimmed, edge(&token[..lead]), edge(&token[lead + trimmed.len()..]))
        };
        let fold = folded(core);
        Self {
            form: key(&fold),
            chars: fold.chars().collect(),
            before,
            after,
            capital: core.chars().next().is_some_and(char::is_uppercase),
            sign: !core.chars().any(char::is_alphabetic),
            morphs: morphs.map(|m| m.iter().map(|m| folded(m)).collect()),
            core: core.to_owned(),
        }
    }
}

impl Sentence {
    /// Reads a line. Segmentations that do not fit the words in number are left out.
    pub fn new(line: &Line) -> Self {
        let segmentation = line.segmentation.as_ref().filter(|s| s.len() == line.words.len());
        let words = line
            .words
            .iter()
            .enumerate()
            .map(|(i, word)| Word::new(word, segmentation.and_then(|s| s.get(i)).map(Vec::as_slice)))
            .collect();
        let mut translation = Vec::new();
        let mut names = Vec::new();
        let mut begins = true;
        for piece in line.translation.as_deref().unwrap_or_default().split_whitespace() {
            for word in piece.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’' | '-' | 'ʔ')) {
                let word = word.trim_matches(['\'', '’', '-']);
                if word.is_empty() {
                    continue;
                }
                names.push(!begins && word.chars().next().is_some_and(char::is_uppercase));
                translation.push(folded(word));
                begins = false;
            }
            begins |= piece.ends_with(['.', '!', '?', '"', '”', ':', '|']);
        }
        let translation_keys = translation.iter().map(|w| key(w)).collect();
        Self { words, translation, translation_keys, translation_names: names }
    }
}
