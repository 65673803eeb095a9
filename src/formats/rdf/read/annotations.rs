//! Web Annotations on tiers of their own.

use super::people::agent;
use super::source::Source;
use super::texts::{Texts, span};
use super::tiers;
use crate::domain::{Annotation, AnnotationId, Constraint, PersonId, Residue, SessionId, Tier, TierId, TierRole};
use crate::formats::rdf::triples::TermId;

/// Reads every collection of annotations that is part of a text.
pub(super) fn read(source: &mut Source) {
    let mut texts = Texts::of(source);
    let described = tiers::known(source);
    let sessions: Vec<SessionId> = source.bundle.sessions.iter().map(|session| session.id).collect();
    for node in source.all("dctype:Collection") {
        let Some(text) = source.link(node, "dct:isPartOf") else { continue };
        let session = SessionId(source.id(text));
        if sessions.contains(&session) {
            let id = TierId(source.id(node));
            if described.contains(&id) {
                on_tier(source, &mut texts, session, id, node);
            } else {
                tier(source, &mut texts, session, id, node);
            }
        }
    }
    // A tier hangs under the one on which the parents of its annotations are.
    let on: std::collections::HashMap<AnnotationId, TierId> =
        source.bundle.annotations.iter().map(|annotation| (annotation.id, annotation.tier)).collect();
    let mut parents = std::collections::HashMap::new();
    for annotation in &source.bundle.annotations {
        if let Some(above) = annotation.parent.and_then(|parent| on.get(&parent)) {
            parents.insert(annotation.tier, (*above, annotation.start.is_some()));
        }
    }
    for tier in source.bundle.tiers.iter_mut().filter(|tier| tier.parent.is_none() && !described.contains(&tier.id)) {
        if let Some((above, timed)) = parents.get(&tier.id)
            && *above != tier.id
        {
            tier.parent = Some(*above);
            tier.constraint = if *timed { Constraint::IncludedIn } else { Constraint::SymbolicSubdivision };
        }
    }
    let all = tiers::known(source);
    for tier in &mut source.bundle.tiers {
        tier.parent = tier.parent.filter(|above| all.contains(above));
    }
    cut_circles(&mut source.bundle.tiers);
}

/// A tier that is only known by what lies on it.
fn tier(source: &mut Source, texts: &mut Texts, session: SessionId, id: TierId, node: TermId) {
    let participant = source.link(node, "dct:subject").map(|person| PersonId(source.id(person)));
    let participant = participant.filter(|id| source.bundle.people.iter().any(|person| person.id == *id));
    let annotator = source.link(node, "dct:creator").map(|who| agent(source, who)).unwrap_or_default();
    let annotations = source.from("dct:isPartOf", node);
    let first = annotations.into_iter().find(|part| source.is_a(*part, "oa:Annotation"));
    let motive = first.and_then(|first| source.link(first, "oa:motivatedBy"));
    let role = match motive.map(|motive| source.iri(motive).rsplit('#').next().unwrap_or_default()) {
        Some("tagging") => TierRole::Tags,
        Some("commenting") => TierRole::Note,
        _ => TierRole::Other,
    };
    let mut language = on_tier(source, texts, session, id, node);
    if language == "und" && role == TierRole::Other {
        language.clear();
    }
    let position = source.bundle.tiers.iter().filter(|tier| tier.session == session).count() as i64;
    source.bundle.tiers.push(Tier {
        id,
        session,
        parent: None,
        name: source.text(node, "dct:title"),
        role,
        constraint: Constraint::None,
        type_name: String::new(),
        participant,
        annotator,
        language,
        vocabulary: None,
        position,
        residue: Residue::default(),
    });
}

/// Reads the annotations of a tier; gives back the language that the last text is in.
fn on_tier(source: &mut Source, texts: &mut Texts, session: SessionId, id: TierId, node: TermId) -> String {
    let annotations: Vec<_> =
        source.from("dct:isPartOf", node).into_iter().filter(|part| source.is_a(*part, "oa:Annotation")).collect();
    let mut language = String::new();
    let count = annotations.len();
    for (place, node) in annotations.into_iter().enumerate() {
        let annotation_id = AnnotationId(source.id(node));
        let (mut time, mut parent) = (None, None);
        for target in source.links(node, "oa:hasTarget") {
            if source.iri(target).contains("#t=") {
                time = time.or(span(source, texts, session, target));
            } else if source.is_a(target, "oa:Annotation") || source.is_a(target, "ligt:Utterance") {
                parent = Some(target);
            }
        }
        let parent = parent.or_else(|| source.link(node, "dct:relation"));
        let body = source.link(node, "oa:hasBody");
        let mut value = String::new();
        if let Some(body) = body {
            source.part(annotation_id.record(), "body", body);
            if let Some((tag, text)) = source.texts(body, "rdf:value").into_iter().next() {
                language = tag;
                value = text;
            }
        }
        let mut annotation = Annotation::new(id, time, place as i64, value);
        annotation.id = annotation_id;
        annotation.parent = parent.map(|parent| AnnotationId(source.id(parent)));
        source.bundle.annotations.push(annotation);
    }
    source.report.kept("annotations on other tiers", count);
    language
}

/// A tier that hangs under itself, over whatever detour, hangs under nothing.
fn cut_circles(tiers: &mut [Tier]) {
    let parents: std::collections::HashMap<TierId, TierId> =
        tiers.iter().filter_map(|tier| Some((tier.id, tier.parent?))).collect();
    for tier in tiers.iter_mut() {
        let mut at = tier.parent;
        for _ in 0..=parents.len() {
            let Some(above) = at else { break };
            if above == tier.id {
                tier.parent = None;
                tier.constraint = Constraint::None;
                break;
            }
            at = parents.get(&above).copied();
        }
    }
}
