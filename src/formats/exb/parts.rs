//! Tiers and events as elements.

use std::collections::HashSet;

use crate::domain::{PersonId, Tier, TierRole};
use crate::formats::xmltree::Element;

/// The type of each tier: `t` for one transcription a speaker, `a` for what hangs under another tier, `d` for the rest.
pub fn kinds(tiers: &[&Tier]) -> Vec<&'static str> {
    let mut speakers: HashSet<Option<PersonId>> = HashSet::new();
    let kind = |tier: &&Tier| match tier.role {
        TierRole::Transcription if tier.parent.is_none() && speakers.insert(tier.participant) => "t",
        _ if tier.parent.is_some() => "a",
        _ => "d",
    };
    tiers.iter().map(kind).collect()
}

/// A tier without its id and events.
pub fn tier(tier: &Tier, speaker: Option<&str>, kind: &str) -> Element {
    let mut element = Element::new("tier");
    if let Some(speaker) = speaker {
        element = element.with("speaker", speaker);
    }
    element.with("category", category(tier)).with("type", kind).with("display-name", tier.name.as_str())
}

fn category(tier: &Tier) -> &str {
    match tier.role {
        _ if !tier.type_name.is_empty() => &tier.type_name,
        TierRole::Transcription => "v",
        TierRole::Translation | TierRole::LiteralTranslation if !tier.language.is_empty() => &tier.language,
        TierRole::Translation => "translation",
        TierRole::LiteralTranslation => "literal",
        TierRole::Note => "comment",
        TierRole::Tags | TierRole::Other => "other",
    }
}

/// An event without its ends.
pub fn event(value: &str) -> Element {
    Element::new("event").text(value)
}
