//! Looks at one frame after another: whoever was seen is followed from their own landmarks, the detectors are run
//! now and then, at a cut, and when somebody is lost.

use fieldgloss::analysis::{BBox, BodyObservation, Expression, FaceObservation, FrameObservation};
use fieldgloss::domain::Time;
use fieldgloss_worker::models::{
    FaceMesh, FaceSearch, ModelError, ModelName, Networks, Picture, Point, Pose, Rect, Square,
};

/// Seconds between two runs of the detectors while everybody is followed.
const DETECT_EVERY_SECS: f64 = 0.4;
/// A mesh or pose less sure of itself is lost.
const LEAST_PRESENCE: f32 = 0.5;
/// A face without a mesh (turned away, half hidden) must score this much to be told.
const FACE_ALONE: f32 = 0.65;
const BODY_SCORE: f32 = 0.3;
/// Boxes that share more are one person.
const SAME: f32 = 0.4;
/// A followed face that the detectors missed so often in a row was none.
const UNCONFIRMED: u32 = 6;
/// Histogram change at which everybody is looked for anew.
const NEW_SCENE: f32 = 0.35;
const BINS: usize = 64;
/// Side of the picture of a face on which blur is measured.
const SHARPNESS_SIDE: usize = 112;

/// The looker over one video. Frames must come in order.
pub struct Looker<'a> {
    networks: &'a Networks,
    /// When the detectors last ran.
    detected: Option<Time>,
    faces: Vec<Followed>,
    bodies: Vec<Square>,
    histogram: Option<[f32; BINS]>,
    /// Somebody was lost in the last frame.
    lost_face: bool,
    lost_body: bool,
}

struct Followed {
    region: Square,
    /// Of the last detection.
    score: f32,
    unconfirmed: u32,
}

impl<'a> Looker<'a> {
    /// A looker that knows nobody yet.
    pub fn new(networks: &'a Networks) -> Self {
        Self {
            networks,
            detected: None,
            faces: Vec::new(),
            bodies: Vec::new(),
            histogram: None,
            lost_face: true,
            lost_body: true,
        }
    }

    /// One that knows nobody, but remembers how bright the last frame was.
    pub fn restarted(&self) -> Self {
        Self { histogram: self.histogram, ..Self::new(self.networks) }
    }

    /// Notes how bright a frame is, and nothing else.
    pub fn glance(&mut self, rgb: &[u8]) {
        self.histogram = Some(brightness(rgb));
    }

    /// Everything the loaded networks see in this frame.
    ///
    /// # Errors
    /// Whatever running a network gives.
    pub fn look(&mut self, picture: &Picture<'_>, rgb: &[u8], time: Time) -> Result<FrameObservation, ModelError> {
        let histogram = brightness(rgb);
        let change = self.histogram.as_ref().map_or(0.0, |before| apart(before, &histogram));
        self.histogram = Some(histogram);
        if change >= NEW_SCENE {
            self.faces.clear();
            self.bodies.clear();
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
            faces: self.faces(picture, due)?,
            bodies: self.bodies(picture, due)?,
        })
    }

    fn faces(&mut self, picture: &Picture<'_>, due: bool) -> Result<Vec<FaceObservation>, ModelError> {
        let networks = self.networks;
        if !networks.has(ModelName::FaceDetectNear) && !networks.has(ModelName::FaceDetectFar) {
            return Ok(Vec::new());
        }
        let has_mesh = networks.has(ModelName::FaceMesh);
        let mut followed: Vec<(Followed, FaceMesh)> = Vec::new();
        for face in std::mem::take(&mut self.faces) {
            match networks.face_mesh(picture, &face.region)? {
                Some(mesh) if mesh.presence >= LEAST_PRESENCE => keep_surest(&mut followed, face, mesh),
                _ => self.lost_face = true,
            }
        }
        let mut alone = Vec::new();
        if due || self.lost_face || followed.is_empty() || !has_mesh {
            self.lost_face = false;
            for (face, _) in &mut followed {
                face.unconfirmed += 1;
            }
            for found in networks.detect_faces(picture, &FaceSearch::default())? {
                let rect = bbox(&found.rect);
                if let Some((face, _)) = followed.iter_mut().find(|(_, mesh)| same(&mesh_box(mesh), &rect)) {
                    (face.score, face.unconfirmed) = (found.score, 0);
                    continue;
                }
                let mesh = if has_mesh { networks.face_mesh(picture, &found.region())? } else { None };
                match mesh {
                    Some(mesh) if mesh.presence >= LEAST_PRESENCE => {
                        let face = Followed { region: found.region(), score: found.score, unconfirmed: 0 };
                        keep_surest(&mut followed, face, mesh);
                    }
                    // Without landmarks there is nothing to follow it by: it is looked for again in the next frame.
                    _ if found.score >= FACE_ALONE || !has_mesh => {
                        self.lost_face = true;
                        alone.push(FaceObservation { bbox: rect, score: found.score, ..Default::default() });
                    }
                    _ => {}
                }
            }
            followed.retain(|(face, mesh)| face.unconfirmed < UNCONFIRMED || mesh.presence >= 0.95);
        }
        let mut seen = Vec::with_capacity(followed.len() + alone.len());
        for (face, mesh) in followed {
            seen.push(self.face(picture, &face, &mesh)?);
            self.faces.push(Followed { region: mesh.next_region(), ..face });
        }
        for mut face in alone {
            let (x, y) = face.bbox.centre();
            let side = face.bbox.width.max(face.bbox.height);
            face.sharpness = sharpness(picture, &Square { centre: Point { x, y }, side, angle: 0.0 });
            seen.push(face);
        }
        Ok(seen)
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
        Ok(FaceObservation {
            bbox: mesh_box(mesh),
            score: face.score,
            landmarks: mesh.points.iter().map(|p| [p.x, p.y, p.z]).collect(),
            presence: mesh.presence,
            expression_faceapi: faceapi,
            expression_human: human,
            sharpness: sharpness(picture, &close),
            own: Vec::new(),
        })
    }

    fn bodies(&mut self, picture: &Picture<'_>, due: bool) -> Result<Vec<BodyObservation>, ModelError> {
        let networks = self.networks;
        if !networks.has(ModelName::Pose) || !networks.has(ModelName::PoseDetect) {
            return Ok(Vec::new());
        }
        let mut poses: Vec<Pose> = Vec::new();
        let new_one = |poses: &mut Vec<Pose>, pose: Pose| {
            let place = pose_box(&pose);
            if !poses.iter().any(|other| pose_box(other).iou(&place) > 0.6) {
                poses.push(pose);
            }
        };
        for region in std::mem::take(&mut self.bodies) {
            match networks.pose(picture, &region)? {
                Some(pose) if pose.presence >= LEAST_PRESENCE => new_one(&mut poses, pose),
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
                if poses.iter().any(known) {
                    continue;
                }
                let Some(rough) = networks.pose(picture, &region)? else { continue };
                if rough.presence < LEAST_PRESENCE {
                    continue;
                }
                match networks.pose(picture, &rough.next_region)? {
                    Some(pose) if pose.presence >= LEAST_PRESENCE => new_one(&mut poses, pose),
                    _ => new_one(&mut poses, rough),
                }
            }
        }
        self.bodies = poses.iter().map(|pose| pose.next_region).collect();
        Ok(poses.iter().map(body).collect())
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

fn same(a: &BBox, b: &BBox) -> bool {
    let ((ax, ay), (bx, by)) = (a.centre(), b.centre());
    a.iou(b) > SAME || (a.holds(bx, by, -0.2) && b.holds(ax, ay, -0.2))
}

fn bbox(rect: &Rect) -> BBox {
    BBox { x: rect.x, y: rect.y, width: rect.width, height: rect.height }
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
        own: Vec::new(),
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

fn grey(r: f32, g: f32, b: f32) -> f32 {
    0.299 * r + 0.587 * g + 0.114 * b
}

/// Shares of brightness, over about ten thousand pixels.
fn brightness(rgb: &[u8]) -> [f32; BINS] {
    let (pixels, _) = rgb.as_chunks::<3>();
    // An odd stride, or a picture whose width it divides is sampled in columns.
    let stride = (pixels.len() / 10_000).max(1) | 1;
    let mut bins = [0.0; BINS];
    let mut count = 0.0;
    for &[r, g, b] in pixels.iter().step_by(stride) {
        let level = grey(f32::from(r), f32::from(g), f32::from(b));
        bins[(level as usize * BINS / 256).min(BINS - 1)] += 1.0;
        count += 1.0;
    }
    bins.map(|n| n / f32::max(count, 1.0))
}

/// Half the sum of differences, 0 to 1. Neighbouring bins are pooled, so that a flicker of light is not a cut.
fn apart(a: &[f32; BINS], b: &[f32; BINS]) -> f32 {
    let pooled = |h: &[f32; BINS], i: usize| h[i * 4..i * 4 + 4].iter().sum::<f32>();
    (0..BINS / 4).map(|i| (pooled(a, i) - pooled(b, i)).abs()).sum::<f32>() / 2.0
}

/// Variance of the Laplacian of a face. A small face is not enlarged, which would blur it.
fn sharpness(picture: &Picture<'_>, square: &Square) -> f32 {
    if !square.is_usable() {
        return f32::NAN;
    }
    let side = (square.side as usize).clamp(8, SHARPNESS_SIDE);
    let pixels = square.sample(picture, side);
    let level: Vec<f32> = pixels.as_chunks::<3>().0.iter().map(|p| grey(p[0], p[1], p[2])).collect();
    let at = |x: usize, y: usize| level[y * side + x];
    let (mut sum, mut squares, mut count) = (0.0_f64, 0.0_f64, 0.0);
    for y in 1..side - 1 {
        for x in 1..side - 1 {
            let bend = f64::from(at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1) - 4.0 * at(x, y));
            sum += bend;
            squares += bend * bend;
            count += 1.0;
        }
    }
    (squares / count - (sum / count).powi(2)) as f32
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

    #[test]
    fn a_checkerboard_is_sharp_and_a_ramp_is_not() {
        let of = |value: fn(usize, usize) -> u8| -> f32 {
            let rgb: Vec<u8> = (0..100 * 100).flat_map(|i| [value(i % 100, i / 100); 3]).collect();
            let picture = Picture::new(100, 100, &rgb).unwrap();
            sharpness(&picture, &Square { centre: Point { x: 50.0, y: 50.0 }, side: 80.0, angle: 0.0 })
        };
        assert!(of(|x, y| if (x / 4 + y / 4) % 2 == 0 { 30 } else { 220 }) > 1000.0);
        assert!(of(|x, _| (x * 2) as u8) < 2.0);
    }

    #[test]
    fn another_scene_is_another_histogram() {
        let dark = brightness(&[20; 3000]);
        let light = brightness(&[200; 3000]);
        assert!(apart(&dark, &light) > 0.99);
        assert_eq!(apart(&dark, &brightness(&[20; 600])), 0.0);
    }
}
