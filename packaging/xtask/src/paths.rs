//! Where things lie: the checkout, the user's cache, the user's data.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome};

/// The root of the checkout that `cargo xtask` was called in.
pub fn root() -> Outcome<PathBuf> {
    // Asked at run time: a target folder shared by two checkouts may hold an xtask that was compiled in the other one.
    let from_cargo =
        env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).and_then(|dir| Some(dir.parent()?.parent()?.to_owned()));
    let here = env::current_dir().ok();
    from_cargo
        .into_iter()
        .chain(here.iter().flat_map(|dir| dir.ancestors().map(Path::to_owned)))
        .find(|dir| dir.join("packaging/xtask/Cargo.toml").is_file())
        .ok_or_else(|| {
            Failure::new(
                "this is not a checkout of Fieldgloss",
                "call `cargo xtask` from inside the folder that holds Cargo.toml and packaging/",
            )
        })
}

/// The user's cache for Fieldgloss's set-up; made when missing.
pub fn cache() -> Outcome<PathBuf> {
    let dir = user_dir("XDG_CACHE_HOME", ".cache", "Library/Caches")?;
    made(dir)
}

/// The user's data folder, where `run` keeps the sample project. Not made here: the program does that.
pub fn data() -> Outcome<PathBuf> {
    user_dir("XDG_DATA_HOME", ".local/share", "Library/Application Support")
}

fn user_dir(variable: &str, below_home: &str, below_home_on_mac: &str) -> Outcome<PathBuf> {
    // The XDG base directory specification says that a relative path there is to be ignored.
    if let Some(dir) = env::var_os(variable).map(PathBuf::from).filter(|dir| dir.is_absolute()) {
        return Ok(dir.join("fieldgloss"));
    }
    let below = if cfg!(target_os = "macos") { below_home_on_mac } else { below_home };
    match env::home_dir().filter(|home| home.is_absolute()) {
        Some(home) => Ok(home.join(below).join("fieldgloss")),
        None => Err(Failure::new(
            "there is no home folder to keep downloads in",
            format!("set HOME or {variable} to a folder that may be written to"),
        )),
    }
}

/// Makes a folder and everything above it.
pub fn made(dir: PathBuf) -> Outcome<PathBuf> {
    match fs::create_dir_all(&dir) {
        Ok(()) => Ok(dir),
        Err(error) => Err(Failure::new(
            format!("the folder {} could not be made: {error}", dir.display()),
            "free the disk or correct its rights, or set XDG_CACHE_HOME to another folder",
        )),
    }
}

/// Holds `NAME.lock` in `dir` until the result is dropped, so that two set-ups do not write the same files.
pub fn locked(dir: &Path, name: &str) -> Outcome<File> {
    let path = dir.join(format!("{name}.lock"));
    let failed = |error: std::io::Error| {
        Failure::new(
            format!("{} could not be locked: {error}", path.display()),
            "correct the rights of that folder, or set XDG_CACHE_HOME to another one",
        )
    };
    let file = File::create(&path).map_err(failed)?;
    if file.try_lock().is_err() {
        eprintln!("   Waiting for another set-up to finish ({name}).");
        file.lock().map_err(failed)?;
    }
    Ok(file)
}

/// Removes a folder or a file if it is there.
pub fn removed(path: &Path) -> Outcome<()> {
    let result = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => Err(error),
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
    };
    result.map_err(|error| {
        Failure::new(format!("{} could not be removed: {error}", path.display()), "remove it by hand and call again")
    })
}
