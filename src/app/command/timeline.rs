//! Commands of the timeline: playing, segmenting, tiers.

use eframe::egui::Key;

use super::Command;
use super::spec::{Scope, Spec, Typing, alt, ctrl, ctrl_shift, key, shift};
use crate::app::edit::tiers::NewTier;
use crate::app::icon::Icon;
use crate::app::place::Place;
use crate::domain::{AnnotationId, Span, TagId, TierId, TierRole, Time};

/// Something to do on the timeline.
#[derive(Clone, Debug, PartialEq)]
pub enum TimelineCommand {
    PlayPause,
    /// Repeat the selection.
    Loop,
    Slower,
    Faster,
    /// One video frame back.
    FrameBack,
    FrameForward,
    /// One second back.
    JumpBack,
    JumpForward,
    /// To the start of the recording.
    ToStart,
    ToEnd,
    /// A segment starts at the playhead.
    MarkStart,
    /// The segment ends at the playhead.
    MarkEnd,
    /// The selected annotation starts at the playhead.
    StartHere,
    /// The selected annotation ends at the playhead.
    EndHere,
    /// Split the selected annotation at the playhead.
    Split,
    /// Make one annotation of the selected one and the next.
    MergeNext,
    /// Delete the selected annotation.
    Delete,
    NextAnnotation,
    PreviousAnnotation,
    NextTier,
    PreviousTier,
    /// Put the cursor into the transcription.
    EditText,
    /// Keep the text and go on to the next annotation.
    CommitAndNext,
    /// Ask what tier to add.
    AddTier,
    /// Choose which measures have a lane, or be done with that.
    Lanes,
    /// Put a lane there, or take it away.
    SetLane {
        channel: String,
        on: bool,
    },
    /// Move a lane one up or down.
    MoveLane {
        channel: String,
        up: bool,
    },
    /// Show less time, larger.
    ZoomIn,
    /// Show more time.
    ZoomOut,
    ZoomToSelection,
    ShowAll,
    /// Move the playhead.
    Seek(Time),
    /// Show this stretch of time.
    Show(Span),
    /// Select an annotation, or nothing.
    Select(Option<AnnotationId>),
    /// Select a stretch of time, or nothing.
    SelectSpan(Option<Span>),
    SelectTier(TierId),
    /// Make an annotation on a tier.
    Create {
        tier: TierId,
        span: Span,
    },
    /// Change when an annotation starts and ends.
    Retime {
        annotation: AnnotationId,
        span: Span,
    },
    /// Change an annotation's text.
    SetText {
        annotation: AnnotationId,
        text: String,
    },
    /// Change the text of the annotation under `parent` on a dependent tier (a free translation, a note), making it
    /// where there is none.
    SetDependent {
        tier: TierId,
        parent: AnnotationId,
        text: String,
    },
    /// As `SetDependent`, on the child tier with that role, which the first text makes.
    SetLine {
        parent: AnnotationId,
        role: TierRole,
        text: String,
    },
    /// Select a proposal.
    SelectTag(TagId),
    /// Add a tier to the session.
    MakeTier(NewTier),
    /// Playback speed, 1 being as recorded.
    SetSpeed(f32),
}

pub(super) fn specs() -> Vec<Spec> {
    const HERE: Scope = Scope::In(&[Place::Timeline]);
    // Playing works wherever there is something to hear.
    const PLAYS: Scope =
        Scope::In(&[Place::Timeline, Place::Interlinear, Place::People, Place::Lexicon, Place::Search]);
    let within = |scope| {
        move |command, id: &'static str, icon, keys: &[_]| {
            Spec::new(Command::Timeline(command), id, icon, scope).keys(keys)
        }
    };
    // Among people Space plays the proposal.
    const PLAYS_FREELY: Scope = Scope::In(&[Place::Timeline, Place::Interlinear, Place::Lexicon, Place::Search]);
    let (spec, plays, plays_freely) = (within(HERE), within(PLAYS), within(PLAYS_FREELY));
    use TimelineCommand as Do;
    vec![
        plays_freely(Do::PlayPause, "command-play-pause", Icon::Play, &[key(Key::Space), ctrl(Key::Space)])
            .typing(Typing::Auto),
        // In a text field Tab repeats what one is writing down; elsewhere it moves the focus.
        spec(Do::Loop, "command-loop", Icon::Loop, &[key(Key::Tab)]).typing(Typing::Only),
        plays(Do::Slower, "command-slower", Icon::Slower, &[key(Key::OpenBracket), ctrl(Key::OpenBracket)]),
        plays(Do::Faster, "command-faster", Icon::Faster, &[key(Key::CloseBracket), ctrl(Key::CloseBracket)]),
        spec(Do::FrameBack, "command-frame-back", Icon::FrameBack, &[key(Key::Comma), ctrl(Key::ArrowLeft)])
            .typing(Typing::Never),
        spec(Do::FrameForward, "command-frame-forward", Icon::FrameForward, &[key(Key::Period), ctrl(Key::ArrowRight)])
            .typing(Typing::Never),
        spec(Do::JumpBack, "command-jump-back", Icon::Left, &[key(Key::ArrowLeft), alt(Key::Comma)]),
        spec(Do::JumpForward, "command-jump-forward", Icon::Right, &[key(Key::ArrowRight), alt(Key::Period)]),
        spec(Do::ToStart, "command-to-start", Icon::FrameBack, &[key(Key::Home)]),
        spec(Do::ToEnd, "command-to-end", Icon::FrameForward, &[key(Key::End)]),
        spec(Do::MarkStart, "command-mark-start", Icon::Tag, &[key(Key::S)]),
        spec(Do::MarkEnd, "command-mark-end", Icon::Tag, &[key(Key::D)]),
        spec(Do::StartHere, "command-start-here", Icon::Tag, &[shift(Key::S)]),
        spec(Do::EndHere, "command-end-here", Icon::Tag, &[shift(Key::D)]),
        spec(Do::Split, "command-split", Icon::Split, &[ctrl(Key::Enter)]).typing(Typing::Always),
        spec(Do::MergeNext, "command-merge-next", Icon::Merge, &[ctrl(Key::M)]),
        spec(Do::Delete, "command-delete-annotation", Icon::Trash, &[key(Key::Delete)]),
        spec(Do::NextAnnotation, "command-next-annotation", Icon::Right, &[alt(Key::ArrowRight)])
            .typing(Typing::Always),
        spec(Do::PreviousAnnotation, "command-previous-annotation", Icon::Left, &[alt(Key::ArrowLeft)])
            .typing(Typing::Always),
        spec(Do::NextTier, "command-next-tier", Icon::Down, &[alt(Key::ArrowDown), key(Key::ArrowDown)]),
        spec(Do::PreviousTier, "command-previous-tier", Icon::Up, &[alt(Key::ArrowUp), key(Key::ArrowUp)]),
        spec(Do::EditText, "command-edit-text", Icon::Pencil, &[key(Key::F2), key(Key::Enter)]).typing(Typing::Never),
        spec(Do::CommitAndNext, "command-commit-and-next", Icon::Check, &[key(Key::Enter)]).typing(Typing::Only),
        spec(Do::AddTier, "command-add-tier", Icon::Plus, &[ctrl(Key::T)]),
        spec(Do::Lanes, "command-lanes", Icon::Timeline, &[alt(Key::L)]),
        spec(Do::ZoomIn, "command-timeline-zoom-in", Icon::Plus, &[key(Key::Plus), key(Key::Equals), shift(Key::Plus)]),
        spec(Do::ZoomOut, "command-timeline-zoom-out", Icon::Minus, &[key(Key::Minus)]),
        spec(Do::ZoomToSelection, "command-timeline-zoom-selection", Icon::Search, &[key(Key::Z)]),
        spec(Do::ShowAll, "command-timeline-show-all", Icon::Timeline, &[ctrl_shift(Key::A)]),
    ]
}
