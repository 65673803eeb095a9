//! One pass over a project: what the glosser learned, what it offers.

use std::path::Path;

use super::gather::{entries, form_of, lines, stretches, transcribed, words_of};
use super::kept::Kept;
use super::next::Teaching;
use super::stock::{Stock, is_open};
use super::{Offer, ranked};
use crate::app::learning::material::{categories, category};
use crate::domain::{Bundle, Morph, MultiText, Word, WordKind};
use crate::glossing::igt::Line;
use crate::glossing::labels::{Guess, Tagger, Token};
use crate::glossing::model::{Entry, GlossError, Glosser, Options, Progress};

/// Analyses that are asked of the glosser, a word.
const ASKED: usize = 5;
/// Offers that are kept, a word.
const KEPT: usize = 6;
/// A part of speech stands with an analysis that has none, when the tagger is so sure of it.
const SURE_OF_CATEGORY: f32 = 0.5;

/// Why the glosser could not be trained.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    #[error("cancelled")]
    Cancelled,
    #[error(transparent)]
    Gloss(#[from] GlossError),
}

/// What one pass over a project gave.
pub struct Trained {
    /// `None` while nothing that can be learned from is approved.
    glosser: Option<Glosser>,
    /// Parts of speech, where enough words have one.
    tagger: Option<Tagger>,
    stock: Stock,
    /// What the lexicon says, for the first glosser; it keeps them itself.
    entries: Vec<Entry>,
    language: String,
    /// Approved words that were learned from.
    pub words: usize,
    /// Words and entries there were, to tell when much has changed.
    pub seen: (usize, usize),
    pub teaching: Teaching,
}

impl Trained {
    /// Trains on a project. `language` is that of the glosses, `object` that of the texts; in `cache` a glosser is kept
    /// and found again while the approved lines stay the same.
    ///
    /// # Errors
    /// When `progress` says to stop, or the glosser fails for another reason than too little to learn from.
    pub fn on(
        bundle: &Bundle,
        (language, object): (&str, &str),
        cache: Option<&Path>,
        progress: Progress<'_>,
    ) -> Result<Self, TrainError> {
        let approved = lines(bundle, language);
        let words = approved.iter().map(|line| line.words.len()).sum();
        let entries = entries(bundle, language);
        let kept = cache.map(|folder| Kept::of(&approved, &entries, folder));
        let glosser = match kept.as_ref().and_then(Kept::load) {
            Some(glosser) => Some(glosser),
            None => {
                let glosser = glosser(&approved, &entries, Some(progress))?;
                if let (Some(kept), Some(glosser)) = (&kept, &glosser) {
                    kept.save(glosser);
                }
                glosser
            }
        };
        let mut trained = Self {
            entries: if glosser.is_none() { entries } else { Vec::new() },
            glosser,
            tagger: Tagger::train(&categories(bundle, language).lines).ok(),
            stock: Stock::of(bundle, language, object),
            language: language.to_owned(),
            words,
            seen: (words, bundle.lexemes.len()),
            teaching: Teaching::default(),
        };
        trained.teaching = Teaching::of(bundle, &trained, &|| !progress(1.0));
        Ok(trained)
    }

    pub(super) fn language(&self) -> &str {
        &self.language
    }

    /// Takes in the words of a line, of which somebody approved some: they are known from now on.
    pub fn learn(&mut self, words: &[(Word, Vec<Morph>)], translation: Option<&str>) {
        let approved = words.iter().filter(|(word, _)| !is_open(word)).flat_map(|(_, morphs)| morphs);
        approved.for_each(|morph| self.stock.take(morph));
        let read = words.iter().map(|(word, morphs)| (word, morphs.iter().collect()));
        for line in stretches(read, translation, &self.language) {
            match &mut self.glosser {
                Some(glosser) => glosser.learn(&line),
                // The first line ever approved: small enough to be learned on the spot.
                none => *none = glosser(std::slice::from_ref(&line), &self.entries, None).ok().flatten(),
            }
        }
    }

    /// What is offered for each word of a line, the best first; nothing for marks and approved words.
    pub fn offers(&self, words: &[Word], translation: Option<&str>) -> Vec<Vec<Offer>> {
        let asked: Vec<&Word> = words.iter().filter(|word| word.kind == WordKind::Word).collect();
        let line = Line {
            words: asked.iter().map(|word| form_of(word)).collect(),
            translation: translation.map(str::to_owned),
            ..Line::default()
        };
        let mut proposed = match &self.glosser {
            Some(glosser) => glosser.analyse(&line, ASKED),
            None => Vec::new(),
        }
        .into_iter();
        let tags = self.tags(words);
        let mut begins = true;
        let offers = |(word, tag): (&Word, Option<Guess>)| -> Vec<Offer> {
            let first = begins;
            begins = word.kind != WordKind::Word && (first || ends_sentence(word));
            if word.kind != WordKind::Word {
                return Vec::new();
            }
            let proposed = proposed.next().unwrap_or_default();
            if !is_open(word) {
                return Vec::new();
            }
            let mut offers: Vec<Offer> =
                proposed.iter().filter_map(|analysis| self.stock.dress(word, first, analysis)).collect();
            offers.extend(self.stock.entries_for(word, first));
            let mut offers = ranked(offers);
            offers.truncate(KEPT);
            if let Some(tag) = tag.filter(|tag| tag.confidence >= SURE_OF_CATEGORY) {
                offers.iter_mut().for_each(|offer| self.categorise(word, offer, &tag.label));
            }
            offers
        };
        words.iter().zip(tags).map(offers).collect()
    }

    /// What the tagger says of each word that waits; approved neighbours help with theirs.
    fn tags(&self, words: &[Word]) -> Vec<Option<Guess>> {
        let Some(tagger) = &self.tagger else { return vec![None; words.len()] };
        let token = |word: &Word| Token {
            form: word.form.first().unwrap_or_default().to_owned(),
            mark: word.kind == WordKind::Punctuation,
            label: if is_open(word) { None } else { category(word, &[], &self.language) },
        };
        tagger.tag(&words.iter().map(token).collect::<Vec<_>>())
    }

    /// Gives an offer a category where neither it nor its stem has one.
    fn categorise(&self, word: &Word, offer: &mut Offer, label: &str) {
        let morphs: Vec<&Morph> = offer.analysis.morphs.iter().collect();
        let unsaid = Word { category: offer.analysis.category.clone(), ..word.clone() };
        if category(&unsaid, &morphs, &self.language).is_none() {
            offer.analysis.category = MultiText::of(self.language.as_str(), label);
        }
    }

    /// How sure the glosser is of a word by itself, 0 to 1.
    pub(super) fn sureness(&self, form: &str) -> f32 {
        let Some(glosser) = &self.glosser else { return 0.0 };
        let line = Line { words: vec![form.to_owned()], ..Line::default() };
        let analyses = glosser.analyse(&line, 1);
        analyses.first().and_then(|of_word| of_word.first()).map_or(0.0, |best| best.confidence.clamp(0.0, 1.0))
    }
}

/// Whether a mark ends a sentence, or opens speech: the next word may have a capital of no name.
fn ends_sentence(mark: &Word) -> bool {
    mark.form.first().is_some_and(|text| text.contains(['.', '!', '?', ':', '…', '“', '"', '«', '¿', '¡', '।']))
}

/// A glosser trained on lines, when they teach anything; it looks at entries of the lexicon.
pub(super) fn glosser(
    approved: &[Line],
    entries: &[Entry],
    progress: Option<Progress<'_>>,
) -> Result<Option<Glosser>, TrainError> {
    // One thread: the window keeps the other.
    let options = Options { threads: 1, entries, progress, ..Options::default() };
    match Glosser::train(approved, &options) {
        Ok(glosser) => Ok(Some(glosser)),
        Err(GlossError::NothingToLearn) => Ok(None),
        Err(GlossError::Cancelled) => Err(TrainError::Cancelled),
        Err(error) => Err(error.into()),
    }
}

/// A transcribed line: its words, each with its morphs, and its translation.
pub(super) struct WholeLine {
    pub words: Vec<Word>,
    pub morphs: Vec<Vec<Morph>>,
    pub translation: Option<String>,
}

/// The transcribed lines of a project, for reports.
pub(super) fn whole_lines(bundle: &Bundle, language: &str) -> Vec<WholeLine> {
    let index = bundle.index();
    transcribed(bundle, &index, language)
        .into_iter()
        .map(|(line, translation)| {
            let (words, morphs) = words_of(&index, line)
                .into_iter()
                .map(|(word, morphs)| (word.clone(), morphs.into_iter().cloned().collect()))
                .unzip();
            WholeLine { words, morphs, translation: translation.map(str::to_owned) }
        })
        .collect()
}
