//! Landmarks of a body, in the picture and in metres.

use super::anchors::sigmoid;
use super::pose_detect::region;
use super::{ModelError, ModelName, Networks, Picture, Point3, Square};

/// Points of a [`Pose`]: nose; left eye inner, middle, outer; right the same; ears; mouth corners; then shoulders, elbows,
/// wrists, little fingers, index fingers, thumbs, hips, knees, ankles, heels, toes, each left before right.
pub const BODY_POINTS: usize = 33;
/// The network's own two points for the next frame, after the body's.
const HIPS: usize = 33;
const REACH: usize = 34;
/// x, y, z, visibility, presence.
const IMAGE_VALUES: usize = 5;

/// One point of a body.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PosePoint {
    /// In picture pixels, to the right.
    pub x: f32,
    /// In picture pixels, down.
    pub y: f32,
    /// In picture pixels from the hips' depth, coarse; smaller is nearer.
    pub z: f32,
    /// 0 to 1: seen rather than hidden.
    pub visibility: f32,
    /// 0 to 1: within the crop at all.
    pub presence: f32,
}

/// Landmarks of one body.
#[derive(Clone, Debug)]
pub struct Pose {
    /// [`BODY_POINTS`] points in the picture.
    pub points: Vec<PosePoint>,
    /// The same points in metres from the middle between the hips, axes as in the picture. Estimated from one view.
    pub metres: Vec<Point3>,
    /// Probability that there is a person at all, 0 to 1.
    pub presence: f32,
    /// Where the network looked.
    pub region: Square,
    /// Where to look for the same person in the next frame.
    pub next_region: Square,
}

impl Networks {
    /// The landmarks of the person in `region`: [`super::DetectedBody::region`] at first, [`Pose::next_region`] while following.
    /// A second look at `next_region` of the first answer sharpens a new detection. Always answers; look at
    /// [`Pose::presence`]. `None` when the region is no usable square.
    ///
    /// # Errors
    /// [`ModelError::NotLoaded`] without the pose network; whatever running it gives.
    pub fn pose(&self, picture: &Picture<'_>, region: &Square) -> Result<Option<Pose>, ModelError> {
        let module = self.module(ModelName::Pose)?;
        if !region.is_usable() {
            return Ok(None);
        }
        let outputs = module.look(picture, region)?;
        let [image, world, presence] = outputs.as_slice() else {
            return Err(ModelError::Output {
                name: ModelName::Pose,
                expected: "three outputs".to_owned(),
                found: outputs.len().to_string(),
            });
        };
        Ok(Some(read(image, world, presence.first().copied().unwrap_or_default(), region, module.side())))
    }
}

fn read(image: &[f32], world: &[f32], presence: f32, square: &Square, side: usize) -> Pose {
    let scale = square.side / side as f32;
    let all: Vec<PosePoint> = image
        .chunks_exact(IMAGE_VALUES)
        .map(|point| {
            let place = square.to_picture(point[0], point[1], side);
            PosePoint {
                x: place.x,
                y: place.y,
                z: point[2] * scale,
                visibility: sigmoid(point[3]),
                presence: sigmoid(point[4]),
            }
        })
        .collect();
    let flat = |index: usize| super::Point { x: all[index].x, y: all[index].y };
    let next_region = region(flat(HIPS), flat(REACH));
    // The network sees a body standing in its crop: turn its metres back the way the crop was turned.
    let (sin, cos) = square.angle.sin_cos();
    let metres = world.chunks_exact(3).take(BODY_POINTS).map(|point| Point3 {
        x: point[0] * cos - point[1] * sin,
        y: point[0] * sin + point[1] * cos,
        z: point[2],
    });
    Pose { points: all[..BODY_POINTS].to_vec(), metres: metres.collect(), presence, region: *square, next_region }
}
