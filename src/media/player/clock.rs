//! Which moment of the recording is heard now.
//!
//! The sound card counts frames; what was written into them is a list of stretches (after a seek, at every turn of a
//! loop, at a change of speed a new one begins). The moment heard is read off that list, and between two calls of the
//! sound card it is carried on by the system's clock.

use std::collections::VecDeque;
use std::time::Instant;

use crate::domain::Time;

/// From output frame `from` on, the recording runs from `start` at `speed`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    pub from: u64,
    pub start: Time,
    pub speed: f64,
    /// Counts seeks and turns of a loop, so that pictures decoded for an earlier one are not shown.
    pub pass: u64,
}

/// A moment of the recording and the pass it belongs to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    pub time: Time,
    pub pass: u64,
    /// Where this pass began.
    pub pass_start: Time,
}

/// The clock's face; behind a lock that is only ever held for a few instructions.
pub struct Clock {
    pub rate: u32,
    pub stretches: VecDeque<Stretch>,
    /// The sound card was given `frames` frames so far, the last `length` of which begin to sound at `at`.
    pub anchor: Option<Anchor>,
    pub playing: bool,
    /// Output frame after the last one of all, once the end was decoded.
    pub end: Option<u64>,
    /// A seek that is not carried out yet counts as if it were.
    pub pending: Option<Time>,
    pub next_pass: u64,
}

#[derive(Clone, Copy, Debug)]
pub struct Anchor {
    pub first: u64,
    pub length: u64,
    pub at: Instant,
}

impl Clock {
    pub fn new(rate: u32) -> Self {
        let first = Stretch { from: 0, start: Time::ZERO, speed: 1.0, pass: 0 };
        Self {
            rate: rate.max(1),
            stretches: VecDeque::from([first]),
            anchor: None,
            playing: false,
            end: None,
            pending: None,
            next_pass: 1,
        }
    }

    /// The output frame that is heard at `now`, with its fraction. `consumed` is the ring's count.
    pub fn heard(&self, consumed: u64, now: Instant) -> f64 {
        let heard = match self.anchor.filter(|_| self.playing) {
            Some(anchor) => {
                let since = match now.checked_duration_since(anchor.at) {
                    Some(since) => since.as_secs_f64(),
                    None => -anchor.at.duration_since(now).as_secs_f64(),
                };
                // Never past what the card has; a card that stalls stops the clock.
                (anchor.first as f64 + since * f64::from(self.rate)).min((anchor.first + anchor.length) as f64)
            }
            None => consumed as f64,
        };
        // Frames from before the last seek were dropped, not heard.
        heard.max(self.stretches.front().map_or(0.0, |stretch| stretch.from as f64))
    }

    /// The moment that output frame `frame` holds.
    pub fn place(&self, frame: f64) -> Place {
        let frame = self.end.map_or(frame, |end| frame.min(end as f64));
        let stretch = self.stretches.iter().rev().find(|stretch| stretch.from as f64 <= frame);
        let Some(stretch) = stretch.or(self.stretches.front()) else {
            return Place { time: Time::ZERO, pass: 0, pass_start: Time::ZERO };
        };
        let secs = (frame - stretch.from as f64).max(0.0) / f64::from(self.rate) * stretch.speed;
        let time = stretch.start + Time::from_secs(secs).unwrap_or_default();
        Place { time, pass: stretch.pass, pass_start: stretch.start }
    }

    /// Begins a new stretch at output frame `from`.
    pub fn push(&mut self, from: u64, start: Time, speed: f64) {
        let pass = self.next_pass;
        self.next_pass += 1;
        self.stretches.push_back(Stretch { from, start, speed, pass });
    }

    /// Forgets stretches that nobody can hear any more.
    pub fn prune(&mut self, heard: u64) {
        while self.stretches.get(1).is_some_and(|second| second.from <= heard) {
            self.stretches.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_map_to_moments_across_a_loop_and_a_change_of_speed() {
        let mut clock = Clock::new(1000);
        clock.push(500, Time::from_millis(200), 1.0);
        clock.push(800, Time::from_millis(200), 0.5);
        assert_eq!(clock.place(250.5).time, Time(250_500_000));
        assert_eq!(clock.place(600.0).time, Time::from_millis(300));
        assert_eq!(clock.place(900.0).time, Time::from_millis(250));
        assert_ne!(clock.place(600.0).pass, clock.place(900.0).pass);
        clock.prune(850);
        assert_eq!(clock.stretches.len(), 1);
        clock.end = Some(1000);
        assert_eq!(clock.place(5000.0).time, Time::from_millis(300));
    }
}
