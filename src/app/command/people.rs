//! Commands of people and faces: looking at what the models propose.

use eframe::egui::Key;

use super::Command;
use super::spec::{Scope, Spec, alt, alt_shift, key, shift};
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
    /// It cannot be told.
    Unsure,
    /// Move the start or the end of the proposal a little; Accept keeps it.
    Nudge {
        start: bool,
        later: bool,
    },
    /// Review without seeing what others said, or end that.
    ToggleBlind,
    /// Decide what two reviewers agree on.
    Settle,
    /// Show how far two reviewers agree, or the proposal again.
    ToggleAgreement,
    /// Compare these two reviewers.
    Compare {
        first: String,
        second: String,
    },
    /// Show the pairs behind a cell of the confusion matrix.
    ShowCell {
        row: usize,
        column: usize,
    },
    /// Go to a pair of tags and play it over and over.
    ShowPair(usize),
    /// Set thresholds for a curve and see what they make, or stop that.
    MakeIntervals,
    /// Take up one of the project's recipes.
    OpenRecipe(String),
    /// Keep the recipe in the project.
    SaveRecipe,
    /// Make proposals by the recipe in this session.
    RunRecipe,
    /// The same in every session that was looked at.
    RunRecipeEverywhere,
    /// Propose who is speaking, from what was seen and heard.
    WhoSpeaks,
    /// Take the moment shown as the selected track's neutral face, or forget it.
    MarkNeutral,
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
        spec(Do::Nudge { start: true, later: false }, "command-nudge-start-back", Icon::Left, &[alt(Key::ArrowLeft)]),
        spec(Do::Nudge { start: true, later: true }, "command-nudge-start-on", Icon::Right, &[alt(Key::ArrowRight)]),
        spec(
            Do::Nudge { start: false, later: false },
            "command-nudge-end-back",
            Icon::Left,
            &[alt_shift(Key::ArrowLeft)],
        ),
        spec(
            Do::Nudge { start: false, later: true },
            "command-nudge-end-on",
            Icon::Right,
            &[alt_shift(Key::ArrowRight)],
        ),
        spec(Do::NameTrack, "command-name-track", Icon::People, &[key(Key::N)]),
        spec(Do::AddPerson, "command-add-person", Icon::Plus, &[shift(Key::N)]),
        spec(Do::WhoSpeaks, "command-who-speaks", Icon::People, &[shift(Key::W)]),
        spec(Do::MarkNeutral, "command-mark-neutral", Icon::People, &[shift(Key::E)]),
        spec(Do::Analyse, "command-analyse", Icon::People, &[shift(Key::A)]),
        spec(Do::Queue(QueueOrder::UncertainFirst), "command-queue-uncertain", Icon::Help, &[key(Key::Num1)]),
        spec(Do::Queue(QueueOrder::ModelsDisagree), "command-queue-disagree", Icon::Split, &[key(Key::Num2)]),
        spec(Do::Queue(QueueOrder::ByTime), "command-queue-time", Icon::Clock, &[key(Key::Num3)]),
        spec(Do::Queue(QueueOrder::NotAssessable), "command-queue-not-assessable", Icon::Warning, &[key(Key::Num4)]),
        spec(Do::Queue(QueueOrder::ReviewersDisagree), "command-queue-disputed", Icon::Split, &[key(Key::Num5)]),
        spec(Do::ToggleBlind, "command-blind-review", Icon::Help, &[key(Key::B)]),
        spec(Do::ToggleAgreement, "command-agreement", Icon::People, &[key(Key::G)]),
        spec(Do::Settle, "command-settle", Icon::Check, &[shift(Key::G)]),
        spec(Do::MakeIntervals, "command-make-intervals", Icon::Tag, &[key(Key::I)]),
        spec(Do::SaveRecipe, "command-save-recipe", Icon::Backup, &[shift(Key::S)]),
        spec(Do::RunRecipe, "command-run-recipe", Icon::Play, &[shift(Key::I)]),
        spec(Do::RunRecipeEverywhere, "command-run-recipe-everywhere", Icon::Play, &[alt_shift(Key::I)]),
        spec(Do::Everyone, "command-everyone", Icon::People, &[key(Key::E)]),
    ]
}
