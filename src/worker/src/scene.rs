//! What a picture looks like as a whole: whether another scene begins with it, and whether it is the one before again.

/// Histogram change at which everybody is looked for anew.
pub const NEW_SCENE: f32 = 0.35;
/// What is told of a picture whose brightness lies elsewhere: whoever follows people takes it for a cut.
const CUT: f32 = 0.6;
const BINS: usize = 64;
/// Two close shots may be as bright as each other, all in all: it is another scene, too, where brightness lies elsewhere
/// (correlation of the cells, and their mean difference, 0 to 1) and the colours are others. Of 25 cuts between heads that
/// fill the picture 23 pass; of some 8,000 pairs of frames of talking people, looked at 5 to 24 times a second, one.
const ELSEWHERE: f32 = 0.45;
const APART: f32 = 0.09;
const COLOURS: f32 = 0.18;
/// A picture is compared in so many cells a side,
const CELLS: usize = 48;
/// and is the same where no cell's brightness differs by more, of 255: what coding changes in a picture that stands.
const SAME: f32 = 0.7;

/// How bright a picture is.
#[derive(Clone, Debug)]
pub struct Scene {
    histogram: [f32; BINS],
    /// Of red, green and blue.
    colours: [[f32; BINS]; 3],
    /// Of the last picture that was not one before again: what changes slowly does change.
    cells: Vec<f32>,
}

impl Scene {
    pub fn of(width: usize, rgb: &[u8]) -> Self {
        let colours = [0, 1, 2].map(|channel| histogram(rgb, |pixel| f32::from(pixel[channel])));
        Self { histogram: brightness(rgb), colours, cells: cells(width, rgb) }
    }

    /// Goes on to the next picture: how different it is, 0 to 1, and whether it is the same again.
    pub fn next(&mut self, width: usize, rgb: &[u8]) -> (f32, bool) {
        let now = Self::of(width, rgb);
        let mut change = apart(&self.histogram, &now.histogram);
        if self.is_elsewhere(&now) {
            change = change.max(CUT);
        }
        let same = self.cells.len() == now.cells.len()
            && self.cells.iter().zip(&now.cells).all(|(a, b)| (a - b).abs() <= SAME);
        (self.histogram, self.colours) = (now.histogram, now.colours);
        if !same {
            self.cells = now.cells;
        }
        (change, same)
    }
}

impl Scene {
    /// Whether what is bright and dark lies elsewhere than in another picture, in other colours.
    fn is_elsewhere(&self, other: &Self) -> bool {
        let colours = self.colours.iter().zip(&other.colours).map(|(a, b)| apart(a, b)).fold(0.0, f32::max);
        if colours < COLOURS || self.cells.len() != other.cells.len() || self.cells.is_empty() {
            return false;
        }
        let count = self.cells.len() as f32;
        let (mut difference, mut sums, mut products) = (0.0_f32, [0.0_f32; 2], [0.0_f32; 3]);
        for (a, b) in self.cells.iter().zip(&other.cells).map(|(a, b)| (a / 255.0, b / 255.0)) {
            difference += (a - b).abs();
            (sums[0], sums[1]) = (sums[0] + a, sums[1] + b);
            (products[0], products[1], products[2]) = (products[0] + a * a, products[1] + b * b, products[2] + a * b);
        }
        let spread = |square: f32, sum: f32| (square / count - (sum / count).powi(2)).max(1e-9);
        let shared = products[2] / count - sums[0] * sums[1] / (count * count);
        let alike = shared / (spread(products[0], sums[0]) * spread(products[1], sums[1])).sqrt();
        difference / count >= APART && alike <= ELSEWHERE
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
    histogram(rgb, |[r, g, b]| grey(f32::from(r), f32::from(g), f32::from(b)))
}

/// Shares of a level, 0 to 255, that pixels have.
fn histogram(rgb: &[u8], level: impl Fn([u8; 3]) -> f32) -> [f32; BINS] {
    let (pixels, _) = rgb.as_chunks::<3>();
    // An odd stride, or a picture whose width it divides is sampled in columns.
    let stride = (pixels.len() / 10_000).max(1) | 1;
    let mut bins = [0.0; BINS];
    let mut count = 0.0;
    for &pixel in pixels.iter().step_by(stride) {
        let level = level(pixel);
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
    fn two_shots_as_bright_as_each_other_are_two_scenes_and_a_head_that_moves_is_one() {
        // A disc before a wall, in the colours of skin and of a blue and a beige wall as bright as each other.
        let shot = |x: i32, wall: [u8; 3], head: [u8; 3]| -> Vec<u8> {
            (0..320 * 180)
                .flat_map(|i| if ((i % 320 - x).pow(2) + (i / 320 - 90).pow(2)) < 4900 { head } else { wall })
                .collect()
        };
        let (blue, beige) = ([60, 130, 250], [190, 120, 60]);
        let mut scene = Scene::of(320, &shot(90, blue, [210, 170, 150]));
        assert!(scene.next(320, &shot(96, blue, [210, 170, 150])).0 < NEW_SCENE, "it moves");
        assert!(scene.next(320, &shot(230, beige, [90, 70, 60])).0 >= NEW_SCENE, "shot and counter-shot");
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
