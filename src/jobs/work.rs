//! All that is to be done with one recording: looking at it, listening to it, or both; thoroughly from the start, or
//! first quickly and then where something happens.

use serde::{Deserialize, Serialize};

use super::after::analyse_and_after;
use super::analyse::{AnalyseError, AnalyseRequest, AnalyseSummary, AnalysisSink, Closeness, Mark, SinkResult};
use super::job::JobContext;
use super::listen::{ListenRequest, listen};
use crate::domain::{ModelRun, Print, RunId, RunStatus, Span, Tag, Track, TrackId, TrackSamples};

/// What is to be done, as it is kept until it is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Plan {
    pub look: Option<AnalyseRequest>,
    pub hear: Option<ListenRequest>,
    /// Only to find where somebody speaks, for a look that is sparse first. Its result is not handed over.
    #[serde(default)]
    pub find_speech: Option<ListenRequest>,
}

/// A plan, and where it was broken off.
#[derive(Clone, Debug, Default)]
pub struct Work {
    pub plan: Plan,
    /// What came of looking, when that is done already.
    pub looked: Option<(ModelRun, AnalyseSummary)>,
}

impl From<Plan> for Work {
    fn from(plan: Plan) -> Self {
        Self { plan, looked: None }
    }
}

/// Looks at a recording, listens to it, or both in one run. Blocks; call it inside a job.
///
/// # Errors
/// As for [`analyse_and_after`] and [`listen`]; what was seen stays when listening fails.
pub fn carry_out(
    work: &Work,
    sink: &mut dyn AnalysisSink,
    context: &JobContext,
) -> Result<AnalyseSummary, AnalyseError> {
    let plan = &work.plan;
    let mut seen = match (&work.looked, &plan.look) {
        (Some(looked), _) => Some(looked.clone()),
        (None, Some(request)) => Some(look(plan, request, None, sink, context)?),
        (None, None) => None,
    };
    if let Some(Closeness::SparseFirst { fps, .. }) = plan.look.as_ref().map(|look| &look.closeness)
        && let (Some(request), Some((run, summary))) = (&plan.look, &seen)
    {
        let spans = where_it_happens(plan, request, summary, context)?;
        if !spans.is_empty() {
            let closely = AnalyseRequest {
                closeness: Closeness::Dense { fps: *fps, spans },
                unfinished: None,
                ..request.clone()
            };
            let rest = Plan { look: Some(closely.clone()), hear: plan.hear.clone(), find_speech: None };
            let before = Some((run.clone(), summary.clone()));
            seen = Some(look(&rest, &closely, before, sink, context)?);
        } else if plan.hear.is_none() {
            finish(sink, run, summary)?;
        }
    }
    let Some(request) = &plan.hear else { return Ok(seen.map(|(_, summary)| summary).unwrap_or_default()) };
    let part_of = seen.as_ref().map(|(run, _)| run.clone()).or(request.part_of.clone());
    let mut sink = Planning { plan: Some(plan), before: None, more: false, sink, ended: None };
    let heard = listen(&ListenRequest { part_of, ..request.clone() }, &mut sink, context)?;
    Ok(match seen {
        None => heard,
        Some((_, seen)) => AnalyseSummary {
            voices: heard.voices,
            speech_secs: heard.speech_secs,
            tags: seen.tags + heard.tags,
            unsound: seen.unsound + heard.unsound,
            seconds: seen.seconds + heard.seconds,
            ended_early: seen.ended_early.or(heard.ended_early),
            ..seen
        },
    })
}

/// Looks, and gives the run as it then stands. While more is to be done it is not called finished; the quick look
/// `before` it is, once this one has begun.
fn look(
    plan: &Plan,
    request: &AnalyseRequest,
    before: Option<(ModelRun, AnalyseSummary)>,
    sink: &mut dyn AnalysisSink,
    context: &JobContext,
) -> Result<(ModelRun, AnalyseSummary), AnalyseError> {
    let more = plan.hear.is_some() || matches!(request.closeness, Closeness::SparseFirst { .. });
    let mut planning = Planning { plan: Some(plan), before, more, sink, ended: None };
    let summary = analyse_and_after(request, &mut planning, context)?;
    match planning.ended {
        Some(run) => Ok((run, summary)),
        None => Err(AnalyseError::Other {
            message: "it gave no result.".to_owned(),
            kept: "Nothing was changed.".to_owned(),
        }),
    }
}

fn finish(sink: &mut dyn AnalysisSink, run: &ModelRun, summary: &AnalyseSummary) -> Result<(), AnalyseError> {
    let run = ModelRun { status: RunStatus::Finished, ..run.clone() };
    let kept = format!("What was found up to {} is kept.", summary.up_to);
    sink.finished(&run, summary).map_err(|source| AnalyseError::Sink { source, kept })
}

/// The stretches that are looked at closely, in the file.
fn where_it_happens(
    plan: &Plan,
    request: &AnalyseRequest,
    seen: &AnalyseSummary,
    context: &JobContext,
) -> Result<Vec<Span>, AnalyseError> {
    let Closeness::SparseFirst { happening, .. } = request.closeness else { return Ok(Vec::new()) };
    let mut noting = Noting::default();
    if let Some(find) = plan.find_speech.as_ref().filter(|_| happening.speech) {
        context.say("Listening for speech…");
        listen(find, &mut noting, context)?;
    }
    Ok(happening.stretches(&seen.happening, &noting.0))
}

/// Notes where speech is and hands nothing on.
#[derive(Default)]
struct Noting(Vec<Span>);

impl AnalysisSink for Noting {
    fn run_started(&mut self, _: &ModelRun) -> SinkResult {
        Ok(())
    }
    fn tracks(&mut self, _: &[Track]) -> SinkResult {
        Ok(())
    }
    fn samples(&mut self, _: TrackId, _: &TrackSamples) -> SinkResult {
        Ok(())
    }
    fn tags(&mut self, _: &[Tag]) -> SinkResult {
        Ok(())
    }
    fn mark(&mut self, _: &ModelRun, mark: Mark<'_>) -> SinkResult {
        if let Mark::Heard(speech) = mark {
            self.0.push(Span::new(speech.start, speech.end));
        }
        Ok(())
    }
    fn finished(&mut self, _: &ModelRun, _: &AnalyseSummary) -> SinkResult {
        Ok(())
    }
}

/// Hands everything on; tells the plan with the run, and keeps the run open while more is to be done.
struct Planning<'a> {
    plan: Option<&'a Plan>,
    /// A run that this one goes on from: called finished once this one has begun.
    before: Option<(ModelRun, AnalyseSummary)>,
    more: bool,
    sink: &'a mut dyn AnalysisSink,
    /// The run as it ended.
    ended: Option<ModelRun>,
}

impl AnalysisSink for Planning<'_> {
    fn run_started(&mut self, run: &ModelRun) -> SinkResult {
        self.sink.run_started(run)?;
        self.plan.take().map_or(Ok(()), |plan| self.sink.planned(run.id, plan))?;
        match self.before.take() {
            Some((run, summary)) => self.sink.finished(&ModelRun { status: RunStatus::Finished, ..run }, &summary),
            None => Ok(()),
        }
    }
    fn tracks(&mut self, tracks: &[Track]) -> SinkResult {
        self.sink.tracks(tracks)
    }
    fn samples(&mut self, track: TrackId, samples: &TrackSamples) -> SinkResult {
        self.sink.samples(track, samples)
    }
    fn prints(&mut self, prints: &[Print]) -> SinkResult {
        self.sink.prints(prints)
    }
    fn tags(&mut self, tags: &[Tag]) -> SinkResult {
        self.sink.tags(tags)
    }
    fn planned(&mut self, run: RunId, plan: &Plan) -> SinkResult {
        self.sink.planned(run, plan)
    }
    fn mark(&mut self, run: &ModelRun, mark: Mark<'_>) -> SinkResult {
        self.sink.mark(run, mark)
    }
    fn finished(&mut self, run: &ModelRun, summary: &AnalyseSummary) -> SinkResult {
        self.ended = Some(run.clone());
        if self.more && run.status == RunStatus::Finished {
            let open = ModelRun { status: RunStatus::Running, ..run.clone() };
            self.sink.finished(&open, summary)?;
            return self.sink.mark(&open, Mark::LookedAll(summary));
        }
        self.sink.finished(run, summary)
    }
}
