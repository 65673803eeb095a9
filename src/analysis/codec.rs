//! Track samples as compact blobs: a blob a channel and about ten seconds, each readable on its own.
//!
//! A value is kept to the nearest multiple of its channel's step, so what comes back is within half a step.
//! Written is not the value but how far it is from what was to be expected: a running mean of the point itself,
//! shifted as all points of the sample shifted together. Small surprises take a byte or less after zstd.
//!
//! Layout: version, width, samples, step, length of the body; then the body under zstd with its checksum: times as
//! differences of differences, the common shifts, one byte a value (0 no value, 255 see the overflow list), the
//! overflow list. Numbers are LEB128 varints, signed ones zigzagged.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::observation::{BODY_KEYPOINTS, HAND_LANDMARKS};
use crate::domain::{Channel, Time, TrackChunk, TrackSamples};

/// Seconds of samples in one blob.
pub const CHUNK_SECS: f64 = 10.0;
const VERSION: u8 = 1;
const ZSTD_LEVEL: i32 = 3;
/// No honest blob unpacks to more.
const MAX_BODY: u64 = 1 << 28;
/// Largest value in steps; keeps the arithmetic far from overflow.
const MAX_STEPS: f64 = (1_u64 << 40) as f64;
/// Packed bytes from which unpacking is shared among threads: about half a millisecond's work.
const WORTH_A_THREAD: usize = 1 << 16;
/// Fraction bits of the running mean, and how much of each surprise it takes in (5/8): noise wants less, motion more.
const FRACTION: u32 = 4;
const TAKE: i64 = 5;
const TAKE_SHIFT: u32 = 3;

/// One channel of one stretch of a track, packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    pub channel: String,
    /// First and last sample.
    pub start: Time,
    pub end: Time,
    pub samples: usize,
    pub blob: Vec<u8>,
}

impl From<TrackChunk> for Chunk {
    fn from(chunk: TrackChunk) -> Self {
        let samples = usize::try_from(chunk.samples).unwrap_or(0);
        Self { channel: chunk.channel, start: chunk.start, end: chunk.end, samples, blob: chunk.blob }
    }
}

/// Why samples could not be packed or unpacked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    #[error("the stored samples of “{channel}” are damaged ({what})")]
    Damaged { channel: String, what: &'static str },
    #[error("the samples of “{channel}” were stored by a newer Fieldgloss (version {version})")]
    Newer { channel: String, version: u8 },
    #[error("“{channel}” cannot be stored: {what}")]
    Unfit { channel: String, what: &'static str },
}

/// Packs samples, each channel by itself, cut every [`CHUNK_SECS`]. Infinite values are stored as no value.
///
/// # Errors
/// [`CodecError::Unfit`] when times do not rise strictly, a channel's length is not `times × width`, its step is not
/// a positive number, or a value is more than 2⁴⁰ steps from zero.
pub fn encode(samples: &TrackSamples) -> Result<Vec<Chunk>, CodecError> {
    let times = &samples.times;
    let mut chunks = Vec::new();
    for channel in &samples.channels {
        let unfit = |what| CodecError::Unfit { channel: channel.name.clone(), what };
        if !times.is_sorted_by(|a, b| a < b) {
            return Err(unfit("its times do not rise"));
        }
        if channel.width == 0 || channel.values.len() != times.len() * channel.width {
            return Err(unfit("it has not one value for each time and place"));
        }
        if channel.step.is_nan() || channel.step <= 0.0 || channel.step.is_infinite() {
            return Err(unfit("its step is not a positive number"));
        }
        let mut from = 0;
        while from < times.len() {
            let stretch = |t: &Time| (*t - times[from]).secs() < CHUNK_SECS;
            let to = from + times[from..].partition_point(stretch).max(1);
            let values = &channel.values[from * channel.width..to * channel.width];
            chunks.push(Chunk {
                channel: channel.name.clone(),
                start: times[from],
                end: times[to - 1],
                samples: to - from,
                blob: pack(&times[from..to], channel, values)?,
            });
            from = to;
        }
    }
    Ok(chunks)
}

/// Unpacks chunks of one track, in any order, to samples with shared times. A channel that lacks a stretch others
/// have is NaN there.
///
/// # Errors
/// [`CodecError::Damaged`] for a blob that is not whole, for chunks that overlap or disagree about their channel.
pub fn decode(chunks: &[Chunk]) -> Result<TrackSamples, CodecError> {
    let mut names: Vec<&str> = Vec::new();
    let mut parts: BTreeMap<&str, Vec<(Vec<Time>, Channel)>> = BTreeMap::new();
    for (chunk, part) in chunks.iter().zip(decode_blobs(chunks)?) {
        if !parts.contains_key(chunk.channel.as_str()) {
            names.push(&chunk.channel);
        }
        parts.entry(&chunk.channel).or_default().push(part);
    }
    let mut joined = Vec::new();
    for name in names {
        joined.push(join(name, parts.remove(name).unwrap_or_default())?);
    }
    let mut times: Vec<Time> = Vec::new();
    for (own, _) in &joined {
        // Nearly always all channels have the same.
        if *own != times {
            times.extend(own);
            times.sort();
            times.dedup();
        }
    }
    let channels = joined.into_iter().map(|(own, channel)| spread(&times, &own, channel)).collect();
    Ok(TrackSamples { times, channels })
}

/// Unpacks one channel and leaves the others packed. Without such a channel there are no times.
///
/// # Errors
/// As [`decode`].
pub fn decode_channel(chunks: &[Chunk], name: &str) -> Result<TrackSamples, CodecError> {
    let own: Vec<Chunk> = chunks.iter().filter(|c| c.channel == name).cloned().collect();
    decode(&own)
}

/// Unpacks one blob of the channel of that name: its times and values.
///
/// # Errors
/// [`CodecError::Damaged`] for anything that [`encode`] did not write, [`CodecError::Newer`] for a later layout.
pub fn decode_blob(name: &str, blob: &[u8]) -> Result<(Vec<Time>, Channel), CodecError> {
    unpack(name, blob).map_err(|what| match what {
        Fault::Damaged(what) => CodecError::Damaged { channel: name.to_owned(), what },
        Fault::Newer(version) => CodecError::Newer { channel: name.to_owned(), version },
    })
}

/// Unpacks every blob, on the cores there are once that is worth a thread.
fn decode_blobs(chunks: &[Chunk]) -> Result<Vec<(Vec<Time>, Channel)>, CodecError> {
    let packed: usize = chunks.iter().map(|chunk| chunk.blob.len()).sum();
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get).min(chunks.len());
    if packed < WORTH_A_THREAD || cores < 2 {
        return chunks.iter().map(|chunk| decode_blob(&chunk.channel, &chunk.blob)).collect();
    }
    // The largest first: the mesh takes longer than everything else together.
    let mut order: Vec<usize> = (0..chunks.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(chunks[*at].blob.len()));
    let next = AtomicUsize::new(0);
    let parts: Vec<OnceLock<_>> = chunks.iter().map(|_| OnceLock::new()).collect();
    let work = || {
        while let Some(at) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
            parts[*at].get_or_init(|| decode_blob(&chunks[*at].channel, &chunks[*at].blob));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..cores {
            // A machine that gives no more threads does the work on this one.
            let _ = std::thread::Builder::new().spawn_scoped(scope, work);
        }
        work();
    });
    parts.into_iter().filter_map(OnceLock::into_inner).collect()
}

enum Fault {
    Damaged(&'static str),
    Newer(u8),
}

fn join(name: &str, mut parts: Vec<(Vec<Time>, Channel)>) -> Result<(Vec<Time>, Channel), CodecError> {
    parts.sort_by_key(|(times, _)| times.first().copied());
    let damaged = |what| CodecError::Damaged { channel: name.to_owned(), what };
    let mut parts = parts.into_iter();
    let (mut times, mut channel) = parts.next().ok_or_else(|| damaged("it has no parts"))?;
    for (more, next) in parts {
        if times.last() >= more.first() {
            return Err(damaged("two parts overlap"));
        }
        if next.width != channel.width {
            return Err(damaged("its parts differ in width"));
        }
        channel.step = channel.step.max(next.step);
        times.extend(more);
        channel.values.extend(next.values);
    }
    Ok((times, channel))
}

/// A channel over all times of its track; NaN where it has none of its own.
fn spread(times: &[Time], own: &[Time], mut channel: Channel) -> Channel {
    if own.len() != times.len() {
        let mut values = vec![f32::NAN; times.len() * channel.width];
        for (row, time) in channel.values.chunks(channel.width).zip(own) {
            if let Ok(at) = times.binary_search(time) {
                values[at * channel.width..][..channel.width].copy_from_slice(row);
            }
        }
        channel.values = values;
    }
    channel
}

/// How many kinds of coordinate take turns in a sample of that width: their points move together. 0 for no points.
fn lanes(width: usize) -> usize {
    match width {
        _ if width == BODY_KEYPOINTS * 4 => 4,
        _ if width == HAND_LANDMARKS * 3 => 3,
        _ if width >= BODY_KEYPOINTS * 2 && width.is_multiple_of(3) => 3,
        _ => 0,
    }
}

/// The value that a place's mean lets expect.
fn expected(mean: Option<i64>) -> i64 {
    mean.map_or(0, |mean| mean.wrapping_add(1 << (FRACTION - 1)) >> FRACTION)
}

/// A place's mean once a value was seen.
fn learned(mean: Option<i64>, value: i64) -> i64 {
    let seen = value << FRACTION;
    mean.map_or(seen, |mean| mean.wrapping_add(seen.wrapping_sub(mean).wrapping_mul(TAKE) >> TAKE_SHIFT))
}

/// What the next value of every place is expected to be, while packing; unpacking runs the same place by place.
struct Forecast {
    means: Vec<Option<i64>>,
    lanes: usize,
}

impl Forecast {
    fn new(width: usize) -> Self {
        Self { means: vec![None; width], lanes: lanes(width) }
    }

    fn shift(&mut self, shifts: &[i64]) {
        if self.lanes > 0 {
            for (i, mean) in self.means.iter_mut().enumerate() {
                if let Some(mean) = mean {
                    *mean = mean.wrapping_add(shifts[i % self.lanes] << FRACTION);
                }
            }
        }
    }

    fn of(&self, i: usize) -> i64 {
        expected(self.means[i])
    }

    fn learn(&mut self, i: usize, value: i64) {
        self.means[i] = Some(learned(self.means[i], value));
    }

    /// How far all points of each lane moved on average.
    fn common_shift(&self, row: &[Option<i64>]) -> Vec<i64> {
        let (mut sums, mut counts) = (vec![0_i64; self.lanes], vec![0_i64; self.lanes]);
        if self.lanes > 0 {
            for (i, value) in row.iter().enumerate() {
                if let (Some(value), Some(_)) = (value, self.means[i]) {
                    sums[i % self.lanes] += value - self.of(i);
                    counts[i % self.lanes] += 1;
                }
            }
        }
        sums.iter().zip(counts).map(|(sum, n)| if n == 0 { 0 } else { (sum + n / 2).div_euclid(n) }).collect()
    }
}

fn pack(times: &[Time], channel: &Channel, values: &[f32]) -> Result<Vec<u8>, CodecError> {
    let width = channel.width;
    let unfit = |what| CodecError::Unfit { channel: channel.name.clone(), what };
    let mut body = Vec::with_capacity(values.len() + times.len() * 4);
    let (mut last, mut pace) = (0, 0);
    for time in times {
        let step = time.0.wrapping_sub(last);
        put_signed(&mut body, step.wrapping_sub(pace));
        (last, pace) = (time.0, step);
    }
    let per_step = 1.0 / f64::from(channel.step);
    let mut forecast = Forecast::new(width);
    let mut codes = vec![0_u8; values.len()];
    let (mut shifts, mut overflow) = (Vec::new(), Vec::new());
    let mut row = vec![None; width];
    for (t, sample) in values.chunks(width).enumerate() {
        for (slot, value) in row.iter_mut().zip(sample) {
            let steps = (f64::from(*value) * per_step).round();
            if value.is_finite() && steps.abs() > MAX_STEPS {
                return Err(unfit("a value is too large for its step"));
            }
            *slot = value.is_finite().then_some(steps as i64);
        }
        let shift = forecast.common_shift(&row);
        for s in &shift {
            put_signed(&mut shifts, *s);
        }
        forecast.shift(&shift);
        for (i, value) in row.iter().enumerate() {
            let Some(value) = *value else { continue };
            // Place by place, not sample by sample: like stands beside like.
            let code = &mut codes[i * times.len() + t];
            match zigzag(value - forecast.of(i)) {
                surprise @ 0..254 => *code = surprise as u8 + 1,
                surprise => {
                    *code = 255;
                    put(&mut overflow, surprise);
                }
            }
            forecast.learn(i, value);
        }
    }
    body.extend(shifts);
    body.extend(codes);
    body.extend(overflow);

    let mut blob = vec![VERSION];
    put(&mut blob, width as u64);
    put(&mut blob, times.len() as u64);
    blob.extend(channel.step.to_le_bytes());
    put(&mut blob, body.len() as u64);
    let packed = || -> std::io::Result<Vec<u8>> {
        let mut encoder = zstd::Encoder::new(blob, ZSTD_LEVEL)?;
        encoder.include_checksum(true)?;
        std::io::Write::write_all(&mut encoder, &body)?;
        encoder.finish()
    };
    packed().map_err(|_| unfit("the compressor failed"))
}

fn unpack(name: &str, blob: &[u8]) -> Result<(Vec<Time>, Channel), Fault> {
    let mut head = blob;
    match take_byte(&mut head) {
        Some(VERSION) => {}
        Some(version) if version > VERSION => return Err(Fault::Newer(version)),
        _ => return Err(Fault::Damaged("no version")),
    }
    let cut_short = || Fault::Damaged("cut short");
    let width = take(&mut head).ok_or_else(cut_short)?;
    let count = take(&mut head).ok_or_else(cut_short)?;
    let (step, rest) = head.split_first_chunk::<4>().ok_or_else(cut_short)?;
    let step = f32::from_le_bytes(*step);
    head = rest;
    let length = take(&mut head).ok_or_else(cut_short)?;
    let cells = width.checked_mul(count).filter(|&cells| cells <= length && width > 0);
    if length > MAX_BODY || step.is_nan() || step <= 0.0 || step.is_infinite() {
        return Err(Fault::Damaged("its header makes no sense"));
    }
    let (Some(cells), true) = (cells, count <= length) else {
        return Err(Fault::Damaged("its header makes no sense"));
    };
    let (width, count, cells) = (width as usize, count as usize, cells as usize);
    let body = inflate(head, length as usize).map_err(|_| Fault::Damaged("its compressed part is not whole"))?;
    if body.len() as u64 != length {
        return Err(Fault::Damaged("its length is not what it says"));
    }

    let mut rest = &body[..];
    let mut times = Vec::with_capacity(count);
    let (mut last, mut pace) = (0_i64, 0_i64);
    for i in 0..count {
        pace = pace.wrapping_add(take_signed(&mut rest).ok_or_else(cut_short)?);
        let next = last.wrapping_add(pace);
        if i > 0 && next <= last {
            return Err(Fault::Damaged("its times do not rise"));
        }
        last = next;
        times.push(Time(next));
    }
    let lanes = lanes(width);
    let mut shifts = vec![0_i64; count * lanes];
    for t in 0..count {
        for lane in 0..lanes {
            shifts[lane * count + t] = small(take_signed(&mut rest).ok_or_else(cut_short)?)? << FRACTION;
        }
    }
    let (codes, rest) = rest.split_at_checked(cells).ok_or_else(cut_short)?;
    let mut overflow = Overflow::of(codes, count, rest)?;
    let mut values = vec![f32::NAN; cells];
    // Place by place, as the codes lie; each place is forecast by itself.
    for (i, codes) in codes.chunks_exact(count.max(1)).enumerate() {
        let shifts = if lanes == 0 { &[][..] } else { &shifts[i % lanes * count..][..count] };
        let mut mean = None;
        for (t, code) in codes.iter().enumerate() {
            if let (Some(mean), Some(shift)) = (&mut mean, shifts.get(t)) {
                *mean = i64::wrapping_add(*mean, *shift);
            }
            let surprise = match code {
                0 => continue,
                255 => overflow.take(t),
                code => u64::from(*code) - 1,
            };
            let steps = small(expected(mean).wrapping_add(small(unzigzag(surprise))?))?;
            mean = Some(learned(mean, steps));
            values[t * width + i] = (steps as f64 * f64::from(step)) as f32;
        }
    }
    Ok((times, Channel { name: name.to_owned(), width, step, values }))
}

/// Unpacks a body that says how long it is; a longer one is an error.
fn inflate(packed: &[u8], length: usize) -> std::io::Result<Vec<u8>> {
    thread_local! {
        // Setting one up takes longer than unpacking a curve.
        static UNPACKER: RefCell<Option<zstd::bulk::Decompressor<'static>>> = const { RefCell::new(None) };
    }
    UNPACKER.with_borrow_mut(|unpacker| {
        let unpacker = match unpacker {
            Some(unpacker) => unpacker,
            None => unpacker.insert(zstd::bulk::Decompressor::new()?),
        };
        unpacker.decompress(packed, length)
    })
}

/// Surprises too large for a byte: they lie sample by sample, whereas codes lie place by place.
struct Overflow {
    values: Vec<u64>,
    /// Of each sample, where its next one lies.
    next: Vec<usize>,
}

impl Overflow {
    fn of(codes: &[u8], count: usize, mut rest: &[u8]) -> Result<Self, Fault> {
        let mut many = vec![0_usize; count];
        for codes in codes.chunks_exact(count.max(1)) {
            for (many, code) in many.iter_mut().zip(codes) {
                *many += usize::from(*code == 255);
            }
        }
        let total = many.iter().sum();
        let cut_short = || Fault::Damaged("cut short");
        let mut values = Vec::with_capacity(if total <= rest.len() { total } else { return Err(cut_short()) });
        for _ in 0..total {
            values.push(take(&mut rest).ok_or_else(cut_short)?);
        }
        if !rest.is_empty() {
            return Err(Fault::Damaged("it has more values than it says"));
        }
        let next = many.iter().scan(0, |at, many| Some(std::mem::replace(at, *at + many))).collect();
        Ok(Self { values, next })
    }
    fn take(&mut self, sample: usize) -> u64 {
        let at = self.next[sample];
        self.next[sample] += 1;
        self.values[at]
    }
}

/// A number that the packer could have written.
fn small(value: i64) -> Result<i64, Fault> {
    if value.unsigned_abs() <= 1 << 44 { Ok(value) } else { Err(Fault::Damaged("a value out of range")) }
}

fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

fn unzigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

fn put(to: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        to.push(value as u8 | 0x80);
        value >>= 7;
    }
    to.push(value as u8);
}

fn put_signed(to: &mut Vec<u8>, value: i64) {
    put(to, zigzag(value));
}

fn take_byte(from: &mut &[u8]) -> Option<u8> {
    let (first, rest) = from.split_first()?;
    *from = rest;
    Some(*first)
}

fn take(from: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = take_byte(from)?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

fn take_signed(from: &mut &[u8]) -> Option<i64> {
    take(from).map(unzigzag)
}

#[cfg(test)]
#[path = "codec_tests.rs"]
mod tests;
