//! The reference beside each model: an input, and what the runtime that the model was published for answered to it.

use std::path::Path;

use tch::{Kind, Tensor};

use super::module::Module;
use super::{ModelError, ModelName, Networks};

/// Largest difference from the original, as a share of the output's range.
pub const TOLERANCE: f32 = 1e-3;

impl Networks {
    /// Runs a loaded model on its stored reference inputs and compares every output with the original runtime's: the
    /// largest difference, as a share of the output's range. `None` when the pack holds no reference for it.
    ///
    /// # Errors
    /// A reference that cannot be read; an answer that differs by more than [`TOLERANCE`].
    pub fn compare_with_original(&self, dir: &Path, name: ModelName) -> Result<Option<f32>, ModelError> {
        let module = self.module(name)?;
        let path = dir.join(name.folder()).join("reference.safetensors");
        if !path.exists() {
            return Ok(None);
        }
        compare(module, &path, name).map(Some)
    }
}

fn compare(module: &Module, path: &Path, name: ModelName) -> Result<f32, ModelError> {
    let torch = |error: &tch::TchError| super::module::torch(name, "reading its reference", error);
    let tensors = Tensor::read_safetensors(path).map_err(|error| torch(&error))?;
    let named = |wanted: String| tensors.iter().find(|(name, _)| *name == wanted).map(|(_, tensor)| tensor);
    let numbers = |tensor: &Tensor| -> Result<Vec<f32>, ModelError> {
        let read = || {
            let wide = tensor.f_to_kind(Kind::Float)?;
            // Samples are kept as the 16-bit numbers they were recorded as.
            let scaled = if tensor.kind() == Kind::Int16 { wide.f_div_scalar(32_768.0)? } else { wide };
            Vec::<f32>::try_from(scaled.f_contiguous()?.f_reshape([-1])?)
        };
        read().map_err(|error| torch(&error))
    };
    let mut inputs = Vec::new();
    while let Some(tensor) = named(format!("in.{}", inputs.len())) {
        let shape: Vec<usize> = tensor.size().iter().map(|side| usize::try_from(*side).unwrap_or(0)).collect();
        inputs.push((numbers(tensor)?, shape));
    }
    let given: Vec<(&[f32], &[usize])> = inputs.iter().map(|(values, shape)| (&values[..], &shape[..])).collect();
    let outputs = module.run(&given)?;
    let mut worst = 0.0_f32;
    for (at, ours) in outputs.iter().enumerate() {
        let Some(tensor) = named(format!("out.{at}")) else {
            return Err(module.unexpected("an output in its reference", "none"));
        };
        let theirs = numbers(tensor)?;
        if theirs.len() != ours.len() {
            return Err(module.unexpected(&format!("{} values", theirs.len()), &ours.len().to_string()));
        }
        let (low, high) = theirs.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
        let range = (high - low).max(1e-6);
        let apart = ours.iter().zip(&theirs).map(|(a, b)| (a - b).abs()).fold(0.0_f32, f32::max);
        // An output of a single number has no range of its own: it is measured against 1.
        let share = if theirs.len() == 1 { apart } else { apart / range };
        // What is no number is not within anything.
        if share.is_nan() || share > TOLERANCE {
            let expected = format!("the original's answer within a thousandth of its range ({range:.4})");
            return Err(module.unexpected(&expected, &format!("one {apart:.6} away")));
        }
        worst = worst.max(share);
    }
    Ok(worst)
}
