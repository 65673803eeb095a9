//! The thread that decodes sound and sets the clock.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use super::output::{self, Output};
use super::ring::CHANNELS;
use super::{Command, PlayerEvent, PlayerOptions, Shared};
use crate::domain::{Span, StreamKind, Time};
use crate::media::stretch::Stretch;
use crate::media::{AudioOptions, AudioReader, MediaError, probe};

/// Decodes at most this many frames between two looks at the commands.
const CHUNK: usize = 2048;

/// Runs until the player is dropped.
pub fn run(
    path: &Path,
    options: &PlayerOptions,
    shared: &Arc<Shared>,
    commands: &Receiver<Command>,
    events: &Sender<PlayerEvent>,
) {
    let fail = |error| {
        let _ = events.send(PlayerEvent::Failed(error));
        shared.notify();
    };
    let info = match probe(path) {
        Ok(info) => info,
        Err(error) => return fail(error),
    };
    let device = if options.silent { None } else { output::device(shared) };
    let native = info
        .streams
        .iter()
        .find(|stream| {
            stream.kind == StreamKind::Audio && options.audio_stream.is_none_or(|wanted| wanted == stream.index)
        })
        .and_then(|stream| stream.sample_rate);
    let rate = device.as_ref().map_or(native.unwrap_or(48_000), |(_, rate)| *rate);
    let wanted = AudioOptions { stream: options.audio_stream, rate: Some(rate), channels: Some(2) };
    let reader = match AudioReader::open(path, wanted) {
        Ok(reader) => Some(reader),
        // Pictures alone play along silence.
        Err(MediaError::NoAudio { .. }) => None,
        Err(error) => {
            fail(error);
            None
        }
    };
    let duration = match (info.duration, info.cut_short_at) {
        (Some(duration), Some(cut)) => Some(duration.min(cut)),
        (duration, _) => duration,
    };
    shared.clock().rate = rate;
    let output = device.map_or_else(|| output::silent(shared, rate), |(output, _)| output);
    let ready = PlayerEvent::Ready { duration, device: output.name() };
    let _ = events.send(ready);
    shared.notify();
    let total = duration.map(|duration| frames(duration, rate));
    let source = Source { reader, rate, cursor: 0, total, limit: None };
    let stretch = Stretch::new(rate, CHANNELS, 1.0);
    let mut sound =
        Sound { shared, events, output, source, stretch, rate, speed: 1.0, span: None, done: false, ready: Vec::new() };
    sound.go_to(Time::ZERO);
    sound.serve(commands);
}

fn frames(time: Time, rate: u32) -> i64 {
    (i128::from(time.0) * i128::from(rate) / 1_000_000_000) as i64
}

/// Sound up to a limit, with silence where the recording has picture only.
struct Source {
    reader: Option<AudioReader>,
    rate: u32,
    cursor: i64,
    /// Length of the whole recording in frames; without it the sound's own end counts.
    total: Option<i64>,
    limit: Option<i64>,
}

impl Source {
    fn seek(&mut self, time: Time) -> Result<(), MediaError> {
        self.cursor = frames(time, self.rate);
        match &mut self.reader {
            Some(reader) => reader.seek(time),
            None => Ok(()),
        }
    }

    fn read(&mut self, out: &mut Vec<f32>, wanted: usize) -> Result<usize, MediaError> {
        let end = match (self.limit, self.total) {
            (Some(limit), Some(total)) => limit.min(total),
            (limit, total) => limit.or(total).unwrap_or(i64::MAX),
        };
        let wanted = wanted.min(usize::try_from(end - self.cursor).unwrap_or(0));
        let mut read = match (&mut self.reader, wanted) {
            (_, 0) | (None, _) => 0,
            (Some(reader), _) => reader.read(out, wanted)?,
        };
        if read == 0 && wanted > 0 && self.total.is_some() {
            out.extend(std::iter::repeat_n(0.0, wanted * CHANNELS));
            read = wanted;
        }
        self.cursor += read as i64;
        Ok(read)
    }
}

struct Sound<'a> {
    shared: &'a Arc<Shared>,
    events: &'a Sender<PlayerEvent>,
    output: Output,
    source: Source,
    stretch: Stretch,
    rate: u32,
    speed: f64,
    span: Option<(Span, bool)>,
    /// Everything up to the end is in the ring.
    done: bool,
    ready: Vec<f32>,
}

impl Sound<'_> {
    fn serve(&mut self, commands: &Receiver<Command>) {
        while !self.shared.quit.load(Ordering::Acquire) {
            self.fill();
            self.stop_at_end();
            self.mind_the_device();
            let playing = self.shared.running.load(Ordering::Acquire);
            let room = !self.done && self.shared.ring.room() >= CHUNK;
            let patience = match (room, playing) {
                (true, _) => Duration::ZERO,
                (false, true) => Duration::from_millis(5),
                (false, false) => Duration::from_millis(200),
            };
            let mut next = match commands.recv_timeout(patience) {
                Ok(command) => Some(command),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => break,
            };
            while let Some(command) = next {
                next = commands.try_recv().ok();
                // Of many seeks in a row (dragging) only the last matters.
                if matches!((&command, &next), (Command::Seek(_), Some(Command::Seek(_) | Command::PlaySpan { .. }))) {
                    continue;
                }
                self.obey(command);
            }
        }
        self.shared.running.store(false, Ordering::Release);
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Play => {
                let at_end = self.done && self.shared.ring.consumed() >= self.shared.ring.written();
                if at_end && !self.shared.running.load(Ordering::Acquire) {
                    // After a span, on from there; after the whole, again from the start.
                    let here = self.here();
                    let was_span = self.span.take().is_some();
                    self.source.limit = None;
                    let over = self.source.total.is_some_and(|total| frames(here, self.rate) + 1 >= total);
                    self.go_to(if was_span && !over { here } else { Time::ZERO });
                }
                self.run(true);
            }
            Command::Pause => {
                let here = self.here();
                let was_running = self.shared.running.load(Ordering::Acquire);
                self.run(false);
                // What the card had taken but nobody heard yet is played again on resuming.
                if was_running {
                    self.go_to(here);
                }
            }
            Command::Seek(time) => {
                if self.span.is_some_and(|(span, _)| !span.contains(time)) {
                    self.span = None;
                    self.source.limit = None;
                }
                let time = self.within(time);
                self.go_to(time);
            }
            Command::PlaySpan { span, repeat } => {
                let longest = frames(span.duration(), self.rate);
                self.span = Some((span, repeat && longest > 0));
                self.source.limit = Some(frames(span.end, self.rate));
                let start = self.within(span.start);
                self.go_to(start);
                self.run(true);
            }
            Command::Speed(speed) => {
                let here = self.here();
                self.speed = speed;
                self.go_to(here);
            }
        }
        self.shared.wake_up();
    }

    fn within(&self, time: Time) -> Time {
        let end =
            self.source.total.map(|total| Time((i128::from(total) * 1_000_000_000 / i128::from(self.rate)) as i64));
        end.map_or(time, |end| time.min(end))
    }

    fn here(&self) -> Time {
        self.shared.place(Duration::ZERO).time
    }

    fn run(&self, playing: bool) {
        let mut clock = self.shared.clock();
        clock.playing = playing;
        clock.anchor = None;
        self.shared.running.store(playing, Ordering::Release);
    }

    /// Everything decoded ahead is dropped; the next frame heard is that of `time`.
    fn go_to(&mut self, time: Time) {
        self.ready.clear();
        self.done = false;
        if let Err(error) = self.source.seek(time) {
            let _ = self.events.send(PlayerEvent::Failed(error));
            self.done = true;
        }
        self.stretch = Stretch::new(self.rate, CHANNELS, self.speed);
        self.shared.ring.drop_all();
        let from = self.shared.ring.written();
        let mut clock = self.shared.clock();
        clock.stretches.clear();
        clock.push(from, time, self.speed);
        clock.anchor = None;
        clock.end = self.done.then_some(from);
        // A later seek may already be waiting.
        if clock.pending.is_none_or(|pending| self.within(pending) == time) {
            clock.pending = None;
        }
        drop(clock);
        self.shared.wake_up();
    }

    /// Decodes one chunk into the ring, if there is room.
    fn fill(&mut self) {
        if self.done || self.shared.ring.room() < CHUNK {
            return;
        }
        if self.ready.is_empty() {
            let source = &mut self.source;
            let read = self.stretch.read(&mut self.ready, CHUNK, |out, wanted| source.read(out, wanted));
            match read {
                Ok(0) => return self.come_to_end(),
                Ok(_) => {}
                Err(error) => {
                    let _ = self.events.send(PlayerEvent::Failed(error));
                    return self.come_to_end();
                }
            }
        }
        let written = self.shared.ring.write(&self.ready);
        self.ready.drain(..written * CHANNELS);
        let heard = self.shared.ring.consumed();
        // The card may still be playing a little of what it took.
        self.shared.clock().prune(heard.saturating_sub(u64::from(self.rate)));
    }

    fn come_to_end(&mut self) {
        let from = self.shared.ring.written();
        match self.span {
            Some((span, true)) if self.source.seek(span.start).is_ok() && self.turns(from) => {
                self.stretch = Stretch::new(self.rate, CHANNELS, self.speed);
                self.shared.clock().push(from, span.start, self.speed);
            }
            _ => {
                self.done = true;
                self.shared.clock().end = Some(from);
            }
        }
    }

    /// Whether the pass that ends at `from` had any sound: a span past the recording's end must not spin.
    fn turns(&self, from: u64) -> bool {
        self.shared.clock().stretches.back().is_some_and(|last| last.from < from)
    }

    fn stop_at_end(&mut self) {
        if !self.done || !self.shared.running.load(Ordering::Acquire) {
            return;
        }
        let end = self.shared.ring.written();
        let heard = self.shared.clock().heard(self.shared.ring.consumed(), Instant::now());
        if heard >= end as f64 && self.shared.ring.consumed() >= end {
            self.run(false);
            self.shared.wanted.store(false, Ordering::Release);
            let _ = self.events.send(PlayerEvent::Ended);
            self.shared.notify();
        }
    }

    fn mind_the_device(&mut self) {
        if self.shared.device_lost.swap(false, Ordering::AcqRel)
            && let Some(name) = self.output.name()
        {
            self.output = output::silent(self.shared, self.rate);
            let _ = self.events.send(PlayerEvent::DeviceLost(name));
            self.shared.notify();
        }
    }
}
