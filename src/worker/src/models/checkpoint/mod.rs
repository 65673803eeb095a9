//! Weights out of a checkpoint file: PyTorch's zip files, its older ones, and safetensors.
//!
//! A PyTorch file is a pickle, which in Python may run any program. Here it is data: [`pickle`] knows containers and
//! tensors and nothing else, and names whatever else a file asks for.

mod error;
mod pickle;
mod tensors;
mod torch_file;

use std::collections::HashMap;
use std::path::Path;

use tch::Tensor;

pub use error::CheckpointError;

/// Larger files are not checkpoints of networks that run here.
pub const LARGEST: u64 = 4 << 30;

/// Every tensor of a checkpoint by its key; `module.` and the names of the dictionaries around the weights are taken off.
///
/// # Errors
/// When the file cannot be read, is no checkpoint, or holds more than tensors.
pub fn read(path: &Path) -> Result<HashMap<String, Tensor>, CheckpointError> {
    let size = std::fs::metadata(path).map_err(|e| CheckpointError::unreadable(path, e))?.len();
    if size > LARGEST {
        return Err(CheckpointError::TooLarge { bytes: size });
    }
    let is_safetensors = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("safetensors"));
    if is_safetensors {
        let found = Tensor::read_safetensors(path).map_err(|error| match error {
            // Without the path, which is that of a copy.
            tch::TchError::SafeTensorError { err, .. } => CheckpointError::broken(format!("{err:?}")),
            other => CheckpointError::broken(other.to_string()),
        })?;
        let mut all = HashMap::with_capacity(found.len());
        for (key, tensor) in found {
            tensors::named(&mut all, tensors::bare(&key).to_owned(), tensor)?;
        }
        return Ok(all);
    }
    let bytes = std::fs::read(path).map_err(|e| CheckpointError::unreadable(path, e))?;
    torch_file::read(bytes)
}
