//! Tiers and controlled vocabularies, in ELAN's terms.

use serde::{Deserialize, Serialize};

use super::{PersonId, Residue, SessionId, TierId, VocabularyEntryId, VocabularyId};

/// How a tier's annotations relate to those of its parent tier (ELAN stereotypes).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Constraint {
    /// Stands on its own, aligned to time.
    #[default]
    None,
    /// Divides the parent's time without gaps.
    TimeSubdivision,
    /// Lies within the parent's time, gaps allowed.
    IncludedIn,
    /// An ordered list under the parent, without times of its own.
    SymbolicSubdivision,
    /// Exactly one under each parent, without times of its own.
    SymbolicAssociation,
}

impl Constraint {
    /// Whether annotations of the tier carry times of their own.
    pub fn is_time_aligned(self) -> bool {
        matches!(self, Self::None | Self::TimeSubdivision | Self::IncludedIn)
    }
}

/// What a tier is used for, so that views and exports find it without guessing from its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TierRole {
    /// What was said, an utterance each: words and morphs hang here.
    Transcription,
    /// A free translation of the parent.
    Translation,
    /// A literal translation of the parent.
    LiteralTranslation,
    /// A note on the parent.
    Note,
    /// Accepted face and body tags.
    Tags,
    /// Anything else.
    #[default]
    Other,
}

/// One tier of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    pub id: TierId,
    pub session: SessionId,
    pub parent: Option<TierId>,
    pub name: String,
    pub role: TierRole,
    pub constraint: Constraint,
    /// Name of the linguistic type in ELAN's sense; tiers with the same name share constraint and vocabulary.
    pub type_name: String,
    /// Whose speech or movement it is.
    pub participant: Option<PersonId>,
    /// Who made it.
    pub annotator: String,
    /// BCP 47 tag of its texts, empty when not said.
    pub language: String,
    pub vocabulary: Option<VocabularyId>,
    /// Place among the session's tiers, from the top.
    pub position: i64,
    pub residue: Residue,
}

/// Where a tier keeps that an export made it.
const MADE_OF: &str = "made_of";

impl Tier {
    /// What an export made this tier of, for programs that know tiers only: `words`, or accepted `tags`; `None` of a tier
    /// that somebody made.
    pub fn made_of(&self) -> Option<&str> {
        self.residue.get(MADE_OF).and_then(serde_json::Value::as_str)
    }
    /// Notes it.
    pub fn set_made_of(&mut self, what: &str) {
        self.residue.set(MADE_OF, what.into());
    }
}

/// A controlled vocabulary: the values that a tier's annotations may have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vocabulary {
    pub id: VocabularyId,
    pub name: String,
    pub description: String,
    pub entries: Vec<VocabularyEntry>,
    pub residue: Residue,
}

/// One value of a controlled vocabulary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VocabularyEntry {
    pub id: VocabularyEntryId,
    pub value: String,
    pub description: String,
    pub residue: Residue,
}
