//! Recordings into a project: looked at, hashed, copied or linked.

use std::ops::ControlFlow;
use std::path::Path;

use super::edit;
use crate::domain::{LossReport, MediaStorage, SessionId};
use crate::media::{self, MediaError};
use crate::store::{Store, StoreError};

/// Name extensions by which a file is taken for a recording rather than a text.
const EXTENSIONS: [&str; 28] = [
    "wav", "wave", "flac", "mp3", "ogg", "oga", "opus", "m4a", "aac", "aif", "aiff", "wma", "amr", "mp4", "m4v", "mov",
    "mkv", "webm", "avi", "mts", "m2ts", "mpg", "mpeg", "wmv", "3gp", "ogv", "flv", "mxf",
];

/// Why a recording could not be added.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    #[error(transparent)]
    Media(#[from] MediaError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether a file is a recording, by its name.
pub fn is_recording(path: &Path) -> bool {
    path.extension().is_some_and(|e| EXTENSIONS.contains(&e.to_string_lossy().to_lowercase().as_str()))
}

/// Adds a recording to a session; without one, to a new session named like the file. `progress` hears how much is
/// hashed (0 to 1) and says whether to stop. A recording whose content the session has already is not added again.
///
/// # Errors
/// When the file is no recording, cannot be copied, or the store refuses; nothing is in the project then.
pub fn import(
    store: &mut Store,
    session: Option<SessionId>,
    path: &Path,
    storage: MediaStorage,
    mut progress: impl FnMut(f32) -> bool,
) -> Result<LossReport, RecordingError> {
    let info = media::probe(path)?;
    let hash = media::hash_file(path, &mut |part| {
        if progress(part) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    let known: Vec<crate::domain::Media> = store.read().all()?;
    if known.iter().any(|m| m.hash == hash && session.is_none_or(|session| m.session == session)) {
        let mut report = LossReport::default();
        report.kept("there already: recording", 1);
        return Ok(report);
    }
    let probed =
        edit::project::Probed { mime: info.mime.clone(), duration: info.duration, streams: info.streams.clone(), hash };
    let session = match session {
        Some(session) => session,
        None => {
            let name = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
            edit::project::add_session(store, &name)?.value
        }
    };
    edit::project::add_media(store, session, path, storage, probed)?;
    let mut report = LossReport::default();
    report.kept("recording", 1);
    report.kept("streams", info.streams.len());
    Ok(report)
}
