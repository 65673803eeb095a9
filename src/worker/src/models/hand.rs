//! Landmarks of a hand, in the picture and in metres.

use super::{ModelError, ModelName, Networks, Picture, Point, Point3, Pose, Square};

/// Points of a [`Hand`]: the wrist, then four joints from base to tip of thumb, index, middle, ring and little finger.
pub const HAND_POINTS: usize = 21;
/// The crop of the first look, in lengths of the forearm: its middle beyond the wrist, and its side.
const BEYOND: f32 = 0.27;
const SIDE: f32 = 1.15;
/// A forearm that points at the camera looks short; an adult's is about half as long as the trunk.
const FOREARM_OF_TRUNK: f32 = 0.4;
/// A forearm shorter than this part of the trunk says nothing of where the fingers point: the knuckles do.
const FORESHORTENED: f32 = 0.3;
/// Trunk over shoulder width of an average adult.
const TRUNK_PER_SHOULDERS: f32 = 1.35;
/// Wrist, thumb and the two lower joints of each finger: tips come and go, the palm stays.
const PALM: [usize; 12] = [0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18];
/// The square around the palm that holds the whole hand, and how far it is moved to the fingers, in palms.
const SURROUNDINGS: f32 = 2.0;
const TOWARDS_FINGERS: f32 = 0.1;

/// Landmarks of one hand.
#[derive(Clone, Debug)]
pub struct Hand {
    /// [`HAND_POINTS`] points in picture pixels; depth from the wrist, smaller is nearer.
    pub points: Vec<Point3>,
    /// The same points in metres from the middle of the hand, axes as in the picture. Estimated from one view.
    pub metres: Vec<Point3>,
    /// Probability that there is a hand at all, 0 to 1.
    pub presence: f32,
    /// What the network takes it for: 0 a left hand, 1 a right one.
    pub right: f32,
    /// Where the network looked.
    pub region: Square,
}

impl Hand {
    /// The wrist in the picture.
    pub fn wrist(&self) -> Point {
        self.at(0)
    }

    /// Where to look for the same hand in the next frame, or again in this one: around the palm, fingers upwards.
    pub fn next_region(&self) -> Square {
        // The direction of the fingers: from the wrist to their middle joints, the middle finger's counting double.
        let (index, middle, ring) = (self.at(6), self.at(10), self.at(14));
        let tip =
            Point { x: ((index.x + ring.x) / 2.0 + middle.x) / 2.0, y: ((index.y + ring.y) / 2.0 + middle.y) / 2.0 };
        let angle = upright(self.wrist(), tip);
        let palm = Square::around(PALM.into_iter().map(|i| self.at(i)), angle, 1.0);
        let (sin, cos) = angle.sin_cos();
        let up = palm.side * TOWARDS_FINGERS;
        Square {
            centre: Point { x: palm.centre.x + up * sin, y: palm.centre.y - up * cos },
            side: palm.side * SURROUNDINGS,
            angle,
        }
    }

    fn at(&self, index: usize) -> Point {
        self.points.get(index).map_or(Point::default(), |point| point.flat())
    }
}

/// The turn that makes the way from `from` to `to` point upwards.
fn upright(from: Point, to: Point) -> f32 {
    from.direction(to) + std::f32::consts::FRAC_PI_2
}

/// Where a body's hand is to be looked for at first: beyond the wrist, as the forearm points. `left`: the person's own.
pub fn hand_region(pose: &Pose, left: bool) -> Square {
    let [elbow, wrist, little, index] = if left { [13, 15, 17, 19] } else { [14, 16, 18, 20] };
    let at = |i: usize| pose.points.get(i).map_or(Point::default(), |p| Point { x: p.x, y: p.y });
    let middle = |a: usize, b: usize| Point { x: (at(a).x + at(b).x) / 2.0, y: (at(a).y + at(b).y) / 2.0 };
    let trunk = (at(11).distance(at(12)) * TRUNK_PER_SHOULDERS).max(middle(11, 12).distance(middle(23, 24)));
    let forearm = at(elbow).distance(at(wrist));
    let (from, to) =
        if forearm < FORESHORTENED * trunk { (at(wrist), middle(little, index)) } else { (at(elbow), at(wrist)) };
    let length = forearm.max(FOREARM_OF_TRUNK * trunk);
    let (sin, cos) = from.direction(to).sin_cos();
    Square {
        centre: Point { x: at(wrist).x + BEYOND * length * cos, y: at(wrist).y + BEYOND * length * sin },
        side: SIDE * length,
        angle: upright(from, to),
    }
}

impl Networks {
    /// The landmarks of the hand in `region`: [`hand_region`] at first, [`Hand::next_region`] while following. A second
    /// look at `next_region` of the first answer sharpens a new one. Always answers; look at [`Hand::presence`]. `None`
    /// when the region is no usable square.
    ///
    /// # Errors
    /// [`ModelError::NotLoaded`] without the hand network; whatever running it gives.
    pub fn hand(&self, picture: &Picture<'_>, region: &Square) -> Result<Option<Hand>, ModelError> {
        let module = self.module(ModelName::Hands)?;
        if !region.is_usable() {
            return Ok(None);
        }
        let outputs = module.look(picture, region)?;
        let [image, presence, right, world] = outputs.as_slice() else {
            return Err(ModelError::Output {
                name: ModelName::Hands,
                expected: "four outputs".to_owned(),
                found: outputs.len().to_string(),
            });
        };
        let side = module.side();
        let scale = region.side / side as f32;
        let points = image.chunks_exact(3).map(|point| {
            let Point { x, y } = region.to_picture(point[0], point[1], side);
            Point3 { x, y, z: point[2] * scale }
        });
        // The network sees a hand with its fingers up: turn its metres back the way the crop was turned.
        let (sin, cos) = region.angle.sin_cos();
        let metres = world.chunks_exact(3).map(|point| Point3 {
            x: point[0] * cos - point[1] * sin,
            y: point[0] * sin + point[1] * cos,
            z: point[2],
        });
        let one = |output: &[f32]| output.first().copied().unwrap_or_default();
        Ok(Some(Hand {
            points: points.collect(),
            metres: metres.collect(),
            presence: one(presence),
            right: one(right),
            region: *region,
        }))
    }
}
