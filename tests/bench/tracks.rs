//! What an hour of two people costs: on the disk, to read ten seconds of it, and to show its heat map.
//! `cargo xtask bench tracks`.
//!
//! The sample's person is looked at on 25 frames a second with everything there is; what was measured of them is then
//! told again and again, twice over, until an hour is full. Each stretch of ten seconds is packed by itself, so that
//! repetition makes nothing smaller.

use std::path::{Path, PathBuf};
use std::time::Instant;

use fieldgloss::analysis::{Chunk, codec};
use fieldgloss::app::analysing::StoreSink;
use fieldgloss::app::places::heat;
use fieldgloss::app::{edit, recordings};
use fieldgloss::domain::{
    Media, MediaStorage, ModelRun, Project, RunId, RunStatus, Span, Time, Track, TrackId, TrackSamples,
};
use fieldgloss::jobs::analyse::{AnalyseRequest, AnalysisSink};
use fieldgloss::jobs::work::carry_out;
use fieldgloss::jobs::{CancelToken, JobContext, Plan, Work};
use fieldgloss::store::Store;

const HOUR: Time = Time::from_millis(3_600_000);
const FPS: f64 = 25.0;
const PEOPLE: i64 = 2;
const WINDOW: Time = Time::from_millis(10_000);
const READS: usize = 200;

type Failure = Box<dyn std::error::Error>;

fn assets() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets")
}

fn main() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let project = Project::new("An hour");
    let mut store = Store::create(&folder.path().join("Hour.fieldgloss"), &project, &[])?;
    let session = edit::project::add_session(&mut store, "Talking")?.value;
    let video = assets().join("sample/astronaut-talks.mp4");
    recordings::import(&mut store, Some(session), &video, MediaStorage::Linked, |_| false)?;
    let media = store.read().all::<Media>()?.remove(0);
    let begun = Instant::now();
    let run = look(&store, &media)?;
    println!(
        "looked at {:.0} s of video in {:.1} s",
        media.duration.unwrap_or_default().secs(),
        begun.elapsed().as_secs_f64()
    );
    let measured: Vec<(Track, TrackSamples)> = store
        .read()
        .tracks_of(run)?
        .into_iter()
        .map(|track| Ok((track.clone(), all(&store, &track)?)))
        .collect::<Result<_, Failure>>()?;
    let before = size(&store);
    let (tracks, numbers) = fill(&store, &media, &measured)?;
    let bytes = size(&store) - before;
    println!(
        "{} tracks of {PEOPLE} people over an hour at {FPS} frames a second: {:.1} million numbers in {:.1} MB",
        tracks.len(),
        numbers as f64 / 1e6,
        bytes as f64 / 1e6
    );
    read(&store, &tracks)?;
    heat(&store, &tracks)
}

fn look(store: &Store, media: &Media) -> Result<RunId, Failure> {
    let request = AnalyseRequest {
        session: media.session,
        media: media.id,
        path: store.folder().media_path(media),
        stream: None,
        offset: media.offset,
        start: None,
        end: None,
        fps: FPS,
        closeness: Default::default(),
        models: Vec::new(),
        model_dir: assets().join("models"),
        tracking: Default::default(),
        proposals: Default::default(),
        unfinished: None,
        own: Vec::new(),
    };
    let work = Work::from(Plan { look: Some(request), ..Plan::default() });
    let mut sink = StoreSink::new(store.sibling()?, |_| {});
    let summary = carry_out(&work, &mut sink, &JobContext::unwatched(CancelToken::default()))?;
    summary.run.ok_or_else(|| "nothing was found".into())
}

fn all(store: &Store, track: &Track) -> Result<TrackSamples, Failure> {
    window(store, track.id, Span::new(Time(i64::MIN), Time(i64::MAX)))
}

/// Every channel of a track over a span.
fn window(store: &Store, track: TrackId, span: Span) -> Result<TrackSamples, Failure> {
    let mut chunks = Vec::new();
    for channel in store.read().channels(track)? {
        chunks.extend(one(store, track, &channel, span)?);
    }
    Ok(codec::decode(&chunks)?)
}

fn one(store: &Store, track: TrackId, channel: &str, span: Span) -> Result<Vec<Chunk>, Failure> {
    let found = store.read().chunks(track, channel, span)?.into_iter();
    Ok(found
        .map(|c| Chunk { channel: c.channel, start: c.start, end: c.end, samples: c.samples as usize, blob: c.blob })
        .collect())
}

fn size(store: &Store) -> u64 {
    let part = |name: &str| std::fs::metadata(store.folder().path().join(name)).map_or(0, |found| found.len());
    part("project.db") + part("project.db-wal")
}

/// Tells what was measured of everybody over and over, for each of the people.
fn fill(store: &Store, media: &Media, measured: &[(Track, TrackSamples)]) -> Result<(Vec<TrackId>, usize), Failure> {
    let mut run = ModelRun {
        id: RunId::new(),
        session: media.session,
        media: media.id,
        models: Vec::new(),
        settings: serde_json::json!({ "fps": FPS }),
        started: String::new(),
        finished: String::new(),
        status: RunStatus::Running,
        frames: 0,
        residue: Default::default(),
    };
    let mut sink = StoreSink::new(store.sibling()?, |_| {});
    sink.run_started(&run).map_err(|e| e.to_string())?;
    let (mut tracks, mut numbers) = (Vec::new(), 0);
    let longest = measured.iter().map(|(track, _)| track.end).max().unwrap_or_default() + Time::from_millis(40);
    for person in 0..PEOPLE {
        for (known, samples) in measured.iter().filter(|(track, _)| track.samples > 100) {
            let track = Track {
                id: TrackId::new(),
                run: run.id,
                number: known.number + person * 100,
                end: HOUR,
                ..known.clone()
            };
            sink.tracks(std::slice::from_ref(&track)).map_err(|e| e.to_string())?;
            for round in 0..HOUR.0 / longest.0 {
                let later = Time(round * longest.0);
                let times = samples.times.iter().map(|time| *time + later).collect();
                numbers += samples.channels.iter().map(|c| c.values.len()).sum::<usize>();
                let told = TrackSamples { times, channels: samples.channels.clone() };
                sink.samples(track.id, &told).map_err(|e| e.to_string())?;
            }
            tracks.push(track.id);
        }
    }
    run.status = RunStatus::Finished;
    sink.finished(&run, &Default::default()).map_err(|e| e.to_string())?;
    Ok((tracks, numbers))
}

/// Times what the heat map of the whole hour takes; it is made beside the window's own thread.
fn heat(store: &Store, tracks: &[TrackId]) -> Result<(), Failure> {
    let tracks =
        tracks.iter().map(|id| Ok(store.read().require::<Track>(*id)?)).collect::<Result<Vec<_>, Failure>>()?;
    let runs = store.read().all::<ModelRun>()?;
    let begun = Instant::now();
    let rows = heat::rows_of(store, (&runs, &tracks, &Default::default()), &|track| track.number.to_string());
    println!("the heat map of the hour, {} faces: {:.2} s", rows.len(), begun.elapsed().as_secs_f64());
    Ok(())
}

/// Times windows all over the hour: every channel of a track, and the channel of one curve.
fn read(store: &Store, tracks: &[TrackId]) -> Result<(), Failure> {
    let at = |i: usize| Time((i as i64 * 7_919_000_000_003) % (HOUR.0 - WINDOW.0));
    for (what, curve) in [("every channel of a track", None), ("one curve", Some("score"))] {
        let mut millis = Vec::with_capacity(READS);
        for i in 0..READS {
            let span = Span::new(at(i), at(i) + WINDOW);
            let track = tracks[i % tracks.len()];
            let begun = Instant::now();
            let found = match curve {
                None => window(store, track, span)?,
                Some(channel) => codec::decode(&one(store, track, channel, span)?)?,
            };
            millis.push(begun.elapsed().as_secs_f64() * 1000.0);
            assert!(!found.times.is_empty());
        }
        millis.sort_by(f64::total_cmp);
        println!(
            "ten seconds of {what}: {:.2} ms in the middle, {:.2} ms at worst",
            millis[READS / 2],
            millis[READS - 1]
        );
    }
    Ok(())
}
