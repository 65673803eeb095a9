//! Looking at a video: the dialog's contents, the job, what comes back from it.

use std::path::PathBuf;
use std::sync::mpsc::channel;

use super::gather::{Video, video};
use super::under_way::UnderWay;
use crate::analysis::ProposalSettings;
use crate::analysis::activity::Happening;
use crate::analysis::models::{Use, channels, is_personal};
use crate::app::analysing::{self, SoFar, Stopped, StoreSink};
use crate::app::command::HowToLook;
use crate::app::core::{Core, Message};
use crate::app::edit::calibration::temperatures;
use crate::app::i18n::{tr, tr_args};
use crate::app::models::{Shelf, choose};
use crate::app::shipped;
use crate::domain::{ModelRun, SessionId, StreamKind, Time};
use crate::jobs::analyse::{AnalyseRequest, AnalyseSummary, Closeness};
use crate::jobs::listen::ListenRequest;
use crate::jobs::work::carry_out;
use crate::jobs::{JobError, JobView, Plan, Rest, Work, power};
use crate::ui::people::{AnalyseForm, JobModel, ModelChoice};

/// Frames looked at a second, if nothing else is asked for.
const FPS: &str = "10";
/// Seconds a frame with all models on two cores, as measured; until a run of this project tells better.
const SECS_A_FRAME: f64 = 0.06;
/// Frames looked at a second where nothing happens.
const SPARSE_FPS: f64 = 1.0;
/// The model that says where somebody speaks.
const FINDS_SPEECH: &str = "voice-activity";
/// Left out unless asked for: the fast body model does what the other does, quicker and worse; hands cost much time.
const NOT_USUAL: [&str; 2] = ["pose-fast", "hands"];
/// Left out where the project keeps no prints.
const PRINTS: &str = "faceprint";

/// Whether a model takes sound rather than pictures.
fn hears(model: &str) -> bool {
    matches!(model, "voice-activity" | "phones" | "voiceprint")
}

/// A run on its way.
pub(super) struct Looking {
    pub session: SessionId,
    work: UnderWay<AnalyseSummary>,
}

impl Looking {
    pub fn view(&self) -> JobView {
        self.work.job.view()
    }
    pub fn stop(&self) {
        self.work.job.cancel();
    }
    /// Lets it rest, or go on.
    pub fn toggle_pause(&self) {
        self.work.job.pause(self.work.job.view().rest != Some(Rest::Asked));
    }
    /// How it stands, as it is shown.
    pub fn model(&self) -> JobModel {
        let view = self.view();
        let message = match view.rest {
            Some(Rest::Asked) => tr("people-resting"),
            Some(Rest::Battery) => tr("people-resting-battery"),
            None => view.message,
        };
        JobModel { part: view.fraction.map(|f| f as f32), message, paused: view.rest == Some(Rest::Asked) }
    }
    /// Notes what was stored since, and tells how it ended once it has; whether it has.
    pub fn gather(&self, core: &mut Core) -> bool {
        self.work.gather(core, |summary| {
            let count = |count: usize| (count as i64).into();
            let early = summary.ended_early.map(|end| {
                let (read, of) = (end.read_to.to_string(), end.of.to_string());
                tr_args("people-ended-early", &[("read", read.into()), ("of", of.into())])
            });
            let told = |text: String| match &early {
                Some(early) => format!("{text} {early}"),
                None => text,
            };
            if summary.faces + summary.bodies == 0 && summary.voices > 0 {
                let args = [("voices", count(summary.voices)), ("tags", count(summary.tags))];
                return told(tr_args("people-heard", &args));
            }
            told(tr_args(
                "people-done",
                &[
                    ("frames", (summary.frames as i64).into()),
                    ("faces", count(summary.faces)),
                    ("bodies", count(summary.bodies)),
                    ("tags", count(summary.tags)),
                ],
            ))
        })
    }
}

/// The model pack's folder; tells the person when it is not there.
fn model_dir(core: &mut Core) -> Option<PathBuf> {
    shipped::model_dir()
        .map_err(|places| {
            let places: Vec<String> = places.iter().map(|p| p.display().to_string()).collect();
            core.problem(tr_args("people-no-models", &[("places", places.join(", ").into())]));
        })
        .ok()
}

/// Starts looking at the selected session's video, or listening where it has none.
pub(super) fn start(core: &mut Core, models: Vec<String>, fps: f64, how: HowToLook) -> Option<Looking> {
    let found = video(core);
    let Some(video) = core.ask(found)? else {
        core.messages.push(Message::Note(tr("people-no-video")));
        return None;
    };
    let dir = model_dir(core)?;
    let temperatures = core.ask(temperatures(&core.store.read()))?;
    let proposals = ProposalSettings { expression_temperatures: temperatures, ..Default::default() };
    let plan = plan(&video, core.shelf.as_ref(), models, fps, how, &dir, proposals);
    run(core, &video, Work::from(plan), SoFar::default(), how.on_mains_only)
}

/// Goes on with a run that was broken off.
pub(super) fn go_on(core: &mut Core, stopped: &Stopped) -> Option<Looking> {
    let found = video(core);
    let Some(video) = core.ask(found)? else {
        core.messages.push(Message::Note(tr("people-no-video")));
        return None;
    };
    let dir = model_dir(core)?;
    let taken = analysing::take_up(&mut core.store, stopped, &dir, core.shelf.as_ref());
    let taken = core.ask(taken)?;
    run(core, &video, taken.work, taken.so_far, false)
}

/// What is to be done with a recording.
fn plan(
    video: &Video,
    shelf: Option<&Shelf>,
    models: Vec<String>,
    fps: f64,
    how: HowToLook,
    model_dir: &std::path::Path,
    proposals: ProposalSettings,
) -> Plan {
    let media = &video.media;
    // No names are all the names of those that look.
    let all = models.is_empty();
    let own = shelf.map(|shelf| choose(&models, shelf)).unwrap_or_default();
    let models = if shelf.is_some() { own.bundled } else { models };
    let (hear, look): (Vec<String>, Vec<String>) = models.into_iter().partition(|model| hears(model));
    let closeness = match how.sparse_first {
        true => Closeness::SparseFirst { fps: SPARSE_FPS.min(fps), happening: Happening::default() },
        false => Closeness::Even,
    };
    let look = (video.sees && (all || !look.is_empty())).then(|| AnalyseRequest {
        session: media.session,
        media: media.id,
        path: video.path.clone(),
        stream: None,
        offset: media.offset,
        start: None,
        end: None,
        fps,
        closeness,
        models: look,
        model_dir: model_dir.to_owned(),
        tracking: Default::default(),
        proposals,
        unfinished: None,
        own: own.look,
    });
    let listening = |models: Vec<String>| ListenRequest {
        session: media.session,
        media: media.id,
        path: video.path.clone(),
        stream: None,
        offset: media.offset,
        start: None,
        end: None,
        models,
        model_dir: model_dir.to_owned(),
        voicing: Default::default(),
        voices: Default::default(),
        turns: Default::default(),
        part_of: None,
        heard: Vec::new(),
        own: Vec::new(),
    };
    // A silent film is looked at only.
    let sounds = media.streams.iter().any(|s| s.kind == StreamKind::Audio);
    let find_speech = (how.sparse_first && look.is_some() && sounds).then(|| listening(vec![FINDS_SPEECH.to_owned()]));
    let hear = (!hear.is_empty() && sounds).then(|| ListenRequest { own: own.hear, ..listening(hear) });
    Plan { look, hear, find_speech }
}

fn run(core: &mut Core, video: &Video, work: Work, so_far: SoFar, on_mains_only: bool) -> Option<Looking> {
    let sibling = core.store.sibling();
    let store = core.ask(sibling)?;
    let (send, changes) = channel();
    let wake = core.wake.clone();
    let mut sink = StoreSink::going_on(store, so_far, move |changed| {
        // Nobody listens any more only when the project was closed; the results are stored all the same.
        let _ = send.send(changed);
        wake();
    });
    let name = video.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let title = tr_args(if video.sees { "people-job" } else { "people-job-listen" }, &[("name", name.into())]);
    let job = core.jobs.spawn(title, move |context| {
        if let Some(power) = power::of_this_machine().filter(|_| on_mains_only) {
            context.spare_battery(power);
        }
        carry_out(&work, &mut sink, context).map_err(JobError::from)
    });
    Some(Looking { session: video.media.session, work: UnderWay::new(job, changes) })
}

/// The user's own models that look or listen along a recording; left out unless asked for.
fn own_models(shelf: Option<&Shelf>, sees: bool) -> impl Iterator<Item = ModelChoice> {
    let held = shelf.map(|shelf| shelf.models().0).unwrap_or_default().into_iter();
    held.filter(move |held| match held.card.used_on() {
        Use::Text | Use::Frame => false,
        Use::Speech => true,
        _ => sees,
    })
    .map(|held| ModelChoice {
        hears: held.card.used_on() == Use::Speech,
        on: false,
        personal: channels(&held.card).iter().any(|own| is_personal(&own.channel)),
        name: held.card.name,
        task: held.card.task,
    })
}

/// The dialog's first contents, from the model cards and the last run.
pub(super) fn form(core: &mut Core) -> Option<AnalyseForm> {
    let found = video(core);
    let Some(video) = core.ask(found)? else {
        core.messages.push(Message::Note(tr("people-no-video")));
        return None;
    };
    let dir = model_dir(core)?;
    let listed = std::fs::read_dir(&dir);
    let entries = core.ask(listed)?;
    let keeps = crate::app::edit::identity::keeps_prints(core.store.read());
    let keeps = core.ask(keeps)?;
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
        // Nothing is to be seen in a recording of sound.
        if video.sees || hears(&name) {
            let on = !NOT_USUAL.contains(&name.as_str()) && (name != PRINTS || keeps);
            models.push(ModelChoice { hears: hears(&name), personal: false, on, name, task });
        }
    }
    models.sort_by(|a, b| a.name.cmp(&b.name));
    models.extend(own_models(core.shelf.as_ref(), video.sees));
    let before = super::looks::told_before(core, video.media.session);
    let runs: Result<Vec<ModelRun>, _> = core.store.read().all();
    let pace = core.ask(runs)?.iter().rev().find_map(secs_a_frame);
    Some(AnalyseForm {
        models,
        fps: FPS.to_owned(),
        duration: video.media.duration.unwrap_or(Time::ZERO),
        secs_a_frame: pace.unwrap_or(SECS_A_FRAME),
        measured: pace.is_some(),
        sees: video.sees,
        sparse_first: false,
        on_mains_only: false,
        knows_power: power::of_this_machine().is_some_and(|power| power.on_battery().is_some()),
        before,
        fresh: true,
    })
}

/// Seconds a frame that a run took, once it is over. Older runs do not say how long they worked: they had no rests.
pub(super) fn secs_a_frame(run: &ModelRun) -> Option<f64> {
    let from_begin_to_end = || {
        let start: jiff::Timestamp = run.started.parse().ok()?;
        let end: jiff::Timestamp = run.finished.parse().ok()?;
        Some(end.duration_since(start).as_secs_f64())
    };
    let secs = run.worked_secs().or_else(from_begin_to_end)?;
    (run.frames > 0 && run.settings["fps"].is_number() && secs > 0.0).then(|| secs / run.frames as f64)
}
