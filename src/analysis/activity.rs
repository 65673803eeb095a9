//! Where something happens: found by a quick look over the whole recording, so that a thorough one need not look at
//! hours of nothing.

use serde::{Deserialize, Serialize};

use super::measures;
use super::observation::{BBox, FrameObservation};
use crate::domain::{Span, Time};

/// What counts as something that happens.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Happening {
    /// Somebody is there at all; else somebody must move, come or go.
    pub anybody: bool,
    /// Somebody speaks.
    pub speech: bool,
    /// A box that moved or grew by this part of its size, or a hand by this part of the body's (0.08).
    pub moved: f32,
    /// The lips parted or closed by this, in distances between the outer eye corners (0.04).
    pub mouth: f32,
    /// The head turned by this, degrees (8).
    pub turned: f32,
    /// Looked at before and after, seconds (2): what is seen at a moment began before it.
    pub around_secs: f64,
    /// Stretches with less between them are one, seconds (2).
    pub merge_secs: f64,
}

impl Default for Happening {
    fn default() -> Self {
        Self { anybody: false, speech: true, moved: 0.08, mouth: 0.04, turned: 8.0, around_secs: 2.0, merge_secs: 2.0 }
    }
}

/// Notes from one quick look to the next what happened between.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Activity {
    settings: Happening,
    before: Option<Glimpse>,
    /// Stretches in which something happened, rising, not overlapping.
    found: Vec<Span>,
}

/// What is compared from look to look.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Glimpse {
    time: Time,
    /// Box, lip gap, head turn and nod; `None` where they were not measured.
    faces: Vec<(BBox, Option<[f32; 3]>)>,
    /// Box and wrists.
    bodies: Vec<(BBox, [[f32; 2]; 2])>,
}

const WRISTS: [usize; 2] = [15, 16];

impl Activity {
    /// With nothing noted yet.
    pub fn new(settings: Happening) -> Self {
        Self { settings, ..Self::default() }
    }

    /// Takes in the next look. Times must rise.
    pub fn push(&mut self, frame: &FrameObservation) {
        let now = Glimpse::of(frame);
        let settings = self.settings;
        let there = !now.faces.is_empty() || !now.bodies.is_empty();
        let happens = match &self.before {
            _ if settings.anybody => there,
            None => false,
            Some(before) => now.differs(before, &settings),
        };
        if happens {
            let from = self.before.as_ref().map_or(now.time, |before| before.time);
            self.note(Span::new(from, now.time));
        }
        self.before = Some(now);
    }

    /// Notes a stretch that begins no earlier than those before.
    fn note(&mut self, span: Span) {
        match self.found.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => self.found.push(span),
        }
    }

    /// Where something happened, rising, not overlapping.
    pub fn found(&self) -> &[Span] {
        &self.found
    }
}

impl Happening {
    /// The stretches worth a thorough look, with room around them: where something was `seen`, and where somebody
    /// speaks.
    pub fn stretches(&self, seen: &[Span], speech: &[Span]) -> Vec<Span> {
        let around = Time((self.around_secs.max(0.0) * 1e9) as i64);
        let merge = Time((self.merge_secs.max(0.0) * 1e9) as i64);
        let speech = speech.iter().filter(|_| self.speech);
        let mut all: Vec<Span> = seen
            .iter()
            .chain(speech)
            .map(|span| Span::new((span.start - around).max(Time::ZERO), span.end + around))
            .collect();
        all.sort_by_key(|span| (span.start, span.end));
        let mut joined: Vec<Span> = Vec::new();
        for span in all {
            match joined.last_mut() {
                Some(last) if span.start <= last.end + merge => last.end = last.end.max(span.end),
                _ => joined.push(span),
            }
        }
        joined
    }
}

impl Glimpse {
    fn of(frame: &FrameObservation) -> Self {
        let face = |face: &super::FaceObservation| {
            let m = measures::face(&face.landmarks);
            let numbers = m.map(|m| [m.mouth_open, m.head_yaw, m.head_pitch]);
            (face.bbox, numbers.filter(|n| n.iter().all(|v| v.is_finite())))
        };
        let wrist = |body: &super::BodyObservation, i: usize| {
            // A hand out of sight does not move.
            body.keypoints.get(WRISTS[i]).filter(|p| p[3] >= 0.5).map_or([f32::NAN; 2], |p| [p[0], p[1]])
        };
        let mut glimpse = Self {
            time: frame.time,
            faces: frame.faces.iter().map(face).collect(),
            bodies: frame.bodies.iter().map(|b| (b.bbox, [wrist(b, 0), wrist(b, 1)])).collect(),
        };
        // NaN is no number in what is kept while the work rests.
        for (bbox, wrists) in &mut glimpse.bodies {
            let (x, y) = bbox.centre();
            for wrist in wrists.iter_mut().filter(|w| !w[0].is_finite() || !w[1].is_finite()) {
                *wrist = [x, y];
            }
        }
        glimpse
    }

    fn differs(&self, before: &Self, settings: &Happening) -> bool {
        if self.faces.len() != before.faces.len() || self.bodies.len() != before.bodies.len() {
            return true;
        }
        let faces = self.faces.iter().any(|(bbox, numbers)| {
            let Some((old, was)) = nearest(&before.faces, bbox, |f| &f.0) else { return true };
            moved(bbox, old, settings.moved)
                || numbers.zip(*was).is_some_and(|(now, was)| {
                    (now[0] - was[0]).abs() > settings.mouth
                        || (now[1] - was[1]).abs() > settings.turned
                        || (now[2] - was[2]).abs() > settings.turned
                })
        });
        faces
            || self.bodies.iter().any(|(bbox, wrists)| {
                let Some((old, were)) = nearest(&before.bodies, bbox, |b| &b.0) else { return true };
                let size = bbox.area().sqrt().max(1.0);
                let hand = |i: usize| (wrists[i][0] - were[i][0]).hypot(wrists[i][1] - were[i][1]) / size;
                moved(bbox, old, settings.moved) || hand(0).max(hand(1)) > settings.moved
            })
    }
}

fn nearest<'a, T>(all: &'a [T], to: &BBox, of: impl Fn(&T) -> &BBox) -> Option<&'a T> {
    let (x, y) = to.centre();
    let distance = |one: &T| {
        let (ox, oy) = of(one).centre();
        (ox - x).hypot(oy - y)
    };
    all.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))
}

fn moved(a: &BBox, b: &BBox, part: f32) -> bool {
    let size = a.area().sqrt().max(1.0);
    let ((ax, ay), (bx, by)) = (a.centre(), b.centre());
    (ax - bx).hypot(ay - by) / size > part || (b.area().sqrt() / size - 1.0).abs() > part
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::FaceObservation;

    fn frame(second: i64, xs: &[f32]) -> FrameObservation {
        let face = |x: &f32| FaceObservation {
            bbox: BBox { x: *x, y: 100.0, width: 100.0, height: 100.0 },
            ..Default::default()
        };
        let faces = xs.iter().map(face).collect();
        FrameObservation {
            time: Time::from_millis(second * 1000),
            width: 640,
            height: 480,
            faces,
            ..Default::default()
        }
    }

    fn spans(spans: &[Span]) -> Vec<(f64, f64)> {
        spans.iter().map(|s| (s.start.secs(), s.end.secs())).collect()
    }

    #[test]
    fn somebody_who_moves_comes_or_goes_is_something_and_who_sits_still_is_not() {
        let mut activity = Activity::new(Happening::default());
        for second in 0..60 {
            let x = if (20..25).contains(&second) { 100.0 + second as f32 * 30.0 } else { 100.0 };
            let faces: &[f32] = if second >= 50 { &[] } else { &[x] };
            activity.push(&frame(second, faces));
        }
        assert_eq!(spans(&Happening::default().stretches(activity.found(), &[])), [(17.0, 27.0), (47.0, 52.0)]);
        let kept: Activity = serde_json::from_str(&serde_json::to_string(&activity).unwrap()).unwrap();
        assert_eq!(kept, activity);
    }

    #[test]
    fn speech_is_something_and_close_stretches_are_one() {
        let said = |from: i64, to: i64| Span::new(Time::from_millis(from), Time::from_millis(to));
        let speech = [said(1_000, 2_000), said(7_500, 8_000), said(30_000, 31_000)];
        assert_eq!(spans(&Happening::default().stretches(&[], &speech)), [(0.0, 10.0), (28.0, 33.0)]);
        let deaf = Happening { speech: false, ..Happening::default() };
        assert!(deaf.stretches(&[], &speech).is_empty());
    }

    #[test]
    fn anybody_at_all_is_enough_where_that_is_asked_for() {
        let mut activity = Activity::new(Happening { anybody: true, ..Happening::default() });
        (0..10).for_each(|second| activity.push(&frame(second, if second < 5 { &[] } else { &[100.0] })));
        assert_eq!(spans(&Happening::default().stretches(activity.found(), &[])), [(2.0, 11.0)]);
    }
}
