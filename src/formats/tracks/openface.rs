//! OpenFace 2.2 CSV (`FaceLandmarkVidMulti`): one row a face and frame, only the columns that we truly have:
//! `frame` from 1, `face_id` (the number of the track), `timestamp` in seconds of the recording, `confidence` (how
//! sure the mesh is that it sees a face), `success` (1 where there is a mesh), `pose_Rx`, `pose_Ry`, `pose_Rz` in
//! radians, `x_0` … `x_67` and `y_0` … `y_67` in pixels.
//!
//! OpenFace turns a head by R = Rx · Ry · Rz in the camera's axes (x right, y down, z away from the camera); we by
//! yaw · pitch · roll (x right, y up, z towards the viewer). The same turn is written in its convention.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::frames::Frames;
use super::keypoints::IBUG_68;
use super::recording::{self, Recording};
use super::{Samples, output};
use crate::domain::{Bundle, LossReport, Time, Track, TrackKind, TrackSamples};
use crate::formats::{Format, FormatError};

const CHANNELS: &[&str] =
    &["landmarks", "presence", "score", "measure.head_yaw", "measure.head_pitch", "measure.head_roll"];

/// Columns of OpenFace that nothing of ours can fill, how many, and why.
const LACKING: &[(&str, usize, &str)] = &[
    (
        "OpenFace columns gaze_0_x … gaze_angle_y",
        8,
        "we measure where the pupil stands in the eye, no direction in space",
    ),
    ("OpenFace columns eye_lmk_x_0 … eye_lmk_Z_55", 280, "our mesh has five points a pupil, not these"),
    ("OpenFace columns pose_Tx, pose_Ty, pose_Tz", 3, "the camera is not known, so neither is the distance"),
    ("OpenFace columns X_0 … Z_67", 204, "points in millimetres need a known camera"),
    ("OpenFace columns p_scale … p_33", 40, "parameters of OpenFace's own shape model"),
    ("OpenFace columns AU01_r … AU45_c", 35, "action units are not measured"),
];

/// One row before its frame is numbered.
struct Row {
    time: Time,
    face: i64,
    confidence: Option<f32>,
    turn: Option<[f64; 3]>,
    /// 68 × (x, y), empty without a mesh.
    points: Vec<[f32; 2]>,
}

pub(super) fn write(path: &Path, bundle: &Bundle, samples: &mut Samples) -> Result<LossReport, FormatError> {
    let mut report = LossReport::default();
    let recordings = recording::of(bundle, TrackKind::Face, Format::OpenFace, &mut report)?;
    let is_file = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv"));
    if is_file && recordings.len() > 1 {
        let problem = format!("{} recordings have faces: name a folder to write to, or one session", recordings.len());
        return Err(FormatError::Unsayable { format: Format::OpenFace, problem });
    }
    if is_file {
        for recording in &recordings {
            write_one(path, recording, samples, &mut report)?;
        }
    } else {
        let folder = output::Folder::new(path)?;
        for recording in &recordings {
            let file: PathBuf = folder.path().join(format!("{}.csv", recording.name));
            write_one(&file, recording, samples, &mut report)?;
        }
        folder.finish()?;
    }
    for (columns, count, why) in LACKING {
        report.left_out(*columns, *count, *why);
    }
    report.mapped("face_id", tracks_in(&recordings), "the number that the track has in the project");
    report.mapped("mesh points", 68, "68 of 478, the nearest to OpenFace's; along the jaw near but not the same");
    let why = "OpenFace has no columns for them; brows, lids, lips and expressions stay in the project";
    report.left_out("measures and scores of faces", tracks_in(&recordings), why);
    Ok(report)
}

fn tracks_in(recordings: &[Recording]) -> usize {
    recordings.iter().map(|r| r.tracks.len()).sum()
}

fn write_one(
    path: &Path,
    recording: &Recording,
    samples: &mut Samples,
    report: &mut LossReport,
) -> Result<(), FormatError> {
    let mut rows = Vec::new();
    for track in &recording.tracks {
        // Only the 68 points are kept of each track before the next is read: a long film has many meshes.
        rows.extend(rows_of(track, &samples(track, CHANNELS)?));
    }
    rows.sort_by_key(|row| (row.time, row.face));
    let frames = Frames::of(rows.iter().map(|r| r.time), recording.media, recording.frame_rate(), report);
    report.kept("samples of faces", rows.len());
    let without = rows.iter().filter(|r| r.points.is_empty()).count();
    report.mapped("samples without a mesh", without, "success is 0, the other columns are empty");
    output::file(path, |to| {
        header(to)?;
        rows.iter().try_for_each(|row| {
            let seconds = (row.time - recording.media.offset).secs();
            line(to, frames.number(row.time).saturating_add(1), seconds, row)
        })
    })
}

fn rows_of(track: &Track, samples: &TrackSamples) -> Vec<Row> {
    let one = |name: &str, index: usize| {
        let value = samples.channel(name)?.sample(index)?.first().copied()?;
        value.is_finite().then_some(value)
    };
    let turn = |index: usize| {
        let degrees = |name| one(name, index).map(f64::from);
        let (yaw, pitch) = (degrees("measure.head_yaw")?, degrees("measure.head_pitch")?);
        Some(openface_turn(yaw, pitch, degrees("measure.head_roll")?))
    };
    let row = |(index, time): (usize, &Time)| Row {
        time: *time,
        face: track.number,
        confidence: one("presence", index).or_else(|| one("score", index)),
        turn: turn(index),
        points: samples.channel("landmarks").and_then(|c| c.sample(index)).and_then(points).unwrap_or_default(),
    };
    samples.times.iter().enumerate().map(row).collect()
}

/// The 68 points of a mesh, when it is whole.
fn points(mesh: &[f32]) -> Option<Vec<[f32; 2]>> {
    let point = |index: &usize| match mesh.get(index * 3..index * 3 + 2)? {
        [x, y] if x.is_finite() && y.is_finite() => Some([*x, *y]),
        _ => None,
    };
    IBUG_68.iter().map(point).collect()
}

/// Rx, Ry, Rz in radians of a head that is turned by our yaw, pitch and roll in degrees.
fn openface_turn(yaw: f64, pitch: f64, roll: f64) -> [f64; 3] {
    let ((sy, cy), (sp, cp), (sr, cr)) =
        (yaw.to_radians().sin_cos(), (-pitch).to_radians().sin_cos(), (-roll).to_radians().sin_cos());
    // About y after x after z, in our axes.
    let ours = [
        [cy * cr + sy * sp * sr, -cy * sr + sy * sp * cr, sy * cp],
        [cp * sr, cp * cr, -sp],
        [-sy * cr + cy * sp * sr, sy * sr + cy * sp * cr, cy * cp],
    ];
    // The camera's y and z point the other way.
    let theirs = |row: usize, column: usize| {
        let flip = |axis: usize| if axis == 0 { 1.0 } else { -1.0 };
        ours[row][column] * flip(row) * flip(column)
    };
    [(-theirs(1, 2)).atan2(theirs(2, 2)), theirs(0, 2).clamp(-1.0, 1.0).asin(), (-theirs(0, 1)).atan2(theirs(0, 0))]
}

fn header(to: &mut dyn Write) -> std::io::Result<()> {
    write!(to, "frame,face_id,timestamp,confidence,success,pose_Rx,pose_Ry,pose_Rz")?;
    for axis in ["x", "y"] {
        (0..IBUG_68.len()).try_for_each(|index| write!(to, ",{axis}_{index}"))?;
    }
    writeln!(to)
}

fn line(to: &mut dyn Write, frame: u64, seconds: f64, row: &Row) -> std::io::Result<()> {
    write!(to, "{frame},{},{seconds:.6},", row.face)?;
    if let Some(confidence) = row.confidence {
        write!(to, "{confidence:.3}")?;
    }
    write!(to, ",{}", u8::from(!row.points.is_empty()))?;
    match row.turn {
        Some(turn) => turn.iter().try_for_each(|angle| write!(to, ",{angle:.4}"))?,
        None => write!(to, ",,,")?,
    }
    for axis in [0, 1] {
        for index in 0..IBUG_68.len() {
            match row.points.get(index).and_then(|p| p.get(axis)) {
                Some(value) => write!(to, ",{value:.3}")?,
                None => write!(to, ",")?,
            }
        }
    }
    writeln!(to)
}

#[cfg(test)]
mod tests {
    use super::openface_turn;

    /// R = Rx · Ry · Rz applied to where a face looks when it looks into the camera.
    fn looks(turn: [f64; 3]) -> [f64; 3] {
        let ((s1, c1), (s2, c2), _) = (turn[0].sin_cos(), turn[1].sin_cos(), turn[2].sin_cos());
        [-s2, c2 * s1, -c1 * c2]
    }

    #[test]
    fn a_turned_head_looks_where_it_looks_in_either_convention() {
        let [x, y, z] = looks(openface_turn(0.0, 0.0, 0.0));
        assert!(x.abs() < 1e-9 && y.abs() < 1e-9 && (z + 1.0).abs() < 1e-9, "into the camera");
        assert!(looks(openface_turn(30.0, 0.0, 0.0))[0] > 0.4, "positive yaw is to the viewer's right");
        assert!(looks(openface_turn(0.0, 20.0, 0.0))[1] < -0.3, "positive pitch is up, and up is negative there");
        let roll = openface_turn(0.0, 0.0, 15.0);
        assert!((roll[2].to_degrees() - 15.0).abs() < 1e-9, "clockwise turns x towards y, which points down");
        let mixed = looks(openface_turn(40.0, 25.0, -10.0));
        let (yaw, pitch) = (40_f64.to_radians(), 25_f64.to_radians());
        let expected = [yaw.sin() * pitch.cos(), -pitch.sin(), -yaw.cos() * pitch.cos()];
        for (got, want) in mixed.iter().zip(expected) {
            assert!((got - want).abs() < 1e-9, "{mixed:?} {expected:?}");
        }
    }
}
