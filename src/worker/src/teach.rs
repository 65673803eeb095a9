//! Training asked for by the window: examples read, taught, the weights written.

use std::io::Write;
use std::path::Path;
use std::time::Instant;

use fieldgloss::analysis::training::{Epoch, PROGRAM, Trained, WEIGHTS, WeightsFile};
use fieldgloss::jobs::protocol::{Answer, Fault};
use fieldgloss::jobs::training::{Tell, Told, Train};
use fieldgloss_worker::models::checkpoint;
use fieldgloss_worker::models::own::checksum;
use fieldgloss_worker::teaching::{Judge, TeachError, Watcher, patches, program, teach};
use sha2::{Digest, Sha256};

use crate::serve::{PROGRESS_EVERY, Stop, Voice, Wishes, failed};

impl From<TeachError> for Stop {
    fn from(error: TeachError) -> Self {
        match error {
            TeachError::Stopped => Self::Answer(Box::new(Answer::Cancelled { frames: 0 })),
            TeachError::Media(_) | TeachError::Unreadable { .. } => failed(Fault::Media, error),
            TeachError::Weights(_) => failed(Fault::Model, error),
            TeachError::Split(_) => failed(Fault::Request, error),
            _ => failed(Fault::Other, error),
        }
    }
}

struct Watching<'a, W> {
    voice: &'a Voice<W>,
    wishes: &'a Wishes,
}

impl<W: Write> Watcher for Watching<'_, W> {
    fn goes_on(&mut self) -> bool {
        self.voice.step();
        !self.wishes.stop(self.voice)
    }
    fn epoch(&mut self, epoch: &Epoch, of: usize) {
        let _ = self.voice.say(&Answer::Learning { epoch: *epoch, of });
    }
}

pub fn train<W: Write>(what: &Train, voice: &Voice<W>, wishes: &Wishes) -> Result<(), Stop> {
    let begun = Instant::now();
    let mut material = what.material.clone();
    let mut reported: Option<Instant> = None;
    let mut step = |done: usize, total: usize| {
        voice.step();
        if reported.is_none_or(|at| at.elapsed() >= PROGRESS_EVERY) {
            reported = Some(Instant::now());
            let _ = voice.say(&Answer::Progress { done: done as u64, total: total as u64, eta: None });
        }
        !wishes.stop(voice)
    };
    let (patches, unreadable) = patches::read(&mut material, &mut step)?;
    let mut taught = teach(&material, &patches, &what.settings, &mut Watching { voice, wishes })?;
    taught.report.unreadable = unreadable;
    taught.report.seconds = begun.elapsed().as_secs_f64();
    let unwritten = |path: &Path, error: &dyn std::fmt::Display| {
        failed(Fault::Other, format!("{} cannot be written: {error}", path.display()))
    };
    let path = what.out.join(WEIGHTS);
    tch::Tensor::write_safetensors(&taught.weights, &path).map_err(|error| unwritten(&path, &error))?;
    let weights = facts(&path)?;
    let path = what.out.join(PROGRAM);
    let named = taught.weights.into_iter().collect();
    program::write(named, material.what, &taught.mean, &taught.std, &path)?;
    let program = facts(&path)?;
    let (report, mean, std) = (taught.report, taught.mean, taught.std);
    Ok(voice.say(&Answer::Trained(Box::new(Trained { report, mean, std, weights, program })))?)
}

fn facts(path: &Path) -> Result<WeightsFile, Stop> {
    let bytes = std::fs::read(path).map_err(|error| failed(Fault::Other, format!("{}: {error}", path.display())))?;
    let sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(WeightsFile { name, bytes: bytes.len() as u64, sha256 })
}

/// A trained model from its weights, which must be those that its card speaks of.
pub fn judge(what: &Tell) -> Result<Judge, Stop> {
    let found = checksum(&what.weights).map_err(|error| failed(Fault::Model, error))?;
    if !what.sha256.is_empty() && found != what.sha256.to_lowercase() {
        let name = what.weights.file_name().unwrap_or_default().to_string_lossy();
        let why = format!("the weights in {name} are not those that it was trained to: they were changed or damaged");
        return Err(failed(Fault::Model, why));
    }
    let weights = checkpoint::read(&what.weights).map_err(|error| failed(Fault::Model, error))?;
    let judge = Judge::new(weights, what.material.what, &what.mean, &what.std)?;
    if judge.labels() != what.material.labels.len() {
        return Err(failed(Fault::Model, "its card names another number of labels than its weights have"));
    }
    Ok(judge)
}

/// What a trained model says of examples.
pub fn tell<W: Write>(what: &Tell, voice: &Voice<W>, wishes: &Wishes) -> Result<(), Stop> {
    let judge = judge(what)?;
    if what.material.examples.is_empty() {
        return Ok(voice.say(&Answer::Told { examples: Vec::new() })?);
    }
    let mut material = what.material.clone();
    let mut step = |_: usize, _: usize| {
        voice.step();
        !wishes.stop(voice)
    };
    let (patches, _) = patches::read(&mut material, &mut step)?;
    let shares = judge.shares(&patches)?;
    let told =
        |(example, shares): (&fieldgloss::analysis::training::Example, Vec<f32>)| Told { example: example.tag, shares };
    Ok(voice.say(&Answer::Told { examples: material.examples.iter().zip(shares).map(told).collect() })?)
}
