//! `cargo xtask bench`: how fast files go in and out beside other programs, how good and fast the glosser is on the
//! shared task's data, and how fast the models run here.

use std::process::ExitCode;

use crate::cargo::Cargo;
use crate::failure::Outcome;
use crate::steps::Steps;
use crate::{paths, program, setup};

/// Builds in release and measures: `interchange [NAME…]` only files, `models [ARGS…]` only models, `gloss [CODE…]` only
/// the glosser, `nets [NAME…]` only the research networks; nothing: files and models, since the glosser and the networks
/// need data and code that are not ours to bundle.
pub fn run(steps: &mut Steps, args: &[String]) -> Outcome<ExitCode> {
    match args.split_first() {
        Some((first, names)) if first == "interchange" => interchange(steps, names),
        Some((first, words)) if first == "gloss" => gloss(steps, words),
        Some((first, names)) if first == "nets" => nets(steps, names),
        Some((first, words)) if first == "models" => models(steps, words),
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
