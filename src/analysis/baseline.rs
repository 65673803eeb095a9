//! A person's neutral face: what the expression networks say of it is taken off what they say later.
//!
//! Some faces at rest resemble sadness or anger to a network. Where the user shows it a moment that is neutral, each
//! other class is counted from there: (p − n) / (1 − n), nothing below zero, and neutral is what is left. A score of 1
//! stays 1, the neutral face itself becomes wholly neutral. The stored scores stay as they are.

use serde::{Deserialize, Serialize};

use super::intervals::mean;
use super::proposals::AbstainSettings;
use crate::domain::{Time, TrackSamples};

/// Channels of classes, in the order of [`Neutral::scores`].
pub const NETS: [&str; 2] = ["expression.faceapi", "expression.human"];
/// Measures told as distances from the neutral face.
pub const GEOMETRY: [&str; 4] =
    ["measure.brow_height.left", "measure.brow_height.right", "measure.mouth_open", "measure.mouth_width"];
/// Samples this near to the moment are averaged, seconds.
const AROUND_SECS: f64 = 0.25;

/// What is taken for neutral.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Neutral {
    /// The moment the user chose, on the session's timeline.
    pub at: Time,
    /// Of each network, where it was run: seven classes, neutral first.
    pub scores: [Option<[f32; 7]>; 2],
    /// Of each of [`GEOMETRY`], where it was measured.
    pub geometry: [Option<f32>; 4],
}

impl Neutral {
    /// Reads the face of a track at a moment; `Err` says why it cannot serve.
    ///
    /// # Errors
    /// When no face is seen there, it is turned or small, or no network of expressions was run.
    pub fn read(samples: &TrackSamples, at: Time, limits: &AbstainSettings) -> Result<Self, &'static str> {
        let times = &samples.times;
        let near: Vec<usize> = (0..times.len()).filter(|i| (times[*i] - at).secs().abs() <= AROUND_SECS).collect();
        if near.is_empty() {
            return Err("this face is not seen at that moment");
        }
        let value = |name: &str, i: usize| samples.channel(name).and_then(|c| c.sample(i)?.first().copied());
        let fit: Vec<usize> = near
            .into_iter()
            .filter(|i| {
                let turned = |name, most| value(name, *i).is_none_or(|v| v.is_nan() || v.abs() > most);
                let box_row = samples.channel("box").and_then(|c| c.sample(*i));
                let small = box_row.is_some_and(|b| b.len() == 4 && b[2].min(b[3]) < limits.min_size);
                !turned("measure.head_yaw", limits.max_yaw) && !turned("measure.head_pitch", limits.max_pitch) && !small
            })
            .collect();
        if fit.is_empty() {
            return Err("the face is turned away, too small, or its landmarks were not found at that moment");
        }
        let scores = NETS.map(|net| {
            let channel = samples.channel(net).filter(|c| c.width == 7)?;
            let rows: Vec<&[f32]> =
                fit.iter().filter_map(|i| channel.sample(*i)).filter(|row| row[0].is_finite()).collect();
            let class = |c: usize| mean(rows.iter().map(|row| row[c])).unwrap_or(0.0);
            (!rows.is_empty()).then(|| std::array::from_fn(class))
        });
        if scores.iter().all(Option::is_none) {
            return Err("no network of expressions was run");
        }
        let geometry = GEOMETRY.map(|name| mean(fit.iter().filter_map(|i| value(name, *i))));
        Ok(Self { at, scores, geometry })
    }

    /// How high the brows stand, where both were measured.
    pub fn brows(&self) -> Option<f32> {
        let [left, right, ..] = self.geometry;
        Some((left? + right?) / 2.0)
    }

    /// Takes the neutral face off the classes of a track's samples.
    pub fn take_off(&self, samples: &mut TrackSamples) {
        for (net, neutral) in NETS.iter().zip(&self.scores) {
            let Some(neutral) = neutral else { continue };
            let Some(channel) = samples.channels.iter_mut().find(|c| c.name == *net && c.width == 7) else { continue };
            for row in channel.values.chunks_exact_mut(7) {
                from(row, neutral);
            }
        }
    }

    /// How far a measure is from the neutral face within some samples, by name.
    pub fn distances(
        &self,
        samples: &TrackSamples,
        within: impl Fn(Time) -> bool,
    ) -> serde_json::Map<String, serde_json::Value> {
        let rows: Vec<usize> = (0..samples.times.len()).filter(|i| within(samples.times[*i])).collect();
        let mut told = serde_json::Map::new();
        for (name, neutral) in GEOMETRY.iter().zip(&self.geometry) {
            let now =
                samples.channel(name).and_then(|c| mean(rows.iter().filter_map(|i| c.sample(*i)?.first().copied())));
            if let Some((now, neutral)) = now.zip(*neutral) {
                let apart = (f64::from(now - neutral) * 1000.0).round() / 1000.0;
                told.insert((*name).trim_start_matches("measure.").to_owned(), apart.into());
            }
        }
        told
    }
}

/// Seven classes counted from the neutral face's, neutral first.
fn from(row: &mut [f32], neutral: &[f32; 7]) {
    if !row.iter().all(|v| v.is_finite()) {
        return;
    }
    for (value, rest) in row.iter_mut().zip(neutral).skip(1) {
        let room = 1.0 - rest;
        *value = if room > 1e-3 { ((*value - rest) / room).clamp(0.0, 1.0) } else { 0.0 };
    }
    let others: f32 = row[1..].iter().sum();
    if others > 1.0 {
        row[1..].iter_mut().for_each(|value| *value /= others);
    }
    row[0] = (1.0 - others).max(0.0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Channel;

    /// Half a second at rest, where the network says sadness 0.5, then half a second of sadness 0.9.
    fn samples(yaw: f32) -> TrackSamples {
        let times: Vec<Time> = (0..25).map(|i| Time::from_millis(i * 40)).collect();
        let sad = |i: usize| if i < 12 { 0.5 } else { 0.9 };
        let scores = (0..25).flat_map(|i| [1.0 - sad(i), 0.0, sad(i), 0.0, 0.0, 0.0, 0.0]).collect();
        let channel = |name: &str, width, values| Channel { name: name.into(), width, step: 0.001, values };
        TrackSamples {
            times,
            channels: vec![
                channel("expression.human", 7, scores),
                channel("measure.head_yaw", 1, vec![yaw; 25]),
                channel("measure.head_pitch", 1, vec![0.0; 25]),
                channel("measure.mouth_open", 1, (0..25).map(|i| if i < 12 { 0.1 } else { 0.3 }).collect()),
            ],
        }
    }

    #[test]
    fn the_neutral_face_becomes_neutral_and_a_full_score_stays() {
        let mut samples = samples(0.0);
        let neutral = Neutral::read(&samples, Time::from_millis(200), &AbstainSettings::default()).unwrap();
        let far = neutral.distances(&samples, |time| time.millis() >= 600);
        assert!((far["mouth_open"].as_f64().unwrap() - 0.2).abs() < 1e-3);
        neutral.take_off(&mut samples);
        let channel = samples.channel("expression.human").unwrap();
        assert_eq!(channel.sample(2).unwrap(), [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        let sad = channel.sample(20).unwrap();
        assert!((sad[2] - 0.8).abs() < 1e-5 && (sad[0] - 0.2).abs() < 1e-5, "{sad:?}");
        let mut full = [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0];
        from(&mut full, &[0.5, 0.0, 0.5, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(full[2], 1.0);
    }

    #[test]
    fn a_turned_or_absent_face_is_no_neutral_one() {
        let limits = AbstainSettings::default();
        assert!(Neutral::read(&samples(60.0), Time::from_millis(200), &limits).unwrap_err().contains("turned"));
        assert!(Neutral::read(&samples(0.0), Time::from_millis(9_000), &limits).unwrap_err().contains("not seen"));
    }
}
