//! The right side: one proposal with its reasons, the buttons to decide, what was said, how it was made.

use eframe::egui::{Align, CornerRadius, Label, Layout, Rect, RichText, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{Decision, PeopleModel, PeopleState, ProposalModel, ScoreRow, editors, share};
use crate::app::command::PeopleCommand;
use crate::ui::theme::{size, space, type_size};
use crate::ui::widgets::{self, Button, Chip, ChipKind};
use crate::ui::{Command, UiContext, fonts, name_of, tr, tr_args};

const SCORE_ROW: f32 = 21.0;
const CLASS: f32 = 92.0;
const FIGURE: f32 = 36.0;

pub(super) fn proposal_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut PeopleState, model: &PeopleModel) {
    let Some(proposal) = &model.proposal else {
        let text = if model.job.is_some() { tr("people-proposals-coming") } else { tr("people-no-proposals") };
        ui.add_space(space::S);
        note(ui, cx, &text);
        return;
    };
    head_ui(ui, cx, proposal);
    ui.add_space(space::M);
    if proposal.scores.is_empty() {
        facts_ui(ui, cx, proposal);
    } else {
        for row in &proposal.scores {
            score_ui(ui, cx, row, &proposal.nets);
        }
        ui.add_space(space::XS);
        legend_ui(ui, cx, &proposal.nets);
    }
    ui.add_space(space::L);
    if let Some(decision) = &proposal.decision {
        decision_ui(ui, cx, decision);
        ui.add_space(space::S);
    }
    for said in &proposal.notes {
        ui.add(Label::new(RichText::new(said).font(fonts::regular(type_size::BODY))).wrap());
        ui.add_space(space::S);
    }
    buttons_ui(ui, cx, proposal.decision.is_some());
    ui.add_space(space::S);
    editors::editor_ui(ui, cx, state, proposal);
    if let Some((said, meaning)) = &proposal.said {
        ui.add_space(space::L);
        widgets::section(ui, tr("people-said"));
        ui.add(Label::new(RichText::new(said).font(fonts::language(type_size::LANGUAGE))).wrap());
        if !meaning.is_empty() {
            note(ui, cx, meaning);
        }
    }
    ui.add_space(space::L);
    widgets::section(ui, tr("people-made"));
    for line in &proposal.made {
        let text = RichText::new(line).font(fonts::figures(type_size::SMALL)).color(cx.theme.muted);
        ui.add(Label::new(text).wrap());
    }
}

fn note(ui: &mut Ui, cx: &UiContext, text: &str) {
    ui.add(Label::new(RichText::new(text).font(fonts::figures(type_size::BODY)).color(cx.theme.muted)).wrap());
}

fn head_ui(ui: &mut Ui, cx: &UiContext, proposal: &ProposalModel) {
    ui.horizontal(|ui| {
        let place = match proposal.place {
            Some((at, of)) => tr_args("people-place", &[("at", (at as i64 + 1).into()), ("of", (of as i64).into())]),
            None if proposal.decision.is_some() => tr("people-decided"),
            None => tr("people-not-in-queue"),
        };
        ui.label(RichText::new(place).font(fonts::figures_semibold(type_size::BODY)));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let tenths = |time: crate::domain::Time| {
                let text = time.to_string();
                text.strip_suffix(|_: char| true)
                    .and_then(|t| t.strip_suffix(|_: char| true))
                    .unwrap_or(&text)
                    .to_owned()
            };
            ui.add(Chip::accent(format!("{} – {}", tenths(proposal.span.start), tenths(proposal.span.end))).strong());
        });
    });
    ui.add_space(space::XS);
    ui.add(Label::new(RichText::new(&proposal.title).font(fonts::semibold(type_size::TITLE))).wrap());
    let about: Vec<&str> =
        [proposal.who.as_str(), proposal.reasons.as_str()].into_iter().filter(|words| !words.is_empty()).collect();
    note(ui, cx, &about.join(" · "));
    if !proposal.doubts.is_empty() {
        ui.add_space(space::XS);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::XS, space::XS);
            for doubt in &proposal.doubts {
                ui.add(Chip::new(doubt).kind(ChipKind::Warn));
            }
        });
    }
}

/// A class: bar for the first network, tick for the second, the first's share in figures.
fn score_ui(ui: &mut Ui, cx: &UiContext, row: &ScoreRow, nets: &[String; 2]) {
    let theme = cx.theme;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), SCORE_ROW), Sense::hover());
    let said = |value: Option<f32>| value.map_or_else(|| tr("people-none"), share);
    let name = format!("{}: {} {}, {} {}", row.name, nets[0], said(row.first), nets[1], said(row.second));
    response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), &name));
    let painter = ui.painter();
    let top = row.first.unwrap_or(0.0) >= 0.5;
    let color = if top { theme.text } else { theme.muted };
    let galley = painter.layout_no_wrap(row.name.clone(), fonts::regular(type_size::BODY), color);
    painter.galley(pos2(rect.left(), rect.center().y - galley.size().y / 2.0), galley, color);
    let bar = Rect::from_min_max(
        pos2(rect.left() + CLASS, rect.center().y - size::BAR / 2.0),
        pos2(rect.right() - FIGURE, rect.center().y + size::BAR / 2.0),
    );
    let radius = CornerRadius::same(3);
    painter.rect_filled(bar, radius, theme.line);
    if let Some(first) = row.first {
        let filled = Rect::from_min_size(bar.min, vec2(bar.width() * first.clamp(0.0, 1.0), bar.height()));
        painter.rect_filled(filled, radius, if top { theme.accent } else { theme.faint });
    }
    if let Some(second) = row.second {
        let x = bar.left() + bar.width() * second.clamp(0.0, 1.0);
        let tick = Rect::from_center_size(pos2(x, bar.center().y), vec2(size::EDGE, 12.0));
        painter.rect_filled(tick, 0.0, theme.tier(0));
    }
    let figure = row.first.map_or_else(|| "–".to_owned(), share);
    let galley = painter.layout_no_wrap(figure, fonts::figures(type_size::BODY), color);
    painter.galley(pos2(rect.right() - galley.size().x, rect.center().y - galley.size().y / 2.0), galley, color);
}

fn legend_ui(ui: &mut Ui, cx: &UiContext, nets: &[String; 2]) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        let text = |text: String| RichText::new(text).font(fonts::regular(type_size::LABEL)).color(cx.theme.muted);
        ui.label(text(tr_args("people-bar", &[("net", nets[0].clone().into())])));
        ui.add_space(space::XS);
        let (rect, _) = ui.allocate_exact_size(vec2(size::EDGE, 12.0), Sense::hover());
        ui.painter().rect_filled(rect, 0.0, cx.theme.tier(0));
        ui.label(text(nets[1].clone()));
    });
}

fn facts_ui(ui: &mut Ui, cx: &UiContext, proposal: &ProposalModel) {
    for (name, value) in &proposal.facts {
        ui.horizontal(|ui| {
            ui.label(RichText::new(name).font(fonts::regular(type_size::BODY)).color(cx.theme.muted));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.label(RichText::new(value).font(fonts::figures(type_size::BODY)));
            });
        });
    }
}

fn decision_ui(ui: &mut Ui, cx: &UiContext, decision: &Decision) {
    let kind = if decision.good { ChipKind::Good } else { ChipKind::Plain };
    ui.horizontal_wrapped(|ui| {
        ui.add(Chip::new(&decision.what).kind(kind).strong());
    });
    let undo = cx.hint(&Command::Undo).unwrap_or_default();
    let text = tr_args("people-decision-by", &[("by", decision.by.clone().into()), ("key", undo.into())]);
    note(ui, cx, &text);
}

fn buttons_ui(ui: &mut Ui, cx: &mut UiContext, decided: bool) {
    ui.spacing_mut().item_spacing = vec2(space::S, space::S);
    let width = ui.available_width();
    let half = (width - space::S) / 2.0;
    let press = |ui: &mut Ui, cx: &mut UiContext, command: PeopleCommand, primary: bool, width: f32| {
        let command = Command::People(command);
        let name = name_of(&command);
        let mut button = if primary { Button::primary(name) } else { Button::new(name) };
        button = button.width(width);
        if let Some(key) = cx.hint(&command) {
            button = button.key(key);
        }
        if let Some(spec) = command.spec() {
            button = button.tooltip(tr(&spec.tooltip_id()));
        }
        if ui.add(button).clicked() {
            cx.send(command);
        }
    };
    press(ui, cx, PeopleCommand::Accept, !decided, width);
    ui.horizontal(|ui| {
        press(ui, cx, PeopleCommand::Reject, false, half);
        press(ui, cx, PeopleCommand::Relabel, false, half);
    });
    ui.horizontal(|ui| {
        press(ui, cx, PeopleCommand::Retime, false, half);
        press(ui, cx, PeopleCommand::Unsure, false, half);
    });
    ui.horizontal(|ui| {
        press(ui, cx, PeopleCommand::PlayProposal, false, half);
        press(ui, cx, PeopleCommand::Note, false, half);
    });
    press(ui, cx, PeopleCommand::NameTrack, false, width);
}
