//! Tiers: add, rename, take out.

use super::Edited;
use crate::domain::{Constraint, SessionId, Tier, TierId, TierRole};
use crate::store::{Op, OpKind, Store, Tx};

/// A tier as a person asks for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewTier {
    pub name: String,
    pub role: TierRole,
    pub parent: Option<TierId>,
    pub constraint: Constraint,
    /// BCP 47 tag.
    pub language: String,
}

/// Adds a tier at the bottom of a session's list, or right under its parent.
///
/// # Errors
/// When the session is not there, or the file refuses.
pub fn add(store: &mut Store, session: SessionId, new: NewTier) -> Edited<TierId> {
    store.transact(Op::new(OpKind::AddTier), |tx| insert(tx, session, new))
}

pub(super) fn insert(tx: &Tx<'_>, session: SessionId, new: NewTier) -> Result<TierId, crate::store::StoreError> {
    let tiers = tx.read().tiers_of(session)?;
    let tier = Tier {
        id: TierId::new(),
        session,
        parent: new.parent,
        type_name: new.name.clone(),
        name: new.name,
        role: new.role,
        constraint: new.constraint,
        participant: None,
        annotator: String::new(),
        language: new.language,
        vocabulary: None,
        position: tiers.iter().map(|t| t.position).max().map_or(0, |p| p + 1),
        residue: Default::default(),
    };
    tx.insert(&tier)?;
    Ok(tier.id)
}

/// Changes a tier's own fields.
///
/// # Errors
/// When it is not there, or the file refuses.
pub fn edit(store: &mut Store, id: TierId, change: impl FnOnce(&mut Tier)) -> Edited {
    store.transact(Op::typing(OpKind::EditTier, format!("tier:{id}")), |tx| tx.modify::<Tier>(id, change).map(|_| ()))
}

/// Takes a tier out with its annotations and the tiers under it.
///
/// # Errors
/// When it is not there, or the file refuses.
pub fn delete(store: &mut Store, id: TierId) -> Edited {
    store.transact(Op::new(OpKind::DeleteTier), |tx| tx.delete_tier(id))
}
