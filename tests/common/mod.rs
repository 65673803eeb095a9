//! What several tests of the window share. Each test file is a program of its own and uses a part of it.
#![allow(dead_code)]

pub mod looked;
pub mod people;
pub mod timeline;

use std::path::PathBuf;

use eframe::egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

/// Keeps a picture in the folder named by `FIELDGLOSS_SHOTS`, or in the target folder's `shots`.
pub fn shoot<S>(gui: &mut Harness<'_, S>, name: &str) {
    let folder = match std::env::var_os("FIELDGLOSS_SHOTS") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("shots"),
    };
    std::fs::create_dir_all(&folder).expect("a folder for pictures");
    gui.render().expect("a picture").save(folder.join(format!("{name}.png"))).expect("the picture written");
}

/// A text field by its name; the words over it carry the same.
pub fn field<'g, S>(gui: &'g Harness<'_, S>, name: &'g str) -> egui_kittest::Node<'g> {
    gui.get_all_by_label(name).last().expect("a field")
}

/// Presses a key and lets the window do what it means.
pub fn press<S>(gui: &mut Harness<'_, S>, key: Key) {
    gui.key_press(key);
    gui.run_steps(3);
}

/// The same with Ctrl, Alt or Shift.
pub fn press_with<S>(gui: &mut Harness<'_, S>, modifiers: Modifiers, key: Key) {
    gui.key_press_modifiers(modifiers, key);
    gui.run_steps(3);
}
