//! Person tracks: one face or body followed through a recording, as time series.

use serde::{Deserialize, Serialize};

use super::{PersonId, Residue, RunId, Time, TrackId};

/// What is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrackKind {
    Face,
    Body,
    /// Somebody's voice: all turns of one speaker.
    Voice,
}

/// One face, body or voice through a recording. Its samples are kept apart, in [`TrackSamples`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Track {
    pub id: TrackId,
    pub run: RunId,
    pub kind: TrackKind,
    /// Number within the run, from 1.
    pub number: i64,
    /// Who it is, once somebody said so.
    pub person: Option<PersonId>,
    /// First and last sample on the session's timeline.
    pub start: Time,
    pub end: Time,
    /// How many samples it has.
    pub samples: i64,
    pub residue: Residue,
}

/// One quantity over time, `width` numbers a sample.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Channel {
    /// `box` (x, y, width, height), `landmarks` (478 × x, y, z), `pose` (33 × x, y, z, visibility),
    /// `expression.faceapi` (7), `measure.mouth_open` (1), ….
    pub name: String,
    /// Numbers a sample.
    pub width: usize,
    /// Smallest step that is kept when stored: 0.125 for pixels, 1/1000 for probabilities.
    pub step: f32,
    /// `times.len() × width` numbers, sample after sample; NaN where there is no value.
    pub values: Vec<f32>,
}

/// Samples of one track: shared times, any number of channels.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TrackSamples {
    /// Strictly rising, on the session's timeline.
    pub times: Vec<Time>,
    pub channels: Vec<Channel>,
}

/// Some seconds of one channel of one track, packed as `analysis::codec` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackChunk {
    pub track: TrackId,
    pub channel: String,
    /// First and last sample.
    pub start: Time,
    pub end: Time,
    pub samples: i64,
    /// In JSON as Base64. What is none comes in empty, which nothing that was packed is: one damaged stretch does not keep a
    /// whole file out.
    #[serde(rename = "packed", with = "packed")]
    pub blob: Vec<u8>,
}

impl TrackChunk {
    /// For messages: which channel, of which of these tracks, from when.
    pub fn told(&self, tracks: &[Track]) -> String {
        let track = match tracks.iter().find(|track| track.id == self.track) {
            Some(Track { kind: TrackKind::Face, number, .. }) => format!("face {number}"),
            Some(Track { kind: TrackKind::Body, number, .. }) => format!("body {number}"),
            Some(Track { kind: TrackKind::Voice, number, .. }) => format!("speaker {number}"),
            None => format!("track {}", self.track),
        };
        format!("“{}” of {track} from {}", self.channel, self.start)
    }
}

mod packed {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::de::{Deserialize, Deserializer};
    use serde::ser::Serializer;
    use serde_json::Value;

    pub fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        Ok(match Value::deserialize(from)? {
            Value::String(text) => STANDARD.decode(text.as_bytes()).unwrap_or_default(),
            _ => Vec::new(),
        })
    }
}

impl TrackSamples {
    /// The channel of that name.
    pub fn channel(&self, name: &str) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.name == name)
    }
    /// The samples of some moments only.
    pub fn only(self, mut wanted: impl FnMut(Time) -> bool) -> Self {
        let kept: Vec<bool> = self.times.iter().map(|time| wanted(*time)).collect();
        let times = self.times.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(time, _)| *time).collect();
        let channels = self.channels.into_iter().map(|channel| {
            let rows = channel.values.chunks(channel.width.max(1)).zip(&kept);
            let values = rows.filter(|(_, kept)| **kept).flat_map(|(row, _)| row.iter().copied()).collect();
            Channel { values, ..channel }
        });
        Self { times, channels: channels.collect() }
    }
}

impl Channel {
    /// The numbers of one sample, `None` past the end.
    pub fn sample(&self, index: usize) -> Option<&[f32]> {
        self.values.get(index * self.width..(index + 1) * self.width)
    }
}
