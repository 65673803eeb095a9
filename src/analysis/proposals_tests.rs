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
        residue: Residue::default(),
    }
}

/// A face that does nothing for so many seconds, seen well; `change` then alters channels.
fn face(secs: f64, change: impl Fn(&str, f64, &mut [f32])) -> TrackSamples {
    let n = (secs * FPS) as usize;
    let rest: [(&str, Vec<f32>); 14] = [
        ("box", vec![100.0, 100.0, 120.0, 120.0]),
        ("presence", vec![0.98]),
        ("expression.faceapi", vec![0.94, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01]),
        ("expression.human", vec![0.88, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02]),
        ("quality.sharpness", vec![300.0]),
        ("quality.cut_off", vec![0.0]),
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
    let tag = assert_one(&proposed(&samples), "gaze_away", 8.0, 9.0, 0.1);
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
