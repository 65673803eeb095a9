//! The window's verbs without a window. Exit status: 0 done, 1 failed, 2 wrong usage.

mod agreement;
mod analyse;
mod args;
mod calibrate;
mod clip;
mod demo;
mod gloss;
mod gloss_report;
mod learn;
mod linked_data;
mod long;
mod looks;
mod media;
mod models;
mod neutral;
mod output;
mod own_models;
mod people;
mod project;
mod recipe;
mod speaking;
mod still;
mod table;
mod train;
mod transfer;

use std::process::ExitCode;

pub use args::{Args, Verb};

/// Why a verb failed, in the user's words.
#[derive(Debug)]
pub enum Failure {
    /// It was tried and did not work: exit status 1.
    Failed(String),
    /// It was asked for wrongly: exit status 2.
    Usage(String),
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Failed(error.to_string())
    }
}

/// What a verb gives back.
pub type Outcome = Result<(), Failure>;

/// Runs a verb and says how it went.
pub fn run(verb: Verb) -> ExitCode {
    let outcome = match verb {
        Verb::New(args) => project::new(&args),
        Verb::Import(args) => transfer::import(&args),
        Verb::Export(args) => transfer::export(&args),
        Verb::Convert(args) => transfer::convert(&args),
        Verb::Analyse(args) => analyse::analyse(&args),
        Verb::Clip(args) => clip::clip(&args),
        Verb::Agreement(args) => agreement::agreement(&args),
        Verb::Recipe(verb) => recipe::recipe(&verb),
        Verb::People(verb) => people::people(&verb),
        Verb::Speaking(args) => speaking::speaking(&args),
        Verb::Neutral(args) => neutral::neutral(&args),
        Verb::Calibrate(args) => calibrate::calibrate(&args),
        Verb::Media(verb) => media::media(&verb),
        Verb::Models(verb) => models::models(&verb),
        Verb::Demo(args) => return demo::demo(&args),
        Verb::Table(verb) => table::table(&verb),
        Verb::Gloss(verb) => gloss::gloss(&verb),
        Verb::Learn(verb) => learn::learn(&verb),
        Verb::Search(args) => project::search(&args),
        Verb::Query(args) => linked_data::query(&args),
        Verb::Rdf(verb) => linked_data::rdf(&verb),
        Verb::Check(args) => project::check(&args),
        Verb::Backup(args) => project::backup(&args),
        Verb::Restore(args) => project::restore(&args),
    };
    finish(outcome)
}

/// Turns an outcome into an exit status, the message on standard error.
pub fn finish(outcome: Outcome) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Failed(message)) => {
            eprintln!("fieldgloss: {message}");
            ExitCode::from(1)
        }
        Err(Failure::Usage(message)) => {
            eprintln!("fieldgloss: {message}");
            ExitCode::from(2)
        }
    }
}

/// Opens the window, with a project when one is given; `startup` is the moment to count the start-up time from.
#[cfg(feature = "window")]
pub fn open_window(project: Option<std::path::PathBuf>, startup: Option<std::time::Instant>) -> ExitCode {
    finish(crate::app::launch::launch(project, startup).map_err(Failure::Failed))
}

/// Opens the window, when this program has one.
#[cfg(not(feature = "window"))]
pub fn open_window(_: Option<std::path::PathBuf>, _: Option<std::time::Instant>) -> ExitCode {
    finish(Err(Failure::Failed("this Fieldgloss was built without a window; see --help for the verbs".to_owned())))
}
