//! What the timeline shows, in the order of the screen.

use std::sync::Arc;

use eframe::egui::Vec2;

use crate::app::show::Shown;
use crate::domain::{AnnotationId, Constraint, Span, TagId, TierId, TierRole, Time};
use crate::media::{Peaks, PitchTrack, VideoFrame};
use crate::render::overlay::Stroke;
use crate::ui::heat::HeatRow;
use crate::ui::people::NameTag;

/// What there is to see and hear.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Recording {
    /// The session has none.
    #[default]
    None,
    /// It has one that is not where it should be: the file's name.
    Missing(String),
    /// It is there.
    There {
        /// Whether it has a picture.
        picture: bool,
        /// Whether it has sound.
        sound: bool,
    },
}

/// Everything on screen but what moves while playing, which is in [`Playback`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TimelineModel {
    pub recording: Recording,
    /// The session has a text, but none of it has times.
    pub untimed: bool,
    /// Neither a recording nor an annotation gives the axis a length.
    pub blank: bool,
    /// End of the recording or of the last annotation, whichever is later.
    pub duration: Time,
    /// Where somebody speaks, over the whole recording.
    pub overview: Vec<Span>,
    pub tiers: Vec<TierLane>,
    pub proposals: Vec<ProposalLane>,
    pub measures: Vec<MeasureLane>,
    /// Measures that can have a lane here, those that have one first.
    pub choices: Vec<LaneChoice>,
    /// What is drawn on the picture.
    pub shown: Shown,
    /// The utterance being worked on.
    pub sentence: Option<Sentence>,
    pub tier: Option<TierId>,
    pub annotation: Option<AnnotationId>,
    pub tag: Option<TagId>,
    pub span: Option<Span>,
    /// Languages a new tier may have: tag and name.
    pub languages: Vec<(String, String)>,
}

/// A tier with those of its annotations that are in sight.
#[derive(Clone, Debug, PartialEq)]
pub struct TierLane {
    pub id: TierId,
    pub name: String,
    /// Participant or kind, in the header's second line.
    pub detail: String,
    pub role: TierRole,
    pub constraint: Constraint,
    /// How many tiers stand above it.
    pub depth: usize,
    /// Number of its colour.
    pub color: usize,
    /// Whether its texts are in the language documented.
    pub object_language: bool,
    pub blocks: Vec<Block>,
}

/// An annotation on its lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub id: AnnotationId,
    pub span: Span,
    pub text: String,
    /// Whether the times are its own, so that its edges can be moved.
    pub own_times: bool,
}

/// The proposals about one track.
#[derive(Clone, Debug, PartialEq)]
pub struct ProposalLane {
    /// "A · face", "smiles · A".
    pub name: String,
    /// What of that stands in the header's first line, and what in its second: a model's name may be long.
    pub title: String,
    pub who: String,
    /// By start.
    pub marks: Vec<Mark>,
    /// Rows within the lane: proposals over the same time lie under each other.
    pub rows: usize,
}

/// A proposal on its lane.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    pub id: TagId,
    pub span: Span,
    pub text: String,
    /// The reviewer could not tell.
    pub unsure: bool,
    /// Which of the lane's rows it lies in, from the top.
    pub row: usize,
}

/// A measure of one person.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasureLane {
    /// As the measure is stored.
    pub channel: String,
    /// "mouth open".
    pub measure: String,
    /// "A", "Face 2".
    pub who: String,
    pub content: LaneContent,
}

/// What stands on a lane of measures.
#[derive(Clone, Debug, PartialEq)]
pub enum LaneContent {
    /// One number over time, in unbroken stretches, with the lowest and highest in sight.
    Curve { pieces: Vec<Vec<(Time, f32)>>, low: f32, high: f32 },
    /// Expressions.
    Heat(Arc<HeatRow>),
}

/// Something that can have a lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneChoice {
    pub channel: String,
    pub name: String,
    pub on: bool,
}

/// The utterance being worked on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    pub id: AnnotationId,
    /// From 1.
    pub number: usize,
    /// How many there are on the tier, and how many have a text.
    pub count: usize,
    pub done: usize,
    /// Name of the tier's participant, or of the tier.
    pub participant: String,
    pub span: Option<Span>,
    pub text: String,
    /// Name of the language.
    pub language: String,
    pub translation: String,
    pub translation_language: String,
    pub note: String,
}

/// What moves while playing. Cheap to make, every frame.
#[derive(Clone, Default)]
pub struct Playback {
    pub position: Time,
    pub playing: bool,
    /// 1 is as recorded.
    pub speed: f64,
    pub frame: Option<Arc<VideoFrame>>,
    /// The picture must not be shown: faces are hidden, and nobody looked for any here.
    pub hidden: bool,
    /// Faces are hidden: no picture from before that may stay.
    pub veiled: bool,
    /// Pixels of the video as it is stored, in which strokes and names are measured.
    pub full: Vec2,
    pub strokes: Arc<Vec<Stroke>>,
    pub names: Vec<NameTag>,
    /// When that picture is shown, on the session's timeline.
    pub frame_span: Option<Span>,
    /// The sound's outline, once it is made.
    pub peaks: Option<Arc<Peaks>>,
    /// Where the sound starts on the session's timeline.
    pub sound_offset: Time,
    /// Magnification that brings the loudest sample near the edge of the lane.
    pub gain: f32,
    /// How far making it is, 0 to 1.
    pub peaks_part: Option<f32>,
    /// The start of a segment that is being marked.
    pub mark: Option<Time>,
    /// Pitch at the playhead, Hz.
    pub pitch: Option<f32>,
    /// Pieces of the pitch in sight.
    pub pitch_pieces: Vec<Arc<PitchTrack>>,
}
