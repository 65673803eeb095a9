//! What went wrong, in words for the person at the terminal.

use std::fmt;

/// Result of a step.
pub type Outcome<T> = Result<T, Failure>;

/// A step that could not be done: what failed, and what to do about it.
#[derive(Debug)]
pub struct Failure {
    what: String,
    remedy: String,
}

impl Failure {
    pub fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Failure { what: what.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Failed: {}\nWhat to do: {}", self.what, self.remedy)
    }
}
