//! A question in SPARQL and the table of its answer.

use std::sync::Arc;

use eframe::egui::text::{LayoutJob, TextFormat, TextWrapping};
use eframe::egui::{ComboBox, FontFamily, FontId, Id, Label, Link, RichText, ScrollArea, Ui, WidgetText};
use egui_extras::{Column, TableBuilder};

use crate::app::command::SearchCommand;
use crate::app::keymap;
use crate::domain::RecordId;
use crate::formats::rdf::query::{Answer, EXAMPLES};
use crate::ui::theme::{size, space, type_size};
use crate::ui::widgets::TextField;
use crate::ui::{Command, UiContext, fonts, tr, tr_args};

/// One place of the table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    pub text: String,
    /// The record of the project that it names.
    pub record: Option<RecordId>,
    /// It is an IRI, not a text.
    pub is_name: bool,
}

/// What is below the question.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Shown {
    #[default]
    Nothing,
    Problem(String),
    Answer {
        answer: Arc<Answer>,
        cells: Vec<Vec<Cell>>,
    },
}

/// What the tab shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueryModel {
    pub text: String,
    pub running: bool,
    pub shown: Shown,
}

/// What the tab keeps from frame to frame.
#[derive(Default)]
pub struct QueryState {
    text: String,
    /// The editor gets the focus next.
    pub focus: bool,
    /// The answer goes to the clipboard next.
    pub copy: bool,
}

/// Draws the tab.
pub(super) fn query_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut QueryState, model: &QueryModel) {
    editor_ui(ui, cx, state, model);
    ui.add_space(space::S);
    ui.horizontal(|ui| {
        cx.primary_button(ui, Command::Search(SearchCommand::RunQuery));
        examples_ui(ui, cx, state);
        let table = matches!(&model.shown, Shown::Answer { .. });
        ui.add_enabled_ui(table, |ui| cx.button(ui, Command::Search(SearchCommand::CopyAnswer)));
        let words = status(model);
        ui.label(RichText::new(words).font(fonts::regular(type_size::BODY)).color(cx.theme.muted));
    });
    ui.add_space(space::M);
    match &model.shown {
        Shown::Nothing => {
            let words = RichText::new(tr("query-about")).font(fonts::regular(type_size::BODY)).color(cx.theme.muted);
            ui.add(Label::new(words).wrap());
        }
        Shown::Problem(problem) => {
            let words = RichText::new(problem).font(mono()).color(cx.theme.bad);
            ui.add(Label::new(words).wrap().selectable(true));
        }
        Shown::Answer { answer, cells } => {
            if std::mem::take(&mut state.copy) {
                ui.ctx().copy_text(answer.to_csv());
            }
            if let Answer::Table { columns, .. } = &**answer
                && !cells.is_empty()
            {
                table_ui(ui, cx, columns, cells);
            }
        }
    }
    state.copy = false;
}

fn mono() -> FontId {
    FontId::new(type_size::BODY, FontFamily::Monospace)
}

fn editor_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut QueryState, model: &QueryModel) {
    let id = Id::unique("query-field");
    keymap::keep_lines(ui.ctx(), id);
    if !ui.memory(|memory| memory.has_focus(id)) && state.text != model.text {
        state.text.clone_from(&model.text);
    }
    let height = (ui.available_height() * 0.34).clamp(120.0, 320.0);
    ScrollArea::vertical().id_salt("query-editor").max_height(height).auto_shrink([false, true]).show(ui, |ui| {
        let field = TextField::new(&mut state.text, tr("query-field")).hint(tr("query-hint")).id(id);
        let response = field.font(mono()).rows(7).show(ui);
        if std::mem::take(&mut state.focus) {
            response.request_focus();
        }
        if response.changed() {
            cx.send(Command::Search(SearchCommand::WriteQuery(state.text.clone())));
        }
    });
}

/// The queries that come with the program.
fn examples_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut QueryState) {
    let name = tr("query-examples");
    let response = ComboBox::from_id_salt("query-examples")
        .selected_text(name.as_str())
        .show_ui(ui, |ui| {
            for (example, text) in EXAMPLES {
                if ui.selectable_label(false, tr(&format!("query-example-{example}"))).clicked() {
                    text.clone_into(&mut state.text);
                    cx.send(Command::Search(SearchCommand::WriteQuery(text.to_owned())));
                    cx.send(Command::Search(SearchCommand::RunQuery));
                }
            }
        })
        .response;
    let _ = response.accessible_name(name);
}

fn status(model: &QueryModel) -> String {
    if model.running {
        return tr("query-running");
    }
    match &model.shown {
        Shown::Answer { answer, .. } => match &**answer {
            Answer::Truth(true) => tr("query-yes"),
            Answer::Truth(false) => tr("query-no"),
            Answer::Table { rows, more: true, .. } => tr_args("query-more", &[("count", rows.len().into())]),
            Answer::Table { rows, .. } => tr_args("query-rows", &[("count", rows.len().into())]),
        },
        _ => String::new(),
    }
}

fn table_ui(ui: &mut Ui, cx: &mut UiContext, columns: &[String], cells: &[Vec<Cell>]) {
    let room = ui.available_width();
    let width = (room / columns.len().max(1) as f32 - space::S).max(140.0);
    ScrollArea::horizontal().id_salt("query-table").auto_shrink(false).show(ui, |ui| {
        let mut table = TableBuilder::new(ui).striped(false).auto_shrink(false).min_scrolled_height(0.0);
        for _ in columns {
            table = table.column(Column::initial(width).at_least(60.0).clip(true).resizable(true));
        }
        let theme = cx.theme;
        table
            .header(size::ROW_COMPACT, |mut header| {
                for column in columns {
                    header.col(|ui| {
                        let name = RichText::new(column).font(fonts::semibold(type_size::BODY)).color(theme.text);
                        ui.add(Label::new(name).truncate());
                    });
                }
            })
            .body(|body| {
                body.rows(size::ROW_COMPACT, cells.len(), |mut row| {
                    let Some(line) = cells.get(row.index()) else { return };
                    for cell in line {
                        row.col(|ui| cell_ui(ui, cx, cell));
                    }
                });
            });
    });
}

fn cell_ui(ui: &mut Ui, cx: &mut UiContext, cell: &Cell) {
    let theme = cx.theme;
    let font = if cell.is_name && cell.record.is_none() {
        fonts::regular(type_size::BODY)
    } else {
        fonts::language(type_size::LANGUAGE_SMALL)
    };
    let color = match (cell.record, cell.is_name) {
        (Some(_), _) => theme.accent_text,
        (None, true) => theme.muted,
        (None, false) => theme.text,
    };
    let mut job = LayoutJob { wrap: TextWrapping::truncate_at_width(ui.available_width()), ..LayoutJob::default() };
    job.append(&cell.text, 0.0, TextFormat::simple(font, color));
    match cell.record {
        Some(record) => {
            let tip = tr_args("query-open", &[("label", cell.text.clone().into())]);
            if ui.add(Link::new(WidgetText::from(job))).on_hover_text(tip).clicked() {
                cx.send(Command::Search(SearchCommand::Open(record)));
            }
        }
        None => {
            ui.add(Label::new(job).selectable(true));
        }
    }
}
