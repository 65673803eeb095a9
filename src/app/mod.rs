//! The open project and everything that may be done with it: the only layer that changes the store; and what the
//! window knows beside it: commands, keys, settings, words.

#[cfg(feature = "media")]
pub mod analysing;
#[cfg(feature = "window")]
pub mod command;
#[cfg(feature = "window")]
pub mod core;
pub mod edit;
pub mod i18n;
pub mod icon;
#[cfg(feature = "window")]
pub mod importing;
#[cfg(feature = "window")]
pub mod keymap;
#[cfg(feature = "window")]
pub mod launch;
pub mod learning;
pub mod merge;
pub mod place;
#[cfg(feature = "window")]
pub mod places;
#[cfg(feature = "media")]
pub mod recordings;
#[cfg(feature = "media")]
pub mod sample;
#[cfg(feature = "window")]
pub mod session_player;
pub mod settings;
pub mod shipped;
#[cfg(feature = "window")]
pub mod start_page;
pub mod suggesting;
pub mod transfer;
#[cfg(feature = "window")]
pub mod window;
