//! Tiers that an export made of words or of accepted tags, for programs that know nothing else. When they come back to the
//! project they were made in, they say again what is there.

use std::collections::{HashMap, HashSet};

use crate::domain::{Annotation, AnnotationId, Bundle, TierId};

/// Takes off the file what those tiers say of annotations whose words or tags the project has, and the tiers that nothing is
/// left on. What they say of others, of an utterance added elsewhere, stays. How many annotations were taken off.
pub(super) fn leave_out(file: &mut Bundle, project: &Bundle) -> usize {
    let made: HashMap<TierId, String> =
        file.tiers.iter().filter_map(|tier| Some((tier.id, tier.made_of()?.to_owned()))).collect();
    if made.is_empty() {
        return 0;
    }
    // One that an earlier import brought stays a tier of the project.
    let known: HashSet<TierId> = project.tiers.iter().map(|tier| tier.id).collect();
    let with_words: HashSet<AnnotationId> = project.words.iter().map(|word| word.annotation).collect();
    let with_tags: HashSet<AnnotationId> = project.tags.iter().filter_map(|tag| tag.annotation).collect();
    let by_id: HashMap<AnnotationId, &Annotation> = file.annotations.iter().map(|a| (a.id, a)).collect();
    let spoken: HashSet<TierId> =
        project.annotations.iter().filter(|a| with_words.contains(&a.id)).map(|a| a.tier).collect();
    let parent_of: HashMap<TierId, Option<TierId>> = file.tiers.iter().map(|tier| (tier.id, tier.parent)).collect();
    // What an annotation was made of: the first above it that somebody made.
    let base = |annotation: &Annotation| {
        let mut at = annotation;
        // Each lies a tier below the one above it.
        for _ in 0..=parent_of.len() {
            let above = at.parent.and_then(|parent| by_id.get(&parent).copied());
            match above {
                Some(above) if made.contains_key(&above.tier) => at = above,
                above => return above.map(|above| above.id),
            }
        }
        None
    };
    let base_tier = |tier: TierId| {
        let mut at = tier;
        for _ in 0..parent_of.len() {
            if !made.contains_key(&at) {
                break;
            }
            let Some(Some(above)) = parent_of.get(&at) else { break };
            at = *above;
        }
        at
    };
    let there = |annotation: &Annotation| {
        let Some(what) = made.get(&annotation.tier).filter(|_| !known.contains(&annotation.tier)) else { return false };
        match (what.as_str(), base(annotation)) {
            ("words", Some(base)) => with_words.contains(&base),
            // Words with times of their own lie within an utterance and do not name it.
            ("words", None) => spoken.contains(&base_tier(annotation.tier)),
            ("tags", Some(base)) => with_tags.contains(&base),
            _ => false,
        }
    };
    let gone: HashSet<AnnotationId> = file.annotations.iter().filter(|a| there(a)).map(|a| a.id).collect();
    let touched: HashSet<TierId> = file.annotations.iter().filter(|a| gone.contains(&a.id)).map(|a| a.tier).collect();
    file.annotations.retain(|annotation| !gone.contains(&annotation.id));
    let mut needed: HashSet<TierId> = file.annotations.iter().map(|annotation| annotation.tier).collect();
    // A tier that something is left under is needed, too.
    for _ in 0..parent_of.len() {
        let above: Vec<TierId> = needed.iter().filter_map(|tier| parent_of.get(tier).copied().flatten()).collect();
        let before = needed.len();
        needed.extend(above);
        if needed.len() == before {
            break;
        }
    }
    file.tiers.retain(|tier| !touched.contains(&tier.id) || needed.contains(&tier.id));
    gone.len()
}
