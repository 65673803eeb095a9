//! What the lexicon view shows.

use crate::domain::{ExampleId, LexemeId, LinkId, LinkScheme, MorphId, SenseId, SessionId};
use crate::ui::tr;

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LexiconRow {
    pub id: LexemeId,
    pub headword: String,
    /// Glosses of its senses, parted by semicolons.
    pub gloss: String,
    pub category: String,
    pub in_texts: usize,
}

/// A link outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkModel {
    pub id: LinkId,
    pub name: String,
    pub scheme: LinkScheme,
    pub iri: String,
    pub confirmed: bool,
}

/// An example sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExampleModel {
    pub id: ExampleId,
    pub text: String,
    pub translation: String,
    pub source: String,
}

/// A sense as it is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SenseModel {
    pub id: SenseId,
    /// `1`, `2`, `2.1`.
    pub number: String,
    /// 0 for a sense of the entry, 1 for a sense of that.
    pub depth: usize,
    pub gloss: String,
    pub definition: String,
    pub category: String,
    pub domains: String,
    pub scientific_name: String,
    /// Glosses in other languages, with their tag.
    pub other_glosses: Vec<(String, String)>,
    pub examples: Vec<ExampleModel>,
    pub links: Vec<LinkModel>,
}

/// A tie to another entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelationModel {
    pub kind: String,
    pub target: String,
    pub lexeme: Option<LexemeId>,
}

/// An occurrence in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    pub session: SessionId,
    pub morph: MorphId,
    pub before: String,
    pub word: String,
    pub after: String,
    pub text: String,
}

/// The open entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryModel {
    pub id: LexemeId,
    pub headword: String,
    /// 0 when it has none.
    pub homograph: i64,
    pub category: String,
    pub pronunciations: Vec<String>,
    pub variants: Vec<String>,
    pub etymology: String,
    pub notes: String,
    pub senses: Vec<SenseModel>,
    pub relations: Vec<RelationModel>,
    pub occurrences: Vec<Occurrence>,
    /// How often it occurs in all; more than are shown, where there are many.
    pub in_texts: usize,
}

/// What the lexicon view shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LexiconModel {
    /// The entries the filter leaves.
    pub rows: Vec<LexiconRow>,
    /// How many there are without the filter.
    pub entries: usize,
    pub senses: usize,
    /// Senses with a confirmed link.
    pub linked: usize,
    pub filter: String,
    pub selected: Option<usize>,
    pub entry: Option<EntryModel>,
    /// The sense that new examples and links go to.
    pub sense: Option<SenseId>,
    /// Tag of the language described, and of the language of glosses.
    pub object: String,
    pub analysis: String,
}

/// What a scheme of links is called.
pub fn scheme_name(scheme: LinkScheme) -> String {
    match scheme {
        LinkScheme::WordNet => "WordNet".to_owned(),
        LinkScheme::Wikidata => "Wikidata".to_owned(),
        LinkScheme::Dbpedia => "DBpedia".to_owned(),
        LinkScheme::Concepticon => "Concepticon".to_owned(),
        LinkScheme::Other => tr("lexicon-link-other"),
    }
}
