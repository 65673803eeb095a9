//! Speech: where it is, which phones, whose voice. Samples are 16 kHz mono, -1..1.

use fieldgloss::analysis::speech::{BLOCK, PRINT, SPEECH_RATE};

use super::{ModelError, ModelName, Networks};

/// Samples of a block that the voice activity network sees again.
const BEFORE: usize = 64;
const STATE: usize = 128;
/// Samples of a voiceprint's window.
pub const WINDOW: usize = 25_600;
/// What a window needs before and after it, for its first and last spectrum.
const WINDOW_BEFORE: usize = 200;
const WINDOW_AFTER: usize = 40;
/// Shorter windows say nothing about a voice: 0.3 s.
const LEAST_WINDOW: usize = 4800;
/// A stretch shorter than this has no spectrum for the phone recogniser.
const LEAST_STRETCH: usize = 400;
/// Softer windows are brought to this level (-30 dB), as in training; louder ones stay.
const LEVEL: f32 = 0.031_622_78;

/// What the voice activity network remembers between blocks.
#[derive(Clone, Debug)]
pub struct VoiceState {
    h: Vec<f32>,
    c: Vec<f32>,
    before: Vec<f32>,
}

impl Default for VoiceState {
    fn default() -> Self {
        Self { h: vec![0.0; STATE], c: vec![0.0; STATE], before: vec![0.0; BEFORE] }
    }
}

/// The phone recogniser's answer: log-probabilities, frames × labels.
#[derive(Clone, Debug, Default)]
pub struct PhoneFrames {
    pub log_probabilities: Vec<f32>,
}

impl Networks {
    /// The probability of speech in each block of [`BLOCK`] samples; what is over at the end is passed over. Blocks follow each
    /// other: `state` carries from call to call.
    ///
    /// # Errors
    /// [`ModelError::NotLoaded`]; whatever running it gives.
    pub fn voice_activity(&self, state: &mut VoiceState, samples: &[f32]) -> Result<Vec<f32>, ModelError> {
        let module = self.module(ModelName::VoiceActivity)?;
        let (blocks, _) = samples.as_chunks::<BLOCK>();
        if blocks.is_empty() {
            return Ok(Vec::new());
        }
        let mut input = Vec::with_capacity(blocks.len() * (BEFORE + BLOCK));
        for block in blocks {
            input.extend_from_slice(&state.before);
            input.extend_from_slice(block);
            state.before.copy_from_slice(&block[BLOCK - BEFORE..]);
        }
        let shape = [1, 1, STATE];
        let outputs =
            module.run(&[(&input, &[blocks.len(), BEFORE + BLOCK]), (&state.h, &shape), (&state.c, &shape)])?;
        match <[Vec<f32>; 3]>::try_from(outputs) {
            Ok([probabilities, h, c]) if probabilities.len() == blocks.len() => {
                (state.h, state.c) = (h, c);
                Ok(probabilities)
            }
            _ => Err(module.unexpected("a probability a block", "another number")),
        }
    }

    /// The log-probability of every label in every 20 ms of a stretch; nothing for less than 25 ms.
    ///
    /// # Errors
    /// As for [`Self::voice_activity`].
    pub fn phones(&self, samples: &[f32]) -> Result<PhoneFrames, ModelError> {
        let module = self.module(ModelName::Phones)?;
        if samples.len() < LEAST_STRETCH {
            return Ok(PhoneFrames::default());
        }
        let outputs = module.run(&[(samples, &[1, samples.len()])])?;
        let log_probabilities = outputs.into_iter().next().unwrap_or_default();
        if !log_probabilities.len().is_multiple_of(module.card().labels.len().max(1)) {
            return Err(module.unexpected("a number a label and frame", "another number"));
        }
        Ok(PhoneFrames { log_probabilities })
    }

    /// What the phone recogniser's numbers stand for; empty when it is not loaded.
    pub fn phone_labels(&self) -> &[String] {
        self.card(ModelName::Phones).map_or(&[], |card| &card.labels)
    }

    /// The voiceprint of `length` samples from `start` in a stretch; `None` where they are too few or silent. What lies outside the
    /// stretch counts as silence.
    ///
    /// # Errors
    /// As for [`Self::voice_activity`].
    pub fn voiceprint(&self, stretch: &[f32], start: usize, length: usize) -> Result<Option<Vec<f32>>, ModelError> {
        let module = self.module(ModelName::Voiceprint)?;
        let Some(window) = stretch.get(start..start.saturating_add(length)) else { return Ok(None) };
        let power = window.iter().map(|v| f64::from(v * v)).sum::<f64>() / window.len().max(1) as f64;
        let level = power.sqrt() as f32;
        if window.len() < LEAST_WINDOW || !level.is_finite() || level < 1e-5 {
            return Ok(None);
        }
        let gain = (LEVEL / level).max(1.0);
        let at = |place: usize| {
            let inside = (start + place).checked_sub(WINDOW_BEFORE).and_then(|place| stretch.get(place));
            inside.map_or(0.0, |sample| sample * gain)
        };
        // A whole number of spectra: 10 ms each.
        let whole = length / 160 * 160;
        let input: Vec<f32> = (0..whole + WINDOW_BEFORE + WINDOW_AFTER).map(at).collect();
        let print = module.run(&[(&input, &[1, input.len()])])?.into_iter().next().unwrap_or_default();
        if print.len() != PRINT {
            return Err(module.unexpected("256 numbers a voiceprint", &print.len().to_string()));
        }
        Ok(print.iter().all(|v| v.is_finite()).then_some(print))
    }

    pub(super) fn hear_a_second(&self, name: ModelName) -> Result<(), ModelError> {
        // Noise costs a network no more and no less than speech.
        let noise = |i: u32| (i.wrapping_mul(2_654_435_761) >> 8) as f32 / (1 << 24) as f32 - 0.5;
        let samples: Vec<f32> = (0..SPEECH_RATE).map(noise).collect();
        match name {
            ModelName::VoiceActivity => self.voice_activity(&mut VoiceState::default(), &samples).map(|_| ()),
            ModelName::Phones => self.phones(&samples).map(|_| ()),
            _ => self.voiceprint(&samples, 0, samples.len()).map(|_| ()),
        }
    }
}
