//! The lexicon: lexemes with forms, senses, examples and relations.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::{AnnotationId, ExampleId, FormId, LexemeId, MorphKind, MultiText, RecordId, RelationId, Residue, SenseId};

/// One entry of the dictionary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lexeme {
    pub id: LexemeId,
    /// The lexeme form, by writing system, without marks (`im`, not `-im`): the kind says how it attaches.
    pub form: MultiText,
    /// Citation form where it differs from the lexeme form.
    pub citation: MultiText,
    pub kind: MorphKind,
    /// Homograph number, 0 when it has none.
    pub homograph: i64,
    /// Part of speech of the entry as written in the source (`n`, `v. tr.`); senses may differ.
    pub category: String,
    pub etymology: MultiText,
    pub notes: MultiText,
    /// Custom fields by name.
    pub fields: BTreeMap<String, MultiText>,
    /// RFC 3339, empty when not known.
    pub created: String,
    pub modified: String,
    /// Place in the source dictionary; sorting by headword does not use it.
    pub position: i64,
    pub residue: Residue,
}

/// What another form of a lexeme is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormKind {
    /// A shape the morph takes in some environment.
    #[default]
    Allomorph,
    /// Another way to say or write the whole lexeme.
    Variant,
    /// How it is pronounced.
    Pronunciation,
    /// A member of its paradigm.
    Inflected,
}

/// Another form of a lexeme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    pub id: FormId,
    pub lexeme: LexemeId,
    pub position: i64,
    pub kind: FormKind,
    pub form: MultiText,
    /// Where it is used: environment, dialect, paradigm slot.
    pub environment: String,
    pub residue: Residue,
}

/// One meaning of a lexeme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sense {
    pub id: SenseId,
    pub lexeme: LexemeId,
    /// The sense this one is part of.
    pub parent: Option<SenseId>,
    pub position: i64,
    pub gloss: MultiText,
    pub definition: MultiText,
    /// Part of speech as written in the source; empty for the entry's.
    pub category: String,
    /// Semantic domains, by code or name as in the source (`1.6.1.1 Mammal`).
    pub domains: Vec<String>,
    pub scientific_name: String,
    pub notes: MultiText,
    /// Custom fields by name.
    pub fields: BTreeMap<String, MultiText>,
    pub residue: Residue,
}

/// A sentence that shows a sense.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    pub id: ExampleId,
    pub sense: SenseId,
    pub position: i64,
    pub text: MultiText,
    pub translation: MultiText,
    /// Where it is from, as the source says it.
    pub source: String,
    /// The utterance it was taken from.
    pub annotation: Option<AnnotationId>,
    pub residue: Residue,
}

/// A tie between two entries or senses: synonym, antonym, part of, component of a compound, variant of, see also.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    pub id: RelationId,
    /// Name of the relation as in the source (`Synonyms`, `_component-lexeme`, `cf`).
    pub kind: String,
    /// Lexeme or sense it starts from.
    pub source: RecordId,
    /// Lexeme or sense it leads to; `None` when the target is not in the lexicon.
    pub target: Option<RecordId>,
    /// The target as written in the source.
    pub target_text: String,
    pub position: i64,
    pub residue: Residue,
}
