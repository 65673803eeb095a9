//! Long work from the command line: part of a recording, quickly first, on the mains only, gone on with, recording after
//! recording.

use serde_json::{Value, json};

use super::args::moment;
use super::output::{self, Progress};
use super::{Failure, Outcome, models};
use crate::analysis::activity::Happening;
use crate::app::analysing::{self, StoreSink};
use crate::app::models::Shelf;
use crate::domain::Time;
use crate::jobs::analyse::{AnalyseSummary, AnalysisSink, Closeness};
use crate::jobs::work::carry_out;
use crate::jobs::{JobBoard, JobContext, JobError, Rest, Work, power};
use crate::store::Store;

/// How long work goes about it.
#[derive(Debug, Default, clap::Args)]
pub struct Long {
    /// Where to begin in the file, as 1:02.500 or in seconds
    #[arg(long, value_parser = moment)]
    pub from: Option<Time>,
    /// Where to end
    #[arg(long, value_parser = moment)]
    pub to: Option<Time>,
    /// Look at one frame a second first (or at as many as given), then closely where something happens
    #[arg(long, value_name = "FPS", num_args = 0..=1, default_missing_value = "1", conflicts_with = "speech")]
    pub sparse_first: Option<f64>,
    /// With --sparse-first: look closely wherever anybody is seen, moving or not
    #[arg(long, requires = "sparse_first")]
    pub wherever_anybody: bool,
    /// With --sparse-first: do not look closely for speech alone
    #[arg(long, requires = "sparse_first")]
    pub not_for_speech: bool,
    /// Go on with what was broken off in this project, before anything new
    #[arg(long)]
    pub resume: bool,
    /// Pass over recordings that were looked at (or listened to) already
    #[arg(long)]
    pub skip_done: bool,
    /// Rest while the machine runs on its battery
    #[arg(long)]
    pub on_mains_only: bool,
}

impl Long {
    /// What makes no sense is said before anything begins.
    pub(super) fn check(&self, fps: f64) -> Outcome {
        if self.sparse_first.is_some_and(|sparse| !(sparse.is_finite() && sparse > 0.0 && sparse < fps)) {
            return Err(Failure::Usage("--sparse-first must be more than 0 and less than --fps".to_owned()));
        }
        if self.from.zip(self.to).is_some_and(|(from, to)| from >= to) {
            return Err(Failure::Usage("--from must lie before --to".to_owned()));
        }
        if self.on_mains_only && power::of_this_machine().is_none() {
            let message = "--on-mains-only: this system does not tell where its power comes from";
            return Err(Failure::Usage(message.to_owned()));
        }
        Ok(())
    }

    pub(super) fn closeness(&self) -> Closeness {
        let Some(fps) = self.sparse_first else { return Closeness::Even };
        let happening =
            Happening { anybody: self.wherever_anybody, speech: !self.not_for_speech, ..Happening::default() };
        Closeness::SparseFirst { fps, happening }
    }
}

/// Does the work with progress on the terminal.
pub(super) fn with_progress(
    work: Work,
    mut sink: impl AnalysisSink + Send + 'static,
    name: &str,
    on_mains_only: bool,
) -> Result<AnalyseSummary, Failure> {
    let board = JobBoard::new();
    let bar = Progress::new(name);
    let job = board.spawn(name.to_owned(), move |context: &JobContext| {
        if let Some(power) = power::of_this_machine().filter(|_| on_mains_only) {
            context.spare_battery(power);
        }
        carry_out(&work, &mut sink, context).map_err(JobError::from)
    });
    while !job.wait(std::time::Duration::from_millis(100)) {
        let view = job.view();
        bar.set(view.fraction.unwrap_or(0.0));
        match view.rest {
            Some(Rest::Battery) => bar.say("Resting until the machine is plugged in"),
            Some(Rest::Asked) => bar.say("Resting"),
            None => bar.say(&view.message),
        }
    }
    drop(bar);
    match job.take() {
        Some(Ok(summary)) => Ok(summary),
        Some(Err(error)) => Err(Failure::Failed(error.to_string())),
        None => Err(Failure::Failed("the analysis gave no result".to_owned())),
    }
}

/// One recording after another: what fails does not keep the others from being done.
#[derive(Default)]
pub(super) struct Batch {
    /// More than one recording: what fails is told at once, and again at the end.
    many: bool,
    done: Vec<Value>,
    failed: Vec<(String, String)>,
    passed: Vec<String>,
}

impl Batch {
    pub(super) fn of(recordings: usize) -> Self {
        Self { many: recordings > 1, ..Self::default() }
    }

    pub(super) fn note(&mut self, name: &str, outcome: Result<Value, Failure>) {
        match outcome {
            Ok(told) => self.done.push(told),
            Err(failure) => {
                let (Failure::Failed(said) | Failure::Usage(said)) = failure;
                if self.many {
                    eprintln!("{name}: {said}");
                }
                self.failed.push((name.to_owned(), said));
            }
        }
    }

    /// One that was done before. What was just gone on with is told already.
    pub(super) fn pass(&mut self, name: &str) {
        if !self.done.iter().any(|told| told["recording"] == name) {
            self.passed.push(name.to_owned());
        }
    }

    /// The report at the end; a failure when any recording failed.
    pub(super) fn report(self, as_json: bool) -> Outcome {
        let all = self.done.len() + self.failed.len();
        if as_json {
            let failed = self.failed.iter().map(|(name, said)| json!({ "recording": name, "failed": said }));
            let passed = self.passed.iter().map(|name| json!({ "recording": name, "passed": "done before" }));
            let told: Vec<Value> = self.done.into_iter().chain(failed).chain(passed).collect();
            output::json(&told)?;
        } else if all + self.passed.len() > 1 {
            let passed = match self.passed.len() {
                0 => String::new(),
                count => format!(", {count} done before"),
            };
            output::line(&format!("{} of {all} recordings done{passed}", self.done.len()));
        } else if let [name] = &self.passed[..] {
            output::line(&format!("{name}: done before; nothing was changed"));
        }
        match &self.failed[..] {
            [] => Ok(()),
            // With one recording its own words are the report.
            [(_, said)] if all == 1 => Err(Failure::Failed(said.clone())),
            failed => {
                let names: Vec<&str> = failed.iter().map(|(name, _)| name.as_str()).collect();
                Err(Failure::Failed(format!("{} of {all} recordings failed: {}", failed.len(), names.join(", "))))
            }
        }
    }
}

/// Goes on with every run of the project, or of one session, that was broken off.
pub(super) fn resume(
    store: &mut Store,
    session: Option<&str>,
    on_mains_only: bool,
    batch: &mut Batch,
    told: impl Fn(&str, &AnalyseSummary) -> Value,
) -> Outcome {
    let names = store.read().session_rows()?;
    for stopped in analysing::stopped(&store.read(), None)? {
        let Some(row) = names.iter().find(|row| row.session.id == stopped.run.session) else { continue };
        let name = row.session.name.clone();
        if session.is_some_and(|only| only != name) {
            continue;
        }
        eprintln!("{name}: going on at {}", stopped.at);
        let outcome = go_on(store, &stopped, &name, on_mains_only);
        batch.note(&name, outcome.map(|summary| told(&name, &summary)));
    }
    Ok(())
}

fn go_on(
    store: &mut Store,
    stopped: &analysing::Stopped,
    name: &str,
    on_mains_only: bool,
) -> Result<AnalyseSummary, Failure> {
    let taken = analysing::take_up(store, stopped, &models::dir()?, Shelf::usual().ok().as_ref())?;
    let sink = StoreSink::going_on(store.sibling()?, taken.so_far, |_| {});
    with_progress(taken.work, sink, name, on_mains_only)
}
