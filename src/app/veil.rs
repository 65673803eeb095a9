//! Hides faces in what is shown on the screen, by the same rule as in clips. What is not known is hidden.

use std::sync::Arc;

use super::core::Core;
use super::seen::{Hidden, Hide, Seen};
use super::show::Part;
use crate::domain::{MediaId, Span, Time};
use crate::media::VideoFrame;
use crate::media::canvas::Canvas;

/// So much is read at once, around the moment.
const AROUND: Time = Time::from_millis(10_000);

/// What became of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Veiled {
    /// It may be shown as it is now; so many faces are hidden.
    Shown(usize),
    /// It must not be shown.
    Whole,
}

/// What it knows of the session's faces.
#[derive(Default)]
pub struct Veil {
    known: Option<(Key, Option<Seen>)>,
    /// The last frame of the player, and what became of it.
    last: Option<(Arc<VideoFrame>, Key, Option<Arc<VideoFrame>>)>,
}

/// What was read, and when.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Key {
    revision: u64,
    media: MediaId,
    span: Span,
}

impl Veil {
    /// Whether faces are hidden now.
    pub fn is_down(core: &Core) -> bool {
        core.shown.has(Part::HiddenFaces)
    }

    /// Hides what must be hidden in a picture of a recording, shown at a moment of its session: `pixels` are RGBA, `full`
    /// is the width of the frames that the models saw, in pixels.
    pub fn cover(
        &mut self,
        core: &Core,
        (media, time): (MediaId, Time),
        pixels: &mut [u8],
        (width, height): (u32, u32),
        full: f32,
    ) -> Veiled {
        self.read(core, media, time);
        let Some((_, Some(seen))) = &self.known else { return Veiled::Whole };
        let Hidden::Heads(heads) = seen.hidden(time, Hide::WithoutConsent) else { return Veiled::Whole };
        let Some(mut canvas) = Canvas::new(width, height, pixels) else { return Veiled::Whole };
        let scale = if full > 0.0 { width as f32 / full } else { 1.0 };
        heads.iter().for_each(|head| canvas.hide(head.area.map(|v| v * scale)));
        Veiled::Shown(heads.len())
    }

    /// The player's frame as it may be shown; `None` when it must not be. `at` says of which recording
    /// it is, and its moment in the session.
    pub fn frame(
        &mut self,
        core: &Core,
        frame: &Arc<VideoFrame>,
        at: (MediaId, Time),
        full: f32,
    ) -> Option<Arc<VideoFrame>> {
        if let (Some((known, key, covered)), Some((now, _))) = (&self.last, &self.known)
            && Arc::ptr_eq(known, frame)
            && key == now
            && now.revision == core.revision
        {
            return covered.clone();
        }
        let mut copy = VideoFrame::clone(frame);
        let size = (copy.width, copy.height);
        let covered = match self.cover(core, at, &mut copy.rgba, size, full) {
            Veiled::Shown(0) => Some(Arc::clone(frame)),
            Veiled::Shown(_) => Some(Arc::new(copy)),
            Veiled::Whole => None,
        };
        self.last = self.known.as_ref().map(|(key, _)| (Arc::clone(frame), *key, covered.clone()));
        covered
    }

    fn read(&mut self, core: &Core, media: MediaId, time: Time) {
        let start = Time(time.0.div_euclid(AROUND.0) * AROUND.0);
        let key = Key { revision: core.revision, media, span: Span { start, end: start + AROUND } };
        if self.known.as_ref().is_some_and(|(known, _)| *known == key) {
            return;
        }
        let read = core.store.read();
        let seen = match read.get(media) {
            Ok(Some(media)) => Seen::heads(read, &media, key.span),
            Ok(None) => Ok(None),
            Err(error) => Err(error.into()),
        };
        // What cannot be read hides everything; whoever looks at the curves is told why.
        let seen = seen.inspect_err(|error| log::warn!("faces to hide: {error}")).ok().flatten();
        self.known = Some((key, seen));
    }
}
