//! The open project and everything that may be done with it: the only layer that changes the store; and what the
//! window knows beside it: commands, keys, settings, words.

#[cfg(feature = "window")]
pub mod command;
pub mod edit;
pub mod i18n;
pub mod icon;
#[cfg(feature = "window")]
pub mod keymap;
pub mod place;
pub mod settings;
pub mod transfer;
