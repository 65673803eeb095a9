//! Commands of the lexicon.

use eframe::egui::Key;

use super::Command;
use super::spec::{Scope, Spec, key, shift};
use crate::app::icon::Icon;
use crate::app::place::Place;
use crate::domain::{ExampleId, LexemeId, LinkId, SenseId};

/// Something to do in the lexicon.
#[derive(Clone, Debug, PartialEq)]
pub enum LexiconCommand {
    NewEntry,
    /// Add a sense to the open entry.
    NewSense,
    /// Add an example to the selected sense.
    NewExample,
    NextEntry,
    PreviousEntry,
    /// Put the cursor into the filter.
    Filter,
    /// Delete the open entry, after asking.
    DeleteEntry,
    /// Confirm the link proposed for the selected sense.
    ConfirmLink,
    Open(LexemeId),
    /// Change one text of an entry (`form`, `pronunciation`, `note`, …) in a writing system.
    SetEntryField {
        lexeme: LexemeId,
        field: String,
        language: String,
        text: String,
    },
    /// Change one text of a sense (`gloss`, `definition`, `category`, …) in a language.
    SetSenseField {
        sense: SenseId,
        field: String,
        language: String,
        text: String,
    },
    /// Change one text of an example (`text`, `translation`) in a language.
    SetExampleField {
        example: ExampleId,
        field: String,
        language: String,
        text: String,
    },
    DeleteSense(SenseId),
    DeleteExample(ExampleId),
    /// A proposed link is right, or is not.
    JudgeLink {
        link: LinkId,
        right: bool,
    },
}

pub(super) fn specs() -> Vec<Spec> {
    const HERE: Scope = Scope::In(&[Place::Lexicon]);
    let spec =
        |command, id: &'static str, icon, keys: &[_]| Spec::new(Command::Lexicon(command), id, icon, HERE).keys(keys);
    use LexiconCommand as Do;
    vec![
        spec(Do::NewEntry, "command-new-entry", Icon::Plus, &[key(Key::N)]),
        spec(Do::NewSense, "command-new-sense", Icon::Plus, &[key(Key::S)]),
        spec(Do::NewExample, "command-new-example", Icon::Plus, &[key(Key::X)]),
        spec(Do::NextEntry, "command-next-entry", Icon::Down, &[key(Key::ArrowDown)]),
        spec(Do::PreviousEntry, "command-previous-entry", Icon::Up, &[key(Key::ArrowUp)]),
        spec(Do::Filter, "command-filter-entries", Icon::Search, &[key(Key::Slash)]),
        spec(Do::ConfirmLink, "command-confirm-link", Icon::Link, &[key(Key::C)]),
        spec(Do::DeleteEntry, "command-delete-entry", Icon::Trash, &[shift(Key::Delete)]),
    ]
}
