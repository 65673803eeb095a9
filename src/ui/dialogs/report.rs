//! The loss report of an import or export: what was kept, what was mapped to what, what was left out, and why.

use eframe::egui::{Label, RichText, ScrollArea, Ui};

use super::{DialogOutcome, First, foot_ui, words_ui};
use crate::app::i18n::number;
use crate::domain::{Fate, LossReport};
use crate::ui::icons::{self, Icon};
use crate::ui::theme::{size, space, type_size};
use crate::ui::widgets::{Button, section};
use crate::ui::{Theme, UiContext, fonts, tr, tr_args};

/// A report to read.
pub struct ReportDialog {
    file: String,
    report: LossReport,
    first: First,
}

impl ReportDialog {
    pub(super) fn new(file: String, report: LossReport) -> Self {
        Self { file, report, first: First::default() }
    }

    pub(super) fn name(&self) -> String {
        tr_args("dialog-report", &[("file", self.file.clone().into())])
    }

    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut UiContext) -> DialogOutcome {
        words_ui(ui, &verdict(&self.report), cx.theme.muted);
        ui.add_space(space::S);
        let height = (ui.ctx().content_rect().height() - 260.0).clamp(160.0, 460.0);
        ScrollArea::vertical().max_height(height).show(ui, |ui| report_table(ui, &self.report));
        let (close, copy) = foot_ui(ui, |ui| {
            let close = ui.add(Button::primary(tr("dialog-close")).large());
            (close, ui.add(Button::new(tr("report-copy")).large()).clicked())
        });
        self.first.focus(&close);
        if copy {
            ui.ctx().copy_text(self.report.to_string());
        }
        if close.clicked() { DialogOutcome::Closed } else { DialogOutcome::Open }
    }
}

/// One sentence over a report.
pub fn verdict(report: &LossReport) -> String {
    let count = |fate| report.items.iter().filter(|item| item.fate == fate).map(|item| item.count).sum::<usize>();
    if report.items.is_empty() {
        tr("report-nothing")
    } else if !report.is_lossless() {
        tr_args("report-lossy", &[("count", number(count(Fate::LeftOut) as u64).into())])
    } else if count(Fate::Mapped) > 0 {
        tr("report-mapped")
    } else {
        tr("report-whole")
    }
}

/// The report as a table, what was lost first.
pub fn report_table(ui: &mut Ui, report: &LossReport) {
    let theme = Theme::of(ui);
    for (fate, icon, color, words) in [
        (Fate::LeftOut, Icon::Cross, theme.bad, tr("report-fate-left-out")),
        (Fate::Mapped, Icon::Right, theme.warn_text, tr("report-fate-mapped")),
        (Fate::Kept, Icon::Check, theme.good_text, tr("report-fate-kept")),
    ] {
        for item in report.items.iter().filter(|item| item.fate == fate) {
            let line = ui.available_rect_before_wrap();
            ui.add_space(space::XS);
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = space::S;
                icons::show(ui, icon, size::ICON, color);
                column(ui, 64.0, |ui| {
                    ui.label(RichText::new(&words).font(fonts::semibold(type_size::SMALL)).color(color));
                });
                column(ui, 60.0, |ui| {
                    ui.with_layout(eframe::egui::Layout::top_down(eframe::egui::Align::Max), |ui| {
                        let count = number(item.count as u64);
                        ui.label(RichText::new(count).font(fonts::figures(type_size::BODY)));
                    });
                });
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    ui.add(Label::new(RichText::new(&item.what).font(fonts::regular(type_size::BODY))).wrap());
                    if !item.why.is_empty() {
                        let why = RichText::new(&item.why).font(fonts::regular(type_size::SMALL)).color(theme.muted);
                        ui.add(Label::new(why).wrap());
                    }
                });
            });
            ui.add_space(space::XS);
            ui.painter().hline(line.x_range(), ui.cursor().top(), theme.hairline());
        }
    }
    if !report.warnings.is_empty() {
        ui.add_space(space::M);
        section(ui, tr("report-warnings"));
        for warning in &report.warnings {
            ui.horizontal_top(|ui| {
                icons::show(ui, Icon::Warning, size::ICON, theme.warn_text);
                ui.add(Label::new(RichText::new(warning).font(fonts::regular(type_size::BODY))).wrap());
            });
        }
    }
}

fn column(ui: &mut Ui, width: f32, contents: impl FnOnce(&mut Ui)) {
    ui.vertical(|ui| {
        ui.set_width(width);
        contents(ui);
    });
}
