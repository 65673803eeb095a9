//! A file into a project that may have it already: what is new, what is the same, what differs, and what then.
//!
//! Three steps, all of them over bundles, none with SQL:
//! 1. [`Comparison::new`] finds which record of the file is which of the project's (`matching`) and gives the file's
//!    the project's ids; then it lists what the two say differently, field by field (`compare`).
//! 2. The store is asked what the history tells of the records that differ ([`Comparison::asks`]).
//! 3. [`Comparison::plan`] decides each difference and gives a [`Plan`]: records to add, records to change, what was
//!    not taken and why.
//!
//! What holds for every import:
//! - **Nothing doubles.** A record that is there already is never added again; not the languages (same tag) nor the
//!   people (same code, or same name) either.
//! - **Nothing is taken away.** What the file does not say stays, and what only the project has stays; both are told.
//!   Two exceptions follow their text: when the text of an utterance is taken from the file, its words are too; when
//!   the morphs of a word are, all of them are.
//! - **What people did here stands.** By default ([`Policy::Careful`]) the file fills what is empty, and its value is
//!   taken where the project's is one that an earlier import of a file of the same name gave: nobody has edited it
//!   since. Where the file still says what it said then, the project is ahead and keeps its own. Everything else is a
//!   conflict: the project's stands until somebody chooses. Morphs of a word that a person approved are never changed
//!   without asking, approval is never taken back, consent and access are never changed but by choice.
//! - **What was deleted here stays deleted.** A record that an earlier import of a file of the same name brought, and
//!   that somebody deleted since, is told and left out with everything under it, until somebody chooses it. A session
//!   that was deleted as a whole comes back: who imports its file again wants it.
//! - **The same file again changes nothing.**
//!
//! What the format left over (residue) takes the place of what it left before, so that an export writes the newest.

mod align;
mod compare;
mod deleted;
mod made;
mod matching;
mod order;
mod overlap;
mod pairing;
mod past;
pub mod piece;
mod plan;
mod report;
mod wording;

use std::collections::HashMap;

pub use matching::match_ids;
pub use past::{Past, Pasts};
pub use piece::Kind;
pub use plan::{Comparison, Counts, Difference, Plan, Reason};

use crate::domain::RecordId;

/// What to do where the file and the project say different things.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// Fill what is empty, take what nobody edited since it was imported, keep the rest as conflicts.
    #[default]
    Careful,
    /// The file's, wherever it says something.
    Take,
    /// The project's records stay as they are; only new records come in.
    Keep,
    /// Only what is empty here is filled.
    Fill,
}

/// A policy, and what a person chose for single differences.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    pub policy: Policy,
    /// By record and field: whether to take the file's.
    pub each: HashMap<(RecordId, Vec<String>), bool>,
}
