//! Ties between entries and senses as vartrans: the relation as a record of its own, and directly as a LexInfo
//! property where there is one; parts of a compound as decomp.

use std::collections::BTreeMap;

use super::graph::{Graph, Node};
use super::lexicon::Lexicon;
use super::lexinfo;
use super::names::{decomp, lexinfo as lexinfo_name, rdf, rdfs, vartrans};
use super::texts::default_tag;
use crate::domain::{LanguageRole, RecordId, RelationId};

/// Names under which FLEx and others keep the parts of a compound or complex form.
const COMPONENT: [&str; 4] = ["_component-lexeme", "component-lexeme", "component", "components"];

/// Writes every relation of which at least the source is written.
pub(super) fn write(lexicon: &Lexicon, graph: &mut Graph) {
    // Parts of each compound, to be put in order.
    let mut parts: BTreeMap<RecordId, Vec<(i64, RelationId, Node)>> = BTreeMap::new();
    for relation in &lexicon.bundle.relations {
        let Some((source, from_sense)) = lexicon.entry_or_sense(graph, relation.source) else {
            graph.report.left_out("relations", 1, "their entry is not written");
            continue;
        };
        let node = graph.base.record(relation.id.record());
        let target = relation.target.and_then(|id| lexicon.entry_or_sense(graph, id));
        let (class, between_senses) = match &target {
            Some((_, true)) if from_sense => ("SenseRelation", true),
            Some((_, false)) if !from_sense => ("LexicalRelation", false),
            _ => ("LexicoSemanticRelation", from_sense),
        };
        graph.is_a(&node, vartrans(class));
        graph.link(&node, vartrans("source"), &source);
        let known = lexinfo::relation(&relation.kind, between_senses);
        let kind = match known {
            Some(known) => lexinfo_name(known),
            None => graph.own_hashed("relation", &relation.kind),
        };
        graph.link(&node, vartrans("category"), &kind);
        match &target {
            Some((target, to_sense)) => {
                graph.link(&node, vartrans("target"), target);
                if from_sense == *to_sense {
                    let direct = if known.is_some() { kind } else { rdfs("seeAlso") };
                    graph.link(&source, direct, target);
                    if !from_sense && COMPONENT.contains(&relation.kind.to_lowercase().as_str()) {
                        graph.link(&source, decomp("subterm"), target);
                        parts.entry(relation.source).or_default().push((
                            relation.position,
                            relation.id,
                            target.clone(),
                        ));
                    }
                } else {
                    graph.link(&source, rdfs("seeAlso"), target);
                }
            }
            None => {
                let why = "the other end is not in the lexicon; it is written as a text";
                graph.report.mapped("relations", 1, why);
                let property = graph.own("targetText", "other end of the relation, as written in the source", None);
                graph.text(&node, property, &relation.target_text, default_tag(lexicon.bundle, LanguageRole::Object));
                continue;
            }
        }
        if known.is_some() {
            graph.report.kept("relations", 1);
        } else {
            graph.report.mapped(format!("relation '{}'", relation.kind), 1, "LexInfo has no such relation");
        }
    }
    for (compound, mut parts) in parts {
        parts.sort_by_key(|(position, id, _)| (*position, *id));
        let compound = graph.base.record(compound);
        for (place, (_, id, target)) in parts.iter().enumerate() {
            let component = graph.base.part(id.record(), "component");
            graph.link(&compound, decomp("constituent"), &component);
            graph.link(&compound, rdf(&format!("_{}", place + 1)), &component);
            graph.is_a(&component, decomp("Component"));
            graph.link(&component, decomp("correspondsTo"), target);
        }
    }
}
