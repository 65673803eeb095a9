//! CCT-7/3×1 for 32 × 32 pixels: colours as the published training on CIFAR has them.

use super::super::models::said::softmax;

/// Side of its input.
pub const SIDE: usize = 32;
/// Mean and standard deviation of each colour.
pub const COLOURS: ([f32; 3], [f32; 3]) = ([0.4914, 0.4822, 0.4465], [0.2470, 0.2435, 0.2616]);

/// Pixels of 0 to 255 as the network takes them.
pub fn prepare(rgb: &[f32]) -> Vec<f32> {
    super::planes(rgb, COLOURS.0, COLOURS.1)
}

/// Shares of the classes.
pub fn shares(numbers: &[f32]) -> Vec<f32> {
    softmax(numbers)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_mean_colour_is_zero() {
        let mean = super::COLOURS.0.map(|c| c * 255.0);
        assert!(super::prepare(&mean).iter().all(|v| v.abs() < 1e-5));
    }
}
