//! The rotation that best lays one set of points over another (Horn 1987, unit quaternions).

/// A point or vector in space.
pub type Vec3 = [f64; 3];

/// A rotation matrix, row by row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rotation(pub [[f64; 3]; 3]);

impl Rotation {
    /// From turns in degrees: roll about z first, then pitch about x, then yaw about y.
    /// x points right, y up, z towards the viewer; positive yaw turns z to the right, positive pitch turns it up,
    /// positive roll turns x downwards (clockwise to the viewer).
    pub fn from_degrees(yaw: f64, pitch: f64, roll: f64) -> Self {
        let ((sy, cy), (sp, cp), (sr, cr)) =
            (yaw.to_radians().sin_cos(), (-pitch).to_radians().sin_cos(), (-roll).to_radians().sin_cos());
        let about_y = Self([[cy, 0.0, sy], [0.0, 1.0, 0.0], [-sy, 0.0, cy]]);
        let about_x = Self([[1.0, 0.0, 0.0], [0.0, cp, -sp], [0.0, sp, cp]]);
        let about_z = Self([[cr, -sr, 0.0], [sr, cr, 0.0], [0.0, 0.0, 1.0]]);
        about_y.then(&about_x.then(&about_z))
    }

    /// Yaw, pitch and roll in degrees, as [`Rotation::from_degrees`] takes them; pitch within ±90.
    pub fn degrees(&self) -> (f64, f64, f64) {
        let m = &self.0;
        let pitch = m[1][2].clamp(-1.0, 1.0).asin();
        let yaw = m[0][2].atan2(m[2][2]);
        let roll = -m[1][0].atan2(m[1][1]);
        (yaw.to_degrees(), pitch.to_degrees(), roll.to_degrees())
    }

    /// The vector turned.
    pub fn turn(&self, v: Vec3) -> Vec3 {
        self.0.map(|row| row[0] * v[0] + row[1] * v[1] + row[2] * v[2])
    }

    /// The vector turned back.
    pub fn turn_back(&self, v: Vec3) -> Vec3 {
        let m = &self.0;
        [0, 1, 2].map(|i| m[0][i] * v[0] + m[1][i] * v[1] + m[2][i] * v[2])
    }

    fn then(&self, other: &Self) -> Self {
        Self(self.0.map(|row| [0, 1, 2].map(|c| (0..3).map(|k| row[k] * other.0[k][c]).sum())))
    }
}

/// What lays `model` over `seen`: `seen ≈ scale × rotation(model) + shift`.
#[derive(Clone, Copy, Debug)]
pub struct Fit {
    pub rotation: Rotation,
    /// Units of `seen` for one unit of `model`.
    pub scale: f64,
    /// Root mean square distance left over, in units of `model`.
    pub residual: f64,
}

/// The best similarity between two lists of corresponding points, weighted.
/// `None` for fewer than three points, for points that are not numbers, or all on one spot.
pub fn fit(model: &[Vec3], seen: &[Vec3], weights: &[f64]) -> Option<Fit> {
    let n = model.len().min(seen.len()).min(weights.len());
    let total: f64 = weights.iter().take(n).sum();
    if n < 3 || total <= 0.0 || !seen.iter().take(n).flatten().all(|v| v.is_finite()) {
        return None;
    }
    let mean = |points: &[Vec3]| -> Vec3 {
        [0, 1, 2].map(|k| points.iter().zip(weights).take(n).map(|(p, w)| p[k] * w).sum::<f64>() / total)
    };
    let (model_mean, seen_mean) = (mean(model), mean(seen));
    let mut s = [[0.0; 3]; 3];
    let (mut model_spread, mut seen_spread) = (0.0, 0.0);
    for i in 0..n {
        let (a, b, w) = (minus(model[i], model_mean), minus(seen[i], seen_mean), weights[i]);
        for (r, row) in s.iter_mut().enumerate() {
            for (c, cell) in row.iter_mut().enumerate() {
                *cell += w * a[r] * b[c];
            }
        }
        model_spread += w * dot(a, a);
        seen_spread += w * dot(b, b);
    }
    if model_spread <= 1e-12 || seen_spread <= 1e-12 {
        return None;
    }
    let q = greatest_eigenvector([
        [s[0][0] + s[1][1] + s[2][2], s[1][2] - s[2][1], s[2][0] - s[0][2], s[0][1] - s[1][0]],
        [s[1][2] - s[2][1], s[0][0] - s[1][1] - s[2][2], s[0][1] + s[1][0], s[2][0] + s[0][2]],
        [s[2][0] - s[0][2], s[0][1] + s[1][0], s[1][1] - s[0][0] - s[2][2], s[1][2] + s[2][1]],
        [s[0][1] - s[1][0], s[2][0] + s[0][2], s[1][2] + s[2][1], s[2][2] - s[0][0] - s[1][1]],
    ]);
    let [w, x, y, z] = q;
    let rotation = Rotation([
        [w * w + x * x - y * y - z * z, 2.0 * (x * y - w * z), 2.0 * (x * z + w * y)],
        [2.0 * (x * y + w * z), w * w - x * x + y * y - z * z, 2.0 * (y * z - w * x)],
        [2.0 * (x * z - w * y), 2.0 * (y * z + w * x), w * w - x * x - y * y + z * z],
    ]);
    let aligned: f64 =
        (0..n).map(|i| weights[i] * dot(rotation.turn(minus(model[i], model_mean)), minus(seen[i], seen_mean))).sum();
    let scale = aligned / model_spread;
    if scale <= 0.0 || !scale.is_finite() {
        return None;
    }
    let left = (seen_spread - scale * aligned).max(0.0) / total;
    Some(Fit { rotation, scale, residual: left.sqrt() / scale })
}

fn minus(a: Vec3, b: Vec3) -> Vec3 {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn dot(a: Vec3, b: Vec3) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// The unit eigenvector of the greatest eigenvalue of a symmetric matrix, by Jacobi's rotations.
fn greatest_eigenvector(mut m: [[f64; 4]; 4]) -> [f64; 4] {
    let mut vectors = [[0.0; 4]; 4];
    for (i, row) in vectors.iter_mut().enumerate() {
        row[i] = 1.0;
    }
    for _ in 0..32 {
        let off: f64 = (0..4).flat_map(|p| (p + 1..4).map(move |q| (p, q))).map(|(p, q)| m[p][q] * m[p][q]).sum();
        let diagonal: f64 = (0..4).map(|i| m[i][i] * m[i][i]).sum();
        if off <= 1e-24 * diagonal {
            break;
        }
        for p in 0..3 {
            for q in p + 1..4 {
                if m[p][q].abs() < f64::MIN_POSITIVE {
                    continue;
                }
                let theta = (m[q][q] - m[p][p]) / (2.0 * m[p][q]);
                let t = if theta >= 0.0 { 1.0 } else { -1.0 } / (theta.abs() + (theta * theta + 1.0).sqrt());
                let c = 1.0 / (t * t + 1.0).sqrt();
                let s = t * c;
                for row in &mut m {
                    let (a, b) = (row[p], row[q]);
                    (row[p], row[q]) = (c * a - s * b, s * a + c * b);
                }
                let (upper, lower) = (m[p], m[q]);
                m[p] = std::array::from_fn(|k| c * upper[k] - s * lower[k]);
                m[q] = std::array::from_fn(|k| s * upper[k] + c * lower[k]);
                for row in &mut vectors {
                    let (a, b) = (row[p], row[q]);
                    (row[p], row[q]) = (c * a - s * b, s * a + c * b);
                }
            }
        }
    }
    let best = (0..4).fold(0, |best, i| if m[i][i] > m[best][best] { i } else { best });
    vectors.map(|row| row[best])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angles_go_through_a_matrix_and_back() {
        for yaw in [-80.0, -30.0, 0.0, 45.0] {
            for pitch in [-60.0, 0.0, 25.0] {
                for roll in [-90.0, 0.0, 12.0, 150.0] {
                    let (y, p, r) = Rotation::from_degrees(yaw, pitch, roll).degrees();
                    assert!((y - yaw).abs() < 1e-9 && (p - pitch).abs() < 1e-9 && (r - roll).abs() < 1e-9);
                }
            }
        }
    }

    #[test]
    fn signs_are_as_documented() {
        assert!(Rotation::from_degrees(30.0, 0.0, 0.0).turn([0.0, 0.0, 1.0])[0] > 0.4);
        assert!(Rotation::from_degrees(0.0, 30.0, 0.0).turn([0.0, 0.0, 1.0])[1] > 0.4);
        assert!(Rotation::from_degrees(0.0, 0.0, 30.0).turn([1.0, 0.0, 0.0])[1] < -0.4);
    }

    #[test]
    fn finds_the_turn_the_scale_and_what_is_left() {
        let model = [[0.0, 0.0, 3.0], [4.0, 1.0, 0.0], [-4.0, 1.0, 0.0], [0.0, -5.0, 1.0], [1.0, 6.0, 2.0]];
        let turn = Rotation::from_degrees(25.0, -14.0, 8.0);
        let seen = model.map(|p| turn.turn(p).map(|v| 7.0 * v + 100.0));
        let fit = fit(&model, &seen, &[1.0; 5]).unwrap();
        let (y, p, r) = fit.rotation.degrees();
        assert!((y - 25.0).abs() < 1e-6 && (p + 14.0).abs() < 1e-6 && (r - 8.0).abs() < 1e-6);
        assert!((fit.scale - 7.0).abs() < 1e-9 && fit.residual < 1e-6);
    }

    #[test]
    fn points_on_one_spot_have_no_turn() {
        assert!(fit(&[[1.0; 3]; 4], &[[2.0; 3]; 4], &[1.0; 4]).is_none());
        assert!(fit(&[[0.0; 3], [1.0; 3], [2.0; 3]], &[[f64::NAN; 3]; 3], &[1.0; 3]).is_none());
    }
}
