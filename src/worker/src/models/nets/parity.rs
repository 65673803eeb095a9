//! A network filled by the recipe against what its official code gave.

use serde::Deserialize;
use std::collections::BTreeMap;
use tch::{Kind, Tensor};

use super::error::NetError;
use super::name::NetName;
use super::network::Network;
use super::recipe;

/// The key of the input that the fixtures were made with.
pub const INPUT_KEY: &str = "input";
/// How far an element may be from its golden, as a share of max(1, |golden|).
pub const TOLERANCE: f64 = 1e-4;

/// What a fixture says of one network.
#[derive(Clone, Debug, Deserialize)]
pub struct Fixture {
    /// Numbers in the parameters.
    pub params: i64,
    /// Tensors of the state.
    pub keys: usize,
    /// Outputs by name.
    #[serde(rename = "out")]
    pub outputs: BTreeMap<String, Golden>,
}

/// What a fixture says of one output.
#[derive(Clone, Debug, Deserialize)]
pub struct Golden {
    /// Its shape.
    pub shape: Vec<i64>,
    /// Its sum.
    pub sum: f64,
    /// Its Euclidean norm.
    pub l2: f64,
    /// Some of its elements, by index in memory order.
    pub at: BTreeMap<usize, f64>,
}

/// What came out under one name.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// The output's name.
    pub name: String,
    /// Its shape.
    pub shape: Vec<i64>,
    /// Its sum.
    pub sum: f64,
    /// Its Euclidean norm.
    pub l2: f64,
    /// Its largest absolute element.
    pub largest: f64,
    /// The elements that the fixture names.
    pub at: Vec<(usize, f64)>,
    /// The largest distance from a golden element as a share of max(1, |golden|), where there are goldens.
    pub off: Option<f64>,
}

/// A network's outputs on the recipe's weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The network.
    pub name: NetName,
    /// Numbers in its parameters.
    pub params: i64,
    /// Tensors of its state.
    pub keys: usize,
    /// The outputs that the fixture names, in the network's order.
    pub outputs: Vec<Measured>,
}

impl Report {
    /// The largest distance over all outputs, where there are goldens.
    pub fn off(&self) -> Option<f64> {
        self.outputs.iter().filter_map(|output| output.off).reduce(f64::max)
    }
}

/// The fixture of a network, which is part of the program.
///
/// # Errors
/// [`NetError::Torch`] when it cannot be read, which a test rules out.
pub fn fixture(name: NetName) -> Result<Fixture, NetError> {
    let text = match name {
        NetName::FaceXFormer => include_str!("../../../tests/data/parity/fixture_fx.json"),
        NetName::SwinFace => include_str!("../../../tests/data/parity/fixture_sf.json"),
        NetName::HtNet => include_str!("../../../tests/data/parity/fixture_ht.json"),
        NetName::MixSte => include_str!("../../../tests/data/parity/fixture_mix.json"),
        NetName::HotMixSte => include_str!("../../../tests/data/parity/fixture_hot.json"),
        NetName::Cct => include_str!("../../../tests/data/parity/fixture_cct.json"),
        NetName::Wav2Small => include_str!("../../../tests/data/parity/fixture_w2s.json"),
    };
    let unreadable = |reason: String| NetError::Torch { name, doing: "reading its fixture", reason };
    let mut all: BTreeMap<String, Fixture> = serde_json::from_str(text).map_err(|e| unreadable(e.to_string()))?;
    all.remove(name.text()).ok_or_else(|| unreadable("it is not in there".to_owned()))
}

/// Fills `name` by the recipe and runs it on the recipe's input under `input_key`.
///
/// # Errors
/// [`NetError::Torch`].
pub fn run(name: NetName, input_key: &str) -> Result<Report, NetError> {
    run_merging(name, input_key, 0)
}

/// As [`run`], with so many similar tokens merged in each block: what that costs is how far it is from the official code.
///
/// # Errors
/// [`NetError::Torch`]; [`NetError::Unknown`] for a network without tokens to merge.
pub fn run_merging(name: NetName, input_key: &str, merge: u32) -> Result<Report, NetError> {
    let mut network = Network::by_recipe(name)?;
    if merge > 0 {
        network = network.with_merging(i64::from(merge))?;
    }
    measure(&network, &recipe::input(input_key, &name.input_shape()), input_key == INPUT_KEY)
}

/// Runs `network` on `input` and reads off what the fixture names; compares where `golden`.
///
/// # Errors
/// As [`Network::run`].
pub fn measure(network: &Network, input: &Tensor, golden: bool) -> Result<Report, NetError> {
    let fixture = fixture(network.name())?;
    let outputs = network.run(input)?;
    let named = outputs.iter().filter_map(|(name, value)| Some((name, value, fixture.outputs.get(*name)?)));
    let outputs = named.map(|(name, value, wanted)| read_off(name, value, wanted, golden)).collect();
    Ok(Report { name: network.name(), params: network.parameter_count(), keys: network.key_count(), outputs })
}

fn read_off(name: &str, value: &Tensor, wanted: &Golden, golden: bool) -> Measured {
    let flat = value.contiguous().view([-1]).to_kind(Kind::Double);
    let number = |x: Tensor| f64::try_from(x).unwrap_or(f64::NAN);
    let size = usize::try_from(flat.size()[0]).unwrap_or_default();
    let at: Vec<(usize, f64)> = wanted
        .at
        .keys()
        .filter(|index| **index < size)
        .map(|&index| (index, flat.double_value(&[index as i64])))
        .collect();
    let off = golden.then(|| {
        let distance = |(index, x): &(usize, f64)| wanted.at.get(index).map(|y| (x - y).abs() / y.abs().max(1.0));
        let complete = at.len() == wanted.at.len() && value.size() == wanted.shape;
        let far = at.iter().filter_map(distance).fold(0.0, |a: f64, b| if b.is_nan() { b } else { a.max(b) });
        if complete { far } else { f64::INFINITY }
    });
    let largest = number(flat.abs().max());
    let (sum, l2) = (number(flat.sum(Kind::Double)), number(flat.square().sum(Kind::Double).sqrt()));
    Measured { name: name.to_owned(), shape: value.size(), sum, l2, largest, at, off }
}
