//! The waveform at several scales: the lowest and highest sample of every 256, 1024, 4096, … samples.
//!
//! The file `cache/peaks/HASH.peaks` (little-endian): `FGPK`, version, sample rate, channels, samples a channel (u64),
//! then the finest level's pairs (i16 lowest, i16 highest), channels interleaved, and last a BLAKE3 of everything
//! before. Coarser levels are made from the finest on reading. A file that does not fit is made again.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::{AudioOptions, AudioReader, MediaError, Progress};
use crate::domain::{Span, Time};

/// Samples in a pair of the finest level.
pub const BASE: u64 = 256;
/// Every level covers this many pairs of the finer one.
const STEP: usize = 4;
const MAGIC: &[u8; 4] = b"FGPK";
const VERSION: u32 = 1;
const HEADER: usize = 24;
const CHECK: usize = 32;

/// Lowest and highest sample, −1 to 1.
pub type Peak = (f32, f32);

/// The peaks of one stream of sound, in memory (3.6 MB an hour and channel at 48 kHz).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peaks {
    rate: u32,
    channels: usize,
    samples: u64,
    /// `levels[l][bucket × channels + channel]`.
    levels: Vec<Vec<[i16; 2]>>,
}

impl Peaks {
    /// Where the peaks of a recording lie within a project's cache folder. Streams other than the first have their own.
    pub fn cache_path(cache: &Path, hash: &str, stream: Option<usize>) -> PathBuf {
        let name = match stream {
            None => format!("{hash}.peaks"),
            Some(stream) => format!("{hash}-{stream}.peaks"),
        };
        cache.join("peaks").join(name)
    }

    /// From the cache if it is whole, otherwise by decoding; then kept in the cache. A cache that cannot be written is
    /// logged, not an error: the peaks are there all the same.
    pub fn load_or_build(
        path: &Path,
        stream: Option<usize>,
        cache_file: &Path,
        progress: Progress,
    ) -> Result<Self, MediaError> {
        if let Some(peaks) = fs::read(cache_file).ok().and_then(|bytes| Self::from_bytes(&bytes)) {
            return Ok(peaks);
        }
        let peaks = Self::build(path, stream, progress)?;
        if let Err(error) = peaks.save(cache_file) {
            log::warn!("{error}");
        }
        Ok(peaks)
    }

    /// From the cache only: `None` if it is not there or not whole. Quick (reads one file), but not for the window's
    /// thread.
    pub fn load(cache_file: &Path) -> Option<Self> {
        fs::read(cache_file).ok().and_then(|bytes| Self::from_bytes(&bytes))
    }

    /// Decodes the whole stream.
    pub fn build(path: &Path, stream: Option<usize>, progress: Progress) -> Result<Self, MediaError> {
        let mut reader = AudioReader::open(path, AudioOptions { stream, rate: None, channels: None })?;
        let channels = reader.channels();
        let total = reader.duration().map_or(0.0, |duration| duration.secs() * f64::from(reader.rate()));
        let mut peaks = Self { rate: reader.rate(), channels, samples: 0, levels: vec![Vec::new()] };
        let mut buffer = Vec::new();
        // A whole number of buckets, so that only the last can be short.
        let chunk = BASE as usize * 256;
        loop {
            buffer.clear();
            let mut read = 0;
            while read < chunk {
                match reader.read(&mut buffer, chunk - read)? {
                    0 => break,
                    more => read += more,
                }
            }
            for bucket in buffer.chunks(BASE as usize * channels) {
                for channel in 0..channels {
                    let (mut low, mut high) = (f32::INFINITY, f32::NEG_INFINITY);
                    for sample in bucket.iter().skip(channel).step_by(channels) {
                        low = low.min(*sample);
                        high = high.max(*sample);
                    }
                    peaks.levels[0].push([quantise(low), quantise(high)]);
                }
            }
            peaks.samples += read as u64;
            let share = if total > 0.0 { (peaks.samples as f64 / total).min(1.0) } else { 0.0 };
            if progress(share as f32).is_break() {
                return Err(MediaError::Cancelled);
            }
            if read < chunk {
                break;
            }
        }
        peaks.raise_levels();
        Ok(peaks)
    }

    fn raise_levels(&mut self) {
        self.levels.truncate(1);
        let channels = self.channels;
        while let Some(finer) = self.levels.last().filter(|level| level.len() > STEP * channels) {
            let coarser = finer
                .chunks(STEP * channels)
                .flat_map(|group| {
                    (0..channels).map(move |channel| {
                        let of = group.iter().skip(channel).step_by(channels);
                        let low = of.clone().map(|pair| pair[0]).min().unwrap_or(0);
                        let high = of.map(|pair| pair[1]).max().unwrap_or(0);
                        [low, high]
                    })
                })
                .collect();
            self.levels.push(coarser);
        }
    }

    /// Samples a second.
    pub fn rate(&self) -> u32 {
        self.rate
    }
    /// 1 or 2.
    pub fn channels(&self) -> usize {
        self.channels
    }
    /// Length of the sound, exact.
    pub fn duration(&self) -> Time {
        Time((i128::from(self.samples) * 1_000_000_000 / i128::from(self.rate.max(1))) as i64)
    }

    /// Whether a pixel covers less than the finest bucket, so that single samples should be drawn instead
    /// ([`AudioReader::range`], in a job).
    pub fn wants_samples(&self, span: Span, pixels: usize) -> bool {
        let samples = span.duration().secs() * f64::from(self.rate);
        samples / (pixels.max(1) as f64) < BASE as f64
    }

    /// One pair for each of `pixels` columns over `span`, channels mixed if `channel` is `None`. Columns outside the
    /// sound are `(0, 0)`. Only reads memory; cost is a few pairs a pixel.
    pub fn peaks(&self, span: Span, pixels: usize, channel: Option<usize>) -> Vec<Peak> {
        let rate = f64::from(self.rate);
        let (first, last) = (span.start.secs() * rate, span.end.secs() * rate);
        let per_pixel = ((last - first) / pixels.max(1) as f64).max(f64::MIN_POSITIVE);
        let mut level = 0;
        let mut width = BASE as f64;
        while level + 1 < self.levels.len() && width * STEP as f64 <= per_pixel {
            level += 1;
            width *= STEP as f64;
        }
        let Some(pairs) = self.levels.get(level) else { return vec![(0.0, 0.0); pixels] };
        let buckets = pairs.len() / self.channels;
        let wanted = match channel {
            Some(channel) if channel < self.channels => channel..channel + 1,
            _ => 0..self.channels,
        };
        (0..pixels)
            .map(|pixel| {
                let from = first + pixel as f64 * per_pixel;
                let to = from + per_pixel;
                if to <= 0.0 || from >= self.samples as f64 {
                    return (0.0, 0.0);
                }
                let begin = (from.max(0.0) / width) as usize;
                let end = ((to / width).ceil() as usize).clamp(begin + 1, buckets.max(begin + 1));
                let (mut low, mut high) = (i16::MAX, i16::MIN);
                for bucket in begin..end.min(buckets) {
                    for channel in wanted.clone() {
                        let pair = pairs[bucket * self.channels + channel];
                        low = low.min(pair[0]);
                        high = high.max(pair[1]);
                    }
                }
                if low > high { (0.0, 0.0) } else { (f32::from(low) / 32_767.0, f32::from(high) / 32_767.0) }
            })
            .collect()
    }

    /// Writes the cache file, whole or not at all.
    pub fn save(&self, file: &Path) -> Result<(), MediaError> {
        let failed = |source| MediaError::Cache { path: file.to_owned(), source };
        let folder = file.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(failed)?;
        let mut temporary = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        temporary.write_all(&self.to_bytes()).map_err(failed)?;
        temporary.persist(file).map_err(|error| failed(error.error))?;
        Ok(())
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER + CHECK + self.levels.first().map_or(0, |level| level.len() * 4));
        bytes.extend_from_slice(MAGIC);
        for number in [VERSION, self.rate, self.channels as u32] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend_from_slice(&self.samples.to_le_bytes());
        for pair in self.levels.first().into_iter().flatten() {
            bytes.extend_from_slice(&pair[0].to_le_bytes());
            bytes.extend_from_slice(&pair[1].to_le_bytes());
        }
        let check = blake3::hash(&bytes);
        bytes.extend_from_slice(check.as_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let content = bytes.get(..bytes.len().checked_sub(CHECK)?)?;
        let number = |at: usize| Some(u32::from_le_bytes(content.get(at..at + 4)?.try_into().ok()?));
        if content.get(..4)? != MAGIC || number(4)? != VERSION {
            return None;
        }
        if blake3::hash(content).as_bytes()[..] != bytes[content.len()..] {
            return None;
        }
        let channels = usize::try_from(number(12)?).ok().filter(|channels| (1..=2).contains(channels))?;
        let rate = number(8).filter(|rate| *rate > 0)?;
        let samples = u64::from_le_bytes(content.get(16..HEADER)?.try_into().ok()?);
        let finest = usize::try_from(samples.div_ceil(BASE)).ok()?.checked_mul(channels)?;
        let pairs = content.get(HEADER..)?.get(..finest.checked_mul(4)?)?;
        let level = pairs
            .chunks_exact(4)
            .map(|pair| [i16::from_le_bytes([pair[0], pair[1]]), i16::from_le_bytes([pair[2], pair[3]])])
            .collect();
        // Coarser levels follow from the finest; reading or making them costs the same.
        let mut peaks = Self { rate, channels, samples, levels: vec![level] };
        peaks.raise_levels();
        Some(peaks)
    }
}

fn quantise(sample: f32) -> i16 {
    (sample.clamp(-1.0, 1.0) * 32_767.0).round() as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp() -> Peaks {
        let level = (0..1000).map(|bucket| [-(bucket as i16), bucket as i16]).collect();
        let mut peaks = Peaks { rate: 48_000, channels: 1, samples: 1000 * BASE, levels: vec![level] };
        peaks.raise_levels();
        peaks
    }

    #[test]
    fn a_cache_file_comes_back_as_it_was_and_a_cut_or_changed_one_does_not() {
        let peaks = ramp();
        let mut bytes = peaks.to_bytes();
        assert_eq!(Peaks::from_bytes(&bytes), Some(peaks));
        for length in [0, 3, HEADER, bytes.len() / 2, bytes.len() - 1] {
            assert_eq!(Peaks::from_bytes(&bytes[..length]), None);
        }
        bytes[HEADER + 5] ^= 1;
        assert_eq!(Peaks::from_bytes(&bytes), None);
    }

    #[test]
    fn any_zoom_shows_the_highest_sample_of_its_span() {
        let peaks = ramp();
        let whole = Span::new(Time::ZERO, peaks.duration());
        for pixels in [1, 7, 100, 999, 5000] {
            let columns = peaks.peaks(whole, pixels, None);
            assert_eq!(columns.len(), pixels);
            let highest = columns.iter().map(|peak| peak.1).fold(0.0, f32::max);
            assert!((highest - 999.0 / 32_767.0).abs() < 1e-6, "{pixels} pixels: {highest}");
        }
        let outside = Span::new(Time::from_millis(-2000), Time::from_millis(-1000));
        assert_eq!(peaks.peaks(outside, 3, None), vec![(0.0, 0.0); 3]);
    }
}
