//! The measures of tracks in sight, unpacked by a thread with a connection of its own.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use super::base::Base;
use super::blocks::MOST_TRACKS;
use crate::analysis::codec::{self, Chunk};
use crate::app::core::Core;
use crate::app::i18n::tr_args;
use crate::domain::{Span, Time, TrackId};
use crate::store::Store;
use crate::ui::timeline::{Curve, MeasureLane};

/// Longer stretches show no measures.
const LONGEST: Time = Time::from_millis(600_000);
/// Curves of a track, the most telling first; as many as a lane has colours.
const WANTED: [&str; 6] = [
    "measure.mouth_open",
    "measure.head_pitch",
    "measure.head_yaw",
    "measure.eye_open.left",
    "measure.hand_height.left",
    "measure.hand_height.right",
];
const CURVES: usize = 3;
/// More points than this are no longer seen.
const POINTS: usize = 1500;

/// The tracks in sight, with how many samples they have by now, and the stretch.
type Key = (Vec<(TrackId, i64)>, Span);

struct Request {
    tracks: Vec<(TrackId, String)>,
    span: Span,
}

/// The lanes of measures, and the thread that makes them.
#[derive(Default)]
pub struct Measures {
    pub lanes: Vec<MeasureLane>,
    asked: Option<Key>,
    thread: Option<(Sender<Request>, Receiver<Vec<MeasureLane>>)>,
}

impl Measures {
    /// Lets go of another session's measures.
    pub fn forget(&mut self) {
        self.lanes.clear();
        self.asked = None;
    }

    /// Takes in what was made and asks for what is in sight.
    pub fn refresh(&mut self, core: &mut Core, base: &Base, view: Span) {
        if let Some((_, answers)) = &self.thread
            && let Some(last) = answers.try_iter().last()
        {
            self.lanes = last;
        }
        if base.tracks.is_empty() || view.duration() > LONGEST {
            self.lanes.clear();
            self.asked = None;
            return;
        }
        let in_sight = base.tracks.iter().filter(|track| track.start < view.end && view.start < track.end);
        let tracks: Vec<_> = in_sight.take(MOST_TRACKS).collect();
        let key = (tracks.iter().map(|track| (track.id, track.samples)).collect(), view);
        if self.asked.as_ref() == Some(&key) {
            return;
        }
        if self.thread.is_none() {
            let sibling = core.store.sibling();
            let Some(store) = core.ask(sibling) else { return };
            self.thread = begin(store, Arc::clone(&core.wake));
        }
        let name = |track| tr_args("timeline-measures-of", &[("who", base.who(track).into())]);
        let tracks = tracks.into_iter().map(|track| (track.id, name(track))).collect();
        if let Some((ask, _)) = &self.thread
            && ask.send(Request { tracks, span: view }).is_ok()
        {
            self.asked = Some(key);
        }
    }
}

fn begin(store: Store, wake: Arc<dyn Fn() + Send + Sync>) -> Option<(Sender<Request>, Receiver<Vec<MeasureLane>>)> {
    let (ask, asked) = channel::<Request>();
    let (answer, answers) = channel();
    let run = move || {
        while let Ok(first) = asked.recv() {
            // Only the last is still looked at.
            let request = asked.try_iter().last().unwrap_or(first);
            let lanes = request.tracks.iter().filter_map(|(track, name)| lane(&store, *track, name, request.span));
            if answer.send(lanes.collect()).is_err() {
                return;
            }
            wake();
        }
    };
    match std::thread::Builder::new().name("measures".to_owned()).spawn(run) {
        Ok(_) => Some((ask, answers)),
        Err(error) => {
            log::warn!("no thread for measures: {error}");
            None
        }
    }
}

fn lane(store: &Store, track: TrackId, name: &str, span: Span) -> Option<MeasureLane> {
    let read = store.read();
    let channels = read.channels(track).inspect_err(|error| log::warn!("measures: {error}")).ok()?;
    let wanted = WANTED.into_iter().filter(|wanted| channels.iter().any(|channel| channel == wanted)).take(CURVES);
    let curves: Vec<Curve> = wanted.filter_map(|channel| curve(store, track, channel, span)).collect();
    (!curves.is_empty()).then(|| MeasureLane { name: name.to_owned(), curves })
}

fn curve(store: &Store, track: TrackId, channel: &str, span: Span) -> Option<Curve> {
    let chunks = store.read().chunks(track, channel, span).inspect_err(|error| log::warn!("measures: {error}")).ok()?;
    let chunks: Vec<Chunk> = chunks
        .into_iter()
        .map(|chunk| Chunk {
            channel: chunk.channel,
            start: chunk.start,
            end: chunk.end,
            samples: usize::try_from(chunk.samples).unwrap_or(0),
            blob: chunk.blob,
        })
        .collect();
    let samples = codec::decode(&chunks).inspect_err(|error| log::warn!("measures: {error}")).ok()?;
    let values = &samples.channel(channel)?.values;
    let step = (values.len() / POINTS).max(1);
    let points: Vec<(Time, f32)> = samples.times.iter().copied().zip(values.iter().copied()).step_by(step).collect();
    let seen = || points.iter().map(|(_, value)| *value).filter(|value| value.is_finite());
    let (low, high) = seen().fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    if low > high {
        return None;
    }
    let range = (high - low).max(1e-6);
    let brought = |(time, value): &(Time, f32)| (*time, (value - low) / range);
    let pieces = points.split(|(_, value)| !value.is_finite()).map(|piece| piece.iter().map(brought).collect());
    let name = channel.trim_start_matches("measure.").replace(['_', '.'], " ");
    Some(Curve { name, pieces: pieces.filter(|piece: &Vec<_>| piece.len() > 1).collect() })
}
