//! Lines that make a face of the 478 points of the mesh: outline, brows, lids, lips, irises; each a run of points.
//!
//! Numbers of the points as the face mesh's own description gives them (MediaPipe Face Mesh, canonical face model).

/// The outline of the face, from the forehead around.
pub const OVAL: [usize; 37] = [
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150,
    136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109, 10,
];
/// Everything within the outline.
pub const FEATURES: [&[usize]; 14] = [
    // Lips: outer edge below and above, inner edge below and above.
    &[61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291],
    &[61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291],
    &[78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308],
    &[78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308],
    // The person's left eye: lower and upper lid, brow.
    &[263, 249, 390, 373, 374, 380, 381, 382, 362],
    &[263, 466, 388, 387, 386, 385, 384, 398, 362],
    &[300, 293, 334, 296, 336],
    // The right one.
    &[33, 7, 163, 144, 145, 153, 154, 155, 133],
    &[33, 246, 161, 160, 159, 158, 157, 173, 133],
    &[70, 63, 105, 66, 107],
    // Irises, left and right.
    &[474, 475, 476, 477, 474],
    &[469, 470, 471, 472, 469],
    // Bridge and tip of the nose.
    &[168, 6, 197, 195, 5, 4],
    &[98, 97, 2, 326, 327],
];
/// The middles of the irises: the person's right, left.
pub const PUPILS: [usize; 2] = [468, 473];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::observation::FACE_LANDMARKS;

    #[test]
    fn every_point_is_one_of_the_mesh_and_none_comes_twice_in_a_row() {
        for line in FEATURES.into_iter().chain([&OVAL[..]]) {
            assert!(line.iter().all(|point| *point < FACE_LANDMARKS));
            assert!(line.windows(2).all(|pair| pair[0] != pair[1]));
        }
        let outline = &OVAL[..OVAL.len() - 1];
        assert!((0..outline.len()).all(|i| !outline[i + 1..].contains(&outline[i])));
    }
}
