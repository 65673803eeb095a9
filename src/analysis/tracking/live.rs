//! One track while it is followed.

use serde::{Deserialize, Serialize};

use super::kept;
use super::samples::{body_sample, channels, face_sample, within};
use super::{TrackingSettings, secs};
use crate::analysis::gesture::{self, Wrists};
use crate::analysis::identity::PrintSum;
use crate::analysis::observation::{BBox, BodyObservation, FaceObservation, FrameObservation};
use crate::domain::{Time, TrackId, TrackKind, TrackSamples};

#[derive(Serialize, Deserialize)]
pub(super) struct Live {
    pub(super) id: TrackId,
    /// 0 until the track is kept.
    pub(super) number: i64,
    pub(super) kind: TrackKind,
    pub(super) start: Time,
    pub(super) last: Time,
    pub(super) count: usize,
    pub(super) bbox: BBox,
    /// Of the centre, pixels a second, smoothed.
    pub(super) velocity: (f32, f32),
    /// Out of sight for longer than the gap allows; may still come back.
    pub(super) left: bool,
    /// Of a body, where its wrists were last.
    #[serde(default)]
    pub(super) wrists: Wrists,
    #[serde(with = "kept::samples")]
    pub(super) fresh: TrackSamples,
    /// Of the face (of a body: of the face on its head), and of the colours under it.
    #[serde(default)]
    pub(super) print: PrintSum,
    #[serde(default)]
    pub(super) clothes: PrintSum,
    /// Back at the place of this one, who left: is it them? Not told before that is clear.
    #[serde(default)]
    pub(super) waiting: Option<TrackId>,
    /// Who it may be, without enough to say so.
    #[serde(default)]
    pub(super) may_be: Option<TrackId>,
}

/// One detection, whichever kind.
pub(super) enum Seen<'a> {
    Face(&'a FaceObservation),
    /// With what the face on its head is like, where there is one that is known.
    Body(&'a BodyObservation, Option<&'a PrintSum>),
}

impl Seen<'_> {
    pub(super) fn bbox(&self) -> BBox {
        match self {
            Self::Face(face) => face.bbox,
            Self::Body(body, _) => body.bbox,
        }
    }
    /// Whose face it is like, where that was looked at in this frame.
    pub(super) fn print(&self) -> Option<&[f32]> {
        match self {
            Self::Face(face) => face.print.as_deref(),
            Self::Body(_, face) => face.map(|face| face.sum.as_slice()),
        }
    }
}

impl Live {
    pub(super) fn new(kind: TrackKind, now: Time, bbox: BBox) -> Self {
        Self {
            id: TrackId::new(),
            number: 0,
            kind,
            start: now,
            last: now,
            count: 0,
            bbox,
            velocity: (0.0, 0.0),
            left: false,
            wrists: Wrists::default(),
            fresh: TrackSamples { times: Vec::new(), channels: channels(kind, &bbox) },
            print: PrintSum::default(),
            clothes: PrintSum::default(),
            waiting: None,
            may_be: None,
        }
    }

    /// How badly a box would carry this track on; infinite when it cannot.
    pub(super) fn cost(&self, seen: &Seen<'_>, now: Time, settings: &TrackingSettings) -> f32 {
        // Somebody else's face does not carry it on, however near.
        if self.is_unlike(seen, settings) { f32::INFINITY } else { self.cost_of_place(&seen.bbox(), now, settings) }
    }

    /// Whether the print taken of a face says that it is somebody else.
    pub(super) fn is_unlike(&self, seen: &Seen<'_>, settings: &TrackingSettings) -> bool {
        self.likeness(seen.print()).is_some_and(|alike| alike < settings.unlike)
    }

    pub(super) fn cost_of_place(&self, bbox: &BBox, now: Time, settings: &TrackingSettings) -> f32 {
        let gap = secs(now - self.last) as f32;
        // Speed is trusted for a quarter of a second: people stop.
        let ahead = gap.min(0.25);
        let mut expected = self.bbox;
        expected.x += self.velocity.0 * ahead;
        expected.y += self.velocity.1 * ahead;
        let apart = apart(&expected, bbox);
        let resized = resized(&expected, bbox);
        let reach = (settings.reach + 0.8 * (gap - 0.1).max(0.0)).min(2.0);
        if apart > reach || resized > settings.resize {
            return f32::INFINITY;
        }
        0.5 * (1.0 - expected.iou(bbox)) + 0.4 * apart + 0.3 * resized.ln()
    }

    /// How like its own print another is; `None` where either is missing.
    pub(super) fn likeness(&self, print: Option<&[f32]>) -> Option<f32> {
        self.print.likeness(print?)
    }

    pub(super) fn see(&mut self, seen: &Seen<'_>, frame: &FrameObservation) {
        let bbox = seen.bbox();
        let gap = secs(frame.time - self.last) as f32;
        if self.count > 0 && gap > 0.0 {
            let (from, to) = (self.bbox.centre(), bbox.centre());
            let keep = if gap > 0.5 { 0.0 } else { 0.6 };
            self.velocity = (
                keep * self.velocity.0 + (1.0 - keep) * (to.0 - from.0) / gap,
                keep * self.velocity.1 + (1.0 - keep) * (to.1 - from.1) / gap,
            );
        }
        self.bbox = bbox;
        self.left = false;
        self.last = frame.time;
        self.count += 1;
        // The buffer was taken away with its channels' shape; it is set up again on first use.
        if self.fresh.channels.is_empty() {
            self.fresh.channels = channels(self.kind, &bbox);
        }
        self.fresh.times.push(frame.time);
        match seen {
            Seen::Face(face) => {
                self.print.add(face.print.as_deref().unwrap_or_default());
                self.clothes.add(&face.clothes);
                face_sample(&mut self.fresh, face, frame);
            }
            Seen::Body(body, face) => {
                // Whoever's face it shows: a body that shows another's is another's.
                if let Some(face) = face {
                    self.print = (*face).clone();
                }
                let inside = within(&body.keypoints, frame);
                let hands = gesture::rows(body, &inside, frame.time, &mut self.wrists);
                body_sample(&mut self.fresh, body, frame, &hands);
            }
        }
    }
}

/// Distance between centres in mean box sizes.
pub(super) fn apart(a: &BBox, b: &BBox) -> f32 {
    let (ca, cb) = (a.centre(), b.centre());
    let size = (a.area().sqrt() + b.area().sqrt()) / 2.0;
    if size > 0.0 { (ca.0 - cb.0).hypot(ca.1 - cb.1) / size } else { f32::INFINITY }
}

/// How many times larger one box is than the other, by side, at least 1.
pub(super) fn resized(a: &BBox, b: &BBox) -> f32 {
    let (a, b) = (a.area().sqrt(), b.area().sqrt());
    if a > 0.0 && b > 0.0 { (a / b).max(b / a) } else { f32::INFINITY }
}
