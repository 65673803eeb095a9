//! COCO-WholeBody (Jin et al. 2020): COCO's annotation of a body with feet, face and hands beside its 17 keypoints.
//!
//! Feet: big toe, small toe and heel of both; our model has no small toe. Face: the 68 points of iBUG, from the mesh of
//! the face whose nose is nearest to the body's. Hands: 21 points each, in the same order as ours; not valid where no
//! hand was seen.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Samples;
use super::hands::HAND_POINTS;
use super::keypoints::{IBUG_68, Point, body_point, point_within};
use crate::domain::{Time, Track};
use crate::formats::FormatError;

/// Big toe, small toe, heel of the left foot, then of the right; `None` where our model has no such point.
const FEET: [Option<usize>; 6] = [Some(31), None, Some(29), Some(32), None, Some(30)];
/// Tip of the nose in the mesh, and in the body.
const NOSE: [usize; 2] = [1, 0];

/// A face in one frame: its nose and its 68 points.
#[derive(Clone, Debug)]
pub(super) struct Face {
    nose: [f32; 2],
    points: Vec<[f32; 2]>,
}

/// The faces of each frame, from the tracks of faces of the same recording.
pub(super) fn faces(tracks: &[&Track], samples: &mut Samples) -> Result<BTreeMap<Time, Vec<Face>>, FormatError> {
    let mut faces: BTreeMap<Time, Vec<Face>> = BTreeMap::new();
    for track in tracks {
        let samples = samples(track, &["landmarks"])?;
        let Some(mesh) = samples.channel("landmarks") else { continue };
        for (index, time) in samples.times.iter().enumerate() {
            let Some(row) = mesh.sample(index) else { continue };
            let at = |i: usize| match row.get(i * 3..i * 3 + 2) {
                Some([x, y]) if x.is_finite() && y.is_finite() => Some([*x, *y]),
                _ => None,
            };
            let points: Option<Vec<[f32; 2]>> = IBUG_68.iter().map(|i| at(*i)).collect();
            if let (Some(nose), Some(points)) = (at(NOSE[0]), points) {
                faces.entry(*time).or_default().push(Face { nose, points });
            }
        }
    }
    Ok(faces)
}

/// Adds feet, face and hands to a body's annotation; whether a face was found for it.
pub(super) fn complete(
    body: &mut Value,
    pose: &[f32],
    size: (u32, u32),
    faces: &mut Vec<Face>,
    hands: &[Option<Vec<Point>>; 2],
) -> bool {
    let feet: Vec<Option<Point>> = FEET.iter().map(|point| point.and_then(|i| point_within(pose, i, size))).collect();
    body["foot_kpts"] = flat(feet.iter().copied());
    body["foot_valid"] = feet.iter().any(Option::is_some).into();
    let face = nearest(pose, faces).map(|index| faces.swap_remove(index));
    match &face {
        Some(face) => {
            body["face_kpts"] = flat(face.points.iter().map(|[x, y]| Some([*x, *y, 1.0])));
            body["face_box"] = around(&face.points);
        }
        None => {
            body["face_kpts"] = flat(std::iter::repeat_n(None, IBUG_68.len()));
            body["face_box"] = json!([0, 0, 0, 0]);
        }
    }
    body["face_valid"] = face.is_some().into();
    for (side, hand) in ["lefthand", "righthand"].into_iter().zip(hands) {
        body[format!("{side}_kpts")] = match hand {
            Some(points) => flat(points.iter().map(|point| Some(*point))),
            None => flat(std::iter::repeat_n(None, HAND_POINTS)),
        };
        let flat: Vec<[f32; 2]> = hand.iter().flatten().map(|[x, y, _]| [*x, *y]).collect();
        body[format!("{side}_box")] = if flat.is_empty() { json!([0, 0, 0, 0]) } else { around(&flat) };
        body[format!("{side}_valid")] = hand.is_some().into();
    }
    face.is_some()
}

/// The face whose nose is nearest to the body's, no further than a head.
fn nearest(pose: &[f32], faces: &[Face]) -> Option<usize> {
    let [x, y, _] = body_point(pose, NOSE[1])?;
    let shoulders = body_point(pose, 11).zip(body_point(pose, 12));
    let head = shoulders.map_or(60.0, |(a, b)| (a[0] - b[0]).hypot(a[1] - b[1]).max(40.0)) * 0.6;
    let far = |face: &Face| (face.nose[0] - x).hypot(face.nose[1] - y);
    let best = (0..faces.len()).min_by(|a, b| far(&faces[*a]).total_cmp(&far(&faces[*b])))?;
    (far(&faces[best]) <= head).then_some(best)
}

/// x, y and COCO's flag of each: 2 seen, 1 hardly seen, 0 not there.
fn flat(points: impl Iterator<Item = Option<Point>>) -> Value {
    let mut all: Vec<Value> = Vec::new();
    for point in points {
        match point {
            Some([x, y, seen]) => all.extend([json!(x), json!(y), json!(if seen >= 0.5 { 2 } else { 1 })]),
            None => all.extend([json!(0), json!(0), json!(0)]),
        }
    }
    Value::Array(all)
}

fn around(points: &[[f32; 2]]) -> Value {
    let fold = |k: usize| points.iter().fold((f32::MAX, f32::MIN), |(l, h), p| (l.min(p[k]), h.max(p[k])));
    let ((left, right), (top, bottom)) = (fold(0), fold(1));
    json!([left, top, right - left, bottom - top])
}
