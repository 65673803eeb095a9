//! Tiers that the graph describes.

use std::collections::HashSet;

use super::people::agent;
use super::source::Source;
use crate::domain::{PersonId, Residue, SessionId, Tier, TierId, TierRole};
use crate::formats::rdf::language::Tag;
use crate::formats::rdf::tiers::from_word;
use crate::formats::rdf::triples::TermId;

/// Reads the tiers of a text: collections that say what they are used for. Others are read with what lies on them.
pub(super) fn read(source: &mut Source, session: SessionId, text: TermId) {
    for node in source.from("dct:isPartOf", text) {
        if source.is_a(node, "dctype:Collection")
            && let Some(role) = from_word(&source.text(node, "tierRole"))
        {
            one(source, session, node, role);
        }
    }
}

fn one(source: &mut Source, session: SessionId, node: TermId, role: TierRole) {
    let id = TierId(source.id(node));
    let participant = source.link(node, "dct:subject").map(|person| PersonId(source.id(person)));
    let participant = participant.filter(|id| source.bundle.people.iter().any(|person| person.id == *id));
    let annotator = source.link(node, "dct:creator").map(|who| agent(source, who)).unwrap_or_default();
    let tier = Tier {
        id,
        session,
        parent: source.link(node, "tierAbove").map(|above| TierId(source.id(above))),
        name: source.text(node, "dct:title"),
        role,
        constraint: from_word(&source.text(node, "tierConstraint")).unwrap_or_default(),
        type_name: source.text(node, "tierType"),
        participant,
        annotator,
        language: source.text(node, "tierLanguage"),
        vocabulary: None,
        position: source.text(node, "tierOrder").parse().unwrap_or_default(),
        residue: Residue::default(),
    };
    source.bundle.tiers.push(tier);
}

/// The tiers that were read so far.
pub(super) fn known(source: &Source) -> HashSet<TierId> {
    source.bundle.tiers.iter().map(|tier| tier.id).collect()
}

/// The described tier that an utterance or a word for word line in a language is part of.
pub(super) fn of_member(source: &mut Source, node: TermId, language: &str) -> Option<TierId> {
    let collections = source.links(node, "dct:isPartOf");
    collections.into_iter().find_map(|collection| {
        let id = TierId(source.id_if_known(collection)?);
        let tier = source.bundle.tiers.iter().find(|tier| tier.id == id)?;
        speaks(tier, language).then_some(id)
    })
}

/// The described tier under another with a role and a language.
pub(super) fn under(source: &Source, above: TierId, role: TierRole, language: &str) -> Option<TierId> {
    let tiers = || source.bundle.tiers.iter().filter(|tier| tier.parent == Some(above) && tier.role == role);
    let exact = tiers().find(|tier| !tier.language.is_empty() && speaks(tier, language));
    exact.or_else(|| tiers().find(|tier| tier.language.is_empty())).map(|tier| tier.id)
}

/// Whether texts of a language may lie on a tier: those without one take the project's.
fn speaks(tier: &Tier, language: &str) -> bool {
    tier.language.is_empty() || Tag::parse(&tier.language).to_string() == Tag::parse(language).to_string()
}
