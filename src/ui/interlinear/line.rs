//! One line: its number, its words in columns that wrap, its free translation.

use eframe::egui::{
    Align2, CursorIcon, Id, Label, Rect, RichText, Role, Sense, Shape, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::editor::{breaks_ui, glosses_ui};
use super::word::{lay_word, word_ui};
use super::{Editor, InterlinearModel, InterlinearState, LineModel, Standing};
use crate::app::command::InterlinearCommand as Do;
use crate::ui::theme::{focus_ring, size, space, type_size};
use crate::ui::widgets::{Button, TextField};
use crate::ui::{Command, UiContext, fonts, tr, tr_args};

/// Where the words start.
const INDENT: f32 = 74.0;
/// Between words.
const GAP: f32 = 22.0;
/// Marks that belong to the word after them.
const OPENING: [char; 10] = ['(', '[', '{', '“', '«', '‹', '¿', '¡', '‘', '„'];

/// Draws a line with its top left corner at the room's; gives the height it took.
#[allow(clippy::too_many_arguments)]
pub(super) fn line_ui(
    ui: &mut Ui,
    cx: &mut UiContext,
    state: &mut InterlinearState,
    model: &InterlinearModel,
    line: &LineModel,
    index: usize,
    room: Rect,
    selected: bool,
) -> f32 {
    let theme = cx.theme;
    let ground = ui.interact(room, ui.scope_id().with(("line", line.id)), Sense::click());
    if selected {
        ui.painter().rect_filled(room, 0.0, theme.selected());
        let edge = Rect::from_min_size(room.min, vec2(size::ROW_EDGE, room.height()));
        ui.painter().rect_filled(edge, 0.0, theme.accent);
    }
    let number_at = pos2(room.left() + space::XL, room.top() + space::M);
    let number = (index + 1).to_string();
    ui.painter().text(number_at, Align2::LEFT_TOP, number, fonts::figures(type_size::BODY), theme.muted);
    if line.plays {
        play_ui(ui, cx, line, index, number_at + vec2(0.0, space::L + space::XS));
    }
    let left = room.left() + INDENT;
    let right = room.right() - space::XL;
    let mut at = pos2(left, room.top() + space::M);
    let mut row_height: f32 = 0.0;
    if line.words.is_empty() {
        at.y += bare_ui(ui, cx, line, Rect::from_min_max(at, pos2(right, at.y + size::ROW)));
    }
    let mut first = true;
    let mut opened = false;
    // Where the word before ends as written.
    let mut written = None;
    for word in &line.words {
        let laid = lay_word(ui, theme, word, state.shown);
        let editing = match &state.editor {
            Some(Editor::Breaks { word: id, .. }) => *id == word.id,
            Some(Editor::Glosses(editor)) => editor.word == Some(word.id),
            _ => false,
        };
        if let (Some(end), Standing::Mark) = (written, word.standing)
            && !word.form.starts_with(OPENING)
        {
            word_ui(ui, theme, word, &laid, pos2(end + 1.0, at.y), false);
            written = Some(end + 1.0 + laid.width);
            at.x = at.x.max(end + 1.0 + laid.width);
            continue;
        }
        let gap = if first || opened { 0.0 } else { GAP };
        opened = word.standing == Standing::Mark;
        let width = if editing { super::editor::width(&laid, state) } else { laid.width };
        if at.x > left && at.x + gap + width > right {
            at = pos2(left, at.y + row_height + space::M);
            row_height = 0.0;
        } else {
            at.x += gap;
        }
        first = false;
        written = (!editing).then_some(at.x + laid.form_width);
        let is_selected = model.word.as_ref().is_some_and(|panel| panel.id == word.id);
        let mut height = laid.height;
        if editing {
            let corner = pos2(at.x, at.y);
            height = match state.editor {
                Some(Editor::Breaks { .. }) => breaks_ui(ui, cx, state, word, &laid, corner),
                _ => glosses_ui(ui, cx, state, model, word, &laid, corner),
            };
        } else {
            let response = word_ui(ui, theme, word, &laid, at, is_selected);
            if response.clicked() {
                cx.send(Command::Interlinear(Do::SelectWord(word.id)));
            }
            if response.double_clicked() {
                cx.send(Command::Interlinear(Do::EditGloss));
            }
        }
        at.x += width;
        row_height = row_height.max(height);
    }
    let mut bottom = at.y + row_height;
    if state.shown.free {
        bottom += space::S;
        bottom += free_ui(
            ui,
            cx,
            state,
            model,
            line,
            Rect::from_min_max(pos2(left, bottom), pos2(right, bottom + size::ROW)),
            selected,
        );
        for (what, text) in &line.more {
            let font = fonts::regular(type_size::SMALL);
            let galley = ui.painter().layout(format!("{what}: {text}"), font, theme.muted, right - left);
            ui.painter().galley(pos2(left, bottom), galley.clone(), theme.muted);
            bottom += galley.size().y + space::XS;
        }
    }
    bottom += space::S;
    ui.painter().hline(room.x_range(), bottom - 0.5, theme.hairline());
    if ground.clicked() {
        cx.send(Command::Interlinear(Do::SelectLine(line.id)));
    }
    bottom - room.top()
}

fn play_ui(ui: &mut Ui, cx: &mut UiContext, line: &LineModel, index: usize, at: eframe::egui::Pos2) {
    let rect = Rect::from_min_size(at - vec2(space::XS, 0.0), vec2(20.0, 20.0));
    let response = ui.interact(rect, ui.scope_id().with(("play", line.id)), Sense::click());
    let name = tr_args("interlinear-play", &[("line", (index + 1).into())]);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), &name));
    let color = if response.hovered() { cx.theme.accent } else { cx.theme.muted };
    let c = rect.center();
    let triangle = vec![c + vec2(-5.0, -6.0), c + vec2(6.0, 0.0), c + vec2(-5.0, 6.0)];
    ui.painter().add(Shape::convex_polygon(triangle, color, Stroke::NONE));
    focus_ring(ui, &response, size::RADIUS_SMALL);
    if response.on_hover_text(name).clicked() {
        cx.send(Command::Interlinear(Do::Play(line.id)));
    }
}

/// A line that nobody made words of yet.
fn bare_ui(ui: &mut Ui, cx: &mut UiContext, line: &LineModel, room: Rect) -> f32 {
    let out = ui.scope_builder(UiBuilder::new().max_rect(room).id_salt(("bare", line.id)), |ui| {
        ui.horizontal_wrapped(|ui| {
            if line.text.is_empty() {
                ui.label(RichText::new(tr("interlinear-no-text")).color(cx.theme.muted));
            } else {
                ui.label(RichText::new(&line.text).font(fonts::language(type_size::LANGUAGE_LARGE)));
                if ui.add(Button::new(tr("interlinear-split"))).clicked() {
                    cx.send(Command::Interlinear(Do::SplitWords(line.id)));
                }
            }
        });
    });
    out.response.rect.height()
}

fn free_ui(
    ui: &mut Ui,
    cx: &mut UiContext,
    state: &mut InterlinearState,
    model: &InterlinearModel,
    line: &LineModel,
    room: Rect,
    selected: bool,
) -> f32 {
    let theme = cx.theme;
    let name = tr("interlinear-free");
    if let Some(Editor::Free { line: id, text }) = &mut state.editor
        && *id == line.id
    {
        let field = Id::unique("interlinear-free-field");
        let rect = room.translate(vec2(-(space::S + 1.0), 0.0));
        let response = ui
            .scope_builder(UiBuilder::new().max_rect(rect).id_salt("free"), |ui| {
                TextField::new(text, name).id(field).show(ui)
            })
            .inner;
        if std::mem::take(&mut state.fresh) {
            response.request_focus();
            super::editor::caret_to_end(ui, field, text);
        } else if response.lost_focus() {
            let text = text.clone();
            if response.changed() {
                send_free(cx, model, line, text);
            }
            state.editor = None;
            return response.rect.height() + space::XS;
        }
        if response.changed() {
            let text = text.clone();
            send_free(cx, model, line, text);
        }
        return response.rect.height() + space::XS;
    }
    if line.free.is_empty() && !selected {
        return 0.0;
    }
    let text = if line.free.is_empty() {
        RichText::new(tr("interlinear-free-hint")).color(theme.muted)
    } else {
        RichText::new(format!("‘{}’", line.free)).color(theme.text)
    };
    let label = Label::new(text.font(fonts::regular(type_size::BODY + 1.0))).wrap().sense(Sense::click());
    let response =
        ui.scope_builder(UiBuilder::new().max_rect(room).id_salt(("free", line.id)), |ui| ui.add(label)).inner;
    if response.clicked() {
        cx.send(Command::Interlinear(Do::SelectLine(line.id)));
        cx.send(Command::Interlinear(Do::EditFree));
    }
    response.on_hover_cursor(CursorIcon::Text).rect.height() + space::XS
}

fn send_free(cx: &mut UiContext, model: &InterlinearModel, line: &LineModel, text: String) {
    let language = model.analysis.clone();
    cx.send(Command::Interlinear(Do::SetFreeTranslation { line: line.id, language, text }));
}
