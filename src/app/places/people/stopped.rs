//! Looks that were broken off: how far they came, as it is shown.

use crate::app::analysing::{self, Stopped};
use crate::app::core::Core;
use crate::app::i18n::{tr, tr_args};
use crate::domain::{ModelRun, Time};

/// The newest of the selected session.
pub(super) fn newest(core: &mut Core) -> Option<Stopped> {
    let session = core.selection.session?;
    let found = analysing::stopped(&core.store.read(), Some(session));
    core.ask(found)?.pop()
}

/// `Stopped at 0:23:10`, where there is something to go on with.
pub(super) fn words(core: &mut Core) -> Option<String> {
    let stopped = newest(core)?;
    let at = hours(stopped.at);
    let text = if stopped.listening { "people-stopped-listening" } else { "people-stopped-at" };
    Some(tr_args(text, &[("at", at.into())]))
}

/// A moment of a long recording: `00:23:10`.
fn hours(time: Time) -> String {
    let secs = time.0.max(0) / 1_000_000_000;
    format!("{:02}:{:02}:{:02}", secs / 3600, secs / 60 % 60, secs % 60)
}

/// How closely a run looked: all of it alike, or only here and there.
pub(super) fn closeness(run: &ModelRun) -> Option<String> {
    let closeness = run.settings.get("closeness")?;
    if let Some(sparse) = closeness.get("sparse_first") {
        let fps = format!("{}", sparse["fps"].as_f64()?);
        return Some(tr_args("people-looked-sparse", &[("fps", fps.into())]));
    }
    let dense = closeness.get("dense")?;
    let spans: Vec<crate::domain::Span> = serde_json::from_value(dense["spans"].clone()).ok()?;
    let secs: f64 = spans.iter().map(|span| (span.end - span.start).secs()).sum();
    let fps = format!("{}", run.settings["fps"].as_f64()?);
    let sparse = format!("{}", dense["fps"].as_f64()?);
    let time = crate::ui::people::rough_time(secs);
    let closely =
        tr_args("people-looked-dense", &[("time", time.into()), ("fps", fps.into()), ("sparse", sparse.into())]);
    Some(if spans.is_empty() { tr("people-looked-nothing") } else { closely })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_recording_has_hours() {
        assert_eq!(hours(Time::from_millis(1_390_500)), "00:23:10");
        assert_eq!(hours(Time::from_millis(3_600_000 * 2)), "02:00:00");
    }
}
