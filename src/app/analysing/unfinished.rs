//! Runs that were broken off, by a person, a fault or the end of the program: how far they came, and how they are gone
//! on with.

use std::collections::BTreeMap;
use std::path::Path;

use super::{LOOK, LOOKED, PLAN, SPEECH};
use crate::analysis::speech::SpeechObservation;
use crate::analysis::{Chunk, Tracker, codec};
use crate::app::models::Shelf;
use crate::domain::{Media, ModelRun, RunId, RunStatus, SessionId, Span, Tag, Time, TrackId, TrackKind, TrackSamples};
use crate::jobs::analyse::{AnalyseRequest, AnalyseSummary, Closeness, HEAVY, Unfinished};
use crate::jobs::ended_early::{EndedEarly, ended_early};
use crate::jobs::own::Chosen;
use crate::jobs::whole::Whole;
use crate::jobs::{Plan, Work};
use crate::store::{Op, OpKind, Reader, RunState, Store, StoreError, Tx};

/// A run that can be gone on with.
#[derive(Clone, Debug)]
pub struct Stopped {
    pub run: ModelRun,
    /// How far it came, on the session's timeline.
    pub at: Time,
    /// It looked at everything, and listened up to [`Self::at`].
    pub listening: bool,
    pub plan: Plan,
}

/// The runs that can be gone on with, oldest first. One that is under way is among them: whoever runs it knows.
///
/// # Errors
/// When the file cannot be read.
pub fn stopped(read: &Reader<'_>, session: Option<SessionId>) -> Result<Vec<Stopped>, StoreError> {
    let mut found = Vec::new();
    for run in read.unfinished_runs()? {
        if session.is_some_and(|session| session != run.session) {
            continue;
        }
        let Some(Ok(plan)) = read.run_state(run.id, PLAN)?.map(|plan| serde_json::from_value::<Plan>(plan.state))
        else {
            log::warn!("run {}: its plan is of another version", run.id);
            continue;
        };
        let offset = plan.look.as_ref().map(|l| l.offset).or(plan.hear.as_ref().map(|h| h.offset)).unwrap_or_default();
        let heard = read.run_state_at(run.id, SPEECH)?;
        let looked = read.run_state_at(run.id, LOOKED)?;
        let at = match (heard, looked, read.run_state_at(run.id, LOOK)?) {
            (Some(heard), _, _) => heard + offset,
            // What was looked at is told on the session's timeline.
            (None, Some(looked), _) => looked,
            (None, None, Some(look)) => look + offset,
            (None, None, None) => offset,
        };
        let listening = heard.is_some() || (looked.is_some() && plan.hear.is_some());
        found.push(Stopped { run, at, listening, plan });
    }
    Ok(found)
}

fn of<'a>(states: &'a [RunState], part: &str) -> Option<&'a RunState> {
    states.iter().rfind(|state| state.part == part)
}

/// What it takes to go on.
#[derive(Clone, Debug)]
pub struct TakenUp {
    pub work: Work,
    pub so_far: SoFar,
}

/// What a sink must know of a run that is gone on with, for [`super::StoreSink::going_on`]; nothing of a new one.
#[derive(Clone, Debug, Default)]
pub struct SoFar {
    /// The run, whose plan is on the disk.
    pub run: Option<RunId>,
    /// Its proposals that somebody spoke on.
    pub spoken_on: Vec<Tag>,
}

/// Takes up a run where it was broken off: what came after its last mark is taken out, what people said something of
/// stays. `shelf`: where the user's models lie.
///
/// # Errors
/// When its recording is gone, what is kept of it is damaged, or the file refuses.
pub fn take_up(
    store: &mut Store,
    stopped: &Stopped,
    model_dir: &Path,
    shelf: Option<&Shelf>,
) -> Result<TakenUp, StoreError> {
    let id = stopped.run.id;
    let media: Media = store.read().require(stopped.run.media)?;
    let path = store.folder().media_path(&media);
    let states = store.read().run_states(id)?;
    let mut plan = stopped.plan.clone();
    if let Some(look) = &mut plan.look {
        (look.path, look.model_dir) = (path.clone(), model_dir.to_owned());
        find_own(&mut look.own, shelf)?;
    }
    for hear in [&mut plan.hear, &mut plan.find_speech].into_iter().flatten() {
        (hear.path, hear.model_dir) = (path.clone(), model_dir.to_owned());
        find_own(&mut hear.own, shelf)?;
    }
    let run = ModelRun { status: RunStatus::Running, finished: String::new(), ..stopped.run.clone() };
    let looked = of(&states, LOOKED).map(|state| read::<AnalyseSummary>(state.state.clone())).transpose()?;
    let mark = of(&states, LOOK).filter(|_| looked.is_none());
    let growing = match mark {
        Some(mark) => read::<Tracker>(mark.state["tracker"].clone())?.growing(),
        None => Vec::new(),
    };
    let offset = plan.look.as_ref().map(|look| look.offset).unwrap_or_default();
    let back = mark.map(|mark| (mark.at + offset, growing.as_slice()));
    let spoken_on = store.transact(Op::fixed(OpKind::Analyse), |tx| {
        let spoken_on = roll_back(tx, id, back)?;
        tx.update(&run)?;
        Ok(spoken_on)
    })?;
    if let (Some(look), Some(mark)) = (&mut plan.look, mark) {
        let samples = samples(&store.read(), &growing)?;
        let whole = whole(&store.read(), id, &look.own)?;
        let unfinished = Unfinished { run: run.clone(), from: mark.at, state: mark.state.clone(), samples, whole };
        look.unfinished = Some(Box::new(unfinished));
    }
    if let Some(hear) = &mut plan.hear {
        let heard = states.iter().filter(|state| state.part == SPEECH);
        hear.heard = heard.map(|state| read::<SpeechObservation>(state.state.clone())).collect::<Result<_, _>>()?;
        hear.part_of = Some(run.clone());
    }
    let work = Work { plan, looked: looked.map(|summary| (run, summary)) };
    Ok(TakenUp { work, so_far: SoFar { run: Some(id), spoken_on: spoken_on.value } })
}

/// Finds the models of the user's that a run began with: half a recording by another would be no result.
fn find_own(own: &mut [Chosen], shelf: Option<&Shelf>) -> Result<(), StoreError> {
    for chosen in own {
        let held = shelf.and_then(|shelf| shelf.find(&chosen.card.name));
        let held = held.filter(|held| held.card.file == chosen.card.file).ok_or_else(|| {
            StoreError::Rule(format!(
                "Your model “{}” is no longer the one that this run began with. Bring it back, or start a new run.",
                chosen.card.name
            ))
        })?;
        chosen.folder = held.folder;
    }
    Ok(())
}

fn read<T: serde::de::DeserializeOwned>(value: serde_json::Value) -> Result<T, StoreError> {
    serde_json::from_value(value).map_err(|error| {
        log::error!("what was kept of a run cannot be read: {error}");
        StoreError::Rule(
            "What is needed to go on with this run was kept by another version of Fieldgloss. Start a new one."
                .to_owned(),
        )
    })
}

/// Takes out what came after the last mark; `back`: its moment on the session's timeline, and the tracks that were to
/// grow. Gives the proposals that stay because somebody spoke on them.
fn roll_back(tx: &Tx<'_>, run: RunId, back: Option<(Time, &[TrackId])>) -> Result<Vec<Tag>, StoreError> {
    let read = tx.read();
    let reviews = read.reviews_of(run)?;
    let rows = read.tag_rows(run)?;
    let mut spoken_on = Vec::new();
    for track in read.tracks_of(run)? {
        // Voices are told at the end, all at once: what is there was told when listening was broken off.
        let voice = track.kind == TrackKind::Voice;
        let Some((from, growing)) = back.or(voice.then_some((Time(i64::MIN), &[][..]))) else { continue };
        let grew = growing.contains(&track.id);
        // One that was not kept as a track yet at the mark is told again from its beginning.
        let new = voice || (!grew && track.end >= from);
        if !new && !grew {
            continue;
        }
        let mut needed = false;
        for tag in rows.iter().map(|row| &row.tag).filter(|tag| tag.track == track.id) {
            if reviews.is_untouched(tag) {
                tx.delete_tag(tag.id)?;
            } else {
                needed = true;
                spoken_on.push(tag.clone());
            }
        }
        if new && !needed && track.person.is_none() {
            tx.drop_chunks(track.id, Time(i64::MIN))?;
            tx.delete_track(track.id)?;
        } else if !voice {
            tx.drop_chunks(track.id, from)?;
        }
    }
    Ok(spoken_on)
}

/// What was stored of some tracks, for the proposals still to be made.
fn samples(read: &Reader<'_>, tracks: &[TrackId]) -> Result<BTreeMap<TrackId, Vec<Chunk>>, StoreError> {
    let whole = Span::new(Time(i64::MIN), Time(i64::MAX));
    let mut all = BTreeMap::new();
    for track in tracks {
        let mut chunks = Vec::new();
        for channel in read.channels(*track)?.iter().filter(|name| !HEAVY.contains(&name.as_str())) {
            chunks.extend(read.chunks(*track, channel, whole)?.into_iter().map(|chunk| Chunk {
                channel: chunk.channel,
                start: chunk.start,
                end: chunk.end,
                samples: usize::try_from(chunk.samples).unwrap_or(0),
                blob: chunk.blob,
            }));
        }
        all.insert(*track, chunks);
    }
    Ok(all)
}

/// What the networks that need whole tracks need of what a run has stored.
fn whole(read: &Reader<'_>, run: RunId, own: &[Chosen]) -> Result<Whole, StoreError> {
    let mut whole = Whole::for_models(own);
    let channels = whole.channels();
    for track in read.tracks_of(run)?.iter().filter(|_| !channels.is_empty()) {
        for name in &channels {
            for chunk in read.chunks(track.id, name, Span::new(Time(i64::MIN), Time(i64::MAX)))? {
                let (times, channel) =
                    codec::decode_blob(name, &chunk.blob).map_err(|error| StoreError::Rule(error.to_string()))?;
                whole.take(track.id, &TrackSamples { times, channels: vec![channel] });
            }
        }
    }
    Ok(whole)
}

/// Whether a run ended where its recording broke off, and there is still no more of it.
fn is_still_short(run: &ModelRun, look: &AnalyseRequest) -> bool {
    let known = serde_json::from_value::<EndedEarly>(run.settings["ended_early"].clone());
    known.is_ok_and(|early| ended_early(&look.path, Some(early.read_to), look.end).is_some())
}

/// Whether a recording was looked at (or listened to) already, to its end and at least as closely.
///
/// # Errors
/// When the file cannot be read.
pub fn is_done(read: &Reader<'_>, media: &Media, plan: &Plan) -> Result<bool, StoreError> {
    let runs = read.runs_of(media.session)?;
    let finished = || runs.iter().filter(|run| run.media == media.id && run.status == RunStatus::Finished);
    let looked = plan.look.as_ref().is_none_or(|look| {
        finished().any(|run| {
            let ends = run.settings["end"] == serde_json::json!(look.end) || is_still_short(run, look);
            let whole = run.settings["start"] == serde_json::json!(look.start) && ends;
            let even = run.settings["closeness"].is_null() || run.settings["closeness"] == "even";
            let close = even || look.closeness != Closeness::Even;
            let fps = run.settings["fps"].as_f64().is_some_and(|fps| fps >= look.fps - 1e-6);
            let own = look.own.iter().map(|own| own.card.name.as_str());
            let models = look
                .models
                .iter()
                .map(|name| name.strip_prefix('+').unwrap_or(name))
                .chain(own)
                .all(|name| run.models.iter().any(|used| used.name == name));
            run.looked() && whole && close && fps && models
        })
    });
    Ok(looked
        && plan.hear.as_ref().is_none_or(|hear| {
            let own =
                |run: &ModelRun| hear.own.iter().all(|own| run.models.iter().any(|used| used.name == own.card.name));
            finished().any(|run| run.listened() && own(run))
        }))
}
