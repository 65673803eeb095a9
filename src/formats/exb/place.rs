//! Where each annotation starts and ends on the timeline.

use std::collections::HashMap;

use serde_json::Value;

use super::NAME;
use super::timeline::Growing;
use crate::domain::{Annotation, AnnotationId, LossReport, Span, Tier, TierId, Time};

/// The length that an event of no length is given: EXMARaLDA has none.
const LEAST: Time = Time::from_millis(1);

/// Start and end of each annotation as places on the timeline, which grows as needed. Tiers come parents first.
pub fn all(
    tiers: &[&Tier],
    groups: &HashMap<TierId, Vec<&Annotation>>,
    timeline: &mut Growing,
    report: &mut LossReport,
) -> HashMap<AnnotationId, (usize, usize)> {
    let mut placer = Placer { timeline, places: HashMap::new(), stretched: 0, borrowed: 0, appended: 0 };
    for tier in tiers {
        placer.tier(groups.get(&tier.id).map(Vec::as_slice).unwrap_or_default());
    }
    report.mapped("annotations of no length", placer.stretched, "given a millisecond");
    report.mapped(
        "annotations without times of their own",
        placer.borrowed,
        "given their parent's, divided evenly, at items marked as interpolated",
    );
    report.mapped("annotations without times", placer.appended, "in their order, at timeline items without times");
    placer.places
}

struct Placer<'t> {
    timeline: &'t mut Growing,
    places: HashMap<AnnotationId, (usize, usize)>,
    stretched: usize,
    borrowed: usize,
    appended: usize,
}

impl Placer<'_> {
    fn tier(&mut self, group: &[&Annotation]) {
        let mut siblings: HashMap<AnnotationId, Vec<&Annotation>> = HashMap::new();
        let mut chain = None;
        for annotation in group {
            let parent = annotation.parent.filter(|id| self.places.contains_key(id));
            if let Some(span) = annotation.span() {
                let place = self.timed(annotation, Span::new(span.start, span.end));
                self.places.insert(annotation.id, place);
            } else if let Some(parent) = parent {
                siblings.entry(parent).or_default().push(annotation);
            } else if let Some(place) = self.remembered(annotation) {
                self.places.insert(annotation.id, place);
            } else {
                let start = chain.unwrap_or_else(|| self.timeline.at_end());
                let end = self.timeline.at_end();
                chain = Some(end);
                self.appended += 1;
                self.places.insert(annotation.id, (start, end));
            }
        }
        for annotation in group {
            if let Some((parent, list)) = annotation.parent.and_then(|id| siblings.remove_entry(&id)) {
                self.divide(parent, &list);
            }
        }
    }

    /// The items an annotation came with.
    fn remembered(&self, annotation: &Annotation) -> Option<(usize, usize)> {
        let kept = annotation.residue.get(NAME)?;
        let place = |name: &str| self.timeline.find(kept.get(name).and_then(Value::as_str)?);
        // Items that were read stand in the order they were read in.
        place("start").zip(place("end")).filter(|(start, end)| start < end)
    }

    fn timed(&mut self, annotation: &Annotation, span: Span) -> (usize, usize) {
        let old = self.remembered(annotation);
        let still = |place: Option<usize>, time: Time, timeline: &Growing| {
            place.filter(|place| timeline.time(*place) == Some(time))
        };
        let start = still(old.map(|(start, _)| start), span.start, self.timeline);
        let end = still(old.map(|(_, end)| end), span.end, self.timeline);
        if let (Some(start), Some(end)) = (start, end) {
            return (start, end);
        }
        let start = start.unwrap_or_else(|| self.timeline.at(span.start, ""));
        if span.start == span.end {
            let last = self.timeline.last_at(span.end).filter(|last| *last != start);
            if let Some(last) = last {
                return (start, last);
            }
            self.stretched += 1;
            return (start, self.timeline.at(span.end + LEAST, ""));
        }
        (start, end.unwrap_or_else(|| self.timeline.at(span.end, "")))
    }

    /// A parent's stretch among those that hang under it without times.
    fn divide(&mut self, parent: AnnotationId, list: &[&Annotation]) {
        let Some((start, end)) = self.places.get(&parent).copied() else { return };
        if let [only] = list {
            self.places.insert(only.id, (start, end));
            return;
        }
        // As they came, when that still fits.
        let times = (self.timeline.time(start), self.timeline.time(end));
        let old: Option<Vec<(usize, usize)>> = list.iter().map(|a| self.remembered(a)).collect();
        if let Some(old) = old.filter(|old| self.fits(old, (start, end))) {
            self.places.extend(list.iter().map(|a| a.id).zip(old));
            return;
        }
        self.borrowed += list.len();
        let mut from = start;
        for (n, annotation) in (1..).zip(list) {
            let to = match times {
                _ if n == list.len() => end,
                (Some(first), Some(last)) if last > first => {
                    let length = i128::from(last.0) - i128::from(first.0);
                    let nanos = i128::from(first.0) + length * n as i128 / list.len() as i128;
                    self.timeline.at(Time(nanos as i64), "intp")
                }
                _ => self.timeline.after(from),
            };
            self.places.insert(annotation.id, (from, to));
            from = to;
        }
    }

    fn fits(&self, old: &[(usize, usize)], (start, end): (usize, usize)) -> bool {
        let in_order = old.windows(2).all(|pair| matches!(pair, [(_, a), (b, _)] if a <= b));
        let within =
            old.first().is_some_and(|(from, _)| *from >= start) && old.last().is_some_and(|(_, to)| *to <= end);
        in_order && within
    }
}
