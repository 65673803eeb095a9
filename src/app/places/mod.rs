//! What stands between the store and each view: a place asks the store for what its view shows, keeps it while
//! nothing changed, and does the commands the view sends.
//!
//! Each place is a struct with its view's state and model, and three doors:
//! - `refresh(&mut self, core)`: brings the model up to date; called before drawing, cheap when nothing changed
//!   ([`Stamp`] tells). It asks only for what is visible.
//! - `perform(&mut self, core, command)`: does a command of this place by calling `edit` through [`Core::edit`].
//! - `ui(&mut self, ui, cx)`: draws the view with the model.

pub mod clips;
pub mod heat;
pub mod interlinear;
pub mod lexicon;
pub mod people;
pub mod publish;
pub mod query;
pub mod search;
pub mod sessions;
pub mod timeline;

pub use timeline::TimelinePlace;

use eframe::egui::Ui;

use super::command::Command;
use super::core::Core;
use super::i18n::tr_args;
use super::place::Place;
use crate::domain::{SessionId, Track, TrackKind};
use crate::ui::UiContext;
use crate::ui::palette::PaletteEntry;
use crate::ui::shell::StatusItem;

/// A face, body or voice that nobody has named yet: "Face 1".
fn track_name(track: &Track) -> String {
    let id = match track.kind {
        TrackKind::Face => "people-face",
        TrackKind::Body => "people-body",
        TrackKind::Voice => "people-voice",
    };
    tr_args(id, &[("number", track.number.into())])
}

/// Every place, each with what it keeps from frame to frame.
#[derive(Default)]
pub struct Places {
    pub sessions: sessions::SessionsPlace,
    pub timeline: timeline::TimelinePlace,
    pub interlinear: interlinear::InterlinearPlace,
    pub lexicon: lexicon::LexiconPlace,
    pub people: people::PeoplePlace,
    pub search: search::SearchPlace,
    pub publish: publish::PublishPlace,
    /// The dialog for clips and stills, over any place.
    pub clips: clips::Clips,
    palette: Palette,
}

/// What the palette finds beside commands, kept while nothing changes.
#[derive(Default)]
struct Palette {
    stamp: Stamp,
    entries: Vec<PaletteEntry>,
}

/// A lexicon of up to this many entries is in the palette; a larger one is searched in its own place.
const PALETTE_LEXEMES: usize = 5000;

impl Places {
    /// Does a command of a place.
    pub fn perform(&mut self, core: &mut Core, command: Command) {
        match command {
            Command::Sessions(command) => self.sessions.perform(core, command),
            Command::Timeline(command) => self.timeline.perform(core, command),
            Command::Interlinear(command) => self.interlinear.perform(core, command),
            Command::Lexicon(command) => self.lexicon.perform(core, command),
            Command::People(command) => self.people.perform(core, command),
            Command::Search(command) => self.search.perform(core, command),
            Command::Publish(command) => self.publish.perform(core, command),
            Command::Clips(command) => self.clips.perform(core, command, self.timeline.view()),
            // What is done by the window itself.
            _ => {}
        }
    }

    /// Brings the place that is shown up to date.
    pub fn refresh(&mut self, core: &mut Core, place: Place) {
        self.sessions.gather(core);
        self.publish.gather(core);
        self.clips.refresh(core);
        self.palette.refresh(core);
        match place {
            Place::Home => {}
            Place::Sessions => self.sessions.refresh(core),
            Place::Timeline => self.timeline.refresh(core),
            Place::Interlinear => self.interlinear.refresh(core),
            Place::Lexicon => self.lexicon.refresh(core),
            Place::People => self.people.refresh(core),
            Place::Search => self.search.refresh(core),
            Place::Publish => self.publish.refresh(core),
        }
    }

    /// Draws a place.
    pub fn ui(&mut self, ui: &mut Ui, cx: &mut UiContext, core: &Core, place: Place) {
        match place {
            Place::Home => {}
            Place::Sessions => self.sessions.ui(ui, cx, core),
            Place::Timeline => self.timeline.ui(ui, cx, core),
            Place::Interlinear => self.interlinear.ui(ui, cx, core),
            Place::Lexicon => self.lexicon.ui(ui, cx, core),
            Place::People => self.people.ui(ui, cx, core),
            Place::Search => self.search.ui(ui, cx, core),
            Place::Publish => self.publish.ui(ui, cx, core),
        }
    }

    /// What a place has to say in the status bar.
    pub fn status(&self, core: &Core, place: Place) -> Vec<StatusItem> {
        match place {
            Place::Timeline => self.timeline.status(core),
            Place::Interlinear => self.interlinear.status(core),
            Place::Lexicon => self.lexicon.status(core),
            Place::People => self.people.status(core),
            Place::Sessions => {
                let words = tr_args("sessions-status", &[("count", self.sessions.count().into())]);
                vec![StatusItem::plain(words)]
            }
            Place::Search => self.search.status(),
            _ => Vec::new(),
        }
    }

    /// What the palette finds beside commands.
    pub fn entries(&self, core: &Core) -> Vec<PaletteEntry> {
        let _ = core;
        self.palette.entries.clone()
    }
}

impl Palette {
    fn refresh(&mut self, core: &mut Core) {
        if !self.stamp.is_old(core) {
            return;
        }
        let language = core.analysis_language().to_owned();
        let rows = core.store.read().session_rows();
        self.entries = core.ask(rows).map(|rows| sessions::palette(&rows, &language)).unwrap_or_default();
        let lexemes = core.store.read().count::<crate::domain::Lexeme>();
        if core.ask(lexemes).is_some_and(|count| count <= PALETTE_LEXEMES) {
            let rows = core.store.read().entry_rows("");
            self.entries.extend(core.ask(rows).unwrap_or_default().iter().map(|row| search::palette(row, &language)));
        }
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
