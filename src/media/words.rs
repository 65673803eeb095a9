//! Words on a picture: captions and labels, shaped as in the window, right-to-left scripts too.

use cosmic_text::{Align, Attrs, Buffer, Color as TextColor, Family, FontSystem, Metrics, Shaping, SwashCache, fontdb};

use super::canvas::{Canvas, Color};

/// Height of a line over the size of its letters: room for stacked diacritics.
const LEADING: f32 = 1.4;
/// Under words, so that they are read on any picture.
const GROUND: Color = [16, 18, 22, 190];
const WHITE: Color = [255, 255, 255, 255];

/// Fonts, ready to write with.
pub struct Words {
    fonts: FontSystem,
    glyphs: SwashCache,
    family: String,
}

impl Words {
    /// With these font files; the first is written with, the others have what it lacks.
    pub fn new(files: &[&'static [u8]]) -> Self {
        let mut fonts = fontdb::Database::new();
        for file in files {
            fonts.load_font_source(fontdb::Source::Binary(std::sync::Arc::new(*file)));
        }
        let family = fonts
            .faces()
            .next()
            .and_then(|face| face.families.first())
            .map_or_else(|| "serif".to_owned(), |(family, _)| family.clone());
        Self { fonts: FontSystem::new_with_locale_and_db("en".to_owned(), fonts), glyphs: SwashCache::new(), family }
    }

    /// Lines of caption at the foot of the picture, centred, broken where they are too long.
    pub fn caption(&mut self, canvas: &mut Canvas, text: &str) {
        let (width, height) = canvas.size();
        let size = (height / 20.0).clamp(12.0, 64.0);
        let room = width * 0.92;
        let buffer = self.shaped(text, size, Some(room), Align::Center);
        let (_, lines) = extent(&buffer);
        let top = (height - lines - size * 0.9).max(0.0);
        let mut ground: Vec<[f32; 4]> = Vec::new();
        for run in buffer.layout_runs() {
            let left = run.glyphs.iter().map(|glyph| glyph.x).fold(f32::INFINITY, f32::min);
            if left.is_finite() {
                let pad = size * 0.35;
                let x = (width - room) / 2.0 + left - pad;
                ground.push([x, top + run.line_top, run.line_w + 2.0 * pad, run.line_height]);
            }
        }
        for line in ground {
            canvas.fill(line, GROUND);
        }
        self.draw(canvas, &buffer, [(width - room) / 2.0, top], WHITE);
    }

    /// A short label whose lower left corner is at a point, moved so that it stays in the picture.
    pub fn label(&mut self, canvas: &mut Canvas, text: &str, [x, y]: [f32; 2], size: f32, color: Color) {
        let buffer = self.shaped(text, size, None, Align::Left);
        let (wide, high) = extent(&buffer);
        let (width, height) = canvas.size();
        let pad = size * 0.3;
        let left = x.clamp(0.0, (width - wide - 2.0 * pad).max(0.0));
        let top = (y - high).clamp(0.0, (height - high).max(0.0));
        canvas.fill([left, top, wide + 2.0 * pad, high], GROUND);
        self.draw(canvas, &buffer, [left + pad, top], color);
    }

    fn shaped(&mut self, text: &str, size: f32, room: Option<f32>, align: Align) -> Buffer {
        let mut buffer = Buffer::new(&mut self.fonts, Metrics::new(size, size * LEADING));
        buffer.set_size(room, None);
        let attributes = Attrs::new().family(Family::Name(&self.family));
        buffer.set_text(text, &attributes, Shaping::Advanced, room.map(|_| align));
        buffer.shape_until_scroll(&mut self.fonts, false);
        buffer
    }

    fn draw(&mut self, canvas: &mut Canvas, buffer: &Buffer, [left, top]: [f32; 2], color: Color) {
        let [r, g, b, _] = color;
        let (left, top) = (left.round() as i64, top.round() as i64);
        for run in buffer.layout_runs() {
            for glyph in run.glyphs {
                let placed = glyph.physical((0.0, run.line_y), 1.0);
                self.glyphs.with_pixels(&mut self.fonts, placed.cache_key, TextColor::rgb(r, g, b), |x, y, pixel| {
                    let (x, y) = (i64::from(placed.x) + i64::from(x), i64::from(placed.y) + i64::from(y));
                    canvas.lay(left + x, top + y, [pixel.r(), pixel.g(), pixel.b(), pixel.a()], 1.0);
                });
            }
        }
    }
}

/// Width and height of what was shaped.
fn extent(buffer: &Buffer) -> (f32, f32) {
    buffer.layout_runs().fold((0.0, 0.0), |(wide, high), run| {
        (f32::max(wide, run.line_w), f32::max(high, run.line_top + run.line_height))
    })
}
