//! A picture in memory that can be drawn on: lines, points, boxes, faces made unrecognisable, words.

/// Red, green, blue, alpha, each 0 to 255; not premultiplied.
pub type Color = [u8; 4];

/// Tiles across the shorter side of a face when it is hidden. Six or more and who knows somebody knows them still.
const TILES: f32 = 4.0;

/// What is laid over a picture that nobody may see.
const COVER: [u8; 3] = [24, 26, 30];

/// Pixels being drawn on.
pub struct Canvas<'a> {
    width: usize,
    height: usize,
    /// `width × height × 4` bytes, row after row from the top left.
    rgba: &'a mut [u8],
}

impl<'a> Canvas<'a> {
    /// Over a picture; `None` when the bytes are not so many.
    pub fn new(width: u32, height: u32, rgba: &'a mut [u8]) -> Option<Self> {
        let (width, height) = (width as usize, height as usize);
        (rgba.len() == width.checked_mul(height)?.checked_mul(4)?).then_some(Self { width, height, rgba })
    }
    /// Width and height in pixels.
    pub fn size(&self) -> (f32, f32) {
        (self.width as f32, self.height as f32)
    }

    /// Lays a colour over a pixel, `cover` from 0 to 1.
    pub fn lay(&mut self, x: i64, y: i64, color: Color, cover: f32) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return };
        if x >= self.width || y >= self.height {
            return;
        }
        let share = cover.clamp(0.0, 1.0) * f32::from(color[3]) / 255.0;
        let at = (y * self.width + x) * 4;
        for (below, above) in self.rgba[at..at + 3].iter_mut().zip(&color[..3]) {
            *below = (f32::from(*below) + (f32::from(*above) - f32::from(*below)) * share).round() as u8;
        }
    }

    /// A line with round ends, `width` pixels wide; a point when both ends are the same.
    pub fn line(&mut self, a: [f32; 2], b: [f32; 2], width: f32, color: Color) {
        if !a.iter().chain(&b).all(|v| v.is_finite()) {
            return;
        }
        let radius = (width / 2.0).max(0.5);
        let (w, h) = self.size();
        let left = (a[0].min(b[0]) - radius - 1.0).clamp(0.0, w) as i64;
        let right = (a[0].max(b[0]) + radius + 2.0).clamp(0.0, w) as i64;
        let top = (a[1].min(b[1]) - radius - 1.0).clamp(0.0, h) as i64;
        let bottom = (a[1].max(b[1]) + radius + 2.0).clamp(0.0, h) as i64;
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let length = dx * dx + dy * dy;
        for y in top..bottom {
            for x in left..right {
                let (px, py) = (x as f32 + 0.5 - a[0], y as f32 + 0.5 - a[1]);
                let along = if length > 0.0 { ((px * dx + py * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
                let away = (px - along * dx).hypot(py - along * dy);
                self.lay(x, y, color, radius + 0.5 - away);
            }
        }
    }
    /// A point, `width` pixels across.
    pub fn point(&mut self, at: [f32; 2], width: f32, color: Color) {
        self.line(at, at, width, color);
    }
    /// The sides of a box: x, y, width, height.
    pub fn frame(&mut self, [x, y, w, h]: [f32; 4], width: f32, color: Color) {
        let corners = [[x, y], [x + w, y], [x + w, y + h], [x, y + h]];
        for side in 0..4 {
            self.line(corners[side], corners[(side + 1) % 4], width, color);
        }
    }
    /// A filled box.
    pub fn fill(&mut self, [x, y, w, h]: [f32; 4], color: Color) {
        let Some((left, top, right, bottom)) = self.within([x, y, w, h]) else { return };
        for y in top..bottom {
            for x in left..right {
                self.lay(x as i64, y as i64, color, 1.0);
            }
        }
    }

    /// Makes a face unrecognisable: its box with rounded corners, widened by a quarter, becomes a few flat tiles. The mean
    /// of a tile tells nothing of its parts, so that nothing can be got back, as it can from a blur.
    pub fn hide(&mut self, [x, y, w, h]: [f32; 4]) {
        let (cx, cy) = (x + w / 2.0, y + h / 2.0);
        let (rx, ry) = (w * 0.625, h * 0.7);
        let Some((left, top, right, bottom)) = self.within([cx - rx, cy - ry, 2.0 * rx, 2.0 * ry]) else { return };
        let tile = ((w.min(h) / TILES).ceil() as usize).max(4);
        for row in (top..bottom).step_by(tile) {
            for column in (left..right).step_by(tile) {
                let (end_row, end_column) = ((row + tile).min(bottom), (column + tile).min(right));
                let mean = self.mean(column, row, end_column, end_row);
                for y in row..end_row {
                    for x in column..end_column {
                        let (ox, oy) = ((x as f32 + 0.5 - cx) / rx, (y as f32 + 0.5 - cy) / ry);
                        if ox.powi(4) + oy.powi(4) <= 1.0 {
                            let at = (y * self.width + x) * 4;
                            self.rgba[at..at + 3].copy_from_slice(&mean);
                        }
                    }
                }
            }
        }
    }

    /// Whether any of a face would be in the picture, hidden as [`Canvas::hide`] does.
    pub fn shows(&self, [x, y, w, h]: [f32; 4]) -> bool {
        self.within([x - w * 0.125, y - h * 0.2, w * 1.25, h * 1.4]).is_some()
    }

    /// Hides the whole picture.
    pub fn cover(&mut self) {
        self.rgba.chunks_exact_mut(4).for_each(|pixel| pixel[..3].copy_from_slice(&COVER));
    }

    fn mean(&self, left: usize, top: usize, right: usize, bottom: usize) -> [u8; 3] {
        let (mut sum, mut count) = ([0_u64; 3], 0_u64);
        for y in top..bottom {
            for pixel in self.rgba[(y * self.width + left) * 4..(y * self.width + right) * 4].chunks_exact(4) {
                for (sum, value) in sum.iter_mut().zip(pixel) {
                    *sum += u64::from(*value);
                }
                count += 1;
            }
        }
        sum.map(|sum| (sum / count.max(1)) as u8)
    }

    /// The pixels of a box that are in the picture: left, top, right, bottom.
    fn within(&self, [x, y, w, h]: [f32; 4]) -> Option<(usize, usize, usize, usize)> {
        if ![x, y, w, h].iter().all(|v| v.is_finite()) {
            return None;
        }
        let (width, height) = self.size();
        let (left, right) = (x.floor().clamp(0.0, width), (x + w).ceil().clamp(0.0, width));
        let (top, bottom) = (y.floor().clamp(0.0, height), (y + h).ceil().clamp(0.0, height));
        (left < right && top < bottom).then_some((left as usize, top as usize, right as usize, bottom as usize))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawing_never_leaves_the_picture() {
        let mut pixels = vec![0; 20 * 10 * 4];
        let mut canvas = Canvas::new(20, 10, &mut pixels).expect("so many bytes");
        canvas.line([-50.0, -3.0], [70.0, 30.0], 4.0, [255, 0, 0, 255]);
        canvas.line([f32::NAN, 0.0], [5.0, 5.0], 2.0, [255; 4]);
        canvas.frame([-5.0, -5.0, 100.0, 100.0], 3.0, [0, 255, 0, 255]);
        canvas.hide([15.0, 5.0, 40.0, f32::INFINITY]);
        canvas.hide([15.0, 5.0, 40.0, 40.0]);
        canvas.fill([18.0, -4.0, 9.0, 8.0], [1, 2, 3, 128]);
        assert!(Canvas::new(20, 10, &mut [0; 3]).is_none());
    }

    #[test]
    fn a_hidden_face_has_no_detail_left_and_its_surroundings_all() {
        let (width, height) = (120_usize, 120_usize);
        let mut pixels: Vec<u8> = (0..width * height)
            .flat_map(|at| {
                let value = if (at % width + at / width) % 2 == 0 { 255 } else { 0 };
                [value, value, value, 255]
            })
            .collect();
        let before = pixels.clone();
        Canvas::new(120, 120, &mut pixels).expect("so many bytes").hide([30.0, 30.0, 40.0, 40.0]);
        let at = |x: usize, y: usize| (y * width + x) * 4;
        // A chequerboard becomes grey within the face.
        for (x, y) in [(50, 50), (40, 44), (60, 56)] {
            assert!((115..=140).contains(&pixels[at(x, y)]), "{}", pixels[at(x, y)]);
        }
        assert_eq!(pixels[at(5, 5)..at(25, 5)], before[at(5, 5)..at(25, 5)]);
    }

    #[test]
    fn a_hidden_face_is_at_most_six_tiles_wide_at_any_size() {
        for side in [24.0_f32, 60.0, 150.0, 400.0] {
            let (width, height) = (600_usize, 40_usize);
            // Every column is of another shade than its neighbours.
            let shade = |x: usize| [(x / 3) as u8, (x % 3 * 80) as u8, 0, 255];
            let mut pixels: Vec<u8> = (0..width * height).flat_map(|at| shade(at % width)).collect();
            let face = [100.0, 20.0 - side / 2.0, side, side];
            Canvas::new(600, 40, &mut pixels).expect("so many bytes").hide(face);
            let row: Vec<&[u8]> = pixels[20 * width * 4..21 * width * 4].chunks_exact(4).collect();
            let mut tiles = row[100..100 + side as usize].to_vec();
            tiles.dedup();
            assert!(tiles.len() <= 6, "{} tiles over {side} pixels", tiles.len());
        }
    }
}
