//! What is kept of a sighting: the channels of faces and bodies, one row a sample.

use crate::analysis::gesture::{HAND_CHANNELS, WRISTS};
use crate::analysis::measures;
use crate::analysis::models::{OWN, append_own};
use crate::analysis::observation::{BBox, BodyObservation, FaceObservation, FrameObservation};
use crate::domain::{Channel, TrackKind, TrackSamples};

/// Name, numbers a sample, storage step of every face channel, in the order [`face_sample`] fills them. The
/// mesh's is at least this, see [`mesh_step`]; measures are taken before anything is rounded.
pub(super) const FACE_CHANNELS: &[(&str, usize, f32)] = &[
    ("box", 4, 0.125),
    ("score", 1, 0.001),
    ("landmarks", 478 * 3, 0.5),
    ("presence", 1, 0.001),
    ("expression.faceapi", 7, 0.001),
    ("expression.human", 7, 0.001),
    ("quality.sharpness", 1, 0.5),
    ("quality.brightness", 1, 0.5),
    ("quality.detail", 1, 0.01),
    ("quality.still", 1, 1.0),
    ("quality.cut_off", 1, 0.001),
    ("measure.head_yaw", 1, 0.05),
    ("measure.head_pitch", 1, 0.05),
    ("measure.head_roll", 1, 0.05),
    ("measure.gaze_x", 1, 0.002),
    ("measure.gaze_y", 1, 0.002),
    ("measure.eye_open.left", 1, 0.001),
    ("measure.eye_open.right", 1, 0.001),
    ("measure.brow_height.left", 1, 0.001),
    ("measure.brow_height.right", 1, 0.001),
    ("measure.mouth_open", 1, 0.001),
    ("measure.mouth_width", 1, 0.001),
    ("measure.misfit", 1, 0.01),
];

/// Storage step of a mesh: a face is 128 pixels wide in what the network is shown, so finer than one of these is its own
/// noise, however large the face is in the picture. The power of two nearest to that, so that it does not hang on the
/// frame at which storing begins, but for faces about as large as where one power gives way to the next.
fn mesh_step(bbox: &BBox) -> f32 {
    let step = bbox.width.min(bbox.height) / 128.0;
    if step.is_finite() && step > 0.0 { step.log2().round().exp2() } else { 0.0 }
}

/// The channels of a track of that kind, empty; `bbox`: about how large it is in the picture.
pub(super) fn channels(kind: TrackKind, bbox: &BBox) -> Vec<Channel> {
    const NONE: &[(&str, usize, f32)] = &[];
    let channels = match kind {
        TrackKind::Face => [FACE_CHANNELS, NONE],
        TrackKind::Body => [BODY_CHANNELS, HAND_CHANNELS],
        // No voice is ever seen.
        TrackKind::Voice => [NONE, NONE],
    };
    let channel = |&(name, width, step): &(&str, usize, f32)| {
        let step = if name == "landmarks" { step.max(mesh_step(bbox)) } else { step };
        Channel { name: name.to_owned(), width, step, values: Vec::new() }
    };
    channels.into_iter().flatten().map(channel).collect()
}

/// The same for bodies. `pose` mixes pixels and visibility, so its step is the finer of what either needs.
pub(super) const BODY_CHANNELS: &[(&str, usize, f32)] = &[
    ("box", 4, 0.125),
    ("score", 1, 0.001),
    ("pose", 33 * 4, 0.0625),
    ("pose.world", 33 * 3, 0.002),
    ("quality.still", 1, 1.0),
    ("quality.wrist.left", 1, 0.01),
    ("quality.wrist.right", 1, 0.01),
    ("measure.hand_height.left", 1, 0.002),
    ("measure.hand_height.right", 1, 0.002),
    ("measure.lean_side", 1, 0.05),
    ("measure.lean_forward", 1, 0.05),
];

/// Appends the rows of one sample to the channels in order; a row of the wrong width becomes NaN throughout.
fn append<'a>(samples: &mut TrackSamples, rows: impl IntoIterator<Item = &'a [f32]>) {
    let mut rows = rows.into_iter();
    for channel in samples.channels.iter_mut().filter(|c| !c.name.starts_with(OWN)) {
        match rows.next() {
            Some(row) if row.len() == channel.width => channel.values.extend_from_slice(row),
            _ => channel.values.extend(std::iter::repeat_n(f32::NAN, channel.width)),
        }
    }
}

/// Body points with wrists outside the picture taken as not seen: the network guesses where they may be.
pub(super) fn within(keypoints: &[[f32; 4]], frame: &FrameObservation) -> Vec<[f32; 4]> {
    let mut points = keypoints.to_vec();
    // Frames of which the size is not known have no edge.
    let (width, height) = (frame.width as f32, frame.height as f32);
    let outside = |[x, y, ..]: [f32; 4]| !((0.0..width).contains(&x) && (0.0..height).contains(&y));
    for wrist in WRISTS {
        if let Some(point) = points.get_mut(wrist).filter(|point| width > 0.0 && height > 0.0 && outside(**point)) {
            point[3] = 0.0;
        }
    }
    points
}

fn box_row(b: &BBox) -> [f32; 4] {
    [b.x, b.y, b.width, b.height]
}

pub(super) fn face_sample(samples: &mut TrackSamples, face: &FaceObservation, frame: &FrameObservation) {
    let m = measures::face(&face.landmarks);
    let numbers = m.map_or([f32::NAN; 12], |m| {
        [
            m.head_yaw,
            m.head_pitch,
            m.head_roll,
            m.gaze_x,
            m.gaze_y,
            m.eye_open_left,
            m.eye_open_right,
            m.brow_height_left,
            m.brow_height_right,
            m.mouth_open,
            m.mouth_width,
            m.misfit,
        ]
    });
    let cut_off = face.bbox.cut_off(frame.width, frame.height);
    let rows: [&[f32]; 11] = [
        &box_row(&face.bbox),
        &[face.score],
        face.landmarks.as_flattened(),
        &[face.presence],
        face.expression_faceapi.as_ref().map_or(&[], |p| &p[..]),
        face.expression_human.as_ref().map_or(&[], |p| &p[..]),
        &[face.sharpness],
        &[face.brightness.unwrap_or(f32::NAN)],
        &[face.detail.unwrap_or(f32::NAN)],
        &[f32::from(u8::from(frame.still))],
        &[cut_off],
    ];
    append(samples, rows.into_iter().chain(numbers.chunks(1)));
    append_own(samples, &face.own);
}

pub(super) fn body_sample(
    samples: &mut TrackSamples,
    body: &BodyObservation,
    frame: &FrameObservation,
    hands: &[Vec<f32>],
) {
    let inside = within(&body.keypoints, frame);
    let m = measures::body(&inside, &body.world);
    let numbers = m.map_or([f32::NAN; 4], |m| [m.hand_height_left, m.hand_height_right, m.lean_side, m.lean_forward]);
    let wrist = |i: usize| [inside.get(WRISTS[i]).map_or(f32::NAN, |point| point[3])];
    let rows: [&[f32]; 7] = [
        &box_row(&body.bbox),
        &[body.score],
        body.keypoints.as_flattened(),
        body.world.as_flattened(),
        &[f32::from(u8::from(frame.still))],
        &wrist(0),
        &wrist(1),
    ];
    append(samples, rows.into_iter().chain(numbers.chunks(1)).chain(hands.iter().map(Vec::as_slice)));
    append_own(samples, &body.own);
}
