//! What the networks saw in one frame, as the worker reports it.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::Time;

/// Landmarks of the dense face mesh: 468 on the face, then 5 a pupil.
pub const FACE_LANDMARKS: usize = 478;
/// Keypoints of the body model.
pub const BODY_KEYPOINTS: usize = 33;
/// Numbers of a face's print, and of the colours under it.
pub const FACE_PRINT: usize = 1024;
pub const CLOTHES: usize = 64;
/// Landmarks of the hand model: the wrist, then four joints from base to tip of thumb, index, middle, ring and little
/// finger. The order is OpenPose's and COCO-WholeBody's too.
pub const HAND_LANDMARKS: usize = 21;
/// A hand less certain is no hand.
pub const LEAST_HAND: f32 = 0.5;

/// Bones of the hand points: five fingers from the wrist, and the knuckles.
pub const HAND_BONES: [(usize, usize); 23] = [
    (0, 1),
    (1, 2),
    (2, 3),
    (3, 4),
    (0, 5),
    (5, 6),
    (6, 7),
    (7, 8),
    (0, 9),
    (9, 10),
    (10, 11),
    (11, 12),
    (0, 13),
    (13, 14),
    (14, 15),
    (15, 16),
    (0, 17),
    (17, 18),
    (18, 19),
    (19, 20),
    (5, 9),
    (9, 13),
    (13, 17),
];

/// Bones of the 33 body points, the face's own left out: the mesh shows it better.
pub const BONES: [(usize, usize); 18] = [
    (11, 12),
    (11, 13),
    (13, 15),
    (12, 14),
    (14, 16),
    (15, 19),
    (16, 20),
    (11, 23),
    (12, 24),
    (23, 24),
    (23, 25),
    (25, 27),
    (27, 31),
    (24, 26),
    (26, 28),
    (28, 32),
    (27, 29),
    (28, 30),
];

/// The classes both expression networks are read in, whatever order they answer in.
/// A score says what the face resembles, not what the person feels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expression {
    Neutral,
    Happiness,
    Sadness,
    Anger,
    Fear,
    Disgust,
    Surprise,
}

impl Expression {
    /// All seven, in the order of every expression array in this crate.
    pub const ALL: [Self; 7] =
        [Self::Neutral, Self::Happiness, Self::Sadness, Self::Anger, Self::Fear, Self::Disgust, Self::Surprise];

    /// Machine name, as it stands in `expression.<name>`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Happiness => "happiness",
            Self::Sadness => "sadness",
            Self::Anger => "anger",
            Self::Fear => "fear",
            Self::Disgust => "disgust",
            Self::Surprise => "surprise",
        }
    }
}

/// An upright rectangle in pixels of the picture as shown; may reach past the picture's edge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BBox {
    /// Left edge.
    pub x: f32,
    /// Upper edge.
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

impl BBox {
    /// Its middle.
    pub fn centre(&self) -> (f32, f32) {
        (self.x + self.width / 2.0, self.y + self.height / 2.0)
    }

    /// Area in square pixels, never negative.
    pub fn area(&self) -> f32 {
        self.width.max(0.0) * self.height.max(0.0)
    }

    /// Intersection over union, 0 to 1.
    pub fn iou(&self, other: &Self) -> f32 {
        let shared = self.shared(other);
        let union = self.area() + other.area() - shared;
        if union > 0.0 { shared / union } else { 0.0 }
    }

    /// Share of its area that lies outside a picture of that size, 0 to 1.
    pub fn cut_off(&self, width: u32, height: u32) -> f32 {
        let picture = Self { x: 0.0, y: 0.0, width: width as f32, height: height as f32 };
        let area = self.area();
        if area > 0.0 { (1.0 - self.shared(&picture) / area).clamp(0.0, 1.0) } else { 1.0 }
    }

    /// Whether a point lies within once the box is widened by `margin` of its size on every side.
    pub fn holds(&self, x: f32, y: f32, margin: f32) -> bool {
        let (mx, my) = (self.width * margin, self.height * margin);
        x >= self.x - mx && x <= self.x + self.width + mx && y >= self.y - my && y <= self.y + self.height + my
    }

    fn shared(&self, other: &Self) -> f32 {
        let width = (self.x + self.width).min(other.x + other.width) - self.x.max(other.x);
        let height = (self.y + self.height).min(other.y + other.height) - self.y.max(other.y);
        width.max(0.0) * height.max(0.0)
    }
}

/// What a model of the user's own said about one face or body, as a channel of its track.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// `own.` and the model's name, with what it is about after a further dot.
    pub channel: String,
    /// Always as many for one channel; NaN where there is no value.
    #[serde(serialize_with = "four_places", deserialize_with = "or_nan")]
    pub values: Vec<f32>,
}

fn four_places<S: Serializer>(values: &[f32], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(values.iter().map(|v| v.is_finite().then(|| (f64::from(*v) * 1e4).round() / 1e4)))
}

fn or_nan<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<f32>, D::Error> {
    Ok(Vec::<Option<f32>>::deserialize(from)?.into_iter().map(|v| v.unwrap_or(f32::NAN)).collect())
}

/// One face in one frame.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FaceObservation {
    pub bbox: BBox,
    /// The detector's certainty, 0 to 1.
    pub score: f32,
    /// [`FACE_LANDMARKS`] × (x, y, z) in pixels, z smaller towards the camera; empty when the mesh found no face.
    #[serde(with = "hundredths", default)]
    pub landmarks: Vec<[f32; 3]>,
    /// The mesh's certainty that it looks at a face, 0 to 1.
    pub presence: f32,
    /// Probabilities in the order of [`Expression::ALL`]; absent when the network was not run.
    #[serde(default)]
    pub expression_faceapi: Option<[f32; 7]>,
    /// The same from the second network.
    #[serde(default)]
    pub expression_human: Option<[f32; 7]>,
    /// Variance of the Laplacian of the face in grey levels of 0 to 255, scaled down to at most 112 × 112: low when
    /// blurred.
    pub sharpness: f32,
    /// Mean grey level of the middle of the face, 0 to 255; absent when not measured.
    #[serde(default)]
    pub brightness: Option<f32>,
    /// How much there is to be seen of eyes and mouth against the whole face, about 1; near 0 where something plain is
    /// before one of them. Absent when not measured.
    #[serde(default)]
    pub detail: Option<f32>,
    /// A direction of 1024 numbers that says whose face it is like; absent unless taken in this frame.
    #[serde(with = "print", default, skip_serializing_if = "Option::is_none")]
    pub print: Option<Vec<f32>>,
    /// The colours under the face, 64 numbers; empty unless taken in this frame.
    #[serde(with = "thousandth", default, skip_serializing_if = "Vec::is_empty")]
    pub clothes: Vec<f32>,
    /// From models of the user's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own: Vec<Reading>,
}

/// One hand in one frame.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HandObservation {
    /// The network's certainty that it looks at a hand, 0 to 1. Below [`LEAST_HAND`] there are no points.
    pub presence: f32,
    /// What the network itself takes it for: 0 a left hand, 1 a right one. Which hand it is, the body says.
    pub right: f32,
    /// [`HAND_LANDMARKS`] × (x, y, z) in pixels, z from the wrist and smaller towards the camera.
    #[serde(with = "hundredths", default)]
    pub landmarks: Vec<[f32; 3]>,
    /// The same points in metres from the middle of the hand, axes as in the picture.
    #[serde(with = "tenths_of_millimetres", default)]
    pub world: Vec<[f32; 3]>,
}

/// One body in one frame.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BodyObservation {
    pub bbox: BBox,
    /// The certainty that it is a body, 0 to 1.
    pub score: f32,
    /// [`BODY_KEYPOINTS`] × (x, y, z in pixels, visibility 0 to 1).
    #[serde(with = "hundredths", default)]
    pub keypoints: Vec<[f32; 4]>,
    /// [`BODY_KEYPOINTS`] × (x, y, z) in metres from the middle of the hips, y downwards.
    #[serde(with = "thousandths", default)]
    pub world: Vec<[f32; 3]>,
    /// The person's own left hand; absent where it was not looked for, or its wrist is out of sight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_hand: Option<HandObservation>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right_hand: Option<HandObservation>,
    /// From models of the user's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own: Vec<Reading>,
}

/// Everything seen in one frame.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FrameObservation {
    /// Moment in the media file.
    pub time: Time,
    /// Size of the picture in pixels, as shown.
    pub width: u32,
    pub height: u32,
    /// How different the picture's brightness histogram is from the previous looked-at frame's, 0 to 1: a cut is high.
    #[serde(default)]
    pub change: f32,
    /// Whether it is the previous looked-at frame's picture again, but for what coding changes.
    #[serde(default)]
    pub still: bool,
    pub faces: Vec<FaceObservation>,
    pub bodies: Vec<BodyObservation>,
}

impl FrameObservation {
    /// Checks what the arithmetic relies on: counts of points, boxes made of numbers. `Err` says what is off.
    pub fn check(&self) -> Result<(), String> {
        let sound = |b: &BBox| [b.x, b.y, b.width, b.height].iter().all(|v| v.is_finite());
        for face in &self.faces {
            if !sound(&face.bbox) {
                return Err("a face box that is not made of numbers".into());
            }
            if !face.landmarks.is_empty() && face.landmarks.len() != FACE_LANDMARKS {
                return Err(format!("a face mesh of {} points instead of {FACE_LANDMARKS}", face.landmarks.len()));
            }
            let print = face.print.as_deref().unwrap_or_default();
            if !matches!(print.len(), 0 | FACE_PRINT) || !matches!(face.clothes.len(), 0 | CLOTHES) {
                return Err(format!("a print of {} numbers", print.len().max(face.clothes.len())));
            }
            if print.iter().chain(&face.clothes).any(|v| !v.is_finite()) {
                return Err("a print that is not made of numbers".into());
            }
        }
        for body in &self.bodies {
            if !sound(&body.bbox) {
                return Err("a body box that is not made of numbers".into());
            }
            if !body.keypoints.is_empty() && body.keypoints.len() != BODY_KEYPOINTS {
                return Err(format!("a body of {} points instead of {BODY_KEYPOINTS}", body.keypoints.len()));
            }
            if !body.world.is_empty() && body.world.len() != BODY_KEYPOINTS {
                return Err(format!("a body of {} points in space instead of {BODY_KEYPOINTS}", body.world.len()));
            }
            for hand in [&body.left_hand, &body.right_hand].into_iter().flatten() {
                for points in [&hand.landmarks, &hand.world] {
                    if !points.is_empty() && points.len() != HAND_LANDMARKS {
                        return Err(format!("a hand of {} points instead of {HAND_LANDMARKS}", points.len()));
                    }
                }
            }
        }
        Ok(())
    }
}

/// Points as one flat, rounded list, `null` where there is no number: a third of the text that nested lists make.
mod hundredths {
    use super::*;
    pub fn serialize<S: Serializer, const N: usize>(points: &[[f32; N]], to: S) -> Result<S::Ok, S::Error> {
        write_flat(points, 100.0, to)
    }
    pub fn deserialize<'de, D: Deserializer<'de>, const N: usize>(from: D) -> Result<Vec<[f32; N]>, D::Error> {
        read_flat(from)
    }
}

mod thousandths {
    use super::*;
    pub fn serialize<S: Serializer, const N: usize>(points: &[[f32; N]], to: S) -> Result<S::Ok, S::Error> {
        write_flat(points, 1000.0, to)
    }
    pub fn deserialize<'de, D: Deserializer<'de>, const N: usize>(from: D) -> Result<Vec<[f32; N]>, D::Error> {
        read_flat(from)
    }
}

/// Numbers of up to a few thousandths: four places are finer than the networks.
mod print {
    use super::*;
    pub fn serialize<S: Serializer>(print: &Option<Vec<f32>>, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(print.iter().flatten().map(|v| rounded(*v, 1e4)))
    }
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<f32>>, D::Error> {
        Vec::deserialize(from).map(Some)
    }
}

mod thousandth {
    use super::*;
    pub fn serialize<S: Serializer>(values: &[f32], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(values.iter().map(|v| rounded(*v, 1e3)))
    }
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<f32>, D::Error> {
        Vec::deserialize(from)
    }
}

fn rounded(value: f32, parts: f64) -> f64 {
    (f64::from(value) * parts).round() / parts
}

mod tenths_of_millimetres {
    use super::*;
    pub fn serialize<S: Serializer, const N: usize>(points: &[[f32; N]], to: S) -> Result<S::Ok, S::Error> {
        write_flat(points, 10_000.0, to)
    }
    pub fn deserialize<'de, D: Deserializer<'de>, const N: usize>(from: D) -> Result<Vec<[f32; N]>, D::Error> {
        read_flat(from)
    }
}

fn write_flat<S: Serializer, const N: usize>(points: &[[f32; N]], parts: f32, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(points.iter().flatten().map(|v| v.is_finite().then(|| (v * parts).round() / parts)))
}

fn read_flat<'de, D: Deserializer<'de>, const N: usize>(from: D) -> Result<Vec<[f32; N]>, D::Error> {
    let flat = Vec::<Option<f32>>::deserialize(from)?;
    let (points, rest) = flat.as_chunks::<N>();
    if !rest.is_empty() {
        return Err(serde::de::Error::custom(format!("{} numbers do not make points of {N}", flat.len())));
    }
    Ok(points.iter().map(|point| point.map(|v| v.unwrap_or(f32::NAN))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_survives_json_and_keeps_missing_numbers_missing() {
        let mut landmarks = vec![[1.234_5, 2.0, -3.0]; FACE_LANDMARKS];
        landmarks[5] = [f32::NAN; 3];
        let frame = FrameObservation {
            time: Time::from_millis(40),
            faces: vec![FaceObservation { landmarks, ..Default::default() }],
            bodies: vec![BodyObservation {
                keypoints: vec![[1.0, 2.0, 3.0, 0.5]; BODY_KEYPOINTS],
                ..Default::default()
            }],
            ..Default::default()
        };
        let back: FrameObservation = serde_json::from_str(&serde_json::to_string(&frame).unwrap()).unwrap();
        assert_eq!(back.faces[0].landmarks.len(), FACE_LANDMARKS);
        assert!((back.faces[0].landmarks[0][0] - 1.23).abs() < 0.006);
        assert!(back.faces[0].landmarks[5][1].is_nan());
        assert_eq!(back.bodies, frame.bodies);
        assert!(back.check().is_ok());
    }

    #[test]
    fn a_mesh_with_points_missing_is_refused() {
        let text = r#"{"time":0,"width":1,"height":1,"faces":[{"bbox":{"x":0,"y":0,"width":1,"height":1},
            "score":1,"landmarks":[1,2,3],"presence":1,"sharpness":1}],"bodies":[]}"#;
        let frame: FrameObservation = serde_json::from_str(text).unwrap();
        assert!(frame.check().is_err());
        assert!(serde_json::from_str::<FrameObservation>(&text.replace("[1,2,3]", "[1,2]")).is_err());
    }

    #[test]
    fn boxes_overlap_as_they_should() {
        let a = BBox { x: 0.0, y: 0.0, width: 10.0, height: 10.0 };
        let b = BBox { x: 5.0, ..a };
        assert!((a.iou(&b) - 50.0 / 150.0).abs() < 1e-6);
        assert_eq!(BBox { x: -5.0, ..a }.cut_off(100, 100), 0.5);
    }
}
