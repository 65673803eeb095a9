//! What several tests of the whole analysis share. Each test file is a program of its own and uses a part of it.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fieldgloss::analysis::{ProposalSettings, TrackingSettings};
use fieldgloss::domain::{MediaId, ModelRun, SessionId, Tag, Time, Track, TrackId, TrackSamples};
use fieldgloss::jobs::analyse::{AnalyseRequest, AnalyseSummary, AnalysisSink, SinkResult, analyse_with};
use fieldgloss::jobs::worker::WORKER_VARIABLE;
use fieldgloss::jobs::{CancelToken, JobContext, Worker};
use fieldgloss::media::ClipWriter;
use image::RgbaImage;

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
    fn run_started(&mut self, run: &ModelRun) -> SinkResult {
        assert!(!run.models.is_empty(), "a run says what it looks or listens with");
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

/// The whole analysis of a second in which the picture stands, ten frames of it.
pub fn still(picture: &RgbaImage, models: &[&str]) -> (Shelf, AnalyseSummary) {
    film((0..10).map(|_| picture.clone()), models)
}

/// The whole analysis of a film of these pictures, ten a second.
pub fn film(pictures: impl Iterator<Item = RgbaImage>, models: &[&str]) -> (Shelf, AnalyseSummary) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mp4");
    let mut pictures = pictures.enumerate().peekable();
    let (width, height) = pictures.peek().expect("a picture").1.dimensions();
    let mut writer = ClipWriter::create(&path, width, height, None).unwrap();
    for (number, picture) in pictures {
        writer.picture(Time::from_millis(number as i64 * 100), picture.as_raw()).unwrap();
    }
    writer.finish().unwrap();
    let request = AnalyseRequest {
        session: SessionId::new(),
        media: MediaId::new(),
        path,
        stream: None,
        offset: Time::ZERO,
        start: None,
        end: None,
        fps: 10.0,
        closeness: Default::default(),
        models: models.iter().map(|name| (*name).to_owned()).collect(),
        model_dir: root().join("assets/models"),
        tracking: TrackingSettings::default(),
        proposals: ProposalSettings::default(),
        unfinished: None,
        own: Vec::new(),
    };
    let mut shelf = Shelf::default();
    let context = JobContext::unwatched(CancelToken::default());
    let summary = analyse_with(Worker::spawn_at(&worker()).unwrap(), &request, &mut shelf, &context).unwrap();
    (shelf, summary)
}
