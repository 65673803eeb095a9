//! Calls to cargo, with the environment that this workspace builds in.

use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::{Failure, Outcome};
use crate::paths;
use crate::setup::Ready;

/// A target folder kept between CI runs is thrown away when it has grown beyond this.
const KEPT_AT_MOST_GB: u64 = 25;

/// The packages of this workspace.
const OURS: [&str; 3] = ["fieldgloss", "fieldgloss-worker", "xtask"];

/// Cargo in this checkout.
pub struct Cargo {
    root: PathBuf,
    libtorch: PathBuf,
    referees: Option<PathBuf>,
    /// A target folder in the user cache, and the lock that keeps a second CI run out of it.
    kept: Option<(PathBuf, File)>,
}

impl Cargo {
    pub fn new(ready: Ready) -> Self {
        Cargo { root: ready.root, libtorch: ready.libtorch, referees: None, kept: None }
    }

    /// Lets the tests find the referees.
    pub fn with_referees(mut self, referees: PathBuf) -> Self {
        self.referees = Some(referees);
        self
    }

    /// On CI, where every checkout is fresh, uses a target folder that survives the run, so that only what this
    /// workspace holds itself is compiled again. Elsewhere, and where CARGO_TARGET_DIR is set, nothing changes.
    pub fn keep_target_on_ci(mut self) -> Outcome<Self> {
        if !on_ci() || env::var_os("CARGO_TARGET_DIR").is_some() {
            return Ok(self);
        }
        let cache = paths::cache()?;
        let lock = paths::locked(&cache, "target")?;
        let target = cache.join("target");
        if gigabytes(&target).is_some_and(|size| size > KEPT_AT_MOST_GB) {
            eprintln!("   {} has grown beyond {KEPT_AT_MOST_GB} GB; starting it afresh.", target.display());
            paths::removed(&target)?;
        }
        let fresh = !target.is_dir();
        eprintln!("   Target folder: {}", target.display());
        self.kept = Some((target, lock));
        if !fresh {
            // What another checkout left of our own crates is never reused: without this it only piles up.
            let packages = OURS.iter().flat_map(|name| ["--package", name]);
            let mut clean = vec!["clean", "--quiet"];
            clean.extend(packages);
            self.call(&clean, "clearing the kept target folder", "remove that folder and call again")?;
        }
        Ok(self)
    }

    /// A cargo command, not yet started.
    pub fn command(&self, args: &[&str]) -> Command {
        let program = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
        let mut command = Command::new(program);
        command.current_dir(&self.root).args(args);
        command.env("LIBTORCH", &self.libtorch);
        if let Some(referees) = &self.referees {
            command.env("FIELDGLOSS_REFEREES", referees);
        }
        if let Some((target, _)) = &self.kept {
            command.env("CARGO_TARGET_DIR", target);
            command.env("CARGO_INCREMENTAL", "0");
        }
        forget_outer_cargo(&mut command);
        command
    }

    /// Runs cargo to its end; a failure carries what was being done and what to do about it.
    pub fn call(&self, args: &[&str], doing: &str, remedy: &str) -> Outcome<()> {
        match self.command(args).status() {
            Ok(status) if status.success() => Ok(()),
            Ok(_) => Err(Failure::new(format!("{doing} (cargo {})", args[0]), remedy)),
            Err(error) => {
                Err(Failure::new(format!("cargo could not be run: {error}"), "install Rust with rustup and call again"))
            }
        }
    }

    /// Builds the window and the worker; returns the folder they lie in.
    pub fn build_programs(&self, release: bool) -> Outcome<PathBuf> {
        // The whole workspace, as the tests build it: what is compiled for one serves the other.
        let mut args = vec!["build", "--workspace", "--bins"];
        if release {
            args.push("--release");
        }
        self.call(
            &args,
            "Fieldgloss could not be built",
            "read the first error above; if it names a system library, call `cargo xtask setup`",
        )?;
        let profile = if release { "release" } else { "debug" };
        Ok(self.target_dir()?.join(profile))
    }

    fn target_dir(&self) -> Outcome<PathBuf> {
        let output = self.command(&["metadata", "--format-version", "1", "--no-deps"]).stderr(Stdio::null()).output();
        output.ok().and_then(|output| target_in_metadata(&String::from_utf8_lossy(&output.stdout))).ok_or_else(|| {
            Failure::new(
                "cargo does not tell where it put the programs",
                "call `cargo metadata` by hand and read what it says",
            )
        })
    }
}

/// Whether this is a continuous-integration run.
pub fn on_ci() -> bool {
    env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
}

/// What `cargo run` sets for xtask is about xtask: passed on, it would hide a missing library path and confuse builds.
pub fn forget_outer_cargo(command: &mut Command) {
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            command.env_remove(name);
        }
    }
    let variable = if cfg!(target_os = "macos") { "DYLD_FALLBACK_LIBRARY_PATH" } else { "LD_LIBRARY_PATH" };
    let Some(path) = env::var_os(variable) else {
        return;
    };
    let own = env::current_exe().ok().and_then(|program| Some(program.parent()?.to_owned()));
    let toolchain = Command::new("rustc")
        .args(["--print", "sysroot"])
        .output()
        .ok()
        .map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    let of_cargo = |dir: &Path| {
        [&own, &toolchain]
            .iter()
            .any(|above| above.as_ref().is_some_and(|above| !above.as_os_str().is_empty() && dir.starts_with(above)))
    };
    let rest = env::split_paths(&path).filter(|dir| !dir.as_os_str().is_empty() && !of_cargo(dir)).collect::<Vec<_>>();
    match env::join_paths(&rest) {
        Ok(joined) if !rest.is_empty() => command.env(variable, joined),
        _ => command.env_remove(variable),
    };
}

/// The value of `target_directory` in what `cargo metadata` prints.
fn target_in_metadata(json: &str) -> Option<PathBuf> {
    let (_, after) = json.split_once("\"target_directory\":\"")?;
    let mut value = String::new();
    let mut letters = after.chars();
    loop {
        match letters.next()? {
            '"' => return Some(PathBuf::from(value)),
            '\\' => value.push(letters.next()?),
            letter => value.push(letter),
        }
    }
}

fn gigabytes(dir: &Path) -> Option<u64> {
    let output = Command::new("du").args(["-sk"]).arg(dir).stderr(Stdio::null()).output().ok()?;
    let listing = String::from_utf8_lossy(&output.stdout);
    let kilobytes = listing.split_whitespace().next()?.parse::<u64>().ok()?;
    Some(kilobytes / 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_folder_is_read_out_of_the_metadata() {
        let json = r#"{"packages":[],"target_directory":"/home/a \"b\"/target","version":1}"#;
        assert_eq!(target_in_metadata(json), Some(PathBuf::from("/home/a \"b\"/target")));
        assert_eq!(target_in_metadata("{}"), None);
    }
}
