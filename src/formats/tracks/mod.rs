//! Tracks of faces and bodies as other programs write them: OpenFace CSV, OpenPose JSON, COCO keypoints JSON,
//! BVH motion.
//!
//! The samples of tracks are no part of a [`Bundle`]; whoever exports hands over a way to read them ([`Samples`]).
//! Of each recording what stands is written: two looks at one film saw the same people twice, so every moment is taken
//! from the look that counts then.
//! Times are counted from the start of the recording, frames from its frame rate. These files are written only:
//! nothing is read back, and there is no residue. They hold no names, but a face is a face: the report says which
//! sessions must not be passed on.
//!
//! - [`openface`]: faces, one CSV table a recording.
//! - [`openpose`]: bodies as BODY_25, one file a frame.
//! - [`coco`]: bodies as COCO's 17 keypoints, one file; with feet and faces as COCO-WholeBody.
//! - [`bvh`]: bodies in space as a skeleton that moves, one file a body.

mod bvh;
mod coco;
mod coco_whole;
mod frames;
mod hands;
mod keypoints;
mod openface;
mod openpose;
mod output;
mod recording;

pub(super) use output::{Made, make};
pub(super) use recording::{standing, standing_tracks};

use std::collections::HashMap;
use std::path::Path;

use super::{Format, FormatError};
use crate::domain::{Bundle, LossReport, MediaId, RunId, Standing, Track, TrackSamples};

/// Reads those channels of a track.
pub type Samples<'s> = dyn FnMut(&Track, &[&str]) -> Result<TrackSamples, FormatError> + 's;

/// Whether a format is one of tracks: it needs their samples.
pub fn is_of_tracks(format: Format) -> bool {
    matches!(format, Format::OpenFace | Format::OpenPose | Format::Coco | Format::CocoWholeBody | Format::Bvh)
}

/// Writes the tracks of a bundle.
///
/// # Errors
/// When there are none, samples cannot be read, or the disk refuses.
pub fn write(path: &Path, format: Format, bundle: &Bundle, samples: &mut Samples) -> Result<LossReport, FormatError> {
    let looks: HashMap<MediaId, Standing> =
        bundle.media.iter().map(|media| (media.id, recording::standing(bundle, media))).collect();
    let recorded: HashMap<RunId, MediaId> = bundle.runs.iter().map(|run| (run.id, run.media)).collect();
    let samples: &mut Samples = &mut |track: &Track, channels: &[&str]| {
        let all = samples(track, channels)?;
        Ok(match recorded.get(&track.run).and_then(|media| looks.get(media)) {
            Some(standing) => standing.uncovered(track, all),
            None => all,
        })
    };
    match format {
        Format::OpenFace => openface::write(path, bundle, samples),
        Format::OpenPose => openpose::write(path, bundle, samples),
        Format::Coco | Format::CocoWholeBody => coco::write(path, format, bundle, samples),
        Format::Bvh => bvh::write(path, bundle, samples),
        other => Err(FormatError::NotWritten { format: other }),
    }
}

/// A bundle alone has no samples.
pub(super) fn without_samples(format: Format) -> FormatError {
    let problem = "the samples of tracks are in the project: export from the project itself".to_owned();
    FormatError::Unsayable { format, problem }
}
