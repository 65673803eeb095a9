//! A clip or a still to take out of a project: with what was seen drawn on it, captions burnt in, faces hidden.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use image::{ExtendedColorType, ImageFormat};

pub use super::seen::Hide;
use super::seen::{COLORS, Figure, Hidden, Seen, SeenError, relies_on_movement};
use super::shipped;
use crate::analysis::contours::{FEATURES, OVAL};
use crate::domain::{Media, SessionId, Span, StreamKind, TierId, Time, TrackKind};
use crate::formats::FormatError;
use crate::formats::input::write_atomic;
use crate::media::canvas::{Canvas, Color};
use crate::media::words::Words;
use crate::media::{
    AudioOptions, AudioReader, ClipWriter, MediaError, Progress, SOUND_RATE, VideoFrame, VideoOptions, VideoReader,
};
use crate::store::{Store, StoreError};

/// Longest clip: what is drawn on it is held in memory.
pub const LONGEST: Time = Time(30 * 60 * 1_000_000_000);
/// Left and right hands, told apart without red and green.
const HANDS: [Color; 2] = [[0, 158, 115, 255], [230, 159, 0, 255]];

/// What to take out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClipRequest {
    pub session: SessionId,
    /// On the session's timeline.
    pub span: Span,
    pub out: PathBuf,
    pub hide: Hide,
    /// Boxes, meshes and skeletons drawn.
    pub overlay: bool,
    /// Annotations of this tier burnt in as captions.
    pub captions: Option<TierId>,
    /// With the sound of the recording.
    pub sound: bool,
    /// Neither side of the picture is larger, in pixels.
    pub max_side: Option<u32>,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct ClipSummary {
    pub frames: usize,
    /// Frames on which a face was hidden.
    pub hidden: usize,
    /// Of these, frames on which a face was hidden where it was not seen just then, but may have been by how it moved
    /// before or after.
    pub extended: usize,
    /// Frames on which nobody was seen: look at these before handing the clip on.
    pub nobody: usize,
    /// Frames hidden wholly, since no model has looked closely at them, or none found anybody in the whole video.
    pub covered: usize,
    /// By how many seconds the clip is shorter than asked for: the video ends before.
    pub short_by: f64,
}

/// Why there is no clip.
#[derive(Debug, thiserror::Error)]
pub enum ClipError {
    #[error("the session has no video that is there")]
    NoVideo,
    #[error(
        "nobody has been looked for in this video, so no face can be hidden. Analyse it first, or choose to hide nobody"
    )]
    NotLooked,
    #[error("a clip may be half an hour long at most; this one would be {0}")]
    TooLong(Time),
    #[error("the stretch is empty, or lies outside of the video")]
    Empty,
    #[error(transparent)]
    Media(#[from] MediaError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Seen(#[from] SeenError),
    #[error(transparent)]
    Write(#[from] FormatError),
}

/// Draws a session's frames as the request says.
struct Painter {
    seen: Option<Seen>,
    captions: Vec<(Span, String)>,
    hide: Hide,
    overlay: bool,
    words: Words,
    /// Pixels of the frame that the models saw over those of the picture drawn on.
    scale: f32,
    summary: ClipSummary,
}

/// Writes the stretch as MP4, with its sound.
///
/// # Errors
/// When there is no video, no face can be hidden though some should be, or the file cannot be written.
pub fn clip(store: &Store, request: &ClipRequest, progress: Progress<'_>) -> Result<ClipSummary, ClipError> {
    let length = request.span.duration();
    if length > LONGEST {
        return Err(ClipError::TooLong(length));
    }
    let (media, path) = video(store, request.session)?;
    let mut painter = Painter::new(store, &media, request, request.span)?;
    let mut reader = VideoReader::open(&path, VideoOptions { stream: None, max_side: request.max_side })?;
    let asked = request.span.earlier(media.offset);
    let end = reader.duration().unwrap_or(asked.end);
    if asked.end <= Time::ZERO || asked.start >= end {
        return Err(ClipError::Empty);
    }
    // Sound is as long as the picture, also where the video ends before the stretch does.
    let in_file = Span { start: asked.start, end: asked.end.min(end) };
    painter.summary.short_by = (asked.end - in_file.end).secs();
    let mut frame = reader.frame_at(in_file.start)?;
    painter.fit(&media, &frame);
    let sound = if request.sound { sound(&path, in_file)? } else { None };
    let mut writer = ClipWriter::create(&request.out, frame.width, frame.height, sound.as_ref().map(|(_, n)| *n))?;
    loop {
        let begins = frame.time.max(in_file.start);
        let (size, at) = (writer.size(), begins + media.offset);
        let mut pixels = cropped(&frame, size);
        painter.paint(&mut pixels, size, at);
        writer.picture(begins - in_file.start, &pixels)?;
        let share = (begins - in_file.start).secs() / length.secs().max(1e-9);
        if progress(share as f32) == ControlFlow::Break(()) {
            return Err(MediaError::Cancelled.into());
        }
        match reader.next_frame()? {
            Some(next) if next.time < in_file.end => frame = next,
            _ => break,
        }
    }
    if let Some((samples, _)) = sound {
        writer.sound(&samples)?;
    }
    writer.finish()?;
    Ok(painter.summary)
}

/// Writes the frame shown at the stretch's start as PNG.
///
/// # Errors
/// As for [`clip`].
pub fn still(store: &Store, request: &ClipRequest) -> Result<ClipSummary, ClipError> {
    let (frame, summary) = picture(store, request)?;
    let mut png = std::io::Cursor::new(Vec::new());
    let (width, height) = (frame.width, frame.height);
    image::write_buffer_with_format(&mut png, &frame.rgba, width, height, ExtendedColorType::Rgba8, ImageFormat::Png)
        .map_err(|error| MediaError::unwritten(&request.out, error))?;
    write_atomic(&request.out, png.get_ref())?;
    Ok(summary)
}

/// The frame shown at the stretch's start as it would be written; writes nothing.
///
/// # Errors
/// As for [`clip`].
pub fn picture(store: &Store, request: &ClipRequest) -> Result<(VideoFrame, ClipSummary), ClipError> {
    let (media, path) = video(store, request.session)?;
    let mut painter = Painter::new(store, &media, request, Span::new(request.span.start, request.span.start))?;
    let mut reader = VideoReader::open(&path, VideoOptions { stream: None, max_side: request.max_side })?;
    let at = request.span.start - media.offset;
    if at < Time::ZERO || reader.duration().is_some_and(|end| at >= end) {
        return Err(ClipError::Empty);
    }
    let mut frame = reader.frame_at(at)?;
    painter.fit(&media, &frame);
    let size = (frame.width, frame.height);
    painter.paint(&mut frame.rgba, size, request.span.start);
    Ok((frame, painter.summary))
}

/// The session's first video that is there.
fn video(store: &Store, session: SessionId) -> Result<(Media, PathBuf), ClipError> {
    let is_video = |media: &Media| media.streams.iter().any(|stream| stream.kind == StreamKind::Video);
    store
        .read()
        .media_of(session)?
        .into_iter()
        .filter(is_video)
        .map(|media| (store.folder().media_path(&media), media))
        .find_map(|(path, media)| path.exists().then_some((media, path)))
        .ok_or(ClipError::NoVideo)
}

/// The stretch's sound and how many channels it has; `None` for a silent video.
fn sound(path: &Path, span: Span) -> Result<Option<(Vec<f32>, usize)>, ClipError> {
    let options = AudioOptions { stream: None, rate: Some(SOUND_RATE), channels: None };
    let mut reader = match AudioReader::open(path, options) {
        Ok(reader) => reader,
        Err(MediaError::NoAudio { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let channels = reader.channels();
    Ok(Some((reader.range(span)?, channels)))
}

/// The upper left part of a frame: encoders want even sides.
fn cropped(frame: &VideoFrame, (width, height): (u32, u32)) -> Vec<u8> {
    let row = frame.width as usize * 4;
    frame
        .rgba
        .chunks_exact(row.max(1))
        .take(height as usize)
        .flat_map(|line| &line[..width as usize * 4])
        .copied()
        .collect()
}

impl Painter {
    fn new(store: &Store, media: &Media, request: &ClipRequest, span: Span) -> Result<Self, ClipError> {
        let read = store.read();
        let wanted = request.overlay || request.hide != Hide::Nobody;
        let seen = if wanted { Seen::gather(read, media, span)? } else { None };
        if seen.is_none() && request.hide != Hide::Nobody {
            return Err(ClipError::NotLooked);
        }
        let mut captions = Vec::new();
        if let Some(tier) = request.captions {
            for annotation in read.annotations_of(tier)? {
                if let Some(span) = annotation.span().filter(|_| !annotation.value.trim().is_empty()) {
                    captions.push((span, annotation.value));
                }
            }
        }
        Ok(Self {
            seen,
            captions,
            hide: request.hide,
            overlay: request.overlay,
            words: Words::new(&[shipped::CHARIS, shipped::DEJAVU]),
            scale: 1.0,
            summary: ClipSummary::default(),
        })
    }

    /// The models saw the frames at full size.
    fn fit(&mut self, media: &Media, frame: &VideoFrame) {
        let full = media.streams.iter().find(|s| s.kind == StreamKind::Video).and_then(|s| s.width).unwrap_or(0);
        if full > 0 {
            self.scale = frame.width as f32 / full as f32;
        }
    }

    fn paint(&mut self, pixels: &mut [u8], (width, height): (u32, u32), time: Time) {
        self.summary.frames += 1;
        let Some(mut canvas) = Canvas::new(width, height, pixels) else { return };
        let scale = self.scale;
        if let Some(seen) = &self.seen {
            let figures: Vec<Figure> = seen.at(time).collect();
            // First all that is hidden, then all that is drawn over it.
            let mut whole = false;
            match seen.hidden(time, self.hide) {
                Hidden::Whole => {
                    canvas.cover();
                    self.summary.covered += 1;
                    whole = true;
                }
                Hidden::Heads(mut heads) => {
                    // Who has left the picture is not hidden on it.
                    heads.retain(|head| canvas.shows(head.area.map(|v| v * scale)));
                    heads.iter().for_each(|head| canvas.hide(head.area.map(|v| v * scale)));
                    self.summary.hidden += usize::from(!heads.is_empty());
                    self.summary.extended += usize::from(relies_on_movement(&heads));
                    self.summary.nobody += usize::from(figures.is_empty() && heads.is_empty());
                }
            }
            if self.overlay {
                for mut figure in figures.into_iter().filter(|figure| figure.counts) {
                    // The points of a face are as good as a picture of it.
                    if whole || seen.is_hidden(&figure, self.hide) {
                        figure.landmarks = None;
                    }
                    draw(&mut canvas, &mut self.words, seen, &figure, scale);
                }
            }
        }
        let said: Vec<&str> =
            self.captions.iter().filter(|(span, _)| span.contains(time)).map(|(_, text)| text.as_str()).collect();
        if !said.is_empty() {
            self.words.caption(&mut canvas, &said.join("\n"));
        }
    }
}

fn draw(canvas: &mut Canvas, words: &mut Words, seen: &Seen, figure: &Figure, scale: f32) {
    let [r, g, b] = COLORS[seen.color(figure) % COLORS.len()];
    let color = [r, g, b, 255];
    let thick = (canvas.size().1 / 360.0).max(1.5);
    if let Some(points) = figure.landmarks {
        let at = |i: usize| {
            let point = points.get(i * 3..i * 3 + 2)?;
            (point[0].is_finite() && point[1].is_finite()).then(|| [point[0] * scale, point[1] * scale])
        };
        for pair in FEATURES.into_iter().chain([&OVAL[..]]).flat_map(|line| line.windows(2)) {
            if let (Some(a), Some(b)) = (at(pair[0]), at(pair[1])) {
                canvas.line(a, b, thick * 0.6, color);
            }
        }
        for point in points.chunks_exact(3).filter(|p| p[0].is_finite() && p[1].is_finite()) {
            canvas.point([point[0] * scale, point[1] * scale], thick, color);
        }
    }
    if let Some(pose) = figure.pose {
        let at = |i: usize| {
            let point = pose.get(i * 4..i * 4 + 4)?;
            let seen = point[0].is_finite() && point[1].is_finite() && point[3] >= 0.5;
            seen.then(|| [point[0] * scale, point[1] * scale])
        };
        for (a, b) in crate::analysis::observation::BONES {
            if let (Some(a), Some(b)) = (at(a), at(b)) {
                canvas.line(a, b, thick * 2.0, color);
            }
        }
    }
    for (points, color) in figure.hands.iter().zip(HANDS).filter_map(|(hand, color)| Some(((*hand)?, color))) {
        let at = |i: usize| {
            let point = points.get(i * 3..i * 3 + 2)?;
            (point[0].is_finite() && point[1].is_finite()).then(|| [point[0] * scale, point[1] * scale])
        };
        for (a, b) in crate::analysis::observation::HAND_BONES {
            if let (Some(a), Some(b)) = (at(a), at(b)) {
                canvas.line(a, b, thick, color);
            }
        }
    }
    if figure.kind == TrackKind::Face
        && let Some(bbox) = figure.bbox
    {
        let bbox = bbox.map(|v| v * scale);
        canvas.frame(bbox, thick, color);
        // A code, never a name: clips are handed around.
        let code = figure.person.and_then(|id| seen.person(id)).map(|person| person.code.clone());
        let label = code.unwrap_or_else(|| format!("{}", figure.number));
        words.label(canvas, &label, [bbox[0], bbox[1] - thick * 2.0], canvas.size().1 / 28.0, color);
    }
}
