//! Two faces and two voices whose turns are known.

use super::*;
use crate::domain::TrackKind;

fn track(kind: TrackKind, number: i64) -> Track {
    Track {
        id: TrackId::new(),
        run: crate::domain::RunId::new(),
        kind,
        number,
        person: None,
        start: Time::ZERO,
        end: Time::from_millis(20_000),
        samples: 500,
        residue: Default::default(),
    }
}

/// Twenty seconds at 25 a second: the mouth goes open and shut five times a second within these spans.
fn face(speaks: &[(i64, i64)], yaw: f32) -> TrackSamples {
    let times: Vec<Time> = (0..500).map(|i| Time::from_millis(i * 40)).collect();
    let open = times.iter().map(|time| {
        let moving = speaks.iter().any(|(a, b)| (*a..*b).contains(&time.millis()));
        let t = time.secs() as f32;
        0.05 + if moving { 0.06 * (t * 31.0).sin() } else { 0.002 * (t * 50.0).sin() }
    });
    let channel = |name: &str, values: Vec<f32>| Channel { name: name.into(), width: 1, step: 0.001, values };
    let channels = vec![channel("measure.mouth_open", open.collect()), channel("measure.head_yaw", vec![yaw; 500])];
    TrackSamples { times, channels }
}

fn turns(spans: &[(i64, i64)]) -> Vec<Span> {
    spans.iter().map(|(a, b)| Span::new(Time::from_millis(*a), Time::from_millis(*b))).collect()
}

const ANNA: [(i64, i64); 2] = [(1_000, 5_000), (12_000, 15_000)];
const BEN: [(i64, i64); 2] = [(6_000, 10_000), (16_000, 19_000)];

#[test]
fn whose_mouth_moves_with_the_voice_speaks_and_the_voice_is_proposed_as_theirs() {
    let (anna, ben) = (track(TrackKind::Face, 1), track(TrackKind::Face, 2));
    let (samples_anna, samples_ben) = (face(&ANNA, 0.0), face(&BEN, 10.0));
    let faces = [Face { track: &anna, samples: &samples_anna }, Face { track: &ben, samples: &samples_ben }];
    let (low, high) = (track(TrackKind::Voice, 1), track(TrackKind::Voice, 2));
    let voices = [Voice { track: &low, turns: turns(&BEN) }, Voice { track: &high, turns: turns(&ANNA) }];
    let found = speaking(&faces, &voices, &SpeakingSettings::default());
    for (face, spoken) in [(&anna, ANNA), (&ben, BEN)] {
        let own: Vec<&Tag> = found.tags.iter().filter(|t| t.label == "speaking" && t.track == face.id).collect();
        assert_eq!(own.len(), 2, "{own:#?}");
        for (tag, (start, end)) in own.iter().zip(spoken) {
            assert!((tag.start.millis() - start).abs() < 300 && (tag.end.millis() - end).abs() < 300, "{tag:?}");
            assert!(tag.confidence > 0.7 && tag.evidence["doubts"].as_array().unwrap().is_empty());
        }
    }
    let voice_of = |voice: &Track| {
        let own: Vec<&str> = found.tags.iter().filter(|t| t.track == voice.id).map(|t| t.label.as_str()).collect();
        own.join(" ")
    };
    assert_eq!(voice_of(&low), "voice_of.face_2");
    assert_eq!(voice_of(&high), "voice_of.face_1");
    assert!(found.tags.iter().all(|tag| tag.status == crate::domain::TagStatus::Proposed), "nothing is decided");
    assert!(voices.iter().all(|voice| voice.track.person.is_none()));
}

#[test]
fn a_mouth_that_moves_in_silence_and_a_voice_without_a_mouth_are_nobodys() {
    let (anna, voice) = (track(TrackKind::Face, 1), track(TrackKind::Voice, 1));
    let chewing = face(&BEN, 0.0);
    let found = speaking(
        &[Face { track: &anna, samples: &chewing }],
        &[Voice { track: &voice, turns: turns(&ANNA) }],
        &SpeakingSettings::default(),
    );
    assert!(found.tags.is_empty(), "{:#?}", found.tags);
}

#[test]
fn two_mouths_at_once_name_nobody() {
    let (anna, ben, voice) = (track(TrackKind::Face, 1), track(TrackKind::Face, 2), track(TrackKind::Voice, 1));
    let both = face(&ANNA, 0.0);
    let faces = [Face { track: &anna, samples: &both }, Face { track: &ben, samples: &both }];
    let voices = [Voice { track: &voice, turns: turns(&ANNA) }];
    let found = speaking(&faces, &voices, &SpeakingSettings::default());
    assert!(found.tags.is_empty(), "{:#?}", found.tags);
}

#[test]
fn a_head_turned_away_cannot_be_judged_and_says_why() {
    let (anna, voice) = (track(TrackKind::Face, 1), track(TrackKind::Voice, 1));
    let turned = face(&ANNA, 70.0);
    let found = speaking(
        &[Face { track: &anna, samples: &turned }],
        &[Voice { track: &voice, turns: turns(&ANNA) }],
        &SpeakingSettings::default(),
    );
    assert!(found.tags.is_empty());
    assert_eq!(found.not_assessable[0].1.reason, "mouth_not_seen");
    assert!(found.channels[0].1.channels[0].values.iter().all(|v| v.is_nan()));
}
