//! `cargo xtask bench`: how fast the models run here.

use std::process::ExitCode;

use crate::cargo::Cargo;
use crate::failure::Outcome;
use crate::steps::Steps;
use crate::{paths, program, setup};

/// Builds the programs in release and lets Fieldgloss measure its models. Without a model pack there is nothing to
/// measure: that is said, and the exit status is 2.
pub fn run(steps: &mut Steps, args: &[String]) -> Outcome<ExitCode> {
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
