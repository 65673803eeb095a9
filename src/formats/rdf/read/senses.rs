//! The senses of an entry, their order, their examples.

use std::collections::{BTreeMap, HashSet};

use super::lexicon::{fields_of, numbered};
use super::source::Source;
use super::words::category;
use crate::domain::{AnnotationId, Example, ExampleId, LexemeId, MultiText, Residue, Sense, SenseId};
use crate::formats::rdf::triples::TermId;

/// Reads the senses of an entry; `shown` is the entry's category.
pub(super) fn read(source: &mut Source, entry: LexemeId, node: TermId, shown: &str, fields: &[(String, String)]) {
    let mut nodes = source.links(node, "ontolex:sense");
    nodes.extend(source.from("ontolex:isSenseOf", node).into_iter().filter(|sense| !source.iri(*sense).is_empty()));
    let mut done = HashSet::new();
    nodes.retain(|sense| done.insert(*sense));
    let places = order(source, node, &nodes);
    for (index, node) in nodes.iter().enumerate() {
        let (parent, place) = places.get(node).copied().unwrap_or((None, index));
        let parent = parent.map(|parent| SenseId(source.id(parent)));
        sense(source, entry, *node, parent, place as i64, shown, fields);
    }
}

/// Parent and place of each sense, from the components of the dictionary that describe them.
fn order(source: &mut Source, entry: TermId, senses: &[TermId]) -> BTreeMap<TermId, (Option<TermId>, usize)> {
    let mut places = BTreeMap::new();
    let mut open: Vec<(TermId, Option<TermId>)> = Vec::new();
    for component in source.from("lexicog:describes", entry) {
        open.push((component, None));
    }
    let mut seen = HashSet::new();
    while let Some((component, parent)) = open.pop() {
        if !seen.insert(component) {
            continue;
        }
        for (place, below) in numbered(source, component) {
            let Some(sense) = source.link(below, "lexicog:describes").filter(|sense| senses.contains(sense)) else {
                continue;
            };
            if parent == Some(sense) {
                continue;
            }
            places.entry(sense).or_insert((parent, place.saturating_sub(1)));
            let id = source.id(sense);
            source.part(id, "component", below);
            open.push((below, Some(sense)));
        }
    }
    places
}

fn sense(
    source: &mut Source,
    lexeme: LexemeId,
    node: TermId,
    parent: Option<SenseId>,
    position: i64,
    shown: &str,
    fields: &[(String, String)],
) {
    let id = SenseId(source.id(node));
    if let Some(concept) = source.link(node, "ontolex:isLexicalizedSenseOf") {
        source.part(id.record(), "concept", concept);
    }
    let written = category(source, node).first().unwrap_or_default().to_owned();
    let domains = source.links(node, "dct:subject").into_iter().map(|domain| source.text(domain, "skos:prefLabel"));
    let sense = Sense {
        id,
        lexeme,
        parent,
        position,
        gloss: source.multi(node, "rdfs:label"),
        definition: source.multi(node, "skos:definition"),
        category: if written == shown { String::new() } else { written },
        domains: domains.filter(|domain| !domain.is_empty()).collect(),
        scientific_name: source.text(node, "dwc:scientificName"),
        notes: source.multi(node, "skos:note"),
        fields: fields_of(source, node, fields),
        residue: Residue::default(),
    };
    source.bundle.senses.push(sense);
    for (place, x) in source.links(node, "lexicog:usageExample").into_iter().enumerate() {
        example(source, lexeme, id, x, place as i64);
    }
}

/// An example: texts in the language of the entry are the example, others its translation.
fn example(source: &mut Source, lexeme: LexemeId, sense: SenseId, node: TermId, position: i64) {
    let id = ExampleId(source.id(node));
    let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_owned();
    let own: HashSet<String> = source
        .bundle
        .lexemes
        .iter()
        .rev()
        .find(|known| known.id == lexeme)
        .map(|known| known.form.iter().map(|(tag, _)| primary(tag)).collect())
        .unwrap_or_default();
    let all = source.multi(node, "rdf:value");
    let pick =
        |ours: bool| -> MultiText { all.iter().filter(|(tag, _)| own.contains(&primary(tag)) == ours).collect() };
    let from = source.links(node, "dct:source").into_iter().find(|from| source.is_a(*from, "ligt:Utterance"));
    let annotation = from.map(|from| AnnotationId(source.id(from)));
    let example = Example {
        id,
        sense,
        position,
        text: pick(true),
        translation: pick(false),
        source: source.text(node, "dct:bibliographicCitation"),
        annotation,
        residue: Residue::default(),
    };
    source.bundle.examples.push(example);
}

/// The node of a sense.
pub(super) fn node_of(source: &Source, sense: SenseId) -> Option<TermId> {
    let named = source.names.get(&sense.record()).and_then(|names| names.get("")).cloned();
    source.graph.iri(&named.unwrap_or_else(|| format!("{}{sense}", source.base)))
}

/// The node of a sense's concept.
pub(super) fn concept_of(source: &Source, sense: SenseId) -> Option<TermId> {
    source.link(node_of(source, sense)?, "ontolex:isLexicalizedSenseOf")
}
