//! A body's two hands from frame to frame: found by the arm, then followed by their own landmarks.

use fieldgloss::analysis::observation::{HandObservation, LEAST_HAND};
use fieldgloss_worker::models::{Hand, ModelError, Networks, Picture, Pose, Square, hand_region};

/// A wrist less visible is not looked beyond: out of the picture, behind the back.
const WRIST_SEEN: f32 = 0.3;
/// A first look that is not even so sure is not repeated.
const WORTH_A_SECOND_LOOK: f32 = 0.1;
/// A followed hand whose wrist is further from the body's, in sides of its own square, is another one's.
const OWN_WRIST: f32 = 0.6;
/// Two hands whose points lie this close on average, in sides of their squares, are one seen twice.
const SAME_HAND: f32 = 0.12;

/// Where the hands of a body are to be looked for next: left, right.
#[derive(Clone, Copy, Default)]
pub struct Hands {
    next: [Option<Square>; 2],
}

impl Hands {
    /// Looks for both hands of `pose`: left, right. `None` where the wrist is out of sight; no points where no hand was
    /// found at it.
    ///
    /// # Errors
    /// Whatever running the network gives.
    pub fn look(
        &mut self,
        networks: &Networks,
        picture: &Picture<'_>,
        pose: &Pose,
    ) -> Result<[Option<HandObservation>; 2], ModelError> {
        let mut found: [Option<Hand>; 2] = [None, None];
        for (side, place) in found.iter_mut().enumerate() {
            let followed = self.next[side].take();
            let wrist = &pose.points[if side == 0 { 15 } else { 16 }];
            if wrist.visibility.min(wrist.presence) < WRIST_SEEN {
                continue;
            }
            if let Some(region) = followed
                && let Some(hand) = networks.hand(picture, &region)?
                && hand.presence >= LEAST_HAND
                && from_wrist(&hand, pose, side) <= OWN_WRIST
            {
                *place = Some(hand);
                continue;
            }
            let Some(rough) = networks.hand(picture, &hand_region(pose, side == 0))? else { continue };
            if rough.presence < WORTH_A_SECOND_LOOK {
                *place = Some(rough);
                continue;
            }
            let fine = networks.hand(picture, &rough.next_region())?;
            let near = fine.filter(|hand| from_wrist(hand, pose, side) <= OWN_WRIST);
            *place = Some(near.filter(|hand| hand.presence >= rough.presence).unwrap_or(rough));
        }
        if let [Some(left), Some(right)] = &found
            && is_one(left, right)
        {
            // Folded hands, or one before the other: whose wrist it is has it, the other is not seen.
            let other = usize::from(from_wrist(left, pose, 0) <= from_wrist(right, pose, 1));
            if let Some(hand) = &mut found[other] {
                hand.presence = hand.presence.min(LEAST_HAND / 2.0);
            }
        }
        for (next, hand) in self.next.iter_mut().zip(&found) {
            *next = hand.as_ref().filter(|hand| hand.presence >= LEAST_HAND).map(Hand::next_region);
        }
        Ok(found.map(|hand| hand.map(told)))
    }
}

/// How far a hand's wrist is from its body's, in sides of the hand's square.
fn from_wrist(hand: &Hand, pose: &Pose, side: usize) -> f32 {
    let wrist = &pose.points[if side == 0 { 15 } else { 16 }];
    let own = hand.wrist();
    (own.x - wrist.x).hypot(own.y - wrist.y) / hand.region.side.max(1.0)
}

fn is_one(a: &Hand, b: &Hand) -> bool {
    if a.presence < LEAST_HAND || b.presence < LEAST_HAND {
        return false;
    }
    let apart: f32 = a.points.iter().zip(&b.points).map(|(p, q)| p.flat().distance(q.flat())).sum();
    apart / a.points.len().max(1) as f32 <= SAME_HAND * a.region.side.min(b.region.side)
}

fn told(hand: Hand) -> HandObservation {
    let sure = hand.presence >= LEAST_HAND;
    let points = |points: &[fieldgloss_worker::models::Point3]| -> Vec<[f32; 3]> {
        if sure { points.iter().map(|p| [p.x, p.y, p.z]).collect() } else { Vec::new() }
    };
    HandObservation {
        presence: hand.presence,
        right: hand.right,
        landmarks: points(&hand.points),
        world: points(&hand.metres),
    }
}
