//! Commands of the search.

use eframe::egui::Key;

use super::Command;
use super::spec::{Scope, Spec, Typing, key};
use crate::app::icon::Icon;
use crate::app::place::Place;
use crate::domain::RecordId;

/// Something to do with what was found.
#[derive(Clone, Debug, PartialEq)]
pub enum SearchCommand {
    /// Put the cursor into the search field.
    Focus,
    NextHit,
    PreviousHit,
    /// Go to the selected hit in its text.
    OpenHit,
    /// Look for this.
    Query(String),
    /// Select a hit.
    Select(RecordId),
    /// Go to a hit in its text or entry.
    Open(RecordId),
}

pub(super) fn specs() -> Vec<Spec> {
    const HERE: Scope = Scope::In(&[Place::Search]);
    let spec =
        |command, id: &'static str, icon, keys: &[_]| Spec::new(Command::Search(command), id, icon, HERE).keys(keys);
    use SearchCommand as Do;
    vec![
        spec(Do::Focus, "command-search-focus", Icon::Search, &[key(Key::Slash)]),
        spec(Do::NextHit, "command-next-hit", Icon::Down, &[key(Key::ArrowDown)]).typing(Typing::Always),
        spec(Do::PreviousHit, "command-previous-hit", Icon::Up, &[key(Key::ArrowUp)]).typing(Typing::Always),
        spec(Do::OpenHit, "command-open-hit", Icon::Right, &[key(Key::Enter)]).typing(Typing::Always),
    ]
}
