//! The set-up that every verb begins with.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::failure::Outcome;
use crate::steps::Steps;
use crate::{libtorch, packages, paths, referees};

/// What the set-up found or made.
pub struct Ready {
    /// The checkout.
    pub root: PathBuf,
    /// The libtorch to build with.
    pub libtorch: PathBuf,
}

/// What building and running need.
pub fn for_building(steps: &mut Steps) -> Outcome<Ready> {
    prepare(steps, false)
}

/// What building and testing need, and the referees' environment.
pub fn for_testing(steps: &mut Steps) -> Outcome<(Ready, PathBuf)> {
    let ready = prepare(steps, true)?;
    let referees = steps.step("Referees", || referees::provide(&ready.root, &paths::cache()?))?;
    Ok((ready, referees))
}

fn prepare(steps: &mut Steps, for_tests: bool) -> Outcome<Ready> {
    let root = paths::root()?;
    steps.step("System packages", || packages::install(for_tests))?;
    let libtorch = steps.step("libtorch", || libtorch::provide(&paths::cache()?))?;
    Ok(Ready { root, libtorch })
}

/// `cargo xtask setup`.
pub fn run(steps: &mut Steps) -> Outcome<ExitCode> {
    let (ready, referees) = for_testing(steps)?;
    steps.summary(&[]);
    println!(
        "\nTo call cargo yourself:\n   export LIBTORCH='{}'\n   export FIELDGLOSS_REFEREES='{}'",
        ready.libtorch.display(),
        referees.display()
    );
    Ok(ExitCode::SUCCESS)
}
