//! A conditional random field over a sentence whose states are each word's candidate analyses (Lafferty, McCallum &
//! Pereira 2001), trained by AdaGrad on the marginal likelihood of the right glosses.

use super::hash::{Key, KeyMap, Random, mix};

/// The features of a candidate: present ones, and the values of those that have one.
///
/// Training holds some hundred thousand of these at once, so that a node keeps nothing else and no room to grow.
#[derive(Clone, Debug, Default)]
pub struct Node {
    pub features: Box<[u32]>,
    pub values: [f32; VALUES],
    /// Whether it is right (in training).
    pub gold: bool,
}

/// A sentence's candidates, word by word, with the features of neighbours: `[word][candidate of the word before ×
/// candidate]`, flat.
#[derive(Clone, Debug, Default)]
pub struct Lattice {
    pub words: Vec<Vec<Node>>,
    pub pairs: Vec<Vec<u32>>,
    /// The features that the nodes' values belong to.
    pub values: [u32; VALUES],
}

/// How many features with a value each candidate has.
pub const VALUES: usize = 5;
/// How many features each pair has.
pub const PAIRS: usize = 5;
/// The index of no feature: weighs nothing.
pub const NONE: u32 = 0;

/// Weights by feature.
#[derive(Default)]
pub struct Weights {
    pub index: KeyMap<u32>,
    pub of: Vec<f32>,
}

/// How the training runs.
pub struct Training<'p> {
    pub rounds: usize,
    pub rate: f32,
    pub decay: f32,
    /// The share of a sentence's present features that each step leaves out (dropout), 0 to 1.
    pub drop: f32,
    pub progress: &'p (dyn Fn(f32) -> bool + Sync),
}

impl Weights {
    pub fn get(&self, key: Key) -> u32 {
        self.index.get(&key).copied().unwrap_or(NONE)
    }

    /// The index of a feature, new where it is new.
    pub fn intern(&mut self, key: Key) -> u32 {
        let next = self.index.len() as u32 + 1;
        *self.index.entry(key).or_insert(next)
    }

    /// The features by their index (nothing at `NONE`), from which they are no longer found: a third of the memory
    /// while learning.
    pub fn settled(self) -> Vec<Key> {
        let mut keys = vec![0; self.index.len() + 1];
        for (key, at) in self.index {
            keys[at as usize] = key;
        }
        keys
    }

    /// Weights of features, without those that weigh next to nothing.
    pub fn kept(keys: &[Key], of: &[f32]) -> Self {
        let worth = |weight: &f32| weight.abs() > 0.002;
        // Room for as many as there are: where all the features were, there is little room to grow.
        let count = of.iter().skip(1).filter(|weight| worth(weight)).count();
        let mut weights = Self {
            index: KeyMap::with_capacity_and_hasher(count, Default::default()),
            of: Vec::with_capacity(count + 1),
        };
        weights.of.push(0.0);
        for (key, weight) in keys.iter().zip(of).skip(1).filter(|(_, weight)| worth(weight)) {
            weights.intern(*key);
            weights.of.push(*weight);
        }
        weights
    }

    fn node(&self, node: &Node, values: &[f32; VALUES], drop: Drop) -> f32 {
        let of = |f: &u32| if drop.has(*f) { 0.0 } else { self.of[*f as usize] };
        let present: f32 = node.features.iter().map(of).sum();
        present * drop.scale + values.iter().zip(&node.values).map(|(weight, v)| weight * v).sum::<f32>()
    }

    /// Scores of nodes and of pairs.
    fn scores(&self, lattice: &Lattice, drop: Drop) -> Scores {
        let values = lattice.values.map(|f| self.of[f as usize]);
        let nodes = lattice.words.iter().map(|w| w.iter().map(|n| self.node(n, &values, drop)).collect()).collect();
        let pairs = lattice
            .pairs
            .iter()
            .map(|p| p.chunks_exact(PAIRS).map(|f| f.iter().map(|f| self.of[*f as usize]).sum()).collect())
            .collect();
        Scores { nodes, pairs }
    }

    /// The chance of each candidate of each word.
    pub fn marginals(&self, lattice: &Lattice) -> Vec<Vec<f32>> {
        let scores = self.scores(lattice, Drop::NONE);
        let chain = Chain::new(&scores, None);
        (0..lattice.words.len()).map(|w| chain.marginals(w)).collect()
    }

    /// Weights by index of so many features, learnt from lattices with gold candidates, without those that `left_out`
    /// says; the mean over the last rounds. `None` where it was cancelled.
    pub fn learnt(
        features: usize,
        lattices: &[Lattice],
        training: &Training,
        seed: u64,
        left_out: &(dyn Fn(usize) -> bool + Sync),
    ) -> Option<Self> {
        let mut learner = Self { index: KeyMap::default(), of: vec![0.0; features + 1] };
        let order = (0..lattices.len()).filter(|at| !left_out(*at)).collect();
        learner.learn(lattices, order, training, seed).then_some(learner)
    }

    fn learn(&mut self, lattices: &[Lattice], mut order: Vec<usize>, training: &Training, seed: u64) -> bool {
        let mut squares = vec![1e-6f32; self.of.len()];
        // The mean of the weights after each of the last rounds is steadier than those after the last.
        let mut sum = vec![0.0f32; self.of.len()];
        let last = training.rounds.div_ceil(2);
        let mut random = Random(seed);
        for round in 0..training.rounds {
            random.shuffle(&mut order);
            let rate = training.rate * (1.0 - 0.7 * round as f32 / training.rounds as f32);
            for (n, at) in order.iter().enumerate() {
                if n % 64 == 0 {
                    let share = (round as f32 + n as f32 / order.len() as f32) / training.rounds as f32;
                    if !(training.progress)(share) {
                        return false;
                    }
                }
                let drop = Drop::new(random.0, training.drop);
                random.below(2);
                self.step(&lattices[*at], rate, training.decay, drop, &mut squares);
            }
            if round + last >= training.rounds {
                sum.iter_mut().zip(&self.of).for_each(|(s, w)| *s += w / last as f32);
            }
        }
        self.of = sum;
        true
    }

    fn step(&mut self, lattice: &Lattice, rate: f32, decay: f32, drop: Drop, squares: &mut [f32]) {
        let scores = self.scores(lattice, drop);
        let free = Chain::new(&scores, None);
        let held = Chain::new(&scores, Some(lattice));
        let mut update = |of: &mut [f32], f: u32, gradient: f32| {
            let f = f as usize;
            if f == 0 {
                return;
            }
            let g = gradient - decay * of[f];
            squares[f] += g * g;
            of[f] += rate * g / squares[f].sqrt();
        };
        for (w, word) in lattice.words.iter().enumerate() {
            let (is, should) = (free.marginals(w), held.marginals(w));
            for ((node, is), should) in word.iter().zip(&is).zip(&should) {
                let gradient = should - is;
                if gradient.abs() < 1e-3 {
                    continue;
                }
                node.features
                    .iter()
                    .filter(|f| !drop.has(**f))
                    .for_each(|f| update(&mut self.of, *f, gradient * drop.scale));
                let values = lattice.values.iter().zip(&node.values);
                values.for_each(|(f, v)| update(&mut self.of, *f, gradient * v));
            }
            if w == 0 {
                continue;
            }
            let (before, here) = (lattice.words[w - 1].len(), word.len());
            for a in 0..before {
                for b in 0..here {
                    let gradient = held.pair(w, a, b) - free.pair(w, a, b);
                    if gradient.abs() < 1e-3 {
                        continue;
                    }
                    let at = (a * here + b) * PAIRS;
                    lattice.pairs[w][at..at + PAIRS].iter().for_each(|f| update(&mut self.of, *f, gradient));
                }
            }
        }
    }
}

/// Features left out for one step: the model must not lean on any one of them.
#[derive(Clone, Copy)]
struct Drop {
    salt: u64,
    below: u64,
    /// What the others weigh instead.
    scale: f32,
}

impl Drop {
    const NONE: Self = Self { salt: 0, below: 0, scale: 1.0 };

    fn new(salt: u64, share: f32) -> Self {
        Self { salt, below: (share * 65536.0) as u64, scale: 1.0 / (1.0 - share) }
    }

    #[inline]
    fn has(self, feature: u32) -> bool {
        self.below > 0 && (mix(self.salt, u64::from(feature)) >> 20) & 0xffff < self.below
    }
}

struct Scores {
    nodes: Vec<Vec<f32>>,
    pairs: Vec<Vec<f32>>,
}

/// Forward and backward chances of a sentence, normalised word by word.
struct Chain {
    /// exp of the scores
    nodes: Vec<Vec<f32>>,
    pairs: Vec<Vec<f32>>,
    forward: Vec<Vec<f32>>,
    backward: Vec<Vec<f32>>,
    scale: Vec<f32>,
}

impl Chain {
    /// With `held`, only gold candidates may stand where a word has some.
    fn new(scores: &Scores, held: Option<&Lattice>) -> Self {
        let nodes: Vec<Vec<f32>> = scores
            .nodes
            .iter()
            .enumerate()
            .map(|(w, scores)| {
                let gold = |c: usize| held.is_none_or(|l| l.words[w][c].gold || !l.words[w].iter().any(|n| n.gold));
                let top = scores.iter().enumerate().filter(|(c, _)| gold(*c)).map(|(_, s)| *s).fold(f32::MIN, f32::max);
                scores.iter().enumerate().map(|(c, s)| if gold(c) { (s - top).max(-60.0).exp() } else { 0.0 }).collect()
            })
            .collect();
        let pairs: Vec<Vec<f32>> =
            scores.pairs.iter().map(|p| p.iter().map(|s| s.clamp(-25.0, 25.0).exp()).collect()).collect();
        let mut forward: Vec<Vec<f32>> = Vec::with_capacity(nodes.len());
        let mut scale = Vec::with_capacity(nodes.len());
        for w in 0..nodes.len() {
            let mut now: Vec<f32> = match w.checked_sub(1).map(|b| &forward[b]) {
                None => nodes[w].clone(),
                Some(before) => {
                    let here = nodes[w].len();
                    let mut sum = vec![0.0f32; here];
                    for (a, f) in before.iter().enumerate().filter(|(_, f)| **f > 0.0) {
                        let row = &pairs[w][a * here..(a + 1) * here];
                        sum.iter_mut().zip(row).for_each(|(s, p)| *s += f * p);
                    }
                    sum.iter_mut().zip(&nodes[w]).for_each(|(s, n)| *s *= n);
                    sum
                }
            };
            let all: f32 = now.iter().sum::<f32>().max(1e-30);
            now.iter_mut().for_each(|f| *f /= all);
            forward.push(now);
            scale.push(all);
        }
        let mut backward = vec![Vec::new(); nodes.len()];
        for w in (0..nodes.len()).rev() {
            backward[w] = if w + 1 == nodes.len() {
                vec![1.0; nodes[w].len()]
            } else {
                let after = nodes[w + 1].len();
                let meet: Vec<f32> =
                    nodes[w + 1].iter().zip(&backward[w + 1]).map(|(n, b): (&f32, &f32)| n * b).collect();
                (0..nodes[w].len())
                    .map(|a| {
                        let row = &pairs[w + 1][a * after..(a + 1) * after];
                        row.iter().zip(&meet).map(|(p, m)| p * m).sum::<f32>() / scale[w + 1]
                    })
                    .collect()
            };
        }
        Self { nodes, pairs, forward, backward, scale }
    }

    fn marginals(&self, w: usize) -> Vec<f32> {
        self.forward[w].iter().zip(&self.backward[w]).map(|(f, b)| f * b).collect()
    }

    fn pair(&self, w: usize, a: usize, b: usize) -> f32 {
        let here = self.nodes[w].len();
        self.forward[w - 1][a] * self.pairs[w][a * here + b] * self.nodes[w][b] * self.backward[w][b] / self.scale[w]
    }
}
