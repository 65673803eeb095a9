//! A recipe on its way over the runs of a project.

use std::sync::mpsc::channel;

use super::under_way::UnderWay;
use crate::analysis::recipe::Recipe;
use crate::app::core::Core;
use crate::app::edit::recipes::{self, Ran};
use crate::app::i18n::{tr, tr_args};
use crate::domain::RunId;
use crate::jobs::JobError;
use crate::ui::people::JobModel;

pub(super) struct Running {
    name: String,
    work: UnderWay<Ran>,
}

impl Running {
    /// Starts a recipe; the project can be worked on meanwhile.
    pub fn start(core: &mut Core, recipe: Recipe, runs: Vec<RunId>) -> Option<Self> {
        let sibling = core.store.sibling();
        let mut store = core.ask(sibling)?;
        let (send, changes) = channel();
        let name = recipe.name.clone();
        let title = tr_args("rule-running", &[("name", name.clone().into())]);
        let job = core.jobs.spawn(title, move |context| {
            let told = |done: usize, all: usize| {
                context.progress(done as f64 / all.max(1) as f64, || format!("{done} / {all}"));
                !context.is_cancelled()
            };
            match recipes::run_with(&mut store, &recipe, &runs, told) {
                Ok(Some(done)) => {
                    let _ = send.send(done.changed);
                    Ok(done.value)
                }
                Ok(None) => Err(JobError::Cancelled(tr("rule-stopped"))),
                Err(error) => Err(JobError::Failed(error.to_string())),
            }
        });
        Some(Self { name, work: UnderWay::new(job, changes) })
    }

    pub fn stop(&self) {
        self.work.job.cancel();
    }

    pub fn model(&self) -> JobModel {
        let view = self.work.job.view();
        let message = tr_args("rule-running", &[("name", self.name.clone().into())]);
        JobModel { part: view.fraction.map(|f| f as f32), message, paused: false }
    }

    /// Tells how it ended, once it has; whether it has.
    pub fn gather(&self, core: &mut Core) -> bool {
        self.work.gather(core, |ran| {
            tr_args(
                "rule-ran",
                &[
                    ("name", self.name.clone().into()),
                    ("made", (ran.made as i64).into()),
                    ("sessions", (ran.sessions as i64).into()),
                    ("replaced", (ran.replaced as i64).into()),
                ],
            )
        })
    }
}
