//! Turns as tracks and proposals: one track a speaker, "speech" for each turn, and its phones as a line to correct.

use serde_json::json;

use super::phones::{Phone, line};
use super::turns::Turn;
use super::{BLOCK_STEP, PITCH_STEP, SpeechObservation};
use crate::domain::{Channel, Residue, RunId, Span, Tag, Time, Track, TrackId, TrackKind, TrackSamples};

/// A turn in which the voice is hardly more like its own speaker than like another: closer than this.
const CLOSE: f32 = 0.05;
/// A turn shorter than this says little about whose voice it is, seconds.
const SHORT_SECS: f64 = 1.0;

/// What was heard, as records of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heard {
    /// One a speaker, in the order in which they are first heard.
    pub tracks: Vec<Track>,
    /// The voice of each, as they were told apart.
    pub voices: Vec<usize>,
    /// Of each track, pitch and probability of speech during its turns.
    pub samples: Vec<TrackSamples>,
    /// In order of time.
    pub tags: Vec<Tag>,
}

/// Makes records from turns. Times in `stretches` and `turns` are the file's; `offset` brings them to the session's timeline.
/// Without voiceprints everybody is one track.
pub fn heard(run: RunId, stretches: &[SpeechObservation], turns: &[Turn], offset: Time) -> Heard {
    let mut out = Heard::default();
    let voices = turns.iter().map(|t| t.voice.map_or(1, |v| v + 1)).max().unwrap_or(0);
    for voice in 0..voices {
        let own: Vec<&Turn> = turns.iter().filter(|t| t.voice.unwrap_or(0) == voice).collect();
        let (Some(first), Some(last)) = (own.first(), own.last()) else { continue };
        let samples = samples(stretches, &own, offset);
        let track = Track {
            id: TrackId::new(),
            run,
            kind: TrackKind::Voice,
            number: out.tracks.len() as i64 + 1,
            person: None,
            start: first.start + offset,
            end: last.end + offset,
            samples: samples.times.len() as i64,
            residue: Residue::default(),
        };
        for turn in own {
            if let Some(speech) = stretches.get(turn.stretch) {
                tags(&mut out.tags, &track, speech, turn, offset);
            }
        }
        out.tracks.push(track);
        out.voices.push(voice);
        out.samples.push(samples);
    }
    out.tags.sort_by(|a, b| (a.start, a.end, &a.label).cmp(&(b.start, b.end, &b.label)));
    out
}

/// Values of a regular series that begins with `start`, from one moment to before another.
fn between(values: &[f32], start: Time, step: Time, from: Time, to: Time) -> &[f32] {
    let place = |time: Time| usize::try_from((time - start).0.div_euclid(step.0.max(1))).unwrap_or(0).min(values.len());
    &values[place(from)..place(to).max(place(from))]
}

fn samples(stretches: &[SpeechObservation], turns: &[&Turn], offset: Time) -> TrackSamples {
    let (mut times, mut pitch, mut speech) = (Vec::new(), Vec::new(), Vec::new());
    for turn in turns {
        let Some(stretch) = stretches.get(turn.stretch) else { continue };
        for (at, value) in stretch.pitch.iter().enumerate() {
            let time = stretch.start + Time(PITCH_STEP.0 * at as i64);
            let later = times.last().is_none_or(|last| *last < time + offset);
            if time < turn.start || time >= turn.end || !later {
                continue;
            }
            times.push(time + offset);
            pitch.push(*value);
            let block = ((time - stretch.start).0 / BLOCK_STEP.0.max(1)) as usize;
            speech.push(stretch.probabilities.get(block).copied().unwrap_or(f32::NAN));
        }
    }
    let channel = |name: &str, step, values| Channel { name: name.to_owned(), width: 1, step, values };
    TrackSamples {
        times,
        channels: vec![channel("measure.pitch", 0.1, pitch), channel("speech.probability", 0.001, speech)],
    }
}

fn tags(out: &mut Vec<Tag>, track: &Track, speech: &SpeechObservation, turn: &Turn, offset: Time) {
    let probabilities = between(&speech.probabilities, speech.start, BLOCK_STEP, turn.start, turn.end);
    let probability = mean(probabilities).unwrap_or(0.0);
    let mut voiced: Vec<f32> = between(&speech.pitch, speech.start, PITCH_STEP, turn.start, turn.end)
        .iter()
        .copied()
        .filter(|v| v.is_finite())
        .collect();
    voiced.sort_by(f32::total_cmp);
    let share = |part: f64| voiced.get(((voiced.len().max(1) - 1) as f64 * part).round() as usize).map(|v| rounded(*v));
    let mut doubts = Vec::new();
    if turn.voice.is_some() && !turn.likeness.is_finite() {
        doubts.push("too_short_for_a_voice");
    } else if turn.likeness - turn.next_likeness < CLOSE {
        doubts.push("voices_alike");
    } else if turn.voice.is_some() && (turn.end - turn.start).secs() < SHORT_SECS {
        doubts.push("short_turn");
    }
    let number = |v: f32| v.is_finite().then(|| rounded(v));
    let evidence = json!({
        "probability": rounded(probability),
        "likeness": number(turn.likeness),
        "next_likeness": number(turn.next_likeness),
        "pitch": { "low": share(0.1), "median": share(0.5), "high": share(0.9) },
        "doubts": doubts,
    });
    let mut push = |label: &str, confidence: f32, evidence| {
        out.push(Tag::proposed(
            (track.run, track.id),
            label.to_owned(),
            Span { start: turn.start + offset, end: turn.end + offset },
            confidence,
            evidence,
        ));
    };
    push("speech", probability * 0.75_f32.powi(doubts.len() as i32), evidence);
    let phones: Vec<&Phone> =
        speech.phones.iter().filter(|p| middle(p) >= turn.start && middle(p) < turn.end).collect();
    let own: Vec<Phone> = phones.into_iter().cloned().collect();
    let text = line(&own);
    if text.is_empty() {
        return;
    }
    let sure: Vec<f32> = own.iter().map(|p| p.probability).collect();
    let sure = mean(&sure).unwrap_or(0.0);
    let each: Vec<_> = own
        .iter()
        .map(|p| {
            json!([p.ipa, (p.start + offset).0 / 1_000_000, (p.end + offset).0 / 1_000_000, rounded(p.probability)])
        })
        .collect();
    push("phones", sure, json!({ "text": text, "phones": each, "mean": rounded(sure), "doubts": [] }));
}

fn middle(phone: &Phone) -> Time {
    phone.start + Time((phone.end - phone.start).0 / 2)
}

fn mean(values: &[f32]) -> Option<f32> {
    crate::analysis::mean(values.iter().copied())
}

fn rounded(value: f32) -> f64 {
    (f64::from(value) * 1000.0).round() / 1000.0
}
