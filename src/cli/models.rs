//! Verbs about the model pack.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::args::Models;
use super::output;
use super::{Failure, Outcome};
use crate::app::shipped;
use crate::jobs::Worker;
use crate::jobs::protocol::{Answer, Request};

pub(super) fn dir() -> Result<PathBuf, Failure> {
    shipped::model_dir().map_err(|places| {
        let places: Vec<_> = places.iter().map(|p| p.display().to_string()).collect();
        Failure::Failed(format!("the model pack is not there; looked at {}", places.join(", ")))
    })
}

pub(super) fn models(verb: &Models) -> Outcome {
    match verb {
        Models::List { json } => list(&dir()?, *json),
        Models::Verify { json } => verify(*json),
        Models::Bench { rounds, json } => bench(*rounds, *json),
    }
}

fn list(dir: &Path, json: bool) -> Outcome {
    let mut cards = Vec::new();
    let entries = std::fs::read_dir(dir)?;
    for entry in entries.flatten() {
        let path = entry.path().join("card.toml");
        if !path.exists() {
            continue;
        }
        let text = std::fs::read_to_string(&path)?;
        let card: toml::Table =
            text.parse().map_err(|e| Failure::Failed(format!("{} cannot be read: {e}", path.display())))?;
        cards.push(card);
    }
    cards.sort_by_key(|card| card.get("name").and_then(|n| n.as_str()).unwrap_or_default().to_owned());
    if json {
        return output::json(&cards);
    }
    for card in &cards {
        let text = |key: &str| card.get(key).and_then(|v| v.as_str()).unwrap_or("").to_owned();
        output::line(&format!("{:<20}{}  ({})", text("name"), text("task"), text("licence")));
    }
    Ok(())
}

/// One request to the worker, its answer within two minutes.
fn answer(request: &Request) -> Result<Answer, Failure> {
    let mut worker = Worker::spawn()?;
    worker.send(request)?;
    for _ in 0..120 {
        match worker.next(Duration::from_secs(1))? {
            None | Some(Answer::Progress { .. }) => {}
            Some(Answer::Error { message, .. }) => return Err(Failure::Failed(message)),
            Some(answer) => return Ok(answer),
        }
    }
    Err(Failure::Failed("the analysis program did not answer within two minutes".to_owned()))
}

fn verify(json: bool) -> Outcome {
    let Answer::Verified { models } = answer(&Request::Verify { model_dir: dir()? })? else {
        return Err(Failure::Failed("the analysis program answered something else".to_owned()));
    };
    if json {
        output::json(&models)?;
    } else {
        for model in &models {
            let verdict = match (model.ok, model.apart) {
                (false, _) => model.message.clone(),
                (true, None) => "as its card says".to_owned(),
                (true, Some(apart)) => format!("as its card says; {apart:.1e} of its range from the original"),
            };
            output::line(&format!("{:<20}{verdict}", model.name));
        }
    }
    match models.iter().filter(|model| !model.ok).count() {
        0 => Ok(()),
        bad => Err(Failure::Failed(format!("{bad} of {} models cannot be used", models.len()))),
    }
}

fn bench(rounds: u32, json: bool) -> Outcome {
    let Answer::Benched { models } = answer(&Request::Bench { model_dir: dir()?, rounds })? else {
        return Err(Failure::Failed("the analysis program answered something else".to_owned()));
    };
    if json {
        return output::json(&models);
    }
    for model in &models {
        output::line(&format!("{:<20}{:>8.1} ms", model.name, model.millis));
    }
    Ok(())
}
