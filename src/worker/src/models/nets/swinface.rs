//! SwinFace: recognition, expression, age and forty attributes of an aligned face.
//!
//! Qin, Wang, Deng, Wang and Zhang, "SwinFace: A multi-task transformer for face recognition, expression recognition, age
//! estimation and attribute estimation" (IEEE TCSVT, 2023): a Swin-T backbone with patches of 2, and eleven branches that
//! each look at the features of all four stages in their own way.

use tch::{Kind, Tensor};

use super::blocks::{BatchNorm, LayerNorm, Linear, PARTS, channels_last, turned};
use super::scope::Scope;
use super::swin::{Merge, Naming, Stage};

/// Side of the picture.
pub const SIDE: i64 = 112;

const NAMING: Naming = Naming { mlp: ["fc1", "fc2"], masks: true, flat_index: false };
/// Tokens a side, size, heads and blocks of each stage.
const STAGES: [(i64, i64, i64, usize); 4] = [(56, 96, 3, 2), (28, 192, 6, 2), (14, 384, 12, 6), (7, 768, 24, 2)];
const GRID: i64 = STAGES[3].0;
const DEEPEST: i64 = STAGES[3].1;
const SIZE: i64 = 512;
const EPS: f64 = 1e-5;
const BATCH_EPS: f64 = 2e-5;

/// Channels of each level of features, and what a branch makes of them.
const LEVELS: [(i64, i64); 4] = [(192, 47), (384, 93), (768, 186), (768, 186)];

/// The branches and what each says, in the order of the output layers. Two numbers are logits of no and yes.
pub const BRANCHES: [&[(&str, i64)]; 11] = [
    &[("gender", 2)],
    &[("age", 1), ("young", 2)],
    &[("expression", 7), ("smiling", 2)],
    &[("attractive", 2), ("blurry", 2), ("chubby", 2), ("heavy_makeup", 2), ("oval_face", 2), ("pale_skin", 2)],
    &[
        ("bald", 2),
        ("bangs", 2),
        ("black_hair", 2),
        ("blond_hair", 2),
        ("brown_hair", 2),
        ("gray_hair", 2),
        ("receding_hairline", 2),
        ("straight_hair", 2),
        ("wavy_hair", 2),
        ("wearing_hat", 2),
    ],
    &[("arched_eyebrows", 2), ("bags_under_eyes", 2), ("bushy_eyebrows", 2), ("eyeglasses", 2), ("narrow_eyes", 2)],
    &[("big_nose", 2), ("pointy_nose", 2)],
    &[("high_cheekbones", 2), ("rosy_cheeks", 2), ("wearing_earrings", 2), ("sideburns", 2)],
    &[
        ("five_o_clock_shadow", 2),
        ("big_lips", 2),
        ("mouth_slightly_open", 2),
        ("mustache", 2),
        ("wearing_lipstick", 2),
        ("no_beard", 2),
    ],
    &[("double_chin", 2), ("goatee", 2)],
    &[("wearing_necklace", 2), ("wearing_necktie", 2)],
];

struct Branch {
    gate: [Linear; 2],
    norm: BatchNorm,
    subnet: [Linear; 2],
    outputs: Vec<(&'static str, Linear)>,
}

impl Branch {
    fn new(scope: &Scope<'_>, index: usize) -> Self {
        let attention = scope.sub("fam.nets").sub(index);
        let gate = attention.sub("channel_attention.mlp");
        let subnet = scope.sub("tss.nets").sub(index).sub("feature");
        let before: usize = BRANCHES.iter().take(index).map(|branch| branch.len()).sum();
        let output = |(i, &(name, numbers)): (usize, &(&'static str, i64))| {
            (name, Linear::new(&scope.sub("om.output_fcs").sub(before + i), SIZE, numbers))
        };
        Self {
            gate: [Linear::new(&gate.sub(1), SIZE, SIZE / 16), Linear::new(&gate.sub(3), SIZE / 16, SIZE)],
            norm: BatchNorm::new(&attention.sub("norm"), SIZE, BATCH_EPS),
            subnet: [Linear::new(&subnet.sub(0), SIZE, SIZE), Linear::new(&subnet.sub(3), SIZE, SIZE)],
            outputs: BRANCHES[index].iter().enumerate().map(output).collect(),
        }
    }

    /// From the mean and the maximum of each channel, B × 512 each.
    fn run(&self, mean: &Tensor, most: &Tensor) -> Vec<(&'static str, Tensor)> {
        let gate = |x: &Tensor| self.gate[1].run(&self.gate[0].run(x).relu());
        let scale = (gate(mean) + gate(most)).sigmoid();
        // The gate is positive, so it may scale the maximum instead of the map.
        let x = self.norm.run(&(most * scale).relu());
        let x = self.subnet[1].run(&self.subnet[0].run(&x).relu()).relu();
        self.outputs.iter().map(|(name, layer)| (*name, layer.run(&x))).collect()
    }
}

/// The network.
pub struct SwinFace {
    embed: (Tensor, Tensor),
    embed_norm: LayerNorm,
    stages: Vec<Stage>,
    /// Tokens of a window that are merged in each block; 0 unless somebody wants it quicker and less exact.
    pub(super) merge: i64,
    merges: Vec<Merge>,
    norm: LayerNorm,
    identity: [(Linear, BatchNorm); 2],
    /// The kernels of all branches for each level of features, one after the other.
    kernels: Vec<Tensor>,
    branches: Vec<Branch>,
}

impl SwinFace {
    /// Of the published size.
    pub fn new(scope: &Scope<'_>) -> Self {
        let backbone = scope.sub("backbone");
        let embed = backbone.sub("patch_embed");
        let size = STAGES[0].1;
        let layers = backbone.sub("layers");
        let stage = |i: usize| {
            let (side, size, heads, depth) = STAGES[i];
            Stage::new(&layers.sub(i).sub("blocks"), side, size, heads, depth, NAMING)
        };
        let merge = |i: usize| Merge::new(&layers.sub(i).sub("downsample"), STAGES[i].0, STAGES[i].1);
        // A classifier that the published network keeps but does not use.
        Linear::new(&backbone.sub("head"), DEEPEST, SIZE);
        let feature = backbone.sub("feature");
        let step = |i: usize, outputs: i64| {
            let layer = Linear::plain(&feature.sub(i), DEEPEST, outputs);
            (layer, BatchNorm::new(&feature.sub(i + 1), outputs, BATCH_EPS))
        };
        let kernels = LEVELS.iter().enumerate().map(|(level, &(from, to))| {
            let of_branch = |branch: usize| {
                let name = format!("fam.nets.{branch}.conv.convs.{level}.weight");
                scope.learned(name, &[to, from, 3, 3])
            };
            padded(&Tensor::cat(&(0..BRANCHES.len()).map(of_branch).collect::<Vec<_>>(), 0))
        });
        Self {
            embed: (embed.learned("proj.weight", &[size, 3, 2, 2]), embed.learned("proj.bias", &[size])),
            embed_norm: LayerNorm::new(&embed.sub("norm"), size, EPS),
            stages: (0..4).map(stage).collect(),
            merge: 0,
            merges: (0..3).map(merge).collect(),
            norm: LayerNorm::new(&backbone.sub("norm"), DEEPEST, EPS),
            identity: [step(0, DEEPEST), step(2, SIZE)],
            kernels: kernels.collect(),
            branches: (0..BRANCHES.len()).map(|i| Branch::new(scope, i)).collect(),
        }
    }

    /// Every head of B × 3 × 112 × 112 by name; `recognition` is the embedding, B × 512.
    pub fn run(&self, pictures: &Tensor) -> Vec<(&'static str, Tensor)> {
        let batch = pictures.size()[0];
        let (weight, bias) = &self.embed;
        let patches = channels_last(pictures).conv2d(weight, Some(bias), [2, 2], [0, 0], [1, 1], 1);
        let mut x = self.embed_norm.run(&patches.flatten(2, 3).transpose(1, 2).contiguous());
        let mut levels = Vec::with_capacity(4);
        for (i, stage) in self.stages.iter().enumerate() {
            x = stage.run(&x, self.merge);
            match self.merges.get(i) {
                Some(merge) => {
                    x = merge.run(&x);
                    levels.push(pooled(&x, batch, STAGES[i].0 / 2));
                }
                None => levels.push(pooled(&x, batch, GRID)),
            }
        }
        let identity = self.norm.run(&x).mean_dim([1_i64].as_slice(), false, Kind::Float);
        let identity = self.identity.iter().fold(identity, |x, (layer, norm)| norm.run(&layer.run(&x)));
        let (means, most) = self.summaries(&levels, batch);
        let mut outputs: Vec<_> = (0..)
            .zip(&self.branches)
            .flat_map(|(i, branch)| branch.run(&means.select(1, i), &most.select(1, i)))
            .collect();
        outputs.push(("recognition", identity));
        outputs
    }

    /// Mean and maximum of every channel of every branch: B × 11 × 512 each.
    fn summaries(&self, levels: &[Tensor], batch: i64) -> (Tensor, Tensor) {
        let (mut means, mut most) = (Vec::new(), Vec::new());
        for (maps, (kernel, (_, of_branch))) in levels.iter().zip(self.kernels.iter().zip(LEVELS)) {
            // The kernels are a hundred million bytes and the maps a few thousand: it is the maps that are brought into order.
            let pixels = maps.contiguous().im2col([3, 3], [1, 1], [1, 1], [1, 1]).transpose(1, 2);
            let pixels = pixels.reshape([batch * GRID * GRID, -1]);
            let count = BRANCHES.len() as i64 * of_branch;
            let seen = turned(kernel, &pixels).narrow(1, 0, count).reshape([batch, GRID * GRID, count]);
            let shape = [batch, BRANCHES.len() as i64, -1];
            means.push(seen.mean_dim([1_i64].as_slice(), false, Kind::Float).view(shape));
            most.push(seen.amax([1_i64], false).view(shape));
        }
        (Tensor::cat(&means, 2), Tensor::cat(&most, 2))
    }
}

/// Kernels as rows, with rows of nothing up to a multiple of [`PARTS`].
fn padded(kernels: &Tensor) -> Tensor {
    let rows = kernels.flatten(1, -1);
    let missing = (PARTS - rows.size()[0] % PARTS) % PARTS;
    rows.constant_pad_nd([0, 0, 0, missing])
}

/// Tokens as maps of 7 × 7.
fn pooled(x: &Tensor, batch: i64, side: i64) -> Tensor {
    let maps = x.view([batch, side, side, -1]).permute([0, 3, 1, 2]);
    let factor = side / GRID;
    if factor == 1 { maps } else { maps.avg_pool2d([factor, factor], [factor, factor], [0, 0], false, true, None) }
}
