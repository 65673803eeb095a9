//! Sessions: one event that was recorded, with its metadata. A text without a recording is a session too.

use serde::{Deserialize, Serialize};

use super::{Access, Consent, MultiText, PersonId, Residue, SessionId};

/// One recorded event, or one text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub id: SessionId,
    /// Short name, unique among people's eyes only (`ETR009`, `The jaguar`).
    pub name: String,
    pub title: MultiText,
    /// ISO 8601, as exact as known: `2010`, `2010-06`, `2010-06-06`.
    pub date: String,
    pub place: String,
    /// OLAC or IMDI genre word: `narrative`, `dialogue`, ….
    pub genre: String,
    pub description: MultiText,
    pub participants: Vec<Participation>,
    pub consent: Consent,
    pub access: Access,
    /// Place in the list of sessions.
    pub position: i64,
    pub residue: Residue,
}

/// Who took part, as what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participation {
    pub person: PersonId,
    /// OLAC role: `speaker`, `interviewer`, `recorder`, ….
    pub role: String,
}
