//! HoT-MixSTE: MixSTE that keeps 81 of the 243 frames after three blocks and brings the others back at the end.
//!
//! Li, Liu, Liu, Wang, Cai and Sebe, "Hourglass tokenizer for efficient transformer-based 3D human pose estimation"
//! (CVPR 2024). The frames to keep are found by density-peak clustering over nearest neighbours (DPC-kNN).

use tch::{Kind, Tensor};

use super::attention::CrossAttention;
use super::mixste::{DEPTH, FRAMES, HEADS, JOINTS, SIZE, Trunk};
use super::scope::Scope;

/// Frames kept.
pub const KEPT: i64 = 81;

/// Before which block the frames are picked.
const PICK_BEFORE: usize = 3;
/// Neighbours whose distance makes a frame's density, the frame itself included.
const NEIGHBOURS: i64 = 2;

/// The network.
pub struct HotMixSte {
    trunk: Trunk,
    kept_positions: Tensor,
    all_frames: Tensor,
    recover: CrossAttention,
    /// Whether the first blocks, too, take the quicker products, which differ from the original's in their last bits. With
    /// trained weights frames are far enough apart for that; the fixtures' are not.
    pub(super) quick: bool,
}

impl HotMixSte {
    /// Of the published size.
    pub fn new(scope: &Scope<'_>) -> Self {
        let kept_positions = scope.learned("pos_embed_token", &[1, KEPT, SIZE]);
        let all_frames = scope.learned("x_token", &[1, FRAMES, SIZE]);
        let names = ["linear_q", "linear_k", "linear_v", "proj"];
        let recover = CrossAttention::new(&scope.sub("cross_attention"), names, SIZE, SIZE, HEADS);
        Self { trunk: Trunk::new(scope), kept_positions, all_frames, recover, quick: false }
    }

    /// B × 243 × 17 × 2 to B × 243 × 17 × 3.
    pub fn run(&self, x: &Tensor) -> Tensor {
        let tokens = self.before(x);
        let kept = pick_frames(&tokens.mean_dim([2_i64].as_slice(), false, Kind::Float), KEPT);
        self.after(&tokens, &kept)
    }

    /// The same with the frames to keep given: B × 81, ascending.
    pub fn run_keeping(&self, x: &Tensor, kept: &Tensor) -> Tensor {
        self.after(&self.before(x), kept)
    }

    /// Tokens before frames are picked, B × 243 × 17 × size.
    pub fn before(&self, x: &Tensor) -> Tensor {
        // Which frames are kept may hang on the last bits here, so the steps are the original's unless somebody is in a hurry.
        (0..PICK_BEFORE).fold(self.trunk.embed(x), |x, i| self.trunk.block(i, &x, !self.quick))
    }

    fn after(&self, tokens: &Tensor, kept: &Tensor) -> Tensor {
        let batch = tokens.size()[0];
        let index = kept.view([batch, KEPT, 1, 1]).expand([batch, KEPT, JOINTS, SIZE], false);
        let kept = tokens.gather(1, &index, false) + self.kept_positions.unsqueeze(2);
        let kept = (PICK_BEFORE..DEPTH).fold(kept, |x, i| self.trunk.block(i, &x, false));
        let kept = kept.transpose(1, 2).reshape([batch * JOINTS, KEPT, SIZE]);
        let asked = self.all_frames.expand([batch * JOINTS, FRAMES, SIZE], false);
        let all = &asked + self.recover.run(&asked, &kept, &kept);
        self.trunk.head(&all.view([batch, JOINTS, FRAMES, SIZE]).transpose(1, 2).contiguous())
    }
}

/// The `count` frames that stand for the others, ascending: B × frames × channels to B × count.
///
/// DPC-kNN: a frame is dense when its nearest neighbour is near, and a good centre when it is dense and far from any
/// denser frame (Du, Ding and Jia 2016, after Rodriguez and Laio 2014). No noise is added to part equal frames.
pub fn pick_frames(x: &Tensor, count: i64) -> Tensor {
    let channels = x.size()[2] as f64;
    let apart = Tensor::cdist(x, x, 2.0, None) / channels.sqrt();
    let (nearest, _) = apart.topk(NEIGHBOURS, -1, false, true);
    let density = (-nearest.square().mean_dim([-1_i64].as_slice(), false, Kind::Float)).exp();
    let denser = density.unsqueeze(1).gt_tensor(&density.unsqueeze(2)).to_kind(Kind::Float);
    let farthest = apart.flatten(1, 2).amax([-1_i64], false).view([-1, 1, 1]);
    let held = denser.ones_like() - &denser;
    let (gap, _) = (&apart * &denser + farthest * held).min_dim(-1, false);
    let (_, centres) = (gap * density).topk(count, -1, true, true);
    centres.sort(-1, false).0
}
