//! One word in its column: as written, its morphs, their glosses, its category.

use std::sync::Arc;

use eframe::egui::{
    Color32, CornerRadius, FontId, Galley, Painter, Pos2, Rect, Response, Role, Sense, Shape, Stroke, Ui, WidgetInfo,
    pos2, vec2,
};

use super::{Shown, Standing, WordCell};
use crate::ui::theme::{Theme, focus_ring, size, space, type_size};
use crate::ui::{fonts, tr_args};

const MORPH_GAP: f32 = 6.0;

/// A word measured: where each piece of text goes, from the word's top left corner.
pub(super) struct LaidWord {
    pieces: Vec<(Pos2, Arc<Galley>, Color32)>,
    pub width: f32,
    /// Width of the word as written: a mark stands right behind it.
    pub form_width: f32,
    pub height: f32,
    /// Left edge and width of each morph's column, for the editor.
    pub columns: Vec<(f32, f32)>,
    /// Top of the row of morphs, of glosses and of the category.
    pub rows: [f32; 3],
}

fn galley(painter: &Painter, text: &str, font: FontId, color: Color32) -> Arc<Galley> {
    painter.layout_no_wrap(text.to_owned(), font, color)
}

/// Measures a word.
pub(super) fn lay_word(ui: &Ui, theme: &Theme, word: &WordCell, shown: Shown) -> LaidWord {
    let painter = ui.painter();
    let mut pieces = Vec::new();
    let form = galley(painter, &word.form, fonts::language(type_size::LANGUAGE_LARGE), theme.text);
    let form_width = form.size().x;
    let mut width = form_width;
    let mut y = form.size().y;
    pieces.push((Pos2::ZERO, form, theme.text));
    let mut rows = [y; 3];
    let mut columns = Vec::new();
    if word.standing != Standing::Mark {
        let unknown = word.standing == Standing::Unknown;
        let gloss_color = match word.standing {
            Standing::Suggested => theme.accent_text,
            Standing::Unknown => theme.muted,
            _ => theme.text,
        };
        let morphs: Vec<_> = if word.morphs.is_empty() {
            vec![(if unknown { "?" } else { "—" }, word.gloss.as_str())]
        } else {
            word.morphs.iter().map(|m| (m.form.as_str(), m.gloss.as_str())).collect()
        };
        let morph_height = type_size::LANGUAGE_SMALL * 1.5;
        let gloss_height = type_size::BODY * 1.5;
        let glosses_y = y + if shown.morphs { morph_height } else { 0.0 };
        rows = [y, glosses_y, glosses_y + if shown.glosses { gloss_height } else { 0.0 }];
        let mut x = 0.0;
        for (form, gloss) in morphs {
            let form = galley(painter, form, fonts::language(type_size::LANGUAGE_SMALL), theme.text);
            let gloss = if gloss.is_empty() { "—" } else { gloss };
            let gloss = galley(painter, gloss, fonts::regular(type_size::BODY), gloss_color);
            let shown_width = |on: bool, galley: &Galley| if on { galley.size().x } else { 0.0 };
            let column = shown_width(shown.morphs, &form).max(shown_width(shown.glosses, &gloss));
            if shown.morphs {
                let color = if unknown { theme.muted } else { theme.text };
                pieces.push((pos2(x, y + (morph_height - form.size().y) / 2.0), form, color));
            }
            if shown.glosses {
                pieces.push((pos2(x, glosses_y + (gloss_height - gloss.size().y) / 2.0), gloss, gloss_color));
            }
            columns.push((x, column));
            x += column + MORPH_GAP;
        }
        width = width.max(x - MORPH_GAP);
        y = rows[2];
        if shown.categories {
            let text = if word.category.is_empty() && unknown { "—" } else { word.category.as_str() };
            let category = galley(painter, text, fonts::regular(type_size::LABEL), theme.muted);
            width = width.max(category.size().x);
            pieces.push((pos2(0.0, y + space::XS / 2.0), category, theme.muted));
            y += type_size::LABEL * 1.5 + space::XS / 2.0;
        }
    }
    LaidWord { pieces, width, form_width, height: y + space::XS, columns, rows }
}

fn spoken(word: &WordCell) -> String {
    let glosses: Vec<&str> = word.morphs.iter().map(|m| m.gloss.as_str()).filter(|g| !g.is_empty()).collect();
    let standing = match word.standing {
        Standing::Unknown => "unknown",
        Standing::Suggested => "suggested",
        Standing::Approved => "approved",
        Standing::Mark => "mark",
    };
    tr_args(
        "interlinear-word",
        &[("form", word.form.clone().into()), ("standing", standing.into()), ("gloss", glosses.join(" ").into())],
    )
}

/// Draws a word that was measured; can be pressed.
pub(super) fn word_ui(
    ui: &mut Ui,
    theme: &Theme,
    word: &WordCell,
    laid: &LaidWord,
    at: Pos2,
    selected: bool,
) -> Response {
    let rect = Rect::from_min_size(at, vec2(laid.width, laid.height));
    let pressed = rect.expand2(vec2(space::S - 1.0, 3.0));
    let sense = if word.standing == Standing::Mark { Sense::hover() } else { Sense::click() };
    let response = ui.interact(pressed, ui.scope_id().with(("word", word.id)), sense);
    if word.standing != Standing::Mark {
        response.widget_info(|| WidgetInfo::selected(Role::Button, ui.is_enabled(), selected, spoken(word)));
    }
    let radius = CornerRadius::same(size::RADIUS);
    if selected {
        ui.painter().rect_filled(pressed, radius, theme.tint(theme.accent, size::SELECTED_TINT));
    } else if response.hovered() && word.standing != Standing::Mark {
        ui.painter().rect_filled(pressed, radius, theme.hover);
    }
    for (offset, galley, color) in &laid.pieces {
        ui.painter().galley(at + offset.to_vec2(), galley.clone(), *color);
    }
    let y = rect.bottom() - 0.5;
    let rule = [pos2(rect.left(), y), pos2(rect.right(), y)];
    match word.standing {
        Standing::Suggested => {
            let stroke = Stroke::new(size::LINE + 0.25, theme.accent);
            ui.painter().extend(Shape::dashed_line(&rule, stroke, 4.0, 3.0));
        }
        Standing::Unknown => ui.painter().extend(Shape::dotted_line(&rule, theme.faint, 3.0, 0.7)),
        Standing::Approved | Standing::Mark => {}
    }
    focus_ring(ui, &response, size::RADIUS);
    response
}
