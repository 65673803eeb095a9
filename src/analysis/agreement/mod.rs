//! How far two annotators agree on stretches of time and what they call them.
//!
//! - [`linking`]: which tag of one belongs to which of the other (EasyDIAg, Holle & Rein 2015).
//! - [`table`]: who called what how, with the pairs behind each cell.
//! - [`kappa`]: Cohen's κ (1960) over it, with and without the tags that found no partner.
//! - [`alpha`]: Krippendorff's α for nominal data, any number of annotators, values may be missing.
//! - [`unitised`]: Krippendorff's α for stretches of a continuum, in the forms of 2004 and of 2016.
//! - [`staccato`]: degree of organisation against chance (Thomann 2001; Lücking, Ptock & Bergmann 2011).
//!
//! What cannot be worked out is never a NaN: it is [`Figure::Undefined`] with its reason.

pub mod alpha;
mod figure;
pub mod kappa;
pub mod linking;
mod report;
pub mod reviewers;
pub mod staccato;
pub mod table;
pub mod unitised;

use serde::{Deserialize, Serialize};

use crate::domain::{Span, Time};

pub use figure::{Figure, Undefined};
pub use report::{LabelRow, Report, compare};
pub use table::Table;

/// One tag of one annotator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    pub span: Span,
    pub label: String,
}

impl Unit {
    /// A tag over some time.
    pub fn new(start: Time, end: Time, label: impl Into<String>) -> Self {
        Self { span: Span::new(start, end), label: label.into() }
    }
}

/// How agreement is worked out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Two tags may be the same event when they share this part of the longer one (0.6, as in EasyDIAg).
    pub overlap: f64,
    /// Distance between the moments asked for α over time, seconds (0.04: a frame of film).
    pub step_secs: f64,
    /// Random scenes for the degree of organisation (1000).
    pub simulations: u32,
    /// Classes of length that random tags are drawn from (10).
    pub length_classes: u32,
    /// The same seed gives the same numbers.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { overlap: 0.6, step_secs: 0.04, simulations: 1000, length_classes: 10, seed: 1 }
    }
}
