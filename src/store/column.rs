//! Domain values as SQL values. Ids are 16 bytes, times integers, structured values JSON text, enums their word.

use std::collections::BTreeMap;

use rusqlite::types::{Type, Value, ValueRef};
use rusqlite::{Error, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::domain::{
    Access, AnnotationId, Consent, Constraint, ExampleId, FormId, FormKind, LanguageId, LanguageRole, LexemeId, LinkId,
    LinkScheme, MediaId, MediaStorage, ModelUse, MorphId, MorphKind, MultiText, Participation, PersonId, ProjectId,
    RecordId, RelationId, Residue, ReviewId, RunId, RunStatus, SenseId, SessionId, Stream, TagId, TagStatus, TierId,
    TierRole, Time, TrackId, TrackKind, VocabularyEntry, VocabularyEntryId, VocabularyId, WordId, WordKind, WordStatus,
    WritingSystem,
};

/// Why a value cannot be read: it is not of the column's kind.
type Refusal = String;

/// A value that one column holds.
pub trait Column: Sized {
    /// As SQL.
    fn to_value(&self) -> Value;
    /// From SQL.
    ///
    /// # Errors
    /// When the value is not of this kind.
    fn from_value(value: ValueRef<'_>) -> Result<Self, Refusal>;
}

/// One column of a row.
///
/// # Errors
/// When the value is not of the column's kind.
pub(super) fn get<T: Column>(row: &Row<'_>, index: usize) -> rusqlite::Result<T> {
    T::from_value(row.get_ref(index)?)
        .map_err(|refusal| Error::FromSqlConversionFailure(index, Type::Null, refusal.into()))
}

fn text(value: ValueRef<'_>) -> Result<&str, Refusal> {
    value.as_str().map_err(|e| e.to_string())
}

impl Column for String {
    fn to_value(&self) -> Value {
        Value::Text(self.clone())
    }
    fn from_value(value: ValueRef<'_>) -> Result<Self, Refusal> {
        text(value).map(str::to_owned)
    }
}

impl Column for i64 {
    fn to_value(&self) -> Value {
        Value::Integer(*self)
    }
    fn from_value(value: ValueRef<'_>) -> Result<Self, Refusal> {
        value.as_i64().map_err(|e| e.to_string())
    }
}

impl Column for f64 {
    fn to_value(&self) -> Value {
        Value::Real(*self)
    }
    fn from_value(value: ValueRef<'_>) -> Result<Self, Refusal> {
        value.as_f64().map_err(|e| e.to_string())
    }
}

impl Column for Time {
    fn to_value(&self) -> Value {
        Value::Integer(self.0)
    }
    fn from_value(value: ValueRef<'_>) -> Result<Self, Refusal> {
        i64::from_value(value).map(Self)
    }
}

impl<T: Column> Column for Option<T> {
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, Column::to_value)
    }
    fn from_value(value: ValueRef<'_>) -> Result<Self, Refusal> {
        match value {
            ValueRef::Null => Ok(None),
            value => T::from_value(value).map(Some),
        }
    }
}

impl Column for RecordId {
    fn to_value(&self) -> Value {
        Value::Blob(self.as_bytes().to_vec())
    }
    fn from_value(value: ValueRef<'_>) -> Result<Self, Refusal> {
        Self::from_slice(value.as_blob().map_err(|e| e.to_string())?).map_err(|e| e.to_string())
    }
}

macro_rules! id_columns {
    ($($id:ident),*) => {$(
        impl Column for $id {
            fn to_value(&self) -> Value { self.0.to_value() }
            fn from_value(value: ValueRef<'_>) -> Result<Self, Refusal> { RecordId::from_value(value).map(Self) }
        }
    )*};
}
id_columns!(
    ProjectId,
    LanguageId,
    PersonId,
    SessionId,
    MediaId,
    TierId,
    VocabularyId,
    VocabularyEntryId,
    AnnotationId,
    WordId,
    MorphId,
    LexemeId,
    FormId,
    SenseId,
    ExampleId,
    RelationId,
    LinkId,
    RunId,
    TrackId,
    TagId,
    ReviewId
);

/// JSON text; what is empty is NULL, and NULL reads as empty.
fn json_to<T: Serialize + Default + PartialEq>(value: &T) -> Value {
    if *value == T::default() {
        return Value::Null;
    }
    // Maps with text keys, numbers and texts: nothing here that JSON cannot say.
    serde_json::to_string(value).map_or(Value::Null, Value::Text)
}

fn json_from<T: DeserializeOwned + Default>(value: ValueRef<'_>) -> Result<T, Refusal> {
    match value {
        ValueRef::Null => Ok(T::default()),
        value => serde_json::from_str(text(value)?).map_err(|e| e.to_string()),
    }
}

macro_rules! json_columns {
    ($($kind:ty),*) => {$(
        impl Column for $kind {
            fn to_value(&self) -> Value { json_to(self) }
            fn from_value(value: ValueRef<'_>) -> Result<Self, Refusal> { json_from(value) }
        }
    )*};
}
json_columns!(
    MultiText,
    Residue,
    Consent,
    serde_json::Value,
    Vec<String>,
    Vec<Stream>,
    Vec<Participation>,
    Vec<VocabularyEntry>,
    Vec<WritingSystem>,
    Vec<ModelUse>,
    BTreeMap<String, MultiText>
);

macro_rules! word_columns {
    ($($kind:ty),*) => {$(
        impl Column for $kind {
            fn to_value(&self) -> Value {
                match serde_json::to_value(self) {
                    Ok(serde_json::Value::String(word)) => Value::Text(word),
                    _ => Value::Null,
                }
            }
            fn from_value(value: ValueRef<'_>) -> Result<Self, Refusal> {
                let word = serde_json::Value::String(text(value)?.to_owned());
                serde_json::from_value(word).map_err(|e| e.to_string())
            }
        }
    )*};
}
word_columns!(
    Access,
    LanguageRole,
    MediaStorage,
    TierRole,
    Constraint,
    WordKind,
    WordStatus,
    MorphKind,
    FormKind,
    LinkScheme,
    RunStatus,
    TrackKind,
    TagStatus
);
