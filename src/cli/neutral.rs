//! A person's neutral face, from the command line.

use std::path::PathBuf;

use super::args::moment;
use super::{Failure, Outcome, output, project};
use crate::app::edit::neutral;
use crate::domain::{Time, TrackKind};

/// The moment at which a face is neutral: expressions of that person are proposed against it
#[derive(Debug, clap::Args)]
pub struct Neutral {
    pub project: PathBuf,
    /// Session, by name; may be left out where there is one only
    #[arg(long)]
    pub session: Option<String>,
    /// Number of the face
    #[arg(long, value_name = "NUMBER")]
    pub face: i64,
    /// The moment, as 1:02.500 or in seconds; the one that is neutral already forgets it
    #[arg(long, value_parser = moment)]
    pub at: Time,
    #[arg(long)]
    pub json: bool,
}

pub(super) fn neutral(args: &Neutral) -> Outcome {
    let mut store = project::open(&args.project)?;
    let mut sessions: Vec<_> = store.read().session_rows()?.into_iter().map(|row| row.session).collect();
    sessions.retain(|session| args.session.as_ref().is_none_or(|name| *name == session.name));
    let [session] = &sessions[..] else {
        return Err(Failure::Usage("name the session with --session".to_owned()));
    };
    let stood = store.read().standing(session.id)?;
    let faces = stood.tracks.iter().filter(|t| t.kind == TrackKind::Face && t.number == args.face);
    // Of two looks' faces of that number, the one that counts at the moment.
    let face = faces.min_by_key(|t| (t.end < args.at || args.at < t.start, stood.standing.is_over(t, args.at)));
    let face = face.ok_or_else(|| Failure::Failed(format!("there is no face {} in the session", args.face)))?;
    let marked = neutral::toggle(&mut store, face.id, args.at)?.value;
    if args.json {
        return output::json(&marked);
    }
    output::line(&format!(
        "face {}: neutral at {} {}; {} proposals of expressions made, {} open ones of before gave way",
        args.face,
        args.at,
        if marked.set { "from now on" } else { "no more" },
        marked.remade.made,
        marked.remade.replaced
    ));
    Ok(())
}
