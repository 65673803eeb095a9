//! FLEx interlinear text (`.flextext`, FlexInterlinear.xsd).
//!
//! An `interlinear-text` is a session; phrases are annotations on a transcription tier (one a speaker), their `gls`,
//! `lit` and `note` items annotations on child tiers by language; words and morphs are themselves. Paragraphs are
//! kept as residue. Offsets are milliseconds, as FLEx writes them.

mod read;
mod write;

pub use read::read;
pub use write::write;

use super::xmltree::Element;

/// The name residue goes by.
pub(super) const NAME: &str = "flextext";

/// FLEx's ids of morph types, the same in every project.
const MORPH_TYPES: [(&str, &str); 19] = [
    ("bound root", "d7f713e4-e8cf-11d3-9764-00c04f186933"),
    ("bound stem", "d7f713e7-e8cf-11d3-9764-00c04f186933"),
    ("circumfix", "d7f713df-e8cf-11d3-9764-00c04f186933"),
    ("clitic", "c2d140e5-7ca9-41f4-a69a-22fc7049dd2c"),
    ("enclitic", "d7f713e1-e8cf-11d3-9764-00c04f186933"),
    ("infix", "d7f713da-e8cf-11d3-9764-00c04f186933"),
    ("particle", "56db04bf-3d58-44cc-b292-4c8aa68538f4"),
    ("prefix", "d7f713db-e8cf-11d3-9764-00c04f186933"),
    ("proclitic", "d7f713e2-e8cf-11d3-9764-00c04f186933"),
    ("root", "d7f713e5-e8cf-11d3-9764-00c04f186933"),
    ("simulfix", "d7f713dc-e8cf-11d3-9764-00c04f186933"),
    ("stem", "d7f713e8-e8cf-11d3-9764-00c04f186933"),
    ("suffix", "d7f713dd-e8cf-11d3-9764-00c04f186933"),
    ("suprafix", "d7f713de-e8cf-11d3-9764-00c04f186933"),
    ("infixing interfix", "18d9b1c3-b5b6-4c07-b92c-2fe1d2281bd4"),
    ("prefixing interfix", "af6537b0-7175-4387-ba6a-36547d37fb13"),
    ("suffixing interfix", "3433683d-08a9-4bae-ae53-2a7798f64068"),
    ("phrase", "a23b6faa-1052-4f4d-984b-4b338bdaf95f"),
    ("discontiguous phrase", "0cc8c35a-cee9-434d-be58-5d29130fba5b"),
];

/// What an element is to the merge. Items are told apart by type and language.
fn key(element: &Element) -> Option<String> {
    match element.name.as_str() {
        "item" => {
            let (kind, lang) = (element.get("type")?, element.get("lang").unwrap_or_default());
            let modelled = ["txt", "punct", "gls", "pos", "cf", "msa", "hn", "lit", "note", "title", "description"]
                .contains(&kind);
            // A word has one homograph number, whatever language it is said to be in.
            modelled.then(|| if kind == "hn" { "item:hn".to_owned() } else { format!("item:{kind}:{lang}") })
        }
        "word" | "morph" | "paragraphs" => Some(format!("@{}", element.name)),
        "words" | "morphemes" | "languages" | "media-files" => Some(element.name.clone()),
        "language" => Some(format!("language:{}", element.get("lang")?)),
        "media" => Some(format!("media:{}", element.get("guid")?)),
        _ => None,
    }
}

/// The text of an utterance from the texts of its words: a space between words, none before closing or after
/// opening punctuation.
pub(super) fn joined<'a>(words: impl IntoIterator<Item = (&'a str, bool)>) -> String {
    let mut out = String::new();
    let mut glued = true;
    for (text, punctuation) in words {
        if text.is_empty() {
            continue;
        }
        let opening = punctuation && text.chars().all(|c| "([{<¿¡“‘«‹„‚".contains(c));
        if !glued && (!punctuation || opening) {
            out.push(' ');
        }
        out.push_str(text);
        glued = opening;
    }
    out
}
