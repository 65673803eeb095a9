//! Follows faces and bodies from frame to frame, while frames arrive.
//!
//! One track a person and shot: a cut ends every track, and a body on which another face appears becomes another's. Who was gone for a while and is back in the same place goes on
//! only if nobody else could be meant and, where prints of the faces were taken, these agree. Whether tracks on
//! either side of a cut are one person is for people to say: see [`super::identity`].

mod kept;
mod live;
mod returning;
mod samples;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::assignment::assign;
use super::identity::{LIKENESS, PrintSum, UNLIKE};
use super::observation::{BodyObservation, FaceObservation, FrameObservation};
use crate::domain::{PrintKind, Residue, RunId, Time, Track, TrackId, TrackKind, TrackSamples};
pub use kept::forget_prints;
use live::{Live, Seen, apart};

/// When two sightings count as the same person.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrackingSettings {
    /// A person unseen for longer has left (seconds; default 1).
    pub max_gap_secs: f64,
    /// A person who left may come back to the same place within this, if nobody else could be meant
    /// (seconds; default 8).
    pub return_within_secs: f64,
    /// Furthest move between two sightings a moment apart, in box sizes (default 0.7); more is allowed after a gap.
    pub reach: f32,
    /// Greatest change of size between two sightings, as a factor (default 2).
    pub resize: f32,
    /// Histogram change from which a frame is taken as a cut and all tracks end (0 to 1; default 0.5).
    pub cut_change: f32,
    /// Sightings from which a track is kept (default 3): fewer is more often a mistake of the detector.
    pub min_samples: usize,
    /// Cosine of two prints from which on they are one person's, for who comes back to the same place (0.65).
    pub likeness: f32,
    /// Cosine under which they are two people's: a track is not carried on by such a face (0.5).
    pub unlike: f32,
}

impl Default for TrackingSettings {
    fn default() -> Self {
        Self {
            max_gap_secs: 1.0,
            return_within_secs: 8.0,
            reach: 0.7,
            resize: 2.0,
            cut_change: 0.5,
            min_samples: 3,
            likeness: LIKENESS,
            unlike: UNLIKE,
        }
    }
}

/// News of one track: its record as it stands and the samples gathered since the last news.
#[derive(Clone, Debug)]
pub struct TrackUpdate {
    pub track: Track,
    /// The face's body or the body's face, once they were seen together most of the time.
    pub companion: Option<TrackId>,
    pub samples: TrackSamples,
    /// Its prints so far.
    pub prints: Vec<(PrintKind, PrintSum)>,
    /// Nothing more will come.
    pub ended: bool,
}

/// The tracker. Feed it frames in order of time with [`Tracker::push`], collect with [`Tracker::take`]. Kept as text and
/// read again it goes on as if nothing had happened between.
#[derive(Serialize, Deserialize)]
pub struct Tracker {
    run: RunId,
    settings: TrackingSettings,
    live: Vec<Live>,
    done: Vec<Live>,
    /// Frames in which a face lay on a body's head, by face and body.
    #[serde(with = "kept::pairs")]
    together: BTreeMap<(TrackId, TrackId), usize>,
    number: i64,
    last: Option<Time>,
    dropped: usize,
    cuts: Vec<Time>,
}

impl Tracker {
    /// A tracker for one run over one media file.
    pub fn new(run: RunId, settings: TrackingSettings) -> Self {
        Self {
            run,
            settings,
            live: Vec::new(),
            done: Vec::new(),
            together: BTreeMap::new(),
            number: 0,
            last: None,
            dropped: 0,
            cuts: Vec::new(),
        }
    }

    /// Takes in a frame. A frame not later than the last is passed over: times must rise.
    pub fn push(&mut self, frame: &FrameObservation) {
        if self.last.is_some_and(|last| frame.time <= last) {
            return;
        }
        if self.last.is_some() && self.is_cut(frame) {
            self.cuts.push(frame.time);
            self.end_all();
        }
        self.last = Some(frame.time);
        let faces: Vec<_> = frame.faces.iter().map(Seen::Face).collect();
        let face_ids = self.follow(TrackKind::Face, &faces, frame);
        let known = self.faces_of_bodies(frame, &face_ids);
        let bodies: Vec<_> = frame.bodies.iter().zip(&known).map(|(b, face)| Seen::Body(b, face.as_ref())).collect();
        let body_ids = self.follow(TrackKind::Body, &bodies, frame);
        let face_ids = self.resolve(face_ids, frame.time);
        self.link(frame, &face_ids, &body_ids);
    }

    /// What is new since the last call, kept tracks only. The first news of a track comes with all its samples so far.
    pub fn take(&mut self) -> Vec<TrackUpdate> {
        let mut updates = Vec::new();
        for mut track in std::mem::take(&mut self.done) {
            if track.number == 0 {
                self.dropped += 1;
            } else {
                updates.push(self.update(&mut track, true));
            }
        }
        let mut live = std::mem::take(&mut self.live);
        for track in live.iter_mut().filter(|t| t.number > 0 && t.waiting.is_none() && !t.fresh.times.is_empty()) {
            updates.push(self.update(track, false));
        }
        self.live = live;
        updates.sort_by_key(|u| u.track.number);
        updates
    }

    /// Ends every track and answers what is left to tell.
    pub fn finish(&mut self) -> Vec<TrackUpdate> {
        self.end_all();
        self.take()
    }

    /// Ends every track; of who still waits to be known nothing is claimed.
    fn end_all(&mut self) {
        for at in 0..self.live.len() {
            if let Some(old) = self.live[at].waiting.take() {
                self.live[at].may_be = Some(old);
            }
        }
        self.number_new();
        self.done.append(&mut self.live);
    }

    /// Gives numbers to those who were seen often enough.
    fn number_new(&mut self) {
        let least = self.settings.min_samples.max(1);
        for track in self.live.iter_mut().filter(|t| t.number == 0 && t.waiting.is_none() && t.count >= least) {
            self.number += 1;
            track.number = self.number;
        }
    }

    /// Sightings too short to be kept as tracks so far.
    pub fn dropped(&self) -> usize {
        self.dropped
    }

    /// The kept tracks that may still grow.
    pub fn growing(&self) -> Vec<TrackId> {
        self.live.iter().chain(&self.done).filter(|track| track.number > 0).map(|track| track.id).collect()
    }

    /// Moments at which the picture changed so much that every track was ended.
    pub fn cuts(&self) -> &[Time] {
        &self.cuts
    }

    fn update(&self, track: &mut Live, ended: bool) -> TrackUpdate {
        let companion = self.companion(track.id);
        let mut residue = Residue::default();
        if let Some(other) = companion {
            residue.add("tracking", "same_person_as", json!(other));
        }
        if let Some(old) = track.may_be {
            residue.add("tracking", "may_be", json!(old));
        }
        TrackUpdate {
            track: Track {
                id: track.id,
                run: self.run,
                kind: track.kind,
                number: track.number,
                person: None,
                start: track.start,
                end: track.last,
                samples: track.count as i64,
                residue,
            },
            companion,
            samples: std::mem::take(&mut track.fresh),
            prints: [(PrintKind::Face, &track.print), (PrintKind::Clothes, &track.clothes)]
                .into_iter()
                .filter(|(_, sum)| sum.count > 0 && track.kind == TrackKind::Face)
                .map(|(kind, sum)| (kind, sum.clone()))
                .collect(),
            ended,
        }
    }

    /// The track most often seen as the same person, if no other comes near.
    fn companion(&self, id: TrackId) -> Option<TrackId> {
        let mut votes: Vec<(usize, TrackId)> = self
            .together
            .iter()
            .filter_map(|(&(face, body), &n)| match id {
                _ if id == face => Some((n, body)),
                _ if id == body => Some((n, face)),
                _ => None,
            })
            .collect();
        votes.sort_by(|a, b| b.cmp(a));
        match votes[..] {
            [(n, one)] if n >= 2 => Some(one),
            [(n, one), (m, _), ..] if n >= 2 && n >= 3 * m => Some(one),
            _ => None,
        }
    }

    fn is_cut(&self, frame: &FrameObservation) -> bool {
        if frame.change >= self.settings.cut_change {
            return true;
        }
        // Everyone elsewhere at once, though everyone was here a moment ago: the picture jumped, not the people.
        let recent: Vec<_> = self
            .live
            .iter()
            .filter(|t| t.kind == TrackKind::Face && !t.left && secs(frame.time - t.last) <= 0.3)
            .collect();
        recent.len() >= 2
            && frame.faces.len() >= 2
            && recent.iter().all(|t| {
                frame.faces.iter().all(|f| t.bbox.iou(&f.bbox) < 0.05 && apart(&t.bbox, &f.bbox) > self.settings.reach)
            })
    }

    /// Matches detections of one kind with the tracks of that kind; answers the track of each detection.
    fn follow(&mut self, kind: TrackKind, seen: &[Seen<'_>], frame: &FrameObservation) -> Vec<TrackId> {
        let now = frame.time;
        let settings = self.settings;
        self.retire(kind, now);
        let here: Vec<usize> =
            (0..self.live.len()).filter(|&i| self.live[i].kind == kind && !self.live[i].left).collect();
        let costs: Vec<Vec<f32>> =
            here.iter().map(|&i| seen.iter().map(|s| self.live[i].cost(s, now, &settings)).collect()).collect();
        let mut owner: Vec<Option<usize>> = vec![None; seen.len()];
        for (row, column) in assign(&costs).into_iter().enumerate() {
            if let Some(column) = column {
                owner[column] = Some(here[row]);
            }
        }
        self.step_aside(&here, seen, &owner, now);
        let waiting = self.welcome_back(kind, seen, &mut owner, now);
        let mut ids = Vec::with_capacity(seen.len());
        for (at, (s, owner)) in seen.iter().zip(owner).enumerate() {
            let index = owner.unwrap_or_else(|| {
                self.live.push(Live { waiting: waiting[at], ..Live::new(kind, now, s.bbox()) });
                self.live.len() - 1
            });
            let track = &mut self.live[index];
            track.see(s, frame);
            ids.push(track.id);
        }
        self.number_new();
        ids
    }

    /// Counts the frames in which a face lies where a body has its nose and eyes.
    fn link(&mut self, frame: &FrameObservation, faces: &[TrackId], bodies: &[TrackId]) {
        for (body, body_id) in frame.bodies.iter().zip(bodies) {
            if let Some(face) = face_on(body, frame) {
                *self.together.entry((faces[face], *body_id)).or_default() += 1;
            }
        }
    }

    /// What the face on each body's head is like, as far as its track tells.
    fn faces_of_bodies(&self, frame: &FrameObservation, faces: &[TrackId]) -> Vec<Option<PrintSum>> {
        let print = |body| {
            let id = faces[face_on(body, frame)?];
            let track = self.live.iter().find(|track| track.id == id)?;
            (track.print.count > 0).then(|| track.print.clone())
        };
        frame.bodies.iter().map(print).collect()
    }
}

/// The face that alone lies where a body has its nose and eyes.
fn face_on(body: &BodyObservation, frame: &FrameObservation) -> Option<usize> {
    const HEAD: [usize; 3] = [0, 2, 5];
    let points = HEAD.map(|i| body.keypoints.get(i));
    let on = |face: &FaceObservation| points.iter().all(|p| p.is_some_and(|p| face.bbox.holds(p[0], p[1], 0.1)));
    let mut all = (0..frame.faces.len()).filter(|&at| on(&frame.faces[at]));
    all.next().filter(|_| all.next().is_none())
}

fn secs(time: Time) -> f64 {
    time.secs()
}
