//! Playback: sound is the clock, pictures follow it, and nobody who calls in here ever waits.
//!
//! Three threads: one decodes sound, stretches it and fills a [`ring`]; the sound card (or, without one, a clock that
//! runs in real time) empties it; one decodes pictures a little ahead. The caller sends commands and reads
//! [`Player::position`] and [`Player::frame`].

mod clock;
mod output;
mod picture;
mod ring;
mod sound;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::{MediaError, VideoFrame};
use crate::domain::{Span, Time};
use clock::Clock;
use ring::Ring;

pub use super::stretch::SPEEDS;

/// How to play.
#[derive(Clone, Default)]
pub struct PlayerOptions {
    /// Index of the stream of sound; the first if `None`.
    pub audio_stream: Option<usize>,
    /// Index of the stream of picture; the first if `None`.
    pub video_stream: Option<usize>,
    /// Neither side of a picture is larger than this, pixels.
    pub max_side: Option<u32>,
    /// Uses no sound card even if there is one.
    pub silent: bool,
    /// Called from another thread when there is something new to draw or an event to read: ask for a repaint here.
    pub notify: Option<Arc<dyn Fn() + Send + Sync>>,
}

/// What happened since the last look.
#[derive(Debug)]
pub enum PlayerEvent {
    /// The recording is open. `device` names the sound card, `None` if the silent clock is used.
    Ready { duration: Option<Time>, device: Option<String> },
    /// The end of the recording or of the span was heard; playback stands there.
    Ended,
    /// The sound card went away; playback goes on without sound.
    DeviceLost(String),
    /// Sound or picture cannot be played. The other one still may.
    Failed(MediaError),
}

enum Command {
    Play,
    Pause,
    Seek(Time),
    PlaySpan { span: Span, repeat: bool },
    Speed(f64),
}

struct TimedFrame {
    pass: u64,
    frame: VideoFrame,
}

/// What the threads share.
struct Shared {
    ring: Ring,
    clock: Mutex<Clock>,
    /// Whether the sound card takes frames now.
    running: AtomicBool,
    /// What the caller last asked for.
    wanted: AtomicBool,
    quit: AtomicBool,
    device_lost: AtomicBool,
    volume: AtomicU32,
    changed: Mutex<u64>,
    wake: Condvar,
    notify: Option<Arc<dyn Fn() + Send + Sync>>,
}

impl Shared {
    fn clock(&self) -> MutexGuard<'_, Clock> {
        self.clock.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Tells the picture thread that the clock was set.
    fn wake_up(&self) {
        *self.changed.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) += 1;
        self.wake.notify_all();
    }

    fn sleep(&self, longest: Duration) {
        let changed = self.changed.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        drop(self.wake.wait_timeout(changed, longest));
    }

    fn notify(&self) {
        if let Some(notify) = &self.notify {
            notify();
        }
    }

    /// The place heard at this moment, `ahead` of it if asked.
    fn place(&self, ahead: Duration) -> clock::Place {
        let clock = self.clock();
        let heard = clock.heard(self.ring.consumed(), Instant::now());
        let ahead = if clock.playing { ahead.as_secs_f64() * f64::from(clock.rate) } else { 0.0 };
        clock.place(heard + ahead)
    }

    /// Fills a buffer of the sound card (stereo), the first frame of which is heard at `at`.
    fn pull(&self, out: &mut [f32], at: Instant) {
        if !self.running.load(Ordering::Acquire) {
            self.ring.pass_dropped();
            out.fill(0.0);
            return;
        }
        let first = self.ring.consumed();
        let length = self.ring.read(out) as u64;
        let volume = f32::from_bits(self.volume.load(Ordering::Relaxed));
        if volume != 1.0 {
            out.iter_mut().for_each(|sample| *sample = (*sample * volume).clamp(-1.0, 1.0));
        }
        // Must not wait here; if somebody reads the clock right now, the next buffer sets it.
        if let Ok(mut clock) = self.clock.try_lock() {
            clock.anchor = Some(clock::Anchor { first, length, at });
        }
    }
}

/// One recording being played. Dropping it stops playback.
pub struct Player {
    path: PathBuf,
    shared: Arc<Shared>,
    commands: Sender<Command>,
    events: Receiver<PlayerEvent>,
    frames: Receiver<TimedFrame>,
    waiting: VecDeque<TimedFrame>,
    shown: Option<(u64, Arc<VideoFrame>)>,
    speed: f64,
    threads: Vec<JoinHandle<()>>,
}

/// Frames of sound decoded ahead: a third of a second at 48 kHz.
const RING_FRAMES: usize = 16_384;
/// Pictures decoded ahead.
const PICTURES: usize = 6;

impl Player {
    /// Opens a recording for playing, paused at its start. Returns at once; what goes wrong comes as an event.
    pub fn open(path: &Path, options: PlayerOptions) -> Self {
        let shared = Arc::new(Shared {
            ring: Ring::new(RING_FRAMES),
            clock: Mutex::new(Clock::new(48_000)),
            running: AtomicBool::new(false),
            wanted: AtomicBool::new(false),
            quit: AtomicBool::new(false),
            device_lost: AtomicBool::new(false),
            volume: AtomicU32::new(1.0f32.to_bits()),
            changed: Mutex::new(0),
            wake: Condvar::new(),
            notify: options.notify.clone(),
        });
        let (commands, command_queue) = mpsc::channel();
        let (event_sender, events) = mpsc::channel();
        let (frame_sender, frames) = mpsc::sync_channel(PICTURES);
        let mut threads = Vec::new();
        let mut start = |name: &str, run: Box<dyn FnOnce() + Send>| match std::thread::Builder::new()
            .name(name.into())
            .spawn(run)
        {
            Ok(thread) => threads.push(thread),
            Err(source) => {
                let failed = MediaError::Unreadable { path: path.to_owned(), source };
                let _ = event_sender.send(PlayerEvent::Failed(failed));
            }
        };
        let sound = (path.to_owned(), options.clone(), Arc::clone(&shared), event_sender.clone());
        start("sound", Box::new(move || sound::run(&sound.0, &sound.1, &sound.2, &command_queue, &sound.3)));
        let picture = (path.to_owned(), options, Arc::clone(&shared), event_sender.clone());
        start("picture", Box::new(move || picture::run(&picture.0, &picture.1, &picture.2, &frame_sender, &picture.3)));
        Self {
            path: path.to_owned(),
            shared,
            commands,
            events,
            frames,
            waiting: VecDeque::new(),
            shown: None,
            speed: 1.0,
            threads,
        }
    }

    /// The recording.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Plays on from where it stands; from the start if it stands at the end.
    pub fn play(&self) {
        self.shared.wanted.store(true, Ordering::Release);
        self.send(Command::Play);
    }

    /// Stops where it is.
    pub fn pause(&self) {
        self.shared.wanted.store(false, Ordering::Release);
        self.send(Command::Pause);
    }

    /// Plays or pauses.
    pub fn toggle(&self) {
        if self.is_playing() { self.pause() } else { self.play() }
    }

    /// Goes to a moment, playing or not. Within the span being played the span goes on; elsewhere it is left.
    pub fn seek(&self, time: Time) {
        let time = time.max(Time::ZERO);
        self.shared.clock().pending = Some(time);
        self.send(Command::Seek(time));
    }

    /// Plays one span, once or again and again.
    pub fn play_span(&self, span: Span, repeat: bool) {
        let span = Span::new(span.start.max(Time::ZERO), span.end.max(Time::ZERO));
        self.shared.clock().pending = Some(span.start);
        self.shared.wanted.store(true, Ordering::Release);
        self.send(Command::PlaySpan { span, repeat });
    }

    /// Plays slower or faster at the same pitch; kept within [`SPEEDS`].
    pub fn set_speed(&mut self, speed: f64) {
        if speed.is_finite() {
            self.speed = speed.clamp(*SPEEDS.start(), *SPEEDS.end());
            self.send(Command::Speed(self.speed));
        }
    }

    /// The speed last asked for.
    pub fn speed(&self) -> f64 {
        self.speed
    }

    /// Loudness: 0 is silence, 1 as recorded, at most 4.
    pub fn set_volume(&self, volume: f32) {
        let volume = if volume.is_finite() { volume.clamp(0.0, 4.0) } else { 1.0 };
        self.shared.volume.store(volume.to_bits(), Ordering::Relaxed);
    }

    /// Whether it plays, as last asked for.
    pub fn is_playing(&self) -> bool {
        self.shared.wanted.load(Ordering::Acquire)
    }

    /// The moment that is heard now, to the sample; after a seek, the moment sought.
    pub fn position(&self) -> Time {
        let pending = self.shared.clock().pending;
        pending.unwrap_or_else(|| self.shared.place(Duration::ZERO).time)
    }

    /// The picture to show now, `None` until the first is there and for recordings without picture. Cheap when nothing
    /// changed; the same `Arc` comes back as long as the picture is the same.
    pub fn frame(&mut self) -> Option<Arc<VideoFrame>> {
        while self.waiting.len() <= PICTURES
            && let Ok(frame) = self.frames.try_recv()
        {
            self.waiting.push_back(frame);
        }
        let place = self.shared.place(Duration::ZERO);
        while let Some(front) = self.waiting.front() {
            let first_of_pass = self.shown.as_ref().is_none_or(|(pass, _)| *pass != place.pass);
            if front.pass > place.pass || (front.pass == place.pass && front.frame.time > place.time && !first_of_pass)
            {
                break;
            }
            let Some(front) = self.waiting.pop_front() else { break };
            // What was decoded for an earlier pass is old, but better than nothing.
            if front.pass == place.pass || self.shown.is_none() {
                self.shown = Some((front.pass, Arc::new(front.frame)));
            }
        }
        self.shown.as_ref().map(|(_, frame)| Arc::clone(frame))
    }

    /// The next event, if there is one.
    pub fn event(&self) -> Option<PlayerEvent> {
        self.events.try_recv().ok()
    }

    fn send(&self, command: Command) {
        // Fails only if the thread has ended, and then an event has said why.
        let _ = self.commands.send(command);
        self.shared.wake_up();
    }
}

impl Drop for Player {
    /// Lets the threads end by themselves: joining could wait for the disk.
    fn drop(&mut self) {
        self.shared.quit.store(true, Ordering::Release);
        self.shared.running.store(false, Ordering::Release);
        self.send(Command::Pause);
        self.threads.clear();
    }
}
