//! Inputs to try a model on: the same each time, and of the shape that its card says.

use fieldgloss::analysis::models::InputSpec;
use tch::Tensor;

use super::super::nets::recipe;
use super::{OwnError, OwnModel};

/// Length of a stretch of speech where the card leaves it open, seconds.
const STRETCH: f64 = 1.0;
/// A sentence with words and letters of several scripts.
const SENTENCE: &str = "The quick brown fox says: nĩ mwega, ඇය, 猫 — and 3 more.";

/// Inputs for a model, and the width and height of the picture.
pub(super) fn inputs(model: &OwnModel) -> Result<(Vec<Tensor>, [f32; 2]), OwnError> {
    if let Some(network) = model.network() {
        let shape = network.name().input_shape();
        return Ok((vec![recipe::input("input", &shape)], [1.0, 1.0]));
    }
    let spec = model.card.input.as_ref().ok_or(OwnError::NoInput)?;
    Ok(match spec {
        InputSpec::Image(image) => {
            let levels: Vec<f32> = recipe::stream("picture", image.width * image.height * 3);
            let levels: Vec<f32> = levels.iter().map(|v| (v + 1.0) * 127.5).collect();
            let input = Tensor::f_from_slice(&image.prepare(&levels))?.f_reshape(image.shape())?;
            (vec![input], [image.width as f32, image.height as f32])
        }
        InputSpec::Audio(audio) => {
            let count = audio.window().unwrap_or((STRETCH * f64::from(audio.rate)) as usize);
            (vec![super::speech::tensor(audio, &recipe::stream("sound", count))?], [1.0, 1.0])
        }
        InputSpec::Text(_) => {
            let words = model.words.as_ref().ok_or(OwnError::NoInput)?;
            (words.tensors(SENTENCE)?, [1.0, 1.0])
        }
    })
}
