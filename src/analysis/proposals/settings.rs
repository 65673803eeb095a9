//! How proposals are made: thresholds, lengths, and when nothing is said.

use serde::{Deserialize, Serialize};

use crate::analysis::calibrating::Temperatures;
use crate::analysis::gesture::phases::GestureSettings;
use crate::analysis::intervals::Hysteresis;
use crate::analysis::one_euro::OneEuro;
use crate::analysis::oscillation::{OscillationSettings, usual_travel};

/// Thresholds of every kind of proposal. A file may give only some; the rest stay as here.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProposalSettings {
    /// On the mean probability of both networks: on 0.6, off 0.4, at least 0.4 s, gaps of 0.3 s closed.
    pub expression: Hysteresis,
    /// Running mean over the probabilities, seconds (0.2).
    pub expression_smooth_secs: f64,
    /// What the networks' shares are tempered with before they are read, from people's decisions (1: as they are).
    pub expression_temperatures: Temperatures,
    pub abstain: AbstainSettings,
    /// On the lip gap in distances between the outer eye corners: on 0.16, off 0.1, at least 0.25 s, gaps of 0.1 s closed.
    pub mouth_open: Hysteresis,
    pub gaze_away: GazeSettings,
    /// On head pitch: 1 to 5 Hz, swings of 3° and five times the noise; two at least, and then of half as much again; from
    /// 7 frames a second, while the face goes less than 0.75 of its size within a second.
    pub nod: OscillationSettings,
    /// On head yaw: 1 to 5 Hz, three swings of 4° and five times the noise (two would be a glance aside).
    pub shake: OscillationSettings,
    /// On the gap between the lids, of both eyes, against what is usual for the person.
    pub blink: BlinkSettings,
    /// On head roll to either side: on 15°, off 10°, at least 0.5 s, gaps of 0.3 s closed.
    pub head_tilt: Hysteresis,
    /// On the brows over their usual height, in distances between the outer eye corners: on 0.05, off 0.03, at least 0.2 s,
    /// gaps of 0.2 s closed.
    pub brows_raised: Hysteresis,
    /// On the wrist above the shoulders in trunk lengths: on 0.05, off −0.1, at least 0.3 s, gaps of 0.3 s closed.
    pub hand_up: Hysteresis,
    /// On the wrists' speed: strokes and holds.
    pub gesture: GestureSettings,
    /// How curves are filtered before movements are found in them, and when they are shown. What is stored stays raw.
    pub one_euro: OneEuro,
}

/// When the expression networks are not asked for an opinion.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AbstainSettings {
    /// Head turned further to either side, degrees (35).
    pub max_yaw: f32,
    /// Head further up or down, degrees (30).
    pub max_pitch: f32,
    /// Face smaller, pixels of its shorter side (48).
    pub min_size: f32,
    /// More of the face outside the picture, as a share (0.1).
    pub max_cut_off: f32,
    /// Mean grey level of the face below, of 255 (30): dark.
    pub min_brightness: f32,
    /// Variance of the Laplacian below (20): blurred.
    pub min_sharpness: f32,
    /// An eye or the mouth with less to be seen than this part of what the face has (0.4): covered.
    pub min_detail: f32,
    /// The mesh less sure that it sees a face (0.5).
    pub min_presence: f32,
    /// The detector less sure of it (0.8): a hand, a mask or hair before it, which the mesh guesses past. Faces in full
    /// sight score above 0.9, half covered ones about 0.7.
    pub min_score: f32,
}

/// When someone looks elsewhere than usually: head turn and pupils together, against the track's median direction.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GazeSettings {
    /// Degrees to the side that count as away (20).
    pub side: f32,
    /// Degrees up or down (15).
    pub upright: f32,
    /// Turn of the eyeball when the pupil stands at the corner of the eye, degrees (55). A rule of thumb.
    pub eye_degrees: f32,
    /// On the angle over its limit: on 1, off 0.7, at least 0.3 s, gaps of 0.2 s (blinks) closed.
    pub rule: Hysteresis,
}

/// What counts as a blink.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BlinkSettings {
    /// The lids come nearer than this part of their usual gap (0.5),
    pub shut: f32,
    /// and are open before and after by this part of it (0.75),
    pub open: f32,
    /// within so many seconds (0.5).
    pub max_secs: f64,
    /// Of eyes that are usually less open, in widths of the eye, no blink is told (0.15).
    pub least_open: f32,
    /// Fewer frames a second miss most blinks (7).
    pub min_fps: f64,
}

impl Default for BlinkSettings {
    fn default() -> Self {
        Self { shut: 0.5, open: 0.75, max_secs: 0.5, least_open: 0.15, min_fps: 7.0 }
    }
}

impl Default for ProposalSettings {
    fn default() -> Self {
        let nod = OscillationSettings {
            min_hz: 1.0,
            max_hz: 5.0,
            min_degrees: 3.0,
            over_noise: 5.0,
            min_swings: 2,
            max_ratio: 2.5,
            min_fps: 7.0,
            max_travel: usual_travel(),
        };
        Self {
            expression: Hysteresis { on: 0.6, off: 0.4, min_secs: 0.4, merge_secs: 0.3 },
            expression_smooth_secs: 0.2,
            expression_temperatures: Temperatures::default(),
            abstain: AbstainSettings::default(),
            mouth_open: Hysteresis { on: 0.16, off: 0.1, min_secs: 0.25, merge_secs: 0.1 },
            gaze_away: GazeSettings::default(),
            nod,
            shake: OscillationSettings { min_degrees: 4.0, min_swings: 3, ..nod },
            blink: BlinkSettings::default(),
            head_tilt: Hysteresis { on: 15.0, off: 10.0, min_secs: 0.5, merge_secs: 0.3 },
            brows_raised: Hysteresis { on: 0.05, off: 0.03, min_secs: 0.2, merge_secs: 0.2 },
            hand_up: Hysteresis { on: 0.05, off: -0.1, min_secs: 0.3, merge_secs: 0.3 },
            gesture: GestureSettings::default(),
            one_euro: OneEuro::default(),
        }
    }
}

impl Default for AbstainSettings {
    fn default() -> Self {
        Self {
            max_yaw: 35.0,
            max_pitch: 30.0,
            min_size: 48.0,
            max_cut_off: 0.1,
            min_brightness: 30.0,
            min_sharpness: 20.0,
            min_detail: 0.4,
            min_presence: 0.5,
            min_score: 0.8,
        }
    }
}

impl Default for GazeSettings {
    fn default() -> Self {
        Self {
            side: 20.0,
            upright: 15.0,
            eye_degrees: 55.0,
            rule: Hysteresis { on: 1.0, off: 0.7, min_secs: 0.3, merge_secs: 0.2 },
        }
    }
}
