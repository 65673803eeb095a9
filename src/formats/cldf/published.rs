//! What may be published of a bundle: a copy without what is closed, and without names that must not be known.

use std::collections::{HashMap, HashSet};

use crate::domain::*;

/// The bundle without closed sessions and people and those whose consent was refused; people who are not open keep
/// their code only, and their names in the metadata of sessions are replaced by it.
pub(super) fn published(bundle: &Bundle, report: &mut LossReport) -> Bundle {
    let closed = |access: Access, given: Option<bool>| access == Access::Closed || given == Some(false);
    let gone: HashSet<PersonId> =
        bundle.people.iter().filter(|p| closed(p.access, p.consent.given)).map(|p| p.id).collect();
    let secret: Vec<(String, String)> = names(bundle);
    let mask = |text: &str| secret.iter().fold(text.to_owned(), |text, (name, code)| text.replace(name, code));
    let mask_all = |text: &MultiText| -> MultiText { text.iter().map(|(tag, text)| (tag, mask(text))).collect() };
    let mut out = bundle.clone();
    let why = "closed, or consent refused: never published";
    out.sessions.retain(|s| !closed(s.access, s.consent.given));
    report.left_out("sessions", bundle.sessions.len() - out.sessions.len(), why);
    out.people.retain(|p| !gone.contains(&p.id));
    report.left_out("people", gone.len(), why);
    let mut hidden = 0;
    for person in out.people.iter_mut().filter(|p| p.access != Access::Open && !p.name.is_empty()) {
        person.name.clear();
        hidden += 1;
    }
    report.mapped("names of people", hidden, "only the code is written, since their access is not open");
    for session in &mut out.sessions {
        session.name = mask(&session.name);
        session.title = mask_all(&session.title);
        session.description = mask_all(&session.description);
        session.place = mask(&session.place);
        session.participants.retain(|p| !gone.contains(&p.person));
    }
    let team = out.sessions.iter().filter(|s| s.access == Access::Team).count();
    report.mapped("sessions open to the team only", team, "written and marked as such: check before you publish");
    let sessions: HashSet<SessionId> = out.sessions.iter().map(|s| s.id).collect();
    let by_id: HashMap<TierId, &Tier> = bundle.tiers.iter().map(|t| (t.id, t)).collect();
    // A tier without a participant of its own belongs to whoever its parent belongs to.
    let of_closed = |tier: &Tier| {
        let mut at = Some(tier);
        for _ in 0..=bundle.tiers.len() {
            let Some(tier) = at else { return false };
            if tier.participant.is_some_and(|p| gone.contains(&p)) {
                return true;
            }
            at = tier.parent.and_then(|parent| by_id.get(&parent).copied());
        }
        false
    };
    let before = out.tiers.iter().filter(|t| sessions.contains(&t.session)).count();
    out.tiers.retain(|t| sessions.contains(&t.session) && !of_closed(t));
    report.left_out("tiers", before - out.tiers.len(), "of people who are closed");
    for tier in &mut out.tiers {
        tier.name = mask(&tier.name);
    }
    let tiers: HashSet<TierId> = out.tiers.iter().map(|t| t.id).collect();
    out.annotations.retain(|a| tiers.contains(&a.tier));
    let annotations: HashSet<AnnotationId> = out.annotations.iter().map(|a| a.id).collect();
    out.words.retain(|w| annotations.contains(&w.annotation));
    let words: HashSet<WordId> = out.words.iter().map(|w| w.id).collect();
    out.morphs.retain(|m| words.contains(&m.word));
    out.media.retain(|m| sessions.contains(&m.session));
    let parts: Vec<String> = secret
        .iter()
        .flat_map(|(name, _)| name.split(|c: char| !c.is_alphanumeric()))
        .filter(|part| part.chars().count() > 2)
        .map(str::to_lowercase)
        .collect();
    let mut telling = 0;
    for media in &mut out.media {
        let path = media.path.to_lowercase();
        if parts.iter().any(|part| path.contains(part)) {
            media.path.clear();
            telling += 1;
        }
    }
    report.left_out("names of files", telling, "they tell the name of somebody who is not open");
    let known: HashSet<AnnotationId> = bundle.annotations.iter().map(|a| a.id).collect();
    let secret_examples = out.examples.len();
    // An example taken from a closed text is that text.
    out.examples.retain(|e| e.annotation.is_none_or(|id| annotations.contains(&id) || !known.contains(&id)));
    report.left_out("examples", secret_examples - out.examples.len(), "taken from a text that is closed");
    out
}

/// Full names that must not appear, longest first, with the code that stands in their place.
fn names(bundle: &Bundle) -> Vec<(String, String)> {
    let mut secret: Vec<(String, String)> = bundle
        .people
        .iter()
        .filter(|p| p.access != Access::Open && p.name.trim().chars().count() > 1 && p.name != p.code)
        .map(|p| (p.name.trim().to_owned(), if p.code.is_empty() { "…".to_owned() } else { p.code.clone() }))
        .collect();
    secret.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    secret
}
