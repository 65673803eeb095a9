//! What suggestions save in a project, from the command line.

use std::path::Path;

use super::output::{self, Progress};
use super::{Failure, Outcome, project};
use crate::app::edit::words::analysis_language;
use crate::app::suggesting::report::{Report, Stretch, report as simulate};
use crate::store::Scope;

/// Glosses a project's approved lines again and says how the suggestions did.
pub(super) fn report(path: &Path, as_json: bool) -> Outcome {
    let store = project::open(path)?;
    let language = analysis_language(store.read())?;
    let bundle = store.read().bundle(Scope::Whole)?;
    let report = {
        let bar = std::sync::Mutex::new(Progress::new("glossing again"));
        let progress = |part: f32| {
            if let Ok(bar) = bar.lock() {
                bar.set(f64::from(part));
            }
            true
        };
        simulate(&bundle, &language, &progress)?
    };
    if report.words == 0 {
        return Err(Failure::Failed(
            "no approved word has a gloss for every morph yet: there is nothing to report on".to_owned(),
        ));
    }
    if as_json {
        let whole = report.whole();
        return output::json(&serde_json::json!({
            "lines": report.lines, "words": report.words, "whole": whole, "saved": whole.saved(),
            "stretches": report.stretches,
        }));
    }
    tell(&report);
    Ok(())
}

fn percent(some: usize, all: usize) -> String {
    if all == 0 { "—".to_owned() } else { format!("{:.0} %", 100.0 * some as f64 / all as f64) }
}

fn tell(report: &Report) {
    let whole = report.whole();
    let saved = whole.keys_by_hand.saturating_sub(whole.keys);
    output::line(&format!(
        "{} lines with {} approved words, glossed again in order, each word asked about before it was told.",
        report.lines, report.words
    ));
    output::line(&format!(
        "Suggestions would have saved {saved} of {} keys ({}); remembering approved words alone {}.",
        whole.keys_by_hand,
        percent(saved, whole.keys_by_hand),
        percent(whole.keys_by_hand.saturating_sub(whole.keys_remembering), whole.keys_by_hand),
    ));
    output::line(&format!(
        "The first suggestion was the whole analysis for {} of words, one of the first three for {}.",
        percent(whole.right, whole.words),
        percent(whole.among_first, whole.words),
    ));
    output::line("");
    output::line("after lines    words    first right    among three    remembering    keys saved");
    for stretch in &report.stretches {
        let Stretch { after_lines, words, right, among_first, remembered, .. } = stretch;
        output::line(&format!(
            "{after_lines:>11}{words:>9}{:>15}{:>15}{:>15}{:>14}",
            percent(*right, *words),
            percent(*among_first, *words),
            percent(*remembered, *words),
            percent(stretch.keys_by_hand.saturating_sub(stretch.keys), stretch.keys_by_hand),
        ));
    }
    output::line("");
    output::line("Keys are those of the interlinear view; reading a wrong suggestion is not counted.");
}
