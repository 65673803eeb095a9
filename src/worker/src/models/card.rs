//! Model cards: what a model is, where it comes from, what goes in and out, where it fails.

use std::path::Path;

use serde::Deserialize;

use super::{ModelError, ModelName};

/// A card as it lies beside the model (`card.toml`).
#[derive(Clone, Debug, Deserialize)]
pub struct Card {
    /// The folder's name.
    pub name: String,
    /// Our own version of the converted model.
    pub version: String,
    /// What it does, in a few words.
    pub task: String,
    /// Licence of the weights (SPDX).
    pub licence: String,
    /// The classes, in the order of the output; empty where there are none.
    pub labels: Vec<String>,
    /// What its shares are tempered with (Guo et al. 2017), where it was fitted on labelled pictures; 1 leaves them as they
    /// are.
    #[serde(default = "untempered")]
    pub temperature: f32,
    /// What it was trained on, where it fails, when to abstain.
    pub limits: String,
    /// Where the weights come from.
    pub source: Source,
    /// What goes in.
    pub input: Input,
    /// What comes out, in this order.
    pub output: Vec<Output>,
    /// The model file.
    pub file: File,
    /// How the conversion was checked.
    pub verified: Option<Verified>,
}

fn untempered() -> f32 {
    1.0
}

/// Where the weights come from.
#[derive(Clone, Debug, Deserialize)]
pub struct Source {
    /// The published package.
    pub package: String,
    /// Its version.
    pub version: String,
    /// The file in it.
    pub file: String,
    /// Who made the network.
    pub origin: String,
    /// Under which licence (SPDX).
    pub origin_licence: String,
}

/// What goes in.
#[derive(Clone, Debug, Deserialize)]
pub struct Input {
    /// Pictures, rows, columns, channels; or stretches and samples of sound. 0: as many as come.
    pub shape: Vec<usize>,
    /// Axes and colours, or what the samples are.
    pub layout: String,
    /// Range of a channel or sample.
    pub range: String,
    /// What part of the picture; rate and channels of the sound.
    pub crop: String,
}

/// One output.
#[derive(Clone, Debug, Deserialize)]
pub struct Output {
    /// Its name.
    pub name: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// What the numbers say.
    pub meaning: String,
}

/// The model file.
#[derive(Clone, Debug, Deserialize)]
pub struct File {
    /// Its name, beside the card.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256 in hex.
    pub sha256: String,
}

/// How the conversion was checked.
#[derive(Clone, Debug, Deserialize)]
pub struct Verified {
    /// Against what, on what.
    pub how: String,
    /// The largest absolute difference in any output.
    pub max_difference: f64,
}

impl Card {
    /// Reads the card in `folder`.
    ///
    /// # Errors
    /// When it is missing, is not a card, or describes another model than `name`.
    pub fn read(folder: &Path, name: ModelName) -> Result<Self, ModelError> {
        let path = folder.join("card.toml");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(source) => return Err(ModelError::Unreadable { name, path, source }),
        };
        let reason = match toml::from_str::<Self>(&text) {
            Ok(card) => match card.fault(name) {
                None => return Ok(card),
                Some(reason) => reason,
            },
            Err(error) => error.message().to_owned(),
        };
        Err(ModelError::Card { name, path, reason })
    }

    fn fault(&self, name: ModelName) -> Option<String> {
        let (shape, counts) = name.contract();
        let found: Vec<usize> = self.output.iter().map(|output| output.shape.iter().product()).collect();
        if self.name != name.folder() {
            Some(format!("it describes {}", self.name))
        } else if self.input.shape != shape {
            Some(format!("its input shape {:?} is not {shape:?}", self.input.shape))
        } else if found != counts {
            Some(format!("its outputs have {found:?} numbers instead of {counts:?}"))
        } else if !(self.temperature.is_finite() && self.temperature > 0.0) {
            Some(format!("a temperature is more than 0, not {}", self.temperature))
        } else if self.file.name.contains(['/', '\\']) {
            Some("its model file lies outside its folder".to_owned())
        } else {
            None
        }
    }
}
