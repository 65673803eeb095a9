//! Small faces in a large picture. Shown whole, a picture is shrunk until they are a few pixels wide, and no detector finds
//! them. So the far detector looks at parts of it; what may be a face there the near detector looks at closely.

use super::anchors::{Rect, merge};
use super::face_detect::{FAR, NEAR, POINTS, SAME, face};
use super::{DetectedFace, ModelError, ModelName, Networks, Picture, Point, Square};

/// Picture pixels a side of a part, at most: a face of 24 is 11 of the detector's then, which it finds nine times in ten.
const LARGEST: f32 = 416.0;
/// Neighbouring parts share this much of their side, so that a small face lies whole in one of them.
const SHARED: f32 = 0.2;
/// The parts of a picture too large for so many are larger, and the faces found in it too.
const MOST: usize = 24;
/// Parts that the detector is shown at once.
const BATCH: usize = 8;
/// What scores as little may be a face: at so few pixels the score hangs on where the face lies in the detector's grid.
const MAY_BE: f32 = 0.15;
/// Wider faces, in sides of the part, are found in the whole picture.
const WIDEST: f32 = 0.5;
/// Narrower ones, in picture pixels, are not looked for.
const NARROWEST: f32 = 14.0;
/// The near detector looks at squares of so many sides of the face, the next where the last found it, and must be as sure
/// each time. Of 900 places of pictures without a face where the far detector thought there might be one (machines, print,
/// stars, leaves, cups, coins) only heads on coins passed; of faces of 24 pixels 94 of 100.
const CLOSELY: [f32; 3] = [4.5, 3.0, 2.0];
const SURE: f32 = 0.74;
/// Half covered faces score 0.67 and more in two looks of three, flowers 0.5 at most.
const BELIEVED: f32 = 0.6;
/// Places looked at closely for each part, at most: time must be bounded whatever a picture shows.
const MOST_CLOSELY: usize = 8;
/// What lies by this much within a known face is a part of it.
const WITHIN: f32 = 0.6;

/// The parts in which small faces of a picture are looked for, row by row: none of a picture in which the whole shows them.
pub fn face_parts(picture: &Picture<'_>) -> Vec<Square> {
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    if width.max(height) <= LARGEST {
        return Vec::new();
    }
    let mut side = LARGEST;
    let (mut columns, mut rows) = (count(width, side), count(height, side));
    while columns * rows > MOST {
        side *= 1.05;
        (columns, rows) = (count(width, side), count(height, side));
    }
    // As small as so many may be.
    let least = |length: f32, count: usize| length / (count as f32 - (count as f32 - 1.0) * SHARED);
    let side = side.min(least(width, columns).max(least(height, rows)));
    let centre = |length: f32, count: usize, at: usize| match count {
        1 => length / 2.0,
        _ => side / 2.0 + (length - side) * at as f32 / (count - 1) as f32,
    };
    let at = |row, column| Point { x: centre(width, columns, column), y: centre(height, rows, row) };
    let places = (0..rows).flat_map(|row| (0..columns).map(move |column| at(row, column)));
    places.map(|centre| Square { centre, side, angle: 0.0 }).collect()
}

/// How many parts of a side cover a length.
fn count(length: f32, side: f32) -> usize {
    let shared = SHARED * side;
    ((length - shared) / (side - shared)).ceil().max(1.0) as usize
}

impl Networks {
    /// The small faces in some `parts` of a picture (see [`face_parts`]), without those that are `known`
    /// already and whatever lies within these. Needs both detectors: nobody without.
    ///
    /// # Errors
    /// Whatever running them gives.
    pub fn faces_in(
        &self,
        picture: &Picture<'_>,
        parts: &[Square],
        known: &[Rect],
    ) -> Result<Vec<DetectedFace>, ModelError> {
        let mut found: Vec<DetectedFace> = Vec::new();
        if parts.is_empty() || !self.has(ModelName::FaceDetectNear) || !self.has(ModelName::FaceDetectFar) {
            return Ok(found);
        }
        let mut places = Vec::new();
        for parts in parts.chunks(BATCH) {
            let answers = self.module(ModelName::FaceDetectFar)?.look_at_each(picture, parts)?;
            for (part, answer) in parts.iter().zip(answers) {
                let candidates = merge(FAR.decode(&answer, POINTS, part, MAY_BE), SAME);
                let fitting = NARROWEST..=WIDEST * part.side;
                places.extend(candidates.into_iter().filter(|one| fitting.contains(&one.rect.width)));
            }
        }
        places.sort_by(|a, b| b.score.total_cmp(&a.score));
        let mut looks = MOST_CLOSELY * parts.len();
        let new = |rect: &Rect, found: &[DetectedFace]| {
            let others = known.iter().chain(found.iter().map(|face| &face.rect));
            others.into_iter().all(|other| other.overlap(rect) <= SAME && rect.within(other) <= WITHIN)
        };
        for place in places {
            if looks == 0 || !new(&place.rect, &found) {
                continue;
            }
            looks -= 1;
            if let Some(face) = self.face_at(picture, &place.rect)?.filter(|face| new(&face.rect, &found)) {
                found.push(face);
            }
        }
        Ok(found)
    }

    /// The face at a place where there may be one; `None` where the near detector, looking closely, is not sure of it.
    ///
    /// # Errors
    /// [`ModelError::NotLoaded`] without the near detector; whatever running it gives.
    pub fn face_at(&self, picture: &Picture<'_>, place: &Rect) -> Result<Option<DetectedFace>, ModelError> {
        let mut last: Option<DetectedFace> = None;
        for sides in CLOSELY {
            let rect = last.as_ref().map_or(*place, |face| face.rect);
            let Some(found) = self.look_closely(picture, &rect, sides, SURE)? else { return Ok(None) };
            let score = last.map_or(found.score, |last| last.score.min(found.score));
            last = Some(DetectedFace { score, ..found });
        }
        Ok(last)
    }

    /// The face of any size at a place where another detector saw one, where the near detector, looking closely, is of the
    /// same opinion in two of three looks: a hand or a board before a part of the face does not speak against it.
    ///
    /// # Errors
    /// [`ModelError::NotLoaded`] without the near detector; whatever running it gives.
    pub fn believed_face(&self, picture: &Picture<'_>, place: &Rect) -> Result<Option<DetectedFace>, ModelError> {
        let mut last: Option<DetectedFace> = None;
        let mut scores = [0.0; CLOSELY.len()];
        for (score, sides) in scores.iter_mut().zip(CLOSELY) {
            let rect = last.as_ref().map_or(*place, |face| face.rect);
            if let Some(found) = self.look_closely(picture, &rect, sides, MAY_BE)? {
                *score = found.score;
                last = Some(found);
            }
        }
        scores.sort_by(f32::total_cmp);
        let score = scores[1];
        Ok(last.filter(|_| score >= BELIEVED).map(|face| DetectedFace { score, ..face }))
    }

    /// The face that the near detector finds at a place when it is shown a square of so many of its sides.
    fn look_closely(
        &self,
        picture: &Picture<'_>,
        place: &Rect,
        sides: f32,
        least: f32,
    ) -> Result<Option<DetectedFace>, ModelError> {
        let size = place.width.max(place.height);
        let square = Square { centre: place.centre(), side: sides * size, angle: 0.0 };
        let module = self.module(ModelName::FaceDetectNear)?;
        if !square.is_usable() {
            return Ok(None);
        }
        let outputs = module.look(picture, &square)?;
        let same = |rect: &Rect| {
            let (centre, other) = (rect.centre(), place.centre());
            (centre.x - other.x).abs().max((centre.y - other.y).abs()) < 0.5 * size
                && (0.4 * size..2.5 * size).contains(&rect.width)
        };
        let mut found = merge(NEAR.decode(&outputs[0], POINTS, &square, least), SAME).into_iter();
        Ok(found.find(|one| same(&one.rect)).and_then(|one| face(one, ModelName::FaceDetectNear)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(width: usize, height: usize) -> Vec<Square> {
        let rgb = vec![0; width * height * 3];
        face_parts(&Picture::new(width, height, &rgb).unwrap())
    }

    #[test]
    fn parts_cover_a_picture_and_a_small_face_lies_whole_in_one() {
        for (width, height, expected) in
            [(640, 480, 4), (1280, 720, 8), (1920, 1080, 18), (720, 1280, 8), (3840, 2160, 24), (5000, 50, 15)]
        {
            let parts = parts(width, height);
            assert_eq!(parts.len(), expected, "{width} x {height}");
            let side = parts[0].side;
            assert!(side <= LARGEST || width.max(height) > 2000, "{side}");
            // A face that the shared strip holds, wherever it is.
            let face = 0.95 * SHARED * side;
            let steps = |length: usize| (0..=40).map(move |k| (length as f32 - face).max(0.0) * k as f32 / 40.0);
            for (x, y) in steps(width).flat_map(|x| steps(height).map(move |y| (x, y))) {
                let holds = |part: &&Square| {
                    let (left, top) = (part.centre.x - side / 2.0 - 0.1, part.centre.y - side / 2.0 - 0.1);
                    let end = side + 0.2 - face.min(height as f32);
                    (0.0..=end).contains(&(x - left)) && (0.0..=end).contains(&(y - top))
                };
                assert!(parts.iter().any(|part| holds(&part)), "{width} x {height}: {x} {y}");
            }
        }
        assert!(parts(416, 300).is_empty());
    }
}
