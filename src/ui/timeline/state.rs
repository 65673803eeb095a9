//! What the timeline remembers between frames that is nobody else's concern.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use eframe::egui::{Id, TextureHandle};

use super::sound::SpectrogramTile;
use super::tier_dialog::TierDialog;
use crate::domain::{AnnotationId, Span, TierId, Time};
use crate::media::VideoFrame;
use crate::media::peaks::Peak;
use crate::ui::heat::HeatPictures;

/// A text of the sentence being worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    Transcription,
    Translation,
    Note,
}

/// The id of a text field of a sentence: another one for each sentence, so that the caret starts anew.
pub fn field_id(annotation: AnnotationId, field: Field) -> Id {
    Id::unique(("timeline field", annotation, field))
}

/// An edge or a stretch that is being dragged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Drag {
    /// A stretch of time is marked, from here; on a tier, if it began on one.
    Span { from: Time, to: Time, tier: Option<TierId> },
    /// The edges of an annotation, as they would be now.
    Edge { annotation: AnnotationId, span: Span },
}

/// The view's own state.
#[derive(Default)]
pub struct TimelineState {
    /// The stretch of time that fills the width.
    pub view: InSight,
    /// Numbers of the tier lanes that are in sight, as of the last frame.
    pub lanes: Range<usize>,
    /// A field to be given the focus once it is there.
    pub focus: Option<Field>,
    /// The field that has the focus.
    pub active: Option<Field>,
    /// Where the writer's caret stands in the transcription while it has the focus, in bytes.
    pub caret: Option<usize>,
    pub drag: Option<Drag>,
    pub tier_dialog: Option<TierDialog>,
    /// Whether it is asked which measures have a lane.
    pub lanes_dialog: bool,
    /// Tier to be scrolled to.
    pub scroll_to: Option<TierId>,
    /// Measure whose lane is to be scrolled to, once it is there.
    pub scroll_to_lane: Option<String>,
    pub(super) picture: Option<(Arc<VideoFrame>, TextureHandle)>,
    pub(super) outline: Option<(Span, usize, usize, Arc<Vec<Peak>>)>,
    pub(super) heat: HeatPictures,
    pub(super) tiles: HashMap<(u8, u64), Tile>,
    /// Goes up every frame, to know which tiles were not looked at for long.
    pub(super) frame: u64,
}

/// A tile of the spectrogram on the graphics card.
pub(super) struct Tile {
    /// `None` past the end of the sound.
    pub texture: Option<TextureHandle>,
    pub span: Span,
    /// The frame in which it was last drawn.
    pub seen: u64,
}

/// The stretch in sight; the first ten seconds until somebody says otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InSight(pub Span);

impl Default for InSight {
    fn default() -> Self {
        Self(Span { start: Time::ZERO, end: Time::from_millis(10_000) })
    }
}

impl TimelineState {
    /// Whether a tile of the spectrogram is there.
    pub fn has_tile(&self, band: u8, index: u64) -> bool {
        self.tiles.contains_key(&(band, index))
    }
    /// Takes a tile in; it goes to the graphics card when it is first drawn.
    pub fn put_tile(&mut self, ctx: &eframe::egui::Context, tile: SpectrogramTile) {
        let (key, tile) = tile.upload(ctx, self.frame);
        self.tiles.insert(key, tile);
    }
    /// Lets go of everything that belongs to the recording.
    pub fn forget_recording(&mut self) {
        self.picture = None;
        self.outline = None;
        self.tiles.clear();
    }
    /// Lets go of the tiles not looked at for longest, but for so many.
    pub fn tidy_tiles(&mut self, keep: usize) {
        if self.tiles.len() > keep {
            let mut seen: Vec<u64> = self.tiles.values().map(|tile| tile.seen).collect();
            seen.sort_unstable_by(|a, b| b.cmp(a));
            let oldest = seen.get(keep).copied().unwrap_or(0);
            self.tiles.retain(|_, tile| tile.seen > oldest || tile.seen == self.frame);
        }
    }
}
