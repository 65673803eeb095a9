//! Watches a stretch of video: one thread decodes, one follows faces, one follows bodies, and what they see is told in
//! order.
//!
//! Time is cut into blocks that begin at fixed moments of the file, and moments looked at lie on a fixed grid. Who is
//! followed is looked for anew at the beginning of every block, so that what is seen in a frame hangs on its block
//! alone: a part of a recording gives the numbers that the whole gives, and work taken up again at a block goes on as if
//! it had never stopped.

use std::io::Write;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Instant;

use fieldgloss::analysis::FrameObservation;
use fieldgloss::analysis::models::Region;
use fieldgloss::domain::{Span, Time};
use fieldgloss::jobs::protocol::{Analyse, Answer, BLOCK, Fault};
use fieldgloss::media::{MediaError, VideoOptions, VideoReader};
use fieldgloss_worker::models::own::OwnModel;
use fieldgloss_worker::models::{ModelName, Networks, Picture};

use crate::look::{Looker, rgb_of};
use crate::serve::{PROGRESS_EVERY, Stop, Voice, Wishes, failed, needed, used};

/// Frames that wait for each follower: enough to even out the frames in which the detectors run.
const AHEAD: usize = 3;

/// A frame that begins so soon after a moment is the one shown then: containers round times, Matroska to the
/// millisecond, and a moment of the grid would fall between a frame's true time and the one written down.
const ROUNDED: Time = Time(1_000_000);

/// The moments to look at, numbered from the beginning of the file.
#[derive(Clone, Debug)]
pub struct Grid {
    /// Nanoseconds between two of them.
    pace: f64,
    /// Where nothing asks for more, every so many-th is looked at.
    every: u64,
    /// Stretches in which each is looked at; all of the file when `None`.
    dense: Option<Vec<Span>>,
}

impl Grid {
    pub fn of(what: &Analyse) -> Self {
        let every = what.sparse_fps.map_or(1, |sparse| (what.fps / sparse).round().max(1.0) as u64);
        Self { pace: 1e9 / what.fps, every, dense: what.sparse_fps.is_some().then(|| what.dense.clone()) }
    }

    fn time(&self, slot: u64) -> Time {
        Time((slot as f64 * self.pace) as i64)
    }

    /// The first moment that is not before `time`.
    fn first(&self, time: Time) -> u64 {
        let near = (time.0.max(0) as f64 / self.pace) as u64;
        (near.saturating_sub(1)..).find(|slot| self.time(*slot) >= time).unwrap_or(near)
    }

    fn wanted(&self, slot: u64) -> bool {
        let Some(dense) = &self.dense else { return true };
        let time = self.time(slot);
        slot.is_multiple_of(self.every) || dense.iter().any(|span| span.start <= time && time < span.end)
    }

    fn block(&self, slot: u64) -> i64 {
        self.time(slot).0 / BLOCK.0
    }

    /// How many moments are looked at in a stretch.
    fn count(&self, from: u64, to: u64) -> u64 {
        (from..to).filter(|slot| self.wanted(*slot)).count() as u64
    }
}

struct Still {
    time: Time,
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

/// What a follower is given.
#[derive(Clone)]
enum Task {
    /// Only how bright it is: the frame before the first.
    Glance(Arc<Still>),
    /// `anew`: a block begins with it.
    Look { still: Arc<Still>, anew: bool },
}

/// What the decoder tells the teller, in order.
enum News {
    /// A block begins.
    Block(Time),
    Frame {
        slot: u64,
    },
    /// Moments passed over: the same frame again.
    Passed(u64),
    Unreadable,
    End {
        damaged: u64,
    },
    Failed(MediaError),
}

pub fn analyse<W: Write>(what: &Analyse, voice: &Voice<W>, wishes: &Wishes) -> Result<(), Stop> {
    let positive = |fps: f64| fps.is_finite() && fps > 0.0;
    if !positive(what.fps) || !what.sparse_fps.is_none_or(positive) {
        return Err(failed(Fault::Request, format!("{} frames a second cannot be looked at", what.fps)));
    }
    let begun = Instant::now();
    // The file first: a wrong one is told at once, not after the models have loaded.
    let mut video = open(what)?;
    let start = what.start.unwrap_or_default().max(Time::ZERO);
    let length = video.duration();
    if let Some(length) = length.filter(|length| *length > Time::ZERO && start >= *length) {
        return Err(failed(Fault::Media, format!("the video is {length} long, and {start} lies after its end")));
    }
    if let Some(end) = what.end.filter(|end| *end <= start) {
        return Err(failed(Fault::Request, format!("{end} does not lie after {start}")));
    }
    let first = video.frame_at(start)?;
    let end = what.end.or(length);
    drop(video);
    let wanted = needed(&what.models)?;
    let (of_faces, of_bodies): (Vec<ModelName>, Vec<ModelName>) = wanted.iter().partition(|name| sees_faces(**name));
    let faces = Networks::load(&what.model_dir, &of_faces)?;
    let bodies = Networks::load(&what.model_dir, &of_bodies)?;
    let mut models = used(&faces, &wanted);
    models.extend(used(&bodies, &wanted));
    let own = crate::own::load(&what.own)?;
    models.extend(own.iter().map(OwnModel::used));
    let (own_faces, own_bodies): (Vec<OwnModel>, Vec<OwnModel>) =
        own.into_iter().partition(|model| model.region() == Some(Region::Face));
    voice.say(&Answer::Started { models: models.clone(), width: first.width, height: first.height })?;

    let grid = Grid::of(what);
    let told_from = grid.first(what.from.unwrap_or_default().max(start));
    let total = end.map_or(0, |end| grid.count(grid.first(start), grid.first(end)).max(1));
    let mut teller = Teller {
        voice,
        wishes,
        begun,
        reported: Instant::now(),
        before: grid.count(grid.first(start), told_from),
        passed: 0,
        total,
        frames: 0,
        skipped: 0,
    };
    let parts: Vec<(&Networks, Vec<OwnModel>)> =
        [(&faces, own_faces, of_faces.is_empty()), (&bodies, own_bodies, of_bodies.is_empty())]
            .into_iter()
            .filter(|(_, _, none)| !none)
            .map(|(networks, own, _)| (networks, own))
            .collect();
    let finished = std::thread::scope(|scope| {
        let (news, told) = sync_channel(AHEAD * 8);
        let (mut tasks, mut seen) = (Vec::new(), Vec::new());
        for (networks, own) in parts {
            let (give, take) = sync_channel::<Task>(AHEAD);
            let (answer, answers) = sync_channel(AHEAD);
            tasks.push(give);
            seen.push(answers);
            scope.spawn(move || follow(&Looker::new(networks), &own, &take, &answer));
        }
        let decoding = &grid;
        scope.spawn(move || {
            let sent = decode(what, decoding, &news, &tasks);
            if let Err(Some(error)) = sent {
                let _ = news.send(News::Failed(error));
            }
        });
        // Whoever waits to hand something over gives up when the receivers go, with the end of this call.
        teller.tell(&told, &seen, told_from)
    })?;
    if !finished {
        return Ok(voice.say(&Answer::Cancelled { frames: teller.frames })?);
    }
    if teller.frames == 0 && what.from.is_none() {
        return Err(failed(Fault::Media, "no frame could be looked at in the stretch asked for"));
    }
    voice.say(&Answer::Done { frames: teller.frames, models, seconds: begun.elapsed().as_secs_f64() })?;
    Ok(())
}

/// Faces and bodies are followed side by side, each with their own networks.
fn sees_faces(name: ModelName) -> bool {
    ["face", "expression"].iter().any(|part| name.folder().starts_with(part))
}

fn open(what: &Analyse) -> Result<VideoReader, MediaError> {
    VideoReader::open(&what.path, VideoOptions { stream: what.stream, max_side: None })
}

/// What a follower sees in a frame; `None` when the frame cannot be read.
type Seen = Result<Option<FrameObservation>, Stop>;

/// What the networks see in a frame, and what the user's own models say about it.
fn see(
    looker: &mut Looker<'_>,
    own: &[OwnModel],
    picture: &Picture<'_>,
    still: &Still,
) -> Result<FrameObservation, Stop> {
    let mut seen = looker.look(picture, &still.rgb, still.time)?;
    crate::own::look(own, picture, &mut seen)?;
    Ok(seen)
}

/// Follows faces or bodies, frame after frame, until nobody gives or takes any more.
fn follow(looker: &Looker<'_>, own: &[OwnModel], tasks: &Receiver<Task>, answers: &SyncSender<Seen>) {
    let mut looker = looker.restarted();
    for task in tasks {
        let answer = match &task {
            Task::Glance(still) => {
                if let Ok(picture) = Picture::new(still.width, still.height, &still.rgb) {
                    looker.glance(&picture, &still.rgb);
                }
                continue;
            }
            Task::Look { still, anew } => {
                if *anew {
                    looker = looker.restarted();
                }
                match Picture::new(still.width, still.height, &still.rgb) {
                    Ok(picture) => see(&mut looker, own, &picture, still).map(Some),
                    Err(error) => {
                        log::warn!("frame at {}: {error}", still.time);
                        Ok(None)
                    }
                }
            }
        };
        if answers.send(answer).is_err() {
            return;
        }
    }
}

/// Finds the frames of the grid and hands them round. `Err(None)`: nobody listens any more.
fn decode(
    what: &Analyse,
    grid: &Grid,
    news: &SyncSender<News>,
    tasks: &[SyncSender<Task>],
) -> Result<(), Option<MediaError>> {
    let gone = |_| None::<MediaError>;
    let give = |task: &Task| tasks.iter().try_for_each(|to| to.send(task.clone()).map_err(|_| None::<MediaError>));
    let mut video = open(what).map_err(Some)?;
    let asked = grid.first(what.from.or(what.start).unwrap_or_default().max(Time::ZERO));
    // From the beginning of the block: what is followed there must be known.
    let mut slot = grid.first(Time(grid.block(asked) * BLOCK.0));
    let mut last: Option<Time> = None;
    let mut block = None;
    if let Some(before) = (0..slot).rev().find(|slot| grid.wanted(*slot)) {
        let frame = video.frame_at(grid.time(before) + ROUNDED).map_err(Some)?;
        last = Some(frame.time);
        block = Some(grid.block(before));
        give(&Task::Glance(still(&frame)))?;
    }
    loop {
        let time = grid.time(slot);
        if what.end.is_some_and(|end| time >= end) {
            break;
        }
        slot += 1;
        if !grid.wanted(slot - 1) {
            continue;
        }
        // A slow video shows the same frame at several of our moments: it is looked at once.
        let at = time + ROUNDED;
        let shown = video.time_at(at).map_err(Some)?;
        if last.is_some_and(|last| shown <= last) {
            if video.next_frame_time(at).map_err(Some)?.is_none() {
                break;
            }
            news.send(News::Passed(slot - 1)).map_err(|e| gone(e.to_string()))?;
            continue;
        }
        last = Some(shown);
        let here = Some(grid.block(slot - 1));
        let anew = block != here;
        block = here;
        if anew {
            let begins = Time(grid.block(slot - 1) * BLOCK.0);
            news.send(News::Block(begins)).map_err(|e| gone(e.to_string()))?;
        }
        let frame = video.frame_at(at).map_err(Some)?;
        if frame.width == 0 || frame.height == 0 {
            news.send(News::Unreadable).map_err(|e| gone(e.to_string()))?;
            continue;
        }
        give(&Task::Look { still: still(&frame), anew })?;
        news.send(News::Frame { slot: slot - 1 }).map_err(|e| gone(e.to_string()))?;
    }
    news.send(News::End { damaged: video.damaged() }).map_err(|e| gone(e.to_string()))
}

fn still(frame: &fieldgloss::media::VideoFrame) -> Arc<Still> {
    Arc::new(Still {
        time: frame.time,
        width: frame.width as usize,
        height: frame.height as usize,
        rgb: rgb_of(&frame.rgba),
    })
}

struct Teller<'a, W> {
    voice: &'a Voice<W>,
    wishes: &'a Wishes,
    begun: Instant,
    reported: Instant,
    /// Moments of the stretch that an earlier run looked at, that this one has passed, and all of them.
    before: u64,
    passed: u64,
    total: u64,
    frames: u64,
    skipped: u64,
}

impl<W: Write> Teller<'_, W> {
    /// Tells what the followers see; whether the end was reached.
    fn tell(&mut self, news: &Receiver<News>, seen: &[Receiver<Seen>], from: u64) -> Result<bool, Stop> {
        let mut block = None;
        for what in news {
            if self.wishes.stop(self.voice) {
                return Ok(false);
            }
            self.voice.step();
            match what {
                News::Block(at) => block = Some(at),
                News::Passed(slot) => self.passed += u64::from(slot >= from),
                News::Unreadable => self.skipped += 1,
                News::Frame { slot } => {
                    let mut whole: Option<FrameObservation> = None;
                    let mut missing = seen.is_empty();
                    for answers in seen {
                        // A follower that is gone has panicked, and the scope tells of it.
                        let Ok(answer) = answers.recv() else { return Ok(false) };
                        match (answer?, &mut whole) {
                            (None, _) => missing = true,
                            (Some(part), None) => whole = Some(part),
                            (Some(part), Some(whole)) => whole.bodies = part.bodies,
                        }
                    }
                    // The frames before what was asked for only say who is followed.
                    if slot >= from {
                        if let Some(at) = block.take() {
                            self.voice.say(&Answer::Block { at })?;
                        }
                        self.passed += 1;
                        match whole.filter(|_| !missing) {
                            Some(frame) => {
                                self.frames += 1;
                                self.voice.say(&Answer::Frame(frame))?;
                            }
                            None => self.skipped += 1,
                        }
                    }
                }
                News::End { damaged } => {
                    if self.skipped > 0 || damaged > 0 {
                        log::warn!("{} frames skipped, {damaged} packets damaged", self.skipped);
                    }
                    return Ok(true);
                }
                News::Failed(error) => return Err(error.into()),
            }
            self.report()?;
        }
        Ok(false)
    }

    fn report(&mut self) -> Result<(), Stop> {
        if self.reported.elapsed() < PROGRESS_EVERY || self.passed == 0 {
            return Ok(());
        }
        self.reported = Instant::now();
        let done = self.before + self.passed;
        let left = self.total.saturating_sub(done) as f64;
        let eta = (self.total > 0).then(|| self.begun.elapsed().as_secs_f64() / self.passed as f64 * left);
        self.voice.say(&Answer::Progress { done, total: self.total.max(done), eta })?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(fps: f64, sparse: Option<f64>, dense: &[(i64, i64)]) -> Grid {
        let span = |(from, to): &(i64, i64)| Span::new(Time::from_millis(*from), Time::from_millis(*to));
        let what = Analyse { fps, sparse_fps: sparse, dense: dense.iter().map(span).collect(), ..Analyse::default() };
        Grid::of(&what)
    }

    #[test]
    fn moments_are_the_same_wherever_one_begins() {
        let grid = grid(10.0, None, &[]);
        assert_eq!(grid.first(Time::from_millis(5_000)), 50);
        assert_eq!(grid.first(Time::from_millis(5_001)), 51);
        assert_eq!(grid.time(51), Time::from_millis(5_100));
        assert_eq!((grid.block(99), grid.block(100)), (0, 1));
    }

    #[test]
    fn where_nothing_happens_few_moments_are_looked_at() {
        let grid = grid(10.0, Some(1.0), &[(2_000, 3_000)]);
        let looked: Vec<u64> = (0..50).filter(|slot| grid.wanted(*slot)).collect();
        let expected: Vec<u64> = [0, 10].into_iter().chain(20..30).chain([30, 40]).collect();
        assert_eq!(looked, expected);
        assert_eq!(grid.count(0, 50), 14);
    }
}
