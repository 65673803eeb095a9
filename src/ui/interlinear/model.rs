//! What the interlinear view shows.

use crate::domain::{AnnotationId, LexemeId, MultiText, SenseId, WordId};

/// How a word's analysis is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Nothing is known of it.
    #[default]
    Unknown,
    /// Proposed, or typed and not yet agreed with.
    Suggested,
    Approved,
    /// A punctuation mark: there is nothing to analyse.
    Mark,
}

/// A morph in its column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MorphCell {
    /// With the marks people write: `-se`.
    pub form: String,
    pub gloss: String,
}

/// A word in its column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordCell {
    pub id: WordId,
    pub form: String,
    pub standing: Standing,
    pub morphs: Vec<MorphCell>,
    pub gloss: String,
    pub category: String,
}

/// A line with its words and translation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineModel {
    pub id: AnnotationId,
    /// The text as transcribed, for a line without words.
    pub text: String,
    pub words: Vec<WordCell>,
    /// In the first language of glosses; empty when there is none.
    pub free: String,
    /// Translations in other languages and notes, with what they are.
    pub more: Vec<(String, String)>,
    /// Whether it can be heard.
    pub plays: bool,
}

/// One way to analyse the selected word.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AnalysisCard {
    pub morphs: Vec<MorphCell>,
    pub gloss: String,
    pub category: String,
    /// How often and in how many texts it was approved; 0 when it comes from the lexicon.
    pub times: usize,
    pub texts: usize,
    /// What it rests on, in words.
    pub evidence: String,
    /// The chance that it is right, 0 to 1, where the glosser measured it.
    pub confidence: Option<f32>,
}

/// How far learning is, and what it saved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Learning {
    /// Approved words that suggestions rest on; `None` while learning for the first time.
    pub words: Option<usize>,
    /// Keys that suggestions saved since the project was opened.
    pub saved: usize,
}

/// The entry behind the selected word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryCard {
    pub id: LexemeId,
    pub headword: String,
    pub category: String,
    pub senses: Vec<String>,
    /// Text and translation of the first example.
    pub example: Option<(String, String)>,
    /// Links, with whether they are confirmed.
    pub links: Vec<(String, bool)>,
}

/// A gloss to take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    pub gloss: String,
    /// Where it is from: "go · v. intr.".
    pub detail: String,
    /// The sense it is the gloss of.
    pub sense: Option<SenseId>,
}

/// The selected word, at the side.
#[derive(Clone, Debug, PartialEq)]
pub struct WordPanel {
    pub id: WordId,
    pub form: String,
    pub standing: Standing,
    /// How sure the suggestion is, 0 to 1: as the glosser measured it; else its part of all approved analyses, one
    /// unlike analysis imagined.
    pub confidence: Option<f32>,
    pub analyses: Vec<AnalysisCard>,
    /// Which of them is shown in the line.
    pub chosen: Option<usize>,
    /// How many words of this form wait for approval.
    pub open: usize,
    pub entry: Option<EntryCard>,
    /// The word as it is edited: morphs with glosses in the first language of glosses.
    pub morphs: Vec<MorphCell>,
    pub gloss: String,
    pub category: String,
    /// For each morph what its gloss may be.
    pub completions: Vec<Vec<Completion>>,
    /// Categories used in the project for this word's form or its entry.
    pub categories: Vec<String>,
}

/// What the interlinear view shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InterlinearModel {
    /// "Kaikuxi — The jaguar".
    pub title: String,
    /// Every line of the text, in order.
    pub lines: Vec<AnnotationId>,
    /// The lines from this one on are loaded.
    pub first: usize,
    pub loaded: Vec<LineModel>,
    pub selected_line: Option<usize>,
    pub word: Option<WordPanel>,
    /// Tag of the language of glosses.
    pub analysis: String,
    pub words: usize,
    pub approved: usize,
    pub learning: Learning,
}

impl InterlinearModel {
    /// A line by its place in the text, when it is loaded.
    pub fn line(&self, index: usize) -> Option<&LineModel> {
        self.loaded.get(index.checked_sub(self.first)?)
    }
    /// How many suggestions stand in the lines shown.
    pub fn suggestions(&self, shown: std::ops::Range<usize>) -> usize {
        let words = shown.filter_map(|index| self.line(index)).flat_map(|line| &line.words);
        words.filter(|word| word.standing == Standing::Suggested).count()
    }
}

/// The text of the first of the wanted languages that has one, else of any.
pub fn shown(text: &MultiText, language: &str) -> String {
    text.best([language]).unwrap_or_default().to_owned()
}
