//! System packages: what must be there, what it is called, how to get it.

use std::env;
use std::io::IsTerminal;
use std::process::{Command, Stdio};

use crate::failure::{Failure, Outcome};

/// How to find out, where there is no dpkg, whether something is installed.
enum Probe {
    /// A program on PATH; any of these will do.
    Program(&'static [&'static str]),
    /// A module that pkg-config knows.
    Module(&'static str),
    /// Cannot be asked for in one way everywhere; only named when something else is missing.
    Unknown,
}
use Probe::{Module, Program, Unknown};

struct Need {
    debian: &'static str,
    fedora: &'static str,
    arch: &'static str,
    probe: Probe,
}

const fn need(debian: &'static str, fedora: &'static str, arch: &'static str, probe: Probe) -> Need {
    Need { debian, fedora, arch, probe }
}

/// To build, to fetch what the build needs, and to run.
const BUILD: &[Need] = &[
    need("build-essential", "gcc-c++", "base-devel", Program(&["c++", "g++", "clang++"])),
    need("pkg-config", "pkgconf-pkg-config", "pkgconf", Program(&["pkg-config", "pkgconf"])),
    need("clang", "clang", "clang", Program(&["clang"])),
    need("libclang-dev", "clang-devel", "clang", Unknown),
    need("libavformat-dev", "ffmpeg-free-devel", "ffmpeg", Module("libavformat")),
    need("libavcodec-dev", "ffmpeg-free-devel", "ffmpeg", Module("libavcodec")),
    need("libavutil-dev", "ffmpeg-free-devel", "ffmpeg", Module("libavutil")),
    need("libavfilter-dev", "ffmpeg-free-devel", "ffmpeg", Module("libavfilter")),
    need("libavdevice-dev", "ffmpeg-free-devel", "ffmpeg", Module("libavdevice")),
    need("libswscale-dev", "ffmpeg-free-devel", "ffmpeg", Module("libswscale")),
    need("libswresample-dev", "ffmpeg-free-devel", "ffmpeg", Module("libswresample")),
    need("libasound2-dev", "alsa-lib-devel", "alsa-lib", Module("alsa")),
    need("libxkbcommon-dev", "libxkbcommon-devel", "libxkbcommon", Module("xkbcommon")),
    need("libwayland-dev", "wayland-devel", "wayland", Module("wayland-client")),
    need("ca-certificates", "ca-certificates", "ca-certificates", Unknown),
    need("curl", "curl", "curl", Program(&["curl"])),
    need("unzip", "unzip", "unzip", Program(&["unzip"])),
    need("python3", "python3", "python", Program(&["python3"])),
    need("python3-venv", "python3", "python", Unknown),
    need("libvulkan1", "vulkan-loader", "vulkan-icd-loader", Unknown),
    need("mesa-vulkan-drivers", "mesa-vulkan-drivers", "vulkan-swrast", Unknown),
    need("libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11", Unknown),
];

/// To test: a display without a screen, sample media, a namespace without a network.
const CHECK: &[Need] = &[
    need("xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb", Program(&["Xvfb"])),
    need("xdotool", "xdotool", "xdotool", Program(&["xdotool"])),
    need("imagemagick", "ImageMagick", "imagemagick", Program(&["magick", "convert"])),
    need("ffmpeg", "ffmpeg-free", "ffmpeg", Program(&["ffmpeg"])),
    need("iproute2", "iproute", "iproute2", Program(&["ip"])),
    need("util-linux", "util-linux", "util-linux", Program(&["unshare"])),
    need("fonts-sil-andika", "sil-andika-fonts", "ttf-sil-andika", Unknown),
    need("fonts-sil-charis", "sil-charis-fonts", "ttf-charis-sil", Unknown),
];

/// Installs what is missing: what building and running need, and with `for_tests` what the tests need as well.
pub fn install(for_tests: bool) -> Outcome<()> {
    let needs = BUILD.iter().chain(CHECK.iter().filter(|_| for_tests)).collect::<Vec<_>>();
    if on_path("apt-get") && on_path("dpkg-query") {
        install_with_apt(&needs.iter().map(|need| need.debian).collect::<Vec<_>>())
    } else {
        name_what_is_missing(&needs)
    }
}

fn install_with_apt(names: &[&str]) -> Outcome<()> {
    let missing = missing_from_dpkg(names)?;
    if missing.is_empty() {
        eprintln!("   All {} are installed.", names.len());
        return Ok(());
    }
    eprintln!("   Missing: {}.", missing.join(" "));
    let by_hand = format!("apt-get install {}", missing.join(" "));
    let gate = Gate::find().ok_or_else(|| {
        Failure::new(
            "system packages are missing, and only root may install them",
            format!("ask someone who may to run: {by_hand}"),
        )
    })?;
    gate.apt_get(&["update"], &by_hand)?;
    let mut args = vec!["install", "-y", "--no-install-recommends"];
    args.extend(&missing);
    gate.apt_get(&args, &by_hand)?;
    let still = missing_from_dpkg(names)?;
    if still.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        format!("still missing after the installation: {}", still.join(" ")),
        format!("install them by hand: apt-get install {}", still.join(" ")),
    ))
}

fn missing_from_dpkg<'a>(names: &[&'a str]) -> Outcome<Vec<&'a str>> {
    // Exit status 1 only says that some are unknown; the answer about the others is still printed.
    let output = Command::new("dpkg-query")
        .args(["-W", "-f=${Package} ${db:Status-Status}\n"])
        .args(names)
        .stderr(Stdio::null())
        .output()
        .map_err(|error| {
            Failure::new(
                format!("dpkg-query could not be started: {error}"),
                "repair the package system, or install the packages that README.md names by hand",
            )
        })?;
    let listing = String::from_utf8_lossy(&output.stdout);
    let installed = listing.lines().filter_map(|line| line.strip_suffix(" installed")).collect::<Vec<_>>();
    Ok(names.iter().filter(|name| !installed.contains(name)).copied().collect())
}

/// The way to root's rights.
enum Gate {
    Root,
    Sudo { may_ask: bool },
}

impl Gate {
    fn find() -> Option<Self> {
        let id = Command::new("id").arg("-u").output().ok()?;
        if id.stdout.trim_ascii() == b"0" {
            return Some(Gate::Root);
        }
        // With nobody at the keyboard sudo must not wait for a password.
        on_path("sudo").then(|| Gate::Sudo { may_ask: std::io::stdin().is_terminal() })
    }

    fn apt_get(&self, args: &[&str], by_hand: &str) -> Outcome<()> {
        let mut command = match self {
            Gate::Root => Command::new("env"),
            Gate::Sudo { may_ask } => {
                let mut sudo = Command::new("sudo");
                if !may_ask {
                    sudo.arg("-n");
                }
                sudo.arg("env");
                sudo
            }
        };
        command
            .args([
                "DEBIAN_FRONTEND=noninteractive",
                "apt-get",
                "-q",
                "-o",
                "Dpkg::Use-Pty=0",
                "-o",
                "DPkg::Lock::Timeout=300",
            ])
            .args(args)
            .stdin(match self {
                Gate::Sudo { may_ask: true } => Stdio::inherit(),
                _ => Stdio::null(),
            });
        let remedy = format!("read what apt-get printed above; then run it by hand: {by_hand}, and call again");
        match command.status() {
            Ok(status) if status.success() => Ok(()),
            Ok(_) => Err(Failure::new(format!("apt-get {} did not succeed", args[0]), remedy)),
            Err(error) => Err(Failure::new(format!("apt-get could not be started: {error}"), remedy)),
        }
    }
}

fn name_what_is_missing(needs: &[&Need]) -> Outcome<()> {
    let missing = needs
        .iter()
        .filter(|need| match need.probe {
            Program(names) => !names.iter().any(|name| on_path(name)),
            Module(name) => !knows_module(name),
            Unknown => false,
        })
        .collect::<Vec<_>>();
    if missing.is_empty() {
        eprintln!("   Everything that can be asked for is there.");
        return Ok(());
    }
    let mut what = String::from("something is missing, and this system has no apt-get to install it with:");
    what.push_str(&format!("\n   {:<24}{:<24}{:<24}", "Debian, Ubuntu", "Fedora", "Arch"));
    for need in missing {
        what.push_str(&format!("\n   {:<24}{:<24}{:<24}", need.debian, need.fedora, need.arch));
    }
    Err(Failure::new(what, "install these with your package system, under the name it uses, and call again"))
}

fn knows_module(name: &str) -> bool {
    ["pkg-config", "pkgconf"].iter().any(|program| {
        Command::new(program)
            .args(["--exists", name])
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    })
}

/// Whether a program of this name lies on PATH.
pub fn on_path(name: &str) -> bool {
    env::var_os("PATH").is_some_and(|path| env::split_paths(&path).any(|dir| dir.join(name).is_file()))
}
