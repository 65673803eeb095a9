//! A model trained from a project's own tags: what to learn from is gathered, the worker teaches, and what comes out is put
//! among the user's models with a card that says how well it does.

mod export;
mod gather;
mod lesson;
mod propose;

use std::path::PathBuf;

use crate::analysis::training::{Epoch, Settings, SplitError, TrainedCard, What, flip_is_harmless, split};
use crate::app::models::{CARD, Shelf, ShelfError, TRAINING};
use crate::jobs::JobContext;
use crate::jobs::training::{Train, TrainError, train};
use crate::store::{Reader, StoreError};

pub use export::{ExportError, Exported, export, with_consent};
pub use gather::{From, Gathered, LeftOut, gather};
pub use lesson::{Lesson, tiers};
pub use propose::{Proposed, Trained, find, propose};

/// What to train.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    pub name: String,
    pub from: From,
    pub what: What,
    /// Only these labels; all when empty.
    pub labels: Vec<String>,
    /// Pictures mirrored at random; `None`: where that makes no difference, as far as the labels tell.
    pub flip: Option<bool>,
    pub settings: Settings,
    /// Where models are put: usually [`Shelf::usual`].
    pub shelf: Shelf,
}

/// A model that was trained, and where it lies.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    pub folder: PathBuf,
    pub card: TrainedCard,
    pub left_out: LeftOut,
}

/// Why there is no model.
#[derive(Debug, thiserror::Error)]
pub enum TrainingError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Seen(#[from] super::seen::SeenError),
    #[error("no tier is called “{name}”; {there}")]
    NoTier { name: String, there: String },
    #[error("there is no trained model named “{name}”: {why}")]
    NoModel { name: String, why: String },
    #[error("{reason}.{}", told(.left_out))]
    TooLittle { reason: SplitError, left_out: LeftOut },
    #[error(transparent)]
    Shelf(#[from] ShelfError),
    #[error(transparent)]
    Train(#[from] TrainError),
}

impl std::convert::From<TrainingError> for crate::jobs::JobError {
    fn from(error: TrainingError) -> Self {
        match error {
            TrainingError::Train(error) => error.into(),
            other => Self::Failed(other.to_string()),
        }
    }
}

fn told(left_out: &LeftOut) -> String {
    let lines = left_out.in_words();
    if lines.is_empty() { String::new() } else { format!(" {}", lines.join(" ")) }
}

/// Gathers what to learn from, and makes sure that it is enough: quick, so that too little is told at once.
///
/// # Errors
/// [`TrainingError`].
pub fn prepare(
    read: Reader<'_>,
    media: &dyn Fn(&crate::domain::Media) -> PathBuf,
    wanted: &Wanted,
) -> Result<Gathered, TrainingError> {
    wanted.shelf.is_free(&wanted.name)?;
    let gathered = gather(read, media, wanted)?;
    if let Err(reason) = split(&gathered.material, wanted.settings.seed) {
        return Err(TrainingError::TooLittle { reason, left_out: gathered.left_out });
    }
    Ok(gathered)
}

/// Trains from what was gathered and puts the model on the shelf. Blocks; call it inside a job.
///
/// # Errors
/// [`TrainingError`]; nothing of a half-trained model stays.
pub fn make(
    gathered: Gathered,
    wanted: &Wanted,
    context: &JobContext,
    told: &mut dyn FnMut(&Epoch),
) -> Result<Made, TrainingError> {
    let staged = wanted.shelf.staging()?;
    let flip = wanted.flip.unwrap_or_else(|| flip_is_harmless(wanted.what, &gathered.material.labels));
    let settings = Settings { flip, ..wanted.settings.clone() };
    let request = Train { material: gathered.material, settings, out: staged.path().to_owned() };
    let trained = train(&request, context, told)?;
    let when = jiff::Timestamp::now().to_string();
    let card = TrainedCard::of(&wanted.name, &wanted.from.in_words(), &when, trained);
    let (text, training) = card.to_toml().map_err(ShelfError::Card)?;
    let folder = wanted.shelf.keep_with(staged, &card.name, &[(TRAINING, training), (CARD, text)])?;
    Ok(Made { folder, card, left_out: gathered.left_out })
}

/// Begins what the window's dialog asked for.
///
/// # Errors
/// [`TrainingError`], before anything was read of the recordings.
#[cfg(feature = "window")]
pub fn begin(core: &super::core::Core, tier: String, what: What, name: String) -> Result<Lesson, TrainingError> {
    let title = super::i18n::tr_args("train-job", &[("name", name.clone().into())]);
    let wanted = Wanted {
        name,
        from: From::Tier(tier),
        what,
        labels: Vec::new(),
        flip: None,
        settings: Settings::default(),
        shelf: core.shelf.clone().ok_or(ShelfError::NoFolder)?,
    };
    Lesson::start(&core.store, &core.jobs, wanted, title)
}
