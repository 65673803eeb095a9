//! The points of both hands in a sample of a body's track, for the formats that have a place for them. OpenPose and
//! COCO-WholeBody order them as our model does: wrist, then thumb to little finger, base to tip.

use super::keypoints::Point;
use crate::domain::TrackSamples;

/// Points of a hand.
pub(super) const HAND_POINTS: usize = 21;
/// A hand less certain has no points in its track either.
const LEAST: f32 = 0.5;

/// The channels that hands are read from, with the body's own points.
pub(super) const WITH_POSE: [&str; 5] =
    ["pose", "hand.left", "hand.left.presence", "hand.right", "hand.right.presence"];
/// The same, with the box and the score.
pub(super) const WITH_BODY: [&str; 7] =
    ["pose", "box", "score", "hand.left", "hand.left.presence", "hand.right", "hand.right.presence"];

/// Left and right hand of a sample: 21 points, each as certain as the hand is; `None` where no hand was seen.
pub(super) fn of(samples: &TrackSamples, index: usize) -> [Option<Vec<Point>>; 2] {
    ["left", "right"].map(|side| {
        let presence = samples.channel(&format!("hand.{side}.presence"))?.sample(index)?.first().copied()?;
        let row = samples.channel(&format!("hand.{side}"))?.sample(index)?;
        if row.len() != HAND_POINTS * 3 || presence.is_nan() || presence < LEAST {
            return None;
        }
        let point = |p: &[f32]| match p {
            [x, y, _] if x.is_finite() && y.is_finite() => Some([*x, *y, presence.clamp(0.0, 1.0)]),
            _ => None,
        };
        row.chunks_exact(3).map(point).collect()
    })
}
