//! The sample project: real speech, a real text with its lexicon, a picture that moves. The same for `demo`, the
//! start page and the tests.

use std::path::{Path, PathBuf};

use super::edit::{self, project::NewProject};
use super::recordings::{self, RecordingError};
use super::{shipped, transfer};
use crate::domain::{Access, LossReport, MediaStorage, Project, Session, SessionId};
use crate::formats::ImportOptions;
use crate::store::{Folder, Op, OpKind, Store, StoreError};

/// Why the sample could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    #[error("could not write the sample files to {}: {source}", path.display())]
    Unpack { path: PathBuf, source: std::io::Error },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Recording(#[from] RecordingError),
    #[error(transparent)]
    Transfer(#[from] transfer::TransferError),
}

/// What went into the sample, file by file.
pub struct Sample {
    pub store: Store,
    /// The session with the video.
    pub video: SessionId,
    pub imported: Vec<(String, LossReport)>,
}

/// The folder of the sample project in a folder.
pub fn folder_in(folder: &Path) -> Folder {
    Folder(folder.join("Sample.fieldgloss"))
}

/// Makes `FOLDER/Sample.fieldgloss` with everything in it but the models' work.
///
/// # Errors
/// When it is there already, or the disk refuses.
pub fn make(folder: &Path) -> Result<Sample, SampleError> {
    let project = folder_in(folder);
    let unpack = |path: &Path| {
        shipped::unpack_sample(path).map_err(|source| SampleError::Unpack { path: path.to_owned(), source })
    };
    std::fs::create_dir_all(folder).map_err(|source| SampleError::Unpack { path: folder.to_owned(), source })?;
    let new = NewProject {
        name: "Sample project".to_owned(),
        object_language: "apy".to_owned(),
        object_name: "Apalaí".to_owned(),
        analysis_language: "en".to_owned(),
        glottocode: "apal1257".to_owned(),
    };
    let mut store = edit::project::create(project.path(), &new)?;
    store.set_author("Fieldgloss sample");
    store.transact(Op::fixed(OpKind::EditProject), |tx| {
        let record = tx.read().project()?;
        tx.modify::<Project>(record.id, |p| {
            p.licence = "https://www.apache.org/licenses/LICENSE-2.0".to_owned();
        })
        .map(|_| ())
    })?;
    let files = tempfile::tempdir().map_err(|source| SampleError::Unpack { path: std::env::temp_dir(), source })?;
    unpack(files.path())?;
    let mut imported = Vec::new();
    for name in ["apalai.lift", "apalai.flextext"] {
        let report = transfer::import_file(&mut store, &files.path().join(name), None, ImportOptions::default())?;
        imported.push((name.to_owned(), report));
    }
    let mut video = None;
    for (recording, text, title) in [
        ("astronaut-talks.mp4", None, "Talking astronaut"),
        ("mary.wav", Some("mary.TextGrid"), "Mary"),
        ("bobby.wav", Some("bobby.TextGrid"), "Bobby"),
    ] {
        let session = match text {
            Some(text) => {
                let options = ImportOptions {
                    session_name: title.to_owned(),
                    object_language: "en".to_owned(),
                    analysis_language: "en".to_owned(),
                };
                let report = transfer::import_file(&mut store, &files.path().join(text), None, options)?;
                imported.push((text.to_owned(), report));
                newest_session(&store, title)?
            }
            None => edit::project::add_session(&mut store, title)?.value,
        };
        let report =
            recordings::import(&mut store, Some(session), &files.path().join(recording), MediaStorage::Copied, |_| {
                false
            })?;
        imported.push((recording.to_owned(), report));
        video = video.or(Some(session));
    }
    // Published material: anyone may see all of it.
    store.transact(Op::fixed(OpKind::EditSession), |tx| {
        let sessions: Vec<Session> = tx.read().all()?;
        sessions.into_iter().try_for_each(|mut session| {
            session.access = Access::Open;
            tx.update(&session)
        })
    })?;
    let video = video.ok_or(StoreError::Missing { what: "session", id: String::new() })?;
    Ok(Sample { store, video, imported })
}

fn newest_session(store: &Store, name: &str) -> Result<SessionId, StoreError> {
    let sessions: Vec<Session> = store.read().all()?;
    sessions
        .iter()
        .rev()
        .find(|s| s.name == name)
        .or(sessions.last())
        .map(|s| s.id)
        .ok_or(StoreError::Missing { what: "session", id: name.to_owned() })
}
