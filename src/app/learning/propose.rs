//! Proposals written where a person finds them and can tell them from what people said.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::super::edit::{Edited, words::analysis_language};
use super::{Learned, Proposal, Source, Target};
use crate::domain::{
    Annotation, AnnotationId, Constraint, Residue, SessionId, Tier, TierId, TierRole, Time, Word, WordStatus,
};
use crate::store::{Op, OpKind, Store, StoreError, Tx};

/// Stands behind the name of a tier of proposals.
pub const PROPOSED: &str = " (proposed)";
/// Where records keep that they are proposals.
const KEY: &str = "fieldgloss";

/// The name of the tier on which labels for the tiers of a name are proposed: one for what was learned here, one for each
/// model of the user's own.
pub fn proposals_name(name: &str, model: Option<&str>) -> String {
    model.map_or_else(|| format!("{name}{PROPOSED}"), |model| format!("{name} (proposed by {model})"))
}

/// The label that was proposed, when the record is a proposal.
pub(super) fn proposed(residue: &Residue) -> Option<&str> {
    residue.get(KEY)?.get("proposed")?.get("label")?.as_str()
}

/// Takes away that a record is a proposal.
pub(super) fn forget_proposed(residue: &mut Residue) {
    let Some(Value::Object(kept)) = residue.get(KEY) else { return };
    let mut kept = kept.clone();
    kept.remove("proposed");
    residue.set(KEY, if kept.is_empty() { Value::Null } else { Value::Object(kept) });
}

/// Whether a tier holds proposals.
pub(in crate::app) fn is_for_proposals(tier: &Tier) -> bool {
    tier.residue.get(KEY).is_some_and(|kept| kept.get("proposals_for").is_some())
}

/// The name of the tiers that a tier's proposals are for; `None` where it holds none.
#[cfg(feature = "window")]
pub(in crate::app) fn proposals_for(tier: &Tier) -> Option<&str> {
    tier.residue.get(KEY)?.get("proposals_for")?.as_str()
}

/// Writes the proposals that are at least so sure; gives how many. One step, which Undo takes back. Earlier
/// proposals that nobody changed make room for the new ones.
///
/// # Errors
/// When a record is no longer there, or the file refuses.
pub fn propose(store: &mut Store, learned: &Learned, above: f32) -> Edited<usize> {
    store.transact(Op::new(OpKind::ProposeLabels), |tx| {
        let sure = |proposal: &&Proposal| proposal.guess.confidence >= above;
        match &learned.source {
            Source::Categories => {
                let language = analysis_language(tx.read())?;
                let mut written = 0;
                for proposal in learned.proposals.iter().filter(sure) {
                    written += usize::from(on_word(tx, learned, proposal, &language)?);
                }
                Ok(written)
            }
            Source::Tier(name) => {
                let placed = learned.proposals.iter().filter(sure).map(|proposal| Placed {
                    target: proposal.target.clone(),
                    label: proposal.guess.label.clone(),
                    note: note(learned, proposal),
                });
                on_tiers(tx, &placed.collect::<Vec<_>>(), name, None)
            }
        }
    })
}

/// A label with its place and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    pub target: Target,
    pub label: String,
    /// What the annotation keeps about the proposal; its `label` must be there.
    pub note: Value,
}

/// Writes what a model of the user's own says on tiers of proposals of its own beside the tiers of a name; gives how many.
/// One step, which Undo takes back.
///
/// # Errors
/// When a record is no longer there, or the file refuses.
pub fn propose_on_tier(store: &mut Store, placed: Vec<Placed>, name: &str, model: &str) -> Result<usize, StoreError> {
    Ok(store.transact(Op::new(OpKind::ProposeLabels), |tx| on_tiers(tx, &placed, name, Some(model)))?.value)
}

fn note(learned: &Learned, proposal: &Proposal) -> Value {
    json!({
        "label": proposal.guess.label,
        "confidence": (f64::from(proposal.guess.confidence) * 1000.0).round() / 1000.0,
        "by": format!("Fieldgloss {} {}", learned.by, env!("CARGO_PKG_VERSION")),
        "learned_from": learned.labelled,
        "right_in_trial": (learned.trial.scores.accuracy() * 1000.0).round() / 1000.0,
    })
}

/// Writes a word's category as a suggestion, unless a person was quicker.
fn on_word(tx: &Tx<'_>, learned: &Learned, proposal: &Proposal, language: &str) -> Result<bool, StoreError> {
    let Target::Word(id) = proposal.target else { return Ok(false) };
    let mut word: Word = tx.read().require(id)?;
    let free = word.category.is_empty() || proposed(&word.residue) == word.category.get(language);
    if word.status == WordStatus::Approved || !free {
        return Ok(false);
    }
    word.category.set(language, proposal.guess.label.as_str());
    word.status = WordStatus::Suggested;
    word.residue.add(KEY, "proposed", note(learned, proposal));
    tx.update(&word)?;
    Ok(true)
}

fn on_tiers(tx: &Tx<'_>, proposals: &[Placed], name: &str, model: Option<&str>) -> Result<usize, StoreError> {
    // Several people of a session may have a tier of that name: each gets its own proposals.
    let mut by_tier: HashMap<(SessionId, Option<TierId>), Vec<&Placed>> = HashMap::new();
    let mut order = Vec::new();
    for proposal in proposals {
        let place = match proposal.target {
            Target::Under { session, tier, .. } => (session, Some(tier)),
            Target::At { session, .. } => (session, None),
            Target::Word(_) => continue,
        };
        let of_tier = by_tier.entry(place).or_default();
        if of_tier.is_empty() {
            order.push(place);
        }
        of_tier.push(proposal);
    }
    let mut written = 0;
    for place in order {
        let of_tier = by_tier.remove(&place).unwrap_or_default();
        let (session, under) = place;
        let tier = tier_of_proposals(tx, session, (name, model), under)?;
        let mut taken: HashSet<AnnotationId> = HashSet::new();
        let mut busy: Vec<(Time, Time)> = Vec::new();
        for old in tx.read().annotations_of(tier)? {
            if proposed(&old.residue) == Some(old.value.as_str()) {
                tx.delete_annotation(old.id)?;
            } else {
                // Somebody changed it: it stays.
                taken.extend(old.parent);
                busy.extend(old.span().map(|span| (span.start, span.end)));
            }
        }
        for proposal in of_tier {
            let mut made = Annotation::new(tier, None, 0, proposal.label.as_str());
            match proposal.target {
                Target::Under { parent, .. } if taken.contains(&parent) => continue,
                Target::Under { parent, .. } => made.parent = Some(parent),
                Target::At { span, .. } => {
                    // Speakers overlap; annotations of one tier do not.
                    if busy.iter().any(|(start, end)| *start < span.end && span.start < *end) {
                        continue;
                    }
                    busy.push((span.start, span.end));
                    (made.start, made.end) = (Some(span.start), Some(span.end));
                }
                Target::Word(_) => continue,
            }
            made.residue.add(KEY, "proposed", proposal.note.clone());
            tx.insert(&made)?;
            written += 1;
        }
    }
    Ok(written)
}

fn tier_of_proposals(
    tx: &Tx<'_>,
    session: SessionId,
    (name, model): (&str, Option<&str>),
    under: Option<TierId>,
) -> Result<TierId, StoreError> {
    let tiers = tx.read().tiers_of(session)?;
    let meant = proposals_name(name, model);
    let is_it = |tier: &&Tier| tier.name == meant && is_for_proposals(tier) && tier.parent == under;
    if let Some(known) = tiers.iter().find(is_it) {
        return Ok(known.id);
    }
    let beside = under.and_then(|id| tiers.iter().find(|tier| tier.id == id));
    let beside = beside.or_else(|| tiers.iter().find(|tier| tier.name == name));
    let constraint = if under.is_some() { Constraint::SymbolicAssociation } else { Constraint::None };
    let mut residue = Residue::default();
    residue.add(KEY, "proposals_for", json!(name));
    let tier = Tier {
        id: TierId::new(),
        session,
        parent: under,
        type_name: meant.clone(),
        name: meant,
        role: TierRole::Other,
        constraint,
        participant: beside.and_then(|tier| tier.participant),
        annotator: format!("Fieldgloss {}", env!("CARGO_PKG_VERSION")),
        language: beside.map(|tier| tier.language.clone()).unwrap_or_default(),
        vocabulary: None,
        position: tiers.iter().map(|tier| tier.position).max().map_or(0, |position| position + 1),
        residue,
    };
    tx.insert(&tier)?;
    Ok(tier.id)
}
