//! Mouths open and looks elsewhere.

use serde_json::json;

use super::{Maker, SHORT_SECS, above, doubt_factor, rounded};
use crate::analysis::intervals::{mean, smoothed, stretches};
use crate::analysis::usual::Usual;

/// Where somebody usually looks is taken so many seconds to either side: who looks elsewhere for longer attends to
/// something else.
const AROUND_SECS: f64 = 15.0;
/// How far lids usually open; pupils of half shut eyes say little.
const AROUND_LIDS: f64 = 3.0;

impl Maker<'_> {
    pub(super) fn mouth(&mut self) {
        let curve = self.curve("measure.mouth_open");
        let rule = self.settings.mouth_open;
        let misfit = self.curve("measure.misfit");
        for stretch in stretches(&self.samples.times, &curve, &rule) {
            let range = stretch.first..=stretch.last;
            let level = mean(range.clone().map(|i| curve[i])).unwrap_or(rule.off);
            let mut doubts = self.common_doubts(stretch);
            if mean(range.clone().map(|i| misfit[i])).is_some_and(|m| m > 1.5) {
                doubts.push("mesh_misfit");
            }
            let evidence = self.evidence("measure.mouth_open", &curve, stretch, json!(rule), &doubts);
            let confidence = above(level, rule.on, rule.on) * doubt_factor(&doubts);
            self.propose("mouth_open".into(), stretch, confidence, evidence);
        }
    }

    pub(super) fn gaze(&mut self) {
        let settings = self.settings.gaze_away;
        let (yaw, pitch) = (self.curve("measure.head_yaw"), self.curve("measure.head_pitch"));
        let (x, y) = (self.curve("measure.gaze_x"), self.curve("measure.gaze_y"));
        let lids: Vec<f32> = self
            .curve("measure.eye_open.left")
            .iter()
            .zip(self.curve("measure.eye_open.right"))
            .map(|(l, r)| (l + r) / 2.0)
            .collect();
        let times = &self.samples.times;
        let open = Usual::of(times, &lids, AROUND_LIDS, 0.0).values;
        let shut = |i: usize| lids[i] < 0.5 * open[i];
        let angle = |head: &[f32], eye: &[f32]| -> Vec<f32> {
            (0..head.len())
                .map(|i| if shut(i) { f32::NAN } else { head[i] + settings.eye_degrees * eye[i].clamp(-1.0, 1.0) })
                .collect()
        };
        let (side, up) = (smoothed(times, &angle(&yaw, &x), 0.12), smoothed(times, &angle(&pitch, &y), 0.12));
        let usual = [&side, &up].map(|curve| Usual::of(times, curve, AROUND_SECS, 0.0));
        let [usual_side, usual_up] = &usual;
        let away: Vec<f32> = (0..times.len())
            .map(|i| {
                let s = (side[i] - usual_side.values[i]).abs() / settings.side;
                let u = (up[i] - usual_up.values[i]).abs() / settings.upright;
                if s.is_nan() || u.is_nan() { f32::NAN } else { s.max(u) }
            })
            .collect();
        for stretch in stretches(times, &away, &settings.rule) {
            let range = stretch.first..=stretch.last;
            let level = mean(range.clone().map(|i| away[i])).unwrap_or(1.0);
            let off = |curve: &[f32], usual: f32| mean(range.clone().map(|i| curve[i])).map(|v| rounded(v - usual));
            let mut doubts = self.common_doubts(stretch);
            if usual_side.secs[stretch.first] < SHORT_SECS {
                doubts.push("short_track");
            }
            let [usual_side, usual_up] = usual.each_ref().map(|usual| usual.values[stretch.first]);
            let mut evidence = self.evidence("gaze", &away, stretch, json!(settings), &doubts);
            evidence["degrees"] = json!({
                "side": off(&side, usual_side), "up": off(&up, usual_up),
                "head_yaw": mean(range.clone().map(|i| yaw[i])).map(rounded),
                "usual_side": rounded(usual_side), "usual_up": rounded(usual_up),
            });
            let confidence = above(level, settings.rule.on, 1.0) * doubt_factor(&doubts);
            self.propose("gaze_away".into(), stretch, confidence, evidence);
        }
    }
}
