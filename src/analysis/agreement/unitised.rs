//! Krippendorff's α for stretches of a continuum, in two forms.
//!
//! [`of_2004`]: ᵤα of Krippendorff, K. (2004), Content Analysis, 2nd edition, section 11.6 (as in Sociological
//! Methodology 25 of 1995): per label, observed disagreement is the squared length by which stretches and gaps differ,
//! expected disagreement that of the stretches and gaps in any place. It asks whether the *same units* were found.
//!
//! [`of_2016`]: ᵤα of Krippendorff, K., Mathet, Y., Bouvry, S. & Widlöcher, A. (2016), On the reliability of unitizing
//! textual continua: Further developments, Quality & Quantity 50, 2347–2364: shared lengths as coincidences. It asks
//! whether the *same time* has the same label. One annotator's units may not overlap.

use std::collections::{BTreeMap, BTreeSet};

use super::Unit;
use super::figure::{Figure, Undefined};
use crate::domain::{Span, Time};

/// Length of the smallest step that counts: a millisecond, as ELAN has it.
const TICK: i64 = 1_000_000;

/// A stretch or a gap of a line, in ticks.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Section {
    start: f64,
    length: f64,
    is_unit: bool,
}

/// Disagreement about one label: observed and expected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Disagreement {
    pub observed: f64,
    pub expected: f64,
}

impl Disagreement {
    fn alpha(self) -> Figure {
        if self.expected <= 0.0 {
            return Figure::Undefined(Undefined::OneLabelOnly);
        }
        Figure::or(1.0 - self.observed / self.expected, Undefined::OneLabelOnly)
    }
}

/// ᵤα of 2004 over all labels, and per label. The stretches of one annotator that overlap and have one label are one.
pub fn of_2004(annotators: &[&[Unit]], within: Span) -> (Figure, BTreeMap<String, Figure>) {
    let labels: BTreeSet<&str> = annotators.iter().flat_map(|units| units.iter()).map(|u| u.label.as_str()).collect();
    let mut sum = Disagreement { observed: 0.0, expected: 0.0 };
    let mut each = BTreeMap::new();
    // With one line empty the formula gives −1000 and less, which says nothing but that.
    let used = |label: Option<&str>| {
        let uses = |units: &&&[Unit]| units.iter().any(|unit| label.is_none_or(|label| unit.label == label));
        annotators.iter().filter(uses).count()
    };
    for label in &labels {
        if used(Some(label)) < 2 {
            each.insert((*label).to_owned(), Figure::Undefined(Undefined::OnlyOneTagged));
        }
        let Some(found) = disagreement(annotators, label, within) else {
            each.insert((*label).to_owned(), Figure::Undefined(Undefined::NoTime));
            continue;
        };
        sum.observed += found.observed;
        sum.expected += found.expected;
        each.entry((*label).to_owned()).or_insert_with(|| found.alpha());
    }
    let all = match labels.len() {
        0 => Figure::Undefined(Undefined::NobodyTagged),
        _ if within.duration().0 < TICK => Figure::Undefined(Undefined::NoTime),
        _ if used(None) < 2 => Figure::Undefined(Undefined::OnlyOneTagged),
        _ => sum.alpha(),
    };
    (all, each)
}

/// Observed and expected disagreement of 2004 about one label; `None` without time or with fewer than two annotators.
pub fn disagreement(annotators: &[&[Unit]], label: &str, within: Span) -> Option<Disagreement> {
    let length = ticks(within.duration());
    let m = annotators.len() as f64;
    if length < 1.0 || annotators.len() < 2 {
        return None;
    }
    let lines: Vec<Vec<Section>> = annotators.iter().map(|units| line(units, Some(label), within)).collect();
    let mut observed = 0.0;
    for (i, own) in lines.iter().enumerate() {
        for other in lines.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, line)| line) {
            observed += differences(own, other);
        }
    }
    observed /= m * (m - 1.0) * length * length;

    let all = || lines.iter().flatten();
    let units: Vec<f64> = all().filter(|s| s.is_unit).map(|s| s.length).collect();
    // Sorted gaps with running sums, so that each unit asks only once how much room the longer gaps have.
    let mut gaps: Vec<f64> = all().filter(|s| !s.is_unit).map(|s| s.length).collect();
    gaps.sort_by(f64::total_cmp);
    let mut room = vec![0.0; gaps.len() + 1];
    for k in (0..gaps.len()).rev() {
        room[k] = room[k + 1] + gaps[k];
    }
    let n = units.len() as f64;
    let mut expected = 0.0;
    for l in &units {
        let from = gaps.partition_point(|gap| gap < l);
        let places = room[from] - (l - 1.0) * (gaps.len() - from) as f64;
        expected += (n - 1.0) / 3.0 * (2.0 * l.powi(3) - 3.0 * l * l + l) + l * l * places;
    }
    let whole = m * length * (m * length - 1.0) - units.iter().map(|l| l * (l - 1.0)).sum::<f64>();
    expected *= 2.0 / length / whole;
    Some(Disagreement { observed, expected: if expected.is_finite() { expected } else { 0.0 } })
}

/// Sum of squared differences between the sections of two lines.
fn differences(own: &[Section], other: &[Section]) -> f64 {
    let mut sum = 0.0;
    let mut from = 0;
    for g in own {
        let end = g.start + g.length;
        while other.get(from).is_some_and(|h| h.start + h.length <= g.start) {
            from += 1;
        }
        for h in other[from..].iter().take_while(|h| h.start < end) {
            let h_end = h.start + h.length;
            sum += match (g.is_unit, h.is_unit) {
                (true, true) => (g.start - h.start).powi(2) + (end - h_end).powi(2),
                (true, false) if h.start <= g.start && end <= h_end => g.length * g.length,
                (false, true) if g.start <= h.start && h_end <= end => h.length * h.length,
                _ => 0.0,
            };
        }
    }
    sum
}

/// An annotator's stretches of one label (of any label when `None`) and the gaps between, over the whole time.
fn line(units: &[Unit], label: Option<&str>, within: Span) -> Vec<Section> {
    let mut spans: Vec<(f64, f64)> = units
        .iter()
        .filter(|unit| label.is_none_or(|label| unit.label == label))
        .map(|unit| (ticks(unit.span.start - within.start), ticks(unit.span.end - within.start)))
        .map(|(start, end)| (start.max(0.0), end.min(ticks(within.duration()))))
        .filter(|(start, end)| end > start)
        .collect();
    spans.sort_by(|x, y| x.0.total_cmp(&y.0).then(x.1.total_cmp(&y.1)));
    let mut sections: Vec<Section> = Vec::new();
    let mut at = 0.0;
    for (start, end) in spans {
        if start < at {
            // Only units stand before `at` with something behind their start, so the last one is a unit.
            if let Some(last) = sections.last_mut().filter(|last| last.is_unit && end > at) {
                last.length = end - last.start;
                at = end;
            }
            continue;
        }
        if start > at {
            sections.push(Section { start: at, length: start - at, is_unit: false });
        }
        sections.push(Section { start, length: end - start, is_unit: true });
        at = end;
    }
    let whole = ticks(within.duration());
    if whole > at {
        sections.push(Section { start: at, length: whole - at, is_unit: false });
    }
    sections
}

fn ticks(time: Time) -> f64 {
    (time.0 as f64 / TICK as f64).round()
}

/// ᵤα of 2016 and, beside it, the same for tagged against not tagged (`|ᵤα`).
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Coincidence {
    pub nominal: Figure,
    pub binary: Figure,
}

/// ᵤα of 2016 over what two annotators say.
pub fn of_2016(a: &[Unit], b: &[Unit], within: Span) -> Coincidence {
    let none = |reason| Coincidence { nominal: Figure::Undefined(reason), binary: Figure::Undefined(reason) };
    if ticks(within.duration()) < 1.0 {
        return none(Undefined::NoTime);
    }
    if a.is_empty() && b.is_empty() {
        return none(Undefined::NobodyTagged);
    }
    let (Some(a), Some(b)) = (partition(a, within), partition(b, within)) else { return none(Undefined::Overlapping) };
    let nominal = coincidence(&a, &b, |label| label);
    let binary = coincidence(&a, &b, |label| if label.is_empty() { "" } else { "tagged" });
    Coincidence { nominal, binary }
}

/// Sections with their labels, gaps with an empty one; `None` when units overlap.
fn partition(units: &[Unit], within: Span) -> Option<Vec<(Section, &str)>> {
    let mut sorted: Vec<&Unit> = units.iter().collect();
    sorted.sort_by_key(|unit| (unit.span.start, unit.span.end));
    if sorted.windows(2).any(|pair| ticks(pair[0].span.end) > ticks(pair[1].span.start)) {
        return None;
    }
    let mut labels = sorted
        .iter()
        .filter(|unit| {
            let (start, end) = (ticks(unit.span.start - within.start), ticks(unit.span.end - within.start));
            end.min(ticks(within.duration())) > start.max(0.0)
        })
        .map(|unit| unit.label.as_str());
    let sections = line(units, None, within);
    Some(sections.into_iter().map(|s| (s, if s.is_unit { labels.next().unwrap_or("") } else { "" })).collect())
}

fn coincidence<'a>(a: &[(Section, &'a str)], b: &[(Section, &'a str)], name: impl Fn(&'a str) -> &'a str) -> Figure {
    let mut margins: BTreeMap<&str, f64> = BTreeMap::new();
    let (mut alike, mut all) = (0.0, 0.0);
    let mut from = 0;
    for (g, of_g) in a {
        while b.get(from).is_some_and(|(h, _)| h.start + h.length <= g.start) {
            from += 1;
        }
        for (h, of_h) in b[from..].iter().take_while(|(h, _)| h.start < g.start + g.length) {
            let shared = (g.start + g.length).min(h.start + h.length) - g.start.max(h.start);
            // Counted from both sides.
            *margins.entry(name(of_g)).or_default() += shared;
            *margins.entry(name(of_h)).or_default() += shared;
            all += 2.0 * shared;
            alike += if name(of_g) == name(of_h) { 2.0 * shared } else { 0.0 };
        }
    }
    if margins.len() < 2 || all == 0.0 {
        return Figure::Undefined(Undefined::OneLabelOnly);
    }
    // A unit is not paired with itself, whole; in a gap, no moment is with itself.
    let mut own: BTreeMap<&str, f64> = BTreeMap::new();
    for (section, label) in a.iter().chain(b) {
        let term = if section.is_unit { section.length * section.length } else { section.length };
        *own.entry(name(label)).or_default() += term;
    }
    let own_all: f64 = own.values().sum();
    let whole = all - own_all / all;
    let by_chance: f64 = margins.iter().map(|(label, n)| (n * n - own.get(label).unwrap_or(&0.0)) / whole).sum();
    let all_by_chance = (all * all - own_all) / whole;
    let expected = all_by_chance - by_chance;
    if expected <= 0.0 {
        return Figure::Undefined(Undefined::OneLabelOnly);
    }
    Figure::or(1.0 - (all - alike) / expected, Undefined::OneLabelOnly)
}
