//! Fieldgloss: the window and the command line.

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use fieldgloss::cli::{self, Args};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A file that grows to the size that the system allows is an error like a full disk, not the end of the program: the
/// signal for it, SIGXFSZ, stays blocked in every thread, and writing fails with EFBIG instead (setrlimit(2)).
#[cfg(unix)]
fn outlive_size_limits() {
    use nix::sys::signal::{SigSet, Signal};
    let mut signals = SigSet::empty();
    signals.add(Signal::SIGXFSZ);
    if let Err(error) = signals.thread_block() {
        log::warn!("a file at its size limit will end the program: {error}");
    }
}

#[cfg(not(unix))]
fn outlive_size_limits() {}

fn main() -> ExitCode {
    let start = Instant::now();
    // Before there is any other thread: those that come inherit it.
    outlive_size_limits();
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("error")).init();
    fieldgloss::formats::rdf::hush_caught_panics();
    let args = Args::parse();
    match args.verb {
        Some(verb) => cli::run(verb),
        None => cli::open_window(args.project, args.startup_time.then_some(start)),
    }
}
