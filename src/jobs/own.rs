//! What is said with the worker about models that the user brought.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::training::Tell;
use crate::analysis::models::{ModelCard, Probe, Use};
use crate::analysis::networks::htnet::Places;
use crate::domain::Time;

/// Look at a model file that somebody wants to add: read as data, loaded strictly, run twice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Examine {
    /// The checkpoint or TorchScript file.
    pub path: PathBuf,
    /// Its card, which a TorchScript file needs.
    #[serde(default)]
    pub card: Option<Box<ModelCard>>,
    /// The weights beside a model that was trained in Fieldgloss: they must be those of its card, and load.
    #[serde(default)]
    pub trained: Option<Box<Tell>>,
    /// Memory that it may take beside the program's own, bytes.
    pub memory: u64,
}

/// What a model file is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Examined {
    /// The published network whose weights these are; `None` for a TorchScript program.
    pub network: Option<String>,
    pub bytes: u64,
    /// SHA-256 of the file, hex.
    pub sha256: String,
    /// Named tensors; 0 for a program.
    pub tensors: usize,
    /// Numbers in its parameters; 0 for a program.
    pub parameters: i64,
    /// Classes that a network was trained for; 0 where it has none to choose.
    pub classes: i64,
    /// What it said about a made-up input.
    pub probe: Probe,
}

/// What a model of the user's is run on, outside a track.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    Text(String),
    /// A stretch of a recording's sound.
    Sound {
        start: Time,
        end: Time,
    },
    /// A moment of a recording's picture.
    Frame(Time),
}

/// Run a model over items of one kind. Answered by [`Applied`] for each, in order, then by done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Apply {
    /// Its folder.
    pub model: PathBuf,
    /// The recording that sounds and moments are of.
    #[serde(default)]
    pub media: Option<PathBuf>,
    pub items: Vec<Item>,
}

/// What a model said about an item.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Applied {
    /// The item's number.
    pub item: usize,
    /// A share for each of the card's labels, or a number for each of its names.
    #[serde(default)]
    pub numbers: Vec<f32>,
    /// What was read out of it.
    #[serde(default)]
    pub text: Option<String>,
    /// How sure the text is.
    #[serde(default)]
    pub confidence: f32,
    /// Why there is nothing to say about this item.
    #[serde(default)]
    pub problem: Option<String>,
}

/// Lift windows of a body's path into three dimensions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lift {
    /// The network's folder.
    pub model: PathBuf,
    /// 243 frames × 17 joints × 2 numbers each, normalised.
    pub windows: Vec<Vec<f32>>,
}

/// A quick movement of a face, to be judged from two frames.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Moment {
    pub onset: Time,
    pub apex: Time,
    /// From the face's square (112 × 112) to the picture, at onset and at apex: a, b, dx, dy of a similarity.
    pub at_onset: [f32; 4],
    pub at_apex: [f32; 4],
    /// Eyes and corners of the mouth, as shares of the square.
    pub places: Places,
}

/// Judge movements of one recording. Answered by [`Applied`] for each, in order, then by done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judge {
    /// The network's folder.
    pub model: PathBuf,
    pub media: PathBuf,
    #[serde(default)]
    pub stream: Option<usize>,
    pub moments: Vec<Moment>,
}

/// A model chosen for a run: where it lies, and its card. Kept with the run without its place, which may change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "ModelCard")]
pub struct Chosen {
    #[serde(skip)]
    pub folder: PathBuf,
    #[serde(flatten)]
    pub card: ModelCard,
}

impl From<ModelCard> for Chosen {
    fn from(card: ModelCard) -> Self {
        Self { folder: PathBuf::new(), card }
    }
}

impl Chosen {
    /// Whether it looks at each frame, rather than at whole tracks.
    pub fn looks(&self) -> bool {
        matches!(self.card.used_on(), Use::Face | Use::Body)
    }
}
