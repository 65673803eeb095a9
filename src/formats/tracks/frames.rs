//! Frame numbers of moments.

use std::collections::BTreeMap;

use crate::domain::{LossReport, Media, Time};

/// The frames of one recording that samples lie on, numbered from 0.
pub(super) struct Frames(BTreeMap<Time, u64>);

impl Frames {
    /// Numbers the moments, in any order, of the session's timeline. With a frame rate the number is that of the
    /// nearest frame of the film, else moments are counted. No two moments have the same number.
    pub(super) fn of(
        times: impl IntoIterator<Item = Time>,
        media: &Media,
        rate: Option<f64>,
        report: &mut LossReport,
    ) -> Self {
        let mut frames: BTreeMap<Time, u64> = times.into_iter().map(|time| (time, 0)).collect();
        let mut next = 0;
        for (time, number) in &mut frames {
            let nearest = rate.map_or(0.0, |rate| ((*time - media.offset).secs().max(0.0) * rate).round());
            *number = next.max(nearest as u64);
            next = number.saturating_add(1);
        }
        if rate.is_none() {
            let why = "the recording does not say its frame rate; frames that were looked at are counted";
            report.mapped("frame numbers", frames.len(), why);
        }
        Self(frames)
    }
    pub(super) fn number(&self, time: Time) -> u64 {
        self.0.get(&time).copied().unwrap_or_default()
    }
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
    /// Moments with their numbers, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Time, u64)> {
        self.0.iter().map(|(time, number)| (*time, *number))
    }
}
