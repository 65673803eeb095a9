//! Commands of people and faces: looking at what the models propose.

use eframe::egui::Key;

use super::Command;
use super::spec::{Scope, Spec, key, shift};
use crate::analysis::review::QueueOrder;
use crate::app::icon::Icon;
use crate::app::place::Place;
use crate::domain::{PersonId, Span, TagId, Time, TrackId};

/// Something to do with people, their tracks and proposed tags.
#[derive(Clone, Debug, PartialEq)]
pub enum PeopleCommand {
    /// Play the proposal from its start, or stop.
    PlayProposal,
    NextProposal,
    PreviousProposal,
    /// Make the proposal an annotation.
    Accept,
    Reject,
    /// Accept it under another label; asks which.
    Relabel,
    /// Accept it at other times; asks which.
    Retime,
    /// Nobody can tell.
    Unsure,
    /// Look at this session's video for faces and bodies; asks how.
    Analyse,
    /// Put a name to the selected track.
    NameTrack,
    AddPerson,
    /// Go through the proposals in this order.
    Queue(QueueOrder),
    /// Go through everybody's proposals again.
    Everyone,
    SelectProposal(TagId),
    /// Go through this person's proposals only.
    SelectPerson(PersonId),
    /// Go through this track's proposals only.
    SelectTrack(TrackId),
    /// Show the picture at this moment of the session's timeline.
    ShowMoment(Time),
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
    /// Someone new, whom this track shows where one is given.
    AddPersonAs {
        code: String,
        track: Option<TrackId>,
    },
    /// Look now, with these models (all when empty) at so many frames a second.
    StartAnalysis {
        models: Vec<String>,
        fps: f64,
    },
    /// Stop looking; what was found stays.
    StopAnalysis,
}

pub(super) fn specs() -> Vec<Spec> {
    const HERE: Scope = Scope::In(&[Place::People]);
    let spec =
        |command, id: &'static str, icon, keys: &[_]| Spec::new(Command::People(command), id, icon, HERE).keys(keys);
    use PeopleCommand as Do;
    vec![
        spec(Do::PlayProposal, "command-play-proposal", Icon::Play, &[key(Key::Space)]),
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
        spec(Do::Queue(QueueOrder::UncertainFirst), "command-queue-uncertain", Icon::Help, &[key(Key::Num1)]),
        spec(Do::Queue(QueueOrder::ModelsDisagree), "command-queue-disagree", Icon::Split, &[key(Key::Num2)]),
        spec(Do::Queue(QueueOrder::ByTime), "command-queue-time", Icon::Clock, &[key(Key::Num3)]),
        spec(Do::Queue(QueueOrder::NotAssessable), "command-queue-not-assessable", Icon::Warning, &[key(Key::Num4)]),
        spec(Do::Everyone, "command-everyone", Icon::People, &[key(Key::E)]),
    ]
}
