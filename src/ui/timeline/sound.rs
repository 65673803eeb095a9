//! Waveform and spectrogram with pitch, under the time axis.

use std::sync::Arc;

use eframe::egui::{Color32, ColorImage, Context, Pos2, Rect, Stroke, TextureOptions, Ui, emath::Rangef, pos2};

use super::model::{Playback, Recording, TimelineModel};
use super::scale::Scale;
use super::state::{Tile, TimelineState};
use crate::domain::{Span, Time};
use crate::media::spectrogram::{FLOOR_DB, STEP_DB, TILE};
use crate::render::waveform::{self, Waveform};
use crate::ui::theme::{DARK, Theme, UNTINTED, size, type_size};
use crate::ui::{fonts, tr, tr_args};

/// Longer stretches show no spectrogram: a column would stand for too much.
pub const SPECTROGRAM_LONGEST: Time = Time::from_millis(60_000);
/// What is shown of the spectrogram, Hz.
const HIGHEST_HZ: f32 = 5000.0;
/// Top of the pitch's own scale, Hz.
const PITCH_HZ: f32 = 400.0;
/// Loudness that is brightest, dB re full scale, and how far below it is black.
const BRIGHT_DB: f32 = -24.0;
const RANGE_DB: f32 = 62.0;

/// A tile of the spectrogram as it comes from the thread that makes it.
pub struct SpectrogramTile {
    /// 0 is wide band, 1 narrow band.
    pub band: u8,
    pub tile: crate::media::spectrogram::Tile,
    /// Samples a second that the sound was brought to.
    pub rate: u32,
    /// What the whole columns of the tile cover.
    pub span: Span,
}

impl SpectrogramTile {
    pub(super) fn upload(self, ctx: &Context, frame: u64) -> ((u8, u64), Tile) {
        let bins = self.tile.bins;
        let shown = ((HIGHEST_HZ / (self.rate as f32 / 2.0) * (bins - 1) as f32) as usize).clamp(1, bins);
        let columns = self.tile.columns;
        let key = (self.band, self.tile.index);
        if columns == 0 {
            return (key, Tile { texture: None, span: self.span, seen: frame });
        }
        let colors = colors();
        let mut pixels = Vec::with_capacity(columns * shown);
        for row in 0..shown {
            let bin = shown - 1 - row;
            pixels.extend((0..columns).map(|column| colors[usize::from(self.tile.levels[column * bins + bin])]));
        }
        let image = ColorImage::new([columns, shown], pixels);
        let texture = ctx.load_texture(format!("spectrogram {key:?}"), image, TextureOptions::LINEAR);
        let length = Time((self.span.duration().0 as i128 * columns as i128 / TILE as i128) as i64);
        let span = Span { start: self.span.start, end: self.span.start + length };
        (key, Tile { texture: Some(texture), span, seen: frame })
    }
}

/// The colour of every level: from the stage to gold to nearly white, in both themes.
fn colors() -> [Color32; 256] {
    std::array::from_fn(|level| {
        let db = FLOOR_DB + level as f32 * STEP_DB;
        let part = ((db - BRIGHT_DB + RANGE_DB) / RANGE_DB).clamp(0.0, 1.0).powf(1.25);
        let warm = DARK.stage.lerp_to_gamma(DARK.accent.lerp_to_gamma(DARK.warn, 0.4), part * 0.85);
        warm.lerp_to_gamma(DARK.text, (part - 0.85).max(0.0))
    })
}

/// Draws the waveform into its lane, and what keeps it waiting.
pub fn waveform_ui(
    ui: &Ui,
    state: &mut TimelineState,
    model: &TimelineModel,
    playback: &Playback,
    rect: Rect,
    scale: Scale,
) {
    let theme = Theme::of(ui);
    let columns = (rect.width() * ui.ctx().pixels_per_point()).round().max(1.0) as usize;
    let Some(peaks) = &playback.peaks else {
        let text = match (&model.recording, playback.peaks_part) {
            (Recording::There { sound: true, .. }, Some(part)) => {
                tr_args("timeline-peaks-making", &[("percent", ((part * 100.0) as i64).into())])
            }
            (Recording::There { sound: false, .. }, _) => tr("timeline-no-sound"),
            _ => return,
        };
        note(ui, rect, &text);
        return;
    };
    let key = (scale.view, columns, Arc::as_ptr(peaks) as usize);
    let known = state.outline.as_ref().filter(|known| (known.0, known.1, known.2) == key);
    let outline = match known {
        Some(known) => Arc::clone(&known.3),
        None => {
            let made = Arc::new(peaks.peaks(scale.view.earlier(playback.sound_offset), columns, None));
            state.outline = Some((key.0, key.1, key.2, Arc::clone(&made)));
            made
        }
    };
    let ground = if theme.dark { theme.panel } else { theme.raised };
    let color = theme.tint_on(ground, theme.tier(0).lerp_to_gamma(theme.muted, 0.55), 0.9);
    waveform::paint(
        ui.painter(),
        rect.shrink2(eframe::egui::vec2(0.0, 3.0)),
        Waveform { slot: 0, columns: outline, color, gain: playback.gain.max(1.0) },
    );
}

/// Draws the tiles that are there, and the pitch over them.
pub fn spectrogram_ui(ui: &Ui, state: &mut TimelineState, playback: &Playback, rect: Rect, scale: Scale) {
    let theme = Theme::of(ui);
    let painter = ui.painter().with_clip_rect(rect);
    painter.rect_filled(rect, 0.0, theme.stage);
    if scale.view.duration() > SPECTROGRAM_LONGEST {
        note_in(ui, rect, &tr("timeline-spectrogram-far"), DARK.muted);
        return;
    }
    let band = band_of(scale.view);
    let frame = state.frame;
    for ((of, _), tile) in &mut state.tiles {
        if *of != band || !tile.span.overlaps(scale.view) {
            continue;
        }
        tile.seen = frame;
        if let Some(texture) = &tile.texture {
            let at = Rect::from_x_y_ranges(scale.range(tile.span), rect.y_range());
            painter.image(texture.id(), at, Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0)), UNTINTED);
        }
    }
    let stroke = Stroke::new(size::ICON_STROKE, DARK.tier(0).lerp_to_gamma(DARK.text, 0.25));
    for piece in &playback.pitch_pieces {
        let mut run: Vec<Pos2> = Vec::new();
        let flush = |run: &mut Vec<Pos2>| {
            if run.len() > 1 {
                painter.line(std::mem::take(run), stroke);
            }
            run.clear();
        };
        for (index, value) in piece.values.iter().enumerate() {
            match value {
                Some(hertz) => {
                    let time = Time(piece.start.0 + piece.step.0 * index as i64);
                    run.push(pos2(scale.x_of(time), pitch_y(*hertz, rect.y_range())));
                }
                None => flush(&mut run),
            }
        }
        flush(&mut run);
    }
}

/// Wide band near, narrow band far: 0 or 1.
pub fn band_of(view: Span) -> u8 {
    u8::from(view.duration() > Time::from_millis(6000))
}

fn pitch_y(hertz: f32, lane: Rangef) -> f32 {
    lane.max - (hertz / PITCH_HZ).clamp(0.0, 1.0) * lane.span()
}

fn note(ui: &Ui, rect: Rect, text: &str) {
    note_in(ui, rect, text, Theme::of(ui).muted);
}

fn note_in(ui: &Ui, rect: Rect, text: &str, color: Color32) {
    ui.painter().text(
        rect.center(),
        eframe::egui::Align2::CENTER_CENTER,
        text,
        fonts::figures(type_size::SMALL),
        color,
    );
}
