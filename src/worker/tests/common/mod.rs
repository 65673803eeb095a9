//! What several tests of the whole analysis share. Each test file is a program of its own and uses a part of it.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fieldgloss::domain::{ModelRun, Tag, Track, TrackId, TrackSamples};
use fieldgloss::jobs::analyse::{AnalyseSummary, AnalysisSink, SinkResult};
use fieldgloss::jobs::worker::WORKER_VARIABLE;

/// The worker program: the one that is named, else the one built with the tests.
pub fn worker() -> PathBuf {
    std::env::var_os(WORKER_VARIABLE).map_or_else(|| env!("CARGO_BIN_EXE_fieldgloss-worker").into(), PathBuf::from)
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Keeps what a run found.
#[derive(Default)]
pub struct Shelf {
    pub tracks: BTreeMap<TrackId, Track>,
    pub samples: BTreeMap<TrackId, TrackSamples>,
    pub tags: Vec<Tag>,
    /// As it was at the end.
    pub run: Option<ModelRun>,
}

impl AnalysisSink for Shelf {
    fn run_started(&mut self, _: &ModelRun) -> SinkResult {
        Ok(())
    }
    fn tracks(&mut self, tracks: &[Track]) -> SinkResult {
        self.tracks.extend(tracks.iter().map(|t| (t.id, t.clone())));
        Ok(())
    }
    fn samples(&mut self, track: TrackId, samples: &TrackSamples) -> SinkResult {
        self.samples.insert(track, samples.clone());
        Ok(())
    }
    fn tags(&mut self, tags: &[Tag]) -> SinkResult {
        self.tags.extend_from_slice(tags);
        Ok(())
    }
    fn finished(&mut self, run: &ModelRun, _: &AnalyseSummary) -> SinkResult {
        self.run = Some(run.clone());
        Ok(())
    }
}
