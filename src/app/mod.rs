//! What the window knows beside the project itself: commands, keys, settings, words.

#[cfg(feature = "window")]
pub mod command;
pub mod i18n;
pub mod icon;
#[cfg(feature = "window")]
pub mod keymap;
pub mod place;
pub mod settings;
