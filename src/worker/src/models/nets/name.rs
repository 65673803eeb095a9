//! The research networks by name.

use std::fmt;
use std::str::FromStr;

use super::error::NetError;
use super::{cct, facexformer, htnet, mixste, swinface};

/// A research network that Fieldgloss runs natively.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NetName {
    /// Landmarks, pose, attributes, visibility, age, gender, race and parsing of a face.
    FaceXFormer,
    /// Recognition, expression, age and attributes of a face.
    SwinFace,
    /// Micro-expressions from optical flow.
    HtNet,
    /// Bodies in 2D over time to 3D.
    MixSte,
    /// The same with a third of the frames.
    HotMixSte,
    /// Small pictures into classes.
    Cct,
    /// Arousal, dominance and valence of speech.
    Wav2Small,
}

impl NetName {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::FaceXFormer, Self::SwinFace, Self::HtNet, Self::MixSte, Self::HotMixSte, Self::Cct, Self::Wav2Small];

    /// The name a person types.
    pub const fn text(self) -> &'static str {
        match self {
            Self::FaceXFormer => "facexformer",
            Self::SwinFace => "swinface",
            Self::HtNet => "htnet",
            Self::MixSte => "mixste",
            Self::HotMixSte => "hot_mixste",
            Self::Cct => "cct_7_3x1_32",
            Self::Wav2Small => "wav2small",
        }
    }

    /// What one input looks like, the batch first.
    pub fn input_shape(self) -> Vec<i64> {
        let picture = |side| vec![1, 3, side, side];
        match self {
            Self::FaceXFormer => picture(facexformer::SIDE),
            Self::SwinFace => picture(swinface::SIDE),
            Self::HtNet => picture(htnet::SIDE),
            Self::Cct => picture(cct::SIDE),
            Self::MixSte | Self::HotMixSte => vec![1, mixste::FRAMES, mixste::JOINTS, 2],
            Self::Wav2Small => vec![1, 16_000],
        }
    }

    /// Which key tells how many classes the network was trained for; none where that is fixed.
    pub const fn class_key(self) -> Option<&'static str> {
        match self {
            Self::Cct => Some("classifier.fc.weight"),
            Self::HtNet => Some("mlp_head.2.weight"),
            _ => None,
        }
    }

    /// Classes of the published fixture; 0 where there are none to choose.
    pub const fn usual_classes(self) -> i64 {
        match self {
            Self::Cct => 7,
            Self::HtNet => 3,
            _ => 0,
        }
    }
}

impl fmt::Display for NetName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl FromStr for NetName {
    type Err = NetError;

    fn from_str(text: &str) -> Result<Self, NetError> {
        let found = Self::ALL.into_iter().find(|name| name.text() == text);
        found.ok_or_else(|| NetError::Unknown { text: text.to_owned() })
    }
}
