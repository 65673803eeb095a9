//! The edits people make, one function each, the same for the window and the command line. Each is one step that
//! Undo can name; each keeps the rules between records (a tier's annotations do not overlap, an utterance's words
//! follow its text, a proposal stands beside the annotation it became).

pub mod annotations;
pub mod calibration;
pub mod entry_parts;
pub mod glosses;
pub mod identity;
pub mod lexicon;
pub mod looks;
pub mod neutral;
pub mod project;
pub mod recipes;
pub mod remaking;
pub mod reviews;
pub mod speaking;
mod tag_tiers;
pub mod tags;
pub mod tiers;
pub mod words;

use crate::store::{Done, StoreError};

/// What an edit gives back.
pub type Edited<T = ()> = Result<Done<T>, StoreError>;
