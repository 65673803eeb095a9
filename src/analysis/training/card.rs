//! The card of a model that was trained here, as any model of the user's has one, and beside it what it was trained from
//! and how well it does.

use serde::{Deserialize, Serialize};

use super::regions::WIDEN;
use super::{Report, What};

/// The weights, key by key as an official checkpoint of the network has them.
pub const WEIGHTS: &str = "weights.safetensors";
/// The same as a program of TorchScript, sound's mel bands included: any program that knows TorchScript can run it.
pub const PROGRAM: &str = "model.pt";
/// From which share on a label is proposed, and the shortest stretch, seconds.
const THRESHOLD: f64 = 0.5;
const SHORTEST: f64 = 0.3;

/// `card.toml`, and `training.toml` beside it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TrainedCard {
    pub name: String,
    pub version: String,
    pub task: String,
    pub licence: String,
    pub source: String,
    pub trained_on: String,
    pub limits: String,
    pub labels: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<CardInput>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<CardOutput>,
    pub file: WeightsFile,
    /// In a file of its own.
    #[serde(skip)]
    pub training: Training,
}

/// What goes in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum CardInput {
    /// The upright square of a face or a hand, `widen` times as large.
    Image { of: String, width: i64, height: i64, mean: Vec<f64>, std: Vec<f64>, widen: f32 },
    /// Windows of samples.
    Audio { rate: u32, seconds: f64, hop: f64 },
}

/// What comes out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CardOutput {
    pub kind: String,
    pub activation: String,
    pub threshold: f64,
    pub shortest: f64,
}

/// A file beside the card.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WeightsFile {
    pub name: String,
    pub bytes: u64,
    /// SHA-256, hex.
    pub sha256: String,
}

/// What the network looks at, and how it came about (`training.toml`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Training {
    /// What it looks at.
    pub what: Option<What>,
    /// Taken off each colour of 0 to 1, and what that is divided by.
    pub mean: Vec<f64>,
    pub std: Vec<f64>,
    /// Below this share nothing is proposed.
    pub threshold: f64,
    /// RFC 3339.
    pub when: String,
    /// The tier or tags that were learned from.
    pub from: String,
    pub weights: WeightsFile,
    pub report: Report,
}

impl TrainedCard {
    /// The card of a model as its report has it.
    pub fn of(name: &str, from: &str, when: &str, trained: Trained) -> Self {
        let Trained { report, mean, std, weights, program } = trained;
        let picture = |what: What, widen: f32| CardInput::Image {
            of: if what == What::Hand { "hand" } else { "face" }.into(),
            width: what.side(),
            height: what.side(),
            mean: mean.clone(),
            std: std.clone(),
            widen,
        };
        let input = report.what.map(|what| match what {
            What::Face => picture(what, WIDEN),
            // The square around a hand has its size from the arm.
            What::Hand => picture(what, 1.0),
            What::Sound => CardInput::Audio { rate: 16_000, seconds: 1.0, hop: 0.25 },
        });
        let output = input.is_some().then(|| CardOutput {
            kind: "labels".into(),
            activation: "softmax".into(),
            threshold: THRESHOLD,
            shortest: SHORTEST,
        });
        let what = report.what.map_or("examples", What::plural);
        let limits = format!(
            "{} It knows its {} labels only and takes everything for one of them. Trained for this project: other people, cameras and rooms may go worse.",
            report.in_words().join(" "),
            report.labels.len(),
        );
        Self {
            name: name.to_owned(),
            version: when.get(..10).unwrap_or("1").to_owned(),
            task: format!("tells {what} apart: {}", report.labels.join(", ")),
            licence: "LicenseRef-own".to_owned(),
            source: format!("trained in Fieldgloss {} from {from}", env!("CARGO_PKG_VERSION")),
            trained_on: format!(
                "{} tags of {} people in {} sessions ({from})",
                report.train.tags,
                report.train.people.len(),
                report.train.sessions
            ),
            limits,
            labels: report.labels.clone(),
            file: program,
            input,
            output,
            training: Training {
                what: report.what,
                mean,
                std,
                threshold: THRESHOLD,
                when: when.to_owned(),
                from: from.to_owned(),
                weights,
                report,
            },
        }
    }

    /// `card.toml` and `training.toml`.
    ///
    /// # Errors
    /// When they hold what TOML cannot say.
    pub fn to_toml(&self) -> Result<(String, String), String> {
        let card = toml::to_string_pretty(self).map_err(|error| error.to_string())?;
        let training = toml::to_string_pretty(&self.training).map_err(|error| error.to_string())?;
        Ok((card, training))
    }

    /// Reads both.
    ///
    /// # Errors
    /// What is wrong with them, in a sentence.
    pub fn parse(card: &str, training: &str) -> Result<Self, String> {
        let mut card: Self = toml::from_str(card).map_err(|error| error.message().to_owned())?;
        card.training = toml::from_str(training).map_err(|error| error.message().to_owned())?;
        if card.labels.len() < 2 {
            return Err("it names fewer than two labels".to_owned());
        }
        if card.training.what.is_none() {
            return Err("it does not say what it looks at".to_owned());
        }
        Ok(card)
    }
}

/// What training gives: the report, how pictures are made ready, and the files.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Trained {
    pub report: Report,
    /// What is taken off each colour of 0 to 1, and what that is divided by.
    pub mean: Vec<f64>,
    pub std: Vec<f64>,
    pub weights: WeightsFile,
    pub program: WeightsFile,
}
