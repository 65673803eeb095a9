//! Looks at one frame after another: whoever was seen is followed from their own landmarks, the detectors are run
//! now and then, at a cut, and when somebody is lost.

use fieldgloss::analysis::{BBox, BodyObservation, Expression, FaceObservation, FrameObservation};
use fieldgloss::domain::Time;
use fieldgloss_worker::models::{
    DetectedFace, FaceMesh, FaceSearch, ModelError, ModelName, Networks, Picture, Point, Pose, Rect, Square,
};

use crate::hands::Hands;
use crate::prints::Sight;
use crate::quality::{Quality, detail, quality};
use crate::scene::{NEW_SCENE, Scene};
use crate::sweep::Sweep;

/// Seconds between two runs of the detectors while everybody is followed.
const DETECT_EVERY_SECS: f64 = 0.4;
/// A mesh or pose less sure of itself is lost.
const LEAST_PRESENCE: f32 = 0.5;
/// A face without a mesh (turned away, half hidden) must score this much to be told.
const FACE_ALONE: f32 = 0.65;
/// One that scores less is looked at closely before it is followed: the mesh is laid over leaves and machines too.
const DOUBTFUL: f32 = 0.65;
/// A clear standing figure may score as little; the pose network then says whether it is one.
const BODY_SCORE: f32 = 0.2;
/// Boxes that share more are one person.
const SAME: f32 = 0.4;
/// A face lies within what was taken for one, by this share.
const A_PART: f32 = 0.7;
/// A followed face that the detectors missed so often in a row was none.
const UNCONFIRMED: u32 = 6;
/// Unless its mesh is as sure.
const CERTAIN: f32 = 0.95;
/// The mesh of a new face is laid this often from its own landmarks: the detector's box is not where the mesh looks best,
/// and a head that seems to turn while the mesh finds its place would be taken for a nod.
const SETTLE: usize = 4;
/// It has found its place when its region moves by less, in sizes of the region.
const SETTLED: f32 = 0.005;

/// The looker over one video. Frames must come in order.
pub struct Looker<'a> {
    networks: &'a Networks,
    /// When the detectors last ran.
    detected: Option<Time>,
    faces: Vec<Followed>,
    bodies: Vec<(Square, Hands)>,
    scene: Option<Scene>,
    /// For faces that are small in the picture.
    sweep: Sweep,
    /// Somebody was lost in the last frame.
    lost_face: bool,
    lost_body: bool,
}

struct Followed {
    region: Square,
    /// Of the last detection.
    score: f32,
    unconfirmed: u32,
    /// When its last print, and the last colours under it, were taken.
    printed: (Option<Time>, Option<Time>),
}

impl Followed {
    /// Where the face was, without the surroundings that the mesh wants.
    fn place(&self) -> Rect {
        let Square { centre, side, .. } = self.region;
        let side = side / 1.5;
        Rect { x: centre.x - side / 2.0, y: centre.y - side / 2.0, width: side, height: side }
    }
}

impl<'a> Looker<'a> {
    /// A looker that knows nobody yet.
    pub fn new(networks: &'a Networks) -> Self {
        Self {
            networks,
            detected: None,
            faces: Vec::new(),
            bodies: Vec::new(),
            scene: None,
            sweep: Sweep::default(),
            lost_face: true,
            lost_body: true,
        }
    }

    /// One that knows nobody, but remembers what the last frame looked like.
    pub fn restarted(&self) -> Self {
        Self { scene: self.scene.clone(), ..Self::new(self.networks) }
    }

    /// Notes what a frame looks like, and nothing else.
    pub fn glance(&mut self, picture: &Picture<'_>, rgb: &[u8]) {
        self.scene = Some(Scene::of(picture.width(), rgb));
    }

    /// Everything the loaded networks see in this frame.
    ///
    /// # Errors
    /// Whatever running a network gives.
    pub fn look(&mut self, picture: &Picture<'_>, rgb: &[u8], time: Time) -> Result<FrameObservation, ModelError> {
        let (change, still) = match &mut self.scene {
            Some(scene) => scene.next(picture.width(), rgb),
            scene => {
                *scene = Some(Scene::of(picture.width(), rgb));
                (0.0, false)
            }
        };
        if change >= NEW_SCENE {
            self.faces.clear();
            self.bodies.clear();
            self.sweep = Sweep::default();
            self.detected = None;
        }
        let due = self.detected.is_none_or(|last| (time - last).secs() > DETECT_EVERY_SECS - 0.005);
        if due {
            self.detected = Some(time);
        }
        Ok(FrameObservation {
            time,
            width: picture.width() as u32,
            height: picture.height() as u32,
            change,
            still,
            faces: self.faces(picture, rgb, time, due)?,
            bodies: self.bodies(picture, due)?,
        })
    }

    fn faces(
        &mut self,
        picture: &Picture<'_>,
        rgb: &[u8],
        time: Time,
        due: bool,
    ) -> Result<Vec<FaceObservation>, ModelError> {
        let networks = self.networks;
        if !networks.has(ModelName::FaceDetectNear) && !networks.has(ModelName::FaceDetectFar) {
            return Ok(Vec::new());
        }
        let mut followed: Vec<(Followed, FaceMesh)> = Vec::new();
        for face in std::mem::take(&mut self.faces) {
            match networks.face_mesh(picture, &face.region)? {
                Some(mesh) if mesh.presence >= LEAST_PRESENCE => keep_surest(&mut followed, face, mesh),
                _ => {
                    self.lost_face = true;
                    self.sweep.lost(picture, face.place(), time);
                }
            }
        }
        let alone = self.search(picture, time, due, &mut followed)?;
        let mut seen = Vec::with_capacity(followed.len() + alone.len());
        let sight = Sight { networks, picture, rgb, now: time };
        let places: Vec<BBox> = followed.iter().map(|(_, mesh)| mesh_box(mesh)).collect();
        for (at, (mut face, mesh)) in followed.into_iter().enumerate() {
            let mut told = self.face(picture, &face, &mesh)?;
            let others: Vec<BBox> = places.iter().enumerate().filter(|(o, _)| *o != at).map(|(_, b)| *b).collect();
            sight.add(&mesh, &mut told, &others, &mut face.printed)?;
            seen.push(told);
            self.faces.push(Followed { region: mesh.next_region(), ..face });
        }
        for mut face in alone {
            let (x, y) = face.bbox.centre();
            let side = face.bbox.width.max(face.bbox.height);
            let told = quality(picture, &Square { centre: Point { x, y }, side, angle: 0.0 });
            (face.sharpness, face.brightness) = (told.sharpness, told.brightness);
            seen.push(face);
        }
        Ok(seen)
    }

    /// Runs the detectors where that is due: they confirm who is `followed` and find others. Answers the faces without a
    /// mesh.
    fn search(
        &mut self,
        picture: &Picture<'_>,
        time: Time,
        due: bool,
        followed: &mut Vec<(Followed, FaceMesh)>,
    ) -> Result<Vec<FaceObservation>, ModelError> {
        let networks = self.networks;
        let mut alone = Vec::new();
        let whole = due || self.lost_face || followed.is_empty() || !networks.has(ModelName::FaceMesh);
        if !whole && !self.sweep.is_waiting() {
            return Ok(alone);
        }
        if whole {
            self.lost_face = false;
            for (face, _) in followed.iter_mut() {
                face.unconfirmed += 1;
            }
            for found in networks.detect_faces(picture, &FaceSearch::default())? {
                self.meet(picture, found, false, followed, &mut alone)?;
            }
        }
        let known: Vec<Rect> = followed.iter().map(|(_, mesh)| rect_of(&mesh_box(mesh))).collect();
        for found in self.sweep.look(networks, picture, time, due, &known)? {
            self.meet(picture, found, true, followed, &mut alone)?;
        }
        // A face of which the most lies within such a thing is the face there.
        alone.retain(|face| {
            let all = rect_of(&face.bbox);
            followed.iter().all(|(_, mesh)| rect_of(&mesh_box(mesh)).within(&all) < A_PART)
        });
        for face in &alone {
            // Without landmarks there is nothing to follow it by: it is looked for again in the next frame.
            self.lost_face = true;
            self.sweep.lost(picture, rect_of(&face.bbox), time);
        }
        for (face, mesh) in followed.iter_mut().filter(|(face, _)| face.unconfirmed >= UNCONFIRMED) {
            // What the detectors cannot see in the whole picture they have not missed there.
            let place = rect_of(&mesh_box(mesh));
            if mesh.presence < CERTAIN && Sweep::confirms(networks, picture, &place)? {
                face.unconfirmed = 0;
            }
        }
        followed.retain(|(face, mesh)| face.unconfirmed < UNCONFIRMED || mesh.presence >= CERTAIN);
        Ok(alone)
    }

    /// A face that a detector found: one that is followed, or a new one. `closely`: it was looked at from near.
    fn meet(
        &self,
        picture: &Picture<'_>,
        mut found: DetectedFace,
        closely: bool,
        followed: &mut Vec<(Followed, FaceMesh)>,
        alone: &mut Vec<FaceObservation>,
    ) -> Result<(), ModelError> {
        if is_followed(followed, &found) {
            return Ok(());
        }
        // Head and shoulders of somebody far away look like a face, too, to a detector that is shown the whole picture.
        let said = found.score;
        let doubtful = said < DOUBTFUL || Sweep::is_small(picture, found.rect.width / 2.0);
        let mut believed = true;
        if doubtful && !closely && self.networks.has(ModelName::FaceDetectNear) {
            match self.networks.believed_face(picture, &found.rect)? {
                Some(face) if is_followed(followed, &face) => return Ok(()),
                Some(face) => found = face,
                None => believed = false,
            }
        }
        let has_mesh = self.networks.has(ModelName::FaceMesh);
        let mesh = if has_mesh && believed { self.settled(picture, &found.region())? } else { None };
        let bbox = bbox(&found.rect);
        match mesh {
            Some(mesh) if mesh.presence >= LEAST_PRESENCE => {
                let (region, score) = (found.region(), found.score);
                keep_surest(followed, Followed { region, score, unconfirmed: 0, printed: (None, None) }, mesh);
            }
            _ if (said >= FACE_ALONE || !has_mesh) && !alone.iter().any(|face| same(&face.bbox, &bbox)) => {
                alone.push(FaceObservation { bbox, score: said, ..Default::default() });
            }
            _ => {}
        }
        Ok(())
    }

    /// The mesh of a face just detected, once it has found its place.
    fn settled(&self, picture: &Picture<'_>, region: &Square) -> Result<Option<FaceMesh>, ModelError> {
        let Some(mut mesh) = self.networks.face_mesh(picture, region)? else { return Ok(None) };
        let mut from = *region;
        for _ in 0..SETTLE {
            let next = mesh.next_region();
            let moved =
                (next.centre.x - from.centre.x).hypot(next.centre.y - from.centre.y) + (next.side - from.side).abs();
            if mesh.presence < LEAST_PRESENCE || !next.is_usable() || moved < SETTLED * next.side {
                break;
            }
            match self.networks.face_mesh(picture, &next)? {
                Some(better) if better.presence >= LEAST_PRESENCE => (mesh, from) = (better, next),
                _ => break,
            }
        }
        Ok(Some(mesh))
    }

    fn face(&self, picture: &Picture<'_>, face: &Followed, mesh: &FaceMesh) -> Result<FaceObservation, ModelError> {
        let (mut faceapi, mut human) = (None, None);
        if self.networks.has(ModelName::ExpressionFaceapi) || self.networks.has(ModelName::ExpressionHuman) {
            for reading in self.networks.expressions(picture, mesh)? {
                let scores = in_our_order(&reading.shares);
                match reading.by {
                    ModelName::ExpressionFaceapi => faceapi = Some(scores),
                    _ => human = Some(scores),
                }
            }
        }
        let close = Square::around(mesh.surface().map(|p| p.flat()), mesh.roll(), 1.0);
        let Quality { sharpness, brightness } = quality(picture, &close);
        Ok(FaceObservation {
            bbox: mesh_box(mesh),
            score: face.score,
            landmarks: mesh.points.iter().map(|p| [p.x, p.y, p.z]).collect(),
            presence: mesh.presence,
            expression_faceapi: faceapi,
            expression_human: human,
            sharpness,
            brightness,
            detail: detail(picture, mesh),
            ..Default::default()
        })
    }

    fn bodies(&mut self, picture: &Picture<'_>, due: bool) -> Result<Vec<BodyObservation>, ModelError> {
        let networks = self.networks;
        if !networks.has(ModelName::Pose) || !networks.has(ModelName::PoseDetect) {
            return Ok(Vec::new());
        }
        let mut poses: Vec<(Pose, Hands)> = Vec::new();
        let new_one = |poses: &mut Vec<(Pose, Hands)>, pose: Pose, hands: Hands| {
            let place = pose_box(&pose);
            if !poses.iter().any(|(other, _)| pose_box(other).iou(&place) > 0.6) {
                poses.push((pose, hands));
            }
        };
        for (region, hands) in std::mem::take(&mut self.bodies) {
            match networks.pose(picture, &region)? {
                Some(pose) if pose.presence >= LEAST_PRESENCE => new_one(&mut poses, pose, hands),
                _ => self.lost_body = true,
            }
        }
        if due || self.lost_body {
            self.lost_body = false;
            for found in networks.detect_bodies(picture, BODY_SCORE)? {
                let region = found.region();
                // A body that is followed already has its hips where this one has.
                let known = |pose: &Pose| {
                    let (a, b) = (pose.next_region.centre, region.centre);
                    (a.x - b.x).hypot(a.y - b.y) < 0.2 * pose.next_region.side
                };
                if poses.iter().any(|(pose, _)| known(pose)) {
                    continue;
                }
                let Some(rough) = networks.pose(picture, &region)? else { continue };
                if rough.presence < LEAST_PRESENCE {
                    continue;
                }
                match networks.pose(picture, &rough.next_region)? {
                    Some(pose) if pose.presence >= LEAST_PRESENCE => new_one(&mut poses, pose, Hands::default()),
                    _ => new_one(&mut poses, rough, Hands::default()),
                }
            }
        }
        let mut seen = Vec::with_capacity(poses.len());
        for (pose, mut hands) in poses {
            let mut found = body(&pose);
            if networks.has(ModelName::Hands) {
                [found.left_hand, found.right_hand] = hands.look(networks, picture, &pose)?;
            }
            self.bodies.push((pose.next_region, hands));
            seen.push(found);
        }
        Ok(seen)
    }
}

/// Two that have come to lie on one face are one: the surer mesh stays.
fn keep_surest(followed: &mut Vec<(Followed, FaceMesh)>, face: Followed, mesh: FaceMesh) {
    let place = mesh_box(&mesh);
    match followed.iter_mut().find(|(_, other)| same(&mesh_box(other), &place)) {
        Some(other) if other.1.presence < mesh.presence => *other = (face, mesh),
        Some(_) => {}
        None => followed.push((face, mesh)),
    }
}

/// Whether a face that was found is one that is followed, which is confirmed then.
fn is_followed(followed: &mut [(Followed, FaceMesh)], found: &DetectedFace) -> bool {
    let bbox = bbox(&found.rect);
    let Some((face, _)) = followed.iter_mut().find(|(_, mesh)| same(&mesh_box(mesh), &bbox)) else { return false };
    (face.score, face.unconfirmed) = (found.score, 0);
    true
}

fn same(a: &BBox, b: &BBox) -> bool {
    let ((ax, ay), (bx, by)) = (a.centre(), b.centre());
    a.iou(b) > SAME || (a.holds(bx, by, -0.2) && b.holds(ax, ay, -0.2))
}

fn bbox(rect: &Rect) -> BBox {
    BBox { x: rect.x, y: rect.y, width: rect.width, height: rect.height }
}

fn rect_of(bbox: &BBox) -> Rect {
    Rect { x: bbox.x, y: bbox.y, width: bbox.width, height: bbox.height }
}

/// The upright box around points; empty at the origin without points.
fn around(points: impl Iterator<Item = (f32, f32)>) -> BBox {
    let (mut left, mut top, mut right, mut bottom) =
        (f32::INFINITY, f32::INFINITY, f32::NEG_INFINITY, f32::NEG_INFINITY);
    for (x, y) in points {
        (left, right) = (left.min(x), right.max(x));
        (top, bottom) = (top.min(y), bottom.max(y));
    }
    if left <= right && top <= bottom {
        BBox { x: left, y: top, width: right - left, height: bottom - top }
    } else {
        BBox::default()
    }
}

fn mesh_box(mesh: &FaceMesh) -> BBox {
    around(mesh.surface().map(|p| (p.x, p.y)))
}

/// Around the points that are seen, or all when hardly any is.
fn pose_box(pose: &Pose) -> BBox {
    let seen = pose.points.iter().filter(|p| p.visibility >= 0.5);
    if seen.clone().count() >= 4 {
        around(seen.map(|p| (p.x, p.y)))
    } else {
        around(pose.points.iter().map(|p| (p.x, p.y)))
    }
}

fn body(pose: &Pose) -> BodyObservation {
    BodyObservation {
        bbox: pose_box(pose),
        score: pose.presence,
        keypoints: pose.points.iter().map(|p| [p.x, p.y, p.z, p.visibility.min(p.presence)]).collect(),
        world: pose.metres.iter().map(|p| [p.x, p.y, p.z]).collect(),
        ..BodyObservation::default()
    }
}

/// From the networks' order of expressions to the one that is told, by name.
fn in_our_order(shares: &[f32; 7]) -> [f32; 7] {
    Expression::ALL.map(|ours| {
        let at = fieldgloss_worker::models::EXPRESSIONS.iter().position(|theirs| theirs.label() == ours.name());
        at.map_or(0.0, |at| shares[at])
    })
}

/// Red, green, blue out of red, green, blue, alpha.
pub fn rgb_of(rgba: &[u8]) -> Vec<u8> {
    let mut rgb = Vec::with_capacity(rgba.len() / 4 * 3);
    for pixel in rgba.as_chunks::<4>().0 {
        rgb.extend_from_slice(&pixel[..3]);
    }
    rgb
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_matched_by_name() {
        let theirs = fieldgloss_worker::models::EXPRESSIONS;
        let mut shares = [0.0; 7];
        shares[theirs.iter().position(|e| e.label() == "surprise").unwrap()] = 1.0;
        assert_eq!(in_our_order(&shares), [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
    }
}
