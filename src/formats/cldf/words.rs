//! A line of words and a line of glosses: to words and morphs, and back.

use serde_json::{Value, json};

use super::NAME;
use crate::domain::{AnnotationId, Bundle, Morph, Word, WordKind};
use crate::formats::lgr;
use crate::formats::table::add_word;

/// Adds a word; what ours would not say as the line did is kept beside it.
pub(super) fn read(
    bundle: &mut Bundle,
    annotation: AnnotationId,
    position: usize,
    (tag, text): (&str, &str),
    (gloss_tag, gloss): (&str, &str),
) {
    let morphs = bundle.morphs.len();
    let glosses: &[(&str, &str)] = if gloss.is_empty() { &[] } else { &[(gloss_tag, gloss)] };
    add_word(bundle, annotation, position, tag, text, glosses);
    let made: Vec<&Morph> = bundle.morphs.get(morphs..).unwrap_or_default().iter().collect();
    let Some(word) = bundle.words.last() else { return };
    let ours = say(word, &made, gloss_tag);
    if ours != (text.to_owned(), gloss.to_owned()) {
        let left = json!({ "words": [text, gloss], "as": [ours.0, ours.1] });
        if let Some(word) = bundle.words.last_mut() {
            word.residue.set(NAME, left);
        }
    }
}

/// What a word and its gloss are in a line of words; empty for punctuation.
fn say(word: &Word, morphs: &[&Morph], language: &str) -> (String, String) {
    let plain = |text: &str| text.replace(['\t', '\n', '\r'], " ");
    if word.kind == WordKind::Punctuation {
        return Default::default();
    }
    let first = |text: &crate::domain::MultiText| text.first().unwrap_or_default().to_owned();
    if morphs.is_empty() {
        return (plain(&first(&word.form)), plain(word.gloss.get(language).unwrap_or_default()));
    }
    let parts: Vec<lgr::Part> = morphs
        .iter()
        .map(|morph| lgr::Part {
            form: first(&morph.form),
            kind: morph.kind,
            gloss: morph.gloss.get(language).unwrap_or_default().to_owned(),
        })
        .collect();
    let (form, mut gloss) = lgr::join(&parts);
    if gloss.is_empty() {
        word.gloss.get(language).unwrap_or_default().clone_into(&mut gloss);
    }
    (plain(&form), plain(&gloss))
}

/// The lines of words and glosses of a sentence; both empty when it has no words.
pub(super) fn lines(words: &[(&Word, Vec<&Morph>)], language: &str) -> (Vec<String>, Vec<String>) {
    let pairs = words.iter().filter_map(|(word, morphs)| {
        let ours = say(word, morphs, language);
        let left = word.residue.get(NAME);
        let text = |name: &str, at: usize| left?.get(name)?.get(at).and_then(Value::as_str);
        if (text("as", 0), text("as", 1)) == (Some(&ours.0), Some(&ours.1)) {
            return Some((text("words", 0)?.to_owned(), text("words", 1)?.to_owned()));
        }
        (word.kind == WordKind::Word).then_some(ours)
    });
    let (words, glosses): (Vec<String>, Vec<String>) = pairs.unzip();
    if glosses.iter().all(String::is_empty) { (words, Vec::new()) } else { (words, glosses) }
}

/// Whether a word stands in the line of words.
pub(super) fn in_line(word: &Word) -> bool {
    word.kind == WordKind::Word || word.residue.get(NAME).is_some_and(|left| left.get("as").is_some())
}

/// A word as the line of words has it.
pub(super) fn written(word: &Word, morphs: &[&Morph]) -> String {
    let ours = say(word, morphs, "");
    let left = word.residue.get(NAME);
    let text = |name: &str| left?.get(name)?.get(0).and_then(Value::as_str);
    if text("as") == Some(&ours.0) { text("words").unwrap_or_default().to_owned() } else { ours.0 }
}
