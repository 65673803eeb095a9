//! Links from a record to the world outside: WordNet, Wikidata, DBpedia, Concepticon.

use serde::{Deserialize, Serialize};

use super::{LinkId, RecordId, Residue};

/// What a link leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkScheme {
    WordNet,
    Wikidata,
    Dbpedia,
    Concepticon,
    Other,
}

/// A link. It is published only when a person confirmed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExternalLink {
    pub id: LinkId,
    /// The record it belongs to, mostly a sense.
    pub record: RecordId,
    pub scheme: LinkScheme,
    pub iri: String,
    pub label: String,
    /// Who confirmed it; empty while it is only a candidate.
    pub confirmed_by: String,
    /// When, RFC 3339.
    pub confirmed_at: String,
    pub residue: Residue,
}
