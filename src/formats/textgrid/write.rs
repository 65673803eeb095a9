//! A bundle to a TextGrid: long text format, UTF-8.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::read::SLIP;
use super::{NAME, decimal};
use crate::domain::bundle::BundleIndex;
use crate::domain::*;
use crate::formats::spans::{self, PLACEHOLDER};
use crate::formats::{Format, FormatError, eaf, input, per_session, word_tiers};

/// Writes a file. A TextGrid holds one session: the first goes to `path`, each further one to a file beside it.
///
/// # Errors
/// When there is no session, or the disk refuses.
pub fn write(path: &Path, bundle: &Bundle) -> Result<LossReport, FormatError> {
    let mut report = LossReport::default();
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    let index = bundle.index();
    for (session, place) in per_session::files(path, bundle, Format::TextGrid, &mut report)? {
        files.push((place, document(bundle, &index, session, &mut report)));
    }
    per_session::lexicon_left_out(bundle, Format::TextGrid, &mut report);
    for (place, text) in files {
        input::write_atomic(&place, text.as_bytes())?;
    }
    Ok(report)
}

/// An interval or point to write: times with the digits to write them in.
struct Out<'a> {
    start: Time,
    end: Time,
    start_text: String,
    end_text: String,
    text: &'a str,
}

/// A tier to write.
struct OutTier<'a> {
    name: String,
    points: bool,
    items: Vec<Out<'a>>,
    source: &'a Tier,
}

fn kept<'a>(residue: &'a Residue, key: &str) -> Option<&'a str> {
    residue.get(NAME)?.get(key)?.as_str()
}

/// The digits kept for a time when they still mean it, else the time itself.
fn digits(time: Time, kept: Option<&str>) -> String {
    kept.filter(|text| decimal::parse(text).is_some_and(|(meant, _)| meant == time))
        .map_or_else(|| decimal::format(time), str::to_owned)
}

fn document(bundle: &Bundle, index: &BundleIndex, session: &Session, report: &mut LossReport) -> String {
    let mut all: Vec<Tier> = Vec::new();
    let mut made: Vec<Annotation> = Vec::new();
    let mut annotations: Vec<&Annotation> = Vec::new();
    for tier in index.tiers_of_session.get(&session.id).into_iter().flatten() {
        let own = index.annotations_of_tier.get(&tier.id).map(Vec::as_slice).unwrap_or_default();
        annotations.extend(own);
        all.push((*tier).clone());
        let words = word_tiers::of_tier(tier, own, index, report);
        all.extend(words.tiers);
        made.extend(words.annotations);
    }
    annotations.extend(&made);
    let tiers: Vec<&Tier> = all.iter().collect();
    let groups = eaf::by_tier(&tiers, annotations.iter().copied());
    let spans = spans::of(&tiers, &groups, report);
    let mut out: Vec<OutTier> = Vec::new();
    for tier in &tiers {
        let group = groups.get(&tier.id).map(Vec::as_slice).unwrap_or_default();
        layers(tier, group, &spans, &mut out, report);
    }
    facts_left_out(bundle, session, &tiers, &annotations, report);
    // The grid's own ends: as they came where they still hold, else from what is in it.
    let ends = |key: &str| kept(&session.residue, key).and_then(decimal::parse).map(|(time, _)| time);
    let media = bundle.media.iter().filter(|m| m.session == session.id);
    let media = media.filter_map(|m| Some(m.offset + m.duration?)).max();
    let first = out.iter().flat_map(|t| &t.items).map(|item| item.start).min();
    let last = out.iter().flat_map(|t| &t.items).map(|item| item.end).max();
    let low = ends("xmin").unwrap_or(Time::ZERO);
    let low = first.map_or(low, |first| low.min(first));
    let high = [ends("xmax"), last, media.filter(|_| ends("xmax").is_none())].into_iter().flatten().max();
    let high = high.filter(|high| *high > low).unwrap_or(low + PLACEHOLDER);
    let grid =
        ((low, digits(low, kept(&session.residue, "xmin"))), (high, digits(high, kept(&session.residue, "xmax"))));
    report.kept("tiers", out.len());
    report.kept("annotations", out.iter().map(|tier| tier.items.len()).sum());
    render(&out, &grid)
}

type Ends = ((Time, String), (Time, String));

/// One tier as as many as it needs: intervals and points apart, and a further tier for each overlap.
fn layers<'a>(
    tier: &'a Tier,
    group: &[&'a Annotation],
    spans: &HashMap<AnnotationId, Span>,
    out: &mut Vec<OutTier<'a>>,
    report: &mut LossReport,
) {
    let from_points = kept(&tier.residue, "class") == Some("TextTier");
    let from_intervals = kept(&tier.residue, "class") == Some("IntervalTier");
    let as_it_stands = tier.residue.get(NAME).and_then(|r| r.get("overlaps")).is_some();
    let mut items: Vec<(Span, &Annotation)> = group.iter().filter_map(|a| Some((*spans.get(&a.id)?, *a))).collect();
    items.sort_by_key(|(span, a)| (span.start, span.end, a.position));
    let (points, intervals): (Vec<_>, Vec<_>) = items.into_iter().partition(|(span, _)| span.start == span.end);
    let points_first = from_points || (!from_intervals && intervals.is_empty() && !points.is_empty());
    let mut layers: [Vec<Vec<Out>>; 2] = [Vec::new(), Vec::new()];
    let (mut silent, mut moved, mut apart) = (0, 0, 0);
    for (kind, list) in [intervals, points].into_iter().enumerate() {
        let is_point = kind == 1;
        for (span, annotation) in list {
            if annotation.value.is_empty() && !is_point {
                silent += 1;
                continue;
            }
            let mut item = Out {
                start: span.start,
                end: span.end,
                start_text: digits(span.start, kept(&annotation.residue, "start")),
                end_text: digits(span.end, kept(&annotation.residue, "end")),
                text: &annotation.value,
            };
            let fits = |last: &Out| match is_point {
                true => last.start < item.start,
                false => {
                    last.end <= item.start
                        || (last.end - item.start <= SLIP && last.start < item.start && last.end < item.end)
                }
            };
            let place = layers[kind].iter().position(|layer| layer.last().is_none_or(fits));
            match place {
                Some(place) => {
                    let last = layers[kind][place].last();
                    if let Some(last) = last.filter(|last| !is_point && last.end > item.start && !as_it_stands) {
                        (item.start, item.start_text) = (last.end, last.end_text.clone());
                        moved += 1;
                    }
                    apart += usize::from(place > 0);
                    layers[kind][place].push(item);
                }
                None => {
                    apart += usize::from(!layers[kind].is_empty());
                    layers[kind].push(vec![item]);
                }
            }
        }
    }
    report.left_out("annotations without text", silent, "an interval without text is a gap in Praat");
    report.mapped("starts of annotations", moved, "moved by up to a millisecond to where the one before ends");
    report.mapped("overlapping annotations", apart, "on further tiers of the same name with a number");
    let [intervals, points] = layers;
    let main = if points_first { points.len() } else { intervals.len() };
    let mut number = 1;
    let mut push = |layer: Vec<Out<'a>>, points: bool, suffix: &str, number: &mut usize| {
        let mut name = format!("{}{suffix}", tier.name);
        if *number > 1 {
            let _ = write!(name, " ({number})");
        }
        *number += 1;
        out.push(OutTier { name, points, items: layer, source: tier });
    };
    if main == 0 {
        push(Vec::new(), points_first, "", &mut number);
    }
    let (first, second) = if points_first { (points, intervals) } else { (intervals, points) };
    for layer in first {
        push(layer, points_first, "", &mut number);
    }
    if !second.is_empty() {
        let count: usize = second.iter().map(Vec::len).sum();
        let (what, suffix) = if points_first {
            ("intervals among points", " (intervals)")
        } else {
            ("annotations of no length", " (points)")
        };
        report.mapped(what, count, format!("on a tier of their own, '{}{suffix}'", tier.name));
        let mut number = 1;
        for layer in second {
            push(layer, !points_first, suffix, &mut number);
        }
    }
}

fn facts_left_out(
    bundle: &Bundle,
    session: &Session,
    tiers: &[&Tier],
    annotations: &[&Annotation],
    report: &mut LossReport,
) {
    let why = "a TextGrid holds names, times and texts only";
    report.left_out("ties between tiers", tiers.iter().filter(|t| t.parent.is_some()).count(), why);
    report.left_out("ties between annotations", annotations.iter().filter(|a| a.parent.is_some()).count(), why);
    let about = |t: &&&Tier| {
        t.participant.is_some()
            || !t.annotator.is_empty()
            || !t.language.is_empty()
            || t.vocabulary.is_some()
            || !t.type_name.is_empty()
    };
    report.left_out(
        "participant, annotator, language, type or vocabulary of a tier",
        tiers.iter().filter(about).count(),
        why,
    );
    let used: HashSet<VocabularyId> = tiers.iter().filter_map(|t| t.vocabulary).collect();
    report.left_out("controlled vocabularies", used.len(), why);
    report.left_out("media files", bundle.media.iter().filter(|m| m.session == session.id).count(), why);
    let elsewhere = annotations.iter().filter(|a| a.residue.0.keys().any(|key| key != NAME)).count();
    report.left_out("annotations' leftovers of other formats", elsewhere, why);
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn render(tiers: &[OutTier], grid: &Ends) -> String {
    let mut text = String::from("File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\n");
    let ((_, low), (_, high)) = grid;
    let _ = write!(text, "xmin = {low} \nxmax = {high} \ntiers? <exists> \nsize = {} \nitem []: \n", tiers.len());
    for (number, tier) in (1..).zip(tiers) {
        let ends = tier_ends(tier, grid);
        let ((_, low), (_, high)) = &ends;
        let class = if tier.points { "TextTier" } else { "IntervalTier" };
        let _ = write!(
            text,
            "    item [{number}]:\n        class = \"{class}\" \n        name = {} \n        xmin = {low} \n        \
             xmax = {high} \n",
            quoted(&tier.name)
        );
        if tier.points {
            let _ = writeln!(text, "        points: size = {} ", tier.items.len());
            for (number, item) in (1..).zip(&tier.items) {
                let (time, mark) = (&item.start_text, quoted(item.text));
                let _ = write!(
                    text,
                    "        points [{number}]:\n            number = {time} \n            mark = {mark} \n"
                );
            }
        } else {
            let intervals = filled(tier, &ends);
            let _ = writeln!(text, "        intervals: size = {} ", intervals.len());
            for (number, (start, end, label)) in (1..).zip(intervals) {
                let label = quoted(label);
                let _ = write!(
                    text,
                    "        intervals [{number}]:\n            xmin = {start} \n            xmax = {end} \n            \
                     text = {label} \n"
                );
            }
        }
    }
    text
}

/// Where a tier starts and ends: as it came while that holds, else as the grid does.
fn tier_ends(tier: &OutTier, grid: &Ends) -> Ends {
    let own = |key: &str| {
        let text = kept(&tier.source.residue, key)?;
        Some((decimal::parse(text)?.0, text.to_owned()))
    };
    let first = tier.items.first().map(|item| item.start);
    let last = tier.items.iter().map(|item| item.end).max();
    let low = own("xmin").filter(|(low, _)| first.is_none_or(|first| *low <= first)).unwrap_or_else(|| grid.0.clone());
    let high = own("xmax").filter(|(high, _)| last.is_none_or(|last| *high >= last)).unwrap_or_else(|| grid.1.clone());
    if low.0 < high.0 { (low, high) } else { grid.clone() }
}

/// The intervals of a tier with the gaps between them as intervals without text.
fn filled<'t>(tier: &'t OutTier, ends: &Ends) -> Vec<(String, String, &'t str)> {
    let breaks = tier.source.residue.get(NAME).and_then(|r| r.get("breaks")).and_then(Value::as_array);
    let mut breaks: Vec<(Time, &str)> = breaks
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .filter_map(|text| Some((decimal::parse(text)?.0, text)))
        .collect();
    breaks.sort();
    let mut intervals = Vec::with_capacity(tier.items.len() * 2 + 1);
    let gap = |from: &(Time, String), to: (Time, &str), intervals: &mut Vec<(String, String, &'t str)>| {
        let mut start = from.1.clone();
        let first = breaks.partition_point(|(time, _)| *time <= from.0);
        for (_, text) in breaks[first..].iter().take_while(|(time, _)| *time < to.0) {
            intervals.push((std::mem::replace(&mut start, (*text).to_owned()), (*text).to_owned(), ""));
        }
        intervals.push((start, to.1.to_owned(), ""));
    };
    let mut last = ends.0.clone();
    for item in &tier.items {
        if item.start > last.0 {
            gap(&last, (item.start, &item.start_text), &mut intervals);
        }
        intervals.push((item.start_text.clone(), item.end_text.clone(), item.text));
        last = (item.end, item.end_text.clone());
    }
    if last.0 < ends.1.0 {
        gap(&last, (ends.1.0, &ends.1.1), &mut intervals);
    }
    intervals
}
