//! Adding a model: its file is copied aside, looked at by the worker, asked about where it cannot speak for itself, and
//! kept. Until the last step nothing of it is on the shelf.

use std::path::{Path, PathBuf};

use super::shelf::{CARD, Held, Shelf, ShelfError};
use super::trained::{self, TrainedError};
use crate::analysis::models::{CardError, FileFacts, InputSpec, ModelCard, is_model_name};
use crate::analysis::networks;
use crate::analysis::training::Training;
use crate::jobs::examine::{ExamineError, Limits, examine_trained};
use crate::jobs::own::Examined;

/// Endings of model files.
const ENDINGS: [&str; 6] = ["pt", "pth", "ts", "ckpt", "bin", "safetensors"];

/// Why a model was not added.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    #[error("{} cannot be read: {source}", .path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("there is no model file in {}; one that ends in .pt, .pth, .ts, .ckpt, .bin or .safetensors is looked for", .0.display())]
    NoModel(PathBuf),
    #[error("there are several model files in {}: {}; write which is meant into the card as [file] name = \"…\"", .folder.display(), .files.join(", "))]
    SeveralModels { folder: PathBuf, files: Vec<String> },
    #[error("{0}")]
    Card(#[from] CardError),
    #[error("{0}")]
    Examine(#[from] ExamineError),
    #[error("{0}")]
    Shelf(#[from] ShelfError),
    #[error("“{0}” cannot be a name: small letters, digits and hyphens only, 40 at most")]
    Name(String),
    #[error("{found} labels were given, but the model was trained for {wanted} classes")]
    Labels { wanted: usize, found: usize },
    #[error("it must be said under which terms the model may be used")]
    Licence,
    #[error("{0}")]
    Trained(#[from] TrainedError),
}

/// What only a person can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Under which terms it may be used.
    Licence,
    /// What its classes are called, in the order of its output.
    Labels { classes: usize },
}

/// A model that was looked at and is not added yet.
#[derive(Debug)]
pub struct Draft {
    shelf: Shelf,
    staged: tempfile::TempDir,
    /// What will be its card.
    pub card: ModelCard,
    pub examined: Examined,
    /// What it was trained on and how well it does, where it was trained in Fieldgloss.
    pub training: Option<Training>,
}

/// Whether a file or folder seems to be a model: for what is dropped on the window.
pub fn is_model(path: &Path) -> bool {
    if path.is_dir() {
        return path.join(CARD).is_file();
    }
    if path.file_name().is_some_and(|name| name == CARD) {
        return true;
    }
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()) && ending != "ts" && ending != "bin")
}

/// The files of a model: itself and its card.
struct Parts {
    model: PathBuf,
    card: Option<ModelCard>,
    /// Whether the folder that they lie in is theirs alone.
    whole: bool,
}

fn read_card(path: &Path) -> Result<ModelCard, AddError> {
    let text =
        std::fs::read_to_string(path).map_err(|source| AddError::Unreadable { path: path.to_owned(), source })?;
    Ok(ModelCard::parse(&text)?)
}

fn parts(path: &Path) -> Result<Parts, AddError> {
    let unreadable = |source| AddError::Unreadable { path: path.to_owned(), source };
    if path.file_name().is_some_and(|name| name == CARD) {
        return parts(path.parent().unwrap_or(Path::new(".")));
    }
    if !path.is_dir() {
        std::fs::metadata(path).map_err(unreadable)?;
        // A card of the same name beside it speaks for it, or one that names it.
        let own = path.with_extension("toml");
        let shared = path.with_file_name(CARD);
        let card = match (own.is_file(), shared.is_file()) {
            (true, _) => Some(read_card(&own)?),
            (false, true) => Some(read_card(&shared)?).filter(|card| {
                let named = card.file.as_ref().map(|file| file.name.as_str()).filter(|name| !name.is_empty());
                named.is_none_or(|name| path.file_name().is_some_and(|own| own == name))
            }),
            (false, false) => None,
        };
        let whole = card.is_some() && !own.is_file();
        return Ok(Parts { model: path.to_owned(), card, whole });
    }
    let card = path.join(CARD);
    let card = card.is_file().then(|| read_card(&card)).transpose()?;
    let named = card.as_ref().and_then(|card| card.file.as_ref()).map(|file| file.name.clone());
    if let Some(name) = named.filter(|name| !name.is_empty() && !name.contains(['/', '\\'])) {
        return Ok(Parts { model: path.join(name), card, whole: true });
    }
    let mut found: Vec<PathBuf> = std::fs::read_dir(path)
        .map_err(unreadable)?
        .flatten()
        .map(|entry| entry.path())
        .filter(|file| {
            let ending = file.extension().map(|e| e.to_string_lossy().to_lowercase());
            file.is_file() && ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
        })
        .collect();
    found.sort();
    match <[PathBuf; 1]>::try_from(found) {
        Ok([model]) => Ok(Parts { model, card, whole: true }),
        Err(found) if found.is_empty() => Err(AddError::NoModel(path.to_owned())),
        Err(found) => {
            let name = |file: &PathBuf| file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Err(AddError::SeveralModels { folder: path.to_owned(), files: found.iter().map(name).collect() })
        }
    }
}

/// Copies a model aside and has the worker look at it. `path`: a file, or a folder with a file, its card and what belongs to it.
///
/// # Errors
/// [`AddError`]; nothing is on the shelf.
pub fn look(path: &Path, shelf: &Shelf, limits: Limits, cancelled: impl FnMut() -> bool) -> Result<Draft, AddError> {
    let Parts { model, card, whole } = parts(path)?;
    let staged = shelf.staging()?;
    let name = model.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let copy = |from: &Path, name: &str| {
        let to = staged.path().join(name);
        std::fs::copy(from, &to).map(|_| to).map_err(|source| AddError::Unreadable { path: from.to_owned(), source })
    };
    let copied = copy(&model, &name)?;
    if let Some(InputSpec::Text(text)) = card.as_ref().and_then(|card| card.input.as_ref()) {
        copy(&model.with_file_name(&text.tokenizer), &text.tokenizer)?;
    }
    let trained = match (&card, model.parent()) {
        (Some(card), Some(folder)) if whole => trained::take(folder, card, staged.path())?,
        _ => None,
    };
    let weights = trained.as_ref().map(|trained| trained.weights(staged.path()));
    let examined = examine_trained(&copied, card.as_ref(), weights, limits, cancelled)?;
    let mut card = card.unwrap_or_default();
    card.file = Some(FileFacts { name, bytes: examined.bytes, sha256: examined.sha256.clone() });
    card.probe = Some(examined.probe.clone());
    if let Some(network) = &examined.network {
        fill(&mut card, network);
    }
    let training = trained.map(|trained| trained.training);
    Ok(Draft { shelf: shelf.clone(), staged, card, examined, training })
}

/// What is known of a published network, where the card says nothing.
fn fill(card: &mut ModelCard, network: &str) {
    let Some(facts) = networks::facts(network) else { return };
    let set = |field: &mut String, text: &str| {
        if field.is_empty() {
            text.clone_into(field);
        }
    };
    set(&mut card.network, network);
    set(&mut card.name, &network.replace('_', "-"));
    set(&mut card.version, "1");
    set(&mut card.task, facts.task);
    set(&mut card.trained_on, facts.trained_on);
    set(&mut card.limits, facts.limits);
    if card.labels.is_empty() {
        card.labels = facts.labels.iter().map(|label| (*label).to_owned()).collect();
    }
}

impl Draft {
    /// What is still to be asked.
    pub fn asks(&self) -> Vec<Ask> {
        let mut asks = Vec::new();
        if self.card.licence.trim().is_empty() {
            asks.push(Ask::Licence);
        }
        let classes = usize::try_from(self.examined.classes).unwrap_or_default();
        if classes > 0 && self.card.labels.len() != classes {
            asks.push(Ask::Labels { classes });
        }
        asks
    }

    /// What is missing or wrong about it.
    ///
    /// # Errors
    /// [`AddError::Name`], [`AddError::Licence`], [`AddError::Labels`], [`AddError::Card`], [`AddError::Shelf`].
    pub fn check(&self) -> Result<(), AddError> {
        if !is_model_name(&self.card.name) {
            return Err(AddError::Name(self.card.name.clone()));
        }
        if let Some(ask) = self.asks().into_iter().next() {
            return Err(match ask {
                Ask::Licence => AddError::Licence,
                Ask::Labels { classes } => AddError::Labels { wanted: classes, found: self.card.labels.len() },
            });
        }
        self.card.check()?;
        Ok(self.shelf.is_free(&self.card.name)?)
    }

    /// Keeps it on the shelf. Ask [`Self::check`] first where somebody can still put things right.
    ///
    /// # Errors
    /// As [`Self::check`]; when the disk refuses. Nothing is half-added.
    pub fn keep(self) -> Result<Held, AddError> {
        self.check()?;
        Ok(self.shelf.keep(self.staged, self.card)?)
    }
}
