//! What comes out of a model of the user's, and how its numbers are read.

use serde::{Deserialize, Serialize};

/// What comes out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutputSpec {
    pub kind: OutputKind,
    /// Which of several outputs is read, from 0.
    #[serde(default)]
    pub index: usize,
    /// What is done to the numbers before they are shares of 1.
    #[serde(default)]
    pub activation: Activation,
    /// From which share on a label is proposed.
    #[serde(default = "half")]
    pub threshold: f32,
    /// Shorter stretches are not proposed, seconds.
    #[serde(default = "shortest")]
    pub shortest: f64,
    /// Labels that are never proposed: "no", "background".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quiet: Vec<String>,
    /// What the numbers of a curve, or the points, are called.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// In what points and boxes are measured.
    #[serde(default)]
    pub unit: Unit,
    /// For text: the label that stands for nothing.
    #[serde(default)]
    pub blank: usize,
}

/// What the numbers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OutputKind {
    /// One number a label: batch × labels.
    Labels,
    /// Rows of left, top, right, bottom, certainty, label: batch × boxes × 6.
    Boxes,
    /// Two numbers a point: batch × points × 2, or flat.
    Points,
    /// Numbers to draw as curves: batch × names.
    Curve,
    /// One number a label and step, read as text: batch × steps × labels.
    Text,
}

/// What is done to raw numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Activation {
    /// Nothing: they are shares already.
    #[default]
    None,
    /// One label is right: they are made to add up to 1.
    Softmax,
    /// Each label is right or not by itself.
    Sigmoid,
}

/// In what places are measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Pixels of the model's own input.
    #[default]
    Pixels,
    /// Shares of its input's width and height.
    Share,
}

fn half() -> f32 {
    0.5
}
fn shortest() -> f64 {
    0.3
}

impl OutputKind {
    /// As a card spells it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Labels => "labels",
            Self::Boxes => "boxes",
            Self::Points => "points",
            Self::Curve => "curve",
            Self::Text => "text",
        }
    }
}

impl OutputSpec {
    /// The shape that its numbers must have, in words.
    pub fn shape_in_words(&self, labels: usize) -> String {
        match self.kind {
            OutputKind::Labels => format!("1 × {labels}, one number for each of the card's labels"),
            OutputKind::Curve => format!("1 × {}, one number for each of the card's names", self.names.len()),
            OutputKind::Points => format!("1 × {} × 2, two numbers for each of the card's names", self.names.len()),
            OutputKind::Boxes => {
                "1 × boxes × 6, each row left, top, right, bottom, certainty and number of the label".to_owned()
            }
            OutputKind::Text => format!("1 × steps × {labels}, one number for each of the card's labels at each step"),
        }
    }

    /// Whether an output of that shape can be read.
    pub fn fits(&self, labels: usize, shape: &[i64]) -> bool {
        let is = |count: usize, size: i64| usize::try_from(size).is_ok_and(|size| size == count);
        match (self.kind, shape) {
            (OutputKind::Labels, [1, n]) => is(labels, *n),
            (OutputKind::Curve, [1, n]) => is(self.names.len(), *n),
            (OutputKind::Curve, [1]) => self.names.len() == 1,
            (OutputKind::Points, [1, n]) => is(self.names.len() * 2, *n),
            (OutputKind::Points, [1, n, 2]) => is(self.names.len(), *n),
            (OutputKind::Boxes, [1, _, 6] | [_, 6]) => true,
            (OutputKind::Text, [1, _, n]) => is(labels, *n),
            _ => false,
        }
    }
}
