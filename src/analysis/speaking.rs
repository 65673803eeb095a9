//! Who is speaking: where a voice is heard and one seen mouth moves with it.
//!
//! A mouth that moves is not a mouth that speaks (people chew, laugh and wet their lips), and a voice may belong to
//! somebody out of the picture; only both together propose anything, and where several mouths move at once nobody is
//! named. The mouth moves when its opening scatters within a quarter second to each side more than it does in silence.
//! Voice and mouth joined like this is the plain end of active speaker detection (e.g. Everingham, Sivic & Zisserman 2006,
//! “Hello! My name is… Buffy”); no network was trained for it, and its certainty is a rule's, not a probability.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::intervals::{Hysteresis, end_of, mean, span_secs, stretches, too_few};
use super::proposals::NotAssessable;
use super::usual::Usual;
use crate::domain::standing::joined;
use crate::domain::{Channel, Span, Tag, Time, Track, TrackId, TrackSamples};

/// When somebody is proposed as speaking, and a voice as somebody's.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SpeakingSettings {
    /// On the certainty: on 0.55, off 0.3, at least 0.3 s, gaps of 0.35 s (closed lips between words) closed.
    pub rule: Hysteresis,
    /// Scatter of the lip gap that counts as movement, in distances between the outer eye corners (0.012).
    pub least_movement: f32,
    /// Or so many times the scatter while nobody speaks (2.5), whichever is more.
    pub over_rest: f32,
    /// A head turned further shows too little of its mouth, degrees (50).
    pub max_yaw: f32,
    /// Fewer frames a second miss the movement of lips (7).
    pub min_fps: f64,
    /// A voice is proposed as somebody's from so many seconds heard while that face is seen (2),
    pub least_secs: f64,
    /// with so much certainty on average (0.4),
    pub least_certainty: f32,
    /// and so much more than for anybody else (0.15).
    pub lead: f32,
}

impl Default for SpeakingSettings {
    fn default() -> Self {
        Self {
            rule: Hysteresis { on: 0.55, off: 0.3, min_secs: 0.3, merge_secs: 0.35 },
            least_movement: 0.012,
            over_rest: 2.5,
            max_yaw: 50.0,
            min_fps: 7.0,
            least_secs: 2.0,
            least_certainty: 0.4,
            lead: 0.15,
        }
    }
}

/// The channels of a face that are read.
pub const FACE_CHANNELS: [&str; 2] = ["measure.mouth_open", "measure.head_yaw"];
/// The channel that is made.
pub const CHANNEL: &str = "measure.speaking";
/// Half the window in which the lip gap's scatter is taken, seconds.
const HALF_WINDOW_SECS: f64 = 0.25;
/// What it does in silence is taken so many seconds to either side.
const REST_AROUND: f64 = 30.0;

/// A face with the channels of [`FACE_CHANNELS`].
pub struct Face<'a> {
    pub track: &'a Track,
    pub samples: &'a TrackSamples,
}

/// A voice with the stretches in which it speaks, in order of time.
pub struct Voice<'a> {
    pub track: &'a Track,
    pub turns: Vec<Span>,
}

/// What came out.
#[derive(Clone, Debug, Default)]
pub struct Speaking {
    /// A channel [`CHANNEL`] for each face: certainty that it speaks, 0 to 1; NaN where its mouth cannot be judged.
    pub channels: Vec<(TrackId, TrackSamples)>,
    /// `speaking` on faces, `voice_of.face_N` on voices.
    pub tags: Vec<Tag>,
    pub not_assessable: Vec<(TrackId, NotAssessable)>,
}

/// How much a mouth moves at each sample: 0 not at all, ½ at the threshold, 1 very much; NaN where it cannot be judged.
struct Mouth {
    moves: Vec<f32>,
    /// The threshold at each sample, in distances between the outer eye corners.
    threshold: Vec<f32>,
    too_few: Vec<bool>,
}

/// Joins what was seen with what was heard. Nothing is decided: all of it is proposals.
pub fn speaking(faces: &[Face], voices: &[Voice], settings: &SpeakingSettings) -> Speaking {
    let mut out = Speaking::default();
    let heard: Vec<Span> = joined(voices.iter().flat_map(|voice| voice.turns.iter().copied()).collect());
    let mouths: Vec<Mouth> = faces.iter().map(|face| mouth(face, &heard, settings)).collect();
    let mut certainties: Vec<Vec<f32>> = Vec::new();
    for (own, face) in faces.iter().enumerate() {
        let times = &face.samples.times;
        let certainty: Vec<f32> = (0..times.len())
            .map(|i| {
                let moves = mouths[own].moves[i];
                if moves.is_nan() || !is_in(&heard, times[i]) {
                    return if moves.is_nan() { f32::NAN } else { 0.0 };
                }
                let others = (0..faces.len()).filter(|other| *other != own);
                let rival = others.filter_map(|other| moves_at(faces, &mouths, other, times[i])).fold(0.0, f32::max);
                // Alone in moving a mouth keeps its certainty; with an equal rival it keeps half.
                moves * moves / (moves + rival).max(1e-6)
            })
            .collect();
        propose(&mut out, face, &mouths[own], &certainty, voices, settings);
        let channel = Channel { name: CHANNEL.to_owned(), width: 1, step: 0.002, values: certainty.clone() };
        out.channels.push((face.track.id, TrackSamples { times: times.clone(), channels: vec![channel] }));
        certainties.push(certainty);
    }
    for voice in voices {
        out.tags.extend(bind(voice, faces, &certainties, settings));
    }
    out
}

fn mouth(face: &Face, heard: &[Span], settings: &SpeakingSettings) -> Mouth {
    let times = &face.samples.times;
    let too_few = too_few(times, settings.min_fps);
    let curve = |name: &str| -> Vec<f32> {
        match face.samples.channel(name) {
            Some(channel) if channel.values.len() == times.len() => channel.values.clone(),
            _ => vec![f32::NAN; times.len()],
        }
    };
    let (open, yaw) = (curve(FACE_CHANNELS[0]), curve(FACE_CHANNELS[1]));
    let mut scatter = scatter(times, &open);
    for ((value, yaw), too_few) in scatter.iter_mut().zip(&yaw).zip(&too_few) {
        if *too_few || yaw.is_nan() || yaw.abs() > settings.max_yaw {
            *value = f32::NAN;
        }
    }
    let silent: Vec<f32> =
        (0..times.len()).map(|i| if is_in(heard, times[i]) { f32::NAN } else { scatter[i] }).collect();
    let rest = Usual::of(times, &silent, REST_AROUND, 0.0).values;
    // Where nobody is ever silent, the least that counts is what there is to go by: `max` passes NaN over.
    let threshold: Vec<f32> = rest.iter().map(|rest| settings.least_movement.max(settings.over_rest * rest)).collect();
    let moves = scatter.iter().zip(&threshold).map(|(v, t)| (v / t).powi(2)).map(|x| x / (1.0 + x)).collect();
    Mouth { moves, threshold, too_few }
}

/// Deviation of a curve within [`HALF_WINDOW_SECS`] of each sample; NaN with fewer than three values.
fn scatter(times: &[Time], values: &[f32]) -> Vec<f32> {
    let (mut from, mut to) = (0, 0);
    (0..times.len())
        .map(|i| {
            while (times[i] - times[from]).secs() > HALF_WINDOW_SECS {
                from += 1;
            }
            while to < times.len() && (times[to] - times[i]).secs() <= HALF_WINDOW_SECS {
                to += 1;
            }
            let within: Vec<f32> = values[from..to].iter().copied().filter(|v| v.is_finite()).collect();
            if values[i].is_nan() || within.len() < 3 {
                return f32::NAN;
            }
            let middle = mean(within.iter().copied()).unwrap_or(0.0);
            mean(within.iter().map(|v| (v - middle).powi(2))).unwrap_or(0.0).sqrt()
        })
        .collect()
}

fn moves_at(faces: &[Face], mouths: &[Mouth], other: usize, time: Time) -> Option<f32> {
    let times = &faces[other].samples.times;
    let at = times.partition_point(|t| *t < time);
    let near = [at.checked_sub(1), Some(at)].into_iter().flatten().filter(|i| *i < times.len());
    let best = near.min_by_key(|i| (times[*i] - time).0.abs())?;
    let close = (times[best] - time).0.abs() <= (end_of(times, best) - times[best]).0;
    close.then(|| mouths[other].moves[best]).filter(|v| v.is_finite())
}

fn propose(
    out: &mut Speaking,
    face: &Face,
    mouth: &Mouth,
    certainty: &[f32],
    voices: &[Voice],
    settings: &SpeakingSettings,
) {
    let times = &face.samples.times;
    for stretch in stretches(times, certainty, &settings.rule) {
        let span = Span::new(times[stretch.first], end_of(times, stretch.last));
        let within = stretch.first..=stretch.last;
        let sure = mean(certainty[within.clone()].iter().copied()).unwrap_or(0.0);
        let heard: Vec<i64> =
            voices.iter().filter(|v| v.turns.iter().any(|turn| turn.overlaps(span))).map(|v| v.track.number).collect();
        let moving = mean(mouth.moves[within.clone()].iter().copied());
        let mut doubts = Vec::new();
        if moving.is_some_and(|moving| sure < 0.75 * moving) {
            doubts.push("another_mouth_moves");
        }
        if heard.len() > 1 {
            doubts.push("several_voices");
        }
        let missing = certainty[within.clone()].iter().filter(|v| v.is_nan()).count();
        let evidence = json!({
            "measure": CHANNEL,
            "mean": rounded(sure),
            "mouth_moves": moving.map(rounded),
            "moves_from": rounded(mouth.threshold[stretch.first]),
            "voices": heard,
            "frames": stretch.last - stretch.first + 1,
            "missing": missing,
            "thresholds": settings.rule,
            "doubts": doubts,
        });
        out.tags.push(tag(
            face.track,
            "speaking".to_owned(),
            span,
            sure * 0.85_f32.powi(doubts.len() as i32),
            evidence,
        ));
    }
    let mut first = 0;
    let reasons: Vec<Option<&str>> = (mouth.moves.iter().zip(&mouth.too_few))
        .map(|(moves, few)| moves.is_nan().then_some(if *few { "too_few_frames" } else { "mouth_not_seen" }))
        .collect();
    for run in reasons.chunk_by(|a, b| a == b) {
        let last = first + run.len() - 1;
        if let Some(reason) = run[0] {
            let end = end_of(times, last);
            let (label, reason) = ("speaking".to_owned(), reason.to_owned());
            let gap = NotAssessable { label, reason, start: times[first], end, frames: run.len() };
            out.not_assessable.push((face.track.id, gap));
        }
        first += run.len();
    }
}

/// The face that a voice goes with, when one stands out.
fn bind(voice: &Voice, faces: &[Face], certainties: &[Vec<f32>], settings: &SpeakingSettings) -> Option<Tag> {
    // By person where faces are named: one person may have several tracks.
    let mut scores: Vec<(usize, f32, f64)> = Vec::new();
    for (index, (face, certainty)) in faces.iter().zip(certainties).enumerate() {
        let times = &face.samples.times;
        let during: Vec<usize> =
            (0..times.len()).filter(|i| is_in(&voice.turns, times[*i]) && certainty[*i].is_finite()).collect();
        let secs: f64 = during.iter().map(|i| span_secs(times, *i, *i)).sum();
        if let Some(score) = mean(during.iter().map(|i| certainty[*i])).filter(|_| secs >= settings.least_secs) {
            scores.push((index, score, secs));
        }
    }
    scores.sort_by(|a, b| b.1.total_cmp(&a.1));
    let (best, score, secs) = *scores.first()?;
    let of = |index: usize| faces[index].track;
    let same = |index: usize| of(index).person.is_some() && of(index).person == of(best).person;
    let next = scores.iter().skip(1).find(|(index, ..)| !same(*index)).map_or(0.0, |(_, score, _)| *score);
    if score < settings.least_certainty || score - next < settings.lead {
        return None;
    }
    let (start, end) = (voice.turns.first()?.start, voice.turns.last()?.end);
    let all: f64 = voice.turns.iter().map(|turn| turn.duration().secs()).sum();
    let mut doubts = Vec::new();
    if secs < 0.5 * all {
        doubts.push("mostly_out_of_sight");
    }
    if secs < 3.0 * settings.least_secs {
        doubts.push("short_turn");
    }
    let evidence = json!({
        "measure": CHANNEL,
        "mean": rounded(score),
        "next": rounded(next),
        "seen_secs": (secs * 10.0).round() / 10.0,
        "heard_secs": (all * 10.0).round() / 10.0,
        "face": of(best).id,
        "person": of(best).person,
        "thresholds": settings,
        "doubts": doubts,
    });
    let sure = (0.5 + 0.5 * (score - next)).min(0.5 + score / 2.0) * 0.85_f32.powi(doubts.len() as i32);
    Some(tag(voice.track, format!("voice_of.face_{}", of(best).number), Span::new(start, end), sure, evidence))
}

fn tag(track: &Track, label: String, span: Span, confidence: f32, evidence: Value) -> Tag {
    Tag::proposed((track.run, track.id), label, span, confidence, evidence)
}

/// Whether a moment lies in one of the spans, which are in order.
fn is_in(spans: &[Span], time: Time) -> bool {
    let after = spans.partition_point(|span| span.start <= time);
    // Turns of one voice do not overlap, and joined spans neither.
    after.checked_sub(1).is_some_and(|at| time < spans[at].end)
}

fn rounded(value: f32) -> f64 {
    (f64::from(value) * 1000.0).round() / 1000.0
}

#[cfg(test)]
#[path = "speaking_tests.rs"]
mod tests;
