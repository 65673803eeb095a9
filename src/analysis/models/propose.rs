//! Proposals from what a model of the user's own said along a track: stretches in which a label is likely enough.

use serde_json::json;

use super::card::ModelCard;
use super::channels::channels;
use super::output::OutputKind;
use crate::analysis::intervals::{Hysteresis, end_of, stretches};
use crate::domain::{Span, Tag, Track, TrackSamples};

/// A label must stay above this share of its threshold.
const STAYS: f32 = 0.8;
/// Stretches of a label that are nearer than this are one, seconds.
const MERGE_SECS: f64 = 0.3;
/// SwinFace's expressions are proposed from here on, as those of the pack are.
const EXPRESSION: (f32, f64) = (0.6, 0.4);

/// Which channel is proposed from, its labels, threshold, shortest stretch in seconds, and the labels that are not proposed.
struct Rule {
    channel: String,
    labels: Vec<String>,
    threshold: f32,
    shortest: f64,
    quiet: Vec<String>,
}

fn rule(card: &ModelCard) -> Option<Rule> {
    let first = channels(card).into_iter().next()?;
    let of = |threshold, shortest, quiet: &[String]| {
        let quiet = quiet.to_vec();
        Some(Rule { channel: first.channel.clone(), labels: first.names.clone(), threshold, shortest, quiet })
    };
    match (card.network.as_str(), &card.output) {
        ("swinface", _) => of(EXPRESSION.0, EXPRESSION.1, &["neutral".to_owned()]),
        ("cct_7_3x1_32", _) => of(0.5, 0.3, &[]),
        ("", Some(output)) if output.kind == OutputKind::Labels => of(output.threshold, output.shortest, &output.quiet),
        _ => None,
    }
}

/// The proposals of one model for one track; none where it makes none, or has no channel on this track.
pub fn propose(track: &Track, samples: &TrackSamples, card: &ModelCard) -> Vec<Tag> {
    let Some(rule) = rule(card) else { return Vec::new() };
    let Some(channel) = samples.channel(&rule.channel).filter(|c| c.width == rule.labels.len()) else {
        return Vec::new();
    };
    let mut tags = Vec::new();
    for (at, label) in rule.labels.iter().enumerate().filter(|(_, label)| !rule.quiet.contains(label)) {
        let curve: Vec<f32> =
            (0..samples.times.len()).map(|i| channel.sample(i).map_or(f32::NAN, |row| row[at])).collect();
        let when = Hysteresis {
            on: rule.threshold,
            off: rule.threshold * STAYS,
            min_secs: rule.shortest,
            merge_secs: MERGE_SECS,
        };
        for stretch in stretches(&samples.times, &curve, &when) {
            let values: Vec<f32> =
                curve[stretch.first..=stretch.last].iter().copied().filter(|v| v.is_finite()).collect();
            let mean = values.iter().sum::<f32>() / values.len().max(1) as f32;
            let rounded = |v: f32| (f64::from(v) * 1000.0).round() / 1000.0;
            tags.push(Tag::proposed((track.run, track.id), format!("{}.{label}", card.name), Span { start: samples.times[stretch.first], end: end_of(&samples.times, stretch.last) }, mean, json!({
                    "model": card.name, "version": card.version_or_date(), "channel": rule.channel,
                    "column": at, "label": label, "mean": rounded(mean), "peak": rounded(values.iter().copied().fold(0.0, f32::max)),
                    "frames": values.len(), "threshold": rounded(rule.threshold), "doubts": [],
                })));
        }
    }
    tags
}
