//! Pictures: the very frame that is shown at a moment, upright, with square pixels.
//!
//! A frame is shown from its own timestamp until the next frame's; the first one also before, the last one also after.
//! Frames are found by decoding from the key frame before, never by guessing from a frame rate, so variable rates,
//! reordered frames and edit lists come out right.

use std::path::Path;

use ffmpeg_next::frame;

use super::ffi::Scaler;
use super::source::Decoding;
use super::{MediaError, ffi, probe};
use crate::domain::{StreamKind, Time};

/// Which stream, and how large at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VideoOptions {
    /// Index of the stream in the container; the first stream of picture if `None`.
    pub stream: Option<usize>,
    /// Neither side of a frame is larger than this (pixels); proportions are kept and nothing is enlarged.
    pub max_side: Option<u32>,
}

/// One picture.
#[derive(Clone, PartialEq, Eq)]
pub struct VideoFrame {
    /// First moment at which it is shown.
    pub time: Time,
    /// First moment at which it no longer is; for the last frame its own length is taken from the container.
    pub end: Time,
    /// Pixels, as shown.
    pub width: u32,
    pub height: u32,
    /// `width × height × 4` bytes: red, green, blue, alpha (255), row after row from the top left.
    pub rgba: Vec<u8>,
}

impl std::fmt::Debug for VideoFrame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "VideoFrame({} to {}, {} × {})", self.time, self.end, self.width, self.height)
    }
}

struct Decoded {
    frame: frame::Video,
    time: Time,
}

/// Reads one stream of picture: any frame by its time, and forward from there.
pub struct VideoReader {
    decoding: Decoding,
    options: VideoOptions,
    rotation: u32,
    /// The frame last found, and the one after it (to know how long the first is shown).
    current: Option<Decoded>,
    next: Option<Decoded>,
    ended: bool,
    /// What the container gives as length of one frame; for the last frame and for missing timestamps.
    usual_length: i64,
    scaler: Option<(ScalerKey, Scaler)>,
}

type ScalerKey = (i32, u32, u32, u32, u32, i32, i32);

/// Decoding forward over less than this is quicker than a seek.
const NEAR: Time = Time(1_000_000_000);

impl VideoReader {
    /// Opens a stream of picture.
    pub fn open(path: &Path, options: VideoOptions) -> Result<Self, MediaError> {
        let decoding = Decoding::open(path, options.stream, StreamKind::Video)?;
        let (rotation, rate) = decoding
            .input
            .stream(decoding.stream)
            .map_or((0, 0.0), |stream| (probe::rotation(&stream), f64::from(stream.avg_frame_rate())));
        let usual_length = if rate.is_finite() && rate > 0.1 { (1e9 / rate) as i64 } else { 40_000_000 };
        Ok(Self { decoding, options, rotation, current: None, next: None, ended: false, usual_length, scaler: None })
    }

    /// The frame shown at `time`; the first or last frame for moments before or after all.
    pub fn frame_at(&mut self, time: Time) -> Result<VideoFrame, MediaError> {
        self.locate(time)?;
        self.convert()
    }

    /// First moment of the frame shown at `time`. Decodes like [`frame_at`](Self::frame_at), but makes no picture.
    pub fn time_at(&mut self, time: Time) -> Result<Time, MediaError> {
        self.locate(time)
    }

    /// The frame after the one last given, the first if none was; `None` at the end.
    pub fn next_frame(&mut self) -> Result<Option<VideoFrame>, MediaError> {
        match self.advance()? {
            true => self.convert().map(Some),
            false => Ok(None),
        }
    }

    /// First moment of the frame after the one shown at `time`, `None` at the end.
    pub fn next_frame_time(&mut self, time: Time) -> Result<Option<Time>, MediaError> {
        self.locate(time)?;
        Ok(self.next.as_ref().map(|next| next.time))
    }

    /// First moment of the frame before the one shown at `time`, `None` at the start.
    pub fn previous_frame_time(&mut self, time: Time) -> Result<Option<Time>, MediaError> {
        let here = self.locate(time)?;
        let before = self.locate(here - Time(1))?;
        Ok((before < here).then_some(before))
    }

    /// The frames shown at each of `times`, in that order. Rising times are read in one pass: frames in between are
    /// decoded but not converted.
    pub fn frames_at<T>(&mut self, times: T) -> impl Iterator<Item = Result<VideoFrame, MediaError>>
    where
        T: IntoIterator<Item = Time>,
    {
        times.into_iter().map(|time| self.frame_at(time))
    }

    /// Length of the stream as declared.
    pub fn duration(&self) -> Option<Time> {
        let stream = self.decoding.input.stream(self.decoding.stream)?;
        match stream.duration() {
            duration if duration > 0 => Some(Time(super::source::nanos(duration, self.decoding.base))),
            _ => {
                let whole = self.decoding.input.duration();
                (whole > 0).then(|| Time(whole.saturating_mul(1000)))
            }
        }
    }

    /// Packets so far that could not be decoded.
    pub fn damaged(&self) -> u64 {
        self.decoding.damaged
    }

    fn no_frame(&self) -> MediaError {
        MediaError::damaged(&self.decoding.path, "no picture could be decoded")
    }

    /// Moves to the frame shown at `time` and says when it begins.
    fn locate(&mut self, time: Time) -> Result<Time, MediaError> {
        let behind = self.current.as_ref().is_some_and(|current| current.time <= time);
        let near = behind && {
            let reached = self.next.as_ref().or(self.current.as_ref()).map_or(Time::ZERO, |decoded| decoded.time);
            // With an index it is known whether a seek would land further on than we are.
            time <= reached + NEAR || self.ended || self.decoding.has_key_between(reached, time) == Some(false)
        };
        if !near {
            self.seek_before(time)?;
        }
        while self.next.as_ref().is_some_and(|next| next.time <= time) {
            self.advance()?;
        }
        self.current.as_ref().map(|current| current.time).ok_or_else(|| self.no_frame())
    }

    /// Leaves `current` at a frame not after `time`, or at the first frame of all.
    fn seek_before(&mut self, time: Time) -> Result<(), MediaError> {
        for back in [0, 1, 4, 15, 60] {
            let from = time - Time(back * 1_000_000_000);
            if from.0 <= 0 {
                break;
            }
            self.forget();
            if !self.decoding.seek(from, true) {
                break;
            }
            self.advance()?;
            if self.current.as_ref().is_some_and(|current| current.time <= time) {
                return Ok(());
            }
        }
        self.forget();
        self.decoding.rewind()?;
        self.advance()?;
        Ok(())
    }

    fn forget(&mut self) {
        self.current = None;
        self.next = None;
        self.ended = false;
    }

    /// One frame forward; `false` (and nothing changes) at the end.
    fn advance(&mut self) -> Result<bool, MediaError> {
        if self.current.is_none() && self.next.is_none() && !self.ended {
            self.next = self.decode(None)?;
        }
        let Some(next) = self.next.take() else { return Ok(false) };
        let after = next.time;
        self.current = Some(next);
        self.next = self.decode(Some(after))?;
        Ok(true)
    }

    /// The next frame in showing order; frames that would go back in time are left out.
    fn decode(&mut self, after: Option<Time>) -> Result<Option<Decoded>, MediaError> {
        while !self.ended {
            let mut frame = frame::Video::empty();
            if !self.decoding.next(&mut frame)? {
                self.ended = true;
                break;
            }
            let time = match (frame.timestamp(), after) {
                (Some(stamp), _) => self.decoding.time(stamp),
                (None, Some(after)) => after + Time(self.usual_length),
                (None, None) => Time::ZERO,
            };
            if frame.width() == 0 || after.is_some_and(|after| time <= after) {
                continue;
            }
            return Ok(Some(Decoded { frame, time }));
        }
        Ok(None)
    }

    /// The current frame as a picture.
    fn convert(&mut self) -> Result<VideoFrame, MediaError> {
        let Some(current) = &mut self.current else { return Err(self.no_frame()) };
        let failed = |error| MediaError::damaged(&self.decoding.path, error);
        let aspect = ffi::pixel_aspect(&mut self.decoding.input, self.decoding.stream, Some(&mut current.frame));
        let frame = &current.frame;
        // Shown size before turning, then kept within the limit.
        let (wide, high) = probe::shown_size(frame.width(), frame.height(), aspect, 0);
        let limit = self.options.max_side.unwrap_or(u32::MAX).max(1);
        let scale = (f64::from(limit) / f64::from(wide.max(high).max(1))).min(1.0);
        let fit = |side: u32| ((f64::from(side) * scale).round() as u32).max(1);
        let (width, height) = (fit(wide), fit(high));
        let key = (
            frame.format() as i32,
            frame.width(),
            frame.height(),
            width,
            height,
            frame.color_space() as i32,
            frame.color_range() as i32,
        );
        let mut scaler = match self.scaler.take() {
            Some((known, scaler)) if known == key => scaler,
            _ => Scaler::to_rgba(frame, width, height).map_err(failed)?,
        };
        let mut rgba = frame::Video::empty();
        scaler.run(frame, &mut rgba).map_err(failed)?;
        self.scaler = Some((key, scaler));
        let (row, stride) = (width as usize * 4, rgba.stride(0));
        let mut pixels = Vec::with_capacity(row * height as usize);
        for line in rgba.data(0).chunks(stride.max(1)).take(height as usize) {
            pixels.extend_from_slice(line.get(..row).unwrap_or_default());
        }
        pixels.resize(row * height as usize, 255);
        let (width, height, pixels) = turn(width, height, pixels, self.rotation);
        let end = match &self.next {
            Some(next) => next.time,
            None => current.time + Time(self.usual_length),
        };
        Ok(VideoFrame { time: current.time, end, width, height, rgba: pixels })
    }
}

/// Turns a picture clockwise by a quarter turn or several.
fn turn(width: u32, height: u32, pixels: Vec<u8>, degrees: u32) -> (u32, u32, Vec<u8>) {
    let (w, h) = (width as usize, height as usize);
    let source = |x: usize, y: usize| -> &[u8] { &pixels[(y * w + x) * 4..][..4] };
    let mut out = Vec::with_capacity(pixels.len());
    match degrees {
        90 => {
            for y in 0..w {
                (0..h).for_each(|x| out.extend_from_slice(source(y, h - 1 - x)));
            }
            (height, width, out)
        }
        180 => {
            pixels.rchunks_exact(4).for_each(|pixel| out.extend_from_slice(pixel));
            (width, height, out)
        }
        270 => {
            for y in 0..w {
                (0..h).for_each(|x| out.extend_from_slice(source(w - 1 - y, x)));
            }
            (height, width, out)
        }
        _ => (width, height, pixels),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_turn_clockwise_brings_the_left_column_to_the_top() {
        // a b
        // c d   turned right:  c a
        //                      d b
        let picture: Vec<u8> = b"abcd".iter().flat_map(|letter| [*letter; 4]).collect();
        let letters = |turned: (u32, u32, Vec<u8>)| -> String { turned.2.chunks(4).map(|p| p[0] as char).collect() };
        assert_eq!(letters(turn(2, 2, picture.clone(), 90)), "cadb");
        assert_eq!(letters(turn(2, 2, picture.clone(), 180)), "dcba");
        assert_eq!(letters(turn(2, 2, picture.clone(), 270)), "bdac");
        let wide: Vec<u8> = b"abcdef".iter().flat_map(|letter| [*letter; 4]).collect();
        let turned = turn(3, 2, wide, 90);
        assert_eq!((turned.0, turned.1), (2, 3));
        assert_eq!(letters(turned), "daebfc");
    }
}
