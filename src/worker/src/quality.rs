//! How well a face is seen: sharp or blurred, bright or dark.

use fieldgloss_worker::models::{Picture, Square};

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
    use fieldgloss_worker::models::Point;

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
