//! Everything seen at a moment as strokes over the picture: boxes, meshes, skeletons, gaze, trails, each person in
//! their own colour.

use std::sync::Arc;

use eframe::egui::Color32;

use super::PeoplePlace;
use super::curves::{Curves, around, reach};
use crate::analysis::contours::{FEATURES, OVAL, PUPILS};
use crate::analysis::gaze;
use crate::analysis::observation::BONES;
use crate::app::core::Core;
use crate::app::edit;
use crate::app::i18n::tr_args;
use crate::app::seen::{COLORS, color_of};
use crate::app::show::{Part, Shown};
use crate::domain::{Person, Span, Time, Track, TrackId, TrackKind};
use crate::render::overlay::Stroke;
use crate::store::Reader;
use crate::ui::people::share;
use crate::ui::theme::{DARK, opaque};

/// How far back trails reach.
const TRAIL: Time = Time::from_millis(1_500);
/// Of the body: wrists. A face leaves the trail of its middle.
const WRISTS: [usize; 2] = [15, 16];
/// Length of the gaze, in widths of the face.
const GAZE: f32 = 1.1;
const VISIBLE: f32 = 0.5;

/// Who is drawn, and how.
pub(in crate::app::places) struct Scene<'a> {
    pub tracks: &'a [Track],
    pub people: &'a [Person],
    /// Its box is in accent, the rest of it stronger.
    pub selected: Option<TrackId>,
    pub shown: Shown,
}

impl Scene<'_> {
    /// Whether faces are hidden and this is one of somebody who did not agree to be seen.
    fn hides(&self, track: &Track) -> bool {
        let agreed = |person: &Person| Some(person.id) == track.person && person.consent.given == Some(true);
        self.shown.has(Part::HiddenFaces) && !self.people.iter().any(agreed)
    }
}

/// The colour of somebody, in both themes: it is drawn on pictures.
pub(in crate::app::places) fn color(people: &[Person], track: &Track) -> Color32 {
    opaque(COLORS[color_of(people, track) % COLORS.len()])
}

impl PeoplePlace {
    /// What is drawn over the picture.
    pub(super) fn draw(&mut self, core: &mut Core) {
        let Some(review) = &self.review else { return };
        let now = (self.moment, core.shown);
        if self.drawn == Some(now) {
            return;
        }
        self.drawn = Some(now);
        let read = core.store.read();
        let tag = core.selection.tag.and_then(|id| review.tag(id));
        let selected = tag.map(|t| t.track);
        let tracks = review.drawn_at(self.moment, selected);
        let scene = Scene { tracks: &tracks, people: &review.people, selected, shown: core.shown };
        self.model.picture.strokes = Arc::new(self.curves.strokes(read, &scene, self.moment));
        self.model.picture.names = self.curves.names(read, &scene, self.moment, |track| review.name_of(track).1);
        self.model.picture.faces = self.curves.faces(read, &scene, self.moment);
        self.model.space = match core.shown.has(Part::Space) {
            true => self.curves.bodies(read, &scene, self.moment, |track| review.name_of(track).1),
            false => Vec::new(),
        };
        self.model.picture.label = tag.and_then(|tag| {
            let track = review.track(tag.track)?;
            if self.moment < tag.start || self.moment > tag.end {
                return None;
            }
            let bbox = self.curves.bbox(read, track, self.moment)?;
            let args = [
                ("who", review.name_of(track).1.into()),
                ("what", edit::tags::called(&tag.label, tag.evidence["model"].as_str()).into()),
                ("score", share(tag.confidence as f32).into()),
            ];
            Some((tr_args("people-label-chip", &args), bbox))
        });
    }
}

impl Curves {
    /// The strokes of a moment.
    pub fn strokes(&mut self, read: Reader<'_>, scene: &Scene<'_>, time: Time) -> Vec<Stroke> {
        let mut strokes = Vec::new();
        let slack = Time::from_millis(500);
        let here = |track: &&Track| track.start - slack <= time && time <= track.end + slack;
        for track in scene.tracks.iter().filter(here) {
            let chosen = scene.selected == Some(track.id);
            let color = color(scene.people, track);
            match track.kind {
                TrackKind::Face => self.face(read, scene, track, time, (chosen, color), &mut strokes),
                TrackKind::Body => self.body(read, scene, track, time, (chosen, color), &mut strokes),
                // Nothing to see of a voice.
                TrackKind::Voice => {}
            }
        }
        strokes
    }

    fn face(
        &mut self,
        read: Reader<'_>,
        scene: &Scene<'_>,
        track: &Track,
        time: Time,
        (chosen, color): (bool, Color32),
        strokes: &mut Vec<Stroke>,
    ) {
        if scene.shown.has(Part::Trails) {
            let boxes = self.series(read, track.id, "box", Span::new(time - TRAIL, time));
            let middles = boxes.rows().filter_map(|(at, row)| {
                let [x, y, w, h] = row.first_chunk::<4>().copied().filter(|b| b.iter().all(|v| v.is_finite()))?;
                Some((at, [x + w / 2.0, y + h / 2.0]))
            });
            trail(strokes, time, &middles.collect::<Vec<_>>(), color);
        }
        let Some(bbox) = self.bbox(read, track, time) else { return };
        if scene.shown.has(Part::Boxes) {
            let (edge, width) = if chosen { (DARK.accent, 2.5) } else { (color, 1.5) };
            strokes.extend(Stroke::frame(bbox, width, edge));
        }
        // The points of a hidden face are as good as a picture of it, and so is where it looks.
        if scene.hides(track) {
            return;
        }
        let series = self.series(read, track.id, "landmarks", around(time));
        let points: Option<Vec<Option<[f32; 2]>>> = series.nearest(time, reach(&series)).map(|row| {
            row.chunks_exact(3).map(|p| (p[0].is_finite() && p[1].is_finite()).then(|| [p[0], p[1]])).collect()
        });
        let at = |i: usize| points.as_ref().and_then(|points| points.get(i).copied().flatten());
        if scene.shown.has(Part::Mesh)
            && let Some(points) = &points
        {
            let faint = color.gamma_multiply(if chosen { 0.75 } else { 0.5 });
            strokes.extend(points.iter().flatten().map(|at| Stroke::point(*at, 1.6, faint)));
            let lines = FEATURES.iter().copied().chain([&OVAL[..]]);
            for pair in lines.flat_map(|line| line.windows(2)) {
                if let (Some(a), Some(b)) = (at(pair[0]), at(pair[1])) {
                    strokes.push(Stroke::line(a, b, 1.2, color.gamma_multiply(if chosen { 1.0 } else { 0.8 })));
                }
            }
        }
        if scene.shown.has(Part::Gaze)
            && let Some([x, y, _]) = self.gaze(read, track, time)
            && let (Some(a), Some(b)) = (at(PUPILS[0]), at(PUPILS[1]))
        {
            let from = [(a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0];
            let to = [from[0] + x * bbox[2] * GAZE, from[1] - y * bbox[2] * GAZE];
            arrow(strokes, from, to, bbox[2] * 0.09, color);
        }
    }

    /// Where a face looks: x to the right, y up, z to the viewer.
    fn gaze(&mut self, read: Reader<'_>, track: &Track, time: Time) -> Option<[f32; 3]> {
        let mut one = |name: &str| {
            let series = self.series(read, track.id, name, around(time));
            series.nearest(time, reach(&series)).and_then(|row| row.first().copied())
        };
        let (yaw, pitch, roll) = (one("measure.head_yaw")?, one("measure.head_pitch")?, one("measure.head_roll")?);
        gaze::direction(yaw, pitch, roll, [one("measure.gaze_x")?, one("measure.gaze_y")?])
    }

    fn body(
        &mut self,
        read: Reader<'_>,
        scene: &Scene<'_>,
        track: &Track,
        time: Time,
        (chosen, color): (bool, Color32),
        strokes: &mut Vec<Stroke>,
    ) {
        let seen = |points: &[f32], i: usize| -> Option<[f32; 2]> {
            let point = points.get(i * 4..i * 4 + 4)?;
            (point[0].is_finite() && point[1].is_finite() && point[3] >= VISIBLE).then(|| [point[0], point[1]])
        };
        if scene.shown.has(Part::Trails) {
            let poses = self.series(read, track.id, "pose", Span::new(time - TRAIL, time));
            for wrist in WRISTS {
                let places: Vec<(Time, [f32; 2])> =
                    poses.rows().filter_map(|(at, row)| Some((at, seen(row, wrist)?))).collect();
                trail(strokes, time, &places, color);
            }
        }
        if !scene.shown.has(Part::Skeleton) {
            return;
        }
        let series = self.series(read, track.id, "pose", around(time));
        let Some(points) = series.nearest(time, reach(&series)) else { return };
        let width = if chosen { 4.0 } else { 3.0 };
        // A dark edge, so that the bones are seen on any clothes.
        let bones: Vec<([f32; 2], [f32; 2])> =
            BONES.iter().filter_map(|(a, b)| Some((seen(points, *a)?, seen(points, *b)?))).collect();
        let ground = DARK.stage.gamma_multiply(0.55);
        strokes.extend(bones.iter().map(|(a, b)| Stroke::line(*a, *b, width + 2.0, ground)));
        strokes.extend(bones.iter().map(|(a, b)| Stroke::line(*a, *b, width, color.gamma_multiply(0.9))));
        for at in (11..33).filter_map(|i| seen(points, i)) {
            strokes.push(Stroke::point(at, width + 4.0, ground));
            strokes.push(Stroke::point(at, width + 2.0, color));
        }
        super::hands::strokes(strokes, self, read, track, time, chosen);
    }
}

/// A line from where something was to where it is, thinner and fainter the longer ago.
fn trail(strokes: &mut Vec<Stroke>, now: Time, places: &[(Time, [f32; 2])], color: Color32) {
    for pair in places.windows(2) {
        let ([(before, a), (after, b)], age) = ([pair[0], pair[1]], (now - pair[1].0).secs() / TRAIL.secs());
        // Not across a gap.
        if (after - before).secs() > 0.5 {
            continue;
        }
        let left = (1.0 - age as f32).clamp(0.0, 1.0);
        strokes.push(Stroke::line(a, b, 1.0 + 3.0 * left, color.gamma_multiply(0.15 + 0.7 * left)));
    }
}

fn arrow(strokes: &mut Vec<Stroke>, from: [f32; 2], to: [f32; 2], head: f32, color: Color32) {
    let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
    let length = dx.hypot(dy);
    strokes.push(Stroke::point(from, 5.0, color));
    // Straight at the camera there is a point and no arrow.
    if length < head {
        return;
    }
    let (ux, uy) = (dx / length, dy / length);
    let wing = |side: f32| [to[0] - ux * head - uy * side * head * 0.6, to[1] - uy * head + ux * side * head * 0.6];
    let ground = DARK.stage.gamma_multiply(0.55);
    strokes.push(Stroke::line(from, to, 4.5, ground));
    for end in [from, wing(1.0), wing(-1.0)] {
        strokes.push(Stroke::line(end, to, 2.5, color));
    }
}
