//! What the start page says: recent projects in a line each, the newest backup.

use super::core::Core;
use super::i18n::{number, tr, tr_args};
use super::settings::{RecentProject, Settings};
use crate::ui::home::{HomeModel, ProjectCard};

/// The start page over the settings; the open project tells about its backups.
pub fn model(settings: &Settings, core: Option<&Core>) -> HomeModel {
    let now = jiff::ZonedDateTime::now();
    HomeModel {
        hour: now.hour() as u8,
        projects: settings.recent.iter().map(|recent| card(recent, &now)).collect(),
        backup: core.and_then(backup),
    }
}

fn card(recent: &RecentProject, now: &jiff::ZonedDateTime) -> ProjectCard {
    let summary = &recent.summary;
    let mut parts = vec![tr_args("home-sessions", &[("count", summary.sessions.into())])];
    if summary.recorded_secs > 0 {
        parts.push(length(summary.recorded_secs));
    }
    if summary.entries > 0 {
        parts.push(tr_args(
            "home-entries",
            &[("count", summary.entries.into()), ("number", number(summary.entries).into())],
        ));
    }
    parts.extend(day(&recent.opened, now));
    ProjectCard {
        path: recent.path.clone(),
        name: recent.name.clone(),
        summary: parts.join(" · "),
        badge: summary.badge.clone(),
        glossed: summary.glossed,
        missing: !recent.path.exists(),
    }
}

/// `4 h 10 min`, `12 min`, `40 s`.
pub(super) fn length(secs: u64) -> String {
    match (secs / 3600, secs / 60 % 60) {
        (0, 0) => format!("{secs} s"),
        (0, minutes) => format!("{minutes} min"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

fn day(opened: &str, now: &jiff::ZonedDateTime) -> Option<String> {
    let then = opened.parse::<jiff::Timestamp>().ok()?.to_zoned_datetime(now.time_zone().clone());
    Some(match (now.date() - then.date()).get_days() {
        0 => tr("day-today"),
        1 => tr("day-yesterday"),
        _ if then.year() == now.year() => then.strftime("%-d %B").to_string(),
        _ => then.strftime("%-d %B %Y").to_string(),
    })
}

fn backup(core: &Core) -> Option<String> {
    let backups = core.store.backups();
    let newest = std::fs::metadata(backups.first()?).ok()?.modified().ok()?;
    let now = jiff::ZonedDateTime::now();
    let then = jiff::Timestamp::try_from(newest).ok()?.to_zoned_datetime(now.time_zone().clone());
    let when = format!("{} {}", day(&then.timestamp().to_string(), &now)?, then.strftime("%H:%M"));
    Some(tr_args("home-backup", &[("when", when.into()), ("count", backups.len().into())]))
}
