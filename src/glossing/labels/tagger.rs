//! A part-of-speech tagger: a maximum-entropy Markov model, which goes through a line from left to right and sees the
//! word, its beginnings and endings, its neighbours and the labels before it (Ratnaparkhi 1996, "A maximum entropy
//! model for part-of-speech tagging"). The most likely row of labels is found with a beam.

use std::collections::{BTreeMap, HashMap};

use super::features::{Shape, of_word, plain};
use super::maxent::{Maxent, temperature};
use super::trial::{Outcome, Trial, cross_validate};
use super::{Guess, LabelError, guess_of, label_set, place_of};

/// Rows of labels that are followed at once.
const BEAM: usize = 4;
/// Most words that are learned from; of longer projects every second, third, … line.
const MOST_WORDS: usize = 400_000;
/// Held-back words whose scores are kept to measure how sure the model may be.
const KEPT: usize = 5_000;

/// A word or mark of a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Token {
    pub form: String,
    /// A punctuation mark: its neighbours see it, it gets no label.
    pub mark: bool,
    /// Its label, where a person gave one.
    pub label: Option<String>,
}

/// A line of words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Number of the text it is from.
    pub text: usize,
    pub words: Vec<Token>,
}

/// A trained tagger.
#[derive(Clone, Debug)]
pub struct Tagger {
    labels: Vec<String>,
    model: Maxent,
}

const MARK: &str = "\u{3}mark";
const EDGE: &str = "\u{2}edge";
const OPEN: &str = "\u{2}open";

impl Tagger {
    /// Learns from the labels of lines; words without one are only neighbours.
    ///
    /// # Errors
    /// When there are too few labels, only one, or no set of labels at all.
    pub fn train(lines: &[Line]) -> Result<Self, LabelError> {
        let all: Vec<&Line> = lines.iter().collect();
        Ok(Self::of(&all, &labels_of(lines)?))
    }

    /// The same, made as sure of itself as a trial found that it may be.
    ///
    /// # Errors
    /// As [`Tagger::train`].
    pub fn train_calibrated(lines: &[Line], trial: &Trial) -> Result<Self, LabelError> {
        let mut tagger = Self::train(lines)?;
        tagger.model.temperature = trial.temperature;
        Ok(tagger)
    }

    fn of(lines: &[&Line], labels: &[String]) -> Self {
        let words: usize = lines.iter().map(|line| line.words.len()).sum();
        let step = words.div_ceil(MOST_WORDS).max(1);
        let mut examples = Vec::new();
        for line in lines.iter().step_by(step) {
            let shapes: Vec<Shape> = line.words.iter().map(Shape::new).collect();
            for (at, word) in line.words.iter().enumerate() {
                let label = word.label.as_deref().filter(|_| !word.mark).and_then(|label| place_of(labels, label));
                if let Some(label) = label {
                    let before = |step: usize| at.checked_sub(step).map_or(EDGE, |at| known(&line.words[at]));
                    examples.push((of_word(&shapes, at, [before(1), before(2)]), label));
                }
            }
        }
        Self { labels: labels.to_vec(), model: Maxent::train(&examples, labels.len()) }
    }

    /// The labels it knows, by name.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// A guess for each word without a label; `None` for marks and for words that have theirs.
    pub fn tag(&self, words: &[Token]) -> Vec<Option<Guess>> {
        let best = self.follow(words);
        best.into_iter()
            .map(|found| found.map(|(label, probabilities)| guess_of(&self.labels, &probabilities, Some(label))))
            .collect()
    }

    /// For each word that may have a label: the one in the best row, and how likely each is there.
    fn follow(&self, words: &[Token]) -> Vec<Option<(u32, Vec<f32>)>> {
        struct Row<'t> {
            likely: f64,
            labels: Vec<&'t str>,
            found: Vec<Option<(u32, Vec<f32>)>>,
        }
        let shapes: Vec<Shape> = words.iter().map(Shape::new).collect();
        let mut rows = vec![Row { likely: 0.0, labels: Vec::new(), found: Vec::new() }];
        for (at, word) in words.iter().enumerate() {
            if word.mark || word.label.is_some() {
                for row in &mut rows {
                    row.labels.push(known(word));
                    row.found.push(None);
                }
                continue;
            }
            // Which row, which label, how likely together.
            let mut next: Vec<(usize, u32, f64)> = Vec::new();
            let mut all = Vec::with_capacity(rows.len());
            for (index, row) in rows.iter().enumerate() {
                let before =
                    |step: usize| at.checked_sub(step).and_then(|at| row.labels.get(at)).copied().unwrap_or(EDGE);
                let probabilities = self.model.probabilities(&of_word(&shapes, at, [before(1), before(2)]));
                for (label, probability) in probabilities.iter().enumerate() {
                    next.push((index, label as u32, row.likely + f64::from(probability.max(1e-12).ln())));
                }
                all.push(probabilities);
            }
            next.sort_by(|a, b| b.2.total_cmp(&a.2).then((a.0, a.1).cmp(&(b.0, b.1))));
            next.truncate(BEAM);
            rows = next
                .into_iter()
                .map(|(index, label, likely)| {
                    let (mut labels, mut found) = (rows[index].labels.clone(), rows[index].found.clone());
                    labels.push(self.labels[label as usize].as_str());
                    found.push(Some((label, all[index].clone())));
                    Row { likely, labels, found }
                })
                .collect();
        }
        rows.into_iter().next().map(|row| row.found).unwrap_or_default()
    }
}

/// What a neighbour sees of a word's label.
fn known(word: &Token) -> &str {
    match &word.label {
        _ if word.mark => MARK,
        Some(label) => label,
        None => OPEN,
    }
}

fn labels_of(lines: &[Line]) -> Result<Vec<String>, LabelError> {
    label_set(lines.iter().flat_map(|line| &line.words).filter(|w| !w.mark).filter_map(|word| word.label.as_deref()))
}

/// Trains on one part and asks about the other, in turn, until every labelled word was asked about once.
///
/// # Errors
/// As [`Tagger::train`].
pub fn try_tagger(lines: &[Line]) -> Result<Trial, LabelError> {
    let labels = labels_of(lines)?;
    let labelled: Vec<&Line> = lines.iter().filter(|line| line.words.iter().any(|w| w.label.is_some())).collect();
    let texts: Vec<usize> = labelled.iter().map(|line| line.text).collect();
    let count = |line: &&Line| line.words.iter().filter(|word| word.label.is_some() && !word.mark).count();
    let sizes: Vec<usize> = labelled.iter().map(count).collect();
    let keep_every = sizes.iter().sum::<usize>().div_ceil(KEPT).max(1);
    let mut kept = Vec::new();
    let mut seen = 0;
    let mut trial = cross_validate(&labels, &texts, &sizes, |train, test| {
        let train: Vec<&Line> = train.iter().map(|at| labelled[*at]).collect();
        let tagger = Tagger::of(&train, &labels);
        let memory = Memory::of(&train, &labels);
        let mut outcomes = Vec::new();
        for line in test.iter().map(|at| labelled[*at]) {
            let bare: Vec<Token> = line.words.iter().map(|word| Token { label: None, ..word.clone() }).collect();
            for (word, found) in line.words.iter().zip(tagger.follow(&bare)) {
                let right = word.label.as_deref().and_then(|label| place_of(&labels, label));
                let (Some(right), Some((guess, probabilities))) = (right, found) else { continue };
                let form = plain(&word.form);
                outcomes.push(Outcome {
                    right,
                    guess,
                    seen: memory.words.contains_key(&form),
                    remembered: memory.words.get(&form).copied().unwrap_or(memory.commonest),
                    commonest: memory.commonest,
                });
                seen += 1;
                if seen % keep_every == 0 {
                    // Probabilities and scores differ by a constant, which makes no difference here.
                    kept.push((probabilities.iter().map(|p| p.max(1e-9).ln()).collect::<Vec<f32>>(), right));
                }
            }
        }
        outcomes
    });
    trial.temperature = temperature(&kept);
    trial.scores.calibrate(trial.temperature, &kept);
    Ok(trial)
}

/// Each word's commonest label in what was learned from: the plain way that a tagger must beat.
struct Memory {
    words: HashMap<String, u32>,
    commonest: u32,
}

impl Memory {
    fn of(lines: &[&Line], labels: &[String]) -> Self {
        let mut counts: HashMap<String, BTreeMap<u32, usize>> = HashMap::new();
        let mut all: BTreeMap<u32, usize> = BTreeMap::new();
        for word in lines.iter().flat_map(|line| &line.words).filter(|word| !word.mark) {
            if let Some(label) = word.label.as_deref().and_then(|label| place_of(labels, label)) {
                *counts.entry(plain(&word.form)).or_default().entry(label).or_default() += 1;
                *all.entry(label).or_default() += 1;
            }
        }
        let words = counts.into_iter().map(|(form, labels)| (form, most(&labels))).collect();
        Self { words, commonest: most(&all) }
    }
}

/// The commonest; of equals the first by name.
fn most(counts: &BTreeMap<u32, usize>) -> u32 {
    counts.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0))).map_or(0, |(label, _)| *label)
}
