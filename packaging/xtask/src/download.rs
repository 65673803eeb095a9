//! One file from afar: resumed where it broke off, checked against its checksum, under its name only when whole.

use std::fs::{self, File};
use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use crate::failure::{Failure, Outcome};
use crate::paths;

/// A file that is wanted exactly as it was when it was pinned.
pub struct Pinned {
    /// Its file name.
    pub name: &'static str,
    /// Its length in bytes.
    pub bytes: u64,
    /// SHA-256 in lower-case hexadecimal.
    pub sha256: &'static str,
}

/// How often a broken connection is taken up again before giving up.
const ATTEMPTS: u32 = 6;

/// Brings the file into `dir`. `source` is a curl configuration (`url = "…"` and what else the way there needs).
pub fn fetch(pinned: &Pinned, source: &str, dir: &Path) -> Outcome<PathBuf> {
    let whole = dir.join(pinned.name);
    if whole.is_file() {
        if digest(&whole)? == pinned.sha256 {
            return Ok(whole);
        }
        eprintln!("   {} is damaged and is fetched again.", short(pinned.name));
        paths::removed(&whole)?;
    }
    let part = dir.join(format!("{}.part", pinned.name));
    // A part left by an earlier attempt may be damaged: then, and only then, a second try from nothing makes sense.
    let resumed = length(&part) > 0;
    bring(pinned, source, &part)?;
    let mut found = digest(&part)?;
    if found != pinned.sha256 && resumed {
        eprintln!("   What an earlier attempt had left was damaged; starting again.");
        paths::removed(&part)?;
        bring(pinned, source, &part)?;
        found = digest(&part)?;
    }
    if found != pinned.sha256 {
        paths::removed(&part)?;
        return Err(Failure::new(
            format!(
                "{} has the wrong checksum and was thrown away\n   expected {}\n   found    {found}",
                pinned.name, pinned.sha256
            ),
            "call again; if it happens again, the package index that pip is set to (pip config list) serves another file",
        ));
    }
    fs::rename(&part, &whole).map_err(|error| {
        Failure::new(
            format!("{} could not be renamed: {error}", part.display()),
            "correct the rights of that folder and call again",
        )
    })?;
    Ok(whole)
}

/// Fetches until the part has its full length.
fn bring(pinned: &Pinned, source: &str, part: &Path) -> Outcome<()> {
    let mut attempt = 1;
    loop {
        if length(part) > pinned.bytes {
            paths::removed(part)?;
        }
        if length(part) == pinned.bytes {
            return Ok(());
        }
        let before = length(part);
        let (code, said) = call_curl(pinned, source, part)?;
        if code == 0 && length(part) >= pinned.bytes {
            continue;
        }
        // 33: the server cannot resume. 36: it refused the offset.
        if matches!(code, 33 | 36) {
            paths::removed(part)?;
        }
        if length(part) > before {
            // It got somewhere: a slow line that breaks now and then may take as many attempts as it needs.
            attempt = 1;
        }
        let said = said.trim();
        if code == 0 && length(part) == before || attempt == ATTEMPTS {
            let reason = if said.is_empty() { "the server sent a shorter file than was pinned" } else { said };
            return Err(Failure::new(
                format!("{} could not be fetched: {reason}", pinned.name),
                "look whether the network and pip's settings (pip config list) are right, and call again; what was already fetched is kept",
            ));
        }
        let reason = if said.is_empty() { "curl was ended" } else { said };
        eprintln!("   Interrupted ({reason}); going on in {attempt} s.");
        thread::sleep(Duration::from_secs(u64::from(attempt)));
        attempt += 1;
    }
}

/// Runs curl once. Returns its exit status (−1: ended by a signal) and what it complained about.
fn call_curl(pinned: &Pinned, source: &str, part: &Path) -> Outcome<(i32, String)> {
    let failed =
        |error: std::io::Error| Failure::new(format!("curl could not be run: {error}"), "install curl and call again");
    let mut child = Command::new("curl")
        .args(["--config", "-", "--fail", "--location", "--silent", "--show-error"])
        .args(["--connect-timeout", "30"])
        .args(["--speed-limit", "1000", "--speed-time", "60"])
        .args(["--continue-at", "-", "--output"])
        .arg(part)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    // By way of stdin, so that a password for the index does not stand in the list of processes.
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(source.as_bytes()).map_err(failed)?;
    }
    show_progress(pinned, part, &mut child).map_err(failed)?;
    let output = child.wait_with_output().map_err(failed)?;
    Ok((output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stderr).into_owned()))
}

/// Says how far it is until curl ends: one line that changes on a terminal, a line each tenth elsewhere.
fn show_progress(pinned: &Pinned, part: &Path, child: &mut Child) -> std::io::Result<()> {
    let terminal = std::io::stderr().is_terminal();
    let name = short(pinned.name);
    let started = Instant::now();
    let first = length(part);
    let mut tenth = first * 10 / pinned.bytes;
    if first > 0 {
        eprintln!("   {name}: going on after {} MB.", first / 1_000_000);
    }
    let mut ended = false;
    while !ended {
        thread::sleep(Duration::from_millis(250));
        ended = child.try_wait()?.is_some();
        let now = length(part);
        let per_second = now.saturating_sub(first) as f64 / started.elapsed().as_secs_f64().max(0.1) / 1e6;
        let line = format!("   {name}: {} of {} MB, {per_second:.1} MB/s", now / 1_000_000, pinned.bytes / 1_000_000);
        if terminal {
            eprint!("\r{line:<72}");
        } else if now * 10 / pinned.bytes > tenth {
            tenth = now * 10 / pinned.bytes;
            eprintln!("{line}");
        }
    }
    if terminal {
        eprintln!();
    }
    Ok(())
}

/// SHA-256 of a file in lower-case hexadecimal.
pub fn digest(path: &Path) -> Outcome<String> {
    let failed = |error: std::io::Error| {
        Failure::new(format!("{} could not be read: {error}", path.display()), "remove that file and call again")
    };
    let mut file = File::open(path).map_err(failed)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer).map_err(failed)? {
            0 => break,
            read => hash.update(&buffer[..read]),
        }
    }
    Ok(hex(&hash.finalize()))
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |found| found.len())
}

/// `torch 2.13.0` for a wheel's long name.
fn short(name: &str) -> String {
    name.splitn(3, '-').take(2).collect::<Vec<_>>().join(" ")
}
