//! Which posed expression a face resembles.

use fieldgloss::analysis::calibrating::tempered;

use super::{FaceMesh, ModelError, ModelName, Networks, Picture, Square};

/// The expressions both networks know, in the order of [`ExpressionReading`]'s shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expression {
    /// None in particular.
    Neutral,
    /// A smile.
    Happiness,
    /// Raised brows, open mouth.
    Surprise,
    /// Lowered mouth corners.
    Sadness,
    /// Lowered brows, tight lips.
    Anger,
    /// Raised and drawn brows.
    Fear,
    /// Wrinkled nose, raised lip.
    Disgust,
}

/// All expressions, in the order of the shares.
pub const EXPRESSIONS: [Expression; 7] = [
    Expression::Neutral,
    Expression::Happiness,
    Expression::Surprise,
    Expression::Sadness,
    Expression::Anger,
    Expression::Fear,
    Expression::Disgust,
];

impl Expression {
    /// As the cards' labels spell it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Happiness => "happiness",
            Self::Surprise => "surprise",
            Self::Sadness => "sadness",
            Self::Anger => "anger",
            Self::Fear => "fear",
            Self::Disgust => "disgust",
        }
    }
}

/// What one network says about one face.
#[derive(Clone, Copy, Debug)]
pub struct ExpressionReading {
    /// Which network.
    pub by: ModelName,
    /// Shares that add up to 1, in the order of [`EXPRESSIONS`]. Tempered as the card
    /// says; probabilities that hold where its temperature was fitted.
    pub shares: [f32; 7],
}

impl ExpressionReading {
    /// The largest share and its expression.
    pub fn best(&self) -> (Expression, f32) {
        let mut best = (EXPRESSIONS[0], self.shares[0]);
        for (&expression, &share) in EXPRESSIONS.iter().zip(&self.shares) {
            if share > best.1 {
                best = (expression, share);
            }
        }
        best
    }
}

/// Faces in the training pictures fill the frame.
const SURROUNDINGS: f32 = 1.1;

/// The part of the picture the expression networks look at.
pub(super) fn region(mesh: &FaceMesh) -> Square {
    Square::around(mesh.surface().map(|point| point.flat()), mesh.roll(), SURROUNDINGS)
}

impl Networks {
    /// What the loaded expression networks say about the face of `mesh`: one reading each, so that a caller can show
    /// where they disagree. Whether the face is fit to be read (turn, blur, size) is the caller's to judge.
    ///
    /// # Errors
    /// [`ModelError::NotLoaded`] when neither is loaded; whatever running them gives.
    pub fn expressions(&self, picture: &Picture<'_>, mesh: &FaceMesh) -> Result<Vec<ExpressionReading>, ModelError> {
        let square = region(mesh);
        let mut readings = Vec::new();
        for name in [ModelName::ExpressionFaceapi, ModelName::ExpressionHuman] {
            if !self.has(name) || !square.is_usable() {
                continue;
            }
            let module = self.module(name)?;
            let values = module.look(picture, &square)?.swap_remove(0);
            let values = if name == ModelName::ExpressionFaceapi { softmax(&values) } else { values };
            let card = module.card();
            let shares = tempered(&ordered(&values, &card.labels, name)?, card.temperature);
            readings.push(ExpressionReading { by: name, shares });
        }
        if !self.has(ModelName::ExpressionFaceapi) && !self.has(ModelName::ExpressionHuman) {
            return Err(ModelError::NotLoaded { name: ModelName::ExpressionFaceapi });
        }
        Ok(readings)
    }
}

/// From the network's order to ours, by the card's labels.
fn ordered(values: &[f32], labels: &[String], name: ModelName) -> Result<[f32; 7], ModelError> {
    let mut shares = [0.0; 7];
    for (share, expression) in shares.iter_mut().zip(EXPRESSIONS) {
        let at = labels.iter().position(|label| label == expression.label());
        *share = at.and_then(|at| values.get(at).copied()).ok_or_else(|| ModelError::Output {
            name,
            expected: format!("the label {}", expression.label()),
            found: labels.join(", "),
        })?;
    }
    Ok(shares)
}

fn softmax(logits: &[f32]) -> Vec<f32> {
    let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let weights: Vec<f32> = logits.iter().map(|logit| (logit - highest).exp()).collect();
    let total: f32 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / total).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_decide_the_order() {
        let labels = ["anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral"].map(str::to_owned);
        let values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];
        let shares = ordered(&values, &labels, ModelName::ExpressionHuman).unwrap();
        assert_eq!(shares, [7.0, 4.0, 6.0, 5.0, 1.0, 3.0, 2.0]);
        assert!(ordered(&values, &labels[..6], ModelName::ExpressionHuman).is_err());
    }

    #[test]
    fn softmax_adds_up_and_survives_large_logits() {
        let shares = softmax(&[1000.0, 1000.0, -1000.0]);
        assert!((shares[0] - 0.5).abs() < 1e-6 && shares[2] == 0.0);
    }
}
