//! A text classifier: logistic regression over words, pairs of words and letter sequences.

use std::collections::BTreeMap;

use super::features::of_text;
use super::maxent::{Feature, Maxent, temperature};
use super::trial::{Outcome, Trial, cross_validate};
use super::{Guess, LabelError, guess_of, label_set, place_of};

/// Most texts that are learned from; of more, every second, third, ….
const MOST_TEXTS: usize = 50_000;
/// Held-back texts whose scores are kept to measure how sure the model may be.
const KEPT: usize = 5_000;

/// A text with the label that a person gave it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// Number of the session it is from.
    pub session: usize,
    pub text: String,
    pub label: String,
}

/// A trained classifier.
#[derive(Clone, Debug)]
pub struct Classifier {
    labels: Vec<String>,
    model: Maxent,
}

impl Classifier {
    /// Learns from labelled texts.
    ///
    /// # Errors
    /// When there are too few labels, only one, or no set of labels at all.
    pub fn train(texts: &[Text]) -> Result<Self, LabelError> {
        let labels = labels_of(texts)?;
        let step = texts.len().div_ceil(MOST_TEXTS).max(1);
        let examples: Vec<_> = texts.iter().step_by(step).filter_map(|text| example(text, &labels)).collect();
        Ok(Self { model: Maxent::train(&examples, labels.len()), labels })
    }

    /// The same, made as sure of itself as a trial found that it may be.
    ///
    /// # Errors
    /// As [`Classifier::train`].
    pub fn train_calibrated(texts: &[Text], trial: &Trial) -> Result<Self, LabelError> {
        let mut classifier = Self::train(texts)?;
        classifier.model.temperature = trial.temperature;
        Ok(classifier)
    }

    /// The labels it knows, by name.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// The label a text most likely has.
    pub fn classify(&self, text: &str) -> Guess {
        guess_of(&self.labels, &self.model.probabilities(&of_text(text)), None)
    }
}

fn labels_of(texts: &[Text]) -> Result<Vec<String>, LabelError> {
    label_set(texts.iter().map(|text| text.label.as_str()))
}

fn example(text: &Text, labels: &[String]) -> Option<(Vec<Feature>, u32)> {
    Some((of_text(&text.text), place_of(labels, &text.label)?))
}

/// Trains on one part and asks about the other, in turn, until every text was asked about once.
///
/// # Errors
/// As [`Classifier::train`].
pub fn try_classifier(texts: &[Text]) -> Result<Trial, LabelError> {
    let labels = labels_of(texts)?;
    let step = texts.len().div_ceil(MOST_TEXTS).max(1);
    let texts: Vec<&Text> = texts.iter().step_by(step).collect();
    let examples: Vec<_> = texts.iter().filter_map(|text| example(text, &labels)).collect();
    let sessions: Vec<usize> = texts.iter().map(|text| text.session).collect();
    let keep_every = examples.len().div_ceil(KEPT).max(1);
    let mut kept = Vec::new();
    let mut trial = cross_validate(&labels, &sessions, &vec![1; examples.len()], |train, test| {
        let train: Vec<_> = train.iter().map(|at| examples[*at].clone()).collect();
        let mut remembered: BTreeMap<&str, BTreeMap<u32, usize>> = BTreeMap::new();
        let model = Maxent::train(&train, labels.len());
        let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
        train.iter().for_each(|(_, label)| *counts.entry(*label).or_default() += 1);
        let commonest = most(&counts);
        let tested: std::collections::HashSet<usize> = test.iter().copied().collect();
        for (at, text) in texts.iter().enumerate().filter(|(at, _)| !tested.contains(at)) {
            *remembered.entry(text.text.trim()).or_default().entry(examples[at].1).or_default() += 1;
        }
        test.iter()
            .map(|at| {
                let (features, right) = &examples[*at];
                let probabilities = model.probabilities(features);
                let guess = (0..probabilities.len() as u32)
                    .max_by(|a, b| probabilities[*a as usize].total_cmp(&probabilities[*b as usize]).then(b.cmp(a)))
                    .unwrap_or_default();
                if at % keep_every == 0 {
                    kept.push((probabilities.iter().map(|p| p.max(1e-9).ln()).collect::<Vec<f32>>(), *right));
                }
                let known = remembered.get(texts[*at].text.trim());
                Outcome {
                    right: *right,
                    guess,
                    seen: known.is_some(),
                    remembered: known.map_or(commonest, most),
                    commonest,
                }
            })
            .collect()
    });
    trial.temperature = temperature(&kept);
    trial.scores.calibrate(trial.temperature, &kept);
    Ok(trial)
}

/// The commonest; of equals the first by name.
fn most(counts: &BTreeMap<u32, usize>) -> u32 {
    counts.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0))).map_or(0, |(label, _)| *label)
}
