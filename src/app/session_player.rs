//! The recording that is open for playing, on the session's timeline: whoever plays need not know its offset.

use std::path::Path;
use std::sync::Arc;

use crate::domain::{Media, MediaId, Span, Time};
use crate::media::VideoFrame;
use crate::media::player::{Player, PlayerEvent, PlayerOptions};

/// A player whose every time is on the session's timeline. Before the recording's own start it stands at that start.
pub struct SessionPlayer {
    media: MediaId,
    offset: Time,
    player: Player,
}

impl SessionPlayer {
    /// Opens a recording, paused at its start. Returns at once; what goes wrong comes as an event.
    pub fn open(media: &Media, file: &Path, options: PlayerOptions) -> Self {
        Self { media: media.id, offset: media.offset, player: Player::open(file, options) }
    }
    /// Whether it plays this recording from where it lies now.
    pub fn plays(&self, media: &Media) -> bool {
        self.media == media.id && self.offset == media.offset
    }
    /// Which recording it plays.
    pub fn media(&self) -> MediaId {
        self.media
    }
    /// Where the recording starts on the session's timeline.
    pub fn offset(&self) -> Time {
        self.offset
    }
    /// The moment that is heard now.
    pub fn position(&self) -> Time {
        self.player.position() + self.offset
    }
    /// Goes to a moment, playing or not.
    pub fn seek(&self, time: Time) {
        self.player.seek(time - self.offset);
    }
    /// Plays on from where it stands.
    pub fn play(&self) {
        self.player.play();
    }
    /// Stops where it is.
    pub fn pause(&self) {
        self.player.pause();
    }
    /// Plays a span, once or again and again.
    pub fn play_span(&self, span: Span, repeat: bool) {
        self.player.play_span(span.earlier(self.offset), repeat);
    }
    /// Whether it plays.
    pub fn is_playing(&self) -> bool {
        self.player.is_playing()
    }
    /// The speed last asked for; 1 is as recorded.
    pub fn speed(&self) -> f64 {
        self.player.speed()
    }
    /// Plays slower or faster at the same pitch.
    pub fn set_speed(&mut self, speed: f64) {
        self.player.set_speed(speed);
    }
    /// The picture to show now. Its own times are the recording's: see [`Self::span_of`].
    pub fn frame(&mut self) -> Option<Arc<VideoFrame>> {
        self.player.frame()
    }
    /// When a picture of this recording is shown, on the session's timeline.
    pub fn span_of(&self, frame: &VideoFrame) -> Span {
        Span { start: frame.time, end: frame.end }.later(self.offset)
    }
    /// The next event, if there is one.
    pub fn event(&self) -> Option<PlayerEvent> {
        self.player.event()
    }
}
