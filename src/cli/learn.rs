//! Labels learned from the command line: what can be, how well it goes, what is proposed.

use std::path::Path;

use serde_json::{Value, json};

use super::args::{Learn, Proposing};
use super::{Failure, Outcome, output, project};
use crate::app::edit::words::analysis_language;
use crate::app::learning::{self, LearnError, Learned, PROPOSED, Source};
use crate::glossing::labels::{Scores, Trial};
use crate::store::{Scope, Store};

/// Proposals that are printed; the rest is counted.
const SHOWN: usize = 10;

pub(super) fn learn(verb: &Learn) -> Outcome {
    match verb {
        Learn::List { project, json } => list(project, *json),
        Learn::Tags(args) => {
            let source = args.tier.clone().map_or(Source::Categories, Source::Tier);
            run(&args.project, &args.proposing, |store| {
                let language = analysis_language(store.read())?;
                learning::tags(&store.read().bundle(Scope::Whole)?, &source, &language)
            })
        }
        Learn::Labels(args) => run(&args.project, &args.proposing, |store| {
            learning::labels(&store.read().bundle(Scope::Whole)?, &args.tier)
        }),
    }
}

fn list(path: &Path, as_json: bool) -> Outcome {
    let store = project::open(path)?;
    let language = analysis_language(store.read())?;
    let rows = learning::sources(&store.read().bundle(Scope::Whole)?, &language);
    if as_json {
        return output::json(&rows);
    }
    for row in rows {
        let name =
            row.tier.as_deref().map_or("parts of speech of approved words".to_owned(), |name| format!("tier {name}"));
        let counts = format!("{} labels, {} different, in {} sessions", row.labels, row.different, row.sessions);
        output::line(&format!("{name}: {counts}{}", if row.learnable { "" } else { " (nothing to learn from)" }));
    }
    Ok(())
}

fn run(path: &Path, proposing: &Proposing, learn: impl FnOnce(&Store) -> Result<Learned, LearnError>) -> Outcome {
    if !(0.0..=1.0).contains(&proposing.above) {
        return Err(Failure::Usage("--above must be between 0 and 1".to_owned()));
    }
    let mut store = project::open(path)?;
    let learned = learn(&store).map_err(|error| match error {
        LearnError::NoTier { .. } | LearnError::NotOnWords(_) => Failure::Usage(error.to_string()),
        other => Failure::Failed(other.to_string()),
    })?;
    let written = match proposing.propose {
        true => Some(learning::propose(&mut store, &learned, proposing.above)?.value),
        false => None,
    };
    if proposing.json {
        return output::json(&to_json(&learned, proposing.above, written));
    }
    tell(&learned, proposing.above, written);
    Ok(())
}

fn hundred(part: f64) -> u32 {
    (part * 100.0).round() as u32
}

/// What the trial found, in plain words.
fn in_words(trial: &Trial, things: &str) -> Vec<String> {
    let Scores { items, .. } = trial.scores;
    let scores = &trial.scores;
    if trial.parts < 2 || items == 0 {
        return vec!["Too little to hold any of it back: how well it goes is not known.".to_owned()];
    }
    let (low, high) = scores.between();
    let mut lines = vec![format!(
        "Right in {} of 100 {things} it had not seen (somewhere from {} to {}; {items} were asked about).",
        hundred(scores.accuracy()),
        hundred(low),
        hundred(high),
    )];
    if things == "words" && scores.new_items > 0 {
        let (right, remembered) = (hundred(scores.new_accuracy()), hundred(scores.remembered_accuracy()));
        lines.push(format!("Of words whose form was new to it ({}), right in {right} of 100.", scores.new_items));
        lines.push(format!("Remembering what each word had most often would be right in {remembered}."));
    }
    lines.push(format!(
        "Saying the commonest label every time ('{}') would be right in {}.",
        scores.commonest,
        hundred(scores.commonest_accuracy()),
    ));
    if scores.accuracy() <= scores.commonest_accuracy() {
        lines.push("That is no better than guessing: do not use it yet.".to_owned());
    }
    let (parts, texts) = (trial.parts, trial.texts);
    lines.push(match trial.by_text {
        true => format!("Asked in {parts} rounds, each about texts that it had not learned from ({texts} texts)."),
        false => format!(
            "Asked in {parts} rounds, each about stretches of lines that it had not learned from. With {texts} texts \
             there are too few to hold whole ones back: a new text may go less well."
        ),
    });
    if let Some(apart) = scores.calibration_error {
        lines.push(format!("How sure it says it is differs from how often it is right by {} in 100.", hundred(apart)));
    }
    lines
}

fn tell(learned: &Learned, above: f32, written: Option<usize>) {
    let things = if learned.by == "tagger" { "words" } else { "texts" };
    output::line(&format!("Learned from {} labels.", learned.labelled));
    in_words(&learned.trial, things).iter().for_each(|line| output::line(line));
    output::line("");
    output::line(&format!("{:<24}{:>8}{:>10}{:>18}   taken for", "label", "given", "found", "right when said"));
    for label in &learned.trial.scores.labels {
        let taken = label.taken_for.as_ref().map_or(String::new(), |(label, times)| format!("{label} ({times})"));
        let percent = |part: f64, of: usize| if of == 0 { "—".to_owned() } else { format!("{} %", hundred(part)) };
        let (found, right) = (percent(label.found(), label.given), percent(label.right_when_said(), label.said));
        output::line(format!("{:<24}{:>8}{found:>10}{right:>18}   {taken}", label.label, label.given).trim_end());
    }
    output::line("");
    let sure: Vec<_> = learned.proposals.iter().filter(|proposal| proposal.guess.confidence >= above).collect();
    let count = learned.proposals.len();
    output::line(&format!("{count} {things} have no label; for {} of them it is at least {above} sure.", sure.len()));
    match (written, &learned.source) {
        (Some(written), Source::Categories) => {
            output::line(&format!("Wrote {written} as suggestions; nothing was approved."));
        }
        (Some(written), Source::Tier(name)) => {
            output::line(&format!("Wrote {written} to the tier '{name}{PROPOSED}'; '{name}' was not touched."));
        }
        (None, _) => {
            for proposal in sure.iter().take(SHOWN) {
                let text: String = proposal.text.chars().take(60).collect();
                output::line(&format!("  {text}: {} ({:.2})", proposal.guess.label, proposal.guess.confidence));
            }
            if sure.len() > SHOWN {
                output::line(&format!("  … and {} more", sure.len() - SHOWN));
            }
            if !sure.is_empty() {
                output::line("Nothing was written; --propose writes them as proposals.");
            }
        }
    }
}

fn to_json(learned: &Learned, above: f32, written: Option<usize>) -> Value {
    let (trial, scores) = (&learned.trial, &learned.trial.scores);
    let labels: Vec<Value> = scores
        .labels
        .iter()
        .map(|label| {
            json!({
                "label": label.label, "given": label.given, "said": label.said, "right": label.right,
                "found": label.found(), "right_when_said": label.right_when_said(), "f1": label.f1(),
                "taken_for": label.taken_for,
            })
        })
        .collect();
    let proposals: Vec<Value> = learned
        .proposals
        .iter()
        .filter(|proposal| proposal.guess.confidence >= above)
        .map(|proposal| {
            json!({
                "text": proposal.text, "label": proposal.guess.label, "confidence": proposal.guess.confidence,
                "others": proposal.guess.others,
            })
        })
        .collect();
    let (low, high) = scores.between();
    json!({
        "by": learned.by,
        "source": match &learned.source { Source::Categories => Value::Null, Source::Tier(name) => json!(name) },
        "labelled": learned.labelled,
        "trial": {
            "rounds": trial.parts, "whole_texts_held_back": trial.by_text, "texts": trial.texts,
            "asked": scores.items, "right": scores.right, "accuracy": scores.accuracy(), "between": [low, high],
            "new_asked": scores.new_items, "new_right": scores.new_right,
            "remembering_right": scores.remembered_right, "commonest": scores.commonest,
            "commonest_right": scores.commonest_right, "macro_f1": scores.macro_f1(),
            "calibration_error": scores.calibration_error,
        },
        "labels": labels,
        "open": learned.proposals.len(),
        "proposals": proposals,
        "written": written,
    })
}
