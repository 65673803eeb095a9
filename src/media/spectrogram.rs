//! The spectrogram in tiles of 256 columns, computed when somebody looks and kept on disk.
//!
//! A tile file `cache/spectrogram/HASH-SETTINGS/N.tile` is a zstd frame of `columns × bins` bytes; its checksum guards
//! it, and a file that does not fit is made again.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use realfft::{RealFftPlanner, RealToComplex};
use serde::{Deserialize, Serialize};

use super::{AudioOptions, AudioReader, MediaError};
use crate::domain::{Span, Time};

/// Columns in a tile.
pub const TILE: usize = 256;
/// The loudness (dB re full scale) that byte 0 stands for; every step up is [`STEP_DB`].
pub const FLOOR_DB: f32 = -120.0;
/// dB a step of a byte.
pub const STEP_DB: f32 = 0.5;

/// How time and frequency are cut.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpectrogramSettings {
    /// Effective length of the window, ms. The Gaussian window itself is twice as long, as in Praat.
    pub window_ms: f32,
    /// Distance of columns, ms.
    pub hop_ms: f32,
    /// Samples a second the sound is brought to; frequencies reach to half of it.
    pub rate: u32,
}

impl SpectrogramSettings {
    /// 5 ms: formants and bursts.
    pub const WIDE_BAND: Self = Self { window_ms: 5.0, hop_ms: 2.0, rate: 16_000 };
    /// 30 ms: harmonics.
    pub const NARROW_BAND: Self = Self { window_ms: 30.0, hop_ms: 10.0, rate: 16_000 };
}

impl Default for SpectrogramSettings {
    fn default() -> Self {
        Self::WIDE_BAND
    }
}

/// Up to 256 columns of loudness.
#[derive(Clone, PartialEq, Eq)]
pub struct Tile {
    /// Place in the row of tiles.
    pub index: u64,
    /// Columns; fewer than [`TILE`] only in the last.
    pub columns: usize,
    /// Bytes a column: bin `b` is at `b × rate / 2 / (bins − 1)` Hz.
    pub bins: usize,
    /// `levels[column × bins + bin]`: 0 is −120 dB re full scale, each step 0.5 dB.
    pub levels: Vec<u8>,
}

impl std::fmt::Debug for Tile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tile({}, {} × {})", self.index, self.columns, self.bins)
    }
}

/// Makes tiles for one stream of sound. Lives in a job: every call may decode.
pub struct Spectrogram {
    reader: AudioReader,
    settings: SpectrogramSettings,
    folder: Option<PathBuf>,
    window: Vec<f32>,
    hop: usize,
    fft: Arc<dyn RealToComplex<f32>>,
    scale: f32,
}

impl Spectrogram {
    /// Opens the sound. `cache` is the project's cache folder and the media's hash; without it nothing is kept.
    pub fn open(
        path: &Path,
        stream: Option<usize>,
        settings: SpectrogramSettings,
        cache: Option<(&Path, &str)>,
    ) -> Result<Self, MediaError> {
        let rate = settings.rate as f32;
        let hop = (settings.hop_ms * rate / 1000.0).round();
        let length = (2.0 * settings.window_ms * rate / 1000.0).round();
        if !(1.0..=65_536.0).contains(&hop) || !(4.0..=65_536.0).contains(&length) || settings.rate > 192_000 {
            return Err(MediaError::Settings("spectrogram window, step or rate out of range".into()));
        }
        let reader = AudioReader::open(path, AudioOptions { stream, rate: Some(settings.rate), channels: Some(1) })?;
        let window = gaussian(length as usize);
        let size = (length as usize).next_power_of_two().max(512);
        // A full-scale sine reads 0 dB.
        let scale = 2.0 / window.iter().sum::<f32>();
        let folder = cache.map(|(cache, hash)| {
            let stream = stream.map_or(String::new(), |stream| format!("-s{stream}"));
            let key = format!("{hash}{stream}-w{}h{}r{}", settings.window_ms, settings.hop_ms, settings.rate);
            cache.join("spectrogram").join(key)
        });
        let fft = RealFftPlanner::new().plan_fft_forward(size);
        Ok(Self { reader, settings, folder, window, hop: hop as usize, fft, scale })
    }

    /// Bytes a column.
    pub fn bins(&self) -> usize {
        self.fft.len() / 2 + 1
    }

    /// The moment a column stands for: the middle of its window.
    pub fn column_time(&self, column: u64) -> Time {
        Time((i128::from(column) * self.hop as i128 * 1_000_000_000 / i128::from(self.settings.rate)) as i64)
    }

    /// The tiles that cover a span.
    pub fn tiles_for(&self, span: Span) -> std::ops::Range<u64> {
        let width = TILE as i64 * self.hop as i64 * 1_000_000_000 / i64::from(self.settings.rate);
        let first = span.start.0.max(0) / width;
        let end = span.end.0.max(0).saturating_add(width - 1) / width;
        first as u64..end.max(first) as u64
    }

    /// One tile, from the cache if it is there and whole. Past the end of the sound it has no columns.
    pub fn tile(&mut self, index: u64) -> Result<Tile, MediaError> {
        let file = self.folder.as_ref().map(|folder| folder.join(format!("{index}.tile")));
        if let Some(tile) = file.as_ref().and_then(|file| self.read_tile(file, index)) {
            return Ok(tile);
        }
        let tile = self.compute(index)?;
        if let Some(file) = file
            && tile.columns > 0
            && let Err(error) = write_tile(&file, &tile)
        {
            log::warn!("{error}");
        }
        Ok(tile)
    }

    fn read_tile(&self, file: &Path, index: u64) -> Option<Tile> {
        let packed = fs::read(file).ok()?;
        let bins = self.bins();
        let levels = zstd::bulk::decompress(&packed, TILE * bins).ok()?;
        let whole = !levels.is_empty() && levels.len() % bins == 0;
        whole.then(|| Tile { index, columns: levels.len() / bins, bins, levels })
    }

    fn compute(&mut self, index: u64) -> Result<Tile, MediaError> {
        let bins = self.bins();
        let failed = || MediaError::Settings("spectrogram tile number out of range".into());
        let first = i64::try_from(index).ok().and_then(|index| index.checked_mul((TILE * self.hop) as i64));
        let first = first.filter(|first| *first < i64::MAX / 4).ok_or_else(failed)?;
        let half = self.window.len() / 2;
        // Samples from half a window before the first column to half a window after the last.
        let begin = first - half as i64;
        let wanted = (TILE - 1) * self.hop + self.window.len();
        let lead = usize::try_from(-begin).unwrap_or(0).min(wanted);
        let start = (i128::from(begin.max(0)) * 1_000_000_000).div_euclid(i128::from(self.settings.rate));
        self.reader.seek(Time(start as i64))?;
        let mut samples = vec![0.0; lead];
        while samples.len() < wanted {
            let missing = wanted - samples.len();
            if self.reader.read(&mut samples, missing)? == 0 {
                break;
            }
        }
        // Columns whose middle lies within the sound.
        let columns = match samples.len() {
            length if length >= wanted => TILE,
            length if length > half => ((length - half).div_ceil(self.hop)).min(TILE),
            _ => 0,
        };
        samples.resize(wanted, 0.0);
        let mut levels = Vec::with_capacity(columns * bins);
        let mut input = self.fft.make_input_vec();
        let mut output = self.fft.make_output_vec();
        let mut scratch = self.fft.make_scratch_vec();
        for column in 0..columns {
            let from = &samples[column * self.hop..][..self.window.len()];
            input.fill(0.0);
            for ((slot, sample), weight) in input.iter_mut().zip(from).zip(&self.window) {
                *slot = sample * weight;
            }
            self.fft
                .process_with_scratch(&mut input, &mut output, &mut scratch)
                .map_err(|error| MediaError::Settings(error.to_string()))?;
            levels.extend(output.iter().map(|bin| level(bin.norm_sqr() * self.scale * self.scale)));
        }
        Ok(Tile { index, columns, bins, levels })
    }
}

/// Power to a byte.
fn level(power: f32) -> u8 {
    let db = 10.0 * power.max(1e-20).log10();
    ((db - FLOOR_DB) / STEP_DB).round().clamp(0.0, 255.0) as u8
}

/// Gaussian window that falls to zero at its edges (Boersma & Weenink's choice: exp(−12 x²) minus its value there).
fn gaussian(length: usize) -> Vec<f32> {
    let edge = (-12.0f32).exp();
    (0..length)
        .map(|index| {
            let x = (index as f32 + 0.5) / length as f32 * 2.0 - 1.0;
            ((-12.0 * x * x).exp() - edge) / (1.0 - edge)
        })
        .collect()
}

fn write_tile(file: &Path, tile: &Tile) -> Result<(), MediaError> {
    let failed = |source| MediaError::Cache { path: file.to_owned(), source };
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(failed)?;
    let mut encoder = zstd::Encoder::new(Vec::new(), 3).map_err(failed)?;
    encoder.include_checksum(true).map_err(failed)?;
    encoder.write_all(&tile.levels).map_err(failed)?;
    let packed = encoder.finish().map_err(failed)?;
    let mut temporary = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    temporary.write_all(&packed).map_err(failed)?;
    temporary.persist(file).map_err(|error| failed(error.error))?;
    Ok(())
}
