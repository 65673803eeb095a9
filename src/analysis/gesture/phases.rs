//! Strokes and holds: stretches in which a wrist moves, and in which it then stays away from where it rests.
//!
//! Speed tells movement from stillness, no more: a *stroke* here is any quick movement of the hand, be it the preparation,
//! the stroke or the retraction of a gesture phrase (Kendon 1980; Kita, van Gijn & van der Hulst 1998), and a *hold* is
//! stillness after a movement, away from the place of rest. People say which is which.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::path::{Path, path};
use super::{SIDES, WRISTS};
use crate::analysis::intervals::{Hysteresis, Stretch, mean, span_secs, stretches};
use crate::analysis::one_euro::OneEuro;
use crate::analysis::proposals::{still, unmoving};
use crate::analysis::usual::Usual;
use crate::domain::{Time, TrackSamples};

/// When a hand moves, and when it holds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GestureSettings {
    /// On the speed of the wrist against the shoulders, trunks a second (a trunk is about half a metre): on 1, off 0.5, at
    /// least 0.2 s, gaps of 0.2 s closed.
    pub stroke: Hysteresis,
    /// Slower than this a hand is still, trunks a second (0.4).
    pub still: f32,
    /// A hold begins at most so long after a movement, seconds (0.4).
    pub after_secs: f64,
    /// And lasts from so many seconds (0.25)
    pub min_hold_secs: f64,
    /// to so many (4): stillness for longer is a posture.
    pub max_hold_secs: f64,
    /// This far from the place of rest at least, trunks (0.2).
    pub from_rest: f32,
    /// Fewer frames a second cannot show it (7).
    pub min_fps: f64,
    /// A stroke goes at least so many times as far as the wrist's place scatters from frame to frame (4).
    pub over_noise: f32,
    /// Where it scatters more, trunks, nothing can be told (0.15).
    pub max_noise: f32,
}

impl Default for GestureSettings {
    fn default() -> Self {
        Self {
            stroke: Hysteresis { on: 1.0, off: 0.5, min_secs: 0.2, merge_secs: 0.2 },
            still: 0.4,
            after_secs: 0.4,
            min_hold_secs: 0.25,
            max_hold_secs: 4.0,
            from_rest: 0.2,
            min_fps: 7.0,
            over_noise: 4.0,
            max_noise: 0.15,
        }
    }
}

/// A place of rest from less stillness than this is doubtful, seconds.
const REST_SECS: f32 = 3.0;
/// Where a hand usually is while it is still is taken so many seconds to either side: people cross their arms, and sit
/// back.
const REST_AROUND: f64 = 15.0;

/// Where a hand rests around each sample.
struct Rest([Usual; 2]);

impl Rest {
    fn of(times: &[Time], path: &Path, settings: &GestureSettings) -> Self {
        let still = |i: usize, k: usize| if path.speed[i] < settings.still { path.places[i][k] } else { f32::NAN };
        let curve = |k: usize| -> Vec<f32> { (0..times.len()).map(|i| still(i, k)).collect() };
        Self([0, 1].map(|k| Usual::of(times, &curve(k), REST_AROUND, 0.0)))
    }
    /// In trunks from the shoulders; NaN where the hand is never still.
    fn at(&self, i: usize) -> [f32; 2] {
        self.0.each_ref().map(|usual| usual.values[i])
    }
    fn is_unsure(&self, i: usize) -> bool {
        self.0[0].secs[i] < REST_SECS
    }
    fn distance(&self, path: &Path, i: usize) -> f32 {
        let ([x, y], [rest_x, rest_y]) = (path.places[i], self.at(i));
        (x - rest_x).hypot(y - rest_y)
    }
}

/// A movement or a hold of one hand.
#[derive(Clone, Debug, PartialEq)]
pub struct Phase {
    /// `stroke.left`, `hold.right`, ….
    pub label: String,
    pub stretch: Stretch,
    pub confidence: f32,
    pub evidence: Value,
}

/// A stretch in which nothing can be said of a hand's movement.
#[derive(Clone, Debug, PartialEq)]
pub struct Unseen {
    pub label: String,
    pub reason: &'static str,
    pub first: usize,
    pub last: usize,
}

/// Finds the phases of both hands in a body's track, from its channel `pose`; where that cannot be done, why.
pub fn phases(samples: &TrackSamples, settings: &GestureSettings, filter: &OneEuro) -> (Vec<Phase>, Vec<Unseen>) {
    let (mut found, mut unseen) = (Vec::new(), Vec::new());
    let times = &samples.times;
    if times.is_empty() || samples.channel("pose").is_none() {
        return (found, unseen);
    }
    let unmoving = unmoving(times, &still(samples), settings.min_fps);
    let paths = WRISTS.map(|wrist| path(samples, wrist, &unmoving, settings, filter));
    for (side, own) in SIDES.iter().zip([0, 1]) {
        let (path, other) = (&paths[own], &paths[1 - own]);
        unseen.extend(path.unseen.iter().map(|(reason, gap)| Unseen {
            label: format!("stroke.{side}"),
            reason,
            first: gap.first,
            last: gap.last,
        }));
        let rest = Rest::of(times, path, settings);
        for stroke in &path.strokes {
            found.push(told_stroke(side, *stroke, path, other, settings, filter));
        }
        for hold in holds(times, path, &rest, settings) {
            found.push(told_hold(times, side, hold, path, &rest, settings, filter));
        }
    }
    found.sort_by_key(|phase| (phase.stretch.first, phase.stretch.last));
    if let Some(index) = handedness(times, &found) {
        for stroke in found.iter_mut().filter(|phase| phase.label.starts_with("stroke.")) {
            stroke.evidence["handedness"] = json!(rounded(index));
        }
    }
    (found, unseen)
}

fn holds(times: &[Time], path: &Path, rest: &Rest, settings: &GestureSettings) -> Vec<Stretch> {
    let still: Vec<f32> = (0..times.len())
        .map(|i| match path.speed[i] {
            v if v.is_nan() => f32::NAN,
            v if v < settings.still && rest.distance(path, i) >= settings.from_rest => 1.0,
            _ => 0.0,
        })
        .collect();
    let rule = Hysteresis { on: 0.5, off: 0.5, min_secs: settings.min_hold_secs, merge_secs: 0.05 };
    let after = |hold: &Stretch| {
        path.strokes
            .iter()
            .any(|s| s.first < hold.first && (times[hold.first] - times[s.last]).secs() <= settings.after_secs)
    };
    let mut found = stretches(times, &still, &rule);
    found.retain(|hold| after(hold) && (times[hold.last] - times[hold.first]).secs() <= settings.max_hold_secs);
    found
}

fn told_stroke(
    side: &str,
    stroke: Stretch,
    path: &Path,
    other: &Path,
    settings: &GestureSettings,
    filter: &OneEuro,
) -> Phase {
    let within = &path.speed[stroke.first..=stroke.last];
    let peak = within.iter().copied().filter(|v| v.is_finite()).fold(0.0, f32::max);
    let shared = |s: &&Stretch| s.first <= stroke.last && stroke.first <= s.last;
    let both: usize =
        other.strokes.iter().filter(shared).map(|s| s.last.min(stroke.last) - s.first.max(stroke.first) + 1).sum();
    let frames = stroke.last - stroke.first + 1;
    let missing = within.iter().filter(|v| v.is_nan()).count();
    let mut doubts = Vec::new();
    if frames < 3 {
        doubts.push("few_frames");
    }
    if missing * 5 > frames {
        doubts.push("wrist_hardly_seen");
    }
    let space = |i: usize| json!(path.places[i].map(|v| (f64::from(v) * 100.0).round() / 100.0));
    let evidence = json!({
        "measure": format!("measure.wrist_speed.{side}"),
        "mean": mean(within.iter().copied()).map(rounded),
        "peak": rounded(peak),
        "from": space(stroke.first),
        "to": space(stroke.last),
        "scatter": rounded(path.scatter[stroke.first]),
        "other_hand_too": rounded(both as f32 / frames as f32),
        "frames": frames,
        "missing": missing,
        "thresholds": settings.stroke,
        "filter": filter,
        "doubts": doubts,
    });
    let over = (0.5 + 0.25 * (peak / settings.stroke.on - 1.0)).clamp(0.3, 1.0);
    Phase {
        label: format!("stroke.{side}"),
        stretch: stroke,
        confidence: over * 0.75_f32.powi(doubts.len() as i32),
        evidence,
    }
}

fn told_hold(
    times: &[Time],
    side: &str,
    hold: Stretch,
    path: &Path,
    rest: &Rest,
    settings: &GestureSettings,
    filter: &OneEuro,
) -> Phase {
    let within = hold.first..=hold.last;
    let away = mean(within.clone().map(|i| rest.distance(path, i)));
    let away = away.unwrap_or(settings.from_rest);
    let mut doubts = Vec::new();
    if rest.is_unsure(hold.first) {
        doubts.push("place_of_rest_unsure");
    }
    if times.last().is_some_and(|end| *end == times[hold.last]) {
        doubts.push("end_not_seen");
    }
    let evidence = json!({
        "measure": format!("measure.wrist_speed.{side}"),
        "mean": mean(path.speed[within].iter().copied()).map(rounded),
        "from_rest": rounded(away),
        "rest": rest.at(hold.first).map(rounded),
        "frames": hold.last - hold.first + 1,
        "missing": 0,
        "thresholds": settings,
        "filter": filter,
        "doubts": doubts,
    });
    let far = (0.5 + 0.5 * (away - settings.from_rest) / 0.6).clamp(0.3, 1.0);
    Phase {
        label: format!("hold.{side}"),
        stretch: hold,
        confidence: far * 0.75_f32.powi(doubts.len() as i32),
        evidence,
    }
}

/// Which hand does more: (right − left) / (right + left) over the seconds in which each moves, −1 left alone to 1 right
/// alone; `None` when neither does.
pub fn handedness(times: &[Time], phases: &[Phase]) -> Option<f32> {
    let secs = |label: &str| -> f64 {
        let own = phases.iter().filter(|phase| phase.label == label).map(|phase| phase.stretch);
        own.map(|s| span_secs(times, s.first, s.last)).sum()
    };
    let (left, right) = (secs("stroke.left"), secs("stroke.right"));
    (left + right > 0.0).then(|| ((right - left) / (right + left)) as f32)
}

fn rounded(value: f32) -> f64 {
    (f64::from(value) * 1000.0).round() / 1000.0
}
