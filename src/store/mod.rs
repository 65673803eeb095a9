//! The project file: SQLite, one door for change, undo that survives a restart, history, search, backups.
//!
//! A project is a folder `NAME.fieldgloss/` with `project.db`, `media/`, `cache/` (can be rebuilt) and `backups/`.
//! Everything that changes goes through [`Store::transact`]; everything that reads goes through [`Reader`].

mod backup;
mod bundle;
mod changes;
mod check;
mod column;
mod deleted;
mod error;
mod folder;
mod history;
mod index;
mod migrate;
mod old_reviews;
mod op;
mod open;
mod prints;
pub mod query;
mod reader;
mod record;
mod remove;
mod run_state;
mod search;
mod tracks;
mod transact;
mod undo;

pub use backup::{Backup, BackupKind, restore};
pub use bundle::Scope;
pub use changes::Changed;
pub use check::{Problem, ProblemKind};
pub use error::StoreError;
pub use folder::Folder;
pub use history::{GivenValues, HistoryEntry};
pub use migrate::VERSION;
pub use op::{Op, OpKind};
pub use open::OpenReport;
pub use prints::Forgotten;
pub use reader::Reader;
pub use record::{Record, TABLES};
pub use run_state::RunState;
pub use search::{Hit, search_key};
pub use transact::{Done, Tx};
pub use undo::UndoState;

use std::fs::File;
use std::sync::Arc;

use rusqlite::Connection;

/// An open project. One process holds it at a time; [`Store::sibling`] gives another thread its own connection.
pub struct Store {
    conn: Connection,
    folder: Folder,
    /// Who edits, for the history and the review.
    author: String,
    /// Released when the last sibling is dropped.
    lock: Arc<Lock>,
}

/// The lock on the project folder; what it says about the last exit is wiped when it is dropped in order.
struct Lock {
    file: File,
    /// Whether the mark of an unclean exit must stay: the project could not be opened to be checked.
    keep_mark: bool,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // An empty lock file is how the next start knows that this exit was clean.
        if !self.keep_mark {
            let _ = self.file.set_len(0);
        }
        let _ = self.file.unlock();
    }
}

impl Store {
    /// The project's folder.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }
    /// Who edits.
    pub fn author(&self) -> &str {
        &self.author
    }
    /// Sets who edits from now on.
    pub fn set_author(&mut self, author: impl Into<String>) {
        self.author = author.into();
    }
    /// Everything that can be asked.
    pub fn read(&self) -> Reader<'_> {
        Reader::new(&self.conn)
    }
}
