//! Fieldgloss: the window and the command line.

use std::process::ExitCode;

use clap::Parser;
use fieldgloss::cli::{self, Args};

fn main() -> ExitCode {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("error")).init();
    let args = Args::parse();
    match args.verb {
        Some(verb) => cli::run(verb),
        None => {
            eprintln!("fieldgloss: the window is not built in; see --help for the verbs");
            ExitCode::from(1)
        }
    }
}
