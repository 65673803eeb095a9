//! What can go wrong with a recording, in the user's words.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a recording, or a part of it, could not be read.
#[derive(Debug, Error)]
pub enum MediaError {
    /// There is no such file.
    #[error("the recording {} is not there. Nothing was changed; put the file back or relink it", .path.display())]
    Missing { path: PathBuf },
    /// The system refuses.
    #[error("the recording {} cannot be read: {source}. Nothing was changed; check the file's rights and the disk", .path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    /// Nothing with sound or picture in it.
    #[error("{} is not a recording: no sound or moving picture was found in it. Nothing was changed", .path.display())]
    NotMedia { path: PathBuf },
    /// An MP4 or MOV file whose `moov` box is gone, as after a camera's battery died.
    #[error("the recording's index is missing in {}: the file was cut short, so its sound and picture cannot be found. The file was left as it is; copy it again from the card, or rebuild its index with the camera maker's repair tool", .path.display())]
    NoIndex { path: PathBuf },
    /// The file has no sound.
    #[error("{} has no sound", .path.display())]
    NoAudio { path: PathBuf },
    /// The file has no picture.
    #[error("{} has no picture", .path.display())]
    NoVideo { path: PathBuf },
    /// The stream asked for is not there, or of the other kind.
    #[error("{} has no stream number {index} of the kind asked for", .path.display())]
    NoStream { path: PathBuf, index: usize },
    /// No decoder for this codec.
    #[error("{} is written with a codec that cannot be read here ({codec}). The file was left as it is; convert it to WAV or MP4 (H.264)", .path.display())]
    Codec { path: PathBuf, codec: String },
    /// Decoding gave nothing at all, or the decoder gave up.
    #[error("{} is damaged: {detail}. The file was left as it is; parts before the damage may still play", .path.display())]
    Damaged { path: PathBuf, detail: String },
    /// Peaks or spectrogram could not be kept on disk.
    #[error("the cache file {} cannot be written: {source}. The recording is not affected; free some disk space", .path.display())]
    Cache { path: PathBuf, source: io::Error },
    /// A clip or still could not be written.
    #[error("{} was not written: {detail}. What stood there before still stands; check the folder and the room on the disk", .path.display())]
    Unwritten { path: PathBuf, detail: String },
    /// Settings that make no sense, such as a window longer than a tile.
    #[error("these settings cannot be used: {0}")]
    Settings(String),
    /// The caller asked to stop.
    #[error("stopped")]
    Cancelled,
}

impl MediaError {
    /// Looks at the file system first: a missing or locked file deserves a better word than "not media".
    pub(crate) fn from_open(path: &Path, error: ffmpeg_next::Error) -> Self {
        match std::fs::File::open(path) {
            Err(source) => Self::from_io(path, source),
            Ok(_) if std::fs::metadata(path).is_ok_and(|meta| meta.is_dir()) => {
                Self::NotMedia { path: path.to_owned() }
            }
            Ok(_) if super::probe::lacks_movie_index(path) => Self::NoIndex { path: path.to_owned() },
            Ok(_) => {
                log::debug!("{}: {error}", path.display());
                Self::NotMedia { path: path.to_owned() }
            }
        }
    }

    pub(crate) fn from_io(path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::NotFound => Self::Missing { path: path.to_owned() },
            _ => Self::Unreadable { path: path.to_owned(), source },
        }
    }

    pub(crate) fn unwritten(path: &Path, error: impl std::fmt::Display) -> Self {
        Self::Unwritten { path: path.to_owned(), detail: error.to_string() }
    }

    pub(crate) fn damaged(path: &Path, error: impl std::fmt::Display) -> Self {
        Self::Damaged { path: path.to_owned(), detail: error.to_string() }
    }
}
