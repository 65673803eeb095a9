//! What the network says about examples it does not learn from.

use std::collections::BTreeMap;

use fieldgloss::analysis::training::{Material, softmax};
use tch::Kind;

use super::learner::Learner;
use super::patches::Patches;
use super::{TeachError, Watcher};

const BATCH: usize = 256;

/// Logits of examples.
pub(super) struct Judged {
    pub logits: Vec<Vec<f64>>,
    pub labels: Vec<usize>,
    tags: Vec<usize>,
}

/// A tag, which one example or several were taken from.
pub(super) struct Tag {
    pub number: usize,
    pub label: usize,
    /// The mean of its examples' shares.
    pub shares: Vec<f64>,
}

impl Tag {
    /// The likeliest label.
    pub fn said(&self) -> usize {
        let best = self.shares.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
        best.map_or(0, |(at, _)| at)
    }
}

/// Runs the network over examples.
pub(super) fn judge(
    learner: &Learner,
    patches: &Patches,
    indexes: &[i64],
    material: &Material,
    watcher: &mut dyn Watcher,
) -> Result<Judged, TeachError> {
    let mut judged = Judged { logits: Vec::new(), labels: Vec::new(), tags: Vec::new() };
    for chosen in indexes.chunks(BATCH) {
        if !watcher.goes_on() {
            return Err(TeachError::Stopped);
        }
        let pictures = patches.cores(chosen)?;
        let logits = tch::no_grad(|| learner.run(&pictures)).f_to_kind(Kind::Double)?;
        judged.logits.extend(Vec::<Vec<f64>>::try_from(&logits)?);
    }
    for example in indexes.iter().filter_map(|at| material.examples.get(*at as usize)) {
        judged.labels.push(example.label);
        judged.tags.push(example.tag);
    }
    Ok(judged)
}

impl Judged {
    fn shares(&self, at: usize, temperature: f64) -> Vec<f64> {
        softmax(&self.logits[at].iter().map(|v| v / temperature).collect::<Vec<_>>())
    }

    /// Mean loss.
    pub fn loss(&self, temperature: f64) -> f64 {
        let one = |(at, label): (usize, &usize)| {
            -self.shares(at, temperature).get(*label).copied().unwrap_or(0.0).max(1e-12).ln()
        };
        self.labels.iter().enumerate().map(one).sum::<f64>() / self.labels.len().max(1) as f64
    }

    /// Share right.
    pub fn accuracy(&self) -> f64 {
        let tags = self.by_tag(1.0);
        tags.iter().filter(|tag| tag.said() == tag.label).count() as f64 / tags.len().max(1) as f64
    }

    /// One judgement a tag.
    pub fn by_tag(&self, temperature: f64) -> Vec<Tag> {
        let mut tags: BTreeMap<usize, (usize, Vec<f64>, f64)> = BTreeMap::new();
        for (at, (tag, label)) in self.tags.iter().zip(&self.labels).enumerate() {
            let shares = self.shares(at, temperature);
            let (_, sum, count) = tags.entry(*tag).or_insert_with(|| (*label, vec![0.0; shares.len()], 0.0));
            sum.iter_mut().zip(&shares).for_each(|(all, one)| *all += one);
            *count += 1.0;
        }
        let mean = |(number, (label, sum, count)): (usize, (usize, Vec<f64>, f64))| Tag {
            number,
            label,
            shares: sum.iter().map(|v| v / count).collect(),
        };
        tags.into_iter().map(mean).collect()
    }
}
