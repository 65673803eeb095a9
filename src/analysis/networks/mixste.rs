//! MixSTE and HoT: a body's path in the picture to the joints that the networks know, and their answer back to a path.
//!
//! The networks were trained at 50 frames a second on 243 frames at a time; a path of another pace is brought to 50 by
//! straight lines between its samples, and read off again at its own times.

/// Joints of Human3.6M.
pub const JOINTS: usize = 17;
/// Frames that the networks see at once.
pub const FRAMES: usize = 243;
/// Frames a second that they were trained on.
pub const PACE: f64 = 50.0;
/// Between the beginnings of two windows: each frame is seen by about two of them.
pub const STEP: usize = 121;

/// The joints by name, in the order of Human3.6M.
pub const NAMES: [&str; JOINTS] = [
    "hips",
    "right_hip",
    "right_knee",
    "right_ankle",
    "left_hip",
    "left_knee",
    "left_ankle",
    "spine",
    "thorax",
    "neck",
    "head",
    "left_shoulder",
    "left_elbow",
    "left_wrist",
    "right_shoulder",
    "right_elbow",
    "right_wrist",
];
/// Joints that change places in a mirror.
const MIRRORED: [usize; JOINTS] = [0, 4, 5, 6, 1, 2, 3, 7, 8, 9, 10, 14, 15, 16, 11, 12, 13];

/// One frame's joints in two dimensions.
pub type Flat = [[f32; 2]; JOINTS];
/// One frame's joints in three dimensions.
pub type Deep = [[f32; 3]; JOINTS];

/// The joints out of the 33 points of the body model (more points are passed over); `None` for fewer. What Human3.6M
/// measures and the body model does not is put between its neighbours, as the networks' own demonstration does from
/// COCO's points.
pub fn joints(points: &[[f32; 2]]) -> Option<Flat> {
    if points.len() < 33 {
        return None;
    }
    let p = |at: usize| points[at];
    let mix = |a: [f32; 2], b: [f32; 2], part: f32| [a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part];
    let middle = |a: usize, b: usize| mix(p(a), p(b), 0.5);
    let (hips, shoulders, nose) = (middle(23, 24), middle(11, 12), p(0));
    let (eyes, ears) = (middle(2, 5), middle(7, 8));
    let head = [(eyes[0] + ears[0]) / 2.0, 2.0 * eyes[1] - nose[1]];
    Some([
        hips,
        p(24),
        p(26),
        p(28),
        p(23),
        p(25),
        p(27),
        mix(hips, shoulders, 0.5),
        mix(shoulders, nose, 1.0 / 3.0),
        mix(nose, shoulders, 0.25),
        head,
        p(11),
        p(13),
        p(15),
        p(12),
        p(14),
        p(16),
    ])
}

/// Pixels to the networks' scale: −1 to 1 over the picture's width, the same for its height, so that nothing is stretched.
pub fn normalise(joints: &Flat, width: f32, height: f32) -> Flat {
    joints.map(|[x, y]| [x / width * 2.0 - 1.0, y / width * 2.0 - height / width])
}

/// The mirror image.
pub fn mirror(joints: &Flat) -> Flat {
    std::array::from_fn(|joint| {
        let [x, y] = joints[MIRRORED[joint]];
        [-x, y]
    })
}

/// The mean of the answer and of the mirrored answer to the mirror image, with the hips at the origin.
pub fn join(answer: &Deep, mirrored: &Deep) -> Deep {
    let mut joined: Deep = std::array::from_fn(|joint| {
        let ([x, y, z], [u, v, w]) = (answer[joint], mirrored[MIRRORED[joint]]);
        [(x - u) / 2.0, (y + v) / 2.0, (z + w) / 2.0]
    });
    joined[0] = [0.0; 3];
    joined
}

/// Where the windows of a path of so many frames begin. A path shorter than a window is one window.
pub fn windows(frames: usize) -> Vec<usize> {
    if frames == 0 {
        return Vec::new();
    }
    let last = frames.saturating_sub(FRAMES);
    let mut starts: Vec<usize> = (0..=last).step_by(STEP).collect();
    if starts.last() != Some(&last) {
        starts.push(last);
    }
    starts
}

/// The frames of a window: what lies past the end repeats the last frame.
pub fn window<T: Copy>(path: &[T], start: usize) -> Vec<T> {
    let Some(last) = path.last() else { return Vec::new() };
    (start..start + FRAMES).map(|at| *path.get(at).unwrap_or(last)).collect()
}

/// How much a frame of a window counts: most in the middle, where the network sees both sides.
fn weight(place: usize) -> f32 {
    1.0 + place.min(FRAMES - 1 - place) as f32
}

/// The windows' answers as one path of so many frames, overlaps averaged.
pub fn blend(frames: usize, answers: &[(usize, Vec<Deep>)]) -> Vec<Deep> {
    let mut sums = vec![([[0.0_f32; 3]; JOINTS], 0.0_f32); frames];
    for (start, answer) in answers {
        for (place, joints) in answer.iter().enumerate().take(FRAMES) {
            let Some((sum, total)) = sums.get_mut(start + place) else { break };
            let share = weight(place);
            *total += share;
            for (to, from) in sum.iter_mut().flatten().zip(joints.iter().flatten()) {
                *to += share * from;
            }
        }
    }
    let mean =
        |(sum, total): (Deep, f32)| sum.map(|point| point.map(|v| if total > 0.0 { v / total } else { f32::NAN }));
    sums.into_iter().map(mean).collect()
}

/// A stretch of a path without gaps, at the networks' pace.
#[derive(Clone, Debug, PartialEq)]
pub struct Stretch {
    /// The first sample's and the last one's number in the path.
    pub first: usize,
    pub last: usize,
    pub frames: Vec<Flat>,
}

/// A path longer unseen than this is two, seconds.
const GAP: f64 = 0.5;
/// Shorter stretches are left out, seconds.
const SHORTEST: f64 = 0.5;

/// A path at its own times (seconds, rising) as stretches at the networks' pace; joints that are no numbers are a gap.
pub fn at_pace(times: &[f64], path: &[Flat]) -> Vec<Stretch> {
    let good = |at: &usize| path[*at].iter().flatten().all(|v| v.is_finite());
    let mut runs: Vec<Vec<usize>> = Vec::new();
    for at in (0..times.len().min(path.len())).filter(good) {
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(|last| times[at] - times[*last] <= GAP) => run.push(at),
            _ => runs.push(vec![at]),
        }
    }
    let mut stretches = Vec::new();
    for run in runs {
        let (Some(&first), Some(&last)) = (run.first(), run.last()) else { continue };
        if times[last] - times[first] < SHORTEST {
            continue;
        }
        let count = ((times[last] - times[first]) * PACE).round() as usize + 1;
        let mut next = 0;
        let frames = (0..count).map(|frame| {
            let time = times[first] + frame as f64 / PACE;
            while next + 2 < run.len() && times[run[next + 1]] < time {
                next += 1;
            }
            let (a, b) = (run[next], run[(next + 1).min(run.len() - 1)]);
            let length = times[b] - times[a];
            let part = if length > 0.0 { ((time - times[a]) / length).clamp(0.0, 1.0) as f32 } else { 0.0 };
            std::array::from_fn(|joint| {
                let ([x, y], [u, v]) = (path[a][joint], path[b][joint]);
                [x + (u - x) * part, y + (v - y) * part]
            })
        });
        stretches.push(Stretch { first, last, frames: frames.collect() });
    }
    stretches
}

/// Which frame of a stretch lies nearest to a moment, seconds after its beginning.
pub fn frame_at(seconds: f64, frames: usize) -> usize {
    ((seconds * PACE).round().max(0.0) as usize).min(frames.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_33_points_become_17_joints() {
        let points: Vec<[f32; 2]> = (0..33).map(|i| [i as f32, 100.0 + i as f32]).collect();
        let joints = joints(&points).unwrap();
        assert_eq!(joints[0], [23.5, 123.5]);
        assert_eq!((joints[1], joints[6], joints[13]), ([24.0, 124.0], [27.0, 127.0], [15.0, 115.0]));
        assert_eq!(super::joints(&points[..32]), None);
    }

    #[test]
    fn width_is_the_measure_of_both_directions() {
        let mut flat = [[0.0; 2]; JOINTS];
        (flat[0], flat[1]) = ([640.0, 360.0], [320.0, 180.0]);
        let scaled = normalise(&flat, 640.0, 360.0);
        assert_eq!(scaled[0], [1.0, 0.5625]);
        assert_eq!(scaled[1], [0.0, 0.0]);
    }

    #[test]
    fn a_mirror_twice_is_none_and_a_mirrored_answer_counts_the_same() {
        let flat: Flat = std::array::from_fn(|i| [i as f32, -(i as f32)]);
        assert_eq!(mirror(&mirror(&flat)), flat);
        let deep: Deep = std::array::from_fn(|i| [i as f32, 2.0, 3.0]);
        let seen: Deep = std::array::from_fn(|i| [-deep[MIRRORED[i]][0], 2.0, 3.0]);
        let joined = join(&deep, &seen);
        assert_eq!(joined[1..], deep[1..]);
        assert_eq!(joined[0], [0.0; 3]);
    }

    #[test]
    fn windows_cover_a_path_and_overlaps_agree() {
        assert_eq!(windows(100), [0]);
        assert_eq!(windows(243), [0]);
        assert_eq!(windows(500), [0, 121, 242, 257]);
        let path: Vec<usize> = (0..100).collect();
        assert_eq!(window(&path, 0)[242], 99);
        let answer = |start: usize| (start, (0..FRAMES).map(|i| [[(start + i) as f32; 3]; JOINTS]).collect::<Vec<_>>());
        let answers: Vec<_> = windows(500).into_iter().map(answer).collect();
        let blended = blend(500, &answers);
        assert!(blended.iter().enumerate().all(|(i, d)| (d[3][1] - i as f32).abs() < 1e-3));
    }

    #[test]
    fn a_slow_path_is_brought_to_pace_and_gaps_part_it() {
        let times: Vec<f64> = (0..30).map(|i| i as f64 / 10.0 + if i >= 15 { 2.0 } else { 0.0 }).collect();
        let path: Vec<Flat> = times.iter().map(|t| [[*t as f32; 2]; JOINTS]).collect();
        let stretches = at_pace(&times, &path);
        assert_eq!(stretches.iter().map(|s| (s.first, s.last)).collect::<Vec<_>>(), [(0, 14), (15, 29)]);
        assert_eq!(stretches[0].frames.len(), 71);
        assert!((stretches[1].frames[10][4][0] - 3.7).abs() < 1e-4);
        assert_eq!(frame_at(0.2, 71), 10);
    }
}
