//! Cues as the files have them.

use crate::domain::Time;

/// One cue.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cue {
    pub start: Time,
    pub end: Time,
    pub id: String,
    /// What follows the times on their line.
    pub settings: String,
    /// Text as written, lines parted by `\n`.
    pub text: String,
    /// Blocks (notes) between the cue before and this one, as written.
    pub before: Vec<String>,
}

/// A file of cues.
#[derive(Debug, Default)]
pub struct Document {
    /// What follows `WEBVTT` on the first line.
    pub title: String,
    /// The lines under it.
    pub header: Vec<String>,
    /// Blocks before the first cue.
    pub blocks: Vec<String>,
    pub cues: Vec<Cue>,
    /// Blocks after the last cue.
    pub after: Vec<String>,
    /// Faults, in the user's words.
    pub warnings: Vec<String>,
    /// Blocks or lines that are no cue.
    pub odd: usize,
    /// Empty lines within cues.
    pub gaps: usize,
}
