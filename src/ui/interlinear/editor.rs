//! Editing a word where it stands: its breaks, or its glosses, category and gloss.

use eframe::egui::text::{CCursor, CCursorRange};
use eframe::egui::text_edit::TextEditState;
use eframe::egui::{
    Area, CornerRadius, Frame, Id, Key, Label, Margin, Modifiers, Order, Pos2, Rect, Response, RichText, Role, Sense,
    Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::word::LaidWord;
use super::{Completion, Editor, GlossEditor, InterlinearModel, InterlinearState, WordCell};
use crate::app::command::InterlinearCommand as Do;
use crate::domain::WordId;
use crate::ui::theme::{size, space, type_size};
use crate::ui::widgets::{IpaField, TextField, ipa};
use crate::ui::{Command, UiContext, fonts, tr, tr_args};

const FIELD: f32 = 74.0;
const COMPLETIONS: usize = 7;

fn field_width(column: f32) -> f32 {
    column.max(FIELD)
}

/// How wide a word is while it is edited.
pub(super) fn width(laid: &LaidWord, state: &InterlinearState) -> f32 {
    match &state.editor {
        Some(Editor::Breaks { .. }) => laid.width.max(240.0) + size::CONTROL + space::XS,
        _ => {
            let fields = laid.columns.iter().map(|(_, width)| field_width(*width) + 2.0 * space::S + space::S);
            laid.width.max(fields.sum::<f32>())
        }
    }
}

/// Puts the caret behind the text of a field that gets the focus.
pub(super) fn caret_to_end(ui: &Ui, id: Id, text: &str) {
    let mut state = TextEditState::load(ui.ctx(), id).unwrap_or_default();
    state.cursor.set_char_range(Some(CCursorRange::one(CCursor::new(text.chars().count()))));
    state.store(ui.ctx(), id);
}

fn all_selected(ui: &Ui, id: Id, text: &str) {
    let mut state = TextEditState::load(ui.ctx(), id).unwrap_or_default();
    let range = CCursorRange::two(CCursor::new(0), CCursor::new(text.chars().count()));
    state.cursor.set_char_range(Some(range));
    state.store(ui.ctx(), id);
}

fn paint_form(ui: &Ui, cx: &UiContext, word: &WordCell, at: Pos2) {
    let font = fonts::language(type_size::LANGUAGE_LARGE);
    ui.painter().text(at, eframe::egui::Align2::LEFT_TOP, &word.form, font, cx.theme.text);
}

/// The breaks of a word as one field; gives the height it took.
pub(super) fn breaks_ui(
    ui: &mut Ui,
    cx: &mut UiContext,
    state: &mut InterlinearState,
    word: &WordCell,
    laid: &LaidWord,
    at: Pos2,
) -> f32 {
    paint_form(ui, cx, word, at);
    let Some(Editor::Breaks { text, .. }) = &mut state.editor else { return laid.height };
    let id = Id::unique("interlinear-breaks");
    let rect = Rect::from_min_size(at + vec2(0.0, laid.rows[0]), vec2(laid.width.max(240.0) + 40.0, size::ROW));
    let response = ui
        .scope_builder(UiBuilder::new().max_rect(rect).id_salt("breaks"), |ui| {
            let name = tr_args("interlinear-breaks", &[("word", word.form.clone().into())]);
            IpaField::new(text, name, id).width(laid.width.max(240.0)).show(ui)
        })
        .inner;
    if std::mem::take(&mut state.fresh) {
        response.request_focus();
        caret_to_end(ui, id, text);
    } else if response.lost_focus() && !ipa::is_open(ui.ctx()) {
        let left = ui.input(|input| input.key_pressed(Key::Escape));
        if !left {
            cx.send(Command::Interlinear(Do::SetMorphs { word: word.id, typed: text.clone() }));
        }
        state.editor = None;
        if ui.input(|input| input.key_pressed(Key::Enter) || input.key_pressed(Key::Tab)) && !left {
            cx.send(Command::Interlinear(Do::EditGloss));
        }
    }
    laid.rows[0] + response.rect.height() + space::S
}

/// The fields under a word: a gloss a morph, the category, the gloss of the whole; gives the height they took.
pub(super) fn glosses_ui(
    ui: &mut Ui,
    cx: &mut UiContext,
    state: &mut InterlinearState,
    model: &InterlinearModel,
    word: &WordCell,
    laid: &LaidWord,
    at: Pos2,
) -> f32 {
    paint_form(ui, cx, word, at);
    let fresh = std::mem::take(&mut state.fresh);
    let Some(Editor::Glosses(editor)) = &mut state.editor else { return laid.height };
    let Some(panel) = model.word.as_ref().filter(|panel| panel.id == word.id) else { return laid.height };
    let language = model.analysis.clone();
    let mut events = Events::default();
    let top = at + vec2(0.0, laid.rows[0]);
    let mut x = top.x;
    let fields = editor.glosses.len();
    let row = top.y + type_size::LANGUAGE_SMALL * 1.5 + space::XS;
    for index in 0..fields {
        let form = panel.morphs.get(index).map_or(word.form.as_str(), |morph| morph.form.as_str());
        let column = laid.columns.get(index).map_or(0.0, |(_, width)| *width);
        let font = fonts::language(type_size::LANGUAGE_SMALL);
        ui.painter().text(pos2(x, top.y), eframe::egui::Align2::LEFT_TOP, form, font, cx.theme.text);
        let width = field_width(column) + 2.0 * space::S;
        let name = tr_args("interlinear-gloss-of", &[("morph", form.to_owned().into())]);
        let empty = Vec::new();
        let found = fitting(panel.completions.get(index).unwrap_or(&empty), &editor.glosses[index]);
        let field = Field {
            id: field_id(word.id, index),
            name,
            hint: tr("interlinear-gloss-hint"),
            room: Rect::from_min_size(pos2(x, row), vec2(width, size::CONTROL)),
        };
        let response = field.show(ui, cx, editor, index, &found, &mut events);
        if fresh && index == 0 {
            response.request_focus();
            all_selected(ui, response.id, &editor.glosses[index]);
        }
        if response.changed() {
            let text = editor.glosses[index].clone();
            let language = language.clone();
            cx.send(Command::Interlinear(Do::SetMorphGloss { word: word.id, morph: index, language, text }));
        }
        x += width + space::S;
    }
    let mut y = row + size::CONTROL + space::S + 2.0;
    let width = field_width(laid.width) + 2.0 * space::S;
    let categories: Vec<Completion> = panel
        .categories
        .iter()
        .map(|category| Completion { gloss: category.clone(), detail: String::new(), sense: None })
        .collect();
    let labels = [
        (fields, "interlinear-category-of", "interlinear-category-hint"),
        (fields + 1, "interlinear-word-gloss-of", "interlinear-word-gloss-hint"),
    ];
    for (index, label, hint) in labels {
        let name = tr_args(label, &[("word", word.form.clone().into())]);
        let room = Rect::from_min_size(pos2(at.x, y), vec2(width, size::CONTROL));
        let field = Field { id: field_id(word.id, index), name, hint: tr(hint), room };
        let found = if index == fields { fitting(&categories, &editor.category) } else { Vec::new() };
        let response = field.show(ui, cx, editor, index, &found, &mut events);
        if response.changed() {
            let language = language.clone();
            cx.send(Command::Interlinear(if index == fields {
                Do::SetWordCategory { word: word.id, language, text: editor.category.clone() }
            } else {
                Do::SetWordGloss { word: word.id, language, text: editor.gloss.clone() }
            }));
        }
        y += size::CONTROL + space::XS + 2.0;
    }
    if let Some((index, completion)) = events.picked {
        match completion.sense {
            Some(sense) => cx.send(Command::Interlinear(Do::LinkMorph { word: word.id, morph: index, sense })),
            None if index == fields => {
                let text = completion.gloss.clone();
                cx.send(Command::Interlinear(Do::SetWordCategory { word: word.id, language, text }));
            }
            None => {
                let text = completion.gloss.clone();
                cx.send(Command::Interlinear(Do::SetMorphGloss { word: word.id, morph: index, language, text }));
            }
        }
        *slot(editor, index) = completion.gloss;
        editor.lit = None;
        let next = field_id(word.id, (index + 1).min(fields + 1));
        ui.memory_mut(|memory| memory.request_focus(next));
    } else {
        // Whatever took the focus away, nothing is lost: it was written as one typed.
        let focused = (0..fields + 2).any(|index| ui.memory(|memory| memory.has_focus(field_id(word.id, index))));
        if events.close || !(focused || fresh || ipa::is_open(ui.ctx())) {
            state.editor = None;
        }
    }
    y - at.y
}

fn field_id(word: WordId, index: usize) -> Id {
    Id::unique(("interlinear-gloss", word, index))
}

fn slot(editor: &mut GlossEditor, index: usize) -> &mut String {
    let glosses = editor.glosses.len();
    match index {
        index if index < glosses => &mut editor.glosses[index],
        index if index == glosses => &mut editor.category,
        _ => &mut editor.gloss,
    }
}

#[derive(Default)]
struct Events {
    picked: Option<(usize, Completion)>,
    close: bool,
}

fn fitting(all: &[Completion], typed: &str) -> Vec<Completion> {
    let typed = typed.to_lowercase();
    let fits = |c: &&Completion| c.gloss.to_lowercase().starts_with(&typed) && (c.gloss != typed || c.sense.is_some());
    all.iter().filter(fits).take(COMPLETIONS).cloned().collect()
}

struct Field {
    id: Id,
    name: String,
    hint: String,
    room: Rect,
}

impl Field {
    fn show(
        self,
        ui: &mut Ui,
        cx: &mut UiContext,
        editor: &mut GlossEditor,
        index: usize,
        found: &[Completion],
        events: &mut Events,
    ) -> Response {
        let focused = ui.memory(|memory| memory.has_focus(self.id));
        if focused {
            if editor.field != index {
                editor.field = index;
                editor.lit = None;
            }
            let key = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
            if !found.is_empty() && key(Key::ArrowDown) {
                editor.lit = Some(editor.lit.map_or(0, |lit| (lit + 1) % found.len()));
            }
            if !found.is_empty() && key(Key::ArrowUp) {
                editor.lit = Some(editor.lit.map_or(found.len() - 1, |lit| (lit + found.len() - 1) % found.len()));
            }
            if let Some(lit) = editor.lit.filter(|lit| *lit < found.len())
                && key(Key::Enter)
            {
                events.picked = Some((index, found[lit].clone()));
            }
        }
        let text = slot(editor, index);
        let response = ui
            .scope_builder(UiBuilder::new().max_rect(self.room).id_salt(self.id), |ui| {
                TextField::new(text, self.name).id(self.id).hint(self.hint).width(self.room.width()).show(ui)
            })
            .inner;
        if response.changed() {
            editor.lit = None;
        }
        let (enter, escape) = ui.input(|input| (input.key_pressed(Key::Enter), input.key_pressed(Key::Escape)));
        if response.lost_focus() && (enter || escape) {
            events.close = true;
        }
        if focused && !found.is_empty() {
            completions_ui(ui, cx, self.id, response.rect, found, editor.lit, |completion| {
                events.picked = Some((index, completion.clone()));
            });
        }
        response
    }
}

fn completions_ui(
    ui: &mut Ui,
    cx: &UiContext,
    id: Id,
    field: Rect,
    found: &[Completion],
    lit: Option<usize>,
    mut pick: impl FnMut(&Completion),
) {
    let theme = cx.theme;
    Area::new(id.with("completions")).order(Order::Foreground).fixed_pos(field.left_bottom() + vec2(0.0, 3.0)).show(
        ui.ctx(),
        |ui| {
            let frame = Frame::new()
                .fill(theme.raised)
                .stroke(theme.outline())
                .corner_radius(CornerRadius::same(size::RADIUS))
                .inner_margin(Margin::same(space::XS as i8));
            frame.show(ui, |ui| {
                ui.set_width(240.0);
                ui.spacing_mut().item_spacing.y = 0.0;
                for (index, completion) in found.iter().enumerate() {
                    let (rect, response) = ui.allocate_exact_size(vec2(240.0, size::CONTROL), Sense::CLICK);
                    let lit = lit == Some(index);
                    let spoken = format!("{} {}", completion.gloss, completion.detail);
                    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, lit, &spoken));
                    if lit || response.hovered() {
                        let fill = if lit { theme.selected() } else { theme.hover };
                        ui.painter().rect_filled(rect, CornerRadius::same(size::RADIUS_SMALL), fill);
                    }
                    let inner = rect.shrink2(vec2(space::S, 0.0));
                    let layout = eframe::egui::Layout::left_to_right(eframe::egui::Align::Center);
                    ui.scope_builder(UiBuilder::new().max_rect(inner).layout(layout).id_salt(index), |ui| {
                        let gloss = RichText::new(&completion.gloss).font(fonts::regular(type_size::BODY));
                        ui.add(Label::new(gloss).selectable(false));
                        let detail = RichText::new(&completion.detail).font(fonts::regular(type_size::LABEL));
                        ui.add(Label::new(detail.color(theme.muted)).selectable(false).truncate());
                    });
                    // On press, so that the field's loss of the focus does not come first.
                    if response.is_pointer_button_down_on() || response.clicked() {
                        pick(completion);
                    }
                }
            });
        },
    );
}
