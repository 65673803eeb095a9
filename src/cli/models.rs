//! Verbs about the model pack.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::args::Models;
use super::output;
use super::{Failure, Outcome};
use crate::app::shipped;
use crate::jobs::Worker;
use crate::jobs::protocol::{Answer, Parity, Request};

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
        Models::Inspect { file, json } => inspect(file, *json),
        Models::Parity { name, input_key, json } => parity(name, input_key, *json),
        Models::Train(args) => super::train::train(args),
        Models::Propose(args) => super::train::propose(args),
        Models::Examples(args) => super::train::examples(args),
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

fn inspect(file: &Path, json: bool) -> Outcome {
    let path = std::path::absolute(file)?;
    let Answer::Inspected(found) = answer(&Request::Inspect { path })? else {
        return Err(Failure::Failed("the analysis program answered something else".to_owned()));
    };
    if json {
        output::json(&found)?;
    } else {
        output::line(&format!("{}: {} parameters in {} tensors", found.network, found.parameters, found.tensors));
        for (name, shape) in &found.outputs {
            output::line(&format!("{name:<14} shape {shape:?}"));
        }
    }
    if found.finite {
        return Ok(());
    }
    Err(Failure::Failed("it loads, but on a made-up input it gives numbers that are not finite".to_owned()))
}

/// How far an element may be from the official code's, as a share of max(1, |element|).
const NEAR: f64 = 1e-4;

fn parity(name: &str, input_key: &str, json: bool) -> Outcome {
    let request = Request::Parity { name: name.to_owned(), input_key: input_key.to_owned() };
    let Answer::Parity(report) = answer(&request)? else {
        return Err(Failure::Failed("the analysis program answered something else".to_owned()));
    };
    if json {
        return output::json(&in_fixture_layout(&report));
    }
    output::line(&format!("{}: {} parameters in {} tensors", report.name, report.params, report.keys));
    for out in &report.outputs {
        output::line(&format!("{:<14} shape {:?}  sum {:.6}  norm {:.6}", out.name, out.shape, out.sum, out.l2));
        for (index, value) in &out.at {
            output::line(&format!("{:>24}  {value:.6}", format!("[{index}]")));
        }
        if let Some(off) = out.off {
            output::line(&format!("{:>24}  {off:.1e} from the official code at most", ""));
        }
    }
    let far: Vec<&str> = report
        .outputs
        .iter()
        .filter(|out| out.off.is_some_and(|off| off.is_nan() || off > NEAR))
        .map(|out| out.name.as_str())
        .collect();
    // HoT chooses frames by distances that differ between untrained weights in their last digits only.
    if far.is_empty() || report.name == "hot_mixste" {
        if !far.is_empty() {
            output::line("note: with untrained weights HoT's choice of frames hangs on rounding; see Help");
        }
        return Ok(());
    }
    Err(Failure::Failed(format!("{} is farther than {NEAR} from the official code in {}", report.name, far.join(", "))))
}

/// As the fixture files have it.
fn in_fixture_layout(report: &Parity) -> serde_json::Value {
    let outputs: serde_json::Map<String, serde_json::Value> = report
        .outputs
        .iter()
        .map(|out| {
            let at: serde_json::Map<String, serde_json::Value> =
                out.at.iter().map(|(index, value)| (index.to_string(), (*value).into())).collect();
            let said = serde_json::json!({ "shape": out.shape, "sum": out.sum, "l2": out.l2, "at": at });
            (out.name.clone(), said)
        })
        .collect();
    let largest: serde_json::Map<String, serde_json::Value> =
        report.outputs.iter().map(|out| (out.name.clone(), out.largest.into())).collect();
    let net = serde_json::json!({
        "params": report.params, "keys": report.keys, "out": outputs, "max_abs_out": largest,
    });
    serde_json::Value::Object([(report.name.clone(), net)].into_iter().collect())
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
