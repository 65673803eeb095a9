//! OpenPose JSON 1.3: one file a frame, `NAME/NAME_000000000012_keypoints.json`, a folder a recording. People carry
//! the number of their track as `person_id`; `pose_keypoints_2d` is BODY_25 in pixels with our visibility as the
//! certainty. `hand_left_keypoints_2d` and `hand_right_keypoints_2d` are the 21 points of each hand, in the same order as
//! ours, with the network's certainty of the whole hand at every point. Faces are left empty: our points are not
//! OpenPose's 70.
//!
//! Only frames in which somebody was seen have a file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::frames::Frames;
use super::keypoints::{Point, body_25};
use super::recording::{self, Recording};
use super::{Samples, hands, output};
use crate::domain::{Bundle, LossReport, Time, TrackKind};
use crate::formats::{Format, FormatError};

pub(super) fn write(path: &Path, bundle: &Bundle, samples: &mut Samples) -> Result<LossReport, FormatError> {
    let mut report = LossReport::default();
    let recordings = recording::of(bundle, TrackKind::Body, Format::OpenPose, &mut report)?;
    let folder = output::Folder::new(path)?;
    for recording in &recordings {
        write_one(&folder, recording, samples, &mut report)?;
    }
    folder.finish()?;
    report.mapped("body points", 25, "21 of BODY_25 are ours; neck and mid hip are midway between shoulders and hips");
    report.left_out("OpenPose points LSmallToe, RSmallToe", 2, "our model has no such points; written as 0, 0, 0");
    report.left_out("OpenPose's 70 face points", 70, "our points are not these: left empty");
    report.mapped("certainties of hand points", 42, "we know how sure a hand is, not each of its points");
    report.left_out("body points", 12, "mouth corners, corners of the eyes, fingers: BODY_25 has no place for them");
    report.left_out(
        "points in metres and measures of bodies",
        recordings.iter().map(|r| r.tracks.len()).sum(),
        "no place for them",
    );
    Ok(report)
}

fn write_one(
    folder: &output::Folder,
    recording: &Recording,
    samples: &mut Samples,
    report: &mut LossReport,
) -> Result<(), FormatError> {
    let mut people: BTreeMap<Time, Vec<Somebody>> = BTreeMap::new();
    let (mut hands_seen, mut without) = (0, 0);
    for track in &recording.tracks {
        let samples = samples(track, &hands::WITH_POSE)?;
        let Some(pose) = samples.channel("pose") else { continue };
        for (index, time) in samples.times.iter().enumerate() {
            match pose.sample(index).and_then(body_25) {
                Some(points) => {
                    let hands = hands::of(&samples, index);
                    let seen = hands.iter().flatten().count();
                    hands_seen += seen;
                    without += 2 - seen;
                    people.entry(*time).or_default().push(Somebody { number: track.number, points, hands });
                }
                None => report.left_out("samples of bodies", 1, "no points were found in them"),
            }
        }
    }
    let frames = Frames::of(people.keys().copied(), recording.media, recording.frame_rate(), report);
    report.kept("samples of bodies", people.values().map(Vec::len).sum());
    report.kept("frames", frames.len());
    report.kept("hands", hands_seen);
    report.left_out("hands", without, "out of sight, not sure, or not looked for: left empty");
    for (time, number) in frames.iter() {
        let people = people.get(&time).map_or(&[][..], Vec::as_slice);
        let name = format!("{}_{number:012}_keypoints.json", recording.name);
        let content = json!({ "version": 1.3, "people": people.iter().map(person).collect::<Vec<_>>() }).to_string();
        folder.add(&PathBuf::from(&recording.name).join(name), content.as_bytes())?;
    }
    Ok(())
}

/// A body in one frame.
struct Somebody {
    number: i64,
    points: Vec<Point>,
    /// Left and right.
    hands: [Option<Vec<Point>>; 2],
}

fn person(somebody: &Somebody) -> Value {
    let numbers: Vec<f32> = somebody.points.iter().flatten().copied().collect();
    let [left, right] =
        [0, 1].map(|side| -> Vec<f32> { somebody.hands[side].iter().flatten().flatten().copied().collect() });
    json!({
        "person_id": [somebody.number],
        "pose_keypoints_2d": numbers,
        "face_keypoints_2d": [],
        "hand_left_keypoints_2d": left,
        "hand_right_keypoints_2d": right,
        "pose_keypoints_3d": [],
        "face_keypoints_3d": [],
        "hand_left_keypoints_3d": [],
        "hand_right_keypoints_3d": [],
    })
}
