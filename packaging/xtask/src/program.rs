//! `cargo xtask run`: Fieldgloss itself, built and started.

use std::path::Path;
use std::process::{Command, ExitCode};

use crate::cargo::{self, Cargo};
use crate::failure::{Failure, Outcome};
use crate::steps::Steps;
use crate::{paths, setup};

/// Sets up, builds and starts the program; without arguments it opens the sample project in the user's data folder.
pub fn run(steps: &mut Steps, release: bool, args: &[String]) -> Outcome<ExitCode> {
    let ready = setup::for_building(steps)?;
    let cargo = Cargo::new(ready);
    let built = steps.step("Build", || cargo.build_programs(release))?;
    let program = built.join(format!("fieldgloss{}", std::env::consts::EXE_SUFFIX));
    if args.is_empty() {
        let data = paths::data()?;
        eprintln!("\n── Fieldgloss, with the sample project in {}", data.display());
        start(&program, &["demo".as_ref(), data.as_os_str()])
    } else {
        eprintln!("\n── Fieldgloss");
        start(&program, args)
    }
}

/// Starts a program where the caller stands and ends as it ends.
pub fn start<S: AsRef<std::ffi::OsStr>>(program: &Path, args: &[S]) -> Outcome<ExitCode> {
    let mut command = Command::new(program);
    command.args(args);
    cargo::forget_outer_cargo(&mut command);
    let status = command.status().map_err(|error| {
        Failure::new(
            format!("{} could not be started: {error}", program.display()),
            "call `cargo xtask run` again; it builds what is missing",
        )
    })?;
    match status.code() {
        Some(code) => Ok(ExitCode::from(u8::try_from(code).unwrap_or(1))),
        None => Err(Failure::new(
            format!("Fieldgloss was ended by the system ({status})"),
            "start it again; what was committed is in the project",
        )),
    }
}
