//! Labels learned from a project's labels: which, how well it goes in plain words, and what is proposed, to be agreed
//! with by key. Nothing is written before that.

use eframe::egui::{FocusDirection, Grid, Id, Key, Label, Modifiers, RichText, ScrollArea, Ui, vec2};

use super::{DialogOutcome, foot_ui, words_ui};
use crate::app::labelling::{Asked, Found};
use crate::app::learning::{Accepted, Learned, Source, SourceRow};
use crate::ui::theme::{space, type_size};
use crate::ui::widgets::{self, Button, Chip, ChipKind, ListRow, section};
use crate::ui::{UiContext, fonts, tr, tr_args};

const ROW: f32 = 30.0;
/// Labels whose scores are listed.
const SCORED: usize = 12;
/// With fewer labels than this it is said that they are few.
const FEW: usize = 200;
/// A label given less often than this is hardly learned.
const RARE: usize = 5;

/// What became of a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Open,
    Accepted,
    Skipped,
}

/// A proposal as it stands: which of its labels is looked at, and what became of it.
struct Row {
    proposal: usize,
    label: usize,
    state: State,
}

enum Step {
    Looking,
    Choosing(Vec<SourceRow>),
    Learning,
    Failed(String),
    Looked { learned: Box<Learned>, rows: Vec<Row> },
}

/// The dialog's state.
pub struct LabelsDialog {
    step: Step,
    /// The tier that is chosen at first.
    tier: Option<String>,
    selected: usize,
    /// The selection moved by key: bring it into sight.
    scroll: bool,
    /// A step begins: its first button takes the keys.
    fresh: bool,
}

impl LabelsDialog {
    pub(super) fn new(tier: Option<String>) -> Self {
        Self { step: Step::Looking, tier, selected: 0, scroll: false, fresh: true }
    }

    /// Takes in what was found.
    pub(super) fn take(&mut self, found: Result<Found, String>) {
        (self.selected, self.scroll, self.fresh) = (0, true, true);
        self.step = match found {
            Ok(Found::Sources(mut rows)) => {
                rows.retain(|row| row.labels > 0);
                rows.sort_by_key(|row| !row.learnable);
                self.selected = rows.iter().position(|row| row.tier.is_some() && row.tier == self.tier).unwrap_or(0);
                Step::Choosing(rows)
            }
            Ok(Found::Learned(learned)) => {
                let mut rows: Vec<Row> = (0..learned.proposals.len())
                    .map(|proposal| Row { proposal, label: 0, state: State::Open })
                    .collect();
                let sure = |row: &Row| learned.proposals[row.proposal].guess.confidence;
                rows.sort_by(|a, b| sure(b).total_cmp(&sure(a)).then(a.proposal.cmp(&b.proposal)));
                Step::Looked { learned, rows }
            }
            Err(why) => Step::Failed(why),
        };
    }

    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut UiContext) -> DialogOutcome {
        let outcome = match &self.step {
            Step::Looking => wait_ui(ui, cx, "labels-looking"),
            Step::Learning => wait_ui(ui, cx, "labels-learning"),
            Step::Failed(why) => {
                let why = why.clone();
                words_ui(ui, &why, cx.theme.warn_text);
                self.back_ui(ui)
            }
            Step::Choosing(_) => self.choose_ui(ui, cx),
            Step::Looked { .. } => self.learned_ui(ui, cx),
        };
        if matches!(outcome, DialogOutcome::Labels(Asked::Learn(_))) {
            self.step = Step::Learning;
        }
        outcome
    }

    fn back_ui(&mut self, ui: &mut Ui) -> DialogOutcome {
        let (back, close) = foot_ui(ui, |ui| {
            let back = ui.add(Button::primary(tr("labels-back")).large().key("↵"));
            (back, ui.add(Button::new(tr("dialog-close")).large()).clicked())
        });
        if std::mem::take(&mut self.fresh) {
            back.request_focus();
        }
        if back.clicked() {
            self.step = Step::Looking;
            return DialogOutcome::Labels(Asked::Look);
        }
        if close { DialogOutcome::Closed } else { DialogOutcome::Open }
    }

    fn choose_ui(&mut self, ui: &mut Ui, cx: &mut UiContext) -> DialogOutcome {
        let Step::Choosing(rows) = &self.step else { return DialogOutcome::Open };
        words_ui(ui, &tr("labels-what"), cx.theme.muted);
        ui.add_space(space::M);
        if rows.is_empty() {
            words_ui(ui, &tr("labels-none"), cx.theme.text);
        }
        step_keys(ui, &mut self.selected, rows.len(), &mut self.scroll);
        for (at, row) in rows.iter().enumerate() {
            let name = match &row.tier {
                Some(name) => tr_args("labels-tier", &[("name", name.clone().into())]),
                None => tr("labels-categories"),
            };
            let counts = tr_args(
                "labels-counts",
                &[
                    ("labels", row.labels.into()),
                    ("different", row.different.into()),
                    ("sessions", row.sessions.into()),
                ],
            );
            let list_row = ListRow::new(Id::unique("labels-source").with(at), format!("{name}: {counts}"));
            let shown = list_row.selected(at == self.selected).line().show(ui, |ui| {
                ui.add(Label::new(RichText::new(&name).color(cx.theme.text)).truncate());
                ui.add(Label::new(RichText::new(&counts).color(cx.theme.muted)).truncate());
                if !row.learnable {
                    ui.add(Chip::new(tr("labels-too-little")).kind(ChipKind::Warn));
                }
            });
            if shown.response.clicked() {
                self.selected = at;
            }
        }
        let chosen = rows.get(self.selected).map(|row| row.tier.clone().map_or(Source::Categories, Source::Tier));
        let (learn, close) = foot_ui(ui, |ui| {
            let learn = ui.add_enabled(chosen.is_some(), Button::primary(tr("labels-learn")).large().key("↵"));
            (learn, ui.add(Button::new(tr("dialog-cancel")).large()).clicked())
        });
        if std::mem::take(&mut self.fresh) {
            learn.request_focus();
        }
        match chosen {
            Some(source) if learn.clicked() => DialogOutcome::Labels(Asked::Learn(source)),
            _ if close => DialogOutcome::Closed,
            _ => DialogOutcome::Open,
        }
    }

    fn learned_ui(&mut self, ui: &mut Ui, cx: &mut UiContext) -> DialogOutcome {
        let Step::Looked { learned, rows } = &mut self.step else { return DialogOutcome::Open };
        scores_ui(ui, cx, learned);
        ui.add_space(space::M);
        section(ui, tr_args("labels-proposals", &[("count", rows.len().into())]));
        step_keys(ui, &mut self.selected, rows.len(), &mut self.scroll);
        keys(ui, learned, rows, &mut self.selected, &mut self.scroll);
        let mut accepted = Vec::new();
        let room = (ui.ctx().content_rect().height() - 470.0).clamp(ROW * 3.0, ROW * 9.0);
        let mut area = ScrollArea::vertical()
            .max_height(room)
            // The steps before this one were lower; the list takes its room at once.
            .min_scrolled_height(room)
            .auto_shrink([false, true]);
        if std::mem::take(&mut self.scroll) {
            area = area.vertical_scroll_offset((self.selected as f32 - 2.0).max(0.0) * ROW);
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        area.show_rows(ui, ROW, rows.len(), |ui, range| {
            for at in range {
                if row_ui(ui, cx, learned, &rows[at], at, at == self.selected) {
                    self.selected = at;
                }
            }
        });
        let some = self.selected < rows.len();
        let (mut back, mut close) = (false, false);
        foot_ui(ui, |ui| {
            let accept = ui.add_enabled(some, Button::primary(tr("labels-accept")).large().key("↵"));
            if std::mem::take(&mut self.fresh) {
                accept.request_focus();
            }
            if accept.clicked() {
                // Shift+Enter: with all that are surer.
                let first = if ui.input(|input| input.modifiers.shift) { 0 } else { self.selected };
                accepted.extend(take(learned, rows, first..=self.selected));
                self.selected = (self.selected + 1).min(rows.len().saturating_sub(1));
                self.scroll = true;
            }
            if ui.add_enabled(some, Button::new(tr("labels-accept-surer")).large().key("⇧↵")).clicked() {
                accepted.extend(take(learned, rows, 0..=self.selected));
            }
            if ui.add_enabled(some, Button::quiet(tr("labels-other")).large().key("A")).clicked() {
                turn(learned, rows, self.selected, true);
            }
            if ui.add_enabled(some, Button::quiet(tr("labels-skip")).large().key("X")).clicked() {
                skip(rows, &mut self.selected);
            }
            close = ui.add(Button::new(tr("dialog-close")).large()).clicked();
            back = ui.add(Button::quiet(tr("labels-back")).large()).clicked();
        });
        if !accepted.is_empty() {
            return DialogOutcome::Labels(Asked::Write { source: learned.source.clone(), accepted });
        }
        if back {
            self.step = Step::Looking;
            return DialogOutcome::Labels(Asked::Look);
        }
        if close { DialogOutcome::Closed } else { DialogOutcome::Open }
    }
}

fn wait_ui(ui: &mut Ui, cx: &UiContext, words: &str) -> DialogOutcome {
    words_ui(ui, &tr(words), cx.theme.muted);
    ui.ctx().request_repaint_after(std::time::Duration::from_millis(100));
    let close = foot_ui(ui, |ui| ui.add(Button::new(tr("dialog-cancel")).large()).clicked());
    if close { DialogOutcome::Closed } else { DialogOutcome::Open }
}

/// Arrows and page keys choose a row.
fn step_keys(ui: &Ui, selected: &mut usize, count: usize, scroll: &mut bool) {
    let Some(last) = count.checked_sub(1) else { return };
    let to = [
        (Key::ArrowDown, (*selected + 1).min(last)),
        (Key::ArrowUp, selected.saturating_sub(1)),
        (Key::PageDown, (*selected + 8).min(last)),
        (Key::PageUp, selected.saturating_sub(8)),
        (Key::Home, 0),
        (Key::End, last),
    ];
    let pressed = |key: Key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if let Some((_, to)) = to.into_iter().find(|(key, _)| pressed(*key)) {
        (*selected, *scroll) = (to, true);
        // Arrows choose here; they do not move the focus.
        ui.memory_mut(|memory| memory.move_focus(FocusDirection::None));
    }
}

/// A and Shift+A turn through other labels, X leaves one alone; Enter presses the button that agrees.
fn keys(ui: &Ui, learned: &Learned, rows: &mut [Row], selected: &mut usize, scroll: &mut bool) {
    let pressed = |modifiers: Modifiers, key: Key| ui.input_mut(|input| input.consume_key(modifiers, key));
    if pressed(Modifiers::SHIFT, Key::A) {
        turn(learned, rows, *selected, false);
    } else if pressed(Modifiers::NONE, Key::A) {
        turn(learned, rows, *selected, true);
    } else if pressed(Modifiers::NONE, Key::X) {
        skip(rows, selected);
        *scroll = true;
    }
}

fn skip(rows: &mut [Row], selected: &mut usize) {
    if let Some(row) = rows.get_mut(*selected).filter(|row| row.state == State::Open) {
        row.state = State::Skipped;
    }
    *selected = (*selected + 1).min(rows.len().saturating_sub(1));
}

/// Looks at the next of a proposal's labels, or at the one before.
fn turn(learned: &Learned, rows: &mut [Row], at: usize, forward: bool) {
    let Some(row) = rows.get_mut(at).filter(|row| row.state != State::Accepted) else { return };
    let count = learned.proposals.get(row.proposal).map_or(1, |proposal| 1 + proposal.guess.others.len());
    row.label = (if forward { row.label + 1 } else { row.label + count - 1 }) % count;
    row.state = State::Open;
}

/// The label of a row that is looked at, and how sure it is.
fn label_of<'l>(learned: &'l Learned, row: &Row) -> (&'l str, f32) {
    let Some(proposal) = learned.proposals.get(row.proposal) else { return ("", 0.0) };
    let guess = &proposal.guess;
    match row.label.checked_sub(1).and_then(|at| guess.others.get(at)) {
        Some((label, sure)) => (label, *sure),
        None => (&guess.label, guess.confidence),
    }
}

/// What is agreed with in a range of rows: those that nobody decided; a single one whatever was said before.
fn take(learned: &Learned, rows: &mut [Row], range: std::ops::RangeInclusive<usize>) -> Vec<Accepted> {
    let one = range.start() == range.end();
    let mut accepted = Vec::new();
    for row in rows.get_mut(range).unwrap_or_default() {
        if row.state == State::Open || (one && row.state == State::Skipped) {
            row.state = State::Accepted;
            if let Some(proposal) = learned.proposals.get(row.proposal) {
                let label = label_of(learned, row).0.to_owned();
                accepted.push(Accepted { target: proposal.target.clone(), label });
            }
        }
    }
    accepted
}

fn hundred(part: f64) -> i64 {
    (part * 100.0).round() as i64
}

/// How well it goes, in plain words, and label by label.
fn scores_ui(ui: &mut Ui, cx: &UiContext, learned: &Learned) {
    let (trial, scores) = (&learned.trial, &learned.trial.scores);
    if trial.parts < 2 || scores.items == 0 {
        return words_ui(ui, &tr("labels-unknown"), cx.theme.warn_text);
    }
    let (low, high) = scores.between();
    let right = [
        ("right", hundred(scores.accuracy()).into()),
        ("low", hundred(low).into()),
        ("high", hundred(high).into()),
        ("items", scores.items.into()),
    ];
    words_ui(ui, &tr_args("labels-right", &right), cx.theme.text);
    let commonest =
        [("label", scores.commonest.clone().into()), ("right", hundred(scores.commonest_accuracy()).into())];
    let mut lines = vec![tr_args("labels-commonest", &commonest)];
    if learned.by == "tagger" {
        let right = hundred(scores.remembered_accuracy());
        lines.push(tr_args("labels-remembering", &[("right", right.into())]));
    }
    lines.push(tr_args("labels-held", &[("texts", trial.texts.into())]));
    words_ui(ui, &lines.join(" "), cx.theme.muted);
    if scores.accuracy() <= scores.commonest_accuracy() {
        words_ui(ui, &tr("labels-no-better"), cx.theme.warn_text);
    } else if learned.labelled < FEW {
        words_ui(ui, &tr("labels-few"), cx.theme.warn_text);
    }
    let rare: Vec<&str> =
        scores.labels.iter().filter(|label| label.given < RARE).map(|label| label.label.as_str()).take(8).collect();
    if !rare.is_empty() {
        words_ui(ui, &tr_args("labels-rare", &[("labels", rare.join(", ").into())]), cx.theme.muted);
    }
    ui.add_space(space::S);
    let small = |text: String, color| RichText::new(text).font(fonts::figures(type_size::SMALL)).color(color);
    ScrollArea::vertical().id_salt("labels-scores").max_height(128.0).auto_shrink([false, true]).show(ui, |ui| {
        Grid::new(Id::unique("labels-scores")).num_columns(5).spacing(vec2(space::XL, space::XS)).show(ui, |ui| {
            for head in ["labels-label", "labels-given", "labels-found", "labels-said-right", "labels-taken-for"] {
                ui.label(small(tr(head), cx.theme.muted));
            }
            ui.end_row();
            for label in scores.labels.iter().take(SCORED) {
                let percent = |part: f64, of: usize| match of {
                    0 => "–".to_owned(),
                    _ => format!("{} %", hundred(part)),
                };
                ui.label(small(label.label.clone(), cx.theme.text));
                ui.label(small(label.given.to_string(), cx.theme.text));
                ui.label(small(percent(label.found(), label.given), cx.theme.text));
                ui.label(small(percent(label.right_when_said(), label.said), cx.theme.text));
                let taken = label.taken_for.as_ref().map(|(label, times)| format!("{label} ({times})"));
                ui.label(small(taken.unwrap_or_default(), cx.theme.muted));
                ui.end_row();
            }
        });
    });
}

/// One proposal; whether it was pressed.
fn row_ui(ui: &mut Ui, cx: &UiContext, learned: &Learned, row: &Row, at: usize, selected: bool) -> bool {
    let Some(proposal) = learned.proposals.get(row.proposal) else { return false };
    let (label, sure) = label_of(learned, row);
    let sure = format!("{} %", (sure.clamp(0.0, 0.99) * 100.0).round());
    let state = tr(match row.state {
        State::Open => "labels-state-open",
        State::Accepted => "labels-state-accepted",
        State::Skipped => "labels-state-skipped",
    });
    let text: String = proposal.text.chars().take(80).collect();
    let heard = tr_args(
        "labels-row",
        &[
            ("text", text.clone().into()),
            ("label", label.to_owned().into()),
            ("sure", sure.clone().into()),
            ("state", state.clone().into()),
        ],
    );
    let list_row = ListRow::new(Id::unique("labels-row").with(at), heard);
    let shown = list_row.selected(selected).height(ROW).line().show(ui, |ui| {
        let kind = match row.state {
            State::Open => ChipKind::Accent,
            State::Accepted => ChipKind::Good,
            State::Skipped => ChipKind::Plain,
        };
        ui.add(Chip::new(label).kind(kind).strong());
        ui.label(RichText::new(sure).font(fonts::figures(type_size::SMALL)).color(cx.theme.muted));
        if row.state != State::Open {
            widgets::section(ui, state);
        }
        let text = RichText::new(text).font(fonts::language(type_size::LANGUAGE_SMALL)).color(cx.theme.text);
        ui.add(Label::new(text).truncate());
    });
    shown.response.clicked()
}
