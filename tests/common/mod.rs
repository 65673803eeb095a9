//! What several tests of the window share. Each test file is a program of its own and uses a part of it.
#![allow(dead_code)]

pub mod looked;
pub mod people;
pub mod timeline;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use eframe::egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::Queryable as _;
use egui_kittest::{Harness, HarnessBuilder};
use fieldgloss::app::window::{Window, WindowOptions};

/// The whole window, driven.
pub type Driven = Harness<'static, Window>;

/// Longer than anything that is waited for takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(240);

/// The whole window, as the program opens it.
pub fn window(options: WindowOptions, size: (f32, f32)) -> Driven {
    let builder: HarnessBuilder<Window> = Harness::builder();
    let builder = builder.with_size(vec2(size.0, size.1)).wgpu();
    let mut driven = builder.build_eframe(move |cc| Window::new(&cc.egui_ctx, options));
    driven.run_steps(3);
    driven
}

/// Steps until something holds.
pub fn until<S>(gui: &mut Harness<'static, S>, what: &str, holds: impl Fn(&Harness<'static, S>) -> bool) {
    let begun = Instant::now();
    while !holds(gui) {
        assert!(begun.elapsed() < PATIENCE, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
        gui.run_steps(1);
    }
    gui.run_steps(2);
}

/// Steps until the words are on screen.
pub fn until_said<S>(gui: &mut Harness<'static, S>, words: &str) {
    until(gui, words, |gui| gui.query_all_by_label_contains(words).next().is_some());
}

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
