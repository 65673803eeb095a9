//! Hands as channels of a body's track: their landmarks, and what is measured of wrists and fingers.
//!
//! *Left* and *right* are the person's own. Lengths are in trunks: from the middle of the shoulders to that of the hips,
//! or 1.35 shoulder widths where the hips are out of the picture or the shoulders are wider than the trunk is long.

mod path;
pub mod phases;

use serde::{Deserialize, Serialize};

use super::measures::{TRUNK_PER_SHOULDERS, VISIBLE};
use super::observation::{BODY_KEYPOINTS, BodyObservation, HAND_LANDMARKS, HandObservation, LEAST_HAND};
use crate::domain::{Time, TrackSamples};

/// Name, numbers a sample, storage step of every channel that [`rows`] fills, in its order. Half a pixel and two
/// millimetres are about what the network itself scatters by.
pub const HAND_CHANNELS: &[(&str, usize, f32)] = &[
    ("hand.left", HAND_LANDMARKS * 3, 0.5),
    ("hand.left.world", HAND_LANDMARKS * 3, 0.002),
    ("hand.left.presence", 1, 0.001),
    ("hand.left.handedness", 1, 0.01),
    ("hand.right", HAND_LANDMARKS * 3, 0.5),
    ("hand.right.world", HAND_LANDMARKS * 3, 0.002),
    ("hand.right.presence", 1, 0.001),
    ("hand.right.handedness", 1, 0.01),
    ("measure.hand_over_hips.left", 1, 0.002),
    ("measure.hand_over_hips.right", 1, 0.002),
    ("measure.wrist_speed.left", 1, 0.005),
    ("measure.wrist_speed.right", 1, 0.005),
    ("measure.gesture_space.left", 1, 1.0),
    ("measure.gesture_space.right", 1, 1.0),
    ("measure.hand_open.left", 1, 0.002),
    ("measure.hand_open.right", 1, 0.002),
    ("measure.hand_aperture.left", 1, 0.002),
    ("measure.hand_aperture.right", 1, 0.002),
];

/// Without a sample for longer, a wrist has no speed: what it did meanwhile is not known.
const LONGEST_STEP_SECS: f64 = 0.3;
/// Shoulders narrower than this part of the trunk are seen from the side: left and right of the body are not told then.
const FRONTAL: f32 = 0.35;

/// Left and right: wrists among the body points.
pub const WRISTS: [usize; 2] = [15, 16];
/// The same, as names of channels end.
pub const SIDES: [&str; 2] = ["left", "right"];

/// Where the wrists of a body were in its last sample.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Wrists {
    last: Option<(Time, [Option<[f32; 2]>; 2])>,
}

/// The trunk that everything is measured by.
#[derive(Clone, Copy, Debug)]
pub struct Trunk {
    shoulders: [f32; 2],
    /// Shoulder to shoulder.
    width: f32,
    hips: Option<[f32; 2]>,
    length: f32,
}

impl Trunk {
    /// From body points (x, y, z, visibility); `None` where a shoulder is not seen.
    pub fn of(pose: &[f32]) -> Option<Self> {
        let seen = |i: usize| point(pose, i);
        let middle = |a: [f32; 2], b: [f32; 2]| [(a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0];
        let apart = |a: [f32; 2], b: [f32; 2]| (a[0] - b[0]).hypot(a[1] - b[1]);
        let (left, right) = seen(11).zip(seen(12))?;
        let shoulders = middle(left, right);
        let hips = seen(23).zip(seen(24)).map(|(a, b)| middle(a, b));
        let width = apart(left, right);
        let length = (width * TRUNK_PER_SHOULDERS).max(hips.map_or(0.0, |hips| apart(shoulders, hips)));
        (length > 1.0).then_some(Self { shoulders, width, hips, length })
    }

    /// A wrist from the middle of the shoulders, in trunks: to the viewer's right, and upwards.
    pub fn place(&self, pose: &[f32], wrist: usize) -> Option<[f32; 2]> {
        let [x, y] = point(pose, wrist)?;
        Some([(x - self.shoulders[0]) / self.length, (self.shoulders[1] - y) / self.length])
    }

    /// Which part of the gesture space a place (as of [`Trunk::place`]) lies in: 1 centre-centre, 2 centre, 3 periphery,
    /// 4 extreme periphery; NaN for a body seen from the side.
    ///
    /// The parts are McNeill's (1992, Hand and Mind, p. 89): nested frames around the chest, drawn for a seated speaker.
    /// He gives no numbers; these are ours: centre-centre half as wide and half as high as the trunk between the
    /// shoulders, centre from shoulder to shoulder and from the shoulders to the hips, periphery half a shoulder width
    /// more on each side, from the eyes to the middle of the thighs.
    pub fn gesture_space(&self, [x, y]: [f32; 2]) -> f32 {
        if self.width < FRONTAL * self.length {
            return f32::NAN;
        }
        let aside = x.abs() * self.length / self.width;
        match (aside, y) {
            (..=0.25, -0.75..=-0.25) => 1.0,
            (..=0.5, -1.0..=0.0) => 2.0,
            (..=1.0, -1.5..=0.55) => 3.0,
            _ => 4.0,
        }
    }
}

fn point(pose: &[f32], index: usize) -> Option<[f32; 2]> {
    match pose.get(index * 4..index * 4 + 4)? {
        [x, y, _, seen] if *seen >= VISIBLE && x.is_finite() && y.is_finite() => Some([*x, *y]),
        _ => None,
    }
}

/// One sample of every channel in [`HAND_CHANNELS`]; NaN where something cannot be told. `keypoints` are the body's, with
/// points that cannot be seen marked so.
pub fn rows(body: &BodyObservation, keypoints: &[[f32; 4]], time: Time, wrists: &mut Wrists) -> Vec<Vec<f32>> {
    let hands = [&body.left_hand, &body.right_hand].map(Option::as_ref);
    let mut rows = Vec::with_capacity(HAND_CHANNELS.len());
    for hand in hands {
        // A row of the wrong width is stored as no value.
        rows.push(hand.map_or(Vec::new(), |hand| hand.landmarks.as_flattened().to_vec()));
        rows.push(hand.map_or(Vec::new(), |hand| hand.world.as_flattened().to_vec()));
        rows.push(vec![hand.map_or(f32::NAN, |hand| hand.presence)]);
        rows.push(vec![hand.filter(|hand| hand.presence >= LEAST_HAND).map_or(f32::NAN, |hand| hand.right)]);
    }
    let pose = keypoints.as_flattened();
    let trunk = (keypoints.len() == BODY_KEYPOINTS).then(|| Trunk::of(pose)).flatten();
    let places = WRISTS.map(|wrist| trunk.and_then(|trunk| trunk.place(pose, wrist)));
    let over_hips = |place: Option<[f32; 2]>| {
        let hips = trunk.and_then(|trunk| Some((trunk.hips?[1] - trunk.shoulders[1]) / trunk.length));
        place.zip(hips).map_or(f32::NAN, |(place, hips)| place[1] + hips)
    };
    rows.extend(places.map(|place| vec![over_hips(place)]));
    let speed = |side: usize| {
        let (before, places_before) = wrists.last?;
        let ([x, y], [was_x, was_y]) = (places[side]?, places_before[side]?);
        let secs = (time - before).secs();
        (secs > 0.0 && secs <= LONGEST_STEP_SECS).then(|| (x - was_x).hypot(y - was_y) / secs as f32)
    };
    rows.extend([0, 1].map(|side| vec![speed(side).unwrap_or(f32::NAN)]));
    wrists.last = Some((time, places));
    let space = |place: Option<[f32; 2]>| trunk.zip(place).map_or(f32::NAN, |(trunk, at)| trunk.gesture_space(at));
    rows.extend(places.map(|place| vec![space(place)]));
    let fingers = hands.map(|hand| hand.and_then(fingers));
    rows.extend(fingers.map(|fingers| vec![fingers.map_or(f32::NAN, |f| f.open)]));
    rows.extend(fingers.map(|fingers| vec![fingers.map_or(f32::NAN, |f| f.aperture)]));
    rows
}

/// How a hand is held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fingers {
    /// Mean distance of the four fingertips from the wrist, in palms (wrist to the middle finger's knuckle): about 1 a
    /// fist, about 1.9 stretched.
    pub open: f32,
    /// Tip of the thumb to tip of the index finger, in palms: the grip aperture of Jeannerod (1984).
    pub aperture: f32,
}

/// Reads a hand's points in space; `None` for a hand that the network is not sure of.
pub fn fingers(hand: &HandObservation) -> Option<Fingers> {
    if hand.presence < LEAST_HAND || hand.world.len() != HAND_LANDMARKS {
        return None;
    }
    let apart = |a: usize, b: usize| (0..3).map(|k| (hand.world[a][k] - hand.world[b][k]).powi(2)).sum::<f32>().sqrt();
    let palm = apart(0, 9);
    // Two centimetres are no palm; NaN fails too.
    let usable = palm > 0.02;
    usable.then(|| Fingers {
        open: [8, 12, 16, 20].into_iter().map(|tip| apart(0, tip)).sum::<f32>() / 4.0 / palm,
        aperture: apart(4, 8) / palm,
    })
}

/// Why the expression on a body's head cannot be judged: its face would be smaller than `min_size` pixels. Said of the body,
/// which is still seen where no face is found any more.
pub fn small_heads(samples: &TrackSamples, min_size: f32) -> Vec<Option<&'static str>> {
    // Nose, eyes and ears span about six tenths of a face's width.
    const HEAD: [usize; 5] = [0, 2, 5, 7, 8];
    const FACE_PER_SPAN: f32 = 1.6;
    let pose = samples.channel("pose");
    let small = |i: usize| {
        let row = pose?.sample(i)?;
        let seen: Vec<f32> = HEAD.into_iter().filter_map(|k| point(row, k)).map(|[x, _]| x).collect();
        let low = seen.iter().copied().fold(f32::INFINITY, f32::min);
        let high = seen.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        (seen.len() == HEAD.len() && (high - low) * FACE_PER_SPAN < min_size).then_some("small_face")
    };
    (0..samples.times.len()).map(small).collect()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
