//! What the shapes say of an export: one line when all is well, else each fault in words with the record it is about.

use eframe::egui::{Label, RichText, Ui};

use crate::app::command::SearchCommand;
use crate::app::i18n::number;
use crate::domain::RecordId;
use crate::formats::rdf::Verdict;
use crate::formats::rdf::shacl::Severity;
use crate::ui::icons::{self, Icon};
use crate::ui::theme::{size, space, type_size};
use crate::ui::widgets::Button;
use crate::ui::{Command, UiContext, fonts, tr_args};

/// How many records of one fault are named.
const NAMED: usize = 5;

/// A fault, how often, and where first.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    pub violation: bool,
    pub count: usize,
    /// In the words of the shape, without its code.
    pub words: String,
    /// What the first records call themselves; `None` where it is no record of this project.
    pub records: Vec<(String, Option<RecordId>)>,
}

/// What the shapes say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VerdictModel {
    pub violations: usize,
    pub warnings: usize,
    pub files: usize,
    pub faults: Vec<Fault>,
}

impl VerdictModel {
    /// What is shown of a verdict.
    pub fn of(verdict: &Verdict) -> Self {
        let faults = verdict.kinds().into_iter().map(|(count, first)| {
            let message = &first.violation.message;
            let same = verdict.findings.iter().filter(|finding| finding.violation.message == *message);
            let mut records: Vec<(String, Option<RecordId>)> = Vec::new();
            for finding in same {
                if records.len() < NAMED && !records.iter().any(|(_, record)| *record == finding.record) {
                    records.push((finding.label.clone(), finding.record));
                }
            }
            let words = message.split_once(": ").map_or(message.as_str(), |(_, words)| words).to_owned();
            Fault { violation: first.violation.severity == Severity::Violation, count, words, records }
        });
        Self {
            violations: verdict.count(Severity::Violation),
            warnings: verdict.count(Severity::Warning),
            files: verdict.shapes.len(),
            faults: faults.collect(),
        }
    }
}

/// Draws the verdict.
pub(super) fn verdict_ui(ui: &mut Ui, cx: &mut UiContext, verdict: &VerdictModel) {
    let theme = cx.theme;
    let valid = verdict.violations == 0;
    let (icon, color) = if valid { (Icon::Check, theme.good_text) } else { (Icon::Cross, theme.bad) };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        icons::show(ui, icon, size::ICON, color);
        let id = if valid { "publish-valid" } else { "publish-not-valid" };
        let words = tr_args(
            id,
            &[
                ("violations", verdict.violations.into()),
                ("warnings", verdict.warnings.into()),
                ("files", verdict.files.into()),
            ],
        );
        ui.label(RichText::new(words).font(fonts::semibold(type_size::BODY)).color(color));
    });
    for fault in &verdict.faults {
        let color = if fault.violation { theme.bad } else { theme.warn_text };
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::S;
            icons::show(ui, if fault.violation { Icon::Cross } else { Icon::Warning }, size::ICON, color);
            ui.label(RichText::new(number(fault.count as u64)).font(fonts::figures(type_size::BODY)));
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                ui.add(Label::new(RichText::new(&fault.words).font(fonts::regular(type_size::BODY))).wrap());
                ui.horizontal_wrapped(|ui| {
                    for (label, record) in &fault.records {
                        record_ui(ui, cx, label, *record);
                    }
                });
            });
        });
    }
}

/// A record by what it calls itself: a way to it where it is one of the project.
fn record_ui(ui: &mut Ui, cx: &mut UiContext, label: &str, record: Option<RecordId>) {
    let short: String = label.chars().take(48).collect();
    match record {
        Some(record) => {
            if ui.add(Button::quiet(short)).clicked() {
                cx.send(Command::Search(SearchCommand::Open(record)));
            }
        }
        None => {
            ui.label(RichText::new(short).font(fonts::regular(type_size::SMALL)).color(cx.theme.muted));
        }
    }
}
