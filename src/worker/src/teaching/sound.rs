//! A second of sound as a picture: 64 mel bands by 64 columns of loudness.

use std::f64::consts::TAU;

use tch::{Kind, Tensor};

use super::TeachError;

/// Samples a second.
pub const RATE: u32 = 16_000;
/// A second of them.
pub const SAMPLES: usize = 16_000;
const BANDS: usize = 64;
const WINDOW: i64 = 512;
/// 64 columns a second.
const HOP: i64 = 250;
/// Below and above which nothing is looked at, Hz.
const LOWEST: f64 = 50.0;
const HIGHEST: f64 = 8000.0;
/// What is this much softer than the loudest is silence, dB.
const RANGE: f64 = 80.0;

/// Bytes of the picture: low bands in the first row; 255 is the loudest of this second, so that distance from the microphone
/// matters little.
///
/// # Errors
/// When memory runs out.
pub fn patch(samples: &[f32]) -> Result<Vec<u8>, TeachError> {
    let levels = levels(&Tensor::f_from_slice(samples)?)? * 255.0;
    Ok(Vec::try_from(&levels.f_reshape([-1])?.f_round()?.f_to_kind(Kind::Uint8)?)?)
}

/// The same as numbers of 0 to 1, bands × columns, of [`SAMPLES`] samples.
pub(super) fn levels(samples: &Tensor) -> Result<Tensor, TeachError> {
    let around = (WINDOW + 63 * HOP - SAMPLES as i64) / 2;
    let frames = samples.f_constant_pad_nd([around, around])?.f_unfold(0, WINDOW, HOP)?;
    let hann: Vec<f32> = (0..WINDOW).map(|n| (0.5 - 0.5 * (TAU * n as f64 / WINDOW as f64).cos()) as f32).collect();
    let spectrum = (frames * Tensor::f_from_slice(&hann)?).f_fft_rfft(None, -1, "backward")?;
    let power = spectrum.f_abs()?.f_square()?;
    let loud = power.f_matmul(&filters()?)?.f_clamp_min(1e-10)?.f_log10()? * 10.0;
    let top = loud.f_max()?;
    let levels = ((loud - top + RANGE) / RANGE).f_clamp(0.0, 1.0)?;
    Ok(levels.f_transpose(0, 1)?.f_contiguous()?)
}

/// Triangles on the mel scale (O'Shaughnessy 1987), bins × bands.
fn filters() -> Result<Tensor, TeachError> {
    let mel = |hz: f64| 2595.0 * (1.0 + hz / 700.0).log10();
    let hz = |mel: f64| 700.0 * (10.0_f64.powf(mel / 2595.0) - 1.0);
    let (low, high) = (mel(LOWEST), mel(HIGHEST));
    let edges: Vec<f64> = (0..BANDS + 2).map(|at| hz(low + (high - low) * at as f64 / (BANDS + 1) as f64)).collect();
    let bins = (WINDOW / 2 + 1) as usize;
    let mut weights = vec![0.0_f32; bins * BANDS];
    for bin in 0..bins {
        let at = bin as f64 * f64::from(RATE) / WINDOW as f64;
        for (band, edge) in edges.windows(3).enumerate() {
            let rise = (at - edge[0]) / (edge[1] - edge[0]);
            let fall = (edge[2] - at) / (edge[2] - edge[1]);
            weights[bin * BANDS + band] = rise.min(fall).max(0.0) as f32;
        }
    }
    Ok(Tensor::f_from_slice(&weights)?.f_reshape([bins as i64, BANDS as i64])?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_is_a_line_at_its_height() {
        let tone = |hz: f64| -> Vec<f32> {
            (0..SAMPLES).map(|n| (0.5 * (TAU * hz * n as f64 / f64::from(RATE)).sin()) as f32).collect()
        };
        let loudest = |hz: f64| {
            let bytes = patch(&tone(hz)).unwrap();
            assert_eq!(bytes.len(), BANDS * 64);
            (0..BANDS).max_by_key(|band| bytes[band * 64 + 32]).unwrap()
        };
        let (low, high) = (loudest(400.0), loudest(3000.0));
        assert!(low > 3 && low < high && high < BANDS - 5, "{low} {high}");
        assert!(patch(&vec![0.0; SAMPLES]).is_ok());
    }
}
