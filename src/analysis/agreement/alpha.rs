//! Krippendorff's α for nominal data: Krippendorff, K. (2011), Computing Krippendorff's alpha-reliability; the same as
//! in Content Analysis, chapter 11 (2004). Any number of annotators; a value that is missing is passed over.

use std::collections::BTreeMap;

use super::figure::{Figure, Undefined};
use super::{Settings, Unit};
use crate::domain::{Span, Time};

/// α over units, each with what every annotator said of it.
pub fn nominal<T: Ord>(units: &[Vec<Option<T>>]) -> Figure {
    // Only sums of the coincidence matrix are needed: its diagonal and its margins.
    let mut margins: BTreeMap<&T, f64> = BTreeMap::new();
    let (mut alike, mut all) = (0.0, 0.0);
    for unit in units {
        let mut counts: BTreeMap<&T, f64> = BTreeMap::new();
        unit.iter().flatten().for_each(|value| *counts.entry(value).or_default() += 1.0);
        let said: f64 = counts.values().sum();
        if said < 2.0 {
            continue;
        }
        all += said;
        for (value, n) in counts {
            *margins.entry(value).or_default() += n;
            alike += n * (n - 1.0) / (said - 1.0);
        }
    }
    if all == 0.0 {
        return Figure::Undefined(Undefined::NothingPaired);
    }
    if margins.len() < 2 {
        return Figure::Undefined(Undefined::OneLabelOnly);
    }
    let by_chance = margins.values().map(|n| n * (n - 1.0)).sum::<f64>() / (all - 1.0);
    Figure::or((alike - by_chance) / (all - by_chance), Undefined::OneLabelOnly)
}

/// Moments asked at most; a longer stretch is asked less often.
const MOMENTS: i64 = 2_000_000;

/// α over what two annotators say moment by moment, nothing being a value too. What overlaps counts as one value.
pub fn over_time(a: &[Unit], b: &[Unit], within: Span, settings: &Settings) -> Figure {
    let step = Time::from_secs(settings.step_secs).filter(|step| *step > Time::ZERO);
    let (Some(step), true) = (step, within.duration() > Time::ZERO) else {
        return Figure::Undefined(Undefined::NoTime);
    };
    if a.is_empty() && b.is_empty() {
        return Figure::Undefined(Undefined::NobodyTagged);
    }
    let step = step.max(Time(within.duration().0 / MOMENTS));
    // Counts of pairs of values are enough: moments by the hour need no list.
    let mut moments: BTreeMap<(String, String), f64> = BTreeMap::new();
    let (mut first, mut second) = (Sweep::new(a), Sweep::new(b));
    let mut time = within.start + Time(step.0 / 2);
    while time < within.end {
        *moments.entry((first.at(time), second.at(time))).or_default() += 1.0;
        time = time + step;
    }
    of_pairs(&moments)
}

/// α from how often each pair of values occurred.
fn of_pairs(pairs: &BTreeMap<(String, String), f64>) -> Figure {
    let mut margins: BTreeMap<&str, f64> = BTreeMap::new();
    let (mut alike, mut all) = (0.0, 0.0);
    for ((a, b), n) in pairs {
        *margins.entry(a).or_default() += n;
        *margins.entry(b).or_default() += n;
        all += 2.0 * n;
        alike += if a == b { 2.0 * n } else { 0.0 };
    }
    if all == 0.0 {
        return Figure::Undefined(Undefined::NoTime);
    }
    if margins.len() < 2 {
        return Figure::Undefined(Undefined::OneLabelOnly);
    }
    let by_chance = margins.values().map(|n| n * (n - 1.0)).sum::<f64>() / (all - 1.0);
    Figure::or((alike - by_chance) / (all - by_chance), Undefined::OneLabelOnly)
}

/// What an annotator says at rising moments.
struct Sweep<'a> {
    units: Vec<&'a Unit>,
    next: usize,
    open: Vec<&'a Unit>,
    said: String,
    until: Time,
}

impl<'a> Sweep<'a> {
    fn new(units: &'a [Unit]) -> Self {
        let mut units: Vec<&Unit> = units.iter().collect();
        units.sort_by_key(|unit| unit.span.start);
        Self { units, next: 0, open: Vec::new(), said: String::new(), until: Time(i64::MIN) }
    }

    fn at(&mut self, time: Time) -> String {
        if time >= self.until {
            self.open.retain(|unit| unit.span.end > time);
            while let Some(unit) = self.units.get(self.next).filter(|unit| unit.span.start <= time) {
                self.next += 1;
                if unit.span.end > time {
                    self.open.push(unit);
                }
            }
            let mut labels: Vec<&str> = self.open.iter().map(|unit| unit.label.as_str()).collect();
            labels.sort_unstable();
            labels.dedup();
            self.said = labels.join("\u{1f}");
            let ends = self.open.iter().map(|unit| unit.span.end);
            let starts = self.units.get(self.next).map(|unit| unit.span.start);
            self.until = ends.chain(starts).min().unwrap_or(Time(i64::MAX));
        }
        self.said.clone()
    }
}
