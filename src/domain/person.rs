//! People: speakers, signers, annotators, collectors.

use serde::{Deserialize, Serialize};

use super::{Access, Consent, PersonId, Residue};

/// A person of the project. Sensitive attributes are not fields; whoever needs one writes it in the notes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: PersonId,
    /// Short code used on tiers and in pseudonymised exports.
    pub code: String,
    /// Full name, empty when it must not be known.
    pub name: String,
    /// BCP 47 tags, first language first.
    pub languages: Vec<String>,
    pub notes: String,
    pub consent: Consent,
    pub access: Access,
    pub residue: Residue,
}
