//! Labels learned from a project's own labels and proposed where they are missing: parts of speech of words, or the
//! labels of any tier. What is proposed is never approved: a word's category stands as a suggestion, a tier's labels
//! stand on a tier of proposals beside it.

mod accept;
pub(in crate::app) mod material;
mod propose;
mod sources;

pub use accept::{Accepted, accept};
pub use propose::{PROPOSED, Placed, proposals_name, propose, propose_on_tier};
#[cfg(feature = "window")]
pub(in crate::app) use propose::{is_for_proposals, proposals_for};
pub use sources::{SourceRow, sources};

use crate::domain::{AnnotationId, Bundle, SessionId, Span, TierId, WordId};
use crate::glossing::labels::{Classifier, Guess, LabelError, Tagger, Token, Trial, try_classifier, try_tagger};
use crate::store::StoreError;

/// Whose labels are learned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Parts of speech of the approved words of interlinear texts.
    Categories,
    /// The labels on the tiers of this name, over all sessions.
    Tier(String),
}

/// Where a proposed label goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A word's category.
    Word(WordId),
    /// An annotation under this one, on a tier of proposals under its tier.
    Under { session: SessionId, tier: TierId, parent: AnnotationId },
    /// An annotation of its own, on a tier of proposals.
    At { session: SessionId, span: Span },
}

/// A label proposed for a place without one.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    pub target: Target,
    /// What it is proposed for.
    pub text: String,
    pub guess: Guess,
}

/// What was learned, how well, and what it proposes. Nothing is written yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Learned {
    pub source: Source,
    /// `tagger` or `classifier`.
    pub by: &'static str,
    /// Labels that were learned from.
    pub labelled: usize,
    pub trial: Trial,
    /// In the order of the texts.
    pub proposals: Vec<Proposal>,
}

/// Why nothing was learned.
#[derive(Debug, thiserror::Error)]
pub enum LearnError {
    #[error(transparent)]
    Labels(#[from] LabelError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("no tier is called '{name}'; {there}")]
    NoTier { name: String, there: String },
    #[error(
        "tier '{0}' hangs under no other tier, so there are no words to tag; learn its labels from the text instead"
    )]
    NotOnWords(String),
}

/// Learns from a source with what suits it: a tagger where the labels hang under single words, else a classifier of
/// texts.
///
/// # Errors
/// As for [`tags`] and [`labels`].
pub fn learn(bundle: &Bundle, source: &Source, language: &str) -> Result<Learned, LearnError> {
    match source {
        Source::Tier(name) if !material::is_on_words(bundle, name)? => labels(bundle, name),
        _ => tags(bundle, source, language),
    }
}

/// Learns labels of words in their lines, and tags the words without one.
///
/// # Errors
/// When there is no such tier, it does not label words, or its labels teach nothing.
pub fn tags(bundle: &Bundle, source: &Source, language: &str) -> Result<Learned, LearnError> {
    let material = match source {
        Source::Categories => material::categories(bundle, language),
        Source::Tier(name) => material::word_labels(bundle, name)?,
    };
    let labelled = |tokens: &[Token]| tokens.iter().filter(|token| token.label.is_some()).count();
    let trial = try_tagger(&material.lines)?;
    let tagger = Tagger::train_calibrated(&material.lines, &trial)?;
    let mut proposals = Vec::new();
    for (line, targets) in material.lines.iter().zip(&material.targets) {
        if targets.iter().all(Option::is_none) {
            continue;
        }
        for ((word, target), guess) in line.words.iter().zip(targets).zip(tagger.tag(&line.words)) {
            if let (Some(target), Some(guess)) = (target, guess) {
                proposals.push(Proposal { target: target.clone(), text: word.form.clone(), guess });
            }
        }
    }
    let labelled = material.lines.iter().map(|line| labelled(&line.words)).sum();
    Ok(Learned { source: source.clone(), by: "tagger", labelled, trial, proposals })
}

/// Learns the labels on the tiers of a name from the text they stand over, and classifies what has none.
///
/// # Errors
/// When there is no such tier, or its labels teach nothing.
pub fn labels(bundle: &Bundle, name: &str) -> Result<Learned, LearnError> {
    let material = material::text_labels(bundle, name)?;
    let trial = try_classifier(&material.texts)?;
    let classifier = Classifier::train_calibrated(&material.texts, &trial)?;
    let open = material.open.into_iter();
    let proposals = open.map(|(target, text)| Proposal { target, guess: classifier.classify(&text), text }).collect();
    let labelled = material.texts.len();
    Ok(Learned { source: Source::Tier(name.to_owned()), by: "classifier", labelled, trial, proposals })
}
