//! The table of sessions; only the rows in sight are drawn.

use eframe::egui::{Align, Color32, FontId, Id, Label, Layout, Rect, RichText, ScrollArea, Ui, UiBuilder, pos2};

use super::{SessionLine, SessionsModel, SessionsState};
use crate::app::command::SessionsCommand;
use crate::app::i18n::number;
use crate::ui::theme::{size, space, type_size};
use crate::ui::widgets::{self, ListRow};
use crate::ui::{Command, UiContext, fonts, tr};

/// The columns after the title with their widths, from the left.
const COLUMNS: [(&str, f32); 6] = [
    ("sessions-date", 92.0),
    ("sessions-length", 70.0),
    ("sessions-recordings", 80.0),
    ("sessions-annotations", 88.0),
    ("sessions-glossed", 66.0),
    ("sessions-proposals", 76.0),
];

/// Where the columns lie: the title first. Columns that have no room are left out from the right.
fn columns(rect: Rect) -> Vec<Rect> {
    let mut shown = COLUMNS.len();
    let wide = |shown: usize| COLUMNS[..shown].iter().map(|column| column.1).sum::<f32>();
    while shown > 1 && rect.width() - wide(shown) < 180.0 {
        shown -= 1;
    }
    let mut left = rect.right() - wide(shown);
    let mut rects = vec![Rect::from_min_max(rect.min, pos2(left - space::M, rect.bottom()))];
    for (_, width) in &COLUMNS[..shown] {
        rects.push(Rect::from_min_max(pos2(left, rect.top()), pos2(left + width, rect.bottom())));
        left += width;
    }
    rects
}

fn cell(ui: &mut Ui, rect: Rect, right: bool, text: &str, font: FontId, color: Color32) {
    let layout = if right { Layout::right_to_left(Align::Center) } else { Layout::left_to_right(Align::Center) };
    ui.scope_builder(UiBuilder::new().max_rect(rect).layout(layout), |ui| {
        ui.add(Label::new(RichText::new(text).font(font).color(color)).truncate());
    });
}

pub(super) fn table_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut SessionsState, model: &SessionsModel) {
    let theme = cx.theme;
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.add_space(space::M);
    ui.horizontal(|ui| {
        ui.add_space(space::M);
        widgets::title(ui, tr("place-sessions"));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(space::M);
            cx.button(ui, Command::Sessions(SessionsCommand::New));
            cx.button(ui, Command::Import(Vec::new()));
        });
    });
    ui.add_space(space::S);
    let (_, head) = ui.allocate_space(eframe::egui::vec2(ui.available_width(), size::ROW_COMPACT));
    let inner = head.shrink2(eframe::egui::vec2(space::M, 0.0));
    let heads = [tr("sessions-title")].into_iter().chain(COLUMNS.iter().map(|(id, _)| tr(id)));
    for (index, (rect, text)) in columns(inner).into_iter().zip(heads).enumerate() {
        cell(ui, rect, index > 1, &text, fonts::regular(type_size::LABEL), theme.muted);
    }
    ui.painter().hline(head.x_range(), head.bottom() - 0.5, theme.hairline());
    ui.advance_cursor_after_rect(head);
    let selected = model.page.as_ref().map(|page| page.session.id);
    let chosen = model.lines.iter().position(|line| Some(line.id) == selected);
    let mut area = ScrollArea::vertical().id_salt("sessions-table").auto_shrink(false);
    if std::mem::take(&mut state.scroll)
        && let Some(row) = chosen
    {
        // Rows out of sight are not drawn: the offset is told by number.
        area = area.vertical_scroll_offset((row as f32 - 4.0).max(0.0) * size::ROW);
    }
    area.show_rows(ui, size::ROW, model.lines.len(), |ui, range| {
        for line in &model.lines[range] {
            row_ui(ui, cx, line, Some(line.id) == selected);
        }
    });
}

fn row_ui(ui: &mut Ui, cx: &mut UiContext, line: &SessionLine, selected: bool) {
    let theme = cx.theme;
    let row = ListRow::new(Id::unique("session").with(line.id), &line.title).selected(selected).line();
    let shown = row.show(ui, |ui| {
        let count = |n: usize| if n == 0 { String::new() } else { number(n as u64) };
        let glossed = line.glossed.map(|part| format!("{:.0} %", part * 100.0)).unwrap_or_default();
        let texts = [
            line.date.clone(),
            line.length.clone(),
            count(line.recordings),
            count(line.annotations),
            glossed,
            count(line.proposals),
        ];
        let rects = columns(ui.max_rect());
        let title = if line.name.is_empty() { line.title.clone() } else { format!("{}  {}", line.title, line.name) };
        if let Some(rect) = rects.first() {
            cell(ui, *rect, false, &title, fonts::regular(type_size::BODY), theme.text);
        }
        for (index, (rect, text)) in rects.iter().skip(1).zip(&texts).enumerate() {
            let color = if index == 5 { theme.accent_text } else { theme.muted };
            cell(ui, *rect, index > 0, text, fonts::figures(type_size::BODY), color);
        }
    });
    if shown.response.double_clicked() {
        cx.send(Command::Sessions(SessionsCommand::Open(line.id, crate::ui::Place::Timeline)));
    } else if shown.response.clicked() {
        cx.send(Command::Sessions(SessionsCommand::Select(line.id)));
    }
}
