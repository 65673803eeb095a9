//! The worker process: reads requests on its standard input, answers on its standard output, logs to standard error.

mod hands;
mod hear;
mod look;
mod own;
mod prints;
mod quality;
mod scene;
mod serve;
mod sweep;
mod teach;
mod watch;

use std::process::ExitCode;

fn main() -> ExitCode {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("warn")).init();
    let input = std::io::BufReader::new(std::io::stdin());
    match serve::serve(input, std::io::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Whoever listened is gone; there is nobody left to tell but the log.
            log::error!("the conversation broke off: {error}");
            ExitCode::FAILURE
        }
    }
}
