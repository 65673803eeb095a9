//! Teaching a small network from an annotator's examples: examples read, people kept apart, a compact transformer trained
//! with AdamW, its certainty set right, and all of it tested on people it has not seen.

mod augment;
mod error;
mod evaluate;
mod judge;
mod learner;
mod nearest;
pub mod patches;
pub mod program;
pub mod sound;

use std::collections::HashMap;
use std::time::Instant;

use fieldgloss::analysis::training::{
    Epoch, Material, Part, Random, Report, Scores, Settings, Side, Split, calibration_error, split, temperature,
};
use tch::Tensor;

use crate::models::nets::cct::Plan;

pub use error::TeachError;
use evaluate::{Judged, judge};
pub use judge::Judge;
use learner::Learner;
use patches::Patches;

/// A lesson learned.
pub struct Taught {
    pub report: Report,
    /// By name, as an official checkpoint has them.
    pub weights: Vec<(String, Tensor)>,
    /// Taken off each colour of 0 to 1, and what that is divided by.
    pub mean: Vec<f64>,
    pub std: Vec<f64>,
}

/// What happens meanwhile.
pub trait Watcher {
    /// Called often; `false` ends it all.
    fn goes_on(&mut self) -> bool;
    /// A pass is done.
    fn epoch(&mut self, epoch: &Epoch, of: usize);
}

/// Learns the examples' labels. `patches` are the material's examples, in its order.
///
/// # Errors
/// [`TeachError`]: too few examples to part, stopped, or out of memory.
pub fn teach(
    material: &Material,
    patches: &Patches,
    settings: &Settings,
    watcher: &mut dyn Watcher,
) -> Result<Taught, TeachError> {
    let begun = Instant::now();
    let settings = settings.clone().within_reason();
    if !material.is_sound() || patches.len() != material.examples.len() {
        return Err(TeachError::Unsound);
    }
    let parted = split(material, settings.seed)?;
    tch::set_num_threads(settings.threads);
    let of = |side: Side| -> Vec<i64> {
        let indexes = parted.sides.iter().enumerate().filter(|(_, s)| **s == side);
        indexes.map(|(at, _)| at as i64).collect()
    };
    let (train, validation, test) = (of(Side::Train), of(Side::Validation), of(Side::Test));
    let what = material.what;
    let plan =
        Plan::small(what.side(), what.channels(), settings.convolutions, settings.blocks, material.labels.len() as i64);
    let (mean, std) = patches.mean_and_std(&train)?;
    let mut learner = Learner::new(plan, &settings, &mean, &std, &weights(material, &train))?;
    let labels: Vec<i64> = material.examples.iter().map(|e| e.label as i64).collect();
    let labels = Tensor::f_from_slice(&labels)?;
    let mut random = Random::new(settings.seed ^ 0x0BDE_12ED);
    let mut order = train.clone();
    let mut curve: Vec<Epoch> = Vec::new();
    let mut best: Option<(Epoch, HashMap<String, Tensor>)> = None;
    for number in 1..=settings.epochs {
        random.shuffle(&mut order);
        let train_loss = learner.pass(number - 1, &order, patches, &labels, &mut random, watcher)?;
        let judged = judge(&learner, patches, &validation, material, watcher)?;
        let epoch =
            Epoch { number, train_loss, validation_loss: judged.loss(1.0), validation_accuracy: judged.accuracy() };
        watcher.epoch(&epoch, settings.epochs);
        curve.push(epoch);
        if best.as_ref().is_none_or(|(least, _)| epoch.validation_loss < least.validation_loss) {
            best = Some((epoch, learner.copy()?));
        } else if best.as_ref().is_some_and(|(least, _)| number - least.number >= settings.patience) {
            break;
        }
    }
    let Some((best_epoch, weights)) = best else { return Err(TeachError::Unsound) };
    learner.restore(&weights)?;
    let on_validation = judge(&learner, patches, &validation, material, watcher)?;
    let temperature = temperature(&on_validation.logits, &on_validation.labels);
    let on_test = judge(&learner, patches, &test, material, watcher)?;
    let known: Vec<i64> = train.iter().chain(&validation).copied().collect();
    let nearest = nearest::decide(patches, material, &known, &test)?;
    let tested = Tested { on_test: &on_test, nearest: &nearest, temperature };
    let mut report = tested.report(material, &parted);
    report.parameters = learner.parameters();
    report.curve = curve;
    report.best_epoch = best_epoch.number;
    report.settings = settings;
    report.seconds = begun.elapsed().as_secs_f64();
    Ok(Taught { report, weights: learner.calibrated(&weights, temperature)?, mean, std })
}

/// A label's weight: rare ones count for more, by the root of how rare they are, so that a handful does not rule.
fn weights(material: &Material, train: &[i64]) -> Vec<f64> {
    let mut counts = vec![0.0_f64; material.labels.len()];
    for example in train.iter().filter_map(|at| material.examples.get(*at as usize)) {
        counts[example.label] += 1.0;
    }
    let usual = train.len() as f64 / counts.len().max(1) as f64;
    counts.iter().map(|count| (usual / count.max(1.0)).sqrt().min(5.0)).collect()
}

struct Tested<'a> {
    on_test: &'a Judged,
    /// What the nearest example says, by tag.
    nearest: &'a HashMap<usize, usize>,
    temperature: f64,
}

impl Tested<'_> {
    fn report(&self, material: &Material, parted: &Split) -> Report {
        let (before, after) = (self.on_test.by_tag(1.0), self.on_test.by_tag(self.temperature));
        let labels: Vec<usize> = after.iter().map(|tag| tag.label).collect();
        let shares = |tags: &[evaluate::Tag]| tags.iter().map(|tag| tag.shares.clone()).collect::<Vec<_>>();
        let decisions: Vec<(usize, usize)> = after.iter().map(|tag| (tag.label, tag.said())).collect();
        let scores = Scores::of(&material.labels, &decisions);
        let train = part(material, parted, Side::Train);
        let commonest = (0..material.labels.len()).max_by_key(|at| (train.by_label[*at], usize::MAX - at)).unwrap_or(0);
        let share = |right: usize| right as f64 / labels.len().max(1) as f64;
        let nearest_right = after.iter().filter(|tag| self.nearest.get(&tag.number) == Some(&tag.label)).count();
        Report {
            what: Some(material.what),
            labels: material.labels.clone(),
            validation: part(material, parted, Side::Validation),
            test: part(material, parted, Side::Test),
            train,
            test_apart: parted.test_apart,
            validation_apart: parted.validation_apart,
            scores,
            commonest: material.labels.get(commonest).cloned().unwrap_or_default(),
            commonest_accuracy: share(labels.iter().filter(|label| **label == commonest).count()),
            nearest_by: nearest::BY.to_owned(),
            nearest_accuracy: share(nearest_right),
            temperature: self.temperature,
            calibration_before: calibration_error(&shares(&before), &labels),
            calibration_after: calibration_error(&shares(&after), &labels),
            ..Report::default()
        }
    }
}

fn part(material: &Material, parted: &Split, side: Side) -> Part {
    let mine = || material.examples.iter().zip(&parted.sides).filter(|(_, s)| **s == side).map(|(e, _)| e);
    let people: std::collections::BTreeSet<usize> = mine().map(|e| e.person).collect();
    let sessions: std::collections::BTreeSet<usize> = mine().map(|e| e.session).collect();
    let tags: HashMap<usize, usize> = mine().map(|e| (e.tag, e.label)).collect();
    let mut by_label = vec![0; material.labels.len()];
    tags.values().for_each(|label| by_label[*label] += 1);
    Part {
        tags: tags.len(),
        examples: mine().count(),
        people: people.iter().filter_map(|at| material.people.get(*at).cloned()).collect(),
        sessions: sessions.len(),
        by_label,
    }
}
