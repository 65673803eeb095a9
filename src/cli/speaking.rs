//! Who is speaking, from the command line.

use std::path::PathBuf;

use super::{Failure, Outcome, output, project};
use crate::analysis::speaking::SpeakingSettings;
use crate::app::edit::speaking;

/// Who is speaking: voices heard and mouths seen moving, joined into proposals
#[derive(Debug, clap::Args)]
pub struct Speaking {
    pub project: PathBuf,
    /// Session, by name; every session when left out
    #[arg(long)]
    pub session: Option<String>,
    #[arg(long)]
    pub json: bool,
}

pub(super) fn speaking(args: &Speaking) -> Outcome {
    let mut store = project::open(&args.project)?;
    let rows = store.read().session_rows()?;
    let wanted: Vec<_> = rows
        .into_iter()
        .map(|row| row.session)
        .filter(|session| args.session.as_ref().is_none_or(|name| *name == session.name))
        .collect();
    if let Some(name) = args.session.as_ref().filter(|_| wanted.is_empty()) {
        return Err(Failure::Failed(format!("there is no session “{name}”")));
    }
    let stretches = |number| output::count(number, "stretch", "stretches");
    let voices = |number| output::count(number, "voice", "voices");
    let mut told = Vec::new();
    for session in &wanted {
        match speaking::propose(&mut store, session.id, &SpeakingSettings::default()) {
            Ok(done) => {
                let spoke = done.value;
                if !args.json {
                    output::line(&format!(
                        "{}: {} of speaking and {} of somebody proposed, from {} and {}; {} not assessable",
                        session.name,
                        stretches(spoke.speaking),
                        voices(spoke.bound),
                        output::count(spoke.faces, "face", "faces"),
                        voices(spoke.voices),
                        stretches(spoke.not_assessable)
                    ));
                }
                told.push(serde_json::json!({ "session": session.name, "spoke": spoke }));
            }
            // Of many sessions those that were not looked at and listened to are told and passed over.
            Err(error) if args.session.is_none() && wanted.len() > 1 => eprintln!("{}: {error}", session.name),
            Err(error) => return Err(error.into()),
        }
    }
    if args.json { output::json(&told) } else { Ok(()) }
}
