//! The pitch of a voice, ten times in a tenth of a second.
//!
//! Autocorrelation of a windowed stretch divided by the window's own autocorrelation, with a cost for low candidates
//! and a best path through time (P. Boersma, *Accurate short-term analysis of the fundamental frequency and the
//! harmonics-to-noise ratio of a sampled sound*, IFA Proceedings 17, 1993).

use std::path::Path;

use realfft::RealFftPlanner;
use serde::{Deserialize, Serialize};

use super::{AudioOptions, AudioReader, MediaError, Progress};
use crate::domain::{Span, Time};

/// What counts as voice.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PitchSettings {
    /// Lowest pitch looked for, Hz; three of its periods are the window.
    pub floor: f32,
    /// Highest pitch looked for, Hz.
    pub ceiling: f32,
    /// Distance of values, ms.
    pub step_ms: f32,
    /// Loudness below which there is no voice, as a share of the loudest sample.
    pub silence: f32,
    /// Likeness of one period to the next below which there is no voice, 0 to 1.
    pub voicing: f32,
    /// Cost of an octave below, 0 to 1.
    pub octave: f32,
    /// Cost of an octave's jump between values.
    pub jump: f32,
    /// Cost of a change between voice and none.
    pub change: f32,
}

impl Default for PitchSettings {
    fn default() -> Self {
        Self {
            floor: 75.0,
            ceiling: 600.0,
            step_ms: 10.0,
            silence: 0.03,
            voicing: 0.45,
            octave: 0.01,
            jump: 0.35,
            change: 0.14,
        }
    }
}

/// Pitch over a span: value `i` belongs to `start + i × step`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PitchTrack {
    pub start: Time,
    pub step: Time,
    /// Hz; `None` where there is no voice.
    pub values: Vec<Option<f32>>,
}

impl PitchTrack {
    /// The value nearest to a moment.
    pub fn at(&self, time: Time) -> Option<f32> {
        let index = (time.0 - self.start.0 + self.step.0 / 2).div_euclid(self.step.0.max(1));
        usize::try_from(index).ok().and_then(|index| self.values.get(index).copied().flatten())
    }
}

/// Sound is brought to this rate; pitch needs no more.
const RATE: u32 = 16_000;
const CANDIDATES: usize = 8;

/// Finds the pitch of a span of a recording.
pub fn pitch(
    path: &Path,
    stream: Option<usize>,
    span: Span,
    settings: PitchSettings,
    progress: Progress,
) -> Result<PitchTrack, MediaError> {
    let mut reader = AudioReader::open(path, AudioOptions { stream, rate: Some(RATE), channels: Some(1) })?;
    // Half a window more on either side, so that values at the edges see as much as others.
    let margin = Time::from_millis((1500.0 / settings.floor.max(1.0)).ceil() as i64);
    let start = Time((span.start - margin).0.max(0));
    let samples = reader.range(Span::new(start, span.end + margin))?;
    pitch_of(&samples, RATE, start, span, settings, progress)
}

/// Finds pitch in samples whose first is at `start`.
pub fn pitch_of(
    samples: &[f32],
    rate: u32,
    start: Time,
    span: Span,
    settings: PitchSettings,
    progress: Progress,
) -> Result<PitchTrack, MediaError> {
    let (floor, ceiling) = (settings.floor, settings.ceiling.min(rate as f32 / 4.0));
    let step = Time::from_secs(f64::from(settings.step_ms) / 1000.0).unwrap_or_default();
    if !(10.0..=1000.0).contains(&floor) || ceiling <= floor || step.0 < 500_000 {
        return Err(MediaError::Settings("pitch floor, ceiling or step out of range".into()));
    }
    let window: Vec<f32> = hann((3.0 * rate as f32 / floor) as usize);
    let (shortest, longest) = ((rate as f32 / ceiling) as usize, (rate as f32 / floor).ceil() as usize);
    let size = (window.len() + longest).next_power_of_two();
    let mut planner = RealFftPlanner::<f32>::new();
    let (forward, inverse) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
    let mut time = forward.make_input_vec();
    let mut bins = forward.make_output_vec();
    let mut correlate = |stretch: &[f32], out: &mut Vec<f32>| -> Result<(), MediaError> {
        let failed = |error: realfft::FftError| MediaError::Settings(error.to_string());
        time.fill(0.0);
        time[..stretch.len()].copy_from_slice(stretch);
        forward.process(&mut time, &mut bins).map_err(failed)?;
        for bin in &mut bins {
            *bin = realfft::num_complex::Complex::new(bin.norm_sqr(), 0.0);
        }
        inverse.process(&mut bins, &mut time).map_err(failed)?;
        let most = time[0].max(f32::MIN_POSITIVE);
        out.clear();
        out.extend(time[..longest + 2].iter().map(|value| value / most));
        Ok(())
    };
    let mut of_window = Vec::new();
    correlate(&window, &mut of_window)?;

    let loudest = samples.iter().fold(0.0f32, |most, sample| most.max(sample.abs()));
    let count = usize::try_from(span.duration().0 / step.0).unwrap_or(0) + 1;
    let mut frames: Vec<Vec<Candidate>> = Vec::with_capacity(count);
    let (mut stretch, mut likeness) = (vec![0.0; window.len()], Vec::new());
    for index in 0..count {
        if index % 256 == 0 && progress(index as f32 / count as f32).is_break() {
            return Err(MediaError::Cancelled);
        }
        let middle = (span.start - start).secs() + step.secs() * index as f64;
        let begin = (middle * f64::from(rate)).round() as i64 - window.len() as i64 / 2;
        let at = |offset: usize| usize::try_from(begin + offset as i64).ok().and_then(|at| samples.get(at)).copied();
        for (offset, slot) in stretch.iter_mut().enumerate() {
            *slot = at(offset).unwrap_or(0.0);
        }
        let mean = stretch.iter().sum::<f32>() / stretch.len() as f32;
        let mut peak = 0.0f32;
        for (slot, weight) in stretch.iter_mut().zip(&window) {
            *slot -= mean;
            peak = peak.max(slot.abs());
            *slot *= weight;
        }
        let loudness = if loudest > 0.0 { peak / loudest } else { 0.0 };
        let unvoiced =
            settings.voicing + (2.0 - loudness * (1.0 + settings.voicing) / settings.silence.max(1e-6)).max(0.0);
        let mut candidates = vec![Candidate { hertz: None, strength: unvoiced }];
        if peak > 0.0 {
            correlate(&stretch, &mut likeness)?;
            for (value, of_window) in likeness.iter_mut().zip(&of_window) {
                *value /= of_window.max(1e-3);
            }
            candidates.extend(maxima(&likeness, shortest.max(2), longest, rate, settings.octave, floor));
        }
        frames.push(candidates);
    }
    Ok(PitchTrack { start: span.start, step, values: best_path(&frames, &settings) })
}

#[derive(Clone, Copy, Debug)]
struct Candidate {
    hertz: Option<f32>,
    strength: f32,
}

/// The highest tops of the autocorrelation, refined by a parabola.
fn maxima(likeness: &[f32], shortest: usize, longest: usize, rate: u32, octave: f32, floor: f32) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = (shortest..=longest.min(likeness.len() - 2))
        .filter_map(|lag| {
            let (before, here, after) = (likeness[lag - 1], likeness[lag], likeness[lag + 1]);
            if here < 0.2 || here < before || here <= after {
                return None;
            }
            let curve = before - 2.0 * here + after;
            let shift = if curve < 0.0 { 0.5 * (before - after) / curve } else { 0.0 };
            let hertz = rate as f32 / (lag as f32 + shift);
            // A top above 1 comes from the window's thin edge; reflect it, as the source does.
            let height = here - 0.25 * (before - after) * shift;
            let height = if height > 1.0 { 1.0 / height } else { height };
            Some(Candidate { hertz: Some(hertz), strength: height + octave * (hertz / floor).log2() })
        })
        .collect();
    found.sort_by(|a, b| b.strength.total_cmp(&a.strength));
    found.truncate(CANDIDATES);
    found
}

/// Viterbi: the path with most strength and least jumping.
fn best_path(frames: &[Vec<Candidate>], settings: &PitchSettings) -> Vec<Option<f32>> {
    // Costs are meant for a step of 10 ms.
    let scale = 10.0 / settings.step_ms;
    let cost = |from: &Candidate, to: &Candidate| match (from.hertz, to.hertz) {
        (None, None) => 0.0,
        (Some(a), Some(b)) => settings.jump * scale * (a / b).log2().abs(),
        _ => settings.change * scale,
    };
    let mut scores: Vec<f32> = Vec::new();
    let mut came_from: Vec<Vec<usize>> = Vec::with_capacity(frames.len());
    for (index, candidates) in frames.iter().enumerate() {
        let previous = index.checked_sub(1).map(|index| &frames[index]);
        let (mut now, mut from) = (Vec::new(), Vec::new());
        for candidate in candidates {
            let best = previous.into_iter().flatten().zip(&scores).enumerate().fold(
                (0, f32::NEG_INFINITY),
                |best, (place, (before, score))| {
                    let score = score - cost(before, candidate);
                    if score > best.1 { (place, score) } else { best }
                },
            );
            now.push(candidate.strength + if previous.is_some() { best.1 } else { 0.0 });
            from.push(best.0);
        }
        // Only differences matter; sums over an hour would lose them.
        let most = now.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        scores = now.into_iter().map(|score| score - most).collect();
        came_from.push(from);
    }
    let mut values = vec![None; frames.len()];
    let mut place = scores.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |(place, _)| place);
    for index in (0..frames.len()).rev() {
        values[index] = frames[index].get(place).and_then(|candidate| candidate.hertz);
        place = came_from[index].get(place).copied().unwrap_or(0);
    }
    values
}

fn hann(length: usize) -> Vec<f32> {
    (0..length).map(|index| 0.5 - 0.5 * (std::f32::consts::TAU * (index as f32 + 0.5) / length as f32).cos()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::no_progress;

    fn tone(hertz: f32, harmonics: u32, secs: f32) -> Vec<f32> {
        (0..(secs * RATE as f32) as usize)
            .map(|index| {
                let phase = std::f32::consts::TAU * hertz * index as f32 / RATE as f32;
                (1..=harmonics).map(|n| (phase * n as f32).sin() / n as f32).sum::<f32>() * 0.3
            })
            .collect()
    }

    fn track(samples: &[f32]) -> PitchTrack {
        let end = Time::from_secs(samples.len() as f64 / f64::from(RATE)).unwrap();
        let span = Span::new(Time::ZERO, end);
        pitch_of(samples, RATE, Time::ZERO, span, PitchSettings::default(), &mut no_progress).unwrap()
    }

    #[test]
    fn tones_with_and_without_harmonics_come_out_within_one_percent() {
        for (hertz, harmonics) in [(80.0, 8), (110.0, 1), (123.4, 5), (220.0, 10), (311.1, 3), (440.0, 1), (550.0, 4)] {
            let found = track(&tone(hertz, harmonics, 1.0));
            for time in (100..900).step_by(10) {
                let value = found.at(Time::from_millis(time)).unwrap_or(0.0);
                assert!((value - hertz).abs() < hertz * 0.01, "{hertz} Hz at {time} ms gave {value}");
            }
        }
    }

    #[test]
    fn silence_and_noise_have_no_pitch() {
        assert!(track(&vec![0.0; 8000]).values.iter().all(Option::is_none));
        let mut state = 12345u32;
        let noise: Vec<f32> = (0..16_000)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / 8_388_608.0 - 1.0
            })
            .collect();
        let found = track(&noise);
        let voiced = found.values.iter().flatten().count();
        assert!(voiced * 10 < found.values.len(), "{voiced} of {}", found.values.len());
    }

    #[test]
    fn a_glide_is_followed_and_the_pause_after_it_is_not_voiced() {
        let mut phase = 0.0f32;
        let mut samples: Vec<f32> = (0..16_000)
            .map(|index| {
                phase += std::f32::consts::TAU * (120.0 + 100.0 * index as f32 / 16_000.0) / RATE as f32;
                phase.sin() * 0.4 + (2.0 * phase).sin() * 0.2
            })
            .collect();
        samples.extend(vec![0.0; 8000]);
        let found = track(&samples);
        for time in (100..900).step_by(50) {
            let expected = 120.0 + time as f32 / 10.0;
            let value = found.at(Time::from_millis(time)).unwrap_or(0.0);
            assert!((value - expected).abs() < expected * 0.02, "{time} ms: {value}, not {expected}");
        }
        assert_eq!(found.at(Time::from_millis(1250)), None);
    }
}
