//! SwinFace: how a face is laid into its input, and what its numbers mean.

use super::super::models::said::softmax;
use super::super::observation::{Expression, FACE_LANDMARKS};

/// Side of its input.
pub const SIDE: usize = 112;

/// The expressions in the network's order.
pub const EXPRESSIONS: [Expression; 7] = [
    Expression::Surprise,
    Expression::Fear,
    Expression::Disgust,
    Expression::Happiness,
    Expression::Sadness,
    Expression::Anger,
    Expression::Neutral,
];
/// The classes of sex.
pub const SEXES: [&str; 2] = ["female", "male"];

/// Where both eyes, the tip of the nose and the corners of the mouth lie in an aligned face of 112 × 112 (as InsightFace
/// aligns them), the picture's left first.
pub const TEMPLATE: [[f32; 2]; 5] =
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]];
/// The same points of the dense mesh.
const POINTS: [usize; 5] = [468, 473, 4, 61, 291];

/// A turn, a scale and a shift: `x' = a·x − b·y + dx`, `y' = b·x + a·y + dy`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Similarity {
    pub a: f32,
    pub b: f32,
    pub dx: f32,
    pub dy: f32,
}

impl Similarity {
    /// The one that brings `from` nearest to `to`, in the least squares (Umeyama 1991); `None` where the points fall together.
    pub fn between(from: &[[f32; 2]], to: &[[f32; 2]]) -> Option<Self> {
        let n = from.len().min(to.len());
        let mean = |points: &[[f32; 2]], axis: usize| {
            points[..n].iter().map(|p| f64::from(p[axis])).sum::<f64>() / n.max(1) as f64
        };
        let (fx, fy, tx, ty) = (mean(from, 0), mean(from, 1), mean(to, 0), mean(to, 1));
        let (mut along, mut across, mut spread) = (0.0, 0.0, 0.0);
        for (f, t) in from.iter().zip(to) {
            let (x, y) = (f64::from(f[0]) - fx, f64::from(f[1]) - fy);
            let (u, v) = (f64::from(t[0]) - tx, f64::from(t[1]) - ty);
            along += x * u + y * v;
            across += x * v - y * u;
            spread += x * x + y * y;
        }
        if spread.is_nan() || spread < 1e-9 {
            return None;
        }
        let (a, b) = (along / spread, across / spread);
        let (dx, dy) = (tx - a * fx + b * fy, ty - b * fx - a * fy);
        let found = Self { a: a as f32, b: b as f32, dx: dx as f32, dy: dy as f32 };
        [found.a, found.b, found.dx, found.dy].iter().all(|v| v.is_finite()).then_some(found)
    }

    /// Where a point comes to lie.
    pub fn of(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        [self.a * x - self.b * y + self.dx, self.b * x + self.a * y + self.dy]
    }
}

/// Where the input lies in the picture: from the input's pixels to the picture's. Of a mesh of 478 points.
pub fn alignment(mesh: &[[f32; 3]]) -> Option<Similarity> {
    if mesh.len() != FACE_LANDMARKS {
        return None;
    }
    let points = POINTS.map(|at| [mesh[at][0], mesh[at][1]]);
    Similarity::between(&TEMPLATE, &points)
}

/// Pixels of 0 to 255 as colour planes of −1 to 1.
pub fn prepare(rgb: &[f32]) -> Vec<f32> {
    super::planes(rgb, [0.5; 3], [0.5; 3])
}

/// Shares of the expressions in the order of [`Expression::ALL`].
pub fn expressions(numbers: &[f32]) -> Option<[f32; 7]> {
    if numbers.len() != EXPRESSIONS.len() {
        return None;
    }
    let shares = softmax(numbers);
    Some(Expression::ALL.map(|ours| {
        let at = EXPRESSIONS.iter().position(|theirs| *theirs == ours).unwrap_or_default();
        shares[at]
    }))
}

/// The share of yes out of the logits of no and yes.
pub fn yes(numbers: &[f32]) -> Option<f32> {
    let [_, _] = numbers else { return None };
    softmax(numbers).get(1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turned_and_enlarged_face_is_found_again() {
        let turn = Similarity { a: 1.5, b: 0.4, dx: 30.0, dy: -12.0 };
        let mut mesh = vec![[0.0; 3]; FACE_LANDMARKS];
        for (at, place) in POINTS.into_iter().zip(TEMPLATE) {
            let [x, y] = turn.of(place);
            mesh[at] = [x, y, 0.0];
        }
        let found = alignment(&mesh).unwrap();
        for (a, b) in [(found.a, turn.a), (found.b, turn.b), (found.dx, turn.dx), (found.dy, turn.dy)] {
            assert!((a - b).abs() < 1e-3, "{found:?}");
        }
        assert_eq!(alignment(&vec![[1.0; 3]; FACE_LANDMARKS]), Similarity::between(&TEMPLATE, &[[1.0, 1.0]; 5]));
        assert_eq!(Similarity::between(&[[1.0, 1.0]; 5], &TEMPLATE), None);
    }

    #[test]
    fn expressions_come_in_our_order() {
        let shares = expressions(&[0.0, 0.0, 0.0, 10.0, 0.0, 0.0, 0.0]).unwrap();
        assert!(shares[1] > 0.99, "happiness is the network's fourth and our second: {shares:?}");
        assert!((shares.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        assert!(yes(&[0.0, 3.0]).unwrap() > 0.95);
        assert_eq!(prepare(&[0.0, 127.5, 255.0]), [-1.0, 0.0, 1.0]);
    }
}
