//! Quick, small movements of a face, from its landmarks: where one begins and where it is strongest.
//!
//! The head's own movement is taken off by laying each frame's eyes and bridge of the nose over those of the first. What then
//! departs from the running median of two seconds and comes back within half a second is picked; slower expressions move
//! the median with them. Eyelids are left out, or every blink would be one.

use super::swinface::Similarity;

/// The mesh points that are looked at: first those that hold still, then those that move.
pub const POINTS: [usize; 26] = [
    33, 133, 362, 263, 168, 6, // corners of the eyes, bridge of the nose
    70, 63, 105, 66, 107, 336, 296, 334, 293, 300, // brows
    98, 327, 2, // wings and foot of the nose
    61, 291, 0, 17, 37, 267, 84, // mouth
];
const STILL: usize = 6;

/// When a movement is picked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MicroSettings {
    /// At least this far, in distances between the outer corners of the eyes (0.012).
    pub least: f32,
    /// And so many times the median movement (4).
    pub over_noise: f32,
    /// From where it begins to where it has ended at most, seconds (0.6).
    pub longest_secs: f64,
    /// From where it begins to where it is strongest at most, seconds (0.35).
    pub rise_secs: f64,
}

impl Default for MicroSettings {
    fn default() -> Self {
        Self { least: 0.012, over_noise: 4.0, longest_secs: 0.6, rise_secs: 0.35 }
    }
}

/// A quick movement, by the numbers of its frames.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Movement {
    pub onset: usize,
    pub apex: usize,
    pub offset: usize,
    /// How far, in distances between the outer corners of the eyes.
    pub strength: f32,
}

type Points = [[f32; 2]; POINTS.len()];

/// The points out of a mesh of 478 × (x, y, z), flat; `None` for another length.
pub fn points(mesh: &[f32]) -> Option<Points> {
    let (mesh, rest) = mesh.as_chunks::<3>();
    if mesh.len() < 468 || !rest.is_empty() {
        return None;
    }
    Some(POINTS.map(|at| [mesh[at][0], mesh[at][1]]))
}

fn middle(values: &mut [f32]) -> f32 {
    if values.is_empty() {
        return f32::NAN;
    }
    let at = values.len() / 2;
    *values.select_nth_unstable_by(at, f32::total_cmp).1
}

/// Each frame with the head's movement taken off, in distances between the outer corners of the eyes.
fn steadied(frames: &[Points]) -> Vec<Option<Points>> {
    let Some(first) = frames.iter().find(|f| f.iter().flatten().all(|v| v.is_finite())) else {
        return vec![None; frames.len()];
    };
    let unit = (first[0][0] - first[3][0]).hypot(first[0][1] - first[3][1]).max(1e-3);
    let lay = |frame: &Points| {
        let onto = Similarity::between(&frame[..STILL], &first[..STILL])?;
        Some(frame.map(|point| onto.of(point).map(|v| v / unit)))
    };
    frames.iter().map(lay).collect()
}

/// How far each frame departs from the median of the two seconds around it.
pub fn departures(times: &[f64], frames: &[Points]) -> Vec<f32> {
    let steady = steadied(frames);
    let n = times.len().min(steady.len());
    let moving = STILL..POINTS.len();
    let (mut from, mut to) = (0, 0);
    (0..n)
        .map(|at| {
            while times[at] - times[from] > 1.0 {
                from += 1;
            }
            while to < n && times[to] - times[at] <= 1.0 {
                to += 1;
            }
            let Some(here) = &steady[at] else { return f32::NAN };
            let mut sum = 0.0;
            for point in moving.clone() {
                let mut apart = [0.0_f32; 2];
                for (axis, apart) in apart.iter_mut().enumerate() {
                    let mut around: Vec<f32> = steady[from..to].iter().flatten().map(|f| f[point][axis]).collect();
                    *apart = here[point][axis] - middle(&mut around);
                }
                sum += apart[0].hypot(apart[1]);
            }
            sum / moving.len() as f32
        })
        .collect()
}

/// The quick movements of a face, in order of time. `times` in seconds, rising.
pub fn movements(times: &[f64], frames: &[Points], settings: &MicroSettings) -> Vec<Movement> {
    let curve = departures(times, frames);
    let mut usual: Vec<f32> = curve.iter().copied().filter(|v| v.is_finite()).collect();
    let noise = middle(&mut usual);
    if noise.is_nan() {
        return Vec::new();
    }
    let least = settings.least.max(noise * settings.over_noise);
    let mut found: Vec<Movement> = Vec::new();
    for apex in 1..curve.len().saturating_sub(1) {
        let peak = curve[apex];
        // The highest of its neighbourhood.
        if peak.is_nan() || peak < least || curve[apex - 1] >= peak || curve[apex + 1] > peak {
            continue;
        }
        let low = (peak * 0.25).max(noise);
        let calm = |at: &usize| curve[*at] <= low;
        let (Some(onset), Some(offset)) = ((0..apex).rev().find(calm), (apex + 1..curve.len()).find(calm)) else {
            continue;
        };
        let rises = times[apex] - times[onset] <= settings.rise_secs;
        if !rises || times[offset] - times[onset] > settings.longest_secs {
            continue;
        }
        let movement = Movement { onset, apex, offset, strength: peak };
        match found.last_mut() {
            Some(last) if last.offset > onset => {
                if last.strength < peak {
                    *last = movement;
                }
            }
            _ => found.push(movement),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: f64 = 50.0;

    /// A face that drifts and turns; `lift` raises the brows in a frame.
    fn film(frames: usize, lift: impl Fn(usize) -> f32) -> (Vec<f64>, Vec<Points>) {
        let rest: Points = std::array::from_fn(|i| [(i * 37 % 100) as f32, (i * 53 % 90) as f32]);
        let mut rest = rest;
        (rest[0], rest[3]) = ([0.0, 40.0], [100.0, 40.0]);
        let make = |at: usize| {
            let turn = (at as f32 * 0.01).sin() * 0.1;
            let (sin, cos) = turn.sin_cos();
            std::array::from_fn(|i| {
                let [x, mut y] = rest[i];
                if (6..16).contains(&i) {
                    y -= lift(at);
                }
                // A hand's shake of the detector, too small to be a movement.
                let shake = ((at * 31 + i * 17) % 13) as f32 * 0.02;
                [x * cos - y * sin + at as f32 * 0.5 + shake, x * sin + y * cos + shake]
            })
        };
        ((0..frames).map(|i| i as f64 / PACE).collect(), (0..frames).map(make).collect())
    }

    fn bump(at: usize, middle: usize, half: usize, height: f32) -> f32 {
        height * (1.0 - (at.abs_diff(middle) as f32 / half as f32)).max(0.0)
    }

    #[test]
    fn a_quick_lift_of_the_brows_is_found_where_it_is() {
        let (times, frames) = film(300, |at| bump(at, 150, 8, 8.0));
        let found = movements(&times, &frames, &MicroSettings::default());
        assert_eq!(found.len(), 1, "{found:?}");
        let one = found[0];
        assert!(one.apex.abs_diff(150) <= 1 && one.onset < 150 && one.offset > 150, "{one:?}");
        assert!(one.onset >= 140 && one.offset <= 160, "{one:?}");
    }

    #[test]
    fn slow_expressions_turns_of_the_head_and_shake_are_not() {
        let (times, frames) = film(400, |at| bump(at, 200, 120, 15.0));
        assert_eq!(movements(&times, &frames, &MicroSettings::default()), []);
        let (times, frames) = film(200, |_| 0.0);
        assert_eq!(movements(&times, &frames, &MicroSettings::default()), []);
        assert_eq!(movements(&[], &[], &MicroSettings::default()), []);
    }
}
