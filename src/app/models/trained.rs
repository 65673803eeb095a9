//! A model that was trained in Fieldgloss, here or on another computer, added from its folder: what it was trained on and
//! how well it does come with it, so that it is used like one that was trained here.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::shelf::TRAINING;
use crate::analysis::models::{InputSpec, ModelCard, Region};
use crate::analysis::training::{Material, TrainedCard, Training, WEIGHTS, What};
use crate::jobs::training::Tell;

/// A longer text is none that training writes: a report with thousands of labels and passes takes a tenth.
const MOST_TEXT: u64 = 8 << 20;

/// Why what a model was trained on cannot come with it.
#[derive(Debug, thiserror::Error)]
pub enum TrainedError {
    #[error("{} cannot be read: {source}", .path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error(
        "what the model was trained on ({TRAINING}) cannot be understood: {0}. Copy the whole folder again, or take {TRAINING} out of it to add the model without"
    )]
    Wrong(String),
    #[error(
        "{TRAINING} speaks of weights in {WEIGHTS}, which do not lie beside it. Copy the whole folder again, or take {TRAINING} out of it to add the model without"
    )]
    NoWeights,
}

/// What was found beside a card.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    pub training: Training,
    what: What,
    labels: Vec<String>,
}

/// Copies what a model was trained on, and its weights, to where the model is made ready; `None` where nothing of that
/// lies beside its card.
///
/// # Errors
/// [`TrainedError`]
pub fn take(folder: &Path, card: &ModelCard, staged: &Path) -> Result<Option<Found>, TrainedError> {
    let path = folder.join(TRAINING);
    if card.is_network() || !path.is_file() {
        return Ok(None);
    }
    let text = read(&path)?;
    let training: Training = match toml::from_str(&text) {
        // Other programs write a file of that name too.
        Ok(training) if training == Training::default() => return Ok(None),
        Ok(training) => training,
        Err(error) => return Err(TrainedError::Wrong(error.message().to_owned())),
    };
    let found = check(card, training, &text)?;
    let weights = folder.join(WEIGHTS);
    if found.training.weights.name != WEIGHTS || !weights.is_file() {
        return Err(TrainedError::NoWeights);
    }
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |source| TrainedError::Unreadable { path, source }
    };
    std::fs::copy(&weights, staged.join(WEIGHTS)).map_err(unreadable(&weights))?;
    std::fs::write(staged.join(TRAINING), text).map_err(unreadable(&path))?;
    Ok(Some(found))
}

fn read(path: &Path) -> Result<String, TrainedError> {
    let unreadable = |source| TrainedError::Unreadable { path: path.to_owned(), source };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(MOST_TEXT + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MOST_TEXT {
        return Err(TrainedError::Wrong("it is longer than any that training writes".to_owned()));
    }
    String::from_utf8(bytes).map_err(|_| TrainedError::Wrong("it is not text".to_owned()))
}

/// Whether the two belong together.
fn check(card: &ModelCard, training: Training, text: &str) -> Result<Found, TrainedError> {
    let wrong = |why: &str| TrainedError::Wrong(why.to_owned());
    let written = card.to_toml().map_err(TrainedError::Wrong)?;
    let trained = TrainedCard::parse(&written, text).map_err(TrainedError::Wrong)?;
    let what = trained.training.what.ok_or_else(|| wrong("it does not say what it looks at"))?;
    let fits = match (&card.input, what) {
        (Some(InputSpec::Image(image)), What::Face) => image.of == Region::Face,
        (Some(InputSpec::Image(image)), What::Hand) => image.of == Region::Hand,
        (Some(InputSpec::Audio(_)), What::Sound) => true,
        _ => false,
    };
    if !fits {
        return Err(TrainedError::Wrong(format!("it is about {}, and the card is not", what.plural())));
    }
    if training.report.labels != card.labels {
        return Err(wrong("it names other labels than the card"));
    }
    if !(0.0..=1.0).contains(&training.threshold) {
        return Err(wrong("its threshold is no share of 1"));
    }
    if training.weights.sha256.len() != 64 {
        return Err(wrong("it does not say which weights the model was trained to"));
    }
    Ok(Found { training, what, labels: card.labels.clone() })
}

impl Found {
    /// A question without examples: answered when the weights are those that it speaks of and load key by key.
    pub fn weights(&self, staged: &Path) -> Tell {
        let Training { mean, std, weights, .. } = &self.training;
        let material = Material {
            what: self.what,
            labels: self.labels.clone(),
            people: Vec::new(),
            sessions: Vec::new(),
            media: Vec::new(),
            examples: Vec::new(),
        };
        let (mean, std, sha256) = (mean.clone(), std.clone(), weights.sha256.clone());
        Tell { weights: staged.join(WEIGHTS), sha256, mean, std, material }
    }
}
