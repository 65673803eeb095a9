//! Sessions from a Xigt corpus.

use std::collections::HashMap;
use std::path::Path;

use serde_json::json;

use super::igt::parse;
use super::{NAME, SHORT};
use crate::domain::Residue;
use crate::formats::interlinear::Builder;
use crate::formats::xmltree::{self, Element, Node};
use crate::formats::{Format, FormatError, ImportOptions, Imported, input};

/// Larger than the parts ODIN comes in.
const LARGEST: u64 = 1 << 29;

/// Tier types that the sentence is made of; the others are kept aside.
const KNOWN: [&str; 10] = [
    "phrases",
    "words",
    "morphemes",
    "glosses",
    "pos",
    "translations",
    "literal-translations",
    "notes",
    "comments",
    "odin",
];

/// Reads every igt of a corpus.
///
/// # Errors
/// When the file cannot be opened, is not Xigt, or breaks off before its first igt.
pub fn read(path: &Path, options: &ImportOptions) -> Result<Imported, FormatError> {
    let bytes = input::bytes(path, Format::Xigt, LARGEST)?;
    let (text, _) = input::decode(&bytes);
    let parsed = xmltree::parse(&text, "xigt-corpus", Format::Xigt)?;
    if let (Some(place), None) = (&parsed.broken_at, parsed.root.child("igt")) {
        return Err(FormatError::broken(Format::Xigt, place.clone(), "it breaks off before the first igt"));
    }
    let mut builder = Builder::new(options, NAME);
    builder.report.warnings.extend(parsed.warnings);
    let corpus = languages(&parsed.root);
    let mut waiting = Element::new("before");
    let mut doc: Option<Option<&str>> = None;
    let mut head = Element { children: Vec::new(), ..parsed.root.clone() };
    let first_igt = parsed.root.children.iter().position(is_igt).unwrap_or(parsed.root.children.len());
    head.children.extend(parsed.root.children.iter().take(first_igt).cloned());
    for node in parsed.root.children.iter().skip(first_igt) {
        let Node::Element(igt) = node else {
            waiting.children.push(node.clone());
            continue;
        };
        if igt.name != "igt" {
            waiting.push(igt.clone());
            continue;
        }
        let id = igt.get("doc-id");
        if doc != Some(id) {
            let session = builder.session(id.unwrap_or(&options.session_name));
            let mut left = json!({"doc": id});
            if doc.is_none() {
                left["corpus"] = json!(head.to_xml());
                left["prolog"] = json!(text.split_once("<xigt-corpus").map_or("", |(prolog, _)| prolog));
            }
            session.residue.set(NAME, left);
            doc = Some(id);
        }
        sentence(&mut builder, igt, &corpus, options, std::mem::replace(&mut waiting, Element::new("before")));
    }
    if builder.is_empty() {
        builder.report.warn("there is no igt in the corpus");
        let session = builder.session(&options.session_name);
        session.residue.set(NAME, json!({"doc": null, "corpus": head.to_xml()}));
    } else if !waiting.children.is_empty()
        && let Some(session) = builder.current()
        && let Some(left) = session.residue.0.get_mut(NAME)
    {
        left["tail"] = json!(waiting.to_xml());
    }
    Ok(builder.finish())
}

fn is_igt(node: &Node) -> bool {
    matches!(node, Node::Element(element) if element.name == "igt")
}

/// Which language the tiers of a type are in, as the metadata say.
pub(super) fn languages(element: &Element) -> HashMap<String, String> {
    let mut found = HashMap::new();
    for meta in element.named("metadata").flat_map(|m| m.named("meta")).filter(|m| m.get("type") == Some("language")) {
        let code = meta.get("lang").or_else(|| meta.get("iso-639-3")).unwrap_or_default().to_lowercase();
        let tag = SHORT.iter().find(|(long, _)| *long == code).map_or(code.as_str(), |(_, short)| short);
        if !tag.is_empty() && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            for tier in meta.get("tiers").unwrap_or_default().split_whitespace() {
                found.entry(tier.to_owned()).or_insert_with(|| tag.to_owned());
            }
        }
    }
    found
}

fn sentence(
    builder: &mut Builder,
    igt: &Element,
    corpus: &HashMap<String, String>,
    options: &ImportOptions,
    before: Element,
) {
    let own = languages(igt);
    let known = |kind: &str| own.get(kind).or_else(|| corpus.get(kind)).cloned();
    let object = match options.object_language.as_str() {
        "" => known("phrases").or_else(|| known("words")).unwrap_or_else(|| options.object_language().to_owned()),
        said => said.to_owned(),
    };
    let analysis = match options.analysis_language.as_str() {
        "" => {
            known("glosses").or_else(|| known("translations")).unwrap_or_else(|| options.analysis_language().to_owned())
        }
        said => said.to_owned(),
    };
    builder.languages(&object, &analysis);
    let language_of = |kind: &str| match kind {
        "translations" if options.analysis_language.is_empty() => known(kind).unwrap_or_else(|| analysis.clone()),
        _ => analysis.clone(),
    };
    let (sentence, places) = parse(igt, &language_of);
    let mut left = json!({"source": igt.to_xml()});
    if !before.children.is_empty() {
        left["before"] = json!(before.to_xml());
    }
    let mut residue = Residue::default();
    residue.set(NAME, left);
    if let Some(id) = builder.sentence(&sentence, residue) {
        for (word, place) in builder.last_words(id).zip(&places.words) {
            word.residue.set(NAME, json!({"id": place}));
        }
    }
    for tier in igt.named("tier") {
        let kind = tier.get("type").unwrap_or("without a type");
        let used = KNOWN.contains(&kind)
            && (!matches!(kind, "words" | "pos" | "glosses" | "morphemes")
                || places.tiers.values().any(|id| Some(id.as_str()) == tier.get("id")));
        let other = if KNOWN.contains(&kind) { "further tiers of the kind" } else { "tiers" };
        let why = "kept aside, written back to Xigt";
        builder.report.mapped(format!("{other} '{kind}'"), usize::from(!used || kind == "odin"), why);
    }
    builder.report.mapped("metadata of examples", igt.named("metadata").count(), "kept aside, written back to Xigt");
}
