//! Whether two passes over one recording heard the same speaker: who spoke at the same moments.

use super::intervals::end_of;
use crate::domain::standing::joined;
use crate::domain::{Span, TrackSamples};

/// So large a part of what both passes heard somebody say, at least,
const PART: f64 = 0.8;
/// and at least so many seconds of it.
const LEAST_SECS: f64 = 1.0;

/// When somebody spoke, apart from each other, by time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spoken(Vec<Span>);

impl Spoken {
    /// The channel that [`Spoken::of`] needs.
    pub const CHANNEL: &'static str = "speech.probability";

    /// When the speaker of a track spoke: it has samples then, and then only.
    pub fn of(samples: &TrackSamples) -> Self {
        let heard = samples.channel(Self::CHANNEL).map_or(&[][..], |channel| &channel.values);
        let times = samples.times.iter().enumerate().zip(heard).filter(|(_, value)| value.is_finite());
        Self(joined(times.map(|((at, time), _)| Span::new(*time, end_of(&samples.times, at))).collect()))
    }
    /// When any of some spoke.
    pub fn any<'s>(all: impl Iterator<Item = &'s Self>) -> Self {
        Self(joined(all.flat_map(|spoken| spoken.0.iter().copied()).collect()))
    }
    /// From when to when both spoke, if this is the same speaker. `heard`: when the other pass heard anybody, for where it
    /// did not listen nothing can be said.
    pub fn shared_with(&self, other: &Self, heard: &Self) -> Option<Span> {
        let both = self.within(other);
        let (common, same) = (secs(&self.within(heard)), secs(&both));
        let (first, last) = (both.first()?, both.last()?);
        (same >= LEAST_SECS && same >= PART * common).then(|| Span::new(first.start, last.end))
    }
    fn within(&self, other: &Self) -> Vec<Span> {
        let mut from = 0;
        let mut both = Vec::new();
        for span in &self.0 {
            from += other.0[from..].iter().take_while(|there| there.end <= span.start).count();
            let beside = other.0[from..].iter().take_while(|there| there.start < span.end);
            both.extend(beside.map(|there| Span::new(span.start.max(there.start), span.end.min(there.end))));
        }
        both
    }
}

fn secs(spans: &[Span]) -> f64 {
    spans.iter().map(|span| span.duration().secs()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Channel, Time};

    fn spoken(turns: &[(i64, i64)]) -> Spoken {
        let times: Vec<Time> =
            turns.iter().flat_map(|(from, to)| (from / 10..to / 10).map(|i| Time::from_millis(i * 10))).collect();
        let values = vec![0.9; times.len()];
        let channel = Channel { name: Spoken::CHANNEL.into(), width: 1, step: 0.001, values };
        Spoken::of(&TrackSamples { times, channels: vec![channel] })
    }

    #[test]
    fn who_spoke_at_the_same_moments_is_the_same_speaker() {
        let (anna, ben) = (spoken(&[(0, 3_000), (6_000, 9_000)]), spoken(&[(3_500, 5_500), (9_500, 12_000)]));
        let before = Spoken::any([&anna, &ben].into_iter());
        // Heard again: a little more here, a little less there.
        let again = spoken(&[(200, 3_200), (6_000, 8_500)]);
        assert_eq!(
            again.shared_with(&anna, &before),
            Some(Span::new(Time::from_millis(200), Time::from_millis(8_500)))
        );
        assert_eq!(again.shared_with(&ben, &before), None);
        // Two made one are neither.
        let both = spoken(&[(0, 3_000), (3_500, 5_500), (6_000, 9_000), (9_500, 12_000)]);
        assert_eq!((both.shared_with(&anna, &before), both.shared_with(&ben, &before)), (None, None));
        // Where nobody listened before nothing speaks against it.
        let longer = spoken(&[(0, 3_000), (6_000, 9_000), (20_000, 60_000)]);
        assert!(longer.shared_with(&anna, &before).is_some());
        // A word is too little to go by.
        assert_eq!(spoken(&[(0, 500)]).shared_with(&anna, &before), None);
    }
}
