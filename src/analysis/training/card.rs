//! The card of a model that was trained here. The first part is that of any model of the user's; `[training]` says how it
//! came about.

use serde::{Deserialize, Serialize};

use super::{Report, What};

/// What such a card calls the network.
pub const NETWORK: &str = "cct";
/// The file beside it.
pub const WEIGHTS: &str = "weights.safetensors";

/// As it lies beside the weights (`card.toml`).
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
    /// [`NETWORK`]: a compact transformer whose size is read off its weights.
    pub network: String,
    pub labels: Vec<String>,
    pub file: WeightsFile,
    pub training: Training,
}

/// The weights.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WeightsFile {
    pub name: String,
    pub bytes: u64,
    /// SHA-256, hex.
    pub sha256: String,
}

/// What the network looks at, and how it came about.
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
    pub report: Report,
}

impl TrainedCard {
    /// The card of a model as its report has it.
    pub fn of(name: &str, from: &str, when: &str, mean: Vec<f64>, std: Vec<f64>, report: Report) -> Self {
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
            network: NETWORK.to_owned(),
            labels: report.labels.clone(),
            file: WeightsFile::default(),
            training: Training {
                what: report.what,
                mean,
                std,
                threshold: 0.5,
                when: when.to_owned(),
                from: from.to_owned(),
                report,
            },
        }
    }

    /// As it is written.
    ///
    /// # Errors
    /// When it holds what TOML cannot say.
    pub fn to_toml(&self) -> Result<String, String> {
        toml::to_string_pretty(self).map_err(|error| error.to_string())
    }

    /// Reads one.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let card: Self = toml::from_str(text).map_err(|error| error.message().to_owned())?;
        if card.network != NETWORK {
            return Err(format!("its network is “{}”, not “{NETWORK}”", card.network));
        }
        if card.labels.len() < 2 {
            return Err("it names fewer than two labels".to_owned());
        }
        Ok(card)
    }
}
