//! A time for every annotation, for formats in which nothing is without one.

use std::collections::HashMap;

use super::eaf;
use crate::domain::{Annotation, AnnotationId, LossReport, Span, Tier, TierId, Time};

/// Time that an annotation without any is given.
pub const PLACEHOLDER: Time = Time::from_millis(1000);

/// A time for every annotation: its own, else its parent's, divided evenly among those of a list.
pub fn of(
    tiers: &[&Tier],
    groups: &HashMap<TierId, Vec<&Annotation>>,
    report: &mut LossReport,
) -> HashMap<AnnotationId, Span> {
    let mut spans: HashMap<AnnotationId, Span> = HashMap::new();
    let (mut borrowed, mut placed) = (0, 0);
    for tier in eaf::parents_first(tiers) {
        let group = groups.get(&tier.id).map(Vec::as_slice).unwrap_or_default();
        let mut siblings: HashMap<AnnotationId, (i64, i64)> = HashMap::new();
        for parent in group.iter().filter(|a| a.span().is_none()).filter_map(|a| a.parent) {
            siblings.entry(parent).or_default().1 += 1;
        }
        let mut last = Time::ZERO;
        for annotation in group {
            let own = annotation.span().map(|span| Span::new(span.start, span.end));
            let parent = annotation.parent.and_then(|id| Some((*spans.get(&id)?, siblings.get_mut(&id)?)));
            let span = match (own, parent) {
                (Some(span), _) => span,
                (None, Some((span, (number, count)))) => {
                    let length = i128::from(span.end.0) - i128::from(span.start.0);
                    let at =
                        |n: i64| Time((i128::from(span.start.0) + length * i128::from(n) / i128::from(*count)) as i64);
                    let part = Span { start: at(*number), end: at(*number + 1) };
                    *number += 1;
                    borrowed += 1;
                    part
                }
                (None, None) => {
                    placed += 1;
                    Span { start: last, end: last + PLACEHOLDER }
                }
            };
            last = last.max(span.end);
            spans.insert(annotation.id, span);
        }
    }
    report.mapped("annotations without times of their own", borrowed, "given their parent's, divided evenly");
    report.mapped("annotations without times", placed, "placed one after another, a second each");
    spans
}
