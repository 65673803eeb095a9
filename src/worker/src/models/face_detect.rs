//! Faces in a picture.

use super::anchors::{Candidate, Grid, merge};
use super::{ModelError, ModelName, Networks, Picture, Point, Rect, Square};

pub(super) const NEAR: Grid = Grid { side: 128, layers: &[(8, 2), (16, 6)] };
pub(super) const FAR: Grid = Grid { side: 192, layers: &[(4, 1)] };
pub(super) const POINTS: usize = 6;
/// Boxes that share more than this are the same face.
pub(super) const SAME: f32 = 0.3;
/// The mesh wants the face with its surroundings.
const SURROUNDINGS: f32 = 1.5;

/// A face as a detector sees it.
#[derive(Clone, Debug)]
pub struct DetectedFace {
    /// 0 to 1; comparable within one detector, not a probability.
    pub score: f32,
    /// Its box.
    pub rect: Rect,
    /// The person's right eye, left eye, nose tip, mouth, right ear, left ear.
    pub points: [Point; POINTS],
    /// Which detector found it.
    pub by: ModelName,
}

impl DetectedFace {
    /// The head's roll in radians, clockwise as seen on screen: 0 when the eyes are level.
    pub fn roll(&self) -> f32 {
        self.points[0].direction(self.points[1])
    }

    /// Where the mesh network should look.
    pub fn region(&self) -> Square {
        Square {
            centre: self.rect.centre(),
            side: SURROUNDINGS * self.rect.width.max(self.rect.height),
            angle: self.roll(),
        }
    }
}

/// How to search for faces.
#[derive(Clone, Copy, Debug)]
pub struct FaceSearch {
    /// Leave out faces that score less, 0 to 1.
    pub least_score: f32,
    /// Leave out faces whose box is narrower, in picture pixels.
    pub least_width: f32,
}

impl Default for FaceSearch {
    fn default() -> Self {
        Self { least_score: 0.5, least_width: 16.0 }
    }
}

impl Networks {
    /// The faces in `picture`, best first, by whichever of the two detectors are loaded; a face that both find is
    /// given once, as the better score has it.
    ///
    /// # Errors
    /// [`ModelError::NotLoaded`] when neither detector is loaded; whatever running them gives.
    pub fn detect_faces(&self, picture: &Picture<'_>, search: &FaceSearch) -> Result<Vec<DetectedFace>, ModelError> {
        let mut faces = Vec::new();
        for (name, grid) in [(ModelName::FaceDetectNear, &NEAR), (ModelName::FaceDetectFar, &FAR)] {
            if self.has(name) {
                faces.extend(self.detect_with(name, grid, picture, search)?);
            } else if !self.has(ModelName::FaceDetectNear) && !self.has(ModelName::FaceDetectFar) {
                return Err(ModelError::NotLoaded { name });
            }
        }
        faces.sort_by(|a, b| b.score.total_cmp(&a.score));
        let mut kept: Vec<DetectedFace> = Vec::new();
        for face in faces {
            if kept.iter().all(|other| other.rect.overlap(&face.rect) <= SAME) {
                kept.push(face);
            }
        }
        Ok(kept)
    }

    fn detect_with(
        &self,
        name: ModelName,
        grid: &Grid,
        picture: &Picture<'_>,
        search: &FaceSearch,
    ) -> Result<Vec<DetectedFace>, ModelError> {
        let square = picture.whole();
        let outputs = self.module(name)?.look(picture, &square)?;
        let candidates = merge(grid.decode(&outputs[0], POINTS, &square, search.least_score), SAME);
        let wide = candidates.into_iter().filter(|one| one.rect.width >= search.least_width);
        Ok(wide.filter_map(|one| face(one, name)).collect())
    }
}

pub(super) fn face(candidate: Candidate, by: ModelName) -> Option<DetectedFace> {
    let points = candidate.points.try_into().ok()?;
    Some(DetectedFace { score: candidate.score, rect: candidate.rect, points, by })
}
