//! What lies on other tiers: Web Annotations with a text, on a part of the recording or under another annotation.
//! Accepted face and body tags are among them; proposals nobody accepted are not.

use std::collections::HashMap;

use super::graph::{Graph, Node};
use super::names::{dct, oa, prov, rdf};
use super::texts::{Texts, default_tag};
use crate::domain::{LanguageRole, Reviews, Session, Tag, TagStatus, Tier, TierRole};

/// Writes the annotations of a tier that [`super::texts`] did not write as utterances, translations or notes.
pub(super) fn tier(texts: &mut Texts, session: &Session, tier: &Tier, text: &Node, graph: &mut Graph) {
    let said_above = |role| matches!(role, TierRole::Translation | TierRole::LiteralTranslation | TierRole::Note);
    let annotations: Vec<_> = texts
        .index
        .annotations_of_tier
        .get(&tier.id)
        .into_iter()
        .flatten()
        .copied()
        .filter(|a| !texts.utterances.contains(&a.id))
        .filter(|a| !(said_above(tier.role) && a.parent.is_some_and(|p| texts.utterances.contains(&p))))
        .collect();
    if annotations.is_empty() {
        return;
    }
    let collection = graph.base.record(tier.id.record());
    let motive = match tier.role {
        TierRole::Tags => "tagging",
        TierRole::Translation | TierRole::LiteralTranslation => "describing",
        TierRole::Note => "commenting",
        TierRole::Transcription | TierRole::Other => "describing",
    };
    let fallback = match tier.role {
        TierRole::Transcription => default_tag(texts.bundle, LanguageRole::Object),
        TierRole::Other => "und",
        _ => default_tag(texts.bundle, LanguageRole::Analysis),
    };
    let tag = if tier.language.is_empty() { fallback.to_owned() } else { tier.language.clone() };

    for annotation in &annotations {
        let node = graph.base.record(annotation.id.record());
        graph.is_a(&node, oa("Annotation"));
        graph.link(&node, dct("isPartOf"), &collection);
        graph.link(&node, oa("motivatedBy"), &oa(motive));
        let parent = annotation.parent.map(|p| graph.base.record(p.record()));
        match (annotation.span(), parent) {
            (Some(span), parent) => {
                let target = texts.recordings.fragment(session.id, span, texts.published, graph);
                graph.link(&node, oa("hasTarget"), &target);
                if let Some(parent) = parent {
                    graph.link(&node, dct("relation"), &parent);
                }
            }
            (None, Some(parent)) => graph.link(&node, oa("hasTarget"), &parent),
            (None, None) => graph.link(&node, oa("hasTarget"), text),
        }
        if !annotation.value.is_empty() {
            let body = graph.base.part(annotation.id.record(), "body");
            graph.link(&node, oa("hasBody"), &body);
            graph.is_a(&body, oa("TextualBody"));
            graph.text(&body, rdf("value"), &annotation.value, &tag);
        }
    }
    graph.report.kept("annotations on other tiers", annotations.len());
}

/// Who stands behind a decision: the one who made it, or all whose agreement it was.
fn reviewers(tag: &Tag, reviews: &Reviews) -> Vec<String> {
    let names: Vec<String> = reviews.of(tag.id).iter().map(|review| review.reviewer.clone()).collect();
    if names.len() > 1 && names.join(", ") == tag.reviewer {
        return names;
    }
    if tag.reviewer.is_empty() { Vec::new() } else { vec![tag.reviewer.clone()] }
}

/// Says of every accepted proposal which models made it and who agreed; counts the others.
pub(super) fn proposals(texts: &mut Texts, graph: &mut Graph) {
    let mut home = 0;
    let reviews: Reviews = texts.bundle.reviews.iter().cloned().collect();
    let annotations: HashMap<_, _> = texts.bundle.annotations.iter().map(|a| (a.id, a)).collect();
    for tag in &texts.bundle.tags {
        let accepted = matches!(tag.status, TagStatus::Accepted | TagStatus::Changed);
        let annotation = tag.annotation.filter(|_| accepted).and_then(|id| annotations.get(&id));
        let Some(annotation) = annotation.filter(|a| texts.published.tier(a.tier)) else {
            home += 1;
            continue;
        };
        let node = graph.base.record(annotation.id.record());
        graph.moment(&node, prov("generatedAtTime"), &tag.reviewed);
        for name in reviewers(tag, &reviews) {
            let reviewer = texts.published.agent(graph, &name);
            graph.link(&node, prov("wasAttributedTo"), &reviewer);
        }
        if let Some(run) = texts.bundle.runs.iter().find(|r| r.id == tag.run) {
            let activity = graph.base.record(run.id.record());
            graph.is_a(&activity, prov("Activity"));
            graph.moment(&activity, prov("startedAtTime"), &run.started);
            for model in &run.models {
                let used = graph.base.hashed("model", &format!("{}\n{}\n{}", model.name, model.version, model.sha256));
                graph.is_a(&used, prov("Entity"));
                graph.text(&used, dct("title"), &format!("{} {}", model.name, model.version), "und");
                graph.value(&used, dct("identifier"), &format!("sha256:{}", model.sha256));
                graph.link(&activity, prov("used"), &used);
            }
            graph.link(&node, prov("wasGeneratedBy"), &activity);
        }
    }
    graph.report.left_out("proposals of models", home, "nobody accepted them");
}
