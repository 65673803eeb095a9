//! Mouths open and looks elsewhere.

use serde_json::json;

use super::{Maker, above, doubt_factor, rounded};
use crate::analysis::intervals::{mean, median, smoothed, stretches};

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
        let open = median(lids.iter().copied()).unwrap_or(0.0);
        let shut = |i: usize| lids[i] < 0.5 * open;
        let angle = |head: &[f32], eye: &[f32]| -> Vec<f32> {
            (0..head.len())
                .map(|i| if shut(i) { f32::NAN } else { head[i] + settings.eye_degrees * eye[i].clamp(-1.0, 1.0) })
                .collect()
        };
        let times = &self.samples.times;
        let (side, up) = (smoothed(times, &angle(&yaw, &x), 0.12), smoothed(times, &angle(&pitch, &y), 0.12));
        let (Some(usual_side), Some(usual_up)) = (median(side.iter().copied()), median(up.iter().copied())) else {
            return;
        };
        let away: Vec<f32> = side
            .iter()
            .zip(&up)
            .map(|(s, u)| {
                let (s, u) = ((s - usual_side).abs() / settings.side, (u - usual_up).abs() / settings.upright);
                if s.is_nan() || u.is_nan() { f32::NAN } else { s.max(u) }
            })
            .collect();
        for stretch in stretches(times, &away, &settings.rule) {
            let range = stretch.first..=stretch.last;
            let level = mean(range.clone().map(|i| away[i])).unwrap_or(1.0);
            let off = |curve: &[f32], usual: f32| mean(range.clone().map(|i| curve[i])).map(|v| rounded(v - usual));
            let mut doubts = self.common_doubts(stretch);
            if (self.samples.times[self.samples.times.len() - 1] - self.samples.times[0]).secs() < 5.0 {
                doubts.push("short_track");
            }
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
