//! The glosser: learns from glossed lines how words are cut into morphs and what each morph is glossed with, and
//! proposes analyses of new lines, each with a confidence and the evidence it rests on.

mod error;

pub use error::GlossError;

use super::igt::Line;

/// What prediction is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Input {
    /// Whole words. Segmentations in the training lines are used where they are there (a project's own lines);
    /// without them they are found from the glosses' number and order.
    #[default]
    Words,
    /// Words that are cut into morphs already: only glosses are asked for.
    Segmented,
}

/// How far training is, from 0 to 1; giving back `false` cancels it.
pub type Progress<'p> = &'p (dyn Fn(f32) -> bool + Sync);

/// How to train.
#[derive(Clone, Copy)]
pub struct Options<'p> {
    pub input: Input,
    /// Threads to use, 1 or 2. The model is the same with either.
    pub threads: usize,
    pub seed: u64,
    pub progress: Option<Progress<'p>>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self { input: Input::Words, threads: 2, seed: 1, progress: None }
    }
}

/// A morph as proposed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Morph {
    /// As training lines write it where they are segmented, else the stretch of the word.
    pub form: String,
    /// Empty where nothing is known about it.
    pub gloss: String,
}

/// What a proposal rests on, from strongest to weakest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The whole word was seen with this analysis, so many times.
    Word { times: u32 },
    /// Every morph was seen with its gloss; how often the rarest was.
    Morphs { rarest: u32 },
    /// The stem is glossed like the stem of a word that looks alike.
    Analogy { word: String },
    /// The stem's gloss stands in the free translation.
    Translation { word: String },
    /// Punctuation, a number or a name, repeated as it is.
    Copy,
    /// A guess.
    Unknown,
}

/// A proposed analysis of a word.
#[derive(Clone, Debug, PartialEq)]
pub struct Analysis {
    pub morphs: Vec<Morph>,
    /// The chance that the analysis is right, 0 to 1.
    pub confidence: f32,
    pub evidence: Evidence,
}

impl Analysis {
    /// The glosses joined by `-`, as a gloss line writes them.
    pub fn gloss(&self) -> String {
        let glosses: Vec<&str> = self.morphs.iter().map(|m| m.gloss.as_str()).collect();
        glosses.join("-")
    }
}

/// What training made of the lines it was given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Learned {
    /// Lines and words that were learnt from.
    pub lines: usize,
    pub words: usize,
    /// Lines whose glosses do not match their words in number; nothing was learnt from them.
    pub mismatched: usize,
}

/// A trained glosser.
pub struct Glosser {
    learned: Learned,
}

impl Glosser {
    /// Learns from glossed lines. Lines without glosses, or with another number of glosses than words, teach nothing.
    pub fn train(lines: &[Line], options: &Options) -> Result<Self, GlossError> {
        let _ = (lines, options);
        Err(GlossError::NothingToLearn)
    }

    /// What training made of its lines.
    pub fn learned(&self) -> Learned {
        self.learned
    }

    /// The `n` best analyses of each word, the best first; at least one for every word.
    pub fn analyse(&self, line: &Line, n: usize) -> Vec<Vec<Analysis>> {
        let _ = n;
        line.words.iter().map(|_| Vec::new()).collect()
    }

    /// Takes in a line that a person approved, at once: its words are known from now on. What is weighed against what
    /// stays as it was until the next full training.
    pub fn learn(&mut self, line: &Line) {
        let _ = line;
    }

    /// The model as bytes; the same model gives the same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        Vec::new()
    }

    /// A model from its bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, GlossError> {
        let _ = bytes;
        Err(GlossError::Damaged("empty"))
    }

    pub fn save(&self, path: &std::path::Path) -> Result<(), GlossError> {
        Ok(std::fs::write(path, self.to_bytes())?)
    }

    pub fn load(path: &std::path::Path) -> Result<Self, GlossError> {
        Self::from_bytes(&std::fs::read(path)?)
    }
}
