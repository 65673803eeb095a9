//! MixSTE: 17 joints over 243 frames in two dimensions become three, by attention over joints and over time in turns.
//!
//! Zhang, Tu, Yang, Chen and Yuan, "MixSTE: Seq2seq mixed spatio-temporal encoder for 3D human pose estimation in video"
//! (CVPR 2022), in the form published with HoT.

use tch::Tensor;

use super::attention::SelfAttention;
use super::blocks::{LayerNorm, Linear, Mlp};
use super::scope::Scope;

/// Frames the network sees at once.
pub const FRAMES: i64 = 243;
/// Joints, in the order of Human3.6M’s joints.
pub const JOINTS: i64 = 17;

pub(super) const SIZE: i64 = 512;
pub(super) const HEADS: i64 = 8;
pub(super) const DEPTH: usize = 8;
const HIDDEN: i64 = 1024;
const EPS: f64 = 1e-6;

/// One transformer block, normalised before each step.
pub(super) struct Block {
    norm1: LayerNorm,
    attention: SelfAttention,
    norm2: LayerNorm,
    mlp: Mlp,
}

impl Block {
    fn new(scope: &Scope<'_>) -> Self {
        Self {
            norm1: LayerNorm::new(&scope.sub("norm1"), SIZE, EPS),
            attention: SelfAttention::new(&scope.sub("attn"), SIZE, HEADS, true),
            norm2: LayerNorm::new(&scope.sub("norm2"), SIZE, EPS),
            mlp: Mlp::new(&scope.sub("mlp"), ["fc1", "fc2"], SIZE, HIDDEN),
        }
    }

    fn run(&self, x: &Tensor, stepwise: bool) -> Tensor {
        let normed = self.norm1.run(x);
        let looked = if stepwise { self.attention.run_stepwise(&normed) } else { self.attention.run(&normed, None) };
        let x = x + looked;
        let normed = self.norm2.run(&x);
        &x + if stepwise { self.mlp.run_plain(&normed) } else { self.mlp.run(&normed) }
    }
}

/// What MixSTE and HoT share: the embedding and the blocks.
pub(super) struct Trunk {
    embed: Linear,
    joint_positions: Tensor,
    frame_positions: Tensor,
    over_joints: Vec<Block>,
    over_frames: Vec<Block>,
    joint_norm: LayerNorm,
    frame_norm: LayerNorm,
    head_norm: LayerNorm,
    head: Linear,
}

impl Trunk {
    pub(super) fn new(scope: &Scope<'_>) -> Self {
        let blocks = |name: &str| (0..DEPTH).map(|i| Block::new(&scope.sub(name).sub(i))).collect();
        Self {
            embed: Linear::new(&scope.sub("Spatial_patch_to_embedding"), 2, SIZE),
            joint_positions: scope.learned("Spatial_pos_embed", &[1, JOINTS, SIZE]),
            frame_positions: scope.learned("Temporal_pos_embed", &[1, FRAMES, SIZE]),
            over_joints: blocks("STEblocks"),
            over_frames: blocks("TTEblocks"),
            joint_norm: LayerNorm::new(&scope.sub("Spatial_norm"), SIZE, EPS),
            frame_norm: LayerNorm::new(&scope.sub("Temporal_norm"), SIZE, EPS),
            head_norm: LayerNorm::new(&scope.sub("head.0"), SIZE, 1e-5),
            head: Linear::new(&scope.sub("head.1"), SIZE, 3),
        }
    }

    /// B × frames × joints × 2 to the tokens before the first block.
    pub(super) fn embed(&self, x: &Tensor) -> Tensor {
        self.embed.run(x) + &self.joint_positions
    }

    /// Block `i` over joints and then over frames, on B × frames × joints × size.
    pub(super) fn block(&self, i: usize, x: &Tensor, stepwise: bool) -> Tensor {
        let size = x.size();
        let (batch, frames) = (size[0], size[1]);
        let x = x.reshape([batch * frames, JOINTS, SIZE]);
        let x = self.joint_norm.run(&self.over_joints[i].run(&x, stepwise));
        let mut x = x.view([batch, frames, JOINTS, SIZE]).transpose(1, 2).reshape([batch * JOINTS, frames, SIZE]);
        if i == 0 {
            x += &self.frame_positions;
        }
        let x = self.frame_norm.run(&self.over_frames[i].run(&x, stepwise));
        x.view([batch, JOINTS, frames, SIZE]).transpose(1, 2)
    }

    /// Tokens to coordinates.
    pub(super) fn head(&self, x: &Tensor) -> Tensor {
        self.head.run(&self.head_norm.run(x))
    }
}

/// The network.
pub struct MixSte(Trunk);

impl MixSte {
    /// Of the published size.
    pub fn new(scope: &Scope<'_>) -> Self {
        Self(Trunk::new(scope))
    }

    /// B × 243 × 17 × 2 to B × 243 × 17 × 3.
    pub fn run(&self, x: &Tensor) -> Tensor {
        let tokens = (0..DEPTH).fold(self.0.embed(x), |x, i| self.0.block(i, &x, false));
        self.0.head(&tokens)
    }
}
