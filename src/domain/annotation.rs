//! Annotations: a text on a tier, aligned to time or hanging under another annotation.

use serde::{Deserialize, Serialize};

use super::{AnnotationId, Residue, Span, TierId, Time, VocabularyEntryId};

/// One annotation. On a transcription tier it is an utterance, and words hang under it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annotation {
    pub id: AnnotationId,
    pub tier: TierId,
    /// The annotation on the parent tier that this one belongs to.
    pub parent: Option<AnnotationId>,
    /// Start on the session's timeline; `None` while not aligned (a text without a recording, a symbolic tier).
    pub start: Option<Time>,
    /// End on the session's timeline; `start` and `end` are both there or both not.
    pub end: Option<Time>,
    /// Order among its siblings where time does not give one.
    pub position: i64,
    pub value: String,
    /// The entry of the tier's vocabulary that the value came from.
    pub entry: Option<VocabularyEntryId>,
    pub residue: Residue,
}

impl Annotation {
    /// A new annotation with no parent, no residue.
    pub fn new(tier: TierId, span: Option<Span>, position: i64, value: impl Into<String>) -> Self {
        Self {
            id: AnnotationId::new(),
            tier,
            parent: None,
            start: span.map(|s| s.start),
            end: span.map(|s| s.end),
            position,
            value: value.into(),
            entry: None,
            residue: Residue::default(),
        }
    }
    /// Its time, when aligned.
    pub fn span(&self) -> Option<Span> {
        Some(Span { start: self.start?, end: self.end? })
    }
}
