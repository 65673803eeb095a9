//! Verbs about the model pack.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::args::Models;
use super::{Failure, Outcome};
use super::{output, own_models};
use crate::analysis::networks;
use crate::app::shipped;
use crate::jobs::Worker;
use crate::jobs::examine::{Limits, examine};
use crate::jobs::protocol::{Answer, ModelTiming, Parity, Request};

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
        Models::Add(args) => own_models::add(args),
        Models::Card { kind } => own_models::card(kind),
        Models::Remove { name } => own_models::remove(name),
        Models::Restore { name } => own_models::restore(name),
        Models::Run(args) => own_models::run(args),
        Models::Inspect { file, json } => inspect(file, *json),
        Models::Parity(args) => parity(args),
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
        let own = own_models::as_tables()?;
        return output::json(&cards.iter().chain(&own).collect::<Vec<_>>());
    }
    for card in &cards {
        let text = |key: &str| card.get(key).and_then(|v| v.as_str()).unwrap_or("").to_owned();
        output::line(&format!("{:<20}{}  ({})", text("name"), text("task"), text("licence")));
    }
    own_models::list()
}

/// One request to the worker, its answer within two minutes.
pub(super) fn answer(request: &Request) -> Result<Answer, Failure> {
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
    let found = examine(&path, None, Limits::default(), || false)?;
    let outputs = found.probe.outputs;
    let network = found.network.unwrap_or_default();
    if json {
        let shapes: Vec<_> = outputs.iter().map(|out| (&out.name, &out.shape)).collect();
        return output::json(&serde_json::json!({
            "network": network, "tensors": found.tensors, "parameters": found.parameters, "outputs": shapes,
            "finite": true, "sha256": found.sha256,
        }));
    }
    output::line(&format!("{network}: {} parameters in {} tensors", found.parameters, found.tensors));
    for out in &outputs {
        output::line(&format!("{:<14} shape {:?}", out.name, out.shape));
    }
    Ok(())
}

/// How far an element may be from the official code's, as a share of max(1, |element|).
const NEAR: f64 = 1e-4;

#[derive(Debug, clap::Args)]
pub struct ParityArgs {
    /// facexformer, swinface, htnet, mixste, hot_mixste, cct_7_3x1_32 or wav2small
    name: String,
    /// Another input than the one that the official code was asked about
    #[arg(long, default_value = "input", value_name = "KEY")]
    input_key: String,
    /// Merge so many similar tokens in each block, and say how far that is from the official code
    #[arg(long, default_value_t = 0, value_name = "TOKENS", value_parser = clap::value_parser!(u32).range(0..=128))]
    merge: u32,
    /// In the layout of the fixture files
    #[arg(long)]
    json: bool,
}

fn parity(args: &ParityArgs) -> Outcome {
    if args.merge > 0 && networks::merging(&args.name).is_none_or(|(most, _)| args.merge > most) {
        let how = "FaceXFormer and SwinFace can merge 24 tokens at most, CCT 128, and the others none";
        return Err(Failure::Usage(format!("--merge {}: {how}", args.merge)));
    }
    let (name, input_key) = (args.name.clone(), args.input_key.clone());
    let request = Request::Parity { name, input_key, merge: args.merge };
    let Answer::Parity(report) = answer(&request)? else {
        return Err(Failure::Failed("the analysis program answered something else".to_owned()));
    };
    if args.json {
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
    if args.merge > 0 {
        return Ok(());
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
    let Answer::Verified { mut models } = answer(&Request::Verify { model_dir: dir()? })? else {
        return Err(Failure::Failed("the analysis program answered something else".to_owned()));
    };
    models.extend(own_models::verify()?);
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
        let what = if HEAR.contains(&model.name.as_str()) { "a second of sound" } else { "a look" };
        output::line(&format!("{:<20}{:>8.1} ms {what}", model.name, model.millis));
    }
    outlook(&models).iter().for_each(|text| output::line(text));
    Ok(())
}

/// The models that take sound.
const HEAR: [&str; 3] = ["voice-activity", "phones", "voiceprint"];
/// How often the detectors look again while everybody is followed.
const DETECTIONS_A_SECOND: f64 = 2.5;

/// How long an hour with one person takes here, going by the models' own times. Decoding comes on top: little on video of
/// ordinary size.
fn outlook(models: &[ModelTiming]) -> Vec<String> {
    let of = |names: &[&str]| -> f64 {
        models.iter().filter(|model| names.contains(&model.name.as_str())).map(|model| model.millis).sum()
    };
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let hours = |millis_a_second: f64| rough(millis_a_second * 3.6);
    let mut told = vec![format!("An hour with one person in it, on this machine's {cores} cores, takes about")];
    for fps in [25.0_f64, 10.0, 5.0, 1.0] {
        let detections = DETECTIONS_A_SECOND.min(fps);
        let faces = fps * of(&["face-mesh", "expression-faceapi", "expression-human"])
            + detections * of(&["face-detect-near", "face-detect-far"]);
        let bodies = fps * of(&["pose"]) + detections * of(&["pose-detect"]);
        // Faces and bodies are followed side by side where there are two cores.
        let both = if cores > 1 { faces.max(bodies) } else { faces + bodies };
        told.push(format!("  {:>9} at {fps} frames a second", hours(both)));
    }
    told.push(format!("  {:>9} to listen to an hour of speech", hours(of(&HEAR))));
    told.push(
        "Sparse first (--sparse-first) takes the time of 1 frame a second, and the rest for where something happens."
            .to_owned(),
    );
    match crate::jobs::power::of_this_machine().and_then(|power| power.on_battery()) {
        Some(true) => told.push("The machine runs on its battery; --on-mains-only waits until it does not.".to_owned()),
        Some(false) => told.push("The machine has a battery and is plugged in.".to_owned()),
        None => {}
    }
    told
}

/// Seconds as one reads them at a glance.
fn rough(secs: f64) -> String {
    let secs = secs.max(0.0).round() as u64;
    match secs {
        0..=90 => format!("{} s", secs.max(1)),
        91..=5400 => format!("{} min", secs.div_ceil(60)),
        _ => format!("{} h {} min", secs / 3600, secs % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outlook_adds_up() {
        let timing = |name: &str, millis| ModelTiming { name: name.to_owned(), millis, load_millis: 0.0 };
        let told = outlook(&[timing("pose", 20.0), timing("pose-detect", 8.0), timing("phones", 50.0)]);
        // 25 looks of 20 ms and 2.5 of 8 ms a second, 3600 times.
        assert!(told[1].contains("32 min at 25"), "{told:?}");
        assert!(told[4].contains("2 min at 1"), "{told:?}");
        assert!(told[5].contains("3 min to listen"), "{told:?}");
    }
}
