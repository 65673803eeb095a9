use super::*;

/// Blobs of light of several sizes, without an edge anywhere.
fn blobs(width: usize, height: usize, dx: f32, dy: f32) -> Plane {
    let value = |x: f32, y: f32| {
        let wave = |a: f32, b: f32, c: f32| (a * x + b * y + c).sin();
        127.0 + 40.0 * wave(0.31, 0.12, 0.4) + 35.0 * wave(-0.17, 0.29, 1.3) + 30.0 * wave(0.07, -0.11, 2.0)
    };
    Plane::zeros(width, height).map(|x, y| value(x as f32 - dx, y as f32 - dy))
}

fn inner_mean_error(flow: &Flow, dx: f32, dy: f32) -> f32 {
    let (w, h) = (flow.x.width, flow.x.height);
    let mut errors = Vec::new();
    for y in 8..h - 8 {
        for x in 8..w - 8 {
            let at = y * w + x;
            errors.push((flow.x.values[at] - dx).hypot(flow.y.values[at] - dy));
        }
    }
    errors.iter().sum::<f32>() / errors.len() as f32
}

#[test]
fn a_known_shift_is_found() {
    for (dx, dy) in [(0.0, 0.0), (1.0, 0.0), (0.4, -0.7), (3.0, 2.0), (-6.0, 4.5)] {
        let found = flow(&blobs(64, 56, 0.0, 0.0), &blobs(64, 56, dx, dy));
        let error = inner_mean_error(&found, dx, dy);
        assert!(error < 0.15, "({dx}, {dy}): {error}");
    }
}

#[test]
fn only_what_moves_has_flow_and_strain_lies_at_its_edge() {
    let (w, h) = (60, 60);
    let (still, moved) = (blobs(w, h, 0.0, 0.0), blobs(w, h, 2.0, 0.0));
    let second = still.map(|x, y| if x < 30 { still.at(x, y) } else { moved.at(x, y) });
    let found = flow(&still, &second);
    let mean = |from: usize, to: usize| {
        let places = (10..50).flat_map(|y| (from..to).map(move |x| y * w + x));
        places.map(|at| found.x.values[at]).sum::<f32>() / (40 * (to - from)) as f32
    };
    assert!(mean(6, 24).abs() < 0.2, "{}", mean(6, 24));
    assert!((mean(38, 52) - 2.0).abs() < 0.3, "{}", mean(38, 52));
    let strain = strain(&found);
    let at = |x: isize| (10..50).map(|y| strain.at(x, y)).fold(0.0_f32, f32::max);
    assert!(at(30).max(at(31)).max(at(29)) > 3.0 * at(14).max(at(46)));
}

#[test]
fn pictures_without_anything_in_them_do_not_move() {
    let grey = Plane { values: vec![100.0; 400], ..Plane::zeros(20, 20) };
    let found = flow(&grey, &grey);
    assert!(found.x.values.iter().chain(&found.y.values).all(|v| *v == 0.0));
    assert_eq!(flow(&grey, &Plane::zeros(3, 3)).x.values.len(), 400);
}

#[test]
fn the_flow_is_what_opencv_finds() {
    let wanted: serde_json::Value = serde_json::from_str(include_str!("../../../tests/data/nets/tvl1.json")).unwrap();
    let wanted: Vec<f32> = serde_json::from_value(wanted["flow"].clone()).unwrap();
    let (w, h) = (72, 64);
    let scene = |x: f32, y: f32| {
        let wave = |a: f32, b: f32, c: f32| (a * x + b * y + c).sin();
        let value =
            127.0 + 40.0 * wave(0.31, 0.12, 0.4) + 35.0 * wave(-0.17, 0.29, 1.3) + 30.0 * wave(0.07, -0.11, 2.0);
        value.round_ties_even().clamp(0.0, 255.0)
    };
    let bump = |x: f32, y: f32| (-((x - 36.0).powi(2) + (y - 32.0).powi(2)) / 250.0).exp();
    let first = Plane::zeros(w, h).map(|x, y| scene(x as f32, y as f32));
    let second = Plane::zeros(w, h).map(|x, y| {
        let (x, y) = (x as f32, y as f32);
        scene(x - 1.8 * bump(x, y), y + 1.2 * bump(x, y))
    });
    let found = flow(&first, &second);
    let (mut far, mut sum, mut count) = (0.0_f32, 0.0_f32, 0.0_f32);
    for (at, both) in wanted.as_chunks::<2>().0.iter().enumerate() {
        let place = at / 18 * 4 * w + at % 18 * 4;
        let off = (found.x.values[place] - both[0]).hypot(found.y.values[place] - both[1]);
        (far, sum, count) = (far.max(off), sum + off, count + 1.0);
    }
    assert!(sum / count < 0.08 && far < 0.35, "mean {}, furthest {far}", sum / count);
}
