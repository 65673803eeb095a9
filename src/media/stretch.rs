//! Slower or faster speech at its own pitch.
//!
//! Waveform-similarity overlap-add: pieces of 40 ms are taken from the sound at the wanted speed, each moved by up to
//! 10 ms to where it continues the piece before best, and faded into each other (W. Verhelst & M. Roelands, *An
//! overlap-add technique based on waveform similarity (WSOLA) for high quality time-scale modification of speech*,
//! ICASSP 1993). Made for voices at speeds from 0.5 to 2; music with drums smears a little.

/// Slowest and fastest speed offered.
pub const SPEEDS: std::ops::RangeInclusive<f64> = 0.5..=2.0;

/// Stretches a stream of interleaved samples.
pub struct Stretch {
    channels: usize,
    speed: f64,
    /// Half a piece: pieces overlap by this much, and each gives this much output.
    half: usize,
    reach: usize,
    /// Input not yet done with; frame 0 of it is input frame `base`.
    input: Vec<f32>,
    base: u64,
    ended: bool,
    /// Input frame at which the next piece should lie, exactly.
    nominal: f64,
    /// Second half of the last piece, still to be faded out, and where in the input it lies.
    tail: Option<u64>,
    ready: Vec<f32>,
    given: usize,
}

impl Stretch {
    /// For sound of `rate` samples a second. Speed is kept within [`SPEEDS`].
    pub fn new(rate: u32, channels: usize, speed: f64) -> Self {
        let half = (rate as usize / 50).max(8);
        Self {
            channels: channels.max(1),
            speed: if speed.is_finite() { speed.clamp(*SPEEDS.start(), *SPEEDS.end()) } else { 1.0 },
            half,
            reach: half / 2,
            input: Vec::new(),
            base: 0,
            ended: false,
            nominal: 0.0,
            tail: None,
            ready: Vec::new(),
            given: 0,
        }
    }

    /// Appends up to `frames` output frames to `out` and says how many; 0 only at the end. `read` is asked for input:
    /// it appends frames and says how many, 0 at its end. Output frame `n` sounds like input around frame `n × speed`.
    pub fn read<E>(
        &mut self,
        out: &mut Vec<f32>,
        frames: usize,
        mut read: impl FnMut(&mut Vec<f32>, usize) -> Result<usize, E>,
    ) -> Result<usize, E> {
        if self.speed == 1.0 {
            return read(out, frames);
        }
        let mut done = 0;
        while done < frames {
            let there = self.ready.len() / self.channels - self.given;
            if there > 0 {
                let take = there.min(frames - done);
                let from = self.given * self.channels;
                out.extend_from_slice(&self.ready[from..from + take * self.channels]);
                self.given += take;
                done += take;
                continue;
            }
            self.ready.clear();
            self.given = 0;
            let needed = self.nominal as u64 + (self.reach + 2 * self.half) as u64 + 1;
            while !self.ended && self.end() < needed {
                let wanted = ((needed - self.end()) as usize).max(1024);
                if read(&mut self.input, wanted)? == 0 {
                    self.ended = true;
                }
            }
            if self.nominal >= self.end() as f64 {
                break;
            }
            self.piece();
        }
        Ok(done)
    }

    fn end(&self) -> u64 {
        self.base + (self.input.len() / self.channels) as u64
    }

    fn sample(&self, frame: u64, channel: usize) -> f32 {
        let at = frame.checked_sub(self.base).map(|frame| frame as usize * self.channels + channel);
        at.and_then(|at| self.input.get(at)).copied().unwrap_or(0.0)
    }

    /// Places one piece and gives the half that is now finished.
    fn piece(&mut self) {
        let nominal = self.nominal as u64;
        let (at, fade_from) = match self.tail {
            // The first piece begins at full strength.
            None => (nominal, None),
            Some(tail) => (self.most_alike(nominal, tail), Some(tail)),
        };
        for offset in 0..self.half {
            let share = (offset as f32 + 0.5) / self.half as f32;
            // Squared sine and cosine add up to one.
            let rise = (share * std::f32::consts::FRAC_PI_2).sin().powi(2);
            for channel in 0..self.channels {
                let new = self.sample(at + offset as u64, channel);
                self.ready.push(match fade_from {
                    None => new,
                    Some(tail) => self.sample(tail + offset as u64, channel) * (1.0 - rise) + new * rise,
                });
            }
        }
        let tail = at + self.half as u64;
        self.tail = Some(tail);
        self.nominal += self.half as f64 * self.speed;
        let keep_from = tail.min((self.nominal as u64).saturating_sub(self.reach as u64));
        let drop = keep_from.saturating_sub(self.base).min((self.input.len() / self.channels) as u64);
        self.input.drain(..drop as usize * self.channels);
        self.base += drop;
    }

    /// The place near `nominal` whose sound is most like what would have come at `tail`.
    fn most_alike(&self, nominal: u64, tail: u64) -> u64 {
        let mono = |from: u64, length: usize| -> Vec<f32> {
            (0..length as u64)
                .map(|offset| (0..self.channels).map(|channel| self.sample(from + offset, channel)).sum())
                .collect()
        };
        let low = nominal.saturating_sub(self.reach as u64).max(self.base);
        let span = (nominal + self.reach as u64 - low) as usize;
        let (target, around) = (mono(tail, self.half), mono(low, span + self.half));
        let likeness = |shift: usize, step: usize| -> f32 {
            let here = &around[shift..shift + self.half];
            let (mut product, mut energy) = (0.0, 1e-9);
            for (a, b) in target.iter().zip(here).step_by(step) {
                product += a * b;
                energy += b * b;
            }
            product / f32::sqrt(energy)
        };
        let best = |shifts: &mut dyn Iterator<Item = usize>, step: usize| {
            shifts
                .map(|shift| (shift, likeness(shift, step)))
                .max_by(|a, b| a.1.total_cmp(&b.1))
                .map_or(0, |(shift, _)| shift)
        };
        // Coarse first: every fourth place on every fourth sample finds the period, the rest the phase.
        let coarse = best(&mut (0..=span).step_by(4), 4);
        let fine = best(&mut (coarse.saturating_sub(4)..=(coarse + 4).min(span)), 1);
        low + fine as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretched(input: &[f32], speed: f64) -> Vec<f32> {
        let (mut stretch, mut at, mut out) = (Stretch::new(16_000, 1, speed), 0, Vec::new());
        loop {
            let read = stretch.read(&mut out, 777, |buffer, frames| {
                let more = frames.min(input.len() - at);
                buffer.extend_from_slice(&input[at..at + more]);
                at += more;
                Ok::<usize, ()>(more)
            });
            if read == Ok(0) {
                return out;
            }
        }
    }

    fn crossings(samples: &[f32]) -> usize {
        samples.windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count()
    }

    #[test]
    fn length_changes_by_the_speed_and_pitch_and_loudness_do_not() {
        let input: Vec<f32> =
            (0..32_000).map(|n| (n as f32 * std::f32::consts::TAU * 150.0 / 16_000.0).sin() * 0.5).collect();
        for speed in [0.5, 0.75, 0.9, 1.0, 1.25, 2.0] {
            let out = stretched(&input, speed);
            let wanted = input.len() as f64 / speed;
            assert!((out.len() as f64 - wanted).abs() < 800.0, "{speed}: {} for {wanted}", out.len());
            let middle = &out[1000..out.len() - 1000];
            let hertz = crossings(middle) as f32 * 16_000.0 / middle.len() as f32;
            assert!((hertz - 150.0).abs() < 2.5, "{speed}: {hertz} Hz");
            let power = middle.iter().map(|sample| sample * sample).sum::<f32>() / middle.len() as f32;
            assert!((power - 0.125).abs() < 0.01, "{speed}: {power}");
        }
    }

    #[test]
    fn a_click_lands_where_the_speed_says_within_the_reach() {
        let mut input = vec![0.0f32; 16_000];
        input[8000] = 1.0;
        let out = stretched(&input, 0.75);
        let loudest = (0..out.len()).max_by(|a, b| out[*a].abs().total_cmp(&out[*b].abs())).unwrap();
        assert!((loudest as f64 - 8000.0 / 0.75).abs() < 500.0, "{loudest}");
    }
}
