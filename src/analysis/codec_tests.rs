//! The codec keeps what it promises, on made-up motion and on nonsense.

use std::time::Instant;

use proptest::prelude::*;

use super::*;

struct Noise(u64);

impl Noise {
    /// 0 to 1.
    fn uniform(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / 16_777_216.0
    }
    /// Mean 0, deviation 1: the sum of twelve uniforms.
    fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.uniform()).sum::<f32>() - 6.0
    }
}

/// Landmarks of a head that sways, turns and talks, with the mesh's noise on every coordinate.
fn talking_head(seconds: usize, noise_px: f32) -> TrackSamples {
    let mut noise = Noise(5);
    let shape: Vec<[f32; 3]> =
        (0..478).map(|_| [noise.normal() * 45.0, noise.normal() * 60.0, noise.normal() * 25.0]).collect();
    let frames = seconds * 25;
    let mut values = Vec::with_capacity(frames * 478 * 3);
    for f in 0..frames {
        let t = f as f32 / 25.0;
        let (sway, bob) = ((t * 0.7).sin() * 40.0, (t * 1.1).cos() * 15.0);
        let yaw = (t * 0.5).sin() * 0.35;
        let talk = (t * 25.0).sin() * (t * 3.0).sin().max(0.0) * 6.0;
        for p in &shape {
            let (x, z) = (p[0] * yaw.cos() + p[2] * yaw.sin(), p[2] * yaw.cos() - p[0] * yaw.sin());
            let lip = if p[1] > 40.0 { talk } else { 0.0 };
            values.push(320.0 + sway + x + noise.normal() * noise_px);
            values.push(240.0 + bob + p[1] + lip + noise.normal() * noise_px);
            values.push(z + noise.normal() * noise_px);
        }
    }
    TrackSamples {
        times: (0..frames).map(|f| Time(f as i64 * 40_000_000)).collect(),
        channels: vec![Channel { name: "landmarks".into(), width: 478 * 3, step: 0.125, values }],
    }
}

fn assert_close(before: &TrackSamples, after: &TrackSamples) {
    assert_eq!(before.times, after.times);
    for (a, b) in before.channels.iter().zip(&after.channels) {
        assert_eq!((&a.name, a.width, a.values.len()), (&b.name, b.width, b.values.len()));
        for (x, y) in a.values.iter().zip(&b.values) {
            if x.is_finite() {
                // Half a step, and what f32 itself cannot tell apart.
                assert!((x - y).abs() <= a.step * 0.500_1 + x.abs() * f32::EPSILON, "{x} became {y}");
            } else {
                assert!(y.is_nan());
            }
        }
    }
}

/// Prints bytes and seconds for an hour: `cargo test codec -- --nocapture`.
#[test]
fn an_hour_of_landmarks_is_well_under_150_megabytes() {
    let samples = talking_head(60, 0.3);
    let begun = Instant::now();
    let chunks = encode(&samples).unwrap();
    let packing = begun.elapsed().as_secs_f64();
    let begun = Instant::now();
    let back = decode(&chunks).unwrap();
    let unpacking = begun.elapsed().as_secs_f64();
    assert_close(&samples, &back);
    let hour: f64 = chunks.iter().map(|c| c.blob.len() as f64).sum::<f64>() * 60.0;
    println!(
        "an hour of 478 landmarks at 25 fps: {:.1} MB, packed in {:.1} s, unpacked in {:.1} s",
        hour / 1e6,
        packing * 60.0,
        unpacking * 60.0
    );
    assert_eq!(chunks.len(), 12);
    assert!(hour < 80e6, "{hour}");
}

#[test]
fn one_channel_is_read_without_the_others() {
    let times: Vec<Time> = (0..700).map(|f| Time(f * 33_366_667)).collect();
    let yaw = Channel { name: "yaw".into(), width: 1, step: 0.05, values: (0..700).map(|f| f as f32 * 0.1).collect() };
    let bad = Channel { name: "box".into(), width: 4, step: 0.125, values: vec![1.0; 2800] };
    let mut chunks = encode(&TrackSamples { times: times.clone(), channels: vec![yaw.clone(), bad] }).unwrap();
    for chunk in chunks.iter_mut().filter(|c| c.channel == "box") {
        chunk.blob.truncate(9);
    }
    let alone = decode_channel(&chunks, "yaw").unwrap();
    assert_close(&TrackSamples { times, channels: vec![yaw] }, &alone);
    assert!(matches!(decode(&chunks), Err(CodecError::Damaged { .. })));
    assert!(decode_channel(&chunks, "nothing").unwrap().times.is_empty());
}

#[test]
fn a_missing_stretch_of_one_channel_is_no_value() {
    let times: Vec<Time> = (0..500).map(|f| Time::from_millis(f * 40)).collect();
    let channel = |name: &str| Channel { name: name.into(), width: 1, step: 0.01, values: vec![1.0; 500] };
    let mut chunks = encode(&TrackSamples { times, channels: vec![channel("a"), channel("b")] }).unwrap();
    assert_eq!(chunks.len(), 8);
    chunks.remove(7);
    let back = decode(&chunks).unwrap();
    assert_eq!(back.times.len(), 500);
    assert_eq!(back.channel("b").unwrap().values[374], 1.0);
    assert!(back.channel("b").unwrap().values[375].is_nan());
}

#[test]
fn stretches_of_any_length_are_read_together() {
    let samples = talking_head(30, 0.3);
    let channel = &samples.channels[0];
    // As earlier versions cut it, then as this one does; in no order.
    let mut chunks = Vec::new();
    for (from, to) in [(0, 250), (250, 500), (500, 625), (625, 750)] {
        let (times, values) = (&samples.times[from..to], &channel.values[from * channel.width..to * channel.width]);
        let blob = pack(times, channel, values).unwrap();
        let (start, end) = (times[0], times[times.len() - 1]);
        chunks.push(Chunk { channel: channel.name.clone(), start, end, samples: times.len(), blob });
    }
    chunks.swap(0, 3);
    chunks.swap(1, 2);
    assert_close(&samples, &decode(&chunks).unwrap());
    let (times, last) = decode_blob("landmarks", &chunks[0].blob).unwrap();
    assert_eq!((times.len(), last.values.len()), (125, 125 * 1434));
    assert!(decode(&[chunks[0].clone(), chunks[0].clone()]).is_err(), "twice the same");
}

#[test]
fn faces_that_come_and_go_come_back_the_same() {
    let mut samples = talking_head(20, 0.3);
    let width = samples.channels[0].width;
    let mut noise = Noise(3);
    // No mesh in some pictures, a point that is never seen, one that jumps, and some that are lost now and then.
    for (t, row) in samples.channels[0].values.chunks_mut(width).enumerate() {
        if t % 97 < 5 {
            row.fill(f32::NAN);
        }
        row[31] = f32::NAN;
        row[700] += if t % 2 == 0 { 3_000.0 } else { -3_000.0 };
        for value in row.iter_mut().skip(900).step_by(7) {
            if noise.uniform() < 0.02 {
                *value = f32::NAN;
            }
        }
        row[1433] = 4e6;
    }
    assert_close(&samples, &decode(&encode(&samples).unwrap()).unwrap());
}

#[test]
fn what_says_it_holds_much_more_than_it_is_must_prove_it() {
    let channel = Channel { name: "c".into(), width: 1434, step: 1.0, values: vec![0.0; 1434 * 2] };
    let honest = pack(&[Time(0), Time(1)], &channel, &channel.values).unwrap();
    let (mut head, mut said) = (vec![VERSION], Vec::new());
    put(&mut head, 1434);
    put(&mut said, 150_000);
    said.extend(1.0_f32.to_le_bytes());
    put(&mut said, 250_000_000);
    let rest = &honest[honest.windows(4).position(|four| four == [0x28, 0xb5, 0x2f, 0xfd]).unwrap()..];
    let blob = [&head[..], &said, rest].concat();
    let chunk =
        |start| Chunk { channel: "c".into(), start: Time(start), end: Time(start), samples: 1, blob: blob.clone() };
    assert!(matches!(decode_blob("c", &blob), Err(CodecError::Damaged { .. })));
    // A thousand of them would be most of a terabyte.
    let many: Vec<Chunk> = (0..1000).map(chunk).collect();
    assert!(matches!(decode(&many), Err(CodecError::Damaged { .. })));
}

#[test]
fn what_cannot_be_stored_is_refused() {
    let with = |values: Vec<f32>, step| TrackSamples {
        times: vec![Time(0), Time(1)],
        channels: vec![Channel { name: "c".into(), width: 1, step, values }],
    };
    assert!(encode(&with(vec![1.0], 0.1)).is_err());
    assert!(encode(&with(vec![1.0, 2.0], 0.0)).is_err());
    assert!(encode(&with(vec![1.0, 1e30], 0.1)).is_err());
    let mut falling = with(vec![1.0, 2.0], 0.1);
    falling.times = vec![Time(1), Time(1)];
    assert!(encode(&falling).is_err());
    assert!(encode(&with(vec![1.0, f32::INFINITY], 0.1)).is_ok());
}

fn any_samples() -> impl Strategy<Value = TrackSamples> {
    let value = prop_oneof![
        4 => -2000.0_f32..2000.0,
        1 => Just(f32::NAN),
        1 => -1e8_f32..1e8,
        1 => Just(0.0_f32),
    ];
    (1_usize..40, prop_oneof![Just(1_usize), Just(4), Just(7), Just(99), Just(132)], 0.001_f32..2.0).prop_flat_map(
        move |(count, width, step)| {
            (
                prop::collection::vec(1_i64..3_000_000_000, count),
                prop::collection::vec(value.clone(), count * width),
                any::<i64>().prop_map(|t| t / 4),
            )
                .prop_map(move |(steps, values, start)| TrackSamples {
                    times: steps
                        .iter()
                        .scan(start, |t, s| {
                            *t += s;
                            Some(Time(*t))
                        })
                        .collect(),
                    channels: vec![Channel { name: "c".into(), width, step, values }],
                })
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_value_comes_back_within_half_a_step(samples in any_samples()) {
        assert_close(&samples, &decode(&encode(&samples).unwrap()).unwrap());
    }

    #[test]
    fn damage_is_an_error_never_a_panic(samples in any_samples(), at in any::<prop::sample::Index>(), flip in 1_u8..) {
        let mut chunks = encode(&samples).unwrap();
        let index = at.index(chunks[0].blob.len());
        chunks[0].blob[index] ^= flip;
        // A changed step in the header still reads; everything else is caught.
        let _ = decode(&chunks);
        chunks[0].blob.truncate(index);
        prop_assert!(decode(&chunks).is_err());
    }

    #[test]
    fn nonsense_is_an_error(blob in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(decode_blob("c", &blob).is_err());
    }
}

/// A hand that waves, with the network's noise: pixels or metres by `scale`.
fn waving_hand(seconds: usize, scale: f32, seed: u64) -> Vec<f32> {
    let mut noise = Noise(seed);
    let shape: Vec<[f32; 3]> =
        (0..21).map(|_| [noise.normal() * 25.0, noise.normal() * 30.0, noise.normal() * 8.0]).collect();
    let mut values = Vec::with_capacity(seconds * 25 * 63);
    for f in 0..seconds * 25 {
        let t = f as f32 / 25.0;
        let place = [(t * 1.3).sin() * 80.0, (t * 2.1).cos() * 60.0, 0.0];
        for p in &shape {
            values.extend((0..3).map(|k| (300.0 + p[k] + place[k] + noise.normal() * 0.6) * scale));
        }
    }
    values
}

/// Prints bytes for an hour of two people, and how long ten seconds take to read: `cargo test codec -- --nocapture`.
#[test]
fn an_hour_of_two_people_with_all_channels_is_under_150_megabytes() {
    let seconds = 40;
    let mut face = talking_head(seconds, 0.3);
    // As for a face of 110 pixels.
    face.channels[0].step = 1.0;
    let times = face.times.clone();
    let mut noise = Noise(11);
    let mut curve = |name: String, width: usize, step: f32, size: f32| {
        let values = (0..times.len() * width)
            .map(|i| (((i / width) as f32 / 20.0 + (i % width) as f32).sin() + 0.0025 * noise.normal()) * size);
        Channel { name, width, step, values: values.collect() }
    };
    let mut channels = face.channels;
    channels.push(curve("box".into(), 4, 0.125, 200.0));
    channels.extend(["a", "b"].map(|net| curve(format!("expression.{net}"), 7, 0.001, 0.5)));
    channels.extend((0..14).map(|k| curve(format!("face measure {k}"), 1, 0.002, 1.0)));
    channels.push(curve("body box".into(), 4, 0.125, 200.0));
    channels.push(curve("pose".into(), 132, 0.0625, 200.0));
    channels.push(curve("pose.world".into(), 99, 0.002, 0.5));
    channels.extend((0..20).map(|k| curve(format!("body measure {k}"), 1, 0.002, 1.0)));
    for (name, step, scale) in [("hand", 0.5, 1.0), ("hand.world", 0.002, 0.001)] {
        for seed in [3, 4] {
            let values = waving_hand(seconds, scale, seed);
            channels.push(Channel { name: format!("{name}.{seed}"), width: 63, step, values });
        }
    }
    let samples = TrackSamples { times, channels };
    let chunks = encode(&samples).unwrap();
    let bytes = |part: &str| -> f64 {
        let own = chunks.iter().filter(|c| c.channel.starts_with(part));
        own.map(|c| c.blob.len() as f64).sum::<f64>() * 3600.0 / seconds as f64 / 1e6
    };
    let ten: Vec<Chunk> = chunks.iter().filter(|c| c.start == Time::ZERO).cloned().collect();
    let begun = Instant::now();
    decode(&ten).unwrap();
    println!(
        "an hour of one person: {:.1} MB, of it landmarks {:.1}, pose {:.1}, hands {:.1}; ten seconds of all in {:.2} ms",
        bytes(""),
        bytes("landmarks"),
        bytes("pose"),
        bytes("hand"),
        begun.elapsed().as_secs_f64() * 1e3
    );
    assert_close(&samples, &decode(&chunks).unwrap());
    assert!(2.0 * bytes("") < 150.0, "{}", 2.0 * bytes(""));
}
