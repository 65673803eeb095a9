//! Recordings: files, their streams, where they lie on the session's timeline.

use serde::{Deserialize, Serialize};

use super::{MediaId, Residue, SessionId, Time};

/// Where the file lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaStorage {
    /// In the project's `media/` folder; the path is relative to the project folder.
    #[default]
    Copied,
    /// Elsewhere; the path is absolute, or relative to the project folder.
    Linked,
}

/// One recording of a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Media {
    pub id: MediaId,
    pub session: SessionId,
    pub path: String,
    pub storage: MediaStorage,
    /// BLAKE3 of the content, hex; empty until it was read once. Finds a moved file again.
    pub hash: String,
    /// Size in bytes.
    pub size: i64,
    /// MIME type (`audio/x-wav`), empty when not known.
    pub mime: String,
    pub duration: Option<Time>,
    /// Moment on the session's timeline at which this file starts.
    pub offset: Time,
    pub streams: Vec<Stream>,
    pub position: i64,
    pub residue: Residue,
}

/// What a stream carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamKind {
    Audio,
    Video,
    Other,
}

/// One stream of a media file, as the container declares it. Fields that do not apply are `None`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stream {
    /// Index in the container.
    pub index: usize,
    pub kind: StreamKind,
    /// Codec name as FFmpeg calls it (`h264`, `pcm_s16le`).
    pub codec: String,
    pub duration: Option<Time>,
    /// Samples a second.
    pub sample_rate: Option<u32>,
    pub channels: Option<u32>,
    /// Pixels as shown: rotation and pixel aspect applied.
    pub width: Option<u32>,
    pub height: Option<u32>,
    /// Average frames a second.
    pub frame_rate: Option<f64>,
    /// Clockwise degrees by which the stored picture is turned to be shown: 0, 90, 180 or 270.
    pub rotation: Option<u32>,
}
