//! Records as rows: one line a record kind, columns named as the fields.

use rusqlite::Row;
use rusqlite::types::Value;

use super::column::Column;
use crate::domain::{
    Annotation, AnnotationId, Example, ExampleId, ExternalLink, Form, FormId, Language, LanguageId, Lexeme, LexemeId,
    LinkId, Media, MediaId, ModelRun, Morph, MorphId, Person, PersonId, Project, ProjectId, RecordId, Relation,
    RelationId, Review, ReviewId, RunId, Sense, SenseId, Session, SessionId, Tag, TagId, Tier, TierId, Track, TrackId,
    Vocabulary, VocabularyId, Word, WordId,
};

/// A domain record that is a row of a table.
pub trait Record: Sized {
    /// Its id type.
    type Id: Copy + Into<RecordId>;
    /// The table.
    const TABLE: &'static str;
    /// What a person calls one.
    const WHAT: &'static str;
    /// Columns in the order of [`Record::values`]; the first is `id`.
    const COLUMNS: &'static [&'static str];
    /// Its id.
    fn id(&self) -> Self::Id;
    /// Its fields as SQL values.
    fn values(&self) -> Vec<Value>;
    /// From a row that starts with the columns.
    ///
    /// # Errors
    /// When a value is not of the column's kind.
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self>;
}

macro_rules! records {
    ($($record:ident($id:ident) = $table:literal as $what:literal [$($field:ident),*];)*) => {
        $(
            impl From<$id> for RecordId { fn from(id: $id) -> Self { id.0 } }
            impl Record for $record {
                type Id = $id;
                const TABLE: &'static str = $table;
                const WHAT: &'static str = $what;
                const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),*];
                fn id(&self) -> $id { self.id }
                fn values(&self) -> Vec<Value> { vec![$(Column::to_value(&self.$field)),*] }
                fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
                    let mut column = 0..;
                    Ok(Self { $($field: super::column::get(row, column.next().unwrap_or_default())?),* })
                }
            }
        )*
        /// Every table that holds records and takes part in undo and history, parents first.
        pub const TABLES: &[&str] = &[$($table),*];
    };
}

records! {
    Project(ProjectId) = "project" as "project" [id, name, description, base_iri, licence, created, residue];
    Language(LanguageId) = "language" as "language"
        [id, tag, name, iso639_3, glottocode, role, position, writing_systems, residue];
    Person(PersonId) = "person" as "person" [id, code, name, languages, notes, consent, access, residue];
    Session(SessionId) = "session" as "session"
        [id, name, title, date, place, genre, description, participants, consent, access, position, residue];
    Media(MediaId) = "media" as "recording"
        [id, session, path, storage, hash, size, mime, duration, offset, streams, position, residue];
    Vocabulary(VocabularyId) = "vocabulary" as "vocabulary" [id, name, description, entries, residue];
    Tier(TierId) = "tier" as "tier"
        [id, session, parent, name, role, constraint, type_name, participant, annotator, language, vocabulary,
         position, residue];
    Annotation(AnnotationId) = "annotation" as "annotation"
        [id, tier, parent, start, end, position, value, entry, residue];
    Lexeme(LexemeId) = "lexeme" as "entry"
        [id, form, citation, kind, homograph, category, etymology, notes, fields, created, modified, position,
         residue];
    Form(FormId) = "form" as "form" [id, lexeme, position, kind, form, environment, residue];
    Sense(SenseId) = "sense" as "sense"
        [id, lexeme, parent, position, gloss, definition, category, domains, scientific_name, notes, fields, residue];
    Example(ExampleId) = "example" as "example"
        [id, sense, position, text, translation, source, annotation, residue];
    Relation(RelationId) = "relation" as "relation" [id, kind, source, target, target_text, position, residue];
    ExternalLink(LinkId) = "link" as "link" [id, record, scheme, iri, label, confirmed_by, confirmed_at, residue];
    Word(WordId) = "word" as "word"
        [id, annotation, position, kind, form, gloss, category, status, start, end, residue];
    Morph(MorphId) = "morph" as "morph"
        [id, word, position, kind, form, citation, gloss, category, homograph, lexeme, sense, residue];
    ModelRun(RunId) = "run" as "model run"
        [id, session, media, models, settings, started, finished, status, frames, residue];
    Track(TrackId) = "track" as "track" [id, run, kind, number, person, start, end, samples, residue];
    Tag(TagId) = "tag" as "tag"
        [id, run, track, label, start, end, confidence, evidence, status, reviewer, reviewed, annotation, residue];
    Review(ReviewId) = "review" as "review"
        [id, tag, reviewer, reviewed, status, label, start, end, was_label, was_start, was_end, note, residue];
}
