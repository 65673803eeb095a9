//! Prints: what a face or a voice looks or sounds like, as a direction. Sensitive: they stay in the project's own file.

use serde::{Deserialize, Serialize};

use super::TrackId;

/// What a print is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrintKind {
    /// A face, by the embedding network.
    Face,
    /// A voice, by the embedding network.
    Voice,
    /// The colours under a face: says something within one recording only.
    Clothes,
}

/// The print of one track. Not part of any [`super::Bundle`]: nothing that leaves the project holds one.
#[derive(Clone, Debug, PartialEq)]
pub struct Print {
    pub track: TrackId,
    pub kind: PrintKind,
    /// Name and version of what made it; prints of different makers say nothing about each other.
    pub model: String,
    /// Pictures, or stretches of speech, that it is the mean of.
    pub samples: i64,
    /// A direction of unit length; the cosine between two is their likeness.
    pub vector: Vec<f32>,
}
