//! The left side: who is seen, which queue, how far the review has come.

use eframe::egui::{
    Align, Align2, CornerRadius, Id, Image, Label, Layout, Rect, RichText, ScrollArea, Sense, Ui, Vec2,
    load::SizedTexture, vec2,
};

use super::{PeopleModel, PersonRow, Who};
use crate::analysis::review::QueueOrder;
use crate::app::command::PeopleCommand;
use crate::ui::theme::{size, space, type_size};
use crate::ui::widgets::{self, Button, Chip, ListRow};
use crate::ui::{Command, UiContext, fonts, name_of, tr, tr_args};

const AVATAR: f32 = 38.0;
const ROW: f32 = 62.0;
/// What the queues and how far one has come take up, and the fewest people that are shown all the same: half a row says
/// that there are more.
const BELOW: f32 = 330.0;
const LEAST_ROWS: f32 = 3.5;

pub(super) fn list_ui(ui: &mut Ui, cx: &mut UiContext, model: &PeopleModel) {
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.add_space(space::S);
    heading_row(ui, &tr("place-people"), |ui| {
        ui.add(Chip::new(model.people.len().to_string()));
        if model.filtered {
            let everyone = Command::People(PeopleCommand::Everyone);
            if ui.add(Chip::accent(name_of(&everyone)).clickable()).clicked() {
                cx.send(everyone);
            }
        }
    });
    ui.add_space(space::XS);
    if model.people.is_empty() {
        padded(ui, |ui| note(ui, cx, &tr("people-nobody-yet")));
    }
    people_ui(ui, cx, &model.people);
    job_ui(ui, cx, model);
    recipe_ui(ui, cx, model);
    ui.add_space(space::L);
    heading_row(ui, &tr("people-review"), |_| {});
    for (order, count) in &model.queues {
        queue_row(ui, cx, *order, *count, *order == model.order);
    }
    ui.add_space(space::L);
    let (done, all) = model.reviewed;
    padded(ui, |ui| {
        let text = tr_args("people-reviewed", &[("done", (done as i64).into()), ("all", (all as i64).into())]);
        note(ui, cx, &text);
        ui.add_space(space::S);
        let part = if all == 0 { 0.0 } else { done as f32 / all as f32 };
        let width = ui.available_width();
        widgets::progress_bar(ui, &text, part, width, cx.theme.tier(1));
    });
    coverage_ui(ui, cx, model);
    ui.add_space(space::M);
    quiet_ui(ui, cx, PeopleCommand::ToggleCards);
    quiet_ui(ui, cx, PeopleCommand::ToggleAgreement);
    quiet_ui(ui, cx, PeopleCommand::MakeIntervals);
    quiet_ui(ui, cx, PeopleCommand::ToggleBlind);
    if let Some(looked) = &model.looked {
        ui.add_space(space::S);
        padded(ui, |ui| note(ui, cx, looked));
    }
    if model.job.is_none()
        && let Some(stopped) = &model.stopped
    {
        ui.add_space(space::S);
        padded(ui, |ui| note(ui, cx, stopped));
        quiet_ui(ui, cx, PeopleCommand::ResumeAnalysis);
    }
    if model.job.is_none() {
        // The button's own padding is the panel's.
        ui.horizontal(|ui| {
            let again = Command::People(PeopleCommand::Analyse);
            let mut button = Button::quiet(tr("people-look-again"));
            if let Some(key) = cx.hint(&again) {
                button = button.key(key);
            }
            if ui.add(button).clicked() {
                cx.send(again);
            }
        });
    }
    ui.add_space(space::L);
}

/// Many people scroll by themselves, so that the queues stay in sight.
fn people_ui(ui: &mut Ui, cx: &mut UiContext, people: &[PersonRow]) {
    let room = (ui.clip_rect().height() - BELOW).max(LEAST_ROWS * ROW);
    if people.len() as f32 * ROW <= room {
        people.iter().for_each(|person| person_row(ui, cx, person));
        return;
    }
    ScrollArea::vertical().id_salt("people").max_height(room).auto_shrink([false, true]).show(ui, |ui| {
        people.iter().for_each(|person| person_row(ui, cx, person));
    });
}

/// How far each reviewer has come; in blind review, that it is one.
fn coverage_ui(ui: &mut Ui, cx: &UiContext, model: &PeopleModel) {
    if model.coverage.is_empty() && !model.blind {
        return;
    }
    ui.add_space(space::M);
    padded(ui, |ui| {
        if model.blind {
            note(ui, cx, &tr("people-blind-on"));
        }
        for (name, done) in &model.coverage {
            let all = model.reviewed.1;
            let args = [("name", name.clone().into()), ("done", (*done as i64).into()), ("all", (all as i64).into())];
            let text = tr_args("people-coverage", &args);
            ui.add_space(space::XS);
            note(ui, cx, &text);
            let part = if all == 0 { 0.0 } else { *done as f32 / all as f32 };
            let width = ui.available_width();
            widgets::progress_bar(ui, &text, part, width, cx.theme.tier(2));
        }
    });
}

/// A command as a quiet button with its key.
fn quiet_ui(ui: &mut Ui, cx: &mut UiContext, command: PeopleCommand) {
    let command = Command::People(command);
    let mut button = Button::quiet(name_of(&command));
    if let Some(key) = cx.hint(&command) {
        button = button.key(key);
    }
    if let Some(spec) = command.spec() {
        button = button.tooltip(tr(&spec.tooltip_id()));
    }
    // The button's own padding is the panel's.
    if ui.horizontal(|ui| ui.add(button)).inner.clicked() {
        cx.send(command);
    }
}

fn padded<R>(ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) {
    ui.horizontal(|ui| {
        ui.add_space(space::M);
        ui.vertical(|ui| {
            ui.set_max_width(ui.available_width() - space::M);
            contents(ui)
        });
    });
}

fn note(ui: &mut Ui, cx: &UiContext, text: &str) {
    ui.add(Label::new(RichText::new(text).font(fonts::figures(type_size::BODY)).color(cx.theme.muted)).wrap());
}

fn heading_row(ui: &mut Ui, text: &str, right: impl FnOnce(&mut Ui)) {
    let width = ui.available_width();
    ui.allocate_ui_with_layout(vec2(width, size::ROW_COMPACT), Layout::left_to_right(Align::Center), |ui| {
        ui.add_space(space::M);
        widgets::heading(ui, text);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(space::M);
            right(ui);
        });
    });
}

fn person_row(ui: &mut Ui, cx: &mut UiContext, person: &PersonRow) {
    let name = format!("{}, {}, {}", person.name, person.detail, person.note);
    let id = Id::unique(("person", person.who));
    let row = ListRow::new(id, name).selected(person.selected).height(ROW).show(ui, |ui| {
        avatar(ui, cx, person);
        ui.add_space(space::XS);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            ui.add_space((ROW - 50.0) / 2.0);
            ui.add(Label::new(RichText::new(&person.name).font(fonts::semibold(type_size::BODY))).truncate());
            let detail = RichText::new(&person.detail).font(fonts::figures(type_size::SMALL)).color(cx.theme.muted);
            ui.add(Label::new(detail).truncate());
            let color = if person.named { cx.theme.muted } else { cx.theme.accent_text };
            let note = RichText::new(&person.note).font(fonts::regular(type_size::SMALL)).color(color);
            ui.add(Label::new(note).truncate());
        });
    });
    if row.response.double_clicked()
        && let Some(track) = person.track
    {
        cx.send(Command::People(PeopleCommand::SelectTrack(track)));
        cx.send(Command::People(PeopleCommand::NameTrack));
    } else if row.response.clicked() {
        cx.send(Command::People(match person.who {
            _ if person.selected => PeopleCommand::Everyone,
            Who::Person(id) => PeopleCommand::SelectPerson(id),
            Who::Track(id) => PeopleCommand::SelectTrack(id),
        }));
    }
    if !person.named {
        row.response.on_hover_text(tr("people-who-tooltip"));
    }
}

fn avatar(ui: &mut Ui, cx: &UiContext, person: &PersonRow) {
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(AVATAR), Sense::hover());
    match person.face {
        Some(texture) => {
            let image = Image::from_texture(SizedTexture::new(texture, rect.size()));
            image.corner_radius(CornerRadius::same((AVATAR / 2.0) as u8)).paint_at(ui, rect);
        }
        None => {
            ui.painter().circle_filled(rect.center(), AVATAR / 2.0, cx.theme.hover);
            ui.painter().text(
                rect.center(),
                Align2::CENTER_CENTER,
                &person.initials,
                fonts::semibold(type_size::BODY),
                cx.theme.muted,
            );
        }
    }
}

fn queue_row(ui: &mut Ui, cx: &mut UiContext, order: QueueOrder, count: usize, selected: bool) {
    let command = Command::People(PeopleCommand::Queue(order));
    let name = name_of(&command);
    let row = ListRow::new(Id::unique(("queue", name.as_str())), format!("{name}, {count}"))
        .height(size::ROW_COMPACT)
        .show(ui, |ui| {
            let (font, color) = if selected {
                (fonts::semibold(type_size::BODY), cx.theme.accent_text)
            } else {
                (fonts::regular(type_size::BODY), cx.theme.text)
            };
            ui.add(Label::new(RichText::new(&name).font(font).color(color)).truncate());
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let (font, color) = if selected {
                    (fonts::figures_semibold(type_size::BODY), cx.theme.accent_text)
                } else {
                    (fonts::figures(type_size::BODY), cx.theme.muted)
                };
                ui.label(RichText::new(count.to_string()).font(font).color(color));
            });
        });
    if row.response.clicked() {
        cx.send(command.clone());
    }
    let tooltip = command.spec().map(|spec| tr(&spec.tooltip_id())).unwrap_or_default();
    let key = cx.hint(&command).unwrap_or_default();
    row.response.on_hover_text(format!("{tooltip} ({key})"));
}

fn job_ui(ui: &mut Ui, cx: &mut UiContext, model: &PeopleModel) {
    let Some(job) = &model.job else { return };
    ui.add_space(space::M);
    padded(ui, |ui| {
        note(ui, cx, &job.message);
        ui.add_space(space::XS);
        let width = ui.available_width();
        let rect: Rect =
            widgets::progress_bar(ui, &tr("people-looking"), job.part.unwrap_or(0.0), width, cx.theme.accent).rect;
        ui.add_space(space::S);
        let pause = tr(if job.paused { "people-go-on" } else { "people-pause" });
        if ui.add(Button::new(pause).width(rect.width())).clicked() {
            cx.send(Command::People(PeopleCommand::PauseAnalysis));
        }
        ui.add_space(space::XS);
        if ui.add(Button::new(tr("people-stop")).width(rect.width())).clicked() {
            cx.send(Command::People(PeopleCommand::StopAnalysis));
        }
    });
}

/// A recipe that runs over the project meanwhile.
fn recipe_ui(ui: &mut Ui, cx: &mut UiContext, model: &PeopleModel) {
    let Some(recipe) = &model.recipe else { return };
    ui.add_space(space::M);
    padded(ui, |ui| {
        note(ui, cx, &recipe.message);
        ui.add_space(space::XS);
        let width = ui.available_width();
        widgets::progress_bar(ui, &recipe.message, recipe.part.unwrap_or(0.0), width, cx.theme.accent);
        ui.add_space(space::S);
        if ui.add(Button::new(tr("rule-stop")).width(width)).clicked() {
            cx.send(Command::People(PeopleCommand::StopRecipe));
        }
    });
}
