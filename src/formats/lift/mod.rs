//! LIFT 0.13, the lexicon format of FLEx, WeSay and The Combine.
//!
//! Entries are lexemes, variants and pronunciations forms, senses and subsenses senses. What LIFT says beyond that
//! (annotations, spans, illustrations, traits) is kept beside the records and written back. The header, deleted entries
//! and the file's maker stay on a vocabulary of their own without values, so that no entry takes them along when it is
//! deleted. The `.lift-ranges` file beside the lexicon becomes vocabularies and is written back beside it; pictures
//! and sounds are named in the report and stay where they are.

mod ranges;
mod read;
mod write;

pub use read::read;
pub use write::write;

use super::xmltree::Element;

/// The name residue goes by.
pub(super) const NAME: &str = "lift";
/// Custom fields that are typed notes in LIFT carry this before the type.
pub(super) const NOTE: &str = "note:";
/// The custom field that keeps reversal forms.
pub(super) const REVERSAL: &str = "reversal";
/// The name of the vocabulary without values that carries what belongs to the file and to no entry.
pub(super) const CARRIER: &str = "LIFT header";
/// What FLEx calls the trait with a semantic domain.
pub(super) const DOMAIN: &str = "semantic-domain-ddp4";

/// Whether a trait gives the place, dialect or slot in which a form is used.
fn is_environment(name: &str) -> bool {
    matches!(name, "environment" | "dialect" | "dialects" | "paradigm")
}

/// Whether a trait gives a semantic domain.
fn is_domain(name: &str) -> bool {
    name.starts_with("semantic-domain") || name.starts_with("semantic_domain")
}

/// Whether a trait gives the morph type.
fn is_morph_type(name: &str) -> bool {
    matches!(name, "morph-type" | "MorphType" | "morphtype")
}

/// What an element is to the merge, in a record that has no records of its own.
fn key(element: &Element) -> Option<String> {
    let attribute = |name: &str| element.get(name).unwrap_or_default();
    match element.name.as_str() {
        "form" | "gloss" => Some(format!("{}:{}", element.name, attribute("lang"))),
        "lexical-unit" | "citation" | "definition" | "grammatical-info" | "etymology" | "reversal" | "translation"
        | "text" => Some(element.name.clone()),
        "note" => Some(format!("note:{}", attribute("type"))),
        "field" => Some(format!("field:{}", field_name(element))),
        "trait" if is_morph_type(attribute("name")) => Some("trait:morph-type".to_owned()),
        "trait" if is_domain(attribute("name")) => Some("trait:domain".to_owned()),
        "trait" if is_environment(attribute("name")) => Some("trait:environment".to_owned()),
        _ => None,
    }
}

/// The same within an entry.
fn entry_key(element: &Element) -> Option<String> {
    match element.name.as_str() {
        name @ ("sense" | "variant" | "pronunciation" | "relation") => Some(format!("@{name}")),
        _ => key(element),
    }
}

/// The same within a sense.
fn sense_key(element: &Element) -> Option<String> {
    match element.name.as_str() {
        name @ ("subsense" | "example" | "relation") => Some(format!("@{name}")),
        _ => key(element),
    }
}

/// A field's name: `type` since 0.13, `tag` before and in headers.
fn field_name(element: &Element) -> &str {
    element.get("type").or(element.get("tag")).unwrap_or_default()
}
