//! How good glosses are, as the SIGMORPHON 2023 shared task on interlinear glossing scores them (its `eval.py`).
//!
//! Sentence by sentence, position by position against the right tokens: first words (at white space), then morphs (the
//! whole sentence's, at white space and `-`: a word with a morph too many or too few shifts those after it in its
//! sentence). Accuracy is over all tokens of the file. A gloss in capitals is a gram, every other a stem.

use serde::Serialize;

use super::igt::{Igt, Line};

/// Precision, recall and their harmonic mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Class {
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
}

/// Correct ones of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Accuracy {
    pub correct: usize,
    pub total: usize,
    /// `correct / total`, 0 to 1.
    pub accuracy: f64,
    /// The mean of the sentences' own accuracies.
    pub average: f64,
}

/// How good a file of glosses is.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Scores {
    pub sentences: usize,
    pub word: Accuracy,
    pub morpheme: Accuracy,
    pub stems: Class,
    pub grams: Class,
}

/// Why two files cannot be compared.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum EvaluateError {
    #[error("the files do not have as many sentences: {gold} with the right glosses, {predicted} predicted")]
    Sentences { gold: usize, predicted: usize },
    #[error("no sentence of the file with the right glosses has any")]
    NoGlosses,
}

/// Compares predicted with right glosses.
pub fn evaluate(gold: &Igt, predicted: &Igt) -> Result<Scores, EvaluateError> {
    if gold.lines().len() != predicted.lines().len() {
        return Err(EvaluateError::Sentences { gold: gold.lines().len(), predicted: predicted.lines().len() });
    }
    let pairs: Vec<(&Line, &Line)> = gold.lines().zip(predicted.lines()).filter(|(g, _)| g.glosses.is_some()).collect();
    if pairs.is_empty() {
        return Err(EvaluateError::NoGlosses);
    }
    let words: Vec<_> = pairs.iter().map(|(g, p)| (words(g), words(p))).collect();
    let morphs: Vec<_> = pairs.iter().map(|(g, p)| (morphs(g), morphs(p))).collect();
    let (stems, grams) = classes(&morphs);
    Ok(Scores { sentences: pairs.len(), word: accuracy(&words), morpheme: accuracy(&morphs), stems, grams })
}

fn words(line: &Line) -> Vec<String> {
    line.glosses.iter().flatten().map(|w| w.join("-")).collect()
}

fn morphs(line: &Line) -> Vec<String> {
    line.glosses.iter().flatten().flatten().cloned().collect()
}

fn accuracy(pairs: &[(Vec<String>, Vec<String>)]) -> Accuracy {
    let mut found = Accuracy::default();
    let mut sum = 0.0;
    for (gold, predicted) in pairs {
        let correct = gold.iter().zip(predicted).filter(|(g, p)| g == p && *p != "[UNK]").count();
        found.correct += correct;
        found.total += gold.len();
        sum += ratio(correct, gold.len());
    }
    found.accuracy = ratio(found.correct, found.total);
    found.average = sum / pairs.len().max(1) as f64;
    found
}

fn ratio(part: usize, of: usize) -> f64 {
    if of == 0 { 0.0 } else { part as f64 / of as f64 }
}

/// Stems and grams: how many are right, predicted and there to be found. As in the task's script, a predicted morph
/// counts where the right sentence has one at its place.
fn classes(pairs: &[(Vec<String>, Vec<String>)]) -> (Class, Class) {
    let (mut correct, mut predicted, mut gold) = ([0; 2], [0; 2], [0; 2]);
    for (right, guessed) in pairs {
        for (at, token) in right.iter().enumerate() {
            let class = usize::from(is_upper(token));
            gold[class] += 1;
            let Some(guess) = guessed.get(at) else { continue };
            predicted[usize::from(is_upper(guess))] += 1;
            correct[class] += usize::from(guess == token);
        }
    }
    let class = |c: usize| {
        let (precision, recall) = (ratio(correct[c], predicted[c]), ratio(correct[c], gold[c]));
        let sum = precision + recall;
        Class { precision, recall, f1: if sum == 0.0 { 0.0 } else { 2.0 * precision * recall / sum } }
    };
    (class(0), class(1))
}

/// Python's `str.isupper`: a letter in capitals and none in small letters.
fn is_upper(token: &str) -> bool {
    token.chars().any(char::is_uppercase) && !token.chars().any(char::is_lowercase)
}
