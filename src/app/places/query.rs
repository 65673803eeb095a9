//! Questions in SPARQL to what an export of the project would say: asked in a job, the graph kept while nothing changes.

use std::sync::Arc;

use crate::app::core::Core;
use crate::app::i18n::tr;
use crate::formats::rdf::query::{self, Answer, Limits, Value};
use crate::formats::rdf::{self, Triples};
use crate::jobs::{Job, JobError};
use crate::store::Scope;
use crate::ui::search::{Cell, QueryModel, QueryState, Shown};

/// What a job gives back: the graph, for the next question, and the answer to this one.
type Answered = (Arc<Triples>, Result<(Answer, Vec<Vec<Cell>>), String>);

/// The question, what is being asked, and what came of it.
#[derive(Default)]
pub struct QueryPart {
    pub model: QueryModel,
    pub state: QueryState,
    asking: Option<(u64, Job<Answered>)>,
    /// The project's graph and the revision it is of.
    graph: Option<(u64, Arc<Triples>)>,
}

impl QueryPart {
    /// Takes an answer that came.
    pub fn gather(&mut self) {
        let Some(result) = self.asking.as_ref().and_then(|(_, job)| job.take()) else { return };
        let revision = self.asking.take().map(|(revision, _)| revision);
        self.model.running = false;
        self.model.shown = match result {
            Ok((graph, answer)) => {
                self.graph = revision.map(|revision| (revision, graph));
                match answer {
                    Ok((answer, cells)) => Shown::Answer { answer: Arc::new(answer), cells },
                    Err(problem) => Shown::Problem(problem),
                }
            }
            Err(JobError::Cancelled(_)) => Shown::Nothing,
            Err(error) => Shown::Problem(error.to_string()),
        };
    }

    /// Takes the question as it stands now.
    pub fn write(&mut self, text: String) {
        self.model.text = text;
    }

    /// Asks; a question that is still being answered is given up.
    pub fn run(&mut self, core: &mut Core) {
        if let Some((_, job)) = self.asking.take() {
            job.cancel();
        }
        let text = self.model.text.clone();
        let kept =
            self.graph.as_ref().filter(|(revision, _)| *revision == core.revision).map(|(_, graph)| graph.clone());
        let sibling = core.store.sibling();
        let Some(store) = core.ask(sibling) else { return };
        self.model.running = true;
        let job = core.jobs.spawn(tr("query-job"), move |context| {
            let failed = |error: &dyn std::fmt::Display| JobError::Failed(error.to_string());
            let graph = match kept {
                Some(graph) => graph,
                None => {
                    let bundle = store.read().bundle(Scope::Whole).map_err(|error| failed(&error))?;
                    Arc::new(rdf::view(&bundle).map_err(|error| failed(&error))?)
                }
            };
            let token = context.token();
            let answer = query::ask(&graph, &text, Limits::default(), || token.is_cancelled());
            let answer = answer.map(|answer| {
                let cells = cells(&graph, &answer);
                (answer, cells)
            });
            Ok((graph, answer.map_err(|error| error.to_string())))
        });
        self.asking = Some((core.revision, job));
    }
}

/// The places of a table as they are shown.
fn cells(graph: &Triples, answer: &Answer) -> Vec<Vec<Cell>> {
    let Answer::Table { rows, .. } = answer else { return Vec::new() };
    let cell = |value: &Option<Value>| match value {
        None => Cell::default(),
        Some(value @ Value::Iri(iri)) => {
            let (record, label) = rdf::about(graph, iri);
            match record {
                Some(_) => Cell { text: one_line(&label), record, is_name: true },
                None => Cell { text: value.shown(), record: None, is_name: true },
            }
        }
        Some(value) => Cell { text: one_line(&value.shown()), record: None, is_name: false },
    };
    rows.iter().map(|row| row.iter().map(cell).collect()).collect()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
