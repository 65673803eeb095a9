//! Who is who: prints of faces and voices compared, and what that suggests. It never decides: a suggestion becomes an
//! identity when a person says so.
//!
//! Measured with the pack's `faceprint` on eight pictures of four people (three of them several times) and 21 smaller,
//! darker, mirrored and turned versions: sharp pictures of one person had cosines of 0.60 to 0.95, of two people 0.32
//! to 0.56. Blurred ones overlap (one person 0.48, two people 0.59), so that blurred faces get no print. Four people
//! are few: the numbers say where to look, not how often the network is wrong.

mod same;
#[cfg(test)]
mod tests;

pub use same::{Card, Place, Suggestion, suggestions};

use serde::{Deserialize, Serialize};

use crate::domain::PrintKind;

/// Cosine of two faces' prints from which on they are taken to be one person's.
pub const LIKENESS: f32 = 0.65;
/// Cosine under which they are taken to be two people's.
pub const UNLIKE: f32 = 0.5;
/// The same for voices; see [`super::speech::VoiceSettings`].
pub const VOICE_LIKENESS: f32 = 0.8;
/// Nearer than this to the next one, a likeness leaves it open who is meant.
pub const MARGIN: f32 = 0.1;
/// How much likelier the colours of their clothes must make one of two who are alike.
pub const CLOTHES_MARGIN: f32 = 0.15;

/// Name and version of the colours under a face, as a maker of prints.
pub const CLOTHES_MODEL: &str = "colours 1";

/// From which cosine on two prints of a kind are one person's.
pub const fn likeness_of(kind: PrintKind) -> f32 {
    match kind {
        PrintKind::Face => LIKENESS,
        PrintKind::Voice => VOICE_LIKENESS,
        PrintKind::Clothes => 1.0,
    }
}

/// Directions added up, each with the same weight. Always finite, so that it can be kept as text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PrintSum {
    pub sum: Vec<f32>,
    pub count: usize,
}

impl PrintSum {
    /// Adds a direction of any length; an empty one, or one of another size, adds nothing.
    pub fn add(&mut self, print: &[f32]) {
        self.weigh(print, 1);
    }
    /// The same as often as it was counted.
    pub fn weigh(&mut self, print: &[f32], count: usize) {
        let length = print.iter().map(|v| v * v).sum::<f32>().sqrt();
        if length <= 0.0 || !length.is_finite() || (self.count > 0 && self.sum.len() != print.len()) {
            return;
        }
        self.sum.resize(print.len(), 0.0);
        let part = count as f32 / length;
        self.sum.iter_mut().zip(print).for_each(|(sum, v)| *sum += v * part);
        self.count += count;
    }
    /// Adds all that another holds.
    pub fn take_in(&mut self, other: &Self) {
        self.weigh(&other.sum, other.count);
    }
    /// The mean direction, of unit length; `None` where nothing was added.
    pub fn unit(&self) -> Option<Vec<f32>> {
        let length = self.sum.iter().map(|v| v * v).sum::<f32>().sqrt();
        (self.count > 0 && length > 0.0).then(|| self.sum.iter().map(|v| v / length).collect())
    }
    /// The cosine with another direction; `None` where either is missing.
    pub fn likeness(&self, print: &[f32]) -> Option<f32> {
        let there = self.count > 0 && !print.is_empty() && self.sum.len() == print.len();
        there.then(|| super::speech::voices::cosine(&self.sum, print))
    }
}
