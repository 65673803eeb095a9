//! Whose voice: windows of speech put together by the likeness of their voiceprints.
//!
//! Neighbouring windows that are alike become runs; runs are joined bottom-up, always the two groups whose mean directions are
//! most alike, until none is alike enough or as many are left as were asked for. Nothing is random: the same windows
//! give the same voices.

use serde::{Deserialize, Serialize};

use super::VoiceWindow;

/// How voices are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VoiceSettings {
    /// How many people speak, where that is known.
    pub speakers: Option<usize>,
    /// Cosine between mean voiceprints from which on two are one voice (0.8).
    pub likeness: f32,
    /// A group heard for less, seconds (2), joins the voice it is most like, unless it is like none.
    pub least_secs: f64,
}

impl Default for VoiceSettings {
    fn default() -> Self {
        Self { speakers: None, likeness: 0.8, least_secs: 2.0 }
    }
}

/// How much less alike a group that was hardly heard may be and still join.
const LENIENCE: f32 = 0.15;
/// Windows in a stretch as alike as this are one run.
const RUN_LIKENESS: f32 = 0.9;
const RUN_WINDOWS: usize = 8;
/// More runs are not compared pair by pair: the rest goes to the nearest voice. An hour of talk has about a thousand.
const MOST_RUNS: usize = 1500;

/// The voices of a recording, numbered in the order in which they are first heard.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Voices {
    /// The mean direction of each, of unit length.
    pub prints: Vec<Vec<f32>>,
    /// The voice of each window.
    pub of: Vec<usize>,
}

/// Windows that go together, and the sum of their prints.
#[derive(Clone)]
struct Group {
    windows: Vec<usize>,
    sum: Vec<f32>,
    /// Seconds heard.
    secs: f64,
}

/// Tells the voices of windows in order of time apart.
pub fn tell_apart(windows: &[&VoiceWindow], settings: &VoiceSettings) -> Voices {
    let mut runs = runs(windows);
    let mut rest = Vec::new();
    if runs.len() > MOST_RUNS {
        // The longest tell most; in order of time among equals.
        runs.sort_by(|a, b| b.windows.len().cmp(&a.windows.len()).then(a.windows.cmp(&b.windows)));
        rest = runs.split_off(MOST_RUNS);
    }
    let wanted = settings.speakers.map(|n| n.max(1));
    let mut groups = join(runs, wanted, settings.likeness);
    if wanted.is_none() {
        groups = without_scraps(groups, settings);
    }
    for run in rest {
        if let Some(nearest) = nearest(&groups, &run.sum) {
            groups[nearest].add(&run);
        }
    }
    // Once more, window by window: a run may have straddled a change.
    let prints: Vec<Vec<f32>> = groups.iter().map(|g| unit(&g.sum)).collect();
    let mut of: Vec<usize> = windows.iter().map(|w| closest(&prints, &w.print)).collect();
    number_by_first_heard(&prints, &mut of)
}

fn number_by_first_heard(prints: &[Vec<f32>], of: &mut [usize]) -> Voices {
    let mut order: Vec<usize> = Vec::new();
    for voice in of.iter_mut() {
        let place = order.iter().position(|known| known == voice).unwrap_or_else(|| {
            order.push(*voice);
            order.len() - 1
        });
        *voice = place;
    }
    Voices { prints: order.iter().map(|voice| prints[*voice].clone()).collect(), of: of.to_vec() }
}

fn runs(windows: &[&VoiceWindow]) -> Vec<Group> {
    let mut runs: Vec<Group> = Vec::new();
    for (at, window) in windows.iter().enumerate() {
        let before = at.checked_sub(1).map(|b| windows[b]);
        let follows = before.is_some_and(|b| b.span.end >= window.span.start);
        let new =
            before.map_or(window.span.end - window.span.start, |b| window.span.end - window.span.start.max(b.span.end));
        let secs = new.secs().max(0.0);
        match runs.last_mut().filter(|run| follows && run.windows.len() < RUN_WINDOWS) {
            Some(run) if cosine(&run.sum, &window.print) >= RUN_LIKENESS => {
                run.add(&Group { windows: vec![at], sum: window.print.clone(), secs });
            }
            _ => runs.push(Group { windows: vec![at], sum: window.print.clone(), secs }),
        }
    }
    runs
}

impl Group {
    fn add(&mut self, other: &Self) {
        self.windows.extend_from_slice(&other.windows);
        self.sum.iter_mut().zip(&other.sum).for_each(|(a, b)| *a += b);
        self.secs += other.secs;
    }
}

/// Joins the two most alike until none is alike enough, or `wanted` are left.
fn join(mut groups: Vec<Group>, wanted: Option<usize>, likeness: f32) -> Vec<Group> {
    let row = |groups: &[Group], at: usize| -> Vec<f32> {
        groups.iter().map(|other| cosine(&groups[at].sum, &other.sum)).collect()
    };
    let mut table: Vec<Vec<f32>> = (0..groups.len()).map(|at| row(&groups, at)).collect();
    while groups.len() > 1 {
        let mut best = (0, 1, f32::NEG_INFINITY);
        for (a, line) in table.iter().enumerate() {
            for (b, &alike) in line.iter().enumerate().skip(a + 1) {
                if alike > best.2 {
                    best = (a, b, alike);
                }
            }
        }
        let (a, b, alike) = best;
        let enough = match wanted {
            Some(wanted) => groups.len() <= wanted,
            None => alike < likeness,
        };
        if enough || alike == f32::NEG_INFINITY {
            break;
        }
        let gone = groups.remove(b);
        groups[a].add(&gone);
        table.remove(b);
        table.iter_mut().for_each(|line| {
            line.remove(b);
        });
        let fresh = row(&groups, a);
        for (other, alike) in fresh.iter().enumerate() {
            table[other][a] = *alike;
        }
        table[a] = fresh;
    }
    groups
}

/// Groups hardly heard join what they are most like.
fn without_scraps(mut groups: Vec<Group>, settings: &VoiceSettings) -> Vec<Group> {
    groups.sort_by(|a, b| b.secs.total_cmp(&a.secs).then(a.windows.cmp(&b.windows)));
    let mut kept: Vec<Group> = Vec::new();
    for group in groups {
        let near = nearest(&kept, &group.sum).filter(|at| {
            group.secs < settings.least_secs && cosine(&kept[*at].sum, &group.sum) >= settings.likeness - LENIENCE
        });
        match near {
            Some(at) => kept[at].add(&group),
            None => kept.push(group),
        }
    }
    kept
}

fn nearest(groups: &[Group], print: &[f32]) -> Option<usize> {
    (0..groups.len()).max_by(|a, b| cosine(&groups[*a].sum, print).total_cmp(&cosine(&groups[*b].sum, print)))
}

fn closest(prints: &[Vec<f32>], print: &[f32]) -> usize {
    let mut best = (0, f32::NEG_INFINITY);
    for (at, voice) in prints.iter().enumerate() {
        let alike = cosine(voice, print);
        if alike > best.1 {
            best = (at, alike);
        }
    }
    best.0
}

fn unit(sum: &[f32]) -> Vec<f32> {
    let length = sum.iter().map(|v| v * v).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
    sum.iter().map(|v| v / length).collect()
}

/// The cosine between two directions; 0 where one has no length.
pub fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let (mut dot, mut aa, mut bb) = (0.0_f32, 0.0_f32, 0.0_f32);
    for (x, y) in a.iter().zip(b) {
        dot += x * y;
        aa += x * x;
        bb += y * y;
    }
    let length = (aa * bb).sqrt();
    if length > 0.0 { dot / length } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Span, Time};

    /// A voice near axis `voice`, a little off each time.
    fn window(at: i64, voice: usize) -> VoiceWindow {
        let mut print = vec![0.0; 256];
        print[voice] = 1.0;
        print[100 + (at as usize * 7 + voice) % 50] = 0.3;
        print[200] = 0.5;
        let start = Time::from_millis(at * 400);
        VoiceWindow { span: Span::new(start, start + Time::from_millis(1600)), print }
    }

    fn voices(of: &[usize], settings: &VoiceSettings) -> Voices {
        let windows: Vec<VoiceWindow> = of.iter().enumerate().map(|(at, v)| window(at as i64, *v)).collect();
        tell_apart(&windows.iter().collect::<Vec<_>>(), settings)
    }

    #[test]
    fn as_many_voices_as_there_are_in_the_order_they_are_heard() {
        let of: Vec<usize> = [5; 12].into_iter().chain([3; 12]).chain([5; 8]).chain([9; 12]).collect();
        let found = voices(&of, &VoiceSettings::default());
        assert_eq!(found.prints.len(), 3);
        let expected: Vec<usize> = of.iter().map(|v| [5, 3, 9].iter().position(|o| o == v).unwrap()).collect();
        assert_eq!(found.of, expected);
        assert_eq!(found, voices(&of, &VoiceSettings::default()));
        assert!(found.prints.iter().all(|p| (cosine(p, p) - 1.0).abs() < 1e-5));
    }

    #[test]
    fn a_number_that_is_known_is_kept_to() {
        let of: Vec<usize> = [1; 12].into_iter().chain([2; 12]).chain([3; 12]).collect();
        for speakers in 1..=3 {
            let settings = VoiceSettings { speakers: Some(speakers), ..Default::default() };
            assert_eq!(voices(&of, &settings).prints.len(), speakers);
        }
        assert_eq!(voices(&of, &VoiceSettings { speakers: Some(0), ..Default::default() }).prints.len(), 1);
    }

    #[test]
    fn nobody_speaks_in_silence() {
        assert_eq!(tell_apart(&[], &VoiceSettings::default()), Voices::default());
    }
}
