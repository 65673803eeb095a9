//! Agreement: figures, labels, the confusion matrix, and the clips behind a cell.

use eframe::egui::{
    Align2, CornerRadius, Grid, Id, Key, Label, Rect, RichText, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, vec2,
};

use super::PeopleModel;
use super::rule::{head_ui, press};
use crate::app::command::PeopleCommand;
use crate::domain::Span;
use crate::ui::theme::{focus_ring, size, space, type_size};
use crate::ui::widgets::{self, Chip, ListRow};
use crate::ui::{Command, UiContext, fonts, tr, tr_args};

/// A figure with its name; why there is none when there is none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FigureRow {
    pub name: String,
    pub value: String,
    pub why: Option<String>,
}

/// A label with how often it was given, and how far both agree on it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LabelLine {
    pub label: String,
    pub first: usize,
    pub second: usize,
    pub both: usize,
    pub kappa: String,
    pub unitised: String,
}

/// A pair of tags, or one alone.
#[derive(Clone, Debug, PartialEq)]
pub struct ClipRow {
    pub pair: usize,
    pub span: Span,
    pub first: String,
    pub second: String,
    pub selected: bool,
}

/// Everything about two reviewers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AgreementModel {
    pub names: [String; 2],
    pub everyone: Vec<String>,
    /// In place of the figures: why there are none, or why they are hidden.
    pub instead: Option<String>,
    pub counts: String,
    pub decisions: Vec<FigureRow>,
    pub tags: Vec<FigureRow>,
    pub labels: Vec<LabelLine>,
    /// Rows: the first's labels, columns: the second's, "nothing" last.
    pub matrix: Vec<Vec<usize>>,
    pub cell: Option<(usize, usize)>,
    pub clips: Vec<ClipRow>,
    /// Open proposals that both said the same of.
    pub settle: usize,
}

const CELL: f32 = 30.0;
const ROW_NAME: f32 = 150.0;
const LABEL: f32 = 108.0;

pub(super) fn agreement_ui(ui: &mut Ui, cx: &mut UiContext, model: &PeopleModel) {
    let Some(agreement) = &model.agreement else { return };
    let typing = ui.ctx().egui_wants_keyboard_input();
    let closed = head_ui(ui, cx, &tr("agreement-title"), &tr("agreement-close"), PeopleCommand::ToggleAgreement);
    if closed || (!typing && ui.input(|input| input.key_pressed(Key::Escape))) {
        cx.send(Command::People(PeopleCommand::ToggleAgreement));
    }
    if agreement.everyone.len() > 2 {
        names_ui(ui, cx, agreement);
    }
    if let Some(instead) = &agreement.instead {
        note(ui, cx, instead);
        return;
    }
    note(ui, cx, &agreement.counts);
    ui.add_space(space::M);
    widgets::section(ui, tr("agreement-decisions"));
    figures_ui(ui, cx, &agreement.decisions);
    ui.add_space(space::M);
    widgets::section(ui, tr("agreement-tags"));
    figures_ui(ui, cx, &agreement.tags);
    if !agreement.labels.is_empty() {
        ui.add_space(space::M);
        labels_ui(ui, cx, agreement);
        ui.add_space(space::M);
        matrix_ui(ui, cx, agreement);
        clips_ui(ui, cx, agreement);
    }
    if agreement.settle > 0 {
        ui.add_space(space::M);
        let text = tr_args("agreement-settle", &[("count", (agreement.settle as i64).into())]);
        note(ui, cx, &text);
        press(ui, cx, PeopleCommand::Settle, true);
    }
}

fn note(ui: &mut Ui, cx: &UiContext, text: &str) {
    ui.add(Label::new(RichText::new(text).font(fonts::figures(type_size::BODY)).color(cx.theme.muted)).wrap());
}

/// Which two, of more.
fn names_ui(ui: &mut Ui, cx: &mut UiContext, agreement: &AgreementModel) {
    widgets::section(ui, tr("agreement-choose"));
    for place in 0..2 {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::XS, space::XS);
            for name in &agreement.everyone {
                let chosen = agreement.names[place] == *name;
                let chip = if chosen { Chip::accent(name).strong() } else { Chip::new(name) };
                let other = &agreement.names[1 - place];
                if ui.add_enabled(name != other, chip.clickable()).clicked() {
                    let mut names = agreement.names.clone();
                    names[place].clone_from(name);
                    let [first, second] = names;
                    cx.send(Command::People(PeopleCommand::Compare { first, second }));
                }
            }
        });
    }
    ui.add_space(space::S);
}

fn figures_ui(ui: &mut Ui, cx: &UiContext, rows: &[FigureRow]) {
    for row in rows {
        ui.horizontal(|ui| {
            ui.label(RichText::new(&row.name).font(fonts::regular(type_size::BODY)).color(cx.theme.muted));
            ui.with_layout(eframe::egui::Layout::right_to_left(eframe::egui::Align::Center), |ui| {
                ui.label(RichText::new(&row.value).font(fonts::figures_semibold(type_size::BODY)));
            });
        });
        if let Some(why) = &row.why {
            let text = RichText::new(why).font(fonts::regular(type_size::SMALL)).color(cx.theme.muted);
            ui.add(Label::new(text).wrap());
        }
    }
}

fn labels_ui(ui: &mut Ui, cx: &UiContext, agreement: &AgreementModel) {
    widgets::section(ui, tr("agreement-labels"));
    let [first, second] = &agreement.names;
    let head = |text: &str| RichText::new(text).font(fonts::regular(type_size::LABEL)).color(cx.theme.muted);
    let figure = |text: String| RichText::new(text).font(fonts::figures(type_size::BODY));
    Grid::new("agreement-labels").num_columns(6).spacing(vec2(space::M, space::XS)).show(ui, |ui| {
        for text in [&tr("agreement-label"), first, second, &tr("agreement-both"), "κ", "ᵤα"] {
            ui.label(head(text));
        }
        ui.end_row();
        for line in &agreement.labels {
            ui.scope(|ui| {
                // A label that is longer is cut, and says all of itself when pointed at.
                ui.set_width(LABEL);
                ui.add(Label::new(RichText::new(&line.label).font(fonts::regular(type_size::BODY))).truncate());
            });
            for count in [line.first, line.second, line.both] {
                ui.label(figure(count.to_string()));
            }
            ui.label(figure(line.kappa.clone()));
            ui.label(figure(line.unitised.clone()));
            ui.end_row();
        }
    });
}

/// A label of the matrix, "nothing" past the last.
fn name_at(agreement: &AgreementModel, place: usize) -> String {
    agreement.labels.get(place).map_or_else(|| tr("agreement-nothing"), |line| line.label.clone())
}

fn matrix_ui(ui: &mut Ui, cx: &mut UiContext, agreement: &AgreementModel) {
    widgets::section(ui, tr("agreement-matrix"));
    let [first, second] = &agreement.names;
    let args = [("first", first.clone().into()), ("second", second.clone().into())];
    note(ui, cx, &tr_args("agreement-matrix-about", &args));
    ui.add_space(space::XS);
    let most = agreement.matrix.iter().flatten().copied().max().unwrap_or(0).max(1);
    ScrollArea::horizontal().show(ui, |ui| {
        let n = agreement.matrix.len();
        let room = vec2(ROW_NAME + n as f32 * CELL, (n as f32 + 1.0) * CELL);
        let (rect, _) = ui.allocate_exact_size(room, Sense::hover());
        let at = |row: usize, column: usize| {
            let corner = rect.min + vec2(ROW_NAME + column as f32 * CELL, (row as f32 + 1.0) * CELL);
            Rect::from_min_size(corner, vec2(CELL, CELL)).shrink(1.0)
        };
        for place in 0..n {
            // Columns are numbered as the rows are, whose names would not fit over them.
            let number = if place + 1 == n { "–".to_owned() } else { (place + 1).to_string() };
            let small = fonts::figures(type_size::SMALL);
            let over = at(0, place).center() - vec2(0.0, CELL);
            ui.painter().text(over, Align2::CENTER_CENTER, &number, small.clone(), cx.theme.muted);
            let beside = at(place, 0);
            let name = ui.painter().layout(
                format!("{number}  {}", name_at(agreement, place)),
                small,
                cx.theme.text,
                ROW_NAME - space::S,
            );
            let name_at = eframe::egui::pos2(rect.left(), beside.center().y - name.size().y / 2.0);
            ui.painter().galley(name_at, name, cx.theme.text);
        }
        for (row, counts) in agreement.matrix.iter().enumerate() {
            for (column, count) in counts.iter().enumerate() {
                // Nobody can count what neither saw.
                if row + 1 < n || column + 1 < n {
                    cell_ui(ui, cx, agreement, (row, column), *count, most, at(row, column));
                }
            }
        }
    });
}

fn cell_ui(
    ui: &mut Ui,
    cx: &mut UiContext,
    agreement: &AgreementModel,
    (row, column): (usize, usize),
    count: usize,
    most: usize,
    rect: Rect,
) {
    let response = ui.interact(rect, Id::unique(("agreement-cell", row, column)), Sense::click());
    let [first, second] = &agreement.names;
    let name = tr_args(
        "agreement-cell",
        &[
            ("first", first.clone().into()),
            ("second", second.clone().into()),
            ("row", name_at(agreement, row).into()),
            ("column", name_at(agreement, column).into()),
            ("count", (count as i64).into()),
        ],
    );
    let chosen = agreement.cell == Some((row, column));
    response.widget_info(|| WidgetInfo::selected(Role::Button, ui.is_enabled(), chosen, &name));
    let part = count as f32 / most as f32;
    let color = if row == column { cx.theme.good } else { cx.theme.accent };
    let fill = if count == 0 { cx.theme.panel } else { cx.theme.tint(color, 0.12 + 0.5 * part) };
    let radius = CornerRadius::same(size::RADIUS_SMALL);
    ui.painter().rect_filled(rect, radius, fill);
    let edge = if chosen {
        Stroke::new(size::EDGE, cx.theme.accent)
    } else if response.hovered() {
        cx.theme.outline()
    } else {
        cx.theme.hairline()
    };
    ui.painter().rect_stroke(rect, radius, edge, StrokeKind::Inside);
    let (text, ink) = if count == 0 { ("·".to_owned(), cx.theme.muted) } else { (count.to_string(), cx.theme.text) };
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, text, fonts::figures(type_size::BODY), ink);
    focus_ring(ui, &response, size::RADIUS_SMALL);
    if response.clicked() {
        cx.send(Command::People(PeopleCommand::ShowCell { row, column }));
    }
    response.on_hover_text(name);
}

fn clips_ui(ui: &mut Ui, cx: &mut UiContext, agreement: &AgreementModel) {
    let Some((row, column)) = agreement.cell else { return };
    ui.add_space(space::M);
    widgets::section(ui, tr("agreement-clips"));
    note(ui, cx, &format!("{} / {}", name_at(agreement, row), name_at(agreement, column)));
    if agreement.clips.is_empty() {
        note(ui, cx, &tr("agreement-no-clips"));
    }
    for clip in &agreement.clips {
        let span = format!("{} – {}", clip.span.start, clip.span.end);
        let args = [
            ("span", span.clone().into()),
            ("first", clip.first.clone().into()),
            ("second", clip.second.clone().into()),
        ];
        let name = tr_args("agreement-clip", &args);
        let row = ListRow::new(Id::unique(("agreement-clip", clip.pair)), name)
            .selected(clip.selected)
            .height(size::ROW_COMPACT)
            .show(ui, |ui| {
                ui.label(RichText::new(span).font(fonts::figures(type_size::BODY)));
            });
        if row.response.clicked() {
            cx.send(Command::People(PeopleCommand::ShowPair(clip.pair)));
        }
    }
}
