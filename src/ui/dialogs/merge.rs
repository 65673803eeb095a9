//! A file that the project has some of: what will be new, changed and the same; where the two differ, both versions
//! side by side, and a choice for each by key.

use std::collections::HashSet;
use std::sync::Arc;

use eframe::egui::{
    Align2, FocusDirection, Grid, Id, Key, Label, Modifiers, Rect, Response, RichText, Role, ScrollArea, Sense, Ui,
    WidgetInfo, pos2, vec2,
};

use super::{DialogOutcome, First, foot_ui, words_ui};
use crate::app::i18n::{has_text, number};
use crate::app::merge::{Choices, Difference, Kind, Plan, Reason};
use crate::app::transfer::Incoming;
use crate::ui::icons::{self, Icon};
use crate::ui::theme::{focus_ring, size, space, type_size};
use crate::ui::widgets::{self, Button, Chip, ListRow, heading, section};
use crate::ui::{Theme, UiContext, fonts, tr, tr_args};

/// Height of a difference: what it is, and both versions under it.
const ROW: f32 = 64.0;
/// How much of a version is shown.
const SHOWN: usize = 120;

/// Counts of one kind, as they are told.
struct Line {
    kind: Kind,
    /// New, changed, the same, only in the project, conflicts.
    counts: [usize; 5],
}

/// One difference and what was chosen.
struct Row {
    difference: Difference,
    take: bool,
}

/// The dialog's state.
pub struct MergeDialog {
    file: String,
    incoming: Arc<Incoming>,
    lines: Vec<Line>,
    /// Conflicts first.
    rows: Vec<Row>,
    selected: usize,
    /// The selection moved by key: bring it into sight.
    scroll: bool,
    first: First,
}

impl MergeDialog {
    pub(super) fn new(file: String, incoming: Arc<Incoming>, plan: Plan) -> Self {
        let conflicts = |kind: Kind| plan.conflicts().filter(|d| d.kind == kind).count();
        // A record in conflict that takes nothing over counts there, and not as the same.
        let changed: HashSet<_> = plan.differences.iter().filter(|d| d.taken).map(|d| d.record).collect();
        let apart = |kind: Kind| {
            let waiting = plan.conflicts().filter(|d| d.kind == kind && !changed.contains(&d.record));
            waiting.map(|d| d.record).collect::<HashSet<_>>().len()
        };
        let mut lines: Vec<Line> = plan
            .counts
            .iter()
            .map(|(kind, c)| {
                let same = (c.same + c.details).saturating_sub(apart(*kind));
                Line { kind: *kind, counts: [c.new, c.changed, same, c.missing, conflicts(*kind)] }
            })
            .collect();
        // An analysis that differs as a whole is told with its word, which may be the same otherwise.
        for kind in Kind::ALL.iter().filter(|kind| conflicts(**kind) > 0) {
            if !lines.iter().any(|line| line.kind == *kind) {
                lines.push(Line { kind: *kind, counts: [0, 0, 0, 0, conflicts(*kind)] });
            }
        }
        lines.retain(|line| line.counts.iter().any(|count| *count > 0));
        let mut rows: Vec<Row> = plan
            .differences
            .into_iter()
            .filter(|d| d.reason != Reason::Empty)
            .map(|difference| Row { take: difference.taken, difference })
            .collect();
        rows.sort_by_key(|row| match row.difference.reason {
            Reason::Conflict => 0,
            Reason::Newer | Reason::Chosen => 1,
            Reason::Deleted => 2,
            Reason::Ahead | Reason::Empty => 3,
        });
        Self { file, incoming, lines, rows, selected: 0, scroll: false, first: First::default() }
    }

    pub(super) fn name(&self) -> String {
        tr_args("dialog-merge", &[("file", self.file.clone().into())])
    }

    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut UiContext) -> DialogOutcome {
        self.keys(ui);
        words_ui(ui, &tr("merge-what"), cx.theme.muted);
        ui.add_space(space::M);
        self.counts_ui(ui, cx);
        if !self.rows.is_empty() {
            ui.add_space(space::M);
            self.differences_ui(ui, cx);
        }
        let (import, cancel) = foot_ui(ui, |ui| {
            let import = ui.add(Button::primary(tr("merge-import")).large().key("↵"));
            (import, ui.add(Button::new(tr("dialog-cancel")).large()).clicked())
        });
        self.first.focus(&import);
        // Enter on another button presses that one.
        let nowhere = ui.memory(|memory| memory.focused().is_none());
        let enter = nowhere && ui.input(|input| input.key_pressed(Key::Enter));
        if import.clicked() || enter {
            DialogOutcome::Merge {
                file: self.file.clone(),
                incoming: self.incoming.clone(),
                choices: Box::new(self.choices()),
            }
        } else if cancel {
            DialogOutcome::Closed
        } else {
            DialogOutcome::Open
        }
    }

    /// What was chosen otherwise than proposed.
    fn choices(&self) -> Choices {
        let chosen = self.rows.iter().filter(|row| row.take != row.difference.taken);
        let each = chosen.map(|row| ((row.difference.record, row.difference.field.clone()), row.take)).collect();
        Choices { each, ..Choices::default() }
    }

    fn keys(&mut self, ui: &Ui) {
        if self.rows.is_empty() {
            return;
        }
        let pressed = |modifiers: Modifiers, key: Key| ui.input_mut(|input| input.consume_key(modifiers, key));
        let last = self.rows.len() - 1;
        let to = [
            (Key::ArrowDown, (self.selected + 1).min(last)),
            (Key::ArrowUp, self.selected.saturating_sub(1)),
            (Key::PageDown, (self.selected + 5).min(last)),
            (Key::PageUp, self.selected.saturating_sub(5)),
            (Key::Home, 0),
            (Key::End, last),
        ];
        if let Some((_, to)) = to.into_iter().find(|(key, _)| pressed(Modifiers::NONE, *key)) {
            self.selected = to;
            self.scroll = true;
            // Arrows choose here; they do not move the focus.
            ui.memory_mut(|memory| memory.move_focus(FocusDirection::None));
        }
        if pressed(Modifiers::SHIFT, Key::K) {
            self.choose_all(false);
        } else if pressed(Modifiers::SHIFT, Key::T) {
            self.choose_all(true);
        } else if pressed(Modifiers::NONE, Key::K) {
            self.choose(self.selected, false);
        } else if pressed(Modifiers::NONE, Key::T) {
            self.choose(self.selected, true);
        }
    }

    /// Chooses for one and goes on to the next.
    fn choose(&mut self, at: usize, take: bool) {
        if let Some(row) = self.rows.get_mut(at) {
            row.take = take;
            self.selected = (at + 1).min(self.rows.len() - 1);
            self.scroll = true;
        }
    }

    /// Chooses for every conflict; where nobody disagrees, nothing needs choosing.
    fn choose_all(&mut self, take: bool) {
        let conflicts = self.rows.iter_mut().filter(|row| row.difference.reason == Reason::Conflict);
        conflicts.for_each(|row| row.take = take);
    }

    fn counts_ui(&self, ui: &mut Ui, cx: &UiContext) {
        let words = ["merge-new", "merge-changed", "merge-same", "merge-missing", "merge-conflicts"].map(tr);
        Grid::new(Id::unique("merge-counts")).num_columns(words.len() + 1).spacing(vec2(space::XL, space::XS)).show(
            ui,
            |ui| {
                let head =
                    |text: String| RichText::new(text).font(fonts::regular(type_size::LABEL)).color(cx.theme.muted);
                ui.label(head(tr("merge-kind")));
                for word in words {
                    ui.label(head(word));
                }
                ui.end_row();
                for line in &self.lines {
                    ui.label(RichText::new(tr(&format!("merge-kind-{}", line.kind.name()))).font(body()));
                    for (column, count) in line.counts.iter().enumerate() {
                        let color = match (count, column) {
                            (0, _) => cx.theme.faint,
                            (_, 4) => cx.theme.warn_text,
                            (_, 0 | 1) => cx.theme.text,
                            _ => cx.theme.muted,
                        };
                        let figure = if *count == 0 { "–".to_owned() } else { number(*count as u64) };
                        ui.label(RichText::new(figure).font(fonts::figures(type_size::BODY)).color(color));
                    }
                    ui.end_row();
                }
            },
        );
    }

    fn differences_ui(&mut self, ui: &mut Ui, cx: &UiContext) {
        ui.horizontal(|ui| {
            heading(ui, tr_args("merge-differences", &[("count", (self.rows.len() as i64).into())]));
            ui.with_layout(eframe::egui::Layout::right_to_left(eframe::egui::Align::Center), |ui| {
                if ui.add(Button::new(tr("merge-take-all")).key("⇧T")).clicked() {
                    self.choose_all(true);
                }
                if ui.add(Button::new(tr("merge-keep-all")).key("⇧K")).clicked() {
                    self.choose_all(false);
                }
                widgets::key_hint(ui, "T");
                section(ui, tr("merge-take"));
                widgets::key_hint(ui, "K");
                section(ui, tr("merge-keep"));
            });
        });
        words_ui(ui, &tr("merge-how"), cx.theme.muted);
        ui.add_space(space::S);
        let room = ui.ctx().content_rect().height() - 330.0 - self.lines.len() as f32 * 22.0;
        let height = room.clamp(ROW * 2.0, ROW * 6.0).min(ROW * self.rows.len() as f32);
        ui.spacing_mut().item_spacing.y = 0.0;
        let mut area = ScrollArea::vertical().max_height(height).auto_shrink([false, true]);
        if std::mem::take(&mut self.scroll) {
            area = area.vertical_scroll_offset((self.selected as f32 - 1.0).max(0.0) * ROW);
        }
        let mut choice = None;
        area.show_rows(ui, ROW, self.rows.len(), |ui, range| {
            for at in range {
                if let Some(chosen) = self.row_ui(ui, cx, at) {
                    choice = Some((at, chosen));
                }
            }
        });
        if let Some((at, chosen)) = choice {
            self.selected = at;
            if let (Some(take), Some(row)) = (chosen, self.rows.get_mut(at)) {
                row.take = take;
            }
        }
    }

    /// One difference. `Some` when it was pressed: with the side that was chosen, where a side was.
    fn row_ui(&self, ui: &mut Ui, cx: &UiContext, at: usize) -> Option<Option<bool>> {
        let row = self.rows.get(at)?;
        let difference = &row.difference;
        let field = field_name(&difference.field);
        let what = if difference.what.is_empty() { difference.kind.one() } else { &difference.what };
        let heard = tr_args(
            "merge-row",
            &[
                ("what", what.to_owned().into()),
                ("field", field.clone().into()),
                ("project", shown(&difference.project).into()),
                ("file", shown(&difference.file).into()),
                ("choice", tr(if row.take { "merge-taken" } else { "merge-kept" }).into()),
            ],
        );
        let mut chosen = None;
        let list_row = ListRow::new(Id::unique("merge-row").with(at), heard);
        let response = list_row.selected(at == self.selected).height(ROW).line().show(ui, |ui| {
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = space::XS;
                ui.add_space(space::XS);
                ui.horizontal(|ui| head_ui(ui, cx, difference, what, &field));
                ui.horizontal(|ui| {
                    let width = (ui.available_width() - space::M) / 2.0;
                    let keep = side_ui(ui, width, &tr("merge-project"), &difference.project, !row.take);
                    let take = side_ui(ui, width, &tr("merge-file"), &difference.file, row.take);
                    chosen = if keep.clicked() { Some(false) } else { take.clicked().then_some(true) };
                });
            });
        });
        (chosen.is_some() || response.response.clicked()).then_some(chosen)
    }
}

fn body() -> eframe::egui::FontId {
    fonts::regular(type_size::BODY)
}

/// What differs: the record, the field, where it is, why it is asked.
fn head_ui(ui: &mut Ui, cx: &UiContext, difference: &Difference, what: &str, field: &str) {
    ui.spacing_mut().item_spacing.x = space::S;
    let (chip, words) = match difference.reason {
        Reason::Conflict => (Chip::new(tr("merge-conflict")).kind(widgets::ChipKind::Warn), true),
        Reason::Newer | Reason::Chosen => (Chip::new(tr("merge-newer")), true),
        Reason::Ahead => (Chip::new(tr("merge-ahead")), true),
        Reason::Deleted => (Chip::new(tr("merge-deleted")), true),
        Reason::Empty => (Chip::new(tr("merge-fills")), false),
    };
    if words {
        ui.add(chip);
    }
    let part = |text: &str, color| Label::new(RichText::new(text).font(body()).color(color)).truncate();
    ui.add(part(field, cx.theme.text));
    let name = RichText::new(what).font(fonts::language(type_size::LANGUAGE_SMALL)).color(cx.theme.text);
    ui.add(Label::new(name).truncate());
    if !difference.place.is_empty() {
        ui.add(part(&difference.place, cx.theme.muted));
    }
}

/// One version, marked when it is the one that stands.
fn side_ui(ui: &mut Ui, width: f32, label: &str, text: &str, chosen: bool) -> Response {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, size::ROW_COMPACT), Sense::click());
    let told = shown(text);
    response
        .widget_info(|| WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), chosen, format!("{label}: {told}")));
    if ui.is_rect_visible(rect) {
        let painter = ui.painter_at(rect);
        if response.hovered() {
            painter.rect_filled(rect, f32::from(size::RADIUS), theme.hover);
        }
        let middle = rect.center().y;
        if chosen {
            let place = pos2(rect.left() + size::ICON / 2.0, middle);
            icons::paint(&painter, place, size::ICON - 2.0, Icon::Check, theme.good_text);
        }
        let x = rect.left() + size::ICON + space::XS;
        let after =
            painter.text(pos2(x, middle), Align2::LEFT_CENTER, label, fonts::regular(type_size::LABEL), theme.muted);
        let font = fonts::language(type_size::LANGUAGE_SMALL);
        let color = if chosen { theme.text } else { theme.muted };
        let rest = Rect::from_min_max(pos2(after.right() + space::S, rect.top()), rect.max);
        painter.with_clip_rect(rest).text(pos2(rest.left(), middle), Align2::LEFT_CENTER, told, font, color);
    }
    focus_ring(ui, &response, size::RADIUS);
    response
}

/// A version as far as it fits; line breaks would run out of the row.
fn shown(text: &str) -> String {
    if text.is_empty() {
        return tr("merge-empty");
    }
    text.chars().take(SHOWN).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A field in words: `gloss (en)`.
fn field_name(field: &[String]) -> String {
    let Some((name, inner)) = field.split_first() else { return String::new() };
    let id = format!("merge-field-{name}");
    let words = if has_text(&id) { tr(&id) } else { name.replace('_', " ") };
    if inner.is_empty() { words } else { format!("{words} ({})", inner.join(", ")) }
}
