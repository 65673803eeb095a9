//! A trained classifier as a program of TorchScript: an ordinary model that any program can run.

use std::collections::HashMap;
use std::path::Path;

use fieldgloss::analysis::training::What;
use tch::{CModule, Device, Kind, Tensor};

use super::{TeachError, sound};
use crate::models::nets::State;
use crate::models::nets::cct::{Cct, Plan};

/// Writes it. One input a run: a picture made ready (1 × 3 × 32 × 32), or a second of samples at 16 kHz (1 × 16,000); logits
/// come out, 1 × labels.
///
/// # Errors
/// [`TeachError::Weights`]; when it cannot be written.
pub fn write(
    weights: HashMap<String, Tensor>,
    what: What,
    mean: &[f64],
    std: &[f64],
    path: &Path,
) -> Result<(), TeachError> {
    let plan = Plan::of(&weights).ok_or_else(|| TeachError::Weights("they are no compact transformer's".to_owned()))?;
    let (mean, std) = (mean.first().copied().unwrap_or(0.0), std.first().copied().unwrap_or(1.0));
    tch::no_grad(|| {
        let network = Cct::new(&State::with(weights).root(), &plan);
        let kind = (Kind::Float, Device::Cpu);
        let input = match what {
            What::Sound => Tensor::f_rand([1, sound::SAMPLES as i64], kind)?,
            _ => Tensor::f_rand([1, plan.channels, plan.side, plan.side], kind)?,
        };
        let mut failed = None;
        let mut run = |inputs: &[Tensor]| {
            let given = &inputs[0];
            if what != What::Sound {
                return vec![network.run(given)];
            }
            match sound::levels(&given.squeeze_dim(0)) {
                Ok(levels) => vec![network.run(&((levels - mean) / std).unsqueeze(0).unsqueeze(0))],
                Err(error) => {
                    failed = Some(error);
                    vec![given.shallow_clone()]
                }
            }
        };
        let program = CModule::create_by_tracing("Trained", "forward", &[input], &mut run)?;
        if let Some(error) = failed {
            return Err(error);
        }
        Ok(program.save(path)?)
    })
}
