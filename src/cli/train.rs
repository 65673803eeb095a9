//! A model trained from the command line.

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::RangedU64ValueParser;
use serde_json::json;

use super::output::{self, Progress};
use super::{Failure, Outcome, project};
use crate::analysis::training::{Report, Settings, What};
use crate::app::models::Shelf;
use crate::app::training::{
    From, LeftOut, Made, TrainingError, Wanted, export, find, gather, make, prepare, propose as run_model, with_consent,
};
use crate::jobs::{JobBoard, JobContext, JobError};

/// `models train`.
#[derive(Debug, clap::Args)]
pub struct Train {
    /// Project folder
    pub project: PathBuf,
    /// Learn the labels on the tiers of this name
    #[arg(long, required_unless_present = "tags", conflicts_with = "tags")]
    pub tier: Option<String>,
    /// Learn the accepted proposals of this name, or under it
    #[arg(long)]
    pub tags: Option<String>,
    /// What to look at or listen to
    #[arg(long, value_enum)]
    pub what: Subject,
    /// The model's name: small letters, digits, hyphens
    #[arg(long, value_name = "NAME")]
    pub out: String,
    /// Only these labels, parted by commas
    #[arg(long, value_delimiter = ',')]
    pub labels: Vec<String>,
    /// Decides the split, the first weights and the order: the same seed gives the same model
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Passes over the examples at most
    #[arg(long, default_value_t = Settings::default().epochs, value_parser = RangedU64ValueParser::<usize>::new().range(1..=10_000))]
    pub epochs: usize,
    /// Never mirror pictures; without it they are mirrored where the labels name no side
    #[arg(long)]
    pub no_flip: bool,
    /// Threads that compute
    #[arg(long, default_value_t = Settings::default().threads, value_parser = clap::value_parser!(i32).range(1..=256))]
    pub threads: i32,
    #[arg(long)]
    pub json: bool,
}

/// `models examples`.
#[derive(Debug, clap::Args)]
pub struct Examples {
    /// Project folder
    pub project: PathBuf,
    /// The labels on the tiers of this name
    #[arg(long, required_unless_present = "tags", conflicts_with = "tags")]
    pub tier: Option<String>,
    /// The accepted proposals of this name, or under it
    #[arg(long)]
    pub tags: Option<String>,
    /// What to cut out
    #[arg(long, value_enum)]
    pub what: Subject,
    /// A new folder
    #[arg(long, value_name = "FOLDER")]
    pub out: PathBuf,
    /// Only these labels, parted by commas
    #[arg(long, value_delimiter = ',')]
    pub labels: Vec<String>,
    /// Decides who is in which split
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    #[arg(long)]
    pub json: bool,
}

/// `models propose`.
#[derive(Debug, clap::Args)]
pub struct Propose {
    /// A model trained here, or added with what it was trained on, by name
    pub name: String,
    /// Project folder
    pub project: PathBuf,
    /// Only this session
    #[arg(long)]
    pub session: Option<String>,
    #[arg(long)]
    pub json: bool,
}

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Subject {
    /// Faces of those who are named
    Face,
    /// The hand that they hold higher
    Hand,
    /// A second of sound
    Sound,
}

impl std::convert::From<Subject> for What {
    fn from(subject: Subject) -> Self {
        match subject {
            Subject::Face => Self::Face,
            Subject::Hand => Self::Hand,
            Subject::Sound => Self::Sound,
        }
    }
}

fn source(tier: Option<&String>, tags: Option<&String>) -> Result<From, Failure> {
    match (tier, tags) {
        (Some(tier), _) => Ok(From::Tier(tier.clone())),
        (None, Some(tags)) => Ok(From::Tags(tags.clone())),
        (None, None) => Err(Failure::Usage("give --tier or --tags".to_owned())),
    }
}

fn failure(error: TrainingError) -> Failure {
    match error {
        TrainingError::NoTier { .. } | TrainingError::Shelf(_) => Failure::Usage(error.to_string()),
        other => Failure::Failed(other.to_string()),
    }
}

/// Runs a job with progress on the terminal.
fn with_progress<T: Send + 'static>(
    what: &str,
    work: impl FnOnce(&JobContext) -> Result<T, JobError> + Send + 'static,
) -> Result<T, Failure> {
    let board = JobBoard::new();
    let bar = Progress::new(what);
    let job = board.spawn(what.to_owned(), work);
    while !job.wait(Duration::from_millis(100)) {
        let view = job.view();
        bar.set(view.fraction.unwrap_or(0.0));
        bar.say(&view.message);
    }
    drop(bar);
    match job.take() {
        Some(Ok(done)) => Ok(done),
        Some(Err(error)) => Err(Failure::Failed(error.to_string())),
        None => Err(Failure::Failed("the work gave no result".to_owned())),
    }
}

/// Runs a trained model along the tracks of a project.
pub(super) fn propose(args: &Propose) -> Outcome {
    let model = find(&Shelf::usual()?, &args.name).map_err(|error| Failure::Usage(error.to_string()))?;
    let mut store = project::open(&args.project)?;
    let session = args.session.clone();
    let done = with_progress("Looking", move |context| {
        run_model(&mut store, &model, session.as_deref(), context).map_err(JobError::from)
    })?;
    if args.json {
        return output::json(&done);
    }
    output::line(&format!(
        "{} proposals along {} tracks in {} sessions ({} open ones from before were replaced).",
        done.proposals, done.tracks, done.sessions, done.replaced
    ));
    if done.sessions == 0 {
        output::line(
            "No session was analysed yet: the model goes along the faces, bodies or voices that an analysis followed.",
        );
    }
    Ok(())
}

/// Writes training examples as a dataset folder. Only of people whose consent is on record.
pub(super) fn examples(args: &Examples) -> Outcome {
    let from = source(args.tier.as_ref(), args.tags.as_ref())?;
    let wanted = Wanted {
        name: String::new(),
        from: from.clone(),
        what: args.what.into(),
        labels: args.labels.clone(),
        flip: None,
        settings: Settings::default(),
        shelf: Shelf::at(PathBuf::new()),
    };
    let store = project::open(&args.project)?;
    let mut gathered = gather(store.read(), &|media| store.folder().media_path(media), &wanted).map_err(failure)?;
    let people = store.read().people()?;
    // Should two people share a code, both must have agreed.
    let (yes, no): (Vec<_>, Vec<_>) = people.into_iter().partition(|person| person.consent.given == Some(true));
    let mut agreed: HashSet<String> = yes.into_iter().map(|person| person.code).collect();
    no.iter().for_each(|person| {
        agreed.remove(&person.code);
    });
    let without_consent = with_consent(&mut gathered, &agreed);
    let about = store.read().project()?;
    let (out, seed) = (args.out.clone(), args.seed);
    let exported = with_progress("Writing examples", move |context| {
        export(&gathered, &from, seed, &about, without_consent, &out, context)
            .map_err(|error| JobError::Failed(error.to_string()))
    })?;
    if args.json {
        return output::json(&exported);
    }
    output::line(&format!("{} examples in {}.", exported.written, args.out.display()));
    if without_consent > 0 {
        output::line(&format!("{without_consent} were left out: the people's consent is not on record."));
    }
    Ok(())
}

pub(super) fn train(args: &Train) -> Outcome {
    let from = source(args.tier.as_ref(), args.tags.as_ref())?;
    let settings = Settings { seed: args.seed, epochs: args.epochs, threads: args.threads, ..Settings::default() };
    let wanted = Wanted {
        name: args.out.clone(),
        from,
        what: args.what.into(),
        labels: args.labels.clone(),
        flip: args.no_flip.then_some(false),
        settings,
        shelf: Shelf::usual()?,
    };
    let store = project::open(&args.project)?;
    let gathered = prepare(store.read(), &|media| store.folder().media_path(media), &wanted).map_err(failure)?;
    let made = with_progress("Training", move |context| {
        make(gathered, &wanted, context, &mut |_| ()).map_err(JobError::from)
    })?;
    if args.json {
        let verdict = made.card.training.report.verdict();
        return output::json(&json!({
            "folder": made.folder, "card": made.card, "training": made.card.training, "verdict": verdict, "left_out": made.left_out,
        }));
    }
    tell(&made);
    Ok(())
}

fn tell(made: &Made) {
    let report = &made.card.training.report;
    report.in_words().iter().for_each(|line| output::line(line));
    LeftOut::in_words(&made.left_out).iter().for_each(|line| output::line(line));
    output::line("");
    confusion(report);
    output::line("");
    output::line(&format!("{:>5}{:>16}{:>20}{:>20}", "pass", "loss learning", "loss on the others", "right of 100"));
    for epoch in &report.curve {
        let kept = if epoch.number == report.best_epoch { "  kept" } else { "" };
        output::line(&format!(
            "{:>5}{:>16.3}{:>20.3}{:>20.0}{kept}",
            epoch.number,
            epoch.train_loss,
            epoch.validation_loss,
            epoch.validation_accuracy * 100.0
        ));
    }
    output::line("");
    let (parameters, seconds) = (report.parameters, report.seconds);
    output::line(&format!(
        "{parameters} numbers, trained in {seconds:.0} s. The model is in {}.",
        made.folder.display()
    ));
}

/// Rows are what tags are, columns what the model says.
fn confusion(report: &Report) {
    let wide = report.labels.iter().map(|label| label.chars().count()).max().unwrap_or(0).clamp(8, 24);
    let cut = |text: &str| text.chars().take(wide).collect::<String>();
    let head: String = report.labels.iter().map(|label| format!("  {:>wide$}", cut(label))).collect();
    output::line(&format!("{:<wide$}{head}   found", "is / said"));
    for (label, row) in report.scores.labels.iter().zip(&report.scores.confusion) {
        let cells: String = row.iter().map(|count| format!("  {count:>wide$}")).collect();
        output::line(&format!("{:<wide$}{cells}   {:.0} %", cut(&label.label), label.found() * 100.0));
    }
}
