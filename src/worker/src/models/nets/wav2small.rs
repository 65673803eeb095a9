//! Wav2Small: arousal, dominance and valence of a stretch of speech, by 15,000 parameters.
//!
//! Kounadis-Bastian, Schrüfer, Derington, Wierstorf, Eyben, Burkhardt and Schuller, "Wav2Small: Distilling Wav2Vec2 to 72K
//! parameters for low-resource speech emotion recognition" (2024).

use tch::{Kind, Tensor};

use super::blocks::{BatchNorm, Conv, Linear, channels_last};
use super::scope::Scope;

/// Samples a second that the network expects.
pub const RATE: u32 = 16_000;
/// Samples of the shortest stretch it can be run on.
pub const SHORTEST: i64 = WINDOW;

const WINDOW: i64 = 64;
const HOP: i64 = 32;
const BINS: i64 = WINDOW / 2 + 1;
const MELS: i64 = 26;
const CHANNELS: i64 = 13;
const FLOOR: f64 = 1e-10;

/// The network.
pub struct Wav2Small {
    real: Tensor,
    imaginary: Tensor,
    mels: Tensor,
    floor: f64,
    convolutions: Vec<Conv>,
    values: Conv,
    weights: Conv,
    head: Linear,
}

impl Wav2Small {
    /// Of the published size.
    pub fn new(scope: &Scope<'_>) -> Self {
        let vgg = scope.sub("vgg7");
        let convolutions = (1..=7).map(|i| convolution(&vgg.sub(format!("l{i}")), if i == 1 { 1 } else { CHANNELS }));
        let convolutions = convolutions.collect();
        let pointwise = |name: &str| {
            let scope = vgg.sub(name);
            let weight = scope.learned("weight", &[CHANNELS, CHANNELS, 1, 1]);
            Conv::of(&weight, Some(scope.learned("bias", &[CHANNELS])), 1, 0)
        };
        let (values, weights) = (pointwise("lin"), pointwise("sof"));
        let (real, imaginary) = fourier();
        let spectrum = vgg.sub("spectrogram_extractor");
        let mel = vgg.sub("logmel_extractor");
        let floor = mel.made("amin", &Tensor::from(FLOOR as f32));
        Self {
            real: spectrum.frozen("conv_real.weight", &real),
            imaginary: spectrum.frozen("conv_imag.weight", &imaginary),
            mels: mel.made("melW", &mel_filters()),
            floor: f64::try_from(floor).unwrap_or(FLOOR),
            convolutions,
            values,
            weights,
            head: Linear::new(&scope.sub("adv"), 2 * CHANNELS * CHANNELS, 3),
        }
    }

    /// B × samples at 16 kHz to B × (arousal, dominance, valence).
    pub fn run(&self, sound: &Tensor) -> Tensor {
        let sound = normalise(sound).unsqueeze(1);
        let conv = |kernel: &Tensor| sound.conv1d(kernel, None::<&Tensor>, [HOP], [0], [1], 1);
        let power = conv(&self.real).square() + conv(&self.imaginary).square();
        let mels = power.transpose(1, 2).matmul(&self.mels).clamp_min(self.floor).log10() * 10.0;
        let mut x = channels_last(&mels.unsqueeze(1));
        for (i, convolution) in self.convolutions.iter().enumerate() {
            x = convolution.run(&x).relu();
            if i == 2 {
                x = x.max_pool2d([3, 3], [2, 2], [1, 1], [1, 1], false);
            }
        }
        let shares = self.weights.run(&x).softmax(2, None);
        let summary = (self.values.run(&x) * shares).sum_dim_intlist([2_i64].as_slice(), false, Kind::Float);
        let joint = Tensor::cat(&[&summary, &summary.matmul(&summary.transpose(1, 2))], 2);
        self.head.run(&joint.reshape([-1, 2 * CHANNELS * CHANNELS]))
    }
}

/// A waveform to zero mean and unit variance, each of B by itself.
pub fn normalise(sound: &Tensor) -> Tensor {
    let centred = sound - sound.mean_dim([1_i64].as_slice(), true, Kind::Float);
    let variance = centred.square().mean_dim([1_i64].as_slice(), true, Kind::Float);
    centred / (variance + 1e-7).sqrt()
}

/// A convolution with its batch normalisation folded in.
fn convolution(scope: &Scope<'_>, inputs: i64) -> Conv {
    let weight = scope.learned("conv.weight", &[CHANNELS, inputs, 3, 3]);
    let norm = BatchNorm::new(&scope.sub("norm"), CHANNELS, 1e-5);
    Conv::of(&(weight * norm.scale.view([-1, 1, 1, 1])), Some(norm.shift), 1, 1)
}

/// The discrete Fourier transform under a Hann window: two kernels of bins × 1 × samples.
fn fourier() -> (Tensor, Tensor) {
    use std::f64::consts::TAU;
    let (mut real, mut imaginary) = (Vec::new(), Vec::new());
    for bin in 0..BINS {
        for sample in 0..WINDOW {
            let window = 0.5 - 0.5 * (TAU * sample as f64 / WINDOW as f64).cos();
            let angle = -TAU * (bin * sample % WINDOW) as f64 / WINDOW as f64;
            real.push((window * angle.cos()) as f32);
            imaginary.push((window * angle.sin()) as f32);
        }
    }
    let kernel = |values: &[f32]| Tensor::from_slice(values).view([BINS, 1, WINDOW]);
    (kernel(&real), kernel(&imaginary))
}

/// Triangles of equal area on Slaney's mel scale, from 0 Hz to half the rate: bins × mels.
fn mel_filters() -> Tensor {
    let top = f64::from(RATE) / 2.0;
    let edge = |i: i64| hertz(mel(top) * i as f64 / (MELS + 1) as f64);
    let mut filters = vec![0_f32; (BINS * MELS) as usize];
    for bin in 0..BINS {
        let frequency = top * bin as f64 / (BINS - 1) as f64;
        for band in 0..MELS {
            let (low, middle, high) = (edge(band), edge(band + 1), edge(band + 2));
            let height = ((frequency - low) / (middle - low)).min((high - frequency) / (high - middle)).max(0.0);
            filters[(bin * MELS + band) as usize] = (height * 2.0 / (high - low)) as f32;
        }
    }
    Tensor::from_slice(&filters).view([BINS, MELS])
}

/// Slaney's scale: linear to 1000 Hz, logarithmic above.
fn mel(hertz: f64) -> f64 {
    if hertz < 1000.0 { hertz * 3.0 / 200.0 } else { 15.0 + (hertz / 1000.0).ln() / STEP }
}

fn hertz(mel: f64) -> f64 {
    if mel < 15.0 { mel * 200.0 / 3.0 } else { 1000.0 * ((mel - 15.0) * STEP).exp() }
}

/// ln 6.4 / 27: 27 steps to 6400 Hz.
const STEP: f64 = 0.068_751_777_420_949_12;
