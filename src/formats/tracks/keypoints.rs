//! Which of our points are which of theirs. Ours are the 33 body points and 478 face points of MediaPipe's models.

/// x, y in pixels of the picture as shown, certainty 0 to 1; all 0 where there is no such point.
pub(super) type Point = [f32; 3];

/// How a point of BODY_25 comes from ours.
enum From {
    One(usize),
    /// Midway between two.
    Between(usize, usize),
    /// Our model has no such point.
    Nowhere,
}

/// OpenPose's BODY_25 in order: nose, neck, right arm, left arm, mid hip, right leg, left leg, eyes, ears, left foot
/// (big toe, small toe, heel), right foot. The neck lies midway between the shoulders and the mid hip between the
/// hips, as in OpenPose's own training data; the small toes have no counterpart.
const BODY_25: [From; 25] = [
    From::One(0),
    From::Between(11, 12),
    From::One(12),
    From::One(14),
    From::One(16),
    From::One(11),
    From::One(13),
    From::One(15),
    From::Between(23, 24),
    From::One(24),
    From::One(26),
    From::One(28),
    From::One(23),
    From::One(25),
    From::One(27),
    From::One(5),
    From::One(2),
    From::One(8),
    From::One(7),
    From::One(31),
    From::Nowhere,
    From::One(29),
    From::One(32),
    From::Nowhere,
    From::One(30),
];

/// COCO's 17 keypoints by name, with our point.
pub(super) const COCO: [(&str, usize); 17] = [
    ("nose", 0),
    ("left_eye", 2),
    ("right_eye", 5),
    ("left_ear", 7),
    ("right_ear", 8),
    ("left_shoulder", 11),
    ("right_shoulder", 12),
    ("left_elbow", 13),
    ("right_elbow", 14),
    ("left_wrist", 15),
    ("right_wrist", 16),
    ("left_hip", 23),
    ("right_hip", 24),
    ("left_knee", 25),
    ("right_knee", 26),
    ("left_ankle", 27),
    ("right_ankle", 28),
];

/// Which keypoints COCO draws a line between, by number from 1.
pub(super) const COCO_SKELETON: [[u8; 2]; 19] = [
    [16, 14],
    [14, 12],
    [17, 15],
    [15, 13],
    [12, 13],
    [6, 12],
    [7, 13],
    [6, 7],
    [6, 8],
    [7, 9],
    [8, 10],
    [9, 11],
    [2, 3],
    [1, 2],
    [1, 3],
    [2, 4],
    [3, 5],
    [4, 6],
    [5, 7],
];

/// The mesh points nearest to the 68 points of the iBUG scheme that OpenFace uses: jaw, brows, nose, eyes, lips.
/// Along the jaw the mesh has points of its own, near the contour but not the same.
pub(super) const IBUG_68: [usize; 68] = [
    162, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 389, //
    71, 63, 105, 66, 107, 336, 296, 334, 293, 301, //
    168, 197, 5, 4, 75, 97, 2, 326, 305, //
    33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380, //
    61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181, 78, 82, 13, 312, 308, 317, 14, 87,
];

/// One body point of a sample of the channel `pose` (x, y, z, visibility each).
pub(super) fn body_point(pose: &[f32], index: usize) -> Option<Point> {
    match pose.get(index * 4..index * 4 + 4)? {
        [x, y, _, seen] if x.is_finite() && y.is_finite() => {
            Some([*x, *y, if seen.is_finite() { seen.clamp(0.0, 1.0) } else { 0.0 }])
        }
        _ => None,
    }
}

/// The same where it lies in a picture of that size: what a model guesses outside nobody has seen. A size of 0 is not
/// known.
pub(super) fn point_within(pose: &[f32], index: usize, (width, height): (u32, u32)) -> Option<Point> {
    let unknown = width == 0 || height == 0;
    body_point(pose, index)
        .filter(|[x, y, _]| unknown || ((0.0..=width as f32).contains(x) && (0.0..=height as f32).contains(y)))
}

/// The 25 points of BODY_25; `None` when the sample has no point at all.
pub(super) fn body_25(pose: &[f32]) -> Option<Vec<Point>> {
    let middle = |a: Point, b: Point| [(a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0, a[2].min(b[2])];
    let point = |from: &From| match from {
        From::One(index) => body_point(pose, *index),
        From::Between(a, b) => body_point(pose, *a).zip(body_point(pose, *b)).map(|(a, b)| middle(a, b)),
        From::Nowhere => None,
    };
    let points: Vec<Option<Point>> = BODY_25.iter().map(point).collect();
    let any = points.iter().any(Option::is_some);
    any.then(|| points.into_iter().map(Option::unwrap_or_default).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_guessed_outside_the_picture_is_no_point() {
        let pose = [10.0, 20.0, 0.0, 0.9, 10.0, 500.0, 0.0, 0.4, f32::NAN, 0.0, 0.0, 0.0];
        assert_eq!(point_within(&pose, 0, (640, 480)), Some([10.0, 20.0, 0.9]));
        assert_eq!(point_within(&pose, 1, (640, 480)), None);
        assert_eq!(point_within(&pose, 1, (0, 0)), Some([10.0, 500.0, 0.4]), "a size that is not known leaves it");
        assert_eq!(point_within(&pose, 2, (640, 480)), None);
        assert_eq!(point_within(&pose, 3, (640, 480)), None);
    }
}
