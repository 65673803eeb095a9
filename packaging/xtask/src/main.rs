//! `cargo xtask`: sets a machine up for Fieldgloss, then builds, runs and checks it.
//!
//! Everything here shells out to tools a package system provides, so that this crate builds in seconds on a machine that
//! has nothing but Rust.

mod args;
mod bench;
mod cargo;
mod check;
mod download;
mod failure;
mod libtorch;
mod packages;
mod paths;
mod program;
mod python;
mod recipes;
mod referees;
mod setup;
mod steps;
mod wheel;

use std::process::ExitCode;

use args::{Request, Verb};
use failure::Outcome;
use steps::Steps;

const USAGE: &str = "\
cargo xtask VERB

  run [--release] [-- ARGS…] set up, build and start Fieldgloss; without ARGS it opens the sample project
  test [-- ARGS…]            set up, then formatting, clippy and every test; ARGS go to `cargo test`
  setup                      only the set-up: system packages, libtorch, referees
  bench [-- interchange|models|gloss|nets|vision|tracks …] set up, build and measure files in and out beside other programs, and the models
  models [-- ARGS…]          rebuild the model pack from its recipe (packaging/models)
  sample [-- ARGS…]          rebuild the sample project's media from its recipe (packaging/sample)

LIBTORCH names a libtorch 2.13 to use instead of the one that the set-up fetches.
";

fn main() -> ExitCode {
    let request = match args::parse(std::env::args().skip(1)) {
        Ok(request) => request,
        Err(problem) => {
            eprintln!("{problem}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    if request.verb == Verb::Help {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let mut steps = Steps::new();
    match perform(&request, &mut steps) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("\n{failure}");
            ExitCode::FAILURE
        }
    }
}

fn perform(request: &Request, steps: &mut Steps) -> Outcome<ExitCode> {
    match request.verb {
        Verb::Help => Ok(ExitCode::SUCCESS),
        Verb::Run => program::run(steps, request.release, &request.rest),
        Verb::Test => check::run(steps, &request.rest),
        Verb::Setup => setup::run(steps),
        Verb::Bench => bench::run(steps, &request.rest),
        Verb::Models => recipes::run(steps, "models", &request.rest),
        Verb::Sample => recipes::run(steps, "sample", &request.rest),
    }
}
