//! The way of one wrist: where it is seen well enough, how fast it goes there, and where that tells nothing.
//!
//! The pose network guesses a wrist that it does not see, and guesses anew in every frame. So a wrist counts only where it
//! is seen for a while, within the picture; and a movement counts only where it goes further than the wrist's place
//! scatters meanwhile.

use super::phases::GestureSettings;
use super::{LONGEST_STEP_SECS, SIDES, Trunk, WRISTS};
use crate::analysis::intervals::{Stretch, smoothed, span_secs, stretches};
use crate::analysis::measures::VISIBLE;
use crate::analysis::one_euro::{self, OneEuro};
use crate::domain::{Time, TrackSamples};

/// Running mean over the speed, seconds: a step of the landmarks is no movement.
const SPEED_SMOOTH_SECS: f64 = 0.1;
/// Seen for less, or in fewer samples, a wrist is a guess.
const LEAST_SEEN_SECS: f64 = 0.25;
const LEAST_SEEN: usize = 3;
/// A gap from this long on is told; a shorter sight between two such gaps is none.
const GAP_SECS: f64 = 0.5;
const ISLAND_SECS: f64 = 0.8;
/// Scatter is taken over so many seconds to either side.
const SCATTER_SECS: f64 = 1.0;
/// Of the second differences there this share is smaller than what is taken: a stroke bends the way, too, but not for long.
const SHARE: f32 = 0.65;
/// From the length of a second difference in the plane to the deviation of white noise on each axis: that quantile of a
/// Rayleigh distribution, times the root of six.
const PER_BEND: f32 = 1.449 * 2.449_5;

/// What one wrist does.
pub(super) struct Path {
    /// In trunks from the shoulders, filtered; NaN where it cannot be told.
    pub(super) places: Vec<[f32; 2]>,
    /// Trunks a second.
    pub(super) speed: Vec<f32>,
    /// How its place scatters around each sample, trunks.
    pub(super) scatter: Vec<f32>,
    pub(super) strokes: Vec<Stretch>,
    /// Where nothing can be told for longer, and why.
    pub(super) unseen: Vec<(&'static str, Stretch)>,
}

pub(super) fn path(
    samples: &TrackSamples,
    wrist: usize,
    unmoving: &[Option<&'static str>],
    settings: &GestureSettings,
    filter: &OneEuro,
) -> Path {
    let times = &samples.times;
    let mut raw = sights(samples, wrist);
    let mut reasons: Vec<Option<&'static str>> = unmoving.to_vec();
    drop_guesses(times, &mut raw, &mut reasons);
    let scatter = scatter(times, &raw);
    for i in 0..times.len() {
        if reasons[i].is_none() && scatter[i] > settings.max_noise {
            reasons[i] = Some("wrist_unsteady");
        }
        if reasons[i].is_some() {
            raw[i] = [f32::NAN; 2];
        }
    }
    let unseen = told(times, &mut reasons);
    for (place, _) in raw.iter_mut().zip(&reasons).filter(|(_, reason)| reason.is_some()) {
        *place = [f32::NAN; 2];
    }
    let axis = |k: usize| -> Vec<f32> {
        let values: Vec<f32> = raw.iter().map(|place| place[k]).collect();
        one_euro::filtered(times, &values, filter, 1.0)
    };
    let places: Vec<[f32; 2]> = axis(0).into_iter().zip(axis(1)).map(|(x, y)| [x, y]).collect();
    let speed = smoothed(times, &speed(times, &places), SPEED_SMOOTH_SECS);
    let mut strokes = stretches(times, &speed, &settings.stroke);
    strokes.retain(|stroke| {
        let scatter = (stroke.first..=stroke.last).map(|i| scatter[i]).filter(|v| v.is_finite()).fold(0.0, f32::max);
        reach(&places, stroke) >= settings.over_noise * scatter
    });
    Path { places, speed, scatter, strokes, unseen }
}

/// Where the wrist is, where it is seen in the picture.
fn sights(samples: &TrackSamples, wrist: usize) -> Vec<[f32; 2]> {
    let side = SIDES[WRISTS.iter().position(|known| *known == wrist).unwrap_or(0)];
    let pose = samples.channel("pose");
    let sure = samples.channel(&format!("quality.wrist.{side}")).filter(|channel| channel.width == 1);
    let place = |i: usize| {
        let row = pose?.sample(i)?;
        // Runs from before this was kept have visibility alone.
        let seen = sure.and_then(|c| c.sample(i)).is_none_or(|v| v[0] >= VISIBLE);
        Trunk::of(row)?.place(row, wrist).filter(|_| seen)
    };
    (0..samples.times.len()).map(|i| place(i).unwrap_or([f32::NAN; 2])).collect()
}

/// Takes away sights too short to be more than guesses.
fn drop_guesses(times: &[Time], raw: &mut [[f32; 2]], reasons: &mut [Option<&'static str>]) {
    for (first, last, seen) in runs(raw.len(), |i| !raw[i][0].is_nan()) {
        let whole = first > 0 && last + 1 < raw.len();
        let short = last - first + 1 < LEAST_SEEN || span_secs(times, first, last) < LEAST_SEEN_SECS;
        // What a track begins or ends with may have gone on.
        if !seen || (short && whole) {
            for i in first..=last {
                raw[i] = [f32::NAN; 2];
                reasons[i] = reasons[i].or(Some("wrist_not_seen"));
            }
        }
    }
}

/// From which sample to which, and whether something holds there.
fn runs(n: usize, holds: impl Fn(usize) -> bool) -> Vec<(usize, usize, bool)> {
    let mut all: Vec<(usize, usize, bool)> = Vec::new();
    for i in 0..n {
        match all.last_mut() {
            Some((_, last, held)) if *held == holds(i) => *last = i,
            _ => all.push((i, i, holds(i))),
        }
    }
    all
}

/// How a place scatters around each sample: from second differences, in which even movement cancels out. NaN where
/// too little is seen.
fn scatter(times: &[Time], raw: &[[f32; 2]]) -> Vec<f32> {
    let bend = |i: usize| -> f32 {
        let (Some(a), Some(b), Some(c)) = (i.checked_sub(1).map(|i| raw[i]), raw.get(i), raw.get(i + 1)) else {
            return f32::NAN;
        };
        // Samples are not evenly apart: between its neighbours a place that moves evenly lies where the time says.
        let share = ((times[i] - times[i - 1]).secs() / (times[i + 1] - times[i - 1]).secs().max(1e-6)) as f32;
        let off = |k: usize| 2.0 * (a[k] + (c[k] - a[k]) * share - b[k]);
        off(0).hypot(off(1))
    };
    let bends: Vec<f32> = (0..raw.len()).map(bend).collect();
    let (mut from, mut to) = (0, 0);
    (0..raw.len())
        .map(|i| {
            while (times[i] - times[from]).secs() > SCATTER_SECS {
                from += 1;
            }
            while to < times.len() && (times[to] - times[i]).secs() <= SCATTER_SECS {
                to += 1;
            }
            let mut within: Vec<f32> = bends[from..to].iter().copied().filter(|v| v.is_finite()).collect();
            within.sort_unstable_by(f32::total_cmp);
            let at = (within.len() as f32 * SHARE) as usize;
            within.get(at).map_or(f32::NAN, |bend| bend / PER_BEND)
        })
        .collect()
}

/// The gaps that are told, sights between them that are too short made part of them.
fn told(times: &[Time], reasons: &mut [Option<&'static str>]) -> Vec<(&'static str, Stretch)> {
    let long = |first: usize, last: usize| span_secs(times, first, last) >= GAP_SECS;
    let all = runs(reasons.len(), |i| reasons[i].is_some());
    for at in 1..all.len().saturating_sub(1) {
        let ((a, b, gone), (first, last, _), (c, d, _)) = (all[at - 1], all[at], all[at + 1]);
        if gone && long(a, b) && long(c, d) && span_secs(times, first, last) < ISLAND_SECS {
            reasons[first..=last].fill(Some("wrist_not_seen"));
        }
    }
    let mut gaps = Vec::new();
    for (first, last, gone) in runs(reasons.len(), |i| reasons[i].is_some()) {
        if !gone || !long(first, last) && reasons.len() > last - first + 1 {
            continue;
        }
        // One stretch, with the reason that holds longest in it.
        let within = reasons[first..=last].iter().flatten();
        let count = |reason: &&'static str| within.clone().filter(|other| **other == *reason).count();
        let mut kinds: Vec<&'static str> = within.clone().copied().collect();
        kinds.sort_unstable();
        kinds.dedup();
        if let Some(reason) = kinds.iter().max_by_key(|reason| count(reason)) {
            gaps.push((*reason, Stretch { first, last }));
        }
    }
    gaps
}

/// From the last place seen, if that is not too long ago.
fn speed(times: &[Time], places: &[[f32; 2]]) -> Vec<f32> {
    let mut before: Option<usize> = None;
    (0..places.len())
        .map(|i| {
            let [x, y] = places[i];
            if x.is_nan() {
                return f32::NAN;
            }
            let from = before.replace(i);
            let Some(from) = from else { return f32::NAN };
            let secs = (times[i] - times[from]).secs();
            let [was_x, was_y] = places[from];
            if secs <= LONGEST_STEP_SECS { (x - was_x).hypot(y - was_y) / secs.max(1e-6) as f32 } else { f32::NAN }
        })
        .collect()
}

/// How far apart the places of a stroke lie at most, with the one that it leaves from.
fn reach(all: &[[f32; 2]], stroke: &Stretch) -> f32 {
    let places = &all[stroke.first.saturating_sub(1)..=stroke.last];
    let apart = |a: &[f32; 2], b: &[f32; 2]| (a[0] - b[0]).hypot(a[1] - b[1]);
    let pairs = places.iter().enumerate().flat_map(|(i, a)| places[i + 1..].iter().map(move |b| apart(a, b)));
    pairs.filter(|v| v.is_finite()).fold(0.0, f32::max)
}
