//! Short events of the face: blinks and raised brows.

use serde_json::json;

use super::{Maker, above, doubt_factor, rounded};
use crate::analysis::intervals::{Stretch, mean, median, smoothed, span_secs, stretches};

/// What is usual for a person is not known from less of them, seconds.
const USUAL_SECS: f64 = 2.0;

impl Maker<'_> {
    /// The mean of the person's two sides, where the face can be judged.
    fn both_sides(&self, name: &str) -> Vec<f32> {
        let (left, right) = (self.curve(&format!("{name}.left")), self.curve(&format!("{name}.right")));
        let judged = self.abstentions();
        left.iter()
            .zip(&right)
            .zip(judged)
            .map(|((l, r), reason)| if reason.is_some() { f32::NAN } else { (l + r) / 2.0 })
            .collect()
    }

    fn seen_secs(&self, curve: &[f32]) -> f64 {
        let times = &self.samples.times;
        (0..curve.len()).filter(|&i| curve[i].is_finite()).map(|i| span_secs(times, i, i)).sum()
    }

    /// Lids that shut and open again at once. Eyes kept shut are no blink.
    pub(super) fn blinks(&mut self) {
        let rule = self.settings.blink;
        let times = &self.samples.times;
        let mut lids = self.both_sides("measure.eye_open");
        for (value, reason) in lids.iter_mut().zip(self.unmoving(rule.min_fps)) {
            if reason.is_some() {
                *value = f32::NAN;
            }
        }
        let Some(open) = median(lids.iter().copied()).filter(|open| *open >= rule.least_open) else { return };
        if self.seen_secs(&lids) < USUAL_SECS {
            return;
        }
        let (shut, wide) = (rule.shut * open, rule.open * open);
        // What was not seen is under no limit.
        let under = |at: usize, limit: f32| lids[at] < limit;
        let mut found = Vec::new();
        let mut i = 1;
        while i + 1 < lids.len() {
            if !under(i, shut) {
                i += 1;
                continue;
            }
            let before = (0..i).rev().find(|&k| !under(k, wide));
            let after = (i..lids.len()).find(|&k| !under(k, wide));
            if let (Some(before), Some(after)) = (before, after) {
                // Both lids open again where they are seen: what was lost meanwhile is not guessed.
                let whole = lids[before].is_finite() && lids[after].is_finite();
                if whole && (times[after] - times[before]).secs() <= rule.max_secs + 0.1 {
                    let stretch = Stretch { first: before + 1, last: after - 1 };
                    if span_secs(times, stretch.first, stretch.last) <= rule.max_secs {
                        let least = lids[stretch.first..=stretch.last].iter().copied().fold(f32::INFINITY, f32::min);
                        found.push((stretch, 1.0 - least / open));
                    }
                }
            }
            i = after.unwrap_or(lids.len()) + 1;
        }
        for (stretch, depth) in found {
            let mut doubts = self.common_doubts(stretch);
            if stretch.first == stretch.last {
                doubts.push("few_frames");
            }
            let mut evidence = self.evidence("measure.eye_open.left", &lids, stretch, json!(rule), &doubts);
            evidence["usual"] = json!(rounded(open));
            evidence["depth"] = json!(rounded(depth));
            let confidence = above(depth, 1.0 - rule.shut, rule.shut) * doubt_factor(&doubts);
            self.propose("blink".into(), stretch, confidence, evidence);
        }
    }

    /// Brows over where this person usually has them.
    pub(super) fn brows(&mut self) {
        let rule = self.settings.brows_raised;
        let times = &self.samples.times;
        let raw = self.both_sides("measure.brow_height");
        let seen = self.seen_secs(&raw);
        let Some(usual) = median(raw.iter().copied()).filter(|_| seen >= USUAL_SECS) else { return };
        let raised: Vec<f32> = raw.iter().map(|v| v - usual).collect();
        let curve = smoothed(times, &raised, 0.2);
        for stretch in stretches(times, &curve, &rule) {
            let level = mean(curve[stretch.first..=stretch.last].iter().copied());
            let level = level.unwrap_or(rule.off);
            let mut doubts = self.common_doubts(stretch);
            if seen < 5.0 {
                doubts.push("short_track");
            }
            let mut evidence = self.evidence(
                "measure.brow_height.left",
                &curve,
                stretch,
                json!({ "rule": rule, "usual": usual }),
                &doubts,
            );
            evidence["usual"] = json!(rounded(usual));
            let confidence = above(level, rule.on, rule.on) * doubt_factor(&doubts);
            self.propose("brows_raised".into(), stretch, confidence, evidence);
        }
    }
}
