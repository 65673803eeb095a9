//! Where an expression is not judged, and why: the head is turned, the face small, dark, blurred, cut off, covered or partly hidden, or no mesh
//! fits.

use super::proposals::AbstainSettings;
use crate::domain::TrackSamples;

/// Channels that [`abstentions`] goes by.
pub const NEEDS: [&str; 9] = [
    "box",
    "presence",
    "quality.sharpness",
    "quality.cut_off",
    "measure.head_yaw",
    "measure.head_pitch",
    "score",
    "quality.brightness",
    "quality.detail",
];

/// Why the expression in each sample is not judged; `None` where it is. A channel that is not there has no value.
pub fn abstentions(samples: &TrackSamples, limits: &AbstainSettings) -> Vec<Option<&'static str>> {
    let curve = |name: &str| -> Option<&[f32]> {
        let channel = samples.channel(name)?;
        (channel.width == 1 && channel.values.len() == samples.times.len()).then_some(channel.values.as_slice())
    };
    let [presence, sharpness, cut_off, yaw, pitch, score, brightness, detail] =
        [1, 2, 3, 4, 5, 6, 7, 8].map(|i| curve(NEEDS[i]));
    let boxes = samples.channel("box").filter(|channel| channel.width == 4);
    let at = |curve: Option<&[f32]>, i: usize| curve.map_or(f32::NAN, |values| values[i]);
    (0..samples.times.len())
        .map(|i| {
            let size = boxes.and_then(|c| c.sample(i)).map_or(f32::NAN, |b| b[2].min(b[3]));
            // A quality that was not measured is not held against the face; a missing mesh is.
            if at(yaw, i).is_nan() || at(presence, i) < limits.min_presence {
                Some("no_mesh")
            } else if at(yaw, i).abs() > limits.max_yaw || at(pitch, i).abs() > limits.max_pitch {
                Some("head_turned")
            } else if size < limits.min_size {
                Some("small_face")
            } else if at(cut_off, i) > limits.max_cut_off {
                Some("cut_off")
            } else if at(brightness, i) < limits.min_brightness {
                Some("dark")
            } else if at(sharpness, i) < limits.min_sharpness {
                Some("blurred")
            } else if at(detail, i) < limits.min_detail {
                Some("covered")
            } else if at(score, i) < limits.min_score {
                Some("partly_hidden")
            } else {
                None
            }
        })
        .collect()
}
