//! What models propose and people decide.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{AnnotationId, MediaId, Residue, RunId, SessionId, Span, TagId, Time, Track, TrackId};

/// How a model run ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    #[default]
    Running,
    Finished,
    /// Stopped by a person or a crash; what was stored stays.
    Stopped,
}

/// One model that took part in a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelUse {
    pub name: String,
    pub version: String,
    /// SHA-256 of the weights, hex.
    pub sha256: String,
}

/// One pass of models over a media file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelRun {
    pub id: RunId,
    pub session: SessionId,
    pub media: MediaId,
    pub models: Vec<ModelUse>,
    /// Thresholds and sampling rate as used, so that the run can be repeated.
    pub settings: Value,
    /// RFC 3339.
    pub started: String,
    pub finished: String,
    pub status: RunStatus,
    /// Frames looked at so far.
    pub frames: i64,
    pub residue: Residue,
}

impl ModelRun {
    /// Whether it listened: its settings then say how.
    pub fn listened(&self) -> bool {
        self.settings.get("speech").is_some()
    }
    /// Whether it looked. A run does one of both or both.
    pub fn looked(&self) -> bool {
        self.settings.get("fps").is_some() || !self.listened()
    }
    /// Seconds that looking took, without the rests; older runs do not say.
    pub fn worked_secs(&self) -> Option<f64> {
        self.residue.get(WORKED)?.as_f64()
    }
    /// Tracks that it followed and somebody deleted: their samples stay, and whoever was on them stays hidden.
    pub fn deleted_tracks(&self) -> Vec<Track> {
        let said = self.residue.get(DELETED).cloned();
        said.and_then(|said| serde_json::from_value(said).ok()).unwrap_or_default()
    }
    /// Notes that one of its tracks is being deleted.
    pub fn note_deleted(&mut self, track: &Track) {
        let mut all = self.deleted_tracks();
        all.push(Track { person: None, residue: Residue::default(), ..track.clone() });
        self.residue.set(DELETED, serde_json::to_value(all).unwrap_or_default());
    }
    /// Notes how long looking took.
    pub fn set_worked_secs(&mut self, secs: f64) {
        self.residue.set(WORKED, secs.into());
    }
}

const WORKED: &str = "worked_secs";
const DELETED: &str = "deleted_tracks";

/// What became of a proposal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TagStatus {
    #[default]
    Proposed,
    Accepted,
    Rejected,
    /// Accepted with another label or other times.
    Changed,
    /// The annotator could not tell.
    Unsure,
}

/// An interval that a model proposes: an expression, an open mouth, a gaze away, a nod, a raised hand.
/// The proposal itself is never altered by review: what the reviewer said stands beside it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tag {
    pub id: TagId,
    pub run: RunId,
    pub track: TrackId,
    /// Machine name of what is proposed: `expression.happiness`, `mouth_open`, `gaze_away`, `nod`, `hand_up.left`.
    pub label: String,
    /// On the session's timeline.
    pub start: Time,
    pub end: Time,
    /// 0 to 1.
    pub confidence: f64,
    /// What the proposal rests on: scores by class and by model, frames, reasons to doubt it.
    pub evidence: Value,
    pub status: TagStatus,
    /// Who decided; empty while nobody has.
    pub reviewer: String,
    /// When, RFC 3339.
    pub reviewed: String,
    /// The annotation that an accepted proposal became.
    pub annotation: Option<AnnotationId>,
    pub residue: Residue,
}

impl Tag {
    /// A proposal on a track of a run that nobody has decided about. `confidence` from 0 to 1, kept to the thousandth.
    pub fn proposed(on: (RunId, TrackId), label: String, span: Span, confidence: f32, evidence: Value) -> Self {
        Self {
            id: TagId::new(),
            run: on.0,
            track: on.1,
            label,
            start: span.start,
            end: span.end,
            confidence: (f64::from(confidence.clamp(0.0, 1.0)) * 1000.0).round() / 1000.0,
            evidence,
            status: TagStatus::Proposed,
            reviewer: String::new(),
            reviewed: String::new(),
            annotation: None,
            residue: Residue::default(),
        }
    }
}
