//! Where an entry occurs: the word in the middle of its line, one under the other.

use std::sync::Arc;

use eframe::egui::{
    Align2, Color32, CursorIcon, FontId, Galley, Role, Sense, Ui, WidgetInfo, pos2, text::LayoutJob, vec2,
};

use super::EntryModel;
use super::field::PAD;
use crate::app::command::LexiconCommand as Do;
use crate::ui::theme::{focus_ring, size, space, type_size};
use crate::ui::widgets::section;
use crate::ui::{Command, UiContext, fonts, tr, tr_args};

/// Draws the occurrences; each leads to its text.
pub(super) fn occurrences_ui(ui: &mut Ui, cx: &mut UiContext, entry: &EntryModel) {
    ui.horizontal(|ui| {
        ui.add_space(PAD);
        section(ui, tr_args("lexicon-in-texts-count", &[("count", entry.in_texts.into())]));
    });
    if entry.occurrences.is_empty() {
        let text = eframe::egui::RichText::new(tr("lexicon-not-in-texts")).color(cx.theme.muted);
        ui.horizontal(|ui| {
            ui.add_space(PAD);
            ui.label(text);
        });
        return;
    }
    let font = fonts::language(type_size::BODY + 1.0);
    let bold = fonts::language_bold(type_size::BODY + 1.0);
    let width = ui.available_width().min(size::COLUMN * 1.3);
    for occurrence in &entry.occurrences {
        let (rect, response) = ui.allocate_exact_size(vec2(width, size::ROW_COMPACT), Sense::click());
        let spoken = format!("{} {} {}", occurrence.before, occurrence.word, occurrence.after);
        response.widget_info(|| WidgetInfo::labeled(Role::Link, ui.is_enabled(), spoken.trim()));
        if ui.is_rect_visible(rect) {
            let theme = cx.theme;
            if response.hovered() {
                ui.painter().rect_filled(rect, f32::from(size::RADIUS), theme.hover);
            }
            let word = ui.painter().layout_no_wrap(occurrence.word.clone(), bold.clone(), theme.text);
            let middle = rect.left() + width * 0.42;
            let y = rect.center().y;
            let side = |room: f32, text: &str| cut(ui, text, room, font.clone(), theme.muted);
            let room = middle - rect.left() - space::M;
            // The end of what comes before is what one compares.
            let before = ui.painter().layout_no_wrap(occurrence.before.clone(), font.clone(), theme.muted);
            let painter =
                ui.painter().with_clip_rect(rect.with_min_x(middle - space::M - room).intersect(ui.clip_rect()));
            let before_at = pos2(middle - space::M - before.size().x, y - before.size().y / 2.0);
            painter.with_clip_rect(rect.with_max_x(middle).intersect(ui.clip_rect())).galley(
                before_at,
                before,
                theme.muted,
            );
            let after_x = middle + word.size().x + space::M;
            ui.painter().galley(pos2(middle, y - word.size().y / 2.0), word, theme.text);
            let source_width = 150.0;
            let after = side(rect.right() - after_x - source_width, &occurrence.after);
            ui.painter().galley(pos2(after_x, y - after.size().y / 2.0), after, theme.muted);
            let source =
                cut(ui, &occurrence.text, source_width - space::M, fonts::regular(type_size::LABEL), theme.muted);
            let at = Align2::RIGHT_CENTER.anchor_size(rect.right_center() - vec2(space::S, 0.0), source.size()).min;
            ui.painter().galley(at, source, theme.muted);
            focus_ring(ui, &response, size::RADIUS);
        }
        if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
            cx.send(Command::Lexicon(Do::OpenText { session: occurrence.session, morph: occurrence.morph }));
        }
    }
}

/// One line, with `…` where it does not fit.
fn cut(ui: &Ui, text: &str, room: f32, font: FontId, color: Color32) -> Arc<Galley> {
    let mut job = LayoutJob::simple_singleline(text.to_owned(), font, color);
    job.wrap = eframe::egui::text::TextWrapping::truncate_at_width(room.max(0.0));
    ui.painter().layout_job(job)
}
