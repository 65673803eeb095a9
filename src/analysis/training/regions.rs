//! Where in a frame a face or a hand is, from what the tracks keep.

use serde::{Deserialize, Serialize};

use super::super::observation::BBox;

/// A turned square of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Region {
    /// Middle, pixels of the frame.
    pub x: f32,
    pub y: f32,
    pub side: f32,
    /// Radians, clockwise as seen.
    pub angle: f32,
    /// Whether it is looked at in a mirror.
    pub mirrored: bool,
}

/// How much larger than the face the square is.
pub const WIDEN: f32 = 1.2;
/// A keypoint less visible is a guess.
const VISIBLE: f32 = 0.5;
/// Two hands whose heights differ by less, in sides of the larger square, are held as high.
const AS_HIGH: f32 = 0.25;
/// Numbers a keypoint: x, y, z, visibility.
const PER_POINT: usize = 4;
/// Elbow, wrist, little finger, index finger: of the left arm, of the right arm.
const ARMS: [[usize; 4]; 2] = [[13, 15, 17, 19], [14, 16, 18, 20]];

/// The upright square around a face's box.
pub fn face(bbox: &BBox) -> Option<Region> {
    let (x, y) = bbox.centre();
    usable(Region { x, y, side: bbox.width.max(bbox.height) * WIDEN, angle: 0.0, mirrored: false })
}

/// The square around the hand that is held higher, of 33 × (x, y, z, visibility); of two held as high, around the one whose
/// wrist is seen better, or noise would choose from frame to frame. A left hand is mirrored, so that all look like right
/// hands. `None` where no wrist is seen.
pub fn hand(pose: &[f32]) -> Option<Region> {
    let point = |index: usize| pose.get(index * PER_POINT..(index + 1) * PER_POINT);
    let arm = |[elbow, wrist, little, index]: [usize; 4], mirrored: bool| {
        let (elbow, wrist, little, index) = (point(elbow)?, point(wrist)?, point(little)?, point(index)?);
        if wrist[3] < VISIBLE {
            return None;
        }
        let middle = |axis: usize| (wrist[axis] + little[axis] + index[axis]) / 3.0;
        let forearm = (wrist[0] - elbow[0]).hypot(wrist[1] - elbow[1]);
        let reach = (wrist[0] - index[0]).hypot(wrist[1] - index[1]);
        // The forearm points at the camera at times, and so do the fingers: the longer of both guesses.
        let side = (forearm * 0.9).max(reach * 2.6);
        let region = usable(Region { x: middle(0), y: middle(1), side, angle: 0.0, mirrored })?;
        Some((region, wrist[3]))
    };
    let (left, right) = match (arm(ARMS[0], true), arm(ARMS[1], false)) {
        (Some(left), Some(right)) => (left, right),
        (one, other) => return one.or(other).map(|(region, _)| region),
    };
    let as_high = (left.0.y - right.0.y).abs() < AS_HIGH * left.0.side.max(right.0.side);
    let takes_left = if as_high { left.1 > right.1 } else { left.0.y < right.0.y };
    Some(if takes_left { left.0 } else { right.0 })
}

/// A square that can be looked at: finite, eight pixels wide.
fn usable(region: Region) -> Option<Region> {
    let finite = [region.x, region.y, region.side].iter().all(|v| v.is_finite());
    (finite && region.side >= 8.0).then_some(region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_higher_hand_is_taken_and_a_left_one_mirrored() {
        let mut pose = vec![0.0; 33 * PER_POINT];
        let mut set = |index: usize, x: f32, y: f32| {
            pose[index * PER_POINT..(index + 1) * PER_POINT].copy_from_slice(&[x, y, 0.0, 0.9]);
        };
        for (arm, y) in [(ARMS[0], 100.0), (ARMS[1], 300.0)] {
            set(arm[0], 50.0, y + 60.0);
            set(arm[1], 50.0, y);
            set(arm[2], 45.0, y - 20.0);
            set(arm[3], 55.0, y - 20.0);
        }
        let region = hand(&pose).unwrap();
        assert!(region.mirrored && region.y < 100.0 && region.side > 50.0, "{region:?}");
        // Held as high as each other, the one that is seen better is taken, whichever seems a little higher.
        for (height, seen, mirrored) in [(105.0, 0.95, false), (95.0, 0.95, false), (95.0, 0.6, true)] {
            let mut level = pose.clone();
            for (index, y) in [(14, height + 60.0), (16, height), (18, height - 20.0), (20, height - 20.0)] {
                level[index * PER_POINT + 1] = y;
            }
            level[16 * PER_POINT + 3] = seen;
            assert_eq!(hand(&level).unwrap().mirrored, mirrored, "{height} {seen}");
        }
        pose[15 * PER_POINT + 3] = 0.1;
        assert!(!hand(&pose).unwrap().mirrored);
        pose[16 * PER_POINT + 3] = 0.1;
        assert_eq!(hand(&pose), None);
        assert_eq!(face(&BBox { x: 0.0, y: 0.0, width: f32::NAN, height: 3.0 }), None);
    }
}
