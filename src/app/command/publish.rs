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
    /// Write the file; asks where.
    Export,
    /// Publish the whole project, the selected session or the lexicon.
    SelectScope(PublishScope),
    /// Change a fact about the project that a reader needs (`base-iri`, `licence`).
    SetField { field: &'static str, value: String },
    /// Choose a format by the name the command line gives it (`turtle`, `eaf`, …).
    SelectFormat(String),
    /// Write curves beside documents for ELAN, or do not.
    SetCurves(bool),
    /// Write the project in that format.
    Write { format: String, file: PathBuf },
}

/// How much is published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PublishScope {
    #[default]
    Whole,
    /// The session that is selected.
    Session,
    Lexicon,
}

pub(super) fn specs() -> Vec<Spec> {
    const HERE: Scope = Scope::In(&[Place::Publish]);
    let spec =
        |command, id: &'static str, icon, keys: &[_]| Spec::new(Command::Publish(command), id, icon, HERE).keys(keys);
    use PublishCommand as Do;
    vec![
        spec(Do::Export, "command-publish-write", Icon::Publish, &[key(Key::Enter)]),
        spec(Do::Check, "command-publish-check", Icon::Check, &[key(Key::C)]),
        spec(Do::Preview, "command-publish-preview", Icon::Search, &[key(Key::P)]),
    ]
}
