//! `cargo xtask bench`: how fast files go in and out beside other programs, how good and fast the glosser is on the
//! shared task's data, how fast the models run here, and what their findings cost to keep.

use std::process::ExitCode;

use crate::cargo::Cargo;
use crate::failure::Outcome;
use crate::python::Environment;
use crate::steps::Steps;
use crate::{paths, program, setup};

/// Builds in release and measures: `interchange [NAME…]` only files, `models [ARGS…]` only models, `gloss [CODE…]` only
/// the glosser, `vision [ARGS…]` the worker beside the same networks called from Python, `nets [NAME…]` the research
/// networks beside their official code, `tracks` what an hour of two people costs to keep and to read; nothing: files and
/// models, since the glosser and the networks need data and code that are not ours to bundle.
pub fn run(steps: &mut Steps, args: &[String]) -> Outcome<ExitCode> {
    match args.split_first() {
        Some((first, names)) if first == "interchange" => interchange(steps, names),
        Some((first, words)) if first == "gloss" => gloss(steps, words),
        Some((first, names)) if first == "nets" => nets(steps, names),
        Some((first, words)) if first == "models" => models(steps, words),
        Some((first, words)) if first == "vision" => vision(steps, words),
        Some((first, _)) if first == "tracks" => tracks(steps),
        Some(_) => models(steps, args),
        None => {
            interchange(steps, &[])?;
            models(steps, &[])
        }
    }
}

/// The programs of others that are measured beside are among the referees.
fn interchange(steps: &mut Steps, names: &[String]) -> Outcome<ExitCode> {
    let (ready, referees) = setup::for_testing(steps)?;
    let cargo = Cargo::new(ready).with_referees(referees);
    let mut words = vec!["bench", "--package", "fieldgloss", "--bench", "interchange"];
    if !names.is_empty() {
        words.push("--");
        words.extend(names.iter().map(String::as_str));
    }
    steps.step("Files in and out", || {
        cargo.call(&words, "files in and out could not be measured", "read the first error above")
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The data's folder comes from `FIELDGLOSS_GLOSS_DATA`; without one the bench says so.
fn gloss(steps: &mut Steps, words_given: &[String]) -> Outcome<ExitCode> {
    let cargo = Cargo::new(setup::for_building(steps)?);
    let mut words = vec!["bench", "--package", "fieldgloss", "--bench", "glossing", "--"];
    words.extend(words_given.iter().map(String::as_str));
    steps.step("The glosser", || {
        cargo.call(&words, "the glosser could not be measured", "read the first error above")
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The research networks beside their official code, which is not ours to bundle: `FIELDGLOSS_OFFICIAL` names the folder it is
/// in, and `FIELDGLOSS_PYTHON` a Python with PyTorch and torchvision (`python3` without it).
fn nets(steps: &mut Steps, names: &[String]) -> Outcome<ExitCode> {
    let cargo = Cargo::new(setup::for_building(steps)?);
    let mut words = vec!["bench", "--package", "fieldgloss-worker", "--bench", "networks", "--"];
    words.extend(names.iter().map(String::as_str));
    steps.step("The research networks", || {
        cargo.call(&words, "the research networks could not be measured", "read the first error above")
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Without a model pack there is nothing to measure: that is said, and the exit status is 2.
fn models(steps: &mut Steps, args: &[String]) -> Outcome<ExitCode> {
    let pack = paths::root()?.join("assets/models");
    let has_models = pack.read_dir().is_ok_and(|entries| entries.flatten().any(|entry| entry.path().is_dir()));
    if !has_models {
        eprintln!("There is nothing to measure: {} holds no models. `cargo xtask models` builds them.", pack.display());
        return Ok(ExitCode::from(2));
    }
    let ready = setup::for_building(steps)?;
    let cargo = Cargo::new(ready);
    let built = steps.step("Build", || cargo.build_programs(true))?;
    let fieldgloss = built.join(format!("fieldgloss{}", std::env::consts::EXE_SUFFIX));
    eprintln!("\n── Models");
    let mut words = vec!["models", "bench"];
    words.extend(args.iter().map(String::as_str));
    program::start(&fieldgloss, &words)
}

/// The worker and Python take turns on the same frames, in one run. Python is the one that the model pack is built with.
fn vision(steps: &mut Steps, args: &[String]) -> Outcome<ExitCode> {
    let root = paths::root()?;
    let cargo = Cargo::new(setup::for_building(steps)?);
    let built = steps.step("Build", || cargo.build_programs(true))?;
    let python = steps.step("Python packages", || {
        Environment {
            name: "recipe-models",
            requirements: &root.join("packaging/models/requirements.txt"),
            pip: &["--only-binary=:all:"],
            trial: "import torch, numpy",
        }
        .provide(&paths::cache()?)
    })?;
    let worker = built.join(format!("fieldgloss-worker{}", std::env::consts::EXE_SUFFIX));
    let text = |path: std::path::PathBuf| path.to_string_lossy().into_owned();
    let (script, worker) = (text(root.join("packaging/referees/bench_vision.py")), text(worker));
    let (models, video) = (text(root.join("assets/models")), text(root.join("assets/sample/astronaut-talks.mp4")));
    let mut words = vec![script.as_str(), "--worker", &worker, "--models", &models];
    // Another video may be named.
    if !args.iter().any(|word| word == "--video") {
        words.extend(["--video", &video]);
    }
    words.extend(args.iter().map(String::as_str));
    program::start(&python.join("bin/python"), &words)
}

fn tracks(steps: &mut Steps) -> Outcome<ExitCode> {
    let cargo = Cargo::new(setup::for_building(steps)?);
    steps.step("Build", || cargo.build_programs(true))?;
    let words = ["bench", "--package", "fieldgloss", "--bench", "tracks"];
    steps.step("An hour of two people", || {
        cargo.call(&words, "it could not be measured", "read the first error above")
    })?;
    Ok(ExitCode::SUCCESS)
}
