//! Speech: where somebody speaks, who, and in which phones. Plain arithmetic over what the sound networks answer.

pub mod own;
pub mod phones;
pub mod proposals;
pub mod turns;
pub mod voices;
pub mod voicing;

use serde::{Deserialize, Serialize};

pub use phones::{Phone, decode, line};
pub use turns::{Turn, TurnSettings, turns};
pub use voices::{VoiceSettings, Voices, tell_apart};
pub use voicing::{Voicing, VoicingSettings};

use crate::domain::{Span, Time};

/// Samples a second that the sound networks take.
pub const SPEECH_RATE: u32 = 16_000;
/// Samples of one probability of speech: 32 ms.
pub const BLOCK: usize = 512;
/// Numbers of one voiceprint.
pub const PRINT: usize = 256;

/// A voice over a second and a half, as a direction of unit length.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VoiceWindow {
    pub span: Span,
    #[serde(with = "rounded")]
    pub print: Vec<f32>,
}

/// One stretch of speech, as the worker reports it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SpeechObservation {
    /// In the media file.
    pub start: Time,
    pub end: Time,
    /// Probability of speech, one a block, from `start` on.
    #[serde(with = "rounded")]
    pub probabilities: Vec<f32>,
    /// Pitch in Hz every [`PITCH_STEP`], from `start` on; NaN where there is none.
    #[serde(with = "rounded")]
    pub pitch: Vec<f32>,
    /// Windows in order of time; empty without the voiceprint model.
    pub windows: Vec<VoiceWindow>,
    /// Phones in order of time; empty without the phone model.
    pub phones: Vec<Phone>,
    /// What models of the user's own said about windows of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own: Vec<own::Window>,
}

/// Between two values of pitch.
pub const PITCH_STEP: Time = Time::from_millis(10);
/// Between two probabilities of speech.
pub const BLOCK_STEP: Time = Time(BLOCK as i64 * 1_000_000_000 / SPEECH_RATE as i64);

impl SpeechObservation {
    /// Checks what the arithmetic relies on. `Err` says what is off.
    ///
    /// # Errors
    /// A stretch that ends before it starts, a window of another size, values that are no numbers.
    pub fn check(&self) -> Result<(), String> {
        if self.end <= self.start {
            return Err("a stretch of speech that ends before it starts".to_owned());
        }
        for window in &self.windows {
            if window.print.len() != PRINT || window.print.iter().any(|v| !v.is_finite()) {
                return Err("a voiceprint that is not made of 256 numbers".to_owned());
            }
            if window.span.end <= window.span.start {
                return Err("a voiceprint of no time".to_owned());
            }
        }
        if self.phones.iter().any(|p| p.end < p.start || !p.probability.is_finite()) {
            return Err("a phone that ends before it starts".to_owned());
        }
        Ok(())
    }
}

/// Numbers to four places, `null` where there is none.
mod rounded {
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(values: &[f32], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(values.iter().map(|v| v.is_finite().then(|| (f64::from(*v) * 1e4).round() / 1e4)))
    }
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<f32>, D::Error> {
        let values = Vec::<Option<f32>>::deserialize(from)?;
        Ok(values.into_iter().map(|v| v.unwrap_or(f32::NAN)).collect())
    }
}
