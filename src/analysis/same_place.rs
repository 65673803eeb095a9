//! Whether two looks at one recording followed the same face or body: it was at the same place at the same time.

use super::usual_step;
use crate::domain::{Span, Time, TrackKind, TrackSamples};

/// Boxes share so much of what both take up, at least: intersection over union.
const IOU: f32 = 0.5;
/// Samples of two looks so near to each other are of one moment.
const NEAR: Time = Time::from_millis(60);
/// So many samples of one moment, at least, and so large a part of them at the same place.
const LEAST: usize = 3;
const PART: f64 = 0.8;
/// Keypoints of a body less visible are guesses.
const VISIBLE: f32 = 0.3;

/// Where somebody was: boxes (x, y, width, height) over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Places {
    at: Vec<(Time, [f32; 4])>,
    step: Time,
}

/// The channels that [`Places::of`] needs.
pub fn channels(kind: TrackKind) -> &'static [&'static str] {
    match kind {
        TrackKind::Face => &["box"],
        TrackKind::Body => &["pose"],
        TrackKind::Voice => &[],
    }
}

impl Places {
    /// The places of a face or a body; none of a voice.
    pub fn of(kind: TrackKind, samples: &TrackSamples) -> Self {
        let Some(channel) = channels(kind).first().and_then(|name| samples.channel(name)) else {
            return Self::default();
        };
        let bounds = |row: &[f32]| match kind {
            TrackKind::Face => row.first_chunk::<4>().copied().filter(|b| b.iter().all(|v| v.is_finite())),
            _ => bounds(row),
        };
        let rows = samples.times.iter().zip(channel.values.chunks(channel.width.max(1)));
        let at = rows.filter_map(|(time, row)| Some((*time, bounds(row)?))).collect();
        Self { at, step: usual_step(&samples.times) }
    }
    fn near(&self, time: Time, within: Time) -> Option<&[f32; 4]> {
        let after = self.at.partition_point(|(at, _)| *at < time);
        let beside = [after.checked_sub(1), Some(after)].into_iter().flatten().filter_map(|at| self.at.get(at));
        let (at, place) = beside.min_by_key(|(at, _)| (*at - time).0.abs())?;
        ((*at - time).0.abs() <= within.0).then_some(place)
    }
    /// From when to when another look saw the same at these places; `None` where it did not.
    pub fn shared_with(&self, other: &Self) -> Option<Span> {
        // Looks with few pictures a second share few moments: those only are compared.
        let within = NEAR.min(Time(self.step.0.min(other.step.0).max(2) / 2));
        let mut common = 0;
        let mut same: Vec<Time> = Vec::new();
        for (time, place) in &self.at {
            if let Some(there) = other.near(*time, within) {
                common += 1;
                same.extend((iou(place, there) >= IOU).then_some(*time));
            }
        }
        let [first, .., last] = same[..] else { return None };
        (common >= LEAST && same.len() as f64 >= PART * common as f64).then(|| Span::new(first, last))
    }
}

fn bounds(pose: &[f32]) -> Option<[f32; 4]> {
    let seen = || pose.chunks_exact(4).filter(|p| p[0].is_finite() && p[1].is_finite() && p[3] >= VISIBLE);
    if seen().count() < 3 {
        return None;
    }
    let least = |axis: usize| seen().map(|p| p[axis]).fold(f32::INFINITY, f32::min);
    let most = |axis: usize| seen().map(|p| p[axis]).fold(f32::NEG_INFINITY, f32::max);
    let (left, top) = (least(0), least(1));
    Some([left, top, most(0) - left, most(1) - top])
}

fn iou(a: &[f32; 4], b: &[f32; 4]) -> f32 {
    let side = |at: usize| ((a[at] + a[at + 2]).min(b[at] + b[at + 2]) - a[at].max(b[at])).max(0.0);
    let both = side(0) * side(1);
    let all = a[2] * a[3] + b[2] * b[3] - both;
    if all > 0.0 { both / all } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Channel;

    fn face(x: f32, step: i64, count: i64) -> Places {
        let values = (0..count).flat_map(|_| [x, 10.0, 40.0, 40.0]).collect();
        let channel = Channel { name: "box".into(), width: 4, step: 0.125, values };
        let times = (0..count).map(|i| Time::from_millis(i * step)).collect();
        Places::of(TrackKind::Face, &TrackSamples { times, channels: vec![channel] })
    }

    #[test]
    fn a_face_is_the_same_where_it_was_at_the_same_place() {
        let ten = face(100.0, 100, 50);
        let span = |last: i64| Some(Span::new(Time::ZERO, Time::from_millis(last)));
        assert_eq!(ten.shared_with(&face(104.0, 100, 50)), span(4_900));
        assert_eq!(ten.shared_with(&face(130.0, 100, 50)), None, "beside it");
        assert_eq!(ten.shared_with(&Places::default()), None);
        // One picture a second: five moments of fifty are compared.
        assert_eq!(ten.shared_with(&face(100.0, 1000, 5)), span(4_000));
        // A part of it was seen.
        assert_eq!(ten.shared_with(&face(100.0, 100, 20)), span(1_900));
    }
}
