//! The models of the pack by name.

use std::fmt;
use std::str::FromStr;

use super::ModelError;

/// A model of the pack; its name is the name of its folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ModelName {
    /// Faces near the camera.
    FaceDetectNear,
    /// Faces at some distance.
    FaceDetectFar,
    /// 478 landmarks of a face.
    FaceMesh,
    /// Expression, the face-api network.
    ExpressionFaceapi,
    /// Expression, the FER-2013 network.
    ExpressionHuman,
    /// People in a picture.
    PoseDetect,
    /// 33 landmarks of a body, in the picture and in metres.
    Pose,
    /// 17 landmarks of the body nearest the middle, fast.
    PoseFast,
    /// 21 landmarks of a hand, in the picture and in metres.
    Hands,
    /// Where somebody speaks.
    VoiceActivity,
    /// Phones of a stretch of speech.
    Phones,
    /// Voices told apart.
    Voiceprint,
    /// Faces told apart.
    Faceprint,
}

impl ModelName {
    /// All models, in the order of the pack.
    pub const ALL: [Self; 13] = [
        Self::FaceDetectNear,
        Self::FaceDetectFar,
        Self::FaceMesh,
        Self::ExpressionFaceapi,
        Self::ExpressionHuman,
        Self::PoseDetect,
        Self::Pose,
        Self::PoseFast,
        Self::Hands,
        Self::VoiceActivity,
        Self::Phones,
        Self::Voiceprint,
        Self::Faceprint,
    ];

    /// The folder's name in the pack, which is also the name a person types.
    pub const fn folder(self) -> &'static str {
        match self {
            Self::FaceDetectNear => "face-detect-near",
            Self::FaceDetectFar => "face-detect-far",
            Self::FaceMesh => "face-mesh",
            Self::ExpressionFaceapi => "expression-faceapi",
            Self::ExpressionHuman => "expression-human",
            Self::PoseDetect => "pose-detect",
            Self::Pose => "pose",
            Self::PoseFast => "pose-fast",
            Self::Hands => "hands",
            Self::VoiceActivity => "voice-activity",
            Self::Phones => "phones",
            Self::Voiceprint => "voiceprint",
            Self::Faceprint => "faceprint",
        }
    }

    /// Whether it takes sound rather than pictures.
    pub const fn hears(self) -> bool {
        matches!(self, Self::VoiceActivity | Self::Phones | Self::Voiceprint)
    }

    /// What the code that reads this model counts on: the shape of its input, and how many numbers each output has.
    /// 0 stands for any number.
    pub(super) const fn contract(self) -> (&'static [usize], &'static [usize]) {
        match self {
            Self::FaceDetectNear => (&[1, 128, 128, 3], &[896 * 17]),
            Self::FaceDetectFar => (&[1, 192, 192, 3], &[2304 * 17]),
            Self::FaceMesh => (&[1, 192, 192, 3], &[468 * 3, 80 * 2, 71 * 2, 5 * 2, 71 * 2, 5 * 2, 1]),
            Self::ExpressionFaceapi => (&[1, 112, 112, 3], &[7]),
            Self::ExpressionHuman => (&[1, 64, 64, 3], &[7]),
            Self::PoseDetect => (&[1, 224, 224, 3], &[2254 * 13]),
            Self::Pose => (&[1, 256, 256, 3], &[39 * 5, 39 * 3, 1]),
            Self::PoseFast => (&[1, 192, 192, 3], &[17 * 3]),
            Self::Hands => (&[1, 224, 224, 3], &[21 * 3, 1, 1, 21 * 3]),
            Self::VoiceActivity => (&[0, 576], &[0, 128, 128]),
            Self::Phones => (&[1, 0], &[0]),
            Self::Voiceprint => (&[0, 0], &[0]),
            Self::Faceprint => (&[1, 224, 224, 3], &[1024]),
        }
    }
}

impl fmt::Display for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.folder())
    }
}

impl FromStr for ModelName {
    type Err = ModelError;

    fn from_str(text: &str) -> Result<Self, ModelError> {
        Self::ALL
            .into_iter()
            .find(|name| name.folder() == text)
            .ok_or_else(|| ModelError::Unknown { text: text.to_owned() })
    }
}
