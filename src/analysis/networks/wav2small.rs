//! Wav2Small: stretches of speech as curves of arousal, dominance and valence.

/// Samples a second.
pub const RATE: u32 = 16_000;
/// What its three numbers are, about 0 to 1.
pub const NAMES: [&str; 3] = ["arousal", "dominance", "valence"];
/// A window: two seconds.
pub const WINDOW: usize = 32_000;
/// Between the beginnings of two windows: half a second.
pub const HOP: usize = 8_000;
/// Shorter stretches say nothing: half a second.
pub const SHORTEST: usize = 8_000;

/// First sample and length of each window of a stretch; a short stretch is one window, one too short is none.
pub fn windows(samples: usize) -> Vec<(usize, usize)> {
    spread(samples, WINDOW, HOP, SHORTEST)
}

/// Windows of a length and a hop over a stretch; what is left at the end gets a window of its own that ends with the
/// stretch, unless it is less than half a hop.
pub fn spread(samples: usize, window: usize, hop: usize, shortest: usize) -> Vec<(usize, usize)> {
    if samples < shortest.max(1) {
        return Vec::new();
    }
    if samples <= window {
        return vec![(0, samples)];
    }
    let last = samples - window;
    let mut starts: Vec<usize> = (0..=last).step_by(hop.max(1)).collect();
    if starts.last().is_some_and(|start| last - start >= hop.max(2) / 2) {
        starts.push(last);
    }
    starts.into_iter().map(|start| (start, window)).collect()
}

/// Samples to zero mean and unit variance, as the network was trained.
pub fn normalise(samples: &[f32]) -> Vec<f32> {
    let count = samples.len().max(1) as f64;
    let mean = samples.iter().map(|v| f64::from(*v)).sum::<f64>() / count;
    let variance = samples.iter().map(|v| (f64::from(*v) - mean).powi(2)).sum::<f64>() / count;
    let scale = 1.0 / (variance + 1e-7).sqrt();
    samples.iter().map(|v| ((f64::from(*v) - mean) * scale) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_reach_the_end() {
        assert_eq!(windows(SHORTEST - 1), []);
        assert_eq!(windows(WINDOW), [(0, WINDOW)]);
        let long = windows(WINDOW + HOP + 5000);
        assert_eq!(long, [(0, WINDOW), (HOP, WINDOW), (HOP + 5000, WINDOW)]);
    }

    #[test]
    fn loudness_does_not_count() {
        let sound: Vec<f32> = (0..1000).map(|i| (i as f32 * 0.1).sin() * 0.3 + 0.1).collect();
        let louder: Vec<f32> = sound.iter().map(|v| v * 3.0).collect();
        let (a, b) = (normalise(&sound), normalise(&louder));
        assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-3));
        assert!(a.iter().sum::<f32>().abs() < 1e-2);
    }
}
