//! What a picture looks like as a whole: whether another scene begins with it, and whether it is the one before again.

/// Histogram change at which everybody is looked for anew.
pub const NEW_SCENE: f32 = 0.35;
const BINS: usize = 64;
/// A picture is compared in so many cells a side,
const CELLS: usize = 48;
/// and is the same where no cell's brightness differs by more, of 255: what coding changes in a picture that stands.
const SAME: f32 = 0.7;

/// How bright a picture is.
#[derive(Clone, Debug)]
pub struct Scene {
    histogram: [f32; BINS],
    /// Of the last picture that was not one before again: what changes slowly does change.
    cells: Vec<f32>,
}

impl Scene {
    pub fn of(width: usize, rgb: &[u8]) -> Self {
        Self { histogram: brightness(rgb), cells: cells(width, rgb) }
    }

    /// Goes on to the next picture: how different it is, 0 to 1, and whether it is the same again.
    pub fn next(&mut self, width: usize, rgb: &[u8]) -> (f32, bool) {
        let now = Self::of(width, rgb);
        let change = apart(&self.histogram, &now.histogram);
        let same = self.cells.len() == now.cells.len()
            && self.cells.iter().zip(&now.cells).all(|(a, b)| (a - b).abs() <= SAME);
        self.histogram = now.histogram;
        if !same {
            self.cells = now.cells;
        }
        (change, same)
    }
}

/// Mean brightness of each cell, every other pixel and line of larger pictures passed over.
fn cells(width: usize, rgb: &[u8]) -> Vec<f32> {
    let (pixels, _) = rgb.as_chunks::<3>();
    let width = width.max(1);
    let height = pixels.len() / width;
    let step = if pixels.len() > 100_000 { 2 } else { 1 };
    let (across, down) = (CELLS.min(width), CELLS.min(height));
    let mut sums = vec![(0.0_f32, 0.0_f32); across * down];
    for y in (0..height).step_by(step) {
        let row = &pixels[y * width..(y + 1) * width];
        let cells = &mut sums[y * down / height * across..][..across];
        for (x, &[r, g, b]) in row.iter().enumerate().step_by(step) {
            let (sum, count) = &mut cells[x * across / width];
            *sum += grey(f32::from(r), f32::from(g), f32::from(b));
            *count += 1.0;
        }
    }
    sums.into_iter().map(|(sum, count)| sum / count.max(1.0)).collect()
}

pub(crate) fn grey(r: f32, g: f32, b: f32) -> f32 {
    0.299 * r + 0.587 * g + 0.114 * b
}

/// Shares of brightness, over about ten thousand pixels.
fn brightness(rgb: &[u8]) -> [f32; BINS] {
    let (pixels, _) = rgb.as_chunks::<3>();
    // An odd stride, or a picture whose width it divides is sampled in columns.
    let stride = (pixels.len() / 10_000).max(1) | 1;
    let mut bins = [0.0; BINS];
    let mut count = 0.0;
    for &[r, g, b] in pixels.iter().step_by(stride) {
        let level = grey(f32::from(r), f32::from(g), f32::from(b));
        bins[(level as usize * BINS / 256).min(BINS - 1)] += 1.0;
        count += 1.0;
    }
    bins.map(|n| n / f32::max(count, 1.0))
}

/// Half the sum of differences, 0 to 1. Neighbouring bins are pooled, so that a flicker of light is not a cut.
fn apart(a: &[f32; BINS], b: &[f32; BINS]) -> f32 {
    let pooled = |h: &[f32; BINS], i: usize| h[i * 4..i * 4 + 4].iter().sum::<f32>();
    (0..BINS / 4).map(|i| (pooled(a, i) - pooled(b, i)).abs()).sum::<f32>() / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_scene_is_another_histogram() {
        let dark = brightness(&[20; 3000]);
        let light = brightness(&[200; 3000]);
        assert!(apart(&dark, &light) > 0.99);
        assert_eq!(apart(&dark, &brightness(&[20; 600])), 0.0);
    }

    #[test]
    fn a_picture_that_stands_is_told_from_one_in_which_a_mouth_moves() {
        let picture = |seed: u32, mouth: u8| -> Vec<u8> {
            let mut state = seed;
            let noise = |state: &mut u32| {
                *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (*state >> 24) as u8 % 2
            };
            (0..640 * 480)
                .flat_map(|i| {
                    let (x, y) = (i % 640, i / 640);
                    let within = (300..320).contains(&x) && (200..208).contains(&y);
                    [(if within { mouth } else { (x / 4) as u8 }) + noise(&mut state); 3]
                })
                .collect()
        };
        let mut scene = Scene::of(640, &picture(1, 60));
        assert!(scene.next(640, &picture(2, 60)).1, "what coding leaves is no change");
        assert!(!scene.next(640, &picture(3, 90)).1);
        assert!(!scene.next(320, &picture(3, 90)[..320 * 240 * 3]).1, "nor is a picture of another size the same");
    }
}
