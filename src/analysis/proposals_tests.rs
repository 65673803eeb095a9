//! Curves with known events in, the same events out; noise in, nothing out.

use super::*;
use crate::domain::{Channel, RunId, TrackId};

const FPS: f64 = 25.0;

struct Noise(u64);

impl Noise {
    fn uniform(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / 16_777_216.0
    }
    fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.uniform()).sum::<f32>() - 6.0
    }
}

fn track(kind: TrackKind) -> Track {
    Track {
        id: TrackId::new(),
        run: RunId::new(),
        kind,
        number: 1,
        person: None,
        start: Time::ZERO,
        end: Time::ZERO,
        samples: 0,
        residue: Default::default(),
    }
}

/// A face that does nothing for so many seconds, seen well; `change` then alters channels.
fn face(secs: f64, change: impl Fn(&str, f64, &mut [f32])) -> TrackSamples {
    let n = (secs * FPS) as usize;
    let rest: [(&str, Vec<f32>); 20] = [
        ("box", vec![100.0, 100.0, 120.0, 120.0]),
        ("presence", vec![0.98]),
        ("expression.faceapi", vec![0.94, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01]),
        ("expression.human", vec![0.88, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02]),
        ("quality.sharpness", vec![300.0]),
        ("quality.brightness", vec![120.0]),
        ("quality.detail", vec![1.2]),
        ("quality.still", vec![0.0]),
        ("quality.cut_off", vec![0.0]),
        ("measure.head_roll", vec![2.0]),
        ("measure.brow_height.left", vec![0.2]),
        ("measure.brow_height.right", vec![0.22]),
        ("measure.head_yaw", vec![3.0]),
        ("measure.head_pitch", vec![-4.0]),
        ("measure.gaze_x", vec![0.0]),
        ("measure.gaze_y", vec![0.05]),
        ("measure.eye_open.left", vec![0.3]),
        ("measure.eye_open.right", vec![0.3]),
        ("measure.mouth_open", vec![0.03]),
        ("measure.misfit", vec![0.5]),
    ];
    let times = (0..n).map(|i| Time::from_secs(i as f64 / FPS).unwrap()).collect();
    let channels = rest
        .into_iter()
        .map(|(name, row)| {
            let mut values = row.repeat(n);
            for (i, row) in values.chunks_mut(row.len()).enumerate() {
                change(name, i as f64 / FPS, row);
            }
            Channel { name: name.into(), width: row.len(), step: 0.001, values }
        })
        .collect();
    TrackSamples { times, channels }
}

fn proposed(samples: &TrackSamples) -> Proposals {
    propose(&track(TrackKind::Face), samples, &ProposalSettings::default())
}

fn assert_one(proposals: &Proposals, label: &str, start: f64, end: f64, within: f64) -> Tag {
    let labels: Vec<_> = proposals.tags.iter().map(|t| (&t.label, t.start.secs(), t.end.secs())).collect();
    let [tag] = &proposals.tags[..] else { panic!("one {label} expected: {labels:?}") };
    assert_eq!(tag.label, label);
    assert!((tag.start.secs() - start).abs() <= within && (tag.end.secs() - end).abs() <= within, "{labels:?}");
    tag.clone()
}

const SMILE: [f32; 7] = [0.05, 0.9, 0.01, 0.01, 0.01, 0.01, 0.01];

#[test]
fn a_smile_both_networks_see_is_proposed_where_it_is() {
    let samples = face(10.0, |name, t, row| {
        if name.starts_with("expression") && (3.0..5.0).contains(&t) {
            row.copy_from_slice(&SMILE);
        }
    });
    let tag = assert_one(&proposed(&samples), "expression.happiness", 3.0, 5.0, 0.15);
    assert!(tag.confidence > 0.75);
    assert_eq!(tag.evidence["agreement"].as_f64().map(|a| a > 0.85), Some(true));
    assert_eq!(tag.evidence["doubts"], json!([]));
    assert!(tag.evidence["scores"]["human"]["happiness"].as_f64().unwrap() > 0.8);
}

#[test]
fn networks_at_odds_lower_the_confidence_and_say_so() {
    let samples = face(10.0, |name, t, row| {
        if (3.0..5.0).contains(&t) {
            match name {
                "expression.faceapi" => row.copy_from_slice(&[0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
                "expression.human" => row.copy_from_slice(&[0.55, 0.3, 0.15, 0.0, 0.0, 0.0, 0.0]),
                _ => {}
            }
        }
    });
    let tag = assert_one(&proposed(&samples), "expression.happiness", 3.0, 5.0, 0.15);
    assert!(tag.confidence < 0.4);
    assert_eq!(tag.evidence["doubts"], json!(["models_disagree"]));
}

#[test]
fn a_turned_small_blurred_or_cut_off_face_is_not_judged() {
    for (reason, channel, value) in [
        ("head_turned", "measure.head_yaw", 50.0),
        ("small_face", "box", 40.0),
        ("blurred", "quality.sharpness", 5.0),
        ("dark", "quality.brightness", 12.0),
        ("covered", "quality.detail", 0.1),
        ("cut_off", "quality.cut_off", 0.4),
        ("no_mesh", "measure.head_yaw", f32::NAN),
    ] {
        let samples = face(10.0, |name, _, row| {
            if name.starts_with("expression") {
                row.copy_from_slice(&SMILE);
            }
            if name == channel {
                row.fill(value);
            }
        });
        let proposals = proposed(&samples);
        assert!(!proposals.tags.iter().any(|t| t.label.starts_with("expression")), "{reason}");
        let [not] = &proposals.not_assessable[..] else { panic!("{reason}: {:?}", proposals.not_assessable) };
        assert_eq!((not.label.as_str(), not.reason.as_str(), not.frames), ("expression", reason, 250));
    }
}

#[test]
fn frames_that_could_not_be_judged_stand_in_the_evidence() {
    let samples = face(10.0, |name, t, row| {
        if name.starts_with("expression") && (3.0..5.0).contains(&t) {
            row.copy_from_slice(&SMILE);
        }
        if name == "quality.sharpness" && (4.0..4.2).contains(&t) {
            row.fill(3.0);
        }
    });
    let tag = assert_one(&proposed(&samples), "expression.happiness", 3.0, 5.0, 0.15);
    assert_eq!(tag.evidence["not_assessable"], json!({ "blurred": 5 }));
}

#[test]
fn an_open_mouth_is_proposed_and_talk_is_not() {
    let open = face(10.0, |name, t, row| {
        if name == "measure.mouth_open" && (6.0..7.0).contains(&t) {
            row[0] = 0.3;
        }
    });
    assert_one(&proposed(&open), "mouth_open", 6.0, 7.0, 0.05);
    let talk = face(10.0, |name, t, row| {
        if name == "measure.mouth_open" {
            row[0] = 0.05 + 0.05 * (t as f32 * 25.0).sin();
        }
    });
    assert_eq!(proposed(&talk).tags, []);
}

#[test]
fn looking_aside_counts_from_the_usual_direction_and_blinks_do_not() {
    let samples = face(20.0, |name, t, row| match name {
        "measure.head_yaw" => row[0] = 25.0,
        "measure.gaze_x" if (8.0..9.0).contains(&t) => row[0] = -0.6,
        "measure.eye_open.left" | "measure.eye_open.right" if (4.0..4.2).contains(&t) => row[0] = 0.05,
        "measure.gaze_y" if (4.0..4.2).contains(&t) => row[0] = -0.9,
        _ => {}
    });
    let all = proposed(&samples);
    let [blink, tag] = &all.tags[..] else { panic!("{:?}", all.tags) };
    assert_eq!((blink.label.as_str(), blink.start.secs(), blink.end.secs()), ("blink", 4.0, 4.2));
    assert_eq!(tag.label, "gaze_away");
    assert!((tag.start.secs() - 8.0).abs() <= 0.1 && (tag.end.secs() - 9.0).abs() <= 0.1);
    assert!((tag.evidence["degrees"]["side"].as_f64().unwrap() + 33.0).abs() < 3.0);
}

/// A nod or shake of `swings` half turns of `degrees` at `hz`, from `start` on.
fn wag(t: f64, start: f64, hz: f64, swings: f64, degrees: f64) -> f32 {
    let phase = (t - start) * hz * 2.0;
    if (0.0..swings).contains(&phase) {
        (degrees / 2.0 * ((phase * std::f64::consts::PI).cos() - 1.0)) as f32
    } else {
        0.0
    }
}

#[test]
fn nods_of_every_pace_are_found_in_noise() {
    for (hz, swings, degrees) in [(1.2, 2.0, 8.0), (2.0, 4.0, 8.0), (3.0, 4.0, 8.0), (4.5, 6.0, 9.0)] {
        for seed in 0..5 {
            let noise = std::cell::RefCell::new(Noise(seed));
            let samples = face(20.0, |name, t, row| {
                if name == "measure.head_pitch" {
                    row[0] += wag(t, 10.0, hz, swings, degrees) + 0.4 * noise.borrow_mut().normal();
                }
            });
            let tag = assert_one(&proposed(&samples), "nod", 10.0, 10.0 + swings / hz / 2.0, 0.2);
            assert_eq!(tag.evidence["swings"], json!(swings as usize), "{hz} Hz");
            assert!((tag.evidence["hz"].as_f64().unwrap() / hz - 1.0).abs() < 0.3, "{hz} Hz: {}", tag.evidence["hz"]);
        }
    }
}

#[test]
fn a_shake_is_no_nod_and_a_glance_aside_is_neither() {
    let shake = face(20.0, |name, t, row| match name {
        "measure.head_yaw" => row[0] += wag(t, 10.0, 2.0, 5.0, 14.0),
        "measure.head_pitch" => row[0] += 0.3 * wag(t, 10.0, 2.0, 5.0, 14.0),
        _ => {}
    });
    assert_one(&proposed(&shake), "shake", 10.0, 11.25, 0.2);
    let glance = face(20.0, |name, t, row| {
        if name == "measure.head_yaw" {
            row[0] += wag(t, 10.0, 2.0, 2.0, 12.0);
        }
    });
    assert_eq!(proposed(&glance).tags, []);
    let posture = face(20.0, |name, t, row| {
        if name == "measure.head_pitch" && t > 10.0 {
            row[0] += -12.0 * ((t as f32 - 10.0) * 3.0).min(1.0);
        }
    });
    assert!(!proposed(&posture).tags.iter().any(|t| t.label == "nod"));
}

/// An hour of each: white noise as a mesh makes it, and a head that sways slowly under it.
#[test]
fn an_hour_of_noise_proposes_no_nod() {
    for (white, sway) in [(0.3, 0.0), (0.8, 0.0), (1.5, 0.0), (0.4, 0.15), (0.4, 0.4)] {
        let state = std::cell::RefCell::new((Noise(11), [0.0_f32; 2]));
        let samples = face(3600.0, |name, _, row| {
            let axis = match name {
                "measure.head_yaw" => 0,
                "measure.head_pitch" => 1,
                _ => return,
            };
            let (noise, place) = &mut *state.borrow_mut();
            // Drawn back to the middle: a standing head wanders a few degrees, not away.
            place[axis] = 0.98 * place[axis] + sway * noise.normal();
            row[0] += place[axis] + white * noise.normal();
        });
        let found = proposed(&samples).tags.iter().filter(|t| t.label == "nod" || t.label == "shake").count();
        println!("white noise {white}°, sway {sway}°: {found} nods and shakes an hour");
        assert!(found == 0, "{found} proposed from noise of {white}° and sway of {sway}°");
    }
}

#[test]
fn too_few_frames_a_second_cannot_show_a_nod() {
    let mut samples = face(20.0, |_, _, _| {});
    for (i, time) in samples.times.iter_mut().enumerate() {
        *time = Time::from_millis(i as i64 * 200);
    }
    let proposals = proposed(&samples);
    assert_eq!(proposals.not_assessable.iter().filter(|n| n.reason == "too_few_frames").count(), 2);
}

/// The same looked at ten times a second: steps of 80 and 120 ms at 25 frames, 67 and 133 at 15.
fn looked_at(samples: &TrackSamples, fps: f64, millis: bool) -> TrackSamples {
    let last = samples.times.last().map_or(0.0, |time| time.secs());
    let mut frames: Vec<f64> =
        (0..(last * 10.0) as i64).map(|i| (i as f64 / 10.0 * fps + 1e-6).floor() / fps).collect();
    frames.dedup();
    let rows: Vec<usize> =
        frames.iter().map(|secs| samples.times.partition_point(|time| time.secs() < secs - 1e-6)).collect();
    let times = frames.iter().map(|secs| match millis {
        true => Time::from_millis((secs * 1000.0).round() as i64),
        false => Time::from_secs(*secs).unwrap(),
    });
    let channels = samples.channels.iter().map(|channel| Channel {
        values: rows.iter().flat_map(|&row| channel.sample(row).unwrap().to_vec()).collect(),
        ..channel.clone()
    });
    TrackSamples { times: times.collect(), channels: channels.collect() }
}

#[test]
fn a_nod_is_found_in_videos_of_every_pace_however_many_samples_there_are() {
    let nodding = face(20.0, |name, t, row| {
        if name == "measure.head_pitch" {
            row[0] += wag(t, 10.0, 2.0, 4.0, 9.0);
        }
    });
    for (fps, millis) in
        [(10.0, false), (12.0, true), (15.0, false), (15.0, true), (25.0, false), (25.0, true), (29.97, true)]
    {
        for secs in [18.0, 18.04, 18.5] {
            let mut samples = looked_at(&nodding, fps, millis);
            let n = samples.times.partition_point(|time| time.secs() < secs);
            samples.times.truncate(n);
            samples.channels.iter_mut().for_each(|channel| channel.values.truncate(n * channel.width));
            let proposals = proposed(&samples);
            assert_one(&proposals, "nod", 10.0, 11.0, 0.25);
            assert_eq!(proposals.not_assessable, [], "{fps} frames a second, {secs} s");
        }
    }
}

#[test]
fn a_part_gives_the_same_tags_as_the_whole() {
    let moving = face(24.0, |name, t, row| match name {
        "measure.mouth_open" if (9.0..9.9).contains(&t) || (13.1..14.0).contains(&t) => row[0] = 0.3,
        "measure.head_pitch" => row[0] += wag(t, 11.0, 2.0, 4.0, 9.0),
        "measure.head_roll" if (14.3..15.2).contains(&t) => row[0] = -21.0,
        _ => {}
    });
    let whole = looked_at(&moving, 25.0, false);
    let told = |samples: &TrackSamples| -> Vec<(String, Time, Time)> {
        proposed(samples).tags.into_iter().map(|tag| (tag.label, tag.start, tag.end)).collect()
    };
    let expected = told(&whole);
    assert_eq!(
        expected.iter().map(|(label, ..)| label.as_str()).collect::<Vec<_>>(),
        ["mouth_open", "nod", "mouth_open", "head_tilt.right"]
    );
    for (from, to) in [(7.9, 16.0), (8.0, 16.0), (8.0, 16.1), (8.1, 23.9)] {
        let rows: Vec<usize> =
            (0..whole.times.len()).filter(|&i| (from..to).contains(&whole.times[i].secs())).collect();
        let part = TrackSamples {
            times: rows.iter().map(|&i| whole.times[i]).collect(),
            channels: whole
                .channels
                .iter()
                .map(|c| Channel {
                    values: rows.iter().flat_map(|&i| c.sample(i).unwrap().to_vec()).collect(),
                    ..c.clone()
                })
                .collect(),
        };
        assert_eq!(told(&part), expected, "{from} to {to}");
    }
}

#[test]
fn a_picture_that_stands_shows_no_movement() {
    let noise = std::cell::RefCell::new(Noise(3));
    let still = face(6.0, |name, t, row| match name {
        "quality.still" => row[0] = f32::from(u8::from(t > 0.01)),
        "measure.head_pitch" => row[0] += wag(t, 2.0, 2.0, 4.0, 9.0),
        "measure.eye_open.left" | "measure.eye_open.right" => row[0] = 0.3 * noise.borrow_mut().uniform().round(),
        _ => {}
    });
    let proposals = proposed(&still);
    assert_eq!(proposals.tags, []);
    let labels: Vec<_> =
        proposals.not_assessable.iter().map(|n| (n.label.as_str(), n.reason.as_str(), n.frames)).collect();
    assert_eq!(labels, [("nod", "still_picture", 150), ("shake", "still_picture", 150)]);
    // A video whose every picture is shown twice is judged by the pictures that are new.
    let doubled = face(20.0, |name, t, row| match name {
        "quality.still" => row[0] = f32::from(u8::from((t * FPS).round() as i64 % 2 == 1)),
        "measure.head_pitch" => row[0] += wag(t, 10.0, 2.0, 4.0, 9.0),
        _ => {}
    });
    assert_one(&proposed(&doubled), "nod", 10.0, 11.0, 0.2);
}

#[test]
fn a_face_that_crosses_the_picture_quickly_is_not_judged_for_nods() {
    let crossing = face(8.0, |name, t, row| match name {
        // One and a half faces a second, the mesh lagging behind now and then.
        "box" => row[0] += 180.0 * t as f32,
        "measure.head_pitch" => row[0] += wag(t, 3.0, 2.0, 4.0, 6.0),
        _ => {}
    });
    let proposals = proposed(&crossing);
    assert!(!proposals.tags.iter().any(|t| t.label == "nod"));
    assert!(proposals.not_assessable.iter().any(|n| n.label == "nod" && n.reason == "face_travels"));
}

#[test]
fn swings_far_apart_are_no_nod() {
    let settling = face(20.0, |name, t, row| {
        if name == "measure.head_pitch" && ((4.0..4.2).contains(&t) || (7.0..7.2).contains(&t)) {
            row[0] -= 3.5;
        }
    });
    let slow = proposed(&settling).tags.into_iter().filter(|t| t.label == "nod" && (t.end - t.start).secs() > 1.0);
    assert_eq!(slow.count(), 0);
}

#[test]
fn blinks_tilts_and_raised_brows_are_proposed_where_they_are() {
    let noise = std::cell::RefCell::new(Noise(8));
    let samples = face(30.0, |name, t, row| match name {
        "measure.eye_open.left" | "measure.eye_open.right" => {
            row[0] += 0.01 * noise.borrow_mut().normal();
            // Two blinks, and eyes shut for two seconds.
            if (4.0..4.16).contains(&t) || (9.0..9.24).contains(&t) || (20.0..22.0).contains(&t) {
                row[0] = 0.06;
            }
        }
        "measure.head_roll" => {
            row[0] += noise.borrow_mut().normal() + if (12.0..14.0).contains(&t) { 18.0 } else { 0.0 }
        }
        "measure.brow_height.left" | "measure.brow_height.right" => {
            row[0] += 0.006 * noise.borrow_mut().normal() + if (16.0..17.0).contains(&t) { 0.08 } else { 0.0 };
        }
        _ => {}
    });
    let told: Vec<(String, f64, f64)> =
        proposed(&samples).tags.into_iter().map(|t| (t.label, t.start.secs(), t.end.secs())).collect();
    let labels: Vec<&str> = told.iter().map(|(label, ..)| label.as_str()).collect();
    assert_eq!(labels, ["blink", "blink", "head_tilt.left", "brows_raised"], "{told:?}");
    for ((_, start, end), (from, to)) in told.iter().zip([(4.0, 4.16), (9.0, 9.24), (12.0, 14.0), (16.0, 17.0)]) {
        assert!((start - from).abs() < 0.13 && (end - to).abs() < 0.13, "{told:?}");
    }
    // Of a face that cannot be judged nothing of this is told.
    let dark = face(30.0, |name, t, row| match name {
        "quality.brightness" => row[0] = 10.0,
        "measure.eye_open.left" | "measure.eye_open.right" if (4.0..4.16).contains(&t) => row[0] = 0.06,
        "measure.head_roll" => row[0] = 25.0,
        _ => {}
    });
    assert_eq!(proposed(&dark).tags, []);
}

#[test]
fn a_raised_hand_is_the_persons_own_left_or_right() {
    let n = 250;
    let curve = |side: &str, at: std::ops::Range<usize>| {
        let values = (0..n).map(|i| if at.contains(&i) { 0.4 } else { -0.9 }).collect();
        Channel { name: format!("measure.hand_height.{side}"), width: 1, step: 0.002, values }
    };
    let samples = TrackSamples {
        times: (0..n as i64).map(|i| Time::from_millis(i * 40)).collect(),
        channels: vec![curve("left", 50..100), curve("right", 0..0)],
    };
    let proposals = propose(&track(TrackKind::Body), &samples, &ProposalSettings::default());
    assert_one(&proposals, "hand_up.left", 2.0, 4.0, 0.01);
}

#[test]
fn nothing_in_nothing_out() {
    assert_eq!(proposed(&TrackSamples::default()), Proposals::default());
    let bare = TrackSamples { times: vec![Time(1)], channels: Vec::new() };
    assert_eq!(proposed(&bare).tags, []);
}

#[test]
fn settings_may_be_given_in_part() {
    let settings: ProposalSettings = serde_json::from_value(json!({ "abstain": { "max_yaw": 20.0 } })).unwrap();
    assert_eq!(settings.abstain.max_yaw, 20.0);
    assert_eq!(settings.mouth_open, ProposalSettings::default().mouth_open);
    assert!(serde_json::from_value::<ProposalSettings>(json!({ "mouth": 1 })).is_err());
}
