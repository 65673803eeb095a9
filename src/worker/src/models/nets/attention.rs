//! Attention of many heads by libtorch's fused kernel, with no copy between the heads.

use std::fmt::Display;

use tch::Tensor;

use super::blocks::Linear;
use super::scope::Scope;

/// softmax(q·kᵀ/√d + mask)·v of B × heads × tokens × d, given back as B × tokens × (heads·d).
pub fn attend(q: &Tensor, k: &Tensor, v: &Tensor, mask: Option<&Tensor>) -> Tensor {
    let (batch, tokens) = (q.size()[0], q.size()[2]);
    let out = Tensor::scaled_dot_product_attention(q, k, v, mask, 0.0, false, None, false);
    // The kernel writes tokens before heads: this is a view.
    out.transpose(1, 2).reshape([batch, tokens, -1])
}

/// B × tokens × (heads·d) seen as B × heads × tokens × d.
pub fn split_heads(x: &Tensor, heads: i64) -> Tensor {
    let (batch, tokens, size) = triple(x);
    x.view([batch, tokens, heads, size / heads]).transpose(1, 2)
}

/// Self-attention with one layer for queries, keys and values.
pub struct SelfAttention {
    qkv: Linear,
    proj: Linear,
    heads: i64,
}

impl SelfAttention {
    /// `bias`: whether the joint layer has one.
    pub fn new(scope: &Scope<'_>, size: i64, heads: i64, bias: bool) -> Self {
        let joint = scope.sub("qkv");
        let qkv = if bias { Linear::new(&joint, size, 3 * size) } else { Linear::plain(&joint, size, 3 * size) };
        Self { qkv, proj: Linear::new(&scope.sub("proj"), size, size), heads }
    }

    /// Runs on B × tokens × size; `mask` is added to the scores.
    pub fn run(&self, x: &Tensor, mask: Option<&Tensor>) -> Tensor {
        let [q, k, v] = self.project(x);
        self.proj.run(&attend(&q, &k, &v, mask))
    }

    /// The same, with the mean of its keys over the heads, by which tokens can be compared: B × tokens × d.
    pub fn run_with_keys(&self, x: &Tensor, mask: Option<&Tensor>) -> (Tensor, Tensor) {
        let [q, k, v] = self.project(x);
        let keys = k.mean_dim([1_i64].as_slice(), false, tch::Kind::Float);
        (self.proj.run(&attend(&q, &k, &v, mask)), keys)
    }

    /// The same in the textbook's order of steps, for where a later choice hangs on the last bits.
    pub fn run_stepwise(&self, x: &Tensor) -> Tensor {
        let (batch, tokens, size) = triple(x);
        let [q, k, v] = self.parted(&self.qkv.run_plain(x));
        let scale = ((size / self.heads) as f64).powf(-0.5);
        let scores = (q.matmul(&k.transpose(-2, -1)) * scale).softmax(-1, None);
        self.proj.run_plain(&scores.matmul(&v).transpose(1, 2).reshape([batch, tokens, size]))
    }

    /// Queries, keys and values, B × heads × tokens × d each: views of one product.
    fn project(&self, x: &Tensor) -> [Tensor; 3] {
        self.parted(&self.qkv.run(x))
    }

    fn parted(&self, joint: &Tensor) -> [Tensor; 3] {
        let (batch, tokens, size) = triple(joint);
        let joint = joint.view([batch, tokens, 3, self.heads, size / 3 / self.heads]);
        [0, 1, 2].map(|which| joint.select(2, which).transpose(1, 2))
    }
}

/// Attention with layers of their own for queries, keys and values.
pub struct CrossAttention {
    q: Linear,
    k: Linear,
    v: Linear,
    out: Linear,
    heads: i64,
}

impl CrossAttention {
    /// `names`: of the query, key, value and output layers; `inner`: what the heads share.
    pub fn new(scope: &Scope<'_>, names: [impl Display; 4], size: i64, inner: i64, heads: i64) -> Self {
        let [q, k, v, out] = names.map(|name| scope.sub(name));
        Self {
            q: Linear::new(&q, size, inner),
            k: Linear::new(&k, size, inner),
            v: Linear::new(&v, size, inner),
            out: Linear::new(&out, inner, size),
            heads,
        }
    }

    /// Runs it; each B × tokens × size.
    pub fn run(&self, q: &Tensor, k: &Tensor, v: &Tensor) -> Tensor {
        let [q, k, v] = [self.q.run(q), self.k.run(k), self.v.run(v)].map(|x| split_heads(&x, self.heads));
        self.out.run(&attend(&q, &k, &v, None))
    }
}

fn triple(x: &Tensor) -> (i64, i64, i64) {
    let size = x.size();
    (size[0], size[1], size[2])
}
