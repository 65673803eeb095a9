//! Verbs about models of the user's own: add, list, check, remove, run over a tier.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use serde_json::json;

use super::models::answer;
use super::output::{self, Progress};
use super::{Failure, Outcome, project};
use crate::analysis::models::template::template;
use crate::analysis::training::What;
use crate::app::models::adding::{Ask, Draft, look};
use crate::app::models::{Held, Shelf, on_tier};
use crate::jobs::examine::{Limits, examine};
use crate::jobs::protocol::{Answer, ModelCheck, Request};
use crate::jobs::{JobBoard, JobContext, JobError};

#[derive(Debug, clap::Args)]
pub struct Add {
    /// A checkpoint (.pt, .pth, .safetensors), a TorchScript file with its card (same name, .toml) beside it, or a folder
    /// with a model, its card.toml and what belongs to it
    #[arg(value_name = "FILE|FOLDER")]
    pub path: PathBuf,
    /// What to call it: small letters, digits, hyphens
    #[arg(long)]
    pub name: Option<String>,
    /// Its classes, in the order of its output, with commas between
    #[arg(long, value_delimiter = ',', value_name = "A,B,…")]
    pub labels: Vec<String>,
    /// Under which terms it may be used
    #[arg(long)]
    pub licence: Option<String>,
    /// Where it comes from
    #[arg(long)]
    pub source: Option<String>,
    /// On what it was trained
    #[arg(long)]
    pub trained_on: Option<String>,
    /// Its maker's version
    #[arg(long)]
    pub model_version: Option<String>,
    /// Let it say what it thinks about age and sex, where it does
    #[arg(long)]
    pub personal: bool,
    /// Similar tokens that FaceXFormer, SwinFace or CCT merges in each block: quicker and less exact
    #[arg(long, value_name = "TOKENS")]
    pub merge: Option<u32>,
    /// Seconds that the look at the file may take
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub time: u64,
    /// Memory in MB that the look at the file may take; 1000 and six times the file when left out
    #[arg(long, value_parser = clap::value_parser!(u64).range(16..=1_000_000))]
    pub memory: Option<u64>,
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub struct RunOn {
    /// A model of your own that takes text, sound or whole pictures
    pub model: String,
    pub project: PathBuf,
    /// Name of the tier whose annotations it is asked about
    #[arg(long)]
    pub tier: String,
    /// Only this session, by name
    #[arg(long)]
    pub session: Option<String>,
    /// Write what it is sure of to a tier of its own, named ‘TIER (proposed by MODEL)’; without this it is only told
    #[arg(long)]
    pub propose: bool,
    #[arg(long)]
    pub json: bool,
}

pub(super) fn add(args: &Add) -> Outcome {
    let shelf = Shelf::usual()?;
    let limits = Limits { memory: args.memory.map(|mb| mb << 20), time: std::time::Duration::from_secs(args.time) };
    let path = std::path::absolute(&args.path)?;
    if !args.json {
        output::line("Looking at the file…");
    }
    let mut draft = look(&path, &shelf, limits, || false)?;
    let card = &mut draft.card;
    let set = |field: &mut String, given: &Option<String>| {
        if let Some(text) = given {
            text.trim().clone_into(field);
        }
    };
    set(&mut card.name, &args.name);
    set(&mut card.licence, &args.licence);
    set(&mut card.source, &args.source);
    set(&mut card.trained_on, &args.trained_on);
    set(&mut card.version, &args.model_version);
    card.personal |= args.personal;
    card.merge = args.merge.unwrap_or(card.merge);
    if !args.labels.is_empty() {
        card.labels = args.labels.iter().map(|label| label.trim().to_owned()).collect();
    }
    ask(&mut draft, args.labels.len())?;
    let (examined, training) = (draft.examined.clone(), draft.training.clone());
    let held = draft.keep()?;
    if args.json {
        return output::json(
            &json!({ "added": held.card, "folder": held.folder, "examined": examined, "training": training }),
        );
    }
    let card = &held.card;
    match &examined.network {
        Some(network) => output::line(&format!(
            "{network}: {} parameters in {} tensors, every one in its place; it ran twice with the same answer.",
            examined.parameters, examined.tensors
        )),
        None => {
            output::line("A TorchScript program: it ran twice with the same answer, of the shape its card promises.")
        }
    }
    if let Some(training) = &training {
        training.report.in_words().iter().for_each(|line| output::line(line));
        output::line(&format!(
            "It was trained in Fieldgloss: ‘fieldgloss models propose {} PROJECT’ lets it run along {}.",
            card.name,
            training.what.map_or("what was followed", What::plural)
        ));
    }
    output::line(&format!("Added as “{}” ({}) in {}.", card.name, card.licence, held.folder.display()));
    Ok(())
}

/// Asks for what only a person can say; without a terminal says which flags would.
fn ask(draft: &mut Draft, given: usize) -> Outcome {
    let asks = draft.asks();
    let may_ask = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    if !asks.is_empty() && !may_ask {
        let flag = |ask: &Ask| match ask {
            Ask::Licence => "--licence LICENCE (under which terms it may be used)".to_owned(),
            Ask::Labels { classes } if given > 0 => {
                format!("--labels with {classes} names, not {given} (in the order of its output)")
            }
            Ask::Labels { classes } => format!("--labels with {classes} names (in the order of its output)"),
        };
        let flags: Vec<String> = asks.iter().map(flag).collect();
        return Err(Failure::Usage(format!("the file does not say everything; add {}", flags.join(" and "))));
    }
    for ask in asks {
        match ask {
            Ask::Licence => {
                draft.card.licence = prompt("Under which terms may it be used (as MIT, CC-BY-4.0, or in words)?")?;
            }
            Ask::Labels { classes } => {
                let said = prompt(&format!("What are its {classes} classes called, in order, with commas between?"))?;
                draft.card.labels = said.split(',').map(|label| label.trim().to_owned()).collect();
            }
        }
    }
    Ok(())
}

fn prompt(question: &str) -> Result<String, Failure> {
    let mut terminal = std::io::stderr();
    let _ = write!(terminal, "{question} ");
    let _ = terminal.flush();
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}

pub(super) fn card(kind: &str) -> Outcome {
    let text = template(kind).ok_or_else(|| Failure::Usage(format!("there is no card for “{kind}”")))?;
    output::line(text.trim_end());
    Ok(())
}

pub(super) fn list() -> Outcome {
    let (held, damaged) = Shelf::usual()?.models();
    for Held { card, .. } in &held {
        output::line(&format!("{:<20}{}  ({}; yours)", card.name, card.task, card.licence));
    }
    for (folder, why) in damaged {
        output::line(&format!("{:<20}cannot be used: {why}", folder.file_name().unwrap_or_default().to_string_lossy()));
    }
    Ok(())
}

/// The user's cards as tables, marked as theirs.
pub(super) fn as_tables() -> Result<Vec<toml::Table>, Failure> {
    let table = |held: &Held| -> Result<toml::Table, Failure> {
        let mut table = toml::Table::try_from(&held.card)?;
        table.insert("own".to_owned(), true.into());
        table.remove("probe");
        Ok(table)
    };
    Shelf::usual()?.models().0.iter().map(table).collect()
}

/// How far an answer may be from the one given when the model was added, as a share of max(1, |number|): processors round
/// differently.
const NEAR: f64 = 1e-3;
/// How far a network may be from its official code.
const EQUAL: f64 = 1e-4;

/// Every model of the user's: its file as it was, its answer as it was, its network equal to the official code.
pub(super) fn verify() -> Result<Vec<ModelCheck>, Failure> {
    let (held, damaged) = Shelf::usual()?.models();
    let mut checks: Vec<ModelCheck> = held
        .iter()
        .map(|held| {
            let checked = check(held);
            let (ok, message) = (checked.is_ok(), checked.as_ref().err().cloned().unwrap_or_default());
            ModelCheck { name: held.card.name.clone(), ok, message, apart: checked.ok().map(|apart| apart as f32) }
        })
        .collect();
    checks.extend(damaged.into_iter().map(|(folder, message)| ModelCheck {
        name: folder.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        ok: false,
        message,
        apart: None,
    }));
    Ok(checks)
}

fn check(held: &Held) -> Result<f64, String> {
    let card = &held.card;
    let examined = examine(&held.file(), Some(card), Limits::default(), || false).map_err(|error| error.to_string())?;
    let file = card.file.clone().unwrap_or_default();
    if examined.sha256 != file.sha256.to_lowercase() {
        return Err("its file was changed or damaged since it was added; add it again".to_owned());
    }
    let apart = card.probe.as_ref().map_or(0.0, |earlier| examined.probe.apart(earlier));
    // HoT chooses frames by distances that may tie; its clustering has a test of its own.
    let chooses = card.network == "hot_mixste";
    if apart > NEAR && !chooses {
        return Err(format!("it answers otherwise than when it was added ({apart:.1e} apart)"));
    }
    if card.is_network() && !chooses {
        let (name, input_key) = (card.network.clone(), "input".to_owned());
        let request = Request::Parity { name, input_key, merge: 0 };
        let Answer::Parity(report) = answer(&request).map_err(|failure| match failure {
            Failure::Failed(text) | Failure::Usage(text) => text,
        })?
        else {
            return Err("the analysis program answered something else".to_owned());
        };
        let far = report.outputs.iter().filter_map(|out| out.off).find(|off| off.is_nan() || *off > EQUAL);
        if let Some(off) = far {
            return Err(format!("its network is {off:.1e} from the official code"));
        }
    }
    Ok(apart)
}

pub(super) fn remove(name: &str) -> Outcome {
    let aside = Shelf::usual()?.remove(name)?;
    output::line(&format!(
        "“{name}” is laid aside in {}; ‘fieldgloss models restore {name}’ brings it back.",
        aside.display()
    ));
    Ok(())
}

pub(super) fn restore(name: &str) -> Outcome {
    let held = Shelf::usual()?.restore(name)?;
    output::line(&format!("“{name}” is back in {}.", held.folder.display()));
    Ok(())
}

pub(super) fn run(args: &RunOn) -> Outcome {
    let held = Shelf::usual()?.find(&args.model).ok_or_else(|| {
        Failure::Usage(format!("there is no model of yours named “{}”; see ‘fieldgloss models list’", args.model))
    })?;
    let mut store = project::open(&args.project)?;
    let reader = store.sibling()?;
    let (model, tier, session) = (held.clone(), args.tier.clone(), args.session.clone());
    let board = JobBoard::new();
    let bar = Progress::new(&args.model);
    let job = board.spawn(args.model.clone(), move |context: &JobContext| {
        on_tier::ask(&reader, &model, &tier, session.as_deref(), context)
            .map_err(|error| JobError::Failed(error.to_string()))
    });
    while !job.wait(std::time::Duration::from_millis(100)) {
        bar.set(job.view().fraction.unwrap_or(0.0));
    }
    drop(bar);
    let said = match job.take() {
        Some(Ok(said)) => said,
        Some(Err(error)) => return Err(Failure::Failed(error.to_string())),
        None => return Err(Failure::Failed("the model gave no answer".to_owned())),
    };
    let written = if args.propose { Some(on_tier::write(&mut store, &held, &args.tier, &said)?) } else { None };
    if args.json {
        let rows: Vec<_> = said
            .said
            .iter()
            .map(|said| json!({ "text": said.text, "label": said.label, "confidence": said.confidence }))
            .collect();
        return output::json(&json!({ "said": rows, "silent": said.silent, "written": written }));
    }
    for one in &said.said {
        output::line(&format!("{:<24}{:.2}  {}", one.label, one.confidence, one.text));
    }
    for (why, count) in &said.silent {
        output::line(&format!("{count} without an answer: {why}"));
    }
    match written {
        Some(count) => {
            let tier = crate::app::learning::proposals_name(&args.tier, Some(&held.card.name));
            output::line(&format!("Wrote {count} to the tier “{tier}”."))
        }
        None => output::line("Nothing was written; --propose writes what it is sure of as proposals."),
    }
    Ok(())
}
