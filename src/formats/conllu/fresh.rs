//! Rows for what never was CoNLL-U.

use unicode_segmentation::UnicodeSegmentation;

use super::block::{FORM, Id, LEMMA, MISC, Row, Token, UPOS, XPOS};
use super::misc;
use crate::domain::WordKind;
use crate::formats::interlinear::{self, Column, one_line};

/// The seventeen parts of speech.
const UPOS_TAGS: [&str; 17] = [
    "ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN", "PUNCT", "SCONJ",
    "SYM", "VERB", "X",
];

/// What dictionaries call them, in small letters and without dots.
const ABBREVIATIONS: [(&str, &[&str]); 13] = [
    ("NOUN", &["n", "noun", "nn", "nom", "subst", "s"]),
    ("PROPN", &["nprop", "prop", "propn", "proper noun", "npr", "pn"]),
    ("VERB", &["v", "verb", "vt", "vi", "vtr", "vitr", "v tr", "v intr", "v t", "v i", "vb", "tv", "iv", "vintr"]),
    ("ADJ", &["adj", "adjective", "a"]),
    ("ADV", &["adv", "adverb"]),
    ("PRON", &["pro", "pron", "pronoun", "pers pro"]),
    ("DET", &["det", "determiner", "art", "article", "dem"]),
    ("ADP", &["adp", "post", "postp", "posp", "prep", "preposition", "postposition", "adposition", "pp"]),
    ("CCONJ", &["conj", "conjunction", "cconj", "coordconn", "cc", "conn"]),
    ("SCONJ", &["subordconn", "sconj", "subconj", "comp"]),
    ("NUM", &["num", "numeral", "quant", "card"]),
    ("INTJ", &["interj", "intj", "interjection", "ideo", "excl"]),
    ("PART", &["part", "particle", "ptcl", "prt", "neg"]),
];

/// The universal part of speech that a category is, when it is one.
pub(super) fn upos(category: &str) -> Option<&'static str> {
    let plain = one_line(&category.to_lowercase().replace('.', " "));
    UPOS_TAGS
        .iter()
        .find(|tag| **tag == category)
        .copied()
        .or_else(|| ABBREVIATIONS.iter().find(|(_, names)| names.contains(&plain.as_str())).map(|(tag, _)| *tag))
}

/// A column's value: on one line, `_` where there is none.
pub(super) fn or_blank(text: &str) -> String {
    let text = one_line(text);
    if text.is_empty() { "_".to_owned() } else { text }
}

/// The token of a word.
pub(super) fn token(column: &Column) -> Token {
    let mut row = Row::new(Id::Word(0));
    row.cols[FORM] = or_blank(&column.form);
    let (segments, mgloss, categories) = column.cells();
    let category = if column.category.is_empty() { categories } else { column.category.clone() };
    let stem = column.morphs.iter().find(|m| !m.form.starts_with(['-', '=']) && !m.form.ends_with(['-', '=']));
    let stem = stem.or(if column.morphs.len() == 1 { column.morphs.first() } else { None });
    set_category(&mut row, &category, stem.map(|m| m.category.as_str()), column.kind);
    if let Some(stem) = stem {
        row.cols[LEMMA] = or_blank(stem.citation.trim_matches(['-', '=']));
    }
    if row.cols[LEMMA] == "_" && column.kind == WordKind::Punctuation {
        row.cols[LEMMA].clone_from(&row.cols[FORM].clone());
    }
    let mut misc = misc::set("_", "Gloss", &one_line(&column.gloss));
    if !column.morphs.is_empty() {
        let glossed = column.morphs.iter().any(|m| !m.gloss.is_empty());
        misc = misc::set(&misc, "MGloss", if glossed { &mgloss } else { "" });
        misc = misc::set(&misc, "MSeg", &segments);
    }
    row.cols[MISC] = misc;
    Token { words: vec![row], ..Token::default() }
}

/// UPOS where the category is one, else XPOS with the UPOS it stands for.
pub(super) fn set_category(row: &mut Row, category: &str, of_stem: Option<&str>, kind: WordKind) {
    let known = upos(category).or_else(|| of_stem.and_then(upos));
    let universal = if kind == WordKind::Punctuation { Some("PUNCT") } else { known };
    row.cols[UPOS] = universal.unwrap_or("_").to_owned();
    row.cols[XPOS] = if universal == Some(category) || category.is_empty() {
        "_".to_owned()
    } else {
        // No spaces in this column.
        one_line(category).replace(' ', "_")
    };
}

/// Words for a text that was not cut into words yet.
pub(super) fn words_of(text: &str) -> Vec<Column> {
    text.split_word_bounds()
        .filter(|part| !part.trim().is_empty())
        .map(|part| Column {
            form: part.to_owned(),
            kind: if interlinear::is_punctuation(part) { WordKind::Punctuation } else { WordKind::Word },
            ..Column::default()
        })
        .collect()
}

/// Sets `SpaceAfter=No` wherever a text has no space between two tokens. The text that the tokens then add up to.
pub(super) fn space(tokens: &mut [Token], text: &str) -> String {
    let text = one_line(text);
    let mut rest = text.as_str();
    let mut spelled = String::new();
    let last = tokens.len().saturating_sub(1);
    for (n, token) in tokens.iter_mut().enumerate() {
        let Some(row) = token.surface_mut() else { continue };
        let form = row.cols[FORM].clone();
        // A word that the text does not have (or has elsewhere) stands by itself.
        let found = rest.trim_start().strip_prefix(form.as_str());
        if let Some(after) = found {
            rest = after;
        }
        let glued = found.is_some() && n < last && !rest.is_empty() && !rest.starts_with(char::is_whitespace);
        row.cols[MISC] = misc::set(&row.cols[MISC], "SpaceAfter", if glued { "No" } else { "" });
        spelled.push_str(&form);
        if !glued && n < last {
            spelled.push(' ');
        }
    }
    spelled
}
