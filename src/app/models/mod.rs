//! The user's own models: where they lie, how one is added, which are chosen for a run, and what they propose on tiers.

#[cfg(feature = "media")]
pub mod adding;
#[cfg(feature = "window")]
pub mod asking;
#[cfg(feature = "media")]
mod choosing;
#[cfg(feature = "media")]
pub mod on_tier;
mod shelf;

#[cfg(feature = "media")]
pub use choosing::{Choice, choose};
#[cfg(feature = "media")]
pub mod trained;

pub use shelf::{CARD, FOLDER_VARIABLE, Held, Shelf, ShelfError, TRAINING};
