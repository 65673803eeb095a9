//! Recordings: probe, decode, peaks, spectrogram, pitch, frames, playback.
//!
//! Knows only `domain`. One rule of time holds everywhere here ([`source`]): moment zero is the recording's own start
//! (the first sample or frame that is shown), whatever number the container gives it.
//!
//! Nothing here may be called from the window's thread except [`player::Player`]'s methods and queries on
//! [`peaks::Peaks`], [`spectrogram::Tile`] and [`pitch::PitchTrack`], which only read memory.

pub mod audio;
pub mod canvas;
mod encode;
pub mod error;
mod ffi;
pub mod hash;
pub mod peaks;
pub mod pitch;
pub mod player;
pub mod probe;
pub mod source;
pub mod spectrogram;
pub mod stretch;
pub mod video;
pub mod words;

pub use audio::{AudioOptions, AudioReader};
pub use encode::{ClipWriter, SOUND_RATE};
pub use error::MediaError;
pub use hash::hash_file;
pub use peaks::Peaks;
pub use pitch::{PitchSettings, PitchTrack};
pub use player::{Player, PlayerOptions};
pub use probe::{MediaInfo, probe};
pub use spectrogram::{Spectrogram, SpectrogramSettings};
pub use video::{VideoFrame, VideoOptions, VideoReader};

/// Told how far long work is, from 0 to 1; answers [`std::ops::ControlFlow::Break`] to cancel it.
pub type Progress<'a> = &'a mut dyn FnMut(f32) -> std::ops::ControlFlow<()>;

/// A [`Progress`] for those who neither watch nor cancel.
pub fn no_progress(_: f32) -> std::ops::ControlFlow<()> {
    std::ops::ControlFlow::Continue(())
}
