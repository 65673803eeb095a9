//! Small pieces of painting that lanes share.

use eframe::egui::text::{LayoutJob, TextFormat, TextWrapping};
use eframe::egui::{Align2, Color32, FontId, Painter, Rect, vec2};

/// One line of text within a rectangle, cut with an ellipsis where it does not fit; gives its width.
pub fn line(painter: &Painter, rect: Rect, align: Align2, text: &str, font: FontId, color: Color32) -> f32 {
    if rect.width() < 6.0 || text.is_empty() {
        return 0.0;
    }
    let mut job = LayoutJob::single_section(text.replace('\n', " "), TextFormat::simple(font, color));
    job.wrap = TextWrapping::truncate_at_width(rect.width());
    let galley = painter.layout_job(job);
    let at = align.align_size_within_rect(vec2(galley.size().x.min(rect.width()), galley.size().y), rect);
    let width = galley.size().x;
    painter.galley(at.min, galley, color);
    width
}
