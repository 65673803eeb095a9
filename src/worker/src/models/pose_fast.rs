//! Landmarks of the body nearest the middle, fast.

use super::{ModelError, ModelName, Networks, Picture, Square};

/// Points of a [`FastPose`]: nose, eyes, ears, shoulders, elbows, wrists, hips, knees, ankles, left before right.
pub const FAST_POINTS: usize = 17;

/// One point of a body.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FastPosePoint {
    /// In picture pixels, to the right.
    pub x: f32,
    /// In picture pixels, down.
    pub y: f32,
    /// 0 to 1; below about 0.3 the point is guessed.
    pub score: f32,
}

/// Landmarks of one body, without depth.
#[derive(Clone, Debug)]
pub struct FastPose {
    /// [`FAST_POINTS`] points in the picture.
    pub points: Vec<FastPosePoint>,
    /// Where the network looked.
    pub region: Square,
}

impl Networks {
    /// The landmarks of the person in `region`, or of the one nearest the middle of the picture. `None` when the
    /// region is no usable square.
    ///
    /// # Errors
    /// [`ModelError::NotLoaded`] without the fast pose network; whatever running it gives.
    pub fn pose_fast(&self, picture: &Picture<'_>, region: Option<&Square>) -> Result<Option<FastPose>, ModelError> {
        let module = self.module(ModelName::PoseFast)?;
        let square = region.copied().unwrap_or_else(|| picture.whole());
        if !square.is_usable() {
            return Ok(None);
        }
        let outputs = module.look(picture, &square)?;
        let side = module.side();
        let points = outputs[0].chunks_exact(3).map(|point| {
            let place = square.to_picture(point[1] * side as f32, point[0] * side as f32, side);
            FastPosePoint { x: place.x, y: place.y, score: point[2] }
        });
        Ok(Some(FastPose { points: points.collect(), region: square }))
    }
}
