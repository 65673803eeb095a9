//! Wheels from the package index that pip is set to.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::download::{self, Pinned};
use crate::failure::{Failure, Outcome};
use crate::paths;
use crate::python;

/// A wheel of one version, for one system.
pub struct Wheel {
    /// As pip spells it: `torch==2.13.0`.
    pub requirement: &'static str,
    pub file: Pinned,
}

/// Asks pip where it would fetch a wheel from.
const FIND_WHEEL: &str = include_str!("find_wheel.py");

/// Brings a wheel into `dir`, verified.
pub fn fetch(wheel: &Wheel, python: &Path, dir: &Path) -> Outcome<PathBuf> {
    let done = dir.join(wheel.file.name);
    if done.is_file() && download::digest(&done)? == wheel.file.sha256 {
        return Ok(done);
    }
    match source(wheel, python)? {
        Some(source) => download::fetch(&wheel.file, &source, dir),
        None => fetch_with_pip(wheel, python, dir),
    }
}

/// The way to the wheel as a curl configuration; `None` where this pip does not tell.
fn source(wheel: &Wheel, python: &Path) -> Outcome<Option<String>> {
    let mut child = Command::new(python)
        .args(["-", wheel.requirement, wheel.file.name])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(python::failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(FIND_WHEEL.as_bytes()).map_err(python::failed)?;
    }
    let output = child.wait_with_output().map_err(python::failed)?;
    Ok(output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned()))
}

/// The plain way, which starts from nothing after an interruption.
fn fetch_with_pip(wheel: &Wheel, python: &Path, dir: &Path) -> Outcome<PathBuf> {
    eprintln!("   Fetching {} with pip itself, which cannot resume.", wheel.requirement);
    let mut command = Command::new(python);
    command
        .args(["-m", "pip", "download", "--no-deps", "--only-binary=:all:"])
        .args(["--python-version", "3.11", "--dest"])
        .arg(dir);
    for platform in platforms(wheel.file.name) {
        command.args(["--platform", platform]);
    }
    let status = command.arg(wheel.requirement).status().map_err(python::failed)?;
    let done = dir.join(wheel.file.name);
    if !status.success() || !done.is_file() {
        return Err(Failure::new(
            format!("pip could not fetch {}", wheel.requirement),
            "look whether the network and pip's settings (pip config list) are right, and call again",
        ));
    }
    let found = download::digest(&done)?;
    if found == wheel.file.sha256 {
        return Ok(done);
    }
    paths::removed(&done)?;
    Err(Failure::new(
        format!(
            "{} has the wrong checksum and was thrown away\n   expected {}\n   found    {found}",
            wheel.file.name, wheel.file.sha256
        ),
        "look which package index pip is set to (pip config list): it serves another file",
    ))
}

/// The platform tags at the end of a wheel's name.
fn platforms(name: &str) -> impl Iterator<Item = &str> {
    let tag = name.strip_suffix(".whl").and_then(|stem| stem.rsplit('-').next());
    tag.unwrap_or_default().split('.')
}
