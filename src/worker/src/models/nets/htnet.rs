//! HTNet: which micro-expression the optical flow between onset and apex of a face shows.
//!
//! Wang, Zhang, Shi and Yu, "HTNet for micro-expression recognition" (Neurocomputing, 2024), written from the paper. The
//! 28 × 28 flow picture is cut into 4 × 4 patches, and each block attends within one of them, so that a block's
//! attention sees a single token: its output is that token's value, and its queries and keys have no say.

use tch::{Kind, Tensor};

use super::blocks::{LayerNorm, Linear};
use super::scope::Scope;

/// Side of the flow picture.
pub const SIDE: i64 = 28;

const PATCH: i64 = 7;
const LEVELS: [(i64, i64, usize); 3] = [(256, 3, 2), (512, 6, 2), (1024, 12, 10)];
const EPS: f64 = 1e-5;

struct Block {
    norm1: LayerNorm,
    value: Tensor,
    out: Linear,
    norm2: LayerNorm,
    first: Linear,
    second: Linear,
}

impl Block {
    fn new(scope: &Scope<'_>, size: i64, heads: i64) -> Self {
        let inner = size / heads * heads;
        let attention = scope.sub(0);
        let qkv = attention.learned("fn.to_qkv.weight", &[3 * inner, size, 1, 1]);
        let mlp = scope.sub(1);
        Self {
            value: qkv.narrow(0, 2 * inner, inner).reshape([inner, size]).contiguous(),
            norm1: LayerNorm::of_channels(&attention.sub("norm"), size, EPS),
            out: pointwise(&attention.sub("fn.to_out.0"), inner, size),
            norm2: LayerNorm::of_channels(&mlp.sub("norm"), size, EPS),
            first: pointwise(&mlp.sub("fn.net.0"), size, 4 * size),
            second: pointwise(&mlp.sub("fn.net.3"), 4 * size, size),
        }
    }

    fn run(&self, x: &Tensor) -> Tensor {
        let value = self.norm1.run(x).linear(&self.value, None::<&Tensor>);
        let x = x + self.out.run(&value);
        &x + self.second.run(&self.first.run(&self.norm2.run(&x)).gelu("none"))
    }
}

/// Two by two blocks become one: a 3 × 3 convolution, normalisation, max-pooling.
struct Aggregate {
    weight: Tensor,
    bias: Tensor,
    norm: LayerNorm,
}

impl Aggregate {
    fn new(scope: &Scope<'_>, from: i64, to: i64) -> Self {
        Self {
            weight: scope.learned("0.weight", &[to, from, 3, 3]),
            bias: scope.learned("0.bias", &[to]),
            norm: LayerNorm::of_channels(&scope.sub(1), to, EPS),
        }
    }

    /// B × H × W × C, halved in both directions.
    fn run(&self, x: &Tensor) -> Tensor {
        let maps = x.permute([0, 3, 1, 2]).conv2d(&self.weight, Some(&self.bias), [1, 1], [1, 1], [1, 1], 1);
        let maps = self.norm.run(&maps.permute([0, 2, 3, 1])).permute([0, 3, 1, 2]);
        maps.max_pool2d([3, 3], [2, 2], [1, 1], [1, 1], false).permute([0, 2, 3, 1])
    }
}

struct Level {
    position: Tensor,
    blocks: Vec<Block>,
    aggregate: Option<Aggregate>,
}

/// The network.
pub struct HtNet {
    embed: Linear,
    levels: Vec<Level>,
    norm: LayerNorm,
    head: Linear,
}

impl HtNet {
    /// With so many classes: negative, positive, surprise in the published network.
    pub fn new(scope: &Scope<'_>, classes: i64) -> Self {
        let embed = pointwise(&scope.sub("to_patch_embedding.1"), 3 * PATCH * PATCH, LEVELS[0].0);
        let level = |i: usize| {
            let (size, heads, depth) = LEVELS[i];
            let scope = scope.sub("layers").sub(i);
            let transformer = scope.sub(0);
            Level {
                position: transformer.learned("pos_emb", &[1]),
                blocks: (0..depth).map(|b| Block::new(&transformer.sub("layers").sub(b), size, heads)).collect(),
                aggregate: LEVELS.get(i + 1).map(|next| Aggregate::new(&scope.sub(1), size, next.0)),
            }
        };
        let last = LEVELS[LEVELS.len() - 1].0;
        Self {
            embed,
            levels: (0..LEVELS.len()).map(level).collect(),
            norm: LayerNorm::of_channels(&scope.sub("mlp_head.0"), last, EPS),
            head: Linear::new(&scope.sub("mlp_head.2"), last, classes),
        }
    }

    /// One logit a class of B × 3 × 28 × 28.
    pub fn run(&self, pictures: &Tensor) -> Tensor {
        let (batch, grid) = (pictures.size()[0], SIDE / PATCH);
        // Rows and columns within a patch come before the colours.
        let patches = pictures.view([batch, 3, grid, PATCH, grid, PATCH]).permute([0, 2, 4, 3, 5, 1]);
        let mut x = self.embed.run(&patches.reshape([batch, grid, grid, 3 * PATCH * PATCH]));
        for level in &self.levels {
            x += &level.position;
            for block in &level.blocks {
                x = block.run(&x);
            }
            if let Some(aggregate) = &level.aggregate {
                x = aggregate.run(&x);
            }
        }
        self.head.run(&self.norm.run(&x).mean_dim([1_i64, 2].as_slice(), false, Kind::Float))
    }
}

/// A 1 × 1 convolution, which is a linear layer over the channels.
fn pointwise(scope: &Scope<'_>, inputs: i64, outputs: i64) -> Linear {
    let weight = scope.learned("weight", &[outputs, inputs, 1, 1]).reshape([outputs, inputs]);
    Linear { weight, bias: Some(scope.learned("bias", &[outputs])) }
}
