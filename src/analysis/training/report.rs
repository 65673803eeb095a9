//! What came of training, for people and for the card.

use serde::{Deserialize, Serialize};

use super::{Apart, Scores, Settings, What};

/// One side of the split.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Part {
    pub tags: usize,
    pub examples: usize,
    /// Codes of the people in it.
    pub people: Vec<String>,
    pub sessions: usize,
    /// Tags of each label.
    pub by_label: Vec<usize>,
}

/// One pass over the examples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    pub number: usize,
    /// Mean loss while learning, with what augmentation and smoothing add to it.
    pub train_loss: f64,
    /// Mean loss on what is not learned from.
    pub validation_loss: f64,
    /// Share right of it.
    pub validation_accuracy: f64,
}

/// What to make of the scores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Not surely better than always saying the commonest label.
    #[default]
    Chance,
    /// Better than that, and no better than looking for the most similar example.
    NoBetterThanNearest,
    Better,
}

/// What was trained from what, and how well it does on people it has not seen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub what: Option<What>,
    pub labels: Vec<String>,
    pub settings: Settings,
    /// Numbers in the network.
    pub parameters: i64,
    pub train: Part,
    pub validation: Part,
    pub test: Part,
    pub test_apart: Apart,
    pub validation_apart: Apart,
    pub curve: Vec<Epoch>,
    /// The pass whose weights were kept.
    pub best_epoch: usize,
    pub scores: Scores,
    /// Always saying the label that is commonest among those learned from.
    pub commonest: String,
    pub commonest_accuracy: f64,
    /// Saying the label of the most similar example.
    pub nearest_by: String,
    pub nearest_accuracy: f64,
    pub temperature: f64,
    /// On the test's tags, before and after the temperature was set.
    pub calibration_before: Option<f64>,
    pub calibration_after: Option<f64>,
    /// Examples that could not be read.
    pub unreadable: usize,
    pub seconds: f64,
}

fn hundred(part: f64) -> u32 {
    (part.clamp(0.0, 1.0) * 100.0).round() as u32
}

fn people(part: &Part) -> String {
    let who = if part.people.len() == 1 { "person" } else { "people" };
    format!("{} tags of {} {who} ({})", part.tags, part.people.len(), part.people.join(", "))
}

impl Report {
    /// What to make of it.
    pub fn verdict(&self) -> Verdict {
        if self.scores.tags == 0 || self.scores.between[0] <= self.commonest_accuracy {
            Verdict::Chance
        } else if self.scores.accuracy <= self.nearest_accuracy {
            Verdict::NoBetterThanNearest
        } else {
            Verdict::Better
        }
    }

    /// The same in plain words, a sentence or two a line.
    pub fn in_words(&self) -> Vec<String> {
        let scores = &self.scores;
        let [low, high] = scores.between.map(hundred);
        let mut lines = vec![
            format!(
                "Learned from {}. Tested on {}, none of whom it had learned from.",
                people(&self.train),
                people(&self.test)
            ),
            format!(
                "Right in {} of 100 tags of people it had not seen (somewhere from {low} to {high}; {} tags were asked about).",
                hundred(scores.accuracy),
                scores.tags
            ),
            format!(
                "Always saying “{}” would be right in {} of 100; saying what the most similar example is ({}), in {}.",
                self.commonest,
                hundred(self.commonest_accuracy),
                self.nearest_by,
                hundred(self.nearest_accuracy)
            ),
        ];
        lines.push(
            match self.verdict() {
                Verdict::Chance => "That is no better than guessing: do not use it.",
                Verdict::NoBetterThanNearest if scores.accuracy >= 0.95 => {
                    "That is better than guessing, and as good as looking for the most similar example: these labels are easy to tell apart."
                }
                Verdict::NoBetterThanNearest => {
                    "That is better than guessing, and no better than looking for the most similar example: more tags would help."
                }
                Verdict::Better => "That is better than both.",
            }
            .to_owned(),
        );
        if self.test_apart == Apart::Person {
            lines.push(
                "The test's people are in recordings that were learned from too, for want of others: another room or camera may go less well."
                    .to_owned(),
            );
        }
        if self.test.people.len() < 3 {
            let count = if self.test.people.len() == 1 { "one person" } else { "two people" };
            lines.push(format!("Tested on {count} only: others may be much easier or harder."));
        }
        if self.validation_apart == Apart::Tag {
            lines.push(
                "When to stop was decided on people it learned from, as there were too few; the test is not touched by that."
                    .to_owned(),
            );
        }
        if let (Some(before), Some(after)) = (self.calibration_before, self.calibration_after) {
            lines.push(format!(
                "How sure it says it is differs from how often it is right by {} in 100 ({} before that was set right).",
                hundred(after), hundred(before)
            ));
        }
        if self.unreadable > 0 {
            lines.push(format!(
                "{} examples could not be read from their recordings and were left out.",
                self.unreadable
            ));
        }
        lines
    }
}
