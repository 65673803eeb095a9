//! What stands between the store and each view: a place asks the store for what its view shows, keeps it while
//! nothing changed, and does the commands the view sends.
//!
//! Each place is a struct with its view's state and model, and three doors:
//! - `refresh(&mut self, core)`: brings the model up to date; called before drawing, cheap when nothing changed
//!   ([`Stamp`] tells). It asks only for what is visible.
//! - `perform(&mut self, core, command)`: does a command of this place by calling `edit` through [`Core::edit`].
//! - `ui(&mut self, ui, cx)`: draws the view with the model.

pub mod people;

use super::core::Core;
use crate::domain::SessionId;

/// Tells whether a model is still good: same project revision, same session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    revision: u64,
    session: Option<SessionId>,
}

impl Stamp {
    /// Whether something changed since the last call; remembers that it was asked.
    pub fn is_old(&mut self, core: &Core) -> bool {
        let now = Self { revision: core.revision, session: core.selection.session };
        std::mem::replace(self, now) != now
    }
    /// Makes the next [`Stamp::is_old`] say yes.
    pub fn spoil(&mut self) {
        *self = Self::default();
    }
}
