//! To-and-fro movements in a curve of angles: nods in pitch, shakes in yaw.

use serde::{Deserialize, Serialize};

use super::usual::Usual;
use crate::domain::Time;

/// What counts as a nod or a shake.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OscillationSettings {
    /// Slowest and fastest to-and-fro, a second.
    pub min_hz: f64,
    pub max_hz: f64,
    /// Least angle from one turning point to the next, degrees.
    pub min_degrees: f32,
    /// The same angle as a multiple of the curve's own noise.
    pub over_noise: f32,
    /// Fewest swings: down and up again are two.
    pub min_swings: usize,
    /// Swings side by side may differ by this factor: a change of posture is one large swing.
    pub max_ratio: f32,
    /// Fewer frames a second cannot show it.
    pub min_fps: f64,
    /// Not judged while the face as a whole goes further within a second, in its own sizes.
    #[serde(default = "usual_travel")]
    pub max_travel: f32,
}

/// One movement, from where the first swing leaves rest to where the last one comes to rest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Oscillation {
    pub first: usize,
    pub last: usize,
    pub swings: usize,
    /// Mean angle of a swing, degrees.
    pub degrees: f32,
    /// To-and-fro a second.
    pub hz: f64,
    /// The angle that had to be passed.
    pub threshold: f32,
}

/// Values missing for longer cut the curve in two, seconds.
const MAX_GAP_SECS: f64 = 0.21;
/// Noise is taken over so many seconds to either side: longer than anybody nods, or nods would pass for noise.
const NOISE_AROUND: f64 = 10.0;
/// Rest between two swings for longer than a slow half turn ends a movement.
const MAX_REST: f64 = 0.5;
/// Two swings alone, down and up, must be this much larger: a head that merely wanders makes small ones.
const PAIR: f32 = 1.5;
/// Of a swing the middle is timed: rest before and after has noise of its own.
const EDGE: f32 = 0.2;
/// A cosine spends this share of a half turn between [`EDGE`] of the way and the same before its end.
const STEEP_SHARE: f64 = 0.41;

/// What [`OscillationSettings::max_travel`] is unless said otherwise.
pub fn usual_travel() -> f32 {
    0.75
}

/// Finds to-and-fro movements in `values` (degrees, NaN where missing).
pub fn oscillations(times: &[Time], values: &[f32], settings: &OscillationSettings) -> Vec<Oscillation> {
    let seen: Vec<usize> = (0..times.len().min(values.len())).filter(|&i| values[i].is_finite()).collect();
    let mut found = Vec::new();
    // By place in `seen`.
    let thresholds: Vec<f32> = noise(times, &seen, values)
        .into_iter()
        .map(|noise| settings.min_degrees.max(settings.over_noise * noise))
        .collect();
    let mut from = 0;
    for part in seen.chunk_by(|a, b| (times[*b] - times[*a]).secs() <= MAX_GAP_SECS) {
        let thresholds = &thresholds[from..from + part.len()];
        from += part.len();
        let [begin, .., end] = part else { continue };
        let fps = (part.len() - 1) as f64 / (times[*end] - times[*begin]).secs().max(1e-6);
        if part.len() < 5 || fps < 0.98 * settings.min_fps {
            continue;
        }
        let step = 1.0 / fps;
        let mut curve: Vec<f32> = part.iter().map(|&i| values[i]).collect();
        // More frames a second carry more noise for the same movement.
        for _ in 0..((fps / 25.0).powi(2).round() as usize).min(16) {
            smooth(&mut curve);
        }
        let turns = turning_points(&curve, thresholds);
        let swings: Vec<Swing> =
            turns.windows(2).map(|w| Swing::between(&curve, w[0], w[1], |i| times[part[i]])).collect();
        let paced = |s: &Swing| {
            // Noise and few frames blur the pace of one swing.
            s.secs >= 0.4 / settings.max_hz - step * 0.5 && s.secs <= 0.6 / settings.min_hz + step * 0.5
        };
        let on = |a: &Swing, b: &Swing| {
            (times[part[b.leaves]] - times[part[a.arrives]]).secs() <= MAX_REST / settings.min_hz
        };
        let alike = |a: &Swing, b: &Swing| {
            paced(a)
                && paced(b)
                && on(a, b)
                && a.degrees.max(b.degrees) <= settings.max_ratio * a.degrees.min(b.degrees)
        };
        for group in swings.chunk_by(alike).filter(|g| g.len() >= settings.min_swings.max(1) && g.iter().all(paced)) {
            let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
            let n = group.len();
            let threshold = thresholds[first.leaves];
            let degrees = group.iter().map(|s| s.degrees).sum::<f32>() / n as f32;
            if n == 2 && degrees < PAIR * threshold {
                continue;
            }
            found.push(Oscillation {
                first: part[first.leaves],
                last: part[last.arrives],
                swings: n,
                degrees,
                hz: pace(group, |i| times[part[i]]),
                threshold,
            });
        }
    }
    found
}

/// To-and-fro a second: from turning point to turning point where there are inner ones, they do not rest.
fn pace(group: &[Swing], time: impl Fn(usize) -> Time) -> f64 {
    let secs = match group {
        [first, .., last] if group.len() >= 3 => (time(last.from) - time(first.to)).secs() / (group.len() - 2) as f64,
        _ => group.iter().map(|s| s.secs).sum::<f64>() / group.len().max(1) as f64,
    };
    0.5 / secs.max(1e-6)
}

struct Swing {
    /// The two turning points.
    from: usize,
    to: usize,
    /// Last sample near the turning point it leaves, first sample near the one it comes to.
    leaves: usize,
    arrives: usize,
    degrees: f32,
    /// Length had it been half a cosine: a pause before or after does not count.
    secs: f64,
}

impl Swing {
    fn between(curve: &[f32], from: usize, to: usize, time: impl Fn(usize) -> Time) -> Self {
        let whole = curve[to] - curve[from];
        let way = |i: &usize| (curve[*i] - curve[from]) / whole;
        let leaves = (from..to).rev().find(|i| way(i) <= EDGE).unwrap_or(from);
        let arrives = (leaves..=to).find(|i| way(i) >= 1.0 - EDGE).unwrap_or(to);
        // Between samples the crossing lies somewhere: interpolate, or a fast swing reads as none.
        let cross = |a: usize, level: f32| {
            let (b, va) = ((a + 1).min(to), way(&a));
            let vb = way(&b);
            let part = if vb > va { f64::from(((level - va) / (vb - va)).clamp(0.0, 1.0)) } else { 0.0 };
            time(a).secs() + part * (time(b) - time(a)).secs()
        };
        let steep = cross(arrives.saturating_sub(1).max(leaves), 1.0 - EDGE) - cross(leaves, EDGE);
        Self { from, to, leaves, arrives, degrees: whole.abs(), secs: steep.max(0.0) / STEEP_SHARE }
    }
}

/// Deviation of white noise on the curve around each sample seen, from how its second differences scatter; slow movement
/// cancels out.
fn noise(times: &[Time], seen: &[usize], values: &[f32]) -> Vec<f32> {
    let mut bends = vec![f32::NAN; seen.len()];
    for (bend, w) in bends.iter_mut().skip(1).zip(seen.windows(3)).filter(|(_, w)| w[2] - w[0] == 2) {
        *bend = (values[w[0]] - 2.0 * values[w[1]] + values[w[2]]).abs();
    }
    let seen: Vec<Time> = seen.iter().map(|i| times[*i]).collect();
    let usual = Usual::of(&seen, &bends, NOISE_AROUND, 0.0).values;
    usual.into_iter().map(|bend| if bend.is_nan() { 0.0 } else { bend * 1.4826 / 6.0_f32.sqrt() }).collect()
}

fn smooth(curve: &mut [f32]) {
    let mut before = curve[0];
    for i in 1..curve.len() - 1 {
        let here = curve[i];
        curve[i] = (before + 2.0 * here + curve[i + 1]) / 4.0;
        before = here;
    }
}

/// Where the curve turns by at least the threshold there, first and last sample taken as turning points when far enough off.
fn turning_points(curve: &[f32], thresholds: &[f32]) -> Vec<usize> {
    let mut turns = Vec::new();
    let (mut low, mut high) = (0, 0);
    let mut rising: Option<bool> = None;
    for i in 1..curve.len() {
        let threshold = thresholds[i];
        if curve[i] < curve[low] {
            low = i;
        }
        if curve[i] > curve[high] {
            high = i;
        }
        match rising {
            None if curve[i] - curve[low] >= threshold => {
                turns.push(low);
                (rising, high) = (Some(true), i);
            }
            None if curve[high] - curve[i] >= threshold => {
                turns.push(high);
                (rising, low) = (Some(false), i);
            }
            Some(true) if curve[high] - curve[i] >= threshold => {
                turns.push(high);
                (rising, low) = (Some(false), i);
            }
            Some(false) if curve[i] - curve[low] >= threshold => {
                turns.push(low);
                (rising, high) = (Some(true), i);
            }
            _ => {}
        }
    }
    match rising {
        Some(true) => turns.push(high),
        Some(false) => turns.push(low),
        None => {}
    }
    turns
}
