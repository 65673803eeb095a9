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

/// How long a first sample with none near it stands, and how far apart two samples may be to be neighbours.
const ALONE: Time = Time::from_millis(40);
const NEIGHBOURS: Time = Time::from_millis(1_500);
/// A next sample later than so many of the steps before is not the next frame: something is missing between.
const MISSING_FROM: f64 = 2.5;
/// Times as containers write them, in whole milliseconds.
const ROUNDED: f64 = 0.0015;
/// Around a sample the pace is taken from so many seconds to either side, and not across gaps this long.
const PACE_SECS: f64 = 1.0;
const GAP_SECS: f64 = 0.3;

/// When a sample ends: with the next one or, where that is missing, as long after it as it came after the one before.
/// Nothing but its neighbours counts, so a part of a recording gives what the whole does.
pub fn end_of(times: &[Time], last: usize) -> Time {
    let here = times[last];
    let near = |step: Time| step > Time::ZERO && step <= NEIGHBOURS;
    let before = last.checked_sub(1).map(|i| here - times[i]).filter(|step| near(*step));
    let after = times.get(last + 1).map(|next| *next - here).filter(|step| near(*step));
    match (before, after) {
        (Some(before), Some(after)) if after.secs() > MISSING_FROM * before.secs() => here + before,
        (_, Some(after)) => here + after,
        (Some(before), None) => here + before,
        (None, None) => here + ALONE,
    }
}

/// From the beginning of one sample to the end of another, seconds.
pub fn span_secs(times: &[Time], first: usize, last: usize) -> f64 {
    (end_of(times, last) - times[first]).secs()
}

/// Samples a second around each sample: the mean over [`PACE_SECS`] to either side, so that neither uneven steps (a
/// video of 25 or 15 frames a second looked at ten times) nor times in whole milliseconds matter.
pub fn paces(times: &[Time]) -> Vec<f64> {
    let n = times.len();
    let broken = |i: usize| (times[i] - times[i - 1]).secs() > GAP_SECS;
    let (mut part, mut from, mut to) = (0, 0, 0);
    // Where the part ends that each sample lies in.
    let mut ends = vec![n; n];
    for i in (0..n.saturating_sub(1)).rev() {
        ends[i] = if broken(i + 1) { i + 1 } else { ends[i + 1] };
    }
    (0..n)
        .map(|i| {
            if i > 0 && broken(i) {
                part = i;
            }
            while (times[i] - times[from]).secs() > PACE_SECS {
                from += 1;
            }
            while to < n && (times[to] - times[i]).secs() <= PACE_SECS {
                to += 1;
            }
            // A few samples between gaps are judged with what lies around them.
            let (first, last) = if ends[i] - part < 3 { (from, to) } else { (from.max(part), to.min(ends[i])) };
            let secs = (times[last - 1] - times[first]).secs();
            if secs > 0.0 { (last - 1 - first) as f64 / secs } else { 0.0 }
        })
        .collect()
}

/// Where there are fewer samples a second than asked for.
pub fn too_few(times: &[Time], least: f64) -> Vec<bool> {
    paces(times).into_iter().map(|pace| pace < 0.98 * least).collect()
}

/// Finds the stretches. Values that are NaN neither hold nor break one, unless they last longer than `merge_secs`.
pub fn stretches(times: &[Time], values: &[f32], rule: &Hysteresis) -> Vec<Stretch> {
    let close = |a: usize, b: usize| (times[b] - end_of(times, a)).secs() <= rule.merge_secs + ROUNDED;
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
    merged.retain(|run| span_secs(times, run.first, run.last) >= rule.min_secs - ROUNDED);
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
    fn a_sample_ends_with_the_next_wherever_the_recording_is_cut() {
        // Ten looks a second at 25 frames: steps of 80 and 120 ms.
        let whole: Vec<Time> = (0..200).map(|i| Time::from_millis(i / 2 * 200 + i % 2 * 80)).collect();
        for (from, to) in [(0, 101), (0, 102), (31, 90), (32, 91)] {
            let part = &whole[from..to];
            for i in 1..part.len() - 1 {
                assert_eq!(end_of(part, i), end_of(&whole, from + i));
                assert_eq!(end_of(part, i), part[i + 1]);
            }
        }
        // Where somebody is lost for a second, the last sample is as long as the one before.
        let lost: Vec<Time> = whole.iter().copied().filter(|t| !(4.0..5.0).contains(&t.secs())).collect();
        let last = lost.partition_point(|t| t.secs() < 4.0) - 1;
        assert_eq!(end_of(&lost, last), Time::from_millis(3_960));
        assert_eq!(end_of(&[Time(5)], 0), Time(5) + ALONE);
    }

    #[test]
    fn the_pace_is_the_mean_however_uneven_the_steps() {
        let looked = |fps: f64, times: fn(f64) -> i64| -> Vec<Time> {
            // Ten looks a second at a file of so many frames a second.
            let frames = (0..200).map(|i| ((f64::from(i) / 10.0) * fps + 1e-6).floor() / fps);
            let mut all: Vec<Time> = frames.map(|secs| Time::from_millis(times(secs))).collect();
            all.dedup();
            all
        };
        for fps in [10.0, 12.0, 15.0, 24.0, 25.0, 29.97, 30.0, 50.0, 59.94] {
            let times = looked(fps, |secs| (secs * 1000.0).round() as i64);
            for cut in [times.len(), times.len() - 1, 41, 42] {
                assert!(too_few(&times[..cut], 7.0).iter().all(|few| !few), "{fps} frames a second, {cut} samples");
            }
        }
        for fps in [1.0, 2.0, 3.0, 5.0, 6.0] {
            let times = looked(fps, |secs| (secs * 1000.0).round() as i64);
            assert!(too_few(&times, 7.0).iter().all(|few| *few), "{fps} frames a second");
        }
        // A close look within a quick one: only the close part can be judged.
        let mut mixed: Vec<Time> = (0..10).map(|i| Time::from_millis(i * 1000)).collect();
        mixed.extend((0..30).map(|i| Time::from_millis(10_000 + i * 100)));
        let few = too_few(&mixed, 7.0);
        assert!(few[..9].iter().all(|f| *f) && few[11..].iter().all(|f| !f));
    }

    #[test]
    fn smoothing_keeps_gaps_and_means() {
        let values = [0.0, 1.0, 0.0, f32::NAN, 1.0];
        let smooth = smoothed(&times(5), &values, 0.08);
        assert!((smooth[1] - 1.0 / 3.0).abs() < 1e-6);
        assert!(smooth[3].is_nan() && smooth[4] == 1.0);
    }
}
