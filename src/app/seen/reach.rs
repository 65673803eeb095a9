//! Where a head may be around the moments at which it was seen: it came from somewhere and went on, faster than looks follow.

use crate::domain::Time;

/// So long before a head was first seen, and after it was last, it may have been there and not been found: half turned in,
/// half in the picture, blurred.
pub const BEYOND: Time = Time(600_000_000);
/// Over so long a gap in a track a head is hidden wherever it may have been between.
pub const BRIDGES: Time = Time(2_000_000_000);
/// Looks nearer to each other follow a movement.
const FOLLOWED: Time = Time(150_000_000);
/// A speed is taken from samples not further apart than this.
const PACE: Time = Time(500_000_000);
/// A share of the head added to each side where it was not seen just then.
const UNSEEN: f32 = 0.2;
/// A share of the way it moved meanwhile, added to each side: nobody moves evenly.
const UNEVEN: f32 = 0.3;
/// The same while looks follow it.
const UNEVEN_FOLLOWED: f32 = 0.1;

/// Left, top, width, height, in pixels of the frame.
pub type Area = [f32; 4];

/// The head of one track, wherever it was seen.
#[derive(Default)]
pub struct Path(Vec<(Time, Area)>);

/// Where a head is at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// All that it may take up.
    pub area: Area,
    /// What it took up when it was seen a moment ago; `None` where that is long ago, or it only may have come from there
    /// or gone there.
    pub seen: Option<Area>,
}

impl Path {
    /// Over samples in order of time; those that make no sense are left out.
    pub fn new(samples: impl Iterator<Item = (Time, Area)>) -> Self {
        let sound = |area: &Area| area.iter().all(|v| v.is_finite()) && area[2] > 0.0 && area[3] > 0.0;
        Self(samples.filter(|(_, area)| sound(area)).collect())
    }

    /// Where the head is, or may be.
    pub fn at(&self, time: Time) -> Vec<Place> {
        let next = self.0.partition_point(|(at, _)| *at < time);
        let (before, after) = (next.checked_sub(1), (next < self.0.len()).then_some(next));
        if let (Some(a), Some(b)) = (before, after)
            && (self.0[b].0 - self.0[a].0) <= BRIDGES
        {
            return vec![self.between(a, b, time)];
        }
        if let Some((_, area)) = after.and_then(|at| self.0.get(at)).filter(|(at, _)| *at == time) {
            return vec![Place { area: *area, seen: Some(*area) }];
        }
        [before, after].into_iter().flatten().filter_map(|at| self.beyond(at, time)).collect()
    }

    /// On the way from one sample to the next.
    fn between(&self, a: usize, b: usize, time: Time) -> Place {
        let ((from, left), (to, right)) = (self.0[a], self.0[b]);
        let seen = both(left, right);
        let way = apart(middle(left), middle(right));
        let pad = if to - from <= FOLLOWED {
            way * UNEVEN_FOLLOWED
        } else {
            // Not found in between, it may have been off the straight way.
            let speed = self.speeds(a).chain(self.speeds(b)).map(|[x, y]| x.hypot(y)).fold(0.0, f32::max);
            let near = (time - from).min(to - time).secs() as f32;
            (speed * near).max(way * UNEVEN) * 0.5 + seen[2].min(seen[3]) * UNSEEN * near.min(1.0)
        };
        Place { area: grown(seen, pad), seen: (to - from <= PACE).then_some(seen) }
    }

    /// Before the head was seen, or after: everywhere between where it was and where it would be by its speed.
    fn beyond(&self, at: usize, time: Time) -> Option<Place> {
        let (when, area) = self.0[at];
        let away = time - when;
        if away.0.abs() > BEYOND.0 {
            return None;
        }
        let secs = away.secs() as f32;
        let mut whole = area;
        let mut fastest: f32 = 0.0;
        for [x, y] in self.speeds(at) {
            whole = both(whole, [area[0] + x * secs, area[1] + y * secs, area[2], area[3]]);
            fastest = fastest.max(x.hypot(y));
        }
        let pad = area[2].min(area[3]) * UNSEEN + fastest * secs.abs() * UNEVEN;
        Some(Place { area: grown(whole, pad), seen: None })
    }

    /// Speeds at a sample, pixels a second: to its neighbours, and over a longer stretch, which is less shaken.
    fn speeds(&self, at: usize) -> impl Iterator<Item = [f32; 2]> + '_ {
        let (when, area) = self.0[at];
        let near = move |other: usize| self.0.get(other).filter(|(time, _)| (*time - when).0.abs() <= PACE.0);
        let steps = [1, 3].into_iter().flat_map(move |step| [at.checked_sub(step), Some(at + step)]);
        steps.flatten().filter_map(near).filter_map(move |(time, other)| {
            let secs = (*time - when).secs() as f32;
            let ([x, y], [u, v]) = (middle(area), middle(*other));
            (secs != 0.0).then(|| [(u - x) / secs, (v - y) / secs])
        })
    }
}

fn middle([x, y, w, h]: Area) -> [f32; 2] {
    [x + w / 2.0, y + h / 2.0]
}

fn apart([x, y]: [f32; 2], [u, v]: [f32; 2]) -> f32 {
    (u - x).hypot(v - y)
}

fn grown([x, y, w, h]: Area, pad: f32) -> Area {
    [x - pad, y - pad, w + 2.0 * pad, h + 2.0 * pad]
}

/// The box around two.
fn both([x, y, w, h]: Area, [u, v, m, n]: Area) -> Area {
    let (left, top) = (x.min(u), y.min(v));
    [left, top, (x + w).max(u + m) - left, (y + h).max(v + n) - top]
}
