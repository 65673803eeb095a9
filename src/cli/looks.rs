//! The looks at a session after each other, from the command line: which there are, which is shown, what a new one does.

use std::path::Path;

use serde_json::json;

use super::{Failure, Outcome, output, project};
use crate::app::edit::looks::{self, Before, Look};
use crate::domain::{RunId, RunStatus, Session, SessionId};
use crate::store::{Reader, Store};

/// What a look over a session will do to what is there, in one line; nothing where there is nothing.
pub(super) fn told_before(read: &Reader<'_>, session: &Session) -> Result<Option<String>, Failure> {
    let Before { proposals, named } = looks::before(read, session.id)?;
    if proposals.all + named == 0 {
        return Ok(None);
    }
    let spoken = match proposals.touched {
        0 => "nothing was reviewed yet".to_owned(),
        touched => {
            format!("{touched} of {} were reviewed and stay", output::count(proposals.all, "proposal", "proposals"))
        }
    };
    let names = if named > 0 { ", and so do the names given" } else { "" };
    Ok(Some(format!("{}: looked at before; {spoken}{names}. The rest gives way where this look looks.", session.name)))
}

fn when(look: &Look) -> String {
    match look.run.started.parse::<jiff::Timestamp>() {
        Ok(time) => time.to_zoned_datetime(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string(),
        Err(_) => look.run.started.clone(),
    }
}

fn stretch(look: &Look) -> String {
    match (look.from, look.to) {
        (None, None) => "whole recording".to_owned(),
        (from, to) => format!(
            "{} to {}",
            from.map_or_else(|| "beginning".to_owned(), |from| from.to_string()),
            to.map_or_else(|| "end".to_owned(), |to| to.to_string())
        ),
    }
}

fn told(look: &Look) -> serde_json::Value {
    json!({
        "number": look.number, "run": look.run.id, "started": look.run.started, "status": look.run.status,
        "from": look.from.map(crate::domain::Time::secs), "to": look.to.map(crate::domain::Time::secs),
        "proposals": look.proposals.all, "reviewed": look.proposals.touched,
        "shown_first": look.shown, "stands": look.stands,
    })
}

pub(super) fn list(path: &Path, name: Option<&str>, as_json: bool) -> Outcome {
    let store = project::open(path)?;
    let mut all = Vec::new();
    for session in sessions(&store, name)? {
        let looks = looks::looks(&store.read(), session.id)?;
        if as_json {
            all.push(json!({ "session": session.name, "looks": looks.iter().map(told).collect::<Vec<_>>() }));
            continue;
        }
        output::line(&session.name);
        for look in &looks {
            let state = match (look.shown, look.stands, look.run.status) {
                (true, ..) => "  shown first",
                (_, _, RunStatus::Running | RunStatus::Stopped) => "  broken off",
                (_, true, _) => "  shown where no other looked, and what was reviewed or named",
                (_, false, _) => "  not shown",
            };
            output::line(&format!(
                "{:>4}  {}  {:<24}{}, {} reviewed{state}",
                look.number,
                when(look),
                stretch(look),
                output::count(look.proposals.all, "proposal", "proposals"),
                look.proposals.touched
            ));
        }
        if looks.is_empty() {
            output::line("      not looked at yet");
        }
    }
    if as_json { output::json(&all) } else { Ok(()) }
}

fn sessions(store: &Store, name: Option<&str>) -> Result<Vec<Session>, Failure> {
    let mut sessions: Vec<Session> = store.read().session_rows()?.into_iter().map(|row| row.session).collect();
    sessions.retain(|session| name.is_none_or(|name| session.name == name));
    match name {
        Some(name) if sessions.is_empty() => Err(Failure::Failed(format!("there is no session “{name}”"))),
        _ => Ok(sessions),
    }
}

pub(super) fn show(path: &Path, session: &str, look: &str, as_json: bool) -> Outcome {
    let mut store = project::open(path)?;
    let sessions = sessions(&store, Some(session))?;
    let [session] = &sessions[..] else {
        return Err(Failure::Failed(format!("several sessions are called “{session}”; give them names of their own")));
    };
    let run = find(&store, session.id, look)?;
    looks::show(&mut store, session.id, run)?;
    if as_json {
        return output::json(&json!({ "session": session.name, "shown": run }));
    }
    output::line(&format!("{}: look {look} is shown first, until a newer one is done", session.name));
    Ok(())
}

/// The look of that number, or of that id.
fn find(store: &Store, session: SessionId, look: &str) -> Result<RunId, Failure> {
    let looks = looks::looks(&store.read(), session)?;
    let meant = |known: &&Look| known.number.to_string() == look || known.run.id.to_string() == look;
    looks.iter().find(meant).map(|look| look.run.id).ok_or_else(|| {
        Failure::Failed(format!("the session has no look {look}; ‘fieldgloss people looks’ lists those that there are"))
    })
}
