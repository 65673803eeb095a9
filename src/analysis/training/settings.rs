//! How training goes.

use serde::{Deserialize, Serialize};

use super::What;

/// How training goes. The same settings, material, machine and number of threads give the same model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Decides the split, the first weights and the order.
    pub seed: u64,
    /// Passes over the examples at most.
    pub epochs: usize,
    /// Passes without a better one after which it ends.
    pub patience: usize,
    /// Examples a step.
    pub batch: usize,
    /// Learning rate at its highest (AdamW).
    pub rate: f64,
    pub weight_decay: f64,
    /// Share of certainty that is given to the other labels.
    pub smoothing: f64,
    /// Whether pictures are mirrored at random.
    pub flip: bool,
    /// Threads that compute.
    pub threads: i32,
    /// Transformer blocks.
    pub blocks: i64,
    /// Convolutions that make the tokens.
    pub convolutions: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: 1,
            epochs: 40,
            patience: 10,
            batch: 64,
            rate: 1e-3,
            weight_decay: 0.03,
            smoothing: 0.1,
            flip: false,
            threads: 2,
            blocks: 2,
            convolutions: 2,
        }
    }
}

impl Settings {
    /// The same with values that make sense.
    pub fn within_reason(self) -> Self {
        let or = |value: f64, other: f64| if value.is_finite() && value > 0.0 { value } else { other };
        let usual = Self::default();
        Self {
            epochs: self.epochs.clamp(1, 500),
            patience: self.patience.clamp(1, 500),
            batch: self.batch.clamp(2, 512),
            rate: or(self.rate, usual.rate).min(0.1),
            weight_decay: or(self.weight_decay, usual.weight_decay).min(1.0),
            smoothing: self.smoothing.clamp(0.0, 0.5),
            threads: self.threads.clamp(1, 64),
            blocks: self.blocks.clamp(1, 14),
            convolutions: self.convolutions.clamp(1, 3),
            ..self
        }
    }
}

/// Words that make a difference between left and right.
const SIDES: [&str; 8] = ["left", "right", "links", "rechts", "gauche", "droite", "izquierda", "derecha"];

/// Whether mirrored pictures keep their labels: of faces whose labels name no side. Hands are all brought to one side
/// already, and time does not run backwards.
pub fn flip_is_harmless(what: What, labels: &[String]) -> bool {
    let names_side = |label: &String| {
        let label = label.to_lowercase();
        SIDES.iter().any(|side| label.split(|c: char| !c.is_alphabetic()).any(|word| word == *side))
    };
    what == What::Face && !labels.iter().any(names_side)
}
