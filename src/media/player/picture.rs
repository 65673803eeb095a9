//! The thread that decodes pictures a little ahead of the sound.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Sender, SyncSender, TrySendError};
use std::time::Duration;

use super::{PlayerEvent, PlayerOptions, Shared, TimedFrame};
use crate::domain::Time;
use crate::media::{MediaError, VideoFrame, VideoOptions, VideoReader};

/// How far ahead of the sound pictures are made.
const LEAD: Duration = Duration::from_millis(120);
/// Further behind than this, pictures are left out to catch up.
const LATE: Time = Time(80_000_000);

/// Runs until the player is dropped, or the recording has no picture.
pub fn run(
    path: &Path,
    options: &PlayerOptions,
    shared: &Arc<Shared>,
    frames: &SyncSender<TimedFrame>,
    events: &Sender<PlayerEvent>,
) {
    let wanted = VideoOptions { stream: options.video_stream, max_side: options.max_side };
    let reader = match VideoReader::open(path, wanted) {
        Ok(reader) => reader,
        Err(MediaError::NoVideo { .. }) => return,
        Err(error) => return fail(shared, events, error),
    };
    if let Err(error) = follow(reader, shared, frames) {
        fail(shared, events, error);
    }
}

fn fail(shared: &Shared, events: &Sender<PlayerEvent>, error: MediaError) {
    let _ = events.send(PlayerEvent::Failed(error));
    shared.notify();
}

fn follow(mut reader: VideoReader, shared: &Shared, frames: &SyncSender<TimedFrame>) -> Result<(), MediaError> {
    // The pass and the frame made last.
    let mut last: Option<(u64, Time, Time)> = None;
    while !shared.quit.load(Ordering::Acquire) {
        let place = shared.place(LEAD);
        let frame: Option<VideoFrame> = match last {
            Some((pass, time, end)) if pass == place.pass && place.time >= time => {
                let now = shared.place(Duration::ZERO);
                if place.time < end {
                    None
                } else if now.pass == place.pass && now.time > end + LATE {
                    // The last picture stays while the sound goes on.
                    if reader.time_at(now.time)? > time { Some(reader.frame_at(now.time)?) } else { None }
                } else {
                    reader.next_frame()?
                }
            }
            _ => Some(reader.frame_at(place.pass_start)?),
        };
        let Some(frame) = frame else {
            let playing = shared.running.load(Ordering::Acquire);
            shared.sleep(Duration::from_millis(if playing { 4 } else { 200 }));
            continue;
        };
        last = Some((place.pass, frame.time, frame.end));
        let mut frame = TimedFrame { pass: place.pass, frame };
        loop {
            match frames.try_send(frame) {
                Ok(()) => break,
                Err(TrySendError::Disconnected(_)) => return Ok(()),
                Err(TrySendError::Full(back)) => frame = back,
            }
            if shared.quit.load(Ordering::Acquire) {
                return Ok(());
            }
            // Nobody draws at the moment; what is waiting there goes out of date with the next seek.
            shared.sleep(Duration::from_millis(10));
            if shared.place(LEAD).pass != frame.pass {
                break;
            }
        }
        shared.notify();
    }
    Ok(())
}
