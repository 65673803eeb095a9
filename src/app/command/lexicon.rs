//! Commands of the lexicon.

use eframe::egui::Key;

use super::Command;
use super::spec::{Scope, Spec, ctrl_shift, key, shift};
use crate::app::icon::Icon;
use crate::app::place::Place;
use crate::domain::{ExampleId, LexemeId, LinkId, LinkScheme, MorphId, SenseId, SessionId};

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
    /// Delete the open entry; Undo brings it back.
    DeleteEntry,
    /// Confirm the link proposed for the selected sense.
    ConfirmLink,
    /// Show the sounds of the IPA to pick from.
    IpaPalette,
    /// Write a link for the selected sense.
    AddLink,
    /// Edit the open entry's first field.
    EditEntry,
    Open(LexemeId),
    /// Show only entries that hold this.
    SetFilter(String),
    /// Which sense `NewExample`, `AddLink` and `ConfirmLink` mean.
    SelectSense(SenseId),
    /// Change one text of an entry in a language or writing system.
    SetEntryField {
        lexeme: LexemeId,
        field: EntryField,
        language: String,
        text: String,
    },
    /// Change one text of a sense in a language.
    SetSenseField {
        sense: SenseId,
        field: SenseField,
        language: String,
        text: String,
    },
    /// Change one text of an example in a language.
    SetExampleField {
        example: ExampleId,
        field: ExampleField,
        language: String,
        text: String,
    },
    /// Add a link as a candidate; the one it stands in for is taken out.
    WriteLink {
        sense: SenseId,
        scheme: LinkScheme,
        iri: String,
        instead_of: Option<LinkId>,
    },
    DeleteSense(SenseId),
    DeleteExample(ExampleId),
    /// A proposed link is right, or is not.
    JudgeLink {
        link: LinkId,
        right: bool,
    },
    /// Show an occurrence in its text.
    OpenText {
        session: SessionId,
        morph: MorphId,
    },
}

/// A text of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryField {
    Headword,
    /// The pronunciation of that number.
    Pronunciation(usize),
    Category,
    /// The variant of that number.
    Variant(usize),
    Etymology,
    Notes,
}

/// A text of a sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SenseField {
    Gloss,
    Definition,
    Category,
    /// Semantic domains, parted by semicolons.
    Domains,
    ScientificName,
}

/// A text of an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExampleField {
    Text,
    Translation,
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
        spec(Do::AddLink, "command-add-link", Icon::Link, &[key(Key::L)]),
        spec(Do::EditEntry, "command-edit-entry", Icon::Pencil, &[key(Key::Enter), key(Key::F2)]),
        spec(Do::IpaPalette, "command-lexicon-ipa-palette", Icon::Keyboard, &[ctrl_shift(Key::I)]),
        spec(Do::DeleteEntry, "command-delete-entry", Icon::Trash, &[shift(Key::Delete)]),
    ]
}
