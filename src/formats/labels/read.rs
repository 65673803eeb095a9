//! A label file into a bundle.

use std::path::Path;

use serde_json::{Map, json};

use super::line::{Line, parse};
use super::{LIMIT, NAME, tier_name};
use crate::domain::*;
use crate::formats::textgrid::decimal;
use crate::formats::{Format, FormatError, ImportOptions, Imported, eaf, input};

/// As many tracks as Audacity users have open at most. Times that go back more often are just out of order.
const MOST_TRACKS: usize = 32;

/// Reads a file.
///
/// # Errors
/// When it cannot be opened, is too large, or no line of it is a label.
pub fn read(path: &Path, options: &ImportOptions) -> Result<Imported, FormatError> {
    let (text, encoding) = input::decode(&input::bytes(path, Format::Labels, LIMIT)?);
    let mut report = LossReport::default();
    if encoding != "UTF-8" {
        report.mapped("text encoding", 1, format!("read as {encoding}; written back as UTF-8"));
    }
    let mut labels: Vec<Annotation> = Vec::new();
    // The tier is not known yet.
    let nowhere = TierId::new();
    let (mut odd, mut first_odd, mut reversed, mut negative) = (0, 0, 0, 0);
    for (number, line) in (1..).zip(text.trim_start_matches('\u{FEFF}').lines()) {
        if line.trim().is_empty() {
            continue;
        }
        match (parse(line), labels.last_mut()) {
            (Some(Line::Label { start, end, digits, text }), _) => {
                reversed += usize::from(end < start);
                negative += usize::from(start < Time::ZERO || end < Time::ZERO);
                labels.push(label(nowhere, (start, end), digits, text));
            }
            (Some(Line::Range(range)), Some(before)) => keep(before, "range", range),
            _ => {
                odd += 1;
                first_odd = if first_odd == 0 { number } else { first_odd };
            }
        }
    }
    if labels.is_empty() {
        let problem = "no line of it is a label: a start, an end and a text, separated by tabs";
        return Err(FormatError::broken(Format::Labels, format!("line {}", first_odd.max(1)), problem));
    }
    if odd > 0 {
        report.left_out("lines", odd, "neither a label nor the frequencies of one");
        report.warn(format!("{odd} lines are not labels, the first of them line {first_odd}"));
    }
    if reversed > 0 {
        report.warn(format!("{reversed} labels end before they start; exchanged"));
    }
    if negative > 0 {
        report.warn(format!("{negative} labels lie before the start of the recording; kept as they stand"));
    }
    let ranges = labels.iter().filter(|l| l.residue.get(NAME).is_some_and(|r| r.get("range").is_some())).count();
    report.mapped("frequency ranges", ranges, "kept for export to Audacity");
    report.kept("labels", labels.len());
    Ok(Imported { bundle: bundle(labels, options, &mut report), report })
}

fn label(tier: TierId, (start, end): (Time, Time), digits: (&str, &str), text: &str) -> Annotation {
    let mut annotation = Annotation::new(tier, Some(Span::new(start, end)), 0, text.trim_end_matches('\r'));
    let digits = if end < start { (digits.1, digits.0) } else { digits };
    let span = Span::new(start, end);
    for (key, time, digits) in [("start", span.start, digits.0), ("end", span.end, digits.1)] {
        let digits = digits.replacen(',', ".", 1);
        if digits != super::write::six_decimals(time) && decimal::parse(&digits).is_some() {
            keep(&mut annotation, key, &digits);
        }
    }
    annotation
}

fn keep(annotation: &mut Annotation, key: &str, value: &str) {
    let mut kept: Map<_, _> = annotation.residue.get(NAME).and_then(|r| r.as_object()).cloned().unwrap_or_default();
    kept.insert(key.to_owned(), json!(value));
    annotation.residue.set(NAME, kept.into());
}

/// The tiers: a new one wherever the start goes back.
fn bundle(mut labels: Vec<Annotation>, options: &ImportOptions, report: &mut LossReport) -> Bundle {
    let session = eaf::new_session(options);
    let goes_back = |pair: &[Annotation]| pair.first().map(|a| a.start) > pair.get(1).map(|a| a.start);
    let tracks = labels.windows(2).filter(|pair| goes_back(pair)).count() + 1;
    if tracks > MOST_TRACKS {
        report.warn("the labels are not in order of time; they were sorted");
        labels.sort_by_key(|label| (label.start, label.end));
    } else if tracks > 1 {
        report.mapped("label tracks", tracks, "told apart where the start goes back");
    }
    let mut bundle = Bundle::default();
    let (mut last, mut position) = (None, 0);
    for mut label in labels {
        if last.is_none() || label.start < last {
            bundle.tiers.push(tier(session.id, bundle.tiers.len()));
            position = 0;
        }
        last = label.start;
        if let Some(tier) = bundle.tiers.last() {
            label.tier = tier.id;
        }
        label.position = position;
        position += 1;
        bundle.annotations.push(label);
    }
    report.kept("tiers", bundle.tiers.len());
    bundle.sessions.push(session);
    bundle
}

fn tier(session: SessionId, place: usize) -> Tier {
    Tier {
        id: TierId::new(),
        session,
        parent: None,
        name: tier_name(place),
        role: TierRole::Other,
        constraint: Constraint::None,
        type_name: String::new(),
        participant: None,
        annotator: String::new(),
        language: String::new(),
        vocabulary: None,
        position: place as i64,
        residue: Residue::default(),
    }
}
