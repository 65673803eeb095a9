//! What was measured along tracks, on its way to formats that have columns for it. Samples are no part of a
//! [`Bundle`](crate::domain::Bundle): whoever exports hands over a way to read them.

use super::FormatError;
use crate::domain::{Time, Track};

/// What was measured along a track.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured {
    pub times: Vec<Time>,
    /// Each as long as the times.
    pub columns: Vec<MeasuredColumn>,
}

/// One quantity; NaN where it was not measured.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasuredColumn {
    /// `measure.mouth_open`, `expression.human.surprise`, `box.x`.
    pub name: String,
    pub values: Vec<f32>,
}

/// Reads what was measured along a track.
pub type Measures<'m> = dyn FnMut(&Track) -> Result<Measured, FormatError> + 'm;
