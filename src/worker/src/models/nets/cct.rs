//! CCT-7/3×1 for pictures of 32 × 32: a convolutional tokenizer, seven transformer blocks, attention pooling.
//!
//! Hassani, Walton, Shah, Abuduweili, Li and Shi, "Escaping the big data paradigm with compact transformers" (2021).

use tch::Tensor;

use super::attention::SelfAttention;
use super::blocks::{Conv, LayerNorm, Linear, channels_last};
use super::scope::Scope;

/// Side of the picture.
pub const SIDE: i64 = 32;

const SIZE: i64 = 256;
const HIDDEN: i64 = 512;
const TOKENS: i64 = 256;
const HEADS: i64 = 4;
const BLOCKS: usize = 7;
const EPS: f64 = 1e-5;

struct Block {
    pre_norm: LayerNorm,
    attention: SelfAttention,
    norm: LayerNorm,
    first: Linear,
    second: Linear,
}

impl Block {
    fn new(scope: &Scope<'_>) -> Self {
        Self {
            pre_norm: LayerNorm::new(&scope.sub("pre_norm"), SIZE, EPS),
            attention: SelfAttention::new(&scope.sub("self_attn"), SIZE, HEADS, false),
            norm: LayerNorm::new(&scope.sub("norm1"), SIZE, EPS),
            first: Linear::new(&scope.sub("linear1"), SIZE, HIDDEN),
            second: Linear::new(&scope.sub("linear2"), HIDDEN, SIZE),
        }
    }

    fn run(&self, x: &Tensor) -> Tensor {
        // The normalised sum takes the place of the residual; this is how the published network is trained.
        let x = self.norm.run(&(x + self.attention.run(&self.pre_norm.run(x), None)));
        &x + self.second.run(&self.first.run(&x).gelu("none"))
    }
}

/// The network.
pub struct Cct {
    tokenizer: Conv,
    positions: Tensor,
    blocks: Vec<Block>,
    norm: LayerNorm,
    pool: Linear,
    head: Linear,
}

impl Cct {
    /// With so many classes.
    pub fn new(scope: &Scope<'_>, classes: i64) -> Self {
        let kernel = scope.learned("tokenizer.conv_layers.0.0.weight", &[SIZE, 3, 3, 3]);
        let classifier = scope.sub("classifier");
        Self {
            tokenizer: Conv::of(&kernel, None, 1, 1),
            positions: classifier.learned("positional_emb", &[1, TOKENS, SIZE]),
            blocks: (0..BLOCKS).map(|i| Block::new(&classifier.sub("blocks").sub(i))).collect(),
            norm: LayerNorm::new(&classifier.sub("norm"), SIZE, EPS),
            pool: Linear::new(&classifier.sub("attention_pool"), SIZE, 1),
            head: Linear::new(&classifier.sub("fc"), SIZE, classes),
        }
    }

    /// One logit a class of B × 3 × 32 × 32.
    pub fn run(&self, pictures: &Tensor) -> Tensor {
        let maps =
            self.tokenizer.run(&channels_last(pictures)).relu().max_pool2d([3, 3], [2, 2], [1, 1], [1, 1], false);
        let mut x = maps.flatten(2, 3).transpose(1, 2) + &self.positions;
        for block in &self.blocks {
            x = block.run(&x);
        }
        let x = self.norm.run(&x);
        let shares = self.pool.run(&x).softmax(1, None).transpose(1, 2);
        self.head.run(&shares.matmul(&x).squeeze_dim(1))
    }
}
