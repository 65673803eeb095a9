//! The project and its languages.

use serde::{Deserialize, Serialize};

use super::{LanguageId, MultiText, ProjectId, Residue};

/// The one project of a project folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    pub id: ProjectId,
    /// What people call it.
    pub name: String,
    pub description: MultiText,
    /// Where the IRIs of exported records start, with a trailing `/` or `#`.
    pub base_iri: String,
    /// Licence IRI of what is published, empty while undecided.
    pub licence: String,
    /// When it was made, RFC 3339.
    pub created: String,
    pub residue: Residue,
}

impl Project {
    /// A new project of that name, with nothing else said of it yet.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            id: ProjectId::new(),
            name: name.into(),
            description: MultiText::default(),
            base_iri: String::new(),
            licence: String::new(),
            created: String::new(),
            residue: Residue::default(),
        }
    }
}

/// What a language is to the project.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LanguageRole {
    /// Being documented.
    #[default]
    Object,
    /// Glosses and translations are in it.
    Analysis,
}

/// A language of the project: documented or used to describe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Language {
    pub id: LanguageId,
    /// BCP 47 tag that texts of this language carry, from ISO 639-3 where there is one (`apy`, `qaa`).
    pub tag: String,
    pub name: MultiText,
    /// ISO 639-3 code, empty when it has none.
    pub iso639_3: String,
    /// Glottocode (`apal1257`), empty when unknown.
    pub glottocode: String,
    pub role: LanguageRole,
    /// Place among the project's languages; the first object and the first analysis language are the defaults.
    pub position: i64,
    /// How the language is written; the first is the default.
    pub writing_systems: Vec<WritingSystem>,
    pub residue: Residue,
}

/// One way to write a language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WritingSystem {
    /// BCP 47 tag: `apy`, `apy-fonipa`, `kpv-Cyrl`.
    pub tag: String,
    pub name: String,
    /// ISO 15924 script (`Latn`), empty when not said.
    pub script: String,
    /// Font family to show it in (`Andika`, `Charis SIL`), empty for the default.
    pub font: String,
    pub right_to_left: bool,
}
