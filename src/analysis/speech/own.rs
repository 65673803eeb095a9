//! What models of the user's own said about speech, as channels of the voices' tracks and as proposals.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::SpeechObservation;
use super::proposals::Heard;
use super::rounded;
use crate::analysis::models::{ModelCard, OwnChannel, channels, propose};
use crate::domain::{Channel, Span, Tag, Time, Track, TrackSamples};

/// What a model said about one window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Window {
    /// The model's name.
    pub model: String,
    /// In the media file.
    pub span: Span,
    /// A share for each label, or a number for each name.
    #[serde(with = "rounded", default)]
    pub numbers: Vec<f32>,
    /// What was read out of it, where the model gives text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// How sure the text is.
    #[serde(default)]
    pub confidence: f32,
}

/// Adds the models' channels and proposals to what was heard.
pub fn add<'a>(
    heard: &mut Heard,
    stretches: &[SpeechObservation],
    cards: impl Iterator<Item = &'a ModelCard>,
    offset: Time,
) {
    for card in cards {
        let of_model = stretches.iter().flat_map(|s| &s.own).filter(|w| w.model == card.name);
        let windows: Vec<&Window> = of_model.collect();
        for (track, samples) in heard.tracks.iter().zip(&mut heard.samples) {
            let made = channels_of(card, &windows, &samples.times, offset);
            samples.channels.extend(made);
            heard.tags.extend(propose::propose(track, samples, card));
            heard.tags.extend(texts(track, samples, &windows, card, offset));
        }
    }
    heard.tags.sort_by(|a, b| (a.start, a.end, &a.label).cmp(&(b.start, b.end, &b.label)));
}

/// At each moment what was said about the window whose middle is nearest, of those that hold it.
fn channels_of(card: &ModelCard, windows: &[&Window], times: &[Time], offset: Time) -> Vec<Channel> {
    let named = channels(card);
    let count: usize = named.iter().map(|channel| channel.names.len()).sum();
    let fitting: Vec<&Window> = windows.iter().copied().filter(|w| w.numbers.len() == count).collect();
    if fitting.is_empty() || count == 0 {
        return Vec::new();
    }
    let middle = |w: &Window| Time(w.span.start.0 / 2 + w.span.end.0 / 2) + offset;
    let mut from = 0;
    let mut nearest = Vec::with_capacity(times.len());
    for &time in times {
        // Windows come in order: those that ended before are done with.
        while fitting.get(from).is_some_and(|w| w.span.end + offset < time) {
            from += 1;
        }
        let holding = fitting[from..].iter().take_while(|w| w.span.start + offset <= time);
        nearest.push(holding.filter(|w| w.span.end + offset >= time).min_by_key(|w| (middle(w) - time).0.abs()));
    }
    let mut first = 0;
    let channel = |named: OwnChannel| {
        let width = named.names.len();
        let own = first..first + width;
        first += width;
        let row = |window: &Option<&&Window>| match window {
            Some(window) => window.numbers[own.clone()].to_vec(),
            None => vec![f32::NAN; width],
        };
        Channel { name: named.channel, width, step: 0.001, values: nearest.iter().flat_map(row).collect() }
    };
    named.into_iter().map(channel).collect()
}

/// A proposal for each window's text whose middle lies in the track's turns.
fn texts(track: &Track, samples: &TrackSamples, windows: &[&Window], card: &ModelCard, offset: Time) -> Vec<Tag> {
    let spoken = |time: Time| {
        let at = samples.times.partition_point(|t| *t < time);
        let near = |at: usize| samples.times.get(at).is_some_and(|t| (*t - time).0.abs() <= 20_000_000);
        near(at) || at.checked_sub(1).is_some_and(near)
    };
    let threshold = card.output.as_ref().map_or(0.0, |output| output.threshold);
    let mut tags = Vec::new();
    for window in windows {
        let Some(text) = window.text.as_ref().filter(|text| !text.trim().is_empty()) else { continue };
        let middle = Time(window.span.start.0 / 2 + window.span.end.0 / 2) + offset;
        if window.confidence < threshold || !spoken(middle) {
            continue;
        }
        tags.push(Tag::proposed(
            (track.run, track.id),
            format!("{}.text", card.name),
            Span { start: window.span.start + offset, end: window.span.end + offset },
            window.confidence,
            json!({ "text": text, "model": card.name, "version": card.version_or_date(), "doubts": [] }),
        ));
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{RunId, TrackId, TrackKind};

    fn heard(millis: std::ops::Range<i64>) -> Heard {
        let times: Vec<Time> = millis.step_by(10).map(Time::from_millis).collect();
        let (start, end) = (times[0], times[times.len() - 1]);
        let (id, run, kind) = (TrackId::new(), RunId::new(), TrackKind::Voice);
        let samples = times.len() as i64;
        let track = Track { id, run, kind, number: 1, person: None, start, end, samples, residue: Default::default() };
        let samples = vec![TrackSamples { times, channels: Vec::new() }];
        Heard { tracks: vec![track], voices: vec![0], samples, tags: Vec::new() }
    }

    fn window(start: i64, end: i64, numbers: &[f32]) -> Window {
        let span = Span::new(Time::from_millis(start), Time::from_millis(end));
        Window { model: "mood".into(), span, numbers: numbers.to_vec(), text: None, confidence: 0.0 }
    }

    #[test]
    fn windows_become_a_curve_and_a_proposal_on_the_voices_track() {
        let card = ModelCard::parse(
            "name = \"mood\"\nlicence = \"MIT\"\nlabels = [\"calm\", \"lively\"]\n[input]\nkind = \"audio\"\nrate = 16000\nseconds = 1.0\n[output]\nkind = \"labels\"\nthreshold = 0.6\nquiet = [\"calm\"]\n",
        )
        .unwrap();
        let own = vec![window(0, 1000, &[0.9, 0.1]), window(500, 1500, &[0.2, 0.8]), window(1000, 2000, &[0.3, 0.7])];
        let stretch = SpeechObservation { own, ..Default::default() };
        let mut heard = heard(5000..7000);
        add(&mut heard, &[stretch], std::iter::once(&card), Time::from_millis(5000));
        let channel = heard.samples[0].channel("own.mood").unwrap();
        assert_eq!(channel.sample(10).unwrap(), [0.9, 0.1]);
        assert_eq!(channel.sample(100).unwrap(), [0.2, 0.8]);
        let [tag] = &heard.tags[..] else { panic!("{:?}", heard.tags) };
        assert_eq!(tag.label, "mood.lively");
        assert!(tag.start >= Time::from_millis(5740) && tag.start <= Time::from_millis(5760), "{}", tag.start);
    }
}
