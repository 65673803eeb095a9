//! Proposed labels that a person agreed with, written as if they had been typed.

use super::super::edit::{Edited, words::analysis_language};
use super::{Source, Target};
use crate::domain::{Annotation, Constraint, SessionId, Tier, TierId, Word, WordStatus};
use crate::store::{Op, OpKind, Store, StoreError, Tx};

/// A label that somebody agreed with, and what it is for.
#[derive(Clone, Debug, PartialEq)]
pub struct Accepted {
    pub target: Target,
    pub label: String,
}

/// Writes labels in one step, which Undo takes back; gives how many. What has a label by now keeps it.
///
/// # Errors
/// When a record is no longer there, or the file refuses.
pub fn accept(store: &mut Store, source: &Source, accepted: &[Accepted]) -> Edited<usize> {
    store.transact(Op::new(OpKind::AcceptLabels), |tx| {
        let language = analysis_language(tx.read())?;
        let mut written = 0;
        for one in accepted {
            written += usize::from(match (&one.target, source) {
                (Target::Word(_), _) => on_word(tx, one, &language)?,
                (_, Source::Tier(name)) => on_tier(tx, one, name)?,
                (_, Source::Categories) => false,
            });
        }
        Ok(written)
    })
}

fn on_word(tx: &Tx<'_>, accepted: &Accepted, language: &str) -> Result<bool, StoreError> {
    let Target::Word(id) = accepted.target else { return Ok(false) };
    let mut word: Word = tx.read().require(id)?;
    let open = word.category.is_empty() || super::propose::proposed(&word.residue) == word.category.get(language);
    if word.status == WordStatus::Approved || !open {
        return Ok(false);
    }
    word.category.set(language, accepted.label.as_str());
    // It is a person's from now on.
    super::propose::forget_proposed(&mut word.residue);
    tx.update(&word)?;
    Ok(true)
}

fn on_tier(tx: &Tx<'_>, accepted: &Accepted, name: &str) -> Result<bool, StoreError> {
    let mut made = match accepted.target {
        Target::Under { session, tier, parent } => {
            let labels = tier_of_labels(tx, session, name, Some(tier))?;
            Annotation { parent: Some(parent), ..Annotation::new(labels, None, 0, accepted.label.as_str()) }
        }
        Target::At { session, span } => {
            let labels = tier_of_labels(tx, session, name, None)?;
            let mut made = Annotation::new(labels, None, 0, accepted.label.as_str());
            (made.start, made.end) = (Some(span.start), Some(span.end));
            made
        }
        Target::Word(_) => return Ok(false),
    };
    let there = tx.read().annotations_of(made.tier)?;
    let met = there.iter().filter(|old| match (made.parent, made.span(), old.span()) {
        (Some(parent), _, _) => old.parent == Some(parent),
        (None, Some(new), Some(old)) => old.start < new.end && new.start < old.end,
        _ => false,
    });
    // A label that is empty takes the new one; one that says something stays.
    let mut free = None;
    for old in met {
        if !old.value.trim().is_empty() {
            return Ok(false);
        }
        free = Some(old.clone());
    }
    match free {
        Some(mut old) => {
            old.value = std::mem::take(&mut made.value);
            tx.update(&old)?;
        }
        None => tx.insert(&made)?,
    }
    Ok(true)
}

/// The session's tier of that name; made like those of other sessions where it has none.
fn tier_of_labels(tx: &Tx<'_>, session: SessionId, name: &str, under: Option<TierId>) -> Result<TierId, StoreError> {
    let tiers = tx.read().tiers_of(session)?;
    if let Some(known) = tiers.iter().find(|tier| tier.name == name) {
        return Ok(known.id);
    }
    let all: Vec<Tier> = tx.read().all()?;
    let position = tiers.iter().map(|tier| tier.position).max().map_or(0, |position| position + 1);
    let constraint = if under.is_some() { Constraint::SymbolicAssociation } else { Constraint::None };
    let like = all.into_iter().find(|tier| tier.name == name);
    let base = like.unwrap_or_else(|| Tier {
        id: TierId::new(),
        session,
        parent: under,
        type_name: name.to_owned(),
        name: name.to_owned(),
        role: crate::domain::TierRole::Other,
        constraint,
        participant: None,
        annotator: String::new(),
        language: String::new(),
        vocabulary: None,
        position,
        residue: Default::default(),
    });
    let tier = Tier {
        id: TierId::new(),
        session,
        parent: under,
        constraint,
        participant: None,
        position,
        residue: Default::default(),
        ..base
    };
    tx.insert(&tier)?;
    Ok(tier.id)
}
