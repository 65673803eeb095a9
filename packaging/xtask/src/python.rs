//! Python: the one that the system has, and environments with pinned packages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sha2::{Digest, Sha256};

use crate::download;
use crate::failure::{Failure, Outcome};
use crate::paths;

/// A Python that has pip. Debian's has none of its own, but makes environments that do.
pub fn with_pip(cache: &Path) -> Outcome<PathBuf> {
    let has_pip = |python: &Path| {
        Command::new(python)
            .args(["-m", "pip", "--version"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    let system = PathBuf::from("python3");
    if has_pip(&system) {
        return Ok(system);
    }
    let home = cache.join("pip");
    let python = home.join("bin/python");
    if !has_pip(&python) {
        make_environment(&home)?;
    }
    Ok(python)
}

/// Makes a fresh Python environment in `home`, in place of whatever lies there.
fn make_environment(home: &Path) -> Outcome<()> {
    paths::removed(home)?;
    let status = Command::new("python3").args(["-m", "venv"]).arg(home).status().map_err(failed)?;
    if status.success() {
        return Ok(());
    }
    paths::removed(home)?;
    Err(Failure::new(
        "python3 could not make an environment (python3 -m venv)",
        "install python3-venv, or put a whole Python 3 first on PATH, and call again",
    ))
}

/// An environment that holds exactly what a list of requirements pins.
pub struct Environment<'a> {
    /// What it is for; becomes part of its folder's name.
    pub name: &'a str,
    /// The list.
    pub requirements: &'a Path,
    /// Further words for `pip install`.
    pub pip: &'a [&'a str],
    /// An import statement that must work before the environment counts as finished.
    pub trial: &'a str,
}

impl Environment<'_> {
    /// Provides it below `cache`; its `bin/python` has everything on the list.
    pub fn provide(&self, cache: &Path) -> Outcome<PathBuf> {
        let pinned = fs::read_to_string(self.requirements).map_err(|error| {
            Failure::new(
                format!("{} could not be read: {error}", self.requirements.display()),
                "restore it (git checkout -- packaging) and call again",
            )
        })?;
        // An environment belongs to one list and one Python: another of either gets one of its own.
        let python = version()?;
        let key = download::hex(&Sha256::digest(format!("{python}\n{pinned}")));
        let home = cache.join(format!("{}-{}", self.name, &key[..12]));
        // Written last: an environment without it was never finished.
        let finished = home.join("finished");
        let _lock = paths::locked(cache, self.name)?;
        if finished.is_file() {
            eprintln!("   {} is in place.", home.display());
            return Ok(home);
        }
        make_environment(&home)?;
        let inner = home.join("bin/python");
        let installed = Command::new(&inner)
            .args(["-m", "pip", "install", "--disable-pip-version-check"])
            .args(["--progress-bar", "off", "-q"])
            .args(self.pip)
            .arg("-r")
            .arg(self.requirements)
            .status();
        if !installed.is_ok_and(|status| status.success()) {
            return Err(Failure::new(
                format!("what {} names could not be installed", self.requirements.display()),
                "read what pip printed above, look whether the network and pip's settings (pip config list) are right, and call again",
            ));
        }
        let tried = Command::new(&inner).args(["-c", self.trial]).status();
        if !tried.is_ok_and(|status| status.success()) {
            return Err(Failure::new(
                format!("what {} names was installed, and does not start", self.requirements.display()),
                "read above what Python misses, and add it to that list",
            ));
        }
        fs::write(&finished, pinned).map_err(|error| {
            Failure::new(
                format!("{} could not be written: {error}", finished.display()),
                "free the disk and call again",
            )
        })?;
        Ok(home)
    }
}

fn version() -> Outcome<String> {
    let output = Command::new("python3")
        .args(["-c", "import sys; print(sys.executable, sys.version); sys.exit(sys.version_info < (3, 11))"])
        .output()
        .map_err(failed)?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(Failure::new(
        "python3 is older than 3.11, which the packages pinned here need",
        "put a newer one first on PATH",
    ))
}

/// What to say when python3 itself does not start.
pub fn failed(error: std::io::Error) -> Failure {
    Failure::new(format!("python3 could not be run: {error}"), "install python3 with its venv module and call again")
}
