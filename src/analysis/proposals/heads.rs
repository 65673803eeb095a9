//! Nods, shakes and tilts of the head.

use serde_json::json;

use super::{Maker, above, doubt_factor, rounded};
use crate::analysis::intervals::{Stretch, mean, stretches, too_few};
use crate::analysis::oscillation::{Oscillation, oscillations};
use crate::domain::Time;

/// A face's own way is taken over so many seconds to either side: a head that nods is back where it was.
const TRAVEL_SECS: f64 = 0.5;

impl Maker<'_> {
    /// Nods and shakes; of two movements at once only the larger is proposed.
    pub(super) fn heads(&mut self) {
        let times = &self.samples.times;
        let (yaw, pitch) = (self.curve("measure.head_yaw"), self.curve("measure.head_pitch"));
        if yaw.iter().all(|v| v.is_nan()) {
            return;
        }
        let travel = self.travel();
        for (label, own, other, rule) in
            [("nod", &pitch, &yaw, self.settings.nod), ("shake", &yaw, &pitch, self.settings.shake)]
        {
            let reasons: Vec<Option<&'static str>> = self
                .unmoving(rule.min_fps)
                .into_iter()
                .zip(&travel)
                .map(|(reason, travel)| reason.or((*travel > rule.max_travel).then_some("face_travels")))
                .collect();
            // Where nothing can be told the curve has no value.
            let judged: Vec<f32> =
                own.iter().zip(&reasons).map(|(v, reason)| if reason.is_some() { f32::NAN } else { *v }).collect();
            for found in oscillations(times, &judged, &rule) {
                let stretch = Stretch { first: found.first, last: found.last };
                let aside = range_of(&other[found.first..=found.last]);
                if aside > 1.5 * found.degrees {
                    continue;
                }
                let mut doubts = self.common_doubts(stretch);
                if aside > 0.7 * found.degrees {
                    doubts.push("moves_both_ways");
                }
                let name = if label == "nod" { "measure.head_pitch" } else { "measure.head_yaw" };
                let mut evidence = self.evidence(name, own, stretch, json!(rule), &doubts);
                evidence["swings"] = json!(found.swings);
                evidence["degrees"] = json!(rounded(found.degrees));
                evidence["hz"] = json!(rounded(found.hz as f32));
                evidence["over"] = json!(rounded(found.threshold));
                let confidence = swing_confidence(&found, rule.min_swings) * doubt_factor(&doubts);
                self.propose(label.into(), stretch, confidence, evidence);
            }
            self.note_not_assessable(label, &reasons);
        }
    }

    /// Heads held to a side, named by the person's own shoulder that they lean to.
    pub(super) fn tilts(&mut self) {
        let rule = self.settings.head_tilt;
        let unjudged = self.abstentions();
        let roll: Vec<f32> = self
            .curve("measure.head_roll")
            .into_iter()
            .zip(unjudged)
            .map(|(v, reason)| if reason.is_some() { f32::NAN } else { v })
            .collect();
        // Clockwise to the viewer is towards the person's own left shoulder.
        for (side, sign) in [("left", 1.0), ("right", -1.0)] {
            let curve: Vec<f32> = roll.iter().map(|v| v * sign).collect();
            for stretch in stretches(&self.samples.times, &curve, &rule) {
                let level = mean(curve[stretch.first..=stretch.last].iter().copied()).unwrap_or(rule.off);
                let doubts = self.common_doubts(stretch);
                let mut evidence =
                    self.evidence("measure.head_roll", &curve, stretch, json!({ "rule": rule }), &doubts);
                evidence["degrees"] = json!(rounded(level));
                let confidence = above(level, rule.on, rule.on) * doubt_factor(&doubts);
                self.propose(format!("head_tilt.{side}"), stretch, confidence, evidence);
            }
        }
    }

    /// Why a movement cannot be told at each sample: the picture stands still, or too few are shown a second.
    pub(super) fn unmoving(&self, min_fps: f64) -> Vec<Option<&'static str>> {
        unmoving(&self.samples.times, &self.still(), min_fps)
    }

    /// How far the face as a whole goes within a second around each sample, in its own sizes.
    fn travel(&self) -> Vec<f32> {
        let times = &self.samples.times;
        let middle = |i: usize| self.row("box", 4, i).map(|b| ([b[0] + b[2] / 2.0, b[1] + b[3] / 2.0], b[2].min(b[3])));
        let (mut from, mut to) = (0, 0);
        (0..times.len())
            .map(|i| {
                while (times[i] - times[from]).secs() > TRAVEL_SECS {
                    from += 1;
                }
                while to + 1 < times.len() && (times[to + 1] - times[i]).secs() <= TRAVEL_SECS {
                    to += 1;
                }
                let (Some((a, _)), Some((b, size)), secs) =
                    (middle(from), middle(to), (times[to] - times[from]).secs())
                else {
                    return 0.0;
                };
                // At either end of a track there is no whole second to go by.
                if secs < TRAVEL_SECS || size <= 0.0 {
                    0.0
                } else {
                    (b[0] - a[0]).hypot(b[1] - a[1]) / size / secs as f32
                }
            })
            .collect()
    }
}

/// Pictures that stand still for longer show no movement, seconds.
const STILL_SECS: f64 = 0.5;

/// Why a movement cannot be told at each sample, given which pictures are the ones before again.
pub(in crate::analysis) fn unmoving(times: &[Time], still: &[bool], min_fps: f64) -> Vec<Option<&'static str>> {
    // What a track begins with is new to it.
    let still = |i: usize| i > 0 && still[i];
    let moving: Vec<usize> = (0..times.len()).filter(|&i| !still(i)).collect();
    let shown: Vec<Time> = moving.iter().map(|&i| times[i]).collect();
    let few = too_few(&shown, min_fps);
    // A picture that comes again is judged with the one that it repeats.
    let mut reasons = vec![None; times.len()];
    let mut reason = None;
    for i in 0..times.len() {
        if !still(i) {
            let at = moving.partition_point(|&m| m < i);
            let long = |to: usize| (times[to] - times[i]).secs() >= STILL_SECS;
            let next = moving.get(at + 1).copied();
            let stands =
                next.map_or_else(|| times.len() > i + 1 && long(times.len() - 1), |next| next > i + 1 && long(next));
            reason = if stands { Some("still_picture") } else { few[at].then_some("too_few_frames") };
        }
        reasons[i] = reason;
    }
    reasons
}

fn swing_confidence(found: &Oscillation, min_swings: usize) -> f32 {
    let more = (found.swings - min_swings.min(found.swings)) as f32 / 3.0;
    let larger = (found.degrees / found.threshold.max(1e-3) - 1.0) / 2.0;
    0.45 + 0.25 * more.min(1.0) + 0.3 * larger.clamp(0.0, 1.0)
}

fn range_of(values: &[f32]) -> f32 {
    let seen = values.iter().copied().filter(|v| v.is_finite());
    let (low, high) = seen.fold((f32::INFINITY, f32::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    (high - low).max(0.0)
}
