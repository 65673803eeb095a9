//! When a face is fit for a print, and the colours under it.

use fieldgloss::analysis::observation::CLOTHES;
use fieldgloss::analysis::{BBox, FaceObservation, measures};
use fieldgloss::domain::Time;
use fieldgloss_worker::models::{FaceMesh, ModelError, ModelName, Networks, Picture};

/// Seconds between two prints of one face: they are averaged, and neighbouring frames say the same.
const EVERY_SECS: f64 = 0.8;
/// A face turned further, in degrees, is no longer like itself.
const LARGEST_YAW: f32 = 25.0;
const LARGEST_PITCH: f32 = 25.0;
/// Pixels of a face's longer side.
const LEAST_SIDE: f32 = 64.0;
/// Variance of the Laplacian: blurred faces look alike.
const LEAST_SHARPNESS: f32 = 40.0;
const LARGEST_CUT_OFF: f32 = 0.02;
const LEAST_PRESENCE: f32 = 0.9;
/// Levels a colour.
const LEVELS: usize = 4;
/// Pixels across and down that are looked at under a face.
const ACROSS: usize = 40;
const DOWN: usize = 30;

/// A frame in which faces were found.
pub struct Sight<'a> {
    pub networks: &'a Networks,
    pub picture: &'a Picture<'a>,
    pub rgb: &'a [u8],
    pub now: Time,
}

impl Sight<'_> {
    /// Adds a print and colours to what was seen of a face, where it is time and the face is fit for it. `others`: the
    /// other faces; `last`: when the last print, and the last colours, were taken.
    pub fn add(
        &self,
        mesh: &FaceMesh,
        seen: &mut FaceObservation,
        others: &[BBox],
        last: &mut (Option<Time>, Option<Time>),
    ) -> Result<(), ModelError> {
        if !self.networks.has(ModelName::Faceprint) {
            return Ok(());
        }
        let due = |last: Option<Time>| last.is_none_or(|last| (self.now - last).secs() >= EVERY_SECS);
        let size = (self.picture.width(), self.picture.height());
        if due(last.0) && is_fit(seen, others, size) {
            seen.print = self.networks.face_print(self.picture, mesh)?;
            last.0 = Some(self.now);
        }
        if due(last.1) {
            seen.clothes = clothes(self.rgb, size, &seen.bbox, others);
            last.1 = Some(self.now);
        }
        Ok(())
    }
}

/// Frontal, sharp, large enough, whole, and nobody in front of it.
fn is_fit(face: &FaceObservation, others: &[BBox], size: (usize, usize)) -> bool {
    let Some(measured) = measures::face(&face.landmarks) else { return false };
    measured.head_yaw.abs() <= LARGEST_YAW
        && measured.head_pitch.abs() <= LARGEST_PITCH
        && face.bbox.width.max(face.bbox.height) >= LEAST_SIDE
        && face.sharpness >= LEAST_SHARPNESS
        && face.presence >= LEAST_PRESENCE
        && face.bbox.cut_off(size.0 as u32, size.1 as u32) <= LARGEST_CUT_OFF
        && others.iter().all(|other| face.bbox.iou(other) <= 0.02)
}

/// Square roots of the shares of 64 colours in the box under a face, so that a cosine compares shares; empty where most of it
/// is out of the picture or somebody else is in it.
fn clothes(rgb: &[u8], (width, height): (usize, usize), face: &BBox, others: &[BBox]) -> Vec<f32> {
    let chest = BBox {
        x: face.x - 0.3 * face.width,
        y: face.y + 1.45 * face.height,
        width: 1.6 * face.width,
        height: face.height,
    };
    if chest.cut_off(width as u32, height as u32) > 0.4 || others.iter().any(|other| chest.iou(other) > 0.02) {
        return Vec::new();
    }
    let mut shares = vec![0.0_f32; CLOTHES];
    let mut count = 0.0_f32;
    for row in 0..DOWN {
        for column in 0..ACROSS {
            let x = chest.x + chest.width * (column as f32 + 0.5) / ACROSS as f32;
            let y = chest.y + chest.height * (row as f32 + 0.5) / DOWN as f32;
            if x < 0.0 || y < 0.0 || x >= width as f32 || y >= height as f32 {
                continue;
            }
            let at = (y as usize * width + x as usize) * 3;
            let Some([r, g, b]) = rgb.get(at..at + 3) else { continue };
            let level = |value: &u8| usize::from(*value) * LEVELS / 256;
            shares[(level(r) * LEVELS + level(g)) * LEVELS + level(b)] += 1.0;
            count += 1.0;
        }
    }
    if count == 0.0 {
        return Vec::new();
    }
    shares.iter_mut().for_each(|share| *share = (*share / count).sqrt());
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACE: BBox = BBox { x: 40.0, y: 10.0, width: 20.0, height: 20.0 };

    fn picture(low: [u8; 3]) -> Vec<u8> {
        (0..100 * 100).flat_map(|at| if at / 100 < 35 { [200, 200, 200] } else { low }).collect()
    }

    fn alike(a: &[f32], b: &[f32]) -> f32 {
        a.iter().zip(b).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn what_is_worn_is_under_the_face() {
        let of = |low| clothes(&picture(low), (100, 100), &FACE, &[]);
        let (red, blue) = (of([220, 10, 10]), of([10, 10, 220]));
        assert!((alike(&red, &of([200, 20, 30])) - 1.0).abs() < 1e-5);
        assert!(alike(&red, &blue) < 0.1);
    }

    #[test]
    fn what_is_not_in_the_picture_or_is_somebody_elses_is_not_told() {
        let rgb = picture([220, 10, 10]);
        assert!(clothes(&rgb, (100, 100), &BBox { y: 80.0, ..FACE }, &[]).is_empty());
        assert!(clothes(&rgb, (100, 100), &FACE, &[BBox { x: 40.0, y: 45.0, ..FACE }]).is_empty());
    }
}
