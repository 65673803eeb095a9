//! How well a face is seen: sharp or blurred, bright or dark, with something before it or not.

use fieldgloss_worker::models::{FaceMesh, Picture, Point, Square};

use crate::scene::grey;

/// Side of the picture of a face on which it is measured.
const SIDE: usize = 112;

/// How well a face is seen; NaN where its place makes no picture.
pub struct Quality {
    /// Variance of the Laplacian.
    pub sharpness: f32,
    /// Mean grey level, 0 to 255; `None` where it cannot be told.
    pub brightness: Option<f32>,
}

/// Measures a face. A small one is not enlarged, which would blur it.
pub fn quality(picture: &Picture<'_>, square: &Square) -> Quality {
    if !square.is_usable() {
        return Quality { sharpness: f32::NAN, brightness: None };
    }
    let side = (square.side as usize).clamp(8, SIDE);
    let pixels = square.sample(picture, side);
    let level: Vec<f32> = pixels.as_chunks::<3>().0.iter().map(|p| grey(p[0], p[1], p[2])).collect();
    // The middle of it is skin; the corners are what lies behind.
    let (low, high) = (side / 5, side - side / 5);
    let inner = (low..high).flat_map(|y| &level[y * side + low..y * side + high]);
    let brightness = Some(inner.sum::<f32>() / ((high - low) * (high - low)) as f32).filter(|v| v.is_finite());
    Quality { sharpness: sharpness(&level, side), brightness }
}

/// Corners of the eyes and of the mouth in the mesh.
const PARTS: [(usize, usize); 3] = [(33, 133), (263, 362), (61, 291)];
/// Where the face is widest, and the tip of the nose.
const CHEEKS: (usize, usize) = (234, 454);
const NOSE: usize = 4;
/// Pixels a side in which an eye or the mouth is looked at, and the rows of these that it fills.
const PART_SIDE: usize = 24;
const PART_ROWS: std::ops::Range<usize> = 6..18;
const FACE_SIDE: usize = 48;
/// Of the differences between neighbouring pixels, the share smaller than what is taken: the edge of what lies before
/// half a mouth is no mouth.
const SHARE: f32 = 0.6;

/// How much there is to be seen of eyes and mouth: the least of the three against the middle of the face. An eye or a
/// mouth has edges, as many as the face or more, whatever the light; a board, a mask or dark glasses before it have hardly
/// any, and the mesh guesses what they hide. About 1 and more uncovered, near 0 behind something plain; `None` where it
/// cannot be told.
pub fn detail(picture: &Picture<'_>, mesh: &FaceMesh) -> Option<f32> {
    let at = |index: usize| mesh.points.get(index).map(|point| point.flat());
    let angle = mesh.roll();
    let between = |a: Point, b: Point| Point { x: (a.x + b.x) / 2.0, y: (a.y + b.y) / 2.0 };
    let (left, right) = (at(CHEEKS.0)?, at(CHEEKS.1)?);
    let middle = between(between(left, right), at(NOSE)?);
    let face = Square { centre: middle, side: 0.6 * left.distance(right), angle };
    let whole = edges(picture, &face, FACE_SIDE, 0..FACE_SIDE)?;
    let mut least = f32::INFINITY;
    for (a, b) in PARTS {
        let (a, b) = (at(a)?, at(b)?);
        let part = Square { centre: between(a, b), side: 1.15 * a.distance(b), angle };
        least = least.min(edges(picture, &part, PART_SIDE, PART_ROWS)?);
    }
    // In a face without any edge nothing can be compared: it is blurred.
    (whole > 1e-3).then(|| (least / whole).min(10.0)).filter(|v| v.is_finite())
}

/// How much neighbouring pixels differ in some rows of a square.
fn edges(picture: &Picture<'_>, square: &Square, side: usize, rows: std::ops::Range<usize>) -> Option<f32> {
    if !square.is_usable() {
        return None;
    }
    let pixels = square.sample(picture, side);
    let level: Vec<f32> = pixels.as_chunks::<3>().0.iter().map(|p| grey(p[0], p[1], p[2])).collect();
    let (first, last) = (rows.start, rows.end - 1);
    let mut steps: Vec<f32> = (first..last)
        .flat_map(|y| (0..side - 1).map(move |x| y * side + x))
        .map(|i| (level[i + 1] - level[i]).abs() + (level[i + side] - level[i]).abs())
        .collect();
    let at = (steps.len() as f32 * SHARE) as usize;
    (at < steps.len()).then(|| *steps.select_nth_unstable_by(at, f32::total_cmp).1)
}

fn sharpness(level: &[f32], side: usize) -> f32 {
    let at = |x: usize, y: usize| level[y * side + x];
    let (mut sum, mut squares, mut count) = (0.0_f64, 0.0_f64, 0.0);
    for y in 1..side - 1 {
        for x in 1..side - 1 {
            let bend = f64::from(at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1) - 4.0 * at(x, y));
            sum += bend;
            squares += bend * bend;
            count += 1.0;
        }
    }
    (squares / count - (sum / count).powi(2)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkerboard_is_sharp_and_a_ramp_is_not() {
        let of = |value: fn(usize, usize) -> u8| -> f32 {
            let rgb: Vec<u8> = (0..100 * 100).flat_map(|i| [value(i % 100, i / 100); 3]).collect();
            let picture = Picture::new(100, 100, &rgb).unwrap();
            quality(&picture, &Square { centre: Point { x: 50.0, y: 50.0 }, side: 80.0, angle: 0.0 }).sharpness
        };
        assert!(of(|x, y| if (x / 4 + y / 4) % 2 == 0 { 30 } else { 220 }) > 1000.0);
        assert!(of(|x, _| (x * 2) as u8) < 2.0);
    }

    #[test]
    fn brightness_is_that_of_the_face_not_of_what_lies_behind() {
        let rgb: Vec<u8> = (0..100 * 100)
            .flat_map(|i| {
                let (x, y) = (i % 100 - 50_i32, i / 100 - 50_i32);
                [if x * x + y * y < 40 * 40 { 30 } else { 250 }; 3]
            })
            .collect();
        let picture = Picture::new(100, 100, &rgb).unwrap();
        let seen = quality(&picture, &Square { centre: Point { x: 50.0, y: 50.0 }, side: 80.0, angle: 0.0 });
        assert!((seen.brightness.unwrap() - 30.0).abs() < 1.0, "{:?}", seen.brightness);
    }
}
