//! Time on a recording: integer nanoseconds. A format's own unit is met in `formats`, rounding stated there.

use std::fmt;
use std::ops::{Add, Sub};

use serde::{Deserialize, Serialize};

/// A moment on a session's timeline, or a length of time, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(pub i64);

impl Time {
    /// The start of the recording.
    pub const ZERO: Self = Self(0);

    /// From milliseconds, exactly.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1_000_000))
    }

    /// From seconds, to the nearest nanosecond (ties away from zero). What is not a number is `None`.
    pub fn from_secs(secs: f64) -> Option<Self> {
        let nanos = (secs * 1e9).round();
        (nanos.is_finite() && nanos.abs() < 9.2e18).then_some(Self(nanos as i64))
    }

    /// Reads what a person types: `1:02:03.5`, `0:31.240`, `31,24`, `-0:01.5`; `None` for what is no time.
    pub fn from_clock(text: &str) -> Option<Self> {
        let text = text.trim();
        let (negative, text) = text.strip_prefix(['-', '−']).map_or((false, text), |rest| (true, rest));
        let parts: Vec<&str> = text.split(':').collect();
        let (secs, higher) = parts.split_last()?;
        let mut total = secs.replace(',', ".").parse::<f64>().ok().filter(|s| s.is_finite() && *s >= 0.0)?;
        if higher.len() > 2 {
            return None;
        }
        for (part, unit) in higher.iter().rev().zip([60.0, 3600.0]) {
            total += f64::from(part.parse::<u32>().ok()?) * unit;
        }
        Self::from_secs(if negative { -total } else { total })
    }

    /// In seconds.
    pub fn secs(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// In milliseconds, to the nearest (ties away from zero).
    pub const fn millis(self) -> i64 {
        let half = if self.0 < 0 { -500_000 } else { 500_000 };
        self.0.saturating_add(half) / 1_000_000
    }
}

/// As `m:ss.mmm`, with hours in front from one hour on: `0:31.240`, `1:12:08.000`.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.millis();
        let sign = if millis < 0 { "-" } else { "" };
        let millis = millis.unsigned_abs();
        let (secs, millis) = (millis / 1000, millis % 1000);
        let (minutes, secs) = (secs / 60, secs % 60);
        match minutes / 60 {
            0 => write!(f, "{sign}{minutes}:{secs:02}.{millis:03}"),
            hours => write!(f, "{sign}{hours}:{:02}:{secs:02}.{millis:03}", minutes % 60),
        }
    }
}

impl Add for Time {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Time {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

/// A stretch of time, start included, end not. `start <= end` holds for every span made by [`Span::new`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First moment.
    pub start: Time,
    /// First moment after.
    pub end: Time,
}

impl Span {
    /// All of time.
    pub const ALWAYS: Self = Self { start: Time(i64::MIN), end: Time(i64::MAX) };
    /// The span between two moments, in either order.
    pub fn new(a: Time, b: Time) -> Self {
        Self { start: a.min(b), end: a.max(b) }
    }
    /// Its length.
    pub fn duration(self) -> Time {
        self.end - self.start
    }
    /// The same length, moved later by so much.
    pub fn later(self, by: Time) -> Self {
        Self { start: self.start + by, end: self.end + by }
    }
    /// The same length, moved earlier by so much.
    pub fn earlier(self, by: Time) -> Self {
        Self { start: self.start - by, end: self.end - by }
    }
    /// Whether a moment lies within.
    pub fn contains(self, time: Time) -> bool {
        self.start <= time && time < self.end
    }
    /// Whether two spans share a moment.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_they_are_written() {
        for millis in [0, 31_240, 62_003, 3_723_500, -1_500] {
            let time = Time::from_millis(millis);
            assert_eq!(Time::from_clock(&time.to_string()), Some(time));
        }
        assert_eq!(Time::from_clock("31,24"), Some(Time::from_millis(31_240)));
        for bad in ["", "a", "1:x", "--3", "1:2:3:4", "nan", "1e400"] {
            assert_eq!(Time::from_clock(bad), None, "{bad}");
        }
    }
}
