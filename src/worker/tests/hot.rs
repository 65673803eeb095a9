//! HoT-MixSTE past its choice of frames: with the frames given, it says what its official code says with the same.

use std::collections::BTreeMap;

use fieldgloss_worker::models::nets::{NetName, Network, parity, recipe};
use serde::Deserialize;
use tch::{Kind, Tensor};

#[derive(Deserialize)]
struct Case {
    kept: Vec<i64>,
    pose3d: parity::Golden,
}

#[test]
fn with_the_frames_given_it_says_what_its_official_code_says() {
    let text = include_str!("data/parity/fixture_hot_kept.json");
    let all: BTreeMap<String, BTreeMap<String, Case>> = serde_json::from_str(text).expect("the fixture");
    let network = Network::by_recipe(NetName::HotMixSte).expect("the network");
    let input = recipe::input(parity::INPUT_KEY, &NetName::HotMixSte.input_shape());
    for (label, case) in &all["hot_mixste"] {
        let kept = Tensor::from_slice(&case.kept).view([1, -1]);
        let pose = network.run_keeping(&input, &kept).expect("the network runs");
        assert_eq!(pose.size(), case.pose3d.shape, "{label}");
        let flat = pose.contiguous().view([-1]).to_kind(Kind::Double);
        for (&index, &golden) in &case.pose3d.at {
            let found = flat.double_value(&[i64::try_from(index).expect("a small number")]);
            assert!((found - golden).abs() <= parity::TOLERANCE * golden.abs().max(1.0), "{label} {index}: {found}");
        }
        let norm = flat.square().sum(Kind::Double).sqrt().double_value(&[]);
        assert!((norm - case.pose3d.l2).abs() <= 1e-4 * case.pose3d.l2, "{label}: {norm}");
        // Every element has its say in the sum.
        let sum = flat.sum(Kind::Double).double_value(&[]);
        assert!((sum - case.pose3d.sum).abs() <= 1e-5 * case.pose3d.sum.abs(), "{label}: {sum}");
    }
}
