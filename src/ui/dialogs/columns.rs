//! The columns of a table of somebody else's making: its first rows, and over each column the field it goes to.

use std::path::PathBuf;

use eframe::egui::{Align, ComboBox, Grid, Id, Key, Label, Layout, Modifiers, Popup, RichText, ScrollArea, Ui, vec2};

use super::{DialogOutcome, First, enter_in_field, foot_ui, words_ui};
use crate::app::i18n::number;
use crate::formats::ImportOptions;
use crate::formats::table::{self, Field, Mapping, RowKind, Table};
use crate::ui::theme::{size, space, type_size};
use crate::ui::widgets::{self, Button, TextField};
use crate::ui::{UiContext, fonts, tr, tr_args};

/// Rows that are shown, and rows that are counted for the line that says what will come of them.
const SHOWN: usize = 6;
const COUNTED: usize = 5_000;
const COLUMN: f32 = 150.0;
/// Columns that can be assigned here; a table with more needs a mapping file.
const COLUMNS: usize = 200;

/// One table, and its mapping being made.
struct Sheet {
    table: Table,
    mapping: Mapping,
    /// Whether the mapping is that of the last table with these columns.
    as_last_time: bool,
    /// Whether it does not come in.
    left_out: bool,
    /// What will come of it, and whether anything will; made anew when the mapping changes.
    outcome: Option<(String, bool)>,
}

impl Sheet {
    fn new(table: Table, remembered: Option<Mapping>, options: &ImportOptions) -> Self {
        let as_last_time = remembered.is_some();
        let mapping = remembered.unwrap_or_else(|| table::guess(&table).mapping).over(&table);
        let outcome = Some(outcome(&table, &mapping, options));
        Self { table, mapping, as_last_time, left_out: false, outcome }
    }

    fn outcome(&mut self, options: &ImportOptions) -> &(String, bool) {
        self.outcome.get_or_insert_with(|| outcome(&self.table, &self.mapping, options))
    }
}

/// The tables of a file, each with its columns.
pub struct ColumnsDialog {
    file: PathBuf,
    /// At least one.
    sheets: Vec<Sheet>,
    /// The one that is shown.
    at: usize,
    options: ImportOptions,
    first: First,
}

impl ColumnsDialog {
    pub(super) fn new(
        file: PathBuf,
        tables: Vec<Table>,
        known: impl Fn(&Table) -> Option<Mapping>,
        options: ImportOptions,
    ) -> Self {
        let make = |table: Table| {
            let remembered = known(&table);
            Sheet::new(table, remembered, &options)
        };
        let mut sheets: Vec<Sheet> = tables.into_iter().map(make).collect();
        // A sheet of remarks beside sheets of data stays out, and says so, until somebody tells what it holds.
        let can = |sheet: &Sheet| sheet.outcome.as_ref().is_some_and(|(_, possible)| *possible);
        if sheets.iter().any(can) {
            sheets.iter_mut().for_each(|sheet| sheet.left_out = !can(sheet));
        }
        let at = sheets.iter().position(|sheet| !sheet.left_out).unwrap_or_default();
        Self { file, sheets, at, options, first: First::default() }
    }

    pub(super) fn name(&self) -> String {
        let file = self.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        tr_args("dialog-columns", &[("file", file.into())])
    }

    /// Whether a list of fields is open: then Escape closes that first.
    pub(super) fn has_list_open(ui: &Ui) -> bool {
        Popup::is_any_open(ui.ctx())
    }

    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut UiContext) -> DialogOutcome {
        let enter = enter_in_field(ui) || ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::Enter));
        self.sheets_ui(ui);
        let some = self.sheets.iter().any(|sheet| !sheet.left_out);
        let options = &self.options;
        let Some(sheet) = self.sheets.get_mut(self.at) else { return DialogOutcome::Closed };
        let before = sheet.mapping.clone();
        let hint = if sheet.as_last_time { "columns-as-last-time" } else { "columns-how" };
        words_ui(ui, &tr(hint), if sheet.as_last_time { cx.theme.good_text } else { cx.theme.muted });
        ui.add_space(space::S);
        ui.add_enabled_ui(!sheet.left_out, |ui| {
            sheet.kind_ui(ui);
            ui.add_space(space::S);
            sheet.grid_ui(ui, cx, options);
        });
        if sheet.mapping != before {
            sheet.as_last_time &= sheet.mapping.columns == before.columns && sheet.mapping.rows == before.rows;
            sheet.outcome = None;
        }
        ui.add_space(space::M);
        if sheet.left_out {
            words_ui(ui, &tr("columns-left-out"), cx.theme.muted);
        } else {
            let (said, possible) = sheet.outcome(options);
            words_ui(ui, said, if *possible { cx.theme.text } else { cx.theme.bad });
        }
        let (import, cancel, guess) = foot_ui(ui, |ui| {
            let import = ui.add_enabled(some, Button::primary(tr("columns-import")).large().key("Enter"));
            let cancel = ui.add(Button::new(tr("dialog-cancel")).large()).clicked();
            let again = ui.add(Button::quiet(tr("columns-guess")).large().tooltip(tr("columns-guess-why"))).clicked();
            (import, cancel, again)
        });
        self.first.focus(&import);
        if guess {
            sheet.mapping = table::guess(&sheet.table).mapping;
            sheet.as_last_time = false;
            sheet.outcome = None;
        }
        if cancel {
            return DialogOutcome::Closed;
        }
        if import.clicked() || (enter && some) { self.answer() } else { DialogOutcome::Open }
    }

    /// The mappings, when every sheet that comes in says what it holds; else the first that does not is shown.
    fn answer(&mut self) -> DialogOutcome {
        let options = &self.options;
        let open = self.sheets.iter_mut().position(|sheet| !sheet.left_out && !sheet.outcome(options).1);
        if let Some(at) = open {
            self.at = at;
            return DialogOutcome::Open;
        }
        let come = self.sheets.iter().filter(|sheet| !sheet.left_out);
        DialogOutcome::Columns {
            file: self.file.clone(),
            made_by: come.map(|sheet| (sheet.table.fingerprint(), sheet.mapping.clone())).collect(),
            sheets: self
                .sheets
                .iter()
                .map(|sheet| (sheet.table.name.clone(), (!sheet.left_out).then(|| sheet.mapping.clone())))
                .collect(),
        }
    }

    /// The sheets of the file side by side, where there are several, and whether the one shown comes in.
    fn sheets_ui(&mut self, ui: &mut Ui) {
        if self.sheets.len() < 2 {
            return;
        }
        let label = |sheet: &Sheet| match sheet.left_out {
            true => tr_args("columns-sheet-left-out", &[("name", sheet.table.name.clone().into())]),
            false => sheet.table.name.clone(),
        };
        let choices: Vec<(usize, String)> = self.sheets.iter().map(label).enumerate().collect();
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(tr("columns-sheets")).font(fonts::regular(type_size::BODY)));
            widgets::segmented(ui, "columns-sheets", &mut self.at, &choices);
            ui.add_space(space::L);
            if let Some(sheet) = self.sheets.get_mut(self.at) {
                let mut comes = !sheet.left_out;
                if ui.checkbox(&mut comes, tr("columns-sheet-comes")).changed() {
                    sheet.left_out = !comes;
                }
            }
        });
        ui.add_space(space::S);
    }
}

impl Sheet {
    /// What rows are, and whether the first one holds names.
    fn kind_ui(&mut self, ui: &mut Ui) {
        ui.horizontal(|ui| {
            ui.label(RichText::new(tr("columns-rows")).font(fonts::regular(type_size::BODY)));
            let choices = RowKind::ALL.map(|kind| (kind, tr(&format!("columns-rows-{}", kind.name()))));
            widgets::segmented(ui, "columns-rows", &mut self.mapping.rows, &choices);
            ui.add_space(space::L);
            let mut header = self.mapping.header;
            if ui.checkbox(&mut header, tr("columns-header")).changed() {
                self.mapping.header = header;
                let names = self.table.names(header);
                for (column, name) in self.mapping.columns.iter_mut().zip(names) {
                    column.name = name;
                }
            }
        });
    }

    fn grid_ui(&mut self, ui: &mut Ui, cx: &UiContext, options: &ImportOptions) {
        let height = (ui.ctx().content_rect().height() - 320.0).clamp(200.0, 360.0);
        ScrollArea::both().id_salt(&self.table.name).max_height(height).auto_shrink([false, true]).show(ui, |ui| {
            Grid::new("columns").spacing(vec2(space::M, space::XS)).min_col_width(COLUMN).max_col_width(COLUMN).show(
                ui,
                |ui| {
                    let rows = self.mapping.rows;
                    for (at, column) in self.mapping.columns.iter_mut().enumerate().take(COLUMNS) {
                        field_choice(ui, at, column, rows);
                    }
                    ui.end_row();
                    for (at, column) in self.mapping.columns.iter_mut().enumerate().take(COLUMNS) {
                        language_ui(ui, at, column, options);
                    }
                    ui.end_row();
                    for column in self.mapping.columns.iter().take(COLUMNS) {
                        cell_ui(ui, &column.name, true, cx);
                    }
                    ui.end_row();
                    for row in self.table.data(self.mapping.header).iter().take(SHOWN) {
                        for at in 0..self.mapping.columns.len().min(COLUMNS) {
                            cell_ui(ui, row.get(at).map_or("", String::as_str), false, cx);
                        }
                        ui.end_row();
                    }
                },
            );
        });
    }
}

/// The list over a column.
fn field_choice(ui: &mut Ui, at: usize, column: &mut table::Column, rows: RowKind) {
    let shown = if column.field.suits(rows) { column.field } else { Field::Keep };
    let response = ComboBox::from_id_salt(("columns field", at))
        .selected_text(field_name(shown))
        .width(COLUMN)
        .height(360.0)
        .show_ui(ui, |ui| {
            for field in Field::ALL.iter().filter(|field| field.suits(rows)) {
                ui.selectable_value(&mut column.field, *field, field_name(*field));
            }
        })
        .response;
    // What a screen reader says first is what the list is for.
    let _ = response.accessible_name(tr_args("columns-field-of", &[("column", column.name.clone().into())]));
}

/// The language of a column whose texts are in one.
fn language_ui(ui: &mut Ui, at: usize, column: &mut table::Column, options: &ImportOptions) {
    let usual = match column.field.speech() {
        Some(table::Speech::Object) => options.object_language(),
        Some(table::Speech::Analysis) => options.analysis_language(),
        None => {
            ui.allocate_space(vec2(COLUMN, size::CONTROL));
            return;
        }
    };
    let name = tr_args("columns-language-of", &[("column", column.name.clone().into())]);
    let id = Id::unique("columns language").with(at);
    TextField::new(&mut column.language, name).id(id).hint(usual).width(COLUMN - space::L).show(ui);
}

fn cell_ui(ui: &mut Ui, text: &str, head: bool, cx: &UiContext) {
    let short: String = text.chars().take(60).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let font = if head { fonts::semibold(type_size::SMALL) } else { fonts::language(type_size::BODY) };
    let color = if head { cx.theme.muted } else { cx.theme.text };
    let text = RichText::new(short).font(font).color(color);
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        ui.set_max_width(COLUMN);
        ui.add(Label::new(text).truncate());
    });
}

fn field_name(field: Field) -> String {
    tr(&format!("columns-field-{}", field.name().replace('_', "-")))
}

/// What will come of a table by a mapping, in words, and whether anything will.
fn outcome(table: &Table, mapping: &Mapping, options: &ImportOptions) -> (String, bool) {
    let rows = table.rows.get(..COUNTED).unwrap_or(&table.rows).to_vec();
    let part = Table { name: table.name.clone(), rows };
    let read = match table::read(&part, mapping, options) {
        Ok(read) => read,
        Err(_) => return (tr(&format!("columns-missing-{}", mapping.rows.name())), false),
    };
    let kept = mapping.kept();
    let bundle = &read.bundle;
    let sentences = bundle.annotations.iter().filter(|a| a.parent.is_none()).count();
    let gives = |text: &str, one: (&'static str, &'static str, usize), other: (&'static str, &'static str, usize)| {
        let args = [one, other]
            .map(|(name, count_name, count)| [(name, number(count as u64).into()), (count_name, count.into())]);
        tr_args(text, &args.concat())
    };
    let mut said = match mapping.rows {
        RowKind::Entries => gives(
            "columns-gives-entries",
            ("entries", "entries-count", bundle.lexemes.len()),
            ("senses", "senses-count", bundle.senses.len()),
        ),
        RowKind::Sentences => gives(
            "columns-gives-sentences",
            ("sentences", "sentences-count", sentences),
            ("words", "words-count", bundle.words.len()),
        ),
        RowKind::Annotations => gives(
            "columns-gives-annotations",
            ("annotations", "annotations-count", sentences),
            ("tiers", "tiers-count", bundle.tiers.len()),
        ),
    };
    if kept > 0 {
        said = format!("{said} {}", tr_args("columns-kept", &[("count", kept.into())]));
    }
    if table.rows.len() > COUNTED {
        said = format!("{} {said}", tr_args("columns-counted", &[("rows", number(COUNTED as u64).into())]));
    }
    (said, !bundle.lexemes.is_empty() || sentences > 0)
}
