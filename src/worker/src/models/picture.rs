//! A video frame or photograph as the networks take it.

use super::{ModelError, Point, Square};

/// An RGB8 picture, row by row without gaps.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    width: usize,
    height: usize,
    rgb: &'a [u8],
}

impl<'a> Picture<'a> {
    /// Wraps `rgb`: three bytes a pixel, `width` × `height` pixels, both at least 1.
    ///
    /// # Errors
    /// [`ModelError::Picture`] when the bytes do not fit the size.
    pub fn new(width: usize, height: usize, rgb: &'a [u8]) -> Result<Self, ModelError> {
        let needed = width.checked_mul(height).and_then(|pixels| pixels.checked_mul(3));
        if needed != Some(rgb.len()) || rgb.is_empty() {
            return Err(ModelError::Picture { width, height, bytes: rgb.len() });
        }
        Ok(Self { width, height, rgb })
    }

    /// Pixels a row.
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub const fn height(&self) -> usize {
        self.height
    }

    /// Its levels, row by row.
    pub const fn rgb(&self) -> &'a [u8] {
        self.rgb
    }

    /// The upright square around the whole picture, centred; what is outside the picture counts as black.
    pub fn whole(&self) -> Square {
        let (width, height) = (self.width as f32, self.height as f32);
        Square { centre: Point { x: width / 2.0, y: height / 2.0 }, side: width.max(height), angle: 0.0 }
    }

    /// Adds the pixel in column `x`, row `y` times `weight` to `sum`; nothing outside the picture.
    pub(super) fn add(&self, x: i32, y: i32, weight: f32, sum: &mut [f32; 3]) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else {
            return;
        };
        if x >= self.width || y >= self.height {
            return;
        }
        let at = (y * self.width + x) * 3;
        for (total, &value) in sum.iter_mut().zip(&self.rgb[at..at + 3]) {
            *total += weight * f32::from(value);
        }
    }
}
