//! Track samples as compact blobs: a blob a channel and about five seconds, each readable on its own.
//!
//! A value is kept to the nearest multiple of its channel's step, so what comes back is within half a step.
//! Written is not the value but how far it is from what was to be expected: a running mean of the point itself,
//! shifted as all points of the sample shifted together. Small surprises take a byte or less after zstd.
//!
//! Layout: version, width, samples, step, length of the body; then the body under zstd with its checksum: times as
//! differences of differences, the common shifts, one byte a value (0 no value, 255 see the overflow list), the
//! overflow list. Numbers are LEB128 varints, signed ones zigzagged.

mod unpack;

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::{Mutex, OnceLock, PoisonError};

use self::unpack::{Head, Scratch, unpack};
use super::observation::{BODY_KEYPOINTS, HAND_LANDMARKS};
use crate::domain::{Channel, Time, TrackChunk, TrackSamples};

/// Seconds of samples in one blob: a window of ten seconds touches three, of which half of one is not asked for. Earlier
/// versions had ten seconds in each; nothing but the samples that a blob says it has counts in reading.
pub const CHUNK_SECS: f64 = 5.0;
const VERSION: u8 = 1;
const ZSTD_LEVEL: i32 = 3;
/// No honest blob unpacks to more.
const MAX_BODY: u64 = 1 << 28;
/// Largest value in steps; keeps the arithmetic far from overflow.
const MAX_STEPS: f64 = (1_u64 << 40) as f64;
/// Memory that is taken for what blobs say they hold, in bytes; and so much more for each byte that they have.
const BELIEVED: usize = 64 << 20;
const USUAL_RATIO: usize = 64;
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
    let mut joined = Vec::new();
    for Whole { name, step, width, times, values } in unpack_all(chunks)? {
        if times.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err(damaged(name, "two parts overlap"));
        }
        joined.push((times, Channel { name: name.to_owned(), width, step, values }));
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
    let head = Head::of(blob).map_err(|fault| fault.of(name))?;
    Scratch::lent(|scratch| {
        believe(&[(name, &head)], scratch)?;
        let (mut times, mut values) = (vec![Time::default(); head.count], vec![0.0; head.count * head.width]);
        unpack(&head, &mut times, &mut values, scratch).map_err(|fault| fault.of(name))?;
        Ok((times, Channel { name: name.to_owned(), width: head.width, step: head.step, values }))
    })
}

/// A channel of several chunks, unpacked to one stretch of memory.
struct Whole<'c> {
    name: &'c str,
    width: usize,
    step: f32,
    times: Vec<Time>,
    values: Vec<f32>,
}

/// One chunk, and where of its channel it is unpacked to.
struct Piece<'c, 'v> {
    name: &'c str,
    head: Head<'c>,
    times: &'v mut [Time],
    values: &'v mut [f32],
}

fn damaged(name: &str, what: &'static str) -> CodecError {
    CodecError::Damaged { channel: name.to_owned(), what }
}

/// Unpacks every chunk to its place, channels in the order in which they come.
fn unpack_all(chunks: &[Chunk]) -> Result<Vec<Whole<'_>>, CodecError> {
    let mut wholes: Vec<Whole> = Vec::new();
    let mut of: Vec<(usize, Time, Head)> = Vec::with_capacity(chunks.len());
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for chunk in chunks {
        let name = chunk.channel.as_str();
        let head = Head::of(&chunk.blob).map_err(|fault| fault.of(name))?;
        let at = *known.entry(name).or_insert_with(|| {
            wholes.push(Whole { name, width: head.width, step: head.step, times: Vec::new(), values: Vec::new() });
            wholes.len() - 1
        });
        if wholes[at].width != head.width {
            return Err(damaged(name, "its parts differ in width"));
        }
        wholes[at].step = wholes[at].step.max(head.step);
        of.push((at, chunk.start, head));
    }
    of.sort_by_key(|(at, start, _)| (*at, *start));
    let heads: Vec<(&str, &Head)> = of.iter().map(|(at, _, head)| (wholes[*at].name, head)).collect();
    Scratch::lent(|scratch| believe(&heads, scratch))?;
    let packed: usize = of.iter().map(|(_, _, head)| head.packed.len()).sum();
    let mut pieces: Vec<Piece> = Vec::with_capacity(of.len());
    let mut of = of.into_iter().peekable();
    for (number, whole) in wholes.iter_mut().enumerate() {
        let mut own = Vec::new();
        while let Some((_, _, head)) = of.next_if(|(at, _, _)| *at == number) {
            own.push(head);
        }
        let count = own.iter().map(|head| head.count).sum();
        // Memory that nobody has touched yet: it is first touched where it is filled.
        (whole.times, whole.values) = (vec![Time::default(); count], vec![0.0; count * whole.width]);
        let (mut times, mut values) = (whole.times.as_mut_slice(), whole.values.as_mut_slice());
        for head in own {
            let (own_times, more_times) = std::mem::take(&mut times).split_at_mut(head.count);
            let (own_values, more_values) = std::mem::take(&mut values).split_at_mut(head.count * head.width);
            (times, values) = (more_times, more_values);
            pieces.push(Piece { name: whole.name, head, times: own_times, values: own_values });
        }
    }
    unpack_pieces(pieces, packed)?;
    Ok(wholes)
}

/// Makes sure that blobs hold as much as they say before memory for it is taken, where that would be out of proportion.
fn believe(heads: &[(&str, &Head)], scratch: &mut Scratch) -> Result<(), CodecError> {
    let claimed: usize = heads.iter().map(|(_, head)| head.count.saturating_mul(4 * head.width + 8)).sum();
    let packed: usize = heads.iter().map(|(_, head)| head.packed.len()).sum();
    if claimed > BELIEVED + packed.saturating_mul(USUAL_RATIO) {
        heads.iter().try_for_each(|(name, head)| scratch.inflate(head).map_err(|fault| fault.of(name)))?;
    }
    Ok(())
}

/// Unpacks pieces, on the cores there are once that is worth a thread.
fn unpack_pieces(mut pieces: Vec<Piece>, packed: usize) -> Result<(), CodecError> {
    let one = |piece: &mut Piece, scratch: &mut Scratch| {
        unpack(&piece.head, piece.times, piece.values, scratch).map_err(|fault| fault.of(piece.name))
    };
    let cores = cores().min(pieces.len());
    if packed < WORTH_A_THREAD || cores < 2 {
        return Scratch::lent(|scratch| pieces.iter_mut().try_for_each(|piece| one(piece, scratch)));
    }
    // The largest last, where they are taken from: the mesh takes longer than everything else together.
    pieces.sort_by_key(|piece| piece.head.packed.len());
    let left = Mutex::new(pieces);
    let problem = Mutex::new(None);
    let next = || left.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let work = || {
        Scratch::lent(|scratch| {
            while let Some(mut piece) = next() {
                if let Err(error) = one(&mut piece, scratch) {
                    problem.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                    break;
                }
            }
        });
    };
    std::thread::scope(|scope| {
        for _ in 1..cores {
            // A machine that gives no more threads does the work on this one.
            let _ = std::thread::Builder::new().spawn_scoped(scope, work);
        }
        work();
    });
    match problem.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

fn cores() -> usize {
    // Asked once: the answer lies in files.
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| std::thread::available_parallelism().map_or(1, NonZero::get))
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
