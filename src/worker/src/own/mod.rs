//! What is asked about models that the user brought.

mod apply;
mod examine;
mod lift;

use std::path::PathBuf;

use fieldgloss::analysis::FrameObservation;
use fieldgloss::analysis::models::Region;
use fieldgloss::analysis::models::said::Said;
use fieldgloss::analysis::speech::SPEECH_RATE;
use fieldgloss::analysis::speech::own::Window;
use fieldgloss::domain::{Span, Time};
use fieldgloss::jobs::protocol::Fault;
use fieldgloss_worker::models::Picture;
use fieldgloss_worker::models::own::{OwnError, OwnModel};

pub use apply::{apply, judge};
pub use examine::examine;
pub use lift::lift;

use crate::serve::{Stop, failed};

/// Turns what is wrong with a model into an answer.
fn stop(error: OwnError) -> Stop {
    failed(Fault::Model, error)
}

/// Loads the models in these folders.
pub fn load(folders: &[PathBuf]) -> Result<Vec<OwnModel>, Stop> {
    folders.iter().map(|folder| OwnModel::load(folder).map_err(stop)).collect()
}

/// Adds what the models say about the faces and bodies of a frame.
pub fn look(models: &[OwnModel], picture: &Picture<'_>, seen: &mut FrameObservation) -> Result<(), Stop> {
    for model in models {
        match model.region() {
            Some(Region::Face) => {
                for face in &mut seen.faces {
                    let readings = model.look_at_face(picture, face).map_err(stop)?;
                    face.own.extend(readings);
                }
            }
            Some(Region::Body) => {
                for body in &mut seen.bodies {
                    let readings = model.look_at(picture, &body.bbox).map_err(stop)?;
                    body.own.extend(readings);
                }
            }
            Some(Region::Hand) => {
                for body in &mut seen.bodies {
                    let readings = model.look_at_hand(picture, &body.keypoints).map_err(stop)?;
                    body.own.extend(readings);
                }
            }
            Some(Region::Frame) | None => {}
        }
    }
    Ok(())
}

/// What the models say about the windows of a stretch of speech, samples at [`SPEECH_RATE`] from `start` on.
pub fn hear(models: &[OwnModel], samples: &[f32], start: Time) -> Result<Vec<Window>, Stop> {
    let mut said = Vec::new();
    for model in models.iter().filter(|model| model.hears()) {
        let own = at_rate(samples, SPEECH_RATE, model.rate());
        let at = |sample: usize| start + Time((sample as f64 / f64::from(model.rate()) * 1e9) as i64);
        for (from, length) in model.windows(own.len()) {
            let Some(piece) = own.get(from..from + length).filter(|piece| !piece.is_empty()) else { continue };
            let span = Span::new(at(from), at(from + length));
            let mut window =
                Window { model: model.card().name.clone(), span, numbers: Vec::new(), text: None, confidence: 0.0 };
            match model.hear(piece).map_err(stop)? {
                Said::Shares(numbers) | Said::Curve(numbers) => window.numbers = numbers,
                Said::Text { text, confidence } => (window.text, window.confidence) = (Some(text), confidence),
                Said::Points(_) | Said::Boxes(_) => {}
            }
            said.push(window);
        }
    }
    Ok(said)
}

/// Samples at another rate: between samples by straight lines, over several by their mean.
fn at_rate(samples: &[f32], from: u32, to: u32) -> Vec<f32> {
    if from == to || samples.is_empty() {
        return samples.to_vec();
    }
    let scale = f64::from(from) / f64::from(to);
    let count = (samples.len() as f64 / scale) as usize;
    let reach = scale.max(1.0) / 2.0;
    let of = |out: usize| {
        let middle = (out as f64 + 0.5) * scale - 0.5;
        if scale <= 1.0 {
            let left = middle.floor().max(0.0) as usize;
            let part = (middle - left as f64).clamp(0.0, 1.0) as f32;
            let at = |i: usize| samples[i.min(samples.len() - 1)];
            return at(left) * (1.0 - part) + at(left + 1) * part;
        }
        let first = (middle - reach + 0.5).max(0.0) as usize;
        let last = ((middle + reach + 0.5) as usize).clamp(first + 1, samples.len().max(first + 1));
        let piece = samples.get(first..last.min(samples.len())).unwrap_or_default();
        piece.iter().sum::<f32>() / piece.len().max(1) as f32
    };
    (0..count).map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_keeps_its_pitch_at_another_rate() {
        let tone = |rate: u32| -> Vec<f32> {
            (0..rate / 4).map(|i| (i as f32 / rate as f32 * 440.0 * std::f32::consts::TAU).sin()).collect()
        };
        for rate in [8_000, 22_050, 48_000] {
            let made = at_rate(&tone(16_000), 16_000, rate);
            let wanted = tone(rate);
            let middle = 500..made.len().min(wanted.len()) - 500;
            let off = middle.clone().map(|i| (made[i] - wanted[i]).abs()).fold(0.0, f32::max);
            assert!(off < 0.12, "{rate}: {off}");
        }
    }
}
