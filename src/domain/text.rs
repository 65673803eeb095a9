//! Text in several languages or writing systems.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One text in several languages, keyed by BCP 47 tag (`apy`, `en`, `apy-fonipa`).
/// Text is stored as typed; an empty text is not stored at all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MultiText(pub BTreeMap<String, String>);

impl MultiText {
    /// One text in one language; empty text gives an empty `MultiText`.
    pub fn of(language: impl Into<String>, text: impl Into<String>) -> Self {
        let mut new = Self::default();
        new.set(language, text);
        new
    }
    /// The text in a language.
    pub fn get(&self, language: &str) -> Option<&str> {
        self.0.get(language).map(String::as_str)
    }
    /// Sets the text in a language; empty text removes it.
    pub fn set(&mut self, language: impl Into<String>, text: impl Into<String>) {
        let (language, text) = (language.into(), text.into());
        if text.is_empty() {
            self.0.remove(&language);
        } else {
            self.0.insert(language, text);
        }
    }
    /// The text in the first of the wanted languages that has one, else in any language.
    pub fn best<'a>(&'a self, wanted: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
        wanted.into_iter().find_map(|language| self.get(language)).or_else(|| self.first())
    }
    /// The text of the first language by tag, when there is any.
    pub fn first(&self) -> Option<&str> {
        self.0.values().next().map(String::as_str)
    }
    /// Whether no language has a text.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// Language and text, in order of tag.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(language, text)| (language.as_str(), text.as_str()))
    }
}

impl<L: Into<String>, T: Into<String>> FromIterator<(L, T)> for MultiText {
    fn from_iter<I: IntoIterator<Item = (L, T)>>(texts: I) -> Self {
        let mut new = Self::default();
        for (language, text) in texts {
            new.set(language, text);
        }
        new
    }
}
