//! Dense landmarks of a face, with irises.

use super::{ModelError, ModelName, Networks, Picture, Point, Point3, Square};

/// Points of a [`FaceMesh`]: 468 on the surface, then 5 an iris.
pub const FACE_POINTS: usize = 478;
const SURFACE: usize = 468;
/// The mesh wants the face with its surroundings, also when it follows itself.
const SURROUNDINGS: f32 = 1.5;
/// Outer corners of the eyes on the picture's left and right.
const EYE_CORNERS: (usize, usize) = (33, 263);
/// The first points of an eye's refinement run along the lids: the iris takes its depth from them.
const LIDS: usize = 16;

/// Where the network's 80 refined lip points belong in the mesh (the published topology): outer, inner and the two
/// rings between, lower before upper.
#[rustfmt::skip]
const LIPS: [usize; 80] = [
    61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 185, 40, 39, 37, 0, 267, 269, 270, 409,
    78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 191, 80, 81, 82, 13, 312, 311, 310, 415,
    76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306, 184, 74, 73, 72, 11, 302, 303, 304, 408,
    62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292, 183, 42, 41, 38, 12, 268, 271, 272, 407,
];

/// Where the 71 refined points of the eye on the picture's left belong: lids, rings around them, brow.
#[rustfmt::skip]
const LEFT_EYE: [usize; 71] = [
    33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173,
    130, 25, 110, 24, 23, 22, 26, 112, 243, 247, 30, 29, 27, 28, 56, 190,
    226, 31, 228, 229, 230, 231, 232, 233, 244, 113, 225, 224, 223, 222, 221, 189,
    35, 124, 46, 53, 52, 65, 143, 111, 117, 118, 119, 120, 121, 128, 245,
    156, 70, 63, 105, 66, 107, 55, 193,
];

/// The same on the picture's right.
#[rustfmt::skip]
const RIGHT_EYE: [usize; 71] = [
    263, 249, 390, 373, 374, 380, 381, 382, 362, 466, 388, 387, 386, 385, 384, 398,
    359, 255, 339, 254, 253, 252, 256, 341, 463, 467, 260, 259, 257, 258, 286, 414,
    446, 261, 448, 449, 450, 451, 452, 453, 464, 342, 445, 444, 443, 442, 441, 413,
    265, 353, 276, 283, 282, 295, 372, 340, 346, 347, 348, 349, 350, 357, 465,
    383, 300, 293, 334, 296, 336, 285, 417,
];

/// Landmarks of one face.
#[derive(Clone, Debug)]
pub struct FaceMesh {
    /// [`FACE_POINTS`] points in picture pixels: 0..468 the surface, 468..473 the iris on the picture's left (centre
    /// first), 473..478 the one on the right. Depth in picture pixels too, coarse, smaller is nearer.
    pub points: Vec<Point3>,
    /// Probability that there is a face at all, 0 to 1.
    pub presence: f32,
    /// Where the network looked.
    pub region: Square,
}

impl FaceMesh {
    /// The surface points.
    pub fn surface(&self) -> impl Iterator<Item = Point3> + '_ {
        self.points.iter().copied().take(SURFACE)
    }

    /// The head's roll in radians, clockwise as seen on screen: 0 when the eyes are level.
    pub fn roll(&self) -> f32 {
        self.point(EYE_CORNERS.0).direction(self.point(EYE_CORNERS.1))
    }

    /// Where to look for the same face in the next frame.
    pub fn next_region(&self) -> Square {
        Square::around(self.surface().map(|point| point.flat()), self.roll(), SURROUNDINGS)
    }

    fn point(&self, index: usize) -> Point {
        self.points.get(index).map_or(Point::default(), |point| point.flat())
    }
}

impl Networks {
    /// The landmarks of the face in `region`: [`super::DetectedFace::region`] at first, [`FaceMesh::next_region`] while following.
    /// Always answers; look at [`FaceMesh::presence`]. `None` when the region is no usable square.
    ///
    /// # Errors
    /// [`ModelError::NotLoaded`] without the face mesh; whatever running it gives.
    pub fn face_mesh(&self, picture: &Picture<'_>, region: &Square) -> Result<Option<FaceMesh>, ModelError> {
        let module = self.module(ModelName::FaceMesh)?;
        if !region.is_usable() {
            return Ok(None);
        }
        let outputs = module.look(picture, region)?;
        let [mesh, lips, left_eye, left_iris, right_eye, right_iris, presence] = outputs.as_slice() else {
            return Err(ModelError::Output {
                name: ModelName::FaceMesh,
                expected: "seven outputs".to_owned(),
                found: outputs.len().to_string(),
            });
        };
        let mut points: Vec<[f32; 3]> = mesh.chunks_exact(3).map(|point| [point[0], point[1], point[2]]).collect();
        refine(&mut points, &LIPS, lips);
        refine(&mut points, &LEFT_EYE, left_eye);
        refine(&mut points, &RIGHT_EYE, right_eye);
        append_iris(&mut points, &LEFT_EYE, left_iris);
        append_iris(&mut points, &RIGHT_EYE, right_iris);
        let side = module.side();
        let scale = region.side / side as f32;
        let points = points
            .into_iter()
            .map(|[x, y, z]| {
                let Point { x, y } = region.to_picture(x, y, side);
                Point3 { x, y, z: z * scale }
            })
            .collect();
        Ok(Some(FaceMesh { points, presence: presence.first().copied().unwrap_or_default(), region: *region }))
    }
}

/// Puts refined x and y in place; the coarse depth stays, the refinement has none.
fn refine(points: &mut [[f32; 3]], places: &[usize], refined: &[f32]) {
    for (&place, pair) in places.iter().zip(refined.chunks_exact(2)) {
        points[place][..2].copy_from_slice(pair);
    }
}

fn append_iris(points: &mut Vec<[f32; 3]>, eye: &[usize], iris: &[f32]) {
    let depth = eye[..LIDS].iter().map(|&place| points[place][2]).sum::<f32>() / LIDS as f32;
    points.extend(iris.chunks_exact(2).map(|pair| [pair[0], pair[1], depth]));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_refined_point_has_one_place() {
        let all: Vec<usize> = [&LIPS[..], &LEFT_EYE, &RIGHT_EYE].concat();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
        assert!(all.iter().all(|&place| place < SURFACE));
    }
}
