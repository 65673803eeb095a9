//! The common timeline: items in order, some with times.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value, json};

use crate::domain::{LossReport, Time};
use crate::formats::textgrid::decimal;
use crate::formats::xmltree::Element;

/// One timeline item.
#[derive(Clone, Debug, Default)]
pub struct Item {
    pub id: String,
    /// The time as written; empty where there is none.
    pub digits: String,
    /// `type`, `bookmark` and what else it says.
    pub other: Vec<(String, String)>,
    /// Its time: its own, or between its neighbours.
    pub time: Option<Time>,
}

/// The items in order of the file.
#[derive(Debug, Default)]
pub struct Timeline {
    pub items: Vec<Item>,
    pub by_id: HashMap<String, usize>,
}

impl Timeline {
    /// Reads `common-timeline`.
    pub fn read(element: Option<&Element>, report: &mut LossReport) -> Self {
        let mut timeline = Self::default();
        let (mut odd, mut twice) = (0, 0);
        for tli in element.into_iter().flat_map(|e| e.named("tli")) {
            let digits = tli.get("time").unwrap_or("").trim().to_owned();
            let id = tli.get("id").unwrap_or("").to_owned();
            if id.is_empty() || timeline.by_id.contains_key(&id) {
                twice += 1;
                continue;
            }
            odd += usize::from(!digits.is_empty() && decimal::parse(&digits).is_none());
            let other = tli.attributes.iter().filter(|(name, _)| name != "id" && name != "time").cloned().collect();
            timeline.push(Item { id, digits, other, time: None });
        }
        timeline.settle();
        if odd > 0 {
            report.warn(format!("{odd} timeline items have a time that is no number; taken as without"));
        }
        if twice > 0 {
            report.warn(format!("{twice} timeline items have no id or one that is taken; left out"));
        }
        if timeline.items.iter().any(|item| item.time.is_some_and(|time| time < Time::ZERO)) {
            report.warn("some timeline items lie before the start of the recording; kept as they stand");
        }
        let timed: Vec<Time> = timeline.items.iter().filter_map(|item| item.time).collect();
        if timed.windows(2).any(|pair| pair.first() > pair.get(1)) {
            report.warn("the timeline is not in order of its times; kept as it stands");
        }
        let given = timeline.items.iter().filter(|item| item.digits.is_empty() && item.time.is_some()).count();
        report.mapped("times of timeline items without one", given, "between their neighbours; written back without");
        timeline
    }

    fn push(&mut self, item: Item) {
        self.by_id.insert(item.id.clone(), self.items.len());
        self.items.push(item);
    }

    /// Times as written, and between these evenly.
    fn settle(&mut self) {
        for item in &mut self.items {
            item.time = decimal::parse(&item.digits).map(|(time, _)| time);
        }
        let timed: Vec<(usize, Time)> =
            self.items.iter().enumerate().filter_map(|(n, item)| Some((n, item.time?))).collect();
        for pair in timed.windows(2) {
            let [(from, start), (to, end)] = *pair else { continue };
            let (steps, length) = ((to - from) as i128, i128::from(end.0) - i128::from(start.0));
            if length < 0 {
                continue;
            }
            for step in 1..steps {
                let nanos = i128::from(start.0) + length * step / steps;
                if let Some(item) = self.items.get_mut(from + step as usize) {
                    item.time = i64::try_from(nanos).ok().map(Time);
                }
            }
        }
    }

    /// As residue keeps it.
    pub fn to_json(&self) -> Value {
        let other = |item: &Item| -> Map<String, Value> {
            item.other.iter().map(|(name, value)| (name.clone(), json!(value))).collect()
        };
        self.items.iter().map(|item| json!([item.id, item.digits, other(item)])).collect()
    }

    /// From residue.
    pub fn from_json(kept: Option<&Value>) -> Self {
        let mut timeline = Self::default();
        for entry in kept.and_then(Value::as_array).into_iter().flatten() {
            let text = |n: usize| entry.get(n).and_then(Value::as_str).unwrap_or_default().to_owned();
            let other = entry.get(2).and_then(Value::as_object).into_iter().flatten();
            let other = other.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect();
            let id = text(0);
            if is_name(&id) && !timeline.by_id.contains_key(&id) {
                timeline.push(Item { id, digits: text(1), other, time: None });
            }
        }
        timeline.settle();
        timeline
    }
}

/// Whether a text can be an XML id.
pub fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

/// A timeline that grows: items are linked, so that new ones find their place among the old.
pub struct Growing {
    items: Vec<Item>,
    next: Vec<Option<usize>>,
    first: Option<usize>,
    last: Option<usize>,
    by_id: HashMap<String, usize>,
    /// First and last item of each time.
    by_time: BTreeMap<Time, (usize, usize)>,
    /// The last item before the first that has a time.
    before_times: Option<usize>,
    used: HashSet<usize>,
    number: usize,
    /// Whether an item with a time was added.
    grew: bool,
}

impl Growing {
    pub fn new(timeline: Timeline) -> Self {
        let count = timeline.items.len();
        let mut by_time: BTreeMap<Time, (usize, usize)> = BTreeMap::new();
        for (place, item) in timeline.items.iter().enumerate() {
            if let Some(time) = item.time {
                by_time.entry(time).and_modify(|(_, last)| *last = place).or_insert((place, place));
            }
        }
        let first_timed = timeline.items.iter().position(|item| item.time.is_some()).unwrap_or(count);
        Self {
            next: (0..count).map(|n| Some(n + 1).filter(|n| *n < count)).collect(),
            first: (count > 0).then_some(0),
            last: count.checked_sub(1),
            before_times: first_timed.checked_sub(1),
            items: timeline.items,
            by_id: timeline.by_id,
            by_time,
            used: HashSet::new(),
            number: 0,
            grew: false,
        }
    }
    /// The item of an id, when there is one.
    pub fn find(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }
    pub fn time(&self, place: usize) -> Option<Time> {
        self.items.get(place)?.time
    }
    pub fn id(&self, place: usize) -> &str {
        self.items.get(place).map_or("", |item| &item.id)
    }
    /// Notes that an event starts or ends there.
    pub fn mark_used(&mut self, place: usize) {
        self.used.insert(place);
    }

    fn add(&mut self, after: Option<usize>, time: Option<Time>, kind: &str) -> usize {
        let id = loop {
            let id = format!("T{}", self.number);
            self.number += 1;
            if !self.by_id.contains_key(&id) {
                break id;
            }
        };
        let place = self.items.len();
        let other = if kind.is_empty() { Vec::new() } else { vec![("type".to_owned(), kind.to_owned())] };
        self.by_id.insert(id.clone(), place);
        self.items.push(Item { id, digits: time.map(decimal::format).unwrap_or_default(), other, time });
        let follows = match after.and_then(|after| self.next.get_mut(after)) {
            Some(next) => next.replace(place),
            None => self.first.replace(place),
        };
        self.next.push(follows);
        if follows.is_none() {
            self.last = Some(place);
        }
        place
    }
    /// An item without time, after one.
    pub fn after(&mut self, place: usize) -> usize {
        self.add(Some(place), None, "")
    }
    /// An item without time, at the end.
    pub fn at_end(&mut self) -> usize {
        self.add(self.last, None, "")
    }
    /// The first item of a time; a new one of that kind when there is none.
    pub fn at(&mut self, time: Time, kind: &str) -> usize {
        if let Some((first, _)) = self.by_time.get(&time) {
            return *first;
        }
        let before = self.by_time.range(..time).next_back().map(|(_, (_, last))| *last).or(self.before_times);
        let place = self.add(before, Some(time), kind);
        self.by_time.insert(time, (place, place));
        self.grew = true;
        place
    }
    /// The last item of a time, when it has several; for the end of an event that starts at the first of them.
    pub fn last_at(&self, time: Time) -> Option<usize> {
        self.by_time.get(&time).map(|(_, last)| *last)
    }
    /// The items to write: those in use, and those that nothing used when they were read.
    pub fn items(&self, unused: &HashSet<&str>) -> Vec<usize> {
        let mut places = Vec::with_capacity(self.items.len());
        let mut at = self.first;
        while let Some(place) = at {
            if self.used.contains(&place) || self.items.get(place).is_some_and(|i| unused.contains(i.id.as_str())) {
                places.push(place);
            }
            at = self.next.get(place).copied().flatten();
        }
        places
    }
    /// An item as XML. Once the timeline has changed, times between neighbours are written out: they would become
    /// others.
    pub fn element(&self, place: usize, changed: bool) -> Element {
        let Some(item) = self.items.get(place) else { return Element::new("tli") };
        let mut tli = Element::new("tli").with("id", item.id.as_str());
        let is_between = item.digits.is_empty() && item.time.is_some();
        let spell_out = is_between && changed;
        if let Some(time) = item.time.filter(|_| spell_out) {
            tli = tli.with("time", decimal::format(time));
        } else if !item.digits.is_empty() && item.time.is_some() {
            tli = tli.with("time", item.digits.as_str());
        }
        for (name, value) in &item.other {
            tli = tli.with(name, value.as_str());
        }
        if spell_out && tli.get("type").is_none() {
            tli = tli.with("type", "intp");
        }
        tli
    }
    /// Whether the items written are others than those read.
    pub fn changed(&self, written: usize, read: usize) -> bool {
        self.grew || written != read
    }
}
