//! The same example seen a little differently each time: moved, turned, brighter or darker; sound with gaps (SpecAugment,
//! Park et al. 2019). Left and right are exchanged only where they make no difference.

use fieldgloss::analysis::training::{Random, What};
use tch::{Kind, Tensor};

use super::TeachError;

/// Radians.
const TURN: f64 = 0.14;
const ZOOM: f64 = 0.1;
const CONTRAST: f64 = 0.3;
const BRIGHTNESS: f64 = 0.15;
/// Columns of time that sound is moved by, and columns and bands that are silenced.
const MOVED: f64 = 6.0;
const GAP_COLUMNS: f64 = 12.0;
const GAP_BANDS: f64 = 10.0;

/// B × channels × outer² of 0 to 1 to B × channels × side².
pub(super) fn augment(patches: &Tensor, what: What, flip: bool, random: &mut Random) -> Result<Tensor, TeachError> {
    let count = patches.size()[0];
    let (side, outer) = (what.side(), what.side() + 2 * what.margin());
    let mut theta = Vec::with_capacity(count as usize * 6);
    for _ in 0..count {
        let scale = side as f64 / outer as f64;
        if what == What::Sound {
            let moved = 2.0 * random.within(-MOVED, MOVED) / side as f64;
            theta.extend([1.0, 0.0, moved, 0.0, 1.0, 0.0].map(|v: f64| v as f32));
            continue;
        }
        let zoom = scale * random.within(1.0 - ZOOM, 1.0 + ZOOM);
        let (sin, cos) = random.within(-TURN, TURN).sin_cos();
        let mirror = if flip && random.unit() < 0.5 { -1.0 } else { 1.0 };
        let margin = 2.0 * what.margin() as f64 / outer as f64;
        let (x, y) = (random.within(-margin, margin), random.within(-margin, margin));
        theta.extend([zoom * cos * mirror, -zoom * sin, x, zoom * sin * mirror, zoom * cos, y].map(|v| v as f32));
    }
    let theta = Tensor::f_from_slice(&theta)?.f_reshape([count, 2, 3])?;
    let grid = Tensor::f_affine_grid_generator(&theta, [count, what.channels(), side, side], false)?;
    // Bilinear; what lies outside is as the edge.
    let moved = patches.f_grid_sampler(&grid, 0, 1, false)?;
    let per = |random: &mut Random, low: f64, high: f64| -> Result<Tensor, TeachError> {
        let values: Vec<f32> = (0..count).map(|_| random.within(low, high) as f32).collect();
        Ok(Tensor::f_from_slice(&values)?.f_reshape([count, 1, 1, 1])?)
    };
    let brightness = per(random, -BRIGHTNESS, BRIGHTNESS)?;
    if what == What::Sound {
        return Ok((moved + brightness * 0.5) * gaps(count, side, random)?);
    }
    let contrast = per(random, 1.0 - CONTRAST, 1.0 + CONTRAST)?;
    Ok(((moved - 0.5) * contrast + 0.5 + brightness).f_clamp(0.0, 1.0)?)
}

/// Ones, with a stretch of time and a band of frequency of zeros in each.
fn gaps(count: i64, side: i64, random: &mut Random) -> Result<Tensor, TeachError> {
    let places = Tensor::f_arange(side, (Kind::Float, tch::Device::Cpu))?;
    let mut outside = |widest: f64, shape: [i64; 4]| -> Result<Tensor, TeachError> {
        let (mut from, mut to) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let width = random.within(0.0, widest);
            let start = random.within(0.0, side as f64 - width);
            from.push(start as f32);
            to.push((start + width) as f32);
        }
        let edge = |values: &[f32]| Ok::<_, TeachError>(Tensor::f_from_slice(values)?.f_reshape([count, 1])?);
        let (from, to) = (edge(&from)?, edge(&to)?);
        let before = places.f_lt_tensor(&from)?.f_to_kind(Kind::Float)?;
        let after = places.f_ge_tensor(&to)?.f_to_kind(Kind::Float)?;
        Ok((before + after).f_clamp(0.0, 1.0)?.f_reshape(shape)?)
    };
    let time = outside(GAP_COLUMNS, [count, 1, 1, side])?;
    let bands = outside(GAP_BANDS, [count, 1, side, 1])?;
    Ok(time * bands)
}
