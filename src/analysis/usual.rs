//! What is usual around a moment: the median of what was measured within some seconds to either side.
//!
//! Nearby and not over the whole track: over an hour people change their seats, and of a part of a recording the same
//! should be told as of all of it. A part differs only within those seconds of where it was cut off.

use super::intervals::{median, span_secs};
use crate::domain::Time;

/// The moments at which the median is taken lie on a fixed grid, so that they do not hang on where a track begins: so
/// many to the seconds of one side, and one a second at least.
const STEPS: f64 = 8.0;

/// What is usual at each sample of a curve.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Usual {
    /// NaN where too little was seen to tell.
    pub values: Vec<f32>,
    /// From how many seconds it is known.
    pub secs: Vec<f32>,
}

impl Usual {
    /// Of the values that are numbers within `around` seconds to either side of each sample; told where they make up
    /// `least` seconds.
    pub fn of(times: &[Time], values: &[f32], around: f64, least: f64) -> Self {
        let step = (around / STEPS).min(1.0);
        let held: Vec<f32> = (0..times.len().min(values.len()))
            .map(|i| if values[i].is_finite() { span_secs(times, i, i) as f32 } else { 0.0 })
            .collect();
        let mut out = Self::default();
        let mut told: Option<(i64, f32, f32)> = None;
        for time in &times[..held.len()] {
            let cell = (time.secs() / step).round() as i64;
            let known = told.filter(|(at, ..)| *at == cell).unwrap_or_else(|| {
                let middle = cell as f64 * step;
                let from = times.partition_point(|time| time.secs() < middle - around);
                let to = times.partition_point(|time| time.secs() <= middle + around).min(held.len());
                let from = from.min(to);
                let secs: f32 = held[from..to].iter().sum();
                let value = median(values[from..to].iter().copied()).filter(|_| f64::from(secs) >= least);
                (cell, value.unwrap_or(f32::NAN), secs)
            });
            told = Some(known);
            out.values.push(known.1);
            out.secs.push(known.2);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(from: i64, to: i64) -> Vec<Time> {
        (from..to).map(|i| Time::from_millis(i * 40)).collect()
    }

    #[test]
    fn it_follows_a_person_who_changes_seats() {
        let times = times(0, 3_000);
        let values: Vec<f32> = (0..3_000).map(|i| if i < 1_500 { 0.0 } else { 30.0 }).collect();
        let usual = Usual::of(&times, &values, 15.0, 2.0);
        assert_eq!((usual.values[100], usual.values[2_900]), (0.0, 30.0));
        assert!((usual.secs[1_500] - 30.0).abs() < 0.2, "{}", usual.secs[1_500]);
    }

    #[test]
    fn a_part_tells_what_the_whole_does_away_from_its_ends() {
        let value = |i: i64| ((i * 7_919) % 101) as f32 + (i as f32 / 90.0).sin() * 40.0;
        let (all, part) = (times(0, 4_000), times(1_013, 2_506));
        let whole = Usual::of(&all, &(0..4_000).map(value).collect::<Vec<_>>(), 5.0, 1.0);
        let cut = Usual::of(&part, &(1_013..2_506).map(value).collect::<Vec<_>>(), 5.0, 1.0);
        let margin = (5.7 / 0.04) as usize;
        assert_eq!(cut.values[margin..part.len() - margin], whole.values[1_013 + margin..2_506 - margin]);
    }

    #[test]
    fn of_too_little_nothing_is_usual() {
        let times = times(0, 100);
        let seen: Vec<f32> = (0..100).map(|i| if i < 30 { 1.0 } else { f32::NAN }).collect();
        let usual = Usual::of(&times, &seen, 15.0, 2.0);
        assert!(usual.values.iter().all(|v| v.is_nan()));
        assert!(Usual::of(&[], &[], 15.0, 2.0).values.is_empty());
    }
}
