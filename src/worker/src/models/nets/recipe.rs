//! Deterministic weights and inputs: the recipe by which fixtures fill a network without a checkpoint.
//!
//! A tensor with key K holds v = 2u − 1 with u in [0, 1) drawn by splitmix64 from FNV-1a-64(K), scaled by what the
//! tensor is: about one for scales, half of that range added for variances, small for biases, and by √(3 / fan-in) for
//! matrices and kernels.

use tch::Tensor;

use super::scope::Key;

/// FNV-1a over the bytes of a key.
fn fnv(key: &str) -> u64 {
    key.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// The `index`-th number of a stream, in [0, 1), exact in single precision.
fn unit(seed: u64, index: u64) -> f32 {
    let mut z = seed.wrapping_add((index + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^= z >> 31;
    (z >> 40) as f32 / 16_777_216.0
}

/// `count` numbers in [−1, 1) for a key.
pub fn stream(key: &str, count: usize) -> Vec<f32> {
    let seed = fnv(key);
    (0..count as u64).map(|index| 2.0 * unit(seed, index) - 1.0).collect()
}

/// An input of this shape.
pub fn input(key: &str, shape: &[i64]) -> Tensor {
    Tensor::from_slice(&stream(key, count(shape))).reshape(shape)
}

/// The weights of one key.
pub fn weights(key: &Key) -> Tensor {
    let (seed, count) = (fnv(&key.name), count(&key.shape));
    let long = key.shape.iter().filter(|side| **side > 1).count();
    let signed = |index: u64| 2.0 * unit(seed, index) - 1.0;
    let indices = 0..count as u64;
    let values: Vec<f32> = if long > 1 {
        let fan_in = count as f64 / key.shape[0] as f64;
        let scale = (3.0 / fan_in).sqrt() as f32;
        indices.map(|index| signed(index) * scale).collect()
    } else if key.name.ends_with("weight") || key.name.ends_with(".g") {
        indices.map(|index| 1.0 + 0.1 * signed(index)).collect()
    } else if key.name.ends_with("running_var") {
        indices.map(|index| 1.0 + 0.5 * unit(seed, index)).collect()
    } else {
        indices.map(|index| 0.05 * signed(index)).collect()
    };
    Tensor::from_slice(&values).reshape(&key.shape)
}

fn count(shape: &[i64]) -> usize {
    shape.iter().product::<i64>().max(0) as usize
}
