//! What is drawn over the video, and what of it must not be seen.

use std::sync::Arc;

use eframe::egui::vec2;

use super::base::Base;
use crate::app::core::Core;
use crate::app::places::people::curves::Curves;
use crate::app::places::people::drawing::Scene;
use crate::app::show::Shown;
use crate::app::veil::Veil;
use crate::domain::{StreamKind, Time, TrackId};
use crate::ui::timeline::Playback;

/// The strokes over the picture, made anew for every other picture.
#[derive(Default)]
pub(super) struct Overlay {
    curves: Curves,
    veil: Veil,
    drawn: Option<(Time, Shown, Option<TrackId>)>,
}

impl Overlay {
    /// The project changed: what was read may be old.
    pub fn clear(&mut self) {
        self.curves.clear();
        self.drawn = None;
    }

    /// Hides faces in the picture shown, and draws over it.
    pub fn refresh(&mut self, core: &mut Core, base: &Base, playback: &mut Playback) {
        let media = core.player.as_ref().map(|player| player.media());
        let stream = base
            .media
            .iter()
            .find(|own| Some(own.id) == media)
            .and_then(|own| own.streams.iter().find(|stream| stream.kind == StreamKind::Video));
        let full =
            vec2(stream.and_then(|s| s.width).unwrap_or(0) as f32, stream.and_then(|s| s.height).unwrap_or(0) as f32);
        playback.full = full;
        let moment = playback.frame_span.map_or(playback.position, |span| span.start);
        (playback.hidden, playback.veiled) = (false, Veil::is_down(core));
        if Veil::is_down(core)
            && let Some(frame) = &playback.frame
        {
            let covered = media.and_then(|media| self.veil.frame(core, frame, (media, moment), full.x));
            playback.hidden = covered.is_none();
            playback.frame = covered;
        }
        let selected = core.selection.tag.and(core.selection.track);
        let now = (moment, core.shown, selected);
        if self.drawn == Some(now) {
            return;
        }
        self.drawn = Some(now);
        let read = core.store.read();
        let tracks = base.drawn_at(moment);
        let scene = Scene { tracks: &tracks, people: &base.everyone, selected, shown: core.shown };
        playback.strokes = Arc::new(self.curves.strokes(read, &scene, moment));
        let all = Scene { selected: None, ..scene };
        playback.names = self.curves.names(read, &all, moment, |track| base.who(track));
        if let Some(problem) = self.curves.problem.take() {
            core.problem(problem);
        }
    }
}
