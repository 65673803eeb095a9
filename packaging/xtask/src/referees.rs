//! The referees: programs of other makers, in Python, that judge what Fieldgloss writes. Only tests need them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

use crate::download;
use crate::failure::{Failure, Outcome};
use crate::paths;
use crate::wheel;

/// Provides a Python environment with the pinned referees; its `bin/python` has them all.
pub fn provide(root: &Path, cache: &Path) -> Outcome<PathBuf> {
    let list = root.join("packaging/referees/requirements.txt");
    let pinned = fs::read_to_string(&list).map_err(|error| {
        Failure::new(
            format!("{} could not be read: {error}", list.display()),
            "restore it (git checkout -- packaging/referees) and call again",
        )
    })?;
    // An environment belongs to one list and one Python: another of either gets one of its own.
    let python = python_version()?;
    let key = download::hex(&Sha256::digest(format!("{python}\n{pinned}")));
    let home = cache.join(format!("referees-{}", &key[..12]));
    // Written last: an environment without it was never finished.
    let finished = home.join("finished");
    let _lock = paths::locked(cache, "referees")?;
    if finished.is_file() {
        eprintln!("   {} is in place.", home.display());
        return Ok(home);
    }
    wheel::make_environment(&home)?;
    // The list names everything that is needed. ligttools would draw in seventy packages that only its converters use.
    let status = Command::new(home.join("bin/python"))
        .args(["-m", "pip", "install", "--no-deps", "--only-binary=:all:"])
        .args([
            "--disable-pip-version-check",
            "--progress-bar",
            "off",
            "-q",
            "-r",
        ])
        .arg(&list)
        .status();
    if !status.is_ok_and(|status| status.success()) {
        return Err(Failure::new(
            "the referees could not be installed",
            "read what pip printed above, look whether the network and pip's settings (pip config list) are right, and call again",
        ));
    }
    let imports = "import rdflib, pyoxigraph, pyshacl, ligttools.search, lxml.etree, praatio.textgrid, pympi.Elan";
    let status = Command::new(home.join("bin/python"))
        .args(["-c", imports])
        .status();
    if !status.is_ok_and(|status| status.success()) {
        return Err(Failure::new(
            "the referees were installed, and do not start",
            "read above what Python misses, and add it to packaging/referees/requirements.txt",
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

fn python_version() -> Outcome<String> {
    let output = Command::new("python3")
        .args([
            "-c",
            "import sys; print(sys.executable, sys.version); sys.exit(sys.version_info < (3, 11))",
        ])
        .output()
        .map_err(|error| {
            Failure::new(
                format!("python3 could not be run: {error}"),
                "install Python 3.11 or newer with its venv module",
            )
        })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(Failure::new(
        "python3 is older than 3.11, which the referees need",
        "put a newer one first on PATH",
    ))
}
