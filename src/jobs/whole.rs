//! What the networks that need whole tracks need of them: paths of bodies, and where a face's points are.

use std::collections::BTreeMap;

use super::own::Chosen;
use crate::analysis::models::Use;
use crate::analysis::networks::micro;
use crate::analysis::networks::mixste::{self, Flat, JOINTS};
use crate::domain::{Time, TrackId, TrackSamples};

const POSE: &str = "pose";
const LANDMARKS: &str = "landmarks";

/// The looked-at points of a face.
pub type Mesh = [[f32; 2]; micro::POINTS.len()];

/// Gathered from samples as they come: a small part of them, so that an hour takes little memory.
#[derive(Clone, Debug, Default)]
pub struct Whole {
    /// Whether paths of bodies, and movements of faces, are wanted.
    bodies: bool,
    faces: bool,
    pub(super) paths: BTreeMap<TrackId, (Vec<Time>, Vec<Flat>)>,
    pub(super) meshes: BTreeMap<TrackId, (Vec<Time>, Vec<Mesh>)>,
}

impl Whole {
    /// What these models want.
    pub fn for_models(own: &[Chosen]) -> Self {
        let wants = |what: Use| own.iter().any(|own| own.card.used_on() == what);
        Self { bodies: wants(Use::BodyPath), faces: wants(Use::FacePair), ..Self::default() }
    }

    /// The channels that are looked into; none where no model wants anything.
    pub fn channels(&self) -> Vec<&'static str> {
        [(self.bodies, POSE), (self.faces, LANDMARKS)].into_iter().filter(|(on, _)| *on).map(|(_, name)| name).collect()
    }

    /// Takes what is needed of more samples of a track.
    pub fn take(&mut self, track: TrackId, samples: &TrackSamples) {
        if let Some(pose) = samples.channel(POSE).filter(|_| self.bodies) {
            let (times, path) = self.paths.entry(track).or_default();
            times.extend(&samples.times);
            let joints = |row: &[f32]| {
                let points: Vec<[f32; 2]> = row.as_chunks::<4>().0.iter().map(|[x, y, ..]| [*x, *y]).collect();
                mixste::joints(&points).unwrap_or([[f32::NAN; 2]; JOINTS])
            };
            path.extend(pose.values.chunks_exact(pose.width.max(1)).map(joints));
        }
        if let Some(mesh) = samples.channel(LANDMARKS).filter(|_| self.faces) {
            let (times, points) = self.meshes.entry(track).or_default();
            for (time, row) in samples.times.iter().zip(mesh.values.chunks_exact(mesh.width.max(1))) {
                if let Some(found) = micro::points(row).filter(|p| p.iter().flatten().all(|v| v.is_finite())) {
                    times.push(*time);
                    points.push(found);
                }
            }
        }
    }
}
