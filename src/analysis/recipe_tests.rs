use super::*;
use crate::domain::{Channel, RunId, TrackId};

fn rule(on: f32, off: f32) -> Rule {
    Rule {
        label: "mouth_wide".into(),
        channel: "measure.mouth_width".into(),
        column: 0,
        on_tracks: Some(TrackKind::Face),
        below: false,
        on,
        off,
        min_secs: 0.2,
        merge_secs: 0.2,
        smooth_secs: 0.0,
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
        end: Time::from_millis(4000),
        samples: 100,
        residue: Default::default(),
    }
}

fn samples(values: Vec<f32>) -> TrackSamples {
    TrackSamples {
        times: (0..values.len() as i64).map(|i| Time::from_millis(i * 40)).collect(),
        channels: vec![Channel { name: "measure.mouth_width".into(), width: 1, step: 0.001, values }],
    }
}

#[test]
fn a_rule_proposes_what_it_says_and_carries_its_settings() {
    let mut values = vec![0.1; 100];
    values[20..40].fill(0.7);
    values[43..50].fill(0.7);
    values[70..73].fill(0.9);
    let recipe = Recipe { name: "Smiles".into(), rules: vec![rule(0.6, 0.4)], ..Recipe::default() };
    let tags = recipe.apply(&track(TrackKind::Face), &samples(values.clone()));
    // The gap of 120 ms is closed, the 120 ms at the end too short.
    assert_eq!(tags.len(), 1);
    assert_eq!((tags[0].start, tags[0].end), (Time::from_millis(800), Time::from_millis(2000)));
    assert_eq!((tags[0].label.as_str(), recipe_of(&tags[0])), ("mouth_wide", Some("Smiles")));
    assert_eq!(tags[0].evidence["rule"]["on"], serde_json::json!(0.6_f32));
    assert!((0.2..=1.0).contains(&tags[0].confidence));
    assert!(recipe.apply(&track(TrackKind::Body), &samples(values)).is_empty(), "a rule for faces");
}

#[test]
fn below_is_the_same_upside_down() {
    let mut values = vec![0.3; 100];
    values[10..20].fill(0.05);
    let below = Rule { below: true, channel: "measure.mouth_width".into(), ..rule(0.1, 0.2) };
    let tags = below.apply(&track(TrackKind::Face), &samples(values.clone()), "Blinks");
    assert_eq!((tags[0].start, tags[0].end), (Time::from_millis(400), Time::from_millis(800)));
    assert_eq!(tags[0].evidence["peak"], serde_json::json!(0.05));
    let times: Vec<Time> = (0..100).map(|i| Time::from_millis(i * 40)).collect();
    assert_eq!(below.spans(&times, &values), [Span::new(tags[0].start, tags[0].end)]);
}

#[test]
fn a_recipe_is_a_file_that_reads_back() {
    let recipe = Recipe {
        name: "Mouth and hands".into(),
        description: "For the storytelling sessions".into(),
        labels: vec!["laugh".into()],
        rules: vec![rule(0.6, 0.4), Rule { on_tracks: None, smooth_secs: 0.12, ..rule(0.2, 0.1) }],
    };
    let text = recipe.to_toml();
    assert!(text.contains("[[rule]]") && text.contains("on_tracks = \"face\""), "{text}");
    assert_eq!(Recipe::from_toml(&text).expect("read back"), recipe);
    for (bad, says) in [
        ("name = \"x\"", "no rule"),
        ("name = \"a/b\"\n[[rule]]\nlabel='x'\nchannel='y'\non=1\noff=0\nmin_secs=0\nmerge_secs=0", "name"),
        ("name = \"x\"\n[[rule]]\nlabel='x'\nchannel='y'\non=0\noff=1\nmin_secs=0\nmerge_secs=0", "above"),
        ("name = \"x\"\n[[rule]]\nlabel='x'\nchannel='y'\non=nan\noff=1\nmin_secs=0\nmerge_secs=0", "numbers"),
        ("name = \"x\"\nrulez = 3", "no recipe"),
    ] {
        let error = Recipe::from_toml(bad).expect_err(bad).to_string();
        assert!(error.contains(says), "{error}");
    }
}
