//! The One-Euro filter (Casiez, Roussel & Vogel 2012): a low-pass filter whose cutoff rises with speed, so that a hand at
//! rest does not tremble and a quick one does not lag.
//!
//! What is stored stays raw; curves are filtered when they are read. The filter looks back, never ahead, so where it
//! begins matters: a reader begins [`WARM_UP`] earlier than what it shows. What came before that still shows by less
//! than two thousandths at the usual settings; a track that itself begins later has no earlier samples, and its first
//! values are its own raw ones.

use serde::{Deserialize, Serialize};

use crate::domain::Time;

/// How the filter is set.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OneEuro {
    /// Off: curves are read as they are.
    pub on: bool,
    /// Cutoff at rest, Hz (1.5): lower is smoother.
    pub min_cutoff: f64,
    /// How much the cutoff rises with speed, Hz for each unit a second (2): higher lags less. The unit is the curve's
    /// own, see [`unit_of`].
    pub beta: f64,
    /// Cutoff of the speed itself, Hz (1, as published).
    pub speed_cutoff: f64,
}

impl Default for OneEuro {
    fn default() -> Self {
        Self { on: true, min_cutoff: 1.5, beta: 2.0, speed_cutoff: 1.0 }
    }
}

/// Why the filter cannot be set so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OneEuroError {
    #[error("the least cutoff must be from 0.01 to 100 Hz")]
    Cutoff,
    #[error("beta must be from 0 to 1000")]
    Beta,
    #[error("write a cutoff and a beta, as 1.5,2 – or off")]
    Unreadable,
}

impl OneEuro {
    /// Whether the settings make a filter.
    ///
    /// # Errors
    /// Which one does not.
    pub fn check(&self) -> Result<(), OneEuroError> {
        let sound = |hz: f64| (0.01..=100.0).contains(&hz);
        if !sound(self.min_cutoff) || !sound(self.speed_cutoff) {
            return Err(OneEuroError::Cutoff);
        }
        if (0.0..=1000.0).contains(&self.beta) { Ok(()) } else { Err(OneEuroError::Beta) }
    }
}

impl std::str::FromStr for OneEuro {
    type Err = OneEuroError;

    /// `1.5,2` (least cutoff, beta) or `off`.
    fn from_str(text: &str) -> Result<Self, OneEuroError> {
        if text.trim() == "off" {
            return Ok(Self { on: false, ..Self::default() });
        }
        let (cutoff, beta) = text.split_once([',', ' ', ';']).ok_or(OneEuroError::Unreadable)?;
        let number = |text: &str| text.trim().parse::<f64>().map_err(|_| OneEuroError::Unreadable);
        let filter = Self { min_cutoff: number(cutoff)?, beta: number(beta)?, ..Self::default() };
        filter.check().map(|()| filter)
    }
}

impl std::fmt::Display for OneEuro {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.on { write!(f, "{} Hz, β {}", self.min_cutoff, self.beta) } else { f.write_str("off") }
    }
}

/// How much earlier a reader begins.
pub const WARM_UP: Time = Time::from_millis(2_000);
/// After a longer gap the filter begins anew.
const GAP_SECS: f64 = 0.5;

/// What counts as one unit of a channel, so that one beta serves all of them: about the range it has in conversation.
pub fn unit_of(channel: &str) -> f64 {
    match channel {
        "landmarks" | "pose" | "hand.left" | "hand.right" | "box" => 100.0,
        _ if channel.contains("head_") || channel.contains("lean_") => 30.0,
        _ if channel.contains("brow_") => 0.1,
        _ if channel.contains("mouth_") || channel.contains("eye_") => 0.2,
        _ if channel.contains("gaze_") => 0.5,
        _ if channel.contains("wrist_speed") => 4.0,
        "measure.pitch" => 100.0,
        _ => 1.0,
    }
}

/// Whether a channel is a curve that may be filtered: not one of classes, certainties or qualities.
pub fn fits(channel: &str) -> bool {
    let moves = channel.starts_with("measure.") && !channel.contains("gesture_space") && channel != "measure.pitch";
    moves || matches!(channel, "landmarks" | "pose" | "hand.left" | "hand.right")
}

/// The filter at work on one number.
#[derive(Clone, Copy, Debug)]
struct State {
    time: Time,
    value: f64,
    speed: f64,
}

/// Weight of the newest value at a cutoff, for samples so many seconds apart.
fn weight(cutoff: f64, secs: f64) -> f64 {
    let tau = 1.0 / (std::f64::consts::TAU * cutoff);
    1.0 / (1.0 + tau / secs)
}

impl State {
    fn step(before: Option<Self>, time: Time, raw: f64, filter: &OneEuro, unit: f64) -> Self {
        let fresh = Self { time, value: raw, speed: 0.0 };
        let Some(before) = before else { return fresh };
        let secs = (time - before.time).secs();
        if secs <= 0.0 || secs > GAP_SECS {
            return fresh;
        }
        // As published, and in the authors' own code, the way is counted from the last filtered value.
        let speed_now = (raw - before.value) / secs;
        let turn = weight(filter.speed_cutoff, secs);
        let speed = turn * speed_now + (1.0 - turn) * before.speed;
        let share = weight(filter.min_cutoff + filter.beta * (speed / unit).abs(), secs);
        Self { time, value: share * raw + (1.0 - share) * before.value, speed }
    }
}

/// A curve filtered, its first value as it is. NaN stays NaN and is passed over.
pub fn filtered(times: &[Time], values: &[f32], filter: &OneEuro, unit: f64) -> Vec<f32> {
    filtered_rows(times, values, 1, filter, unit)
}

/// The same for a channel of `width` numbers a sample, each by itself.
pub fn filtered_rows(times: &[Time], values: &[f32], width: usize, filter: &OneEuro, unit: f64) -> Vec<f32> {
    if !filter.on || filter.check().is_err() {
        return values.to_vec();
    }
    let mut states: Vec<Option<State>> = vec![None; width];
    let mut out = values.to_vec();
    for (row, time) in out.chunks_exact_mut(width.max(1)).zip(times) {
        for (value, state) in row.iter_mut().zip(&mut states) {
            if value.is_finite() {
                let next = State::step(*state, *time, f64::from(*value), filter, unit);
                *value = next.value as f32;
                *state = Some(next);
            }
        }
    }
    out
}

#[cfg(test)]
#[path = "one_euro_tests.rs"]
mod tests;
