//! Tiers that an export made of words or of accepted tags, for programs that know nothing else. When they come back to the
//! project they were made in, they say again what is there.

use std::collections::{HashMap, HashSet};

use crate::domain::{AnnotationId, Bundle, Tier, TierId};

/// Takes those tiers off the file whose words or tags the project has. How many annotations were on them.
pub(super) fn leave_out(file: &mut Bundle, project: &Bundle) -> usize {
    if !file.tiers.iter().any(|tier| tier.made_of().is_some()) {
        return 0;
    }
    let known: HashSet<TierId> = project.tiers.iter().map(|tier| tier.id).collect();
    let tier_of: HashMap<AnnotationId, TierId> = project.annotations.iter().map(|a| (a.id, a.tier)).collect();
    let tiers = |of: &mut dyn Iterator<Item = AnnotationId>| -> HashSet<TierId> {
        of.filter_map(|annotation| tier_of.get(&annotation).copied()).collect()
    };
    let with_words = tiers(&mut project.words.iter().map(|word| word.annotation));
    let with_tags = tiers(&mut project.tags.iter().filter_map(|tag| tag.annotation));
    let by_id: HashMap<TierId, &Tier> = file.tiers.iter().map(|tier| (tier.id, tier)).collect();
    let base = |tier: &Tier| {
        let mut at = tier;
        // No chain of parents is longer than there are tiers.
        for _ in 0..by_id.len() {
            let Some(above) = at.parent.and_then(|parent| by_id.get(&parent)) else { break };
            at = above;
            if at.made_of().is_none() {
                break;
            }
        }
        at.id
    };
    let there = |tier: &&Tier| match tier.made_of() {
        Some("words") => with_words.contains(&base(tier)),
        Some("tags") => with_tags.contains(&base(tier)),
        _ => false,
    };
    // One that an earlier import brought stays a tier of the project.
    let new = |tier: &&Tier| !known.contains(&tier.id);
    let gone: HashSet<TierId> = file.tiers.iter().filter(new).filter(there).map(|tier| tier.id).collect();
    let before = file.annotations.len();
    file.tiers.retain(|tier| !gone.contains(&tier.id));
    file.annotations.retain(|annotation| !gone.contains(&annotation.tier));
    before - file.annotations.len()
}
