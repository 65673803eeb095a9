//! What the models find goes into the project: the sink that a run hands its results to, and runs that were broken off.

mod unfinished;

use serde_json::json;

use crate::analysis::codec;
use crate::analysis::tracking::forget_prints;
use crate::app::edit::{identity, looks};
use crate::app::forgetting::drop_superseded;
use crate::domain::{ModelRun, Print, RunId, RunStatus, Span, Tag, Time, Track, TrackChunk, TrackId, TrackSamples};
use crate::jobs::Plan;
use crate::jobs::analyse::{AnalyseSummary, AnalysisSink, Mark, SinkResult};
use crate::store::{Changed, Op, OpKind, RunState, Store, StoreError, Tx};

pub use unfinished::{SoFar, Stopped, TakenUp, is_done, stopped, take_up};

/// Parts of what is kept of a run.
const PLAN: &str = "plan";
const LOOK: &str = "look";
const LOOKED: &str = "looked";
const SPEECH: &str = "speech";
/// More than this waits for no mark before it goes to the disk, in bytes.
const WAITING: usize = 8 << 20;

/// Writes a run's results into the project as they come: all that lies between two marks in one step, so that a run that
/// is broken off at any moment can be gone on with. Nothing it writes is an undo step: proposals are no edits; deleting
/// the run takes them out again.
pub struct StoreSink<F: FnMut(Changed)> {
    store: Store,
    /// Called after each piece is on the disk.
    told: F,
    tracks: Vec<Track>,
    chunks: Vec<TrackChunk>,
    prints: Vec<Print>,
    tags: Vec<Tag>,
    /// Proposals of the same run that somebody spoke on: they are not made again.
    spoken_on: Vec<Tag>,
    /// The run whose plan is on the disk. Forgetting prints takes the plan away with them: from then on the run keeps none
    /// and is not one to be gone on with.
    planned: Option<RunId>,
}

impl<F: FnMut(Changed)> StoreSink<F> {
    /// A sink over a connection of its own ([`Store::sibling`]).
    pub fn new(store: Store, told: F) -> Self {
        let (tracks, chunks, prints, tags) = Default::default();
        Self { store, told, tracks, chunks, prints, tags, spoken_on: Vec::new(), planned: None }
    }
    /// The same for a run that is gone on with.
    pub fn going_on(store: Store, so_far: SoFar, told: F) -> Self {
        Self { spoken_on: so_far.spoken_on, planned: so_far.run, ..Self::new(store, told) }
    }
    /// Writes what waits, and more, in one step; `more` hears whether prints were forgotten while the run is under way.
    fn write(&mut self, more: impl FnOnce(&Tx<'_>, bool) -> Result<(), StoreError>) -> SinkResult {
        let done = self.store.transact(Op::fixed(OpKind::Analyse), |tx| {
            let forgotten = match self.planned {
                Some(run) => tx.read().run_state_at(run, PLAN)?.is_none(),
                None => false,
            };
            self.tracks.iter().try_for_each(|track| identity::keep_track(tx, track))?;
            if !forgotten {
                identity::keep(tx, &self.prints)?;
            }
            self.chunks.iter().try_for_each(|chunk| tx.put_chunk(chunk))?;
            self.tags.iter().try_for_each(|tag| tx.upsert(tag))?;
            more(tx, forgotten)
        })?;
        self.tracks.clear();
        self.chunks.clear();
        self.prints.clear();
        self.tags.clear();
        (self.told)(done.changed);
        Ok(())
    }
}

fn state(part: &str, at: Time, state: serde_json::Value) -> RunState {
    RunState { part: part.to_owned(), at, state }
}

impl<F: FnMut(Changed)> AnalysisSink for StoreSink<F> {
    fn run_started(&mut self, run: &ModelRun) -> SinkResult {
        self.write(|tx, _| tx.insert(run))
    }
    fn tracks(&mut self, tracks: &[Track]) -> SinkResult {
        self.tracks.extend_from_slice(tracks);
        Ok(())
    }
    fn samples(&mut self, track: TrackId, samples: &TrackSamples) -> SinkResult {
        let chunks = codec::encode(samples)?;
        self.chunks.extend(chunks.into_iter().map(|chunk| TrackChunk {
            track,
            channel: chunk.channel,
            start: chunk.start,
            end: chunk.end,
            samples: chunk.samples as i64,
            blob: chunk.blob,
        }));
        if self.chunks.iter().map(|chunk| chunk.blob.len()).sum::<usize>() > WAITING {
            return self.write(|_, _| Ok(()));
        }
        Ok(())
    }
    fn prints(&mut self, prints: &[Print]) -> SinkResult {
        self.prints.extend_from_slice(prints);
        Ok(())
    }
    fn tags(&mut self, tags: &[Tag]) -> SinkResult {
        let spoken_on = |tag: &Tag| {
            let span = Span::new(tag.start, tag.end);
            self.spoken_on.iter().any(|old| {
                old.track == tag.track && old.label == tag.label && Span::new(old.start, old.end).overlaps(span)
            })
        };
        let fresh: Vec<Tag> = tags.iter().filter(|tag| !spoken_on(tag)).cloned().collect();
        self.tags.extend(fresh);
        Ok(())
    }
    fn planned(&mut self, run: RunId, plan: &Plan) -> SinkResult {
        let plan = serde_json::to_value(plan)?;
        self.write(|tx, _| tx.set_run_state(run, &state(PLAN, Time(i64::MIN), plan)))?;
        self.planned = Some(run);
        Ok(())
    }
    fn mark(&mut self, run: &ModelRun, mark: Mark<'_>) -> SinkResult {
        let (kept, alone) = match mark {
            Mark::Looked { at, state: of } => {
                let mut of = of.clone();
                if !identity::keeps_prints(self.store.read())? {
                    forget_prints(&mut of["tracker"]);
                }
                (state(LOOK, at, of), true)
            }
            Mark::LookedAll(summary) => (state(LOOKED, summary.up_to, json!(summary)), true),
            Mark::Heard(speech) => (state(SPEECH, speech.end, serde_json::to_value(speech)?), false),
        };
        self.write(|tx, forgotten| {
            // A run that listens becomes part of one that looked: its record is told at the end.
            if alone {
                identity::keep_run(tx, run)?;
            }
            match (forgotten, alone) {
                (true, _) => Ok(()),
                (false, true) => tx.set_run_state(run.id, &kept),
                (false, false) => tx.put_run_state(run.id, &kept),
            }
        })
    }
    fn finished(&mut self, run: &ModelRun, _: &AnalyseSummary) -> SinkResult {
        self.write(|tx, _| {
            identity::keep_run(tx, run)?;
            if run.status == RunStatus::Finished {
                tx.clear_run_state(run.id)?;
                drop_superseded(tx, run.session)?;
            }
            Ok(())
        })?;
        // Its plan is done with, not forgotten.
        self.planned = None;
        if run.status == RunStatus::Finished {
            looks::go_on(&mut self.store, run.id)?.into_iter().for_each(&mut self.told);
        }
        Ok(())
    }
}
