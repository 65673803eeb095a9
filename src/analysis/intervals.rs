//! Stretches of a curve above a threshold, with hysteresis, a shortest length and small gaps closed.

use serde::{Deserialize, Serialize};

use crate::domain::Time;

/// When a curve counts as up.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hysteresis {
    /// The curve must reach this once.
    pub on: f32,
    /// And stay above this.
    pub off: f32,
    /// Shorter stretches are left out, seconds.
    pub min_secs: f64,
    /// Stretches this close are one, and values may be missing for this long, seconds.
    pub merge_secs: f64,
}

/// Samples from `first` to `last`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub first: usize,
    pub last: usize,
}

/// The usual distance between two samples: the median.
pub fn usual_step(times: &[Time]) -> Time {
    let mut steps: Vec<Time> = times.windows(2).map(|w| w[1] - w[0]).collect();
    if steps.is_empty() {
        return Time::from_millis(40);
    }
    let middle = steps.len() / 2;
    *steps.select_nth_unstable(middle).1
}

/// When a stretch ends: a usual step after its last sample, but not past the next sample.
pub fn end_of(times: &[Time], last: usize, step: Time) -> Time {
    let end = times[last] + step;
    times.get(last + 1).map_or(end, |next| end.min(*next))
}

/// Finds the stretches. Values that are NaN neither hold nor break one, unless they last longer than `merge_secs`.
pub fn stretches(times: &[Time], values: &[f32], rule: &Hysteresis) -> Vec<Stretch> {
    let step = usual_step(times);
    let close = |a: usize, b: usize| (times[b] - times[a] - step).secs() <= rule.merge_secs;
    // Runs above `off` that reach `on` somewhere.
    let mut runs: Vec<(Stretch, f32)> = Vec::new();
    let mut open = false;
    for (i, &value) in values.iter().enumerate().take(times.len()) {
        if value.is_nan() {
            continue;
        }
        if value < rule.off {
            open = false;
        } else if let (true, Some((run, peak))) = (open, runs.last_mut().filter(|(run, _)| close(run.last, i))) {
            run.last = i;
            *peak = peak.max(value);
        } else {
            runs.push((Stretch { first: i, last: i }, value));
            open = true;
        }
    }
    let mut merged: Vec<Stretch> = Vec::new();
    for (run, _) in runs.into_iter().filter(|(_, peak)| *peak >= rule.on) {
        match merged.last_mut() {
            Some(before) if close(before.last, run.first) => before.last = run.last,
            _ => merged.push(run),
        }
    }
    merged.retain(|run| (end_of(times, run.last, step) - times[run.first]).secs() >= rule.min_secs);
    merged
}

/// Centred running mean over `secs`; NaN where the middle is NaN, NaN neighbours passed over.
pub fn smoothed(times: &[Time], values: &[f32], secs: f64) -> Vec<f32> {
    let (mut from, mut to) = (0, 0);
    (0..times.len())
        .map(|i| {
            while (times[i] - times[from]).secs() > secs / 2.0 {
                from += 1;
            }
            while to < times.len() && (times[to] - times[i]).secs() <= secs / 2.0 {
                to += 1;
            }
            if values[i].is_nan() {
                return f32::NAN;
            }
            let (sum, n) = values[from..to]
                .iter()
                .filter(|v| v.is_finite())
                .fold((0.0_f64, 0), |(sum, n), v| (sum + f64::from(*v), n + 1));
            if n == 0 { f32::NAN } else { (sum / f64::from(n)) as f32 }
        })
        .collect()
}

/// The middle value of those that are numbers.
pub fn median(values: impl IntoIterator<Item = f32>) -> Option<f32> {
    let mut values: Vec<f32> = values.into_iter().filter(|v| v.is_finite()).collect();
    if values.is_empty() {
        return None;
    }
    let middle = values.len() / 2;
    Some(*values.select_nth_unstable_by(middle, f32::total_cmp).1)
}

/// The mean of those that are numbers.
pub fn mean(values: impl IntoIterator<Item = f32>) -> Option<f32> {
    let (sum, n) =
        values.into_iter().filter(|v| v.is_finite()).fold((0.0_f64, 0_u32), |(sum, n), v| (sum + f64::from(v), n + 1));
    (n > 0).then(|| (sum / f64::from(n)) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Hysteresis = Hysteresis { on: 0.6, off: 0.4, min_secs: 0.2, merge_secs: 0.2 };

    fn times(n: i64) -> Vec<Time> {
        (0..n).map(|i| Time::from_millis(i * 40)).collect()
    }

    fn found(values: &[f32]) -> Vec<(usize, usize)> {
        stretches(&times(values.len() as i64), values, &RULE).iter().map(|s| (s.first, s.last)).collect()
    }

    #[test]
    fn a_stretch_starts_and_ends_at_the_lower_threshold() {
        let mut values = vec![0.1; 50];
        values[10..30].fill(0.5);
        assert_eq!(found(&values), []);
        values[20] = 0.7;
        assert_eq!(found(&values), [(10, 29)]);
    }

    #[test]
    fn short_ones_go_and_close_ones_join() {
        let mut values = vec![0.1; 60];
        values[5..8].fill(0.9);
        values[20..30].fill(0.9);
        values[33..40].fill(0.9);
        assert_eq!(found(&values), [(20, 39)]);
    }

    #[test]
    fn missing_values_bridge_a_little_and_break_when_they_last() {
        let mut values = vec![0.9; 60];
        values[10..13].fill(f32::NAN);
        values[30..45].fill(f32::NAN);
        assert_eq!(found(&values), [(0, 29), (45, 59)]);
        assert_eq!(found(&[f32::NAN; 20]), []);
        assert_eq!(found(&[]), []);
    }

    #[test]
    fn smoothing_keeps_gaps_and_means() {
        let values = [0.0, 1.0, 0.0, f32::NAN, 1.0];
        let smooth = smoothed(&times(5), &values, 0.08);
        assert!((smooth[1] - 1.0 / 3.0).abs() < 1e-6);
        assert!(smooth[3].is_nan() && smooth[4] == 1.0);
    }
}
