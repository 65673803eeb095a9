//! What a classifier is trained from and how well it does: examples with the person and the session they are of, the
//! split that keeps people apart, scores beside baselines, and the card. Plain arithmetic; the network itself is the
//! worker's.

mod calibration;
mod card;
mod random;
pub mod regions;
mod report;
mod scores;
mod settings;
mod split;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use calibration::{calibration_error, softmax, temperature};
pub use card::{PROGRAM, Trained, TrainedCard, Training, WEIGHTS, WeightsFile};
pub use random::Random;
pub use report::{Epoch, Part, Report, Verdict};
pub use scores::{LabelScore, Scores, wilson};
pub use settings::{Settings, flip_is_harmless};
pub use split::{Apart, FEWEST_PER_LABEL, Side, Split, SplitError, split};

use crate::domain::Time;

/// Examples at most; more are thinned evenly. Bounds memory to about 100 MB.
pub const MOST_EXAMPLES: usize = 20_000;

/// What is looked at, or listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// The face of whoever the tag is of.
    Face,
    /// Their hand: the one held higher.
    Hand,
    /// Their voice: a second of sound.
    Sound,
}

impl What {
    /// Pixels a side that the network sees; rows of mel bands and columns of time for sound.
    pub const fn side(self) -> i64 {
        if matches!(self, Self::Sound) { 64 } else { 32 }
    }
    /// Pixels around them on each side, to shift within.
    pub const fn margin(self) -> i64 {
        if matches!(self, Self::Sound) { 0 } else { 4 }
    }
    /// Numbers a pixel.
    pub const fn channels(self) -> i64 {
        if matches!(self, Self::Sound) { 1 } else { 3 }
    }
    /// As a person says it.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Face => "faces",
            Self::Hand => "hands",
            Self::Sound => "stretches of sound",
        }
    }
}

/// Where an example is in its recording.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A turned square of a frame.
    Square(regions::Region),
    /// A second of sound, from this moment of the example on.
    Second,
}

/// One picture or second of sound with its label.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Example {
    /// Index into [`Material::labels`].
    pub label: usize,
    /// Index into [`Material::people`].
    pub person: usize,
    /// Index into [`Material::sessions`].
    pub session: usize,
    /// Number of the tag it was taken from: several examples may come from one.
    pub tag: usize,
    /// Index into [`Material::media`].
    pub media: usize,
    /// In the media file.
    pub time: Time,
    pub place: Place,
}

/// Everything to learn from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Material {
    pub what: What,
    pub labels: Vec<String>,
    /// Codes of the people, as the project has them.
    pub people: Vec<String>,
    pub sessions: Vec<String>,
    pub media: Vec<PathBuf>,
    /// In order of media and time.
    pub examples: Vec<Example>,
}

impl Material {
    /// How many tags the examples were taken from.
    pub fn tags(&self) -> usize {
        self.examples.iter().map(|e| e.tag).collect::<std::collections::HashSet<_>>().len()
    }
    /// Tags of each label.
    pub fn tags_by_label(&self) -> Vec<usize> {
        let mut seen = vec![std::collections::HashSet::new(); self.labels.len()];
        for example in &self.examples {
            if let Some(tags) = seen.get_mut(example.label) {
                tags.insert(example.tag);
            }
        }
        seen.iter().map(std::collections::HashSet::len).collect()
    }
    /// Puts the examples in the order that reads each recording once, and drops evenly what is more than can be held.
    /// Gives how many were dropped.
    pub fn tidy(&mut self) -> usize {
        self.examples.sort_by_key(|e| (e.media, e.time, e.tag));
        let count = self.examples.len();
        if count <= MOST_EXAMPLES {
            return 0;
        }
        let mut at = 0;
        self.examples.retain(|_| {
            at += 1;
            at * MOST_EXAMPLES / count > (at - 1) * MOST_EXAMPLES / count
        });
        count - self.examples.len()
    }
    /// Whether every index points at something.
    pub fn is_sound(&self) -> bool {
        let fits = |e: &Example| {
            e.label < self.labels.len()
                && e.person < self.people.len()
                && e.session < self.sessions.len()
                && e.media < self.media.len()
                && matches!((self.what, &e.place), (What::Sound, Place::Second))
                    | matches!((self.what, &e.place), (What::Face | What::Hand, Place::Square(_)))
        };
        self.examples.iter().all(fits)
    }
}
