//! Fieldgloss: from a recording to glossed text, reviewed face and body tags, a lexicon and Linked Data, offline.
//!
//! The layers, from the ground up: [`domain`] knows nobody; [`store`], [`formats`], [`media`], [`glossing`] and
//! [`analysis`] know the domain; [`jobs`] runs them at length; `app` holds the open project and is the only one
//! that changes it; `ui` draws and emits commands. `tests/architecture.rs` holds this up.

pub mod analysis;
pub mod app;
#[cfg(feature = "media")]
pub mod cli;
pub mod domain;
pub mod formats;
pub mod glossing;
#[cfg(feature = "media")]
pub mod jobs;
#[cfg(feature = "media")]
pub mod media;
#[cfg(feature = "window")]
pub mod render;
pub mod store;
#[cfg(feature = "window")]
pub mod ui;
