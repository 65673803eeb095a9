//! The network while it learns: its weights, AdamW (Loshchilov and Hutter 2019), a rate that warms up and falls as a cosine.

use std::collections::HashMap;
use std::f64::consts::PI;

use fieldgloss::analysis::training::{Random, Settings};
use tch::nn::{AdamW, Optimizer, OptimizerConfig, VarStore};
use tch::{Device, Reduction, Tensor};

use super::augment::augment;
use super::patches::Patches;
use super::{TeachError, Watcher};
use crate::models::nets::cct::{Cct, Plan};
use crate::models::nets::{Key, State};

/// Of all steps, the rate warms up for this share.
const WARM_UP: f64 = 0.1;
/// Gradients longer than this are shortened.
const LONGEST_GRADIENT: f64 = 1.0;
/// No target.
const IGNORED: i64 = -100;

pub(super) struct Learner {
    store: VarStore,
    optimizer: Optimizer,
    plan: Plan,
    settings: Settings,
    mean: Tensor,
    std: Tensor,
    class_weights: Tensor,
}

impl Learner {
    pub(super) fn new(
        plan: Plan,
        settings: &Settings,
        mean: &[f64],
        std: &[f64],
        class_weights: &[f64],
    ) -> Result<Self, TeachError> {
        let store = VarStore::new(Device::Cpu);
        let state = State::listing();
        let _ = Cct::new(&state.root(), &plan);
        let mut random = Random::new(settings.seed);
        for key in state.into_keys() {
            let first = first_values(&key, &mut random)?;
            let mut parts: Vec<&str> = key.name.split('.').collect();
            let name = parts.pop().unwrap_or_default();
            let path = parts.into_iter().fold(store.root(), |path, part| path / part);
            // What scales or shifts is not pulled towards nothing, nor is where a token stands.
            let pulled = key.shape.len() > 1 && name != "positional_emb";
            let _ = path.set_group(usize::from(!pulled)).var_copy(name, &first);
        }
        let mut optimizer = AdamW { wd: settings.weight_decay, ..AdamW::default() }.build(&store, settings.rate)?;
        optimizer.set_weight_decay_group(1, 0.0);
        let per_colour = |values: &[f64]| -> Result<Tensor, TeachError> {
            let values: Vec<f32> = values.iter().map(|v| *v as f32).collect();
            Ok(Tensor::f_from_slice(&values)?.f_reshape([1, -1, 1, 1])?)
        };
        let weights: Vec<f32> = class_weights.iter().map(|v| *v as f32).collect();
        Ok(Self {
            store,
            optimizer,
            plan,
            settings: settings.clone(),
            mean: per_colour(mean)?,
            std: per_colour(std)?,
            class_weights: Tensor::f_from_slice(&weights)?,
        })
    }

    /// Numbers in the network.
    pub(super) fn parameters(&self) -> i64 {
        self.store.trainable_variables().iter().map(|v| v.numel() as i64).sum()
    }

    /// Logits of pictures of 0 to 1, B × channels × side².
    pub(super) fn run(&self, pictures: &Tensor) -> Tensor {
        // The network holds views of its weights, which a step's graph belongs to: it is put together anew each time.
        let network = Cct::new(&State::with(self.store.variables()).root(), &self.plan);
        network.run(&((pictures - &self.mean) / &self.std))
    }

    /// One pass over the examples in that order; gives the mean loss.
    pub(super) fn pass(
        &mut self,
        passes_before: usize,
        order: &[i64],
        patches: &Patches,
        labels: &Tensor,
        random: &mut Random,
        watcher: &mut dyn Watcher,
    ) -> Result<f64, TeachError> {
        let steps = order.len().div_ceil(self.settings.batch);
        let (mut sum, mut count) = (0.0, 0.0);
        for (step, chosen) in order.chunks(self.settings.batch).enumerate() {
            if !watcher.goes_on() {
                return Err(TeachError::Stopped);
            }
            self.optimizer.set_lr(self.rate(passes_before * steps + step, self.settings.epochs * steps));
            let pictures = augment(&patches.of(chosen)?, patches.what(), self.settings.flip, random)?;
            let targets = labels.f_index_select(0, &Tensor::f_from_slice(chosen)?)?;
            let logits = self.run(&pictures);
            let loss = logits.f_cross_entropy_loss(
                &targets,
                Some(&self.class_weights),
                Reduction::Mean,
                IGNORED,
                self.settings.smoothing,
            )?;
            self.optimizer.zero_grad();
            loss.f_backward()?;
            self.optimizer.clip_grad_norm(LONGEST_GRADIENT);
            self.optimizer.step();
            sum += f64::try_from(&loss)? * chosen.len() as f64;
            count += chosen.len() as f64;
        }
        Ok(sum / f64::max(count, 1.0))
    }

    fn rate(&self, step: usize, of: usize) -> f64 {
        let (step, of) = (step as f64, (of as f64).max(1.0));
        let warm = (of * WARM_UP).max(1.0);
        if step < warm {
            return self.settings.rate * (step + 1.0) / warm;
        }
        let part = (step - warm) / (of - warm).max(1.0);
        self.settings.rate * (0.5 + 0.5 * (PI * part.min(1.0)).cos()).max(0.01)
    }

    /// The weights as they are now.
    pub(super) fn copy(&self) -> Result<HashMap<String, Tensor>, TeachError> {
        let variables = self.store.variables().into_iter();
        tch::no_grad(|| variables.map(|(name, value)| Ok((name, value.copy().detach()))).collect())
    }

    /// Takes weights back.
    pub(super) fn restore(&mut self, weights: &HashMap<String, Tensor>) -> Result<(), TeachError> {
        tch::no_grad(|| {
            for (name, mut variable) in self.store.variables() {
                if let Some(value) = weights.get(&name) {
                    variable.f_copy_(value)?;
                }
            }
            Ok(())
        })
    }

    /// Weights by name, whose logits are those divided by the temperature.
    pub(super) fn calibrated(
        &self,
        weights: &HashMap<String, Tensor>,
        temperature: f64,
    ) -> Result<Vec<(String, Tensor)>, TeachError> {
        let mut named = Vec::with_capacity(weights.len());
        for (name, value) in weights {
            let is_last = name.starts_with("classifier.fc.");
            let value = if is_last { value.f_div_scalar(temperature)? } else { value.shallow_clone() };
            named.push((name.clone(), value));
        }
        named.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(named)
    }
}

/// As the published code begins: linear layers with a small normal distribution cut at two deviations, convolutions after He
/// et al. (2015), ones for what scales, zeros for what shifts.
fn first_values(key: &Key, random: &mut Random) -> Result<Tensor, TeachError> {
    let count: i64 = key.shape.iter().product();
    let name = key.name.rsplit('.').next().unwrap_or_default();
    let fan_in = (count / key.shape.first().copied().unwrap_or(1).max(1)).max(1);
    let deviation = match (name, key.shape.len()) {
        ("positional_emb", _) => 0.2,
        (_, 4) => (2.0 / fan_in as f64).sqrt(),
        (_, 2) => 0.02,
        _ => 0.0,
    };
    let fixed = if name == "weight" { 1.0 } else { 0.0 };
    let mut one = || {
        if deviation == 0.0 {
            return fixed;
        }
        loop {
            let value = random.normal();
            if value.abs() <= 2.0 {
                return (value * deviation) as f32;
            }
        }
    };
    let values: Vec<f32> = (0..count).map(|_| one()).collect();
    Ok(Tensor::f_from_slice(&values)?.f_reshape(&key.shape[..])?)
}
