//! Everything about two annotators' tags at once.

use serde::Serialize;

use super::alpha;
use super::figure::{Figure, Undefined};
use super::kappa::{self, Kappa};
use super::linking::{Pair, link};
use super::staccato::{self, Organisation};
use super::unitised::{self, Coincidence};
use super::{Settings, Table, Unit};
use crate::domain::Span;

/// One label: how often it was used, and how far both agree on it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LabelRow {
    pub label: String,
    /// Tags of the first and of the second annotator.
    pub first: usize,
    pub second: usize,
    /// Linked pairs that both call so.
    pub both: usize,
    /// This label against all else, tags without a partner counted.
    pub with_unmatched: Kappa,
    /// This label against the others, among linked pairs only.
    pub without_unmatched: Kappa,
    /// ᵤα of 2004 for this label.
    pub unitised: Figure,
}

/// How far two annotators agree.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    pub settings: Settings,
    /// The time looked at.
    pub within: Span,
    pub first: usize,
    pub second: usize,
    /// By the places of the tags in the lists compared.
    pub pairs: Vec<Pair>,
    /// Part of all tags that found a partner.
    pub linked: Figure,
    pub table: Table,
    pub with_unmatched: Kappa,
    pub without_unmatched: Kappa,
    pub labels: Vec<LabelRow>,
    /// Krippendorff's α over the linked pairs and those alone, "nothing" being a value.
    pub alpha_linked: Figure,
    /// Krippendorff's α moment by moment.
    pub alpha_over_time: Figure,
    /// ᵤα of 2004 over all labels.
    pub unitised_2004: Figure,
    /// ᵤα of 2016.
    pub unitised_2016: Coincidence,
    pub organisation: Organisation,
}

/// Compares the tags of two annotators within some time; what lies outside is left out, what sticks out is cut.
pub fn compare(a: &[Unit], b: &[Unit], within: Span, settings: &Settings) -> Report {
    let ((a, from_a), (b, from_b)) = (cut(a, within), cut(b, within));
    let (a, b) = (&a[..], &b[..]);
    let pairs = link(a, b, settings.overlap);
    let table = Table::of(a, b, &pairs);
    let nobody = match (a.is_empty(), b.is_empty()) {
        (true, true) => Undefined::NobodyTagged,
        (true, _) | (_, true) => Undefined::OnlyOneTagged,
        _ => Undefined::NothingLinked,
    };
    let (linked, tags) = (table.linked(), table.tags());
    let with_unmatched = match nobody {
        Undefined::NothingLinked if table.labels.len() < 2 => kappa::raw_only(&tags, Undefined::OneLabelOnly),
        Undefined::NothingLinked => kappa::with_unmatched(&tags, nobody),
        reason => kappa::cohen(&[], reason),
    };
    let (unitised_2004, unitised) = unitised::of_2004(&[a, b], within);
    let nothing = table.labels.len();
    let labels = table
        .labels
        .iter()
        .enumerate()
        .map(|(place, label)| LabelRow {
            label: label.clone(),
            first: a.iter().filter(|unit| unit.label == *label).count(),
            second: b.iter().filter(|unit| unit.label == *label).count(),
            both: table.count(place, place),
            with_unmatched: match nothing {
                1 => with_unmatched,
                _ => kappa::cohen(&kappa::one_against_rest(&tags, place), nobody),
            },
            without_unmatched: per_label(&linked, place, nobody),
            unitised: unitised.get(label).copied().unwrap_or(Figure::Undefined(Undefined::LabelUnused)),
        })
        .collect();
    let named: Vec<Vec<Option<usize>>> = pairs
        .iter()
        .map(|pair| {
            let place = |unit: Option<&Unit>| {
                Some(unit.and_then(|unit| table.labels.binary_search(&unit.label).ok()).unwrap_or(nothing))
            };
            vec![place(pair.a.and_then(|i| a.get(i))), place(pair.b.and_then(|j| b.get(j)))]
        })
        .collect();
    let found = 2.0 * pairs.iter().filter(|pair| pair.a.is_some() && pair.b.is_some()).count() as f64;
    Report {
        settings: *settings,
        within,
        first: a.len(),
        second: b.len(),
        linked: Figure::or(found / (a.len() + b.len()) as f64, Undefined::NobodyTagged),
        with_unmatched,
        without_unmatched: kappa::cohen(&linked, nobody),
        labels,
        alpha_linked: if named.is_empty() {
            Figure::Undefined(Undefined::NobodyTagged)
        } else {
            alpha::nominal(&named)
        },
        alpha_over_time: alpha::over_time(a, b, within, settings),
        unitised_2004,
        unitised_2016: unitised::of_2016(a, b, within),
        organisation: staccato::organisation(&[a, b], within, settings),
        pairs: pairs.iter().map(|pair| back(pair, &from_a, &from_b)).collect(),
        table,
    }
}

/// A pair by the places its tags had before the cut.
fn back(pair: &Pair, from_a: &[usize], from_b: &[usize]) -> Pair {
    let place = |index: Option<usize>, from: &[usize]| index.and_then(|i| from.get(i).copied());
    Pair { a: place(pair.a, from_a), b: place(pair.b, from_b), overlap: pair.overlap }
}

fn per_label(linked: &[Vec<f64>], place: usize, nobody: Undefined) -> Kappa {
    let counts = kappa::one_against_rest(linked, place);
    if counts[0][0] + counts[0][1] + counts[1][0] == 0.0 && counts[1][1] > 0.0 {
        return kappa::cohen(&[], Undefined::LabelUnused);
    }
    kappa::cohen(&counts, nobody)
}

/// The tags within the time, cut to it, and which they were.
fn cut(units: &[Unit], within: Span) -> (Vec<Unit>, Vec<usize>) {
    units
        .iter()
        .enumerate()
        .filter(|(_, unit)| unit.span.start <= within.end && unit.span.end >= within.start)
        .map(|(place, unit)| {
            let (start, end) = (unit.span.start.max(within.start), unit.span.end.min(within.end));
            (Unit::new(start, end, unit.label.clone()), place)
        })
        .unzip()
}
