//! FaceXFormer: landmarks, head pose, attributes, visibility, age, gender, race and parsing of a face in one pass.
//!
//! Narayan, VS, Chellappa and Patel, "FaceXFormer: A unified transformer for facial analysis" (2024): a Swin-B backbone whose
//! four stages are fused, and a decoder in which one token a task looks at the picture and the picture at the tokens
//! (after Segment Anything's two-way decoder).

use std::f64::consts::TAU;

use tch::{Device, Kind, Tensor};

use super::attention::CrossAttention;
use super::blocks::{LayerNorm, Linear, channels_last};
use super::scope::Scope;
use super::swin::{Merge, Naming, Stage};

/// Side of the picture.
pub const SIDE: i64 = 224;
/// Classes of the parsing.
pub const PARTS: i64 = 11;

const NAMING: Naming = Naming { mlp: ["0", "3"], masks: false, flat_index: true };
/// Tokens a side, size, heads and blocks of each stage.
const STAGES: [(i64, i64, i64, usize); 4] = [(56, 128, 4, 2), (28, 256, 8, 2), (14, 512, 16, 18), (7, 1024, 32, 2)];
const GRID: i64 = STAGES[0].0;
const SIZE: i64 = 256;
const HEADS: i64 = 8;
const EPS: f64 = 1e-5;

/// The heads in the order of their tokens: name of the token, of the head, of the output, and its numbers.
const TASKS: [(&str, &str, &str, i64); 7] = [
    ("landmarks", "landmarks", "landmark", 136),
    ("pose", "pose", "headpose", 3),
    ("attribute", "attribute", "attribute", 40),
    ("visibility", "visibility", "visibility", 29),
    ("age", "age", "age", 8),
    ("gender", "gender", "gender", 2),
    ("race", "race", "race", 5),
];

/// Three linear layers with ReLUs between.
struct Perceptron([Linear; 3]);

impl Perceptron {
    fn new(scope: &Scope<'_>, outputs: i64) -> Self {
        let layers = scope.sub("layers");
        Self([
            Linear::new(&layers.sub(0), SIZE, SIZE),
            Linear::new(&layers.sub(1), SIZE, SIZE),
            Linear::new(&layers.sub(2), SIZE, outputs),
        ])
    }

    fn run(&self, x: &Tensor) -> Tensor {
        let [first, second, third] = &self.0;
        third.run(&second.run(&first.run(x).relu()).relu())
    }
}

/// One layer of the decoder.
struct TwoWay {
    own: CrossAttention,
    norm1: LayerNorm,
    to_picture: CrossAttention,
    norm2: LayerNorm,
    lin1: Linear,
    lin2: Linear,
    norm3: LayerNorm,
    norm4: LayerNorm,
    to_tokens: CrossAttention,
    first: bool,
}

impl TwoWay {
    fn new(scope: &Scope<'_>, first: bool) -> Self {
        let norm = |name: &str| LayerNorm::new(&scope.sub(name), SIZE, EPS);
        Self {
            own: attention(&scope.sub("self_attn"), SIZE),
            norm1: norm("norm1"),
            to_picture: attention(&scope.sub("cross_attn_token_to_image"), SIZE / 2),
            norm2: norm("norm2"),
            lin1: Linear::new(&scope.sub("mlp.lin1"), SIZE, 2048),
            lin2: Linear::new(&scope.sub("mlp.lin2"), 2048, SIZE),
            norm3: norm("norm3"),
            norm4: norm("norm4"),
            to_tokens: attention(&scope.sub("cross_attn_image_to_token"), SIZE / 2),
            first,
        }
    }

    /// Tokens and picture, each with where it is, to both renewed.
    fn run(&self, tokens: &Tensor, picture: &Tensor, token_places: &Tensor, places: &Tensor) -> (Tensor, Tensor) {
        let tokens = if self.first {
            self.own.run(tokens, tokens, tokens)
        } else {
            let placed = tokens + token_places;
            tokens + self.own.run(&placed, &placed, tokens)
        };
        let tokens = self.norm1.run(&tokens);
        let placed_picture = picture + places;
        let looked = self.to_picture.run(&(&tokens + token_places), &placed_picture, picture);
        let tokens = self.norm2.run(&(tokens + looked));
        let thought = self.lin2.run(&self.lin1.run(&tokens).relu());
        let tokens = self.norm3.run(&(tokens + thought));
        let looked = self.to_tokens.run(&placed_picture, &(&tokens + token_places), &tokens);
        let picture = self.norm4.run(&(picture + looked));
        (tokens, picture)
    }
}

/// Four times the resolution in two steps.
struct Upscaling {
    first: (Tensor, Tensor),
    norm: LayerNorm,
    second: (Tensor, Tensor),
}

impl Upscaling {
    fn new(scope: &Scope<'_>) -> Self {
        let step = |name: &str, from: i64, to: i64| {
            let scope = scope.sub(name);
            let weight = scope.learned("weight", &[from, to, 2, 2]);
            // Each token gives its own four places, so the step is one matrix product: from × (rows, columns, to).
            let weight = weight.permute([0, 2, 3, 1]).reshape([from, 4 * to]).contiguous();
            (weight, scope.learned("bias", &[to]))
        };
        Self {
            first: step("0", SIZE, SIZE / 4),
            norm: LayerNorm::new(&scope.sub(1), SIZE / 4, 1e-6),
            second: step("3", SIZE / 4, SIZE / 8),
        }
    }

    /// B × (side·side) × 256 to B × (4·side · 4·side) × 32.
    fn run(&self, x: &Tensor, side: i64) -> Tensor {
        let x = spread(x, &self.first, side);
        spread(&self.norm.run(&x).gelu("none"), &self.second, 2 * side).gelu("none")
    }
}

fn spread(x: &Tensor, (weight, bias): &(Tensor, Tensor), side: i64) -> Tensor {
    let to = bias.size()[0];
    let four = x.matmul(weight).view([-1, side, side, 2, 2, to]).permute([0, 1, 3, 2, 4, 5]);
    four.reshape([-1, 4 * side * side, to]) + bias
}

/// The network.
pub struct FaceXFormer {
    embed: (Tensor, Tensor),
    embed_norm: LayerNorm,
    stages: Vec<Stage>,
    /// Tokens of a window that are merged in each block; 0 unless somebody wants it quicker and less exact.
    pub(super) merge: i64,
    merges: Vec<Merge>,
    fuse: Vec<Linear>,
    places: Tensor,
    tokens: Tensor,
    layers: Vec<TwoWay>,
    last: CrossAttention,
    last_norm: LayerNorm,
    upscaling: Upscaling,
    mask_head: Perceptron,
    heads: Vec<Perceptron>,
}

impl FaceXFormer {
    /// Of the published size.
    pub fn new(scope: &Scope<'_>) -> Self {
        let backbone = scope.sub("backbone");
        let features = backbone.sub(0);
        let size = STAGES[0].1;
        let embed = (features.learned("0.0.weight", &[size, 3, 4, 4]), features.learned("0.0.bias", &[size]));
        let embed_norm = LayerNorm::new(&features.sub("0.2"), size, EPS);
        let stage = |i: usize| {
            let (side, size, heads, depth) = STAGES[i];
            Stage::new(&features.sub(2 * i + 1), side, size, heads, depth, NAMING)
        };
        let stages = (0..4).map(stage).collect();
        let merge = |i: usize| Merge::new(&features.sub(2 * i + 2), STAGES[i].0, STAGES[i].1);
        let merges = (0..3).map(merge).collect();
        // The classifier's normalisation comes with the backbone and is not used.
        LayerNorm::new(&backbone.sub(1), STAGES[3].1, EPS);
        let frequencies = scope.kept("pe_layer.positional_encoding_gaussian_matrix", &[2, SIZE / 2]);
        let decoder = scope.sub("face_decoder");
        let transformer = decoder.sub("transformer");
        let mut tokens: Vec<Tensor> =
            TASKS.iter().map(|(token, ..)| decoder.learned(format!("{token}_token.weight"), &[1, SIZE])).collect();
        tokens.push(decoder.learned("mask_tokens.weight", &[PARTS, SIZE]));
        let head = |name: &str, outputs| Perceptron::new(&decoder.sub(format!("{name}_prediction_head")), outputs);
        Self {
            embed,
            embed_norm,
            stages,
            merge: 0,
            merges,
            fuse: fusion(scope),
            places: places(&frequencies),
            tokens: Tensor::cat(&tokens, 0).unsqueeze(0),
            layers: (0..2).map(|i| TwoWay::new(&transformer.sub("layers").sub(i), i == 0)).collect(),
            last: attention(&transformer.sub("final_attn_token_to_image"), SIZE / 2),
            last_norm: LayerNorm::new(&transformer.sub("norm_final_attn"), SIZE, EPS),
            upscaling: Upscaling::new(&decoder.sub("output_upscaling")),
            mask_head: Perceptron::new(&decoder.sub("output_hypernetwork_mlps"), SIZE / 8),
            heads: TASKS.iter().map(|&(_, name, _, outputs)| head(name, outputs)).collect(),
        }
    }

    /// Every head of B × 3 × 224 × 224 by name; the parsing, `seg`, is B × 11 × 224 × 224.
    pub fn run(&self, pictures: &Tensor) -> Vec<(&'static str, Tensor)> {
        let batch = pictures.size()[0];
        let picture = self.see(pictures);
        let token_places = self.tokens.expand([batch, -1, -1], false);
        let (mut tokens, mut picture) = (token_places.shallow_clone(), picture);
        for layer in &self.layers {
            (tokens, picture) = layer.run(&tokens, &picture, &token_places, &self.places);
        }
        let looked = self.last.run(&(&tokens + &token_places), &(&picture + &self.places), &picture);
        let tokens = self.last_norm.run(&(tokens + looked));
        let heads = TASKS.iter().zip(&self.heads).enumerate();
        let mut outputs: Vec<_> =
            heads.map(|(i, (&(_, _, name, _), head))| (name, head.run(&tokens.select(1, i as i64)))).collect();
        let masks = self.mask_head.run(&tokens.narrow(1, TASKS.len() as i64, PARTS));
        let fine = self.upscaling.run(&picture, GRID);
        outputs.push(("seg", masks.matmul(&fine.transpose(1, 2)).view([batch, PARTS, SIDE, SIDE])));
        outputs
    }

    /// The backbone and the fusion of its stages: B × (56·56) × 256.
    fn see(&self, pictures: &Tensor) -> Tensor {
        let batch = pictures.size()[0];
        let (weight, bias) = &self.embed;
        let patches = channels_last(pictures).conv2d(weight, Some(bias), [4, 4], [0, 0], [1, 1], 1);
        let mut x = self.embed_norm.run(&patches.flatten(2, 3).transpose(1, 2).contiguous());
        let mut fused: Option<Tensor> = None;
        for (i, stage) in self.stages.iter().enumerate() {
            x = stage.run(&x, self.merge);
            let part = self.fuse[i].run(&x);
            fused = Some(match fused {
                None => part,
                Some(fused) => fused + widen(&part, batch, STAGES[i].0),
            });
            if let Some(merge) = self.merges.get(i) {
                x = merge.run(&x);
            }
        }
        fused.unwrap_or(x)
    }
}

/// Tokens of a coarser stage to those of the finest, by bilinear interpolation.
fn widen(x: &Tensor, batch: i64, side: i64) -> Tensor {
    let maps = x.view([batch, side, side, SIZE]).permute([0, 3, 1, 2]);
    let maps = maps.upsample_bilinear2d([GRID, GRID], false, None, None);
    maps.permute([0, 2, 3, 1]).reshape([batch, GRID * GRID, SIZE])
}

/// Each stage's projection and its share of the 1 × 1 convolution over all of them as one layer. Interpolation between
/// the two is linear and its weights add up to one, so it may come after both; that spares the widest product.
fn fusion(scope: &Scope<'_>) -> Vec<Linear> {
    let projections: Vec<Linear> =
        (0..4).map(|i| Linear::new(&scope.sub("linear_c").sub(i).sub("proj"), STAGES[i].1, SIZE)).collect();
    let fuse = scope.learned("linear_fuse.weight", &[SIZE, 4 * SIZE, 1, 1]).reshape([SIZE, 4 * SIZE]);
    // The deepest stage comes first in the convolution's input.
    let share = |i: usize| fuse.narrow(1, (3 - i as i64) * SIZE, SIZE);
    let join = |(i, projection): (usize, &Linear)| Linear {
        weight: share(i).matmul(&projection.weight),
        bias: projection.bias.as_ref().map(|bias| share(i).mv(&bias.contiguous())),
    };
    projections.iter().enumerate().map(join).collect()
}

/// Random Fourier features of the centres of the cells: 1 × (56·56) × 256.
fn places(frequencies: &Tensor) -> Tensor {
    let along = (Tensor::arange(GRID, (Kind::Float, Device::Cpu)) + 0.5) / GRID as f64;
    let x = along.view([1, GRID]).expand([GRID, GRID], false);
    let y = along.view([GRID, 1]).expand([GRID, GRID], false);
    let centres = Tensor::stack(&[x, y], -1) * 2.0 - 1.0;
    let angles = centres.matmul(frequencies) * TAU;
    Tensor::cat(&[angles.sin(), angles.cos()], -1).view([1, GRID * GRID, SIZE])
}

fn attention(scope: &Scope<'_>, inner: i64) -> CrossAttention {
    CrossAttention::new(scope, ["q_proj", "k_proj", "v_proj", "out_proj"], SIZE, inner, HEADS)
}
