//! Text as numbers, by a tokenizer of Hugging Face.

use std::path::Path;

use fieldgloss::analysis::models::TextInput;
use fieldgloss::analysis::models::said::Said;
use tch::Tensor;
use tokenizers::Tokenizer;

use super::{OwnError, OwnModel};

/// A tokenizer's file is not larger.
const LARGEST: u64 = 64 << 20;
/// Letters of a text that are read at most: no model of this kind reads more.
const MOST_LETTERS: usize = 200_000;

/// A tokenizer with what the card says of its use.
pub struct Words {
    tokenizer: Tokenizer,
    spec: TextInput,
}

impl Words {
    /// Reads the tokenizer's file.
    ///
    /// # Errors
    /// [`OwnError::Tokenizer`].
    pub fn read(path: &Path, spec: &TextInput) -> Result<Self, OwnError> {
        let fault = |cause: String| OwnError::Tokenizer { path: path.to_owned(), cause };
        let size = std::fs::metadata(path).map_err(|error| fault(error.to_string()))?.len();
        if size > LARGEST {
            return Err(fault(format!("it has {size} bytes")));
        }
        let bytes = std::fs::read(path).map_err(|error| fault(error.to_string()))?;
        let tokenizer = Tokenizer::from_bytes(&bytes).map_err(|error| fault(error.to_string()))?;
        Ok(Self { tokenizer, spec: spec.clone() })
    }

    /// The numbers of a text, cut to the longest that the model takes.
    ///
    /// # Errors
    /// When the tokenizer fails on it.
    pub fn ids(&self, text: &str) -> Result<Vec<i64>, OwnError> {
        let text: String = text.chars().take(MOST_LETTERS).collect();
        let encoded =
            self.tokenizer.encode(text.as_str(), true).map_err(|error| OwnError::Failed(error.to_string()))?;
        Ok(encoded.get_ids().iter().take(self.spec.longest).map(|id| i64::from(*id)).collect())
    }

    /// Inputs for the model: the numbers, and which of them are real where the card asks for that.
    ///
    /// # Errors
    /// As [`Self::ids`].
    pub fn tensors(&self, text: &str) -> Result<Vec<Tensor>, OwnError> {
        let mut ids = self.ids(text)?;
        let real = ids.len();
        let length = if self.spec.fill { self.spec.longest } else { real.max(1) };
        ids.resize(length, self.spec.filler);
        let mask: Vec<i64> = (0..length).map(|at| i64::from(at < real)).collect();
        let tensor = |numbers: &[i64]| Tensor::f_from_slice(numbers)?.f_reshape([1, -1]);
        let mut inputs = vec![tensor(&ids)?];
        if self.spec.mask {
            inputs.push(tensor(&mask)?);
        }
        Ok(inputs)
    }
}

impl OwnModel {
    /// What it says about a text.
    ///
    /// # Errors
    /// As [`OwnModel::ask`]; a model that takes no text.
    pub fn read_text(&self, text: &str) -> Result<Said, OwnError> {
        let words = self.words.as_ref().ok_or_else(|| self.takes_other("text"))?;
        self.ask(&words.tensors(text)?, [1.0, 1.0])
    }
}
