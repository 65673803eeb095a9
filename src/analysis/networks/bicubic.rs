//! Pictures made larger or smaller as Pillow does it: cubic (Keys 1981, a = −½), averaged over as many pixels as the picture
//! shrinks by, rounded to whole levels after each direction.

/// An RGB8 picture, row by row.
#[derive(Clone, Copy, Debug)]
pub struct Rgb<'a> {
    pub width: usize,
    pub height: usize,
    /// `width × height × 3` levels.
    pub levels: &'a [u8],
}

const A: f32 = -0.5;

fn cubic(x: f32) -> f32 {
    let x = x.abs();
    if x < 1.0 {
        ((A + 2.0) * x - (A + 3.0)) * x * x + 1.0
    } else if x < 2.0 {
        ((A * x - 5.0 * A) * x + 8.0 * A) * x - 4.0 * A
    } else {
        0.0
    }
}

/// For each output pixel the first input pixel and the weights from there on.
fn weights(from: usize, to: usize) -> Vec<(usize, Vec<f32>)> {
    let scale = from as f32 / to as f32;
    let stretch = scale.max(1.0);
    let support = 2.0 * stretch;
    let of = |out: usize| {
        let centre = (out as f32 + 0.5) * scale;
        let first = ((centre - support + 0.5).max(0.0)) as usize;
        let end = ((centre + support + 0.5) as usize).min(from).max(first + 1);
        let mut weights: Vec<f32> = (first..end).map(|at| cubic((at as f32 - centre + 0.5) / stretch)).collect();
        let sum: f32 = weights.iter().sum();
        weights.iter_mut().for_each(|w| *w /= sum);
        (first, weights)
    };
    (0..to).map(of).collect()
}

/// The part of a picture between `cut` (left, top, right, bottom), stretched to `width` × `height`. Empty where the cut is.
pub fn resized(picture: Rgb<'_>, cut: [usize; 4], width: usize, height: usize) -> Vec<u8> {
    let [left, top, right, bottom] = [cut[0], cut[1], cut[2].min(picture.width), cut[3].min(picture.height)];
    if right <= left || bottom <= top || picture.levels.len() < picture.width * picture.height * 3 {
        return Vec::new();
    }
    let (across, down) = (weights(right - left, width), weights(bottom - top, height));
    let level = |value: f32| value.round().clamp(0.0, 255.0) as u8;
    let rows = bottom - top;
    let mut narrow = vec![0_u8; rows * width * 3];
    for row in 0..rows {
        let line = &picture.levels[((top + row) * picture.width + left) * 3..][..(right - left) * 3];
        for (out, (first, weights)) in across.iter().enumerate() {
            for channel in 0..3 {
                let sum: f32 =
                    weights.iter().enumerate().map(|(i, w)| w * f32::from(line[(first + i) * 3 + channel])).sum();
                narrow[(row * width + out) * 3 + channel] = level(sum);
            }
        }
    }
    let mut small = vec![0_u8; height * width * 3];
    for (out, (first, weights)) in down.iter().enumerate() {
        for at in 0..width * 3 {
            let sum: f32 =
                weights.iter().enumerate().map(|(i, w)| w * f32::from(narrow[(first + i) * width * 3 + at])).sum();
            small[out * width * 3 + at] = level(sum);
        }
    }
    small
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_size_is_the_same_picture() {
        let levels: Vec<u8> = (0..48).map(|i| (i * 5) as u8).collect();
        let picture = Rgb { width: 4, height: 4, levels: &levels };
        assert_eq!(resized(picture, [0, 0, 4, 4], 4, 4), levels);
        assert!(resized(picture, [3, 0, 3, 4], 4, 4).is_empty());
    }

    #[test]
    fn it_is_what_pillow_makes() {
        let wanted: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/data/nets/pillow.json")).unwrap();
        let (width, height) = (40, 30);
        let level = |i: usize| {
            let (c, x, y) = (i % 3, i / 3 % width, i / 3 / width);
            ((x * 7 + y * 13 + c * 50 + (x * y) % 17 * 5) % 256) as u8
        };
        let levels: Vec<u8> = (0..width * height * 3).map(level).collect();
        let picture = Rgb { width, height, levels: &levels };
        for name in ["smaller", "larger"] {
            let [w, h]: [usize; 2] = serde_json::from_value(wanted["sizes"][name].clone()).unwrap();
            let theirs: Vec<u8> = serde_json::from_value(wanted[name].clone()).unwrap();
            let ours = resized(picture, [3, 2, 37, 28], w, h);
            assert_eq!(ours.len(), theirs.len(), "{name}");
            // Pillow counts in whole numbers of 1/2²² and may round a half the other way.
            let off = ours.iter().zip(&theirs).map(|(a, b)| a.abs_diff(*b)).max();
            assert!(off <= Some(1), "{name}: {off:?}");
        }
    }
}
