//! Record ids: UUIDv7 behind one newtype a kind, so that a word can never be taken for a morph.

use std::fmt;
use std::str::FromStr;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use uuid::{ContextV7, Timestamp, Uuid};

/// The id of any record, its kind forgotten: for links, history and search hits that may point anywhere.
pub type RecordId = Uuid;

/// Fresh ids for very many records of one moment, in order: the clock is asked once.
#[derive(Debug)]
pub struct Moment {
    secs: u64,
    nanos: u32,
    context: ContextV7,
}

impl Moment {
    /// The moment that is now.
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self { secs: since.as_secs(), nanos: since.subsec_nanos(), context: ContextV7::new() }
    }
    /// The next id.
    pub fn id<I: From<Uuid>>(&self) -> I {
        Uuid::new_v7(Timestamp::from_unix(&self.context, self.secs, self.nanos)).into()
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_a_moment_are_many_and_in_order() {
        let before = AnnotationId::new();
        let moment = Moment::now();
        let ids: Vec<AnnotationId> = (0..10_000).map(|_| moment.id()).collect();
        assert!(ids.is_sorted_by(|a, b| a < b));
        assert!(!ids.contains(&before) && ids.iter().all(|id| id.0.get_version_num() == 7));
    }
}
