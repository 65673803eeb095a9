//! Recordings: probe, decode, peaks, frames, playback.
