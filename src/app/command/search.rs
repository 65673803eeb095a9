//! Commands of the search.

use eframe::egui::Key;

use super::Command;
use super::spec::{Scope, Spec, Typing, alt, ctrl, ctrl_shift, key};
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
    /// Search by words, or ask in SPARQL.
    ShowTab(SearchTab),
    /// From one to the other.
    OtherTab,
    /// The question as it stands now.
    WriteQuery(String),
    /// Answer it.
    RunQuery,
    /// Put the answer on the clipboard as CSV.
    CopyAnswer,
}

/// The two ways to find something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SearchTab {
    /// By a word, a gloss, a name.
    #[default]
    Words,
    /// By a question in SPARQL.
    Query,
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
        spec(Do::RunQuery, "command-run-query", Icon::Play, &[ctrl(Key::Enter)]).typing(Typing::Always),
        spec(Do::OtherTab, "command-query-tab", Icon::Command, &[alt(Key::Q)]),
        spec(Do::CopyAnswer, "command-copy-answer", Icon::More, &[ctrl_shift(Key::C)]),
        spec(Do::OpenHit, "command-open-hit", Icon::Right, &[key(Key::Enter)]).typing(Typing::Always),
    ]
}
