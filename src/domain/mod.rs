//! What a linguist would name: sessions, tiers, annotations, words, morphs, lexemes, people, tracks, tags.
//!
//! Plain records with public fields; no SQL, no drawing, no file format. Every record has an id
//! that two laptops can merge ([`id`]), and a [`Residue`] that keeps what an importer could not model.

pub mod access;
pub mod annotation;
pub mod bundle;
pub mod id;
pub mod interlinear;
pub mod lexicon;
pub mod link;
pub mod media;
pub mod person;
pub mod print;
pub mod project;
pub mod report;
pub mod residue;
pub mod review;
pub mod session;
pub mod standing;
pub mod tag;
pub mod text;
pub mod tier;
pub mod time;
pub mod track;

pub use access::{Access, Consent};
pub use annotation::Annotation;
pub use bundle::Bundle;
pub use id::*;
pub use interlinear::{Morph, MorphKind, Word, WordKind, WordStatus};
pub use lexicon::{Example, Form, FormKind, Lexeme, Relation, Sense};
pub use link::{ExternalLink, LinkScheme};
pub use media::{Media, MediaStorage, Stream, StreamKind};
pub use person::Person;
pub use print::{Print, PrintKind};
pub use project::{Language, LanguageRole, Project, WritingSystem};
pub use report::{Fate, LossReport, ReportItem};
pub use residue::Residue;
pub use review::{Review, Reviews};
pub use session::{Participation, Session};
pub use standing::{Standing, leads};
pub use tag::{ModelRun, ModelUse, RunStatus, Tag, TagStatus};
pub use text::MultiText;
pub use tier::{Constraint, Tier, TierRole, Vocabulary, VocabularyEntry};
pub use time::{Span, Time};
pub use track::{Channel, Track, TrackChunk, TrackKind, TrackSamples};
