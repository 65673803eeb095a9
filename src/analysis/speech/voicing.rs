//! From probabilities of speech, block by block, to stretches of speech: a threshold with hysteresis, the least length
//! of speech and of silence, a margin, and a longest length (at which a stretch is cut where it is quietest).

use serde::{Deserialize, Serialize};

use super::BLOCK_STEP;

/// When a stretch begins and ends.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VoicingSettings {
    /// A stretch begins at this probability (0.5) …
    pub on: f32,
    /// … and ends once it has stayed below this one (0.35) …
    pub off: f32,
    /// … for so long, seconds (0.3).
    pub silence_secs: f64,
    /// Shorter stretches are left out, seconds (0.2).
    pub min_secs: f64,
    /// Added on either side, seconds (0.06): first and last sounds are quiet.
    pub margin_secs: f64,
    /// Longer stretches are cut, seconds (20).
    pub max_secs: f64,
}

impl Default for VoicingSettings {
    fn default() -> Self {
        Self { on: 0.5, off: 0.35, silence_secs: 0.3, min_secs: 0.2, margin_secs: 0.06, max_secs: 20.0 }
    }
}

/// Blocks from `first` to before `end`, counted from the first probability on.
#[derive(Clone, Debug, PartialEq)]
pub struct Blocks {
    pub first: usize,
    pub end: usize,
    /// Of each block.
    pub probabilities: Vec<f32>,
}

/// Takes probabilities in order and gives stretches as they end. Remembers no more than one stretch.
#[derive(Clone, Debug)]
pub struct Voicing {
    settings: VoicingSettings,
    /// Probabilities from block `from` on: an open stretch and the margin before it.
    kept: Vec<f32>,
    from: usize,
    /// First block of the open stretch.
    open: Option<usize>,
    /// After the last block at or above `off`.
    loud_until: usize,
    /// End of the last stretch: the next must not reach back over it.
    given: usize,
}

impl Voicing {
    pub fn new(settings: VoicingSettings) -> Self {
        Self { settings, kept: Vec::new(), from: 0, open: None, loud_until: 0, given: 0 }
    }

    /// Blocks that will not be part of any later stretch: what lies before them may be forgotten.
    pub fn settled(&self) -> usize {
        self.from
    }

    /// The next block; `Some` when a stretch has ended with it.
    pub fn push(&mut self, probability: f32) -> Option<Blocks> {
        let at = self.from + self.kept.len();
        self.kept.push(if probability.is_finite() { probability } else { 0.0 });
        let Some(first) = self.open else {
            if probability >= self.settings.on {
                self.open = Some(at);
                self.loud_until = at + 1;
            } else {
                // The sound may swell before it passes the threshold: the margin stays at hand.
                self.forget((at + 1).saturating_sub(blocks(self.settings.margin_secs)));
            }
            return None;
        };
        if probability >= self.settings.off {
            self.loud_until = at + 1;
        } else if at + 1 - self.loud_until >= blocks(self.settings.silence_secs).max(1) {
            return self.close(first, self.loud_until, at + 1);
        }
        let longest = blocks(self.settings.max_secs).max(8);
        if at + 1 - first >= longest {
            // Cut where it is quietest in the last half.
            let half = first + longest / 2;
            let quietest = (half..at).min_by(|a, b| self.of(*a).total_cmp(&self.of(*b))).unwrap_or(at);
            let (end, loud_until) = (quietest + 1, self.loud_until);
            let given = self.given_up_to(first, end);
            self.given = end;
            self.forget(end);
            self.open = Some(end);
            self.loud_until = loud_until.max(end);
            return given;
        }
        None
    }

    /// The stretch that is open at the end of the sound.
    pub fn finish(&mut self) -> Option<Blocks> {
        let first = self.open?;
        self.close(first, self.loud_until, self.from + self.kept.len())
    }

    fn of(&self, block: usize) -> f32 {
        self.kept.get(block - self.from).copied().unwrap_or(0.0)
    }

    fn close(&mut self, first: usize, loud_until: usize, seen: usize) -> Option<Blocks> {
        self.open = None;
        let margin = blocks(self.settings.margin_secs);
        let given = if loud_until > first { self.given_up_to(first, (loud_until + margin).min(seen)) } else { None };
        if let Some(given) = &given {
            self.given = given.end;
        }
        self.forget(seen.saturating_sub(margin).max(self.given));
        given
    }

    fn given_up_to(&self, first: usize, end: usize) -> Option<Blocks> {
        let least = blocks(self.settings.min_secs).max(1);
        let loud = self.loud_until.min(end).saturating_sub(first);
        if loud < least {
            return None;
        }
        let first = first.saturating_sub(blocks(self.settings.margin_secs)).max(self.from).max(self.given);
        let probabilities = self.kept.get(first - self.from..end - self.from)?.to_vec();
        Some(Blocks { first, end, probabilities })
    }

    fn forget(&mut self, until: usize) {
        let drop = until.saturating_sub(self.from).min(self.kept.len());
        self.kept.drain(..drop);
        self.from += drop;
    }
}

/// Seconds in whole blocks.
fn blocks(secs: f64) -> usize {
    (secs.max(0.0) / BLOCK_STEP.secs()).round() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretches(probabilities: &[f32]) -> Vec<(usize, usize)> {
        let mut voicing = Voicing::new(VoicingSettings::default());
        let mut found: Vec<Blocks> = probabilities.iter().filter_map(|p| voicing.push(*p)).collect();
        found.extend(voicing.finish());
        for stretch in &found {
            assert_eq!(stretch.probabilities, probabilities[stretch.first..stretch.end]);
        }
        found.iter().map(|b| (b.first, b.end)).collect()
    }

    #[test]
    fn a_stretch_ends_after_silence_and_has_margins() {
        let mut p = vec![0.0; 100];
        p[20..60].fill(0.9);
        p[40..45].fill(0.1);
        assert_eq!(stretches(&p), [(18, 62)]);
        p[40..55].fill(0.1);
        p[80..100].fill(0.8);
        assert_eq!(stretches(&p), [(18, 42), (78, 100)]);
    }

    #[test]
    fn short_and_doubtful_ones_are_left_out() {
        let mut p = vec![0.0; 100];
        p[20..24].fill(0.9);
        p[50..80].fill(0.45);
        assert_eq!(stretches(&p), []);
        assert_eq!(stretches(&[f32::NAN; 50]), []);
        assert_eq!(stretches(&[]), []);
    }

    #[test]
    fn speech_without_a_pause_is_cut_where_it_is_quietest() {
        let mut p = vec![0.9; 1000];
        p[500] = 0.6;
        let found = stretches(&p);
        assert_eq!(found[0], (0, 501));
        assert_eq!(found.last().map(|s| s.1), Some(1000));
        assert!(found.windows(2).all(|w| w[0].1 == w[1].0));
    }

    #[test]
    fn what_is_remembered_stays_small() {
        let mut voicing = Voicing::new(VoicingSettings::default());
        for i in 0..100_000 {
            voicing.push(if i % 7 == 0 { 0.6 } else { 0.4 });
            assert!(voicing.kept.len() < 700);
        }
    }
}
