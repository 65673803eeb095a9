//! Dense optical flow between two small grey pictures: TV-L1 by duality (Zach, Pock and Bischof 2007; the numerical scheme
//! of Sánchez, Meinhardt-Llopis and Facciolo 2013), from coarse to fine, with a median between warps.

/// Weight of the data against smoothness, for levels of 0 to 255.
const LAMBDA: f32 = 0.15;
/// Tightness of the coupling.
const THETA: f32 = 0.3;
/// Step of the dual.
const TAU: f32 = 0.25;
const WARPS: usize = 5;
const ROUNDS: usize = 60;
/// The coarsest picture has at least so many pixels a side.
const COARSEST: usize = 14;
/// A gradient smaller than this says nothing.
const FLAT: f32 = 1e-6;

/// Numbers over a grid, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Plane {
    pub width: usize,
    pub height: usize,
    pub values: Vec<f32>,
}

impl Plane {
    /// Zeros.
    pub fn zeros(width: usize, height: usize) -> Self {
        Self { width, height, values: vec![0.0; width * height] }
    }

    /// Grey levels of 0 to 255 out of RGB.
    pub fn grey(rgb: &[u8], width: usize, height: usize) -> Self {
        let (pixels, _) = rgb.as_chunks::<3>();
        let level = |p: &[u8; 3]| 0.299 * f32::from(p[0]) + 0.587 * f32::from(p[1]) + 0.114 * f32::from(p[2]);
        let mut values: Vec<f32> = pixels.iter().map(level).collect();
        values.resize(width * height, 0.0);
        Self { width, height, values }
    }

    /// The value at a place, the edge's own outside.
    pub fn at(&self, x: isize, y: isize) -> f32 {
        let x = x.clamp(0, self.width as isize - 1) as usize;
        let y = y.clamp(0, self.height as isize - 1) as usize;
        self.values[y * self.width + x]
    }

    /// Between pixels, bilinear.
    pub fn between(&self, x: f32, y: f32) -> f32 {
        let (left, top) = (x.floor(), y.floor());
        let (u, v) = (x - left, y - top);
        let (left, top) = (left as isize, top as isize);
        let upper = self.at(left, top) * (1.0 - u) + self.at(left + 1, top) * u;
        let lower = self.at(left, top + 1) * (1.0 - u) + self.at(left + 1, top + 1) * u;
        upper * (1.0 - v) + lower * v
    }

    fn map(&self, of: impl Fn(isize, isize) -> f32) -> Self {
        let places = (0..self.height as isize).flat_map(|y| (0..self.width as isize).map(move |x| (x, y)));
        Self { width: self.width, height: self.height, values: places.map(|(x, y)| of(x, y)).collect() }
    }

    /// The picture in another size, each new pixel the mean of those it covers, or between those it lies among.
    pub fn resized(&self, width: usize, height: usize) -> Self {
        let (sx, sy) = (self.width as f32 / width.max(1) as f32, self.height as f32 / height.max(1) as f32);
        let taps = |scale: f32| (scale.ceil() as usize).clamp(1, 16);
        let (nx, ny) = (taps(sx), taps(sy));
        Self::zeros(width, height).map(|x, y| {
            let mut sum = 0.0;
            for j in 0..ny {
                for i in 0..nx {
                    let place = |at: isize, tap: usize, n: usize, scale: f32| {
                        (at as f32 + (tap as f32 + 0.5) / n as f32) * scale - 0.5
                    };
                    sum += self.between(place(x, i, nx, sx), place(y, j, ny, sy));
                }
            }
            sum / (nx * ny) as f32
        })
    }

    /// The middle of the nine values around each place.
    fn median(&self) -> Self {
        self.map(|x, y| {
            let mut around: [f32; 9] = std::array::from_fn(|i| self.at(x + i as isize % 3 - 1, y + i as isize / 3 - 1));
            *around.select_nth_unstable_by(4, f32::total_cmp).1
        })
    }
}

/// How far each pixel of the first picture has moved in the second: to the right, and down.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    pub x: Plane,
    pub y: Plane,
}

/// The flow from `from` to `to`, which have the same size; zeros where they have not.
pub fn flow(from: &Plane, to: &Plane) -> Flow {
    let still = |p: &Plane| Flow { x: Plane::zeros(p.width, p.height), y: Plane::zeros(p.width, p.height) };
    if (from.width, from.height) != (to.width, to.height) || from.values.is_empty() {
        return still(from);
    }
    let mut sizes = vec![(from.width, from.height)];
    while let Some(&(w, h)) = sizes.last().filter(|(w, h)| *w.min(h) / 2 >= COARSEST) {
        sizes.push((w / 2, h / 2));
    }
    let mut found: Option<Flow> = None;
    for (width, height) in sizes.into_iter().rev() {
        let (a, b) = (from.resized(width, height), to.resized(width, height));
        let begin = match found {
            None => still(&a),
            Some(coarse) => {
                let (sx, sy) = (width as f32 / coarse.x.width as f32, height as f32 / coarse.x.height as f32);
                let grown = |plane: &Plane, scale: f32| {
                    let mut plane = plane.resized(width, height);
                    plane.values.iter_mut().for_each(|v| *v *= scale);
                    plane
                };
                Flow { x: grown(&coarse.x, sx), y: grown(&coarse.y, sy) }
            }
        };
        found = Some(refine(&a, &b, begin));
    }
    found.unwrap_or_else(|| still(from))
}

fn refine(from: &Plane, to: &Plane, mut flow: Flow) -> Flow {
    let size = from.values.len();
    let width = from.width;
    let mut dual = [(); 4].map(|()| vec![0.0_f32; size]);
    for _ in 0..WARPS {
        let moved = |plane: &Plane| {
            plane.map(|x, y| {
                let at = y as usize * width + x as usize;
                plane.between(x as f32 + flow.x.values[at], y as f32 + flow.y.values[at])
            })
        };
        let warped = moved(to);
        let gx = moved(&to.map(|x, y| (to.at(x + 1, y) - to.at(x - 1, y)) / 2.0));
        let gy = moved(&to.map(|x, y| (to.at(x, y + 1) - to.at(x, y - 1)) / 2.0));
        let rest: Vec<f32> = (0..size)
            .map(|i| {
                let known = gx.values[i] * flow.x.values[i] + gy.values[i] * flow.y.values[i];
                warped.values[i] - known - from.values[i]
            })
            .collect();
        for _ in 0..ROUNDS {
            step(&mut flow, &mut dual, (&gx, &gy), &rest);
        }
        flow = Flow { x: flow.x.median(), y: flow.y.median() };
    }
    flow
}

/// One round: the data's pull at each pixel, then smoothness by the dual variables.
fn step(flow: &mut Flow, dual: &mut [Vec<f32>; 4], (gx, gy): (&Plane, &Plane), rest: &[f32]) {
    let (width, height) = (gx.width, gx.height);
    let [px, py, qx, qy] = dual;
    // Minus the adjoint of the forward difference.
    let divergence = |a: &[f32], b: &[f32], i: usize| {
        let (x, y) = (i % width, i / width);
        let along = if x + 1 < width { a[i] } else { 0.0 } - if x > 0 { a[i - 1] } else { 0.0 };
        let down = if y + 1 < height { b[i] } else { 0.0 } - if y > 0 { b[i - width] } else { 0.0 };
        along + down
    };
    for (i, rest) in rest.iter().enumerate() {
        let (a, b) = (gx.values[i], gy.values[i]);
        let strength = a * a + b * b;
        let off = rest + a * flow.x.values[i] + b * flow.y.values[i];
        let most = LAMBDA * THETA;
        let pull = if off < -most * strength {
            most
        } else if off > most * strength {
            -most
        } else if strength > FLAT {
            -off / strength
        } else {
            0.0
        };
        let (dx, dy) = (divergence(px, py, i), divergence(qx, qy, i));
        flow.x.values[i] += pull * a + THETA * dx;
        flow.y.values[i] += pull * b + THETA * dy;
    }
    let forward = |plane: &[f32], i: usize| {
        let along = if i % width + 1 < width { plane[i + 1] - plane[i] } else { 0.0 };
        let down = if i + width < plane.len() { plane[i + width] - plane[i] } else { 0.0 };
        (along, down)
    };
    for (plane, (a, b)) in [(&flow.x.values, (px, py)), (&flow.y.values, (qx, qy))] {
        for i in 0..plane.len() {
            let (along, down) = forward(plane, i);
            let size = 1.0 + TAU / THETA * along.hypot(down);
            a[i] = (a[i] + TAU / THETA * along) / size;
            b[i] = (b[i] + TAU / THETA * down) / size;
        }
    }
}

/// How much the skin is stretched at each place: the norm of the symmetric part of the flow's gradient.
pub fn strain(flow: &Flow) -> Plane {
    let (u, v) = (&flow.x, &flow.y);
    u.map(|x, y| {
        let slope = |p: &Plane| ((p.at(x + 1, y) - p.at(x - 1, y)) / 2.0, (p.at(x, y + 1) - p.at(x, y - 1)) / 2.0);
        let ((ux, uy), (vx, vy)) = (slope(u), slope(v));
        let shear = (uy + vx) / 2.0;
        (ux * ux + vy * vy + 2.0 * shear * shear).sqrt()
    })
}

#[cfg(test)]
#[path = "flow_tests.rs"]
mod tests;
