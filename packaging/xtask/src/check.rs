//! `cargo xtask test`: everything that must hold before a change goes in.

use std::process::ExitCode;

use crate::cargo::{self, Cargo};
use crate::failure::Outcome;
use crate::setup;
use crate::steps::Steps;

/// Sets up, then checks formatting, lints and tests; a step that fails does not keep the others from being tried.
pub fn run(steps: &mut Steps, args: &[String]) -> Outcome<ExitCode> {
    let (ready, referees) = setup::for_testing(steps)?;
    let cargo = Cargo::new(ready).with_referees(referees).keep_target_on_ci()?;
    let mut failures = Vec::new();

    let formatting = steps.step("Formatting", || {
        cargo.call(
            &["fmt", "--all", "--check"],
            "the formatting is not rustfmt's",
            "run `cargo fmt --all` (without rustfmt: `rustup component add rustfmt`)",
        )
    });
    failures.extend(formatting.err());

    let lints = steps.step("Clippy", || {
        cargo.call(
            &locked(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]),
            "clippy has complaints",
            "correct what it names above (without clippy: `rustup component add clippy`)",
        )
    });
    failures.extend(lints.err());

    // Programs and tests in one build: tests start the worker, which `cargo test` alone would not build, and a build of
    // the programs by themselves would compile much again with other features.
    let build = steps.step("Build", || {
        cargo.call(
            &locked(&["build", "--workspace", "--bins", "--tests"]),
            "the programs and their tests do not build",
            "correct the first error above",
        )
    });
    match build {
        Ok(()) => failures.extend(steps.step("Tests", || test(&cargo, args)).err()),
        Err(failure) => {
            failures.push(failure);
            steps.skip("Tests");
        }
    }

    steps.summary(&failures);
    Ok(if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn test(cargo: &Cargo, args: &[String]) -> Outcome<()> {
    let mut all = locked(&["test", "--workspace"]);
    if args.is_empty() {
        all.push("--no-fail-fast");
    }
    all.extend(args.iter().map(String::as_str));
    cargo.call(
        &all,
        "a test failed",
        "read the first failure above; `cargo xtask test -- NAME` repeats the tests whose names hold NAME",
    )
}

/// On CI the lock file must be the one that was checked in.
fn locked<'a>(args: &[&'a str]) -> Vec<&'a str> {
    let mut all = args.to_vec();
    if cargo::on_ci() {
        all.insert(1, "--locked");
    }
    all
}
