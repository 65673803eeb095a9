//! Where in a video faces have really been looked for: closely enough that nobody came and went unseen.

use serde_json::Value;

use crate::domain::{ModelRun, RunStatus, Span, Time};
use crate::jobs::analyse::Closeness;

/// Two looks further apart than this bridge nothing: whoever runs through the picture may be there between them, and a
/// look that found nobody says nothing of the moments beside it. Four looks a second are enough, one is not.
const BRIDGED: Time = Time(250_000_000);
/// Of a run under way the newest tracks are not stored: one must be seen a few times, and somebody who may be another
/// who was gone is waited on for three seconds.
const NOT_STORED_YET: Time = Time(3_500_000_000);
/// Later than any recording ends.
const FOREVER: Time = Time(i64::MAX / 2);

/// The stretches that a run looked at closely for faces, on the session's timeline; `offset` is where its recording
/// begins there. What the run does not say counts as not looked at.
pub fn looked_at(run: &ModelRun, offset: Time) -> Vec<Span> {
    if !run.looked() || !looks_for_faces(run) {
        return Vec::new();
    }
    let Some(step) = run.settings["fps"].as_f64().and_then(step_of) else { return Vec::new() };
    let in_file = Span::new(time(run, "start").unwrap_or(Time::ZERO), end(run, step));
    let closeness = serde_json::from_value(run.settings["closeness"].clone()).unwrap_or_default();
    let bridges = |step: Option<Time>| step.is_some_and(|step| step <= BRIDGED);
    let spans = match closeness {
        Closeness::Even => vec![in_file],
        Closeness::SparseFirst { fps, .. } | Closeness::Dense { fps, .. } if bridges(step_of(fps)) => vec![in_file],
        Closeness::SparseFirst { .. } => Vec::new(),
        Closeness::Dense { spans, .. } => spans.iter().map(|span| both(*span, in_file)).collect(),
    };
    let shown = spans.into_iter().filter(|span| bridges(Some(step)) && span.start < span.end);
    shown.map(|span| Span { start: span.start + offset, end: span.end + offset }).collect()
}

/// Whether faces were among what it looked for. Older runs do not say what they looked with.
fn looks_for_faces(run: &ModelRun) -> bool {
    let sees = |name: &str| name.starts_with("face") || name.starts_with("expression");
    run.models.is_empty() || run.models.iter().any(|model| sees(&model.name))
}

fn step_of(fps: f64) -> Option<Time> {
    (fps.is_finite() && fps > 0.0).then(|| Time((1e9 / fps).min(1e15) as i64))
}

fn time(run: &ModelRun, key: &str) -> Option<Time> {
    match &run.settings[key] {
        Value::Null => None,
        said => serde_json::from_value(said.clone()).ok(),
    }
}

/// How far it came, in the file. One that was broken off looked at so many frames; where it looked at some closely and at
/// others not, it came at least so far.
fn end(run: &ModelRun, step: Time) -> Time {
    let asked = time(run, "end").unwrap_or(FOREVER);
    let start = time(run, "start").unwrap_or(Time::ZERO);
    let came = start + Time(step.0.saturating_mul(run.frames.max(0)).min(FOREVER.0));
    match run.status {
        RunStatus::Finished => asked,
        RunStatus::Running => asked.min(came - NOT_STORED_YET).max(start),
        _ => asked.min(came),
    }
}

fn both(a: Span, b: Span) -> Span {
    let start = a.start.max(b.start);
    Span { start, end: a.end.min(b.end).max(start) }
}
