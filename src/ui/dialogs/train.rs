//! Train a model: what from, what to look at, its name; then the learning curve as it grows; then how well it does.

use eframe::egui::{
    Color32, ComboBox, CornerRadius, Grid, Id, ProgressBar, RichText, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo,
    pos2, vec2,
};

use super::{DialogOutcome, First, close_ui, field_ui, foot_ui, words_ui};
use crate::analysis::training::{Epoch, Report, What};
use crate::app::training::{Lesson, Made};
use crate::jobs::JobError;
use crate::ui::theme::{size, space, type_size};
use crate::ui::widgets::{self, Button};
use crate::ui::{UiContext, fonts, tr, tr_args};

/// Pixels of the learning curve.
const CURVE: f32 = 140.0;
/// Width of the lists.
const LIST: f32 = 300.0;

/// What was chosen, and what came of it.
#[derive(Default)]
pub struct TrainDialog {
    tiers: Vec<String>,
    tier: usize,
    what: Option<What>,
    name: String,
    refusal: Option<String>,
    lesson: Option<Lesson>,
    made: Option<Box<Made>>,
    first: First,
}

impl TrainDialog {
    pub(super) fn new(tiers: Vec<String>) -> Self {
        Self { tiers, what: Some(What::Face), ..Self::default() }
    }

    /// Says why it could not begin.
    pub(super) fn refuse(&mut self, message: String) {
        self.refusal = Some(message);
    }

    /// Shows a lesson as it goes.
    pub fn follow(&mut self, lesson: Lesson) {
        (self.refusal, self.lesson) = (None, Some(lesson));
    }

    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut UiContext) -> DialogOutcome {
        match self.lesson.as_ref().and_then(Lesson::take) {
            Some(Ok(made)) => (self.lesson, self.made) = (None, Some(Box::new(made))),
            Some(Err(JobError::Cancelled(said) | JobError::Failed(said))) => {
                (self.lesson, self.refusal) = (None, Some(said));
            }
            None => {}
        }
        if let Some(made) = &self.made {
            words_ui(
                ui,
                &tr_args("train-made", &[("folder", made.folder.display().to_string().into())]),
                cx.theme.muted,
            );
            results_ui(ui, cx, &made.card.training.report);
            return close_ui(ui, &mut self.first);
        }
        if let Some(lesson) = &self.lesson {
            return learning_ui(ui, cx, lesson);
        }
        self.form_ui(ui, cx)
    }

    fn form_ui(&mut self, ui: &mut Ui, cx: &mut UiContext) -> DialogOutcome {
        words_ui(ui, &tr("train-about"), cx.theme.muted);
        ui.add_space(space::M);
        widgets::section(ui, tr("train-tier"));
        let shown = self.tiers.get(self.tier).cloned().unwrap_or_else(|| tr("train-no-tier"));
        let list = ComboBox::from_id_salt("train tier").selected_text(shown).width(LIST).show_ui(ui, |ui| {
            for (at, name) in self.tiers.iter().enumerate() {
                ui.selectable_value(&mut self.tier, at, name);
            }
        });
        let _ = list.response.accessible_name(tr("train-tier"));
        ui.add_space(space::S);
        widgets::section(ui, tr("train-what"));
        let what = self.what.unwrap_or(What::Face);
        let list =
            ComboBox::from_id_salt("train what").selected_text(tr(what_id(what))).width(LIST).show_ui(ui, |ui| {
                for one in [What::Face, What::Hand, What::Sound] {
                    ui.selectable_value(&mut self.what, Some(one), tr(what_id(one)));
                }
            });
        let _ = list.response.accessible_name(tr("train-what"));
        ui.add_space(space::S);
        let field = field_ui(ui, &tr("train-name"), &mut self.name, &tr("train-name-hint"));
        self.first.focus(&field);
        if let Some(refusal) = &self.refusal {
            words_ui(ui, refusal, cx.theme.bad);
        }
        let ready = !self.name.trim().is_empty() && self.tier < self.tiers.len();
        let (go, close) = foot_ui(ui, |ui| {
            let go = ui.add_enabled(ready, Button::primary(tr("train-go")).large());
            (go.clicked(), ui.add(Button::quiet(tr("dialog-cancel")).large()).clicked())
        });
        match self.tiers.get(self.tier) {
            Some(tier) if go => DialogOutcome::Train { tier: tier.clone(), what, name: self.name.trim().to_owned() },
            _ if close => DialogOutcome::Closed,
            _ => DialogOutcome::Open,
        }
    }
}

fn what_id(what: What) -> &'static str {
    match what {
        What::Face => "train-face",
        What::Hand => "train-hand",
        What::Sound => "train-sound",
    }
}

fn learning_ui(ui: &mut Ui, cx: &mut UiContext, lesson: &Lesson) -> DialogOutcome {
    let view = lesson.view();
    words_ui(ui, &view.message, cx.theme.text);
    ui.add_space(space::S);
    ui.add(ProgressBar::new(view.fraction.unwrap_or(0.0) as f32));
    ui.add_space(space::M);
    curve_ui(ui, cx, &lesson.curve(), None);
    let (stop, hide) = foot_ui(ui, |ui| {
        (
            ui.add(Button::new(tr("train-stop")).large()).clicked(),
            ui.add(Button::quiet(tr("train-hide")).large()).clicked(),
        )
    });
    if stop {
        lesson.stop();
    }
    if hide { DialogOutcome::Closed } else { DialogOutcome::Open }
}

/// How well it does, in words, as a curve and as a table.
fn results_ui(ui: &mut Ui, cx: &mut UiContext, report: &Report) {
    ScrollArea::vertical().max_height(440.0).auto_shrink([false, true]).show(ui, |ui| {
        for line in report.in_words() {
            ui.add_space(space::XS);
            words_ui(ui, &line, cx.theme.text);
        }
        ui.add_space(space::M);
        widgets::section(ui, tr("train-curve"));
        curve_ui(ui, cx, &report.curve, Some(report.best_epoch));
        ui.add_space(space::M);
        widgets::section(ui, tr("train-confusion"));
        confusion_ui(ui, cx, report);
    });
}

/// Loss by pass: of what is learned from, and of what is not.
fn curve_ui(ui: &mut Ui, cx: &mut UiContext, curve: &[Epoch], best: Option<usize>) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), CURVE), Sense::hover());
    let last = curve.last();
    let said = last.map_or_else(
        || tr("train-curve-none"),
        |epoch| {
            tr_args(
                "train-curve-said",
                &[
                    ("pass", (epoch.number as i64).into()),
                    ("learning", format!("{:.2}", epoch.train_loss).into()),
                    ("others", format!("{:.2}", epoch.validation_loss).into()),
                ],
            )
        },
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &said));
    let painter = ui.painter_at(rect);
    painter.rect_stroke(
        rect,
        CornerRadius::same(size::RADIUS_CARD),
        Stroke::new(size::LINE, cx.theme.line),
        eframe::egui::StrokeKind::Inside,
    );
    let most =
        curve.iter().flat_map(|e| [e.train_loss, e.validation_loss]).filter(|v| v.is_finite()).fold(0.1, f64::max);
    let count = curve.len().max(2) as f32 - 1.0;
    let place = |at: usize, loss: f64| {
        let x = rect.left() + space::S + (rect.width() - 2.0 * space::S) * at as f32 / count;
        let part = (loss / most).clamp(0.0, 1.0) as f32;
        pos2(x, rect.bottom() - space::S - (rect.height() - 2.0 * space::S) * part)
    };
    let line = |of: fn(&Epoch) -> f64, color: Color32| {
        let points = curve.iter().enumerate().map(|(at, epoch)| place(at, of(epoch))).collect();
        painter.line(points, Stroke::new(2.0, color));
    };
    line(|epoch| epoch.train_loss, cx.theme.muted);
    line(|epoch| epoch.validation_loss, cx.theme.accent);
    if let Some((at, epoch)) = best.and_then(|best| curve.iter().enumerate().find(|(_, epoch)| epoch.number == best)) {
        painter.circle_filled(place(at, epoch.validation_loss), 4.0, cx.theme.accent);
    }
    ui.add_space(space::XS);
    words_ui(ui, &said, cx.theme.muted);
}

/// Rows are what tags are, columns what the model says.
fn confusion_ui(ui: &mut Ui, cx: &UiContext, report: &Report) {
    let cell = |ui: &mut Ui, text: &str, color: Color32| {
        ui.label(RichText::new(text).font(fonts::regular(type_size::BODY)).color(color))
    };
    Grid::new(Id::unique("train confusion")).striped(true).spacing(vec2(space::L, space::XS)).show(ui, |ui| {
        cell(ui, &tr("train-is-said"), cx.theme.muted);
        for label in &report.labels {
            cell(ui, label, cx.theme.muted);
        }
        ui.end_row();
        for (at, (label, row)) in report.labels.iter().zip(&report.scores.confusion).enumerate() {
            cell(ui, label, cx.theme.muted);
            for (column, count) in row.iter().enumerate() {
                let color = if column == at { cx.theme.accent } else { cx.theme.text };
                cell(ui, &count.to_string(), color);
            }
            ui.end_row();
        }
    });
}
