//! Models that take sound: Wav2Small, and models with a card.

use fieldgloss::analysis::models::AudioInput;
use fieldgloss::analysis::models::InputSpec;
use fieldgloss::analysis::models::said::Said;
use fieldgloss::analysis::networks::wav2small;
use tch::Tensor;

use super::super::nets::NetName;
use super::{OwnError, OwnModel, numbers};

/// Sound as a model takes it, made ready as its card says.
pub(super) fn tensor(audio: &AudioInput, samples: &[f32]) -> Result<Tensor, OwnError> {
    let ready = audio.prepare(samples);
    let count = ready.len() as i64;
    let shape: &[i64] = if audio.channel { &[1, 1, count] } else { &[1, count] };
    Ok(Tensor::f_from_slice(&ready)?.f_reshape(shape)?)
}

impl OwnModel {
    /// Whether it takes sound.
    pub fn hears(&self) -> bool {
        match self.network() {
            Some(network) => network.name() == NetName::Wav2Small,
            None => matches!(self.card.input, Some(InputSpec::Audio(_))),
        }
    }

    /// Samples a second that it takes.
    pub fn rate(&self) -> u32 {
        match &self.card.input {
            Some(InputSpec::Audio(audio)) => audio.rate,
            _ => wav2small::RATE,
        }
    }

    /// First sample and length of each window that it hears of a stretch, at [`Self::rate`].
    pub fn windows(&self, samples: usize) -> Vec<(usize, usize)> {
        match &self.card.input {
            Some(InputSpec::Audio(audio)) => match audio.window() {
                // A stretch shorter than the window is filled with silence.
                Some(window) if samples <= window => vec![(0, samples)],
                Some(window) => wav2small::spread(samples, window, audio.step(), 1),
                None => vec![(0, samples)],
            },
            _ => wav2small::windows(samples),
        }
    }

    /// What it says about a window at [`Self::rate`].
    ///
    /// # Errors
    /// As [`OwnModel::ask`]; a model that takes no sound.
    pub fn hear(&self, samples: &[f32]) -> Result<Said, OwnError> {
        if self.network().is_some_and(|network| network.name() == NetName::Wav2Small) {
            let input = Tensor::f_from_slice(&wav2small::normalise(samples))?.f_reshape([1, -1])?;
            let outputs = self.run(&[input])?;
            let (_, value) = outputs.first().ok_or(OwnError::NoInput)?;
            return Ok(Said::Curve(numbers(value)?));
        }
        let Some(InputSpec::Audio(audio)) = &self.card.input else { return Err(self.takes_other("sound")) };
        let mut window = samples.to_vec();
        if let Some(count) = audio.window() {
            window.resize(count, 0.0);
        }
        self.ask(&[tensor(audio, &window)?], [1.0, 1.0])
    }

    pub(super) fn takes_other(&self, given: &'static str) -> OwnError {
        let takes = match &self.card.input {
            Some(input) => input.kind().to_owned(),
            None => format!("what {} takes", self.card.network),
        };
        OwnError::Kind { name: self.card.name.clone(), takes, given }
    }
}
