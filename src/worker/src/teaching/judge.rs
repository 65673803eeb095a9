//! A trained classifier at work.

use std::collections::HashMap;

use fieldgloss::analysis::training::What;
use tch::{Kind, Tensor};

use super::TeachError;
use super::patches::Patches;
use crate::models::nets::State;
use crate::models::nets::cct::{Cct, Plan};

const BATCH: usize = 256;

/// A compact transformer with weights from a file.
pub struct Judge {
    network: Cct,
    plan: Plan,
    mean: Tensor,
    std: Tensor,
}

impl Judge {
    /// From weights by name, checked key by key.
    ///
    /// # Errors
    /// [`TeachError::Weights`] when they are not those of a compact transformer for such examples.
    pub fn new(weights: HashMap<String, Tensor>, what: What, mean: &[f64], std: &[f64]) -> Result<Self, TeachError> {
        let wrong = |why: &str| TeachError::Weights(why.to_owned());
        let plan = Plan::of(&weights).ok_or_else(|| wrong("they are not those of a compact transformer"))?;
        if (plan.side, plan.channels) != (what.side(), what.channels()) {
            return Err(wrong("they are for pictures of another size"));
        }
        let state = State::listing();
        let _ = Cct::new(&state.root(), &plan);
        let keys = state.into_keys();
        let fits =
            |key: &crate::models::nets::Key| weights.get(&key.name).is_some_and(|value| value.size() == key.shape);
        if let Some(key) = keys.iter().find(|key| !fits(key)) {
            return Err(TeachError::Weights(format!("{} is missing or of another shape", key.name)));
        }
        if weights.len() != keys.len() {
            return Err(wrong("there are more than the network has a place for"));
        }
        let channels = what.channels() as usize;
        let usable = |values: &[f64]| values.len() == channels && values.iter().all(|v| v.is_finite());
        if !usable(mean) || !usable(std) || std.iter().any(|v| *v <= 0.0) {
            return Err(wrong("the card's mean and deviation do not fit"));
        }
        let per_colour = |values: &[f64]| -> Result<Tensor, TeachError> {
            let values: Vec<f32> = values.iter().map(|v| *v as f32).collect();
            Ok(Tensor::f_from_slice(&values)?.f_reshape([1, -1, 1, 1])?)
        };
        let weights = weights.into_iter().map(|(name, value)| (name, value.to_kind(Kind::Float))).collect();
        let network = tch::no_grad(|| Cct::new(&State::with(weights).root(), &plan));
        Ok(Self { network, plan, mean: per_colour(mean)?, std: per_colour(std)? })
    }

    /// How many labels it knows.
    pub const fn labels(&self) -> usize {
        self.plan.classes as usize
    }

    /// A share for each label of each patch.
    ///
    /// # Errors
    /// When memory runs out.
    pub fn shares(&self, patches: &Patches) -> Result<Vec<Vec<f32>>, TeachError> {
        let all: Vec<i64> = (0..patches.len() as i64).collect();
        let mut shares = Vec::with_capacity(all.len());
        for chosen in all.chunks(BATCH) {
            let pictures = (patches.cores(chosen)? - &self.mean) / &self.std;
            let said = tch::no_grad(|| self.network.run(&pictures)).f_softmax(-1, Kind::Float)?;
            shares.extend(Vec::<Vec<f32>>::try_from(&said)?);
        }
        Ok(shares)
    }
}
