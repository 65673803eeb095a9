//! One loaded network.

use std::io::Cursor;
use std::path::Path;
use std::sync::Once;

use sha2::{Digest, Sha256};
use tch::{CModule, Device, IValue, Kind, TchError, Tensor};

use super::{Card, ModelError, ModelName, Picture, Square};

/// A TorchScript network with its card.
pub struct Module {
    name: ModelName,
    card: Card,
    script: CModule,
}

/// One thread a network, and graphs run as they are.
///
/// These networks are hundreds of small steps. With two threads each step waits for the slower one, and on a machine that
/// also plays the video that made a look five to twenty times slower (measured). A job that wants two cores
/// runs two [`super::Networks`] side by side, say faces and bodies. libtorch's profiling pass costs seconds at the first
/// frames and gains nothing here.
pub fn set_up_libtorch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tch::set_num_threads(1);
        tch::jit::set_profiling_mode(false);
    });
}

impl Module {
    /// Reads the card and the model, checks the model against the card, loads it.
    pub fn load(pack: &Path, name: ModelName) -> Result<Self, ModelError> {
        let folder = pack.join(name.folder());
        let card = Card::read(&folder, name)?;
        let path = folder.join(&card.file.name);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(source) => return Err(ModelError::Unreadable { name, path, source }),
        };
        let found: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        if found != card.file.sha256.to_lowercase() {
            return Err(ModelError::Checksum { name, path, expected: card.file.sha256, found });
        }
        let mut script = CModule::load_data(&mut Cursor::new(bytes)).map_err(|error| torch(name, "loading", &error))?;
        // Half the weights' size on disk, full precision at work: widened once, here.
        script.to(Device::Cpu, Kind::Float, false);
        script.f_set_eval().map_err(|error| torch(name, "loading", &error))?;
        Ok(Self { name, card, script })
    }

    pub const fn card(&self) -> &Card {
        &self.card
    }

    /// The side of its input in pixels; 0 for a network that takes sound.
    pub fn side(&self) -> usize {
        if self.name.hears() { 0 } else { self.card.input.shape.get(1).copied().unwrap_or(0) }
    }

    /// Looks at `square` of `picture`. One flat vector an output, in the card's order and of the card's size.
    pub fn look(&self, picture: &Picture<'_>, square: &Square) -> Result<Vec<Vec<f32>>, ModelError> {
        let side = self.side();
        self.run(&[(&square.sample(picture, side), &[1, side, side, 3])])
    }

    /// Looks at several squares of `picture` at once, with a network of one output; one flat vector a square.
    pub fn look_at_each(&self, picture: &Picture<'_>, squares: &[Square]) -> Result<Vec<Vec<f32>>, ModelError> {
        let (side, number) = (self.side(), squares.len());
        let pixels: Vec<f32> = squares.iter().flat_map(|square| square.sample(picture, side)).collect();
        let outputs = tch::no_grad(|| self.forward(&[(&pixels, &[number, side, side, 3])]))
            .map_err(|error| torch(self.name, "running", &error))?;
        let one: usize = self.card.output.first().map_or(0, |output| output.shape.iter().product());
        match outputs.as_slice() {
            [values] if one > 0 && values.len() == one * number => {
                Ok(values.chunks_exact(one).map(<[f32]>::to_vec).collect())
            }
            _ => {
                let found: usize = outputs.iter().map(Vec::len).sum();
                Err(self.unexpected(&format!("{} values", one * number), &format!("{found}")))
            }
        }
    }

    /// Runs on inputs with their shapes: numbers and shape must fit each other.
    pub fn run(&self, inputs: &[(&[f32], &[usize])]) -> Result<Vec<Vec<f32>>, ModelError> {
        let outputs = tch::no_grad(|| self.forward(inputs)).map_err(|error| torch(self.name, "running", &error))?;
        if outputs.len() != self.card.output.len() {
            return Err(self.unexpected(&format!("{} outputs", self.card.output.len()), &format!("{}", outputs.len())));
        }
        for (output, values) in self.card.output.iter().zip(&outputs) {
            let count: usize = output.shape.iter().product();
            if count > 0 && values.len() != count {
                return Err(
                    self.unexpected(&format!("{count} values of {}", output.name), &format!("{}", values.len()))
                );
            }
        }
        Ok(outputs)
    }

    fn forward(&self, inputs: &[(&[f32], &[usize])]) -> Result<Vec<Vec<f32>>, TchError> {
        let mut values = Vec::with_capacity(inputs.len());
        for (numbers, shape) in inputs {
            let shape: Vec<i64> = shape.iter().map(|side| i64::try_from(*side).unwrap_or(i64::MAX)).collect();
            values.push(IValue::Tensor(Tensor::f_from_slice(numbers)?.f_reshape(&shape[..])?));
        }
        let flat = |tensor: Tensor| Vec::<f32>::try_from(tensor.f_contiguous()?.f_reshape([-1])?);
        match self.script.forward_is(&values)? {
            IValue::Tensor(tensor) => Ok(vec![flat(tensor)?]),
            IValue::Tuple(values) => values.into_iter().map(|value| flat(Tensor::try_from(value)?)).collect(),
            _ => Ok(Vec::new()),
        }
    }

    pub fn unexpected(&self, expected: &str, found: &str) -> ModelError {
        ModelError::Output { name: self.name, expected: expected.to_owned(), found: found.to_owned() }
    }
}

pub fn torch(name: ModelName, doing: &'static str, error: &TchError) -> ModelError {
    // The first line says what; the rest is libtorch's own stack.
    let text = error.to_string();
    ModelError::Torch { name, doing, reason: text.lines().next().unwrap_or_default().to_owned() }
}
