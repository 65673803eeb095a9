//! New annotations that would lie over one of the project's on the same tier. Who joined two annotations here and
//! imports the file again does not want the second half back over the whole.

use std::collections::{HashMap, HashSet};

use super::plan::Plan;
use crate::domain::{Annotation, AnnotationId, Bundle, Span, TierId};

/// The project's annotations of one tier by start, each with the latest end so far: what overlaps is found from there.
struct Tier {
    by_start: Vec<(Span, AnnotationId)>,
    latest: Vec<crate::domain::Time>,
}

impl Tier {
    fn of(mut by_start: Vec<(Span, AnnotationId)>) -> Self {
        by_start.sort_unstable_by_key(|(span, id)| (span.start, span.end, *id));
        let mut latest = Vec::with_capacity(by_start.len());
        for (span, _) in &by_start {
            latest.push(latest.last().map_or(span.end, |end| span.end.max(*end)));
        }
        Self { by_start, latest }
    }
    fn overlapping(&self, span: Span) -> impl Iterator<Item = AnnotationId> {
        let before = self.by_start.partition_point(|(other, _)| other.start < span.end);
        let near = self.by_start.iter().zip(&self.latest).take(before).rev();
        near.take_while(move |(_, latest)| **latest > span.start)
            .filter(move |((other, _), _)| other.overlaps(span) && other.start < other.end)
            .map(|((_, id), _)| *id)
    }
}

/// Takes new annotations that would lie over others out of the plan, with all that hangs under them. What overlaps in
/// the file itself may overlap here. Gives how many annotations were held back.
pub fn hold_back(plan: &mut Plan, file: &Bundle, project: &Bundle) -> usize {
    let timed = |a: &&Annotation| a.span().is_some_and(|span| span.start < span.end);
    let tiers: HashSet<TierId> = plan.new.annotations.iter().filter(timed).map(|a| a.tier).collect();
    if tiers.is_empty() || project.annotations.is_empty() {
        return 0;
    }
    let changed: HashMap<AnnotationId, &Annotation> = plan.changed.annotations.iter().map(|a| (a.id, a)).collect();
    let mut there: HashMap<TierId, Vec<(Span, AnnotationId)>> = HashMap::new();
    for annotation in &project.annotations {
        let annotation = changed.get(&annotation.id).copied().unwrap_or(annotation);
        if let Some(span) = annotation.span().filter(|_| tiers.contains(&annotation.tier)) {
            there.entry(annotation.tier).or_default().push((span, annotation.id));
        }
    }
    let there: HashMap<TierId, Tier> = there.into_iter().map(|(tier, list)| (tier, Tier::of(list))).collect();
    let in_file: HashMap<AnnotationId, Span> =
        file.annotations.iter().filter_map(|a| Some((a.id, a.span()?))).collect();
    let lies_over = |new: &Annotation| {
        let Some((span, tier)) = new.span().filter(|s| s.start < s.end).zip(there.get(&new.tier)) else { return false };
        tier.overlapping(span).any(|id| !in_file.get(&id).is_some_and(|theirs| theirs.overlaps(span)))
    };
    let mut held: HashSet<AnnotationId> = plan.new.annotations.iter().filter(|a| lies_over(a)).map(|a| a.id).collect();
    if held.is_empty() {
        return 0;
    }
    // Children of children too; each round goes one level down.
    loop {
        let under = plan.new.annotations.iter().filter(|a| a.parent.is_some_and(|p| held.contains(&p)));
        let more: Vec<AnnotationId> = under.map(|a| a.id).filter(|id| !held.contains(id)).collect();
        if more.is_empty() {
            break;
        }
        held.extend(more);
    }
    plan.new.annotations.retain(|a| !held.contains(&a.id));
    let words: HashSet<_> = plan.new.words.iter().filter(|w| held.contains(&w.annotation)).map(|w| w.id).collect();
    plan.new.words.retain(|w| !words.contains(&w.id));
    plan.new.morphs.retain(|m| !words.contains(&m.word));
    let gone = |annotation: Option<AnnotationId>| annotation.filter(|id| !held.contains(id));
    plan.new.examples.iter_mut().for_each(|e| e.annotation = gone(e.annotation));
    plan.new.tags.iter_mut().for_each(|t| t.annotation = gone(t.annotation));
    held.len()
}
