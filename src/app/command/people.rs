//! Commands of people and faces: looking at what the models propose.

use eframe::egui::Key;

use super::Command;
use super::spec::{Scope, Spec, key, shift};
use crate::app::icon::Icon;
use crate::app::place::Place;
use crate::domain::{PersonId, Span, TagId, TrackId};

/// Something to do with people, their tracks and proposed tags.
#[derive(Clone, Debug, PartialEq)]
pub enum PeopleCommand {
    NextProposal,
    PreviousProposal,
    /// Make the proposal an annotation.
    Accept,
    Reject,
    /// Accept it under another label; asks which.
    Relabel,
    /// Accept it at the selected time.
    Retime,
    /// Nobody can tell.
    Unsure,
    /// Look at this session's video for faces and bodies.
    Analyse,
    /// Put a name to the selected track.
    NameTrack,
    AddPerson,
    SelectProposal(TagId),
    SelectPerson(PersonId),
    SelectTrack(TrackId),
    /// Accept under this label.
    RelabelAs {
        tag: TagId,
        label: String,
    },
    /// Accept at this time.
    RetimeTo {
        tag: TagId,
        span: Span,
    },
    /// This track is that person, or nobody's.
    AssignTrack {
        track: TrackId,
        person: Option<PersonId>,
    },
}

pub(super) fn specs() -> Vec<Spec> {
    const HERE: Scope = Scope::In(&[Place::People]);
    let spec =
        |command, id: &'static str, icon, keys: &[_]| Spec::new(Command::People(command), id, icon, HERE).keys(keys);
    use PeopleCommand as Do;
    vec![
        spec(Do::NextProposal, "command-next-proposal", Icon::Right, &[key(Key::ArrowRight), key(Key::ArrowDown)]),
        spec(Do::PreviousProposal, "command-previous-proposal", Icon::Left, &[key(Key::ArrowLeft), key(Key::ArrowUp)]),
        spec(Do::Accept, "command-accept-proposal", Icon::Check, &[key(Key::Enter)]),
        spec(Do::Reject, "command-reject-proposal", Icon::Cross, &[key(Key::X)]),
        spec(Do::Relabel, "command-relabel-proposal", Icon::Tag, &[key(Key::R)]),
        spec(Do::Retime, "command-retime-proposal", Icon::Clock, &[key(Key::T)]),
        spec(Do::Unsure, "command-unsure-proposal", Icon::Help, &[key(Key::U)]),
        spec(Do::NameTrack, "command-name-track", Icon::People, &[key(Key::N)]),
        spec(Do::AddPerson, "command-add-person", Icon::Plus, &[shift(Key::N)]),
        spec(Do::Analyse, "command-analyse", Icon::People, &[shift(Key::A)]),
    ]
}
