//! Numbers read off the mesh and the body points: head turns, gaze, eyelids, brows, mouth, hands, lean.
//!
//! They are measures of geometry, not action units. *Left* and *right* are the person's own.

use super::observation::{BODY_KEYPOINTS, FACE_LANDMARKS};
use super::rotation::{Fit, Vec3, fit};

/// Mesh points that neither speech nor expression moves, with where they lie on an average adult's face:
/// centimetres, x to the viewer's right, y up, z out of the face, level when the person looks straight ahead.
/// The temples count half: the mesh guesses their depth.
const STABLE: [(usize, Vec3, f64); 14] = [
    (10, [0.0, 8.2, 4.5], 0.5),
    (168, [0.0, 3.3, 5.3], 1.0),
    (6, [0.0, 2.4, 5.8], 1.0),
    (197, [0.0, 1.7, 6.3], 1.0),
    (1, [0.0, -1.1, 7.5], 1.0),
    (2, [0.0, -2.1, 6.1], 0.5),
    (33, [-4.4, 2.7, 3.2], 1.0),
    (133, [-1.9, 2.6, 3.8], 1.0),
    (362, [1.9, 2.6, 3.8], 1.0),
    (263, [4.4, 2.7, 3.2], 1.0),
    (127, [-7.7, 2.3, -2.0], 0.5),
    (356, [7.7, 2.3, -2.0], 0.5),
    (234, [-7.7, 0.6, -2.4], 0.5),
    (454, [7.7, 0.6, -2.4], 0.5),
];

/// Beyond this turn only the nearer eye is read for gaze.
const NEAR_EYE_ONLY_DEG: f64 = 20.0;
/// Body points less visible than this are taken as not seen.
pub const VISIBLE: f32 = 0.5;

/// What one mesh shows. A field is NaN where it cannot be read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FaceMeasures {
    /// Degrees, positive when the face turns to the viewer's right.
    pub head_yaw: f32,
    /// Degrees, positive upwards.
    pub head_pitch: f32,
    /// Degrees, positive clockwise to the viewer.
    pub head_roll: f32,
    /// Pupil from the middle of the eye opening, in half widths of the eye, head turn taken out:
    /// positive to the viewer's right.
    pub gaze_x: f32,
    /// The same upwards.
    pub gaze_y: f32,
    /// Gap between the lids over the width of the eye; about 0.3 open, under 0.12 shut.
    pub eye_open_left: f32,
    pub eye_open_right: f32,
    /// Brow above the eye corners, in distances between the outer eye corners.
    pub brow_height_left: f32,
    pub brow_height_right: f32,
    /// Gap between the inner lips, in distances between the outer eye corners.
    pub mouth_open: f32,
    /// Mouth corner to mouth corner, in distances between the outer eye corners.
    pub mouth_width: f32,
    /// How badly the stable points fit an average face, in centimetres; over 1.5 the rest is doubtful.
    pub misfit: f32,
}

/// What one body shows. A field is NaN where the points it needs are not seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BodyMeasures {
    /// Wrist above the line of the shoulders, in lengths of the trunk; negative below.
    pub hand_height_left: f32,
    pub hand_height_right: f32,
    /// Trunk off the vertical in the picture, degrees, positive to the viewer's right.
    pub lean_side: f32,
    /// Trunk off the vertical towards the camera, degrees, from the points in space.
    pub lean_forward: f32,
}

/// A face with its turn taken out.
struct Levelled<'a> {
    landmarks: &'a [[f32; 3]],
    fit: Fit,
}

impl Levelled<'_> {
    /// A mesh point in centimetres of an average face, axes as in [`STABLE`]; only differences mean anything.
    fn at(&self, index: usize) -> Vec3 {
        let turned = self.fit.rotation.turn_back(space(self.landmarks[index]));
        turned.map(|v| v / self.fit.scale)
    }

    fn middle(&self, a: usize, b: usize) -> Vec3 {
        let (a, b) = (self.at(a), self.at(b));
        [0, 1, 2].map(|k| (a[k] + b[k]) / 2.0)
    }

    /// Mean height of the first of each pair over the second.
    fn gap(&self, pairs: &[(usize, usize)]) -> f64 {
        pairs.iter().map(|&(upper, lower)| self.at(upper)[1] - self.at(lower)[1]).sum::<f64>() / pairs.len() as f64
    }
}

struct Eye {
    outer: usize,
    inner: usize,
    lids: [(usize, usize); 3],
    brow: [usize; 3],
}

const RIGHT: Eye = Eye { outer: 33, inner: 133, lids: [(159, 145), (158, 153), (160, 144)], brow: [105, 66, 63] };
const LEFT: Eye = Eye { outer: 263, inner: 362, lids: [(386, 374), (385, 380), (387, 373)], brow: [334, 296, 293] };
const PUPILS: [usize; 2] = [468, 473];

/// Picture coordinates (y down, z away) to the axes of [`STABLE`].
fn space(p: [f32; 3]) -> Vec3 {
    [f64::from(p[0]), -f64::from(p[1]), -f64::from(p[2])]
}

fn distance(a: Vec3, b: Vec3) -> f64 {
    (0..3).map(|k| (a[k] - b[k]).powi(2)).sum::<f64>().sqrt()
}

/// Reads a mesh of [`FACE_LANDMARKS`] points in pixels, z smaller towards the camera and in pixels too.
/// `None` when points are missing or make no face.
pub fn face(landmarks: &[[f32; 3]]) -> Option<FaceMeasures> {
    if landmarks.len() != FACE_LANDMARKS {
        return None;
    }
    let model = STABLE.map(|(_, p, _)| p);
    let seen = STABLE.map(|(i, _, _)| space(landmarks[i]));
    let fit = fit(&model, &seen, &STABLE.map(|(_, _, w)| w))?;
    let (yaw, pitch, roll) = fit.rotation.degrees();
    let face = Levelled { landmarks, fit };
    let unit = distance(face.at(LEFT.outer), face.at(RIGHT.outer));
    if unit.is_nan() || unit < 1.0 {
        return None;
    }
    let open = |eye: &Eye| face.gap(&eye.lids) / distance(face.at(eye.outer), face.at(eye.inner)).max(1e-6);
    let brow = |eye: &Eye| {
        let corners = face.middle(eye.outer, eye.inner)[1];
        (eye.brow.iter().map(|&i| face.at(i)[1]).sum::<f64>() / 3.0 - corners) / unit
    };
    let (gaze_x, gaze_y) = gaze(&face, yaw);
    Some(FaceMeasures {
        head_yaw: yaw as f32,
        head_pitch: pitch as f32,
        head_roll: roll as f32,
        gaze_x: gaze_x as f32,
        gaze_y: gaze_y as f32,
        eye_open_left: open(&LEFT) as f32,
        eye_open_right: open(&RIGHT) as f32,
        brow_height_left: brow(&LEFT) as f32,
        brow_height_right: brow(&RIGHT) as f32,
        mouth_open: (face.gap(&[(82, 87), (13, 14), (312, 317)]) / unit) as f32,
        mouth_width: (distance(face.at(61), face.at(291)) / unit) as f32,
        misfit: fit.residual as f32,
    })
}

/// Where the pupils stand in their eyes, both averaged, or the nearer one alone when the head is turned.
fn gaze(face: &Levelled<'_>, yaw: f64) -> (f64, f64) {
    let one = |eye: &Eye| -> Option<(f64, f64)> {
        let middle = face.middle(eye.outer, eye.inner);
        let half = distance(face.at(eye.outer), face.at(eye.inner)) / 2.0;
        // The iris network gives no depth: the pupil is put level with the corners of its eye.
        let depth = (face.landmarks[eye.outer][2] + face.landmarks[eye.inner][2]) / 2.0;
        let pupil = PUPILS
            .map(|i| {
                let p = face.landmarks[i];
                face.fit.rotation.turn_back(space([p[0], p[1], depth])).map(|v| v / face.fit.scale)
            })
            .into_iter()
            .filter(|p| p.iter().all(|v| v.is_finite()))
            .min_by(|a, b| distance(*a, middle).total_cmp(&distance(*b, middle)))?;
        (half > 0.1).then(|| ((pupil[0] - middle[0]) / half, (pupil[1] - middle[1]) / half))
    };
    let (left, right) = (one(&LEFT), one(&RIGHT));
    let chosen = match (left, right) {
        // Turned to the viewer's right, the person's right eye is the nearer.
        (_, Some(right)) if yaw > NEAR_EYE_ONLY_DEG => Some(right),
        (Some(left), _) if yaw < -NEAR_EYE_ONLY_DEG => Some(left),
        (Some(l), Some(r)) => Some(((l.0 + r.0) / 2.0, (l.1 + r.1) / 2.0)),
        (one, other) => one.or(other),
    };
    chosen.unwrap_or((f64::NAN, f64::NAN))
}

/// Shoulder, wrist and hip of one side.
struct Side {
    shoulder: usize,
    wrist: usize,
    hip: usize,
}

const LEFT_SIDE: Side = Side { shoulder: 11, wrist: 15, hip: 23 };
const RIGHT_SIDE: Side = Side { shoulder: 12, wrist: 16, hip: 24 };
/// Trunk over shoulder width of an average adult, for when the hips are not in the picture.
pub(super) const TRUNK_PER_SHOULDERS: f32 = 1.35;

/// Reads the body points: image points in pixels with visibility, points in space in metres.
/// `None` when image points are missing.
pub fn body(keypoints: &[[f32; 4]], world: &[[f32; 3]]) -> Option<BodyMeasures> {
    if keypoints.len() != BODY_KEYPOINTS {
        return None;
    }
    let seen = |i: usize| (keypoints[i][3] >= VISIBLE).then(|| (keypoints[i][0], keypoints[i][1]));
    let middle = |a: Option<(f32, f32)>, b: Option<(f32, f32)>| {
        a.zip(b).map(|((ax, ay), (bx, by))| ((ax + bx) / 2.0, (ay + by) / 2.0))
    };
    let (left, right) = (seen(LEFT_SIDE.shoulder), seen(RIGHT_SIDE.shoulder));
    let shoulders = middle(left, right);
    let hips = middle(seen(LEFT_SIDE.hip), seen(RIGHT_SIDE.hip));
    let width = left.zip(right).map(|(a, b)| (a.0 - b.0).hypot(a.1 - b.1) * TRUNK_PER_SHOULDERS);
    let length = shoulders.zip(hips).map(|(s, h)| (s.0 - h.0).hypot(s.1 - h.1));
    // Seen from the side the shoulders fall together, so the longer of the two stands for the trunk.
    let trunk = [width, length].into_iter().flatten().fold(f32::NAN, f32::max);
    let height = |side: &Side| match (shoulders, seen(side.wrist)) {
        (Some(shoulders), Some(wrist)) if trunk > 1.0 => (shoulders.1 - wrist.1) / trunk,
        _ => f32::NAN,
    };
    let lean_side = shoulders.zip(hips).map_or(f32::NAN, |(s, h)| (s.0 - h.0).atan2(h.1 - s.1).to_degrees());
    let lean_forward = if world.len() == BODY_KEYPOINTS && shoulders.is_some() && hips.is_some() {
        let mid = |a: usize, b: usize, k: usize| (world[a][k] + world[b][k]) / 2.0;
        let up = mid(23, 24, 1) - mid(11, 12, 1);
        (mid(23, 24, 2) - mid(11, 12, 2)).atan2(up).to_degrees()
    } else {
        f32::NAN
    };
    Some(BodyMeasures {
        hand_height_left: height(&LEFT_SIDE),
        hand_height_right: height(&RIGHT_SIDE),
        lean_side,
        lean_forward,
    })
}

#[cfg(test)]
mod tests {
    use super::super::rotation::Rotation;
    use super::*;

    /// A made-up person: the stable points off the average by up to 4 mm, and eyes, brows and lips to match.
    fn person(mouth_cm: f64, lids_cm: f64, gaze: (f64, f64)) -> Vec<Vec3> {
        let mut points = vec![[0.0, 0.0, 4.0]; FACE_LANDMARKS];
        let mut seed = 99_u32;
        let mut off = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(seed >> 8) / 16_777_216.0 * 0.8 - 0.4
        };
        for (i, p, _) in STABLE {
            points[i] = [p[0] + off(), p[1] + off(), p[2] + off()];
        }
        for (eye, pupil) in [(&RIGHT, 468), (&LEFT, 473)] {
            let (outer, inner) = (points[eye.outer], points[eye.inner]);
            let middle = [0, 1, 2].map(|k| (outer[k] + inner[k]) / 2.0);
            let half = distance(outer, inner) / 2.0;
            for (upper, lower) in eye.lids {
                points[upper] = [middle[0], middle[1] + lids_cm / 2.0, middle[2]];
                points[lower] = [middle[0], middle[1] - lids_cm / 2.0, middle[2]];
            }
            for i in eye.brow {
                points[i] = [middle[0], middle[1] + 2.0, middle[2] + 0.5];
            }
            points[pupil] = [middle[0] + gaze.0 * half, middle[1] + gaze.1 * half, middle[2]];
        }
        for (upper, lower) in [(82, 87), (13, 14), (312, 317)] {
            points[upper] = [0.0, -4.0, 5.5];
            points[lower] = [0.0, -4.0 - mouth_cm, 5.3];
        }
        points[61] = [-2.5, -4.3, 4.3];
        points[291] = [2.5, -4.3, 4.3];
        points
    }

    /// The person turned and seen from far away at 12 pixels a centimetre.
    fn seen(person: &[Vec3], yaw: f64, pitch: f64, roll: f64) -> Vec<[f32; 3]> {
        let turn = Rotation::from_degrees(yaw, pitch, roll);
        person
            .iter()
            .map(|p| {
                let q = turn.turn(*p);
                [(300.0 + 12.0 * q[0]) as f32, (200.0 - 12.0 * q[1]) as f32, (-12.0 * q[2]) as f32]
            })
            .collect()
    }

    #[test]
    fn recovers_known_head_turns_within_three_degrees() {
        let person = person(0.5, 0.9, (0.0, 0.0));
        let mut worst = 0.0_f32;
        for yaw in [-45.0, -20.0, 0.0, 15.0, 40.0] {
            for pitch in [-25.0, 0.0, 20.0] {
                for roll in [-30.0, 0.0, 10.0] {
                    let m = face(&seen(&person, yaw, pitch, roll)).unwrap();
                    for (got, want) in [(m.head_yaw, yaw), (m.head_pitch, pitch), (m.head_roll, roll)] {
                        worst = worst.max((got - want as f32).abs());
                    }
                }
            }
        }
        assert!(worst < 3.0, "off by {worst} degrees");
    }

    #[test]
    fn turning_the_head_hardly_changes_mouth_eyes_and_brows() {
        let person = person(2.0, 0.9, (0.0, 0.0));
        let straight = face(&seen(&person, 0.0, 0.0, 0.0)).unwrap();
        for (yaw, pitch, roll) in [(30.0, 0.0, 0.0), (0.0, 20.0, 0.0), (-25.0, -15.0, 20.0)] {
            let turned = face(&seen(&person, yaw, pitch, roll)).unwrap();
            assert!((turned.mouth_open - straight.mouth_open).abs() < 0.01);
            assert!((turned.mouth_width - straight.mouth_width).abs() < 0.01);
            assert!((turned.eye_open_left - straight.eye_open_left).abs() < 0.01);
            assert!((turned.brow_height_right - straight.brow_height_right).abs() < 0.01);
            assert!((turned.gaze_x - straight.gaze_x).abs() < 0.12, "{} {}", turned.gaze_x, straight.gaze_x);
        }
        assert!((straight.mouth_open - 2.0 / 8.8).abs() < 0.04);
    }

    #[test]
    fn tells_gaze_lids_and_lips_apart() {
        let at = |mouth, lids, gaze| face(&seen(&person(mouth, lids, gaze), 5.0, -5.0, 3.0)).unwrap();
        let rest = at(0.0, 0.9, (0.0, 0.0));
        assert!(at(0.0, 0.9, (0.5, 0.0)).gaze_x - rest.gaze_x > 0.4);
        assert!(at(0.0, 0.9, (0.0, -0.4)).gaze_y - rest.gaze_y < -0.3);
        assert!(at(0.0, 0.1, (0.0, 0.0)).eye_open_right < 0.4 * rest.eye_open_right);
        assert!(at(1.5, 0.9, (0.0, 0.0)).mouth_open > 0.14 && rest.mouth_open.abs() < 0.02);
    }

    #[test]
    fn no_face_no_measures() {
        assert!(face(&[]).is_none());
        assert!(face(&vec![[5.0; 3]; FACE_LANDMARKS]).is_none());
        assert!(face(&vec![[f32::NAN; 3]; FACE_LANDMARKS]).is_none());
    }

    #[test]
    fn a_raised_hand_stands_over_the_shoulders() {
        let mut points = vec![[0.0, 0.0, 0.0, 0.9]; BODY_KEYPOINTS];
        for (i, x, y) in [(11, 140.0, 100.0), (12, 60.0, 100.0), (23, 130.0, 220.0), (24, 70.0, 220.0)] {
            points[i] = [x, y, 0.0, 0.9];
        }
        points[15] = [180.0, 40.0, 0.0, 0.9];
        points[16] = [40.0, 200.0, 0.0, 0.2];
        let m = body(&points, &[]).unwrap();
        assert!((m.hand_height_left - 0.5).abs() < 1e-3);
        assert!(m.hand_height_right.is_nan(), "a wrist not seen has no height");
        assert!(m.lean_side.abs() < 1e-3 && m.lean_forward.is_nan());
    }
}
