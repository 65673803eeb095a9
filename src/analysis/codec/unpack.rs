//! A blob back to times and values.

use std::sync::{Mutex, PoisonError};

use super::{
    CodecError, FRACTION, MAX_BODY, TAKE, TAKE_SHIFT, VERSION, damaged, expected, lanes, learned, take, take_byte,
    take_signed, unzigzag,
};
use crate::domain::Time;

/// Why a blob cannot be unpacked.
pub(super) enum Fault {
    Damaged(&'static str),
    Newer(u8),
}

impl Fault {
    /// The same of a channel.
    pub(super) fn of(self, name: &str) -> CodecError {
        match self {
            Self::Damaged(what) => damaged(name, what),
            Self::Newer(version) => CodecError::Newer { channel: name.to_owned(), version },
        }
    }
}

/// What a blob says of itself, and its packed part.
pub(super) struct Head<'b> {
    pub(super) width: usize,
    pub(super) count: usize,
    pub(super) step: f32,
    /// Bytes of the body once it is unpacked.
    length: usize,
    pub(super) packed: &'b [u8],
}

impl<'b> Head<'b> {
    /// Reads it.
    pub(super) fn of(blob: &'b [u8]) -> Result<Self, Fault> {
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
        let odd_step = step.is_nan() || step <= 0.0 || step.is_infinite();
        if length > MAX_BODY || odd_step || cells.is_none() || count > length {
            return Err(Fault::Damaged("its header makes no sense"));
        }
        Ok(Self { width: width as usize, count: count as usize, step, length: length as usize, packed: head })
    }
}

/// Places that are unpacked together: as many as fill a line of the cache in a row of samples.
const TILE: usize = 16;
/// Of fewer places it is not worth doing several at once.
const FEWEST: usize = 4;
/// Where more of the samples than one in so many have a value that is far from what was expected, neither.
const OFTEN: usize = 8;
/// Means below this leave room in 32 bits for what is done with them.
const SMALL: i64 = 1 << 26;

/// Memory that is used again for the next piece.
#[derive(Default)]
pub(super) struct Scratch {
    unpacker: Option<zstd::bulk::Decompressor<'static>>,
    body: Vec<u8>,
    shifts: Vec<i64>,
    narrow: Vec<[i32; TILE]>,
    greatest: Vec<u64>,
    rows: Vec<[u8; TILE]>,
}

/// What threads gave back: new memory costs more than what is done with it.
static USED: Mutex<Vec<Scratch>> = Mutex::new(Vec::new());
/// So many are kept, and none with a body larger than this, which is rare.
const KEPT: usize = 8;
const KEPT_BODY: usize = 2 << 20;

impl Scratch {
    /// Does something with memory that was used before, if there is any.
    pub(super) fn lent<T>(work: impl FnOnce(&mut Self) -> T) -> T {
        let used = || USED.lock().unwrap_or_else(PoisonError::into_inner);
        let mut scratch = used().pop().unwrap_or_default();
        let done = work(&mut scratch);
        if scratch.body.capacity() <= KEPT_BODY {
            let mut used = used();
            if used.len() < KEPT {
                used.push(scratch);
            }
        }
        done
    }
    /// Unpacks the body of a blob; one that is longer or shorter than it says is an error.
    pub(super) fn inflate(&mut self, head: &Head) -> Result<(), Fault> {
        let broken = |_| Fault::Damaged("its compressed part is not whole");
        let unpacker = match &mut self.unpacker {
            Some(unpacker) => unpacker,
            // Setting one up takes longer than unpacking a curve.
            none => none.insert(zstd::bulk::Decompressor::new().map_err(broken)?),
        };
        self.body.clear();
        self.body.reserve(head.length);
        unpacker.decompress_to_buffer(head.packed, &mut self.body).map_err(broken)?;
        if self.body.len() == head.length { Ok(()) } else { Err(Fault::Damaged("its length is not what it says")) }
    }
}

/// Unpacks a blob to where its times and values go: as many as its head says.
pub(super) fn unpack(head: &Head, times: &mut [Time], values: &mut [f32], scratch: &mut Scratch) -> Result<(), Fault> {
    let cut_short = || Fault::Damaged("cut short");
    let (width, count) = (head.width, head.count);
    scratch.inflate(head)?;
    let Scratch { body, shifts, narrow, greatest, rows, .. } = scratch;
    let mut rest = &body[..];
    let (mut last, mut pace) = (0_i64, 0_i64);
    for (i, time) in times.iter_mut().enumerate() {
        pace = pace.wrapping_add(take_signed(&mut rest).ok_or_else(cut_short)?);
        let next = last.wrapping_add(pace);
        if i > 0 && next <= last {
            return Err(Fault::Damaged("its times do not rise"));
        }
        last = next;
        *time = Time(next);
    }
    let lanes = lanes(width);
    shifts.clear();
    shifts.resize(count * lanes, 0);
    for t in 0..count {
        for lane in 0..lanes {
            shifts[lane * count + t] = small(take_signed(&mut rest).ok_or_else(cut_short)?)? << FRACTION;
        }
    }
    let (codes, rest) = rest.split_at_checked(count * width).ok_or_else(cut_short)?;
    let mut overflow = Overflow::of(codes, count, rest)?;
    let shifts = Shifts::of(shifts, count, lanes, narrow, greatest);
    for (number, codes) in codes.chunks(TILE * count.max(1)).enumerate() {
        let first = number * TILE;
        let places = codes.len() / count.max(1);
        let mut tile = Tile { first, places, step: head.step, means: [None; TILE] };
        let far = codes.iter().filter(|code| **code == 255).count();
        if places < FEWEST || far > count / OFTEN {
            tile.one_by_one(codes, &shifts, &mut overflow, values, width)?;
            continue;
        }
        rows.clear();
        rows.resize(count, [0; TILE]);
        for (p, codes) in codes.chunks_exact(count.max(1)).enumerate() {
            rows.iter_mut().zip(codes).for_each(|(row, code)| row[p] = *code);
        }
        let mut t = 0;
        while t < count {
            let plain = tile.plain(&rows[t..], &shifts.greatest[t..]);
            if plain == 0 {
                tile.row(&rows[t], &shifts, &mut overflow, t, &mut values[t * width..][..width])?;
                t += 1;
            } else {
                tile.run(&rows[t..][..plain], &shifts.of_tile(first)[t..], &mut values[t * width..][..plain * width]);
                t += plain;
            }
        }
    }
    Ok(())
}

/// How far all points of each lane move together at each sample.
struct Shifts<'b> {
    /// Lane by lane.
    all: &'b [i64],
    count: usize,
    lanes: usize,
    /// For tiles that begin in each lane, sample by sample and place by place.
    narrow: &'b [[i32; TILE]],
    /// The greatest at each sample.
    greatest: &'b [u64],
}

impl<'b> Shifts<'b> {
    fn of(
        all: &'b [i64],
        count: usize,
        lanes: usize,
        narrow: &'b mut Vec<[i32; TILE]>,
        greatest: &'b mut Vec<u64>,
    ) -> Self {
        greatest.clear();
        greatest.resize(count, 0);
        for lane in all.chunks_exact(count.max(1)) {
            greatest.iter_mut().zip(lane).for_each(|(most, shift)| *most = shift.unsigned_abs().max(*most));
        }
        narrow.clear();
        narrow.resize(lanes.max(1) * count, [0; TILE]);
        if lanes > 0 {
            for (first, rows) in narrow.chunks_exact_mut(count.max(1)).enumerate() {
                for p in 0..TILE {
                    let lane = &all[(first + p) % lanes * count..][..count];
                    // Where one does not fit it is not asked for.
                    rows.iter_mut().zip(lane).for_each(|(row, shift)| row[p] = *shift as i32);
                }
            }
        }
        Self { all, count, lanes, narrow, greatest }
    }
    /// Those of a tile, sample by sample.
    fn of_tile(&self, first: usize) -> &'b [[i32; TILE]] {
        &self.narrow[first % self.lanes.max(1) * self.count..][..self.count]
    }
    /// Those of one place; none where nothing moves together.
    fn of_place(&self, place: usize) -> &'b [i64] {
        if self.lanes == 0 { &[] } else { &self.all[place % self.lanes * self.count..][..self.count] }
    }
    /// That of one place at one sample.
    fn at(&self, place: usize, t: usize) -> i64 {
        self.of_place(place).get(t).copied().unwrap_or(0)
    }
}

/// Some places side by side. Each is forecast by itself and has to wait for its own last value; together they need not wait
/// for each other.
struct Tile {
    /// The first place, and how many there are; the rest of the arrays is of no place.
    first: usize,
    places: usize,
    step: f32,
    means: [Option<i64>; TILE],
}

impl Tile {
    /// How many of the next samples have, at every place, no value or a surprise of a byte over a mean that is known, all
    /// small enough for [`Self::run`].
    fn plain(&self, rows: &[[u8; TILE]], shifts: &[u64]) -> usize {
        let mut room = SMALL;
        for mean in self.means.iter().flatten() {
            room = room.min(SMALL.saturating_sub_unsigned(mean.unsigned_abs()));
        }
        let unknown = self.means.map(|mean| if mean.is_none() { u8::MAX } else { 0 });
        let mut plain = 0;
        for (row, shift) in rows.iter().zip(shifts) {
            let odd = row
                .iter()
                .zip(&unknown)
                .fold(0, |odd, (code, unknown)| odd | u8::from(*code == 255) | (code & unknown));
            room = room.saturating_sub_unsigned(*shift).saturating_sub(256 << FRACTION);
            if odd != 0 || room <= 0 {
                break;
            }
            plain += 1;
        }
        plain
    }

    /// Unpacks samples that are [`Self::plain`]: as [`Self::row`], in numbers of which a processor does several at once.
    fn run(&mut self, rows: &[[u8; TILE]], shifts: &[[i32; TILE]], values: &mut [f32]) {
        let width = values.len() / rows.len().max(1);
        let mut means = self.means.map(|mean| mean.unwrap_or(0) as i32);
        let step = f64::from(self.step);
        for ((codes, shift), to) in rows.iter().zip(shifts).zip(values.chunks_exact_mut(width)) {
            let mut shown = [0.0_f32; TILE];
            for p in 0..TILE {
                let surprise = i32::from(codes[p]) - 1;
                let is_there = codes[p] != 0;
                let surprise = (surprise >> 1) ^ -(surprise & 1);
                let mean = means[p].wrapping_add(shift[p]);
                let steps = ((mean.wrapping_add(1 << (FRACTION - 1))) >> FRACTION).wrapping_add(surprise);
                let off = (steps << FRACTION).wrapping_sub(mean);
                let learned = mean.wrapping_add(off.wrapping_mul(TAKE as i32) >> TAKE_SHIFT);
                means[p] = if is_there { learned } else { mean };
                shown[p] = if is_there { (f64::from(steps) * step) as f32 } else { f32::NAN };
            }
            to[self.first..self.first + self.places].copy_from_slice(&shown[..self.places]);
        }
        for (mean, now) in self.means.iter_mut().zip(means) {
            *mean = mean.map(|_| i64::from(now));
        }
    }

    /// Unpacks one sample, whatever it has.
    fn row(
        &mut self,
        codes: &[u8; TILE],
        shifts: &Shifts,
        overflow: &mut Overflow,
        t: usize,
        to: &mut [f32],
    ) -> Result<(), Fault> {
        for (p, to) in to[self.first..][..self.places].iter_mut().enumerate() {
            let shift = shifts.at(self.first + p, t);
            *to = value(codes[p], &mut self.means[p], shift, self.step, || overflow.take(t))?;
        }
        Ok(())
    }

    /// Unpacks all samples of one place after the other.
    fn one_by_one(
        &mut self,
        codes: &[u8],
        shifts: &Shifts,
        overflow: &mut Overflow,
        values: &mut [f32],
        width: usize,
    ) -> Result<(), Fault> {
        for (p, codes) in codes.chunks_exact(shifts.count.max(1)).enumerate() {
            let place = self.first + p;
            let own = shifts.of_place(place);
            let mut mean = None;
            for (t, code) in codes.iter().enumerate() {
                let shift = own.get(t).copied().unwrap_or(0);
                values[t * width + place] = value(*code, &mut mean, shift, self.step, || overflow.take(t))?;
            }
        }
        Ok(())
    }
}

/// One value, by what its code says of how far it is from what its place's mean, shifted, lets expect.
#[inline(always)]
fn value(code: u8, mean: &mut Option<i64>, shift: i64, step: f32, far: impl FnOnce() -> u64) -> Result<f32, Fault> {
    if let Some(mean) = mean {
        *mean = mean.wrapping_add(shift);
    }
    let surprise = match code {
        0 => return Ok(f32::NAN),
        255 => far(),
        code => u64::from(code) - 1,
    };
    let steps = small(expected(*mean).wrapping_add(small(unzigzag(surprise))?))?;
    *mean = Some(learned(*mean, steps));
    Ok((steps as f64 * f64::from(step)) as f32)
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
