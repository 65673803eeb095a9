//! Fieldgloss: the window and the command line.

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use fieldgloss::cli::{self, Args};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let start = Instant::now();
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("error")).init();
    fieldgloss::formats::rdf::hush_caught_panics();
    let args = Args::parse();
    match args.verb {
        Some(verb) => cli::run(verb),
        None => cli::open_window(args.project, args.startup_time.then_some(start)),
    }
}
