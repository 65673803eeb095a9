//! What the models find goes into the project: the sink that a run hands its results to.

use crate::analysis::codec;
use crate::app::edit::identity;
use crate::domain::{ModelRun, Print, Tag, Track, TrackId, TrackSamples};
use crate::jobs::analyse::{AnalyseSummary, AnalysisSink, SinkResult};
use crate::store::{Changed, Op, OpKind, Store, TrackChunk};

/// Writes a run's results into the project as they come. Nothing it writes is an undo step: proposals are no edits;
/// deleting the run takes them out again.
pub struct StoreSink<F: FnMut(Changed)> {
    store: Store,
    /// Called after each piece is on the disk.
    told: F,
}

impl<F: FnMut(Changed)> StoreSink<F> {
    /// A sink over a connection of its own ([`Store::sibling`]).
    pub fn new(store: Store, told: F) -> Self {
        Self { store, told }
    }
    fn write(
        &mut self,
        edit: impl FnOnce(&crate::store::Tx<'_>) -> Result<(), crate::store::StoreError>,
    ) -> SinkResult {
        let done = self.store.transact(Op::fixed(OpKind::Analyse), edit)?;
        (self.told)(done.changed);
        Ok(())
    }
}

impl<F: FnMut(Changed)> AnalysisSink for StoreSink<F> {
    fn run_started(&mut self, run: &ModelRun) -> SinkResult {
        self.write(|tx| tx.insert(run))
    }
    fn tracks(&mut self, tracks: &[Track]) -> SinkResult {
        self.write(|tx| tracks.iter().try_for_each(|track| tx.upsert(track)))
    }
    fn samples(&mut self, track: TrackId, samples: &TrackSamples) -> SinkResult {
        let chunks = codec::encode(samples)?;
        self.write(|tx| {
            chunks.into_iter().try_for_each(|chunk| {
                tx.put_chunk(&TrackChunk {
                    track,
                    channel: chunk.channel,
                    start: chunk.start,
                    end: chunk.end,
                    samples: chunk.samples as i64,
                    blob: chunk.blob,
                })
            })
        })
    }
    fn prints(&mut self, prints: &[Print]) -> SinkResult {
        self.write(|tx| identity::keep(tx, prints))
    }
    fn tags(&mut self, tags: &[Tag]) -> SinkResult {
        self.write(|tx| tags.iter().try_for_each(|tag| tx.upsert(tag)))
    }
    fn finished(&mut self, run: &ModelRun, _: &AnalyseSummary) -> SinkResult {
        self.write(|tx| tx.update(run))
    }
}
