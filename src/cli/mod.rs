//! The window's verbs without a window. Exit status: 0 done, 1 failed, 2 wrong usage.

mod analyse;
mod args;
mod demo;
mod media;
mod models;
mod output;
mod project;
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
        Verb::Media(verb) => media::media(&verb),
        Verb::Models(verb) => models::models(&verb),
        Verb::Demo(args) => return demo::demo(&args),
        Verb::Search(args) => project::search(&args),
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
    use crate::app::window::{Window, WindowOptions};
    use crate::app::{place::Place, settings::Settings};
    const ID: &str = "org.fieldgloss.Fieldgloss";
    // For pictures of one place: its name as the rail has it, in small letters.
    let place = std::env::var("FIELDGLOSS_PLACE").ok();
    let place = place.and_then(|name| {
        Place::RAIL.into_iter().chain([Place::Home]).find(|place| place.text_id() == format!("place-{name}"))
    });
    let options = WindowOptions { project, place, settings: Settings::default_path(), startup };
    let viewport = eframe::egui::ViewportBuilder::default()
        .with_app_id(ID)
        .with_title("Fieldgloss")
        .with_inner_size([1440.0, 900.0])
        .with_min_inner_size([960.0, 600.0]);
    let native =
        eframe::NativeOptions { viewport, renderer: eframe::Renderer::Wgpu, ..eframe::NativeOptions::default() };
    let ran = eframe::run_native(ID, native, Box::new(|cc| Ok(Box::new(Window::new(&cc.egui_ctx, options)))));
    finish(ran.map_err(|error| {
        Failure::Failed(format!("the window could not be opened ({error}); the verbs work without one, see --help"))
    }))
}

/// Opens the window, when this program has one.
#[cfg(not(feature = "window"))]
pub fn open_window(_: Option<std::path::PathBuf>, _: Option<std::time::Instant>) -> ExitCode {
    finish(Err(Failure::Failed("this Fieldgloss was built without a window; see --help for the verbs".to_owned())))
}
