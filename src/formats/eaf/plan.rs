//! What goes on which tier of an EAF: ELAN's rules, which the schema does not say, met before a line is written.
//!
//! Symbolic annotations have a parent on the tier above; time-aligned tiers hang under time-aligned tiers only;
//! a tier at the top is time-aligned; every aligned annotation has two slots, and slots are in order of time.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::ids::{self, Ids};
use super::{NAME, order};
use crate::domain::*;

/// Milliseconds that an annotation without any time is given.
const PLACEHOLDER_MS: i64 = 1000;

/// One tier to write.
pub struct TierPlan<'a> {
    pub tier: &'a Tier,
    pub name: String,
    /// Place of the parent among the plans.
    pub parent: Option<usize>,
    pub constraint: Constraint,
    pub annotations: Vec<Planned<'a>>,
}

/// One annotation to write.
pub struct Planned<'a> {
    pub annotation: &'a Annotation,
    pub id: String,
    pub place: Place,
}

/// Where an annotation stands.
pub enum Place {
    /// Between two slots.
    Slots(usize, usize),
    /// Under the annotation of that id, after the sibling of that id.
    Under { parent: String, previous: Option<String> },
}

/// One time slot to write.
pub struct SlotPlan {
    pub id: String,
    /// `None` when not aligned.
    pub millis: Option<i64>,
    /// Where it stands in order: shown time in nanoseconds, then place in the file it came from.
    key: (i64, usize),
}

/// Everything timed of one session.
pub struct Plan<'a> {
    pub tiers: Vec<TierPlan<'a>>,
    /// In the order to write.
    pub slots: Vec<SlotPlan>,
    /// For places in `Place::Slots`: the id of each slot.
    pub slot_ids: Vec<String>,
    /// What the annotations without times were given: id, start, end.
    pub placeholders: Vec<(String, i64, i64)>,
    /// Ids in the file an annotation came from, to the ids now.
    pub renamed: HashMap<String, String>,
}

/// What a format kept on an annotation.
pub fn kept<'a>(residue: &'a Residue, key: &str) -> Option<&'a Value> {
    residue.get(NAME)?.get(key)
}

struct Slots {
    slots: Vec<SlotPlan>,
    by_id: HashMap<String, usize>,
    order: HashMap<String, usize>,
    rounded: usize,
    clipped: usize,
    stretched: usize,
}

/// Plans a session's tiers with their annotations; `slot_order` is the order of slots in the file it
/// came from, `unused` those that nothing there used, with their milliseconds.
pub fn plan<'a>(
    tiers: &[&'a Tier],
    annotations: &[&'a Annotation],
    slot_order: &[&str],
    unused: &[(&str, Option<i64>)],
    ids: &mut Ids,
    report: &mut LossReport,
) -> Plan<'a> {
    let groups = order::by_tier(tiers, annotations.iter().copied());
    let place_of: HashMap<TierId, usize> = tiers.iter().enumerate().map(|(place, tier)| (tier.id, place)).collect();
    let mut plans = shapes(tiers, &place_of, &groups, report);
    let (annotation_ids, renamed) = annotation_ids(tiers, &groups, ids);
    for slot in annotations.iter().filter_map(|a| kept(&a.residue, "slots")?.as_array()).flatten() {
        if let Some(number) = slot.as_str().and_then(|id| ids::number(id, "ts")) {
            ids.start_after("ts", number);
        }
    }
    let mut slots = Slots {
        slots: Vec::new(),
        by_id: HashMap::new(),
        order: slot_order.iter().enumerate().map(|(place, id)| ((*id).to_owned(), place)).collect(),
        rounded: 0,
        clipped: 0,
        stretched: 0,
    };
    let mut placeholders = Vec::new();
    let mut written: HashMap<AnnotationId, usize> = HashMap::new();
    let mut spans: HashMap<AnnotationId, (Time, Time, usize, usize)> = HashMap::new();
    let mut orphans: Vec<(usize, Vec<&Annotation>)> = Vec::new();
    for tier in order::parents_first(tiers) {
        let place = place_of[&tier.id];
        let group = groups.get(&tier.id).map(Vec::as_slice).unwrap_or_default();
        if plans[place].constraint.is_time_aligned() {
            let planned =
                aligned(&plans[place], group, &annotation_ids, &mut spans, &mut slots, ids, &mut placeholders);
            written.extend(group.iter().map(|a| (a.id, place)));
            plans[place].annotations = planned;
        } else {
            let (mut planned, mut lost) = (Vec::new(), Vec::new());
            let mut last: HashMap<AnnotationId, String> = HashMap::new();
            for annotation in group {
                let parent =
                    annotation.parent.filter(|id| written.get(id).is_some_and(|t| Some(*t) == plans[place].parent));
                let Some(parent) = parent else {
                    lost.push(*annotation);
                    continue;
                };
                let id = annotation_ids[&annotation.id].clone();
                let is_list = plans[place].constraint == Constraint::SymbolicSubdivision;
                let previous = is_list.then(|| last.insert(parent, id.clone())).flatten();
                let under = Place::Under { parent: annotation_ids[&parent].clone(), previous };
                written.insert(annotation.id, place);
                planned.push(Planned { annotation, id, place: under });
            }
            let timed = planned.iter().filter(|p| p.annotation.start.is_some()).count();
            report.left_out("times of annotations on symbolic tiers", timed, "ELAN takes them from the parent");
            plans[place].annotations = planned;
            if !lost.is_empty() {
                orphans.push((place, lost));
            }
        }
    }
    for (place, lost) in orphans {
        let name = unique_name(&plans, &format!("{} (without parent)", plans[place].name));
        report.mapped("annotations without a parent", lost.len(), format!("on a tier of their own, '{name}'"));
        let mut extra = TierPlan {
            tier: plans[place].tier,
            name,
            parent: None,
            constraint: Constraint::None,
            annotations: Vec::new(),
        };
        extra.annotations = aligned(&extra, &lost, &annotation_ids, &mut spans, &mut slots, ids, &mut placeholders);
        plans.push(extra);
    }
    report.mapped("times", slots.rounded, "rounded to the nearest millisecond, the smallest that ELAN has");
    report.mapped("times before 0 or beyond 49 days", slots.clipped, "moved to the nearest that ELAN can say");
    report.mapped("annotations of no length", slots.stretched, "made one millisecond long, the shortest ELAN shows");
    report.mapped(
        "annotations without times",
        placeholders.len(),
        "placed one after another, a second each; known again on import while nobody moves them",
    );
    slots.add_unused(unused, ids);
    let slot_ids = slots.slots.iter().map(|slot| slot.id.clone()).collect();
    slots.in_file_order();
    slots.slots.sort_by_key(|slot| slot.key);
    Plan { tiers: plans, slots: slots.slots, slot_ids, placeholders, renamed }
}

fn unique_name(plans: &[TierPlan], wanted: &str) -> String {
    let taken = |name: &str| plans.iter().any(|plan| plan.name == name);
    (1..)
        .map(|n| if n == 1 { wanted.to_owned() } else { format!("{wanted} ({n})") })
        .find(|name| !taken(name))
        .unwrap_or_default()
}

/// Parents, names and constraints as ELAN will take them.
fn shapes<'a>(
    tiers: &[&'a Tier],
    place_of: &HashMap<TierId, usize>,
    groups: &HashMap<TierId, Vec<&'a Annotation>>,
    report: &mut LossReport,
) -> Vec<TierPlan<'a>> {
    let mut plans: Vec<TierPlan> = Vec::with_capacity(tiers.len());
    for tier in tiers {
        let wanted = if tier.name.is_empty() { "Tier" } else { &tier.name };
        let name = unique_name(&plans, wanted);
        if name != tier.name {
            report.mapped("tier names", 1, format!("'{}' was taken or empty and became '{name}'", tier.name));
        }
        plans.push(TierPlan { tier, name, parent: None, constraint: tier.constraint, annotations: Vec::new() });
    }
    let mut done: HashSet<TierId> = HashSet::new();
    for tier in order::parents_first(tiers) {
        let place = place_of[&tier.id];
        // Only parents that were seen before: a circle is cut here.
        let parent = tier.parent.filter(|id| done.contains(id)).and_then(|id| place_of.get(&id).copied());
        done.insert(tier.id);
        plans[place].parent = parent;
        let note = |what: &str, report: &mut LossReport| {
            report.mapped("tiers with another constraint", 1, format!("'{}': {what}", tier.name));
        };
        let Some(parent) = parent else {
            if plans[place].constraint != Constraint::None {
                note("it has no parent here, so it stands alone in time", report);
                plans[place].constraint = Constraint::None;
            }
            continue;
        };
        let group = groups.get(&tier.id).map(Vec::as_slice).unwrap_or_default();
        if plans[place].constraint == Constraint::None {
            let timed = group.iter().all(|a| a.start.is_some());
            plans[place].constraint = if timed { Constraint::IncludedIn } else { Constraint::SymbolicSubdivision };
            note("under a parent ELAN wants one, included-in or symbolic subdivision", report);
        }
        if plans[place].constraint.is_time_aligned() && !plans[parent].constraint.is_time_aligned() {
            note("ELAN has no times under a symbolic tier, so it stands alone in time", report);
            (plans[place].constraint, plans[place].parent) = (Constraint::None, None);
        }
        if plans[place].constraint == Constraint::SymbolicAssociation {
            let mut parents = HashSet::new();
            if group.iter().any(|a| a.parent.is_some_and(|parent| !parents.insert(parent))) {
                note("some parents have several annotations on it, so it is a symbolic subdivision", report);
                plans[place].constraint = Constraint::SymbolicSubdivision;
            }
        }
    }
    plans
}

/// An id for every annotation: the one it came with, else a new one.
fn annotation_ids(
    tiers: &[&Tier],
    groups: &HashMap<TierId, Vec<&Annotation>>,
    ids: &mut Ids,
) -> (HashMap<AnnotationId, String>, HashMap<String, String>) {
    let all: Vec<&Annotation> = tiers.iter().filter_map(|t| groups.get(&t.id)).flatten().copied().collect();
    let (mut given, mut renamed) = (HashMap::new(), HashMap::new());
    for annotation in &all {
        if let Some(old) = kept(&annotation.residue, "id").and_then(Value::as_str) {
            if let Some(number) = ids::number(old, "a") {
                ids.start_after("a", number);
            }
            if let Some(id) = ids.claim(old) {
                renamed.insert(old.to_owned(), id.clone());
                given.insert(annotation.id, id);
            }
        }
    }
    for annotation in &all {
        given.entry(annotation.id).or_insert_with(|| {
            let id = ids.fresh("a");
            if let Some(old) = kept(&annotation.residue, "id").and_then(Value::as_str) {
                renamed.entry(old.to_owned()).or_insert_with(|| id.clone());
            }
            id
        });
    }
    (given, renamed)
}

/// Slots for the annotations of a time-aligned tier.
fn aligned<'a>(
    plan: &TierPlan<'a>,
    group: &[&'a Annotation],
    annotation_ids: &HashMap<AnnotationId, String>,
    spans: &mut HashMap<AnnotationId, (Time, Time, usize, usize)>,
    slots: &mut Slots,
    ids: &mut Ids,
    placeholders: &mut Vec<(String, i64, i64)>,
) -> Vec<Planned<'a>> {
    let mut siblings: HashMap<Option<AnnotationId>, (i64, i64)> = HashMap::new();
    for annotation in group.iter().filter(|a| a.span().is_none()) {
        siblings.entry(annotation.parent).or_default().1 += 1;
    }
    let shares = plan.constraint == Constraint::TimeSubdivision;
    let mut ends: HashMap<AnnotationId, (Time, usize)> = HashMap::new();
    let mut last = 0;
    let mut planned = Vec::with_capacity(group.len());
    for annotation in group {
        let id = annotation_ids[&annotation.id].clone();
        let parent = annotation.parent.and_then(|parent| spans.get(&parent).copied());
        let old = |end: usize| kept(&annotation.residue, "slots").and_then(|s| s.get(end)).and_then(Value::as_str);
        let shown =
            |end: usize| kept(&annotation.residue, "unaligned").and_then(|s| s.get(end)).and_then(Value::as_i64);
        let (start, end, open) = match annotation.span() {
            Some(span) => {
                let (start, end) = (span.start, span.end);
                (start, end, [shown(0) == Some(start.0), shown(1) == Some(end.0)])
            }
            None => match parent {
                // Evenly under the parent, as ELAN divides.
                Some((from, to, ..)) => {
                    let (number, count) = siblings.get_mut(&annotation.parent).map_or((0, 1), |(number, count)| {
                        *number += 1;
                        (*number - 1, (*count).max(1))
                    });
                    let at = |n: i64| {
                        let length = i128::from(to.0) - i128::from(from.0);
                        Time((i128::from(from.0) + length * i128::from(n) / i128::from(count)) as i64)
                    };
                    let inner = shares && old(0).is_none();
                    (at(number), at(number + 1), [inner && number > 0, inner && number + 1 < count])
                }
                // It came without any time from a file with none: so it goes back.
                None if old(0).is_some() => (Time::from_millis(last), Time::from_millis(last), [true, true]),
                None => {
                    placeholders.push((id.clone(), last, last + PLACEHOLDER_MS));
                    (Time::from_millis(last), Time::from_millis(last + PLACEHOLDER_MS), [false, false])
                }
            },
        };
        let mut end = end;
        if !open[0] && !open[1] && start.millis() == end.millis() && old(0).is_none() {
            end = Time::from_millis(start.millis() + 1);
            slots.stretched += 1;
        }
        let neighbour = annotation.parent.filter(|_| shares).and_then(|parent| ends.get(&parent).copied());
        let first = match (neighbour, parent) {
            (Some((time, slot)), _) if time == start && old(0).is_none() => slot,
            (_, Some((from, _, slot, _))) if shares && from == start && old(0).is_none() => slot,
            _ => slots.get(old(0), start, open[0], ids),
        };
        let second = match parent {
            Some((_, to, _, slot)) if shares && to == end && old(1).is_none() => slot,
            _ => slots.get(old(1), end, open[1], ids),
        };
        if let Some(parent) = annotation.parent {
            ends.insert(parent, (end, second));
        }
        last = last.max(end.millis().clamp(0, i64::from(u32::MAX) - 10 * PLACEHOLDER_MS));
        spans.insert(annotation.id, (start, end, first, second));
        planned.push(Planned { annotation, id, place: Place::Slots(first, second) });
    }
    planned
}

impl Slots {
    /// Slots of the file that nothing used go back too, as far as their ids are still free.
    fn add_unused(&mut self, unused: &[(&str, Option<i64>)], ids: &mut Ids) {
        for (id, millis) in unused {
            if let Some(claimed) = ids.claim(id) {
                let millis = millis.map(|millis| millis.clamp(0, i64::from(u32::MAX)));
                let rank = self
                    .order
                    .get(*id)
                    .copied()
                    .or_else(|| ids::number(id, "ts").and_then(|n| usize::try_from(n).ok()));
                let key = (Time::from_millis(millis.unwrap_or(0)).0, rank.unwrap_or(0));
                self.slots.push(SlotPlan { id: claimed, millis, key });
            }
        }
    }
    /// Slots without a time keep the place that the file gave them: right behind the last that has one.
    fn in_file_order(&mut self) {
        let mut known: Vec<(usize, usize)> =
            (0..self.slots.len()).filter_map(|place| Some((*self.order.get(&self.slots[place].id)?, place))).collect();
        known.sort_unstable();
        let mut last = 0;
        for (_, place) in known {
            let slot = &mut self.slots[place];
            match slot.millis {
                Some(_) => last = slot.key.0,
                None => slot.key.0 = last,
            }
        }
    }
    /// The slot of that id when it stands at that time; a new one otherwise.
    fn get(&mut self, id: Option<&str>, time: Time, open: bool, ids: &mut Ids) -> usize {
        let exact = time.millis();
        let millis = exact.clamp(0, i64::from(u32::MAX));
        let shown = if open { time.0 } else { Time::from_millis(millis).0 };
        if let Some(known) = id.and_then(|id| self.by_id.get(id)).copied() {
            let slot = &self.slots[known];
            if slot.key.0 == shown && slot.millis.is_none() == open {
                return known;
            }
        }
        if !open {
            self.clipped += usize::from(exact != millis);
            self.rounded += usize::from(time.0 % 1_000_000 != 0);
        }
        let claimed = id.and_then(|id| ids.claim(id));
        let place = self.slots.len();
        let rank = id.and_then(|id| {
            self.order.get(id).copied().or_else(|| ids::number(id, "ts").and_then(|n| usize::try_from(n).ok()))
        });
        if let (Some(id), Some(_)) = (id, &claimed) {
            self.by_id.insert(id.to_owned(), place);
        }
        let id = claimed.unwrap_or_else(|| ids.fresh("ts"));
        let key = (shown, rank.unwrap_or(usize::MAX / 2 + place));
        self.slots.push(SlotPlan { id, millis: (!open).then_some(millis), key });
        place
    }
}
