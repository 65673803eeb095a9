//! Waveform, spectrogram and pitch of the recording: made by a job and by a thread, kept in the project's cache.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use super::base::Base;
use crate::app::core::Core;
use crate::app::i18n::tr_args;
use crate::domain::{MediaId, Span, StreamKind, Time};
use crate::jobs::{Job, JobError};
use crate::media::spectrogram::TILE;
use crate::media::{
    MediaError, Peaks, PitchSettings, PitchTrack, Spectrogram, SpectrogramSettings, no_progress, pitch,
};
use crate::ui::timeline::{SPECTROGRAM_LONGEST, SpectrogramTile, TimelineState, band_of};

/// Length of a piece of pitch.
const PIECE: Time = Time::from_millis(10_000);
/// More that waits than this is forgotten, oldest first: nobody looks at it any more.
const MOST_WAITING: usize = 200;

/// Something to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Ask {
    Tile { band: u8, index: u64 },
    Pitch(u64),
}

enum Answer {
    Tile(Ask, SpectrogramTile),
    Pitch(u64, PitchTrack),
    /// Not made; may be asked for again.
    Forgotten(Ask),
    /// Cannot be made.
    Failed,
}

/// What is known of the sound of the recording that is open.
#[derive(Default)]
pub struct Sound {
    media: Option<MediaId>,
    /// Where the recording starts on the session's timeline. Below this type everything is in the recording's time.
    offset: Time,
    job: Option<Job<Peaks>>,
    pub peaks: Option<Arc<Peaks>>,
    /// Magnification that brings the loudest sample near the edge of the lane.
    pub gain: f32,
    thread: Option<(Sender<Ask>, Receiver<Answer>)>,
    asked: HashSet<Ask>,
    pitch: HashMap<u64, Arc<PitchTrack>>,
    tiles: Vec<SpectrogramTile>,
    waiting: usize,
}

impl Sound {
    /// Follows the recording that is open, takes in what was made, and asks for what is in sight.
    pub fn refresh(&mut self, core: &mut Core, base: &Base, state: &TimelineState) {
        let open = core.player.as_ref().map(|player| (player.media(), player.offset()));
        if open != self.media.map(|media| (media, self.offset)) {
            self.begin(core, base, open);
        }
        if let Some(done) = self.job.as_ref().and_then(Job::take) {
            self.job = None;
            match done {
                Ok(peaks) => {
                    self.gain = gain_of(&peaks);
                    self.peaks = Some(Arc::new(peaks));
                }
                Err(JobError::Cancelled(_)) => {}
                Err(error) => core.problem(error),
            }
        }
        let Some((ask, answers)) = &self.thread else { return };
        for answer in answers.try_iter() {
            self.waiting = self.waiting.saturating_sub(1);
            match answer {
                Answer::Tile(ask, mut tile) => {
                    tile.span = tile.span.later(self.offset);
                    // It may be dropped from the card later and asked for again.
                    self.asked.remove(&ask);
                    self.tiles.push(tile);
                }
                Answer::Pitch(piece, mut track) => {
                    track.start = track.start + self.offset;
                    self.pitch.insert(piece, Arc::new(track));
                }
                Answer::Forgotten(ask) => drop(self.asked.remove(&ask)),
                Answer::Failed => {}
            }
        }
        let view = state.view.0;
        if view.duration() > SPECTROGRAM_LONGEST {
            return;
        }
        let view = view.earlier(self.offset);
        let mut wanted = Vec::new();
        let band = band_of(view);
        let end = view.end.min(self.peaks.as_ref().map_or(view.end, |peaks| peaks.duration()));
        let width = tile_width(band);
        wanted.extend((view.start.0.max(0) / width..=(end.0 - 1).max(0) / width).map(|index| index as u64).filter_map(
            |index| {
                let missing =
                    !state.has_tile(band, index) && !self.tiles.iter().any(|t| t.tile.index == index && t.band == band);
                missing.then_some(Ask::Tile { band, index })
            },
        ));
        wanted.extend(pieces(view).filter(|piece| !self.pitch.contains_key(piece)).map(Ask::Pitch));
        for one in wanted {
            if self.asked.insert(one) && ask.send(one).is_ok() {
                self.waiting += 1;
            }
        }
    }

    fn begin(&mut self, core: &Core, base: &Base, open: Option<(MediaId, Time)>) {
        if let Some(job) = self.job.take() {
            job.cancel();
        }
        *self = Self::default();
        let Some((open, offset)) = open else { return };
        (self.media, self.offset) = (Some(open), offset);
        let Some(media) = base.media.iter().find(|media| media.id == open) else { return };
        let silent = !media.streams.is_empty() && media.streams.iter().all(|s| s.kind != StreamKind::Audio);
        if silent {
            return;
        }
        let path = core.store.folder().media_path(media);
        let hash = if media.hash.is_empty() { media.id.to_string() } else { media.hash.clone() };
        let cache = core.cache();
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let title = tr_args("timeline-job-peaks", &[("file", file.into())]);
        let (from, kept) = (path.clone(), Peaks::cache_path(&cache, &hash, None));
        self.job = Some(core.jobs.spawn(title, move |context| {
            Peaks::load_or_build(&from, None, &kept, &mut |part| {
                context.progress(f64::from(part), String::new);
                if context.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })
            .map_err(|error| match error {
                MediaError::Cancelled => JobError::Cancelled(error.to_string()),
                error => JobError::Failed(error.to_string()),
            })
        }));
        let (ask, asked) = channel();
        let (answer, answers) = channel();
        let wake = Arc::clone(&core.wake);
        let made = std::thread::Builder::new()
            .name("spectrogram".to_owned())
            .spawn(move || Maker { path, cache, hash, bands: [None, None] }.run(&asked, &answer, &*wake));
        match made {
            Ok(_) => self.thread = Some((ask, answers)),
            Err(error) => log::warn!("no thread for the spectrogram: {error}"),
        }
    }

    /// How far the waveform is, while it is being made.
    pub fn part(&self) -> Option<f32> {
        self.job.as_ref().map(|job| job.view().fraction.unwrap_or(0.0) as f32)
    }
    /// Where the sound starts on the session's timeline.
    pub fn offset(&self) -> Time {
        self.offset
    }
    /// Where the sound ends on the session's timeline, once its length is known to the sample.
    pub fn end(&self) -> Time {
        self.peaks.as_ref().map_or(Time::ZERO, |peaks| peaks.duration() + self.offset)
    }
    /// Tiles that were made since the last call.
    pub fn take_tiles(&mut self) -> Vec<SpectrogramTile> {
        std::mem::take(&mut self.tiles)
    }
    /// Whether nothing is being made.
    pub fn is_settled(&self) -> bool {
        self.job.is_none() && self.waiting == 0 && self.tiles.is_empty()
    }
    /// The pitch at a moment.
    pub fn pitch_at(&self, time: Time) -> Option<f32> {
        self.pitch.get(&(((time - self.offset).0.max(0) / PIECE.0) as u64))?.at(time)
    }
    /// The pieces of pitch in sight.
    pub fn pitch_in(&self, view: Span) -> Vec<Arc<PitchTrack>> {
        if view.duration() > SPECTROGRAM_LONGEST {
            return Vec::new();
        }
        pieces(view.earlier(self.offset)).filter_map(|piece| self.pitch.get(&piece).map(Arc::clone)).collect()
    }
}

/// Quiet recordings are shown larger, up to twelve times; loud ones as they are.
fn gain_of(peaks: &Peaks) -> f32 {
    let whole = peaks.peaks(Span { start: Time::ZERO, end: peaks.duration() }, 64, None);
    let loudest = whole.iter().fold(0.0f32, |most, (low, high)| most.max(-low).max(*high));
    if loudest > 0.0 { (0.95 / loudest).clamp(1.0, 12.0) } else { 1.0 }
}

fn pieces(view: Span) -> std::ops::RangeInclusive<u64> {
    (view.start.0.max(0) / PIECE.0) as u64..=((view.end.0 - 1).max(0) / PIECE.0) as u64
}

fn settings_of(band: u8) -> SpectrogramSettings {
    if band == 0 { SpectrogramSettings::WIDE_BAND } else { SpectrogramSettings::NARROW_BAND }
}

/// What a whole tile covers, in nanoseconds.
fn tile_width(band: u8) -> i64 {
    let settings = settings_of(band);
    let hop = (settings.hop_ms * settings.rate as f32 / 1000.0).round() as i64;
    TILE as i64 * hop * 1_000_000_000 / i64::from(settings.rate)
}

/// The thread's side: what was asked for last is made first, for that is what one looks at.
struct Maker {
    path: PathBuf,
    cache: PathBuf,
    hash: String,
    bands: [Option<Spectrogram>; 2],
}

impl Maker {
    fn run(mut self, asked: &Receiver<Ask>, answers: &Sender<Answer>, wake: &(dyn Fn() + Send + Sync)) {
        let mut waiting: Vec<Ask> = Vec::new();
        loop {
            if waiting.is_empty() {
                match asked.recv() {
                    Ok(ask) => waiting.push(ask),
                    Err(_) => return,
                }
            }
            loop {
                match asked.try_recv() {
                    Ok(ask) => waiting.push(ask),
                    Err(std::sync::mpsc::TryRecvError::Empty) => break,
                    Err(std::sync::mpsc::TryRecvError::Disconnected) => return,
                }
            }
            let spare = waiting.len().saturating_sub(MOST_WAITING);
            let forgotten: Vec<Ask> = waiting.drain(..spare).collect();
            let Some(ask) = waiting.pop() else { continue };
            let made = self.make(ask).unwrap_or_else(|error| {
                log::warn!("{ask:?} of {}: {error}", self.path.display());
                Answer::Failed
            });
            for answer in forgotten.into_iter().map(Answer::Forgotten).chain([made]) {
                if answers.send(answer).is_err() {
                    return;
                }
            }
            wake();
        }
    }

    fn make(&mut self, ask: Ask) -> Result<Answer, MediaError> {
        match ask {
            Ask::Tile { band, index } => {
                let settings = settings_of(band);
                let slot = &mut self.bands[usize::from(band.min(1))];
                let spectrogram = match slot {
                    Some(open) => open,
                    None => {
                        slot.insert(Spectrogram::open(&self.path, None, settings, Some((&self.cache, &self.hash)))?)
                    }
                };
                let tile = spectrogram.tile(index)?;
                let start = Time(tile_width(band) * index as i64);
                let span = Span { start, end: start + Time(tile_width(band)) };
                Ok(Answer::Tile(ask, SpectrogramTile { band, tile, rate: settings.rate, span }))
            }
            Ask::Pitch(piece) => {
                let start = Time(PIECE.0 * piece as i64);
                let span = Span { start, end: start + PIECE };
                let track = pitch::pitch(&self.path, None, span, PitchSettings::default(), &mut no_progress)?;
                Ok(Answer::Pitch(piece, track))
            }
        }
    }
}
