//! The timeline: playing, segmenting, transcribing.

mod base;
mod blocks;
mod measures;
mod perform;
mod picture;
mod playing;
mod sentence;
mod sound;

use eframe::egui::Ui;

use super::super::core::{Core, Selection};
use crate::app::command::TimelineCommand;
use crate::domain::{Span, Time};
use crate::ui::UiContext;
use crate::ui::shell::StatusItem;
use crate::ui::timeline::scale::{seconds, within};
use crate::ui::timeline::{Playback, TimelineModel, TimelineState, timeline_ui};
use crate::ui::{tr, tr_args};

use base::Base;
use measures::Measures;
use picture::Overlay;
use sound::Sound;

/// Stretch in sight when a session is opened.
const FIRST_VIEW: Time = Time::from_millis(20_000);
/// Tiles of the spectrogram that stay on the graphics card.
const TILES: usize = 160;
/// Lanes asked for before the first frame says which are in sight.
const FIRST_LANES: usize = 16;

/// What the lanes were asked for: asked again when any of it is another.
#[derive(Clone, Debug, PartialEq)]
struct Shown {
    revision: u64,
    selection: Selection,
    view: Span,
    lanes: std::ops::Range<usize>,
}

/// The timeline of the selected session.
#[derive(Default)]
pub struct TimelinePlace {
    pub(crate) state: TimelineState,
    model: TimelineModel,
    playback: Playback,
    base: Base,
    shown: Option<Shown>,
    sound: Sound,
    measures: Measures,
    overlay: Overlay,
    /// The start of a segment that is being marked.
    mark: Option<Time>,
    /// Whether a stretch is being repeated.
    looping: bool,
    /// Whether the player is bound to a stretch: it is let go before it plays on.
    bound: bool,
}

impl TimelinePlace {
    /// Brings the model up to date: the session when something changed, the lanes when the view moved, the playhead
    /// always.
    pub fn refresh(&mut self, core: &mut Core) {
        if self.base.is_old(core) {
            let other_session = self.base.session != core.selection.session;
            self.base = Base::ask(core);
            self.overlay.clear();
            if core.player.is_none() && self.base.has_file {
                core.open_player();
            }
            if other_session {
                self.state.forget_recording();
                self.state.tier_dialog = None;
                self.state.lanes_dialog = false;
                self.mark = None;
                self.looping = false;
                self.measures.forget();
                let end = if self.base.duration > Time::ZERO { self.base.duration } else { FIRST_VIEW };
                self.state.view.0 = Span { start: Time::ZERO, end: FIRST_VIEW.min(end) };
            }
            self.shown = None;
        }
        self.refresh_playback(core);
        self.overlay.refresh(core, &self.base, &mut self.playback);
        self.state.view.0 = within(self.state.view.0, self.model_duration());
        let lanes = match self.state.lanes.is_empty() {
            true => 0..FIRST_LANES,
            // One more on either side, for the frame in which they come into sight.
            false => self.state.lanes.start.saturating_sub(1)..self.state.lanes.end + 1,
        };
        let shown = Shown {
            revision: core.revision,
            selection: core.selection.clone(),
            view: self.state.view.0,
            lanes: lanes.clone(),
        };
        if self.shown.as_ref() != Some(&shown) {
            self.refresh_model(core, lanes);
            self.shown = Some(shown);
        }
        self.measures.refresh(core, &self.base, self.state.view.0);
        if self.model.measures != self.measures.lanes {
            self.model.measures.clone_from(&self.measures.lanes);
        }
        self.model.choices = measures::choices(core, &self.base);
        self.model.shown = core.shown;
        self.sound.refresh(core, &self.base, &self.state);
        self.playback.peaks = self.sound.peaks.clone();
        self.playback.sound_offset = self.sound.offset();
        self.playback.gain = self.sound.gain;
        self.playback.peaks_part = self.sound.part();
        self.playback.pitch = self.sound.pitch_at(self.playback.position);
        self.playback.pitch_pieces = self.sound.pitch_in(self.state.view.0);
    }

    /// What moves while playing, as it was shown last.
    pub fn playback(&self) -> &Playback {
        &self.playback
    }

    fn model_duration(&self) -> Time {
        self.base.duration.max(self.sound.end()).max(Time::from_millis(1000))
    }

    fn refresh_model(&mut self, core: &mut Core, lanes: std::ops::Range<usize>) {
        let view = self.state.view.0;
        let tiers = blocks::lanes(core, &self.base, lanes, view);
        let proposals = blocks::proposals(core, &self.base, view);
        let sentence = sentence::of(core, &self.base);
        self.model = TimelineModel {
            recording: self.base.recording.clone(),
            untimed: self.base.untimed,
            blank: self.base.duration.max(self.sound.end()) == Time::ZERO,
            duration: self.model_duration(),
            overview: self.base.overview.clone(),
            tiers,
            proposals,
            measures: std::mem::take(&mut self.model.measures),
            choices: std::mem::take(&mut self.model.choices),
            shown: core.shown,
            sentence,
            tier: core.selection.tier.or_else(|| self.base.main_tier(None).map(|tier| tier.id)),
            annotation: core.selection.annotation,
            tag: core.selection.tag,
            span: core.selection.span,
            languages: core
                .languages
                .iter()
                .map(|language| {
                    let name = language.name.first().filter(|name| !name.is_empty()).unwrap_or(&language.tag);
                    (language.tag.clone(), name.to_owned())
                })
                .collect(),
        };
    }

    /// Does a command of this place. What belongs to it but needs no recording works without one.
    pub fn perform(&mut self, core: &mut Core, command: TimelineCommand) {
        if self.base.is_old(core) {
            self.refresh(core);
        }
        self.do_command(core, command);
    }

    /// Draws the view.
    pub fn ui(&mut self, ui: &mut Ui, cx: &mut UiContext, _: &Core) {
        for tile in self.sound.take_tiles() {
            self.state.put_tile(ui.ctx(), tile);
        }
        self.state.tidy_tiles(TILES);
        timeline_ui(ui, cx, &mut self.state, &self.model, &self.playback);
        if self.playback.playing {
            ui.ctx().request_repaint();
        }
    }

    /// What the status bar says: the selection, the pitch at the playhead, a segment that was begun.
    pub fn status(&self, core: &Core) -> Vec<StatusItem> {
        let mut items = Vec::new();
        let selected = core.selection.span.or_else(|| {
            let sentence = self.model.sentence.as_ref()?;
            core.selection.annotation.and(sentence.span)
        });
        if let Some(span) = selected {
            let name = format!("{} ", tr("timeline-status-selection"));
            items.push(StatusItem::plain(name).and(seconds(span.duration()), true));
        }
        if let Some(hertz) = self.playback.pitch {
            let name = format!("{} ", tr("timeline-status-pitch"));
            items.push(StatusItem::plain(name).and(format!("{hertz:.0} Hz"), true));
        }
        if let Some(mark) = self.mark {
            let text = tr_args("timeline-status-segment", &[("time", mark.to_string().into())]);
            items.push(StatusItem::plain(text));
        }
        items
    }

    /// What is shown, for tests and for the command palette.
    pub fn model(&self) -> &TimelineModel {
        &self.model
    }

    /// The stretch of time in sight.
    pub fn view(&self) -> Span {
        self.state.view.0
    }

    /// Whether the sound's outline is there and no tile in sight is missing.
    pub fn is_settled(&self) -> bool {
        self.sound.is_settled()
    }
}
