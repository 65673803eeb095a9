//! How sure the expression networks may say they are: a temperature for each, from what people decided of its proposals.
//!
//! One temperature for all classes (Guo, Pleiss, Sun and Weinberger 2017) leaves the order of the classes as it is. Shares
//! are taken for what they are after the softmax: to the power of 1/T and made to add up to 1 again, which is the same as
//! logits over T. Decisions name a class (accepted, called otherwise) or only say which one it is not (rejected).

use serde::{Deserialize, Serialize};

/// Decisions that are needed, and how many of them must be right, and how many wrong.
pub const LEAST: usize = 40;
pub const LEAST_OF_EACH: usize = 5;
/// Temperatures that are looked among: hotter than this a network says nothing at all.
const COLDEST: f64 = 0.25;
const HOTTEST: f64 = 8.0;
/// In so many parts each is told from the others, for how well it holds on what it was not fitted on.
const PARTS: usize = 5;
/// Bins of the calibration error.
const BINS: usize = 10;

/// The temperature of each network, in the order of [`NETS`](super::baseline::NETS); 1 changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Temperatures(pub [f32; 2]);

impl Default for Temperatures {
    fn default() -> Self {
        Self([1.0; 2])
    }
}

/// Shares at a temperature.
pub fn tempered(shares: &[f32], temperature: f32) -> [f32; 7] {
    let mut out = [f32::NAN; 7];
    for (out, share) in out.iter_mut().zip(shares) {
        *out = *share;
    }
    if temperature == 1.0 || temperature.is_nan() || temperature <= 0.0 || out.iter().any(|v| !v.is_finite()) {
        return out;
    }
    out.iter_mut().for_each(|v| *v = v.max(1e-12).powf(1.0 / temperature));
    let sum: f32 = out.iter().sum();
    out.iter_mut().for_each(|v| *v /= sum);
    out
}

/// What somebody decided of a proposal that a network had a part in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decided {
    /// The network's shares over the stretch, neutral first.
    pub shares: [f32; 7],
    /// The class that was proposed.
    pub proposed: usize,
    /// The class that it is; `None` where it is only known not to be the one proposed.
    pub is: Option<usize>,
}

impl Decided {
    fn right(&self) -> bool {
        self.is == Some(self.proposed)
    }
    fn sure(&self, temperature: f32) -> f64 {
        f64::from(tempered(&self.shares, temperature)[self.proposed.min(6)])
    }
    fn loss(&self, temperature: f32) -> f64 {
        let shares = tempered(&self.shares, temperature);
        let likely = match self.is {
            Some(class) => shares[class.min(6)],
            None => 1.0 - shares[self.proposed.min(6)],
        };
        -f64::from(likely).max(1e-9).ln()
    }
}

/// A temperature, and what it is worth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fitted {
    pub temperature: f32,
    /// Decisions that it is from, and how many of them were right.
    pub decided: usize,
    pub right: usize,
    /// How sure the network said it was, on average, before and after, 0 to 1.
    pub sure_before: f64,
    pub sure_after: f64,
    /// How far from the share of right ones that is, on average (ten equal bins): before, and after on decisions that
    /// the temperature was not fitted on (five parts).
    pub error_before: f64,
    pub error_after: f64,
}

/// Why no temperature can be had: decisions there are, and how many of them right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooFew {
    pub decided: usize,
    pub right: usize,
}

/// Fits the temperature of one network.
///
/// # Errors
/// [`TooFew`] decisions, or hardly any right or wrong one.
pub fn fit(decided: &[Decided]) -> Result<Fitted, TooFew> {
    let right = decided.iter().filter(|one| one.right()).count();
    if decided.len() < LEAST || right < LEAST_OF_EACH || decided.len() - right < LEAST_OF_EACH {
        return Err(TooFew { decided: decided.len(), right });
    }
    let all: Vec<&Decided> = decided.iter().collect();
    let temperature = coolest_loss(&all);
    let mut told = Vec::with_capacity(decided.len());
    for part in 0..PARTS {
        let (own, others): (Vec<_>, Vec<_>) = decided.iter().enumerate().partition(|(at, _)| at % PARTS == part);
        let others: Vec<&Decided> = others.into_iter().map(|(_, one)| one).collect();
        let fitted = coolest_loss(&others);
        told.extend(own.into_iter().map(|(_, one)| (one.sure(fitted), one.right())));
    }
    let at = |temperature: f32| decided.iter().map(move |one| (one.sure(temperature), one.right())).collect::<Vec<_>>();
    let mean = |told: &[(f64, bool)]| told.iter().map(|(sure, _)| sure).sum::<f64>() / told.len().max(1) as f64;
    Ok(Fitted {
        temperature,
        decided: decided.len(),
        right,
        sure_before: mean(&at(1.0)),
        sure_after: mean(&at(temperature)),
        error_before: error(&at(1.0)),
        error_after: error(&told),
    })
}

/// The temperature at which the decisions are likeliest, on a grid of a hundredth of its logarithm.
fn coolest_loss(decided: &[&Decided]) -> f32 {
    let loss = |at: f64| -> f64 { decided.iter().map(|one| one.loss(at.exp() as f32)).sum() };
    // The loss may have more than one valley where only “not this” is known, so the grid is gone through.
    let steps = ((HOTTEST.ln() - COLDEST.ln()) / 0.01) as usize;
    let grid = (0..=steps).map(|step| COLDEST.ln() + step as f64 * 0.01);
    let best = grid.min_by(|a, b| loss(*a).total_cmp(&loss(*b))).unwrap_or(0.0);
    best.exp() as f32
}

fn error(told: &[(f64, bool)]) -> f64 {
    let mut bins = [(0.0_f64, 0.0_f64); BINS];
    for (sure, right) in told {
        let bin = &mut bins[((sure * BINS as f64) as usize).min(BINS - 1)];
        *bin = (bin.0 + sure, bin.1 + f64::from(u8::from(*right)));
    }
    bins.iter().map(|(sure, right)| (sure - right).abs()).sum::<f64>() / told.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(best: f32) -> [f32; 7] {
        let rest = (1.0 - best) / 6.0;
        [rest, best, rest, rest, rest, rest, rest]
    }

    #[test]
    fn one_changes_nothing_and_more_heat_means_less_said() {
        assert_eq!(tempered(&shares(0.9), 1.0), shares(0.9));
        let warm = tempered(&shares(0.9), 2.0);
        assert!((warm.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        // √0.9 : √(0.1/6), six of these.
        assert!((warm[1] - 0.9_f32.sqrt() / (0.9_f32.sqrt() + 6.0 * (0.1_f32 / 6.0).sqrt())).abs() < 1e-5);
        assert!(tempered(&[f32::NAN; 7], 2.0)[0].is_nan());
    }

    #[test]
    fn a_network_that_is_right_in_six_of_ten_comes_to_say_so() {
        let decided: Vec<Decided> = (0..100)
            .map(|i| Decided { shares: shares(0.95), proposed: 1, is: (i / 5 % 10 < 6).then_some(1) })
            .collect();
        let fitted = fit(&decided).unwrap();
        assert!(fitted.temperature > 1.5, "{fitted:?}");
        assert!((fitted.sure_after - 0.6).abs() < 0.01 && (fitted.sure_before - 0.95).abs() < 1e-3, "{fitted:?}");
        assert!(fitted.error_after < 0.05 && fitted.error_before > 0.3, "{fitted:?}");
        assert_eq!((fitted.decided, fitted.right), (100, 60));
    }

    #[test]
    fn of_too_little_nothing_is_fitted() {
        let right = Decided { shares: shares(0.9), proposed: 1, is: Some(1) };
        assert_eq!(fit(&[right; 10]), Err(TooFew { decided: 10, right: 10 }));
        // All right: how sure to be of what is wrong nobody knows.
        assert_eq!(fit(&[right; 60]), Err(TooFew { decided: 60, right: 60 }));
    }
}
