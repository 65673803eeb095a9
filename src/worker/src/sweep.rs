//! When small faces of a large picture are looked for, and where: everywhere at the beginning of a block and of a scene,
//! then part after part, and closely where one was a moment ago.

use fieldgloss::domain::Time;
use fieldgloss_worker::models::{
    DetectedFace, ModelError, ModelName, Networks, Picture, Point, Rect, Square, face_parts,
};

/// Seconds in which every part of the picture has its turn. The first two rounds are made at once: one look misses one face
/// of ten, and what is missed at the beginning of a block or scene is missing there.
const ROUND_SECS: f64 = 4.0;
const AT_ONCE: usize = 2;
/// In each round the parts lie a little off where they were, in their sides: a face that falls between the detector's cells in
/// one falls into one in the next. Half a cell of the detector's 48.
const SHIFTS: [(f32, f32); 4] = [(0.0, 0.0), (HALF, HALF), (HALF, 0.0), (0.0, HALF)];
const HALF: f32 = 0.5 / 48.0;
/// A face that was lost is looked for in its place so long.
const AWAY_SECS: f64 = 1.0;
/// What the detector is shown whole it sees from so many of its pixels on.
const SEEN_WHOLE: f32 = 16.0 / 192.0;

/// A search over one block or scene.
#[derive(Default)]
pub struct Sweep {
    /// Width and height of the picture, and its parts.
    size: (usize, usize),
    parts: Vec<Square>,
    /// Whose turn it is, counted on through the rounds.
    next: usize,
    /// How many parts, or how much of one, should have had their turn by now.
    owed: f64,
    last: Option<Time>,
    /// Where small faces were that have no mesh, and since when.
    away: Vec<(Rect, Time)>,
}

impl Sweep {
    /// Whether someone is looked for in their place in the next frame.
    pub fn is_waiting(&self) -> bool {
        !self.away.is_empty()
    }

    /// Whether the detectors do not see a face so wide when they are shown the whole picture.
    pub fn is_small(picture: &Picture<'_>, width: f32) -> bool {
        width < SEEN_WHOLE * picture.width().max(picture.height()) as f32
    }

    /// A face has no mesh any more, or has none: it is looked for where it was.
    pub fn lost(&mut self, picture: &Picture<'_>, place: Rect, now: Time) {
        if Self::is_small(picture, place.width) {
            self.away.push((place, now));
        }
    }

    /// Whether a look from near confirms a small face.
    ///
    /// # Errors
    /// Whatever running the detector gives.
    pub fn confirms(networks: &Networks, picture: &Picture<'_>, place: &Rect) -> Result<bool, ModelError> {
        let can = networks.has(ModelName::FaceDetectNear) && Self::is_small(picture, place.width);
        Ok(can && networks.face_at(picture, place)?.is_some())
    }

    /// Faces that are not `known` yet, where it is their turn to be looked for: in parts only when `due`.
    ///
    /// # Errors
    /// Whatever running a network gives.
    pub fn look(
        &mut self,
        networks: &Networks,
        picture: &Picture<'_>,
        now: Time,
        due: bool,
        known: &[Rect],
    ) -> Result<Vec<DetectedFace>, ModelError> {
        let mut known = known.to_vec();
        let mut found = Vec::new();
        for (place, since) in std::mem::take(&mut self.away) {
            if !networks.has(ModelName::FaceDetectNear) || known.iter().any(|other| other.overlap(&place) > 0.3) {
                continue;
            }
            match networks.face_at(picture, &place)? {
                Some(face) => {
                    known.push(face.rect);
                    found.push(face);
                }
                None if (now - since).secs() < AWAY_SECS => self.away.push((place, since)),
                None => {}
            }
        }
        if due {
            found.extend(networks.faces_in(picture, &self.turn(picture, now), &known)?);
        }
        Ok(found)
    }

    /// The parts whose turn it is.
    fn turn(&mut self, picture: &Picture<'_>, now: Time) -> Vec<Square> {
        let size = (picture.width(), picture.height());
        let last = self.last.replace(now);
        if self.size != size {
            (self.size, self.parts, self.owed) = (size, face_parts(picture), 0.0);
            self.next = self.parts.len();
            return self.parts.clone();
        }
        let all = self.parts.len();
        let passed = last.map_or(0.0, |last| (now - last).secs());
        let owed = if self.next < AT_ONCE * all { all as f64 } else { self.owed + all as f64 * passed / ROUND_SECS };
        self.owed = owed.min(all as f64);
        let number = self.owed as usize;
        self.owed -= number as f64;
        let turn = (self.next..self.next + number).map(|at| self.part(at)).collect();
        self.next += number;
        turn
    }

    fn part(&self, at: usize) -> Square {
        let (round, at) = (at / self.parts.len().max(1), at % self.parts.len().max(1));
        let part = self.parts[at];
        let (across, down) = SHIFTS[round % SHIFTS.len()];
        Square { centre: Point { x: part.centre.x + across * part.side, y: part.centre.y + down * part.side }, ..part }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_has_its_turn_within_the_round_however_often_one_looks() {
        let rgb = vec![0; 1280 * 720 * 3];
        let picture = Picture::new(1280, 720, &rgb).unwrap();
        let at = |part: &Square, other: &Square| part.centre.distance(other.centre) < 0.02 * part.side;
        for pace in [100, 400, 1000, 5000] {
            let mut sweep = Sweep::default();
            let all = sweep.turn(&picture, Time::ZERO);
            assert_eq!(all.len(), 8, "everything at first");
            let mut time = 0;
            for round in [pace, 4000_i64, 4000] {
                let mut seen = Vec::new();
                for _ in 0..(round + pace - 1) / pace {
                    time += pace;
                    seen.extend(sweep.turn(&picture, Time::from_millis(time)));
                }
                assert_eq!(seen.len(), 8, "{pace} {round}");
                assert!(all.iter().all(|part| seen.iter().any(|other| at(part, other))), "{pace} {round}");
            }
        }
    }

    #[test]
    fn a_picture_of_another_size_is_searched_anew() {
        let (large, small) = (vec![0; 1280 * 720 * 3], vec![0; 320 * 240 * 3]);
        let mut sweep = Sweep::default();
        assert_eq!(sweep.turn(&Picture::new(1280, 720, &large).unwrap(), Time::ZERO).len(), 8);
        let small = Picture::new(320, 240, &small).unwrap();
        assert!(sweep.turn(&small, Time::from_millis(400)).is_empty());
        assert!(sweep.turn(&small, Time::from_millis(9000)).is_empty());
    }
}
