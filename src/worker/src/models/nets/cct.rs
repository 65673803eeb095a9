//! Compact convolutional transformers: a convolutional tokenizer, a few transformer blocks, attention pooling. The published
//! CCT-7/3×1 for pictures of 32 × 32 is one of them, and so is what is trained here.
//!
//! Hassani, Walton, Shah, Abuduweili, Li and Shi, "Escaping the big data paradigm with compact transformers" (2021).

use std::collections::HashMap;

use tch::Tensor;

use super::attention::SelfAttention;
use super::blocks::{Conv, LayerNorm, Linear, channels_last};
use super::merging::Merging;
use super::scope::Scope;

/// Side of the picture of the published network.
pub const SIDE: i64 = 32;

/// Channels between two convolutions of the tokenizer.
const BETWEEN: i64 = 64;
/// Numbers a head, in every published size.
const PER_HEAD: i64 = 64;
const EPS: f64 = 1e-5;

/// How large a compact transformer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Pixels a side; each convolution halves them.
    pub side: i64,
    /// Numbers a pixel.
    pub channels: i64,
    /// Convolutions of the tokenizer.
    pub convolutions: i64,
    /// Numbers a token.
    pub size: i64,
    /// Numbers in the middle of a block.
    pub hidden: i64,
    pub blocks: i64,
    pub classes: i64,
}

impl Plan {
    /// CCT-7/3×1 for pictures of 32 × 32.
    pub const fn published(classes: i64) -> Self {
        Self { side: SIDE, channels: 3, convolutions: 1, size: 256, hidden: 512, blocks: 7, classes }
    }

    /// The size of the family's smallest members: 128 numbers a token, as many in the middle of a block.
    pub const fn small(side: i64, channels: i64, convolutions: i64, blocks: i64, classes: i64) -> Self {
        Self { side, channels, convolutions, size: 128, hidden: 128, blocks, classes }
    }

    /// Tokens a picture.
    pub const fn tokens(&self) -> i64 {
        let side = self.side >> self.convolutions;
        side * side
    }

    const fn heads(&self) -> i64 {
        self.size / PER_HEAD
    }

    /// The plan that weights follow, as their shapes tell; `None` where they are no compact transformer's.
    pub fn of(values: &HashMap<String, Tensor>) -> Option<Self> {
        let shape = |name: &str| values.get(name).map(Tensor::size);
        let count =
            |name: &dyn Fn(i64) -> String| (0..64).take_while(|at| values.contains_key(&name(*at))).count() as i64;
        let convolutions = count(&|at| format!("tokenizer.conv_layers.{at}.0.weight"));
        let blocks = count(&|at| format!("classifier.blocks.{at}.linear1.weight"));
        let [_, channels, 3, 3] = shape("tokenizer.conv_layers.0.0.weight")?[..] else { return None };
        let [1, tokens, size] = shape("classifier.positional_emb")?[..] else { return None };
        let [hidden, _] = shape("classifier.blocks.0.linear1.weight")?[..] else { return None };
        let [classes, _] = shape("classifier.fc.weight")?[..] else { return None };
        let side = tokens.max(0).isqrt() << convolutions;
        let plan = Self { side, channels, convolutions, size, hidden, blocks, classes };
        (plan.tokens() == tokens && size > 0 && size % PER_HEAD == 0).then_some(plan)
    }
}

struct Block {
    pre_norm: LayerNorm,
    attention: SelfAttention,
    norm: LayerNorm,
    first: Linear,
    second: Linear,
}

impl Block {
    fn new(scope: &Scope<'_>, plan: &Plan) -> Self {
        let (size, hidden) = (plan.size, plan.hidden);
        Self {
            pre_norm: LayerNorm::new(&scope.sub("pre_norm"), size, EPS),
            attention: SelfAttention::new(&scope.sub("self_attn"), size, plan.heads(), false),
            norm: LayerNorm::new(&scope.sub("norm1"), size, EPS),
            first: Linear::new(&scope.sub("linear1"), size, hidden),
            second: Linear::new(&scope.sub("linear2"), hidden, size),
        }
    }

    fn run(&self, x: &Tensor) -> Tensor {
        // The normalised sum takes the place of the residual; this is how the published network is trained.
        let x = self.norm.run(&(x + self.attention.run(&self.pre_norm.run(x), None)));
        &x + self.second.run(&self.first.run(&x).gelu("none"))
    }

    /// The same, after which `r` tokens fewer are left. A token counts for as many as it stands for.
    fn run_merging(&self, x: &Tensor, sizes: &Tensor, r: i64) -> (Tensor, Tensor) {
        let weight = sizes.log().transpose(1, 2).unsqueeze(1);
        let (looked, keys) = self.attention.run_with_keys(&self.pre_norm.run(x), Some(&weight));
        let x = self.norm.run(&(x + looked));
        let (x, sizes) = Merging::of(&keys, r).merge(&x, sizes);
        (&x + self.second.run(&self.first.run(&x).gelu("none")), sizes)
    }
}

/// The network.
pub struct Cct {
    tokenizer: Vec<Conv>,
    positions: Tensor,
    blocks: Vec<Block>,
    norm: LayerNorm,
    pool: Linear,
    head: Linear,
}

impl Cct {
    /// Of that size.
    pub fn new(scope: &Scope<'_>, plan: &Plan) -> Self {
        let last = plan.convolutions - 1;
        let convolution = |at: i64| {
            let inputs = if at == 0 { plan.channels } else { BETWEEN };
            let outputs = if at == last { plan.size } else { BETWEEN };
            let name = format!("tokenizer.conv_layers.{at}.0.weight");
            Conv::of(&scope.learned(name, &[outputs, inputs, 3, 3]), None, 1, 1)
        };
        let tokenizer = (0..plan.convolutions).map(convolution).collect();
        let classifier = scope.sub("classifier");
        Self {
            tokenizer,
            positions: classifier.learned("positional_emb", &[1, plan.tokens(), plan.size]),
            blocks: (0..plan.blocks).map(|i| Block::new(&classifier.sub("blocks").sub(i), plan)).collect(),
            norm: LayerNorm::new(&classifier.sub("norm"), plan.size, EPS),
            pool: Linear::new(&classifier.sub("attention_pool"), plan.size, 1),
            head: Linear::new(&classifier.sub("fc"), plan.size, plan.classes),
        }
    }

    /// One logit a class of B × channels × side × side.
    pub fn run(&self, pictures: &Tensor) -> Tensor {
        let x = self.blocks.iter().fold(self.tokens(pictures), |x, block| block.run(&x));
        self.judge(&x, None)
    }

    /// The same, quicker and not quite the same: each block leaves `r` tokens fewer.
    pub fn run_merging(&self, pictures: &Tensor, r: i64) -> Tensor {
        let x = self.tokens(pictures);
        let sizes = Tensor::ones([x.size()[0], x.size()[1], 1], (x.kind(), x.device()));
        let (x, sizes) = self.blocks.iter().fold((x, sizes), |(x, sizes), block| block.run_merging(&x, &sizes, r));
        self.judge(&x, Some(&sizes))
    }

    fn tokens(&self, pictures: &Tensor) -> Tensor {
        let mut maps = channels_last(pictures);
        for convolution in &self.tokenizer {
            maps = convolution.run(&maps).relu().max_pool2d([3, 3], [2, 2], [1, 1], [1, 1], false);
        }
        maps.flatten(2, 3).transpose(1, 2) + &self.positions
    }

    /// Logits of tokens, of `sizes` places each.
    fn judge(&self, x: &Tensor, sizes: Option<&Tensor>) -> Tensor {
        let x = self.norm.run(x);
        let scores = self.pool.run(&x);
        let scores = sizes.map_or(scores.shallow_clone(), |sizes| scores + sizes.log());
        let shares = scores.softmax(1, None).transpose(1, 2);
        self.head.run(&shares.matmul(&x).squeeze_dim(1))
    }
}
