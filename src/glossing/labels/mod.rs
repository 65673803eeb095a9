//! Labels learned from the labels a project has: a part-of-speech tagger for words in lines, a classifier for texts,
//! and a trial that says how far to trust them.
//!
//! Both rest on one engine, a log-linear model over hashed features ([`maxent`]): it trains in seconds, needs no
//! dictionary, and gives probabilities. Nothing here depends on chance or on the clock: two runs are the same.

mod classifier;
mod features;
mod maxent;
mod scores;
mod tagger;
mod trial;

pub use classifier::{Classifier, Text, try_classifier};
pub use scores::{LabelScore, Scores};
pub use tagger::{Line, Tagger, Token, try_tagger};
pub use trial::Trial;

/// Fewest labelled things worth learning from.
pub const FEWEST: usize = 10;
/// Most different labels.
pub const MOST_LABELS: usize = 400;

/// A proposed label.
#[derive(Clone, Debug, PartialEq)]
pub struct Guess {
    pub label: String,
    /// How likely it is right, 0 to 1, as measured on held-back parts where there were enough.
    pub confidence: f32,
    /// The next best labels, best first, with what each is likely.
    pub others: Vec<(String, f32)>,
}

/// Why nothing can be learned. The message is for the person who asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    #[error("there are no labels to learn from")]
    Nothing,
    #[error("only {0} labels to learn from; {FEWEST} are the fewest that teach anything")]
    TooFew(usize),
    #[error("every label is '{0}': there is nothing to tell apart")]
    OnlyOne(String),
    #[error(
        "{different} different labels on {items} things: this reads like free text, not like a set of labels \
         (at most {MOST_LABELS}, each used twice on average)"
    )]
    FreeText { items: usize, different: usize },
}

/// The labels that are used, by name, when something can be learned from them.
fn label_set<'l>(labels: impl Iterator<Item = &'l str>) -> Result<Vec<String>, LabelError> {
    let mut items = 0;
    let mut set = std::collections::BTreeSet::new();
    for label in labels {
        items += 1;
        if !set.contains(label) {
            set.insert(label.to_owned());
        }
    }
    match (items, set.len()) {
        (0, _) => Err(LabelError::Nothing),
        (items, _) if items < FEWEST => Err(LabelError::TooFew(items)),
        (_, 1) => Err(LabelError::OnlyOne(set.into_iter().next().unwrap_or_default())),
        (items, different) if different > MOST_LABELS || different * 2 > items => {
            Err(LabelError::FreeText { items, different })
        }
        _ => Ok(set.into_iter().collect()),
    }
}

/// A label's place in the list of labels.
fn place_of(labels: &[String], label: &str) -> Option<u32> {
    labels.binary_search_by(|known| known.as_str().cmp(label)).ok().map(|at| at as u32)
}

/// The guess that probabilities stand for: the likeliest label, or the one that was chosen for other reasons.
fn guess_of(labels: &[String], probabilities: &[f32], chosen: Option<u32>) -> Guess {
    let mut ranked: Vec<usize> = (0..labels.len().min(probabilities.len())).collect();
    let is_chosen = |at: &usize| chosen == Some(*at as u32);
    ranked.sort_by(|a, b| {
        is_chosen(b).cmp(&is_chosen(a)).then(probabilities[*b].total_cmp(&probabilities[*a])).then(a.cmp(b))
    });
    let named = |at: &usize| (labels[*at].clone(), probabilities[*at]);
    let (label, confidence) = ranked.first().map(named).unwrap_or_default();
    Guess { label, confidence, others: ranked.iter().skip(1).take(4).map(named).collect() }
}
