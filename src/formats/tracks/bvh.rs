//! BVH motion (Biovision hierarchy, as Blender, Maya and MotionBuilder read it): one file a body, `NAME-body-1.bvh`.
//!
//! The skeleton stands with its arms out to the sides; bones have the median length that was seen, in centimetres, x
//! to the person's left, y up, z to the front. Every frame turns the joints so that each bone points where it was
//! seen to point. The points in space have the hips as their origin, so the hips stay in place.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::{Samples, output, recording};
use crate::domain::{Bundle, LossReport, Time, TrackKind, TrackSamples};
use crate::formats::{Format, FormatError};

type Vec3 = [f64; 3];
type Matrix = [Vec3; 3];

/// Where a joint stands, from our 33 body points.
#[derive(Clone, Copy)]
enum Place {
    One(usize),
    Between(usize, usize),
}

/// How a joint is turned.
#[derive(Clone, Copy)]
enum Turn {
    /// Its x axis along a line from one place to the other, its y axis near the trunk.
    Across(usize, usize),
    /// Its y axis along the bone to a place, its x axis as its parent's.
    Up(Place),
    /// The bone at rest along this axis points at a place.
    Along(Vec3, Place),
    /// An end: nothing to turn.
    End,
}

struct Joint {
    name: &'static str,
    parent: Option<usize>,
    place: Place,
    /// Direction of the bone from the parent at rest; nothing where it stands on its parent.
    rest: Vec3,
    turn: Turn,
}

const fn joint(name: &'static str, parent: usize, place: Place, rest: Vec3, turn: Turn) -> Joint {
    Joint { name, parent: Some(parent), place, rest, turn }
}

const HIPS: Place = Place::Between(23, 24);
const CHEST: Place = Place::Between(11, 12);
const HEAD: Place = Place::Between(7, 8);
const LEFT: Vec3 = [1.0, 0.0, 0.0];
const RIGHT: Vec3 = [-1.0, 0.0, 0.0];
const UP: Vec3 = [0.0, 1.0, 0.0];
const DOWN: Vec3 = [0.0, -1.0, 0.0];
const FRONT: Vec3 = [0.0, 0.0, 1.0];
const HERE: Vec3 = [0.0, 0.0, 0.0];

/// The skeleton, parents first and depth first, as the file lists it.
const JOINTS: [Joint; 22] = [
    Joint { name: "Hips", parent: None, place: HIPS, rest: HERE, turn: Turn::Across(24, 23) },
    joint("Spine", 0, HIPS, HERE, Turn::Up(CHEST)),
    joint("Chest", 1, CHEST, UP, Turn::Across(12, 11)),
    joint("Neck", 2, CHEST, HERE, Turn::Up(HEAD)),
    joint("HeadEnd", 3, HEAD, UP, Turn::End),
    joint("LeftArm", 2, Place::One(11), LEFT, Turn::Along(LEFT, Place::One(13))),
    joint("LeftForeArm", 5, Place::One(13), LEFT, Turn::Along(LEFT, Place::One(15))),
    joint("LeftHand", 6, Place::One(15), LEFT, Turn::Along(LEFT, Place::One(19))),
    joint("LeftHandEnd", 7, Place::One(19), LEFT, Turn::End),
    joint("RightArm", 2, Place::One(12), RIGHT, Turn::Along(RIGHT, Place::One(14))),
    joint("RightForeArm", 9, Place::One(14), RIGHT, Turn::Along(RIGHT, Place::One(16))),
    joint("RightHand", 10, Place::One(16), RIGHT, Turn::Along(RIGHT, Place::One(20))),
    joint("RightHandEnd", 11, Place::One(20), RIGHT, Turn::End),
    joint("LeftUpLeg", 0, Place::One(23), LEFT, Turn::Along(DOWN, Place::One(25))),
    joint("LeftLeg", 13, Place::One(25), DOWN, Turn::Along(DOWN, Place::One(27))),
    joint("LeftFoot", 14, Place::One(27), DOWN, Turn::Along(FRONT, Place::One(31))),
    joint("LeftFootEnd", 15, Place::One(31), FRONT, Turn::End),
    joint("RightUpLeg", 0, Place::One(24), RIGHT, Turn::Along(DOWN, Place::One(26))),
    joint("RightLeg", 17, Place::One(26), DOWN, Turn::Along(DOWN, Place::One(28))),
    joint("RightFoot", 18, Place::One(28), DOWN, Turn::Along(FRONT, Place::One(32))),
    joint("RightFootEnd", 19, Place::One(32), FRONT, Turn::End),
    // Left out of the file: it only closes the list, so that every depth is closed alike.
    Joint { name: "", parent: None, place: HIPS, rest: HERE, turn: Turn::End },
];

fn joints() -> &'static [Joint] {
    &JOINTS[..JOINTS.len() - 1]
}

pub(super) fn write(path: &Path, bundle: &Bundle, samples: &mut Samples) -> Result<LossReport, FormatError> {
    let mut report = LossReport::default();
    let recordings = recording::of(bundle, TrackKind::Body, Format::Bvh, &mut report)?;
    let folder = output::Folder::new(path)?;
    let mut files = 0;
    // A body that several looks followed has several pieces.
    let mut written = std::collections::HashMap::new();
    for recording in &recordings {
        for track in &recording.tracks {
            let samples = samples(track, &["pose.world"])?;
            match motion(&samples) {
                Some(text) => {
                    let pieces: &mut usize = written.entry((&recording.name, track.number)).or_default();
                    *pieces += 1;
                    let more = if *pieces > 1 { format!("-{pieces}") } else { String::new() };
                    let name = format!("{}-body-{}{more}.bvh", recording.name, track.number);
                    folder.add(&PathBuf::from(name), text.as_bytes())?;
                    report.kept("samples of bodies", samples.times.len());
                    files += 1;
                }
                None => report.left_out("tracks of bodies", 1, "they have no points in space"),
            }
        }
    }
    if files == 0 {
        let problem = "no body in it has points in space".to_owned();
        return Err(FormatError::Unsayable { format: Format::Bvh, problem });
    }
    folder.finish()?;
    report.mapped("bones", 20, "median length; each frame gives directions");
    report.left_out("places of bodies in the picture", files, "points in space start at the hips, which stay in place");
    report.left_out("points of faces and fingers", files, "no joints for them");
    Ok(report)
}

/// A point in centimetres, y up, z to the front; `None` where it was not seen.
fn point(world: &[f32], index: usize) -> Option<Vec3> {
    let at = world.get(index * 3..index * 3 + 3)?;
    let [x, y, z] = [f64::from(at[0]), f64::from(at[1]), f64::from(at[2])];
    // Ours has y down and z away from the camera.
    (x.is_finite() && y.is_finite() && z.is_finite()).then_some([x * 100.0, -y * 100.0, -z * 100.0])
}

fn place(world: &[f32], place: Place) -> Option<Vec3> {
    match place {
        Place::One(index) => point(world, index),
        Place::Between(a, b) => {
            let (a, b) = (point(world, a)?, point(world, b)?);
            Some([0, 1, 2].map(|k| (a[k] + b[k]) / 2.0))
        }
    }
}

/// The file of one body; `None` without points in space.
fn motion(samples: &TrackSamples) -> Option<String> {
    let world = samples.channel("pose.world").filter(|channel| channel.width >= 33 * 3)?;
    let (first, last) = (*samples.times.first()?, *samples.times.last()?);
    let lengths = lengths(world)?;
    let step = mean_step(&samples.times);
    // The nearest whole number: the mean is rounded.
    let frames = (((last - first).0 + step.0 / 2) / step.0) as usize + 1;
    let mut text = String::from("HIERARCHY\n");
    hierarchy(&mut text, &lengths);
    // Writing to a String cannot fail.
    let _ = write!(text, "MOTION\nFrames: {frames}\nFrame Time: {:.7}\n", step.secs());
    let mut local = [IDENTITY; JOINTS.len()];
    let mut next = 0;
    for frame in 0..frames {
        let time = first + Time(step.0 * frame as i64);
        while samples.times.get(next + 1).is_some_and(|t| (*t - time).0.abs() <= (samples.times[next] - time).0.abs()) {
            next += 1;
        }
        // Through a gap everything is held.
        if (samples.times[next] - time).0.abs() <= step.0
            && let Some(row) = world.sample(next)
        {
            turn(row, &mut local);
        }
        line(&mut text, &local);
    }
    Some(text)
}

/// The mean distance between two samples, gaps left out: ten looks a second at 25 frames are 80 and 120 ms apart in
/// turns.
fn mean_step(times: &[Time]) -> Time {
    let mut steps: Vec<i64> = times.windows(2).map(|pair| (pair[1] - pair[0]).0).collect();
    steps.sort_unstable();
    let Some(middle) = steps.get(steps.len() / 2).copied() else { return Time::from_millis(40) };
    steps.retain(|step| *step <= middle.saturating_mul(5) / 2);
    let mean = steps.iter().sum::<i64>() / (steps.len() as i64).max(1);
    Time(mean).max(Time::from_millis(1))
}

/// The median length of each bone; `None` where no bone was ever seen.
fn lengths(world: &crate::domain::Channel) -> Option<Vec<f64>> {
    let rows: Vec<&[f32]> = world.values.chunks_exact(world.width.max(1)).collect();
    let mut any = false;
    let lengths = joints().iter().map(|joint| {
        let Some(parent) = joint.parent.and_then(|p| JOINTS.get(p)) else { return 0.0 };
        let seen = rows.iter().filter_map(|row| Some(length(sub(place(row, joint.place)?, place(row, parent.place)?))));
        let mut seen: Vec<f64> = seen.collect();
        seen.sort_by(f64::total_cmp);
        any |= !seen.is_empty();
        seen.get(seen.len() / 2).copied().unwrap_or(0.0)
    });
    let lengths: Vec<f64> = lengths.collect();
    any.then_some(lengths)
}

fn hierarchy(text: &mut String, lengths: &[f64]) {
    let mut open: Vec<usize> = Vec::new();
    for (index, joint) in JOINTS.iter().enumerate() {
        while open.last().is_some_and(|last| joint.parent != Some(*last)) {
            open.pop();
            let _ = writeln!(text, "{}}}", "\t".repeat(open.len()));
        }
        let Some(length) = lengths.get(index) else { break };
        let tabs = "\t".repeat(open.len());
        let end = matches!(joint.turn, Turn::End);
        let word = match (joint.parent, end) {
            (None, _) => format!("ROOT {}", joint.name),
            (_, true) => "End Site".to_owned(),
            _ => format!("JOINT {}", joint.name),
        };
        let [x, y, z] = joint.rest.map(|axis| axis * length);
        let _ = writeln!(text, "{tabs}{word}\n{tabs}{{\n{tabs}\tOFFSET {x:.4} {y:.4} {z:.4}");
        if !end {
            let channels = match joint.parent {
                None => "6 Xposition Yposition Zposition Zrotation Xrotation Yrotation",
                Some(_) => "3 Zrotation Xrotation Yrotation",
            };
            let _ = writeln!(text, "{tabs}\tCHANNELS {channels}");
        }
        open.push(index);
    }
}

fn line(text: &mut String, local: &[Matrix]) {
    text.push_str("0.0000 0.0000 0.0000");
    for (joint, turned) in joints().iter().zip(local) {
        if !matches!(joint.turn, Turn::End) {
            let [z, x, y] = zxy(turned);
            let _ = write!(text, " {z:.4} {x:.4} {y:.4}");
        }
    }
    text.push('\n');
}

/// Turns every joint whose points were seen; the others stay as they are.
fn turn(row: &[f32], local: &mut [Matrix]) {
    let mut global = [IDENTITY; JOINTS.len()];
    let trunk = place(row, HIPS).zip(place(row, CHEST)).map(|(hips, chest)| sub(chest, hips));
    for (index, joint) in joints().iter().enumerate() {
        let parent = joint.parent.map_or(IDENTITY, |p| global[p]);
        let to = |target| place(row, joint.place).zip(place(row, target)).map(|(from, to)| sub(to, from));
        let seen = match joint.turn {
            Turn::Across(from, to) => {
                point(row, from).zip(point(row, to)).map(|(a, b)| sub(b, a)).zip(trunk).and_then(|(across, trunk)| {
                    let x = unit(across)?;
                    let z = unit(cross(x, trunk))?;
                    Some(columns(x, cross(z, x), z))
                })
            }
            Turn::Up(target) => to(target).and_then(|bone| {
                let y = unit(bone)?;
                let z = unit(cross(column(&parent, 0), y))?;
                Some(columns(cross(y, z), y, z))
            }),
            Turn::Along(axis, target) => {
                to(target).and_then(unit).map(|bone| product(&shortest(apply(&parent, axis), bone), &parent))
            }
            Turn::End => None,
        };
        global[index] = match seen {
            Some(seen) => {
                local[index] = product(&transposed(&parent), &seen);
                seen
            }
            None => product(&parent, &local[index]),
        };
    }
}

const IDENTITY: Matrix = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];

fn sub(a: Vec3, b: Vec3) -> Vec3 {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}
fn dot(a: Vec3, b: Vec3) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}
fn cross(a: Vec3, b: Vec3) -> Vec3 {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}
fn length(a: Vec3) -> f64 {
    dot(a, a).sqrt()
}
fn unit(a: Vec3) -> Option<Vec3> {
    let length = length(a);
    (length > 1e-6).then(|| a.map(|v| v / length))
}
fn columns(x: Vec3, y: Vec3, z: Vec3) -> Matrix {
    [0, 1, 2].map(|k| [x[k], y[k], z[k]])
}
fn column(m: &Matrix, k: usize) -> Vec3 {
    [m[0][k], m[1][k], m[2][k]]
}
fn apply(m: &Matrix, v: Vec3) -> Vec3 {
    m.map(|row| dot(row, v))
}
fn transposed(m: &Matrix) -> Matrix {
    [column(m, 0), column(m, 1), column(m, 2)]
}
fn product(a: &Matrix, b: &Matrix) -> Matrix {
    let b = transposed(b);
    a.map(|row| b.map(|column| dot(row, column)))
}

/// The shortest turn of one unit vector to another (Rodrigues).
fn shortest(from: Vec3, to: Vec3) -> Matrix {
    let (axis, cos) = (cross(from, to), dot(from, to));
    if cos < -1.0 + 1e-9 {
        // Half a turn, about any axis across.
        let other = if from[0].abs() < 0.9 { LEFT } else { UP };
        let axis = unit(cross(from, other)).unwrap_or(UP);
        return [0, 1, 2].map(|i| [0, 1, 2].map(|j| 2.0 * axis[i] * axis[j] - IDENTITY[i][j]));
    }
    let [x, y, z] = axis;
    let skew = [[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]];
    let squared = product(&skew, &skew);
    [0, 1, 2].map(|i| [0, 1, 2].map(|j| IDENTITY[i][j] + skew[i][j] + squared[i][j] / (1.0 + cos)))
}

/// Degrees about z, x and y of a turn that is made of them in this order: Rz · Rx · Ry.
fn zxy(m: &Matrix) -> Vec3 {
    let x = m[2][1].clamp(-1.0, 1.0).asin();
    let (z, y) = if m[2][1].abs() < 1.0 - 1e-9 {
        ((-m[0][1]).atan2(m[1][1]), (-m[2][0]).atan2(m[2][2]))
    } else {
        (m[1][0].atan2(m[0][0]), 0.0)
    };
    [z, x, y].map(f64::to_degrees)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uneven_steps_give_a_frame_for_each_sample() {
        let times: Vec<Time> = (0..101).map(|i| Time::from_millis(i / 2 * 200 + i % 2 * 80)).collect();
        let step = mean_step(&times);
        assert_eq!(step, Time::from_millis(100));
        let mut gap = times.clone();
        gap[60..].iter_mut().for_each(|time| *time = *time + Time::from_millis(5_000));
        assert!((mean_step(&gap).secs() - 0.1).abs() < 0.002, "a gap is no step");
        assert_eq!(mean_step(&times[..1]), Time::from_millis(40));
    }
}
