//! Interlinear text: the words of an utterance, the morphs of a word, tied to the lexicon.

use serde::{Deserialize, Serialize};

use super::{AnnotationId, LexemeId, MorphId, MultiText, Residue, SenseId, Time, WordId};

/// Whether a word is one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WordKind {
    #[default]
    Word,
    Punctuation,
}

/// How far a word's analysis has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WordStatus {
    /// Nobody has said anything.
    #[default]
    Unknown,
    /// The program proposes the morphs below; nobody has agreed yet.
    Suggested,
    /// A person agreed.
    Approved,
}

/// One word (or punctuation mark) of an utterance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    pub id: WordId,
    /// The utterance it stands in.
    pub annotation: AnnotationId,
    /// Order in the utterance, from 0.
    pub position: i64,
    pub kind: WordKind,
    /// As written, by writing system.
    pub form: MultiText,
    /// Gloss of the whole word, by language.
    pub gloss: MultiText,
    /// Part of speech of the whole word, by language (`{"en": "n"}`).
    pub category: MultiText,
    pub status: WordStatus,
    pub start: Option<Time>,
    pub end: Option<Time>,
    pub residue: Residue,
}

/// How a morph attaches. Names follow FLEx and LIFT.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MorphKind {
    Root,
    #[default]
    Stem,
    BoundRoot,
    BoundStem,
    Prefix,
    Suffix,
    Infix,
    Circumfix,
    Simulfix,
    Suprafix,
    InfixingInterfix,
    PrefixingInterfix,
    SuffixingInterfix,
    Clitic,
    Proclitic,
    Enclitic,
    Particle,
    Phrase,
    DiscontiguousPhrase,
}

impl MorphKind {
    /// Every kind with the name that FLEx and LIFT give it.
    pub const NAMES: [(Self, &'static str); 19] = [
        (Self::Root, "root"),
        (Self::Stem, "stem"),
        (Self::BoundRoot, "bound root"),
        (Self::BoundStem, "bound stem"),
        (Self::Prefix, "prefix"),
        (Self::Suffix, "suffix"),
        (Self::Infix, "infix"),
        (Self::Circumfix, "circumfix"),
        (Self::Simulfix, "simulfix"),
        (Self::Suprafix, "suprafix"),
        (Self::InfixingInterfix, "infixing interfix"),
        (Self::PrefixingInterfix, "prefixing interfix"),
        (Self::SuffixingInterfix, "suffixing interfix"),
        (Self::Clitic, "clitic"),
        (Self::Proclitic, "proclitic"),
        (Self::Enclitic, "enclitic"),
        (Self::Particle, "particle"),
        (Self::Phrase, "phrase"),
        (Self::DiscontiguousPhrase, "discontiguous phrase"),
    ];
    /// The name FLEx and LIFT give it.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(kind, _)| *kind == self).map_or("stem", |(_, name)| name)
    }
    /// The kind that FLEx and LIFT call so.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }
    /// The kind that the marks around a form tell: `-s` suffix, `re-` prefix, `=lo` enclitic, `lo=` proclitic,
    /// `-um-` infix, anything else a stem.
    pub fn from_marks(form: &str) -> Self {
        let (starts, ends) = (form.starts_with('-'), form.ends_with('-'));
        match (starts, ends, form.starts_with('='), form.ends_with('=')) {
            (true, true, ..) if form.len() > 1 => Self::Infix,
            (true, ..) => Self::Suffix,
            (_, true, ..) => Self::Prefix,
            (_, _, true, _) => Self::Enclitic,
            (_, _, _, true) => Self::Proclitic,
            _ => Self::Stem,
        }
    }
    /// The marks to show before and after a form of this kind.
    pub fn marks(self) -> (&'static str, &'static str) {
        match self {
            Self::Prefix | Self::PrefixingInterfix => ("", "-"),
            Self::Suffix | Self::SuffixingInterfix => ("-", ""),
            Self::Infix | Self::InfixingInterfix => ("-", "-"),
            Self::Proclitic => ("", "="),
            Self::Enclitic => ("=", ""),
            _ => ("", ""),
        }
    }
    /// Whether it can stand as the heart of a word.
    pub fn is_stem(self) -> bool {
        matches!(
            self,
            Self::Root
                | Self::Stem
                | Self::BoundRoot
                | Self::BoundStem
                | Self::Particle
                | Self::Phrase
                | Self::DiscontiguousPhrase
        )
    }
}

/// One morph of a word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Morph {
    pub id: MorphId,
    pub word: WordId,
    /// Order in the word, from 0.
    pub position: i64,
    pub kind: MorphKind,
    /// As it appears here, by writing system, with the marks people write (`-im`).
    pub form: MultiText,
    /// Citation form of the entry as the source wrote it, by writing system; empty when only the link says it.
    pub citation: MultiText,
    /// Gloss, by language.
    pub gloss: MultiText,
    /// Grammatical category, by language.
    pub category: MultiText,
    /// Homograph number of the entry as the source wrote it, empty when it has none.
    pub homograph: String,
    pub lexeme: Option<LexemeId>,
    pub sense: Option<SenseId>,
    pub residue: Residue,
}
