//! Every word on screen: Fluent texts in `assets/texts`, embedded, one file a view.
//!
//! [`tr`] gives a text, [`tr_args`] one with values in it. An id may name an attribute: `command-undo.tooltip`.

use std::sync::LazyLock;

pub use fluent_bundle::FluentValue;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

fn english() -> LanguageIdentifier {
    "en".parse().unwrap_or_default()
}

/// The English texts: file name and content.
const ENGLISH_FILES: [(&str, &str); 15] = [
    ("frame.ftl", include_str!("../../assets/texts/en/frame.ftl")),
    ("commands.ftl", include_str!("../../assets/texts/en/commands.ftl")),
    ("home.ftl", include_str!("../../assets/texts/en/home.ftl")),
    ("sessions.ftl", include_str!("../../assets/texts/en/sessions.ftl")),
    ("timeline.ftl", include_str!("../../assets/texts/en/timeline.ftl")),
    ("interlinear.ftl", include_str!("../../assets/texts/en/interlinear.ftl")),
    ("lexicon.ftl", include_str!("../../assets/texts/en/lexicon.ftl")),
    ("people.ftl", include_str!("../../assets/texts/en/people.ftl")),
    ("pictures.ftl", include_str!("../../assets/texts/en/pictures.ftl")),
    ("search.ftl", include_str!("../../assets/texts/en/search.ftl")),
    ("publish.ftl", include_str!("../../assets/texts/en/publish.ftl")),
    ("ops.ftl", include_str!("../../assets/texts/en/ops.ftl")),
    ("labels.ftl", include_str!("../../assets/texts/en/labels.ftl")),
    ("merging.ftl", include_str!("../../assets/texts/en/merging.ftl")),
    ("dialogs.ftl", include_str!("../../assets/texts/en/dialogs.ftl")),
];

static TEXTS: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| {
    let mut bundle = FluentBundle::new_concurrent(vec![english()]);
    // Fluent's isolating marks have no glyph, and egui has no bidi that would heed them.
    bundle.set_use_isolating(false);
    for (name, source) in ENGLISH_FILES {
        let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(resource, errors)| {
            log::error!("{name}: {errors:?}");
            resource
        });
        if let Err(errors) = bundle.add_resource(resource) {
            log::error!("{name}: {errors:?}");
        }
    }
    bundle
});

/// The text of that id. An id without a text comes back as it is, and is logged: a test keeps that from happening.
pub fn tr(id: &str) -> String {
    format(id, None)
}

/// The text of that id with values put in: `tr_args("home-entries", &[("count", 1454.into())])`.
pub fn tr_args(id: &str, args: &[(&str, FluentValue)]) -> String {
    let args: FluentArgs = args.iter().map(|(name, value)| (*name, value.clone())).collect();
    format(id, Some(&args))
}

/// Whether there is a text of that id.
pub fn has_text(id: &str) -> bool {
    let (message, attribute) = split(id);
    TEXTS.get_message(message).is_some_and(|message| match attribute {
        Some(attribute) => message.get_attribute(attribute).is_some(),
        None => message.value().is_some(),
    })
}

fn split(id: &str) -> (&str, Option<&str>) {
    match id.split_once('.') {
        Some((message, attribute)) => (message, Some(attribute)),
        None => (id, None),
    }
}

fn format(id: &str, args: Option<&FluentArgs>) -> String {
    let (message, attribute) = split(id);
    let pattern = TEXTS.get_message(message).and_then(|message| match attribute {
        Some(attribute) => message.get_attribute(attribute).map(|attribute| attribute.value()),
        None => message.value(),
    });
    let Some(pattern) = pattern else {
        log::error!("no text for {id}");
        return id.to_owned();
    };
    let mut errors = Vec::new();
    let text = TEXTS.format_pattern(pattern, args, &mut errors).into_owned();
    if !errors.is_empty() {
        log::error!("{id}: {errors:?}");
    }
    text
}

/// A count with its thousands set apart: `1,454`.
pub fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_file_parses_and_no_id_comes_twice() {
        let mut bundle = FluentBundle::new_concurrent(vec![english()]);
        for (name, source) in ENGLISH_FILES {
            let resource =
                FluentResource::try_new(source.to_owned()).unwrap_or_else(|(_, errors)| panic!("{name}: {errors:?}"));
            bundle.add_resource(resource).unwrap_or_else(|errors| panic!("{name}: {errors:?}"));
        }
    }

    #[test]
    fn every_file_of_texts_is_embedded() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/texts/en");
        let on_disk: BTreeSet<String> = std::fs::read_dir(folder)
            .expect("the folder of texts")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .filter(|name| name.ends_with(".ftl"))
            .collect();
        let embedded: BTreeSet<String> = ENGLISH_FILES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(on_disk, embedded);
    }

    /// Reads the source: what is written `tr("…")`, `cx.tr("…")` or `tr_args("…"` must have a text.
    #[test]
    fn every_id_in_the_code_has_a_text() {
        fn visit(folder: &Path, missing: &mut Vec<String>) {
            for entry in std::fs::read_dir(folder).expect("a source folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    visit(&path, missing);
                } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("i18n.rs") {
                    let source = std::fs::read_to_string(&path).expect("a source file");
                    for marker in ["tr(\"", "tr_args(\""] {
                        for (at, _) in source.match_indices(marker) {
                            // `push_str("` ends the same way.
                            let within = source[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
                            let id = source[at + marker.len()..].split('"').next().unwrap_or_default();
                            if !within && !has_text(id) {
                                missing.push(format!("{}: {id}", path.display()));
                            }
                        }
                    }
                }
            }
        }
        let mut missing = Vec::new();
        visit(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut missing);
        assert!(missing.is_empty(), "ids without a text: {missing:#?}");
    }

    #[test]
    fn counts_are_set_apart_by_thousands() {
        assert_eq!(number(7), "7");
        assert_eq!(number(1454), "1,454");
        assert_eq!(number(1_000_000), "1,000,000");
    }
}
