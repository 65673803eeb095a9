//! Short events of the face: blinks and raised brows.

use serde_json::json;

use super::{Maker, SHORT_SECS, above, doubt_factor, rounded};
use crate::analysis::baseline::Neutral;
use crate::analysis::intervals::{Stretch, mean, smoothed, span_secs, stretches};
use crate::analysis::usual::Usual;

/// What is usual for a person is not known from less of them, seconds.
const USUAL_SECS: f64 = 2.0;
/// How far lids usually open is taken so many seconds to either side: a blink is short against it, and somebody who looks
/// down for a while has lower lids meanwhile.
const AROUND_BLINK: f64 = 3.0;
/// Brows stay up for a question, at most for a few seconds.
const AROUND_BROWS: f64 = 10.0;

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
        let usual = Usual::of(times, &lids, AROUND_BLINK, USUAL_SECS).values;
        // Of what is usual, where that is enough to tell a blink by.
        let gap: Vec<f32> = (lids.iter().zip(&usual))
            .map(|(lids, open)| if *open >= rule.least_open { lids / open } else { f32::NAN })
            .collect();
        let (shut, wide) = (rule.shut, rule.open);
        // What was not seen is under no limit.
        let under = |at: usize, limit: f32| gap[at] < limit;
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
                let whole = gap[before].is_finite() && gap[after].is_finite();
                if whole && (times[after] - times[before]).secs() <= rule.max_secs + 0.1 {
                    let stretch = Stretch { first: before + 1, last: after - 1 };
                    if span_secs(times, stretch.first, stretch.last) <= rule.max_secs {
                        let least = gap[stretch.first..=stretch.last].iter().copied().fold(f32::INFINITY, f32::min);
                        found.push((stretch, 1.0 - least));
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
            evidence["usual"] = json!(rounded(usual[stretch.first]));
            evidence["depth"] = json!(rounded(depth));
            let confidence = above(depth, 1.0 - rule.shut, rule.shut) * doubt_factor(&doubts);
            self.propose("blink".into(), stretch, confidence, evidence);
        }
    }

    /// Brows over where this person usually has them, or has them in the neutral face that the user chose.
    pub(super) fn brows(&mut self) {
        let rule = self.settings.brows_raised;
        let times = &self.samples.times;
        let raw = self.both_sides("measure.brow_height");
        let usual = match self.neutral.and_then(Neutral::brows) {
            Some(neutral) => Usual { values: vec![neutral; raw.len()], secs: vec![f32::INFINITY; raw.len()] },
            None => Usual::of(times, &raw, AROUND_BROWS, USUAL_SECS),
        };
        let raised: Vec<f32> = raw.iter().zip(&usual.values).map(|(v, usual)| v - usual).collect();
        let curve = smoothed(times, &raised, 0.2);
        for stretch in stretches(times, &curve, &rule) {
            let level = mean(curve[stretch.first..=stretch.last].iter().copied());
            let level = level.unwrap_or(rule.off);
            let mut doubts = self.common_doubts(stretch);
            if usual.secs[stretch.first] < SHORT_SECS {
                doubts.push("short_track");
            }
            let usual = usual.values[stretch.first];
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
