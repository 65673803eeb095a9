//! The list of entries with its filter.

use eframe::egui::{Align, Id, Key, Label, Layout, Rect, RichText, ScrollArea, Ui, UiBuilder, pos2, vec2};

use super::{LexiconModel, LexiconRow, LexiconState, filter_id};
use crate::app::command::LexiconCommand as Do;
use crate::ui::theme::{size, space, type_size};
use crate::ui::widgets::{Button, ListRow, TextField};
use crate::ui::{Command, UiContext, fonts, tr};

const ROW: f32 = 31.0;
/// Where the columns start, as parts of the width: gloss, category; the count is at the right edge.
const COLUMNS: [f32; 2] = [0.27, 0.63];
const COUNT: f32 = 64.0;

/// Draws filter, button, headings and rows.
pub(super) fn list_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut LexiconState, model: &LexiconModel) {
    ui.spacing_mut().item_spacing.y = 0.0;
    let (_, bar) = ui.allocate_space(vec2(ui.available_width(), size::CONTROL + 2.0 * space::M));
    let bar = UiBuilder::new().max_rect(bar.shrink2(vec2(space::M, 0.0)));
    ui.scope_builder(bar.layout(Layout::right_to_left(Align::Center)), |ui| {
        let new = Command::Lexicon(Do::NewEntry);
        if ui.add(Button::primary(tr("command-new-entry")).tooltip(tr("command-new-entry.tooltip"))).clicked() {
            cx.send(new);
        }
        let width = ui.available_width();
        let field = TextField::new(&mut state.filter, tr("lexicon-filter")).hint(tr("lexicon-filter-hint"));
        let response = field.id(filter_id()).width(width).show(ui);
        if response.changed() {
            cx.send(Command::Lexicon(Do::SetFilter(state.filter.clone())));
        }
        if response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) && model.selected.is_none() {
            cx.send(Command::Lexicon(Do::NextEntry));
        }
    });
    let (_, head) = ui.allocate_space(vec2(ui.available_width(), size::ROW_COMPACT));
    // The rows leave room for the scroll bar.
    let columns = head.with_max_x(head.right() - ui.spacing().scroll.allocated_width());
    let cells = cells(columns);
    let names = ["lexicon-headword", "lexicon-gloss", "lexicon-category", "lexicon-in-texts"];
    for (index, (cell, name)) in cells.into_iter().zip(names).enumerate() {
        let text = RichText::new(tr(name)).font(fonts::regular(type_size::LABEL)).color(cx.theme.muted);
        cell_ui(ui, cell, Id::unique(("head", index)), index == 3, text);
    }
    ui.painter().hline(head.x_range(), head.bottom() - 0.5, cx.theme.hairline());
    if model.rows.is_empty() {
        ui.add_space(space::L);
        ui.vertical_centered(|ui| {
            ui.add(Label::new(RichText::new(tr("lexicon-nothing-found")).color(cx.theme.muted)).wrap());
        });
        return;
    }
    let mut area = ScrollArea::vertical().id_salt("lexicon-rows").auto_shrink(false);
    if std::mem::take(&mut state.reveal)
        && let Some(selected) = model.selected
    {
        // The first and last row in sight may be cut.
        let whole = state.rows.start + 1..state.rows.end.saturating_sub(1);
        if !whole.contains(&selected) {
            let top = selected as f32 * ROW;
            area = area.vertical_scroll_offset((top - ui.available_height() / 2.0).max(0.0));
        }
    }
    area.show_rows(ui, ROW, model.rows.len(), |ui, range| {
        state.rows = range.clone();
        for index in range {
            row_ui(ui, cx, &model.rows[index], model.selected == Some(index));
        }
    });
}

fn cells(row: Rect) -> [Rect; 4] {
    let inner = row.shrink2(vec2(space::M, 0.0));
    let x = |part: f32| inner.left() + part * inner.width();
    let cell = |from: f32, to: f32| Rect::from_min_max(pos2(from, row.top()), pos2(to - space::S, row.bottom()));
    [
        cell(inner.left(), x(COLUMNS[0])),
        cell(x(COLUMNS[0]), x(COLUMNS[1])),
        cell(x(COLUMNS[1]), inner.right() - COUNT),
        Rect::from_min_max(pos2(inner.right() - COUNT, row.top()), inner.right_bottom()),
    ]
}

fn cell_ui(ui: &mut Ui, cell: Rect, id: Id, right: bool, text: RichText) {
    let layout = if right { Layout::right_to_left(Align::Center) } else { Layout::left_to_right(Align::Center) };
    ui.scope_builder(UiBuilder::new().max_rect(cell).layout(layout).id_salt(id), |ui| {
        ui.add(Label::new(text).truncate().selectable(false));
    });
}

fn row_ui(ui: &mut Ui, cx: &mut UiContext, row: &LexiconRow, selected: bool) {
    let theme = cx.theme;
    let name = format!("{} {} {}", row.headword, row.gloss, row.category);
    let top = ui.cursor().top();
    let rect = Rect::from_min_size(pos2(ui.max_rect().left(), top), vec2(ui.available_width(), ROW));
    let out =
        ListRow::new(Id::unique(("lexicon-row", row.id)), name).selected(selected).height(ROW).line().show(ui, |ui| {
            let [headword, gloss, category, count] = cells(rect);
            let id = |column| Id::unique(("lexicon-cell", row.id, column));
            let language =
                RichText::new(&row.headword).font(fonts::language(type_size::LANGUAGE_SMALL)).color(theme.text);
            cell_ui(ui, headword, id(0), false, language);
            let plain = |text: &str, color| RichText::new(text).font(fonts::regular(type_size::BODY)).color(color);
            cell_ui(ui, gloss, id(1), false, plain(&row.gloss, theme.text));
            cell_ui(ui, category, id(2), false, plain(&row.category, theme.muted));
            let count_text = RichText::new(row.in_texts.to_string()).font(fonts::figures(type_size::BODY));
            cell_ui(ui, count, id(3), true, count_text.color(theme.muted));
        });
    if out.response.clicked() {
        cx.send(Command::Lexicon(Do::Open(row.id)));
    }
}
