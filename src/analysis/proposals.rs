//! Intervals that the curves of a track suggest: for people to accept, change or reject.
//!
//! Everything is read from the track's channels, so the same proposals can be made again later, with other
//! thresholds, from what was stored.

mod events;
mod face;
mod heads;
mod settings;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::abstaining::abstentions;
use super::baseline::Neutral;
use super::calibrating::{Temperatures, tempered};
use super::gesture;
use super::gesture::phases::phases;
use super::intervals::{Stretch, end_of, mean, smoothed, stretches};
use super::observation::Expression;
use crate::domain::{Span, Tag, Time, Track, TrackKind, TrackSamples};
pub(super) use heads::unmoving;
pub use settings::{AbstainSettings, BlinkSettings, GazeSettings, ProposalSettings};

/// A stretch for which a kind of proposal could not be made at all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NotAssessable {
    /// `expression`, `nod`, ….
    pub label: String,
    /// `no_mesh`, `head_turned`, `small_face`, `cut_off`, `dark`, `blurred`, `covered`, `partly_hidden`, `wrist_not_seen`,
    /// `wrist_unsteady`, `too_few_frames`, `still_picture`, `face_travels`.
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

/// What is usual for somebody is doubtful when it was seen for less, seconds.
const SHORT_SECS: f32 = 5.0;

/// Makes the proposals for one track from its samples. Channels it lacks give no proposals.
pub fn propose(track: &Track, samples: &TrackSamples, settings: &ProposalSettings) -> Proposals {
    propose_from(track, samples, settings, None)
}

/// The same, counted from the neutral face that the user chose for that person.
pub fn propose_from(
    track: &Track,
    samples: &TrackSamples,
    settings: &ProposalSettings,
    neutral: Option<&Neutral>,
) -> Proposals {
    let mut neutral_samples = None;
    if let Some(neutral) = neutral {
        neutral.take_off(neutral_samples.insert(samples.clone()));
    }
    let samples = neutral_samples.as_ref().unwrap_or(samples);
    let mut maker = Maker { track, samples, settings, neutral, out: Proposals::default() };
    if samples.times.is_empty() {
        return maker.out;
    }
    match track.kind {
        TrackKind::Face => {
            maker.expressions();
            maker.mouth();
            maker.gaze();
            maker.heads();
            maker.tilts();
            maker.blinks();
            maker.brows();
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
    neutral: Option<&'a Neutral>,
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

    /// Which pictures are the one before again.
    fn still(&self) -> Vec<bool> {
        still(self.samples)
    }

    /// One row of a channel of that width.
    fn row(&self, name: &str, width: usize, i: usize) -> Option<&[f32]> {
        self.samples.channel(name).filter(|c| c.width == width)?.sample(i)
    }

    fn propose(&mut self, label: String, stretch: Stretch, confidence: f32, evidence: Value) {
        let times = &self.samples.times;
        self.out.tags.push(Tag::proposed(
            (self.track.run, self.track.id),
            label,
            Span { start: times[stretch.first], end: end_of(times, stretch.last) },
            confidence,
            evidence,
        ));
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
        let Temperatures(temperatures) = settings.expression_temperatures;
        let scores: Vec<[Option<[f32; 7]>; 2]> = (0..times.len())
            .map(|i| {
                let row = |net: usize| self.row(&format!("expression.{}", NETS[net]), 7, i);
                [0, 1].map(|net| row(net).filter(|p| p[0].is_finite()).map(|p| tempered(p, temperatures[net])))
            })
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
                        judged.iter().filter_map(|&i| scores[i][net].map(|p| top(&p) == class)).collect();
                    (with.iter().filter(|t| **t).count() as f32) / (with.len().max(1) as f32)
                };
                let both: Vec<bool> = judged
                    .iter()
                    .filter_map(|&i| scores[i][0].zip(scores[i][1]))
                    .map(|(a, b)| top(&a) == class && top(&b) == class)
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
                    "temperatures": settings.expression_temperatures,
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
            end: end_of(times, gap.last),
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
        if within("quality.brightness").is_some_and(|v| v < limits.min_brightness) {
            doubts.push("dark");
        }
        if within("quality.detail").is_some_and(|v| v < limits.min_detail) {
            doubts.push("covered");
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
                    end: end_of(times, first + run.len() - 1),
                    frames: run.len(),
                });
            }
            first += run.len();
        }
    }
}

/// Which samples show the picture before again; none where that was not looked at.
pub(super) fn still(samples: &TrackSamples) -> Vec<bool> {
    let channel = samples.channel("quality.still").filter(|channel| channel.width == 1);
    (0..samples.times.len()).map(|i| channel.and_then(|c| c.sample(i)).is_some_and(|v| v[0] > 0.5)).collect()
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

/// To three places, so that the evidence reads well.
fn rounded(value: f32) -> f64 {
    (f64::from(value) * 1000.0).round() / 1000.0
}

#[cfg(test)]
#[path = "proposals_tests.rs"]
mod tests;
