//! Tiers: what each is called and used for, whose it is, and under which it hangs.
//!
//! Ligt has tiers of words and of morphs within an utterance, but none along a text: a tier is a Dublin Core
//! collection that is part of its text. Utterances and annotations are part of it; translations and notes that are
//! literals of an utterance are known by the tier above, the role and the language.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::graph::{Graph, Node};
use super::names::{dct, dctype};
use super::privacy::Published;
use crate::domain::Tier;

/// Writes the tiers of a published session; those that are not published were taken out before.
pub(super) fn write(tiers: &[&Tier], published: &Published, text: &Node, graph: &mut Graph) {
    for tier in tiers {
        one(tier, published, text, graph);
    }
    graph.report.kept("tiers", tiers.len());
}

fn one(tier: &Tier, published: &Published, text: &Node, graph: &mut Graph) {
    let node = graph.base.record(tier.id.record());
    graph.is_a(&node, dctype("Collection"));
    graph.link(&node, dct("isPartOf"), text);
    graph.text(&node, dct("title"), &published.mask(&tier.name), "und");
    if let Some(person) = published.person(graph, tier.participant) {
        graph.link(&node, dct("subject"), &person);
    }
    if !tier.annotator.is_empty() {
        let annotator = published.agent(graph, &tier.annotator);
        graph.link(&node, dct("creator"), &annotator);
    }
    let role = graph.own("tierRole", "what a tier is used for", None);
    graph.value(&node, role, &word(&tier.role));
    let constraint = graph.own("tierConstraint", "how a tier hangs under the one above, by ELAN's kinds", None);
    graph.value(&node, constraint, &word(&tier.constraint));
    let order = graph.own("tierOrder", "place among the tiers of the text", None);
    graph.typed(&node, order, &tier.position.to_string(), "integer");
    if !tier.type_name.is_empty() {
        let kind = graph.own("tierType", "name of the linguistic type, as ELAN has it", None);
        graph.value(&node, kind, &published.mask(&tier.type_name));
    }
    if !tier.language.is_empty() {
        let language = graph.own("tierLanguage", "language of the texts on a tier", None);
        graph.value(&node, language, &tier.language);
    }
    if let Some(above) = tier.parent.filter(|above| published.tier(*above)) {
        let parent = graph.own("tierAbove", "the tier that a tier hangs under", None);
        let above = graph.base.record(above.record());
        graph.link(&node, parent, &above);
    }
}

/// The word that the project's own files have for a role or a constraint.
fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

/// What a word of [`word`] stands for, nothing for words of others.
pub(super) fn from_word<T: DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(Value::String(word.to_owned())).ok()
}
