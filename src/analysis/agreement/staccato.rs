//! Whether tags of several annotators fall together more than chance would have it: the degree of organisation.
//!
//! After Thomann, B. (2001), Observation and judgment in psychology: Assessing agreement among markings of behavioral
//! events, Behavior Research Methods 33, 339–348, as in Staccato (Lücking, Ptock & Bergmann 2011). A nucleus is a set
//! of tags of which each overlaps each other one, and which no other tag tells apart: what overlaps one of them
//! overlaps all. Labels play no part. The number of tags in nuclei is held against random scenes: as many tags a person,
//! of lengths drawn from the classes of that person's lengths, thrown over the same time without overlap.

use serde::Serialize;

use super::figure::{Figure, Undefined};
use super::{Settings, Unit};
use crate::domain::{Span, Time};

/// Tags together, against chance.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Organisation {
    /// From −1 (as far apart as can be) over 0 (as by chance) to 1 (every tag within a nucleus).
    pub degree: Figure,
    /// Sets of tags that fall together.
    pub nuclei: usize,
    /// Tags in them, of all tags.
    pub in_nuclei: usize,
    pub tags: usize,
    /// Tags in nuclei by chance: the mean over the random scenes.
    pub by_chance: f64,
    /// Part of the random scenes with at least as many tags in nuclei.
    pub p: Figure,
}

/// Tags of one annotator at most that are thrown at random; of more, only the counts are given.
const MOST: usize = 20_000;

/// The degree of organisation of the annotators' tags within some time.
pub fn organisation(annotators: &[&[Unit]], within: Span, settings: &Settings) -> Organisation {
    let spans: Vec<Vec<Span>> =
        annotators.iter().map(|units| units.iter().map(|unit| unit.span).collect::<Vec<_>>()).collect();
    let tags = spans.iter().map(Vec::len).sum();
    let (nuclei, in_nuclei) = nuclei(&spans);
    let none = |reason| Organisation {
        degree: Figure::Undefined(reason),
        nuclei,
        in_nuclei,
        tags,
        by_chance: 0.0,
        p: Figure::Undefined(reason),
    };
    match spans.iter().filter(|own| !own.is_empty()).count() {
        0 => return none(Undefined::NobodyTagged),
        1 => return none(Undefined::OnlyOneTagged),
        _ if within.duration() <= Time::ZERO => return none(Undefined::NoTime),
        _ => {}
    }
    if settings.simulations == 0 || tags > MOST {
        return none(Undefined::NoChance);
    }
    let mut random = Random(settings.seed);
    let (mut sum, mut as_many) = (0.0, 0_u32);
    for _ in 0..settings.simulations {
        let scene: Vec<Vec<Span>> =
            spans.iter().map(|own| thrown(own, within, settings.length_classes, &mut random)).collect();
        let (_, by_chance) = self::nuclei(&scene);
        sum += by_chance as f64;
        as_many += u32::from(by_chance >= in_nuclei);
    }
    let by_chance = sum / f64::from(settings.simulations);
    let apart = in_nuclei as f64 - by_chance;
    let room = if apart >= 0.0 { tags as f64 - by_chance } else { by_chance };
    let degree = if room > 0.0 { Figure::Known(apart / room) } else { Figure::Undefined(Undefined::NoChance) };
    let p = Figure::Known(f64::from(as_many) / f64::from(settings.simulations));
    Organisation { degree, nuclei, in_nuclei, tags, by_chance, p }
}

/// How many nuclei there are, and how many tags in them.
fn nuclei(spans: &[Vec<Span>]) -> (usize, usize) {
    let mut all: Vec<Span> = spans.iter().flatten().copied().collect();
    all.sort_by_key(|span| (span.start, span.end));
    let mut starts: Vec<Time> = all.iter().map(|span| span.start).collect();
    starts.sort();
    let mut ends: Vec<Time> = all.iter().map(|span| span.end).collect();
    ends.sort();
    // What overlaps a tag: those that start before its end, less those that end by its start. The first are a run of
    // the tags by start, the second of the tags by end, so that two tags with the same two counts have the same
    // neighbours; and two that have each other among them overlap.
    let mut keys: Vec<(usize, usize)> = all
        .iter()
        .map(|span| (starts.partition_point(|start| *start < span.end), ends.partition_point(|end| *end <= span.start)))
        .collect();
    keys.sort_unstable();
    let (mut nuclei, mut tags) = (0, 0);
    for same in keys.chunk_by(|a, b| a == b).filter(|same| same.len() > 1) {
        nuclei += 1;
        tags += same.len();
    }
    (nuclei, tags)
}

/// As many tags, of like lengths, anywhere within the time; without overlap where there is room.
fn thrown(own: &[Span], within: Span, classes: u32, random: &mut Random) -> Vec<Span> {
    let lengths: Vec<i64> = own.iter().map(|span| span.duration().0).collect();
    let (least, most) = (lengths.iter().min().copied().unwrap_or(0), lengths.iter().max().copied().unwrap_or(0));
    let width = ((most - least) / i64::from(classes.max(1))).max(0);
    let mut drawn: Vec<i64> = lengths
        .iter()
        .map(|length| {
            if width == 0 {
                return *length;
            }
            // Anywhere within its class.
            let class = ((length - least) / width).min(i64::from(classes.max(1)) - 1);
            least + class * width + random.below(width + 1)
        })
        .collect();
    for i in (1..drawn.len()).rev() {
        drawn.swap(i, random.below(i as i64 + 1) as usize);
    }
    let free = within.duration().0 - drawn.iter().sum::<i64>();
    if free < 0 {
        // More tags than time: they overlap in truth too.
        return drawn
            .into_iter()
            .map(|length| {
                let room = (within.duration().0 - length).max(0);
                let start = within.start + Time(random.below(room + 1));
                Span { start, end: start + Time(length) }
            })
            .collect();
    }
    // The free time is cut at random places, which gives every arrangement the same chance.
    let mut cuts: Vec<i64> = drawn.iter().map(|_| random.below(free + 1)).collect();
    cuts.sort_unstable();
    let mut before = 0;
    drawn
        .into_iter()
        .zip(cuts)
        .map(|(length, cut)| {
            let start = within.start + Time(cut + before);
            before += length;
            Span { start, end: start + Time(length) }
        })
        .collect()
}

/// SplitMix64 (Steele, Lea & Flood 2014): small, and the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    /// From 0 up to but not `limit`.
    fn below(&mut self, limit: i64) -> i64 {
        let limit = limit.max(1) as u64;
        ((u128::from(self.next()) * u128::from(limit)) >> 64) as i64
    }
}
