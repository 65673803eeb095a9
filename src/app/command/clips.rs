//! Commands that take a clip or a still out of the project.

use std::path::PathBuf;

use eframe::egui::Key;

use super::Command;
use super::spec::{Scope, Spec, ctrl_alt};
use crate::app::icon::Icon;
use crate::app::place::Place;

/// Which stretch of the recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClipSource {
    /// What is marked on the timeline, or the selected annotation.
    Selection,
    /// The proposal looked at.
    Proposal,
    /// What is in sight on the timeline.
    InSight,
}

/// Something to do with clips and stills.
#[derive(Clone, Debug, PartialEq)]
pub enum ClipsCommand {
    /// Ask what clip to write.
    Clip,
    /// Ask what still to write.
    Still,
    /// Take the times of this stretch.
    Take(ClipSource),
    /// Ask where to write.
    ChooseFile,
    /// Write there.
    SetFile(PathBuf),
    /// Write it.
    Write,
    /// Stop writing.
    Stop,
    /// Put the dialog away; what is being written goes on.
    Close,
}

pub(super) fn specs() -> Vec<Spec> {
    const HERE: Scope = Scope::In(&[Place::Timeline, Place::People]);
    let spec = |command, id, icon, key| Spec::new(Command::Clips(command), id, icon, HERE).keys(&[ctrl_alt(key)]);
    vec![
        spec(ClipsCommand::Clip, "command-export-clip", Icon::Publish, Key::E),
        spec(ClipsCommand::Still, "command-save-still", Icon::Publish, Key::S),
    ]
}
