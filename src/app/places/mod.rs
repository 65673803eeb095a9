//! What stands between the store and each view: a place asks the store for what its view shows, keeps it while
//! nothing changed, and does the commands the view sends.
//!
//! Each place is a struct with its view's state and model, and three doors:
//! - `refresh(&mut self, core)`: brings the model up to date; called before drawing, cheap when nothing changed
//!   ([`Stamp`] tells). It asks only for what is visible.
//! - `perform(&mut self, core, command)`: does a command of this place by calling `edit` through [`Core::edit`].
//! - `ui(&mut self, ui, cx)`: draws the view with the model.

pub mod timeline;

pub use timeline::TimelinePlace;

use eframe::egui::Ui;

use super::command::Command;
use super::core::Core;
use super::place::Place;
use crate::domain::SessionId;
use crate::ui::UiContext;
use crate::ui::palette::PaletteEntry;
use crate::ui::shell::StatusItem;

/// Every place, each with what it keeps from frame to frame.
#[derive(Default)]
pub struct Places {}

impl Places {
    /// Does a command of a place.
    pub fn perform(&mut self, core: &mut Core, command: Command) {
        let _ = (core, command);
    }

    /// Brings the place that is shown up to date.
    pub fn refresh(&mut self, core: &mut Core, place: Place) {
        let _ = (core, place);
    }

    /// Draws a place.
    pub fn ui(&mut self, ui: &mut Ui, cx: &mut UiContext, core: &Core, place: Place) {
        let _ = (ui, cx, core, place);
    }

    /// What a place has to say in the status bar.
    pub fn status(&self, core: &Core, place: Place) -> Vec<StatusItem> {
        let _ = (core, place);
        Vec::new()
    }

    /// What the palette finds beside commands.
    pub fn entries(&self, core: &Core) -> Vec<PaletteEntry> {
        let _ = core;
        Vec::new()
    }
}

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
