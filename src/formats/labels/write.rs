//! A bundle to a label file.

use std::path::{Path, PathBuf};

use super::{NAME, tier_name};
use crate::domain::bundle::BundleIndex;
use crate::domain::*;
use crate::formats::textgrid::decimal;
use crate::formats::{Format, FormatError, input, per_session, speech};

/// Writes a file. It holds one session: the first goes to `path`, each further one to a file beside it.
///
/// # Errors
/// When there is no session, or the disk refuses.
pub fn write(path: &Path, bundle: &Bundle) -> Result<LossReport, FormatError> {
    let mut report = LossReport::default();
    let index = bundle.index();
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    for (session, place) in per_session::files(path, bundle, Format::Labels, &mut report)? {
        files.push((place, document(bundle, &index, session, &mut report)));
    }
    per_session::lexicon_left_out(bundle, Format::Labels, &mut report);
    for (place, text) in files {
        input::write_atomic(&place, text.as_bytes())?;
    }
    Ok(report)
}

fn kept<'a>(annotation: &'a Annotation, key: &str) -> Option<&'a str> {
    annotation.residue.get(NAME)?.get(key)?.as_str()
}

/// Seconds with six decimals, to the nearest microsecond.
pub fn six_decimals(time: Time) -> String {
    let half = if time.0 < 0 { -500 } else { 500 };
    let micros = time.0.saturating_add(half) / 1000;
    let sign = if micros < 0 { "-" } else { "" };
    let micros = micros.unsigned_abs();
    format!("{sign}{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

fn document(bundle: &Bundle, index: &BundleIndex, session: &Session, report: &mut LossReport) -> String {
    let speech = speech::of(bundle, index, session, Format::Labels, report);
    let (mut text, mut count, mut rounded, mut folded, mut last) = (String::new(), 0, 0, 0, None);
    let filled = speech.tiers.iter().filter(|(_, items)| !items.is_empty());
    for (place, (tier, items)) in filled.enumerate() {
        if last.is_some() && items.first().is_some_and(|(span, _)| Some(span.start) >= last) {
            report.warn(format!(
                "tier '{}' starts after the one before it ends: read again, the two would be one tier",
                tier.name
            ));
        }
        report.left_out(
            "names of tiers",
            usize::from(tier.name != tier_name(place)),
            "a file of Audacity labels has no place for them",
        );
        let about = tier.participant.is_some() || !tier.language.is_empty();
        report.left_out("speaker or language of a tier", usize::from(about), "labels are without");
        for (span, annotation) in items {
            for (time, key) in [(span.start, "start"), (span.end, "end")] {
                let digits =
                    kept(annotation, key).filter(|d| decimal::parse(d).is_some_and(|(meant, _)| meant == time));
                let written = digits.map_or_else(|| six_decimals(time), str::to_owned);
                rounded += usize::from(digits.is_none() && time.0 % 1000 != 0);
                text.push_str(&written);
                text.push('\t');
            }
            let label: String = annotation
                .value
                .chars()
                .map(|c| if c.is_control() || "\u{2028}\u{2029}".contains(c) { ' ' } else { c })
                .collect();
            folded += usize::from(label != annotation.value);
            text.push_str(&label);
            text.push('\n');
            if let Some(range) = kept(annotation, "range") {
                text.push_str(&format!("\\\t{range}\n"));
            }
            count += 1;
            last = Some(span.start);
        }
    }
    report.kept("labels", count);
    report.mapped("times", rounded, "rounded to the nearest microsecond");
    report.mapped("labels of several lines or with tabs", folded, "on one line, with spaces");
    text
}
