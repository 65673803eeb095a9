//! Commands of people and faces: looking at what the models propose.

use eframe::egui::Key;

use super::Command;
use super::spec::{Scope, Spec, alt, alt_shift, key, shift};
use crate::analysis::review::QueueOrder;
use crate::app::icon::Icon;
use crate::app::identity::CardId;
use crate::app::place::Place;
use crate::domain::{Access, PersonId, RunId, Span, TagId, Time, TrackId};

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
    /// Write a note on it; asks what.
    Note,
    /// Keep this note on it; an empty one takes it out.
    NoteAs {
        tag: TagId,
        note: String,
    },
    /// Move the start or the end of the proposal a little; Accept keeps it.
    Nudge {
        start: bool,
        later: bool,
    },
    /// Turn the body in space by a step: to the right, up, or the other way.
    TurnBody {
        right: i8,
        up: i8,
    },
    /// See the body from the front again.
    FaceBody,
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
    /// Fit how sure expressions are proposed from what was decided in the project.
    Calibrate,
    /// Take the networks at their word again.
    ForgetCalibration,
    /// Look at this session's video for faces and bodies; asks how.
    Analyse,
    /// Show everybody in the project, one card each, and who may be whom; or the proposal again.
    ToggleCards,
    /// Show what can be done with a card, or hide that.
    OpenCard(CardId),
    /// Put a name to a card; asks which.
    NameCard(CardId),
    /// This track does not show the person it was given to.
    TakeApart(TrackId),
    DeleteTrack(TrackId),
    /// What a person answered, and who may see what is of them.
    SetConsent {
        person: PersonId,
        given: Option<bool>,
        access: Access,
    },
    /// Two people are one.
    MergePeople {
        kept: PersonId,
        gone: PersonId,
    },
    /// Delete every print for good; asks first.
    ForgetPrints,
    ForgetPrintsNow,
    /// Keep prints of the runs to come, or none.
    ToggleKeepPrints,
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
        how: HowToLook,
    },
    /// List the looks at this session, to choose which comes first.
    ShowLooks,
    /// This look comes first, until a newer one is done.
    ShowLook(RunId),
    /// Let the look rest, or go on.
    PauseAnalysis,
    /// Go on with the last look that was broken off.
    ResumeAnalysis,
    /// Stop running the recipe; nothing is changed.
    StopRecipe,
    /// Stop looking; what was found stays.
    StopAnalysis,
}

/// How a long look goes about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HowToLook {
    /// One frame a second first, then closely where something happens.
    pub sparse_first: bool,
    /// Rest while the machine runs on its battery.
    pub on_mains_only: bool,
}

pub(super) fn specs() -> Vec<Spec> {
    const HERE: Scope = Scope::In(&[Place::People]);
    let spec =
        |command, id: &'static str, icon, keys: &[_]| Spec::new(Command::People(command), id, icon, HERE).keys(keys);
    use PeopleCommand as Do;
    let turn = |right, up, id, icon, arrow| spec(Do::TurnBody { right, up }, id, icon, &[shift(arrow)]);
    vec![
        spec(Do::PlayProposal, "command-play-proposal", Icon::Play, &[key(Key::Space)]),
        spec(Do::NextProposal, "command-next-proposal", Icon::Right, &[key(Key::ArrowRight), key(Key::ArrowDown)]),
        spec(Do::PreviousProposal, "command-previous-proposal", Icon::Left, &[key(Key::ArrowLeft), key(Key::ArrowUp)]),
        spec(Do::Accept, "command-accept-proposal", Icon::Check, &[key(Key::Enter)]),
        spec(Do::Reject, "command-reject-proposal", Icon::Cross, &[key(Key::X)]),
        spec(Do::Relabel, "command-relabel-proposal", Icon::Tag, &[key(Key::R)]),
        spec(Do::Retime, "command-retime-proposal", Icon::Clock, &[key(Key::T)]),
        spec(Do::Unsure, "command-unsure-proposal", Icon::Help, &[key(Key::U)]),
        spec(Do::Note, "command-note-proposal", Icon::Pencil, &[key(Key::W)]),
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
        turn(-1, 0, "command-turn-body-left", Icon::Left, Key::ArrowLeft),
        turn(1, 0, "command-turn-body-right", Icon::Right, Key::ArrowRight),
        turn(0, 1, "command-turn-body-up", Icon::Up, Key::ArrowUp),
        turn(0, -1, "command-turn-body-down", Icon::Down, Key::ArrowDown),
        spec(Do::FaceBody, "command-face-body", Icon::People, &[shift(Key::Home)]),
        spec(Do::NameTrack, "command-name-track", Icon::People, &[key(Key::N)]),
        spec(Do::AddPerson, "command-add-person", Icon::Plus, &[shift(Key::N)]),
        spec(Do::WhoSpeaks, "command-who-speaks", Icon::People, &[shift(Key::W)]),
        spec(Do::MarkNeutral, "command-mark-neutral", Icon::People, &[shift(Key::E)]),
        spec(Do::Calibrate, "command-calibrate", Icon::People, &[alt_shift(Key::E)]),
        spec(Do::ForgetCalibration, "command-forget-calibration", Icon::People, &[alt_shift(Key::C)]),
        spec(Do::Analyse, "command-analyse", Icon::People, &[shift(Key::A)]),
        spec(Do::ShowLooks, "command-show-looks", Icon::People, &[shift(Key::L)]),
        spec(Do::ResumeAnalysis, "command-resume-analysis", Icon::Play, &[shift(Key::R)]),
        spec(Do::PauseAnalysis, "command-pause-analysis", Icon::Clock, &[shift(Key::P)]),
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
        spec(Do::ToggleCards, "command-person-cards", Icon::People, &[key(Key::C)]),
        spec(Do::ForgetPrints, "command-forget-prints", Icon::Cross, &[alt_shift(Key::F)]),
        spec(Do::Everyone, "command-everyone", Icon::People, &[key(Key::E)]),
    ]
}
