//! Fewer tokens for less time: the most similar are merged. Off unless asked for, since the answers change.
//!
//! Bolya, Fu, Dai, Zhang, Feichtenhofer and Hoffman, "Token merging: Your ViT but faster" (ICLR 2023). Tokens are parted
//! alternately into two sets; each of the first proposes itself to the most similar of the second; the `r` most similar
//! pairs are merged into their mean, weighted by how many tokens they stand for.

use tch::{Kind, Tensor};

/// Which tokens become one.
pub(super) struct Merging {
    /// Of the first set, those that stay and those that go: B × (half − r) and B × r.
    stay: Tensor,
    go: Tensor,
    /// Where in the second set those that go come to be, B × r.
    into: Tensor,
    tokens: i64,
}

impl Merging {
    /// By the cosine between rows of `metric`, B × tokens × d. At most half of the tokens can go.
    pub(super) fn of(metric: &Tensor, r: i64) -> Self {
        let size = metric.size();
        let tokens = size[1];
        let length = metric.square().sum_dim_intlist([-1_i64].as_slice(), true, Kind::Float).sqrt();
        let metric = metric / length.clamp_min(1e-12);
        let (first, second) = (every_other(&metric, 0), every_other(&metric, 1));
        let r = r.clamp(0, tokens / 2);
        let (most, which) = first.matmul(&second.transpose(1, 2)).max_dim(-1, false);
        let order = most.argsort(-1, true);
        let go = order.narrow(1, 0, r);
        let stay = order.narrow(1, r, order.size()[1] - r);
        Self { into: which.gather(1, &go, false), stay, go, tokens }
    }

    /// B × tokens × c to B × (tokens − r) × c: the mean of those that become one, of `sizes` tokens each (B × tokens × 1),
    /// and the new sizes.
    pub(super) fn merge(&self, x: &Tensor, sizes: &Tensor) -> (Tensor, Tensor) {
        let sums = self.sum(&(x * sizes));
        let sizes = self.sum(sizes);
        (sums / &sizes, sizes)
    }

    fn sum(&self, x: &Tensor) -> Tensor {
        let wide = |index: &Tensor| index.unsqueeze(-1).expand([-1, -1, x.size()[2]], false);
        let (first, second) = (every_other(x, 0), every_other(x, 1));
        let stay = first.gather(1, &wide(&self.stay), false);
        let go = first.gather(1, &wide(&self.go), false);
        Tensor::cat(&[stay, second.scatter_add(1, &wide(&self.into), &go)], 1)
    }

    /// Back to B × tokens × c: those that became one are all the same.
    pub(super) fn unmerge(&self, y: &Tensor) -> Tensor {
        let (batch, size) = (y.size()[0], y.size()[2]);
        let staying = self.stay.size()[1];
        let wide = |index: &Tensor| index.unsqueeze(-1).expand([-1, -1, size], false);
        let second = y.narrow(1, staying, y.size()[1] - staying);
        let gone = second.gather(1, &wide(&self.into), false);
        let half = (self.tokens + 1) / 2;
        let first = Tensor::zeros([batch, half, size], (y.kind(), y.device()))
            .scatter(1, &wide(&self.stay), &y.narrow(1, 0, staying))
            .scatter(1, &wide(&self.go), &gone);
        // Woven together again, in their old places.
        let order: Vec<i64> = (0..self.tokens).map(|at| if at % 2 == 0 { at / 2 } else { half + at / 2 }).collect();
        Tensor::cat(&[&first, &second.contiguous()], 1).index_select(1, &Tensor::from_slice(&order))
    }
}

fn every_other(x: &Tensor, from: i64) -> Tensor {
    x.slice(1, from, None::<i64>, 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_similar_are_merged_and_come_back_to_their_places() {
        // Tokens 0 and 3 point the same way, 2 and 5 nearly; 4 is far from all.
        let x = Tensor::from_slice(&[1_f32, 0.0, 0.0, 1.0, -1.0, 0.1, 2.0, 0.0, 0.7, -0.7, -1.0, 0.0]).view([1, 6, 2]);
        let ones = Tensor::ones([1, 6, 1], (Kind::Float, tch::Device::Cpu));
        let merging = Merging::of(&x, 2);
        let (merged, sizes) = merging.merge(&x, &ones);
        assert_eq!(merged.size(), [1, 4, 2]);
        assert_eq!(f64::try_from(sizes.sum(Kind::Float)).unwrap(), 6.0);
        let back = Vec::<f32>::try_from(merging.unmerge(&merged).flatten(0, -1)).unwrap();
        let at = |token: usize| [back[token * 2], back[token * 2 + 1]];
        assert_eq!((at(0), at(3)), ([1.5, 0.0], [1.5, 0.0]));
        assert_eq!((at(2), at(5)), ([-1.0, 0.05], [-1.0, 0.05]));
        assert_eq!((at(1), at(4)), ([0.0, 1.0], [0.7, -0.7]));
        let nothing = Merging::of(&x, 0);
        assert!(nothing.unmerge(&nothing.merge(&x, &ones).0).allclose(&x, 1e-6, 1e-6, false));
    }
}
