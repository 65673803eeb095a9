//! Which tag of one annotator is the same event as which of the other, in the manner of EasyDIAg: Holle, H. & Rein, R.
//! (2015), EasyDIAg: A tool for easy determination of interrater agreement, Behavior Research Methods 47, 837–847.
//!
//! Two tags may be linked when the time they share is at least 60 % of the longer one, whatever they are called. Each
//! tag has one partner at most: the pairs that share most are linked first. The rest of both is unmatched.

use serde::{Deserialize, Serialize};

use super::Unit;
use crate::domain::{Span, Time};

/// Two linked tags, or one that found no partner: indexes into the lists compared.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    pub a: Option<usize>,
    pub b: Option<usize>,
    /// Shared time over the longer of the two; 0 for one alone.
    pub overlap: f64,
}

/// Partners looked at for one tag: where hundreds overlap, those that share least are left out.
const PARTNERS: usize = 64;

/// Shared time over the length of the longer; two moments at the same place share all.
pub fn overlap(a: Span, b: Span) -> f64 {
    let shared = (a.end.min(b.end) - a.start.max(b.start)).0;
    let longer = a.duration().max(b.duration()).0;
    match (shared, longer) {
        (0, 0) => f64::from(u8::from(a.start == b.start)),
        (shared, longer) if shared > 0 && longer > 0 => shared as f64 / longer as f64,
        _ => 0.0,
    }
}

/// Links the tags of two annotators. Pairs stand in order of time. Of pairs that share equally much, those of one
/// label come first, then the earlier ones.
pub fn link(a: &[Unit], b: &[Unit], least: f64) -> Vec<Pair> {
    let mut candidates = candidates(a, b, least.max(f64::MIN_POSITIVE));
    let same = |pair: &(usize, usize, f64)| a[pair.0].label == b[pair.1].label;
    candidates.sort_by(|x, y| {
        let by_time = || (a[x.0].span.start, x.0, x.1).cmp(&(a[y.0].span.start, y.0, y.1));
        y.2.total_cmp(&x.2).then_with(|| same(y).cmp(&same(x))).then_with(by_time)
    });
    let (mut of_a, mut of_b) = (vec![false; a.len()], vec![false; b.len()]);
    let mut pairs = Vec::new();
    for (i, j, overlap) in candidates {
        if !of_a[i] && !of_b[j] {
            (of_a[i], of_b[j]) = (true, true);
            pairs.push(Pair { a: Some(i), b: Some(j), overlap });
        }
    }
    let alone = |taken: Vec<bool>| taken.into_iter().enumerate().filter(|(_, taken)| !taken).map(|(i, _)| i);
    pairs.extend(alone(of_a).map(|i| Pair { a: Some(i), b: None, overlap: 0.0 }));
    pairs.extend(alone(of_b).map(|j| Pair { a: None, b: Some(j), overlap: 0.0 }));
    let start = |pair: &Pair| pair.a.map(|i| a[i].span.start).or(pair.b.map(|j| b[j].span.start));
    pairs.sort_by_key(|pair| (start(pair), pair.a, pair.b));
    pairs
}

/// Pairs that share enough.
fn candidates(a: &[Unit], b: &[Unit], least: f64) -> Vec<(usize, usize, f64)> {
    let mut order: Vec<usize> = (0..b.len()).collect();
    order.sort_by_key(|&j| (b[j].span.start, b[j].span.end));
    let longest = b.iter().map(|unit| unit.span.duration()).max().unwrap_or(Time::ZERO);
    let mut found = Vec::new();
    for (i, unit) in a.iter().enumerate() {
        let span = unit.span;
        let from = order.partition_point(|&j| b[j].span.start < span.start - longest);
        let near = order[from..].iter().take_while(|&&j| b[j].span.start <= span.end);
        let shared = near.map(|&j| (i, j, overlap(span, b[j].span)));
        let mut own: Vec<_> = shared.filter(|(_, _, overlap)| *overlap >= least).collect();
        if own.len() > PARTNERS {
            own.sort_by(|x, y| y.2.total_cmp(&x.2));
            own.truncate(PARTNERS);
        }
        found.extend(own);
    }
    found
}
