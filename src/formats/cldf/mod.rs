//! CLDF, Cross-Linguistic Data Formats (<https://cldf.clld.org>), 1.1 and later: tables in CSV, described by CSVW metadata.
//!
//! Read: the metadata file, or a folder that holds one. Tables and columns are found by what the metadata says of them
//! (`dc:conformsTo`, `propertyUrl`, foreign keys, separators, `null`, dialect), never by file names. EntryTable →
//! lexemes, SenseTable → senses, ExampleTable → examples of the senses they point at, else sentences of a text with
//! words and morphs (Leipzig Glossing Rules), ContributionTable → sessions, LanguageTable → languages, FormTable with its
//! ParameterTable → a word list. Columns that point at entries become relations. Other columns of entries and senses
//! are custom fields; of other tables, residue.
//!
//! Written: a folder, whole or not at all. With a lexicon it is one dataset of module Dictionary, its texts in the same
//! ExampleTable: two metadata files over one ExampleTable would have to agree on its foreign keys to senses, which a
//! TextCorpus does not have. Without a lexicon it is a TextCorpus. Columns in another language than the first are
//! called `NAME_TAG` and carry `lang`. Ids are those that the record came with, else its UUID, so that they stay the
//! same from one export to the next. `analyses.csv` is a table of ours for what lines of words cannot say. Closed sessions are not written, names of people who are not open never.
//!
//! Residue under `cldf`: `id`; `cells`, texts of columns by name; `words`, a line of words as it was where ours would
//! differ; on the first session, or the first entry where there are no sessions, `dataset`: the metadata, the
//! bibliography, tables that are not modelled and what the file says of its columns.

mod analyses;
mod bibliography;
mod examples;
mod languages;
mod lexicon;
mod metadata;
mod out;
mod read;
mod words;
mod write;
mod write_examples;
mod write_lexicon;

pub use metadata::{is_metadata, metadata_in};
pub use read::read;
pub use write::write;

/// Name of the residue.
const NAME: &str = "cldf";
/// Where terms of the ontology start.
const TERMS: &str = "http://cldf.clld.org/v1.0/terms.rdf#";

/// A column's name as CSVW allows it: letters, digits and `_`, not starting with `_`.
fn column_name(name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let plain = plain.trim_start_matches('_');
    if plain.is_empty() { "Column".to_owned() } else { plain.to_owned() }
}
