//! Looking at a video: the dialog's contents, the job, what comes back from it.

use std::sync::mpsc::{Receiver, channel};

use super::gather::{Video, video};
use crate::analysis::models::Use;
use crate::app::analysing::StoreSink;
use crate::app::core::{Core, Message};
use crate::app::i18n::{tr, tr_args};
use crate::app::models::{Shelf, choose};
use crate::app::shipped;
use crate::domain::{ModelRun, SessionId, StreamKind, Time};
use crate::jobs::analyse::{AnalyseRequest, AnalyseSummary};
use crate::jobs::listen::{ListenRequest, look_and_listen};
use crate::jobs::{Job, JobError, JobView};
use crate::store::Changed;
use crate::ui::people::{AnalyseForm, ModelChoice};

/// Frames looked at a second, if nothing else is asked for.
const FPS: &str = "10";
/// Seconds a frame with all models on two cores, as measured; until a run of this project tells better.
const SECS_A_FRAME: f64 = 0.12;
/// Left out unless asked for: it does what the other body model does, quicker and worse.
const NOT_USUAL: &str = "pose-fast";

/// Whether a model takes sound rather than pictures.
fn hears(model: &str) -> bool {
    matches!(model, "voice-activity" | "phones" | "voiceprint")
}

/// A run on its way.
pub(super) struct Looking {
    pub session: SessionId,
    job: Job<AnalyseSummary>,
    changes: Receiver<Changed>,
}

impl Looking {
    pub fn view(&self) -> JobView {
        self.job.view()
    }
    pub fn stop(&self) {
        self.job.cancel();
    }
    /// Notes what was stored since, and tells how it ended once it has; whether it has.
    pub fn gather(&self, core: &mut Core) -> bool {
        // The end first: what is stored before it must be noted after it was seen.
        let end = self.job.take();
        let mut all = Changed::default();
        self.changes.try_iter().for_each(|changed| all.merge(changed));
        core.changed(&all);
        let message = match end {
            None => return false,
            Some(Ok(summary)) => Message::Done(tr_args(
                "people-done",
                &[
                    ("frames", (summary.frames as i64).into()),
                    ("faces", (summary.faces as i64).into()),
                    ("bodies", (summary.bodies as i64).into()),
                    ("tags", (summary.tags as i64).into()),
                ],
            )),
            Some(Err(JobError::Cancelled(said))) => Message::Note(said),
            Some(Err(JobError::Failed(said))) => Message::Problem(said),
        };
        core.messages.push(message);
        core.jobs.dismiss(self.job.id());
        true
    }
}

/// Starts looking at the selected session's video.
pub(super) fn start(core: &mut Core, models: Vec<String>, fps: f64) -> Option<Looking> {
    let found = video(core);
    let Some(Video { media, path, .. }) = core.ask(found)? else {
        core.messages.push(Message::Note(tr("people-no-video")));
        return None;
    };
    let model_dir = match shipped::model_dir() {
        Ok(dir) => dir,
        Err(places) => {
            let places: Vec<String> = places.iter().map(|p| p.display().to_string()).collect();
            core.problem(tr_args("people-no-models", &[("places", places.join(", ").into())]));
            return None;
        }
    };
    let sibling = core.store.sibling();
    let store = core.ask(sibling)?;
    let (send, changes) = channel();
    let wake = core.wake.clone();
    let mut sink = StoreSink::new(store, move |changed| {
        // Nobody listens any more only when the project was closed; the results are stored all the same.
        let _ = send.send(changed);
        wake();
    });
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    // No names are all the names of those that look.
    let all = models.is_empty();
    // A folder that cannot be found holds no models of the user's.
    let shelf = Shelf::usual();
    let own = shelf.as_ref().map(|shelf| choose(&models, shelf)).unwrap_or_default();
    let models = if shelf.is_ok() { own.bundled } else { models };
    let (hear, look): (Vec<String>, Vec<String>) = models.into_iter().partition(|model| hears(model));
    let look = (all || !look.is_empty()).then(|| AnalyseRequest {
        session: media.session,
        media: media.id,
        path: path.clone(),
        stream: None,
        offset: media.offset,
        start: None,
        end: None,
        fps,
        models: look,
        model_dir: model_dir.clone(),
        tracking: Default::default(),
        proposals: Default::default(),
        own: own.look,
    });
    // A silent film is looked at only.
    let sounds = media.streams.iter().any(|s| s.kind == StreamKind::Audio);
    let hear = (!hear.is_empty() && sounds).then(|| ListenRequest {
        session: media.session,
        media: media.id,
        path,
        stream: None,
        offset: media.offset,
        start: None,
        end: None,
        models: hear,
        model_dir,
        voicing: Default::default(),
        voices: Default::default(),
        turns: Default::default(),
        part_of: None,
        own: own.hear,
    });
    let title = tr_args("people-job", &[("name", name.into())]);
    let job = core.jobs.spawn(title, move |context| {
        look_and_listen(look.as_ref(), hear.as_ref(), &mut sink, context).map_err(JobError::from)
    });
    Some(Looking { session: media.session, job, changes })
}

/// The user's own models that look or listen along a recording; left out unless asked for.
fn own_models() -> Vec<ModelChoice> {
    let held = Shelf::usual().map(|shelf| shelf.models().0).unwrap_or_default();
    let along = held.into_iter().filter(|held| !matches!(held.card.used_on(), Use::Text | Use::Frame));
    along
        .map(|held| ModelChoice {
            hears: held.card.used_on() == Use::Speech,
            on: false,
            name: held.card.name,
            task: held.card.task,
        })
        .collect()
}

/// The dialog's first contents, from the model cards and the last run.
pub(super) fn form(core: &mut Core) -> Option<AnalyseForm> {
    let found = video(core);
    let Some(video) = core.ask(found)? else {
        core.messages.push(Message::Note(tr("people-no-video")));
        return None;
    };
    let dir = match shipped::model_dir() {
        Ok(dir) => dir,
        Err(places) => {
            let places: Vec<String> = places.iter().map(|p| p.display().to_string()).collect();
            core.problem(tr_args("people-no-models", &[("places", places.join(", ").into())]));
            return None;
        }
    };
    let listed = std::fs::read_dir(&dir);
    let entries = core.ask(listed)?;
    let mut models = Vec::new();
    for entry in entries.flatten() {
        // A folder without a card that can be read is no model; the worker's own check says why.
        let Ok(text) = std::fs::read_to_string(entry.path().join("card.toml")) else { continue };
        let Ok(card) = text.parse::<toml::Table>() else {
            log::warn!("{}: the card cannot be read", entry.path().display());
            continue;
        };
        let text = |key: &str| card.get(key).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
        let (name, task) = (text("name"), text("task"));
        models.push(ModelChoice { hears: hears(&name), on: name != NOT_USUAL, name, task });
    }
    models.sort_by(|a, b| a.name.cmp(&b.name));
    models.extend(own_models());
    let runs: Result<Vec<ModelRun>, _> = core.store.read().all();
    let pace = core.ask(runs)?.iter().rev().find_map(secs_a_frame);
    Some(AnalyseForm {
        models,
        fps: FPS.to_owned(),
        duration: video.media.duration.unwrap_or(Time::ZERO),
        secs_a_frame: pace.unwrap_or(SECS_A_FRAME),
        measured: pace.is_some(),
        fresh: true,
    })
}

/// Seconds a frame that a run took, once it is over.
pub(super) fn secs_a_frame(run: &ModelRun) -> Option<f64> {
    let start: jiff::Timestamp = run.started.parse().ok()?;
    let end: jiff::Timestamp = run.finished.parse().ok()?;
    let secs = end.duration_since(start).as_secs_f64();
    (run.frames > 0 && run.settings["fps"].is_number() && secs > 0.0).then(|| secs / run.frames as f64)
}
