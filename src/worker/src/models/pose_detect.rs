//! People in a picture, and where their bodies lie.

use super::anchors::{Candidate, Grid, merge};
use super::{ModelError, ModelName, Networks, Picture, Point, Square};

const GRID: Grid = Grid { side: 224, layers: &[(8, 2), (16, 2), (32, 6)] };
const POINTS: usize = 4;
/// Boxes that share more than this are the same person, seen alike, and are averaged.
const ALIKE: f32 = 0.3;
/// Boxes that share more than this are still the same person, seen otherwise: the better one is kept.
const SAME: f32 = 0.2;
/// The pose network wants the body with its surroundings.
const SURROUNDINGS: f32 = 1.25;

/// A person as the detector sees them.
#[derive(Clone, Debug)]
pub struct DetectedBody {
    /// 0 to 1; not a probability.
    pub score: f32,
    /// The middle between the hips.
    pub hips: Point,
    /// A point on the circle around the whole body, in the direction of the head.
    pub reach: Point,
}

impl DetectedBody {
    /// Where the pose network should look.
    pub fn region(&self) -> Square {
        region(self.hips, self.reach)
    }
}

/// The square for a body with its hips at `hips` and a circle around it through `reach`, turned so that the body stands.
pub fn region(hips: Point, reach: Point) -> Square {
    Square {
        centre: hips,
        side: 2.0 * SURROUNDINGS * hips.distance(reach),
        angle: hips.direction(reach) + std::f32::consts::FRAC_PI_2,
    }
}

impl Networks {
    /// The people in `picture` that score at least `least_score` (0.5 is strict, 0.2 finds people at the margin; the
    /// pose network's presence then tells), best first.
    ///
    /// # Errors
    /// [`ModelError::NotLoaded`] without the detector; whatever running it gives.
    pub fn detect_bodies(&self, picture: &Picture<'_>, least_score: f32) -> Result<Vec<DetectedBody>, ModelError> {
        let square = picture.whole();
        let outputs = self.module(ModelName::PoseDetect)?.look(picture, &square)?;
        let mut kept: Vec<Candidate> = Vec::new();
        for candidate in merge(GRID.decode(&outputs[0], POINTS, &square, least_score), ALIKE) {
            if kept.iter().all(|other| other.rect.overlap(&candidate.rect) <= SAME) {
                kept.push(candidate);
            }
        }
        let bodies =
            kept.into_iter().map(|one| DetectedBody { score: one.score, hips: one.points[0], reach: one.points[1] });
        Ok(bodies.filter(|body| body.region().is_usable()).collect())
    }
}
