//! Files on their way into the open project: read and laid beside it in jobs of their own. What only brings new
//! records goes straight in; what meets records that are there waits until somebody has looked at it.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;

use super::core::Core;
use super::i18n::tr_args;
use super::merge::{Choices, Plan};
use super::transfer::{self, Incoming};
use crate::domain::{LossReport, MediaStorage};
use crate::formats::ImportOptions;
use crate::formats::table::{Mapping, Table};
use crate::jobs::{Job, JobError};
use crate::store::StoreError;

/// What the columns of each sheet of a file are; `None` for one that is left out. A CSV file is one sheet without name.
pub type Sheets = BTreeMap<String, Option<Mapping>>;

/// What somebody must say before a file comes in.
pub enum Question {
    /// It meets records that are there: what its import will change.
    Merge { file: String, incoming: Arc<Incoming>, plan: Box<Plan> },
    /// It has tables of another make: what their columns are.
    Columns { file: PathBuf, tables: Vec<Table>, options: ImportOptions },
}

/// What a job came to.
enum Outcome {
    Taken(LossReport),
    /// Everything in it was there already.
    Nothing(LossReport),
    Asks(Box<Question>),
}

/// What arrived since the last look; the name is the file's.
pub enum Arrived {
    Taken(String, LossReport),
    Nothing(String, LossReport),
    Failed(String, JobError),
}

/// The imports that run, and those that ask.
#[derive(Default)]
pub struct Imports {
    running: Vec<(String, Job<Outcome>)>,
    asked: VecDeque<Question>,
}

fn failed(error: impl std::fmt::Display) -> JobError {
    JobError::Failed(error.to_string())
}

impl Imports {
    /// Reads a file in a job; tables by the mappings of their columns, by name of sheet, where they were told.
    ///
    /// # Errors
    /// When the project cannot be opened once more for the job.
    pub fn read(&mut self, core: &Core, file: PathBuf, sheets: Option<Sheets>) -> Result<(), StoreError> {
        let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let mut store = core.store.sibling()?;
        let title = tr_args("job-import", &[("file", name.clone().into())]);
        let session = core.selection.session;
        let job = core.jobs.spawn(title, move |context| {
            context.say(file.display().to_string());
            if super::recordings::is_recording(&file) {
                let report = super::recordings::import(&mut store, session, &file, MediaStorage::Copied, |part| {
                    context.progress(f64::from(part), || file.display().to_string());
                    context.is_cancelled()
                });
                return report.map(Outcome::Taken).map_err(failed);
            }
            let tables = match sheets {
                None => transfer::foreign_tables(&file, None).map_err(failed)?,
                Some(_) => Vec::new(),
            };
            if !tables.is_empty() {
                let options = transfer::options_for(&store, ImportOptions::default()).map_err(failed)?;
                return Ok(Outcome::Asks(Box::new(Question::Columns { file, tables, options })));
            }
            let options = ImportOptions { sheets: sheets.unwrap_or_default(), ..ImportOptions::default() };
            let incoming = transfer::read_for(&store, &file, None, options).map_err(failed)?;
            let choices = Choices::default();
            let plan = transfer::preview(&store, &incoming, &choices).map_err(failed)?;
            if context.is_cancelled() {
                return Err(JobError::Cancelled(String::new()));
            }
            if plan.needs_a_look() {
                let file = incoming.source.clone();
                return Ok(Outcome::Asks(Box::new(Question::Merge {
                    file,
                    incoming: Arc::new(incoming),
                    plan: Box::new(plan),
                })));
            }
            let taken = transfer::take_in_as(&mut store, &incoming, &choices).map_err(failed)?;
            Ok(if taken.changed.is_empty() { Outcome::Nothing(taken.report) } else { Outcome::Taken(taken.report) })
        });
        self.running.push((name, job));
        Ok(())
    }

    /// Takes in what was asked about, in a job.
    ///
    /// # Errors
    /// When the project cannot be opened once more for the job.
    pub fn take_in(
        &mut self,
        core: &Core,
        file: String,
        incoming: Arc<Incoming>,
        choices: Choices,
    ) -> Result<(), StoreError> {
        let mut store = core.store.sibling()?;
        let title = tr_args("job-merge", &[("file", file.clone().into())]);
        let job = core.jobs.spawn(title, move |_| {
            let taken = transfer::take_in_as(&mut store, &incoming, &choices).map_err(failed)?;
            Ok(if taken.changed.is_empty() { Outcome::Nothing(taken.report) } else { Outcome::Taken(taken.report) })
        });
        self.running.push((file, job));
        Ok(())
    }

    /// What arrived; what asks is kept until [`Imports::next_question`].
    pub fn gather(&mut self, core: &Core) -> Vec<Arrived> {
        let mut arrived = Vec::new();
        for (name, job) in std::mem::take(&mut self.running) {
            match job.take() {
                None => self.running.push((name, job)),
                Some(Ok(Outcome::Taken(report))) => arrived.push(Arrived::Taken(name, report)),
                Some(Ok(Outcome::Nothing(report))) => arrived.push(Arrived::Nothing(name, report)),
                Some(Ok(Outcome::Asks(question))) => self.asked.push_back(*question),
                Some(Err(error)) => {
                    core.jobs.dismiss(job.id());
                    arrived.push(Arrived::Failed(name, error));
                }
            }
        }
        arrived
    }

    /// The next file that somebody should look at.
    pub fn next_question(&mut self) -> Option<Question> {
        self.asked.pop_front()
    }

    /// Lets go of everything: the project is closed.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}
