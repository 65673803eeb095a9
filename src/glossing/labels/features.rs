//! What the learners look at: a word with its neighbours, a text with its words and letter sequences.

use unicode_normalization::UnicodeNormalization;

use super::maxent::Feature;
use super::tagger::Token;

/// Most characters of a text that are looked at.
const MOST_TEXT: usize = 20_000;
/// Longest word that is taken apart; beyond it something else than a word was written.
const MOST_WORD: usize = 80;

/// A form as it is compared: NFC, small letters.
pub(super) fn plain(form: &str) -> String {
    form.trim().nfc().flat_map(char::to_lowercase).take(MOST_WORD).collect()
}

/// FNV-1a over the parts of a feature's name, folded to 32 bits.
fn bucket(kind: u8, parts: &[&str]) -> u32 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut take = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    take(kind);
    for part in parts {
        part.bytes().for_each(&mut take);
        take(0xff);
    }
    // FNV's low bits are its weakest, and the buckets are taken from them.
    hash ^= hash >> 29;
    (hash ^ (hash >> 32)) as u32
}

/// What a word form shows by itself; the same for every occurrence.
pub(super) struct Shape {
    form: String,
    /// Byte offsets of its characters, and its end.
    cuts: Vec<usize>,
    sort: &'static str,
}

impl Shape {
    pub fn new(token: &Token) -> Self {
        let form = plain(&token.form);
        let mut cuts: Vec<usize> = form.char_indices().map(|(at, _)| at).collect();
        cuts.push(form.len());
        let sort = match token.form.chars().next() {
            _ if token.mark => "mark",
            Some(c) if c.is_uppercase() => "capital",
            Some(c) if c.is_numeric() => "number",
            _ if token.form.contains(['-', '=']) => "joined",
            _ => "plain",
        };
        Self { form, cuts, sort }
    }
    fn letters(&self) -> usize {
        self.cuts.len() - 1
    }
    fn first(&self, letters: usize) -> &str {
        &self.form[..self.cuts[letters.min(self.letters())]]
    }
    fn last(&self, letters: usize) -> &str {
        &self.form[self.cuts[self.letters().saturating_sub(letters)]..]
    }
}

/// The features of the word at a place in a line. `before` are the labels of the two words before it, nearest first.
pub(super) fn of_word(line: &[Shape], at: usize, before: [&str; 2]) -> Vec<Feature> {
    const EDGE: &str = "\u{2}";
    let Some(word) = line.get(at) else { return Vec::new() };
    let near = |step: isize| at.checked_add_signed(step).and_then(|at| line.get(at));
    let form = |step: isize| near(step).map_or(EDGE, |shape| shape.form.as_str());
    let mut found = Vec::with_capacity(40);
    let mut add = |kind: u8, parts: &[&str]| found.push((bucket(kind, parts), 1.0));
    add(0, &[]);
    add(1, &[&word.form]);
    add(2, &[word.sort, if at == 0 { "first" } else { "" }]);
    for letters in 1..=5 {
        if word.letters() > letters {
            add(10 + letters as u8, &[word.first(letters)]);
            add(20 + letters as u8, &[word.last(letters)]);
        }
    }
    if word.letters() > 3 {
        add(30, &[word.first(2), word.last(2)]);
    }
    add(31, &[["0", "1", "2", "3", "4", "6", "6", "9", "9", "9"].get(word.letters()).unwrap_or(&"10")]);
    for (kind, step) in [(40, -1), (41, 1), (42, -2), (43, 2)] {
        add(kind, &[form(step)]);
    }
    for (kind, step) in [(50, -1), (52, 1)] {
        add(kind, &[near(step).map_or(EDGE, |shape| shape.last(3))]);
        add(kind + 1, &[near(step).map_or(EDGE, |shape| shape.first(2))]);
    }
    add(60, &[before[0]]);
    add(61, &before);
    add(62, &[before[0], &word.form]);
    add(63, &[before[0], word.last(2)]);
    found
}

/// The features of a text: its words and pairs of words, and the letter sequences of one to four within its words;
/// weighed by the logarithm of how often they come, and scaled to length one.
pub(super) fn of_text(text: &str) -> Vec<Feature> {
    let text: String = text.nfc().flat_map(char::to_lowercase).take(MOST_TEXT).collect();
    let mut counts: std::collections::BTreeMap<u32, f32> = std::collections::BTreeMap::new();
    let mut add = |kind: u8, parts: &[&str]| *counts.entry(bucket(kind, parts)).or_default() += 1.0;
    let mut before: Option<&str> = None;
    for token in super::super::tokens::tokens(&text) {
        let word = token.text;
        add(101, &[word]);
        if let Some(before) = before {
            add(102, &[before, word]);
        }
        before = Some(word);
        let bounded = format!("\u{2}{word}\u{3}");
        let cuts: Vec<usize> = bounded.char_indices().map(|(at, _)| at).chain([bounded.len()]).collect();
        for letters in 1..=4 {
            for window in cuts.windows(letters + 1) {
                add(110 + letters as u8, &[&bounded[window[0]..window[letters]]]);
            }
        }
    }
    let mut found: Vec<Feature> = counts.into_iter().map(|(bucket, count)| (bucket, 1.0 + count.ln())).collect();
    let length = found.iter().map(|(_, value)| value * value).sum::<f32>().sqrt().max(1e-6);
    // A length of three: AdaGrad's steps are made for features about as large as 1.
    found.iter_mut().for_each(|(_, value)| *value *= 3.0 / length);
    found.push((bucket(100, &[]), 1.0));
    found
}
