//! Recipes under `packaging/` that remake what the tree keeps: the model pack, the sample's media.

use std::process::{Command, ExitCode};

use crate::failure::{Failure, Outcome};
use crate::steps::Steps;
use crate::{packages, paths};

/// Runs `packaging/NAME/build.sh` or `build.py` with the arguments given.
pub fn run(steps: &mut Steps, name: &str, args: &[String]) -> Outcome<ExitCode> {
    let root = paths::root()?;
    let folder = root.join("packaging").join(name);
    let (program, recipe) = [("bash", "build.sh"), ("python3", "build.py")]
        .into_iter()
        .map(|(program, file)| (program, folder.join(file)))
        .find(|(_, recipe)| recipe.is_file())
        .ok_or_else(|| {
            Failure::new(
                format!("there is no recipe in {}", folder.display()),
                "take a checkout that has packaging/ whole",
            )
        })?;
    steps.step("System packages", || packages::install(true))?;
    steps.step(&format!("Recipe {}", recipe.display()), || {
        let status = Command::new(program)
            .arg(&recipe)
            .args(args)
            .current_dir(&root)
            .status();
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(_) => Err(Failure::new(
                format!("{} did not run to its end", recipe.display()),
                "read what it printed above",
            )),
            Err(error) => Err(Failure::new(
                format!("{program} could not be run: {error}"),
                format!("install {program} and call again"),
            )),
        }
    })?;
    steps.summary(&[]);
    Ok(ExitCode::SUCCESS)
}
