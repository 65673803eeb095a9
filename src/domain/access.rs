//! Consent and access: they travel with the data.

use serde::{Deserialize, Serialize};

/// Who may see a record, from the widest to the narrowest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Anyone.
    Open,
    /// People with an account at the archive.
    Registered,
    /// The project's own team. What a new record starts with.
    #[default]
    Team,
    /// Nobody but the person who holds the recording: left out of every export that is published.
    Closed,
}

/// What a person agreed to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Consent {
    /// Whether consent was given at all; `None` while nobody has asked.
    pub given: Option<bool>,
    /// How: "written", "recorded at 0:12", ….
    pub manner: String,
    /// When, ISO 8601 date, as far as known.
    pub date: String,
    /// Conditions in the person's own words.
    pub conditions: String,
}
