//! Bodies in space at a moment, and the names over boxes.

use super::curves::{Curves, around, reach};
use super::drawing::{Scene, color};
use crate::analysis::observation::BODY_KEYPOINTS;
use crate::app::show::Part;
use crate::domain::{Time, Track, TrackKind};
use crate::store::Reader;
use crate::ui::people::{NameTag, SpaceBody};

/// Points less visible are not drawn.
const VISIBLE: f32 = 0.5;
/// So many bodies stand beside each other at most.
const MOST: usize = 6;

impl Curves {
    /// Everybody's body in metres about their own hips, from left to right as in the picture.
    pub fn bodies(
        &mut self,
        read: Reader<'_>,
        scene: &Scene<'_>,
        time: Time,
        name: impl Fn(&Track) -> String,
    ) -> Vec<SpaceBody> {
        let slack = Time::from_millis(500);
        let here =
            |track: &&Track| track.kind == TrackKind::Body && track.start - slack <= time && time <= track.end + slack;
        let mut found: Vec<(f32, SpaceBody)> = Vec::new();
        for track in scene.tracks.iter().filter(here) {
            let world = self.series(read, track.id, "pose.world", around(time));
            let Some(points) = world.nearest(time, reach(&world)).filter(|row| row.len() == BODY_KEYPOINTS * 3) else {
                continue;
            };
            let pose = self.series(read, track.id, "pose", around(time));
            let pose = pose.nearest(time, reach(&pose));
            let visible = |i: usize| pose.and_then(|pose| pose.get(i * 4 + 3)).is_none_or(|v| *v >= VISIBLE);
            let hips = pose.and_then(|pose| Some((pose.get(23 * 4)? + pose.get(24 * 4)?) / 2.0));
            let points: Vec<Option<[f32; 3]>> = points
                .chunks_exact(3)
                .enumerate()
                .map(|(i, p)| (p.iter().all(|v| v.is_finite()) && visible(i)).then(|| [p[0], p[1], p[2]]))
                .collect();
            let body = SpaceBody { name: name(track), color: color(scene.people, track), points };
            found.push((hips.filter(|x| x.is_finite()).unwrap_or(0.0), body));
        }
        found.sort_by(|a, b| a.0.total_cmp(&b.0));
        found.into_iter().take(MOST).map(|(_, body)| body).collect()
    }

    /// The boxes of all faces, which no words may cover.
    pub fn faces(&mut self, read: Reader<'_>, scene: &Scene<'_>, time: Time) -> Vec<[f32; 4]> {
        let faces = scene.tracks.iter().filter(|track| track.kind == TrackKind::Face);
        faces.filter_map(|track| self.bbox(read, track, time)).collect()
    }

    /// A short name over every box but the selected one, which says more.
    pub fn names(
        &mut self,
        read: Reader<'_>,
        scene: &Scene<'_>,
        time: Time,
        name: impl Fn(&Track) -> String,
    ) -> Vec<NameTag> {
        if !scene.shown.has(Part::Boxes) {
            return Vec::new();
        }
        let faces = scene.tracks.iter().filter(|t| t.kind == TrackKind::Face && scene.selected != Some(t.id));
        faces
            .filter_map(|track| {
                let bbox = self.bbox(read, track, time)?;
                Some(NameTag { name: name(track), color: color(scene.people, track), bbox })
            })
            .collect()
    }
}
