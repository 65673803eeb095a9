//! The looks at the selected session in words: to choose one, and to say what another will do.

use super::PeoplePlace;
use crate::app::core::{Core, Message};
use crate::app::edit;
use crate::app::edit::looks::{Before, Look};
use crate::app::i18n::{tr, tr_args};
use crate::domain::{ModelRun, RunId, RunStatus, Session, SessionId, Time};
use crate::ui::people::LookRow;

/// `2026-11-26 14:02`.
pub(super) fn when(run: &ModelRun) -> String {
    match run.started.parse::<jiff::Timestamp>() {
        Ok(time) => time.to_zoned_datetime(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string(),
        Err(_) => run.started.clone(),
    }
}

fn row(look: &Look) -> LookRow {
    let clock = |time: Time| time.to_string().into();
    let stretch = match (look.from, look.to) {
        (None, None) => tr("looks-whole"),
        (Some(from), None) => tr_args("looks-from", &[("from", clock(from))]),
        (from, Some(to)) => tr_args("looks-stretch", &[("from", clock(from.unwrap_or(Time::ZERO))), ("to", clock(to))]),
    };
    let all = ("all", (look.proposals.all as i64).into());
    let mut detail = tr_args("looks-proposals", &[all, ("done", (look.proposals.touched as i64).into())]);
    if look.run.status != RunStatus::Finished {
        detail = format!("{detail} · {}", tr("people-status-stopped"));
    }
    LookRow { run: look.run.id, name: format!("{} · {stretch}", when(&look.run)), detail, shown: look.shown }
}

/// What another look will do to what is there; nothing where there is nothing.
pub(super) fn told_before(core: &mut Core, session: SessionId) -> Option<String> {
    let before = edit::looks::before(&core.store.read(), session);
    let Before { proposals, named } = core.ask(before)?;
    let count = |count: usize| (count as i64).into();
    let args = [("all", count(proposals.all)), ("done", count(proposals.touched)), ("named", count(named))];
    (proposals.all + named > 0).then(|| tr_args("people-analyse-again", &args))
}

/// Says so where an earlier look is shown before newer ones.
pub(super) fn earlier(core: &mut Core) -> Option<String> {
    let session = core.selection.session?;
    let found = core.store.read().get::<Session>(session);
    let found = core.ask(found)??;
    // The rule is asked only where something was chosen.
    found.residue.get("look")?;
    let runs = core.store.read().runs_of(session);
    let runs = core.ask(runs)?;
    let chosen = found.shown_look(&runs)?;
    let run = runs.iter().find(|run| run.id == chosen)?;
    Some(tr_args("looks-earlier", &[("when", when(run).into())]))
}

impl PeoplePlace {
    /// Lists the looks to choose from.
    pub(super) fn list_looks(&mut self, core: &mut Core) {
        let Some(session) = core.selection.session else { return };
        let looks = edit::looks::looks(&core.store.read(), session);
        let Some(looks) = core.ask(looks) else { return };
        if looks.len() < 2 {
            core.messages.push(Message::Note(tr("looks-one")));
            return;
        }
        self.state.looks = Some(looks.iter().map(row).collect());
    }

    /// Shows a look before the others.
    pub(super) fn show_look(&mut self, core: &mut Core, run: RunId) {
        if let Some(session) = core.selection.session {
            self.state.looks = None;
            core.edit(|store| edit::looks::show(store, session, run));
        }
    }
}
