//! Sound as numbers: 32-bit float samples, mono or stereo, placed exactly on the recording's timeline.
//!
//! Sample `n` at rate `r` belongs to the moment `n / r` from moment zero. Where the recording has no sound (before a
//! late stream, in a hole of a damaged file) there are zeros, so that counting samples is counting time. Containers
//! that stamp packets in whole milliseconds (Matroska) allow no better than a millisecond.

use std::path::Path;

use ffmpeg_next::format::sample::{Sample, Type};
use ffmpeg_next::software::resampling;
use ffmpeg_next::{ChannelLayout, frame};

use super::source::{Decoding, nanos};
use super::{MediaError, ffi};
use crate::domain::{Span, StreamKind, Time};

/// How sound is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AudioOptions {
    /// Index of the stream in the container; the first stream of sound if `None`.
    pub stream: Option<usize>,
    /// Samples a second; the stream's own if `None`.
    pub rate: Option<u32>,
    /// 1 mixes all channels, 2 gives left and right; if `None`, 1 for mono recordings and 2 for others.
    pub channels: Option<u32>,
}

impl AudioOptions {
    /// Mixed to one channel at `rate` samples a second: what analysis wants.
    pub fn mono(rate: u32) -> Self {
        Self { stream: None, rate: Some(rate), channels: Some(1) }
    }
}

/// Samples decoded ahead, with the index of the first at the stream's own rate.
struct Block {
    start: i64,
    samples: Vec<f32>,
}

/// Reads one stream of sound forward from any moment.
pub struct AudioReader {
    decoding: Decoding,
    frame: frame::Audio,
    native_rate: u32,
    channels: usize,
    /// Where the next decoded frame should begin if nothing is missing.
    expected: Option<i64>,
    /// By how much the last timestamp was off, if it was: only a second one that is off alike is believed.
    doubt: Option<i64>,
    /// The file was opened at its start and not sought since: a frame without timestamp then begins at zero.
    fresh: bool,
    block: Option<Block>,
    /// Next sample to be given, at the stream's own rate.
    cursor: i64,
    resampler: Option<Resampler>,
    rate: u32,
    /// Next sample to be given, at the wanted rate.
    position: i64,
}

/// How far before the wanted sample decoding begins: bit reservoirs and overlapping windows need a run-up.
const RUN_UP: i64 = 250_000_000;
const HOUR_SECS: i64 = 3600;

impl AudioReader {
    /// Opens a stream of sound, ready to read from moment zero.
    pub fn open(path: &Path, options: AudioOptions) -> Result<Self, MediaError> {
        let decoding = Decoding::open(path, options.stream, StreamKind::Audio)?;
        let declared = ffi::declared(&decoding.input, decoding.stream);
        let mut reader = Self {
            decoding,
            frame: frame::Audio::empty(),
            native_rate: declared.as_ref().map_or(0, |declared| declared.rate),
            channels: 1,
            expected: None,
            doubt: None,
            fresh: true,
            block: None,
            cursor: 0,
            resampler: None,
            rate: 0,
            position: 0,
        };
        // Only the first frame tells the true rate and channels (HE-AAC declares half of what it gives).
        let native_channels = match reader.decoding.next(&mut reader.frame)? {
            true => {
                reader.native_rate = reader.frame.rate();
                u32::from(reader.frame.channels())
            }
            false => declared.map_or(1, |declared| declared.channels),
        };
        if reader.native_rate == 0 {
            return Err(MediaError::damaged(path, "its sound has no sample rate"));
        }
        reader.channels = options.channels.unwrap_or(native_channels).clamp(1, 2) as usize;
        reader.rate = options.rate.unwrap_or(reader.native_rate);
        if !(1..=768_000).contains(&reader.rate) {
            return Err(MediaError::Settings(format!("a sample rate of {}", reader.rate)));
        }
        reader.decoding.rewind()?;
        reader.place(0)?;
        Ok(reader)
    }

    /// Samples a second of what [`read`](Self::read) gives.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// Samples a second of the recording itself.
    pub fn native_rate(&self) -> u32 {
        self.native_rate
    }

    /// Channels of what [`read`](Self::read) gives: 1 or 2, interleaved.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Index of the next sample, at [`rate`](Self::rate).
    pub fn index(&self) -> i64 {
        self.position
    }

    /// Moment of the next sample.
    pub fn position(&self) -> Time {
        Time((i128::from(self.position) * 1_000_000_000 / i128::from(self.rate)) as i64)
    }

    /// Length of the stream as declared, for progress; not to be trusted for cutting.
    pub fn duration(&self) -> Option<Time> {
        let stream = self.decoding.input.stream(self.decoding.stream)?;
        match stream.duration() {
            duration if duration > 0 => Some(Time(nanos(duration, self.decoding.base))),
            _ => {
                let whole = self.decoding.input.duration();
                (whole > 0).then(|| Time(whole.saturating_mul(1000)))
            }
        }
    }

    /// Packets so far that could not be decoded; zeros or repeats stand in their place.
    pub fn damaged(&self) -> u64 {
        self.decoding.damaged
    }

    /// The next sample read is the one nearest to `time`.
    pub fn seek(&mut self, time: Time) -> Result<(), MediaError> {
        let index = (i128::from(time.0.max(0)) * i128::from(self.rate) + 500_000_000).div_euclid(1_000_000_000) as i64;
        if index == self.position {
            return Ok(());
        }
        // Far enough to be worth a seek, or backward.
        let ahead = index - self.position;
        if ahead > 0 && ahead < i64::from(self.rate) / 2 {
            let mut dropped = Vec::new();
            self.read(&mut dropped, ahead as usize)?;
            if self.position == index {
                return Ok(());
            }
        }
        self.place(index)
    }

    /// Appends up to `frames` samples a channel (interleaved) to `out` and says how many; 0 only at the end.
    pub fn read(&mut self, out: &mut Vec<f32>, frames: usize) -> Result<usize, MediaError> {
        let Some(mut resampler) = self.resampler.take() else {
            let read = self.read_native(out, frames)?;
            self.position += read as i64;
            return Ok(read);
        };
        let read = self.read_resampled(&mut resampler, out, frames);
        self.resampler = Some(resampler);
        read
    }

    /// Exactly the samples of a span, zeros where the recording has none.
    pub fn range(&mut self, span: Span) -> Result<Vec<f32>, MediaError> {
        self.seek(span.start)?;
        let end = (i128::from(span.end.0) * i128::from(self.rate) + 500_000_000).div_euclid(1_000_000_000) as i64;
        let wanted = usize::try_from(end - self.position).unwrap_or(0);
        // Not reserved at once: a span may be wished for that the file cannot fill.
        let mut out = Vec::new();
        let mut read = 0;
        while read < wanted {
            match self.read(&mut out, (wanted - read).min(1 << 16))? {
                0 => break,
                more => read += more,
            }
        }
        out.resize(wanted * self.channels, 0.0);
        Ok(out)
    }

    /// Makes `index` (at the wanted rate) the next sample.
    fn place(&mut self, index: i64) -> Result<(), MediaError> {
        self.position = index;
        if self.rate == self.native_rate {
            self.resampler = None;
            return self.place_native(index);
        }
        // Begin where a sample of one rate falls on a sample of the other, some way ahead for the filter.
        let common = gcd(self.rate, self.native_rate);
        let (step_in, step_out) = (i64::from(self.native_rate / common), i64::from(self.rate / common));
        let block = ((index - 64) / step_out).max(0);
        self.resampler = Some(Resampler::new(
            &self.decoding.path,
            self.native_rate,
            self.rate,
            self.channels,
            (index - block * step_out).max(0) as usize,
        )?);
        self.place_native(block * step_in)
    }

    fn place_native(&mut self, index: i64) -> Result<(), MediaError> {
        self.cursor = index;
        let at = Time((i128::from(index) * 1_000_000_000 / i128::from(self.native_rate)) as i64);
        let run_up = RUN_UP * i64::from(self.native_rate) / 1_000_000_000;
        for back in [2 * RUN_UP, 8 * RUN_UP, 40 * RUN_UP] {
            if at.0 <= back + RUN_UP {
                break;
            }
            self.restart(false);
            if !self.decoding.seek(Time(at.0 - back), false) {
                break;
            }
            match self.decode()? {
                Some(block) if block.start <= index - run_up => {
                    self.block = Some(block);
                    return Ok(());
                }
                // Past the end of the sound: only known by trying from further back.
                _ => {}
            }
        }
        if !self.fresh || self.expected.is_some() {
            self.decoding.rewind()?;
        }
        self.restart(true);
        Ok(())
    }

    fn restart(&mut self, fresh: bool) {
        self.fresh = fresh;
        self.expected = None;
        self.doubt = None;
        self.block = None;
    }

    fn read_native(&mut self, out: &mut Vec<f32>, frames: usize) -> Result<usize, MediaError> {
        let mut given = 0;
        while given < frames {
            let block = match self.block.take() {
                Some(block) => block,
                None => match self.decode()? {
                    Some(block) => block,
                    None => break,
                },
            };
            let length = (block.samples.len() / self.channels) as i64;
            if block.start + length <= self.cursor {
                continue;
            }
            let wanted = (frames - given) as i64;
            if block.start > self.cursor {
                let hole = (block.start - self.cursor).min(wanted);
                out.extend(std::iter::repeat_n(0.0, hole as usize * self.channels));
                self.cursor += hole;
                given += hole as usize;
                self.block = Some(block);
                continue;
            }
            let skip = self.cursor - block.start;
            let take = (length - skip).min(wanted);
            out.extend_from_slice(
                &block.samples[skip as usize * self.channels..(skip + take) as usize * self.channels],
            );
            self.cursor += take;
            given += take as usize;
            if skip + take < length {
                self.block = Some(block);
            }
        }
        Ok(given)
    }

    fn read_resampled(
        &mut self,
        resampler: &mut Resampler,
        out: &mut Vec<f32>,
        frames: usize,
    ) -> Result<usize, MediaError> {
        let mut given = 0;
        while given < frames {
            let there = resampler.ready.len() / self.channels;
            if there > 0 {
                let skip = resampler.skip.min(there);
                resampler.ready.drain(..skip * self.channels);
                resampler.skip -= skip;
                let take = (there - skip).min(frames - given);
                out.extend(resampler.ready.drain(..take * self.channels));
                given += take;
                continue;
            }
            if resampler.ended {
                break;
            }
            let mut input = Vec::new();
            let read = self.read_native(&mut input, 8192)?;
            resampler.push(&self.decoding.path, &input, read)?;
        }
        self.position += given as i64;
        Ok(given)
    }

    /// The next decoded frame as a block, placed.
    fn decode(&mut self) -> Result<Option<Block>, MediaError> {
        loop {
            if !self.decoding.next(&mut self.frame)? {
                return Ok(None);
            }
            let mut samples = Vec::new();
            mix(&self.frame, self.channels, &mut samples);
            if self.frame.rate() != self.native_rate && self.frame.rate() > 0 {
                samples = stretch_to_rate(&samples, self.channels, self.frame.rate(), self.native_rate);
            }
            let length = (samples.len() / self.channels) as i64;
            let stamped = self.frame.timestamp().map(|stamp| {
                let base = self.decoding.base;
                let origin = i128::from(self.decoding.origin) * i128::from(self.native_rate);
                let num = i128::from(stamp) * i128::from(base.numerator()) * i128::from(self.native_rate);
                let exact = (num * 1_000_000_000) / i128::from(base.denominator().max(1)) - origin;
                (exact + 500_000_000).div_euclid(1_000_000_000) as i64
            });
            let start = match (stamped, self.expected) {
                (Some(stamped), Some(expected)) => expected + self.believed(stamped - expected),
                (Some(start), None) | (None, Some(start)) => start,
                (None, None) if self.fresh => 0,
                (None, None) => continue,
            };
            self.expected = Some(start + length);
            return Ok(Some(Block { start, samples }));
        }
    }

    /// How much of a timestamp's deviation from plain counting is real. Vorbis, where short blocks follow long ones,
    /// is stamped wrong for one packet; and a leap of an hour is a broken clock, not an hour of silence.
    fn believed(&mut self, off: i64) -> i64 {
        let rate = i64::from(self.native_rate);
        let before = self.doubt.take();
        if off.abs() <= self.slack() || off.abs() > HOUR_SECS * rate {
            return 0;
        }
        if off.abs() > rate / 10 || before.is_some_and(|before| (before - off).abs() <= self.slack()) {
            return off;
        }
        self.doubt = Some(off);
        0
    }

    /// How far a timestamp may be off before it means that something is missing, in samples: a millisecond, or a tick.
    fn slack(&self) -> i64 {
        let tick = f64::from(self.decoding.base) * f64::from(self.native_rate);
        (i64::from(self.native_rate) / 1000).max(tick.ceil() as i64 + 2)
    }
}

/// Rate conversion by swresample, with `skip` samples to drop first so that the next one is the one asked for.
struct Resampler {
    context: resampling::Context,
    layout: ChannelLayout,
    from: u32,
    to: u32,
    channels: usize,
    ready: std::collections::VecDeque<f32>,
    skip: usize,
    ended: bool,
}

const PACKED: Sample = Sample::F32(Type::Packed);

impl Resampler {
    fn new(path: &Path, from: u32, to: u32, channels: usize, skip: usize) -> Result<Self, MediaError> {
        let layout = if channels == 1 { ChannelLayout::MONO } else { ChannelLayout::STEREO };
        let context = resampling::Context::get(PACKED, layout, from, PACKED, layout, to)
            .map_err(|error| MediaError::damaged(path, error))?;
        Ok(Self { context, layout, from, to, channels, ready: Default::default(), skip, ended: false })
    }

    /// Takes `frames` more samples a channel; none means that the sound has ended.
    fn push(&mut self, path: &Path, samples: &[f32], frames: usize) -> Result<(), MediaError> {
        let capacity = frames * self.to as usize / self.from as usize + 4096;
        let mut output = frame::Audio::new(PACKED, capacity, self.layout);
        let done = if frames == 0 {
            self.ended = true;
            self.context.flush(&mut output)
        } else {
            let mut input = frame::Audio::new(PACKED, frames, self.layout);
            input.set_rate(self.from);
            input.plane_mut::<f32>(0)[..samples.len()].copy_from_slice(samples);
            self.context.run(&input, &mut output)
        };
        done.map_err(|error| MediaError::damaged(path, error))?;
        if output.samples() > 0 {
            self.ready.extend(&output.plane::<f32>(0)[..output.samples() * self.channels]);
        }
        Ok(())
    }
}

/// Appends a decoded frame as interleaved floats in 1 or 2 channels.
fn mix(frame: &frame::Audio, channels: usize, out: &mut Vec<f32>) {
    let (samples, sources) = (frame.samples(), usize::from(frame.channels()));
    if samples == 0 || sources == 0 || frame.planes() == 0 {
        return;
    }
    let planar = frame.is_planar();
    let format = frame.format();
    // Bytes of one sample of one channel, and how to read it.
    let (width, decode): (usize, fn(&[u8]) -> f32) = match format {
        Sample::U8(_) => (1, |b| (f32::from(b[0]) - 128.0) / 128.0),
        Sample::I16(_) => (2, |b| f32::from(i16::from_ne_bytes([b[0], b[1]])) / 32_768.0),
        Sample::I32(_) => (4, |b| i32::from_ne_bytes([b[0], b[1], b[2], b[3]]) as f32 / 2_147_483_648.0),
        Sample::I64(_) => (8, |b| {
            (i64::from_ne_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]) as f64 / 9.223_372_036_854_776e18)
                as f32
        }),
        Sample::F32(_) => (4, |b| f32::from_ne_bytes([b[0], b[1], b[2], b[3]])),
        Sample::F64(_) => (8, |b| f64::from_ne_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]) as f32),
        Sample::None => return,
    };
    let planes: Vec<&[u8]> = (0..if planar { sources } else { 1 }).map(|plane| frame.data(plane)).collect();
    let at = |sample: usize, channel: usize| -> f32 {
        let (plane, place) = if planar { (channel, sample) } else { (0, sample * sources + channel) };
        planes[plane].get(place * width..(place + 1) * width).map_or(0.0, decode)
    };
    out.reserve(samples * channels);
    for sample in 0..samples {
        match (channels, sources) {
            (1, 1) => out.push(at(sample, 0)),
            (1, _) => out.push((0..sources).map(|channel| at(sample, channel)).sum::<f32>() / sources as f32),
            (_, 1) => out.extend([at(sample, 0); 2]),
            (_, 2) => out.extend([at(sample, 0), at(sample, 1)]),
            // Surround: left and right with the centre, where speech is; the rest is left out.
            _ => {
                let centre = at(sample, 2);
                out.extend([(at(sample, 0) + centre) / 2.0, (at(sample, 1) + centre) / 2.0]);
            }
        }
    }
}

/// Straight-line rate change, for the rare stream that changes its rate half-way.
fn stretch_to_rate(samples: &[f32], channels: usize, from: u32, to: u32) -> Vec<f32> {
    let frames = samples.len() / channels;
    let wanted = (frames as u64 * u64::from(to) / u64::from(from)) as usize;
    let mut out = Vec::with_capacity(wanted * channels);
    for index in 0..wanted {
        let place = index as f64 * f64::from(from) / f64::from(to);
        let (before, share) = (place as usize, place.fract() as f32);
        let after = (before + 1).min(frames - 1);
        for channel in 0..channels {
            let (a, b) = (samples[before * channels + channel], samples[after * channels + channel]);
            out.push(a + (b - a) * share);
        }
    }
    out
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}
