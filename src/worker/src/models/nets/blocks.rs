//! The small parts that the networks share: linear layers, normalisations, convolutions, multilayer perceptrons.

use std::fmt::Display;

use tch::{Device, Kind, Tensor};

use super::scope::Scope;

/// x·Wᵀ + b over the last dimension.
pub struct Linear {
    /// Outputs × inputs.
    pub weight: Tensor,
    /// One an output; none where the original has none.
    pub bias: Option<Tensor>,
}

impl Linear {
    /// With a bias.
    pub fn new(scope: &Scope<'_>, inputs: i64, outputs: i64) -> Self {
        let weight = scope.learned("weight", &[outputs, inputs]);
        Self { weight, bias: Some(scope.learned("bias", &[outputs])) }
    }

    /// Without.
    pub fn plain(scope: &Scope<'_>, inputs: i64, outputs: i64) -> Self {
        Self { weight: scope.learned("weight", &[outputs, inputs]), bias: None }
    }

    /// Runs it.
    pub fn run(&self, x: &Tensor) -> Tensor {
        x.linear(&self.weight, self.bias.as_ref())
    }
}

/// Normalisation over the last dimension.
pub struct LayerNorm {
    weight: Tensor,
    bias: Tensor,
    eps: f64,
}

impl LayerNorm {
    /// Over `size` channels.
    pub fn new(scope: &Scope<'_>, size: i64, eps: f64) -> Self {
        Self { weight: scope.learned("weight", &[size]), bias: scope.learned("bias", &[size]), eps }
    }

    /// The channel normalisation of convolutional code: parameters `g` and `b` of shape 1 × C × 1 × 1.
    pub fn of_channels(scope: &Scope<'_>, size: i64, eps: f64) -> Self {
        let shape = [1, size, 1, 1];
        let (weight, bias) = (scope.learned("g", &shape), scope.learned("b", &shape));
        Self { weight: weight.reshape([size]), bias: bias.reshape([size]), eps }
    }

    /// Runs it.
    pub fn run(&self, x: &Tensor) -> Tensor {
        x.layer_norm(self.weight.size(), Some(&self.weight), Some(&self.bias), self.eps, false)
    }
}

/// Batch normalisation as it works after training: a scale and a shift a channel.
pub struct BatchNorm {
    /// One a channel.
    pub scale: Tensor,
    /// One a channel.
    pub shift: Tensor,
}

impl BatchNorm {
    /// Over `size` channels.
    pub fn new(scope: &Scope<'_>, size: i64, eps: f64) -> Self {
        let (weight, bias) = (scope.learned("weight", &[size]), scope.learned("bias", &[size]));
        let (mean, var) = (scope.kept("running_mean", &[size]), scope.kept("running_var", &[size]));
        let _ = scope.made("num_batches_tracked", &Tensor::zeros([0_i64; 0], (Kind::Int64, Device::Cpu)));
        let scale = weight / (var + eps).sqrt();
        let shift = bias - mean * &scale;
        Self { scale, shift }
    }

    /// Over the last dimension.
    pub fn run(&self, x: &Tensor) -> Tensor {
        x * &self.scale + &self.shift
    }
}

/// Two linear layers with a GELU between.
pub struct Mlp {
    first: Linear,
    second: Linear,
}

impl Mlp {
    /// `names` are those of the two layers.
    pub fn new(scope: &Scope<'_>, names: [impl Display; 2], size: i64, hidden: i64) -> Self {
        let [first, second] = names;
        Self {
            first: Linear::new(&scope.sub(first), size, hidden),
            second: Linear::new(&scope.sub(second), hidden, size),
        }
    }

    /// Runs it.
    pub fn run(&self, x: &Tensor) -> Tensor {
        self.second.run(&self.first.run(x).gelu("none"))
    }
}

/// 3 × 3 kernels and the like over channels-last pictures.
pub struct Conv {
    weight: Tensor,
    bias: Option<Tensor>,
    stride: i64,
    padding: i64,
}

impl Conv {
    /// From a weight (outputs × inputs × rows × columns) and a bias.
    pub fn of(weight: &Tensor, bias: Option<Tensor>, stride: i64, padding: i64) -> Self {
        Self { weight: channels_last(weight), bias, stride, padding }
    }

    /// Runs it on B × C × H × W.
    pub fn run(&self, x: &Tensor) -> Tensor {
        let (stride, padding) = ([self.stride; 2], [self.padding; 2]);
        x.conv2d(&self.weight, self.bias.as_ref(), stride, padding, [1, 1], 1)
    }
}

/// The same picture with its channels innermost in memory, which spares the convolutions a reordering.
pub fn channels_last(x: &Tensor) -> Tensor {
    let size = x.size();
    if size.len() == 4 { x.permute([0, 2, 3, 1]).contiguous().permute([0, 3, 1, 2]) } else { x.contiguous() }
}
