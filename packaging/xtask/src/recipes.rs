//! Recipes under `packaging/` that remake what the tree keeps: the model pack, the sample's media.

use std::env;
use std::iter;
use std::process::{Command, ExitCode};

use crate::failure::{Failure, Outcome};
use crate::python::Environment;
use crate::steps::Steps;
use crate::{packages, paths};

/// Runs `packaging/NAME/build.sh` or `build.py` with the arguments given. Where a `requirements.txt` lies beside it, the
/// Python environment it asks for is made in the user cache and stands first on PATH.
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
    let requirements = folder.join("requirements.txt");
    let environment = if requirements.is_file() {
        Some(steps.step("Python packages", || {
            Environment {
                name: &format!("recipe-{name}"),
                requirements: &requirements,
                pip: &["--only-binary=:all:"],
                trial: "",
            }
            .provide(&paths::cache()?)
        })?)
    } else {
        None
    };
    steps.step(&format!("Recipe {name}"), || {
        let bin = environment.map(|home| home.join("bin"));
        let mut command = match &bin {
            Some(bin) if program == "python3" => Command::new(bin.join(program)),
            _ => Command::new(program),
        };
        command.arg(&recipe).args(args).current_dir(&root);
        if let Some(bin) = bin {
            let before = env::var_os("PATH").unwrap_or_default();
            let path = env::join_paths(iter::once(bin).chain(env::split_paths(&before)));
            command.envs(path.map(|path| ("PATH", path)));
        }
        match command.status() {
            Ok(status) if status.success() => Ok(()),
            Ok(_) => {
                Err(Failure::new(format!("{} did not run to its end", recipe.display()), "read what it printed above"))
            }
            Err(error) => Err(Failure::new(
                format!("{program} could not be run: {error}"),
                format!("install {program} and call again"),
            )),
        }
    })?;
    steps.summary(&[]);
    Ok(ExitCode::SUCCESS)
}
