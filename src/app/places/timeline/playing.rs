//! The playhead: playing, stepping, repeating.

use super::TimelinePlace;
use crate::app::core::{Core, Message};
use crate::app::i18n::tr;
use crate::domain::{Span, Time};
use crate::media::MediaError;
use crate::media::player::PlayerEvent;
use crate::ui::timeline::scale::within;

/// Speeds one steps through.
const SPEEDS: [f64; 8] = [0.5, 0.6, 0.75, 0.9, 1.0, 1.25, 1.5, 2.0];
/// A step where there is no picture.
const STEP: Time = Time::from_millis(40);
/// Part of the width left of the playhead after the view was turned like a page.
const PAGE: i64 = 12;

impl TimelinePlace {
    /// Reads the player: position, picture, what happened. Turns the page when the playhead runs out of sight.
    pub(super) fn refresh_playback(&mut self, core: &mut Core) {
        let mut problems = Vec::new();
        let position = core.position();
        let playing = core.is_playing();
        match &mut core.player {
            Some(player) => {
                while let Some(event) = player.event() {
                    match event {
                        PlayerEvent::Failed(MediaError::NoAudio { .. } | MediaError::NoVideo { .. }) => {}
                        PlayerEvent::Failed(error) => problems.push(error.to_string()),
                        PlayerEvent::DeviceLost(device) => log::warn!("sound card lost: {device}"),
                        PlayerEvent::Ended => self.looping = false,
                        PlayerEvent::Ready { .. } => {}
                    }
                }
                self.playback.frame = player.frame();
                self.playback.frame_span = self.playback.frame.as_ref().map(|frame| player.span_of(frame));
                self.playback.speed = player.speed();
            }
            None => {
                self.playback.frame = None;
                self.playback.frame_span = None;
                self.playback.speed = 1.0;
            }
        }
        for problem in problems {
            core.problem(problem);
        }
        self.playback.position = position;
        self.playback.playing = playing;
        self.playback.mark = self.mark;
        let view = self.state.view.0;
        if playing && !view.contains(position) {
            let length = view.duration();
            let start = position - Time(length.0 / PAGE);
            self.state.view.0 = within(Span { start, end: start + length }, self.model_duration());
        }
    }

    pub(super) fn play_pause(&mut self, core: &mut Core) {
        let position = core.position();
        let Some(player) = &core.player else {
            core.messages.push(Message::Note(tr("timeline-nothing-to-play")));
            return;
        };
        if player.is_playing() {
            player.pause();
            self.looping = false;
            return;
        }
        // A stretch somebody marked is repeated; an annotation that is selected does not hold the playhead.
        if let Some(span) = core.selection.span.filter(|span| span.contains(position)) {
            player.play_span(span, true);
            (self.looping, self.bound) = (true, true);
        } else if self.bound {
            player.play_span(Span { start: position, end: self.model_duration().max(position) }, false);
            self.bound = false;
        } else {
            player.play();
        }
    }

    /// Repeats what is selected, or stops repeating it.
    pub(super) fn repeat(&mut self, core: &mut Core) {
        if self.looping && core.is_playing() {
            if let Some(player) = &core.player {
                player.pause();
            }
            self.looping = false;
            return;
        }
        let Some(span) = self.selected_span(core) else {
            self.play_pause(core);
            return;
        };
        match &core.player {
            Some(player) => {
                player.play_span(span, true);
                (self.looping, self.bound) = (true, true);
            }
            None => core.messages.push(Message::Note(tr("timeline-nothing-to-play"))),
        }
    }

    /// What is selected, as a stretch of time.
    pub(super) fn selected_span(&self, core: &Core) -> Option<Span> {
        let sentence = self.model.sentence.as_ref().and_then(|sentence| sentence.span);
        core.selection.span.or(core.selection.annotation.and(sentence))
    }

    pub(super) fn change_speed(&mut self, core: &mut Core, faster: bool) {
        let Some(player) = &mut core.player else { return };
        let now = player.speed();
        let next = match faster {
            true => SPEEDS.into_iter().find(|speed| *speed > now + 0.01),
            false => SPEEDS.into_iter().rev().find(|speed| *speed < now - 0.01),
        };
        if let Some(next) = next {
            player.set_speed(next);
        }
    }

    /// One picture back or on; without a picture a twenty-fifth of a second.
    pub(super) fn step_frame(&mut self, core: &mut Core, forward: bool) {
        let position = core.position();
        let shown = self.playback.frame_span.filter(|span| span.contains(position));
        let to = match (shown, forward) {
            (Some(span), true) => span.end,
            // Within the picture before, whatever its length.
            (Some(span), false) => span.start - Time::from_millis(1),
            (None, true) => position + STEP,
            (None, false) => position - STEP,
        };
        if let Some(player) = &core.player {
            player.pause();
        }
        self.seek(core, to);
    }

    /// Moves the playhead within the recording, and the view with it.
    pub(super) fn seek(&mut self, core: &mut Core, to: Time) {
        let duration = self.model_duration();
        let to = to.max(Time::ZERO).min(duration);
        core.seek(to);
        self.state.view.0 = crate::ui::timeline::view_showing(self.state.view.0, to, duration);
    }
}
