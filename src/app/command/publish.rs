//! Commands of the place where work leaves the project.

use std::path::PathBuf;

use eframe::egui::Key;

use super::Command;
use super::spec::{Scope, Spec, key};
use crate::app::icon::Icon;
use crate::app::place::Place;

/// Something to do on the way out.
#[derive(Clone, Debug, PartialEq)]
pub enum PublishCommand {
    /// Look for what a reader of the export would miss.
    Check,
    /// Show the loss report of the selected format before writing.
    Preview,
    /// Choose a format by the name the command line gives it (`turtle`, `eaf`, …).
    SelectFormat(String),
    /// Write the project in that format.
    Write { format: String, file: PathBuf },
}

pub(super) fn specs() -> Vec<Spec> {
    const HERE: Scope = Scope::In(&[Place::Publish]);
    let spec =
        |command, id: &'static str, icon, keys: &[_]| Spec::new(Command::Publish(command), id, icon, HERE).keys(keys);
    use PublishCommand as Do;
    vec![
        spec(Do::Check, "command-publish-check", Icon::Check, &[key(Key::C)]),
        spec(Do::Preview, "command-publish-preview", Icon::Search, &[key(Key::P)]),
    ]
}
