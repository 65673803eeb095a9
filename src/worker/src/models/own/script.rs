//! A TorchScript program: what it would call is read before it is loaded.

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use tch::{CModule, Device, IValue, Kind, Tensor};

use super::error::reason;
use super::{Output, OwnError};

/// What no model needs: files, other processes, other computers.
const REACHING: [&str; 8] = [
    "from_file",
    "torch.save",
    "torch.load",
    "aten.save",
    "torch.distributed",
    "ops.c10d",
    "ops.rpc",
    "torch.classes.",
];
/// A program's text is not longer.
const MOST_TEXT: u64 = 64 << 20;
/// Files in it at most.
const MOST_FILES: usize = 100_000;

/// A loaded program.
pub struct Script(CModule);

impl Script {
    /// Reads what the program would call, then loads it.
    ///
    /// # Errors
    /// [`OwnError::Reaches`], [`OwnError::NotScript`].
    pub fn open(path: &Path) -> Result<Self, OwnError> {
        look_through(path)?;
        let load = || -> Result<CModule, tch::TchError> {
            let mut script = CModule::load(path)?;
            script.to(Device::Cpu, Kind::Float, false);
            script.f_set_eval()?;
            Ok(script)
        };
        match catch_unwind(AssertUnwindSafe(load)) {
            Ok(Ok(script)) => Ok(Self(script)),
            Ok(Err(error)) => Err(OwnError::NotScript(reason(&error.to_string()))),
            Err(_) => Err(OwnError::NotScript("libtorch gave up".to_owned())),
        }
    }

    /// Its outputs, numbered where there are several.
    pub(super) fn run(&self, inputs: &[Tensor]) -> Result<Vec<Output>, OwnError> {
        let values: Vec<IValue> = inputs.iter().map(|input| IValue::Tensor(input.shallow_clone())).collect();
        let run = || tch::no_grad(|| self.0.forward_is(&values));
        let said = catch_unwind(AssertUnwindSafe(run))
            .map_err(|_| OwnError::Failed("libtorch gave up".to_owned()))?
            .map_err(OwnError::from)?;
        let mut outputs = Vec::new();
        gather(said, &mut outputs);
        if outputs.is_empty() {
            return Err(OwnError::Failed(
                "it gives no numbers; a tensor, or a tuple, list or dictionary of them is needed".to_owned(),
            ));
        }
        Ok(outputs)
    }
}

fn gather(value: IValue, into: &mut Vec<Output>) {
    match value {
        IValue::Tensor(tensor) => into.push((into.len().to_string(), tensor)),
        IValue::TensorList(list) => list.into_iter().for_each(|one| into.push((into.len().to_string(), one))),
        IValue::Tuple(list) | IValue::GenericList(list) => list.into_iter().for_each(|one| gather(one, into)),
        IValue::GenericDict(dict) => {
            for (key, value) in dict {
                if let (IValue::String(key), IValue::Tensor(tensor)) = (key, value) {
                    into.push((key, tensor));
                }
            }
        }
        _ => {}
    }
}

fn look_through(path: &Path) -> Result<(), OwnError> {
    let not = |cause: String| OwnError::NotScript(cause);
    let file = std::fs::File::open(path).map_err(|error| OwnError::unreadable(path, &error))?;
    let mut archive = zip::ZipArchive::new(file).map_err(|error| not(error.to_string()))?;
    if archive.len() > MOST_FILES {
        return Err(not("it has more files in it than any model".to_owned()));
    }
    if !archive.file_names().flatten().any(|name| name.ends_with("constants.pkl")) {
        return Err(not("it holds no program".to_owned()));
    }
    let mut left = MOST_TEXT;
    for at in 0..archive.len() {
        let entry = archive.by_index(at).map_err(|error| not(error.to_string()))?;
        if !entry.name().is_ok_and(|name| name.ends_with(".py")) {
            continue;
        }
        let mut text = Vec::new();
        entry.take(left + 1).read_to_end(&mut text).map_err(|error| not(error.to_string()))?;
        left =
            left.checked_sub(text.len() as u64).ok_or_else(|| not("its text is longer than any model's".to_owned()))?;
        let text = String::from_utf8_lossy(&text);
        if let Some(name) = REACHING.iter().find(|name| text.contains(**name)) {
            return Err(OwnError::Reaches { name: (*name).to_owned() });
        }
    }
    Ok(())
}
