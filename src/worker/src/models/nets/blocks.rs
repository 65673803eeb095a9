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

    /// Runs it, as a convolution of one pixel where that is quicker: oneDNN's is about twice as quick as the product that
    /// libtorch takes otherwise (measured on a processor of AMD's), and needs no copies, since a row of tokens is a picture
    /// with its channels innermost.
    pub fn run(&self, x: &Tensor) -> Tensor {
        let shape = self.weight.size();
        let (outputs, inputs) = (shape[0], shape[1]);
        let rows = x.numel() as i64 / inputs.max(1);
        if (FEW_ROWS..MANY_ROWS).contains(&rows) && inputs >= FEWEST && outputs % PARTS == 0 {
            return self.run_turned(x, rows);
        }
        let Some(pictures) = pictures(rows).filter(|_| inputs >= FEWEST && outputs >= FEWEST) else {
            return self.run_plain(x);
        };
        let picture = x.reshape([pictures, rows / pictures, 1, inputs]).permute([0, 3, 1, 2]);
        let kernel = self.weight.view([outputs, inputs, 1, 1]);
        let out = picture.conv2d(&kernel, self.bias.as_ref(), [1, 1], [0, 0], [1, 1], 1);
        let mut size = x.size();
        if let Some(last) = size.last_mut() {
            *last = outputs;
        }
        out.permute([0, 2, 3, 1]).reshape(size)
    }

    /// For few tokens: the weights are the picture and the tokens its kernels, so that the weights, which are large, need not
    /// be brought into another order.
    fn run_turned(&self, x: &Tensor, rows: i64) -> Tensor {
        let shape = self.weight.size();
        let (outputs, inputs) = (shape[0], shape[1]);
        let turned = turned(&self.weight, &x.reshape([rows, inputs])).contiguous();
        let mut size = x.size();
        if let Some(last) = size.last_mut() {
            *last = outputs;
        }
        let out = turned.view(size.as_slice());
        self.bias.as_ref().map_or(out.shallow_clone(), |bias| out + bias)
    }

    /// Runs it as the original does, for where a later choice hangs on the last bits.
    pub fn run_plain(&self, x: &Tensor) -> Tensor {
        x.linear(&self.weight, self.bias.as_ref())
    }
}

/// tokens·weightsᵀ (rows × inputs, outputs × inputs), with the weights as the picture: rows × outputs. The outputs must be a
/// multiple of [`PARTS`].
pub fn turned(weights: &Tensor, tokens: &Tensor) -> Tensor {
    let (outputs, inputs) = (weights.size()[0], weights.size()[1]);
    let rows = tokens.size()[0];
    let picture = weights.reshape([PARTS, outputs / PARTS, 1, inputs]).permute([0, 3, 1, 2]);
    let kernels = tokens.reshape([rows, inputs, 1, 1]);
    let out = picture.conv2d(&kernels, None::<&Tensor>, [1, 1], [0, 0], [1, 1], 1);
    out.permute([0, 2, 3, 1]).reshape([outputs, rows]).transpose(0, 1)
}

/// From so many tokens on, and below so many, the weights are the picture.
const FEW_ROWS: i64 = 8;
const MANY_ROWS: i64 = 64;
/// Pictures that weights are parted into: with sixteen libtorch takes oneDNN whatever the number of threads.
pub const PARTS: i64 = 16;

/// Layers with fewer inputs or outputs are too small for the detour.
const FEWEST: i64 = 32;

/// Into how many pictures so many tokens are parted: libtorch takes oneDNN for sixteen or more, or with several threads; and
/// oneDNN wants a few pixels in each. `None`: not worth it.
fn pictures(rows: i64) -> Option<i64> {
    let even = (16..=32).find(|pictures| rows % pictures == 0 && rows / pictures >= 4);
    even.or((rows >= 64 && tch::get_num_threads() > 1).then_some(1))
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

    /// The same with the original's products, for where a later choice hangs on the last bits.
    pub fn run_plain(&self, x: &Tensor) -> Tensor {
        self.second.run_plain(&self.first.run_plain(x).gelu("none"))
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
