//! Who speaks when: stretches of speech parted where the voice changes.

use serde::{Deserialize, Serialize};

use super::voices::{Voices, cosine};
use super::{SpeechObservation, VoiceWindow};
use crate::domain::Time;

/// What counts as a turn.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TurnSettings {
    /// Within a stretch of speech another voice must be heard this long, seconds (0.6), to be a turn of its own.
    pub min_secs: f64,
}

impl Default for TurnSettings {
    fn default() -> Self {
        Self { min_secs: 0.6 }
    }
}

/// One person speaking, without a pause or for as long as the stretch lasts.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// In the media file.
    pub start: Time,
    pub end: Time,
    /// Number of the voice, from 0; `None` when no voiceprint was taken at all.
    pub voice: Option<usize>,
    /// Mean cosine to the voice's own print, and to the most alike of the others; NaN where there is none.
    pub likeness: f32,
    pub next_likeness: f32,
    /// The stretch it is part of.
    pub stretch: usize,
}

/// The turns of stretches in order of time. `voices.of` runs over the windows of all stretches, in order.
pub fn turns(stretches: &[SpeechObservation], voices: &Voices, settings: &TurnSettings) -> Vec<Turn> {
    let mut turns: Vec<Turn> = Vec::new();
    let mut seen = 0;
    for (stretch, speech) in stretches.iter().enumerate() {
        let of = voices.of.get(seen..seen + speech.windows.len()).unwrap_or_default();
        seen += speech.windows.len();
        let mut pieces = pieces(speech, of);
        absorb_short(&mut pieces, settings.min_secs);
        for (start, end, voice) in pieces {
            let likeness = |to: usize| likeness(&speech.windows, start, end, &voices.prints[to]);
            let own = voice.map_or(f32::NAN, likeness);
            let others = (0..voices.prints.len()).filter(|v| Some(*v) != voice).map(likeness);
            let next = if voice.is_some() { others.fold(f32::NAN, f32::max) } else { f32::NAN };
            turns.push(Turn { start, end, voice, likeness: own, next_likeness: next, stretch });
        }
    }
    // Too short for a voiceprint: most likely whoever spoke nearest.
    for at in 0..turns.len() {
        if turns[at].voice.is_none() {
            let before = turns[..at].iter().rev().find(|t| t.likeness.is_finite());
            let after = turns[at + 1..].iter().find(|t| t.likeness.is_finite());
            let gap = |t: &Turn| (turns[at].start - t.end).max(t.start - turns[at].end);
            turns[at].voice = match (before, after) {
                (Some(b), Some(a)) => {
                    if gap(a) < gap(b) {
                        a.voice
                    } else {
                        b.voice
                    }
                }
                (one, other) => one.or(other).and_then(|t| t.voice),
            };
        }
    }
    turns
}

type Piece = (Time, Time, Option<usize>);

/// A stretch parted half-way between the middles of windows of different voices.
fn pieces(speech: &SpeechObservation, of: &[usize]) -> Vec<Piece> {
    let middle = |w: &VoiceWindow| w.span.start + Time((w.span.end - w.span.start).0 / 2);
    let Some(first) = of.first() else { return vec![(speech.start, speech.end, None)] };
    let mut pieces = Vec::new();
    let (mut start, mut voice) = (speech.start, *first);
    for (pair, next) in speech.windows.windows(2).zip(&of[1..]) {
        if *next != voice {
            let (a, b) = (middle(&pair[0]), middle(&pair[1]));
            let border = (a + Time((b - a).0 / 2)).max(start).min(speech.end);
            pieces.push((start, border, Some(voice)));
            (start, voice) = (border, *next);
        }
    }
    pieces.push((start, speech.end, Some(voice)));
    pieces
}

/// Takes the shortest piece that is too short into its longer neighbour, again and again.
fn absorb_short(pieces: &mut Vec<Piece>, min_secs: f64) {
    while pieces.len() > 1 {
        let length = |p: &Piece| p.1 - p.0;
        let Some(at) = (0..pieces.len()).min_by_key(|at| (length(&pieces[*at]), *at)) else { return };
        if length(&pieces[at]).secs() >= min_secs {
            return;
        }
        let (start, end, _) = pieces.remove(at);
        let left = at.checked_sub(1);
        let right = (at < pieces.len()).then_some(at);
        let into = match (left, right) {
            (Some(l), Some(r)) if length(&pieces[r]) > length(&pieces[l]) => r,
            (Some(l), _) => l,
            (None, _) => 0,
        };
        pieces[into].0 = pieces[into].0.min(start);
        pieces[into].1 = pieces[into].1.max(end);
        // Neighbours of one voice are one piece again.
        pieces.dedup_by(|next, before| {
            let same = next.2 == before.2;
            if same {
                before.1 = next.1;
            }
            same
        });
    }
}

/// Mean cosine between a voice and the windows whose middle lies in a span; all that touch it where none does.
fn likeness(windows: &[VoiceWindow], start: Time, end: Time, print: &[f32]) -> f32 {
    let middle = |w: &VoiceWindow| w.span.start + Time((w.span.end - w.span.start).0 / 2);
    let mean = |inside: &dyn Fn(&VoiceWindow) -> bool| {
        let (sum, n) = windows
            .iter()
            .filter(|w| inside(w))
            .fold((0.0, 0.0_f32), |(sum, n), w| (sum + cosine(&w.print, print), n + 1.0));
        if n > 0.0 { sum / n } else { f32::NAN }
    };
    let within = mean(&|w| middle(w) >= start && middle(w) < end);
    if within.is_finite() { within } else { mean(&|w| w.span.end > start && w.span.start < end) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Span;

    /// A stretch with a window every 400 ms, of these voices.
    fn stretch(start: i64, of: &[usize]) -> SpeechObservation {
        let at = |ms: i64| Time::from_millis(start + ms);
        let windows = of.iter().enumerate().map(|(i, voice)| {
            let mut print = vec![0.0; 256];
            print[*voice] = 1.0;
            VoiceWindow { span: Span::new(at(i as i64 * 400), at(i as i64 * 400 + 1600)), print }
        });
        let end = at(if of.is_empty() { 300 } else { (of.len() as i64 - 1) * 400 + 1600 });
        SpeechObservation { start: at(0), end, windows: windows.collect(), ..Default::default() }
    }

    fn voices(of: &[usize]) -> Voices {
        let axis = |v: usize| (0..256).map(|i| if i == v { 1.0 } else { 0.0 }).collect();
        Voices { prints: vec![axis(0), axis(1)], of: of.to_vec() }
    }

    #[test]
    fn a_change_of_voice_parts_a_stretch() {
        let of = [0, 0, 0, 0, 1, 1, 1, 1];
        let found = turns(&[stretch(1000, &of)], &voices(&of), &TurnSettings::default());
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].end, Time::from_millis(1000 + (1200 + 1600) / 2 + 800));
        assert_eq!((found[0].end, found[1].end), (found[1].start, Time::from_millis(5400)));
        assert_eq!((found[0].voice, found[1].voice), (Some(0), Some(1)));
        assert!((found[0].likeness - 1.0).abs() < 1e-6 && found[0].next_likeness.abs() < 1e-6);
    }

    #[test]
    fn a_flicker_is_no_turn_and_a_short_cry_goes_to_who_is_nearest() {
        let of = [0, 0, 0, 1, 0, 0, 0];
        let all = [stretch(0, &of), stretch(4500, &[]), stretch(9000, &[1, 1])];
        let found = turns(&all, &voices(&[&of[..], &[1, 1]].concat()), &TurnSettings::default());
        assert_eq!(found.iter().map(|t| t.voice).collect::<Vec<_>>(), [Some(0), Some(0), Some(1)]);
        assert!(found[1].likeness.is_nan());
    }

    #[test]
    fn without_voiceprints_there_are_stretches_and_nobody() {
        let found = turns(&[stretch(0, &[])], &Voices::default(), &TurnSettings::default());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].voice, None);
    }
}
