//! Hands over the picture: fingers as lines, tips as points; left and right in colours of their own.

use eframe::egui::Color32;

use super::curves::{Curves, around, reach};
use crate::analysis::observation::HAND_BONES;
use crate::domain::{Time, Track};
use crate::render::overlay::Stroke;
use crate::store::Reader;
use crate::ui::theme::DARK;

/// Channels of the hands with the number of their colour.
const HANDS: [(&str, usize); 2] = [("hand.left", 2), ("hand.right", 4)];
const TIPS: [usize; 5] = [4, 8, 12, 16, 20];

/// Draws both hands of a body at a moment, where they were seen. `here`: the body is the selected one.
pub(super) fn strokes(
    strokes: &mut Vec<Stroke>,
    curves: &mut Curves,
    read: Reader<'_>,
    track: &Track,
    time: Time,
    here: bool,
) {
    for (channel, tier) in HANDS {
        let series = curves.series(read, track.id, channel, around(time));
        if let Some(points) = series.nearest(time, reach(&series)) {
            hand(strokes, points, DARK.tier(tier), if here { 2.5 } else { 1.5 });
        }
    }
}

fn hand(strokes: &mut Vec<Stroke>, points: &[f32], color: Color32, width: f32) {
    let at = |i: usize| -> Option<[f32; 2]> {
        let point = points.get(i * 3..i * 3 + 2)?;
        (point[0].is_finite() && point[1].is_finite()).then(|| [point[0], point[1]])
    };
    for (a, b) in HAND_BONES {
        if let (Some(a), Some(b)) = (at(a), at(b)) {
            strokes.push(Stroke::line(a, b, width, color.gamma_multiply(0.9)));
        }
    }
    strokes.extend(TIPS.into_iter().filter_map(at).map(|at| Stroke::point(at, width * 2.0, color)));
}
