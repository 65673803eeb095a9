//! One order for the annotations of a session, the same in reading and in writing, so that a round trip is stable.

use super::{HashMap, HashSet};
use crate::domain::{Annotation, AnnotationId, Tier, TierId, Time};

/// Tiers with parents before children; a tier whose parents run in a circle counts as having none.
pub fn parents_first<'a>(tiers: &[&'a Tier]) -> Vec<&'a Tier> {
    let known: HashSet<TierId> = tiers.iter().map(|tier| tier.id).collect();
    let mut done: HashSet<TierId> = HashSet::default();
    let mut sorted = Vec::with_capacity(tiers.len());
    let mut rest: Vec<&Tier> = tiers.to_vec();
    while !rest.is_empty() {
        let (ready, waiting): (Vec<_>, Vec<_>) = rest
            .iter()
            .copied()
            .partition(|tier| tier.parent.is_none_or(|parent| !known.contains(&parent) || done.contains(&parent)));
        if ready.is_empty() {
            sorted.extend(waiting);
            break;
        }
        done.extend(ready.iter().map(|tier| tier.id));
        sorted.extend(ready);
        rest = waiting;
    }
    sorted
}

/// What annotations of one tier are sorted by, given the places of those on the tier above.
fn key(
    annotation: &Annotation,
    rank: &HashMap<AnnotationId, usize>,
) -> (Option<usize>, Option<Time>, Option<Time>, i64) {
    let parent = annotation.parent.and_then(|id| rank.get(&id).copied());
    (parent, annotation.start, annotation.end, annotation.position)
}

/// Puts the annotations of each tier in the order of [`by_tier`], where they stand tier by tier already, in the order
/// of the tiers.
pub fn sort_by_tier(tiers: &[Tier], annotations: &mut [Annotation]) {
    let mut groups: HashMap<TierId, &mut [Annotation]> = HashMap::default();
    for group in annotations.chunk_by_mut(|a, b| a.tier == b.tier) {
        if let Some(first) = group.first() {
            groups.insert(first.tier, group);
        }
    }
    let mut rank: HashMap<AnnotationId, usize> = HashMap::default();
    for tier in parents_first(&tiers.iter().collect::<Vec<_>>()) {
        if let Some(group) = groups.get_mut(&tier.id) {
            group.sort_by_cached_key(|annotation| key(annotation, &rank));
            rank.extend(group.iter().enumerate().map(|(place, annotation)| (annotation.id, place)));
        }
    }
}

/// The annotations of each tier: by their parent's place, then start, then position, then as given.
pub fn by_tier<'a>(
    tiers: &[&Tier],
    annotations: impl IntoIterator<Item = &'a Annotation>,
) -> std::collections::HashMap<TierId, Vec<&'a Annotation>> {
    let mut groups: std::collections::HashMap<TierId, Vec<&Annotation>> = std::collections::HashMap::new();
    for annotation in annotations {
        groups.entry(annotation.tier).or_default().push(annotation);
    }
    let mut rank: HashMap<AnnotationId, usize> = HashMap::default();
    for tier in parents_first(tiers) {
        if let Some(group) = groups.get_mut(&tier.id) {
            group.sort_by_cached_key(|annotation| key(annotation, &rank));
            rank.extend(group.iter().enumerate().map(|(place, annotation)| (annotation.id, place)));
        }
    }
    groups
}
