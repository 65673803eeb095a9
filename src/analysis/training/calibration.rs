//! How sure a model may say it is: one temperature for all labels (Guo, Pleiss, Sun and Weinberger 2017).

/// Bins of the calibration error.
const BINS: usize = 10;
/// Temperatures that are looked among.
const COLDEST: f64 = 0.05;
const HOTTEST: f64 = 20.0;

/// Shares that add up to 1.
pub fn softmax(logits: &[f64]) -> Vec<f64> {
    let most = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = logits.iter().map(|v| (v - most).exp()).collect();
    let sum: f64 = powers.iter().sum();
    powers.into_iter().map(|v| v / sum).collect()
}

/// The temperature that makes the right labels likeliest. 1 without anything to go by.
pub fn temperature(logits: &[Vec<f64>], labels: &[usize]) -> f64 {
    if logits.is_empty() {
        return 1.0;
    }
    let loss = |log_temperature: f64| -> f64 {
        let scale = (-log_temperature).exp();
        let one = |(row, label): (&Vec<f64>, &usize)| {
            let scaled: Vec<f64> = row.iter().map(|v| v * scale).collect();
            -softmax(&scaled).get(*label).copied().unwrap_or(0.0).max(1e-12).ln()
        };
        logits.iter().zip(labels).map(one).sum()
    };
    // The loss has one valley in 1/T: golden section finds its bottom.
    let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (COLDEST.ln(), HOTTEST.ln());
    for _ in 0..60 {
        let (a, b) = (high - golden * (high - low), low + golden * (high - low));
        if loss(a) <= loss(b) { high = b } else { low = a }
    }
    ((low + high) / 2.0).exp()
}

/// How far, on average, the share of right answers is from how sure the model says it is, 0 to 1 (ten equal bins).
pub fn calibration_error(shares: &[Vec<f64>], labels: &[usize]) -> Option<f64> {
    let mut bins = [(0.0_f64, 0.0_f64, 0.0_f64); BINS];
    for (row, label) in shares.iter().zip(labels) {
        let Some((best, sure)) = row.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1)) else { continue };
        let bin = &mut bins[((sure * BINS as f64) as usize).min(BINS - 1)];
        *bin = (bin.0 + 1.0, bin.1 + sure, bin.2 + f64::from(u8::from(best == *label)));
    }
    let count: f64 = bins.iter().map(|bin| bin.0).sum();
    (count > 0.0).then(|| bins.iter().map(|(_, sure, right)| (sure - right).abs()).sum::<f64>() / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_that_is_too_sure_is_cooled_down() {
        // Right in three of four, and sure as good as always.
        let logits: Vec<Vec<f64>> = (0..400).map(|_| vec![10.0, 0.0]).collect();
        let labels: Vec<usize> = (0..400).map(|i| usize::from(i % 4 == 0)).collect();
        let found = temperature(&logits, &labels);
        assert!((found - 10.0 / 3.0_f64.ln()).abs() < 0.01, "{found}");
        let shares =
            |t: f64| logits.iter().map(|row| softmax(&row.iter().map(|v| v / t).collect::<Vec<_>>())).collect();
        let (before, after): (Vec<Vec<f64>>, Vec<Vec<f64>>) = (shares(1.0), shares(found));
        assert!(calibration_error(&before, &labels).unwrap() > 0.24);
        assert!(calibration_error(&after, &labels).unwrap() < 0.001);
        assert_eq!((temperature(&[], &[]), calibration_error(&[], &[])), (1.0, None));
    }
}
