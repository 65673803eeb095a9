//! Follows faces and bodies from frame to frame, while frames arrive.

mod kept;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::assignment::assign;
use super::measures;
use super::models::{OWN, append_own};
use super::observation::{BBox, BodyObservation, FaceObservation, FrameObservation};
use crate::domain::{Channel, Residue, RunId, Time, Track, TrackId, TrackKind, TrackSamples};

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
}

impl Default for TrackingSettings {
    fn default() -> Self {
        Self { max_gap_secs: 1.0, return_within_secs: 8.0, reach: 0.7, resize: 2.0, cut_change: 0.5, min_samples: 3 }
    }
}

/// News of one track: its record as it stands and the samples gathered since the last news.
#[derive(Clone, Debug)]
pub struct TrackUpdate {
    pub track: Track,
    /// The face's body or the body's face, once they were seen together most of the time.
    pub companion: Option<TrackId>,
    pub samples: TrackSamples,
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

#[derive(Serialize, Deserialize)]
struct Live {
    id: TrackId,
    /// 0 until the track is kept.
    number: i64,
    kind: TrackKind,
    start: Time,
    last: Time,
    count: usize,
    bbox: BBox,
    /// Of the centre, pixels a second, smoothed.
    velocity: (f32, f32),
    /// Out of sight for longer than the gap allows; may still come back.
    left: bool,
    #[serde(with = "kept::samples")]
    fresh: TrackSamples,
}

/// One detection, whichever kind.
enum Seen<'a> {
    Face(&'a FaceObservation),
    Body(&'a BodyObservation),
}

impl Seen<'_> {
    fn bbox(&self) -> BBox {
        match self {
            Self::Face(face) => face.bbox,
            Self::Body(body) => body.bbox,
        }
    }
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
            self.done.append(&mut self.live);
        }
        self.last = Some(frame.time);
        let faces: Vec<_> = frame.faces.iter().map(Seen::Face).collect();
        let bodies: Vec<_> = frame.bodies.iter().map(Seen::Body).collect();
        let face_ids = self.follow(TrackKind::Face, &faces, frame);
        let body_ids = self.follow(TrackKind::Body, &bodies, frame);
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
        for track in live.iter_mut().filter(|t| t.number > 0 && !t.fresh.times.is_empty()) {
            updates.push(self.update(track, false));
        }
        self.live = live;
        updates.sort_by_key(|u| u.track.number);
        updates
    }

    /// Ends every track and answers what is left to tell.
    pub fn finish(&mut self) -> Vec<TrackUpdate> {
        self.done.append(&mut self.live);
        self.take()
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
            residue.set("tracking", json!({ "same_person_as": other }));
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
            here.iter().map(|&i| seen.iter().map(|s| self.live[i].cost(&s.bbox(), now, &settings)).collect()).collect();
        let mut owner: Vec<Option<usize>> = vec![None; seen.len()];
        for (row, column) in assign(&costs).into_iter().enumerate() {
            if let Some(column) = column {
                owner[column] = Some(here[row]);
            }
        }
        self.welcome_back(kind, seen, &mut owner, now);
        let mut ids = Vec::with_capacity(seen.len());
        for (s, owner) in seen.iter().zip(owner) {
            let index = owner.unwrap_or_else(|| {
                self.live.push(Live::new(kind, now, s.bbox()));
                self.live.len() - 1
            });
            let track = &mut self.live[index];
            track.see(s, frame);
            ids.push(track.id);
        }
        for track in self.live.iter_mut().filter(|t| t.number == 0 && t.count >= settings.min_samples.max(1)) {
            self.number += 1;
            track.number = self.number;
        }
        ids
    }

    /// Marks who has left, ends who can no longer come back.
    fn retire(&mut self, kind: TrackKind, now: Time) {
        let settings = self.settings;
        for track in self.live.iter_mut().filter(|t| t.kind == kind) {
            track.left |= secs(now - track.last) > settings.max_gap_secs;
        }
        // A sighting too short to be kept is not waited for.
        let gone =
            |t: &Live| t.kind == kind && t.left && (t.number == 0 || secs(now - t.last) > settings.return_within_secs);
        let (ended, live) = std::mem::take(&mut self.live).into_iter().partition(gone);
        self.live = live;
        self.done.extend::<Vec<_>>(ended);
    }

    /// A newcomer is taken for someone who left only if just one who left and just one newcomer fit each other.
    fn welcome_back(&mut self, kind: TrackKind, seen: &[Seen<'_>], owner: &mut [Option<usize>], now: Time) {
        let fits = |track: &Live, bbox: &BBox| {
            apart(&track.bbox, bbox) <= 1.0 && resized(&track.bbox, bbox) <= 1.4 && track.last < now
        };
        let left: Vec<usize> =
            (0..self.live.len()).filter(|&i| self.live[i].kind == kind && self.live[i].left).collect();
        for column in 0..seen.len() {
            if owner[column].is_some() {
                continue;
            }
            let bbox = seen[column].bbox();
            let candidates: Vec<usize> = left.iter().copied().filter(|&i| fits(&self.live[i], &bbox)).collect();
            let [one] = candidates[..] else { continue };
            let rivals = (0..seen.len())
                .filter(|&other| other != column && owner[other].is_none_or(|o| o == one))
                .any(|other| fits(&self.live[one], &seen[other].bbox()));
            if !rivals {
                owner[column] = Some(one);
            }
        }
    }

    /// Counts the frames in which a face lies where a body has its nose and eyes.
    fn link(&mut self, frame: &FrameObservation, faces: &[TrackId], bodies: &[TrackId]) {
        const HEAD: [usize; 3] = [0, 2, 5];
        for (body, body_id) in frame.bodies.iter().zip(bodies) {
            let mut on = frame
                .faces
                .iter()
                .zip(faces)
                .filter(|(face, _)| {
                    body.keypoints.len() > HEAD[2]
                        && HEAD.iter().all(|&i| face.bbox.holds(body.keypoints[i][0], body.keypoints[i][1], 0.1))
                })
                .map(|(_, id)| *id);
            if let (Some(face_id), None) = (on.next(), on.next()) {
                *self.together.entry((face_id, *body_id)).or_default() += 1;
            }
        }
    }
}

impl Live {
    fn new(kind: TrackKind, now: Time, bbox: BBox) -> Self {
        let channels = match kind {
            TrackKind::Face => FACE_CHANNELS,
            TrackKind::Body => BODY_CHANNELS,
            // No voice is ever seen.
            TrackKind::Voice => &[],
        };
        let channels = channels
            .iter()
            .map(|&(name, width, step)| Channel { name: name.to_owned(), width, step, values: Vec::new() })
            .collect();
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
            fresh: TrackSamples { times: Vec::new(), channels },
        }
    }

    /// How badly a box would carry this track on; infinite when it cannot.
    fn cost(&self, bbox: &BBox, now: Time, settings: &TrackingSettings) -> f32 {
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

    fn see(&mut self, seen: &Seen<'_>, frame: &FrameObservation) {
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
            self.fresh.channels = Self::new(self.kind, frame.time, bbox).fresh.channels;
        }
        self.fresh.times.push(frame.time);
        match seen {
            Seen::Face(face) => face_sample(&mut self.fresh, face, frame),
            Seen::Body(body) => body_sample(&mut self.fresh, body, frame),
        }
    }
}

/// Name, numbers a sample, storage step of every face channel, in the order [`face_sample`] fills them.
const FACE_CHANNELS: &[(&str, usize, f32)] = &[
    ("box", 4, 0.125),
    ("score", 1, 0.001),
    ("landmarks", 478 * 3, 0.125),
    ("presence", 1, 0.001),
    ("expression.faceapi", 7, 0.001),
    ("expression.human", 7, 0.001),
    ("quality.sharpness", 1, 0.5),
    ("quality.cut_off", 1, 0.001),
    ("measure.head_yaw", 1, 0.05),
    ("measure.head_pitch", 1, 0.05),
    ("measure.head_roll", 1, 0.05),
    ("measure.gaze_x", 1, 0.002),
    ("measure.gaze_y", 1, 0.002),
    ("measure.eye_open.left", 1, 0.001),
    ("measure.eye_open.right", 1, 0.001),
    ("measure.brow_height.left", 1, 0.001),
    ("measure.brow_height.right", 1, 0.001),
    ("measure.mouth_open", 1, 0.001),
    ("measure.mouth_width", 1, 0.001),
    ("measure.misfit", 1, 0.01),
];

/// The same for bodies. `pose` mixes pixels and visibility, so its step is the finer of what either needs.
const BODY_CHANNELS: &[(&str, usize, f32)] = &[
    ("box", 4, 0.125),
    ("score", 1, 0.001),
    ("pose", 33 * 4, 0.03125),
    ("pose.world", 33 * 3, 0.001),
    ("measure.hand_height.left", 1, 0.002),
    ("measure.hand_height.right", 1, 0.002),
    ("measure.lean_side", 1, 0.05),
    ("measure.lean_forward", 1, 0.05),
];

/// Appends the rows of one sample to the channels in order; a row of the wrong width becomes NaN throughout.
fn append<'a>(samples: &mut TrackSamples, rows: impl IntoIterator<Item = &'a [f32]>) {
    let mut rows = rows.into_iter();
    for channel in samples.channels.iter_mut().filter(|c| !c.name.starts_with(OWN)) {
        match rows.next() {
            Some(row) if row.len() == channel.width => channel.values.extend_from_slice(row),
            _ => channel.values.extend(std::iter::repeat_n(f32::NAN, channel.width)),
        }
    }
}

fn box_row(b: &BBox) -> [f32; 4] {
    [b.x, b.y, b.width, b.height]
}

fn face_sample(samples: &mut TrackSamples, face: &FaceObservation, frame: &FrameObservation) {
    let m = measures::face(&face.landmarks);
    let numbers = m.map_or([f32::NAN; 12], |m| {
        [
            m.head_yaw,
            m.head_pitch,
            m.head_roll,
            m.gaze_x,
            m.gaze_y,
            m.eye_open_left,
            m.eye_open_right,
            m.brow_height_left,
            m.brow_height_right,
            m.mouth_open,
            m.mouth_width,
            m.misfit,
        ]
    });
    let cut_off = face.bbox.cut_off(frame.width, frame.height);
    let rows: [&[f32]; 8] = [
        &box_row(&face.bbox),
        &[face.score],
        face.landmarks.as_flattened(),
        &[face.presence],
        face.expression_faceapi.as_ref().map_or(&[], |p| &p[..]),
        face.expression_human.as_ref().map_or(&[], |p| &p[..]),
        &[face.sharpness],
        &[cut_off],
    ];
    append(samples, rows.into_iter().chain(numbers.chunks(1)));
    append_own(samples, &face.own);
}

fn body_sample(samples: &mut TrackSamples, body: &BodyObservation, _frame: &FrameObservation) {
    let m = measures::body(&body.keypoints, &body.world);
    let numbers = m.map_or([f32::NAN; 4], |m| [m.hand_height_left, m.hand_height_right, m.lean_side, m.lean_forward]);
    let rows: [&[f32]; 4] =
        [&box_row(&body.bbox), &[body.score], body.keypoints.as_flattened(), body.world.as_flattened()];
    append(samples, rows.into_iter().chain(numbers.chunks(1)));
    append_own(samples, &body.own);
}

fn secs(time: Time) -> f64 {
    time.secs()
}

/// Distance between centres in mean box sizes.
fn apart(a: &BBox, b: &BBox) -> f32 {
    let (ca, cb) = (a.centre(), b.centre());
    let size = (a.area().sqrt() + b.area().sqrt()) / 2.0;
    if size > 0.0 { (ca.0 - cb.0).hypot(ca.1 - cb.1) / size } else { f32::INFINITY }
}

/// How many times larger one box is than the other, by side, at least 1.
fn resized(a: &BBox, b: &BBox) -> f32 {
    let (a, b) = (a.area().sqrt(), b.area().sqrt());
    if a > 0.0 && b > 0.0 { (a / b).max(b / a) } else { f32::INFINITY }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(x: f32, y: f32, size: f32) -> FaceObservation {
        let bbox = BBox { x: x - size / 2.0, y: y - size / 2.0, width: size, height: size };
        FaceObservation { bbox, score: 0.9, presence: 0.9, sharpness: 100.0, ..Default::default() }
    }

    fn frame(number: i64, faces: Vec<FaceObservation>) -> FrameObservation {
        FrameObservation { time: Time::from_millis(number * 40), width: 640, height: 480, faces, ..Default::default() }
    }

    fn run(frames: impl IntoIterator<Item = FrameObservation>) -> Vec<TrackUpdate> {
        let mut tracker = Tracker::new(RunId::new(), TrackingSettings::default());
        for frame in frames {
            tracker.push(&frame);
        }
        tracker.finish()
    }

    #[test]
    fn two_people_who_pass_each_other_stay_themselves() {
        let tracks = run((0..50).map(|i| {
            let x = i as f32 * 10.0;
            let mut faces = vec![face(80.0 + x, 200.0, 80.0), face(570.0 - x, 230.0, 80.0)];
            if i % 2 == 1 {
                faces.reverse();
            }
            frame(i, faces)
        }));
        assert_eq!(tracks.len(), 2);
        for (track, sign) in tracks.iter().zip([1.0, -1.0]) {
            let x = &track.samples.channel("box").unwrap().values;
            assert_eq!(track.track.samples, 50);
            assert!(x.chunks(4).map(|b| b[0]).is_sorted_by(|a, b| (b - a) * sign > 0.0), "{x:?}");
        }
    }

    #[test]
    fn a_short_gap_is_bridged_and_a_cut_is_not() {
        let gap = run((0..60).filter(|i| !(20..35).contains(i)).map(|i| frame(i, vec![face(200.0, 200.0, 80.0)])));
        assert_eq!(gap.len(), 1);
        let cut = run((0..60).map(|i| {
            let mut frame = frame(i, vec![face(200.0, 200.0, 80.0)]);
            frame.change = if i == 30 { 0.8 } else { 0.05 };
            frame
        }));
        assert_eq!(cut.len(), 2);
        assert_eq!(cut[0].track.end, Time::from_millis(29 * 40));
        assert_eq!(cut[1].track.start, Time::from_millis(30 * 40));
        let jump = run((0..60).map(|i| {
            let shift = if i < 30 { 0.0 } else { 240.0 };
            frame(i, vec![face(80.0, 80.0 + shift, 60.0), face(300.0, 80.0 + shift, 60.0)])
        }));
        assert_eq!(jump.len(), 4);
    }

    #[test]
    fn who_comes_back_is_known_only_when_nobody_else_could_be_meant() {
        let away = |i: &i64| !(30..80).contains(i);
        let alone = run((0..120).filter(away).map(|i| frame(i, vec![face(200.0, 200.0, 80.0)])));
        assert_eq!(alone.len(), 1);
        let elsewhere = run((0..120).filter(away).map(|i| {
            let x = if i < 30 { 200.0 } else { 450.0 };
            frame(i, vec![face(x, 200.0, 80.0)])
        }));
        assert_eq!(elsewhere.len(), 2);
        let doubtful = run((0..120).filter(away).map(|i| {
            let mut faces = vec![face(200.0, 200.0, 80.0)];
            if i >= 80 {
                faces.push(face(240.0, 230.0, 80.0));
            }
            frame(i, faces)
        }));
        assert_eq!(doubtful.len(), 3, "two newcomers and one who left: both are new");
    }

    #[test]
    fn flicker_is_not_a_track_but_is_counted() {
        let mut tracker = Tracker::new(RunId::new(), TrackingSettings::default());
        for i in 0..50 {
            let mut faces = vec![face(200.0, 200.0, 80.0)];
            if i == 10 {
                faces.push(face(500.0, 100.0, 40.0));
            }
            tracker.push(&frame(i, faces));
        }
        assert_eq!(tracker.finish().len(), 1);
        assert_eq!(tracker.dropped(), 1);
    }

    #[test]
    fn news_comes_in_pieces_that_add_up() {
        let mut tracker = Tracker::new(RunId::new(), TrackingSettings::default());
        let mut times = Vec::new();
        for i in 0..50 {
            tracker.push(&frame(i, vec![face(200.0, 200.0, 80.0)]));
            if i % 10 == 9 {
                for update in tracker.take() {
                    assert_eq!(update.samples.channels.len(), FACE_CHANNELS.len());
                    for channel in &update.samples.channels {
                        assert_eq!(
                            channel.values.len(),
                            channel.width * update.samples.times.len(),
                            "{}",
                            channel.name
                        );
                    }
                    times.extend(update.samples.times);
                }
            }
        }
        assert_eq!(times, (0..50).map(|i| Time::from_millis(i * 40)).collect::<Vec<_>>());
        let last = tracker.finish();
        assert!(last[0].ended && last[0].samples.times.is_empty());
    }

    #[test]
    fn a_face_on_a_bodys_head_is_the_same_person() {
        let tracks = run((0..20).map(|i| {
            let mut frame = frame(i, vec![face(200.0, 100.0, 60.0), face(450.0, 100.0, 60.0)]);
            let mut keypoints = vec![[200.0, 300.0, 0.0, 0.9]; 33];
            for head in [0, 2, 5] {
                keypoints[head] = [195.0 + head as f32, 98.0, 0.0, 0.9];
            }
            let bbox = BBox { x: 120.0, y: 60.0, width: 160.0, height: 400.0 };
            frame.bodies.push(BodyObservation { bbox, score: 0.9, keypoints, ..Default::default() });
            frame
        }));
        let of = |kind| tracks.iter().filter(move |t| t.track.kind == kind).collect::<Vec<_>>();
        let (faces, bodies) = (of(TrackKind::Face), of(TrackKind::Body));
        assert_eq!((faces.len(), bodies.len()), (2, 1));
        let face = faces.iter().find(|f| f.companion.is_some()).unwrap();
        assert_eq!(face.companion, Some(bodies[0].track.id));
        assert_eq!(bodies[0].companion, Some(face.track.id));
        assert_eq!(faces.iter().filter(|f| f.companion.is_some()).count(), 1);
    }
}
