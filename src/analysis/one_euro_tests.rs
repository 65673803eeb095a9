//! The filter against the authors' own code, and what it promises to those who read curves.

use super::*;

/// Values every 40 ms and what PyPI `OneEuroFilter` 0.2.1 (by Géry Casiez) makes of them at 25 Hz, least cutoff 1.5,
/// beta 2, cutoff of the speed 1.
const PUBLISHED: [(f32, f32); 12] = [
    (0.0, 0.0),
    (0.515_374, 0.322_909_6),
    (0.788_36, 0.658_754_1),
    (0.690_567, 0.680_708_1),
    (0.267_991, 0.495_556_3),
    (-0.280_627, -0.020_781_6),
    (-0.697_261, -0.542_499_2),
    (-0.485_962, -0.501_549_7),
    (-0.205_013, -0.327_211_4),
    (0.313_451, 0.016_176_7),
    (0.825_589, 0.625_325_8),
    (1.090_535, 0.991_146),
];

fn times(count: usize) -> Vec<Time> {
    (0..count as i64).map(|i| Time::from_millis(i * 40)).collect()
}

/// A head that sways and trembles, repeatably.
fn swaying(count: usize) -> Vec<f32> {
    let mut seed = 7_u32;
    (0..count)
        .map(|i| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (seed >> 8) as f32 / 16_777_216.0 - 0.5;
            (i as f32 * 0.05).sin() + 0.1 * noise
        })
        .collect()
}

#[test]
fn the_same_numbers_as_the_authors_code() {
    let raw: Vec<f32> = PUBLISHED.iter().map(|(raw, _)| *raw).collect();
    let ours = filtered(&times(raw.len()), &raw, &OneEuro::default(), 1.0);
    for (ours, (_, theirs)) in ours.iter().zip(PUBLISHED) {
        assert!((ours - theirs).abs() < 1e-5, "{ours} {theirs}");
    }
}

#[test]
fn rest_is_steadied_and_the_same_input_gives_the_same_output() {
    let (times, raw) = (times(500), swaying(500));
    let once = filtered(&times, &raw, &OneEuro::default(), 1.0);
    assert_eq!(once, filtered(&times, &raw, &OneEuro::default(), 1.0));
    let late = once.iter().zip(&raw).map(|(now, raw)| (now - raw).abs()).fold(0.0, f32::max);
    assert!(late < 0.2, "a sway of two units from side to side is followed: {late}");
    let rest: Vec<f32> = raw.iter().enumerate().map(|(i, v)| v - (i as f32 * 0.05).sin()).collect();
    let restless = |values: &[f32]| values.windows(2).map(|w| (w[1] - w[0]).abs()).sum::<f32>();
    let steadied = restless(&filtered(&times, &rest, &OneEuro::default(), 1.0));
    assert!(steadied < 0.5 * restless(&rest), "{steadied} {}", restless(&rest));
    let off = OneEuro { on: false, ..OneEuro::default() };
    assert_eq!(filtered(&times, &raw, &off, 1.0), raw);
}

#[test]
fn a_reader_who_begins_two_seconds_early_sees_what_the_whole_shows() {
    let (times, raw) = (times(1000), swaying(1000));
    let whole = filtered(&times, &raw, &OneEuro::default(), 1.0);
    let (shown, early) = (500, 500 - WARM_UP.0 as usize / 40_000_000);
    let part = filtered(&times[early..], &raw[early..], &OneEuro::default(), 1.0);
    let off = |part: &[f32], from: usize| -> f32 {
        (shown..1000).map(|i| (part[i - from] - whole[i]).abs()).fold(0.0, f32::max)
    };
    assert!(off(&part, early) < 0.002, "{}", off(&part, early));
    let cold = filtered(&times[shown..], &raw[shown..], &OneEuro::default(), 1.0);
    assert!(off(&cold, shown) > 0.01, "without a warm-up the first values differ");
}

#[test]
fn missing_values_stay_missing_and_a_long_gap_starts_anew() {
    let mut times = times(40);
    for time in &mut times[20..] {
        *time = *time + Time::from_millis(2_000);
    }
    let mut raw = vec![0.0; 20];
    raw.extend([5.0; 20]);
    raw[3] = f32::NAN;
    let out = filtered(&times, &raw, &OneEuro::default(), 1.0);
    assert!(out[3].is_nan() && out[4] == 0.0);
    assert_eq!(out[20], 5.0, "what was before the gap does not drag on what is after it");
}

#[test]
fn settings_are_read_from_words_and_refused_when_they_make_no_filter() {
    assert_eq!("1,0.5".parse(), Ok(OneEuro { min_cutoff: 1.0, beta: 0.5, ..OneEuro::default() }));
    assert!(!"off".parse::<OneEuro>().unwrap().on);
    assert_eq!("0,1".parse::<OneEuro>(), Err(OneEuroError::Cutoff));
    assert_eq!("1,-1".parse::<OneEuro>(), Err(OneEuroError::Beta));
    assert_eq!("soft".parse::<OneEuro>(), Err(OneEuroError::Unreadable));
}
