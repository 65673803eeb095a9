//! Where somebody looks, as a direction: the turn of the head and the place of the pupils together.

use super::rotation::Rotation;

/// Turn of the eyeball when the pupil stands at the corner of the eye, degrees: the rule of thumb that proposals of
/// looking away go by too.
const EYE_DEGREES: f64 = 55.0;

/// A unit vector: x to the viewer's right, y up, z towards the viewer. Turns of the head in degrees as
/// [`Rotation::from_degrees`] takes them; `pupils` is where the pupils stand between the middle (0) and the corners (1)
/// of the eyes, x to the viewer's right, y up. `None` where one of them is not known.
pub fn direction(yaw: f32, pitch: f32, roll: f32, pupils: [f32; 2]) -> Option<[f32; 3]> {
    if ![yaw, pitch, roll, pupils[0], pupils[1]].iter().all(|v| v.is_finite()) {
        return None;
    }
    let turn = |part: f32| (f64::from(part.clamp(-1.0, 1.0)) * EYE_DEGREES).to_radians();
    let (side, up) = (turn(pupils[0]), turn(pupils[1]));
    let in_head = [side.sin() * up.cos(), up.sin(), side.cos() * up.cos()];
    let seen = Rotation::from_degrees(f64::from(yaw), f64::from(pitch), f64::from(roll)).turn(in_head);
    Some(seen.map(|v| v as f32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn head_and_eyes_add_up() {
        let close = |a: [f32; 3], b: [f32; 3]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-4);
        assert!(close(direction(0.0, 0.0, 0.0, [0.0, 0.0]).expect("known"), [0.0, 0.0, 1.0]));
        let half = (EYE_DEGREES / 2.0).to_radians();
        let eyes = direction(0.0, 0.0, 0.0, [0.5, 0.0]).expect("known");
        assert!(close(eyes, [half.sin() as f32, 0.0, half.cos() as f32]));
        // The head turned as far to the other side: straight at the viewer.
        let both = direction(-(EYE_DEGREES as f32) / 2.0, 0.0, 0.0, [0.5, 0.0]).expect("known");
        assert!(close(both, [0.0, 0.0, 1.0]), "{both:?}");
        assert!(direction(0.0, 20.0, 0.0, [0.0, 0.0]).expect("known")[1] > 0.3, "up is up");
        assert!(direction(f32::NAN, 0.0, 0.0, [0.0, 0.0]).is_none());
    }
}
