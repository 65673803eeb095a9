//! What simply looking for the most similar example would say, so that nobody takes a network for clever that is not.

use std::collections::HashMap;

use fieldgloss::analysis::training::Material;
use tch::{Kind, Tensor};

use super::TeachError;
use super::patches::Patches;

/// What examples are compared by.
pub(super) const BY: &str = "by the picture itself, scaled down to 16 × 16 and evened out in brightness";
const SIDE: i64 = 16;
const BATCH: usize = 256;

/// The label of the most similar known example, for each tag of those asked about.
pub(super) fn decide(
    patches: &Patches,
    material: &Material,
    known: &[i64],
    asked: &[i64],
) -> Result<HashMap<usize, usize>, TeachError> {
    let known_rows = rows(patches, known)?;
    let mut best: HashMap<usize, (f64, usize)> = HashMap::new();
    for chosen in asked.chunks(BATCH) {
        let alike = rows(patches, chosen)?.f_matmul(&known_rows.f_transpose(0, 1)?)?;
        let (most, at) = alike.f_max_dim(1, false)?;
        let (most, at) = (Vec::<f64>::try_from(&most.f_to_kind(Kind::Double)?)?, Vec::<i64>::try_from(&at)?);
        for ((index, most), at) in chosen.iter().zip(most).zip(at) {
            let (Some(example), Some(found)) = (
                material.examples.get(*index as usize),
                known.get(at as usize).and_then(|at| material.examples.get(*at as usize)),
            ) else {
                return Err(TeachError::Unsound);
            };
            let place = best.entry(example.tag).or_insert((f64::NEG_INFINITY, 0));
            if most > place.0 {
                *place = (most, found.label);
            }
        }
    }
    Ok(best.into_iter().map(|(tag, (_, label))| (tag, label)).collect())
}

/// Each patch as a row of length 1 around 0.
fn rows(patches: &Patches, indexes: &[i64]) -> Result<Tensor, TeachError> {
    let mut parts = Vec::new();
    for chosen in indexes.chunks(BATCH) {
        let small = patches.cores(chosen)?.f_adaptive_avg_pool2d([SIDE, SIDE])?.f_flatten(1, -1)?;
        let centred = &small - small.f_mean_dim(&[1_i64][..], true, Kind::Float)?;
        let length = centred.f_square()?.f_sum_dim_intlist(&[1_i64][..], true, Kind::Float)?.f_sqrt()?;
        parts.push(centred / length.f_clamp_min(1e-6)?);
    }
    Ok(Tensor::f_cat(&parts, 0)?)
}
