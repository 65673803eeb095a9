//! Hands on made-up bodies whose movements are known.

use super::phases::{GestureSettings, handedness, phases};
use super::*;
use crate::analysis::one_euro::OneEuro;
use crate::domain::Channel;

/// Someone seen from the front, trunk 120 pixels, wrists at these places from the shoulders in trunks (x to the viewer's
/// right, y upwards).
fn body(left: Option<[f32; 2]>, right: Option<[f32; 2]>) -> BodyObservation {
    let mut keypoints = vec![[0.0, 0.0, 0.0, 0.9]; BODY_KEYPOINTS];
    for (i, x, y) in [(11, 140.0, 100.0), (12, 60.0, 100.0), (23, 130.0, 220.0), (24, 70.0, 220.0)] {
        keypoints[i] = [x, y, 0.0, 0.9];
    }
    for (wrist, place) in WRISTS.into_iter().zip([left, right]) {
        keypoints[wrist] = match place {
            Some([x, y]) => [100.0 + 120.0 * x, 100.0 - 120.0 * y, 0.0, 0.9],
            None => [0.0, 0.0, 0.0, 0.1],
        };
    }
    BodyObservation { keypoints, ..Default::default() }
}

fn measured(body: &BodyObservation, time: Time, wrists: &mut Wrists) -> Vec<Vec<f32>> {
    rows(body, &body.keypoints, time, wrists)
}

/// One number of a sample by its channel's name.
fn value(rows: &[Vec<f32>], name: &str) -> f32 {
    rows[HAND_CHANNELS.iter().position(|(channel, ..)| *channel == name).unwrap()][0]
}

#[test]
fn height_speed_and_space_are_measured_in_trunks() {
    let mut wrists = Wrists::default();
    let first = measured(&body(Some([0.1, -0.5]), Some([-0.6, -1.2])), Time::ZERO, &mut wrists);
    assert_eq!(first.len(), HAND_CHANNELS.len());
    assert!((value(&first, "measure.hand_over_hips.left") - 0.5).abs() < 1e-3);
    assert!(value(&first, "measure.wrist_speed.left").is_nan(), "the first sample has no speed");
    assert_eq!(value(&first, "measure.gesture_space.left"), 1.0);
    assert_eq!(value(&first, "measure.gesture_space.right"), 3.0);
    let then = measured(&body(Some([0.2, -0.5]), None), Time::from_millis(100), &mut wrists);
    assert!((value(&then, "measure.wrist_speed.left") - 1.0).abs() < 1e-2);
    assert!(value(&then, "measure.wrist_speed.right").is_nan(), "a wrist not seen has no speed");
    let late = measured(&body(Some([0.9, -0.5]), None), Time::from_millis(900), &mut wrists);
    assert!(value(&late, "measure.wrist_speed.left").is_nan(), "nor has one after a gap");
    assert_eq!(value(&late, "measure.gesture_space.left"), 4.0);
}

#[test]
fn from_the_side_nobody_has_a_gesture_space() {
    let mut turned = body(Some([0.1, -0.5]), None);
    turned.keypoints[11][0] = 105.0;
    turned.keypoints[12][0] = 95.0;
    assert!(value(&measured(&turned, Time::ZERO, &mut Wrists::default()), "measure.gesture_space.left").is_nan());
}

/// A hand in metres: palm 9 cm, fingers so long from the wrist, thumb so far from the index finger.
fn hand(presence: f32, reach: f32, gap: f32) -> HandObservation {
    let mut world = vec![[0.0; 3]; HAND_LANDMARKS];
    world[9] = [0.0, -0.09, 0.0];
    for tip in [8, 12, 16, 20] {
        world[tip] = [0.0, -reach, 0.0];
    }
    world[4] = [gap, -reach, 0.0];
    HandObservation { presence, right: 0.9, landmarks: vec![[1.0; 3]; HAND_LANDMARKS], world }
}

#[test]
fn an_open_hand_is_told_from_a_fist_and_an_unsure_one_is_not_judged() {
    let open = fingers(&hand(0.9, 0.171, 0.09)).unwrap();
    assert!((open.open - 1.9).abs() < 1e-3 && (open.aperture - 1.0).abs() < 1e-3);
    assert!((fingers(&hand(0.9, 0.09, 0.0)).unwrap().open - 1.0).abs() < 1e-3);
    assert!(fingers(&hand(0.3, 0.171, 0.09)).is_none());
    let seen = BodyObservation { left_hand: Some(hand(0.3, 0.171, 0.09)), ..body(None, None) };
    let rows = measured(&seen, Time::ZERO, &mut Wrists::default());
    assert!(value(&rows, "measure.hand_open.left").is_nan());
    assert_eq!(value(&rows, "hand.left.presence"), 0.3, "how unsure it was is kept");
}

/// A track at 25 frames a second with its wrists at these places.
fn track(places: &[[Option<[f32; 2]>; 2]]) -> TrackSamples {
    let poses = places.iter().flat_map(|[left, right]| body(*left, *right).keypoints.as_flattened().to_vec());
    TrackSamples {
        times: (0..places.len() as i64).map(|i| Time::from_millis(i * 40)).collect(),
        channels: vec![Channel { name: "pose".into(), width: 132, step: 0.03, values: poses.collect() }],
    }
}

/// Six seconds: both hands rest, at 2 s the right one rises in 0.4 s, stays for a second, and goes back in 0.4 s.
fn one_gesture() -> Vec<[Option<[f32; 2]>; 2]> {
    let (rest, up) = ([-0.3, -1.0], [-0.2, -0.2]);
    let between = |share: f32| [0, 1].map(|k| rest[k] + (up[k] - rest[k]) * share);
    (0..150)
        .map(|i| {
            let right = match i {
                50..60 => between((i - 50) as f32 / 10.0),
                60..85 => up,
                85..95 => between(1.0 - (i - 85) as f32 / 10.0),
                _ => rest,
            };
            [Some([0.3, -1.0]), Some(right)]
        })
        .collect()
}

#[test]
fn a_hand_that_rises_stays_and_falls_makes_stroke_hold_stroke() {
    let samples = track(&one_gesture());
    let (found, unseen) = phases(&samples, &GestureSettings::default(), &OneEuro::default());
    let labels: Vec<&str> = found.iter().map(|phase| phase.label.as_str()).collect();
    assert_eq!(labels, ["stroke.right", "hold.right", "stroke.right"]);
    assert!(unseen.is_empty());
    let near = |index: usize, wanted: usize| (index as i64 - wanted as i64).abs() <= 6;
    let [rise, hold, fall] = &found[..] else { panic!() };
    assert!(near(rise.stretch.first, 50) && near(rise.stretch.last, 60), "{:?}", rise.stretch);
    assert!(near(hold.stretch.first, 62) && near(hold.stretch.last, 85), "{:?}", hold.stretch);
    assert!(near(fall.stretch.first, 85) && near(fall.stretch.last, 95), "{:?}", fall.stretch);
    assert_eq!(rise.evidence["other_hand_too"], 0.0);
    assert_eq!(handedness(&samples.times, &found), Some(1.0));
}

#[test]
fn a_body_that_walks_with_still_hands_makes_no_stroke() {
    let mut samples = track(&vec![[Some([0.3, -1.0]), Some([-0.3, -1.0])]; 100]);
    for (i, row) in samples.channels[0].values.chunks_mut(132).enumerate() {
        row.chunks_mut(4).for_each(|point| point[0] += 8.0 * i as f32);
    }
    assert!(phases(&samples, &GestureSettings::default(), &OneEuro::default()).0.is_empty());
}

#[test]
fn a_wrist_out_of_sight_and_too_few_frames_are_reasons_not_findings() {
    let hidden: Vec<_> = one_gesture().into_iter().map(|[left, _]| [left, None]).collect();
    let (found, unseen) = phases(&track(&hidden), &GestureSettings::default(), &OneEuro::default());
    assert!(found.is_empty());
    assert!(unseen.iter().any(|gap| gap.label == "stroke.right" && gap.reason == "wrist_not_seen"));
    let mut slow = track(&one_gesture());
    slow.times = (0..150).map(|i| Time::from_millis(i * 250)).collect();
    let (found, unseen) = phases(&slow, &GestureSettings::default(), &OneEuro::default());
    assert!(found.is_empty() && unseen.iter().all(|gap| gap.reason == "too_few_frames"));
}

/// The same looked at ten times a second, at 25 frames: steps of 80 and 120 ms.
fn looked_at(samples: &TrackSamples) -> TrackSamples {
    let rows: Vec<usize> = (0..samples.times.len()).filter(|i| matches!(i % 5, 0 | 2)).collect();
    TrackSamples {
        times: rows.iter().map(|&i| samples.times[i]).collect(),
        channels: samples
            .channels
            .iter()
            .map(|channel| Channel {
                values: rows.iter().flat_map(|&i| channel.sample(i).unwrap().to_vec()).collect(),
                ..channel.clone()
            })
            .collect(),
    }
}

struct Noise(u64);

impl Noise {
    fn normal(&mut self) -> f32 {
        let mut uniform = || {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 40) as f32 / 16_777_216.0
        };
        (0..12).map(|_| uniform()).sum::<f32>() - 6.0
    }
}

#[test]
fn a_guessed_wrist_that_jumps_about_makes_no_stroke() {
    for (seed, scatter) in [(1, 0.02), (2, 0.05), (3, 0.1), (4, 0.2), (5, 0.4)] {
        let mut noise = Noise(seed);
        let places: Vec<_> = (0..1500)
            .map(|_| [0.3, -0.3].map(|x| Some([x + scatter * noise.normal(), -0.9 + scatter * noise.normal()])))
            .collect();
        let (found, unseen) = phases(&looked_at(&track(&places)), &GestureSettings::default(), &OneEuro::default());
        let strokes = found.iter().filter(|phase| phase.label.starts_with("stroke")).count();
        println!("scatter of {scatter} trunks: {strokes} strokes in a minute");
        assert!(strokes <= 2, "{strokes} strokes from noise of {scatter} trunks");
        if scatter >= 0.2 {
            assert!(unseen.iter().any(|gap| gap.reason == "wrist_unsteady"), "{unseen:?}");
        }
    }
}

#[test]
fn beats_of_every_pace_are_found_in_little_noise() {
    for (hz, size) in [(0.8, 0.5), (1.2, 0.5), (1.8, 0.4), (2.4, 0.4)] {
        let mut noise = Noise(9);
        let places: Vec<_> = (0..500)
            .map(|i| {
                let t = i as f32 / 25.0;
                let beats = if (5.0..12.0).contains(&t) {
                    size / 2.0 * (1.0 - (t * hz * std::f32::consts::TAU).cos())
                } else {
                    0.0
                };
                [Some([0.3, -0.9]), Some([-0.2 + 0.01 * noise.normal(), -0.8 + beats + 0.01 * noise.normal()])]
            })
            .collect();
        // At ten looks a second the quickest beats cannot be told from jumping about.
        let ways = if hz < 2.0 { vec![track(&places), looked_at(&track(&places))] } else { vec![track(&places)] };
        for samples in ways {
            let (found, _) = phases(&samples, &GestureSettings::default(), &OneEuro::default());
            let secs: f64 = found
                .iter()
                .filter(|phase| phase.label == "stroke.right")
                .map(|phase| (samples.times[phase.stretch.last] - samples.times[phase.stretch.first]).secs())
                .sum();
            assert!((3.0..7.5).contains(&secs), "{hz} beats a second for 7 s: {secs:.1} s of strokes");
            assert!(!found.iter().any(|phase| phase.label == "stroke.left"));
        }
    }
}

#[test]
fn a_hand_in_and_out_of_the_picture_is_one_stretch_that_cannot_be_judged() {
    // Every third look guesses it back into the picture.
    let places: Vec<_> = (0..500)
        .map(|i| {
            let guess = if i / 5 % 3 == 0 { Some([0.2, -1.0 - 0.3 * (i % 2) as f32]) } else { None };
            [if (100..400).contains(&i) { guess } else { Some([0.3, -0.9]) }, Some([-0.3, -0.9])]
        })
        .collect();
    let (found, unseen) = phases(&looked_at(&track(&places)), &GestureSettings::default(), &OneEuro::default());
    assert!(found.is_empty(), "{found:?}");
    let [gap] = &unseen[..] else { panic!("{unseen:?}") };
    assert_eq!((gap.label.as_str(), gap.reason), ("stroke.left", "wrist_not_seen"));
}

#[test]
fn a_wrist_outside_the_picture_is_not_seen() {
    let mut samples = track(&one_gesture());
    let n = samples.times.len();
    let sure = (0..n).map(|i| if (48..100).contains(&i) { 0.0 } else { 0.9 }).collect();
    samples.channels.push(Channel { name: "quality.wrist.right".into(), width: 1, step: 0.01, values: sure });
    let (found, unseen) = phases(&samples, &GestureSettings::default(), &OneEuro::default());
    assert!(found.is_empty(), "{found:?}");
    assert!(unseen.iter().any(|gap| gap.label == "stroke.right" && gap.reason == "wrist_not_seen"));
}
