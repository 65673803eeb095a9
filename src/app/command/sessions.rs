//! Commands of the list of sessions.

use std::path::PathBuf;

use eframe::egui::Key;

use super::Command;
use super::spec::{Scope, Spec, key, shift};
use crate::app::icon::Icon;
use crate::app::place::Place;
use crate::domain::{Access, MediaId, PersonId, SessionId, Time};

/// Something to do with sessions and their recordings.
#[derive(Clone, Debug, PartialEq)]
pub enum SessionsCommand {
    /// Make a session.
    New,
    /// Add recordings to the selected session; asks which.
    AddMedia,
    /// Open the selected session on the timeline.
    OpenSelected,
    /// Go to the one below.
    Next,
    /// Go to the one above.
    Previous,
    /// Delete the selected session, after asking.
    DeleteSelected,
    /// Point the selected session's missing recording to its new place.
    Relink,
    /// Select a session.
    Select(SessionId),
    /// Open a session at a place.
    Open(SessionId, Place),
    /// Add these files to a session.
    Attach {
        session: SessionId,
        files: Vec<PathBuf>,
    },
    /// A missing recording is at this path now.
    RelinkTo {
        media: MediaId,
        file: PathBuf,
    },
    /// A recording starts at this moment of its session.
    SetOffset {
        media: MediaId,
        offset: Time,
    },
    /// Look for this missing recording; asks in which folder.
    RelinkOne(MediaId),
    /// Look for a missing recording in a folder, by its content.
    SearchFor {
        media: MediaId,
        folder: PathBuf,
    },
    /// Delete a session; asked already.
    Delete(SessionId),
    AddParticipant {
        session: SessionId,
        name: String,
    },
    RemoveParticipant {
        session: SessionId,
        person: PersonId,
    },
    /// Whether consent was given; `None` while nobody has asked.
    SetConsent(SessionId, Option<bool>),
    SetAccess(SessionId, Access),
    /// Change one field of a session (`name`, `title`, `date`, `place`, `genre`, `description`, `consent-manner`,
    /// `consent-conditions`).
    SetField {
        session: SessionId,
        field: &'static str,
        value: String,
    },
}

pub(super) fn specs() -> Vec<Spec> {
    const HERE: Scope = Scope::In(&[Place::Sessions]);
    let spec =
        |command, id: &'static str, icon, keys: &[_]| Spec::new(Command::Sessions(command), id, icon, HERE).keys(keys);
    use SessionsCommand as Do;
    vec![
        spec(Do::New, "command-session-new", Icon::Plus, &[key(Key::N)]),
        spec(Do::AddMedia, "command-session-add-media", Icon::Speaker, &[key(Key::A)]),
        spec(Do::OpenSelected, "command-session-open", Icon::Timeline, &[key(Key::Enter)]),
        spec(Do::Next, "command-session-next", Icon::Down, &[key(Key::ArrowDown)]),
        spec(Do::Previous, "command-session-previous", Icon::Up, &[key(Key::ArrowUp)]),
        spec(Do::Relink, "command-session-relink", Icon::Link, &[key(Key::R)]),
        spec(Do::DeleteSelected, "command-session-delete", Icon::Trash, &[shift(Key::Delete)]),
    ]
}
