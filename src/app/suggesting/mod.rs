//! What is offered for words that nobody has approved: from the glosser, trained in the background on what people
//! did approve, and from the lexicon. Nothing here writes anything.
//!
//! [`Trained`] is what one pass over the project gives: a glosser, the project's [`Stock`] of morphs, and the lines
//! whose approval would teach most. A [`Suggester`] keeps one on a thread of its own and answers line by line.

mod gather;
mod kept;
mod next;
pub mod report;
mod stock;
#[cfg(feature = "media")]
mod suggester;
mod trained;

pub use gather::lines;
pub use next::{Ranked, Teaching};
pub use stock::{Stock, headword};
#[cfg(feature = "media")]
pub use suggester::{State, Suggester};
pub use trained::{TrainError, Trained};

use crate::store::query::Analysis;

/// Sure enough to stand under a word, where Enter approves it.
pub const STANDS: f32 = 0.2;
/// Surer than an entry of the lexicon that has the word's form.
const SURER_THAN_ENTRY: f32 = 0.5;

/// An analysis offered for a word, with what it rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    pub analysis: Analysis,
    /// The chance that it is right, 0 to 1, where it was measured.
    pub confidence: Option<f32>,
    pub why: Why,
}

/// What an offer rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// People approved it for this form; how often and where says the analysis.
    Approved,
    /// The glosser saw the whole word so often.
    Word { times: usize },
    /// Every morph was seen with its gloss, the rarest so often.
    Morphs { rarest: usize },
    /// A word that looks alike is analysed so.
    Alike { word: String },
    /// The stem's gloss stands in the free translation.
    Translation { word: String },
    /// Made up of entries of the lexicon; their headwords, in the order of the morphs.
    Entries { entries: Vec<String> },
    /// Affixes of the lexicon around something that no entry is.
    Affixes,
    /// A guess.
    Guess,
}

impl Offer {
    /// An analysis that people approved for the same form.
    pub fn approved(analysis: Analysis) -> Self {
        Self { analysis, confidence: None, why: Why::Approved }
    }
    /// Whether it is good enough to stand under the word, to be approved by Enter.
    pub fn stands(&self) -> bool {
        let whole = self.analysis.morphs.iter().all(|morph| !morph.gloss.is_empty());
        match self.why {
            Why::Approved => true,
            _ => whole && self.confidence.is_some_and(|sure| sure >= STANDS),
        }
    }
    /// Whether two offers say the same: forms without regard to marks and capitals, and glosses.
    pub fn says_same(&self, other: &Analysis) -> bool {
        let (mine, theirs) = (&self.analysis.morphs, &other.morphs);
        let alike = |(a, b): (&crate::domain::Morph, &crate::domain::Morph)| {
            let form =
                |morph: &crate::domain::Morph| crate::glossing::lexical::bare(morph.form.first().unwrap_or_default());
            a.gloss == b.gloss && form(a) == form(b)
        };
        mine.len() == theirs.len() && mine.iter().zip(theirs).all(alike)
    }
}

/// Offers in the order they are shown: what people approved, what the glosser is sure of, the lexicon, the rest; each
/// thing once.
pub fn ranked(mut offers: Vec<Offer>) -> Vec<Offer> {
    let rank = |offer: &Offer| match (&offer.why, offer.confidence) {
        (Why::Approved, _) => 0,
        (_, Some(sure)) if sure >= SURER_THAN_ENTRY => 1,
        (Why::Entries { .. }, _) => 2,
        (Why::Affixes, _) => 4,
        _ => 3,
    };
    offers.sort_by(|a, b| {
        let sure = |offer: &Offer| offer.confidence.unwrap_or_default();
        // Only what the glosser says is ordered by how sure it is; the rest comes in the order it was given.
        rank(a).cmp(&rank(b)).then_with(|| sure(b).total_cmp(&sure(a)))
    });
    let mut kept: Vec<Offer> = Vec::new();
    for offer in offers {
        match kept.iter_mut().find(|known| known.says_same(&offer.analysis)) {
            // The first keeps its place and takes over a measured confidence.
            Some(known) => known.confidence = known.confidence.or(offer.confidence),
            None => kept.push(offer),
        }
    }
    kept
}
