//! Stages of the Swin transformer: attention within windows of 7 × 7 that shift by three at every second block.
//!
//! Liu, Lin, Cao, Hu, Wei, Zhang, Lin and Guo, "Swin transformer: Hierarchical vision transformer using shifted windows"
//! (ICCV 2021).
//!
//! Tokens keep the order of the windows they are in while they pass a block, so that a block costs one reordering instead
//! of four. The relative-position bias is looked up once, at loading, and joined with the mask of the shifted windows.

use tch::{Device, Kind, Tensor};

use super::attention::SelfAttention;
use super::blocks::{LayerNorm, Linear, Mlp};
use super::merging::Merging;
use super::scope::Scope;

const WINDOW: i64 = 7;
const SHIFT: i64 = WINDOW / 2;
const AREA: i64 = WINDOW * WINDOW;
const EPS: f64 = 1e-5;
/// Added to the score of two tokens that the shift brought into one window though they are not neighbours.
const APART: f32 = -100.0;

/// How an implementation names its parts.
#[derive(Clone, Copy)]
pub struct Naming {
    /// The two layers of a block's perceptron.
    pub mlp: [&'static str; 2],
    /// Whether masks are part of the state.
    pub masks: bool,
    /// Whether the index of relative positions is one row.
    pub flat_index: bool,
}

struct Block {
    norm1: LayerNorm,
    attention: SelfAttention,
    /// Relative positions, and for shifted windows the mask: (1 or windows) × heads × 49 × 49.
    bias: Tensor,
    shifted: bool,
    norm2: LayerNorm,
    mlp: Mlp,
}

impl Block {
    fn new(scope: &Scope<'_>, side: i64, size: i64, heads: i64, shifted: bool, naming: Naming) -> Self {
        let mask = shifted.then(|| mask(side));
        let mask = mask.map(|mask| if naming.masks { scope.made("attn_mask", &mask) } else { mask });
        let attention = scope.sub("attn");
        let table = attention.learned("relative_position_bias_table", &[(2 * WINDOW - 1) * (2 * WINDOW - 1), heads]);
        let index = relative_positions();
        let _ = attention.made(
            "relative_position_index",
            &if naming.flat_index { index.shallow_clone() } else { index.view([AREA, AREA]) },
        );
        let relative = table.index_select(0, &index).view([AREA, AREA, heads]).permute([2, 0, 1]).contiguous();
        let bias = match mask {
            Some(mask) => mask.unsqueeze(1) + relative.unsqueeze(0),
            None => relative.unsqueeze(0),
        };
        Self {
            norm1: LayerNorm::new(&scope.sub("norm1"), size, EPS),
            attention: SelfAttention::new(&attention, size, heads, true),
            bias,
            shifted,
            norm2: LayerNorm::new(&scope.sub("norm2"), size, EPS),
            mlp: Mlp::new(&scope.sub("mlp"), naming.mlp, size, 4 * size),
        }
    }

    /// Runs on (B·windows) × 49 × size.
    ///
    /// `merge`: of the 49 tokens of a window, so many go through the perceptron as one with another. Attention is left
    /// whole: its bias belongs to places.
    fn run(&self, x: &Tensor, batch: i64, merge: i64) -> Tensor {
        // One mask a window: a batch needs it once a picture.
        let repeated = (self.shifted && batch > 1).then(|| self.bias.repeat([batch, 1, 1, 1]));
        let bias = repeated.as_ref().unwrap_or(&self.bias);
        let x = x + self.attention.run(&self.norm1.run(x), Some(bias));
        let normed = self.norm2.run(&x);
        if merge <= 0 {
            return &x + self.mlp.run(&normed);
        }
        let merging = Merging::of(&normed, merge);
        let ones = Tensor::ones([normed.size()[0], AREA, 1], (normed.kind(), normed.device()));
        &x + merging.unmerge(&self.mlp.run(&merging.merge(&normed, &ones).0))
    }
}

/// The blocks of one stage.
pub struct Stage {
    blocks: Vec<Block>,
    /// Places in rows of the picture, in the order of the windows and of the shifted windows; and the ways back.
    orders: [Tensor; 2],
    backs: [Tensor; 2],
    size: i64,
    windows: i64,
}

impl Stage {
    /// Blocks `0..depth` under `scope`, for pictures of `side` × `side` tokens.
    pub fn new(scope: &Scope<'_>, side: i64, size: i64, heads: i64, depth: usize, naming: Naming) -> Self {
        // A picture of one window has nothing to shift.
        let shifts = |i: usize| i % 2 == 1 && side > WINDOW;
        let blocks = (0..depth).map(|i| Block::new(&scope.sub(i), side, size, heads, shifts(i), naming)).collect();
        let orders = [order(side, 0), order(side, SHIFT)];
        let backs = [0, 1].map(|i| orders[i].argsort(0, false));
        Self { blocks, orders, backs, size, windows: (side / WINDOW) * (side / WINDOW) }
    }

    /// B × tokens × size, tokens row by row, in and out. `merge`: tokens of a window that are merged in each block.
    pub fn run(&self, x: &Tensor, merge: i64) -> Tensor {
        let batch = x.size()[0];
        let mut x = x.shallow_clone();
        let mut held: Option<usize> = None;
        for block in &self.blocks {
            let wanted = usize::from(block.shifted);
            let order = match held {
                Some(held) if held == wanted => None,
                Some(held) => Some(self.backs[held].index_select(0, &self.orders[wanted])),
                None => Some(self.orders[wanted].shallow_clone()),
            };
            if let Some(order) = order {
                x = x.index_select(1, &order);
            }
            held = Some(wanted);
            x = block.run(&x.view([batch * self.windows, AREA, self.size]), batch, merge).view([batch, -1, self.size]);
        }
        held.map_or(x.shallow_clone(), |held| x.index_select(1, &self.backs[held]))
    }
}

/// Four neighbours become one token of twice the size.
pub struct Merge {
    norm: LayerNorm,
    reduction: Linear,
    side: i64,
    size: i64,
}

impl Merge {
    /// Of `side` × `side` tokens of `size`.
    pub fn new(scope: &Scope<'_>, side: i64, size: i64) -> Self {
        let reduction = Linear::plain(&scope.sub("reduction"), 4 * size, 2 * size);
        Self { norm: LayerNorm::new(&scope.sub("norm"), 4 * size, EPS), reduction, side, size }
    }

    /// B × tokens × size to B × tokens/4 × 2·size.
    pub fn run(&self, x: &Tensor) -> Tensor {
        let half = self.side / 2;
        // Upper left, lower left, upper right, lower right.
        let four = x.view([-1, half, 2, half, 2, self.size]).permute([0, 1, 3, 4, 2, 5]);
        self.reduction.run(&self.norm.run(&four.reshape([-1, half * half, 4 * self.size])))
    }
}

/// Where, in rows of the picture, the tokens of each window are once the picture has moved up and left by `shift`.
fn order(side: i64, shift: i64) -> Tensor {
    let mut places = Vec::new();
    for_windows(side, |row, column| places.push((row + shift) % side * side + (column + shift) % side));
    Tensor::from_slice(&places)
}

/// Every place of the picture, window by window.
fn for_windows(side: i64, mut visit: impl FnMut(i64, i64)) {
    for window_row in (0..side).step_by(WINDOW as usize) {
        for window_column in (0..side).step_by(WINDOW as usize) {
            for inside in 0..AREA {
                visit(window_row + inside / WINDOW, window_column + inside % WINDOW);
            }
        }
    }
}

/// Which tokens of a shifted window are strangers to each other: windows × 49 × 49.
fn mask(side: i64) -> Tensor {
    let part = |at: i64| if at < side - WINDOW { 0 } else { 1 + i64::from(at >= side - SHIFT) };
    let mut regions = Vec::new();
    for_windows(side, |row, column| regions.push(3 * part(row) + part(column)));
    let regions = Tensor::from_slice(&regions).view([-1, AREA]);
    let strangers = regions.unsqueeze(1).not_equal_tensor(&regions.unsqueeze(2));
    strangers.to_kind(Kind::Float) * f64::from(APART)
}

/// For every pair of tokens of a window, which row of the table holds their relative position.
fn relative_positions() -> Tensor {
    let at = Tensor::arange(AREA, (Kind::Int64, Device::Cpu));
    let rows = at.divide_scalar_mode(WINDOW, "floor");
    let columns = &at - &rows * WINDOW;
    let difference = |x: &Tensor| x.unsqueeze(1) - x.unsqueeze(0) + (WINDOW - 1);
    (difference(&rows) * (2 * WINDOW - 1) + difference(&columns)).view([-1])
}
