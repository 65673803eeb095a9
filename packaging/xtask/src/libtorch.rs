//! libtorch 2.13.0 for the processor: the one that LIBTORCH names, or one put together from pinned wheels.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Command};

use crate::download::Pinned;
use crate::failure::{Failure, Outcome};
use crate::paths;
use crate::python;
use crate::wheel::{self, Wheel};

/// The release that `tch` 0.26 is made for.
const VERSION: &str = "2.13.0";

/// Raise the last number when the recipe below changes, so that a prefix of an older recipe is not taken for this one.
const PREFIX: &str = "libtorch-2.13.0-1";

/// A wheel, and what of it goes where.
struct Piece {
    wheel: Wheel,
    /// Patterns for unzip, and the folder of the prefix that the matches' common root becomes part of.
    take: &'static [&'static str],
}

/// libtorch itself, and the two libraries of NVIDIA's without which this build of it does not load, graphics card or not.
const PIECES: [Piece; 3] = [
    Piece {
        wheel: Wheel {
            requirement: "torch==2.13.0",
            file: Pinned {
                name: "torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl",
                bytes: 526_574_961,
                sha256: "60fcdcb2f3876e21146cb4524ef06397d727ca9ad5f020818547e25075fe3cb7",
            },
        },
        take: &[
            "torch/include/*",
            "torch/lib/libtorch_cpu.so",
            "torch/lib/libc10.so",
            "torch/lib/libgomp.so.1",
            "torch-2.13.0.dist-info/licenses/*",
        ],
    },
    Piece {
        wheel: Wheel {
            requirement: "nvidia-cuda-cupti==13.0.85",
            file: Pinned {
                name: "nvidia_cuda_cupti-13.0.85-py3-none-manylinux_2_25_x86_64.whl",
                bytes: 10_715_597,
                sha256: "4eb01c08e859bf924d222250d2e8f8b8ff6d3db4721288cf35d14252a4d933c8",
            },
        },
        take: &["nvidia/cu13/lib/libcupti.so.13", "nvidia_cuda_cupti-13.0.85.dist-info/licenses/*"],
    },
    Piece {
        wheel: Wheel {
            requirement: "nvidia-cuda-runtime==13.0.96",
            file: Pinned {
                name: "nvidia_cuda_runtime-13.0.96-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
                bytes: 2_243_632,
                sha256: "7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548",
            },
        },
        take: &["nvidia/cu13/lib/libcudart.so.13", "nvidia_cuda_runtime-13.0.96.dist-info/licenses/*"],
    },
];

/// What the unpacked wheels hold, and where in the prefix it belongs.
const MOVES: [(&str, &str); 9] = [
    ("torch/include", "include"),
    ("torch/lib/libtorch_cpu.so", "lib/libtorch_cpu.so"),
    ("torch/lib/libc10.so", "lib/libc10.so"),
    ("torch/lib/libgomp.so.1", "lib/libgomp.so.1"),
    ("nvidia/cu13/lib/libcupti.so.13", "lib/libcupti.so.13"),
    ("nvidia/cu13/lib/libcudart.so.13", "lib/libcudart.so.13"),
    ("torch-2.13.0.dist-info/licenses", "licences/torch"),
    ("nvidia_cuda_cupti-13.0.85.dist-info/licenses", "licences/nvidia-cuda-cupti"),
    ("nvidia_cuda_runtime-13.0.96.dist-info/licenses", "licences/nvidia-cuda-runtime"),
];

/// The folder that holds `include/` and `lib/`.
pub fn provide(cache: &Path) -> Outcome<PathBuf> {
    if let Some(given) = env::var_os("LIBTORCH").filter(|given| !given.is_empty()) {
        return checked(PathBuf::from(given));
    }
    let prefix = cache.join(PREFIX);
    if is_whole(&prefix) {
        eprintln!("   {} is in place.", prefix.display());
        return Ok(prefix);
    }
    if env::consts::OS != "linux" || env::consts::ARCH != "x86_64" {
        return Err(Failure::new(
            format!(
                "libtorch is fetched by itself only on x86_64 Linux, and this is {} {}",
                env::consts::ARCH,
                env::consts::OS
            ),
            format!(
                "install libtorch {VERSION} (a Python package torch {VERSION} holds one: its folder `torch`), \
                 write {VERSION} into a file `build-version` there if it has none, set LIBTORCH to that folder and call again"
            ),
        ));
    }
    let _lock = paths::locked(cache, PREFIX)?;
    if is_whole(&prefix) {
        return Ok(prefix);
    }
    enough_room(cache)?;
    let downloads = paths::made(cache.join("downloads"))?;
    let python = python::with_pip(cache)?;
    let mut wheels = Vec::new();
    for piece in &PIECES {
        wheels.push(wheel::fetch(&piece.wheel, &python, &downloads)?);
    }
    assemble(cache, &prefix, &wheels)?;
    // Half a gigabyte that nothing asks for again.
    for wheel in wheels {
        paths::removed(&wheel)?;
    }
    eprintln!("   libtorch {VERSION} is now in {}.", prefix.display());
    Ok(prefix)
}

/// Looks whether the libtorch that someone set up is one that the worker can be built with.
fn checked(given: PathBuf) -> Outcome<PathBuf> {
    let remedy = format!("set LIBTORCH to a libtorch {VERSION}, or unset it to have one fetched into the user cache");
    let given = fs::canonicalize(&given)
        .map_err(|error| Failure::new(format!("LIBTORCH names {}: {error}", given.display()), remedy.clone()))?;
    let version = fs::read_to_string(given.join("build-version")).map_err(|error| {
        Failure::new(
            format!(
                "LIBTORCH names {}, and its version cannot be read from the file build-version there: {error}",
                given.display()
            ),
            format!("{remedy}; if it is {VERSION}, write {VERSION} into that file"),
        )
    })?;
    let version = version.trim();
    // `2.13.0+cpu` and `2.13.0+cu130` are this release too; `tch` accepts no other.
    if version.split('+').next() != Some(VERSION) {
        return Err(Failure::new(
            format!("LIBTORCH names {}, which is version {version}; Fieldgloss needs {VERSION}", given.display()),
            remedy,
        ));
    }
    if !given.join("include").is_dir() || !given.join("lib").is_dir() {
        return Err(Failure::new(
            format!("LIBTORCH names {}, which has no include and lib folders", given.display()),
            remedy,
        ));
    }
    eprintln!("   LIBTORCH {} ({version}) is used.", given.display());
    Ok(given)
}

/// The version file is the last thing written before the prefix gets its name.
fn is_whole(prefix: &Path) -> bool {
    prefix.join("build-version").is_file() && prefix.join("lib/libtorch_cpu.so").is_file()
}

/// The download and what is unpacked from it, at their largest.
fn enough_room(cache: &Path) -> Outcome<()> {
    const WANTED_MB: u64 = 1_200;
    // Where df does not answer in this form, the disk is tried instead.
    let Ok(output) = Command::new("df").arg("-Pk").arg(cache).output() else {
        return Ok(());
    };
    let listing = String::from_utf8_lossy(&output.stdout);
    let free_kb = listing.lines().nth(1).and_then(|line| line.split_whitespace().nth(3)?.parse::<u64>().ok());
    match free_kb {
        Some(free) if free / 1024 < WANTED_MB => Err(Failure::new(
            format!("libtorch needs {WANTED_MB} MB in {}, and {} MB are free", cache.display(), free / 1024),
            "free the disk, set XDG_CACHE_HOME to a folder on a larger one, or set LIBTORCH to an installed libtorch 2.13.0",
        )),
        _ => Ok(()),
    }
}

/// Unpacks beside the prefix and gives it its name when all is there, so that a half prefix is never taken for a whole one.
fn assemble(cache: &Path, prefix: &Path, wheels: &[PathBuf]) -> Outcome<()> {
    let unfinished = format!("{PREFIX}.unfinished");
    let old = fs::read_dir(cache).map_err(|error| disk(cache, &error))?;
    for entry in old.flatten() {
        // The lock is held: whatever is there was left by a set-up that was killed.
        if entry.file_name().to_string_lossy().starts_with(&unfinished) {
            paths::removed(&entry.path())?;
        }
    }
    paths::removed(prefix)?;
    let work = paths::made(cache.join(format!("{unfinished}-{}", process::id())))?;
    eprintln!("   Unpacking what is needed of {} wheels.", wheels.len());
    for (piece, wheel) in PIECES.iter().zip(wheels) {
        unzip(wheel, piece.take, &work.join("wheels"))?;
    }
    let made = work.join("prefix");
    for (from, to) in MOVES {
        let (from, to) = (work.join("wheels").join(from), made.join(to));
        if let Some(above) = to.parent() {
            paths::made(above.to_owned())?;
        }
        fs::rename(&from, &to).map_err(|error| disk(&from, &error))?;
    }
    // Programs ask for `-ltorch`; in this build that library is only a name for the one that does the work.
    write(&made.join("lib/libtorch.so"), "INPUT(-ltorch_cpu)\n")?;
    write(&made.join("build-version"), &format!("{VERSION}\n"))?;
    fs::rename(&made, prefix).map_err(|error| disk(prefix, &error))?;
    paths::removed(&work)
}

fn unzip(wheel: &Path, patterns: &[&str], into: &Path) -> Outcome<()> {
    let status = Command::new("unzip").args(["-q", "-o"]).arg(wheel).args(patterns).arg("-d").arg(into).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(Failure::new(
            format!("{} could not be unpacked", wheel.display()),
            "read what unzip printed above; free the disk if it is full, and call again",
        )),
        Err(error) => Err(Failure::new(format!("unzip could not be run: {error}"), "install unzip and call again")),
    }
}

fn write(path: &Path, text: &str) -> Outcome<()> {
    fs::write(path, text).map_err(|error| disk(path, &error))
}

fn disk(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(
        format!("{}: {error}", path.display()),
        "free the disk or correct the rights of that folder, and call again; the download is kept",
    )
}
