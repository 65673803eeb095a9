//! Record ids: UUIDv7 behind one newtype a kind, so that a word can never be taken for a morph.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The id of any record, its kind forgotten: for links, history and search hits that may point anywhere.
pub type RecordId = Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A fresh id; ids made later sort later.
            #[allow(clippy::new_without_default)]
            pub fn new() -> Self { Self(Uuid::now_v7()) }
            /// The id without its kind.
            pub fn record(self) -> RecordId { self.0 }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }
        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> { Uuid::from_str(text).map(Self) }
        }
        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self { Self(id) }
        }
    )*};
}

ids! {
    /// Of the one [`Project`](super::Project) in a project folder.
    ProjectId,
    /// Of a [`Language`](super::Language).
    LanguageId,
    /// Of a [`Person`](super::Person).
    PersonId,
    /// Of a [`Session`](super::Session).
    SessionId,
    /// Of a [`Media`](super::Media) file.
    MediaId,
    /// Of a [`Tier`](super::Tier).
    TierId,
    /// Of a controlled [`Vocabulary`](super::Vocabulary).
    VocabularyId,
    /// Of a [`VocabularyEntry`](super::VocabularyEntry).
    VocabularyEntryId,
    /// Of an [`Annotation`](super::Annotation).
    AnnotationId,
    /// Of a [`Word`](super::Word).
    WordId,
    /// Of a [`Morph`](super::Morph).
    MorphId,
    /// Of a [`Lexeme`](super::Lexeme).
    LexemeId,
    /// Of a [`Form`](super::Form).
    FormId,
    /// Of a [`Sense`](super::Sense).
    SenseId,
    /// Of an [`Example`](super::Example).
    ExampleId,
    /// Of a [`Relation`](super::Relation).
    RelationId,
    /// Of an [`ExternalLink`](super::ExternalLink).
    LinkId,
    /// Of a [`ModelRun`](super::ModelRun).
    RunId,
    /// Of a [`Track`](super::Track).
    TrackId,
    /// Of a [`Tag`](super::Tag).
    TagId,
    /// Of a [`Review`](super::Review).
    ReviewId,
}
