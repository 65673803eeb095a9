//! Intervals that the curves of a track suggest: for people to accept, change or reject.
//!
//! Everything is read from the track's channels, so the same proposals can be made again later, with other
//! thresholds, from what was stored.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::abstaining::abstentions;
use super::gesture;
use super::gesture::phases::{GestureSettings, phases};
use super::intervals::{Hysteresis, Stretch, end_of, mean, median, smoothed, stretches, usual_step};
use super::observation::Expression;
use super::one_euro::OneEuro;
use super::oscillation::{Oscillation, OscillationSettings, oscillations};
use crate::domain::{Residue, Tag, TagId, TagStatus, Time, Track, TrackKind, TrackSamples};

/// Thresholds of every kind of proposal. A file may give only some; the rest stay as here.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProposalSettings {
    /// On the mean probability of both networks: on 0.6, off 0.4, at least 0.4 s, gaps of 0.3 s closed.
    pub expression: Hysteresis,
    /// Running mean over the probabilities, seconds (0.2).
    pub expression_smooth_secs: f64,
    pub abstain: AbstainSettings,
    /// On the lip gap in distances between the outer eye corners: on 0.16, off 0.1, at least 0.25 s, gaps of 0.1 s closed.
    pub mouth_open: Hysteresis,
    pub gaze_away: GazeSettings,
    /// On head pitch: 1 to 5 Hz, swings of 3° and five times the noise; two at least, and then of half as much again.
    pub nod: OscillationSettings,
    /// On head yaw: 1 to 5 Hz, three swings of 4° and five times the noise (two would be a glance aside).
    pub shake: OscillationSettings,
    /// On the wrist above the shoulders in trunk lengths: on 0.05, off −0.1, at least 0.3 s, gaps of 0.3 s closed.
    pub hand_up: Hysteresis,
    /// On the wrists' speed: strokes and holds.
    pub gesture: GestureSettings,
    /// How curves are filtered before movements are found in them, and when they are shown. What is stored stays raw.
    pub one_euro: OneEuro,
}

/// When the expression networks are not asked for an opinion.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AbstainSettings {
    /// Head turned further to either side, degrees (35).
    pub max_yaw: f32,
    /// Head further up or down, degrees (30).
    pub max_pitch: f32,
    /// Face smaller, pixels of its shorter side (48).
    pub min_size: f32,
    /// More of the face outside the picture, as a share (0.1).
    pub max_cut_off: f32,
    /// Variance of the Laplacian below (20): blurred.
    pub min_sharpness: f32,
    /// The mesh less sure that it sees a face (0.5).
    pub min_presence: f32,
    /// The detector less sure of it (0.8): a hand, a mask or hair before it, which the mesh guesses past. Faces in full
    /// sight score above 0.9, half covered ones about 0.7.
    pub min_score: f32,
}

/// When someone looks elsewhere than usually: head turn and pupils together, against the track's median direction.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GazeSettings {
    /// Degrees to the side that count as away (20).
    pub side: f32,
    /// Degrees up or down (15).
    pub upright: f32,
    /// Turn of the eyeball when the pupil stands at the corner of the eye, degrees (55). A rule of thumb.
    pub eye_degrees: f32,
    /// On the angle over its limit: on 1, off 0.7, at least 0.3 s, gaps of 0.2 s (blinks) closed.
    pub rule: Hysteresis,
}

impl Default for ProposalSettings {
    fn default() -> Self {
        let nod = OscillationSettings {
            min_hz: 1.0,
            max_hz: 5.0,
            min_degrees: 3.0,
            over_noise: 5.0,
            min_swings: 2,
            max_ratio: 2.5,
            min_fps: 10.0,
        };
        Self {
            expression: Hysteresis { on: 0.6, off: 0.4, min_secs: 0.4, merge_secs: 0.3 },
            expression_smooth_secs: 0.2,
            abstain: AbstainSettings::default(),
            mouth_open: Hysteresis { on: 0.16, off: 0.1, min_secs: 0.25, merge_secs: 0.1 },
            gaze_away: GazeSettings::default(),
            nod,
            shake: OscillationSettings { min_degrees: 4.0, min_swings: 3, ..nod },
            hand_up: Hysteresis { on: 0.05, off: -0.1, min_secs: 0.3, merge_secs: 0.3 },
            gesture: GestureSettings::default(),
            one_euro: OneEuro::default(),
        }
    }
}

impl Default for AbstainSettings {
    fn default() -> Self {
        Self {
            max_yaw: 35.0,
            max_pitch: 30.0,
            min_size: 48.0,
            max_cut_off: 0.1,
            min_sharpness: 20.0,
            min_presence: 0.5,
            min_score: 0.8,
        }
    }
}

impl Default for GazeSettings {
    fn default() -> Self {
        Self {
            side: 20.0,
            upright: 15.0,
            eye_degrees: 55.0,
            rule: Hysteresis { on: 1.0, off: 0.7, min_secs: 0.3, merge_secs: 0.2 },
        }
    }
}

/// A stretch for which a kind of proposal could not be made at all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NotAssessable {
    /// `expression`, `nod`, ….
    pub label: String,
    /// `no_mesh`, `head_turned`, `small_face`, `cut_off`, `blurred`, `partly_hidden`, `wrist_not_seen`,
    /// `too_few_frames`.
    pub reason: String,
    pub start: Time,
    pub end: Time,
    pub frames: usize,
}

/// What a track suggests, and where it could not be judged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Proposals {
    /// In order of time.
    pub tags: Vec<Tag>,
    pub not_assessable: Vec<NotAssessable>,
}

/// Makes the proposals for one track from its samples. Channels it lacks give no proposals.
pub fn propose(track: &Track, samples: &TrackSamples, settings: &ProposalSettings) -> Proposals {
    let mut maker = Maker { track, samples, settings, step: usual_step(&samples.times), out: Proposals::default() };
    if samples.times.is_empty() {
        return maker.out;
    }
    match track.kind {
        TrackKind::Face => {
            maker.expressions();
            maker.mouth();
            maker.gaze();
            maker.heads();
        }
        TrackKind::Body => {
            maker.hands();
            maker.gestures();
            let reasons = gesture::small_heads(samples, settings.abstain.min_size);
            maker.note_not_assessable("expression", &reasons);
        }
        // Proposals for voices are made where turns are: `speech::proposals`.
        TrackKind::Voice => {}
    }
    maker.out.tags.sort_by_key(|tag| (tag.start, tag.end));
    maker.out
}

struct Maker<'a> {
    track: &'a Track,
    samples: &'a TrackSamples,
    settings: &'a ProposalSettings,
    step: Time,
    out: Proposals,
}

impl Maker<'_> {
    /// A one-number channel; NaN throughout when the track has none.
    fn curve(&self, name: &str) -> Vec<f32> {
        let n = self.samples.times.len();
        match self.samples.channel(name) {
            Some(channel) if channel.width == 1 && channel.values.len() == n => channel.values.clone(),
            _ => vec![f32::NAN; n],
        }
    }

    /// One row of a channel of that width.
    fn row(&self, name: &str, width: usize, i: usize) -> Option<&[f32]> {
        self.samples.channel(name).filter(|c| c.width == width)?.sample(i)
    }

    fn propose(&mut self, label: String, stretch: Stretch, confidence: f32, evidence: Value) {
        let times = &self.samples.times;
        self.out.tags.push(Tag {
            id: TagId::new(),
            run: self.track.run,
            track: self.track.id,
            label,
            start: times[stretch.first],
            end: end_of(times, stretch.last, self.step),
            confidence: rounded(confidence.clamp(0.0, 1.0)),
            evidence,
            status: TagStatus::Proposed,
            reviewer: String::new(),
            reviewed: String::new(),
            annotation: None,
            residue: Residue::default(),
        });
    }

    /// Why the expression in each sample is not judged; `None` where it is.
    fn abstentions(&self) -> Vec<Option<&'static str>> {
        abstentions(self.samples, &self.settings.abstain)
    }

    fn expressions(&mut self) {
        const NETS: [&str; 2] = ["faceapi", "human"];
        let settings = *self.settings;
        let times = &self.samples.times;
        let reasons = self.abstentions();
        let scores: Vec<[Option<&[f32]>; 2]> = (0..times.len())
            .map(|i| NETS.map(|net| self.row(&format!("expression.{net}"), 7, i).filter(|p| p[0].is_finite())))
            .collect();
        if scores.iter().all(|s| s.iter().all(Option::is_none)) {
            // Without a mesh no network was asked; with one and no scores none was to be.
            if reasons.iter().all(|reason| *reason == Some("no_mesh")) {
                self.note_not_assessable("expression", &reasons);
            }
            return;
        }
        let mut proposals = Vec::new();
        // Looking neutral is no event.
        for (class, expression) in Expression::ALL.into_iter().enumerate().skip(1) {
            let curve: Vec<f32> = scores
                .iter()
                .zip(&reasons)
                .map(|(s, reason)| match reason {
                    Some(_) => f32::NAN,
                    None => mean(s.iter().flatten().map(|p| p[class])).unwrap_or(f32::NAN),
                })
                .collect();
            let curve = smoothed(times, &curve, settings.expression_smooth_secs);
            for stretch in stretches(times, &curve, &settings.expression) {
                let range = stretch.first..=stretch.last;
                let judged: Vec<usize> = range.clone().filter(|&i| curve[i].is_finite()).collect();
                let tops = |net: usize| {
                    let with: Vec<bool> =
                        judged.iter().filter_map(|&i| scores[i][net].map(|p| top(p) == class)).collect();
                    (with.iter().filter(|t| **t).count() as f32) / (with.len().max(1) as f32)
                };
                let both: Vec<bool> = judged
                    .iter()
                    .filter_map(|&i| scores[i][0].zip(scores[i][1]))
                    .map(|(a, b)| top(a) == class && top(b) == class)
                    .collect();
                let agreement = if both.is_empty() {
                    f32::NAN
                } else {
                    both.iter().filter(|b| **b).count() as f32 / both.len() as f32
                };
                let fused = mean(judged.iter().map(|&i| curve[i])).unwrap_or(0.0);
                let shares = count_reasons(&reasons[range.clone()]);
                let unjudged: u64 = shares.values().filter_map(Value::as_u64).sum();
                let frames = stretch.last - stretch.first + 1;

                let mut doubts = Vec::new();
                if agreement.is_nan() {
                    doubts.push("one_model_only");
                } else if agreement < 0.5 {
                    doubts.push("models_disagree");
                }
                if unjudged as f32 > 0.2 * frames as f32 {
                    doubts.push("partly_not_assessable");
                }
                let yaw = mean(range.clone().filter_map(|i| self.row("measure.head_yaw", 1, i)).map(|r| r[0].abs()));
                if yaw.is_some_and(|yaw| yaw > 0.7 * settings.abstain.max_yaw) {
                    doubts.push("head_turned");
                }
                if self.opens(stretch) {
                    doubts.push("speaking");
                }
                let by_net: Map<String, Value> = NETS
                    .iter()
                    .enumerate()
                    .filter(|&(net, _)| judged.iter().any(|&i| scores[i][net].is_some()))
                    .map(|(net, name)| {
                        let classes: Map<String, Value> = Expression::ALL
                            .iter()
                            .enumerate()
                            .map(|(c, e)| {
                                let score = mean(judged.iter().filter_map(|&i| scores[i][net]).map(|p| p[c]));
                                (e.name().to_owned(), json!(score.map(rounded)))
                            })
                            .collect();
                        ((*name).to_owned(), Value::Object(classes))
                    })
                    .collect();
                let evidence = json!({
                    "means": "resembling",
                    "scores": by_net,
                    "fused": rounded(fused),
                    "agreement": if agreement.is_nan() { Value::Null } else { json!(rounded(agreement)) },
                    "top_share": { "faceapi": rounded(tops(0)), "human": rounded(tops(1)) },
                    "frames": frames,
                    "not_assessable": shares,
                    "thresholds": settings.expression,
                    "doubts": doubts,
                });
                // One network alone, or two at odds, is worth half.
                let trust = 0.5 + 0.5 * if agreement.is_nan() { 0.0 } else { agreement };
                proposals.push((expression, stretch, fused * trust, evidence));
            }
        }
        for (expression, stretch, confidence, evidence) in proposals {
            self.propose(format!("expression.{}", expression.name()), stretch, confidence, evidence);
        }
        self.note_not_assessable("expression", &reasons);
    }

    /// Whether the mouth goes open and shut as in speech, which expression networks take for feeling.
    fn opens(&self, stretch: Stretch) -> bool {
        let curve = self.curve("measure.mouth_open");
        let within: Vec<f32> = curve[stretch.first..=stretch.last].iter().copied().filter(|v| v.is_finite()).collect();
        let Some(middle) = mean(within.iter().copied()) else { return false };
        let spread = mean(within.iter().map(|v| (v - middle).powi(2))).unwrap_or(0.0).sqrt();
        spread > 0.03
    }

    fn mouth(&mut self) {
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

    fn gaze(&mut self) {
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

    /// Nods and shakes; of two movements at once only the larger is proposed.
    fn heads(&mut self) {
        let times = &self.samples.times;
        let (yaw, pitch) = (self.curve("measure.head_yaw"), self.curve("measure.head_pitch"));
        if yaw.iter().all(|v| v.is_nan()) {
            return;
        }
        let fps = 1.0 / self.step.secs().max(1e-6);
        for (label, own, other, rule) in
            [("nod", &pitch, &yaw, self.settings.nod), ("shake", &yaw, &pitch, self.settings.shake)]
        {
            if fps < rule.min_fps {
                self.out.not_assessable.push(NotAssessable {
                    label: label.into(),
                    reason: "too_few_frames".into(),
                    start: times[0],
                    end: end_of(times, times.len() - 1, self.step),
                    frames: times.len(),
                });
                continue;
            }
            for found in oscillations(times, own, &rule) {
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
        }
    }

    fn hands(&mut self) {
        let rule = self.settings.hand_up;
        for (side, wrist) in [("left", 15), ("right", 16)] {
            let name = format!("measure.hand_height.{side}");
            let curve = self.curve(&name);
            for stretch in stretches(&self.samples.times, &curve, &rule) {
                let range = stretch.first..=stretch.last;
                let level = mean(range.clone().map(|i| curve[i])).unwrap_or(rule.off);
                let visible = mean(range.clone().filter_map(|i| self.row("pose", 132, i)).map(|r| r[wrist * 4 + 3]));
                let mut doubts = Vec::new();
                if visible.is_some_and(|v| v < 0.7) {
                    doubts.push("wrist_hardly_seen");
                }
                let mut evidence = self.evidence(&name, &curve, stretch, json!(rule), &doubts);
                evidence["visibility"] = json!(visible.map(rounded));
                let confidence = above(level, rule.on, 0.4) * doubt_factor(&doubts);
                self.propose(format!("hand_up.{side}"), stretch, confidence, evidence);
            }
        }
    }

    fn gestures(&mut self) {
        let (found, unseen) = phases(self.samples, &self.settings.gesture, &self.settings.one_euro);
        for phase in found {
            self.propose(phase.label, phase.stretch, phase.confidence, phase.evidence);
        }
        let times = &self.samples.times;
        self.out.not_assessable.extend(unseen.into_iter().map(|gap| NotAssessable {
            label: gap.label,
            reason: gap.reason.to_owned(),
            start: times[gap.first],
            end: end_of(times, gap.last, self.step),
            frames: gap.last - gap.first + 1,
        }));
    }

    /// Reasons to doubt any measure taken from the mesh.
    fn common_doubts(&self, stretch: Stretch) -> Vec<&'static str> {
        let limits = &self.settings.abstain;
        let within = |name: &str| mean(self.curve(name)[stretch.first..=stretch.last].iter().map(|v| v.abs()));
        let mut doubts = Vec::new();
        if within("measure.head_yaw").is_some_and(|v| v > limits.max_yaw) {
            doubts.push("head_turned");
        }
        if within("presence").is_some_and(|v| v < 0.7) {
            doubts.push("mesh_unsure");
        }
        if within("quality.sharpness").is_some_and(|v| v < limits.min_sharpness) {
            doubts.push("blurred");
        }
        if within("quality.cut_off").is_some_and(|v| v > limits.max_cut_off) {
            doubts.push("cut_off");
        }
        let sides = (stretch.first..=stretch.last).filter_map(|i| self.row("box", 4, i)).map(|b| b[2].min(b[3]));
        if mean(sides).is_some_and(|v| v < limits.min_size) {
            doubts.push("small_face");
        }
        doubts
    }

    fn evidence(&self, measure: &str, curve: &[f32], stretch: Stretch, rule: Value, doubts: &[&str]) -> Value {
        let within = &curve[stretch.first..=stretch.last];
        let seen = within.iter().filter(|v| v.is_finite());
        json!({
            "measure": measure,
            "mean": mean(within.iter().copied()).map(rounded),
            "peak": seen.clone().copied().max_by(f32::total_cmp).map(rounded),
            "frames": within.len(),
            "missing": within.len() - seen.count(),
            "thresholds": rule,
            "doubts": doubts,
        })
    }

    fn note_not_assessable(&mut self, label: &str, reasons: &[Option<&'static str>]) {
        let times = &self.samples.times;
        let mut first = 0;
        for run in reasons.chunk_by(|a, b| a == b) {
            if let Some(reason) = run[0] {
                self.out.not_assessable.push(NotAssessable {
                    label: label.to_owned(),
                    reason: reason.to_owned(),
                    start: times[first],
                    end: end_of(times, first + run.len() - 1, self.step),
                    frames: run.len(),
                });
            }
            first += run.len();
        }
    }
}

/// Index of the greatest score.
fn top(scores: &[f32]) -> usize {
    (0..scores.len()).fold(0, |best, i| if scores[i] > scores[best] { i } else { best })
}

fn count_reasons(reasons: &[Option<&'static str>]) -> Map<String, Value> {
    let mut counts = Map::new();
    for reason in reasons.iter().flatten() {
        let n = counts.get(*reason).and_then(Value::as_u64).unwrap_or(0);
        counts.insert((*reason).to_owned(), json!(n + 1));
    }
    counts
}

/// 0.5 on the threshold, 1 from `reach` above it.
fn above(level: f32, threshold: f32, reach: f32) -> f32 {
    (0.5 + 0.5 * (level - threshold) / reach).clamp(0.2, 1.0)
}

fn doubt_factor(doubts: &[&str]) -> f32 {
    0.75_f32.powi(doubts.len() as i32)
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

/// To three places, so that the evidence reads well.
fn rounded(value: f32) -> f64 {
    (f64::from(value) * 1000.0).round() / 1000.0
}

#[cfg(test)]
#[path = "proposals_tests.rs"]
mod tests;
