//! HTNet: the optical flow between onset and apex as the picture of 28 × 28 that the network takes.
//!
//! The flow over the face (to the right, down, and the strain) becomes three colours; four squares of it, around the eyes
//! and the corners of the mouth, are laid side by side. In which order and how bright the official training had them cannot
//! be told without its weights: here the squares lie as in the face, and each colour runs from 0 to 255.

use serde::{Deserialize, Serialize};

use super::flow::{Flow, Plane, strain};

/// Side of the input.
pub const SIDE: usize = 28;
/// Side of each square.
const CROP: usize = SIDE / 2;
/// The classes.
pub const LABELS: [&str; 3] = ["negative", "positive", "surprise"];

/// Where, as shares of the face's square: the eye and the mouth's corner on the picture's left, and on its right.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Places {
    pub left_eye: [f32; 2],
    pub right_eye: [f32; 2],
    pub left_mouth: [f32; 2],
    pub right_mouth: [f32; 2],
}

/// From the lowest to the highest as 0 to 255; the same everywhere is 0.
fn levelled(plane: &Plane) -> Plane {
    let low = plane.values.iter().copied().fold(f32::INFINITY, f32::min);
    let high = plane.values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let range = high - low;
    let level = |v: &f32| if range > 0.0 && range.is_finite() { (v - low) / range * 255.0 } else { 0.0 };
    Plane { values: plane.values.iter().map(level).collect(), ..*plane }
}

/// The network's input, 3 × 28 × 28, from the flow over the square around a face.
pub fn compose(flow: &Flow, places: &Places) -> Vec<f32> {
    let corners = [
        (places.left_eye, [0, 0]),
        (places.right_eye, [CROP, 0]),
        (places.left_mouth, [0, CROP]),
        (places.right_mouth, [CROP, CROP]),
    ];
    let mut input = Vec::with_capacity(3 * SIDE * SIDE);
    for plane in [&flow.x, &flow.y, &strain(flow)] {
        let small = levelled(&plane.resized(SIDE, SIDE));
        let mut tiled = Plane::zeros(SIDE, SIDE);
        for (centre, [left, top]) in corners {
            // A square that would reach past the edge is moved in.
            let start = |share: f32| {
                let middle = if share.is_finite() { share * SIDE as f32 } else { SIDE as f32 / 2.0 };
                (middle - CROP as f32 / 2.0).round().clamp(0.0, (SIDE - CROP) as f32) as usize
            };
            let (from_x, from_y) = (start(centre[0]), start(centre[1]));
            for y in 0..CROP {
                for x in 0..CROP {
                    tiled.values[(top + y) * SIDE + left + x] = small.values[(from_y + y) * SIDE + from_x + x];
                }
            }
        }
        input.extend(tiled.values);
    }
    input
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_squares_lie_as_in_the_face() {
        // To the right grows from left to right, down from top to bottom.
        let ramp = |along: bool| {
            let mut plane = Plane::zeros(SIDE, SIDE);
            for (i, v) in plane.values.iter_mut().enumerate() {
                *v = if along { i % SIDE } else { i / SIDE } as f32;
            }
            plane
        };
        let flow = Flow { x: ramp(true), y: ramp(false) };
        let places = Places {
            left_eye: [0.25, 0.25],
            right_eye: [0.75, 0.25],
            left_mouth: [0.25, 0.75],
            right_mouth: [0.9, 5.0],
        };
        let input = compose(&flow, &places);
        assert_eq!(input.len(), 3 * SIDE * SIDE);
        let level = |at: usize| at as f32 / 27.0 * 255.0;
        let of = |plane: usize, x: usize, y: usize| input[plane * SIDE * SIDE + y * SIDE + x];
        for (x, y) in [(0, 0), (13, 13), (27, 3), (3, 27), (27, 27)] {
            assert!((of(0, x, y) - level(x)).abs() < 0.01 && (of(1, x, y) - level(y)).abs() < 0.01, "{x} {y}");
        }
        // The same stretch everywhere but at the edge: its level is the same in the middle of every square.
        assert_eq!(of(2, 7, 7), of(2, 20, 20));
    }
}
