//! Turned squares: what part of a picture a network looks at, and the way back.

use super::Picture;

/// A point in picture pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
}

impl Point {
    /// The distance to `other`.
    pub fn distance(self, other: Self) -> f32 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// The direction of `other` from here, in radians, clockwise from the x axis as seen on screen.
    pub fn direction(self, other: Self) -> f32 {
        (other.y - self.y).atan2(other.x - self.x)
    }
}

/// A point with depth; picture pixels or metres, as its owner says.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point3 {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
    /// Away from the camera.
    pub z: f32,
}

impl Point3 {
    /// Without the depth.
    pub const fn flat(self) -> Point {
        Point { x: self.x, y: self.y }
    }
}

/// A square region of a picture, turned about its centre. Crop pixel p lies at centre + R(angle) · (p − out/2) · side/out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Square {
    /// Its centre in picture pixels.
    pub centre: Point,
    /// Its side in picture pixels.
    pub side: f32,
    /// Its turn in radians, clockwise as seen on screen.
    pub angle: f32,
}

/// At most this many samples a side are averaged into one crop pixel: enough against the worst of aliasing, and cheap.
const MAX_TAPS: usize = 4;

impl Square {
    /// The square around `points`, standing at `angle`, its side `scale` times the longer side of their turned bounding box.
    pub fn around(points: impl Iterator<Item = Point>, angle: f32, scale: f32) -> Self {
        let (sin, cos) = angle.sin_cos();
        let (mut low, mut high) = ([f32::INFINITY; 2], [f32::NEG_INFINITY; 2]);
        for point in points {
            let level = [point.x * cos + point.y * sin, point.y * cos - point.x * sin];
            for axis in 0..2 {
                low[axis] = low[axis].min(level[axis]);
                high[axis] = high[axis].max(level[axis]);
            }
        }
        let middle = [(low[0] + high[0]) / 2.0, (low[1] + high[1]) / 2.0];
        Self {
            centre: Point { x: middle[0] * cos - middle[1] * sin, y: middle[0] * sin + middle[1] * cos },
            side: scale * (high[0] - low[0]).max(high[1] - low[1]),
            angle,
        }
    }

    /// Whether a network can look at it: finite, and at least a pixel wide.
    pub fn is_usable(&self) -> bool {
        self.centre.x.is_finite()
            && self.centre.y.is_finite()
            && self.angle.is_finite()
            && self.side.is_finite()
            && self.side >= 1.0
    }

    /// Picture pixels for crop pixel coordinates (`x`, `y`) of an `out` × `out` crop.
    pub fn to_picture(&self, x: f32, y: f32, out: usize) -> Point {
        let scale = self.side / out as f32;
        let (dx, dy) = ((x - out as f32 / 2.0) * scale, (y - out as f32 / 2.0) * scale);
        let (sin, cos) = self.angle.sin_cos();
        Point { x: self.centre.x + dx * cos - dy * sin, y: self.centre.y + dx * sin + dy * cos }
    }

    /// Samples the square into `out` × `out` RGB pixels of 0..255, row by row. Bilinear; where the crop shrinks the
    /// picture more than fourfold, several samples are averaged (half as many a side as the shrinking, at most four).
    pub fn sample(&self, picture: &Picture<'_>, out: usize) -> Vec<f32> {
        let scale = self.side / out as f32;
        let taps = ((scale / 2.0) as usize).clamp(1, MAX_TAPS);
        let (sin, cos) = self.angle.sin_cos();
        let step = scale / taps as f32;
        let start = (0.5 - (out * taps) as f32 / 2.0) * step;
        let share = 1.0 / (taps * taps) as f32;
        let mut pixels = Vec::with_capacity(out * out * 3);
        for row in 0..out {
            for column in 0..out {
                let mut sum = [0.0; 3];
                for tap_y in 0..taps {
                    let dy = start + (row * taps + tap_y) as f32 * step;
                    for tap_x in 0..taps {
                        let dx = start + (column * taps + tap_x) as f32 * step;
                        let x = self.centre.x + dx * cos - dy * sin - 0.5;
                        let y = self.centre.y + dx * sin + dy * cos - 0.5;
                        bilinear(picture, x, y, share, &mut sum);
                    }
                }
                pixels.extend(sum);
            }
        }
        pixels
    }
}

/// Adds the picture's colour between the pixel centres around (`x`, `y`), times `share`.
fn bilinear(picture: &Picture<'_>, x: f32, y: f32, share: f32, sum: &mut [f32; 3]) {
    let (left, top) = (x.floor(), y.floor());
    let (right_part, bottom_part) = (x - left, y - top);
    // A cast of a float beyond i32 saturates, and saturated neighbours are outside any picture.
    let (column, row) = (left as i32, top as i32);
    picture.add(column, row, share * (1.0 - right_part) * (1.0 - bottom_part), sum);
    picture.add(column.saturating_add(1), row, share * right_part * (1.0 - bottom_part), sum);
    picture.add(column, row.saturating_add(1), share * (1.0 - right_part) * bottom_part, sum);
    picture.add(column.saturating_add(1), row.saturating_add(1), share * right_part * bottom_part, sum);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp() -> Vec<u8> {
        (0..16u8).flat_map(|at| [at % 4 * 10, at / 4 * 10, 255]).collect()
    }

    #[test]
    fn the_whole_picture_at_its_own_size_is_the_picture() {
        let rgb = ramp();
        let picture = Picture::new(4, 4, &rgb).unwrap();
        let sampled = picture.whole().sample(&picture, 4);
        assert!(sampled.iter().zip(&rgb).all(|(a, &b)| (a - f32::from(b)).abs() < 1e-3));
    }

    #[test]
    fn a_quarter_turn_puts_the_right_column_on_top() {
        let rgb = ramp();
        let picture = Picture::new(4, 4, &rgb).unwrap();
        let square = Square { angle: std::f32::consts::FRAC_PI_2, ..picture.whole() };
        let sampled = square.sample(&picture, 4);
        // Crop x runs down the picture, crop y to the picture's left: the first pixel is the picture's top right.
        assert!((sampled[0] - 30.0).abs() < 1e-3 && sampled[1].abs() < 1e-3, "{:?}", &sampled[..3]);
        let corner = square.to_picture(0.0, 0.0, 4);
        assert!(corner.distance(Point { x: 4.0, y: 0.0 }) < 1e-4, "{corner:?}");
    }

    #[test]
    fn outside_is_black() {
        let rgb = ramp();
        let picture = Picture::new(4, 4, &rgb).unwrap();
        let square = Square { centre: Point { x: -100.0, y: 1e30 }, side: 4.0, angle: 0.3 };
        assert!(square.sample(&picture, 4).iter().all(|&value| value == 0.0));
    }

    #[test]
    fn around_fits_turned_points() {
        let turned = Square { centre: Point { x: 10.0, y: 20.0 }, side: 8.0, angle: 0.5 };
        let corners = [(0.0, 0.0), (8.0, 0.0), (0.0, 6.0), (8.0, 6.0)].map(|(x, y)| turned.to_picture(x, y, 8));
        let found = Square::around(corners.into_iter(), 0.5, 2.0);
        assert!((found.side - 16.0).abs() < 1e-4);
        assert!(found.centre.distance(turned.to_picture(4.0, 3.0, 8)) < 1e-4);
    }
}
